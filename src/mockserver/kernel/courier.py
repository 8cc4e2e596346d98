"""One try of an outgoing call: signed afresh, sent, judged, and written into the journal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mockserver.kernel.changed_amount import with_other_amount
from mockserver.kernel.faults.armed import NO_STRIKES, Strike
from mockserver.kernel.faults.catalogue import WAITS, Name, Point
from mockserver.kernel.faults.forgery import NOT_FORGED, Forged, forged_by, signed_anew
from mockserver.kernel.faults.road import Overtaken, Pause, TenantGone
from mockserver.kernel.faults.writing import REWRITING, in_other_case
from mockserver.kernel.journal import Direction, Exchange
from mockserver.kernel.outbox import Attempt, Failure, OutgoingCall, Schedule, Try
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest, Sender, SendFailed
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.tenant import Tenant

logger = logging.getLogger("mockserver")

CAUSE_HEADER = "x-sandbox-cause"
"""Names the exchange that brought a call about; sent to the sandbox itself only."""

_LONGEST_FAILURE = 500
_MOST_COPIES = 100

NOT_ACKNOWLEDGED = "not_acknowledged"


class CannotCall(Exception):
    """A call can't be made at all. The text says why, in one line."""


class Caller(Protocol):
    """How a vendor calls its partners."""

    schedules: Mapping[str, Schedule]
    """By action."""
    operations: Mapping[str, str]
    """By action, the ``operationId`` of its contract."""

    forgeries: Mapping[str, Collection[str]]
    """By action, names of what can be done to its signature."""
    amounts: Collection[str]
    """Names of the fields that hold amounts of money in what is said."""

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The surface that is called, and the ``operationId`` of its contract."""

    async def prepare(self, tenant: Any, call: OutgoingCall, forged: Forged = NOT_FORGED) -> OutgoingRequest:
        """Sign the call for this moment.

        :param forged: what is done to the signature
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
        self.operations: Mapping[str, str] = {
            action: operation for caller in callers for action, operation in caller.operations.items()
        }
        self.forgeries: Mapping[str, Collection[str]] = {
            action: kinds for caller in callers for action, kinds in caller.forgeries.items()
        }
        self.amounts: Collection[str] = frozenset(name for caller in callers for name in caller.amounts)

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The surface that is called, and the ``operationId`` of its contract."""
        return self._by_action[call.action].operation_of(call)

    async def prepare(self, tenant: Any, call: OutgoingCall, forged: Forged = NOT_FORGED) -> OutgoingRequest:
        """Sign the call for this moment.

        :raises CannotCall: the tenant has no partner to call
        """
        return await self._by_action[call.action].prepare(tenant, call, forged)

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
    :param pause: waits for so many seconds
    """

    def __init__(
        self,
        caller: Caller,
        sender: Sender,
        clock: Clock,
        stopwatch: Callable[[], float],
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._caller = caller
        self._pause = pause
        self._sender = sender
        self._clock = clock
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
        """Make one try, whatever comes of it, and whatever faults make of it on its way."""
        strikes = self._strikes(tenant, call)
        leg = await self._prepared(tenant, call, strikes, forged_by(strikes))
        at_once = [one for one in strikes if one.parameters.get("at_once")]
        if at_once:
            copies = [one async for one in self._copies(tenant, call, leg, at_once)]
            attempt, _ = await asyncio.gather(
                self._judged(tenant, call, deadlines, leg, strikes),
                asyncio.gather(*(self._carried(tenant, one, deadlines) for one in copies)),
            )
        else:
            attempt = await self._judged(tenant, call, deadlines, leg, strikes)
        if strikes:
            later = [one for one in strikes if one not in at_once]
            async for one in self._copies(tenant, call, leg, later):
                await self._carried(tenant, one, deadlines)
        tenant.road.let_pass()
        if not any(one.name is Name.OVERTAKE for one in strikes):
            await self._bring_late(tenant, call)
        return attempt

    async def _bring_late(self, tenant: Tenant, call: OutgoingCall) -> None:
        """Let what this call has overtaken arrive."""
        for late in tenant.road.arriving_behind(call, self._caller.operation_of(call)[0]):
            begun = self._begun(tenant, late.call, [late.strike])
            await self._carried(tenant, _Leg(begun, late.request), late.deadlines)

    async def send_again(self, tenant: Tenant, sent: Exchange, document: bytes, *, identical: bool) -> str:
        """Send what was sent before once more. Of the answer nobody takes note but the journal, and no fault
        strikes it.

        :param document: what it says this time
        :param identical: whether the bytes and headers are those of before, instead of signed afresh
        :returns: id of the exchange, whose cause is the one of before; of a tenant that is gone nothing
            is sent
        """
        call = OutgoingCall(
            id="",
            action=sent.action or "",
            document=document,
            subject=sent.subject,
            cause=sent.id,
            created=tenant.clock.now(),
        )
        if identical:
            leg = _Leg(self._begun(tenant, call, []), _request_of(sent))
        else:
            leg = await self._prepared(tenant, call, NO_STRIKES)
        if tenant.outbox.closed:
            leg = replace(leg, request=None, failure="not sent: the tenant was reset or dropped meanwhile")
        await self._carried(tenant, leg, self.schedules[call.action].deadlines)
        return leg.exchange.id

    def _strikes(self, tenant: Tenant, call: OutgoingCall) -> Sequence[Strike]:
        if not tenant.faults.armed or tenant.road.closed:
            return NO_STRIKES
        _, operation = self._caller.operation_of(call)
        return tenant.faults.striking(
            Direction.SENT, operation, call.action, call.document, (call.subject or "").encode()
        )

    def _begun(self, tenant: Tenant, call: OutgoingCall, faults: list[str]) -> Exchange:
        surface, operation = self._caller.operation_of(call)
        exchange = Exchange(
            direction=Direction.SENT,
            method="POST",
            target="",
            at=tenant.clock.now(),
            machine_at=self._clock.now(),
            surface=surface,
            operation=operation,
            action=call.action,
            cause=call.cause,
            faults=faults,
            subject=call.subject,
        )
        tenant.journal.begin(exchange)
        return exchange

    async def _prepared(
        self, tenant: Tenant, call: OutgoingCall, strikes: Sequence[Strike], forged: Forged = NOT_FORGED
    ) -> _Leg:
        """Begin an exchange, and sign the call for it."""
        exchange = self._begun(tenant, call, [one.id for one in strikes])
        try:
            request = await self._caller.prepare(tenant, _rewritten(call, strikes), forged)
        except CannotCall as error:
            return _Leg(exchange, None, str(error))
        except Exception as error:  # whatever it is, the call must not be lost
            return _Leg(exchange, None, _unforeseen(exchange, error))
        for one in strikes:
            if one.name is Name.HEADER_CASE:
                headers = tuple((in_other_case(name, one.number), value) for name, value in request.headers)
                request = replace(request, headers=headers)
        return _Leg(exchange, request)

    async def _copies(
        self, tenant: Tenant, call: OutgoingCall, leg: _Leg, strikes: Sequence[Strike]
    ) -> AsyncIterator[_Leg]:
        """What a network, or a bug, sends besides a call, until its tenant is gone; at most so much as one
        fault may ask for. Nobody takes note of the answers."""
        left = _MOST_COPIES
        for one in strikes:
            if one.name is Name.CHANGE and not tenant.road.closed:
                document = with_other_amount(call.document, self._caller.amounts)
                if document is not None:
                    yield await self._prepared(tenant, replace(call, document=document), [one])
            elif one.name is Name.DUPLICATE:
                for number in range(min(one.parameters["times"], left)):
                    left -= 1
                    if tenant.road.closed:
                        return
                    if one.parameters["identical"]:
                        yield _Leg(self._begun(tenant, call, [one.id]), leg.request, leg.failure)
                    else:
                        yield await self._prepared(tenant, call, [one], signed_anew(number))

    async def _judged(
        self, tenant: Tenant, call: OutgoingCall, deadlines: Deadlines, leg: _Leg, strikes: Sequence[Strike]
    ) -> Attempt:
        """Send, and have the vendor judge the answer."""
        exchange = leg.exchange
        started = self._stopwatch()
        failure: Failure | None = None
        answer = None
        try:
            answer = await self._transported(tenant, call, deadlines, leg, strikes)
            failure = self._caller.failure_in(tenant, call, answer)
        except (CannotCall, SendFailed) as error:
            failure = Failure(str(error))
        except TenantGone:
            failure = Failure(
                "given up while a fault held it back: the tenant was reset or dropped, or the server stops"
            )
        except Exception as error:  # whatever it is, the call must not be lost
            answer, failure = None, Failure(_unforeseen(exchange, error))
        exchange.duration_ms = self._stopwatch() - started
        text = None
        if failure is not None:
            # A partner may say a secret back; the failure goes into hints that anybody reads.
            text = Redaction(tenant.secret.ever()).text(failure.text)
            text = text if len(text) <= _LONGEST_FAILURE else f"{text[:_LONGEST_FAILURE]}..."
            exchange.refusal, exchange.reason = NOT_ACKNOWLEDGED, text
        tenant.journal.keep(exchange)
        final = failure is not None and failure.final
        return Attempt(Try(exchange.at, exchange.id, exchange.status, text), answer, final)

    async def _transported(
        self, tenant: Tenant, call: OutgoingCall, deadlines: Deadlines, leg: _Leg, strikes: Sequence[Strike]
    ) -> OutgoingAnswer:
        """The answer, if the faults let the request through and the answer back.

        :raises CannotCall: there is nothing to send
        :raises SendFailed: no complete answer came
        :raises TenantGone: the tenant was gone before a fault let go
        """
        for one in strikes:
            if one.name in WAITS and one.point is Point.BEFORE_COMMIT:
                await tenant.road.hold(one.wait_ms() / 1000, self._pause)
            elif one.name is Name.REORDER:
                await tenant.road.wait_for_another(one.parameters["milliseconds"] / 1000, self._pause)
            elif one.name is Name.DROP and one.point is Point.BEFORE_COMMIT:
                self._note(leg)
                raise SendFailed(f"the fault {one.id} lost the request")
            elif one.name is Name.OVERTAKE and leg.request is not None:
                self._note(leg)
                tenant.road.leave_behind(
                    Overtaken(self._caller.operation_of(call)[0], call, leg.request, deadlines, one.id)
                )
                raise SendFailed(f"the fault {one.id} keeps the request on its way")
        answer = await self._answered(leg, deadlines)
        for one in strikes:
            if one.name in WAITS and one.point is Point.AFTER_COMMIT:
                seconds = one.wait_ms() / 1000
                await tenant.road.hold(min(seconds, deadlines.total), self._pause)
                if seconds > deadlines.total:
                    raise SendFailed(f"no complete answer within {deadlines.total:g} s: the fault {one.id}")
            elif one.name is Name.DROP:
                raise SendFailed(f"the fault {one.id} lost the answer")
        return answer

    async def _carried(self, tenant: Tenant, leg: _Leg, deadlines: Deadlines) -> None:
        """Send what nobody waits for."""
        exchange = leg.exchange
        started = self._stopwatch()
        try:
            await self._answered(leg, deadlines)
        except (CannotCall, SendFailed) as error:
            exchange.reason = str(error)
        except Exception as error:  # as above
            exchange.reason = _unforeseen(exchange, error)
        exchange.duration_ms = self._stopwatch() - started
        tenant.journal.keep(exchange)

    def _note(self, leg: _Leg) -> OutgoingRequest:
        """Put what is sent into the exchange.

        :raises CannotCall: there is nothing to send
        """
        request, exchange = leg.request, leg.exchange
        if request is None:
            raise CannotCall(leg.failure)
        headers = request.headers
        if request.internal:
            headers = (*headers, (CAUSE_HEADER, exchange.id))
        exchange.method, exchange.target = request.method, request.url
        exchange.request_headers = _encoded(headers)
        exchange.request_body = request.body
        exchange.canonical = request.canonical
        exchange.document = request.document
        return replace(request, headers=headers)

    async def _answered(self, leg: _Leg, deadlines: Deadlines) -> OutgoingAnswer:
        """Send, and write the answer into the exchange.

        :raises CannotCall: there is nothing to send
        :raises SendFailed: no complete answer came
        """
        answer = await self._sender.send(self._note(leg), deadlines)
        exchange = leg.exchange
        exchange.status = answer.status
        exchange.answer_headers = _encoded(answer.headers)
        exchange.answer_body = answer.body
        return answer


@dataclass(frozen=True, slots=True)
class _Leg:
    """An exchange that has begun, with what is to be sent; or why nothing is."""

    exchange: Exchange
    request: OutgoingRequest | None
    failure: str = ""


def _rewritten(call: OutgoingCall, strikes: Sequence[Strike]) -> OutgoingCall:
    """The call with its document in another form, before it is signed."""
    for one in strikes:
        if one.name in REWRITING:
            call = replace(call, document=REWRITING[one.name](call.document))
    return call


def _unforeseen(exchange: Exchange, error: Exception) -> str:
    logger.error("a call to %s failed: %s", exchange.surface, type(error).__name__)
    logger.debug("trace", exc_info=error)
    return f"the sandbox could not send it: {type(error).__name__}; see the server's log"


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
    return [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers]
