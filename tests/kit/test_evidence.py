"""What a report is given of an exchange, and what a case may demand of an answer."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import requests

from conformance.betstack import Answer
from conformance.case import catalogue
from conformance.case_result import named
from conformance.client import Evidence, RawAnswer, RawExchange
from conformance.errors import Mismatch
from conformance.evidence import LONGEST_BODY, masked
from conformance.options import Options
from conformance.redaction import Redactor
from conformance.run import prepare
from conformance.signing import SigningKey, claims, jwt_body, token

SECRET = "canary-5ecret-7Q"


def exchange(request: requests.Request, content: bytes = b"{}", status: int | None = 200) -> RawExchange:
    """The exchange of a request that got this answer."""
    answer = RawAnswer(
        status, [("X-Echo", SECRET)], content, 0.0123, None if status else f"broke at {SECRET}"
    )
    return RawExchange("getTicket", request.prepare(), answer, "positive control")


def test_secret_is_masked_wherever_it_stands() -> None:
    headers = {"signature": "ab" * 32, "operator-name": "site"}
    request = requests.Request("POST", f"http://h/{SECRET}", headers=headers, data=f'{{"x": "{SECRET}"}}')
    shown = masked(exchange(request, f'{{"y": "{SECRET}"}}'.encode()), Redactor([SECRET]))

    assert SECRET not in repr(shown)
    assert "ab" * 32 not in repr(shown)
    assert ("operator-name", "site") in shown.request_headers
    assert (shown.method, shown.status, shown.elapsed_ms, shown.purpose) == (
        "POST",
        200,
        12,
        "positive control",
    )


def test_signed_body_is_shown_by_what_its_token_says() -> None:
    compact = token(SigningKey.generate(), claims({"BetId": "7", "Closed": True}, client_id="c", now=0))
    shown = masked(exchange(requests.Request("POST", "http://h/", data=jwt_body(compact))), Redactor([]))
    assert shown.request_body is not None

    assert json.loads(shown.request_body)["data"] == {"BetId": "7", "Closed": True}
    assert compact not in shown.request_body


def test_answer_that_never_came_is_shown_by_its_cause() -> None:
    shown = masked(exchange(requests.Request("GET", "http://h/"), status=None), Redactor([SECRET]))

    assert (shown.status, shown.request_body, shown.response_body) == (None, None, "broke at [masked]")


def test_long_and_broken_bodies_are_cut_and_escaped() -> None:
    long = masked(exchange(requests.Request("GET", "http://h/"), b"x" * (LONGEST_BODY + 1)), Redactor([]))
    broken = masked(exchange(requests.Request("GET", "http://h/"), b"\xff"), Redactor([]))

    assert long.response_body == "x" * LONGEST_BODY + f"… (cut, {LONGEST_BODY + 1} characters)"
    assert broken.response_body == "\\xff"


def test_reason_of_a_verdict_is_masked_and_printable() -> None:
    run = prepare(Options(base_url="http://127.0.0.1:9", profiles=("betstack",)), environment={})
    run.close()
    case = catalogue()["betstack.paid.second_payment_is_refused"]
    error = Mismatch("got 12345ABCDE \ud800", expected="12345ABCDE", actual="x 12345ABCDE")
    result = named(run, case, error, Evidence(), 0.5)

    assert (result.reason, result.expected, result.actual) == (
        "got [masked] \\ud800",
        "[masked]",
        "x [masked]",
    )
    assert result.duration_ms == 500


def answer(value: Any, status: int = 200) -> Answer:
    """An answer of the bet engine with this body."""
    return Answer(RawAnswer(status, (), json.dumps(value).encode(), 0.0))


@pytest.mark.parametrize(
    ("kind", "value"),
    [(int, 5), (int, 5.0), (float, 5), (float, 5.5), (str, ""), (bool, False), (list, []), (dict, {})],
)
def test_field_of_its_type_is_accepted(kind: type, value: object) -> None:
    answer({"x": value}).must_have_fields({"x": Decimal if kind is float else kind}, frozenset())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, 5.5),
        (int, "5"),
        (int, True),
        (float, True),
        (float, "5"),
        (str, 5),
        (bool, 0),
        (list, {}),
        (str, None),
    ],
)
def test_field_of_another_type_is_refused(kind: type, value: object) -> None:
    with pytest.raises(Mismatch, match="wrong fields: x "):
        answer({"x": value}).must_have_fields({"x": Decimal if kind is float else kind}, frozenset())


def test_null_is_accepted_where_the_page_allows_it_and_absence_nowhere() -> None:
    answer({"x": None}).must_have_fields({"x": str}, frozenset({"x"}))
    with pytest.raises(Mismatch, match=r"x \(string\): got no such field"):
        answer({}).must_have_fields({"x": str}, frozenset({"x"}))


@pytest.mark.parametrize(
    ("value", "identifier"), [("E36E20", "E36E20"), (5, ""), (None, ""), ("a" * 201, "")]
)
def test_identifier_is_a_text_that_a_person_can_be_shown(value: object, identifier: str) -> None:
    assert answer({"id": value}).identifier("id") == identifier


@pytest.mark.parametrize("code", ["117", True, None, 118])
def test_code_must_be_the_number(code: object) -> None:
    answer({"code": 117}, 400).must_be(400, code=117)
    with pytest.raises(Mismatch, match="expected HTTP 400 with code 117, got HTTP 400"):
        answer({"code": code}, 400).must_be(400, code=117)
