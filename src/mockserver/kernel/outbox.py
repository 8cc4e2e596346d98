"""The outbox of a tenant: every call to its partner, until it is acknowledged or parked.

A call is data and is signed afresh for each try. Its first try is made at once; the tenant's
timekeeper brings about the repeats.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mockserver.kernel.ports import Deadlines, IdSource
from mockserver.kernel.timekeeper import Timekeeper

TIMER = "call"
"""Kind of the timers that repeat calls; the subject is the id of the call."""

_ID_DIGITS = 16


class CallState(StrEnum):
    """Where a call stands."""

    PENDING = "pending"
    REPEATED = "repeated"
    SENT = "sent"
    PARKED = "parked"
    DROPPED = "dropped"


WAITING = frozenset({CallState.PENDING, CallState.REPEATED})
"""States of a call that is sent by itself; it takes room in the queue."""

SENDABLE = WAITING | {CallState.PARKED}
"""States of a call that can be sent by hand, or dropped."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How something is called: how long a try may take, and the waits between tries."""

    deadlines: Deadlines
    repeats: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Try:
    """One try, and what came of it."""

    at: datetime
    exchange: str
    status: int | None
    failure: str | None
    """Why it does not count as acknowledged; ``None`` if it does."""


@dataclass(slots=True, kw_only=True)
class OutgoingCall:
    """A call to a partner. ``document`` is what it says as JSON text, before it is signed or wrapped."""

    id: str
    action: str
    """What is called, by the name that the schedules have."""
    document: bytes
    subject: str | None
    """Id of the ticket or bet that it is about."""
    cause: str | None
    """Id of the exchange that brought it about."""
    created: datetime
    state: CallState = CallState.PENDING
    tries: list[Try] = field(default_factory=list)
    next: datetime | None = None
    """When it is sent again, in the tenant's time."""
    repeats_planned: int = 0


class OutboxFull(Exception):
    """No more calls can wait. The text says how many do, in one line."""


class UnknownCall(Exception):
    """The outbox has no such call."""


class NotInThisState(Exception):
    """The call can't be sent or dropped. The text says why, in one line."""


class Outbox:
    """Calls by id, oldest first.

    :param schedules: by action
    :param size: how many calls may wait, and how many that do not are kept
    :param attempt: makes one try of a call
    """

    def __init__(
        self,
        *,
        schedules: Mapping[str, Schedule],
        size: Callable[[], int],
        ids: IdSource,
        timekeeper: Timekeeper,
        attempt: Callable[[OutgoingCall, Deadlines], Awaitable[Try]],
    ) -> None:
        self._schedules = schedules
        self._size = size
        self._ids = ids
        self._timekeeper = timekeeper
        self._attempt = attempt
        self._calls: dict[str, OutgoingCall] = {}
        self._open = 0
        self._ended: dict[str, None] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        timekeeper.on(TIMER, self._repeat)

    def put(
        self,
        action: str,
        document: bytes,
        *,
        subject: str | None = None,
        cause: str | None = None,
    ) -> OutgoingCall:
        """Queue a call; :meth:`send` makes its first try.

        :raises OutboxFull: as many calls wait as may
        """
        self.require_room()
        call = OutgoingCall(
            id=self._unused_id(),
            action=action,
            document=document,
            subject=subject,
            cause=cause,
            created=self._timekeeper.clock.now(),
        )
        self._calls[call.id] = call
        self._open += 1
        return call

    def require_room(self) -> None:
        """See to it that one more call can be queued, before anything else changes.

        :raises OutboxFull: as many calls wait as may
        """
        if self._open >= self._size():
            raise OutboxFull(f"{self._open} calls wait, and outbox_size is {self._size()}; send or drop some")

    async def send(self, call_id: str) -> OutgoingCall:
        """Make one try now. One that is made besides the schedule leaves the schedule as it is.

        :raises UnknownCall: there is no such call
        :raises NotInThisState: it was acknowledged or dropped, or is being sent
        """
        call = self.find(call_id)
        if self._is_sending(call.id):
            raise NotInThisState("the call is being sent right now")
        async with self._trying(call):
            await self._try(call, scheduled=call.state is CallState.PENDING)
        return call

    def drop(self, call_id: str) -> OutgoingCall:
        """Give a call up; it is not sent again.

        :raises UnknownCall: there is no such call
        :raises NotInThisState: it was acknowledged or dropped before
        """
        call = self.find(call_id)
        if call.state not in SENDABLE:
            raise NotInThisState(f"the call is {call.state}")
        self._end(call, CallState.DROPPED)
        if not self._is_sending(call.id):
            self._locks.pop(call.id, None)
        return call

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
        self._ended = dict.fromkeys(call.id for call in calls if call.state not in WAITING)
        planned = {timer.subject for timer in self._timekeeper.pending() if timer.kind == TIMER}
        for call in calls:
            if call.state in WAITING and call.id not in planned:
                self._timekeeper.set_timer(call.next or call.created, TIMER, call.id)

    async def _repeat(self, call_id: str) -> str:
        call = self.find(call_id)
        async with self._trying(call):
            if call.state not in WAITING:
                return f"{call.action}: {call.state} in the meantime"
            await self._try(call, scheduled=True)
        failure = call.tries[-1].failure
        return f"{call.action}: {call.state}" + (f" ({failure})" if failure else "")

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
            if call.state not in SENDABLE:
                self._locks.pop(call.id, None)

    async def _try(self, call: OutgoingCall, *, scheduled: bool) -> None:
        if call.state not in SENDABLE:
            raise NotInThisState(f"the call is {call.state}")
        schedule = self._schedules[call.action]
        made = await self._attempt(call, schedule.deadlines)
        call.tries.append(made)
        if call.state not in SENDABLE:  # dropped in the meantime
            return
        if made.failure is None:
            self._end(call, CallState.SENT)
        elif scheduled:
            self._plan_repeat(call, schedule.repeats)

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
        self._ended.pop(call.id, None)
        self._ended[call.id] = None
        while len(self._ended) > self._size():
            first = next(iter(self._ended))
            del self._ended[first], self._calls[first]
