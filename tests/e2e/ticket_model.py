"""What becomes of tickets and of the calls about them, worked out a second time from the vendor's pages and
the assumptions. It knows nothing of the server's tables."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .faulty_pam import Arrival
from .platform_model import OK, PlatformModel, Reply
from .ticket_amounts import Amounts, Rates, at_odds, prize, unknown, untaxed

HALF_HOUR = timedelta(minutes=30)
REPEATS = 48
UNTIL_CLOSED = timedelta(hours=24)

SUPERBET = {101: "3.10", 102: "3.40", 103: "2.25", 104: "1.95", 105: "1.85", 106: "2.60"}
ODDS = {
    100001: SUPERBET,
    390815: {101: "1.55", 102: "3.80", 103: "5.50"},
    391814: {101: "2.20", 102: "3.10", 103: "3.05"},
    392101: {101: "2.75", 102: "2.95", 103: "2.60"},
}
"""Of the sandbox's own catalogue, by event and bet."""

ACCEPTED: Reply = (200, None)
CONFLICT: Reply = (409, None)
NOT_RESERVED: Reply = (400, 117)
STARTED: Reply = (400, 919)
REFUSED: Reply = (400, 926)
SILENT: Reply = (400, 927)
_PASSED_ON = {
    "identify": {101},
    "ticket_create": {101, 916, 925},
    "ticket_reserve": {101, 916},
}
"""Codes of the platform that the caller gets as they are (BS-ASM-044)."""

_RESULT_CALLS = {"won": "ticket_win", "lost": "ticket_lost", "void": "ticket_void"}
_ENDS = ("ticket_win", "ticket_lost", "ticket_void", "ticket_refund")
_SENT_ONCE = ("ticket_create", "ticket_reserve")


@dataclass(frozen=True)
class Order:
    """A ticket as a player wants it. Prices and prizes in cents."""

    type: str
    player: str
    price: int
    picks: tuple[tuple[int, int], ...]
    """Event and bet."""
    prizes: tuple[int, ...] = ()
    """Of a jackpot: the prize, then the bonus prizes."""

    @property
    def odds(self) -> list[Decimal]:
        return [Decimal(ODDS[event][bet]) for event, bet in self.picks]

    @property
    def has_odds(self) -> bool:
        """Whether what it would pay is known from the start (BS-ASM-042)."""
        return self.type not in ("superbet", "jackpot")


@dataclass
class Call:
    """A call to the platform about a ticket."""

    action: str
    data: dict[str, Any]
    state: str = "pending"
    tries: int = 0
    repeats: int = 0
    next: datetime | None = None
    id: str = ""

    @property
    def unfinished(self) -> bool:
        return self.state not in ("sent", "dropped")


@dataclass(eq=False, repr=False)
class Ticket:
    """A ticket, with every call about it and those that hold each other up."""

    id: str
    code: str
    order: Order
    offered: Amounts
    amounts: Amounts
    created: datetime
    updated: datetime
    status: str = "new"
    result: str = "pending"
    resulted: bool = False
    answered: datetime | None = None
    """When the platform had its result or refund."""
    closing: datetime | None = None
    settle_again: bool = False
    calls: list[Call] = field(default_factory=list)
    lane: list[Call] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.order.type} {self.code}: {self.status}, {self.result}>"

    @property
    def withdrawing(self) -> bool:
        return any(call.action == "ticket_rollback" for call in self.lane)

    @property
    def shown(self) -> dict[str, Any]:
        """How it has to read."""
        odds = {"odds": self.amounts.odds} if self.order.has_odds else {}
        payouts = {
            "gross_payout": self.amounts.gross_payout,
            "wht_amount": self.amounts.wht_amount,
            "net_payout": self.amounts.net_payout,
        }
        return (
            {
                "id": self.id,
                "code": self.code,
                "type": self.order.type,
                "user_id": self.order.player,
                "status": self.status,
                "result": self.result,
                "price": self.amounts.price,
                "stake": self.amounts.stake,
                "ext_amount": self.amounts.ext_amount,
                "created": _stamp(self.created),
                "updated": _stamp(self.updated),
            }
            | payouts
            | odds
        )


@dataclass(frozen=True)
class EventResult:
    """How an event ended."""

    won: frozenset[int]
    void: frozenset[int]
    abandoned: bool = False

    def mark(self, bet: int) -> str:
        if self.abandoned or bet in self.void:
            return "void"
        return "won" if bet in self.won else "lost"


class TicketModel:
    """One operator's tickets and its platform.

    Each step changes the model as the rules say and returns what the caller has to get; the arrivals at the
    platform that it brought about are then heard, and have to be just those that are due.
    """

    def __init__(self, operator: str, rates: Rates, platform: PlatformModel, now: datetime) -> None:
        self.operator = operator
        self.rates = rates
        self.platform = platform
        self.now = now
        self.tickets: dict[str, Ticket] = {}
        self.results: dict[int, EventResult] = {}

    @property
    def calls(self) -> list[Call]:
        """Every call about a ticket."""
        return [call for ticket in self.tickets.values() for call in ticket.calls]

    @property
    def due(self) -> dict[str, str]:
        """The calls whose first try is due: their actions by ticket."""
        return {id: call.action for id, one in self.tickets.items() if (call := _due(one))}

    def place(self, action: str, order: Order, token: str, arrivals: Sequence[Arrival]) -> Reply:
        """A creation or reservation, with what came to the platform meanwhile."""
        came = deque(arrivals)
        asked = came.popleft()
        assert (asked.action, asked.data) == ("identify", {"operator": self.operator, "token": token})
        if asked.booked is not None:
            assert json.loads(asked.booked.body)["balance"] == self.platform.balances[order.player]
        if asked.answer.status != 200:
            assert not came, came
            return _as_the_caller_sees(asked)
        if any(event in self.results for event, _ in order.picks):
            assert not came, came
            return STARTED
        said = came[0].data
        before = unknown(order.price, self.rates)
        if order.has_odds:
            before = at_odds(order.price, order.odds, self.rates)
        ticket = Ticket(
            said["ticket_id"], said["ticket_code"], order, before, before, created=self.now, updated=self.now
        )
        assert ticket.id not in self.tickets
        self.tickets[ticket.id] = ticket
        call = self._put(ticket, action, self._content(ticket, action))
        self._try(ticket, call, told := came.popleft())
        if call.state == "sent":
            ticket.status = "open" if action == "ticket_create" else "reserved"
            reply = ACCEPTED
        else:
            ticket.status, ticket.result = "cancelled", "void"
            self._put_with_reason(ticket, "ticket_discard")
            reply = _as_the_caller_sees(told)
        self.hear(came)
        return reply

    def pay(self, ticket: Ticket) -> Reply:
        """BS-PAY-001, BS-PAY-005; the platform hears nothing of it (BS-ASM-029), save the result where its
        events have ended before."""
        if ticket.status != "reserved":
            return NOT_RESERVED
        self._change(ticket, "open")
        self._settle_if_decided(ticket)
        return ACCEPTED

    def settle(self, ticket: Ticket, result: str, amounts: Amounts) -> Reply:
        """The result of one ticket."""
        if ticket.status != "open":
            return CONFLICT
        self._change(ticket, "resulted", result)
        ticket.amounts, ticket.resulted = amounts, True
        extra = self._payouts(ticket) if result == "void" else {}
        self._put(ticket, _RESULT_CALLS[result], extra)
        return ACCEPTED

    def settle_event(self, event: int, result: EventResult) -> Reply:
        """The result of an event; the tickets that it decides are resulted."""
        if event in self.results:
            return CONFLICT
        self.results[event] = result
        for ticket in self._on(event):
            if ticket.withdrawing:
                ticket.settle_again = True
            self._settle_if_decided(ticket)
        return ACCEPTED

    def refund(self, ticket: Ticket) -> Reply:
        """The end of a ticket that has no result (BS-ASM-054, BS-ASM-093)."""
        if ticket.status not in ("open", "reserved"):
            return CONFLICT
        self._change(ticket, "cancelled", "void")
        self._put_with_reason(ticket, "ticket_refund")
        return ACCEPTED

    def discard(self, ticket: Ticket) -> Reply:
        """The end of a reservation."""
        if ticket.status != "reserved":
            return CONFLICT
        self._change(ticket, "cancelled", "void")
        self._put_with_reason(ticket, "ticket_discard")
        return ACCEPTED

    def rollback(self, ticket: Ticket) -> Reply:
        """The withdrawal of a result, which stops a closing (BS-ASM-091 to BS-ASM-093). One of which the
        platform was given up to be told is withdrawn at once."""
        if not self.can_be_withdrawn(ticket):
            return CONFLICT
        if ticket.answered is None and not ticket.lane:
            self._change(ticket, "open", "pending")
            ticket.amounts, ticket.resulted = ticket.offered, False
            return ACCEPTED
        ticket.closing = None
        self._put_with_reason(ticket, "ticket_rollback")
        return ACCEPTED

    def rollback_event(self, event: int) -> Reply:
        """The withdrawal of an event's result, and of those of its tickets."""
        if event not in self.results:
            return CONFLICT
        del self.results[event]
        for ticket in self._on(event):
            self.rollback(ticket)
        return ACCEPTED

    def update(self, ticket: Ticket, gross_payout: int) -> Reply:
        """New payouts of a jackpot (BS-ASM-096)."""
        if ticket.order.type != "jackpot" or ticket.status not in ("open", "reserved"):
            return CONFLICT
        ticket.offered = ticket.amounts = prize(ticket.order.price, gross_payout, self.rates)
        ticket.updated = self.now
        self._put(ticket, "ticket_update", self._content(ticket, "ticket_update"))
        return ACCEPTED

    def can_be_withdrawn(self, ticket: Ticket) -> bool:
        return ticket.resulted and ticket.status in ("resulted", "closed") and not ticket.withdrawing

    def won(self, ticket: Ticket, void: Iterable[int] = (), gross: int | None = None) -> tuple[str, Amounts]:
        """Result and amounts of a ticket that is won.

        :param void: events whose picks are void
        :param gross: cents that a superbet or jackpot pays before tax
        """
        order = ticket.order
        marks = ["void" if event in void else "won" for event, _ in order.picks]
        if gross is not None:
            return "won", prize(order.price, gross, self.rates)
        if set(marks) == {"void"}:
            return self.void(ticket)
        if order.type == "jackpot":
            return "won", self._jackpot(ticket, 0)
        return self._at_odds_of(ticket, marks)

    def lost(self, ticket: Ticket) -> tuple[str, Amounts]:
        """A ticket without a price to win; one with odds still shows what it would have paid."""
        pays = ticket.offered if ticket.order.has_odds else unknown(ticket.order.price, self.rates)
        return "lost", pays

    def void(self, ticket: Ticket) -> tuple[str, Amounts]:
        """The price goes back (BS-ASM-084)."""
        return "void", untaxed(ticket.offered, ticket.order.price)

    def cashed_out(self, ticket: Ticket, amount: int) -> tuple[str, Amounts]:
        """The player took an amount (BS-ASM-113)."""
        return "won", untaxed(ticket.offered, amount)

    def hear(self, arrivals: Iterable[Arrival]) -> None:
        """The first tries of what is due; a call that is held comes once what held it is answered.

        :raises AssertionError: something else came, or something did not come
        """
        for arrival in arrivals:
            self._hear_next(arrival)
        assert not self.due, f"did not come: {self.due}"

    def send(self, ticket: Ticket, call: Call, arrivals: Sequence[Arrival]) -> Reply:
        """One try by hand. It leaves the schedule as it is."""
        came = deque(arrivals)
        if call.state not in ("repeated", "parked"):
            reply = CONFLICT
        else:
            self._try(ticket, call, came.popleft(), by_hand=True)
            reply = ACCEPTED
        self.hear(came)
        return reply

    def drop(self, ticket: Ticket, call: Call) -> Reply:
        """A call is given up, and the one behind it is sent."""
        if not call.unfinished:
            return CONFLICT
        self._end(ticket, call, "dropped")
        return ACCEPTED

    def pass_time(self, by: timedelta, arrivals: Sequence[Arrival]) -> None:
        """Time goes by; what falls due comes in order, each at its own moment."""
        came = deque(arrivals)
        until = self.now + by
        while (first := self._next_moment()) is not None and first <= until:
            self.now = max(first, self.now)
            assert came, f"nothing came at {first}"
            ticket = self.tickets[came[0].data["ticket_id"]]
            assert _wakes(ticket) == first, f"{came[0].action} came before its time, at {first}"
            if ticket.closing == first:
                ticket.closing = None
                self._change(ticket, "closed")
                self._put(ticket, "ticket_closed")
            else:
                self._try(ticket, ticket.lane[0], came.popleft())
            while _due(ticket):
                assert came, f"{ticket.lane[0].action} of {ticket.id} did not come at {first}"
                assert came[0].data["ticket_id"] == ticket.id
                self._hear_next(came.popleft())
        self.now = until
        assert not came, f"came too early: {came}"

    def _next_moment(self) -> datetime | None:
        """When the next call or closing is due."""
        return min(filter(None, map(_wakes, self.tickets.values())), default=None)

    def _hear_next(self, arrival: Arrival) -> None:
        ticket = self.tickets[arrival.data["ticket_id"]]
        call = _due(ticket)
        assert call, f"{arrival.action} of {ticket.id} came; behind {[one.action for one in ticket.lane]}"
        self._try(ticket, call, arrival)

    def _try(self, ticket: Ticket, call: Call, arrival: Arrival, *, by_hand: bool = False) -> None:
        said = dict(arrival.data)
        if "reason" in call.data:
            assert said.get("reason")
            said["reason"] = call.data["reason"]
        assert (arrival.action, said) == (call.action, call.data)
        if arrival.booked is not None:
            booked = self.platform.reply(call.action, call.data, ticket.amounts.net_payout)
            assert (arrival.booked.status, arrival.booked.code) == booked, (
                call.action,
                arrival.booked,
                booked,
            )
        call.tries += 1
        if arrival.answer.status == OK[0]:
            self._end(ticket, call, "sent")
        elif by_hand:
            pass
        elif call.action in _SENT_ONCE or call.repeats == REPEATS:
            call.state, call.next = "parked", None
        else:
            call.state, call.next = "repeated", self.now + HALF_HOUR
            call.repeats += 1

    def _end(self, ticket: Ticket, call: Call, state: str) -> None:
        call.state, call.next = state, None
        if call in ticket.lane:
            ticket.lane.remove(call)
        if call.action in _ENDS and state == "sent":
            ticket.answered = self.now
        if call.action in _ENDS or (call.action == "ticket_rollback" and state == "dropped"):
            self._plan_closing(ticket)
        if call.action == "ticket_rollback":
            again, ticket.settle_again = ticket.settle_again and state == "sent", False
            if state == "sent":
                self._change(ticket, "open", "pending")
                ticket.amounts, ticket.resulted, ticket.answered = ticket.offered, False, None
            if again:
                self._settle_if_decided(ticket)
        if ticket.lane and ticket.lane[0].state == "held":
            ticket.lane[0].state = "pending"

    def _plan_closing(self, ticket: Ticket) -> None:
        if ticket.answered and not ticket.withdrawing and ticket.status in ("resulted", "cancelled"):
            ticket.closing = ticket.answered + UNTIL_CLOSED

    def _settle_if_decided(self, ticket: Ticket) -> None:
        """Each pick has to win; a jackpot allows one wrong pick for each bonus prize (BS-ASM-112)."""
        ends = [self.results[event].mark(bet) for event, bet in ticket.order.picks if event in self.results]
        wrong, decided = ends.count("lost"), len(ends) == len(ticket.order.picks)
        if ticket.status != "open":
            return
        if wrong and wrong >= max(1, len(ticket.order.prizes)):
            self.settle(ticket, *self.lost(ticket))
        elif decided and set(ends) == {"void"}:
            self.settle(ticket, *self.void(ticket))
        elif decided and ticket.order.type == "jackpot":
            self.settle(ticket, "won", self._jackpot(ticket, wrong))
        elif decided:
            self.settle(ticket, *self._at_odds_of(ticket, ends))

    def _jackpot(self, ticket: Ticket, wrong: int) -> Amounts:
        """The prize may have been updated; the bonus prizes stay (BS-ASM-112)."""
        updated = ticket.offered.gross_payout if wrong == 0 else 0
        return prize(ticket.order.price, updated or ticket.order.prizes[wrong], self.rates)

    def _at_odds_of(self, ticket: Ticket, marks: Sequence[str]) -> tuple[str, Amounts]:
        """Void picks count with odds of 1 (BS-ASM-112)."""
        counted = zip(ticket.order.odds, marks, strict=True)
        odds = [Decimal(1) if mark == "void" else one for one, mark in counted]
        return "won", at_odds(ticket.order.price, odds, self.rates)

    def _on(self, event: int) -> list[Ticket]:
        return [one for one in self.tickets.values() if event in {picked for picked, _ in one.order.picks}]

    def _change(self, ticket: Ticket, status: str, result: str | None = None) -> None:
        ticket.status, ticket.updated = status, self.now
        ticket.result = result or ticket.result

    def _put_with_reason(self, ticket: Ticket, action: str) -> None:
        self._put(ticket, action, {"reason": "any"})

    def _put(self, ticket: Ticket, action: str, data: dict[str, Any] | None = None) -> Call:
        reference = {"operator": self.operator, "ticket_id": ticket.id}
        call = Call(action, reference | (data or {}))
        ticket.calls.append(call)
        if action not in _SENT_ONCE:
            call.state = "held" if ticket.lane else "pending"
            ticket.lane.append(call)
        return call

    def _content(self, ticket: Ticket, action: str) -> dict[str, Any]:
        psp = {} if action == "ticket_create" else {"psp": "mobile"}
        return (
            {"ticket_code": ticket.code, "player_id": ticket.order.player}
            | psp
            | self._payouts(ticket)
            | {"currency": "KES", "atag": None, "rtag": "friend", "ticket_type": ticket.order.type}
        )

    def _payouts(self, ticket: Ticket) -> dict[str, Any]:
        pays = ticket.amounts
        return {
            "price": pays.price,
            "stake": pays.stake,
            "wht_amount": pays.wht_amount,
            "wht": self.rates.wht,
            "ext_amount": pays.ext_amount,
            "ext": self.rates.ext,
            "ext_type": "inclusive",
            "gross_payout": pays.gross_payout,
            "net_payout": pays.net_payout,
        }


def _due(ticket: Ticket) -> Call | None:
    """The call whose first try is due."""
    first = ticket.lane[0] if ticket.lane else None
    return first if first and first.state == "pending" else None


def _wakes(ticket: Ticket) -> datetime | None:
    """When time brings something about."""
    repeat = ticket.lane[0].next if ticket.lane else None
    return min(filter(None, (repeat, ticket.closing)), default=None)


def _as_the_caller_sees(arrival: Arrival) -> Reply:
    """What an identification, creation or reservation that failed is answered with (BS-ASM-044)."""
    if arrival.answer.status is None:
        return SILENT
    if arrival.action == "identify" and arrival.answer.status == 403:  # BS-ASM-080
        return 400, 101
    code = arrival.answer.code
    return (400, code) if code in _PASSED_ON[arrival.action] else REFUSED


def _stamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
