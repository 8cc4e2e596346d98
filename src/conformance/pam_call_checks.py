"""What calls to an operator's platform, and the sale that they belong to, must be to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.betstack import Answer, Betstack
from conformance.callback_sink import Reply
from conformance.client import RawAnswer
from conformance.errors import Hazard, Mismatch, Missing
from conformance.oracle import betstack as oracle
from conformance.played_pam import PamCall, Player, Watch
from conformance.ticket_checks import must_match, must_refuse, ticket_of


def selling(betstack: Betstack, operation: str, fields: Mapping[str, Any]) -> Callable[[], RawAnswer]:
    """A sale for :func:`conformance.client.simultaneously`."""
    return lambda: betstack.sell(operation, fields, paced=False).raw


def must_fail(betstack: Betstack, watch: Watch, operation: str, reply: Reply) -> Answer:
    """Sell a ticket that the platform does not take. Raises :exc:`Hazard` where money is lost by it.

    Raises :exc:`Missing` where the platform was not told of it at all.
    """
    watch = watch.afresh()
    action = oracle.ANNOUNCES[operation]
    with watch.pam.answering(action, reply):
        answer = betstack.sell(operation, betstack.cheap(betstack.reservation()))
    must_have_failed(betstack, watch, operation, answer, some_calls(watch, action)[0])
    return answer


def must_have_failed(betstack: Betstack, watch: Watch, operation: str, answer: Answer, call: PamCall) -> None:
    """Raise unless the sale failed that the platform was told of by ``call``, and the ticket was given up.

    :exc:`Hazard` where that costs money: a bet that is free, or a debit that nobody gives back.
    """
    creates = operation == "createTicket"
    trouble = Hazard if creates else Mismatch
    if answer.raw.status == 200:
        raise trouble(
            f"{operation} answers 200 although the platform did not take {call.action}"
            + (": the bet is free" if creates else ""),
            expected="a refusal",
            actual=answer.raw.describe(),
        )
    discard = watch.await_call("ticket_discard", ticket=call.ticket, seconds=betstack.callback_seconds)
    if discard is None:
        raise trouble(
            f"{call.action} of {call.ticket} was not taken, and no ticket_discard followed within "
            f"{betstack.callback_seconds:g} s" + (": what the platform took is lost" if creates else ""),
            expected=f"ticket_discard of {call.ticket}",
            actual=arrived(watch),
        )
    must_match("reason of ticket_discard", r"(?s).+", discard.data.get("reason"), "a reason")
    must_refuse(answer, f"{operation} that the platform did not take")


def sold(betstack: Betstack, operation: str, **changes: Any) -> dict[str, Any]:
    """A ticket that was created or reserved. Raises :exc:`Missing`."""
    fields = betstack.cheap(betstack.reservation(**changes))
    make = betstack.created_ticket if operation == "createTicket" else betstack.reserved
    return ticket_of(make(fields).answer)


def player_of(betstack: Betstack, pam: Watch) -> Player:
    """Whom the operator's token stands for. Raises :exc:`Missing`."""
    player = pam.pam.player(betstack.operator.token)
    if player is None:
        raise Missing("needs the player of [betstack.operator] token")
    return player


def the_call(watch: Watch, action: str, ticket: str) -> PamCall:
    """The call about the ticket. Raises :exc:`Missing` where none arrived."""
    calls = watch.calls(action, ticket=ticket)
    if not calls:
        raise Missing(f"needs {action} of ticket {ticket} at {watch.pam.url}: {arrived(watch)}")
    return calls[0]


def some_calls(watch: Watch, *actions: str) -> Sequence[PamCall]:
    """The calls with these actions. Raises :exc:`Missing` where one has none."""
    calls = watch.calls(*actions)
    for action in actions:
        if action not in [call.action for call in calls]:
            raise Missing(f"needs {action} at {watch.pam.url}: {arrived(watch)}")
    return calls


def calls_of_both(watch: Watch) -> Sequence[PamCall]:
    """What arrived for a creation and a reservation. Raises :exc:`Missing` where one of them was not told."""
    some_calls(watch, "ticket_create", "ticket_reserve")
    return watch.calls("identify", "ticket_create", "ticket_reserve")


def arrived(watch: Watch) -> str:
    """What arrived, on one line."""
    return "; ".join(call.describe() for call in watch.calls()) or "nothing arrived"
