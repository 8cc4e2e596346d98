"""What the control plane can make happen to the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockserver.betcore.feed.course import Plan
from mockserver.betcore.feed.game_types import GameType
from mockserver.betcore.feed.rounds import GameRunning, play
from mockserver.kernel.control import ControlRefusal, Drive, Problem

if TYPE_CHECKING:
    from mockserver.betcore.model import PartnerClient
    from mockserver.kernel.outbox import OutgoingCall

_AT_ONCE = "at_once"


def _switch(description: str) -> dict[str, Any]:
    return {"type": "boolean", "default": False, "description": description}


def _seconds(default: int, least: int, description: str) -> dict[str, Any]:
    return {
        "type": "integer",
        "minimum": least,
        "maximum": 86_400,
        "default": default,
        "description": description,
    }


async def _play(client: PartnerClient, fields: Mapping[str, Any], _cause: str) -> list[OutgoingCall]:
    plan = {name: value for name, value in fields.items() if name not in ("game_type", _AT_ONCE)}
    try:
        play(client, GameType(fields["game_type"]), Plan(**plan), at_once=fields.get(_AT_ONCE, False))
    except GameRunning as error:
        raise ControlRefusal(Problem.CONFLICT, str(error)) from None
    return []


_TIMES = Plan()

ROUND = Drive(
    "Play the game of the feed that waits, in the tenant's time.",
    {
        "game_type": {
            "type": "integer",
            "enum": [kind.value for kind in GameType],
            "description": "3 is Poker",
        },
        "review": _switch("Let its result be reviewed"),
        "cancelled": _switch("Cancel it: in its last round, or as the outcome of the review"),
        _AT_ONCE: _switch("Let it be over at once, whatever the times"),
        "betting_seconds": _seconds(_TIMES.betting_seconds, 0, "How long bets are taken"),
        "action_seconds": _seconds(_TIMES.action_seconds, 0, "Length of each of the four rounds"),
        "result_seconds": _seconds(
            _TIMES.result_seconds, 1, "How long a result, a review and a cancellation are shown"
        ),
    },
    ("game_type",),
    run=_play,
)
"""The drive ``round`` of a partner client."""
