"""How BETCORE launches sessions with a provider. A session is there before the provider is told of it, since
the provider may call back at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mockserver.betcore.provider import actions, play
from mockserver.betcore.provider.actions import Action
from mockserver.betcore.sessions.model import Mode, Provider, Session, SessionState
from mockserver.betcore.sessions.wire import number
from mockserver.kernel.ledger import Ledger
from mockserver.kernel.outbox import CallState, OutgoingCall
from mockserver.kernel.players import FUNDING

_SAMPLE: dict[str, Any] = {
    "buttonAmounts": [Decimal("0.5"), 1, 2, 5, 10, 25, 100, 250],
    "gameMargin": 5,
    "maxOdd": 100,
    "maxWin": 50_000,
    "viewType": "desktop",
}
"""What no setting says, with the values of public code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A session that is asked for; ``id`` is made up where it is ``None``."""

    id: str | None
    user_id: str
    currency: str
    game_id: str
    mode: Mode
    language: str
    min_bet: Decimal
    max_bet: Decimal


class SessionTaken(Exception):
    """The id is that of another session. The text is one line."""


def launch(provider: Provider, wish: Wish, cause: str) -> OutgoingCall:
    """Open a session and queue its launch; one that is there already is launched again.

    :raises SessionTaken: the id is that of a session of another user, game or mode
    :raises mockserver.kernel.outbox.OutboxFull: as many calls wait as may
    """
    provider.outbox.require_room()
    session = _reopened(provider, wish) or open_session(provider, wish, SessionState.LAUNCHING)
    return provider.outbox.put(
        Action.LAUNCH_GAME, _document(session, wish.language), subject=session.id, cause=cause
    )


def open_session(provider: Provider, wish: Wish, state: SessionState) -> Session:
    """Put a session into the books; in demo mode it gets its play money (BC-ASM-123)."""
    session = Session(
        id=wish.id or play.uuid_text(provider.ids.hex(32)),
        user_id=wish.user_id,
        game_id=wish.game_id,
        mode=wish.mode,
        currency=wish.currency,
        min_bet=wish.min_bet,
        max_bet=wish.max_bet,
        launched=provider.clock.now(),
        state=state,
    )
    provider.books.open(session)
    if session.mode is Mode.DEMO:
        _fund(provider.ledger, session.account, provider.settings["demo_balance"])
    return session


def ended(provider: Provider, call: OutgoingCall) -> None:
    """Take note that a call was acknowledged, refused, parked or dropped: a launch decides about its
    session, and a call about a bet about its round."""
    if call.action != Action.LAUNCH_GAME:
        if call.state is CallState.SENT:
            play.acknowledged(provider, call)
        return
    session = provider.books.session(call.subject or "")
    if session is None:
        return
    if call.state is CallState.SENT:
        session.state = SessionState.OPEN
    elif session.state is SessionState.LAUNCHING:
        session.state = SessionState.ENDED


def _reopened(provider: Provider, wish: Wish) -> Session | None:
    """The session that has the id already. One that has ended begins anew."""
    session = provider.books.session(wish.id) if wish.id else None
    if session is None:
        return None
    if (session.user_id, session.game_id, session.mode) != (wish.user_id, wish.game_id, wish.mode):
        raise SessionTaken(
            f"session `{session.id}` is one of user `{session.user_id}` in game `{session.game_id}`, "
            f"{session.mode}"
        )
    if session.is_over(provider.clock.now(), provider.session_life):
        session.state, session.launched = SessionState.LAUNCHING, provider.clock.now()
    return session


def _document(session: Session, language: str) -> bytes:
    return actions.launch(
        _SAMPLE
        | {
            "currency": session.currency,
            "gameMode": session.mode.value,
            "language": language,
            "maxBet": number(session.max_bet),
            "minBet": number(session.min_bet),
            "sessionId": session.id,
            "userId": session.user_id,
        }
    )


def _fund(ledger: Ledger, account: str, amount: Decimal) -> None:
    """Bring an account to an amount, by a posting."""
    missing = amount - ledger.balance(account)
    if missing > 0:
        ledger.post(FUNDING, account, missing, "play money")
    elif missing < 0:
        ledger.post(account, FUNDING, -missing, "play money")
