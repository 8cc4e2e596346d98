"""A casino's wallet for BETCORE in small, for the kit's own tests; ``faults`` names what it does wrong."""

from __future__ import annotations

import itertools
import json
import threading
import urllib.request
from decimal import Decimal
from typing import Any

import jwt
from meeting import Meeting

SIGN = {-1: -1, 1: 1, 2: 1, -2: -1, 4: 1}
BY_HTTP_STATUS = {200: 200, 103811: 401, 103752: 400}
PLAYER = "SomeUserId100"


class SmallCasino:
    """One player, the bets, and their rules."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.meeting = Meeting()
        self.jwks_url = ""
        self.balance = Decimal("7100.5")
        self.booked: dict[tuple[int, int], tuple[Decimal, str]] = {}
        self.closed: set[str] = set()
        self.movements = 0
        self.lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._keys: dict[str, Any] = {}

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """The status and JSON body for a request."""
        answer = self._answer(path, body)
        status = (
            BY_HTTP_STATUS.get(answer["ErrorCode"], 200) if "verdicts_by_http_status" in self.faults else 200
        )
        return status, answer

    def _answer(self, path: str, body: bytes) -> dict[str, Any]:
        data = self._verified(body)
        if data is None:
            return self._said(103811, "JWT token validation failed")
        try:
            if path == "/users/data":
                return self._user_data(data)
            return self._make(data) if path == "/payments/make" else self._close(data)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return self._said(
                103799 if "codes_swapped" in self.faults else 103752, "Invalid request parameters"
            )

    def _said(self, code: int, message: str, **value: str) -> dict[str, Any]:
        if "unknown_user_codes" in self.faults and code == 102145:
            code = 103799
        answer: dict[str, Any] = {"ErrorCode": code, "Message": message}
        if "wrong_message" in self.faults:
            answer["Message"] = "OK" if code == 200 else f"{message}."
        if "message_missing" in self.faults and code != 200:
            del answer["Message"]
        return {**answer, "Value": value} if value else answer

    # -- identity -----------------------------------------------------------------------------------

    def _verified(self, body: bytes) -> Any:
        try:
            text = body.decode()
            compact = text if "quotes_optional" in self.faults and text[:1] != '"' else json.loads(text)
            if "cut_token_accepted" in self.faults and compact.count(".") == 1:
                compact, trusted_as_cut = f"{compact}.", True
            else:
                trusted_as_cut = False
            header = jwt.get_unverified_header(compact)
            key = self._key(header["kid"])
            trusted = "jwt_unverified" in self.faults or key is None or trusted_as_cut
            if header["alg"] == "none" and "none_accepted" in self.faults:
                trusted = True
            options: Any = {
                "verify_exp": "expiry_ignored" not in self.faults,
                "verify_nbf": "nbf_ignored" not in self.faults,
                "verify_signature": not trusted,
            }
            claims = jwt.decode(compact, key, algorithms=["RS256"], options=options)
            if claims["client_id"] != "PartnerClient-1556" and "any_client" not in self.faults:
                return None
            return json.loads(claims["data"])
        except (jwt.PyJWTError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def _key(self, kid: str) -> Any:
        if kid not in self._keys:
            with urllib.request.urlopen(self.jwks_url, timeout=5) as response:
                found = jwt.PyJWKSet.from_dict(json.load(response))
            self._keys = {str(key.key_id): key for key in found.keys}
        return self._keys.get(kid) if "unknown_key_trusted" in self.faults else self._keys[kid]

    # -- operations ---------------------------------------------------------------------------------

    def _user_data(self, data: Any) -> dict[str, Any]:
        if "tag_required" in self.faults:
            float(data["TagId"])
        if data["PartnerUserId"] != PLAYER:
            return self._said(102145, "User not found")
        answer = self._said(200, "Success", Balance=_plain(self.balance))
        if "balance_as_number" in self.faults:
            answer["Value"]["Balance"] = float(self.balance)
        return answer

    def _make(self, data: Any) -> dict[str, Any]:
        amount, bet = Decimal(data["Amount"]), data["BetId"]
        user, kind = data["PartnerUserId"], data["TransactionType"]
        if kind not in SIGN:
            raise ValueError(kind)
        if user != PLAYER:
            return self._said(102145, "User not found")
        if str(bet) in self.closed and "closed_bet_pays" not in self.faults:
            if "closed_bet_pays_silently" in self.faults:
                self.balance += SIGN[kind] * amount
            return self._said(990005, "Bet is closed")
        if kind in (1, -2) and (bet, -1) not in self.booked and "payout_without_bet" not in self.faults:
            return self._said(990004, "Bet not found")
        if "booking_race" in self.faults and (bet, kind) not in self.booked:
            self.meeting.wait((bet, kind))  # two have seen no booking
            with self.lock:
                return self._move(bet, kind, amount)
        with self.lock:
            return self._book(bet, kind, amount)

    def _book(self, bet: int, kind: int, amount: Decimal) -> dict[str, Any]:
        before = self.booked.get((bet, kind))
        if before is not None and "booked_again" not in self.faults:
            return self._repeated(before, kind, amount)
        if self.balance + SIGN[kind] * amount < 0 and "overdraft" not in self.faults:
            return self._said(990001, "Insufficient funds", Balance=_plain(self.balance))
        return self._move(bet, kind, amount)

    def _repeated(self, before: tuple[Decimal, str], kind: int, amount: Decimal) -> dict[str, Any]:
        same = before[0] == amount
        if not same and "changed_amount_booked" in self.faults:
            self.balance += SIGN[kind] * amount
        code = 990002 if same or "changed_amount_refused_wrongly" in self.faults else 990003
        if "repeat_answered_with_success" in self.faults and same:
            code = 200
        return self._said(code, "Transaction already exists", PartnerTransactionId=before[1])

    def _move(self, bet: int, kind: int, amount: Decimal) -> dict[str, Any]:
        move = SIGN[kind] * amount
        if "fractions_lost" in self.faults:
            move = Decimal(int(move))
        if (kind, True) in ((-1, "bet_is_free" in self.faults), (4, "jackpot_lost" in self.faults)):
            move = Decimal(0)
        if (kind, True) in (
            (2, "bet_return_takes" in self.faults),
            (-2, "payout_return_gives" in self.faults),
        ):
            move = -move
        if kind == 1 and amount == 0 and "loss_gives_back" in self.faults:
            move = Decimal(10)
        if kind == 1 and (bet, 99) in self.booked and "second_payout_swallowed" in self.faults:
            move = Decimal(0)
        self.balance += move
        self.movements += 1
        transaction = "" if "transactions_unnamed" in self.faults else f"T{next(self._numbers)}"
        self.booked[bet, kind] = (amount, transaction)
        # A return makes room for the transaction that it takes back, and the other way round.
        self.booked.pop((bet, {2: -1, -2: 1, -1: 2, 1: -2}.get(kind, 0)), None)
        if kind == -2:
            self.booked[bet, 99] = (amount, "returned")
        return self._said(200, "Success", PartnerTransactionId=transaction, Balance=_plain(self.balance))

    def _close(self, data: Any) -> dict[str, Any]:
        bet, closed = data["BetId"], data["Closed"]
        if type(closed) is not bool and "any_closed" not in self.faults:
            raise TypeError("Closed")
        if closed:
            self.closed.add(bet)
        elif "never_reopened" not in self.faults:
            self.closed.discard(bet)
        return self._said(200, "Success")


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
