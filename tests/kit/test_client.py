"""HTTP as the kit speaks it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from constant_servers import constant_server, raw_server

from conformance import client
from conformance.casino_answer import decimal_of
from conformance.client import (
    NO_JSON,
    Evidence,
    Pace,
    RawAnswer,
    Transport,
    expect_equal,
    segment,
    shown,
    simultaneously,
)
from conformance.errors import Mismatch


def answer(content: bytes) -> RawAnswer:
    """An answer with this body."""
    return RawAnswer(200, [("Content-Type", "application/json")], content, 0.01)


def get(url: str, *, timeout: float = 5) -> RawAnswer:
    """What a GET of the URL's root gives."""
    transport = Transport(url, timeout, Pace(0))
    return transport.send(transport.prepare("GET", "/", {}, None))


def test_fractions_are_read_without_loss() -> None:
    assert answer(b'{"a": 0.1, "b": 10}').value == {"a": Decimal("0.1"), "b": 10}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 5000, b"9" * 5000]
)
def test_what_is_no_json_is_told_apart_from_every_json_value(content: bytes) -> None:
    assert answer(content).value is NO_JSON
    assert answer(content).member("a") is None


def test_part_of_an_answer_is_no_json_even_if_it_reads_as_such() -> None:
    assert RawAnswer(200, (), b"{}", 0.01, "not complete after 10 s").value is NO_JSON
    assert RawAnswer(200, (), b"{}", 0.01).value == {}


def test_missing_members_are_none_whatever_the_body_is() -> None:
    body = answer(b'{"Value": {"Balance": "1"}, "list": [1]}')

    assert body.member("Value", "Balance") == "1"
    assert body.member("Value", "Balance", "deeper") is None
    assert body.member("list", "0") is None
    assert answer(b"[]").member("a") is None


def test_answer_is_described_on_one_line() -> None:
    assert answer(b'{\n  "a": 1\n}').describe() == 'HTTP 200 { "a": 1 }'
    assert answer(b"").describe() == "HTTP 200 (empty body)"
    assert RawAnswer(None, (), b"", 0.0, "connection refused").describe() == "no answer (connection refused)"


def test_nobody_listening_is_an_answer_that_never_came() -> None:
    found = get("http://127.0.0.1:1")

    assert (found.status, found.error) == (None, "connection refused")


def test_answer_that_ends_too_early_keeps_its_status_and_counts_as_no_json() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}") as url:
        found = get(url)

    assert found.status == 200
    assert found.error is not None
    assert found.value is NO_JSON


def test_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 100_000)
    with constant_server(200, "application/json", b"1" * 300_000) as url:
        found = get(url)

    assert found.error == "cut off after 100000 bytes"
    assert len(found.content) < 300_000


def test_redirects_are_not_followed() -> None:
    with raw_server(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") as url:
        assert get(url).status == 302


def test_proxy_of_the_environment_takes_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with constant_server(200, "application/json", b"{}") as url:
        assert get(url).status == 200


def test_requests_keep_their_distance() -> None:
    slept: list[float] = []
    clock = iter([100.0, 100.0, 100.1, 100.5, 200.0, 200.0])
    pace = Pace(0.5, monotonic=lambda: next(clock), sleep=slept.append)
    for _ in range(3):
        pace.wait()

    assert slept == [pytest.approx(0.4)]


def test_pace_of_zero_never_waits() -> None:
    pace = Pace(0, monotonic=lambda: 1 / 0, sleep=lambda seconds: None)
    pace.wait()


def test_simultaneous_calls_are_all_made_and_keep_their_order() -> None:
    calls = [lambda number=number: answer(json.dumps(number).encode()) for number in range(10)]

    assert [found.value for found in simultaneously(calls)] == list(range(10))


def test_failure_in_a_simultaneous_call_comes_out() -> None:
    def fail() -> RawAnswer:
        raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        simultaneously([fail, lambda: answer(b"{}")])


def test_purpose_marks_the_exchanges_of_its_block_only() -> None:
    evidence = Evidence()
    with evidence.during("outer"):
        with evidence.during("inner"):
            assert evidence.purpose == "inner"
        assert evidence.purpose == "outer"
    assert evidence.purpose == ""


def test_path_segments_are_encoded_even_with_half_a_surrogate_pair() -> None:
    assert segment("a/b c") == "a%2Fb%20c"
    assert segment("\ud800") == "%ED%A0%80"


@pytest.mark.parametrize(("expected", "actual"), [(1, 1), (1, Decimal("1.0")), (None, None), (True, True)])
def test_equal_values_agree(expected: object, actual: object) -> None:
    expect_equal("x", expected=expected, actual=actual)


@pytest.mark.parametrize(("expected", "actual"), [(1, True), (True, 1), (1, "1"), (0, None), (0, False)])
def test_values_of_another_kind_differ(expected: object, actual: object) -> None:
    with pytest.raises(Mismatch, match="x: expected"):
        expect_equal("x", expected=expected, actual=actual)


def test_value_is_shown_as_json_that_utf8_can_hold() -> None:
    assert shown({"a": "ü", "b": Decimal("1.50")}) == '{"a": "ü", "b": "1.50"}'
    assert shown(None) == "nothing"
    shown("\ud800").encode()


@pytest.mark.parametrize(
    ("text", "number"), [("7100.5", Decimal("7100.5")), ("-1", Decimal(-1)), ("0.00", Decimal(0))]
)
def test_decimal_string_is_read(text: str, number: Decimal) -> None:
    assert decimal_of(text) == number


@pytest.mark.parametrize(
    "text", [7100.5, 5, None, "", "1e5", "NaN", "1,5", " 1", "1.", ".5", "+1", "1" * 30, "１"]
)
def test_what_is_no_decimal_string_is_not_read(text: object) -> None:
    assert decimal_of(text) is None
