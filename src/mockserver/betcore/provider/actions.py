"""What passes between BETCORE and a provider: the documents of the calls in both directions, their keys in
alphabetical order (BC-ASM-065), and what their answers say."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import Any

from mockserver.betcore.provider.model import Round
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.money import decimal_text
from mockserver.kernel.ports import OutgoingAnswer

_ODDS = Context(prec=60, rounding=ROUND_HALF_UP)
_ODDS_STEP = Decimal("0.00000001")


class Action(StrEnum):
    """Calls, by the ids of their operations."""

    LIST_GAMES = "listGames"
    LAUNCH_GAME = "launchGame"
    GET_BALANCE = "getBalance"
    PAY_IN = "payIn"
    PAY_OUT = "payOut"
    PAY_IN_OUT = "payInOut"
    REFUND = "refundBet"


NO_BODY = b""
FINAL_CODES = range(2, 9)
"""``_responseCode`` of refusals that stand, whatever they mean (BC-ASM-070)."""


def pay_in(it: Round) -> bytes:
    """The stake of a bet."""
    return _sorted(_bet(it) | {"betAmount": decimal_text(it.stake)})


def pay_out(it: Round, win: Decimal) -> bytes:
    """The outcome of a bet; a win of 0 is a loss."""
    return _sorted(_bet(it) | _won(it, win))


def pay_in_out(it: Round, win: Decimal) -> bytes:
    """Stake and outcome at once."""
    return _sorted(_bet(it) | {"betAmount": decimal_text(it.stake)} | _won(it, win))


def refund(it: Round) -> bytes:
    """A bet that is given up; its id alone."""
    return dump({"betId": it.bet_id})


def launch(fields: dict[str, Any]) -> bytes:
    """A session to be launched, numbers as numbers."""
    return _sorted(fields)


def code_in(answer: OutgoingAnswer | None) -> int | None:
    """The ``_responseCode`` of an answer; ``None`` where there is none. Success needs HTTP 200."""
    document = None if answer is None else _object_in(answer.body)
    code = document.get("_responseCode") if document else None
    if answer is None or isinstance(code, bool) or not isinstance(code, int):
        return None
    return None if code == 1 and answer.status != 200 else code


def _object_in(body: bytes) -> dict[str, Any] | None:
    try:
        document = parse(body)
    except JsonInvalid:
        return None
    return document if isinstance(document, dict) else None


def _bet(it: Round) -> dict[str, Any]:
    return {"betId": it.bet_id, "gameRoundId": it.round_id, "sessionId": it.session_id}


def _won(it: Round, win: Decimal) -> dict[str, Any]:
    """The win, and for one the coefficient, rounded to 8 digits."""
    won = {"winAmount": decimal_text(win)}
    if not win or not it.stake:
        return won
    odds = _ODDS.divide(win, it.stake).quantize(_ODDS_STEP, context=_ODDS)
    return won | {"winOdd": decimal_text(odds)}


def _sorted(document: dict[str, Any]) -> bytes:
    return dump(dict(sorted(document.items())))
