"""One try of a call is made, judged and written down, whatever comes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.adapters.clock import ManualClock
from mockserver.adapters.sender import ScriptedSender
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.courier import CAUSE_HEADER, CannotCall, Courier
from mockserver.kernel.faults.armed import Faults
from mockserver.kernel.faults.forgery import NOT_FORGED, Forged
from mockserver.kernel.faults.road import Road
from mockserver.kernel.journal import Direction, Exchange, Journal, Turns
from mockserver.kernel.outbox import Failure, OutgoingCall, Schedule, Try
from mockserver.kernel.ports import Deadlines, OutgoingAnswer, OutgoingRequest, SendFailed
from mockserver.kernel.secret import Secret

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 9, tzinfo=UTC)
DEADLINES = Deadlines(connect=1, read=1, total=1)
REQUEST = OutgoingRequest("http://127.0.0.1:9/pam", (("Timestamp", "1"),), b"{}", canonical=b"1{}")


@dataclass
class Vendor:
    """A vendor that prepares one request, and takes 200 for an acknowledgement."""

    prepared: Callable[[Any, OutgoingCall], OutgoingRequest] = lambda _tenant, _call: REQUEST
    schedules: dict[str, Schedule] = field(default_factory=dict)
    amounts: frozenset[str] = frozenset()
    operations: dict[str, str] = field(default_factory=dict)
    forgeries: dict[str, frozenset[str]] = field(default_factory=dict)

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        return "betstack.pam", "sendPamAction"

    async def prepare(self, tenant: Any, call: OutgoingCall, forged: Forged = NOT_FORGED) -> OutgoingRequest:
        return self.prepared(tenant, call)

    def failure_in(self, tenant: Any, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        return None if answer.status == 200 else Failure(f"HTTP status {answer.status}")

    def settled(self, tenant: Any, call: OutgoingCall) -> bool:
        raise AssertionError("a try asks for nothing else")

    def ended(self, tenant: Any, call: OutgoingCall) -> None:
        raise AssertionError("a try ends no call")


def tried(
    answer: Callable[[OutgoingRequest], Awaitable[OutgoingAnswer]], vendor: Vendor | None = None
) -> tuple[Try, Exchange, ScriptedSender]:
    sender = ScriptedSender(answer)
    tenant: Any = SimpleNamespace(
        clock=VirtualClock(ManualClock(NOON)),
        journal=Journal("site", lambda: 10, Turns()),
        secret=Secret("12345ABCDE"),
        faults=Faults(),
        road=Road(),
    )
    ticks = iter([10.0, 12.5])
    courier = Courier(vendor or Vendor(), sender, ManualClock(LATER), lambda: next(ticks))
    call = OutgoingCall(
        id="c1", action="ticket_win", document=b"{}", subject="t1", cause="site-7", created=NOON
    )
    made = asyncio.run(courier.attempt(tenant, call, DEADLINES)).made
    (exchange,) = tenant.journal.exchanges()
    return made, exchange, sender


async def acknowledge(request: OutgoingRequest) -> OutgoingAnswer:
    return OutgoingAnswer(200, (("Content-Type", "text/plain"),), b"ok")


async def break_off(request: OutgoingRequest) -> OutgoingAnswer:
    raise SendFailed("no connection")


async def explode(request: OutgoingRequest) -> OutgoingAnswer:
    raise ZeroDivisionError("12345ABCDE")


def test_what_was_sent_and_what_came_stand_in_the_journal() -> None:
    made, exchange, _ = tried(acknowledge)

    assert made == Try(NOON, "site-1", 200, None)
    assert (exchange.direction, exchange.target, exchange.cause) == (Direction.SENT, REQUEST.url, "site-7")
    assert (exchange.operation, exchange.action) == ("sendPamAction", "ticket_win")
    assert (exchange.at, exchange.machine_at) == (NOON, LATER)
    assert (exchange.request_headers, exchange.canonical) == ([(b"Timestamp", b"1")], b"1{}")
    assert (exchange.status, exchange.answer_body, exchange.refusal) == (200, b"ok", None)
    assert exchange.duration_ms == 2.5


def test_only_calls_to_the_sandbox_itself_name_their_cause() -> None:
    internal = Vendor(lambda _tenant, _call: OutgoingRequest("http://127.0.0.1:9/", (), b"", internal=True))

    _, _, outside = tried(acknowledge)
    _, _, inside = tried(acknowledge, internal)

    assert outside.requests[0].headers == (("Timestamp", "1"),)
    assert inside.requests[0].headers == ((CAUSE_HEADER, "site-1"),)


def test_a_call_that_gets_no_answer_has_failed() -> None:
    made, exchange, _ = tried(break_off)

    assert (made.status, made.failure) == (None, "no connection")
    assert (exchange.refusal, exchange.reason) == ("not_acknowledged", "no connection")


def test_a_call_that_cant_be_made_has_failed_and_nothing_was_sent() -> None:
    def nowhere(_tenant: Any, _call: OutgoingCall) -> OutgoingRequest:
        raise CannotCall("the operator has no pam_url")

    made, exchange, sender = tried(acknowledge, Vendor(nowhere))

    assert (made.failure, exchange.target, sender.requests) == ("the operator has no pam_url", "", [])


def test_an_unforeseen_failure_loses_no_call_and_shows_nothing_of_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        made, _, _ = tried(explode)

    assert made.failure == "the sandbox could not send it: ZeroDivisionError; see the server's log"
    assert caplog.messages == ["a call to betstack.pam failed: ZeroDivisionError"]


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_signed_again_while_its_tenant_goes_is_not_sent(gone: bool) -> None:
    tenant: Any = SimpleNamespace(
        clock=VirtualClock(ManualClock(NOON)),
        journal=Journal("site", lambda: 10, Turns()),
        outbox=SimpleNamespace(closed=False),
    )

    def sign(of: Any, _call: OutgoingCall) -> OutgoingRequest:
        of.outbox.closed = gone
        return REQUEST

    sender = ScriptedSender(acknowledge)
    schedules = {"ticket_win": Schedule(DEADLINES, ())}
    courier = Courier(Vendor(sign, schedules), sender, ManualClock(LATER), lambda: 0.0)
    sent = Exchange(direction=Direction.SENT, method="POST", target=REQUEST.url, at=NOON, action="ticket_win")
    asyncio.run(courier.send_again(tenant, sent, b"{}", identical=False))

    (exchange,) = tenant.journal.exchanges()
    assert len(sender.requests) == (0 if gone else 1)
    assert exchange.reason == ("not sent: the tenant was reset or dropped meanwhile" if gone else None)
