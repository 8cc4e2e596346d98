"""The feed's REST methods."""

import json

import pytest

from mockserver.kernel.control import ControlRefusal

from .feed_reader import BASE, CREDENTIALS, FeedReader


def refusal_of(answer: object) -> tuple[int, int, str]:
    return answer.status_code, answer.json()["ErrorCode"], answer.json()["Message"]  # type: ignore[attr-defined]


DENIED = (401, 990050, "Access denied")
EXPIRED = (401, 990051, "Access token expired")
INVALID = (400, 103752, "Invalid request parameters")


def test_a_token_is_a_jwt_for_an_hour_and_opens_every_method(feed: FeedReader) -> None:
    answer = feed.ask_for_token(CREDENTIALS).json()

    assert {name: answer[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "feed",
    }
    assert answer["access_token"].count(".") == 2
    for path in (
        "/games/list",
        "/games/info?id=700001",
        "/games/types/translations",
        "/jackpots/accumulated",
    ):
        assert feed.get(path, answer["access_token"]).status_code == 200


@pytest.mark.parametrize(
    "document",
    [
        CREDENTIALS | {"Secret": "WRONG"},
        CREDENTIALS | {"PartnerClientId": 1557},
        CREDENTIALS | {"PartnerClientId": 10**400},
    ],
)
def test_wrong_credentials_are_denied(feed: FeedReader, document: object) -> None:
    assert refusal_of(feed.ask_for_token(document)) == DENIED


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"PartnerClientId": 1556}',
        CREDENTIALS | {"PartnerClientId": "1556"},
        CREDENTIALS | {"PartnerClientId": 1556.5},
        CREDENTIALS | {"Secret": ""},
    ],
)
def test_credentials_that_cannot_be_read_are_refused_as_such(feed: FeedReader, document: object) -> None:
    assert refusal_of(feed.ask_for_token(document)) == INVALID


def test_a_number_written_with_a_fraction_of_zero_is_the_same_client(feed: FeedReader) -> None:
    body = b'{"PartnerClientId": 1556.0, "Secret": "PARTNERSECRET1556"}'

    assert feed.ask_for_token(body).status_code == 200


def test_a_replaced_secret_counts_for_its_overlap(feed: FeedReader) -> None:
    feed.service.sandbox.tenants.rotate("PartnerClient-1556", "NEWSECRET", None)

    assert feed.ask_for_token(CREDENTIALS).status_code == 200
    assert feed.ask_for_token(CREDENTIALS | {"Secret": "NEWSECRET"}).status_code == 200
    feed.wait(feed.client.settings["secret_overlap_seconds"] + 1)
    assert refusal_of(feed.ask_for_token(CREDENTIALS)) == DENIED
    assert feed.ask_for_token(CREDENTIALS | {"Secret": "NEWSECRET"}).status_code == 200


def test_a_token_expires_with_the_clients_own_time(feed: FeedReader) -> None:
    token = feed.token()
    feed.wait(3599)
    assert feed.get("/games/list", token).status_code == 200

    feed.wait(1)

    assert refusal_of(feed.get("/games/list", token)) == EXPIRED


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic eA==", "Bearer a.b.c", "Bearer x"]
)
def test_what_is_no_token_is_denied(feed: FeedReader, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}

    assert refusal_of(feed.service.send("GET", f"{BASE}/games/list", headers)) == DENIED


def test_a_token_of_another_signature_header_or_client_is_denied(feed: FeedReader) -> None:
    token = feed.token()
    header, claims, signature = token.split(".")

    assert feed.get("/games/list", token).status_code == 200
    for forged in (
        f"{header}.{claims}.{signature[:-2]}AA",
        f"{header}.{claims}.",
        f"eyJhbGciOiJub25lIn0.{claims}.{signature}",
        f"{header}.{claims}A.{signature}",
        f"{token}.{signature}",
    ):
        assert refusal_of(feed.get("/games/list", forged)) == DENIED


def test_a_game_of_each_type_waits(feed: FeedReader) -> None:
    games = feed.get("/games/list").json()

    assert games == [
        {"i": 700002, "t": 3, "ge": 41002, "s": 1, "ps": 1, "cr": 0, "sdt": "2026-03-01T12:00:00.000Z"},
        {"i": 700001, "t": 1, "ge": 41001, "s": 1, "ps": 1, "cr": 0, "sdt": "2026-03-01T12:00:00.000Z"},
    ]


def test_a_game_is_read_by_its_id_and_no_other(feed: FeedReader) -> None:
    assert feed.game(700002)["t"] == 3
    assert refusal_of(feed.get("/games/info?id=700003")) == (404, 990052, "Game not found")


@pytest.mark.parametrize("query", ["", "?id=", "?id=x", "?id=0", "?id=-1", "?id=1.5", "?id=9007199254740993"])
def test_an_id_that_can_be_none_is_refused_as_such(feed: FeedReader, query: str) -> None:
    assert refusal_of(feed.get(f"/games/info{query}")) == INVALID


def test_the_game_types_have_names(feed: FeedReader) -> None:
    names = {one["t"]: one["translations"]["en"] for one in feed.get("/games/types/translations").json()}

    assert names == {1: "Game 1", 3: "Poker"}


def test_a_game_goes_through_its_states_as_time_passes(feed: FeedReader) -> None:
    feed.play()
    seen = [feed.newest(3)]
    for seconds in (19.9, 0.1, 5, 5, 5, 5):
        feed.wait(seconds)
        seen.append(feed.newest(3))

    assert [(game["s"], game["ps"], game["cr"]) for game in seen] == [
        (2, 1, 1),
        (2, 1, 1),
        (2, 2, 1),
        (2, 2, 2),
        (2, 2, 3),
        (2, 2, 4),
        (3, 2, 4),
    ]
    assert {game["i"] for game in seen} == {700002}
    feed.wait(10)
    assert (feed.newest(3)["i"], feed.newest(3)["s"]) == (700003, 1)
    assert feed.game(700002)["s"] == 3


@pytest.mark.parametrize(
    ("plan", "states"),
    [
        ({"cancelled": True}, [2, 5]),
        ({"review": True}, [2, 3, 4, 3]),
        ({"review": True, "cancelled": True}, [2, 3, 4, 5]),
    ],
)
def test_a_game_may_be_reviewed_and_cancelled(
    feed: FeedReader, plan: dict[str, bool], states: list[int]
) -> None:
    feed.play(**plan)
    seen = []
    for _ in range(65):
        if (game := feed.game(700002))["s"] not in seen[-1:]:
            seen.append(game["s"])
        feed.wait(1)

    assert seen == states


def test_the_jackpot_grows_with_each_game_that_has_a_result(feed: FeedReader) -> None:
    def amount() -> str:
        answer = feed.get("/jackpots/accumulated").json()
        assert answer["CurrencyCode"] == "EUR"
        return str(answer["Amount"])

    assert amount() == "12345.67"
    feed.play(at_once=True, cancelled=True)
    assert amount() == "12345.67"
    feed.play(at_once=True)
    assert amount() == "12433.24"


def test_two_games_of_a_type_are_not_played_at_once(feed: FeedReader) -> None:
    feed.play()

    with pytest.raises(ControlRefusal, match="game 700002 of type 3 is being played"):
        feed.play()
    feed.play(game_type=1)
    assert feed.newest(1)["s"] == 2


def test_the_next_game_can_be_played_while_a_result_is_shown(feed: FeedReader) -> None:
    feed.play(at_once=True)
    feed.play()

    assert (feed.newest(3)["i"], feed.newest(3)["s"]) == (700003, 2)


def test_old_games_are_forgotten_and_the_current_ones_are_not(feed: FeedReader) -> None:
    for _ in range(250):
        feed.play(at_once=True)

    listed = [game["i"] for game in feed.get("/games/list").json()]
    assert len(listed) == 200
    assert (listed[0], listed[-1]) == (700251, 700001)


def test_the_feed_is_exported_and_goes_on_after_a_load(feed: FeedReader) -> None:
    vendor, token = feed.service.sandbox.tenants.vendor_of(feed.client), feed.token()
    feed.play(at_once=True)
    feed.play()
    exported = json.loads(json.dumps(vendor.export_books(feed.client), default=str))
    before = feed.get("/games/list", token).json()
    feed.service.sandbox.tenants.reset("PartnerClient-1556")
    assert feed.get("/games/list").json() != before

    vendor.load_books(feed.client, exported)

    assert feed.get("/games/list").json() == before


def test_a_feed_that_cannot_be_is_not_loaded(feed: FeedReader) -> None:
    vendor = feed.service.sandbox.tenants.vendor_of(feed.client)
    exported = json.loads(json.dumps(vendor.export_books(feed.client), default=str))
    vendor.load_books(feed.client, exported)
    for change in (
        {"current": {"3": 700002}},
        {"made": 1},
        {"jackpot": "-1"},
        {"games": {}},
        {"completed": {"3": 1}},
    ):
        with pytest.raises(ValueError, match="feed"):
            vendor.load_books(feed.client, exported | {"feed": exported["feed"] | change})


def test_secrets_and_tokens_of_a_header_do_not_show_in_reasons(feed: FeedReader) -> None:
    answer = feed.ask_for_token(CREDENTIALS | {"Secret": "WRONGSECRET"})

    assert (
        answer.headers["x-sandbox-reason"]
        == "access_denied: Secret: is not that of client `PartnerClient-1556`"
    )
