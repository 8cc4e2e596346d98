"""A partner of the sandbox with all that it does and is told, its time in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.json_codec import dump, parse
from mockserver.kernel.outbox import CallState, OutgoingCall
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.timekeeper import Passage

from .in_process import NOW, Service
from .line import Line


@dataclass
class Party:
    """Drives a tenant, and waits until everything is said."""

    service: Service
    line: Line
    name: str

    @property
    def tenant(self) -> Tenant:
        """The tenant as it is now; a load makes another one."""
        found = self.service.sandbox.tenants.find(self.name)
        assert found is not None
        return found

    def begin_anew(self) -> None:
        """Forget everything that was said and done."""
        self.service.sandbox.tenants.reset_all()
        self.line.begin_anew()

    def drive(self, name: str, **fields: Any) -> list[OutgoingCall]:
        """Make something happen.

        :raises mockserver.kernel.control.ControlRefusal: it can't
        """
        calls: list[OutgoingCall] = self.service.loop.run_until_complete(self.running(name, **fields))
        self.wait()
        return calls

    def refusal(self, drive: str, **fields: Any) -> tuple[Problem, str]:
        """Why something can't be made to happen."""
        with pytest.raises(ControlRefusal) as error:
            self.drive(drive, **fields)
        return error.value.problem, error.value.detail

    def running(self, drive: str, **fields: Any) -> Awaitable[list[OutgoingCall]]:
        """What makes something happen, to be awaited on the loop.

        :raises mockserver.kernel.control.ControlRefusal: when awaited: it can't
        """
        run = self.service.sandbox.tenants.vendor_of(self.tenant).drives[drive].run
        assert run is not None
        return run(self.tenant, fields, "drive-1")

    def advance(self, **by: float) -> Passage:
        passage = self.service.loop.run_until_complete(self.tenant.timekeeper.advance(timedelta(**by)))
        self.wait()
        return passage

    def advance_to(self, moment: datetime) -> Passage:
        passage = self.service.loop.run_until_complete(self.tenant.timekeeper.set_time(moment))
        self.wait()
        return passage

    def send(self, call: OutgoingCall) -> None:
        """Send a call by hand."""
        self.service.loop.run_until_complete(self.tenant.outbox.send(call.id))
        self.wait()

    def drop(self, call: OutgoingCall) -> None:
        """Give a call up."""

        async def on_loop() -> None:
            self.tenant.outbox.drop(call.id)

        self.service.loop.run_until_complete(on_loop())
        self.wait()

    def reload(self) -> None:
        """Export everything, and load it in the place of what is there."""
        tenants, keys = self.service.sandbox.tenants, self.service.signing_keys
        document = parse(dump(export_archive(tenants, keys)))
        load_archive(tenants, keys, read_archive(document))

    def wait(self) -> None:
        """Let the calls that are under way in the background come to their end."""

        async def quiet() -> None:
            while any(call.state is CallState.PENDING for call in self.tenant.outbox.calls()):
                await asyncio.sleep(0)

        self.service.loop.run_until_complete(asyncio.wait_for(quiet(), timeout=10))

    def due(self) -> list[tuple[str, timedelta]]:
        """The timers that wait: kind, and the time from the beginning."""
        return [(timer.kind, timer.due - NOW) for timer in self.tenant.timekeeper.pending()]

    def now(self) -> datetime:
        return self.tenant.clock.now()

    def set(self, **settings: Any) -> None:
        """Change settings."""
        self.service.sandbox.tenants.change(self.name, settings)
