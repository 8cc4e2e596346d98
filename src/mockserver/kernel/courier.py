"""One try of an outgoing call: signed afresh, sent, judged, and written into the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Protocol

from mockserver.kernel.journal import Direction, Exchange
from mockserver.kernel.outbox import Attempt, Failure, OutgoingCall, Schedule, Try
from mockserver.kernel.ports import Deadlines, OutgoingAnswer, OutgoingRequest, Sender, SendFailed
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

    amounts: Collection[str]
    """Names of the fields that hold amounts of money in what is said."""

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
        self.amounts: Collection[str] = frozenset(name for caller in callers for name in caller.amounts)

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

    :param stopwatch: milliseconds from any beginning, never going back
    """

    def __init__(self, caller: Caller, sender: Sender, stopwatch: Callable[[], float]) -> None:
        self._caller = caller
        self._sender = sender
        self._stopwatch = stopwatch

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """How each action is called."""
        return self._caller.schedules

    @property
    def amounts(self) -> Collection[str]:
        """Names of the fields that hold amounts of money in what is said."""
        return self._caller.amounts

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
            surface=surface,
            operation=operation,
            action=call.action,
            cause=call.cause,
            subject=call.subject,
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

    async def send_again(self, tenant: Tenant, sent: Exchange, document: bytes, *, identical: bool) -> str:
        """Send what was sent before once more. Of the answer nobody takes note but the journal.

        :param document: what it says this time
        :param identical: whether the bytes and headers are those of before, instead of signed afresh
        :returns: id of the exchange, whose cause is the one of before
        """
        call = OutgoingCall(
            id="",
            action=sent.action or "",
            document=document,
            subject=sent.subject,
            cause=sent.id,
            created=tenant.clock.now(),
        )
        courier = copy(self)
        courier._caller = _Heedless(self._caller, _request_of(sent) if identical else None)
        attempt = await courier.attempt(tenant, call, self.schedules[call.action].deadlines)
        return attempt.made.exchange

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


class _Heedless:
    """Calls as another caller does, and takes no note of what comes of it.

    :param request: what goes out; prepared as the other caller does where it is ``None``
    """

    def __init__(self, caller: Caller, request: OutgoingRequest | None) -> None:
        self._caller = caller
        self._request = request
        self.schedules = caller.schedules
        self.amounts = caller.amounts

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """That of the other caller."""
        return self._caller.operation_of(call)

    async def prepare(self, tenant: Any, call: OutgoingCall) -> OutgoingRequest:
        """What goes out.

        :raises CannotCall: the tenant has no partner to call
        """
        return self._request or await self._caller.prepare(tenant, call)

    def failure_in(self, tenant: Any, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Any answer will do."""
        return None

    def settled(self, tenant: Any, call: OutgoingCall) -> bool:
        """Nothing waits for it."""
        return False

    def ended(self, tenant: Any, call: OutgoingCall) -> None:
        """Nothing hangs on it."""


def _request_of(sent: Exchange) -> OutgoingRequest:
    """A call as it went out, but for the header that names its exchange."""
    headers = [
        (name.decode(), value.decode("utf-8", "surrogateescape")) for name, value in sent.request_headers
    ]
    return OutgoingRequest(
        sent.target,
        tuple(one for one in headers if one[0] != CAUSE_HEADER),
        sent.request_body,
        canonical=sent.canonical,
        document=sent.document,
        internal=any(name == CAUSE_HEADER for name, _ in headers),
        method=sent.method,
    )


def _encoded(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers]
