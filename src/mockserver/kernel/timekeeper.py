"""A tenant's clock with its timers: what falls due runs in order, however the time passes."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mockserver.kernel.clock import VirtualClock, within_reach
from mockserver.kernel.ports import Alarm

logger = logging.getLogger("mockserver")

_FEW = 100
"""Cancelled timers that may stay where they are."""

Action = Callable[[str], Awaitable[str]]
"""Does what a timer is for; takes its subject, and says in a few words what came of it."""


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """Something to be done at a moment. Of two that are due together the one set first runs first."""

    due: datetime
    number: int
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A timer that ran, and what came of it."""

    timer: Timer
    outcome: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Time that has passed: what ran, and whether the clock got to where it was sent."""

    ran: list[Ran]
    complete: bool


class Timekeeper:
    """The one place where a tenant's time passes.

    :param alarm: wakes it when the machine's own time brings the next timer
    """

    def __init__(self, clock: VirtualClock, alarm: Alarm) -> None:
        self.clock = clock
        self._alarm = alarm
        self._actions: dict[str, Action] = {}
        self._timers: list[Timer] = []
        self._cancelled: set[int] = set()
        self._numbers: dict[tuple[str, str], set[int]] = {}
        self._next_number = 1
        self._passing = asyncio.Lock()
        self._closed = False

    def on(self, kind: str, action: Action) -> None:
        """Say what a kind of timer does."""
        self._actions[kind] = action

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of timers that can be set."""
        return frozenset(self._actions)

    def set_timer(self, due: datetime, kind: str, subject: str) -> Timer:
        """Have something done at a moment, aware; one that has passed is due at once."""
        timer = Timer(due, self._next_number, kind, subject)
        self._next_number += 1
        if not self._closed:
            heapq.heappush(self._timers, timer)
            self._index(timer)
            self._rearm()
        return timer

    def cancel(self, kind: str, subject: str) -> None:
        """Forget the timers of this kind and subject."""
        self._cancelled |= self._numbers.pop((kind, subject), set())
        if len(self._cancelled) > _FEW and 2 * len(self._cancelled) > len(self._timers):
            self._timers = self.pending()
            self._cancelled.clear()
        self._rearm()

    def pending(self) -> list[Timer]:
        """What waits, in the order in which it will run."""
        return sorted(timer for timer in self._timers if timer.number not in self._cancelled)

    def restore(self, timers: list[Timer]) -> None:
        """Put timers back as they were."""
        self._timers = list(timers)
        self._cancelled.clear()
        heapq.heapify(self._timers)
        self._numbers.clear()
        for timer in timers:
            self._index(timer)
        self._next_number = max((timer.number for timer in timers), default=0) + 1
        self._rearm()

    def close(self) -> None:
        """Run nothing any more."""
        self._closed = True
        self._timers.clear()
        self._numbers.clear()
        self._rearm()

    def freeze(self) -> None:
        """Stop the clock."""
        self.clock.freeze()
        self._rearm()

    def resume(self) -> None:
        """Let the clock run."""
        self.clock.resume()
        self._rearm()

    async def set_time(self, moment: datetime, in_time: Callable[[], bool] = lambda: True) -> Passage:
        """Put the clock to a moment. On the way there everything that falls due runs, in order, each at
        its own moment, before this returns; on the way back nothing does.

        :param in_time: asked before each timer; once it says no, the clock stays where it has come to
        """
        async with self._passing:
            return await self._pass_to(moment, in_time)

    async def advance(self, by: timedelta, in_time: Callable[[], bool] = lambda: True) -> Passage:
        """Move the clock on, as :meth:`set_time` does."""
        async with self._passing:
            return await self._pass_to(self.clock.now() + by, in_time)

    async def run_due(self) -> None:
        """Run what has fallen due since."""
        while self._due(self.clock.now()):
            async with self._passing:  # for each anew, so that whoever moves the clock waits for one at most
                if timer := self._due(self.clock.now()):
                    await self._run(timer)
        self._rearm()

    async def _pass_to(self, moment: datetime, in_time: Callable[[], bool]) -> Passage:
        within_reach(moment)
        ran: list[Ran] = []
        complete = True
        onwards = moment >= self.clock.now()
        while onwards and (timer := self._due(moment)):
            if not in_time():
                complete = False
                break
            self.clock.set(max(timer.due, self.clock.now()))
            ran.append(await self._run(timer))
        if complete and not (ran and moment < self.clock.now()):  # what ran may have taken longer
            self.clock.set(moment)
        self._rearm()
        return Passage(ran, complete)

    def _due(self, moment: datetime) -> Timer | None:
        self._drop_cancelled()
        return self._timers[0] if self._timers and self._timers[0].due <= moment else None

    async def _run(self, timer: Timer) -> Ran:
        heapq.heappop(self._timers)
        self._numbers[timer.kind, timer.subject].discard(timer.number)
        if not self._numbers[timer.kind, timer.subject]:
            del self._numbers[timer.kind, timer.subject]
        try:
            return Ran(timer, await self._actions[timer.kind](timer.subject))
        except Exception as error:  # one timer that fails must not stop those behind it
            logger.error("a timer of kind %s failed: %s", timer.kind, type(error).__name__)
            logger.debug("trace", exc_info=error)
            return Ran(timer, f"failed: {type(error).__name__}; see the server's log")

    def _index(self, timer: Timer) -> None:
        self._numbers.setdefault((timer.kind, timer.subject), set()).add(timer.number)

    def _drop_cancelled(self) -> None:
        while self._timers and self._timers[0].number in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._timers).number)

    def _rearm(self) -> None:
        """While the clock stands only the control plane brings timers about."""
        self._drop_cancelled()
        delay = None
        if self._timers and not self.clock.frozen and not self._closed:
            delay = max(self._timers[0].due - self.clock.now(), timedelta(0))
        self._alarm.set(delay, self.run_due)
