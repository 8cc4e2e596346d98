"""The client `PartnerClient-1556`: what BETCORE does towards its casino, and what the casino does back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.betcore.model import PartnerClient
from mockserver.kernel.json_codec import parse
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import account_of

from .in_process import service_of
from .line import Line, Reply, answers
from .party import Party

CLIENT = "PartnerClient-1556"
SECRET = "PARTNERSECRET1556"
PLAYER = "SomeUserId100"
FUNDS = "7100.5"
"""What the player has at the beginning."""
BASE = "/mis-api/api/v2"
MAKE = "/payments/make"
MAKE_LIST = "/payments/make-list"
CLOSE = "/payments/close"
ACCEPT = "/payments/accept"
SUCCESS = {"ErrorCode": 200, "Message": "Success"}


def name_of(request: httpx.Request) -> str:
    """The path of a call, below that of its API."""
    return request.url.path.removeprefix(BASE)


def says(code: int, value: Any = None, message: str = "as told") -> Reply:
    """An answer of a casino."""
    document = {"ErrorCode": code, "Message": message}
    return answers(200, document if value is None else document | {"Value": value})


class CasinoSite(Party):
    """Calls the aggregator as the casino, and has BETCORE call the casino."""

    @property
    def client(self) -> PartnerClient:
        """The client as it is now; a load makes another one."""
        found: PartnerClient = self.tenant  # type: ignore[assignment]
        return found

    def call(
        self, path: str, document: Any, authorization: str | None = None, method: str = "POST"
    ) -> httpx.Response:
        headers = {"content-type": "application/json"}
        if authorization is not None:
            headers["authorization"] = authorization
        body = b"" if method == "GET" else json.dumps(document).encode()
        answer = self.service.send(method, BASE + path, headers, body)
        self.wait()
        return answer

    def access_token(self) -> str:
        answer = self.call("/auth/token", {"PartnerClientId": 1556, "Secret": SECRET})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def accept(self, path: str = ACCEPT, **fields: Any) -> int:
        """Report an outcome with a token of its own.

        :returns: ``ErrorCode``
        """
        document = {"TransactionType": -1, "ErrorCode": 200, "Message": "Success", **fields}
        answer = self.call(path, document, f"Bearer {self.access_token()}")
        assert answer.status_code == 200, answer.text
        return int(answer.json()["ErrorCode"])

    def published(self) -> list[str]:
        """The ``kid`` of each key in the key set."""
        return [key["kid"] for key in self.call("/auth/jwks", None, method="GET").json()["keys"]]

    def bet(self, bet_id: int, amount: str = "10.5") -> OutgoingCall:
        return self.drive("bet", player=PLAYER, amount=amount, bet_id=bet_id)[0]

    def pay(self, bet_id: int, kind: int, amount: str) -> OutgoingCall:
        return self.drive("payment", player=PLAYER, amount=amount, bet_id=bet_id, type=kind)[0]

    def outcomes(self) -> list[tuple[int, int, str]]:
        """Bet, ``TransactionType`` and state of each transaction that BETCORE asked for, in order."""
        shown = self.service.sandbox.tenants.vendor_of(self.client).collections["transactions"]
        rows = [shown.show(one) for one in shown.items(self.client)]
        return [(int(row["BetId"]), row["TransactionType"], row["state"]) for row in rows]

    def told(self) -> list[tuple[str, Any]]:
        """What the casino was told: path and ``data`` of each call, in order."""
        return [(name, data_in(request)) for name, request in self._to_the_casino()]

    def signed_by(self) -> list[str]:
        """The ``kid`` that each call to the casino was signed with."""
        return [kid_of(json.loads(request.content)) for _, request in self._to_the_casino()]

    def balance(self) -> str:
        """What the player has."""
        return f"{self.client.ledger.balance(account_of(PLAYER)).normalize():f}"

    def _to_the_casino(self) -> list[tuple[str, httpx.Request]]:
        return [
            (self.line.name_of(request), request)
            for request in self.line.requests
            if not request.url.path.startswith(BASE)
        ]


def kid_of(token: str) -> str:
    """The key that a token names."""
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


def claims_in(request: httpx.Request) -> dict[str, Any]:
    """The claims of the token in a call."""
    claims: dict[str, Any] = jwt.decode(json.loads(request.content), options={"verify_signature": False})
    return claims


def data_in(request: httpx.Request) -> Any:
    """What a call to the casino says."""
    return parse(claims_in(request)["data"].encode())


@contextmanager
def open_casino_site(key: rsa.RSAPrivateKey) -> Iterator[CasinoSite]:
    """The client of a sandbox of its own, at noon on a clock that stands."""
    line = Line(name_of)
    service = service_of(key, line)
    try:
        yield CasinoSite(service, line, CLIENT)
    finally:
        service.loop.close()
