"""Every call is tried until it is acknowledged, parked or dropped."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.outbox import (
    TIMER,
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
from mockserver.kernel.timekeeper import Passage, Timekeeper

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

SCHEDULES = {
    "once": Schedule(Deadlines(connect=1, read=2, total=3)),
    "repeated": Schedule(Deadlines(connect=4, read=5, total=6), (5 * MINUTE, 10 * MINUTE)),
}

Answer = Callable[[OutgoingCall], Awaitable[str | None]]
"""Says why a try fails; ``None`` acknowledges it."""


async def acknowledge(call: OutgoingCall) -> str | None:
    return None


async def refuse(call: OutgoingCall) -> str | None:
    return "HTTP status 500"


class Desk:
    """An outbox at noon, on a clock that stands, whose partner answers as it is told."""

    def __init__(self, answer: Answer = acknowledge, size: int = 10) -> None:
        self.answer = answer
        self.size = size
        self.tried: list[tuple[str, datetime, Deadlines]] = []
        self.keeper = Timekeeper(VirtualClock(ManualClock(NOON)), SilentAlarm())
        self.outbox = Outbox(
            schedules=SCHEDULES,
            size=lambda: self.size,
            ids=SequentialIds(),
            timekeeper=self.keeper,
            attempt=self._attempt,
        )

    async def _attempt(self, call: OutgoingCall, deadlines: Deadlines) -> Attempt:
        now = self.keeper.clock.now()
        self.tried.append((call.id, now, deadlines))
        exchange = f"site-{len(self.tried)}"
        failure = await self.answer(call)
        return Attempt(Try(now, exchange, 200 if failure is None else 500, failure), None)

    def put(self, operation: str = "repeated") -> OutgoingCall:
        return self.outbox.put(operation, b"{}")

    def sent(self, operation: str = "repeated") -> OutgoingCall:
        return asyncio.run(self.outbox.send(self.put(operation).id))

    def send(self, call: OutgoingCall) -> OutgoingCall:
        return asyncio.run(self.outbox.send(call.id))

    def advance(self, by: timedelta) -> Passage:
        return asyncio.run(self.keeper.advance(by))

    def tries(self) -> list[datetime]:
        return [at for _, at, _ in self.tried]

    def due(self) -> list[datetime]:
        return [timer.due for timer in self.keeper.pending()]


class Gate:
    """A partner that answers once it is let go on."""

    def __init__(self, answer: Answer) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        self._answer = answer

    async def __call__(self, call: OutgoingCall) -> str | None:
        self.reached.set()
        await self.opened.wait()
        return await self._answer(call)


def play(scenario: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a scenario that may wait for ever where the source is wrong."""
    asyncio.run(asyncio.wait_for(scenario(), timeout=10))


async def take_a_turn() -> None:
    """Let every other task run to where it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_queued_call_is_pending_until_it_is_sent() -> None:
    desk = Desk()
    call = desk.outbox.put("once", b'{"a":1}', subject="t-1", cause="site-7")

    assert call == OutgoingCall(
        id="0000000000000001",
        action="once",
        document=b'{"a":1}',
        subject="t-1",
        cause="site-7",
        created=NOON,
        state=CallState.PENDING,
    )
    desk.advance(60 * MINUTE)
    assert (desk.tried, desk.outbox.find(call.id)) == ([], call)


def test_a_call_acknowledged_at_the_first_try_is_sent_and_not_repeated() -> None:
    desk = Desk()
    call = desk.sent()

    assert call.tries == [Try(NOON, "site-1", 200, None)]
    assert (call.state, call.next, desk.due()) == (CallState.SENT, None, [])
    desk.advance(60 * MINUTE)
    assert desk.tries() == [NOON]


def test_each_operation_has_deadlines_of_its_own() -> None:
    desk = Desk()
    desk.sent("once")
    desk.sent("repeated")

    assert [deadlines.total for _, _, deadlines in desk.tried] == [3, 6]


def test_a_call_without_repeats_is_parked_after_its_first_failure() -> None:
    desk = Desk(refuse)
    call = desk.sent("once")

    assert call.tries == [Try(NOON, "site-1", 500, "HTTP status 500")]
    assert (call.state, call.next, desk.due()) == (CallState.PARKED, None, [])


def test_a_failing_call_is_repeated_by_its_schedule_and_then_parked() -> None:
    desk = Desk(refuse)
    call = desk.sent()
    assert (call.state, call.next, desk.due()) == (CallState.REPEATED, NOON + 5 * MINUTE, [NOON + 5 * MINUTE])

    first = desk.advance(5 * MINUTE)
    assert [one.outcome for one in first.ran] == ["repeated: repeated (HTTP status 500)"]
    assert (call.state, call.next) == (CallState.REPEATED, NOON + 15 * MINUTE)

    second = desk.advance(10 * MINUTE)
    assert [one.outcome for one in second.ran] == ["repeated: parked (HTTP status 500)"]
    assert (call.state, call.next, call.repeats_planned) == (CallState.PARKED, None, 2)

    assert desk.advance(timedelta(days=1)).ran == []
    assert desk.tries() == [NOON, NOON + 5 * MINUTE, NOON + 15 * MINUTE]
    assert [one.exchange for one in call.tries] == ["site-1", "site-2", "site-3"]


def test_all_repeats_come_at_their_moments_in_one_long_advance() -> None:
    desk = Desk(refuse)
    call = desk.sent()
    desk.advance(timedelta(days=1))

    assert [one.at for one in call.tries] == [NOON, NOON + 5 * MINUTE, NOON + 15 * MINUTE]


def test_a_repeat_that_is_acknowledged_is_the_last() -> None:
    desk = Desk(refuse)
    call = desk.sent()
    desk.answer = acknowledge

    assert [one.outcome for one in desk.advance(5 * MINUTE).ran] == ["repeated: sent"]
    assert (call.state, call.next, desk.due()) == (CallState.SENT, None, [])


def test_a_parked_call_can_be_sent_by_hand() -> None:
    desk = Desk(refuse)
    call = desk.sent("once")
    desk.send(call)
    assert (call.state, len(call.tries), desk.due()) == (CallState.PARKED, 2, [])

    desk.answer = acknowledge
    desk.send(call)
    assert (call.state, len(call.tries)) == (CallState.SENT, 3)


def test_a_failing_try_by_hand_leaves_the_schedule_as_it_is() -> None:
    desk = Desk(refuse)
    call = desk.sent()
    desk.advance(2 * MINUTE)
    desk.send(call)

    assert (call.state, call.next, call.repeats_planned) == (CallState.REPEATED, NOON + 5 * MINUTE, 1)
    assert desk.due() == [NOON + 5 * MINUTE]
    desk.advance(timedelta(days=1))
    assert desk.tries() == [NOON, NOON + 2 * MINUTE, NOON + 5 * MINUTE, NOON + 15 * MINUTE]


def test_a_try_by_hand_that_is_acknowledged_ends_the_schedule() -> None:
    desk = Desk(refuse)
    call = desk.sent()
    desk.answer = acknowledge
    desk.send(call)

    assert (call.state, call.next, desk.due()) == (CallState.SENT, None, [])
    desk.advance(timedelta(days=1))
    assert desk.tries() == [NOON, NOON]


@pytest.mark.parametrize("end", ["sent", "dropped"])
def test_an_ended_call_can_be_neither_sent_nor_dropped(end: str) -> None:
    desk = Desk()
    call = desk.put()
    desk.send(call) if end == "sent" else desk.outbox.drop(call.id)
    tries = list(call.tries)

    with pytest.raises(NotInThisState, match=f"^the call is {end}$"):
        desk.send(call)
    with pytest.raises(NotInThisState, match=f"^the call is {end}$"):
        desk.outbox.drop(call.id)
    assert (call.state, call.tries) == (end, tries)


def test_an_unknown_call_can_be_neither_found_nor_sent_nor_dropped() -> None:
    desk = Desk()
    told = "^the outbox has no call `x`$"

    with pytest.raises(UnknownCall, match=told):
        desk.outbox.find("x")
    with pytest.raises(UnknownCall, match=told):
        asyncio.run(desk.outbox.send("x"))
    with pytest.raises(UnknownCall, match=told):
        desk.outbox.drop("x")
    assert desk.outbox.find(desk.put().id).id == "0000000000000001"


@pytest.mark.parametrize("state", [CallState.PENDING, CallState.REPEATED, CallState.PARKED])
def test_an_open_call_that_is_dropped_is_not_sent_again(state: CallState) -> None:
    desk = Desk(refuse)
    call = desk.put("once" if state is CallState.PARKED else "repeated")
    if state is not CallState.PENDING:
        desk.send(call)
    assert call.state is state
    before = len(desk.tried)

    assert desk.outbox.drop(call.id) is call
    assert (call.state, call.next, desk.due()) == (CallState.DROPPED, None, [])
    desk.advance(timedelta(days=1))
    assert len(desk.tried) == before


@pytest.mark.parametrize("answer", [acknowledge, refuse])
def test_a_call_forgotten_in_flight_stays_dropped_whatever_comes_back(answer: Answer) -> None:
    async def scenario() -> None:
        gate = Gate(answer)
        desk = Desk(gate, size=1)
        call = desk.outbox.put("repeated", b"{}", subject="ticket")
        sending = asyncio.create_task(desk.outbox.send(call.id))
        await gate.reached.wait()
        desk.outbox.forget("ticket")
        gate.opened.set()
        await sending

        assert (call.state, call.next, desk.due()) == (CallState.DROPPED, None, [])
        assert len(call.tries) == 1
        await desk.keeper.advance(timedelta(days=1))
        assert len(desk.tried) == 1
        desk.put()
        with pytest.raises(OutboxFull):
            desk.outbox.require_room()

    play(scenario)


def test_a_call_that_is_being_sent_can_not_be_dropped() -> None:
    async def scenario() -> None:
        gate = Gate(acknowledge)
        desk = Desk(gate)
        call = desk.put()
        sending = asyncio.create_task(desk.outbox.send(call.id))
        await gate.reached.wait()
        with pytest.raises(NotInThisState, match="nobody knows yet what came of it"):
            desk.outbox.drop(call.id)
        gate.opened.set()
        await sending

        assert call.state is CallState.SENT

    play(scenario)


def test_a_closed_outbox_sends_nothing_but_what_is_told_once() -> None:
    async def scenario() -> None:
        desk = Desk()
        call = desk.put()
        desk.outbox.close()
        desk.outbox.start([call])
        await desk.outbox.tell_all([call])
        assert desk.tried == []

        desk.outbox.tell_once(call.action, call.document)
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(desk.tried) == 1

    play(scenario)


def test_what_is_parked_is_kept_however_much_is_acknowledged() -> None:
    desk = Desk(refuse, size=2)
    parked = desk.put()
    desk.send(parked)
    desk.advance(timedelta(days=3))
    assert parked.state is CallState.PARKED

    desk.answer = acknowledge
    for _ in range(5):
        desk.sent()

    assert parked in desk.outbox.calls()
    assert len(desk.outbox.calls()) == 3


def test_a_timer_whose_call_was_dropped_in_the_meantime_does_nothing() -> None:
    desk = Desk()
    call = desk.put()
    desk.outbox.drop(call.id)
    desk.keeper.set_timer(NOON + MINUTE, TIMER, call.id)

    assert [one.outcome for one in desk.advance(MINUTE).ran] == ["repeated: dropped in the meantime"]
    assert desk.tried == []


def test_a_repeat_due_during_a_try_by_hand_waits_and_is_not_made_if_that_is_acknowledged() -> None:
    async def scenario() -> None:
        desk = Desk(refuse)
        call = desk.put()
        await desk.outbox.send(call.id)
        gate = Gate(acknowledge)
        desk.answer = gate
        by_hand = asyncio.create_task(desk.outbox.send(call.id))
        await gate.reached.wait()
        advance = asyncio.create_task(desk.keeper.advance(5 * MINUTE))
        await take_a_turn()
        assert len(desk.tried) == 2

        gate.opened.set()
        await by_hand
        passage = await advance

        assert [one.outcome for one in passage.ran] == ["repeated: sent in the meantime"]
        assert (call.state, len(desk.tried)) == (CallState.SENT, 2)

    play(scenario)


def test_a_call_that_is_being_sent_cant_be_sent_by_hand_too() -> None:
    async def scenario() -> None:
        gate = Gate(refuse)
        desk = Desk(gate)
        call = desk.put()
        first = asyncio.create_task(desk.outbox.send(call.id))
        await gate.reached.wait()
        with pytest.raises(NotInThisState, match="being sent right now"):
            await desk.outbox.send(call.id)

        gate.opened.set()
        await first
        assert len(desk.tried) == len(call.tries) == 1
        assert (call.state, call.repeats_planned, desk.due()) == (
            CallState.REPEATED,
            1,
            [NOON + 5 * MINUTE],
        )

    play(scenario)


def test_the_second_of_two_sendings_at_once_is_refused() -> None:
    async def scenario() -> None:
        desk = Desk()
        call = desk.put()
        made = await asyncio.gather(
            desk.outbox.send(call.id), desk.outbox.send(call.id), return_exceptions=True
        )

        assert made[0] is call
        assert isinstance(made[1], NotInThisState)
        assert (call.state, len(desk.tried)) == (CallState.SENT, 1)

    play(scenario)


def test_one_call_in_flight_does_not_hold_up_another() -> None:
    async def scenario() -> None:
        gate = Gate(acknowledge)
        desk = Desk(gate)
        slow, quick = desk.put(), desk.put()
        sending = asyncio.create_task(desk.outbox.send(slow.id))
        await gate.reached.wait()
        desk.answer = acknowledge
        await desk.outbox.send(quick.id)
        assert (slow.state, quick.state) == (CallState.PENDING, CallState.SENT)

        gate.opened.set()
        await sending
        assert slow.state is CallState.SENT

    play(scenario)


def test_a_full_outbox_takes_no_call_and_says_what_fills_it() -> None:
    desk = Desk(refuse, size=2)
    desk.sent()
    desk.outbox.require_room()
    desk.put()

    told = "^2 calls wait, and outbox_size is 2: no room for 1 more; send or drop some, or raise it$"
    with pytest.raises(OutboxFull, match=told):
        desk.outbox.require_room()
    with pytest.raises(OutboxFull, match=told):
        desk.put()
    assert len(desk.outbox.calls()) == 2


@pytest.mark.parametrize("by", ["drop", "send", "size"])
def test_a_full_outbox_has_room_once_some_are_dropped_or_sent_or_it_may_hold_more(by: str) -> None:
    desk = Desk(size=1)
    call = desk.put()
    with pytest.raises(OutboxFull):
        desk.put()

    if by == "drop":
        desk.outbox.drop(call.id)
    elif by == "send":
        desk.send(call)
    else:
        desk.size = 2

    assert desk.put().id == "0000000000000002"


def test_as_many_ended_calls_are_kept_as_may_be_open_and_the_oldest_go_first() -> None:
    desk = Desk(size=2)
    ended = [desk.sent() for _ in range(4)]

    assert desk.outbox.calls() == ended[2:]
    with pytest.raises(UnknownCall):
        desk.outbox.find(ended[0].id)


def test_of_ended_calls_the_one_that_ended_first_goes_first() -> None:
    desk = Desk(refuse, size=2)
    parked = desk.sent("once")
    desk.answer = acknowledge
    first = desk.sent()
    asyncio.run(desk.outbox.send(parked.id))

    second = desk.sent()

    assert desk.outbox.calls() == [parked, second]
    with pytest.raises(UnknownCall):
        desk.outbox.find(first.id)


def test_a_bound_that_shrank_holds_when_the_next_call_ends() -> None:
    desk = Desk(size=3)
    ended = [desk.sent() for _ in range(3)]
    desk.size = 1

    last = desk.sent()

    assert ended[-1].state is CallState.SENT
    assert desk.outbox.calls() == [last]


@pytest.mark.parametrize("state", [CallState.PENDING, CallState.REPEATED])
def test_a_call_that_was_under_way_is_sent_again_after_a_restore(state: CallState) -> None:
    old = Desk()
    call = replace(old.put(), state=state, next=None if state is CallState.PENDING else NOON + MINUTE)
    new = Desk()
    new.outbox.restore([call])

    new.advance(MINUTE)

    assert (len(new.tries()), new.outbox.calls()[0].state) == (1, CallState.SENT)


def test_a_try_by_hand_of_a_restored_call_leaves_it_one_timer() -> None:
    desk = Desk(refuse)
    desk.outbox.restore([replace(Desk().put())])
    (call,) = desk.outbox.calls()

    desk.send(call)

    assert desk.due() == [NOON + 5 * MINUTE]


def test_a_call_gets_no_id_that_another_one_has() -> None:
    desk = Desk()
    desk.outbox.restore([replace(Desk().put())])

    assert desk.put().id != desk.outbox.calls()[0].id


def test_open_calls_are_never_evicted_by_ended_ones() -> None:
    desk = Desk(refuse, size=4)
    pending, repeated = desk.put(), desk.sent()
    desk.answer = acknowledge
    ended = [desk.sent() for _ in range(9)]

    assert desk.outbox.calls() == [pending, repeated, *ended[-4:]]


def test_parked_calls_take_no_room_and_go_like_ended_ones() -> None:
    desk = Desk(refuse, size=2)
    parked = [desk.sent("once") for _ in range(3)]

    assert [call.state for call in parked] == [CallState.PARKED] * 3
    assert desk.outbox.calls() == parked[1:]
    desk.outbox.require_room()


def test_restored_calls_go_on_with_the_timers_of_the_other_outbox() -> None:
    old = Desk(refuse)
    old.sent("once")
    old.sent()
    old.outbox.drop(old.put().id)
    new = Desk(refuse, size=3)
    new.keeper.restore(old.keeper.pending())
    new.size = 1
    new.outbox.restore([replace(call, tries=list(call.tries)) for call in old.outbox.calls()])

    assert new.outbox.calls() == old.outbox.calls()
    with pytest.raises(OutboxFull, match="1 calls wait"):
        new.put()
    new.size = 3
    new.advance(timedelta(days=1))
    assert [call.state for call in new.outbox.calls()] == [
        CallState.PARKED,
        CallState.PARKED,
        CallState.DROPPED,
    ]
    assert new.tries() == [NOON + 5 * MINUTE, NOON + 15 * MINUTE]


def test_what_was_there_before_is_gone_after_a_restore() -> None:
    desk = Desk(size=1)
    desk.put()
    desk.outbox.restore([])

    assert desk.outbox.calls() == []
    call = desk.put()
    assert desk.outbox.calls() == [call]
