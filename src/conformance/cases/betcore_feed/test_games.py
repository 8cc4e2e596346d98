"""Games, translations and the jackpot, read with the token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from conformance.case import control, requirement
from conformance.errors import Mismatch, Missing
from conformance.feed import READS, Answer, Feed, bearer, foreign, must_be_let_in, must_hold
from conformance.games_info import is_number, is_whole
from conformance.hub import Hub
from conformance.oracle import feed as oracle

DOCUMENTED: Final = ("listTranslations", "getAccumulatedJackpot")
"""The documented methods that need no parameter."""

UNKNOWN_GAME: Final = 9_007_199_254_740_991

DECIMAL: Final = re.compile(r"\d{1,20}(\.\d{1,8})?")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*")

NOT_UNDERSTOOD: Final = (400, 422)
"""Statuses of one who reads the id from somewhere else than it was put."""


@requirement("BC-FED-001", safety="read", needs=("list",))
def test_game_is_read_by_its_id(feed: Feed) -> None:
    """A listed game is answered by its id; an id that no game has is not answered alike."""
    game = feed.game()
    answer = feed.info(game)
    if answer.raw.status in NOT_UNDERSTOOD:
        raise Missing(f"needs to know how the id travels: as query parameter it got {answer.raw.describe()}")
    answer.must_be(200)
    must_hold("answer", _mentions(answer.raw.value, game), expected=f"game {game}", actual=answer.raw.value)
    other = feed.info(UNKNOWN_GAME)
    if (other.raw.status, other.raw.value) == (answer.raw.status, answer.raw.value):
        raise Mismatch("an unknown id got the same answer", expected="another", actual=other.raw.describe())


@requirement("BC-FED-002", safety="read")
def test_translations_are_to_be_had(feed: Feed) -> None:
    """The translations of game types are answered at /games/types/translations."""
    _is_answered(feed, "listTranslations")


@requirement("BC-FED-003", safety="read")
def test_jackpot_is_to_be_had(feed: Feed) -> None:
    """The accumulated amount of the jackpot is answered at /jackpots/accumulated."""
    answer = _is_answered(feed, "getAccumulatedJackpot")
    amount = _mentions_an_amount(answer.raw.value)
    must_hold("answer", amount, expected="an amount", actual=answer.raw.value)


@requirement("BC-FED-004", safety="read")
def test_methods_have_the_base_path_of_the_token(feed: Feed) -> None:
    """The methods are answered below the base path of the token, and what is unknown there is not."""
    for operation in DOCUMENTED:
        feed.read(operation).must_be(200)
    game = feed.read("getGameInfo", query=[("id", str(UNKNOWN_GAME))])
    answered = game.raw.member("ErrorCode") == oracle.UNKNOWN_GAME or game.raw.status != 404
    must_hold("/games/info", answered, expected="an answer of the method", actual=game.raw.describe())
    unknown = feed.outside("GET", "/games/nothing")
    must_hold("an unknown path", unknown.raw.status == 404, expected="404", actual=unknown.raw.status)


@requirement("BC-FED-005", safety="read", needs=("list",))
def test_list_is_an_array_of_games(feed: Feed) -> None:
    """/games/list answers an array of games with i, t, ge and s, each of which can be read by its id."""
    answer = feed.read("listFeedGames").must_be(200)
    games = answer.raw.value
    full = isinstance(games, list) and len(games) > 0
    must_hold("answer", full, expected="an array of games", actual=games)
    for game in games:
        _is_game(game)
    _is_read_as_listed(feed, games)


@requirement("BC-FED-006", safety="read", needs=("list",))
def test_info_is_a_game_in_the_words_of_the_hub(feed: Feed) -> None:
    """/games/info?id= answers the game with this id, with at least i, t, ge and s."""
    game = feed.game()
    answer = feed.info(game).must_be(200)
    _is_game(answer.raw.value)
    must_hold("i", answer.raw.member("i") == game, expected=str(game), actual=answer.raw.member("i"))
    with control("an unknown id is not answered so"):
        other = feed.info(UNKNOWN_GAME)
        must_hold("status", other.raw.status != 200, expected="a refusal", actual=other.raw.status)


@requirement("BC-FED-006", safety="read", needs=("hub",))
def test_game_of_the_hub_is_the_game_of_the_method(feed: Feed, hub: Hub) -> None:
    """The game that the hub streams is read by its i, with the same t and ge, and a state no earlier."""
    info = hub.watched()[0]
    answer = feed.info(info.value("i")).must_be(200)
    for name in ("i", "t", "ge"):
        told = answer.raw.member(name)
        must_hold(name, told == info.value(name), expected=str(info.value(name)), actual=told)
    seen, told = info.value("s"), answer.raw.member("s")
    must_hold(
        "s", told == seen or told in oracle.LATER.get(seen, ()), expected=f"{seen} or later", actual=told
    )


@requirement("BC-FED-007", safety="read")
def test_translations_are_names_by_language(feed: Feed) -> None:
    """The translations are an array of game types t, each with an object of names by language."""
    answer = feed.read("listTranslations").must_be(200)
    with control("the methods are told apart"):
        _differs_from_others(feed, "listTranslations", answer)
    types = answer.raw.value
    must_hold("answer", isinstance(types, list) and bool(types), expected="an array of types", actual=types)
    for one in types:
        names = one.get("translations") if isinstance(one, dict) else None
        right = (
            isinstance(names, dict)
            and bool(names)
            and is_whole(one.get("t"))
            and all(LANGUAGE.fullmatch(language) for language in names)
            and all(isinstance(name, str) for name in names.values())
        )
        must_hold("a type", right, expected="t and names by language", actual=one)


@requirement("BC-FED-008", safety="read")
def test_jackpot_is_a_decimal_string(feed: Feed) -> None:
    """The jackpot has the decimal string Amount and, if any, a CurrencyCode of three capitals."""
    answer = feed.read("getAccumulatedJackpot").must_be(200)
    with control("the methods are told apart"):
        _differs_from_others(feed, "getAccumulatedJackpot", answer)
    amount, currency = answer.raw.member("Amount"), answer.raw.member("CurrencyCode")
    right = isinstance(amount, str) and DECIMAL.fullmatch(amount) is not None
    must_hold("Amount", right, expected="a decimal string", actual=amount)
    known = currency is None or (isinstance(currency, str) and CURRENCY.fullmatch(currency) is not None)
    must_hold("CurrencyCode", known, expected="three capitals", actual=currency)


@requirement("BC-FED-009", safety="read")
def test_call_without_a_good_token_is_refused(feed: Feed) -> None:
    """No token, one the feed did not issue, and one not given as Bearer are answered with 401 and 990050."""
    token = feed.token()
    for operation in READS:
        query = [("id", "1")] if operation == "getGameInfo" else []
        with control(f"{operation} with the token"):
            must_be_let_in(feed.read(operation, query=query))
        for purpose, authorization in (
            ("without a token", None),
            ("with a changed signature", bearer(foreign(token))),
            ("with a word for a token", bearer("none")),
            ("as Basic", f"Basic {token}"),
            ("without Bearer", token),
        ):
            with feed.channel.evidence.during(purpose):
                refused = feed.read(operation, query=query, authorization=authorization)
                refused.must_be(401, code=oracle.ACCESS_DENIED)


@requirement("BC-FED-011", safety="read", needs=("list",))
def test_id_that_is_no_whole_number_is_refused(feed: Feed) -> None:
    """An id that is missing, or no whole number above zero, is answered with 400 and 103752."""
    with control("the id of a listed game"):
        feed.info(feed.game()).must_be(200)
    feed.read("getGameInfo", query=[]).must_be(400, code=oracle.INVALID_REQUEST)
    for game in ("", "0", "-1", "1.5", "abc", "1e3x"):
        feed.info(game).must_be(400, code=oracle.INVALID_REQUEST)


@requirement("BC-FED-012", safety="read", needs=("list",))
def test_unknown_game_is_refused(feed: Feed) -> None:
    """An id that no game has is answered with 404 and 990052."""
    with control("the id of a listed game"):
        feed.info(feed.game()).must_be(200)
    feed.info(UNKNOWN_GAME).must_be(404, code=oracle.UNKNOWN_GAME)


@requirement("BC-FED-015", safety="read")
def test_unknown_paths_and_methods_are_refused(feed: Feed) -> None:
    """An unknown path is answered with 404, a wrong method with 405 and Allow, both with 103799."""
    with control("a known path"):
        feed.read("listTranslations").must_be(200)
    feed.outside("GET", "/games/nothing").must_be(404, code=oracle.GENERAL_ERROR)
    for method, path, allowed in (("POST", "/jackpots/accumulated", "GET"), ("GET", "/auth/token", "POST")):
        answer = feed.outside(method, path).must_be(405, code=oracle.GENERAL_ERROR)
        allow = [name.strip() for name in (answer.raw.header("Allow") or "").split(",")]
        must_hold("Allow", allowed in allow, expected=f"{allowed} among them", actual=", ".join(allow))


def _is_answered(feed: Feed, operation: str) -> Answer:
    """The method answers something of its own."""
    answer = feed.read(operation).must_be(200)
    must_hold(
        "answer", isinstance(answer.raw.value, dict | list), expected="JSON", actual=answer.raw.describe()
    )
    with control("the methods are told apart"):
        _differs_from_others(feed, operation, answer)
    return answer


def _differs_from_others(feed: Feed, operation: str, answer: Answer) -> None:
    for other in DOCUMENTED:
        if other != operation and feed.read(other).raw.value == answer.raw.value:
            raise Mismatch(
                f"{other} is answered alike", expected="other content", actual=answer.raw.describe()
            )


def _is_game(game: Any) -> None:
    must_hold("a game", isinstance(game, dict), expected="an object", actual=game)
    for name in oracle.REST_FIELDS:
        must_hold(name, is_whole(game.get(name)), expected="a whole number", actual=game.get(name))
    must_hold("s", game["s"] in oracle.STATES, expected="1 to 5", actual=game["s"])


def _is_read_as_listed(feed: Feed, games: Sequence[Any]) -> None:
    with control("the last of the list by its id"):
        answer = feed.info(games[-1]["i"]).must_be(200)
        told = answer.raw.member("i")
        must_hold("i", told == games[-1]["i"], expected=str(games[-1]["i"]), actual=told)


def _mentions(value: Any, number: int) -> bool:
    """Whether the number is somewhere in the value."""
    if isinstance(value, dict):
        return any(_mentions(child, number) for child in value.values())
    if isinstance(value, list):
        return any(_mentions(child, number) for child in value)
    return str(value) == str(number)


def _mentions_an_amount(value: Any) -> bool:
    """Whether a decimal number, or a string of one, is somewhere in the value."""
    if isinstance(value, dict | list):
        children = value.values() if isinstance(value, dict) else value
        return any(_mentions_an_amount(child) for child in children)
    return is_number(value) or (isinstance(value, str) and DECIMAL.fullmatch(value) is not None)
