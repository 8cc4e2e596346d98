"""The clock of a tenant: read, freeze, set, advance; and its timers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mockserver.admin.moments import moment_text, read_moment
from mockserver.admin.plane import Plane
from mockserver.kernel.control import Json
from mockserver.kernel.timekeeper import Passage, Ran, Timekeeper, Timer

_RUNNING_MS = 60_000
"""How long timers may run before a clock stops on its way."""


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""

    def read_clock(tenant: str) -> Json:
        return plane.bridge.run(lambda: _clock(plane.tenants.find(tenant).timekeeper))

    def change_clock(tenant: str, body: Json) -> Json:
        moment = read_moment(body["now"]) if "now" in body else None
        frozen = body.get("frozen")

        async def on_loop() -> Json:
            timekeeper = plane.tenants.find(tenant).timekeeper
            if frozen is True:
                timekeeper.freeze()
            passage = Passage([], complete=True)
            if moment is not None:
                passage = await timekeeper.set_time(moment, in_time())
            if frozen is False:
                timekeeper.resume()
            return _passage(timekeeper, passage)

        return plane.bridge.wait(tenant, on_loop)

    def advance_clock(tenant: str, body: Json) -> Json:
        distance = timedelta(**body)

        async def on_loop() -> Json:
            timekeeper = plane.tenants.find(tenant).timekeeper
            return _passage(timekeeper, await timekeeper.advance(distance, in_time()))

        return plane.bridge.wait(tenant, on_loop)

    def list_timers(tenant: str) -> Json:
        return plane.bridge.run(
            lambda: {"items": [_timer(one) for one in plane.tenants.find(tenant).timekeeper.pending()]}
        )

    def in_time() -> Callable[[], bool]:
        end = plane.stopwatch() + _RUNNING_MS
        return lambda: plane.stopwatch() < end

    return {
        "readClock": read_clock,
        "changeClock": change_clock,
        "advanceClock": advance_clock,
        "listTimers": list_timers,
    }


def _clock(timekeeper: Timekeeper) -> Json:
    clock = timekeeper.clock
    return {
        "now": moment_text(clock.now()),
        "frozen": clock.frozen,
        "ahead_seconds": clock.ahead.total_seconds(),
    }


def _passage(timekeeper: Timekeeper, passage: Passage) -> Json:
    return {
        "clock": _clock(timekeeper),
        "ran": [_ran(one) for one in passage.ran],
        "complete": passage.complete,
    }


def _timer(timer: Timer) -> Json:
    return {"due": moment_text(timer.due), "kind": timer.kind, "subject": timer.subject}


def _ran(ran: Ran) -> Json:
    return {**_timer(ran.timer), "outcome": ran.outcome}
