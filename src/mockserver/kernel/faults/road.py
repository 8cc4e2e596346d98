"""The road of a tenant's calls: those that faults hold back, and those that arrive late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.ports import Deadlines, OutgoingRequest


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A request that its sender takes for lost, and that is still on its way."""

    call: OutgoingCall
    request: OutgoingRequest
    deadlines: Deadlines
    strike: str


@dataclass(slots=True)
class Road:
    """What is on its way besides what is being sent."""

    _held: list[asyncio.Event] = field(default_factory=list)
    _overtaken: list[Overtaken] = field(default_factory=list)

    async def wait_for_another(self, seconds: float) -> None:
        """Wait until another call was sent, or for so long. Nobody waits where another one does."""
        if self._held:
            return
        passed = asyncio.Event()
        self._held.append(passed)
        try:
            await asyncio.wait_for(passed.wait(), seconds)
        except TimeoutError:
            self._held.remove(passed)

    def let_pass(self) -> None:
        """A call was sent: whoever waits for it goes on."""
        while self._held:
            self._held.pop().set()

    def leave_behind(self, one: Overtaken) -> None:
        """Let a request arrive behind the next call about its subject."""
        self._overtaken.append(one)

    def arriving_behind(self, call: OutgoingCall) -> list[Overtaken]:
        """What arrives now that this call has."""
        behind = [one for one in self._overtaken if one.call is not call and one.call.subject == call.subject]
        self._overtaken = [one for one in self._overtaken if one not in behind]
        return behind
