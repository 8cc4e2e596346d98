"""The operator `site` with all that it does and is told, its time in hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.betstack.model import Operator
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import account_of

from .in_process import QUICKTIP, service_of
from .line import Line
from .party import Party

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


def amounts(ticket: Ticket) -> tuple[int, int, int]:
    """Gross payout, withholding tax and net payout."""
    pays = ticket.amounts.payout
    return pays.gross_payout, pays.wht_amount, pays.net_payout


def name_of(request: httpx.Request) -> str:
    """The action or type of a call to an operator."""
    document = json.loads(request.content)
    return str(document.get("action") or document["type"])


class Site(Party):
    """Calls the bet engine as the operator, drives it, and waits until everything is said."""

    @property
    def operator(self) -> Operator:
        """The operator as it is now; a load makes another one."""
        found: Operator = self.service.sandbox.tenants.find("site")  # type: ignore[assignment]
        return found

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

    def balance(self) -> int:
        """Cents of the player."""
        return int(self.operator.ledger.balance(account_of(PLAYER)))

    def spend(self, cents: int) -> None:
        """Take money from the player, as betting elsewhere does."""
        self.operator.ledger.post(account_of(PLAYER), "elsewhere", Decimal(cents), "spent")

    def _made(self, path: str, document: dict[str, Any]) -> Ticket:
        answer = self.call("POST", path, document)
        assert answer.status_code == 200, answer.text
        made = self.operator.tickets.find(answer.json()["id"])
        assert made is not None
        return made


@contextmanager
def open_site(key: rsa.RSAPrivateKey) -> Iterator[Site]:
    """The operator of a sandbox of its own, at noon on a clock that stands."""
    line = Line(name_of)
    service = service_of(key, line)
    try:
        yield Site(service, line, "site")
    finally:
        service.loop.close()
