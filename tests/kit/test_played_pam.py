"""The kit as an operator's platform."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import requests

from conformance.callback_sink import CallbackSink, Reply
from conformance.played_pam import DROPPED, ELSEWHERE, PAM_PATH, PlayedPam, answered, players, refused
from conformance.target import load, sandbox_file

TOKENS = {"site": "UnIqUe-ToKeN", "acme": "acme-player-token"}


@pytest.fixture
def pam() -> PlayedPam:
    """The platform of the sandbox's operators."""
    target = load(sandbox_file(), {}).betstack
    assert target is not None
    return PlayedPam(players(target, "run"))


def post(url: str, action: str, **data: Any) -> requests.Response:
    """One call of Betstack."""
    return requests.post(url, json={"action": action, "data": data}, timeout=5, allow_redirects=False)


def test_player_is_identified_by_the_operators_token(pam: PlayedPam) -> None:
    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        url = sink.url + PAM_PATH
        known = post(url, "identify", operator="acme", token=TOKENS["acme"])
        foreign = post(url, "identify", operator="site", token=TOKENS["acme"])
        unknown = post(url, "identify", operator="site", token="nobody")

    assert (known.status_code, known.json()["currency"], known.json()["feature_flags"]) == (200, "USD", {})
    assert [(one.status_code, one.json()["code"]) for one in (foreign, unknown)] == [(400, 101), (400, 101)]


def test_players_have_ids_of_their_own_that_hold_the_run(pam: PlayedPam) -> None:
    ids = [player.id for player in pam.players.values()]

    assert len(set(ids)) == len(ids) == 4
    assert all(one.startswith("run-") for one in ids)


@pytest.mark.parametrize(
    ("token", "action", "answer"),
    [
        ("UnIqUe-ToKeN", "ticket_create", (200, {})),
        ("second-player-token", "ticket_create", (400, 925)),
        ("second-player-token", "ticket_reserve", (200, {})),
        ("blocked-player-token", "ticket_create", (400, 916)),
        ("blocked-player-token", "ticket_reserve", (400, 916)),
        ("blocked-player-token", "ticket_discard", (200, {})),
    ],
)
def test_tickets_are_answered_by_who_plays(
    pam: PlayedPam, token: str, action: str, answer: tuple[int, Any]
) -> None:
    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        got = post(sink.url + PAM_PATH, action, ticket_id="1", player_id=pam.players[token].id)

    assert (got.status_code, got.json().get("code", {})) == answer


def test_case_decides_on_the_answer_and_only_inside_its_block(pam: PlayedPam) -> None:
    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        url = sink.url + PAM_PATH
        with pam.answering("ticket_create", refused(951)):
            inside = post(url, "ticket_create", ticket_id="1")
            other = post(url, "ticket_discard", ticket_id="1")
        outside = post(url, "ticket_create", ticket_id="1")
        with pam.answering("ticket_create", Reply(200, b"taken", {"Content-Type": "text/plain"})):
            text = post(url, "ticket_create", ticket_id="1")
        with pam.answering("ticket_create", DROPPED), pytest.raises(requests.ConnectionError):
            post(url, "ticket_create", ticket_id="1")

    assert (inside.status_code, inside.json()["code"]) == (400, 951)
    assert (other.status_code, outside.status_code) == (200, 200)
    assert (text.text, text.headers["Content-Type"]) == ("taken", "text/plain")


def test_redirect_leads_to_where_a_visit_is_noticed(pam: PlayedPam) -> None:
    with (
        CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink,
        pam.answering("ping", answered(302, Location=sink.url + ELSEWHERE)),
    ):
        redirected = post(sink.url + PAM_PATH, "ping")
        before = pam.strays()
        requests.get(redirected.headers["Location"], timeout=5)

    assert (redirected.status_code, before, pam.strays()) == (302, [], [f"GET {ELSEWHERE}"])


def test_held_call_waits_until_the_case_lets_it_go(pam: PlayedPam) -> None:
    answers: list[int] = []

    def call(url: str) -> None:
        answers.append(post(url, "ticket_create", ticket_id="7").status_code)

    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        watch = pam.watch()
        with pam.holding("ticket_create"):
            thread = threading.Thread(target=call, args=(sink.url + PAM_PATH,))
            thread.start()
            arrived = watch.await_call("ticket_create", ticket="7", seconds=5)
            unanswered = list(answers)
            pam.release("ticket_create", answered(200))
            thread.join(timeout=5)

    assert arrived is not None
    assert (unanswered, answers) == ([], [200])


def test_held_call_that_is_not_let_go_loses_its_connection(pam: PlayedPam) -> None:
    failures: list[str] = []

    def call(url: str) -> None:
        try:
            post(url, "ticket_create", ticket_id="7")
        except requests.ConnectionError as error:
            failures.append(type(error).__name__)

    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        with pam.holding("ticket_create"):
            thread = threading.Thread(target=call, args=(sink.url + PAM_PATH,))
            thread.start()
            pam.watch()
            assert pam.await_call(0, "ticket_create", "7", 5) is not None
        thread.join(timeout=5)

    assert failures == ["ConnectionError"]


def test_watch_shows_what_arrived_since_it_began_with_all_that_was_sent(pam: PlayedPam) -> None:
    with CallbackSink("127.0.0.1:0", {}, roles=pam.roles()) as sink:
        url = sink.url + PAM_PATH
        post(url, "ticket_create", ticket_id="1")
        watch = pam.watch()
        body = b'{"action":"ticket_discard","data":{"ticket_id":"2","reason":"x"}}'
        requests.post(url, data=body, headers={"timestamp": "1706191612"}, timeout=5)
        requests.post(url, data=b"no JSON", timeout=5)
        seen = watch.calls()
        late = watch.await_call("ticket_create", seconds=0)

    assert [(call.action, call.ticket) for call in seen] == [("ticket_discard", "2"), ("", None)]
    assert (seen[0].received.body, seen[0].members) == (body, ("action", "data"))
    assert (seen[0].received.method, seen[0].received.header("Timestamp")) == ("POST", "1706191612")
    assert seen[0].received.at > 0
    assert json.loads(seen[0].describe().partition(" ")[2]) == {"ticket_id": "2", "reason": "x"}
    assert late is None
    assert len(watch.calls("ticket_discard", ticket="3")) == 0
