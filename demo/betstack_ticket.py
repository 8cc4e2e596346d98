"""A Betstack ticket's whole life, with what the operator's platform is told and what its wallet holds."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from conformance import signing
from demo.exchanges import brief, exchange, expect
from mockserver.testing import Sandbox, Tenant

_TICKET = {
    "token": "UnIqUe-ToKeN",
    "psp": "mobile",
    "price": 2000,
    "currency": "KES",
    "atag": "affiliate-1",
    "rtag": None,
    "source": "mobile",
    "type": "quicktip",
    "odds_diff": 0.1,
    "events": [{"id": 390815, "bet": 101, "odds": 1.55}, {"id": 391814, "bet": 105, "odds": 1.5}],
}
_PLAYER = "1660986605374148608"


class TicketLife:
    """Walks a ticket of an operator of its own through its life.

    :param base_url: of the vendors' APIs
    :param plane: the control plane of the same sandbox
    """

    def __init__(self, base_url: str, plane: Sandbox, console: Console) -> None:
        self._base_url = base_url
        self._plane = plane
        self._console = console
        self._operator: Tenant = plane.create_operator()
        self._balance = self._read_balance()
        self._told: set[str] = set()

    def walk(self) -> None:
        """Create a ticket, let it win, withdraw that, let it lose, and close it a day later.

        :raises demo.exchanges.Surprise: an answer is not as documented
        """
        self._console.rule("[bold]Betstack: a ticket is created, wins, is rolled back, loses and is closed")
        self._console.print(f"The player has {self._balance} cents.\n")
        ticket = self._call("POST", "/be/tickets", {"operator": self._operator.name} | _TICKET)
        expect(ticket, status="open", result="pending")
        self._show_what_followed()
        self._console.print()
        for name, fields, status, result in (
            ("settle", {"result": "won"}, "resulted", "won"),
            ("rollback", {}, "open", "pending"),
            ("settle", {"result": "lost"}, "resulted", "lost"),
        ):
            shown = ", ".join(f"{key}: {value}" for key, value in fields.items())
            self._console.print(f"[cyan]→ control plane: {name}[/]  {shown}")
            self._operator.drive(name, ticket=ticket["id"], **fields)
            self._expect_ticket(status, result)
        self._console.print("[cyan]→ control plane: 24 hours go by[/]")
        self._operator.clock.advance(hours=24)
        self._expect_ticket("closed", "lost")
        self._call("GET", f"/be/tickets/{ticket['code']}")
        self._console.print()

    def _expect_ticket(self, status: str, result: str) -> None:
        self._show_what_followed()
        (ticket,) = self._operator.tickets()
        expect(ticket, status=status, result=result)
        self._console.print(f"  the ticket is {status}, its result {result}\n")

    def _show_what_followed(self) -> None:
        """The calls to the platform since the last look, and what they did to the wallet."""
        calls = [
            one
            for one in self._operator.journal()
            if (one["direction"], one["surface"]) == ("sent", "betstack.pam") and one["id"] not in self._told
        ]
        for one in calls:
            self._told.add(one["id"])
            body = json.loads(self._plane.exchange(one["id"])["request"]["body"])
            told = f"[magenta]Betstack → PAM {body['action']}[/]  {escape(brief(body['data']))}"
            self._console.print(f"  {told}  [green]{one['status']}[/]")
        balance = self._read_balance()
        self._console.print(f"  [yellow]balance {balance} cents ({balance - self._balance:+d})[/]")
        self._balance = balance

    def _read_balance(self) -> int:
        return int(self._operator.player(_PLAYER)["balance"])

    def _call(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = signing.betstack_body(document) if document else b""
        headers = self._operator.sign(body, timestamp=int(time.time()))
        if body:
            headers["content-type"] = "application/json"
        return exchange(self._console, method, f"{self._base_url}{path}", headers, body, shown=document)
