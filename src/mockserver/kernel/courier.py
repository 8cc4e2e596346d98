"""One try of an outgoing call: signed afresh, sent, judged, and written into the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from mockserver.kernel.journal import Direction, Exchange
from mockserver.kernel.outbox import Attempt, Failure, OutgoingCall, Schedule, Try
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest, Sender, SendFailed
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.tenant import Tenant

logger = logging.getLogger("mockserver")

CAUSE_HEADER = "x-sandbox-cause"
"""Names the exchange that brought a call about; sent to the sandbox itself only."""

_LONGEST_FAILURE = 500

NOT_ACKNOWLEDGED = "not_acknowledged"


class CannotCall(Exception):
    """A call can't be made at all. The text says why, in one line."""


class Caller(Protocol):
    """How a vendor calls its partners."""

    schedules: Mapping[str, Schedule]
    """By action."""

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The surface that is called, and the ``operationId`` of its contract."""

    async def prepare(self, tenant: Any, call: OutgoingCall) -> OutgoingRequest:
        """Sign the call for this moment.

        :raises CannotCall: the tenant has no partner to call
        """

    def failure_in(self, tenant: Any, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Why the answer does not acknowledge the call; ``None`` if it does. What it says is taken note
        of."""

    def settled(self, tenant: Any, call: OutgoingCall) -> bool:
        """Whether what a call is for has come about without an answer to it."""

    def ended(self, tenant: Any, call: OutgoingCall) -> None:
        """Take note that a call was acknowledged, refused, parked or dropped."""


class Callers:
    """Several ways to call as one; no two of them have an action in common."""

    def __init__(self, *callers: Caller) -> None:
        self._by_action = {action: caller for caller in callers for action in caller.schedules}
        self.schedules: Mapping[str, Schedule] = {
            action: caller.schedules[action] for action, caller in self._by_action.items()
        }

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The surface that is called, and the ``operationId`` of its contract."""
        return self._by_action[call.action].operation_of(call)

    async def prepare(self, tenant: Any, call: OutgoingCall) -> OutgoingRequest:
        """Sign the call for this moment.

        :raises CannotCall: the tenant has no partner to call
        """
        return await self._by_action[call.action].prepare(tenant, call)

    def failure_in(self, tenant: Any, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Why the answer does not acknowledge the call; ``None`` if it does."""
        return self._by_action[call.action].failure_in(tenant, call, answer)

    def settled(self, tenant: Any, call: OutgoingCall) -> bool:
        """Whether what a call is for has come about without an answer to it."""
        return self._by_action[call.action].settled(tenant, call)

    def ended(self, tenant: Any, call: OutgoingCall) -> None:
        """Take note that a call was acknowledged, refused, parked or dropped."""
        self._by_action[call.action].ended(tenant, call)


class Courier:
    """Makes tries.

    :param clock: the machine's time
    :param stopwatch: milliseconds from any beginning, never going back
    """

    def __init__(self, caller: Caller, sender: Sender, clock: Clock, stopwatch: Callable[[], float]) -> None:
        self._caller = caller
        self._sender = sender
        self._clock = clock
        self._stopwatch = stopwatch

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """How each action is called."""
        return self._caller.schedules

    def ended(self, tenant: Tenant, call: OutgoingCall) -> None:
        """Tell the vendor that a call was acknowledged, refused, parked or dropped."""
        self._caller.ended(tenant, call)

    def settled(self, tenant: Tenant, call: OutgoingCall) -> bool:
        """Ask the vendor whether what a call is for has come about without an answer to it."""
        return self._caller.settled(tenant, call)

    async def attempt(self, tenant: Tenant, call: OutgoingCall, deadlines: Deadlines) -> Attempt:
        """Make one try, whatever comes of it."""
        at = tenant.clock.now()
        surface, operation = self._caller.operation_of(call)
        exchange = Exchange(
            direction=Direction.SENT,
            method="POST",
            target="",
            at=at,
            machine_at=self._clock.now(),
            surface=surface,
            operation=operation,
            action=call.action,
            cause=call.cause,
        )
        tenant.journal.begin(exchange)
        started = self._stopwatch()
        answer, failure = await self._sent(tenant, call, deadlines, exchange)
        exchange.duration_ms = self._stopwatch() - started
        text = None
        if failure is not None:
            # A partner may say a secret back; the failure goes into hints that anybody reads.
            text = Redaction(tenant.secret.ever()).text(failure.text)
            text = text if len(text) <= _LONGEST_FAILURE else f"{text[:_LONGEST_FAILURE]}..."
            exchange.refusal, exchange.reason = NOT_ACKNOWLEDGED, text
        tenant.journal.keep(exchange)
        final = failure is not None and failure.final
        return Attempt(Try(at, exchange.id, exchange.status, text), answer, final)

    async def _sent(
        self, tenant: Tenant, call: OutgoingCall, deadlines: Deadlines, exchange: Exchange
    ) -> tuple[OutgoingAnswer | None, Failure | None]:
        try:
            request = await self._caller.prepare(tenant, call)
            headers = request.headers
            if request.internal:
                headers = (*headers, (CAUSE_HEADER, exchange.id))
            exchange.method, exchange.target = request.method, request.url
            exchange.request_headers = _encoded(headers)
            exchange.request_body = request.body
            exchange.canonical = request.canonical
            exchange.document = request.document
            answer = await self._sender.send(replace(request, headers=headers), deadlines)
        except (CannotCall, SendFailed) as error:
            return None, Failure(str(error))
        except Exception as error:  # whatever it is, the call must not be lost
            logger.error("a call to %s failed: %s", exchange.surface, type(error).__name__)
            logger.debug("trace", exc_info=error)
            text = f"the sandbox could not send it: {type(error).__name__}; see the server's log"
            return None, Failure(text)
        exchange.status = answer.status
        exchange.answer_headers = _encoded(answer.headers)
        exchange.answer_body = answer.body
        return answer, self._caller.failure_in(tenant, call, answer)


def _encoded(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers]
