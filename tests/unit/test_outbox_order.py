"""Calls about one subject that are repeated until they are acknowledged go out one after another."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.outbox import (
    WAITING,
    Attempt,
    CallState,
    NotInThisState,
    Outbox,
    OutboxFull,
    OutgoingCall,
    Schedule,
    Try,
    UnknownCall,
)
from mockserver.kernel.ports import Deadlines
from mockserver.kernel.timekeeper import Timekeeper

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

SCHEDULES = {
    "once": Schedule(Deadlines(connect=1, read=2, total=3)),
    "repeated": Schedule(Deadlines(connect=1, read=2, total=3), (5 * MINUTE, 10 * MINUTE)),
}
HELD = "^the call is held until the one before it about the same subject is done$"


class Desk:
    """An outbox at noon, on a clock that stands. A call is known by the name that is its document; its
    partner acknowledges all but those that are `failing`, and keeps those waiting that have a gate."""

    def __init__(self, size: int = 100) -> None:
        self.size = size
        self.failing: set[str] = set()
        self.gates: dict[str, asyncio.Event] = {}
        self.log: list[str] = []
        self.made = 0
        self.under_way: list[str] = []
        self.most_under_way = 0
        self.keeper = Timekeeper(VirtualClock(ManualClock(NOON)), SilentAlarm())
        self.outbox = Outbox(
            schedules=SCHEDULES,
            size=lambda: self.size,
            ids=SequentialIds(),
            timekeeper=self.keeper,
            attempt=self._attempt,
            ended=lambda call: self.log.append(f"{name_of(call)} {call.state}"),
        )

    async def _attempt(self, call: OutgoingCall, _deadlines: Deadlines) -> Attempt:
        name = name_of(call)
        self.log.append(f"try {name}")
        self.under_way.append(name)
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        if gate := self.gates.get(name):
            await gate.wait()
        self.under_way.remove(name)
        failure = "HTTP status 500" if name in self.failing else None
        self.made += 1
        exchange = f"site-{self.made:03}"
        return Attempt(Try(self.keeper.clock.now(), exchange, 500 if failure else 200, failure), None)

    def put(
        self,
        name: str,
        subject: str | None = "t-1",
        *,
        action: str = "repeated",
        lane: str | None = None,
        urgent: bool = False,
    ) -> OutgoingCall:
        return self.outbox.put(action, name.encode(), subject=subject, lane=lane, urgent=urgent)

    async def blocked(self) -> list[OutgoingCall]:
        """Calls `a`, `b` and `c` about one subject, the first of which failed."""
        self.failing = {"a"}
        calls = [self.put(name) for name in "abc"]
        await self.outbox.send(calls[0].id)
        self.log.clear()
        return calls

    async def parked(self) -> list[OutgoingCall]:
        """The same, the first of which was tried as often as it may be."""
        calls = await self.blocked()
        await self.keeper.advance(DAY)
        self.log.clear()
        return calls

    def states(self) -> dict[str, str]:
        return {name_of(call): call.state.value for call in self.outbox.calls()}

    def tried(self) -> list[str]:
        return [line.removeprefix("try ") for line in self.log if line.startswith("try ")]

    def room(self) -> int:
        """How many more calls it takes, found out by asking."""
        return max(count for count in range(self.size + 2) if count == 0 or self._has_room(count))

    def _has_room(self, count: int) -> bool:
        try:
            self.outbox.require_room(count)
        except OutboxFull:
            return False
        return True


def name_of(call: OutgoingCall) -> str:
    return call.document.decode()


def play(scenario: Callable[[Desk], Coroutine[object, object, None]], size: int = 100) -> None:
    """Run a scenario that may wait for ever where the source is wrong."""

    async def timed() -> None:
        await asyncio.wait_for(scenario(Desk(size)), timeout=10)

    asyncio.run(timed())


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks run until something is so."""
    while not condition():
        await asyncio.sleep(0)


def test_a_call_is_held_behind_another_about_its_subject_and_goes_out_once_that_is_acknowledged() -> None:
    async def scenario(desk: Desk) -> None:
        first, second = desk.put("a"), desk.put("b")
        assert desk.states() == {"a": "pending", "b": "held"}
        assert desk.outbox.unfinished("t-1") == (first, second)

        await desk.outbox.send(first.id)

        assert desk.states() == {"a": "sent", "b": "sent"}
        assert desk.outbox.unfinished("t-1") == ()

    play(scenario)


def test_the_end_of_a_call_is_told_before_the_next_one_goes_out() -> None:
    async def scenario(desk: Desk) -> None:
        first, *_ = [desk.put(name) for name in "abc"]
        await desk.outbox.send(first.id)

        assert desk.log == ["try a", "a sent", "try b", "b sent", "try c", "c sent"]

    play(scenario)


def test_a_repeat_that_is_acknowledged_releases_the_rest_in_order() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.blocked()
        desk.failing = set()
        await desk.keeper.advance(4 * MINUTE)
        assert desk.log == []

        await desk.keeper.advance(MINUTE)

        assert desk.log == ["try a", "a sent", "try b", "b sent", "try c", "c sent"]

    play(scenario)


def test_a_held_call_that_fails_in_its_turn_holds_up_those_behind_it_by_its_own_schedule() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.blocked()
        desk.failing = {"b"}

        await desk.keeper.advance(5 * MINUTE)

        assert desk.states() == {"a": "sent", "b": "repeated", "c": "held"}
        assert (calls[1].next, calls[1].repeats_planned) == (NOON + 10 * MINUTE, 1)
        desk.failing = set()
        await desk.keeper.advance(5 * MINUTE)
        assert desk.tried() == ["a", "b", "b", "c"]

    play(scenario)


def test_a_failing_call_is_repeated_alone() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.blocked()
        await desk.keeper.advance(5 * MINUTE)

        assert desk.tried() == ["a"]
        assert desk.states() == {"a": "repeated", "b": "held", "c": "held"}

    play(scenario)


def test_a_first_call_that_is_dropped_releases_the_next() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.blocked()

        desk.outbox.drop(calls[0].id)
        await until(lambda: calls[2].state is CallState.SENT)

        assert desk.log == ["a dropped", "try b", "b sent", "try c", "c sent"]

    play(scenario)


def test_a_subject_that_is_forgotten_releases_what_others_have_behind_it_in_a_lane() -> None:
    async def scenario(desk: Desk) -> None:
        desk.failing = {"a"}
        first = desk.put("a", "ann", lane="7")
        held = desk.put("b", "bob", lane="7"), desk.put("c", "ann", lane="7"), desk.put("d", "bob", lane="7")
        await desk.outbox.send(first.id)

        desk.outbox.forget("ann")
        await until(lambda: held[2].state is CallState.SENT)

        assert desk.states() == {"a": "dropped", "b": "sent", "c": "dropped", "d": "sent"}
        assert desk.tried() == ["a", "b", "d"]
        assert desk.outbox.unfinished("7") == ()

    play(scenario)


def test_a_first_call_that_is_parked_keeps_the_rest_held() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.blocked()
        await desk.keeper.advance(DAY)

        assert desk.log == ["try a", "try a", "a parked"]
        assert desk.states() == {"a": "parked", "b": "held", "c": "held"}
        await desk.keeper.advance(7 * DAY)
        assert desk.tried() == ["a", "a"]

    play(scenario)


def test_a_parked_call_sent_by_hand_releases_the_rest_once_it_is_acknowledged() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.parked()
        await desk.outbox.send(calls[0].id)
        assert (desk.tried(), desk.states()) == (["a"], {"a": "parked", "b": "held", "c": "held"})

        desk.failing = set()
        await desk.outbox.send(calls[0].id)

        assert desk.log[1:] == ["try a", "a sent", "try b", "b sent", "try c", "c sent"]

    play(scenario)


def test_a_parked_call_that_is_dropped_releases_the_rest() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.parked()

        desk.outbox.drop(calls[0].id)
        await until(lambda: calls[2].state is CallState.SENT)

        assert desk.log == ["a dropped", "try b", "b sent", "try c", "c sent"]

    play(scenario)


def test_a_call_that_comes_behind_a_parked_one_is_held_too() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.parked()

        assert desk.put("d").state is CallState.HELD
        assert desk.put("e", subject="t-2").state is CallState.PENDING

    play(scenario)


def test_a_call_without_repeats_is_not_held() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.blocked()

        call = desk.put("text", action="once")
        assert call.state is CallState.PENDING
        await desk.outbox.send(call.id)

        assert (call.state, desk.states()["b"]) == (CallState.SENT, "held")
        assert call not in desk.outbox.unfinished("t-1")

    play(scenario)


@pytest.mark.parametrize("state", [CallState.PENDING, CallState.PARKED])
def test_a_call_without_repeats_holds_nothing_up(state: CallState) -> None:
    async def scenario(desk: Desk) -> None:
        desk.failing = {"text"}
        text = desk.put("text", action="once")
        if state is CallState.PARKED:
            await desk.outbox.send(text.id)

        call = desk.put("a")

        assert (text.state, call.state) == (state, CallState.PENDING)
        await desk.outbox.send(call.id)
        assert call.state is CallState.SENT

    play(scenario)


@pytest.mark.parametrize("subject", ["t-2", None])
def test_other_subjects_and_none_are_not_held_up(subject: str | None) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.blocked()
        others = [desk.put(name, subject) for name in "de"]

        assert [call.state for call in others] == ["pending", "held" if subject else "pending"]
        await desk.outbox.tell_all(others)
        assert [call.state for call in others] == ["sent", "sent"]
        assert desk.states()["b"] == "held"

    play(scenario)


def test_a_held_call_can_be_dropped_but_not_sent_by_hand() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.blocked()
        with pytest.raises(NotInThisState, match=HELD):
            await desk.outbox.send(calls[1].id)
        assert (calls[1].state, calls[1].tries, desk.log) == (CallState.HELD, [], [])

        desk.outbox.drop(calls[1].id)
        assert desk.log == ["b dropped"]
        desk.failing = set()
        await desk.outbox.send(calls[0].id)

        assert desk.log[1:] == ["try a", "a sent", "try c", "c sent"]

    play(scenario)


def test_a_call_can_be_sent_by_hand_again_in_its_turn() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.blocked()
        desk.failing = {"b"}
        await desk.outbox.send(calls[0].id)
        assert calls[1].state is CallState.REPEATED

        desk.failing = set()
        await desk.outbox.send(calls[1].id)

        assert desk.states() == {"a": "sent", "b": "sent", "c": "sent"}

    play(scenario)


def test_every_end_is_told_once() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.parked()
        desk.outbox.drop(calls[2].id)
        desk.failing = set()
        await desk.outbox.send(calls[0].id)
        for call in calls:
            with pytest.raises(NotInThisState):
                desk.outbox.drop(call.id)
        await desk.keeper.advance(DAY)

        assert [line for line in desk.log if not line.startswith("try")] == ["c dropped", "a sent", "b sent"]

    play(scenario)


@pytest.mark.parametrize("head", ["repeated", "parked"])
def test_a_restored_outbox_goes_on_in_the_same_order(head: str) -> None:
    async def scenario(old: Desk) -> None:
        await (old.blocked() if head == "repeated" else old.parked())
        other = old.put("x", "t-2")
        new = Desk()
        await new.keeper.set_time(old.keeper.clock.now())
        new.keeper.restore(old.keeper.pending())
        new.outbox.restore([replace(call, tries=list(call.tries)) for call in old.outbox.calls()])
        assert new.states() == {"a": head, "b": "held", "c": "held", "x": "pending"}
        assert [name_of(call) for call in new.outbox.unfinished("t-1")] == ["a", "b", "c"]
        assert new.room() == (96 if head == "repeated" else 97)

        await new.keeper.advance(5 * MINUTE)
        if head == "parked":
            assert new.tried() == ["x"]
            await new.outbox.send(new.outbox.calls()[0].id)

        assert [name for name in new.tried() if name != "x"] == ["a", "b", "c"]
        assert set(new.states().values()) == {"sent"}
        assert other.state is CallState.PENDING

    play(scenario)


def test_of_restored_calls_that_were_all_under_way_only_the_first_of_a_subject_is_sent_at_once() -> None:
    async def scenario(desk: Desk) -> None:
        made = [replace(desk.put(name), state=CallState.PENDING) for name in "ab"]
        new = Desk()
        new.failing = {"a"}
        new.outbox.restore(made)

        await new.keeper.advance(MINUTE)

        assert (new.tried(), new.states()) == (["a"], {"a": "repeated", "b": "held"})

    play(scenario)


def test_urgent_calls_are_queued_where_no_room_is_left_and_take_room_all_the_same() -> None:
    async def scenario(desk: Desk) -> None:
        ordinary = desk.put("a")
        with pytest.raises(OutboxFull):
            desk.put("b")

        urgent = desk.put("c", urgent=True)

        assert urgent.state is CallState.HELD
        desk.outbox.drop(ordinary.id)
        await until(lambda: urgent.state is CallState.SENT)
        assert desk.room() == 1

        desk.failing = {"d"}
        waiting = desk.put("d", "t-2", urgent=True)
        await desk.outbox.send(waiting.id)
        with pytest.raises(OutboxFull, match=r"^1 calls wait, and outbox_size is 1: no room for 1 more"):
            desk.put("e", "t-3")

    play(scenario, size=1)


def test_room_for_several_calls_is_there_or_not_before_any_is_queued() -> None:
    async def scenario(desk: Desk) -> None:
        desk.put("a")
        desk.outbox.require_room(2)

        with pytest.raises(
            OutboxFull,
            match=r"^1 calls wait, and outbox_size is 3: no room for 3 more; send or drop some, or raise it$",
        ):
            desk.outbox.require_room(3)

    play(scenario, size=3)


def test_calls_are_sent_a_few_at_a_time() -> None:
    async def scenario(desk: Desk) -> None:
        names = [f"c{number}" for number in range(40)]
        desk.gates = {name: asyncio.Event() for name in names}
        calls = [desk.put(name, subject=name) for name in names]
        telling = asyncio.create_task(desk.outbox.tell_all(calls))
        for name in names:
            await until(lambda name=name: name in desk.under_way)  # type: ignore[misc]  # bound at once
            desk.gates[name].set()
        await telling

        assert desk.most_under_way == 16
        assert {call.state for call in calls} == {CallState.SENT}

    play(scenario)


def test_of_calls_that_are_sent_together_held_ones_wait_for_their_turn() -> None:
    async def scenario(desk: Desk) -> None:
        desk.failing = {"a"}
        calls = [desk.put("a"), desk.put("b"), desk.put("x", "t-2")]
        await desk.outbox.tell_all(calls)

        assert desk.states() == {"a": "repeated", "b": "held", "x": "sent"}
        desk.failing = set()
        await desk.outbox.send(calls[0].id)
        assert desk.tried() == ["a", "x", "a", "b"]

    play(scenario)


def test_a_call_that_was_dropped_before_its_turn_among_many_is_not_sent() -> None:
    async def scenario(desk: Desk) -> None:
        names = [f"c{number}" for number in range(17)]
        desk.gates = {name: asyncio.Event() for name in names[:16]}
        calls = [desk.put(name, subject=name) for name in names]
        telling = asyncio.create_task(desk.outbox.tell_all(calls))
        await until(lambda: len(desk.under_way) == 16)

        desk.outbox.drop(calls[16].id)
        for gate in desk.gates.values():
            gate.set()
        await telling

        assert "c16" not in desk.tried()
        assert (calls[15].state, calls[16].state) == (CallState.SENT, CallState.DROPPED)

    play(scenario)


PUT = st.tuples(st.sampled_from(["t-1", "t-2", None]), st.sampled_from(["repeated", "once"]), st.booleans())
NUMBER = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("put"), PUT),
    st.tuples(st.sampled_from(["send", "drop"]), NUMBER),
    st.tuples(st.just("advance"), st.sampled_from([1, 5, 60])),
    st.tuples(st.just("answer"), st.booleans()),
)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_whatever_happens_the_order_is_kept_and_room_is_counted_right(steps: list[tuple[str, Any]]) -> None:
    async def scenario(desk: Desk) -> None:
        made: list[OutgoingCall] = []
        for what, value in steps:
            await take(desk, made, what, value)
            await until(lambda: "pending" not in desk.states().values())
            waiting = [call for call in desk.outbox.calls() if call.state in WAITING]
            assert desk.room() == max(0, desk.size - len(waiting))
            for subject in ("t-1", "t-2"):
                lane = desk.outbox.unfinished(subject)
                assert [call.state for call in lane[1:]] == [CallState.HELD] * len(lane[1:])
                assert not lane or lane[0].state in (CallState.REPEATED, CallState.PARKED)
        for subject in ("t-1", "t-2"):
            ordered = [one for one in made if one.subject == subject and one.action == "repeated"]
            first_tries = [one.tries[0].exchange for one in ordered if one.tries]
            assert first_tries == sorted(first_tries)

    play(scenario, size=6)


async def take(desk: Desk, made: list[OutgoingCall], what: str, value: Any) -> None:
    """Do one step; what can't be done where things stand is left."""
    if what == "advance":
        await desk.keeper.advance(value * MINUTE)
    elif what == "answer":
        desk.failing = set() if value else {f"c{number}" for number in range(30)}
    elif what == "put":
        subject, action, urgent = value
        with suppress(OutboxFull):
            made.append(desk.put(f"c{len(made)}", subject, action=action, urgent=urgent))
            await desk.outbox.tell_all(made[-1:])
    elif made:
        call = made[value % len(made)]
        with suppress(NotInThisState, UnknownCall):
            if what == "send":
                await desk.outbox.send(call.id)
            else:
                desk.outbox.drop(call.id)


def test_a_parked_call_that_holds_up_others_is_not_forgotten() -> None:
    async def scenario(desk: Desk) -> None:
        calls = await desk.parked()
        desk.size = 2
        for number in range(3):
            await desk.outbox.send(desk.put(f"x{number}", f"s-{number}", urgent=True).id)
        desk.failing = set()

        await desk.outbox.send(calls[0].id)

        assert [call.state for call in calls] == ["sent"] * 3

    play(scenario, size=3)


def test_a_call_sent_by_hand_before_its_turn_among_many_disturbs_none_of_them() -> None:
    async def scenario(desk: Desk) -> None:
        names = [f"c{number}" for number in range(17)]
        desk.gates = {name: asyncio.Event() for name in names}
        calls = [desk.put(name, subject=name) for name in names]
        telling = asyncio.create_task(desk.outbox.tell_all(calls))
        await until(lambda: len(desk.under_way) == 16)
        by_hand = asyncio.create_task(desk.outbox.send(calls[16].id))
        await until(lambda: len(desk.under_way) == 17)

        desk.gates["c0"].set()
        await until(lambda: "c0" not in desk.under_way)
        for _ in range(10):
            await asyncio.sleep(0)
        for gate in desk.gates.values():
            gate.set()
        await telling
        await by_hand

        assert {call.state for call in calls} == {CallState.SENT}
        assert desk.tried().count("c16") == 1

    play(scenario)


def test_a_call_that_is_dropped_before_its_start_in_the_background_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(desk: Desk) -> None:
        call = desk.put("a")
        desk.outbox.start([call])
        desk.outbox.drop(call.id)
        for _ in range(10):
            await asyncio.sleep(0)
        assert desk.log == ["a dropped"]

    play(scenario)
    assert caplog.records == []


def test_a_thousand_held_calls_go_out_one_after_another() -> None:
    async def scenario(desk: Desk) -> None:
        names = [f"c{number}" for number in range(1000)]
        desk.failing = {"c0"}
        calls = [desk.put(name) for name in names]
        await desk.outbox.send(calls[0].id)
        desk.failing = set()

        await desk.keeper.advance(5 * MINUTE)

        assert desk.tried()[1:] == names

    play(scenario, size=1000)
