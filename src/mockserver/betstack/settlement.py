"""How tickets end: result, refund, rollback, cash-out, closing. The operator's platform is told of each, and
the next step of a ticket waits for its word (BS-ASM-091 to BS-ASM-094)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from mockserver.betstack import actions, outcome, reasons
from mockserver.betstack.action import Action
from mockserver.betstack.lifecycle import change
from mockserver.betstack.model import Operator
from mockserver.betstack.offer import EventResult, TicketType
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.states import TRANSITIONS, Result, Status, Step
from mockserver.betstack.texts import text_about
from mockserver.betstack.ticket import Ticket, Verdict
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import CallState, OutgoingCall

RESULT = "result"
CLOSE = "close"
"""Kinds of timers; the subject is the id of the ticket."""

_UNTIL_CLOSED = timedelta(hours=24)

_PLACED = {Action.CREATE: Step.CREATE, Action.RESERVE: Step.RESERVE}
"""What an acknowledgement makes of a ticket that is new."""

_ENDS = frozenset({Action.WIN, Action.LOST, Action.VOID, Action.REFUND})
"""Calls whose acknowledgement starts the 24 hours (source: betstack/pam-close)."""

_CALL_OF: dict[Result, Callable[[Ticket], tuple[Action, bytes]]] = {
    Result.WON: lambda ticket: (Action.WIN, actions.about(Action.WIN, ticket)),
    Result.LOST: lambda ticket: (Action.LOST, actions.about(Action.LOST, ticket)),
    Result.VOID: lambda ticket: (Action.VOID, actions.ticket_void(ticket)),
}


class Settlement:
    """Ends tickets. What it queues, the caller sends."""

    def settle(self, operator: Operator, ticket: Ticket, verdict: Verdict, cause: str) -> list[OutgoingCall]:
        """Result an open ticket: at once, or after the operator's `calculating_seconds`.

        :returns: the calls that were queued
        :raises Rejection: it is not open
        :raises mockserver.kernel.outbox.OutboxFull: no room for the calls; nothing has changed
        """
        operator.outbox.require_room(2)
        return self._settle(operator, ticket, verdict, cause)

    def catch_up(self, operator: Operator, ticket: Ticket, cause: str | None) -> list[OutgoingCall]:
        """Settle a ticket that opens only after its events have ended: one that was paid late, or whose
        creation the platform took its time to acknowledge.

        :returns: the calls that were queued; none where its events don't decide it yet
        """
        verdict = outcome.decide(ticket, operator.results)
        return self._settle(operator, ticket, verdict, cause) if verdict else []

    def settle_event(
        self, operator: Operator, event_id: int, result: EventResult, cause: str
    ) -> list[OutgoingCall]:
        """Take note of how an event ended, and result every open ticket that this decides. One whose old
        result is being withdrawn gets the new one once that is acknowledged.

        :raises Rejection: the event has a result
        :raises mockserver.kernel.outbox.OutboxFull: no room for the calls; nothing has changed
        """
        if event_id in operator.results:
            raise Rejection(
                Refusal.WRONG_STATE, f"event {event_id} has a result; withdraw it first with `rollback_event`"
            )
        concerned = [ticket for ticket in operator.tickets if _holds(ticket, event_id)]
        waiting = [ticket for ticket in concerned if _is_rolling_back(operator, ticket)]
        results = {**operator.results, event_id: result}
        decided = [
            (ticket, verdict)
            for ticket in concerned
            if ticket.status is Status.OPEN and (verdict := outcome.decide(ticket, results))
        ]
        operator.outbox.require_room(2 * len(decided))
        operator.results[event_id] = result
        for ticket in waiting:
            ticket.settle_again = True
        return [call for ticket, verdict in decided for call in self.settle(operator, ticket, verdict, cause)]

    def refund(self, operator: Operator, ticket: Ticket, reason: str, cause: str) -> list[OutgoingCall]:
        """End a ticket without a result; its money goes back (BS-ASM-054, BS-ASM-093).

        :raises Rejection: it is neither open nor reserved
        :raises mockserver.kernel.outbox.OutboxFull: no room for the call; nothing has changed
        """
        operator.outbox.require_room()
        change(operator, ticket, Step.REFUND, "only an `open` or `reserved` one can be refunded")
        ticket.result = Result.VOID
        document = actions.about_with_reason(Action.REFUND, ticket, reason)
        return [operator.outbox.put(Action.REFUND, document, subject=ticket.id, cause=cause)]

    def discard(self, operator: Operator, ticket: Ticket, reason: str, cause: str) -> list[OutgoingCall]:
        """Give a reserved ticket up, as after a reservation that the platform did not answer (BS-ASM-046).

        :raises Rejection: it is not reserved
        :raises mockserver.kernel.outbox.OutboxFull: no room for the call; nothing has changed
        """
        operator.outbox.require_room()
        change(operator, ticket, Step.DISCARD, "only a `reserved` one can be discarded")
        ticket.result = Result.VOID
        document = actions.about_with_reason(Action.DISCARD, ticket, reason)
        return [operator.outbox.put(Action.DISCARD, document, subject=ticket.id, cause=cause)]

    def rollback(self, operator: Operator, ticket: Ticket, reason: str, cause: str) -> list[OutgoingCall]:
        """Have a result withdrawn. The ticket is open again once the platform has acknowledged it; until then
        it keeps its result, and a closing that is due waits (BS-ASM-091, BS-ASM-092). One that is still
        calculated is open again at once, and so is one whose result was dropped from the outbox: the platform
        is taken not to have heard of it.

        :raises Rejection: it has no result, or that is being withdrawn already
        :raises mockserver.kernel.outbox.OutboxFull: no room for the call; nothing has changed
        """
        if why := _why_not_rolled_back(operator, ticket):
            raise Rejection(Refusal.WRONG_STATE, f"ticket {ticket.id} is `{ticket.status}`, {why}")
        if ticket.status is Status.CALCULATING:
            self._stop_calculating(operator, ticket)
            return []
        if ticket.acknowledged is None and not operator.outbox.unfinished(ticket.id):
            self._reopen(operator, ticket, cause)
            return []
        document = actions.about_with_reason(Action.ROLLBACK, ticket, reason)
        call = operator.outbox.put(Action.ROLLBACK, document, subject=ticket.id, cause=cause)
        operator.timekeeper.cancel(CLOSE, ticket.id)
        return [call]

    def rollback_event(
        self, operator: Operator, event_id: int, reason: str, cause: str
    ) -> list[OutgoingCall]:
        """Withdraw the result of an event, and with it those of its tickets.

        :raises Rejection: the event has none
        :raises mockserver.kernel.outbox.OutboxFull: no room for the calls; nothing has changed
        """
        if event_id not in operator.results:
            raise Rejection(Refusal.WRONG_STATE, f"event {event_id} has no result to withdraw")
        concerned = [
            ticket
            for ticket in operator.tickets
            if _holds(ticket, event_id) and _why_not_rolled_back(operator, ticket) is None
        ]
        operator.outbox.require_room(len(concerned))
        del operator.results[event_id]
        return [call for ticket in concerned for call in self.rollback(operator, ticket, reason, cause)]

    def update(self, operator: Operator, ticket: Ticket, gross_payout: int, cause: str) -> list[OutgoingCall]:
        """Change what a jackpot would pay (BS-ASM-096).

        :param gross_payout: cents, before withholding tax
        :raises Rejection: it is no jackpot, or neither open nor reserved
        :raises mockserver.kernel.outbox.OutboxFull: no room for the call; nothing has changed
        """
        if ticket.request.type is not TicketType.JACKPOT:
            raise Rejection(Refusal.WRONG_STATE, f"ticket {ticket.id} is a {ticket.request.type}, no jackpot")
        operator.outbox.require_room()
        change(operator, ticket, Step.UPDATE, "only an `open` or `reserved` one can be updated")
        ticket.offered = ticket.amounts = outcome.paid(ticket, gross_payout).amounts
        return [
            operator.outbox.put(Action.UPDATE, actions.ticket_update(ticket), subject=ticket.id, cause=cause)
        ]

    def attach(self, operator: Operator) -> None:
        """Have the operator's timers result and close its tickets."""
        operator.timekeeper.on(RESULT, lambda ticket_id: self._calculated(operator, ticket_id))
        operator.timekeeper.on(CLOSE, lambda ticket_id: self._close(operator, ticket_id))

    def ended(self, operator: Operator, call: OutgoingCall) -> None:
        """What the end of a call means to its ticket.

        An acknowledged creation or reservation opens or reserves it, one that failed cancels and discards it.
        An acknowledged result starts the 24 hours. An acknowledged rollback opens the ticket again, one that
        is given up lets it close after all.
        """
        ticket = operator.tickets.find(call.subject) if call.subject else None
        if ticket is None:
            return
        if ticket.status is Status.NEW and call.action in _PLACED:
            self._place(operator, ticket, call)
        elif call.action in _ENDS and call.state is CallState.SENT:
            ticket.acknowledged = operator.clock.now()
            self._plan_closing(operator, ticket)
        elif call.action == Action.ROLLBACK and call.state is CallState.SENT:
            self._reopen(operator, ticket, call.cause)
        elif call.action == Action.ROLLBACK and call.state is CallState.DROPPED:
            ticket.settle_again = False
            self._plan_closing(operator, ticket, besides=call)

    def _place(self, operator: Operator, ticket: Ticket, call: OutgoingCall) -> None:
        if call.state is CallState.SENT:
            change(operator, ticket, _PLACED[Action(call.action)], "it can't be booked")
            if call.action == Action.CREATE:
                operator.outbox.start(self.catch_up(operator, ticket, call.cause))
            return
        change(operator, ticket, Step.FAIL, "it can't fail")
        ticket.result = Result.VOID  # BS-ASM-046
        reason = reasons.REFUSED if call.tries and call.tries[-1].status else reasons.NO_ANSWER
        document = actions.about_with_reason(Action.DISCARD, ticket, reason)
        discard = operator.outbox.put(
            Action.DISCARD, document, subject=ticket.id, cause=call.cause, urgent=True
        )
        operator.outbox.start([discard])

    def _settle(
        self, operator: Operator, ticket: Ticket, verdict: Verdict, cause: str | None
    ) -> list[OutgoingCall]:
        change(operator, ticket, Step.SETTLE, "only an `open` one can be settled")
        ticket.verdict = verdict
        seconds = operator.settings["calculating_seconds"]
        if not seconds:
            return self._result(operator, ticket, cause)
        operator.timekeeper.set_timer(operator.clock.now() + timedelta(seconds=seconds), RESULT, ticket.id)
        return []

    def _result(self, operator: Operator, ticket: Ticket, cause: str | None) -> list[OutgoingCall]:
        verdict, ticket.verdict = ticket.verdict, None
        if verdict is None:
            raise AssertionError("a ticket that is calculated has a verdict")
        change(operator, ticket, Step.RESULT, "only one that is calculated can be resulted")
        ticket.result, ticket.amounts, ticket.was_resulted = verdict.result, verdict.amounts, True
        action, document = _CALL_OF[ticket.result](ticket)
        call = operator.outbox.put(action, document, subject=ticket.id, cause=cause, urgent=True)
        return [call, *text_about(operator, ticket, cause)]

    def _stop_calculating(self, operator: Operator, ticket: Ticket) -> None:
        change(operator, ticket, Step.ROLLBACK, "only one with a result can be rolled back")
        operator.timekeeper.cancel(RESULT, ticket.id)
        ticket.verdict = None

    def _reopen(self, operator: Operator, ticket: Ticket, cause: str | None) -> None:
        change(operator, ticket, Step.ROLLBACK, "only one with a result can be rolled back")
        ticket.result, ticket.amounts, ticket.acknowledged = Result.PENDING, ticket.offered, None
        ticket.was_resulted = False
        again, ticket.settle_again = ticket.settle_again, False
        if again and (verdict := outcome.decide(ticket, operator.results)):
            operator.outbox.start(self._settle(operator, ticket, verdict, cause))

    def _plan_closing(self, operator: Operator, ticket: Ticket, besides: OutgoingCall | None = None) -> None:
        """Set the timer, unless the result is being withdrawn."""
        ended = ticket.status in (Status.RESULTED, Status.CANCELLED)
        if ended and ticket.acknowledged and not _is_rolling_back(operator, ticket, besides):
            operator.timekeeper.cancel(CLOSE, ticket.id)
            operator.timekeeper.set_timer(ticket.acknowledged + _UNTIL_CLOSED, CLOSE, ticket.id)

    async def _calculated(self, operator: Operator, ticket_id: str) -> str:
        ticket = operator.tickets.find(ticket_id)
        if ticket is None or ticket.status is not Status.CALCULATING:
            return "not calculated any more"
        await operator.outbox.tell_all(self._result(operator, ticket, cause=None))
        return f"resulted: {ticket.result}"

    async def _close(self, operator: Operator, ticket_id: str) -> str:
        ticket = operator.tickets.find(ticket_id)
        if ticket is None or ticket.acknowledged is None:
            return "not to be closed any more"
        change(operator, ticket, Step.CLOSE, "it can't be closed")
        document = actions.about(Action.CLOSED, ticket)
        call = operator.outbox.put(Action.CLOSED, document, subject=ticket.id, urgent=True)
        await operator.outbox.tell_all([call])
        return f"{call.action}: {call.state}"


def _holds(ticket: Ticket, event_id: int) -> bool:
    return any(event_id == event for event, _ in ticket.request.picks)


def _is_rolling_back(operator: Operator, ticket: Ticket, besides: OutgoingCall | None = None) -> bool:
    waiting: Iterable[OutgoingCall] = operator.outbox.unfinished(ticket.id)
    return any(call.action == Action.ROLLBACK and call is not besides for call in waiting)


def _why_not_rolled_back(operator: Operator, ticket: Ticket) -> str | None:
    """Why a ticket's result can't be withdrawn now; ``None`` if it can."""
    if (ticket.status, Step.ROLLBACK) not in TRANSITIONS:
        return "only one with a result can be rolled back"
    if ticket.status is not Status.CALCULATING and not ticket.was_resulted:
        return "and was refunded; no rollback follows a refund"
    if _is_rolling_back(operator, ticket):
        return "and its result is being withdrawn already"
    return None
