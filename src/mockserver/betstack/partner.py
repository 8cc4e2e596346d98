"""The bet engine's talk with an operator's platform: it asks who a player is, has a ticket booked, and
gives it up where that fails (source: betstack/pam-identify, betstack/pam-create, betstack/pam-discard)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import actions
from mockserver.betstack.action import Action
from mockserver.betstack.model import Identified, Operator
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.ticket import Ticket
from mockserver.betstack.wire import read_player, read_refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import OutboxFull, OutgoingCall
from mockserver.kernel.ports import OutgoingAnswer

_PASSED_ON: Mapping[str, frozenset[str]] = {
    Action.IDENTIFY: frozenset({Refusal.UNKNOWN_PLAYER}),
    Action.CREATE: frozenset({Refusal.UNKNOWN_PLAYER, Refusal.PLAYER_BLOCKED, Refusal.INSUFFICIENT_FUNDS}),
    Action.RESERVE: frozenset({Refusal.UNKNOWN_PLAYER, Refusal.PLAYER_BLOCKED}),
}
"""Refusals of the platform that the caller gets as they are (BS-ASM-044)."""

_FORBIDDEN = 403


class Partner:
    """An operator's platform, as the bet engine meets it.

    :param classes: the platform's error codes, with the class of refusal that each stands for
    """

    def __init__(self, classes: Mapping[int, str]) -> None:
        self._classes = classes

    async def identify(self, operator: Operator, token: str, cause: str) -> Identified:
        """Ask the platform whose token it is (BS-ASM-048).

        :raises Rejection: nobody's, or the platform refuses or does not answer
        """
        document = actions.identify(operator.name, token)
        attempt = await operator.outbox.ask(Action.IDENTIFY, document, cause=cause)
        answer = attempt.answer
        if attempt.made.failure is None and answer is not None:
            return Identified(*read_player(answer.body))
        if answer is not None and answer.status == _FORBIDDEN:  # the page's other way to say it (BS-ASM-080)
            raise Rejection(Refusal.UNKNOWN_PLAYER, f"identify: {attempt.made.failure}")
        raise self._refusal(Action.IDENTIFY, attempt.made.failure, answer)

    def announce(
        self, operator: Operator, ticket: Ticket, action: Action, document: bytes, cause: str
    ) -> OutgoingCall:
        """Queue the creation or reservation of a ticket.

        :raises Rejection: the outbox has no room, so that the platform can't be reached
        """
        try:
            return operator.outbox.put(action, document, subject=ticket.id, cause=cause)
        except OutboxFull as full:
            raise Rejection(Refusal.PLATFORM_UNREACHABLE, f"outbox: {full}") from None

    async def acknowledged(self, operator: Operator, call: OutgoingCall) -> None:
        """Send what was announced, once, and wait for the platform's word.

        :raises Rejection: the platform refuses or does not answer
        """
        answer = await operator.outbox.tell(call)
        if (failure := call.tries[-1].failure) is not None:
            raise self._refusal(Action(call.action), failure, answer)

    def _refusal(self, action: Action, failure: str | None, answer: OutgoingAnswer | None) -> Rejection:
        """What the caller gets for it (BS-ASM-044)."""
        reason = f"{action}: {failure}"
        if answer is None:
            return Rejection(Refusal.PLATFORM_UNREACHABLE, reason)
        refused = read_refusal(answer.body)
        meant = self._classes.get(refused[0]) if refused else None
        if answer.status != 200 and meant in _PASSED_ON[action]:
            return Rejection(Refusal(meant), reason)
        return Rejection(Refusal.PLATFORM_REFUSED, reason)
