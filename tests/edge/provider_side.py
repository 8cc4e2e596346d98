"""The seeded game provider with its sessions, and the line between it and BETCORE."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.betcore.sessions.model import Provider
from mockserver.kernel.signing import digest, x_sign_text

from .in_process import service_of
from .line import Line, Reply
from .party import Party

COUNTERPARTY = "933a215f-a9e6-4f88-9d91-52a87cd50499"
SECRET = "PROVIDERSECRET933A"
REAL = "6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11"
DEMO = "0b8d5f0e-3c5e-4e0e-8a53-2a9d2f6f9b52"
BLOCKED = "c2a4de1b-6a2e-4a0c-8d3e-5a6f7b8c9d01"
PLAYER = "553314AA2"

LAUNCH: dict[str, Any] = {
    "currency": "EUR",
    "gameMode": "real",
    "language": "en",
    "maxBet": 50_000,
    "minBet": 0.01,
    "sessionId": "s-1",
    "userId": PLAYER,
}


def identity(
    body: bytes = b"",
    *,
    secret: str = SECRET,
    timestamp: str = "1719766120806",
    request_id: str = "5a0679b6e5fa48f6892c777b0fa92392",
    counterparty: str = COUNTERPARTY,
) -> dict[str, str]:
    """The identity headers of a call."""
    headers = {
        "x-counterparty-id": counterparty,
        "x-timestamp": timestamp,
        "x-request-id": request_id,
        "x-sign": digest(secret, x_sign_text(body, counterparty, timestamp, request_id)),
    }
    return headers | ({"content-type": "application/json"} if body else {})


def written(document: Any) -> bytes:
    """A document as a careful provider writes it."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def name_of(request: httpx.Request) -> str:
    """The end of a call's path, such as ``pay-in``."""
    return request.url.path.rpartition("/")[2]


class ProviderLine(Line):
    """What passes between BETCORE and the built-in provider. Replies wait for the next calls of a name, and
    are used up one after the other."""

    def begin_anew(self) -> None:
        """Forget everything, and let every call pass."""
        super().begin_anew()
        self.next_on_the_way: dict[str, list[Reply]] = {}
        self.next_on_the_way_back: dict[str, list[Reply]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = name_of(request)
        for waiting, place in (
            (self.next_on_the_way, self.on_the_way),
            (self.next_on_the_way_back, self.on_the_way_back),
        ):
            place.pop(name, None)
            if waiting.get(name):
                place[name] = waiting[name].pop(0)
        return await super().handle_async_request(request)


class GameHouse(Party):
    """Calls the sessions API as the provider, and drives it."""

    line: ProviderLine

    @property
    def provider(self) -> Provider:
        """The provider as it is now; a load makes another one."""
        found: Provider = self.tenant  # type: ignore[assignment]
        return found

    def post(self, path: str, document: Any, **signing: str) -> httpx.Response:
        body = written(document)
        return self.service.send("POST", path, identity(body, **signing), body)

    def balance(self, session: str = REAL) -> Any:
        """The balance of a session as the API tells it, exactly."""
        answer = self.service.send("GET", f"/v1/sessions/{session}/balance", identity())
        return json.loads(answer.content, parse_float=Decimal)

    def bet(self, way: str, bet: str, session: str = REAL, **fields: Any) -> tuple[int, Decimal | None]:
        """Code and balance of the answer to a call about a bet."""
        named = {} if way == "refund" else {"gameRoundId": "r-1", "sessionId": session}
        answer = self.post(f"/v1/sessions/{session}/bets/{way}", {"betId": bet} | named | fields)
        assert answer.status_code == 200, answer.text
        document = json.loads(answer.content, parse_float=Decimal)
        assert set(document) <= {"_responseCode", "balance"}
        assert ("balance" in document) is (document["_responseCode"] == 1)
        balance = document.get("balance")
        return document["_responseCode"], None if balance is None else Decimal(balance)

    def pay_in(self, bet: str, stake: Any, session: str = REAL, **more: Any) -> tuple[int, Decimal | None]:
        return self.bet("pay-in", bet, session, **{"betAmount": stake} | more)

    def pay_out(self, bet: str, win: Any, session: str = REAL, **more: Any) -> tuple[int, Decimal | None]:
        return self.bet("pay-out", bet, session, **{"winAmount": win} | more)

    def pay_in_out(
        self, bet: str, stake: Any, win: Any, session: str = REAL, **more: Any
    ) -> tuple[int, Decimal | None]:
        return self.bet("pay-in-out", bet, session, **{"betAmount": stake, "winAmount": win} | more)

    def refund(self, bet: str, session: str = REAL) -> tuple[int, Decimal | None]:
        return self.bet("refund", bet, session)

    def launch(self, game: str = "101", **fields: Any) -> httpx.Response:
        """Launch at the built-in provider, as BETCORE does."""
        return self.post(f"/v1/games/{game}/launch", LAUNCH | fields)

    def wait(self) -> None:
        """Let what is sent without waiting come to its end."""

        async def quiet() -> None:
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                done, late = await asyncio.wait(others, timeout=10)
                assert done
                assert not late

        self.service.loop.run_until_complete(quiet())


@contextmanager
def open_house(key: rsa.RSAPrivateKey) -> Iterator[GameHouse]:
    """The provider of a sandbox of its own, at noon on a clock that stands."""
    line = ProviderLine(name_of)
    service = service_of(key, line)
    try:
        yield GameHouse(service, line, COUNTERPARTY)
    finally:
        service.loop.close()
