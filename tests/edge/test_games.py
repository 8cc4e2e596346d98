"""The built-in game provider as BETCORE calls it, and how BETCORE launches sessions."""

from __future__ import annotations

import json

import pytest

from mockserver.betcore.sessions.model import SessionState
from mockserver.kernel.control import Problem
from mockserver.kernel.outbox import CallState

from .line import DOWN, answers
from .provider_side import COUNTERPARTY, DEMO, PLAYER, REAL, GameHouse, identity


def test_the_games_are_listed_as_a_bare_array(house: GameHouse) -> None:
    answer = house.service.send("GET", "/v1/games", identity())

    games = answer.json()
    assert answer.status_code == 200
    assert games[0] == {
        "gameId": 101,
        "name": "Seven Fruits",
        "gameCategory": "slots",
        "maxOdd": 500,
        "lobbyImgUrl": "https://games.example/101.png",
    }
    assert {type(one["gameId"]) for one in games} == {int, str}
    assert [one["gameCategory"] for one in games if "maxOdd" not in one] == ["crash"]


@pytest.mark.parametrize("game", [101, "dice-duel", 205])
def test_every_listed_game_can_be_launched(house: GameHouse, game: object) -> None:
    answer = house.launch(str(game))

    assert (answer.status_code, answer.json()) == (
        200,
        {"frameUri": f"https://games.example/{game}?session=s-1"},
    )


def test_the_same_launch_again_is_answered_likewise(house: GameHouse) -> None:
    first = house.launch().json()

    assert house.launch(language="de", minBet=1).json() == first


@pytest.mark.parametrize(
    "changed", [{"userId": "553314AA3"}, {"game": "102"}, {"currency": "USD"}, {"gameMode": "demo"}]
)
def test_another_launch_of_the_same_session_is_refused(house: GameHouse, changed: dict[str, str]) -> None:
    house.launch()

    assert house.launch(**changed).json() == {"_responseCode": 3}
    assert house.launch(**changed, sessionId="s-2").status_code == 200


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"game": "999"}, 2),
        ({"minBet": 5, "maxBet": 4.99}, 5),
        ({"gameMode": "fun"}, 2),
        ({"currency": "EU"}, 2),
        ({"currency": "E1R"}, 2),
        ({"language": "1x"}, 2),
        ({"userId": ""}, 2),
        ({"sessionId": ""}, 2),
        ({"minBet": "1"}, 2),
        ({"maxBet": -1}, 2),
        ({"userId": None}, 2),
    ],
)
def test_a_launch_that_can_not_be_is_refused(house: GameHouse, changed: dict[str, object], code: int) -> None:
    assert house.launch(**changed).json() == {"_responseCode": code}  # type: ignore[arg-type]
    assert "frameUri" in house.launch(minBet=5, maxBet=5).json()


def test_betcore_asks_for_the_games_without_a_body(house: GameHouse) -> None:
    (call,) = house.drive("games")

    (request,) = house.line.requests
    assert (call.state, request.method, request.url.path, request.content) == (
        CallState.SENT,
        "GET",
        "/v1/games",
        b"",
    )
    assert "content-type" not in request.headers


def test_a_launch_opens_a_session_that_can_be_played(house: GameHouse) -> None:
    (call,) = house.drive("launch", player=PLAYER, session="s-1", game="dice-duel", language="de")

    (request,) = house.line.requests
    assert request.url.path == "/v1/games/dice-duel/launch"
    assert request.content == (
        b'{"buttonAmounts":[0.5,1,2,5,10,25,100,250],"currency":"EUR","gameMargin":5,"gameMode":"real",'
        b'"language":"de","maxBet":50000,"maxOdd":100,"maxWin":50000,"minBet":0.01,"sessionId":"s-1",'
        b'"userId":"553314AA2","viewType":"desktop"}'
    )
    assert call.state is CallState.SENT
    assert house.pay_in("b-1", "10", "s-1")[0] == 1


def test_the_provider_may_call_back_before_it_has_answered_a_launch(house: GameHouse) -> None:
    states = []

    def in_between() -> None:
        session = house.provider.books.session("s-1")
        assert session is not None
        states.append(session.state)

    house.line.next_on_the_way_back["launch"] = [lambda: (in_between(), answers(200, {"frameUri": "x"})())[1]]
    house.drive("launch", player=PLAYER, session="s-1")

    assert states == [SessionState.LAUNCHING]
    assert house.provider.books.session("s-1").state is SessionState.OPEN  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (DOWN, CallState.PARKED),
        (answers(200, {"_responseCode": 5}), CallState.REFUSED),
        (answers(401, {"_responseCode": 8}), CallState.REFUSED),
        (answers(200, b"<html>"), CallState.PARKED),
        (answers(200, {}), CallState.PARKED),
        (answers(200, {"frameUri": ""}), CallState.PARKED),
        (answers(200, []), CallState.PARKED),
        (answers(302, {"frameUri": "x"}), CallState.PARKED),
    ],
)
def test_a_launch_that_is_not_acknowledged_ends_its_session(
    house: GameHouse, reply: object, state: CallState
) -> None:
    house.line.next_on_the_way["launch"] = [reply]  # type: ignore[list-item]

    (call,) = house.drive("launch", player=PLAYER, session="s-1")

    assert call.state is state
    assert house.pay_in("b-1", "10", "s-1") == (3, None)
    assert house.balance("s-1")["_responseCode"] == 1
    house.drive("launch", player=PLAYER, session="s-1")
    assert house.pay_in("b-1", "10", "s-1")[0] == 1


def test_members_that_nobody_knows_are_ignored(house: GameHouse) -> None:
    house.line.next_on_the_way["launch"] = [
        answers(200, {"frameUri": "https://x.example", "_responseCode": 1})
    ]

    (call,) = house.drive("launch", player=PLAYER)

    assert call.state is CallState.SENT


def test_a_failing_relaunch_leaves_an_open_session_open(house: GameHouse) -> None:
    house.line.next_on_the_way["launch"] = [DOWN]

    house.drive("launch", player=PLAYER, session=REAL)

    assert house.pay_in("b-1", "10")[0] == 1


def test_a_session_that_has_lapsed_begins_anew_with_its_next_launch(house: GameHouse) -> None:
    house.set(session_seconds=60)
    house.advance(seconds=60)
    assert house.pay_in("b-1", "10") == (3, None)

    house.drive("launch", player=PLAYER, session=REAL)

    assert house.pay_in("b-1", "10")[0] == 1


def test_the_settings_say_the_limits_and_the_play_money_of_a_launch(house: GameHouse) -> None:
    house.set(min_bet="0.5", max_bet="20", demo_balance="77.7")

    house.drive("launch", player=PLAYER, session="s-1", mode="demo")

    document = json.loads(house.line.requests[0].content)
    assert (document["minBet"], document["maxBet"], document["gameMode"]) == (0.5, 20, "demo")
    assert float(house.balance("s-1")["balance"]) == 77.7


def test_every_call_is_signed_and_has_an_id_of_its_own(house: GameHouse) -> None:
    house.drive("games")
    house.drive("launch", player=PLAYER)

    for request in house.line.requests:
        names = ("x-timestamp", "x-request-id")
        timestamp, request_id = (request.headers[name] for name in names)
        expected = identity(request.content, timestamp=timestamp, request_id=request_id)
        assert request.headers["x-sign"] == expected["x-sign"]
        assert timestamp == "1772366400000"
    assert len({request.headers["x-request-id"] for request in house.line.requests}) == 2


@pytest.mark.parametrize(
    ("fields", "problem", "said"),
    [
        ({"player": "nobody"}, Problem.NOT_FOUND, "has no player `nobody`"),
        (
            {"player": PLAYER, "session": REAL, "mode": "demo"},
            Problem.CONFLICT,
            f"session: session `{REAL}` is one of user `{PLAYER}` in game `101`, real",
        ),
    ],
)
def test_a_launch_that_makes_no_sense_is_one_clear_line(
    house: GameHouse, fields: dict[str, str], problem: Problem, said: str
) -> None:
    kind, detail = house.refusal("launch", **fields)

    assert kind is problem
    assert said in detail
    assert house.line.requests == []


def test_a_provider_can_be_sent_limits_that_it_must_refuse(house: GameHouse) -> None:
    (call,) = house.drive("launch", player=PLAYER, session="s-1", min_bet="5", max_bet="1")

    assert call.state is CallState.REFUSED
    assert call.tries[0].failure == "_responseCode 5; limit: minBet 5 is greater than maxBet 1"
    assert house.pay_in("b-1", "3", "s-1") == (3, None)


def test_a_reset_brings_the_standard_sessions_back(house: GameHouse) -> None:
    house.pay_in("b-1", "10")
    house.drive("launch", player=PLAYER, session="s-1")

    house.service.sandbox.tenants.reset(COUNTERPARTY)

    assert [one.id for one in house.provider.books.sessions()][:2] == [REAL, DEMO]
    assert house.balance("s-1") == {"_responseCode": 3}
    assert house.balance()["balance"] == 750.5


def test_a_player_who_is_reset_has_the_standard_sessions_alone(house: GameHouse) -> None:
    house.pay_in("b-1", "10")
    house.pay_in("b-2", "10", DEMO)
    house.drive("launch", player=PLAYER, session="s-1")

    house.service.sandbox.tenants.reset_player(COUNTERPARTY, PLAYER)

    assert (house.balance()["balance"], house.balance(DEMO)["balance"]) == (750.5, 1000)
    assert house.balance("s-1") == {"_responseCode": 3}
    assert house.pay_out("b-1", "10") == (6, None)
