"""What can be made to happen to an operator, its tickets and the events that they are on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.betstack import actions, outcome, reasons
from mockserver.betstack.action import Action, Notification
from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.service import TicketDesk
from mockserver.betstack.settlement import Settlement
from mockserver.betstack.states import Result
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.control import ControlRefusal, Drive, Problem
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.tenant_settings import HIGHEST_PAYOUT

Fields = Mapping[str, Any]
Happens = Callable[[Operator, Fields, str], list[OutgoingCall]]
"""Takes the operator, the fields and the cause; queues the calls that it returns."""

_TICKET = {"type": "string", "minLength": 1, "description": "Id or code of a ticket"}
_EVENT = {"type": "integer", "description": "Id of an event"}
_EVENTS = {"type": "array", "items": {"type": "integer"}, "description": "Ids of events"}
_BETS = {"type": "array", "items": {"type": "integer"}, "description": "Ids of the event's bets"}
_CENTS = {"type": "integer", "minimum": 0, "maximum": HIGHEST_PAYOUT, "description": "Cents"}
_PAYOUT = _CENTS | {"minimum": 1}
_REASON = {"type": "string", "minLength": 1, "maxLength": 500}
_MSISDN = {"type": "string", "pattern": r"^\+?[0-9]{5,15}$", "description": "Phone number"}
_CODE = {"type": "string", "minLength": 1, "maxLength": 20, "description": "What the text tells"}
_PLAYER = {"type": "string", "minLength": 1, "description": "Id of a player, who has the number"}
_RESULT = {"enum": [Result.WON.value, Result.LOST.value, Result.VOID.value]}

_OTP_DIGITS = 4


def drives(desk: TicketDesk, settlement: Settlement) -> Mapping[str, Drive]:
    """Everything that can be driven, by name."""

    def ticket_of(operator: Operator, fields: Fields) -> Ticket:
        return desk.read(operator, fields["ticket"])

    def settle(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        ticket = ticket_of(operator, fields)
        void_events = frozenset(fields.get("void_events", ()))
        verdict = outcome.given(ticket, Result(fields["result"]), void_events, fields.get("gross_payout"))
        return settlement.settle(operator, ticket, verdict, cause)

    def settle_event(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        event = desk.event(fields["event"])
        if not fields.keys() & {"won", "void", "abandoned"}:
            raise ControlRefusal(
                Problem.INVALID, "say which bets are `won` or `void` (`won: []` for none), or `abandoned`"
            )
        result = outcome.of_event(
            event,
            won=frozenset(fields.get("won", ())),
            void=frozenset(fields.get("void", ())),
            abandoned=fields.get("abandoned", False),
        )
        return settlement.settle_event(operator, event.id, result, cause)

    def cash_out(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        ticket = ticket_of(operator, fields)
        return settlement.settle(operator, ticket, outcome.cashed_out(ticket, fields["amount"]), cause)

    def update(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        return settlement.update(operator, ticket_of(operator, fields), fields["gross_payout"], cause)

    def rollback_event(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        reason = fields.get("reason", reasons.CORRECTED)
        return settlement.rollback_event(operator, fields["event"], reason, cause)

    def with_reason(
        step: Callable[[Operator, Ticket, str, str], list[OutgoingCall]], default: str
    ) -> Happens:
        def happens(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
            return step(operator, ticket_of(operator, fields), fields.get("reason", default), cause)

        return happens

    ticket_and_reason = {"ticket": _TICKET, "reason": _REASON}
    refund = with_reason(settlement.refund, reasons.CANCELLED)
    return MappingProxyType(
        {
            "ping": Drive("Ping the operator's platform.", {}, run=_run(_ping)),
            "settle": Drive(
                "Result an open ticket: won, lost or void. What is won follows from its odds, without those "
                "of the events in `void_events`; of a superbet or jackpot it can be given.",
                {"ticket": _TICKET, "result": _RESULT, "void_events": _EVENTS, "gross_payout": _CENTS},
                ("ticket", "result"),
                run=_run(settle),
            ),
            "settle_event": Drive(
                "End an event: the bets that won, those that are void, all others lost; or abandoned, so "
                "that all are void. Every open ticket that this decides is resulted.",
                {"event": _EVENT, "won": _BETS, "void": _BETS, "abandoned": {"type": "boolean"}},
                ("event",),
                run=_run(settle_event),
            ),
            "cash_out": Drive(
                "Let a player take an amount for an open ticket.",
                {"ticket": _TICKET, "amount": _CENTS},
                ("ticket", "amount"),
                run=_run(cash_out),
            ),
            "refund": Drive(
                "End an open or reserved ticket without a result; its money goes back.",
                ticket_and_reason,
                ("ticket",),
                run=_run(refund),
            ),
            "decline": Drive(
                "Decline an open or reserved ticket: its money goes back, as by `refund`.",
                ticket_and_reason,
                ("ticket",),
                run=_run(refund),
            ),
            "rollback": Drive(
                "Withdraw a ticket's result; once that is acknowledged the ticket is open again.",
                ticket_and_reason,
                ("ticket",),
                run=_run(with_reason(settlement.rollback, reasons.CORRECTED)),
            ),
            "rollback_event": Drive(
                "Withdraw the result of an event, and those of the tickets that are on it.",
                {"event": _EVENT, "reason": _REASON},
                ("event",),
                run=_run(rollback_event),
            ),
            "update": Drive(
                "Change what an open or reserved jackpot would pay.",
                {"ticket": _TICKET, "gross_payout": _PAYOUT},
                ("ticket", "gross_payout"),
                run=_run(update),
            ),
            "discard": Drive(
                "Give a reserved ticket up and tell the operator's platform, as after a reservation "
                "that it did not answer.",
                ticket_and_reason,
                ("ticket",),
                run=_run(with_reason(settlement.discard, reasons.GIVEN_UP)),
            ),
            "otp": Drive(
                "Have a one-time password sent to a player, or to a number.",
                {"player": _PLAYER, "msisdn": _MSISDN, "code": _CODE},
                run=_run(_otp),
            ),
            "bet_result": Drive(
                "Not supported by Betstack: text the result of one bet.", {}, run=_run(_bet_result)
            ),
        }
    )


def _run(happens: Happens) -> Callable[[Operator, Fields, str], Awaitable[list[OutgoingCall]]]:
    """What happens at once, and then the first try of each call that it brought about."""

    async def run(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
        try:
            calls = happens(operator, fields, cause)
        except Rejection as rejection:
            problem = _PROBLEMS.get(rejection.refusal, Problem.CONFLICT)
            raise ControlRefusal(problem, rejection.reason) from None
        except outcome.ImpossibleResult as error:
            raise ControlRefusal(Problem.INVALID, str(error)) from None
        await operator.outbox.tell_all(calls)
        return calls

    return run


_PROBLEMS: Mapping[str, Problem] = {
    Refusal.UNKNOWN_TICKET: Problem.NOT_FOUND,
    Refusal.UNKNOWN_EVENT: Problem.NOT_FOUND,
}


def _ping(operator: Operator, _fields: Fields, cause: str) -> list[OutgoingCall]:
    return [operator.outbox.put(Action.PING, actions.ping(), cause=cause)]


def _otp(operator: Operator, fields: Fields, cause: str) -> list[OutgoingCall]:
    if not fields.keys() & {"player", "msisdn"}:
        raise ControlRefusal(Problem.INVALID, "say which `player` or `msisdn` gets the password")
    player = operator.players.find(fields.get("player", ""))
    if "player" in fields and player is None:
        raise ControlRefusal(
            Problem.NOT_FOUND, f"operator `{operator.name}` has no player `{fields['player']}`"
        )
    msisdn = fields.get("msisdn") or (player and player.msisdn) or operator.settings["msisdn"]
    code = fields.get("code") or f"{int(operator.ids.hex(8), 16) % 10**_OTP_DIGITS:0{_OTP_DIGITS}}"
    return [operator.outbox.put(Notification.OTP, actions.otp(code, msisdn), cause=cause)]


def _bet_result(_operator: Operator, _fields: Fields, _cause: str) -> list[OutgoingCall]:
    """Source: betstack/sms-bet-result.

    :raises ControlRefusal: always
    """
    raise ControlRefusal(
        Problem.NOT_SUPPORTED, "Betstack does not send `bet_result`: its page is titled not supported"
    )
