"""Twenty clients at once on the tickets of one operator: none is lost, none is told or booked twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from threading import BoundedSemaphore
from typing import Any, TypeVar

import httpx

from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import signed, superbet
from .conftest import Running
from .faulty_pam import FaultyPam, faulty_pam
from .ticket_amounts import Amounts, Rates, at_odds, untaxed

TICKETS, CLIENTS = 500, 20
MOST_WAITING = 16
"""Requests of one tenant that the control plane lets wait at once; it answers 503 to more."""

BALANCE = 10_000_000
RATES = Rates(ext=Decimal("12.5"), wht=Decimal(20))
PLAYERS = ("ann", "bob", "cid")
WON, LOST, VOID = "won", "lost", "void"
ODDS = {100001: {101: "3.10", 104: "1.95", 106: "2.60"}, 392101: {101: "2.75", 102: "2.95", 103: "2.60"}}
ENDS = {101: WON, 104: LOST, 106: VOID, 102: LOST, 103: VOID}
"""Of the bets of either event."""

SETTLED_BY_HAND = 392102
"""An event without a result: its tickets are settled one by one."""

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """A ticket, and how it ends."""

    number: int
    event: int
    bet: int
    odds: str
    result: str
    reserved: bool
    id: str = ""

    @property
    def player(self) -> str:
        return PLAYERS[self.number % len(PLAYERS)]

    @property
    def price(self) -> int:
        return 100 + self.number

    @property
    def amounts(self) -> Amounts:
        """When it has its result; what is lost still shows what it would have paid."""
        pays = at_odds(self.price, [Decimal(self.odds)], RATES)
        return untaxed(pays, self.price) if self.result == VOID else pays

    @property
    def actions(self) -> list[str]:
        """What the platform is told, in order."""
        opened = "ticket_reserve" if self.reserved else "ticket_create"
        return [opened, {WON: "ticket_win", LOST: "ticket_lost", VOID: "ticket_void"}[self.result]]

    @property
    def gain(self) -> int:
        """Cents that the player's account gains; a reservation costs it nothing."""
        paid = 0 if self.reserved else self.price
        return (0 if self.result == LOST else self.amounts.net_payout) - paid


def wanted() -> list[Wanted]:
    """A third on each event, half of them reserved, won, lost and void in turn."""
    tickets = []
    for number in range(TICKETS):
        event = (*ODDS, SETTLED_BY_HAND)[number % 3]
        reserved = number % 2 == 1
        if event == SETTLED_BY_HAND:
            result = (WON, LOST, VOID)[number // 3 % 3]
            tickets.append(Wanted(number, event, 101, "2.35", result, reserved))
        else:
            bet = list(ODDS[event])[number // 3 % 3]
            tickets.append(Wanted(number, event, bet, ODDS[event][bet], ENDS[bet], reserved))
    return tickets


@dataclass(frozen=True)
class Crowd:
    """Clients that act at once."""

    vendor: httpx.Client
    operator: Tenant
    jobs: ThreadPoolExecutor
    turn: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))

    def place(self, ticket: Wanted) -> Wanted:
        """Create a ticket, or reserve and pay it; a second payment is refused."""
        common = superbet(self.operator.name)
        del common["event"], common["bets"]
        leg = {"id": ticket.event, "bet": ticket.bet, "odds": float(ticket.odds)}
        body = json.dumps(
            common
            | {"token": f"token-of-{ticket.player}", "price": ticket.price, "type": "quicktip"}
            | {"odds_diff": 0, "events": [leg]}
        ).encode()
        path = "/be/tickets/reserve" if ticket.reserved else "/be/tickets"
        answer = self.vendor.post(path, content=body, headers=signed(self.operator, body))
        assert answer.status_code == 200, answer.text
        made = replace(ticket, id=answer.json()["id"])
        if ticket.reserved:
            paths = [f"/be/tickets/{made.id}/paid"] * 2
            paid = [self.vendor.post(path, headers=signed(self.operator)).status_code for path in paths]
            assert paid == [200, 400]
        return made

    def settle(self, ticket: Wanted) -> int:
        return self.tried("settle", ticket=ticket.id, result=ticket.result)

    def settle_event(self, event: int) -> int:
        bets = ODDS[event]
        ends = {end: [bet for bet in bets if ENDS[bet] == end] for end in (WON, VOID)}
        return self.tried("settle_event", event=event, **ends)

    def tried(self, drive: str, **fields: Any) -> int:
        """The status that a drive is answered with."""
        try:
            with self.turn:
                self.operator.drive(drive, **fields)
        except ControlPlaneError as error:
            return error.status
        return 200

    def all(self, act: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        return list(self.jobs.map(act, items))


def test_what_twenty_clients_do_at_once_is_told_and_booked_once(running: Running) -> None:
    with (
        Sandbox(running.admin_url) as plane,
        httpx.Client(
            base_url=running.base_url,
            trust_env=False,
            timeout=60,
            limits=httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS),
        ) as vendor,
        ThreadPoolExecutor(CLIENTS) as jobs,
        faulty_pam(running.base_url) as pam,
    ):
        players = [
            {"id": player, "currency": "KES", "tokens": [f"token-of-{player}"], "balance": str(BALANCE)}
            for player in PLAYERS
        ]
        operator = plane.create_operator(
            players=players, pam_url=pam.url, outbox_size=5 * TICKETS, journal_size=20 * TICKETS
        )
        crowd = Crowd(vendor, operator, jobs)

        tickets = crowd.all(crowd.place, wanted())
        # Two clients settle each ticket, and two each event, among the others.
        by_hand = [ticket for ticket in tickets if ticket.event == SETTLED_BY_HAND]
        events = jobs.map(crowd.settle_event, [event for event in ODDS for _ in range(2)])
        by_one = jobs.map(crowd.settle, by_hand)
        by_another = jobs.map(crowd.settle, by_hand)

        assert Counter(events) == {200: len(ODDS), 409: len(ODDS)}
        assert [sorted(pair) for pair in zip(by_one, by_another, strict=True)] == [[200, 409]] * len(by_hand)
        assert_all_read_as_they_ended(operator, tickets)
        assert_each_was_told_once(operator, pam, tickets)
        assert_the_books_balance(operator, tickets)
        operator.drop()


def assert_all_read_as_they_ended(operator: Tenant, tickets: list[Wanted]) -> None:
    shown = {
        ticket["id"]: (ticket["status"], ticket["result"], ticket["net_payout"])
        for ticket in operator.tickets()
    }
    assert shown == {ticket.id: ("resulted", ticket.result, ticket.amounts.net_payout) for ticket in tickets}
    assert len(shown) == TICKETS


def assert_each_was_told_once(operator: Tenant, pam: FaultyPam, tickets: list[Wanted]) -> None:
    told: dict[str, list[str]] = {ticket.id: [] for ticket in tickets}
    arrivals = pam.take()
    for arrival in arrivals:
        if arrival.action != "identify":
            told[arrival.data["ticket_id"]].append(arrival.action)
    assert told == {ticket.id: ticket.actions for ticket in tickets}
    assert {arrival.answer.status for arrival in arrivals} == {200}
    assert Counter(arrival.action for arrival in arrivals)["identify"] == TICKETS
    calls = [call for call in operator.outbox() if call["action"] != "ticket_status"]
    assert Counter((call["state"], len(call["tries"])) for call in calls) == {("sent", 1): 2 * TICKETS}


def assert_the_books_balance(operator: Tenant, tickets: list[Wanted]) -> None:
    balances = {name: int(cents) for name, cents in operator.ledger()["balances"].items()}
    assert {player: balances[f"player:{player}"] for player in PLAYERS} == {
        player: BALANCE + sum(ticket.gain for ticket in tickets if ticket.player == player)
        for player in PLAYERS
    }
    assert sum(balances.values()) == 0
    assert operator.call("GET", "/ledger", query={"limit": 1})["total"] == len(PLAYERS) + sum(
        (not ticket.reserved) + (ticket.result != LOST) for ticket in tickets
    )
