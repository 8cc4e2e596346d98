"""How the built-in provider plays: it has BETCORE take stakes and pay wins, and behaves as one live provider
does when an answer is missing or strange (observed in public code; BC-ASM-122)."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, auto
from types import MappingProxyType

from mockserver.betcore.provider import actions
from mockserver.betcore.provider.actions import Action
from mockserver.betcore.provider.games import CRASH, GAMES
from mockserver.betcore.provider.model import Launched, Round
from mockserver.betcore.provider.states import TRANSITIONS, Event
from mockserver.betcore.sessions.model import Provider
from mockserver.kernel.outbox import UNFINISHED, CallState, OutgoingCall
from mockserver.kernel.transitions import next_state

MOST_TRIES = 6
"""Of an outcome or a refund; two at once, the others at the player's next launches."""

_BET_DIGITS = 32
_REGISTRATIONS = MappingProxyType({Action.PAY_IN: Event.REGISTERED, Action.PAY_IN_OUT: Event.BOOKED})
_OUTCOMES = frozenset({Action.PAY_OUT, Action.REFUND})


class Verdict(Enum):
    """What the provider makes of an answer to a registration."""

    REJECTED = auto()
    REPEAT = auto()
    UNKNOWN = auto()


_NO_WORD = frozenset({None, 99})


def verdict_on(code: int | None, *, tries: int, crash: bool) -> Verdict:
    """What follows from an answer that does not acknowledge a registration.

    :param code: its ``_responseCode``, if it has one
    :param tries: how many were made
    :param crash: whether it is a crash game, which has no time for a second try
    """
    if code in actions.FINAL_CODES:
        return Verdict.REJECTED
    if tries == 1 and not crash:
        return Verdict.REPEAT
    return Verdict.UNKNOWN if code in _NO_WORD else Verdict.REJECTED


def new_round(provider: Provider, session: Launched, stake: Decimal) -> Round:
    """A round that nobody has been told of.

    :raises mockserver.kernel.outbox.OutboxFull: nobody could be told
    """
    provider.outbox.require_room()
    made = Round(
        bet_id=uuid_text(provider.ids.hex(_BET_DIGITS)),
        round_id=uuid_text(provider.ids.hex(_BET_DIGITS)),
        session_id=session.session_id,
        user_id=session.user_id,
        stake=stake,
    )
    provider.studio.rounds[made.bet_id] = made
    return made


async def register(
    provider: Provider, it: Round, action: Action, document: bytes, cause: str
) -> list[OutgoingCall]:
    """Have a bet registered: repeated once where no final answer came, and refunded where it stays
    unknown whether it is registered.

    :returns: the calls that were made, the latest with what came of them
    """
    call = provider.outbox.put(action, document, subject=it.bet_id, cause=cause)
    crash = is_crash(provider.studio.launched.get(it.session_id))
    verdict = Verdict.REPEAT
    while verdict is Verdict.REPEAT and call.state in UNFINISHED:
        answer = await provider.outbox.tell(call)
        verdict = verdict_on(actions.code_in(answer), tries=len(call.tries), crash=crash)
    if call.state is CallState.SENT or verdict is Verdict.REPEAT:  # or dropped in the meantime
        return [call]
    if call.state in UNFINISHED:
        provider.outbox.give_up(call.id)  # a stake that was given up must not be taken later
    if verdict is Verdict.REJECTED:
        it.state = next_state(TRANSITIONS, it.state, Event.REJECTED)
        return [call]
    it.state = next_state(TRANSITIONS, it.state, Event.UNKNOWN)
    return [call, await _tell_outcome(provider, it, Action.REFUND, actions.refund(it), cause)]


async def settle(provider: Provider, it: Round, win: Decimal, cause: str) -> OutgoingCall:
    """Tell the outcome of a bet that is registered.

    :raises IllegalTransition: it is not, or has an outcome already
    """
    it.state = next_state(TRANSITIONS, it.state, Event.DRAWN)
    return await _tell_outcome(provider, it, Action.PAY_OUT, actions.pay_out(it, win), cause)


async def cancel(provider: Provider, it: Round, cause: str) -> OutgoingCall:
    """Give a bet up whose draw failed.

    :raises IllegalTransition: it is not registered
    """
    it.state = next_state(TRANSITIONS, it.state, Event.CANCELLED)
    return await _tell_outcome(provider, it, Action.REFUND, actions.refund(it), cause)


async def _tell_outcome(
    provider: Provider, it: Round, action: Action, document: bytes, cause: str
) -> OutgoingCall:
    """Tell it twice at most. What is not acknowledged then stays parked until the player's next launch."""
    call = provider.outbox.put(action, document, subject=it.bet_id, cause=cause, urgent=True)
    await provider.outbox.tell(call)
    if call.state is CallState.PARKED:
        await provider.outbox.tell(call)
    return call


def tell_late(provider: Provider, user_id: str) -> None:
    """Try again, without waiting for it, to tell the player's outcomes that BETCORE has not acknowledged."""
    rounds = provider.studio.rounds
    provider.outbox.retry(
        call
        for call in provider.outbox.calls()
        if call.state is CallState.PARKED
        and call.action in _OUTCOMES
        and len(call.tries) < MOST_TRIES
        and call.subject in rounds
        and rounds[call.subject].user_id == user_id
    )


def acknowledged(provider: Provider, call: OutgoingCall) -> None:
    """Take note that BETCORE acknowledged a call about a bet."""
    it = provider.studio.rounds.get(call.subject or "")
    if it is None:
        return
    action = Action(call.action)
    event = _REGISTRATIONS.get(action, Event.ACKNOWLEDGED)
    if (it.state, event) in TRANSITIONS:  # a call that was sent by hand may come when all is over
        it.state = TRANSITIONS[it.state, event]


def is_crash(session: Launched | None) -> bool:
    """Whether a session is in a crash game."""
    game = GAMES.get(session.game_id) if session else None
    return game is not None and game.category == CRASH


def uuid_text(digits: str) -> str:
    """32 hex digits as a UUID is written."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
