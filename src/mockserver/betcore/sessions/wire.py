"""Between the documents of the sessions API and the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.betcore.sessions.model import Bet, Registration, Session
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.betcore.sessions.states import Event
from mockserver.kernel.errors import Rejection
from mockserver.kernel.moments import in_milliseconds
from mockserver.kernel.money import decimal_text

SUCCESS = 1
"""``_responseCode`` of what is done (source: betcore/balance)."""

_PLACES = 8
_DIGITS = 20


def refusal(code: int, _message: str, _details: Mapping[str, object]) -> dict[str, Any]:
    """Body of every refusal: the code alone (BC-ASM-070)."""
    return {"_responseCode": code}


def balance(currency: str, amount: Decimal) -> dict[str, Any]:
    """The balance of a session, members in the printed order."""
    return {"currency": currency} | booked(amount)


def booked(amount: Decimal) -> dict[str, Any]:
    """A balance after a call, a number (BC-ASM-068)."""
    return {"balance": number(amount), "_responseCode": SUCCESS}


def number(amount: Decimal) -> Decimal:
    """A decimal as JSON shows it: without trailing zeros."""
    return Decimal(decimal_text(amount))


def registration(method: Event, session_id: str, document: Mapping[str, Any]) -> Registration:
    """Read a pay-in or pay-in-out.

    :param session_id: as the path has it
    :raises Rejection: the body names another session, or an amount has too many digits
    """
    require_same_session(session_id, document)
    return Registration(
        method=method,
        session_id=session_id,
        bet_id=document["betId"],
        round_id=document["gameRoundId"],
        stake=amount(document, "betAmount"),
        win=amount(document, "winAmount") if method is Event.PAY_IN_OUT else None,
    )


def require_same_session(session_id: str, document: Mapping[str, Any]) -> None:
    """See to it that body and path name the same session (BC-ASM-083).

    :raises Rejection: they don't
    """
    if document["sessionId"] != session_id:
        raise Rejection(
            Refusal.INVALID_REQUEST,
            f"body: sessionId: is `{document['sessionId']}`, the path says `{session_id}`",
        )


def amount(document: Mapping[str, Any], name: str) -> Decimal:
    """Read an amount, text or number.

    :raises Rejection: it has more than 20 digits before the point or 8 after it (BC-ASM-068)
    """
    text = decimal_text(Decimal(document[name]))
    whole, _, fraction = text.partition(".")
    if len(whole) > _DIGITS or len(fraction) > _PLACES:
        raise Rejection(
            Refusal.INVALID_REQUEST,
            f"body: {name}: has more than {_DIGITS} digits before the point or {_PLACES} after it",
        )
    return Decimal(text)


def session(it: Session, balance: Decimal) -> dict[str, Any]:
    """A session as the control plane shows it."""
    return {
        "sessionId": it.id,
        "userId": it.user_id,
        "gameId": it.game_id,
        "gameMode": it.mode.value,
        "currency": it.currency,
        "minBet": decimal_text(it.min_bet),
        "maxBet": decimal_text(it.max_bet),
        "state": it.state.value,
        "launched": in_milliseconds(it.launched),
        "balance": decimal_text(balance),
    }


def bet(it: Bet) -> dict[str, Any]:
    """A bet as the control plane shows it; amounts are ``null`` where there are none."""
    asked = it.registration
    return {
        "betId": it.id,
        "userId": it.user_id,
        "state": it.state.value,
        "account": it.account,
        "method": asked.method.value if asked else None,
        "sessionId": asked.session_id if asked else None,
        "gameRoundId": asked.round_id if asked else None,
        "betAmount": decimal_text(asked.stake) if asked else None,
        "winAmount": None if it.win is None else decimal_text(it.win),
    }
