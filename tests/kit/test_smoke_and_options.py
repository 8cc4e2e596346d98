"""The first look at a target, and what a run may do to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from conformance import profiles
from conformance.case import catalogue
from conformance.case_result import obstacle
from conformance.client import Evidence, RawAnswer
from conformance.errors import KitError, Missing
from conformance.options import Options
from conformance.run import REMOTE_INTERVAL, prepare
from conformance.smoke import look, look_until_known
from conformance.target import sandbox_file
from conformance.verdict import ExitCode

NOW = 1_790_000_000.0


def answer(status: int | None, content: bytes = b"{}", **headers: str) -> RawAnswer:
    """An answer with these headers."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return RawAnswer(status, named, content, 0.01, "connection refused" if status is None else None)


def test_target_that_answers_is_reachable() -> None:
    found = look(lambda: answer(400), now=lambda: NOW)

    assert (found.reachable, found.refusal, found.skew) == (True, None, None)


def test_target_that_does_not_answer_is_not_reachable() -> None:
    found = look(lambda: answer(None), now=lambda: NOW)

    assert (found.reachable, found.error) == (False, "connection refused")


@pytest.mark.parametrize(
    "refused", [answer(401), answer(403), answer(200, b'{"ErrorCode": 103811, "Message": "m"}')]
)
def test_refused_identity_is_seen_by_status_or_code(refused: RawAnswer) -> None:
    assert look(lambda: refused, now=lambda: NOW).refusal == refused.describe()


def test_reason_that_the_sandbox_gives_is_passed_on() -> None:
    refused = answer(403, b"{}", X_Sandbox_Reason="signature: wrong secret")

    assert look(lambda: refused, now=lambda: NOW).refusal == "HTTP 403 {}; it says: signature: wrong secret"


@pytest.mark.parametrize(("ahead", "skew"), [(0, 0.0), (1, 0.0), (-60, -59.5), (3600, 3600.5)])
def test_clock_is_compared_by_the_date_header(ahead: float, skew: float) -> None:
    dated = answer(400, b"{}", Date=formatdate(NOW + ahead, usegmt=True))

    assert look(lambda: dated, now=lambda: NOW).skew == skew


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Jan 9999 99:99:99 GMT"])
def test_date_that_is_none_says_nothing_about_the_clock(date: str) -> None:
    assert look(lambda: answer(400, b"{}", Date=date), now=lambda: NOW).skew is None


def test_casino_gets_time_to_fetch_new_keys() -> None:
    answers = iter([answer(401), answer(401), answer(200)])
    ticks: Iterator[float] = iter([0.0, 0.5, 1.0, 1.5])
    slept: list[float] = []

    found = look_until_known(
        lambda: next(answers), now=lambda: NOW, monotonic=lambda: next(ticks), sleep=slept.append
    )

    assert found.refusal is None
    assert len(slept) == 2


def test_casino_that_never_knows_the_keys_is_given_up() -> None:
    ticks: Iterator[float] = iter([0.0, 1.0, 99.0])

    found = look_until_known(
        lambda: answer(401), now=lambda: NOW, monotonic=lambda: next(ticks), sleep=lambda _: None
    )

    assert found.refusal == "HTTP 401 {}"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://127.9.9.9", True),
        ("https://casino.example.org", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0:80", False),
        ("http://localhost.example.org", False),
    ],
)
def test_loopback_is_told_apart_from_other_hosts(url: str, local: bool) -> None:
    assert Options(base_url=url).local is local


def test_another_host_gets_reading_until_more_is_allowed() -> None:
    remote = "https://casino.example.org"

    assert Options(base_url=remote).allowed == {"read"}
    assert Options(base_url=remote, allow=("creates",)).allowed == {"read", "creates"}
    assert Options(base_url="http://localhost").allowed >= {
        "read",
        "creates",
        "moves-money",
        "destructive",
        "load",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "127.0.0.1:80"}, "--base-url 127.0.0.1:80 is no http"),
        ({"base_url": "http://u:p@h"}, "--base-url must not hold credentials"),
        ({"base_url": "http://h:99999"}, "is no http"),
        ({"base_url": "http://h/?a=1"}, "is no http"),
        ({"base_url": "http://h", "public_url": "h"}, "--public-url h is no http"),
        (
            {"base_url": "http://h", "allow": ("money",)},
            "--allow money: there are read, creates, moves-money",
        ),
        ({"base_url": "http://h", "generated": -1}, "--generated must not be negative"),
    ],
)
def test_wrong_option_is_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(KitError, match=message) as stopped:
        Options(**options)
    assert stopped.value.code is ExitCode.USAGE
    assert "u:p" not in str(stopped.value)


def test_other_host_needs_a_target_file() -> None:
    with pytest.raises(KitError, match="is not on this machine: a target file is required"):
        prepare(Options(base_url="https://casino.example.org"), environment={})


def test_other_host_is_called_slowly_and_only_read() -> None:
    options = Options(
        base_url="https://be.example.org", target=sandbox_file(), profiles=("betstack",), only=("payTicket",)
    )
    run = prepare(options, environment={})
    try:
        assert run.transport.pace._interval == REMOTE_INTERVAL
        assert run.not_allowed("creates") == "the target is not on this machine; --allow creates runs it"
        assert run.not_allowed("read") is None
    finally:
        run.close()


def test_profile_that_there_is_not_says_which_there_are() -> None:
    with pytest.raises(
        KitError, match="unknown profile betsatck; there are betstack, betcore-casino"
    ) as stopped:
        profiles.chosen(["betsatck"])
    assert stopped.value.code is ExitCode.USAGE


def test_profile_named_twice_runs_once() -> None:
    assert [profile.name for profile in profiles.chosen(["betstack", "betstack"])] == ["betstack"]


def test_command_that_repeats_a_case_has_the_options_that_differ_from_the_default() -> None:
    options = Options(base_url="http://127.0.0.1:9", profiles=("betstack",), judge_assumptions=True, seed=7)
    run = prepare(options, environment={})
    try:
        assert run.command("betstack", "betstack.paid.second_payment_is_refused") == (
            "conformance run betstack --base-url http://127.0.0.1:9 "
            "--only betstack.paid.second_payment_is_refused --seed 7 --judge-assumptions"
        )
    finally:
        run.close()


def test_tokens_are_dated_by_the_targets_clock() -> None:
    run = prepare(
        Options(base_url="http://127.0.0.1:9", listen="127.0.0.1:0"), environment={}, now=lambda: 1000.0
    )
    run.close()
    run.skew = 60.0
    claims = run.casino(Evidence()).claims({})

    assert (claims["nbf"], claims["exp"]) == (1060, 1070)


def test_case_that_is_not_allowed_or_declared_lacking_must_not_run() -> None:
    remote = Options(base_url="https://be.example.org", target=sandbox_file(), profiles=("betstack",))
    run = prepare(remote, environment={})
    run.close()
    case = catalogue()["betstack.paid.second_payment_is_refused"]

    assert str(obstacle(run, case)) == "the target is not on this machine; --allow creates runs it"
    assert obstacle(run, replace(case, safety="read")) is None
    run.refused["betstack"] = "HTTP 403"
    assert isinstance(obstacle(run, replace(case, safety="read")), Missing)


def test_ids_of_a_run_are_its_own() -> None:
    def ids(run_id: str) -> tuple[list[int], str]:
        run = prepare(
            Options(base_url="http://127.0.0.1:9", profiles=("betstack",)),
            environment={},
            token=lambda size: run_id,
        )
        run.close()
        return [run.new_bet(), run.new_bet()], run.new_ticket_id()

    assert ids("00000001") == ([100_000, 100_001], "000000010000000000000002")
    assert ids("ffffffff")[0][0] < 2**53
