"""The applications in process, with a clock that stands and ids that count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.adapters.keys import FixedKeys, SigningKeys
from mockserver.adapters.sender import HttpSender, OwnTransport
from mockserver.bootstrap import Outside, Sandbox, build
from mockserver.edge.app import surfaces_app
from mockserver.kernel.faults.road import Pause
from mockserver.kernel.signing import sign

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KID = "D2599559DC16B96FF6E99266D617A082B9627C5A"
SECRETS = {"site": "12345ABCDE", "site-limited": "67890FGHIJ", "acme": "54321KLMNO", "site-ug": "24680PQRST"}
SUPERBET: dict[str, Any] = {
    "operator": "site",
    "token": "UnIqUe-ToKeN",
    "psp": "mobile",
    "price": 2000,
    "currency": "KES",
    "atag": "affiliate-1",
    "rtag": None,
    "source": "mobile",
    "type": "superbet",
    "event": 100001,
    "bets": [101, 102, 103],
}
QUICKTIP: dict[str, Any] = {
    "operator": "site",
    "token": "UnIqUe-ToKeN",
    "psp": None,
    "price": 1000,
    "currency": "KES",
    "atag": None,
    "rtag": None,
    "source": "ussd",
    "type": "quicktip",
    "odds_diff": 0.1,
    "events": [{"id": 390815, "bet": 101, "odds": 1.55}, {"id": 391814, "bet": 105, "odds": 1.5}],
}


@dataclass
class Service:
    """An application, called over ASGI as a client would call it."""

    sandbox: Sandbox
    app: Any
    key: rsa.RSAPrivateKey
    signing_keys: SigningKeys
    """BETCORE's; ``key`` is the first of them."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> httpx.Response:
        return self.loop.run_until_complete(self.asend(method, path, headers, body))

    async def asend(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return await client.request(method, path, headers=headers, content=body)

    def betstack_headers(self, operator: str, body: bytes) -> dict[str, str]:
        headers = {
            "timestamp": "1706090303",
            "operator-name": operator,
            "signature": sign(SECRETS[operator], "1706090303", body),
        }
        return headers | ({"content-type": "application/json"} if body else {})

    def betstack(
        self, method: str, path: str, document: Any = None, operator: str = "site"
    ) -> httpx.Response:
        body = b"" if document is None else json.dumps(document).encode()
        return self.send(method, path, self.betstack_headers(operator, body), body)

    def reserved(self, document: Any = None) -> dict[str, Any]:
        answer = self.betstack("POST", "/be/tickets/reserve", document or SUPERBET)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def token(self, data: Any, **claims: Any) -> str:
        now = int(NOW.timestamp())
        payload = {
            "nbf": now,
            "exp": now + 10,
            "iss": "https://test.tvbetapi.net/identity-api",
            "client_id": "PartnerClient-1556",
            "data": data if isinstance(data, str) else json.dumps(data),
        } | claims
        return jwt.encode(payload, self.key, algorithm="RS256", headers={"kid": KID})

    def casino(self, path: str, data: Any, **claims: Any) -> httpx.Response:
        body = json.dumps(self.token(data, **claims)).encode()
        return self.send("POST", path, {"content-type": "application/json"}, body)

    def pay(self, kind: int, amount: str, bet: int = 7, **more: Any) -> dict[str, Any]:
        data = {"Amount": amount, "BetId": bet, "PartnerUserId": "SomeUserId100", "TransactionType": kind}
        return self.casino("/payments/make", data | more).json()

    def close(self, closed: bool, bet: str = "7") -> dict[str, Any]:
        return self.casino("/payments/close", {"BetId": bet, "Closed": closed}).json()

    def balance(self) -> str:
        return self.casino("/users/data", {"PartnerUserId": "SomeUserId100"}).json()["Value"]["Balance"]


def service_of(
    key: rsa.RSAPrivateKey,
    own: OwnTransport,
    app: Callable[..., Any] = surfaces_app,
    hints: bool = True,
    pause: Pause = asyncio.sleep,
) -> Service:
    """An application whose calls to itself go through ``own``, and that waits by ``pause``."""
    signing_keys = SigningKeys(key)
    outside = Outside(
        clock=ManualClock(NOW),
        alarm=SilentAlarm,
        ids=lambda _seed, _name, position: SequentialIds(position),
        new_seed=lambda: "seed",
        keys=FixedKeys({KID: key.public_key()}),
        signing_keys=signing_keys,
        sender=HttpSender({"http://sandbox": own}),
        stopwatch=lambda: 0.0,
        own_url="http://sandbox",
        pause=pause,
    )
    sandbox = build(outside, hints=hints)
    own.app = app(sandbox.surfaces)
    return Service(sandbox, own.app, key, signing_keys)


def served(
    key: rsa.RSAPrivateKey, app: Callable[..., Any] = surfaces_app, hints: bool = True
) -> Iterator[Service]:
    made = service_of(key, OwnTransport(), app, hints)
    yield made
    made.loop.close()
