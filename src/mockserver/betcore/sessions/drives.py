"""What can be made to happen between BETCORE and a game provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mockserver.betcore.provider import actions, play
from mockserver.betcore.provider.actions import Action
from mockserver.betcore.provider.model import Launched, Round
from mockserver.betcore.provider.states import State
from mockserver.betcore.sessions import launches, seeds
from mockserver.betcore.sessions.model import Mode, Provider
from mockserver.kernel.control import ControlRefusal, Drive, Problem
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.settings import nearest
from mockserver.kernel.transitions import IllegalTransition

Fields = Mapping[str, Any]
Happens = Callable[[Provider, Fields, str], Awaitable[list[OutgoingCall]]]

_NAME = {"type": "string", "minLength": 1, "maxLength": 200}
_SESSION = _NAME | {"description": "Id of a session that is launched"}
_AMOUNT = {
    "type": "string",
    "pattern": r"^[0-9]{1,20}(\.[0-9]{1,8})?$",
    "description": "Decimal text, in units of the session's currency",
}
_BET = _NAME | {"description": "Id of the bet of a round"}
_WIN = _AMOUNT | {"description": "What the bet wins, decimal text; 0 is a loss (default)"}


async def _games(provider: Provider, _fields: Fields, cause: str) -> list[OutgoingCall]:
    call = provider.outbox.put(Action.LIST_GAMES, actions.NO_BODY, cause=cause)
    return [await provider.outbox.send(call.id)]


async def _launch(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    player = provider.players.find(fields["player"])
    if player is None:
        raise ControlRefusal(
            Problem.NOT_FOUND, f"provider `{provider.name}` has no player `{fields['player'][:40]}`"
        )
    game = fields.get("game", seeds.STANDARD_GAME)
    wish = launches.Wish(
        id=fields.get("session"),
        user_id=player.id,
        currency=player.currency,
        game_id=str(game),
        mode=Mode(fields.get("mode", Mode.REAL)),
        language=fields.get("language", "en"),
        min_bet=Decimal(fields.get("min_bet", provider.settings["min_bet"])),
        max_bet=Decimal(fields.get("max_bet", provider.settings["max_bet"])),
    )
    try:
        call = launches.launch(provider, wish, cause)
    except launches.SessionTaken as error:
        raise ControlRefusal(Problem.CONFLICT, f"session: {error}") from None
    return [await provider.outbox.send(call.id)]


async def _balance(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    session = _session(provider, fields)
    call = provider.outbox.put(Action.GET_BALANCE, actions.NO_BODY, subject=session.session_id, cause=cause)
    return [await provider.outbox.send(call.id)]


async def _play(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    """A whole round, as far as it gets."""
    if fields.get("way") == "pay_in_out":
        calls = await _pay_in_out(provider, fields, cause)
        done = State.SETTLED
    else:
        calls = await _pay_in(provider, fields, cause)
        done = State.OPEN
    it = provider.studio.rounds.get(calls[0].subject or "")
    if it is None or it.state is not done:  # its player may have been reset in the meantime
        return calls
    if fields.get("cancelled", False):
        return [*calls, await play.cancel(provider, it, cause)]
    if done is State.OPEN:
        return [*calls, await play.settle(provider, it, _win(fields), cause)]
    return calls


async def _pay_in(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    it = play.new_round(provider, _session(provider, fields), Decimal(fields.get("stake", "1")))
    return await play.register(provider, it, Action.PAY_IN, actions.pay_in(it), cause)


async def _pay_in_out(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    session = _session(provider, fields)
    if play.is_crash(session):
        raise ControlRefusal(
            Problem.CONFLICT, f"game `{session.game_id}` is a crash game: nobody knows its result at once"
        )
    it = play.new_round(provider, session, Decimal(fields.get("stake", "1")))
    document = actions.pay_in_out(it, _win(fields))
    return await play.register(provider, it, Action.PAY_IN_OUT, document, cause)


async def _pay_out(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    return [await play.settle(provider, _round(provider, fields), _win(fields), cause)]


async def _refund(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
    return [await play.cancel(provider, _round(provider, fields), cause)]


def _built_in(happens: Happens) -> Happens:
    """What only the built-in provider does.

    :raises ControlRefusal: the provider has an API of its own, or the round is in another state
    """

    async def run(provider: Provider, fields: Fields, cause: str) -> list[OutgoingCall]:
        if (url := provider.settings["provider_url"]) is not None:
            raise ControlRefusal(
                Problem.CONFLICT, f"the provider at {url} plays by itself; its players call BETCORE"
            )
        try:
            return await happens(provider, fields, cause)
        except IllegalTransition as error:
            raise ControlRefusal(Problem.CONFLICT, f"the round does not allow it: {error}") from None

    return run


def _session(provider: Provider, fields: Fields) -> Launched:
    known = provider.studio.launched
    name = fields["session"]
    if name not in known:
        raise ControlRefusal(
            Problem.NOT_FOUND, f"no session `{name[:40]}` was launched here; {nearest(name, known)}"
        )
    return known[name]


def _round(provider: Provider, fields: Fields) -> Round:
    known = provider.studio.rounds
    if fields["bet"] not in known:
        raise ControlRefusal(Problem.NOT_FOUND, f"the provider played no bet `{fields['bet'][:40]}`")
    return known[fields["bet"]]


def _win(fields: Fields) -> Decimal:
    return Decimal(fields.get("win", "0"))


DRIVES: Mapping[str, Drive] = MappingProxyType(
    {
        "games": Drive("Let BETCORE list the provider's games.", {}, run=_games, asks=True),
        "launch": Drive(
            "Let BETCORE launch a session for a player; one that is there already is launched again.",
            {
                "player": _NAME | {"description": "Id of a player"},
                "game": {
                    "anyOf": [_NAME, {"type": "integer"}],
                    "description": f"Id of a game (default: {seeds.STANDARD_GAME})",
                },
                "mode": {"enum": [mode.value for mode in Mode], "description": "Default: real"},
                "session": _NAME | {"description": "Id of the session (default: made up)"},
                "language": {"type": "string", "minLength": 2, "maxLength": 10, "description": "Default: en"},
                "min_bet": _AMOUNT | {"description": "Default: the setting of this name"},
                "max_bet": _AMOUNT | {"description": "Default: the setting of this name"},
            },
            ("player",),
            run=_launch,
        ),
        "balance": Drive(
            "Let the built-in provider read the balance of a session.",
            {"session": _SESSION},
            ("session",),
            run=_built_in(_balance),
            asks=True,
        ),
        "play": Drive(
            "Let a player of the built-in provider play a round: the stake is paid in, and what it wins is "
            "paid out, or all of it in one call; a round that is cancelled is refunded.",
            {
                "session": _SESSION,
                "stake": _AMOUNT | {"description": "Decimal text (default: 1)"},
                "win": _WIN,
                "way": {"enum": ["pay_in", "pay_in_out"], "description": "Default: pay_in"},
                "cancelled": {"type": "boolean", "description": "Whether the draw fails"},
            },
            ("session",),
            run=_built_in(_play),
        ),
        "pay_in": Drive(
            "Let the built-in provider register a bet, whose outcome is open.",
            {"session": _SESSION, "stake": _AMOUNT},
            ("session", "stake"),
            run=_built_in(_pay_in),
        ),
        "pay_out": Drive(
            "Let the built-in provider settle a bet that it registered.",
            {"bet": _BET, "win": _WIN},
            ("bet",),
            run=_built_in(_pay_out),
        ),
        "pay_in_out": Drive(
            "Let the built-in provider register a bet and settle it at once.",
            {"session": _SESSION, "stake": _AMOUNT, "win": _WIN},
            ("session", "stake"),
            run=_built_in(_pay_in_out),
        ),
        "refund": Drive(
            "Let the built-in provider refund a bet that it registered.",
            {"bet": _BET},
            ("bet",),
            run=_built_in(_refund),
        ),
    }
)
