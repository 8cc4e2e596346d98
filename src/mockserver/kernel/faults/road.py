"""The road of a tenant's calls: those that faults hold back, and those that arrive late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.ports import Deadlines, OutgoingRequest

Pause = Callable[[float], Awaitable[object]]
"""Waits for so many seconds."""


MOST_OVERTAKEN = 100
"""How many requests of a tenant may be on their way."""


class TenantGone(Exception):
    """The tenant was reset or dropped, or the server stops, while a fault held something back."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A request that its sender takes for lost, and that is still on its way."""

    surface: str
    call: OutgoingCall
    request: OutgoingRequest
    deadlines: Deadlines
    strike: str


@dataclass(slots=True)
class Road:
    """What is on its way besides what is being sent."""

    _waiting: asyncio.Event | None = None
    """Set once another call was sent than the one that waits for it; one waits at a time."""
    _overtaken: list[Overtaken] = field(default_factory=list)
    _closed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def closed(self) -> bool:
        """Whether the tenant is gone: no fault holds anything back any more."""
        return self._closed.is_set()

    def close(self) -> None:
        """Let go of what is held back, and forget what is on its way: the tenant is gone, or the server
        stops."""
        self._closed.set()
        self._overtaken.clear()

    async def hold(self, seconds: float, pause: Pause) -> None:
        """Hold something back for so long.

        :raises TenantGone: the tenant went first
        """
        await self._first_of(pause(seconds))

    async def wait_for_another(self, seconds: float, pause: Pause) -> None:
        """Wait until another call was sent, or for so long. Nobody waits where another one does.

        :raises TenantGone: the tenant went first
        """
        if self._waiting is not None:
            return
        passed = self._waiting = asyncio.Event()
        try:
            await self._first_of(passed.wait(), pause(seconds))
        finally:
            self._waiting = None

    def let_pass(self) -> None:
        """A call was sent: whoever waits for it goes on."""
        if self._waiting is not None:
            self._waiting.set()

    def leave_behind(self, one: Overtaken) -> None:
        """Let a request arrive behind the next call about its subject; behind any, if it is about none. Of
        more than :data:`MOST_OVERTAKEN` the oldest is lost."""
        self._overtaken.append(one)
        del self._overtaken[:-MOST_OVERTAKEN]

    def arriving_behind(self, call: OutgoingCall, surface: str) -> list[Overtaken]:
        """What arrives now that this call has, which went to the same API of the partner."""
        behind: list[Overtaken] = []
        still: list[Overtaken] = []
        for one in self._overtaken:
            arrives = one.surface == surface and one.call.subject in (None, call.subject)
            (behind if arrives else still).append(one)
        self._overtaken = still
        return behind

    async def _first_of(self, *awaited: Awaitable[object]) -> None:
        """Wait for the first of these.

        :raises TenantGone: the tenant went first
        """
        waits = [asyncio.ensure_future(one) for one in (*awaited, self._closed.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        if self.closed:
            raise TenantGone
