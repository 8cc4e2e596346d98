"""A casino's wallet for BETCORE in small, for the kit's own tests; ``faults`` names what it does wrong.

It shares no code with the sandbox and none with the kit.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from small_accepts import SmallAccepts
from small_casino_bets import Refused, SmallBets, amount_in, plain, tax_in, whole
from small_casino_keys import SmallKeys
from small_casino_tokens import SmallRefreshTokens

BY_HTTP_STATUS = {200: 200, 103811: 401, 103752: 400}
MESSAGES = {
    103752: "Invalid request parameters",
    103811: "JWT token validation failed",
    102145: "User not found",
    103801: "Incorrect amount",
    990001: "Insufficient funds",
    990002: "Transaction already exists",
    990003: "Transaction already exists with another amount",
    990004: "Bet not found",
    990005: "Bet is closed",
    990006: "Refresh token expired",
    990007: "User is blocked",
    990010: "Refresh token not found",
    990013: "Cashback not found",
}
LARGEST = 1024 * 1024
PLAYER, BLOCKED, SECOND = "SomeUserId100", "SomeUserId200", "SomeUserId400"


@dataclass(frozen=True)
class Asked:
    """A request, as far as one operation looks at it."""

    data: Any
    outcomes: list[tuple[str, dict[str, Any]]]
    """What is to be reported afterwards: ``payments`` or ``cashback-payments``, and the accept."""


class SmallCasino:
    """The players, and what is answered to BETCORE."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.bets = SmallBets(
            faults, {name: Decimal("7100.5") for name in (PLAYER, BLOCKED, SECOND)}, {BLOCKED}
        )
        self.refresh_tokens = SmallRefreshTokens(faults, PLAYER, BLOCKED)
        self.accepts = SmallAccepts(faults)
        self.keys = SmallKeys(faults)
        self.lock = threading.Lock()
        self._operations: dict[str, Callable[[Asked], dict[str, Any]]] = {
            "/users/auth": self._sign_in,
            "/users/data": self._user_data,
            "/payments/make": self._make,
            "/payments/make-list": self._make_list,
            "/payments/info": self._info,
            "/payments/close": self._close,
            "/cashback-payments/make": self._cashback,
        }

    @property
    def betcore_url(self) -> str:
        """Where BETCORE is."""
        return self.accepts.betcore_url

    @betcore_url.setter
    def betcore_url(self, url: str) -> None:
        self.accepts.betcore_url = url
        self.keys.url = f"{url}/mis-api/api/v2/auth/jwks"

    @property
    def balance(self) -> Decimal:
        """What the first player has."""
        return self.bets.balances[PLAYER]

    @balance.setter
    def balance(self, balance: Decimal) -> None:
        self.bets.balances[PLAYER] = balance

    def serves(self, path: str) -> bool:
        """Whether the path is one of the casino's."""
        return path.startswith(("/users/", "/payments/", "/cashback-payments/"))

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        """The status and JSON body for a request."""
        if (refused := self._refused_by_the_web_server(method, path, headers, body)) is not None:
            general = 1 if "web_server_of_its_own" in self.faults else 103799
            return refused, {"ErrorCode": general, "Message": "General API Error"}
        asked = Asked(self.keys.verified(body, headers), [])
        answer = self._answer(path, asked)
        for kind, accept in asked.outcomes:
            self.accepts.report(kind, accept)
        by_http = "verdicts_by_http_status" in self.faults
        return (BY_HTTP_STATUS.get(answer["ErrorCode"], 200) if by_http else 200), answer

    def _refused_by_the_web_server(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> int | None:
        if path not in self._operations:
            return 404
        if method != "POST":
            return 405
        if len(body) > 32_768 and "long_tokens_break" in self.faults:
            return 500
        if len(body) > LARGEST and "any_size" not in self.faults:
            return 413
        declared = headers.get("content-type", "application/json").partition(";")[0]
        return 415 if declared != "application/json" and "any_media_type" not in self.faults else None

    def _answer(self, path: str, asked: Asked) -> dict[str, Any]:
        if asked.data is None:
            refusal = self._said(103811)
            if "refusal_tells_all" in self.faults:
                refusal["Value"] = {"Balance": plain(self.balance)}
            return refusal
        try:
            return self._operations[path](asked)
        except Refused as refused:
            return self._said(refused.code, **refused.value)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return self._said(103799 if "codes_swapped" in self.faults else 103752)

    def _said(self, code: int, **value: str) -> dict[str, Any]:
        message = "Success" if code == 200 else MESSAGES.get(code, "General API Error")
        if "unknown_user_codes" in self.faults and code == 102145:
            code = 103799
        if "codes_of_its_own" in self.faults and code >= 990000:
            code = 103799
        answer: dict[str, Any] = {"ErrorCode": code, "Message": message}
        if "wrong_message" in self.faults:
            answer["Message"] = "OK" if code == 200 else f"{message}."
        if "message_missing" in self.faults and code != 200:
            del answer["Message"]
        return {**answer, "Value": value} if value else answer

    # -- players ------------------------------------------------------------------------------------

    def _balance(self, user: str) -> str:
        told = plain(self.bets.balances[user])
        return f"{Decimal(told):.2f}" if "two_digits_always" in self.faults else told

    def _sign_in(self, asked: Asked) -> dict[str, Any]:
        token = _text(asked.data["RefreshToken"])
        if "tag_required" in self.faults:
            float(asked.data["TagId"])
        with self.lock:
            user, new = self.refresh_tokens.exchange(token)
            if "newcomers_forgotten" not in self.faults:
                gift = 5 if "newcomers_get_money" in self.faults else 0
                self.bets.balances.setdefault(user, Decimal(gift))
        value = {"PartnerUserId": user, "CurrencyCode": "EUR", "RefreshToken": new}
        if "currency_by_number" in self.faults:
            value["CurrencyCode"] = "978"
        if "player_unnamed" in self.faults:
            del value["PartnerUserId"]
        if "no_new_token" in self.faults:
            del value["RefreshToken"]
        if "no_balance_at_sign_in" not in self.faults and user in self.bets.balances:
            value["Balance"] = self._balance(user)
        return self._said(200, **value)

    def _user_data(self, asked: Asked) -> dict[str, Any]:
        if "tag_required" in self.faults:
            float(asked.data["TagId"])
        if "extra_data_refused" in self.faults and "ExtraData" in asked.data:
            raise ValueError("ExtraData")
        if "large_tags_refused" in self.faults and asked.data.get("TagId", 0) > 1_000_000:
            raise ValueError("TagId")
        user = self.bets.known(asked.data["PartnerUserId"])
        answer = self._said(200, Balance=self._balance(user))
        if "balance_as_number" in self.faults:
            answer["Value"]["Balance"] = float(self.bets.balances[user])
        return answer

    # -- money --------------------------------------------------------------------------------------

    def _make(self, asked: Asked) -> dict[str, Any]:
        return self._made(asked, "payments", lambda: self.bets.make(asked.data), asked.data)

    def _cashback(self, asked: Asked) -> dict[str, Any]:
        return self._made(asked, "cashback-payments", lambda: self.bets.cashback(asked.data), asked.data)

    def _made(self, asked: Asked, kind: str, make: Callable[[], dict[str, str]], data: Any) -> dict[str, Any]:
        """Make one transaction; what becomes of it is reported, unless its data could not be read."""
        told = {"BetId": data["BetId"], "TransactionType": data["TransactionType"]}
        told |= {name: data[name] for name in ("Amount", "TaxAmount") if name in data}
        try:
            value = make()
        except Refused as refused:
            answer = self._said(refused.code, **refused.value)
            first = {name: refused.value[name] for name in ("PartnerTransactionId",) if name in refused.value}
            booked = refused.code in (200, 990002) and "repeats_reported_as_refused" not in self.faults
            outcome = {"ErrorCode": 200 if booked else refused.code, "Message": "", **first}
            asked.outcomes.append((kind, {**told, **outcome}))
            return answer
        named = {"PartnerTransactionId": value["PartnerTransactionId"]}
        asked.outcomes.append((kind, {**told, "ErrorCode": 200, "Message": "Success", **named}))
        return self._said(200, **value)

    def _make_list(self, asked: Asked) -> dict[str, Any]:
        items = asked.data
        if not isinstance(items, list) or (not items and "empty_list_taken" not in self.faults):
            raise ValueError("no list")
        if "bets_only_in_lists" in self.faults and any(item["TransactionType"] != -1 for item in items):
            raise ValueError("not bets alone")
        if "one_player_in_lists" in self.faults and len({item["PartnerUserId"] for item in items}) > 1:
            raise ValueError("several players")
        for item in items:
            try:
                _checked(item)
            except (KeyError, TypeError, ValueError, ArithmeticError):
                if "malformed_item_skipped" not in self.faults:
                    raise
        rows: list[dict[str, Any]] = []
        for item in reversed(items) if "list_backwards" in self.faults else items:
            one = self._made(asked, "payments", lambda item=item: self.bets.make(item), item)  # type: ignore[misc]
            if one["ErrorCode"] != 200 and "list_all_or_none" in self.faults:
                return one
            named = {name: item[name] for name in ("BetId", "TransactionType")}
            rows.append({**named, **{key: value for key, value in one.items() if key != "Value"}})
            rows[-1].update(one.get("Value", {}))
        if "one_accept_for_a_list" in self.faults:
            del asked.outcomes[1:]
        answer = self._said(200)
        if "list_without_entries" not in self.faults:
            answer["Value"] = rows
        return answer

    def _info(self, asked: Asked) -> dict[str, Any]:
        return {**self._said(200), "Value": self.bets.info(whole(asked.data["BetId"]))}

    def _close(self, asked: Asked) -> dict[str, Any]:
        bet, closed = _text(asked.data["BetId"]), asked.data["Closed"]
        if type(closed) is not bool and "any_closed" not in self.faults:
            raise TypeError("Closed")
        if "numbers_and_strings_apart" not in self.faults:
            self.bets.close(bet, closed)
        return self._said(200)


def _checked(item: Any) -> None:
    """Raise unless the fields of a transaction are there, with their types."""
    amount_in(item), tax_in(item), whole(item["BetId"]), _text(item["PartnerUserId"])
    if whole(item["TransactionType"]) not in (-1, 1, 2, -2, 4):
        raise ValueError(item["TransactionType"])


def _text(value: Any) -> str:
    if not isinstance(value, str) or not re.search(r"\S", value):
        raise TypeError(json.dumps(value))
    return value
