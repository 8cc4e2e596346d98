"""Whatever happens to tickets, in whatever order, and however the operator's platform fails: they read, their
calls go out and their money moves as the model says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
)

from demo.sandbox import sandbox
from mockserver.testing import ControlPlaneError, Sandbox
from mockserver.testing.documents import Call as OutgoingCall

from .faulty_pam import DROPPED, Answer, Arrival, Fault, FaultyPam, faulty_pam
from .machine import Steps
from .platform_model import PlatformModel, Reply
from .ticket_amounts import Amounts, Rates
from .ticket_model import ODDS, Call, EventResult, Order, Ticket, TicketModel

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BALANCES = {"ann": 500_000, "bob": 20_000}
DEADLINE_SECONDS = 20
SEEDS, MOST_STEPS = 5, 48

LEAST_STEPS = 2000
MOST_REPEATED = 1
"""Calls that may go on failing for a day: each of them is sent 48 times in it."""

_REFUSALS = (
    Answer(500),
    Answer(400, b"{}"),
    Answer(400, b'{"code": 925, "message": "Insufficient funds"}'),
    Answer(403),
)
BEFORE = st.sampled_from([Fault(False, answer) for answer in (*_REFUSALS, DROPPED)])
AFTER = st.sampled_from([Fault(True, answer) for answer in (Answer(500), DROPPED)])
RATES = st.sampled_from([Rates(Decimal(ext), Decimal(wht)) for ext, wht in (("12.5", "20"), ("0", "7.5"))])
PRICES = st.integers(1, 9_000)
CENTS = st.integers(0, 30_000)
EVENTS = sorted(ODDS)
CARD_EVENTS = [390815, 391814]
TYPES = ("superbet", "jackpot", "quicktip", "quickbet", "smartbet")


@st.composite
def orders(
    draw: st.DrawFn,
    prices: st.SearchStrategy[int] = PRICES,
    types: Sequence[str] = TYPES,
    events: Sequence[int] = EVENTS,
) -> Order:
    """A ticket of one of the types, a jackpot on both events of its card, any other on some of the events."""
    kind = draw(st.sampled_from(types))
    player = draw(st.sampled_from(["ann", "ann", "bob"]))
    price = draw(prices)
    if kind == "superbet":
        event = draw(st.sampled_from(events))
        bets = draw(st.lists(st.sampled_from(sorted(ODDS[event])), min_size=1, max_size=2, unique=True))
        return Order(kind, player, price, tuple((event, bet) for bet in bets))
    picked: Sequence[int] = CARD_EVENTS
    if kind != "jackpot":
        picked = draw(st.lists(st.sampled_from(events), min_size=1, max_size=3, unique=True))
    picks = tuple((event, draw(st.sampled_from(sorted(ODDS[event])))) for event in picked)
    prizes = draw(st.sampled_from([(60_000, 7_000), (60_000,)])) if kind == "jackpot" else ()
    return Order(kind, player, price, picks, prizes)


@dataclass(frozen=True)
class World:
    """What one process of the sandbox gives to every run."""

    plane: Sandbox
    vendor: httpx.Client
    pam: FaultyPam


STEPS = Steps()
step = STEPS.step


class TicketMachine(RuleBasedStateMachine):
    """An operator of its own for each run, beside the model of it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.pam = world.pam
        self.pam.heal()
        self.pam.take()
        self.outbox: list[OutgoingCall] = []
        """The calls to the platform; texts to players are left out."""

    @initialize(rates=RATES, refuses=st.booleans(), first=st.lists(orders(), min_size=4, max_size=5))
    def open(self, rates: Rates, refuses: bool, first: list[Order]) -> None:
        players = [
            {"id": id, "currency": "KES", "tokens": [f"token-of-{id}"], "balance": str(balance)}
            for id, balance in BALANCES.items()
        ]
        self.operator = self.world.plane.create_operator(
            players=players,
            pam_url=self.pam.url,
            ext=str(rates.ext),
            wht=str(rates.wht),
            rollback_shortfall="refuse" if refuses else "negative",
        )
        self.operator.clock.freeze(NOON)
        cards = self.world.vendor.get("/bc/jackpots", params={"operator": self.operator.name}).json()
        self.card = next(card["code"] for card in cards if len(card["events"]) == len(CARD_EVENTS))
        self.model = TicketModel(self.operator.name, rates, PlatformModel(dict(BALANCES), refuses), NOON)
        for number, order in enumerate(first):
            self._place("ticket_create" if number % 2 else "ticket_reserve", order)

    def teardown(self) -> None:
        if hasattr(self, "operator"):
            self.operator.drop()

    @step(order=orders())
    def create(self, order: Order) -> None:
        self._place("ticket_create", order)

    @step(order=orders(st.integers(500_001, 600_000)))
    def create_beyond_the_balance(self, order: Order) -> None:
        self._place("ticket_create", order)

    @step(order=orders())
    def reserve(self, order: Order) -> None:
        self._place("ticket_reserve", order)

    @step(data=st.data())
    def paid(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, lambda one: one.status == "reserved", "ticket_reserve")
        path = f"/be/tickets/{ticket.code if ticket.order.price % 2 else ticket.id}/paid"
        got = self._reply(self.world.vendor.post(path, headers=self.operator.sign()))
        assert got == self.model.pay(ticket)
        self._nothing_but_what_is_due()

    @precondition(lambda self: not self.model.platform.blocked)
    @step(player=st.sampled_from(sorted(BALANCES)))
    def block(self, player: str) -> None:
        self.operator.seed_player(player, state="blocked")
        self.model.platform.blocked.add(player)

    @precondition(lambda self: self.model.platform.blocked)
    @step()
    def unblock(self) -> None:
        self.operator.seed_player(player := self.model.platform.blocked.pop(), state="active")
        assert self.operator.player(player)["state"] == "active"

    @step(data=st.data(), gross=CENTS)
    def win(self, data: st.DataObject, gross: int) -> None:
        ticket = self._ticket(data, _is_open, "ticket_create")
        given = gross if gross % 2 and not ticket.order.has_odds else None
        fields = {"gross_payout": given} if given is not None else {}
        self._settle(ticket, self.model.won(ticket, gross=given), result="won", **fields)

    @step(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, _is_open, "ticket_create")
        self._settle(ticket, self.model.lost(ticket), result="lost")

    @step(data=st.data())
    def void(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, _is_open, "ticket_create")
        self._settle(ticket, self.model.void(ticket), result="void")

    @step(data=st.data())
    def void_in_part(self, data: st.DataObject) -> None:
        ticket = self._ticket(
            data,
            lambda one: _is_open(one) and len(one.order.picks) > 1,
            "ticket_create",
            ["quicktip", "jackpot"],
        )
        events = sorted({event for event, _ in ticket.order.picks})
        void = data.draw(st.lists(st.sampled_from(events), min_size=1, unique=True), label="void events")
        self._settle(ticket, self.model.won(ticket, void), result="won", void_events=void)

    @step(data=st.data(), amount=CENTS)
    def cash_out(self, data: st.DataObject, amount: int) -> None:
        ticket = self._ticket(data, _is_open, "ticket_create")
        expected = self.model.settle(ticket, *self.model.cashed_out(ticket, amount))
        self._drive(expected, "cash_out", ticket=ticket.id, amount=amount)

    @step(data=st.data())
    def settle_event(self, data: st.DataObject) -> None:
        self._end_an_event(data)

    @step(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, lambda one: one.status in ("open", "reserved"), "ticket_create")
        self._drive(self.model.refund(ticket), "refund", ticket=ticket.id, reason="Event cancelled")

    @step(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, lambda one: one.status in ("open", "reserved"), "ticket_create")
        self._drive(self.model.refund(ticket), "decline", ticket=ticket.code)

    @step(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        ticket = self._ticket(data, lambda one: one.status == "reserved", "ticket_reserve")
        self._drive(self.model.discard(ticket), "discard", ticket=ticket.id)

    @step(data=st.data())
    def rollback(self, data: st.DataObject) -> None:
        if not any(map(self.model.can_be_withdrawn, self.model.tickets.values())):
            ticket = self._ticket(data, _is_open, "ticket_create")
            self._settle(ticket, self.model.won(ticket), result="won")
        ticket = self._ticket(data, self.model.can_be_withdrawn)
        self._drive(self.model.rollback(ticket), "rollback", ticket=ticket.id)

    @step(data=st.data())
    def rollback_event(self, data: st.DataObject) -> None:
        if not self.model.results:
            self._end_an_event(data)
        event = self._event(data, lambda one: one in self.model.results)
        self._drive(self.model.rollback_event(event), "rollback_event", event=event)

    @step(data=st.data())
    def rollback_fails_just_before_the_closing(self, data: st.DataObject) -> None:
        self.pam.heal()
        ticket = self._ticket(data, _is_open, "ticket_create")
        self._settle(ticket, self.model.won(ticket), result="won")
        self._pass(timedelta(hours=23, minutes=50))
        self.pam.aimed[ticket.id] = Fault(False, DROPPED)
        self._drive(self.model.rollback(ticket), "rollback", ticket=ticket.id)
        self._pass(timedelta(minutes=10))

    @step(data=st.data(), gross=CENTS)
    def update(self, data: st.DataObject, gross: int) -> None:
        ticket = self._ticket(
            data,
            lambda one: one.order.type == "jackpot" and one.status in ("open", "reserved"),
            "ticket_create",
            ["jackpot"],
        )
        self._drive(self.model.update(ticket, gross), "update", ticket=ticket.id, gross_payout=gross)

    @step(minutes=st.integers(1, 29))
    def some_minutes_pass(self, minutes: int) -> None:
        self._pass(timedelta(minutes=minutes))

    @step()
    def half_an_hour_passes(self) -> None:
        self._pass(timedelta(minutes=30))

    @precondition(lambda self: self._few_are_repeated())
    @step()
    def a_day_passes(self) -> None:
        self._pass(timedelta(hours=24))

    @precondition(lambda self: self._few_are_repeated())
    @step()
    def two_days_pass(self) -> None:
        self._pass(timedelta(hours=49))

    @step(faults=st.lists(BEFORE, min_size=1, max_size=3))
    def next_calls_fail_before_they_are_booked(self, faults: list[Fault]) -> None:
        self.pam.faults.extend(faults)

    @step(faults=st.lists(AFTER, min_size=1, max_size=3))
    def next_calls_fail_after_they_are_booked(self, faults: list[Fault]) -> None:
        self.pam.faults.extend(faults)

    @precondition(lambda self: self.pam.down is None)
    @step(fault=st.one_of(BEFORE, AFTER))
    def platform_goes_down(self, fault: Fault) -> None:
        self.pam.down = fault

    @precondition(lambda self: self.pam.down or self.pam.faults)
    @step()
    def platform_comes_back(self) -> None:
        self.pam.heal()

    @step(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        ticket, call = self._call(data, lambda one: one.state in ("repeated", "parked"))
        got = self._control(partial(self.operator.send, call.id))
        assert got == self.model.send(ticket, call, self._arrivals())

    @step(order=orders())
    def send_a_booked_creation_again(self, order: Order) -> None:
        """Its answer was lost, and so was the discard that followed."""
        self.pam.aimed |= {"ticket_create": Fault(True, DROPPED), "ticket_discard": Fault(False, DROPPED)}
        before = len(self.model.tickets)
        self._place("ticket_create", order)
        self.pam.aimed.clear()
        if len(self.model.tickets) > before:
            ticket = next(reversed(self.model.tickets.values()))
            id = next(one["id"] for one in self.outbox if one["subject"] == ticket.id)
            got = self._control(partial(self.operator.send, id))
            assert got == self.model.send(ticket, ticket.calls[0], self._arrivals())

    @step(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        ticket, call = self._call(data, lambda one: one.unfinished)
        got = self._control(partial(self.operator.drop_call, call.id))
        assert got == self.model.drop(ticket, call)
        self._nothing_but_what_is_due()

    @invariant()
    def tickets_read_as_they_should(self) -> None:
        answer = self.world.vendor.get("/be/tickets?limit=1000", headers=self.operator.sign())
        read = json.loads(answer.content, parse_float=Decimal)
        expected = [ticket.shown for ticket in reversed(self.model.tickets.values())]
        got = [
            {name: one[name] for name in want if name in one}
            for one, want in zip(read, expected, strict=True)
        ]
        assert got == expected

    @invariant()
    def calls_stand_as_they_should(self) -> None:
        """That each came in its turn was seen when it came; here is what the outbox makes of it."""
        for ticket in self.model.tickets.values():
            mine = [call for call in self.outbox if call["subject"] == ticket.id]
            got = [(call["action"], call["state"], len(call["tries"]), call["next"]) for call in mine]
            assert got == [
                (call.action, call.state, call.tries, call.next and f"{call.next:%Y-%m-%dT%H:%M:%S.%fZ}")
                for call in ticket.calls
            ]
            for call, shown in zip(ticket.calls, mine, strict=True):
                call.id = shown["id"]

    @invariant()
    def money_moved_as_it_should(self) -> None:
        """Every movement, in order, so that nothing is booked twice, and nothing in another's place."""
        ledger = self.operator.ledger()
        balances = {name: int(cents) for name, cents in ledger["balances"].items()}
        assert sum(balances.values()) == 0
        players = {id: balances[f"player:{id}"] for id in BALANCES}
        assert players == self.model.platform.balances
        booked = [
            (account.removeprefix("player:"), sign * int(posting["amount"]))
            for posting in ledger["items"]
            for account, sign in ((posting["source"], -1), (posting["destination"], 1))
            if account.startswith("player:") and posting["source"] != "funding"
        ]
        assert booked == self.model.platform.moved

    def _place(self, action: str, order: Order) -> None:
        token = f"token-of-{order.player}"
        body = json.dumps(self._request(order, token), default=float).encode()
        path = "/be/tickets" if action == "ticket_create" else "/be/tickets/reserve"
        headers = self.operator.sign(body) | {"content-type": "application/json"}
        answer = self.world.vendor.post(path, content=body, headers=headers)
        expected = self.model.place(action, order, token, self._arrivals())
        assert self._reply(answer) == expected
        if answer.status_code == 200:
            assert answer.json()["id"] == next(reversed(self.model.tickets))

    def _request(self, order: Order, token: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "operator": self.operator.name,
            "token": token,
            "psp": "mobile",
            "price": order.price,
            "currency": "KES",
            "atag": None,
            "rtag": "friend",
            "source": "mobile",
            "type": order.type,
        }
        if order.type == "superbet":
            return request | {"event": order.picks[0][0], "bets": [bet for _, bet in order.picks]}
        legs = [
            {"id": event, "bet": bet, "odds": odds}
            for (event, bet), odds in zip(order.picks, order.odds, strict=True)
        ]
        request |= {"odds_diff": 0, "events": legs}
        if order.type == "jackpot":
            prize, *bonus = order.prizes
            request |= {"betcard_code": self.card, "prize": prize, "bonus_prizes": bonus}
        return request

    def _settle(self, ticket: Ticket, verdict: tuple[str, Amounts], **fields: Any) -> None:
        self._drive(self.model.settle(ticket, *verdict), "settle", ticket=ticket.id, **fields)

    def _end_an_event(self, data: st.DataObject) -> None:
        event = self._event(data, lambda one: one not in self.model.results)
        marks = data.draw(st.sampled_from(["won", "won", "lost", "void", "mixed", "abandoned"]), label="how")
        bets = sorted(ODDS[event])
        won = {"won": bets, "mixed": bets[::2]}.get(marks, [])
        void = {"void": bets, "mixed": bets[1:2]}.get(marks, [])
        abandoned = marks == "abandoned"
        expected = self.model.settle_event(event, EventResult(frozenset(won), frozenset(void), abandoned))
        self._drive(expected, "settle_event", event=event, won=won, void=void, abandoned=abandoned)

    def _drive(self, expected: Reply, drive: str, **fields: Any) -> None:
        self.pam.deal_out(self.model.due)
        assert self._control(partial(self.operator.drive, drive, **fields)) == expected
        self._nothing_but_what_is_due()

    def _pass(self, by: timedelta) -> None:
        passage = self.operator.clock.advance(seconds=int(by.total_seconds()))
        assert passage["complete"]
        self.model.pass_time(by, self._arrivals())

    def _few_are_repeated(self) -> bool:
        """Whether a day costs little."""
        return sum(call.state == "repeated" for call in self.model.calls) <= MOST_REPEATED

    def _control(self, act: Callable[[], object]) -> Reply:
        try:
            act()
        except ControlPlaneError as error:
            return error.status, None
        return 200, None

    def _reply(self, answer: httpx.Response) -> Reply:
        return answer.status_code, answer.json().get("code") if answer.status_code != 200 else None

    def _nothing_but_what_is_due(self) -> None:
        self.model.hear(self._arrivals())

    def _arrivals(self) -> Sequence[Arrival]:
        """What came to the platform, once no call waits for its first try."""
        self.operator.wait_for_outbox(DEADLINE_SECONDS)
        self.outbox = [one for one in self.operator.outbox() if one["action"] != "ticket_status"]
        return self.pam.take()

    def _ticket(
        self,
        data: st.DataObject,
        fits: Callable[[Ticket], bool],
        new: str = "",
        types: Sequence[str] = TYPES,
    ) -> Ticket:
        """Mostly one that fits, sometimes any.

        :param new: how one is made where none fits: ``ticket_create`` or ``ticket_reserve``
        """
        if new and not any(map(fits, self.model.tickets.values())):
            events = [event for event in EVENTS if event not in self.model.results] or EVENTS
            self._place(new, data.draw(orders(types=types, events=events), label="order"))
        every = list(self.model.tickets.values())
        fitting = [number for number, ticket in enumerate(every) if fits(ticket)]
        return every[data.draw(_mostly(fitting, range(len(every))), label="number of the ticket")]

    def _event(self, data: st.DataObject, fits: Callable[[int], bool]) -> int:
        return data.draw(_mostly([event for event in EVENTS if fits(event)], EVENTS), label="event")

    def _call(self, data: st.DataObject, fits: Callable[[Call], bool]) -> tuple[Ticket, Call]:
        every = [(ticket, call) for ticket in self.model.tickets.values() for call in ticket.calls]
        fitting = [number for number, (_, call) in enumerate(every) if fits(call)]
        return every[data.draw(_mostly(fitting, range(len(every))), label="number of the call")]


def _is_open(ticket: Ticket) -> bool:
    return ticket.status == "open"


def _mostly(fitting: Sequence[int], every: Sequence[int]) -> st.SearchStrategy[int]:
    """One of those for which a step is made, three times in four."""
    if not fitting:
        return st.sampled_from(every)
    return st.integers(0, 3).flatmap(lambda number: st.sampled_from(fitting if number else every))


@pytest.fixture
def world() -> Iterator[World]:
    with (
        sandbox() as addresses,
        Sandbox(addresses.admin_url) as plane,
        httpx.Client(base_url=addresses.base_url, trust_env=False, timeout=30) as vendor,
        faulty_pam(addresses.base_url) as pam,
    ):
        yield World(plane, vendor, pam)


def test_tickets_calls_and_money_go_as_the_model_says_whatever_happens(world: World) -> None:
    STEPS.walk(partial(TicketMachine, world), seeds=SEEDS, most_steps=MOST_STEPS)

    assert STEPS.total() >= LEAST_STEPS
    assert STEPS.never() == []
