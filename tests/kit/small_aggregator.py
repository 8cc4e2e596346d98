"""BETCORE's aggregator in small, for the kit's own tests, with hooks that make it call a casino.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from listening import Silent, listening

Reply = tuple[int, Any]

BASE = "/mis-api/api/v2"
SECRETS = {1556: "PARTNERSECRET1556", 1557: "SECOND1557"}
METHODS = {
    "/auth/jwks": "GET",
    "/auth/token": "POST",
    "/auth/verify": "POST",
    "/payments/accept": "POST",
    "/cashback-payments/accept": "POST",
}
ACCEPT_FIELDS = {"BetId": int, "TransactionType": int, "ErrorCode": int, "Message": str}
MAKE = {"bets": "/payments/make", "cashback": "/cashback-payments/make"}
LARGEST = 1024 * 1024
PATIENCE = 10
"""Seconds that an answer may take."""


class Refused(Exception):
    """The call is refused."""

    def __init__(self, code: int, status: int = 200) -> None:
        super().__init__(code)
        self.reply: Reply = (status, {"ErrorCode": code, "Message": MESSAGES[code]})


MESSAGES = {
    103752: "Invalid request parameters",
    103799: "General API Error",
    103811: "JWT token validation failed",
    990004: "Bet not found",
    990008: "Accept came after 30 seconds",
    990009: "Access denied",
    990011: "Access token expired",
    990012: "Transaction already has another outcome",
    990013: "Cashback not found",
}


@dataclass
class Key:
    """A key to sign with."""

    private: rsa.RSAPrivateKey
    print: bytes

    def jwk(self) -> dict[str, Any]:
        """Its public half."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.print.hex().upper(),
            "x5t": _base64(self.print),
            "alg": "RS256",
            "n": _base64(numbers.n.to_bytes(256, "big")),
            "e": _base64(numbers.e.to_bytes(3, "big")),
        }


@cache
def key(name: str) -> Key:
    """The same key under the same name: making one takes longer than a case."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Key(private, hashlib.sha1(name.encode(), usedforsecurity=False).digest())


@dataclass
class Asked:
    """A transaction that the casino was asked for."""

    book: str
    fields: dict[str, Any]
    at: float
    outcome: bool | None = None
    id: str | None = None
    """The casino's, of a success."""
    overdue: bool = False
    again_at: float | None = None
    """When it is asked for again; ``None``: not at all."""
    closes: bool = False
    """Whether the bet is closed as soon as it is booked."""

    @property
    def bet(self) -> int:
        """Id of the bet or cashback."""
        return int(self.fields["BetId"])

    @property
    def kind(self) -> int:
        """Type of the transaction."""
        return int(self.fields["TransactionType"])


@dataclass
class SmallAggregator:
    """Two clients, one of which has a casino."""

    faults: frozenset[str]
    casino_url: str = ""
    ahead: float = 0.0
    """Seconds by which the clock was moved on."""
    asked: list[Asked] = field(default_factory=list)
    tokens: dict[str, tuple[int, float]] = field(default_factory=dict)
    signing: list[Key] = field(default_factory=lambda: [key("first")])

    def __post_init__(self) -> None:
        self._numbers = itertools.count(500_000)
        self._issued = itertools.count(1)
        self._lock = threading.RLock()

    def now(self) -> float:
        """Unix seconds by the clock that can be moved on."""
        return time.time() + self.ahead

    # -- what a casino calls ------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The status and JSON body for a request."""
        try:
            with self._lock:
                return self._answer(method, path.removeprefix(BASE), headers, body)
        except Refused as refused:
            return refused.reply

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if path not in METHODS:
            if "any_path" in self.faults:
                return 200, {}
            raise Refused(103799, 404)
        if method != METHODS[path]:
            if "any_method" in self.faults:
                return 200, {}
            raise Refused(103799, 405)
        if path == "/auth/jwks":
            return 200, {"keys": self._jwks()}
        if len(body) > LARGEST and "any_size" not in self.faults:
            raise Refused(103799, 413)
        if headers.get("content-type") != "application/json" and "any_media_type" not in self.faults:
            raise Refused(103799, 415)
        if path == "/auth/token":
            return self._token(_json(body))
        client = self._client(path, headers)
        if path == "/auth/verify":
            self._verify(client, _json(body))
        else:
            self._accept(client, "bets" if path == "/payments/accept" else "cashback", _json(body))
        return 200, {"ErrorCode": 200, "Message": "Success"}

    def _jwks(self) -> list[dict[str, Any]]:
        keys = [key("first")] if "new_key_unpublished" in self.faults else self.signing
        jwks = [one.jwk() for one in keys]
        for jwk in jwks:
            if "private_keys" in self.faults:
                jwk["d"] = "AQAB"
            if "kid_of_its_own" in self.faults:
                jwk["kid"] = jwk["kid"][::-1]
            if "extra_member" in self.faults:
                jwk["x5c"] = []
        return jwks

    def _token(self, document: Any) -> Reply:
        denied = Refused(990009, 403 if "denied_by_403" in self.faults else 401)
        if not isinstance(document, dict) or not _fits(document, {"PartnerClientId": int, "Secret": str}):
            raise denied if "token_request_denied" in self.faults else Refused(103752, 400)
        number, secret = document["PartnerClientId"], document["Secret"]
        known = SECRETS.values() if "secrets_shared" in self.faults else (SECRETS.get(number),)
        if secret not in known and "any_secret" not in self.faults:
            raise denied
        if "one_token" in self.faults:
            self.tokens.clear()
        token = hashlib.sha256(f"{number} {next(self._issued)}".encode()).hexdigest()
        self.tokens[token] = (number, self.now() + 3600)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        if "token_type_differs" in self.faults:
            answer["token_type"] = "bearer"
        if "tells_scope" in self.faults:
            answer["scope"] = "accept verify"
        return 200, answer

    def _client(self, path: str, headers: dict[str, str]) -> int:
        scheme, _, token = headers.get("authorization", "").rpartition(" ")
        if "open_doors" in self.faults:
            return 1556
        if scheme != "Bearer" and "any_scheme" not in self.faults:
            token = ""
        if token not in self.tokens or (path == "/auth/verify" and "scoped" in self.faults):
            raise Refused(990009, 403 if "denied_by_403" in self.faults else 401)
        client, end = self.tokens[token]
        if self.now() >= end and "tokens_for_ever" not in self.faults:
            raise Refused(990009 if "expired_is_unknown" in self.faults else 990011, 401)
        return client

    def _verify(self, client: int, token: Any) -> None:
        if not isinstance(token, str):
            raise Refused(103811 if "verify_reads_anything" in self.faults else 103752)
        if "verify_says_yes" in self.faults:
            return
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            own = next(one for one in self.signing if one.print.hex().upper() == kid)
            unchecked: Any = {"verify_exp": False, "verify_nbf": False}
            claims = jwt.decode(token, own.private.public_key(), algorithms=["RS256"], options=unchecked)
        except (jwt.PyJWTError, StopIteration, ValueError):
            raise Refused(103811) from None
        old = self.now() >= claims["exp"] and "verify_ignores_exp" not in self.faults
        foreign = (
            claims["client_id"] != f"PartnerClient-{client}" and "verify_ignores_client" not in self.faults
        )
        if old or foreign:
            raise Refused(103811)

    def _accept(self, client: int, book: str, document: Any) -> None:
        unknown = Refused(990004 if book == "bets" else 990013)
        if not isinstance(document, dict) or not self._readable(document):
            raise unknown if "accepts_unread" in self.faults else Refused(103752)
        if "mistakes_refused" in self.faults and document["ErrorCode"] == 103801:
            raise Refused(103752)
        asked = self._find(book, document, client)
        if asked is None:
            if "unknown_taken" in self.faults:
                return
            raise unknown
        code, id = document["ErrorCode"], document.get("PartnerTransactionId")
        booked = code in (200, 103779) or ("other_codes_succeed" in self.faults and code < 100_000)
        if asked.outcome is not None:
            self._compare(asked, booked, id)
            return
        late = asked.overdue or self.now() - asked.at > 30
        taken = asked.kind != -1 if "late_refused" not in self.faults else False
        if late and not taken and "late_taken" not in self.faults:
            raise Refused(990008)
        if "accepts_forgotten" not in self.faults:
            asked.outcome, asked.id, asked.again_at = booked, id if booked else None, None

    def _readable(self, document: dict[str, Any]) -> bool:
        if not _fits(document, ACCEPT_FIELDS) or document["TransactionType"] not in (-1, 1, 2, -2, 4):
            return False
        return document["ErrorCode"] != 200 or bool(document.get("PartnerTransactionId"))

    def _find(self, book: str, document: dict[str, Any], client: int) -> Asked | None:
        if client != 1556 and "clients_mixed" not in self.faults:
            return None
        found = [
            asked
            for asked in self.asked
            if asked.bet == document["BetId"]
            and (asked.kind == document["TransactionType"] or "type_ignored" in self.faults)
            and (asked.book == book or "books_mixed" in self.faults)
        ]
        return found[0] if found else None

    def _compare(self, asked: Asked, booked: bool, id: str | None) -> None:
        if "repeats_refused" in self.faults:
            raise Refused(990012)
        renamed = booked and None not in (id, asked.id) and id != asked.id
        if "last_outcome_stands" not in self.faults and (booked != asked.outcome or renamed):
            raise Refused(990012)
        asked.id = asked.id or id

    # -- what it calls a casino for -----------------------------------------------------------------

    def hook(self, name: str, document: dict[str, Any]) -> None:
        """Do what a hook asks for."""
        with self._lock:
            if name == "keys":
                self.signing = [key("second" if self.signing[0] is key("first") else "third"), *self.signing]
            elif name == "advance":
                self.ahead += document["seconds"]
                self._run_what_is_due()
            else:
                kind = document.get("type", -1)
                if name == "cashback":
                    kind = -2 if document.get("cancel") else 1
                amount = document["amount"]
                if name == "cashback" and "cashback_halved" in self.faults:
                    amount = str(int(amount) // 2)
                fields = {
                    "Amount": amount,
                    "BetId": document.get("bet_id") or next(self._numbers),
                    "PartnerUserId": document["player"],
                    "TransactionType": kind,
                }
                self._ask("cashback" if name == "cashback" else "bets", fields)

    def _ask(self, book: str, fields: dict[str, Any], *, closes: bool = False) -> Asked:
        asked = Asked(book, fields, self.now(), closes=closes)
        self.asked.append(asked)
        self._send(asked)
        return asked

    def _send(self, asked: Asked) -> None:
        answer = self._call(MAKE[asked.book], asked.fields)
        code = answer.get("ErrorCode") if isinstance(answer, dict) else None
        if code in (200, 990002):
            asked.outcome, asked.id = True, answer["Value"].get("PartnerTransactionId")
            if asked.closes:
                self._close(asked)
        elif code is not None and asked.kind == -1:
            asked.outcome = False
        repeated = asked.kind != -1 and "no_repeats" not in self.faults
        if code is not None and asked.kind == -1 and "refused_repeated" in self.faults:
            repeated = asked.outcome is False
        asked.again_at = self.now() + 60 if repeated and asked.outcome is not True else None

    def _run_what_is_due(self) -> None:
        now = self.now()
        for asked in list(self.asked):
            if asked.kind == -1 and not asked.overdue and now - asked.at > 30:
                self._end(asked)
            if asked.again_at is not None and asked.again_at <= now:
                if "repeats_renamed" in self.faults:
                    asked.again_at = None
                    self._ask(asked.book, {**asked.fields, "BetId": next(self._numbers)})
                else:
                    self._send(asked)

    def _end(self, asked: Asked) -> None:
        """Return a bet that has no outcome in time, and close it."""
        if "bets_renamed" in self.faults and asked.outcome is not True:
            asked.overdue = True
            self._ask("bets", {**asked.fields, "BetId": next(self._numbers)})
        if asked.outcome is not None and "returns_always" not in self.faults:
            return
        asked.overdue = True
        if "no_returns" in self.faults:
            return
        if "closed_first" in self.faults:
            self._close(asked)
        returned = {**asked.fields, "TransactionType": 2}
        if "returns_halved" in self.faults:
            returned["Amount"] = str(int(returned["Amount"]) // 2)
        self._ask("bets", returned, closes="not_closed" not in self.faults)
        if "pays_after_closing" in self.faults:
            self._ask("bets", {**asked.fields, "TransactionType": 4})

    def _close(self, asked: Asked) -> None:
        self._call("/payments/close", {"BetId": str(asked.bet), "Closed": True})

    def _call(self, path: str, fields: dict[str, Any]) -> Any:
        if "bet_id_as_text" in self.faults and "BetId" in fields:
            fields = {**fields, "BetId": str(fields["BetId"])}
        own = key("unknown") if "signs_with_another" in self.faults else self.signing[0]
        nbf = int(self.now() * (1000 if "milliseconds" in self.faults else 1))
        claims: dict[str, Any] = {
            "nbf": nbf,
            "exp": nbf + 10,
            "iss": "https://betcore.example",
            "data": json.dumps(fields),
            "client_id": "1556" if "client_id_is_the_number" in self.faults else "PartnerClient-1556",
        }
        if "no_issuer" in self.faults:
            del claims["iss"]
        kid = own.print.hex().upper()
        token = jwt.encode(claims, own.private, algorithm="RS256", headers={"kid": kid, "x5t": "x"})
        body = token if "unquoted" in self.faults else json.dumps(token)
        parts = urlsplit(self.casino_url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, body.encode(), {"content-type": "application/json"})
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _fits(document: dict[str, Any], fields: dict[str, type]) -> bool:
    return all(isinstance(document.get(name), kind) for name, kind in fields.items())


@contextmanager
def serving(aggregator: SmallAggregator) -> Iterator[str]:
    """Serve it on a free port of this machine; yields the URL. The hooks are at ``/hooks/…`` of it."""

    class Handler(Silent):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            _, _, hook = self.path.partition("/hooks/")
            status, value = 200, {}
            if hook and "hooks_answer_at_once" in aggregator.faults and hook not in ("advance", "keys"):
                threading.Thread(target=aggregator.hook, args=(hook, json.loads(body)), daemon=True).start()
                status = 202
            elif hook:
                aggregator.hook(hook, json.loads(body))
            else:
                status, value = aggregator.answer(self.command, self.path, headers, body)
            if "extra_member" in aggregator.faults and status == 200:
                value = {**value, "more": [1, {"a": None}]}
            payload = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 405:
                self.send_header("Allow", METHODS[self.path.removeprefix(BASE)])
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_DELETE = _answer

    with listening(Handler) as url:
        yield url
