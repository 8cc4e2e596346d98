"""The provider's list of games, and what belongs to no operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.code_answer import Answer, number
from conformance.errors import Mismatch, NotApplicable
from conformance.game_provider import (
    GameProvider,
    games_in,
    must_be_launched,
    must_not_be_launched,
    written,
)
from conformance.oracle import provider as oracle

LAUNCHED: Final = 3
"""How many of the listed games are launched."""


@requirement("BC-GAM-001", "BC-GAM-002", "BC-GAM-003", safety="read")
def test_every_game_has_id_name_and_category(provider: GameProvider) -> None:
    """Every listed game has a gameId, a name and a gameCategory."""
    games = _listed(provider)
    for position, game in enumerate(games):
        if not written(game.get("gameId")):
            raise _lacks(position, "gameId", game.get("gameId"), "a number or a text")
        for name in ("name", "gameCategory"):
            if not isinstance(game.get(name), str) or not game[name]:
                raise _lacks(position, name, game.get(name), "a text")
    _control(provider)


@requirement("BC-GAM-001", "BC-GAM-005", safety="read")
def test_image_of_a_game_is_called_lobby_img_url(provider: GameProvider) -> None:
    """The list tells images of the games for the lobby, as addresses in lobbyImgUrl."""
    told = [game["lobbyImgUrl"] for game in _listed(provider) if "lobbyImgUrl" in game]
    if not told:
        raise Mismatch("no game of the list has lobbyImgUrl", expected="images for the lobby", actual="none")
    for address in told:
        if not isinstance(address, str) or not address:
            raise Mismatch(f"lobbyImgUrl: {shown(address)}", expected="an address", actual=shown(address))
    _control(provider)


@requirement("BC-GAM-004", safety="read")
def test_greatest_odds_are_a_number_or_absent(provider: GameProvider) -> None:
    """A game tells its greatest odds as a number in maxOdd, or has none."""
    for position, game in enumerate(_listed(provider)):
        if "maxOdd" in game and number(game["maxOdd"]) is None:
            raise _lacks(position, "maxOdd", game["maxOdd"], "a number, or no maxOdd at all")
    _control(provider)


@requirement("BC-GAM-006", safety="read")
def test_list_is_a_bare_array(provider: GameProvider) -> None:
    """The answer is a bare array of objects."""
    games = provider.ask().raw.value
    expect_equal("array", expected=True, actual=isinstance(games, list) and bool(games))
    expect_equal(
        "other members than objects", expected=0, actual=sum(not isinstance(one, dict) for one in games)
    )
    _control(provider)


@requirement("BC-GAM-007", safety="read")
def test_crash_game_has_no_greatest_odds(provider: GameProvider) -> None:
    """Each game has gameId, name and gameCategory, and a crash game no maxOdd."""
    games = _listed(provider)
    for position, game in enumerate(games):
        for name in oracle.GAME_FIELDS:
            if name not in game:
                raise _lacks(position, name, None, "a value")
    crash = [game for game in games if game["gameCategory"] == oracle.CRASH]
    _control(provider)
    if not crash:
        raise NotApplicable("the list has no crash game")
    expect_equal(
        "maxOdd of crash games", expected=[], actual=[one["maxOdd"] for one in crash if "maxOdd" in one]
    )


@requirement("BC-GAM-008", safety="creates")
def test_listed_games_can_be_launched(provider: GameProvider) -> None:
    """The id of a listed game, a number or a text as it is written, launches the game."""
    for game in _listed(provider)[:LAUNCHED]:
        found = written(game.get("gameId"))
        if not found:
            raise Mismatch("a game has no gameId", expected="an id", actual=shown(game))
        must_be_launched(provider.launch(provider.request(), game=found))
    with control("no id of the list"):
        answer = provider.launch(provider.request(), game=provider.new_id())
        must_not_be_launched(answer, "a launch of an unknown game")


@requirement("BC-GAM-009", safety="read")
def test_unknown_path_gets_404(provider: GameProvider) -> None:
    """An unknown path is answered with 404 and _responseCode 2."""
    provider.games()
    answer = Answer(provider.channel.call_outside("GET", "/nowhere", headers=provider.caller.headers()))
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(404)


@requirement("BC-GAM-009", safety="read")
def test_other_method_gets_405(provider: GameProvider) -> None:
    """A known path under another method is answered with 405, Allow and _responseCode 2."""
    provider.games()
    answer = Answer(provider.channel.call_outside("DELETE", "/games", headers=provider.caller.headers()))
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(405)
    expect_equal("GET in Allow", expected=True, actual="GET" in (answer.raw.header("Allow") or ""))


def _listed(provider: GameProvider) -> Sequence[Mapping[str, Any]]:
    """The games. Raises :exc:`Mismatch` where the answer is no list of any."""
    answer = provider.ask()
    games = games_in(answer)
    if not games:
        raise Mismatch(
            f"expected a list of games with HTTP 200, got {answer.raw.describe()}",
            expected="a list of games",
            actual=answer.raw.describe(),
        )
    return games


def _control(provider: GameProvider) -> None:
    """What answers everything with games has no list of them."""
    with control("another path has no games"):
        raw = provider.channel.call_outside("GET", "/games/nowhere/at-all", headers=provider.caller.headers())
        if raw.status is None or games_in(Answer(raw)):
            raise Mismatch(
                f"a path that does not exist got {raw.describe()}", expected="no list", actual=raw.describe()
            )


def _lacks(position: int, name: str, value: object, expected: str) -> Mismatch:
    return Mismatch(
        f"{name} of game {position + 1} of the list: {shown(value)}", expected=expected, actual=shown(value)
    )
