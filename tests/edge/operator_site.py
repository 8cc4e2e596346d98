"""The operator `site` with all that it does and is told, its time in hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.adapters.keys import SigningKeys
from mockserver.adapters.sender import OwnTransport
from mockserver.betstack.model import Operator
from mockserver.betstack.ticket import Ticket
from mockserver.edge.app import surfaces_app
from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.json_codec import dump, parse
from mockserver.kernel.outbox import CallState, OutgoingCall
from mockserver.kernel.players import account_of
from mockserver.kernel.timekeeper import Passage

from .in_process import NOW, QUICKTIP, Service, sandbox_of

PLAYER = "1660986605374148608"
FUNDS = 1_000_000
"""Cents that the player has at the beginning."""
PRICE, NET = 1000, 1835
"""Cents that the quicktip costs, and pays."""
ONE_LEG = QUICKTIP | {"events": QUICKTIP["events"][:1]}
STARTS = datetime(2030, 6, 8, 17, 30, tzinfo=UTC)
"""Start of event 390815; the other one of the quicktip starts a day later."""

JACKPOT: dict[str, Any] = QUICKTIP | {
    "price": 500,
    "type": "jackpot",
    "odds_diff": 0,
    "events": [{"id": 390815, "bet": 101, "odds": 1.55}, {"id": 391814, "bet": 101, "odds": 2.2}],
    "betcard_code": "C3N8TA",
    "prize": 5_000_000,
    "bonus_prizes": [500_000],
}

Reply = Callable[[], httpx.Response]
"""Makes what comes of a call: an answer, or an error of the connection."""


def answers(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> Reply:
    """An answer, as JSON where it is a document."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda: httpx.Response(status, headers=headers, content=content)


def fails(error: Exception) -> Reply:
    """A connection that fails."""

    def reply() -> httpx.Response:
        raise error

    return reply


DOWN = answers(503)


class Line(OwnTransport):
    """What Betstack says to the operator, by action or type, on its way to the built-in platform and
    receiver."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget everything, and let every call pass."""
        self.requests: list[httpx.Request] = []
        self.on_the_way: dict[str, Reply] = {}
        """What answers a call that is not heard at the other end."""
        self.on_the_way_back: dict[str, Reply] = {}
        """What comes back of a call that is heard there, in the place of the answer."""
        self.gates: dict[str, asyncio.Event] = {}
        """What a call waits for before it goes on its way."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        name = name_of(request)
        if gate := self.gates.get(name):
            await gate.wait()
        if reply := self.on_the_way.get(name):
            return reply()
        answer = await super().handle_async_request(request)
        reply = self.on_the_way_back.get(name)
        return reply() if reply else answer

    def names(self) -> list[str]:
        """The name of each call, in order."""
        return [name_of(request) for request in self.requests]

    def sent(self, name: str) -> list[httpx.Request]:
        """The calls of one name, in order."""
        return [request for request in self.requests if name_of(request) == name]


def amounts(ticket: Ticket) -> tuple[int, int, int]:
    """Gross payout, withholding tax and net payout."""
    pays = ticket.amounts.payout
    return pays.gross_payout, pays.wht_amount, pays.net_payout


def name_of(request: httpx.Request) -> str:
    """The action or type of a call to an operator."""
    document = json.loads(request.content)
    return str(document.get("action") or document["type"])


@dataclass
class Site:
    """Calls the bet engine as the operator, drives it, and waits until everything is said."""

    service: Service
    line: Line

    @property
    def operator(self) -> Operator:
        """The operator as it is now; a load makes another one."""
        found: Operator = self.service.sandbox.tenants.find("site")  # type: ignore[assignment]
        return found

    def begin_anew(self) -> None:
        """Forget everything that was said and done."""
        self.service.sandbox.tenants.reset_all()
        self.line.begin_anew()

    def call(self, method: str, path: str, document: Any = None) -> httpx.Response:
        answer = self.service.betstack(method, f"/be/tickets{path}", document)
        self.wait()
        return answer

    def create(self, document: dict[str, Any]) -> Ticket:
        return self._made("", document)

    def reserve(self, document: dict[str, Any]) -> Ticket:
        return self._made("/reserve", document)

    def pay(self, ticket: Ticket) -> None:
        answer = self.call("POST", f"/{ticket.id}/paid")
        assert answer.status_code == 200, answer.text

    def refused(self, path: str, document: dict[str, Any]) -> tuple[int, int]:
        """Status and code of the refusal."""
        answer = self.call("POST", path, document)
        return answer.status_code, answer.json().get("code")

    def drive(self, name: str, **fields: Any) -> list[OutgoingCall]:
        """Make something happen.

        :raises mockserver.kernel.control.ControlRefusal: it can't
        """
        calls: list[OutgoingCall] = self.service.loop.run_until_complete(self.running(name, **fields))
        self.wait()
        return calls

    def refusal(self, drive: str, **fields: Any) -> tuple[Problem, str]:
        """Why something can't be made to happen."""
        with pytest.raises(ControlRefusal) as error:
            self.drive(drive, **fields)
        return error.value.problem, error.value.detail

    def won(self, document: dict[str, Any] = QUICKTIP) -> Ticket:
        """A ticket that was created and then settled as won."""
        ticket = self.create(document)
        self.drive("settle", ticket=ticket.id, result="won")
        return ticket

    def with_refused_rollback(self) -> Ticket:
        """A ticket whose winnings are spent but for a cent too little, and whose rollback the platform
        refuses, since the operator lets no balance fall below zero."""
        self.set(rollback_shortfall="refuse")
        ticket = self.won()
        self.spend(self.balance() - NET + 1)
        self.drive("rollback", ticket=ticket.id)
        return ticket

    def meanwhile(
        self, action: str, path: str, document: dict[str, Any], happens: Callable[[], Awaitable[None]]
    ) -> httpx.Response:
        """Make a call to the bet engine, and let something happen before the platform hears of it."""
        gate = self.line.gates[action] = asyncio.Event()
        body = json.dumps(document).encode()
        headers = self.service.betstack_headers("site", body)

        async def on_loop() -> httpx.Response:
            calling = asyncio.create_task(self.service.asend("POST", f"/be/tickets{path}", headers, body))
            while not self.line.sent(action):
                await asyncio.sleep(0)
            await happens()
            gate.set()
            return await calling

        answer = self.service.loop.run_until_complete(asyncio.wait_for(on_loop(), timeout=10))
        self.wait()
        return answer

    def running(self, drive: str, **fields: Any) -> Awaitable[list[OutgoingCall]]:
        """What makes something happen, to be awaited on the loop.

        :raises mockserver.kernel.control.ControlRefusal: when awaited: it can't
        """
        run = self.service.sandbox.tenants.vendor_of(self.operator).drives[drive].run
        assert run is not None
        return run(self.operator, fields, "drive-1")

    def advance(self, **by: float) -> Passage:
        passage = self.service.loop.run_until_complete(self.operator.timekeeper.advance(timedelta(**by)))
        self.wait()
        return passage

    def advance_to(self, moment: datetime) -> Passage:
        passage = self.service.loop.run_until_complete(self.operator.timekeeper.set_time(moment))
        self.wait()
        return passage

    def send(self, call: OutgoingCall) -> None:
        """Send a call by hand."""
        self.service.loop.run_until_complete(self.operator.outbox.send(call.id))
        self.wait()

    def drop(self, call: OutgoingCall) -> None:
        """Give a call up."""

        async def on_loop() -> None:
            self.operator.outbox.drop(call.id)

        self.service.loop.run_until_complete(on_loop())
        self.wait()

    def reload(self) -> None:
        """Export everything, and load it in the place of what is there."""
        tenants = self.service.sandbox.tenants
        key = SigningKeys(self.service.key)
        document = parse(dump(export_archive(tenants, key)))
        load_archive(tenants, key, read_archive(document))

    def wait(self) -> None:
        """Let the calls that are under way in the background come to their end."""

        async def quiet() -> None:
            while any(call.state is CallState.PENDING for call in self.operator.outbox.calls()):
                await asyncio.sleep(0)

        self.service.loop.run_until_complete(asyncio.wait_for(quiet(), timeout=10))

    def ticket(self, ticket: Ticket) -> Ticket:
        """The ticket as it stands now."""
        found = self.operator.tickets.find(ticket.id)
        assert found is not None
        return found

    def state(self, ticket: Ticket) -> tuple[str, str]:
        """Status and result of a ticket, as the bet engine shows them."""
        shown = self.call("GET", f"/{ticket.id}").json()
        return shown["status"], shown["result"]

    def calls(self, ticket: Ticket) -> dict[str, str]:
        """State of each call about a ticket by its name; of several of one name the last."""
        return {
            call.action: call.state.value
            for call in self.operator.outbox.calls()
            if call.subject == ticket.id
        }

    def call_of(self, ticket: Ticket, action: str) -> OutgoingCall:
        """The last call of this name about a ticket."""
        return [
            call
            for call in self.operator.outbox.calls()
            if (call.subject, call.action) == (ticket.id, action)
        ][-1]

    def told(self, ticket: Ticket) -> list[str]:
        """What the platform was told of a ticket, each try, in order."""
        return [
            name_of(request)
            for request in self.line.requests
            if json.loads(request.content)["data"].get("ticket_id") == ticket.id
            and name_of(request) != "ticket_status"
        ]

    def due(self) -> list[tuple[str, timedelta]]:
        """The timers that wait: kind, and the time from the beginning."""
        return [(timer.kind, timer.due - NOW) for timer in self.operator.timekeeper.pending()]

    def now(self) -> datetime:
        return self.operator.clock.now()

    def balance(self) -> int:
        """Cents of the player."""
        return int(self.operator.ledger.balance(account_of(PLAYER)))

    def spend(self, cents: int) -> None:
        """Take money from the player, as betting elsewhere does."""
        self.operator.ledger.post(account_of(PLAYER), "elsewhere", Decimal(cents), "spent")

    def set(self, **settings: Any) -> None:
        """Change settings of the operator."""
        self.service.sandbox.tenants.change("site", settings)

    def _made(self, path: str, document: dict[str, Any]) -> Ticket:
        answer = self.call("POST", path, document)
        assert answer.status_code == 200, answer.text
        made = self.operator.tickets.find(answer.json()["id"])
        assert made is not None
        return made


@contextmanager
def open_site(key: rsa.RSAPrivateKey) -> Iterator[Site]:
    """The operator of a sandbox of its own, at noon on a clock that stands."""
    line = Line()
    sandbox = sandbox_of(key, line)
    line.app = surfaces_app(sandbox.surfaces)
    service = Service(sandbox, line.app, key)
    try:
        yield Site(service, line)
    finally:
        service.loop.close()
