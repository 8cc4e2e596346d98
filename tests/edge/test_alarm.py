"""Alarms on a real event loop. Two that are set one after the other for the same delay ring in that
order, so once the second has rung, the first would have."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from mockserver.adapters.alarm import LoopAlarm, SilentAlarm

AT_ONCE = timedelta(0)
DEADLINE = 10
Ring = Callable[[], Awaitable[None]]


def noting(rung: list[str], name: str, done: asyncio.Event | None = None) -> Ring:
    async def ring() -> None:
        rung.append(name)
        if done is not None:
            done.set()

    return ring


async def a_later_alarm_rings() -> None:
    rung = asyncio.Event()
    LoopAlarm().set(AT_ONCE, noting([], "later", rung))
    await asyncio.wait_for(rung.wait(), DEADLINE)


def test_an_alarm_rings_once() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        LoopAlarm().set(AT_ONCE, noting(rung, "a"))
        await a_later_alarm_rings()
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["a"]


def test_an_alarm_does_not_ring_before_the_loop_turns() -> None:
    async def main() -> tuple[list[str], list[str]]:
        rung: list[str] = []
        LoopAlarm().set(AT_ONCE, noting(rung, "a"))
        before = list(rung)
        await a_later_alarm_rings()
        return before, rung

    assert asyncio.run(main()) == ([], ["a"])


def test_an_alarm_that_is_set_anew_does_not_ring_as_before() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        alarm = LoopAlarm()
        alarm.set(AT_ONCE, noting(rung, "replaced"))
        alarm.set(AT_ONCE, noting(rung, "a"))
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["a"]


def test_an_alarm_for_a_far_day_can_be_brought_forward() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        alarm = LoopAlarm()
        alarm.set(timedelta.max, noting(rung, "far"))
        alarm.set(AT_ONCE, noting(rung, "near"))
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["near"]


def test_none_cancels_the_alarm_that_was_set() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        cancelled, kept = LoopAlarm(), LoopAlarm()
        cancelled.set(AT_ONCE, noting(rung, "cancelled"))
        kept.set(AT_ONCE, noting(rung, "kept"))
        cancelled.set(None, noting(rung, "none"))
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["kept"]


def test_none_cancels_nothing_where_nothing_was_set_or_all_has_rung() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        alarm = LoopAlarm()
        alarm.set(None, noting(rung, "none"))
        alarm.set(AT_ONCE, noting(rung, "a"))
        await a_later_alarm_rings()
        alarm.set(None, noting(rung, "none"))
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["a"]


def test_an_alarm_can_be_set_anew_while_it_rings() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        again = asyncio.Event()
        alarm = LoopAlarm()

        async def ring() -> None:
            rung.append("first")
            alarm.set(AT_ONCE, noting(rung, "second", again))

        alarm.set(AT_ONCE, ring)
        await asyncio.wait_for(again.wait(), DEADLINE)
        return rung

    assert asyncio.run(main()) == ["first", "second"]


def test_cancelling_does_not_stop_what_has_begun_to_ring() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
        alarm = LoopAlarm()

        async def ring() -> None:
            begun.set()
            await go_on.wait()
            rung.append("to the end")
            done.set()

        alarm.set(AT_ONCE, ring)
        await asyncio.wait_for(begun.wait(), DEADLINE)
        alarm.set(None, ring)
        go_on.set()
        await asyncio.wait_for(done.wait(), DEADLINE)
        return rung

    assert asyncio.run(main()) == ["to the end"]


def test_a_ring_that_fails_is_logged_without_its_text_and_the_alarm_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        alarm = LoopAlarm()

        async def fail() -> None:
            raise ValueError("12345ABCDE")

        alarm.set(AT_ONCE, fail)
        await a_later_alarm_rings()
        alarm.set(AT_ONCE, noting(rung, "afterwards"))
        await a_later_alarm_rings()
        return rung

    with caplog.at_level(logging.INFO, "mockserver"):
        assert asyncio.run(main()) == ["afterwards"]
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("ERROR", "a timer failed: ValueError")
    ]
    assert "12345ABCDE" not in caplog.text


def test_a_ring_that_is_cancelled_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async def stopped() -> None:
            raise asyncio.CancelledError

        LoopAlarm().set(AT_ONCE, stopped)
        await a_later_alarm_rings()

    with caplog.at_level(logging.DEBUG, "mockserver"):
        asyncio.run(main())
    assert caplog.records == []


def test_a_silent_alarm_never_rings() -> None:
    async def main() -> list[str]:
        rung: list[str] = []
        SilentAlarm().set(AT_ONCE, noting(rung, "silent"))
        LoopAlarm().set(AT_ONCE, noting(rung, "loud"))
        await a_later_alarm_rings()
        return rung

    assert asyncio.run(main()) == ["loud"]
