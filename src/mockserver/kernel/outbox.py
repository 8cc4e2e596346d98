"""The outbox of a tenant: every call to its partner, until it is acknowledged or parked.

A call is data and is signed afresh for each try. Its first try is made at once; the tenant's
timekeeper brings about the repeats. Of the calls about one subject that are repeated until they are
acknowledged, one is under way at a time: those behind it are held.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from mockserver.kernel.ports import Deadlines, IdSource, OutgoingAnswer
from mockserver.kernel.timekeeper import Timekeeper

logger = logging.getLogger("mockserver")

TIMER = "call"
"""Kind of the timers that repeat calls; the subject is the id of the call."""

_ID_DIGITS = 16
_AT_ONCE = 16


class CallState(StrEnum):
    """Where a call stands."""

    PENDING = "pending"
    HELD = "held"
    REPEATED = "repeated"
    SENT = "sent"
    REFUSED = "refused"
    PARKED = "parked"
    DROPPED = "dropped"


WAITING = frozenset({CallState.PENDING, CallState.HELD, CallState.REPEATED})
"""States of a call that is sent by itself; it takes room in the queue."""

UNFINISHED = WAITING | {CallState.PARKED}
"""States of a call that can be dropped; all but held ones can be sent by hand."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How something is called: how long a try may take, and the waits between tries."""

    deadlines: Deadlines
    repeats: tuple[timedelta, ...] = ()
    overtakes: bool = False
    """Whether it goes out though what came before it about its subject was not acknowledged yet."""

    @property
    def in_order(self) -> bool:
        """Whether what is repeated until it is acknowledged holds up what comes after it."""
        return bool(self.repeats) and not self.overtakes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a try does not count as acknowledged."""

    text: str
    final: bool = False
    """Whether it was answered for good, so that nothing is repeated."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try, and what came of it."""

    at: datetime
    exchange: str
    status: int | None
    failure: str | None
    """Why it does not count as acknowledged; ``None`` if it does."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try with the whole answer to it, which the outbox does not keep."""

    made: Try
    answer: OutgoingAnswer | None
    """``None`` where no complete answer came."""
    final: bool = False
    """Whether a failure was an answer for good."""


@dataclass(slots=True, kw_only=True)
class OutgoingCall:
    """A call to a partner. ``document`` is what it says as JSON text, before it is signed or wrapped."""

    id: str
    action: str
    """What is called, by the name that the schedules have."""
    document: bytes
    subject: str | None
    """Id of the ticket or bet that it is about."""
    lane: str | None = None
    """What calls keep their order by, where that is not the subject."""
    cause: str | None
    """Id of the exchange that brought it about."""
    created: datetime
    state: CallState = CallState.PENDING
    tries: list[Try] = field(default_factory=list)
    next: datetime | None = None
    """When it is sent again, in the tenant's time."""
    repeats_planned: int = 0

    @property
    def in_lane(self) -> str | None:
        """What it keeps its order by."""
        return self.subject if self.lane is None else self.lane


class OutboxFull(Exception):
    """No more calls can wait. The text says how many do, in one line."""


class UnknownCall(Exception):
    """The outbox has no such call."""


class NotInThisState(Exception):
    """The call can't be sent or dropped. The text says why, in one line."""


class Outbox:
    """Calls by id, oldest first.

    :param schedules: by action
    :param size: how many calls may wait, and how many that are parked, and that are done, are kept
    :param attempt: makes one try of a call
    :param ended: told when a call was acknowledged, refused, parked or dropped, before the next one of its
        subject is sent
    :param settled: whether what a call is for has come about without an answer to it
    """

    def __init__(
        self,
        *,
        schedules: Mapping[str, Schedule],
        size: Callable[[], int],
        ids: IdSource,
        timekeeper: Timekeeper,
        attempt: Callable[[OutgoingCall, Deadlines], Awaitable[Attempt]],
        ended: Callable[[OutgoingCall], None] = lambda _call: None,
        settled: Callable[[OutgoingCall], bool] = lambda _call: False,
    ) -> None:
        self._schedules = schedules
        self._size = size
        self._ids = ids
        self._timekeeper = timekeeper
        self._attempt = attempt
        self._on_end = ended
        self._is_settled = settled
        self._calls: dict[str, OutgoingCall] = {}
        self._open = 0
        self._ended: dict[str, None] = {}
        self._parked: dict[str, None] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._lanes: dict[str, list[OutgoingCall]] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self.closed = False
        """Whether its tenant is gone: nothing is sent any more but what is told once."""
        timekeeper.on(TIMER, self._repeat)

    def put(
        self,
        action: str,
        document: bytes,
        *,
        subject: str | None = None,
        lane: str | None = None,
        cause: str | None = None,
        urgent: bool = False,
    ) -> OutgoingCall:
        """Queue a call; :meth:`tell` or :meth:`start` makes its first try. It is held where another call
        of its lane has to be acknowledged first.

        :param lane: what calls keep their order by; the subject where it is ``None``
        :param urgent: whether it is queued even where no room is left, since it must not be lost
        :raises OutboxFull: as many calls wait as may
        """
        if not urgent:
            self.require_room()
        call = self._new(action, document, subject, cause, lane)
        self._calls[call.id] = call
        self._open += 1
        if call.in_lane is not None and self._schedules[action].in_order:
            others = self._lanes.setdefault(call.in_lane, [])
            if others:
                call.state = CallState.HELD
            others.append(call)
        return call

    def require_room(self, calls: int = 1) -> None:
        """See to it that this many more calls can be queued, before anything else changes.

        :raises OutboxFull: not so many more may wait
        """
        if self._open + calls > self._size():
            raise OutboxFull(
                f"{self._open} calls wait, and outbox_size is {self._size()}: "
                f"no room for {calls} more; send or drop some, or raise it"
            )

    def unfinished(self, subject: str) -> tuple[OutgoingCall, ...]:
        """The calls about a subject that hold each other up, in the order in which they are sent."""
        return tuple(self._lanes.get(subject, ()))

    def held_by(self, call: OutgoingCall) -> str | None:
        """Id of the call that has to be acknowledged first; ``None`` for one that is not held."""
        return self._lanes[call.in_lane or ""][0].id if call.state is CallState.HELD else None

    async def ask(
        self, action: str, document: bytes, *, subject: str | None = None, cause: str | None = None
    ) -> Attempt:
        """Call once, and keep nothing of it but what the journal has."""
        call = self._new(action, document, subject, cause)
        return await self._attempt(call, self._schedules[action].deadlines)

    def tell_once(self, action: str, document: bytes, *, cause: str | None = None) -> None:
        """Call once without waiting, and keep nothing of it; also when everything else is closed."""
        self._in_background(self.ask(action, document, cause=cause))

    async def send(self, call_id: str) -> OutgoingCall:
        """Make one try now. One that is made besides the schedule leaves the schedule as it is.

        :raises UnknownCall: there is no such call
        :raises NotInThisState: it was acknowledged or dropped, is held, or is being sent
        """
        call = self.find(call_id)
        await self.tell(call)
        return call

    async def tell(self, call: OutgoingCall) -> OutgoingAnswer | None:
        """Make one try of a call, as :meth:`send` does.

        :returns: the answer, where a complete one came
        :raises NotInThisState: it was acknowledged or dropped, is held, or is being sent
        """
        if self._is_sending(call.id):
            raise NotInThisState("the call is being sent right now")
        async with self._trying(call):
            answer = await self._try(call, scheduled=call.state is CallState.PENDING)
        await self._send_released(call)
        return answer

    async def tell_all(self, calls: Iterable[OutgoingCall]) -> None:
        """Make the first try of each, a few at a time, and wait for all of them. Held ones wait for their
        turn."""
        few = asyncio.Semaphore(_AT_ONCE)

        async def tell(call: OutgoingCall) -> None:
            async with few:
                await self._first_try(call)

        await asyncio.gather(*(tell(call) for call in calls))

    def start(self, calls: Iterable[OutgoingCall]) -> None:
        """Make the first try of each without waiting for it. Held ones wait for their turn."""
        for call in calls:
            self._in_background(self._first_try(call))

    def retry(self, calls: Iterable[OutgoingCall]) -> None:
        """Make one more try of each that is parked, without waiting for it."""
        for call in calls:
            self._in_background(self._one_more_try(call))

    def drop(self, call_id: str) -> OutgoingCall:
        """Give a call up; it is not sent again.

        :raises UnknownCall: there is no such call
        :raises NotInThisState: it was acknowledged or dropped before
        """
        call = self.find(call_id)
        if call.state not in UNFINISHED:
            raise NotInThisState(f"the call is {call.state}")
        if self._is_sending(call.id):
            raise NotInThisState("the call is being sent right now: nobody knows yet what came of it")
        self._end(call, CallState.DROPPED)
        self._locks.pop(call.id, None)
        if (following := self._released(call)) is not None:
            self.start([following])
        return call

    def settle(self, call_id: str) -> None:
        """Count a call as acknowledged if what it is for has come about. One that is being sent is looked
        at when its try ends; nothing happens to one that is done or unknown."""
        call = self._calls.get(call_id)
        if call is None or call.state not in UNFINISHED or self._is_sending(call_id):
            return
        if self._is_settled(call):
            self._end(call, CallState.SENT)
            self._locks.pop(call.id, None)
            if (following := self._released(call)) is not None:
                self.start([following])

    def forget(self, subject: str) -> None:
        """Drop every call about a subject that is not done, also one that is being sent."""
        gone = [one for one in self._calls.values() if one.subject == subject and one.state in UNFINISHED]
        for call in gone:
            self._end(call, CallState.DROPPED)
        for call in gone:  # once all are, since none of them may be released
            if (following := self._released(call)) is not None:
                self.start([following])

    def give_up(self, call_id: str) -> None:
        """Drop a call that is not done, also one that is being sent; nothing happens to any other."""
        call = self._calls.get(call_id)
        if call is None or call.state not in UNFINISHED:
            return
        self._end(call, CallState.DROPPED)
        if (following := self._released(call)) is not None:
            self.start([following])

    def close(self) -> None:
        """Send nothing any more: the tenant is gone. What is under way ends."""
        self.closed = True

    def find(self, call_id: str) -> OutgoingCall:
        """The call with this id.

        :raises UnknownCall: there is none
        """
        try:
            return self._calls[call_id]
        except KeyError:
            raise UnknownCall(f"the outbox has no call `{call_id}`") from None

    def calls(self) -> list[OutgoingCall]:
        """All that are kept, oldest first."""
        return list(self._calls.values())

    def restore(self, calls: list[OutgoingCall]) -> None:
        """Put calls back as they were, once the timekeeper has its timers again. A call that was under way
        is sent again: nobody knows what became of it."""
        self._calls = {call.id: call for call in calls}
        self._open = sum(call.state in WAITING for call in calls)
        self._ended = dict.fromkeys(call.id for call in calls if call.state not in UNFINISHED)
        self._parked = dict.fromkeys(call.id for call in calls if call.state is CallState.PARKED)
        self._lanes = {}
        for call in calls:
            if call.state in UNFINISHED and call.in_lane and self._schedules[call.action].in_order:
                self._lanes.setdefault(call.in_lane, []).append(call)
        for head, *behind in self._lanes.values():
            head.state = CallState.PENDING if head.state is CallState.HELD else head.state
            for call in behind:
                call.state = CallState.HELD if call.state in WAITING else call.state
        planned = {timer.subject for timer in self._timekeeper.pending() if timer.kind == TIMER}
        for call in calls:
            if call.state in WAITING - {CallState.HELD} and call.id not in planned:
                self._timekeeper.set_timer(call.next or call.created, TIMER, call.id)

    async def _repeat(self, call_id: str) -> str:
        call = self.find(call_id)
        async with self._trying(call):
            if call.state not in WAITING:
                return f"{call.action}: {call.state} in the meantime"
            await self._try(call, scheduled=True)
        await self._send_released(call)
        failure = call.tries[-1].failure
        return f"{call.action}: {call.state}" + (f" ({failure})" if failure else "")

    def _new(
        self,
        action: str,
        document: bytes,
        subject: str | None,
        cause: str | None,
        lane: str | None = None,
    ) -> OutgoingCall:
        return OutgoingCall(
            id=self._unused_id(),
            action=action,
            document=document,
            subject=subject,
            lane=lane,
            cause=cause,
            created=self._timekeeper.clock.now(),
        )

    async def _first_try(self, call: OutgoingCall) -> None:
        """Nothing for a call that is held, or was sent by hand or dropped in the meantime."""
        if call.state is CallState.PENDING and not self._is_sending(call.id) and not self.closed:
            await self.tell(call)

    async def _one_more_try(self, call: OutgoingCall) -> None:
        """Nothing for a call that was sent or dropped in the meantime, or is being sent."""
        if call.state is CallState.PARKED and not self._is_sending(call.id) and not self.closed:
            await self.tell(call)

    async def _send_released(self, call: OutgoingCall) -> None:
        """Send what the call held up, if it was acknowledged or dropped, and what that held up in turn."""
        while not self.closed and (following := self._released(call)) is not None:
            async with self._trying(following):
                await self._try(following, scheduled=True)
            call = following

    def _released(self, call: OutgoingCall) -> OutgoingCall | None:
        """The call that is no longer held, now that this one holds nothing up any more."""
        lane = self._lanes.get(call.in_lane or "", [])
        if call.state not in UNFINISHED and call in lane:
            lane.remove(call)
            if not lane:
                del self._lanes[call.in_lane or ""]
        if not lane or lane[0].state is not CallState.HELD:
            return None
        lane[0].state = CallState.PENDING
        return lane[0]

    def _in_background(self, work: Coroutine[None, None, object]) -> None:
        task: asyncio.Task[object] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a call failed: %s", type(error).__name__)
            logger.debug("trace", exc_info=error)

    def _is_sending(self, call_id: str) -> bool:
        return call_id in self._locks and self._locks[call_id].locked()

    def _unused_id(self) -> str:
        while (call_id := self._ids.hex(_ID_DIGITS)) in self._calls:
            pass
        return call_id

    @asynccontextmanager
    async def _trying(self, call: OutgoingCall) -> AsyncIterator[None]:
        """One try of a call at a time."""
        try:
            async with self._locks.setdefault(call.id, asyncio.Lock()):
                yield
        finally:
            if call.state not in UNFINISHED:
                self._locks.pop(call.id, None)

    async def _try(self, call: OutgoingCall, *, scheduled: bool) -> OutgoingAnswer | None:
        if call.state is CallState.HELD:
            raise NotInThisState("the call is held until the one before it about the same subject is done")
        if call.state not in UNFINISHED:
            raise NotInThisState(f"the call is {call.state}")
        schedule = self._schedules[call.action]
        attempt = await self._attempt(call, schedule.deadlines)
        call.tries.append(attempt.made)
        if call.state not in UNFINISHED:  # dropped in the meantime
            return attempt.answer
        if attempt.final:
            self._end(call, CallState.REFUSED)
        elif attempt.made.failure is None or self._is_settled(call):
            self._end(call, CallState.SENT)
        elif scheduled:
            self._plan_repeat(call, schedule.repeats)
        return attempt.answer

    def _plan_repeat(self, call: OutgoingCall, repeats: tuple[timedelta, ...]) -> None:
        if call.repeats_planned >= len(repeats):
            self._end(call, CallState.PARKED)
            return
        self._timekeeper.cancel(TIMER, call.id)
        call.state = CallState.REPEATED
        call.next = self._timekeeper.clock.now() + repeats[call.repeats_planned]
        call.repeats_planned += 1
        self._timekeeper.set_timer(call.next, TIMER, call.id)

    def _end(self, call: OutgoingCall, state: CallState) -> None:
        """It is not sent by itself any more, and one of those that are kept for a while."""
        self._timekeeper.cancel(TIMER, call.id)
        self._open -= call.state in WAITING
        call.state, call.next = state, None
        kept, other = (
            (self._parked, self._ended) if state is CallState.PARKED else (self._ended, self._parked)
        )
        other.pop(call.id, None)
        kept.pop(call.id, None)
        kept[call.id] = None
        for one in list(islice(kept, max(0, len(kept) - self._size()))):
            self._evict(self._calls[one])
        self._on_end(call)

    def _evict(self, call: OutgoingCall) -> None:
        """Forget a call that has ended, unless others wait for it to be sent by hand or dropped."""
        lane = self._lanes.get(call.in_lane or "", [])
        if call in lane:
            if len(lane) > 1:
                return
            del self._lanes[call.in_lane or ""]
        self._ended.pop(call.id, None)
        self._parked.pop(call.id, None)
        del self._calls[call.id]
