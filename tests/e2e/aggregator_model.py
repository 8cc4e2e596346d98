"""What BETCORE asks a casino for and when, worked out a second time from BC-ASM-012, BC-ASM-044 to
BC-ASM-048, BC-ASM-059 and BC-ASM-064."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from .bet_model import (
    BET,
    BLOCKED,
    BOOKED,
    CHANGED,
    CLOSED,
    NO_FUNDS,
    REPEATED,
    RETURN,
    UNKNOWN_BET,
    UNKNOWN_USER,
    WRONG_AMOUNT,
    Order,
)
from .faulty_casino import Arrival, Verdict

TAKEN, ANOTHER_OUTCOME, TOO_LATE = 200, 990012, 990008
DUPLICATE_ACCEPT = 103779
FINAL = {UNKNOWN_USER, WRONG_AMOUNT, CLOSED, UNKNOWN_BET, CHANGED, BLOCKED, NO_FUNDS}
TO_REPEAT = {103799, 103811}
TIME = timedelta(seconds=30)
OVERDUE = TIME + timedelta(microseconds=1)
REPEATS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, *(60,) * 24)]


@dataclass
class Asked:
    """A transaction that was asked for."""

    order: Order
    at: datetime
    listed: bool
    outcome: Verdict | None = None
    booked: bool = False
    by_accept: bool = False
    """Whether an accept told the outcome, true or not."""
    overdue: bool = False

    @property
    def tells(self) -> str | int | None:
        """What tells its outcome from others: the casino's id, or the code of a refusal."""
        return self.outcome and (self.outcome.id if self.booked else self.outcome.code)

    @property
    def shown(self) -> tuple[int, int, str, int | None]:
        """As the control plane shows it."""
        state = "open"
        if self.overdue:
            state = "overdue"
        elif self.outcome is not None:
            state = "booked" if self.booked else "refused"
        return self.order.bet, self.order.type, state, self.outcome and self.outcome.code


@dataclass
class Call:
    """A call to the casino: it asks for transactions, or closes a bet."""

    path: str
    asked: list[Asked]
    closing: tuple[int, bool] | None = None
    state: str = "pending"
    tries: int = 0
    next: datetime | None = None
    lane: tuple[int, str] | None = None
    """The player's bet whose calls keep their order."""


@dataclass
class AggregatorModel:
    """BETCORE towards one casino."""

    now: datetime
    asked: list[Asked] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    lanes: dict[tuple[int, str], list[Call]] = field(default_factory=dict)

    def ask(self, orders: list[Order], arrivals: deque[Arrival]) -> None:
        """Ask for a transaction, or for several in one call."""
        listed = len(orders) > 1
        asked = [Asked(order, self.now, listed) for order in orders]
        self.asked += asked
        if listed:
            self._send(Call("/payments/make-list", asked), arrivals)
        else:
            self._send(_alone(asked[0]), arrivals)

    def close(self, bet: int, closed: bool, arrivals: deque[Arrival]) -> None:
        """Close a bet or reopen it."""
        self._send(self._closing(bet, closed), arrivals)

    def _closing(self, bet: int, closed: bool) -> Call:
        """It follows what was asked for last of the bet."""
        players = [one.order.player for one in self.asked if one.order.bet == bet]
        return Call("/payments/close", [], (bet, closed), lane=(bet, players[-1]) if players else None)

    def next_moment(self) -> datetime | None:
        """When something happens by itself."""
        repeats = [call.next for call in self.calls if call.next]
        return min([*repeats, *(one.at + OVERDUE for one in self._waiting())], default=None)

    def due_at(self, moment: datetime) -> int:
        """How much happens by itself at a moment."""
        given_up = [one for one in self._waiting() if one.at + OVERDUE == moment]
        return len(given_up) + sum(call.next == moment for call in self.calls)

    def pass_to(self, moment: datetime, arrivals: deque[Arrival]) -> None:
        """Let time pass up to the next moment at most."""
        self.now = moment
        for one in [one for one in self._waiting() if one.at + OVERDUE <= moment]:
            self._give_up(one, arrivals)
        for call in [call for call in self.calls if call.next and call.next <= moment]:
            if call.state == "repeated":
                self._try(call, arrivals)

    def accept(self, bet: int, kind: int, code: int, id: str | None, arrivals: deque[Arrival]) -> int:
        """Take an accept.

        :returns: ``ErrorCode``
        """
        same = [one for one in self.asked if (one.order.bet, one.order.type) == (bet, kind)]
        if not same:
            return UNKNOWN_BET
        booked = code in (BOOKED, REPEATED, DUPLICATE_ACCEPT)
        still_open = [one for one in same if one.outcome is None and not one.overdue]
        told = (booked, id if booked else code)
        known = [one for one in same if one.outcome and told == (one.booked, one.tells)]
        one = still_open[0] if still_open else (known or same)[-1]
        if one.outcome is not None:
            other_id = booked and one.outcome.id is not None and one.outcome.id != id
            if one.booked is not booked or other_id:
                return ANOTHER_OUTCOME
            return TAKEN
        if kind == BET and (one.overdue or self.now - one.at > TIME):
            return TOO_LATE
        if booked or _ends(kind, code):
            one.outcome, one.booked, one.by_accept = Verdict(code, id if booked else None), booked, True
            call = next(call for call in reversed(self.calls) if one in call.asked)
            if call.state in ("repeated", "parked", "held") and all(each.outcome for each in call.asked):
                self._end(call, "sent", arrivals)
        return TAKEN

    def _waiting(self) -> Iterable[Asked]:
        """What has a time for its accept, and no outcome yet."""
        limited = [one for one in self.asked if one.order.type == BET or one.listed]
        return [one for one in limited if one.outcome is None and not one.overdue]

    def _give_up(self, one: Asked, arrivals: deque[Arrival]) -> None:
        if one.order.type == BET:
            one.overdue = True
            returned = Asked(replace(one.order, type=RETURN), self.now, listed=False)
            self.asked.append(returned)
            self._send(_alone(returned), arrivals)
            self._send(self._closing(one.order.bet, True), arrivals)
            return
        one.listed = False
        call = next(call for call in self.calls if one in call.asked)
        call.asked.remove(one)
        self._send(_alone(one), arrivals)

    def _send(self, call: Call, arrivals: deque[Arrival]) -> None:
        self.calls.append(call)
        if call.lane is not None:
            lane = self.lanes.setdefault(call.lane, [])
            lane.append(call)
            if len(lane) > 1:
                call.state = "held"
                return
        self._try(call, arrivals)

    def _try(self, call: Call, arrivals: deque[Arrival]) -> None:
        means = call.closing or [one.order for one in call.asked]
        arrival = next((one for one in arrivals if (one.path, _means(one)) == (call.path, means)), None)
        assert arrival is not None, f"not among {arrivals}: {call}"
        arrivals.remove(arrival)
        call.tries += 1
        call.next = None
        codes = [verdict.code for verdict in arrival.verdicts]
        for one, verdict in zip(call.asked, arrival.verdicts, strict=False):
            if one.outcome is None and not one.overdue and _ends(one.order.type, verdict.code):
                one.booked = verdict.code in (BOOKED, REPEATED)
                one.outcome = verdict if one.booked else Verdict(verdict.code)
        answered = len(codes) > 1 and codes[0] is not None and not set(codes) <= TO_REPEAT
        if answered or codes[0] in (BOOKED, REPEATED):
            self._end(call, "sent", arrivals)
        elif codes[0] in FINAL or (codes[0] is not None and any(one.outcome for one in call.asked)):
            self._end(call, "refused", arrivals)
        elif call.lane is None or call.tries > len(REPEATS):
            call.state = "parked"
        else:
            call.state, call.next = "repeated", self.now + REPEATS[call.tries - 1]

    def _end(self, call: Call, state: str, arrivals: deque[Arrival]) -> None:
        call.state, call.next = state, None
        lane = self.lanes.get(call.lane, []) if call.lane else []
        if call in lane:
            lane.remove(call)
            if lane and lane[0].state == "held":
                self._try(lane[0], arrivals)


def _alone(asked: Asked) -> Call:
    """Asks for one transaction; only a bet keeps no order, since it is not repeated."""
    order = asked.order
    return Call("/payments/make", [asked], lane=None if order.type == BET else (order.bet, order.player))


def _ends(kind: int, code: int | None) -> bool:
    """Whether an answer ends the matter."""
    if code is None:
        return False
    return code not in TO_REPEAT if kind == BET else code in FINAL | {BOOKED, REPEATED}


def _means(arrival: Arrival) -> list[Order] | tuple[int, bool]:
    if arrival.path == "/payments/close":
        return int(arrival.data["BetId"]), arrival.data["Closed"]
    items = arrival.data if isinstance(arrival.data, list) else [arrival.data]
    return [
        Order(one["PartnerUserId"], one["BetId"], one["TransactionType"], Decimal(one["Amount"]))
        for one in items
    ]
