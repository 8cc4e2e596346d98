"""What falls due runs in order and at its own moment, however the time passes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.kernel.clock import OutOfReach, VirtualClock
from mockserver.kernel.ports import Alarm
from mockserver.kernel.timekeeper import Passage, Timekeeper, Timer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class HandAlarm:
    """An alarm that is rung by hand, and tells what it was set to."""

    def __init__(self) -> None:
        self.delay: timedelta | None = None
        self.ring: Callable[[], Awaitable[object]] | None = None

    def set(self, delay: timedelta | None, ring: Callable[[], Awaitable[object]]) -> None:
        self.delay, self.ring = delay, ring


class Day:
    """A timekeeper at noon whose timers write down when they run.

    :param meanwhile: done by each timer, after it has written itself down
    """

    def __init__(
        self, alarm: Alarm | None = None, meanwhile: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        self.base = ManualClock(NOON)
        self.keeper = Timekeeper(VirtualClock(self.base), alarm or SilentAlarm())
        self.ran: list[tuple[str, datetime]] = []
        self._meanwhile = meanwhile
        self.keeper.on("note", self.note)

    async def note(self, subject: str) -> str:
        self.ran.append((subject, self.keeper.clock.now()))
        if self._meanwhile:
            await self._meanwhile(subject)
        return f"noted {subject}"

    def note_at(self, due: datetime, subject: str) -> Timer:
        return self.keeper.set_timer(due, "note", subject)

    def pending(self) -> list[str]:
        return [timer.subject for timer in self.keeper.pending()]


def play(scenario: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a scenario that may wait for ever where the source is wrong."""
    asyncio.run(asyncio.wait_for(scenario(), timeout=10))


def passed(passage: Coroutine[object, object, Passage]) -> Passage:
    return asyncio.run(passage)


def test_timers_run_by_their_moments_each_at_its_own() -> None:
    day = Day()
    day.note_at(NOON + 3 * MINUTE, "c")
    day.note_at(NOON + MINUTE, "a")
    day.note_at(NOON + 2 * MINUTE, "b")

    passage = passed(day.keeper.set_time(NOON + HOUR))

    assert day.ran == [("a", NOON + MINUTE), ("b", NOON + 2 * MINUTE), ("c", NOON + 3 * MINUTE)]
    assert day.keeper.clock.now() == NOON + HOUR
    assert [(one.timer.subject, one.outcome) for one in passage.ran] == [
        ("a", "noted a"),
        ("b", "noted b"),
        ("c", "noted c"),
    ]
    assert passage.complete


def test_of_timers_due_together_the_one_set_first_runs_first() -> None:
    day = Day()
    for subject in ("z", "y", "x"):
        day.note_at(NOON + MINUTE, subject)
    day.note_at(NOON, "earlier")

    assert day.pending() == ["earlier", "z", "y", "x"]
    passed(day.keeper.advance(MINUTE))
    assert [subject for subject, _ in day.ran] == ["earlier", "z", "y", "x"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), max_size=30))
def test_any_timers_run_in_the_order_in_which_they_were_pending(minutes: list[int]) -> None:
    day = Day()
    for number, minute in enumerate(minutes):
        day.note_at(NOON + minute * MINUTE, str(number))
    foreseen = day.pending()

    passed(day.keeper.advance(20 * MINUTE))

    assert [subject for subject, _ in day.ran] == foreseen
    assert [at for _, at in day.ran] == [NOON + minute * MINUTE for minute in sorted(minutes)]


def test_a_timer_due_exactly_at_the_end_runs_and_one_just_after_it_waits() -> None:
    day = Day()
    day.note_at(NOON + HOUR, "at the end")
    day.note_at(NOON + HOUR + timedelta(microseconds=1), "after it")

    passed(day.keeper.set_time(NOON + HOUR))

    assert day.ran == [("at the end", NOON + HOUR)]
    assert day.pending() == ["after it"]


def test_a_repeat_every_half_hour_runs_48_times_in_a_day_each_at_its_own_moment() -> None:
    async def again(subject: str) -> None:
        day.note_at(day.keeper.clock.now() + 30 * MINUTE, subject)

    day = Day(meanwhile=again)
    day.note_at(NOON + 30 * MINUTE, "repeat")

    passage = passed(day.keeper.advance(timedelta(hours=24)))

    assert [at for _, at in day.ran] == [NOON + n * 30 * MINUTE for n in range(1, 49)]
    assert (len(passage.ran), passage.complete) == (48, True)
    assert [timer.due for timer in day.keeper.pending()] == [NOON + timedelta(hours=24, minutes=30)]


def test_a_timer_set_on_the_way_for_a_moment_that_has_passed_runs_where_the_clock_is() -> None:
    async def one_more(subject: str) -> None:
        if subject == "first":
            day.note_at(NOON + MINUTE, "late")

    day = Day(meanwhile=one_more)
    day.note_at(NOON + 10 * MINUTE, "first")
    day.note_at(NOON + 20 * MINUTE, "second")

    passed(day.keeper.advance(HOUR))

    assert day.ran == [
        ("first", NOON + 10 * MINUTE),
        ("late", NOON + 10 * MINUTE),
        ("second", NOON + 20 * MINUTE),
    ]


def test_going_back_runs_nothing_and_the_way_forward_again_does() -> None:
    day = Day()
    day.note_at(NOON + MINUTE, "a")

    back = passed(day.keeper.set_time(NOON - HOUR))
    assert (back, day.ran, day.keeper.clock.now()) == (Passage([], complete=True), [], NOON - HOUR)

    passed(day.keeper.advance(2 * HOUR))
    assert day.ran == [("a", NOON + MINUTE)]


def test_a_timer_that_ran_does_not_run_again_when_its_moment_comes_again() -> None:
    day = Day()
    day.note_at(NOON + MINUTE, "a")
    passed(day.keeper.set_time(NOON + HOUR))
    passed(day.keeper.set_time(NOON))
    passed(day.keeper.set_time(NOON + HOUR))

    assert day.ran == [("a", NOON + MINUTE)]


@pytest.mark.parametrize("frozen", [True, False])
def test_advancing_leaves_the_clock_frozen_or_running_as_it_was(frozen: bool) -> None:
    day = Day()
    if frozen:
        day.keeper.freeze()
    day.note_at(NOON + MINUTE, "a")
    passed(day.keeper.advance(HOUR))
    day.base.advance(MINUTE)

    assert day.ran == [("a", NOON + MINUTE)]
    assert day.keeper.clock.frozen is frozen
    assert day.keeper.clock.now() == NOON + HOUR + (timedelta(0) if frozen else MINUTE)


def test_a_running_clock_is_not_put_back_by_the_time_that_its_timers_took() -> None:
    async def take_two_hours(subject: str) -> None:
        day.base.advance(2 * HOUR)

    day = Day(meanwhile=take_two_hours)
    day.note_at(NOON + MINUTE, "a")

    assert passed(day.keeper.advance(HOUR)).complete
    assert day.keeper.clock.now() == NOON + MINUTE + 2 * HOUR


def test_a_frozen_clock_takes_no_notice_of_the_time_that_its_timers_took() -> None:
    async def take_two_hours(subject: str) -> None:
        day.base.advance(2 * HOUR)

    day = Day(meanwhile=take_two_hours)
    day.keeper.freeze()
    day.note_at(NOON + MINUTE, "a")

    passed(day.keeper.advance(HOUR))
    assert day.keeper.clock.now() == NOON + HOUR


def test_a_cancelled_timer_does_not_run_and_others_do() -> None:
    day = Day()
    day.keeper.on("other", day.note)
    day.note_at(NOON + MINUTE, "a")
    day.note_at(NOON + 2 * MINUTE, "a")
    day.note_at(NOON + 3 * MINUTE, "b")
    day.keeper.set_timer(NOON + 4 * MINUTE, "other", "a")
    day.keeper.cancel("note", "a")

    assert [(timer.kind, timer.subject) for timer in day.keeper.pending()] == [("note", "b"), ("other", "a")]
    passed(day.keeper.advance(HOUR))
    assert day.ran == [("b", NOON + 3 * MINUTE), ("a", NOON + 4 * MINUTE)]


def test_a_timer_set_after_a_cancellation_runs() -> None:
    day = Day()
    day.note_at(NOON + 2 * MINUTE, "a")
    day.keeper.cancel("note", "a")
    day.note_at(NOON + 3 * MINUTE, "a")

    passed(day.keeper.advance(HOUR))
    assert day.ran == [("a", NOON + 3 * MINUTE)]


def test_cancelling_what_is_not_there_changes_nothing() -> None:
    day = Day()
    day.note_at(NOON + MINUTE, "a")
    day.keeper.cancel("note", "nobody")

    assert day.pending() == ["a"]


def test_a_timer_can_cancel_one_that_is_due_with_it() -> None:
    async def cancel_b(subject: str) -> None:
        day.keeper.cancel("note", "b")

    day = Day(meanwhile=cancel_b)
    for subject in ("a", "b", "c"):
        day.note_at(NOON + MINUTE, subject)

    passed(day.keeper.advance(MINUTE))
    assert [subject for subject, _ in day.ran] == ["a", "c"]


def test_a_closed_timekeeper_has_no_timers_and_its_clock_still_goes() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    day.note_at(NOON + MINUTE, "a")
    before = alarm.delay
    day.keeper.close()

    assert (before, alarm.delay, day.pending()) == (MINUTE, None, [])
    assert passed(day.keeper.advance(HOUR)) == Passage([], complete=True)
    assert (day.ran, day.keeper.clock.now()) == ([], NOON + HOUR)


def test_closing_on_the_way_leaves_the_rest_unrun() -> None:
    async def close(subject: str) -> None:
        day.keeper.close()

    day = Day(meanwhile=close)
    day.note_at(NOON + MINUTE, "a")
    day.note_at(NOON + 2 * MINUTE, "b")

    passed(day.keeper.advance(HOUR))
    assert day.ran == [("a", NOON + MINUTE)]


def test_a_timer_set_after_the_closing_is_none() -> None:
    async def close_and_go_on(subject: str) -> None:
        day.keeper.close()
        day.note_at(day.keeper.clock.now() + MINUTE, "again")

    day = Day(meanwhile=close_and_go_on)
    day.note_at(NOON + MINUTE, "a")

    passed(day.keeper.advance(HOUR))

    assert ([subject for subject, _ in day.ran], day.pending()) == (["a"], [])


def test_a_restored_timer_is_not_the_cancelled_one_of_its_number() -> None:
    day, other = Day(), Day()
    for subject in ("a", "b"):
        day.note_at(NOON + MINUTE, subject)
        other.note_at(NOON + MINUTE, subject)
    day.keeper.cancel("note", "b")

    day.keeper.restore(other.keeper.pending())

    assert day.pending() == ["a", "b"]


def test_restored_timers_run_as_the_others_would_have() -> None:
    old, new = Day(), Day()
    for subject, minute in (("b", 2), ("a", 1), ("c", 2)):
        old.note_at(NOON + minute * MINUTE, subject)
    new.note_at(NOON, "gone")
    new.keeper.restore(old.keeper.pending())

    assert new.keeper.pending() == old.keeper.pending()
    later = new.note_at(NOON + 2 * MINUTE, "d")
    assert later.number == 4
    passed(new.keeper.advance(HOUR))
    assert [subject for subject, _ in new.ran] == ["a", "b", "c", "d"]


def test_numbers_begin_anew_when_no_timers_are_restored() -> None:
    day = Day()
    assert day.note_at(NOON, "a").number == 1
    day.keeper.restore([])

    assert (day.pending(), day.note_at(NOON, "b").number) == ([], 1)


def test_a_passage_out_of_time_stops_where_it_is_and_a_second_one_goes_on() -> None:
    day = Day()
    for minute in (10, 20, 30):
        day.note_at(NOON + minute * MINUTE, str(minute))
    answers = [True, True, False]

    first = passed(day.keeper.set_time(NOON + HOUR, lambda: answers.pop(0)))
    assert (first.complete, [one.timer.subject for one in first.ran]) == (False, ["10", "20"])
    assert (day.keeper.clock.now(), day.pending()) == (NOON + 20 * MINUTE, ["30"])

    second = passed(day.keeper.set_time(NOON + HOUR))
    assert (second.complete, [one.timer.subject for one in second.ran]) == (True, ["30"])
    assert day.ran[-1] == ("30", NOON + 30 * MINUTE)
    assert day.keeper.clock.now() == NOON + HOUR


def test_a_passage_out_of_time_leaves_the_alarm_set_for_the_next_timer() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    day.note_at(NOON + HOUR, "a")
    day.note_at(NOON + HOUR + 10 * MINUTE, "b")
    once = iter([True, False])

    passage = passed(day.keeper.advance(2 * HOUR, lambda: next(once)))

    assert (passage.complete, day.pending(), alarm.delay) == (False, ["b"], 10 * MINUTE)


def test_on_the_way_back_not_even_an_overdue_timer_runs() -> None:
    day = Day()
    day.note_at(NOON - HOUR, "overdue")

    passed(day.keeper.set_time(NOON - 30 * MINUTE))
    assert (day.ran, day.keeper.clock.now()) == ([], NOON - 30 * MINUTE)

    passed(day.keeper.advance(timedelta(0)))
    assert [subject for subject, _ in day.ran] == ["overdue"]


def test_a_passage_without_time_moves_a_clock_only_where_nothing_is_due() -> None:
    day = Day()
    day.note_at(NOON + 10 * MINUTE, "a")

    blocked = passed(day.keeper.set_time(NOON + HOUR, lambda: False))
    assert (blocked, day.keeper.clock.now()) == (Passage([], complete=False), NOON)

    free = passed(day.keeper.set_time(NOON + 9 * MINUTE, lambda: False))
    assert (free, day.keeper.clock.now()) == (Passage([], complete=True), NOON + 9 * MINUTE)


async def fail_at_bad(subject: str) -> None:
    if subject == "bad":
        raise RuntimeError("not to be shown")


def test_a_timer_that_fails_does_not_stop_those_behind_it_in_a_passage(
    caplog: pytest.LogCaptureFixture,
) -> None:
    day = Day(meanwhile=fail_at_bad)
    day.note_at(NOON + MINUTE, "bad")
    day.note_at(NOON + 2 * MINUTE, "good")

    passage = passed(day.keeper.advance(HOUR))

    assert [one.outcome for one in passage.ran] == [
        "failed: RuntimeError; see the server's log",
        "noted good",
    ]
    assert (passage.complete, day.keeper.clock.now(), day.pending()) == (True, NOON + HOUR, [])
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors == ["a timer of kind note failed: RuntimeError"]


def test_a_timer_that_fails_when_the_alarm_rings_leaves_the_alarm_set_for_the_next() -> None:
    alarm = HandAlarm()
    day = Day(alarm, meanwhile=fail_at_bad)
    day.note_at(NOON + MINUTE, "bad")
    day.note_at(NOON + 3 * MINUTE, "good")
    day.base.advance(MINUTE)
    asyncio.run(day.keeper.run_due())

    assert ([subject for subject, _ in day.ran], alarm.delay) == (["bad"], 2 * MINUTE)


def test_two_passages_at_once_run_one_after_the_other() -> None:
    async def scenario() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()

        async def hold(subject: str) -> None:
            if subject == "10":
                started.set()
                await go_on.wait()

        day = Day(meanwhile=hold)
        for minute in (10, 20, 90):
            day.note_at(NOON + minute * MINUTE, str(minute))
        first = asyncio.create_task(day.keeper.set_time(NOON + HOUR))
        await started.wait()
        second = asyncio.create_task(day.keeper.set_time(NOON + 2 * HOUR))
        await asyncio.sleep(0)
        assert [subject for subject, _ in day.ran] == ["10"]

        go_on.set()
        passages = [await first, await second]

        assert [[one.timer.subject for one in passage.ran] for passage in passages] == [["10", "20"], ["90"]]
        assert day.ran == [(str(minute), NOON + minute * MINUTE) for minute in (10, 20, 90)]
        assert day.keeper.clock.now() == NOON + 2 * HOUR

    play(scenario)


def test_two_advances_at_once_add_up() -> None:
    async def scenario() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()

        async def hold(subject: str) -> None:
            started.set()
            await go_on.wait()

        day = Day(meanwhile=hold)
        day.note_at(NOON + 10 * MINUTE, "10")
        first = asyncio.create_task(day.keeper.advance(HOUR))
        await started.wait()
        second = asyncio.create_task(day.keeper.advance(5 * MINUTE))
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(first, second)

        assert day.keeper.clock.now() == NOON + HOUR + 5 * MINUTE

    play(scenario)


def test_an_advance_waits_for_one_due_timer_and_not_for_all() -> None:
    async def scenario() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()

        async def hold(subject: str) -> None:
            started.set()
            await go_on.wait()

        alarm = HandAlarm()
        day = Day(alarm, meanwhile=hold)
        for subject in ("a", "b", "c"):
            day.note_at(NOON, subject)
        assert alarm.ring is not None
        ringing = asyncio.ensure_future(alarm.ring())
        await started.wait()
        advance = asyncio.create_task(day.keeper.advance(MINUTE, lambda: False))
        await asyncio.sleep(0)
        go_on.set()

        assert (await advance).complete is False
        await ringing
        assert [subject for subject, _ in day.ran] == ["a", "b", "c"]

    play(scenario)


def test_no_sum_of_advances_leads_beyond_the_end() -> None:
    day = Day()
    day.keeper.clock.set(datetime(2099, 12, 31, tzinfo=UTC))

    with pytest.raises(OutOfReach, match="to the end of 2099"):
        passed(day.keeper.advance(timedelta(days=1)))

    assert day.keeper.clock.now() == datetime(2099, 12, 31, tzinfo=UTC)


def test_many_cancelled_timers_leave_nothing_behind() -> None:
    day = Day()
    for number in range(1000):
        day.note_at(NOON + HOUR, str(number))
        day.keeper.cancel("note", str(number))
    day.note_at(NOON + HOUR, "kept")

    passed(day.keeper.advance(HOUR))

    assert [subject for subject, _ in day.ran] == ["kept"]


def test_a_ring_during_a_passage_waits_for_its_end() -> None:
    async def scenario() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()

        async def hold(subject: str) -> None:
            started.set()
            await go_on.wait()

        day = Day(meanwhile=hold)
        day.note_at(NOON + MINUTE, "a")
        day.note_at(NOON + 2 * MINUTE, "b")
        passage = asyncio.create_task(day.keeper.advance(HOUR))
        await started.wait()
        day.base.advance(10 * MINUTE)
        ring = asyncio.create_task(day.keeper.run_due())
        await asyncio.sleep(0)
        assert [subject for subject, _ in day.ran] == ["a"]

        go_on.set()
        await passage
        await ring
        assert [subject for subject, _ in day.ran] == ["a", "b"]

    play(scenario)


def test_the_alarm_is_set_to_the_next_timer() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    assert alarm.delay is None
    day.note_at(NOON + 10 * MINUTE, "b")
    assert alarm.delay == 10 * MINUTE
    day.note_at(NOON + 5 * MINUTE, "a")
    assert alarm.delay == 5 * MINUTE
    day.note_at(NOON + 20 * MINUTE, "c")
    assert alarm.delay == 5 * MINUTE
    day.keeper.cancel("note", "a")
    assert alarm.delay == 10 * MINUTE
    passed(day.keeper.set_time(NOON + 8 * MINUTE))
    assert alarm.delay == 2 * MINUTE
    passed(day.keeper.set_time(NOON + 10 * MINUTE))
    assert alarm.delay == 10 * MINUTE
    day.keeper.restore([Timer(NOON + 11 * MINUTE, 1, "note", "d")])
    assert alarm.delay == MINUTE


def test_a_timer_for_a_moment_that_has_passed_is_due_at_once() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    day.note_at(NOON - HOUR, "late")

    assert alarm.delay == timedelta(0)
    asyncio.run(day.keeper.run_due())
    assert day.ran == [("late", NOON)]
    assert alarm.delay is None


def test_no_alarm_is_set_while_the_clock_stands() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    day.note_at(NOON + 10 * MINUTE, "a")
    day.keeper.freeze()
    assert alarm.delay is None
    day.note_at(NOON + 5 * MINUTE, "b")
    assert alarm.delay is None

    day.base.advance(HOUR)
    asyncio.run(day.keeper.run_due())
    assert day.ran == []

    day.keeper.resume()
    assert alarm.delay == 5 * MINUTE


def test_a_ring_runs_what_fell_due_and_sets_the_alarm_anew() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    for minute in (1, 2, 10):
        day.note_at(NOON + minute * MINUTE, str(minute))
    day.base.advance(3 * MINUTE)
    assert alarm.ring is not None
    asyncio.run(_await(alarm.ring()))

    assert [subject for subject, _ in day.ran] == ["1", "2"]
    assert (alarm.delay, day.pending()) == (7 * MINUTE, ["10"])


def test_a_ring_before_its_time_runs_nothing_and_sets_the_alarm_anew() -> None:
    alarm = HandAlarm()
    day = Day(alarm)
    day.note_at(NOON + 10 * MINUTE, "a")
    day.base.advance(4 * MINUTE)
    asyncio.run(day.keeper.run_due())

    assert (day.ran, alarm.delay) == ([], 6 * MINUTE)


async def _await(awaitable: Awaitable[object]) -> None:
    await awaitable
