"""The checks of requests and answers by the contracts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from constant_servers import SUPERBET

from bet_contracts.schemas import translate
from conformance.client import RawAnswer
from conformance.contract import load
from conformance.request_check import RequestCheck
from conformance.response_check import Findings, ResponseCheck

SENT = requests.Request("POST", "http://127.0.0.1:1/").prepare()
PAYMENT = {"Amount": "10.5", "BetId": 900001, "PartnerUserId": "u", "TransactionType": -1}
RESERVATION = {
    "operator": "site",
    "token": "t",
    "psp": None,
    "price": 2000,
    "currency": "KES",
    "atag": None,
    "rtag": None,
    "source": "mobile",
    "type": "superbet",
    "event": 100001,
    "bets": [101],
}


@pytest.fixture(scope="module")
def betstack() -> ResponseCheck:
    """The judged contract of the bet engine."""
    return ResponseCheck(load("betstack.bet_engine"), full=False)


@pytest.fixture(scope="module")
def whole_betstack() -> ResponseCheck:
    """The bet engine's contract with its assumptions."""
    return ResponseCheck(load("betstack.bet_engine"), full=True)


@pytest.fixture(scope="module")
def casino() -> ResponseCheck:
    """The judged contract of a casino."""
    return ResponseCheck(load("betcore.casino"), full=False)


def answer(
    status: int | None, value: Any = None, *, kind: str = "application/json", raw: bytes | None = None
) -> RawAnswer:
    """An answer with this JSON as its body."""
    content = json.dumps(value).encode() if raw is None else raw
    return RawAnswer(status, [("Content-Type", kind)], content, 0.01)


def test_documented_answer_has_no_findings(betstack: ResponseCheck) -> None:
    assert betstack("getTicket", answer(200, SUPERBET), SENT) == Findings()
    assert betstack("payTicket", answer(400, {"code": 117, "message": "m"}), SENT) == Findings()


def test_integer_may_be_written_with_a_fraction_of_zero(betstack: ResponseCheck) -> None:
    assert betstack("getTicket", answer(200, {**SUPERBET, "price": 2000.0}), SENT) == Findings()
    assert betstack("payTicket", answer(400, {"code": 117.0, "message": "m"}), SENT) == Findings()
    assert betstack("getTicket", answer(200, {**SUPERBET, "price": 2000.5}), SENT).violations != ()


@pytest.mark.parametrize(
    "change",
    [
        {"price": "2000"},
        {"status": "RESERVED"},
        {"wht": None},
        {"atag": 5},
        {"created": "2024-01-28T14:33:01+00:00"},
    ],
)
def test_field_of_the_wrong_form_breaks_the_contract(betstack: ResponseCheck, change: dict[str, Any]) -> None:
    found = betstack("getTicket", answer(200, {**SUPERBET, **change}), SENT)

    assert len(found.violations) == 1
    assert found.violations[0].startswith("Response violates schema: ")
    assert "\n" not in found.violations[0]


@pytest.mark.parametrize(
    "answered",
    [
        answer(200, raw=b"<html>", kind="text/html"),
        answer(200, raw=b"{"),
        answer(200, raw=b""),
        answer(200, SUPERBET, kind="text/plain"),
        answer(200, SUPERBET, kind="odd"),
        answer(200, raw=b"[" * 3000),
    ],
    ids=["html", "cut", "empty", "media type", "malformed media type", "too deep"],
)
def test_answer_that_is_no_json_breaks_the_contract(betstack: ResponseCheck, answered: RawAnswer) -> None:
    assert betstack("getTicket", answered, SENT).violations != ()


def test_code_outside_of_the_documented_ones_breaks_the_contract(betstack: ResponseCheck) -> None:
    assert betstack("payTicket", answer(400, {"code": 118, "message": "m"}), SENT).violations != ()
    assert betstack("payTicket", answer(400, {"code": "117", "message": "m"}), SENT).violations != ()


def test_codes_of_a_reservation_are_free_to_a_stranger_and_fixed_by_our_assumptions(
    betstack: ResponseCheck, whole_betstack: ResponseCheck
) -> None:
    refusal = answer(400, {"code": 205, "message": "m"})

    assert betstack("reserveTicket", refusal, SENT) == Findings()
    assert whole_betstack("reserveTicket", refusal, SENT).violations != ()


def test_undocumented_status_is_told_apart_from_a_violation(
    betstack: ResponseCheck, whole_betstack: ResponseCheck
) -> None:
    refusal = answer(400, {"code": 102, "message": "m"})

    assert betstack("getTicket", refusal, SENT) == Findings(
        undocumented="HTTP 400 is not documented for getTicket"
    )
    assert whole_betstack("getTicket", refusal, SENT) == Findings()


def test_answer_that_never_came_has_no_findings(betstack: ResponseCheck) -> None:
    assert betstack("getTicket", answer(None), SENT) == Findings()


def test_success_of_a_casino_is_not_taken_for_a_refusal(casino: ResponseCheck) -> None:
    assert casino("closeBet", answer(200, {"ErrorCode": 200, "Message": "Success"}), SENT) == Findings()
    assert casino("closeBet", answer(200, {"ErrorCode": 200, "Message": "OK"}), SENT).violations != ()
    assert casino("closeBet", answer(200, {"ErrorCode": 990005, "Message": "x"}), SENT).violations != ()
    assert casino("makePayment", answer(200, {"ErrorCode": 990005, "Message": "x"}), SENT) == Findings()


def test_legal_requests_have_no_problems() -> None:
    assert RequestCheck(load("betstack.bet_engine")).problems("reserveTicket", RESERVATION) == []
    assert RequestCheck(load("betcore.casino")).problems("makePayment", PAYMENT) == []
    assert RequestCheck(load("betcore.casino")).problems("getUserData", {"PartnerUserId": "u"}) == []


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        ("makePayment", {**PAYMENT, "Amount": 10.5}, "Amount: 10.5 is not of type"),
        ("makePayment", {**PAYMENT, "Amount": "-1"}, "Amount: "),
        ("makePayment", {**PAYMENT, "TransactionType": 3}, "TransactionType: 3 is not one of"),
        ("makePayment", {name: value for name, value in PAYMENT.items() if name != "BetId"}, 'body: "BetId"'),
        ("closeBet", {"BetId": 900001, "Closed": True}, "BetId: 900001 is not of type"),
    ],
)
def test_illegal_data_of_a_token_are_named(operation: str, body: dict[str, Any], problem: str) -> None:
    problems = RequestCheck(load("betcore.casino")).problems(operation, body)

    assert [line[: len(problem)] for line in problems] == [problem]


def test_illegal_reservation_and_needless_body_are_named() -> None:
    check = RequestCheck(load("betstack.bet_engine"))

    assert check.problems("reserveTicket", {**RESERVATION, "price": 0}) != []
    assert check.problems("reserveTicket", {**RESERVATION, "atag": 5}) != []
    assert check.problems("payTicket", {}) == ["payTicket takes no body"]
    assert check.problems("payTicket", None) == []


@pytest.mark.parametrize(
    ("surface", "operation", "query", "problem"),
    [
        ("betstack.bet_engine", "listTickets", (("limit", "0"),), "limit: 0 is less than"),
        ("betstack.bet_engine", "listTickets", (("limit", "many"),), 'limit: "many" is not of type'),
        ("betstack.bet_engine", "listTickets", (("skip_types", "lottery"),), "skip_types/0: "),
        ("betstack.bet_engine", "listTickets", (("skip_type", "jackpot"),), "listTickets has no query"),
        ("betstack.bet_card", "listJackpotCards", (), 'body: "operator" is a required'),
        (
            "betstack.bet_card",
            "getFinanceDetails",
            (("operator", "site"), ("price", "1.5"), ("odds", "2")),
            "price: 1.5 is not of type",
        ),
        (
            "betstack.bet_card",
            "getFinanceDetails",
            (("operator", "site"), ("price", "10"), ("odds", "2"), ("odds", "0.5")),
            "odds/1: 0.5 is less than",
        ),
    ],
)
def test_illegal_query_is_named(
    surface: str, operation: str, query: tuple[tuple[str, str], ...], problem: str
) -> None:
    problems = RequestCheck(load(surface)).query_problems(operation, query)

    assert [line[: len(problem)] for line in problems] == [problem]


def test_legal_query_has_no_problems() -> None:
    engine, cards = RequestCheck(load("betstack.bet_engine")), RequestCheck(load("betstack.bet_card"))
    calculation = ("operator", "site"), ("price", "3500"), ("odds", "1.24"), ("odds", "2")

    assert engine.query_problems("listTickets", ()) == []
    assert engine.query_problems("listTickets", (("limit", "5"), ("skip_types", "superbet"))) == []
    assert cards.query_problems("getFinanceDetails", calculation) == []


def test_nullable_is_translated_and_property_names_are_no_keywords() -> None:
    schema = {"type": "object", "x-note": 1, "properties": {"nullable": {"type": "string", "nullable": True}}}

    assert translate(schema) == {"type": "object", "properties": {"nullable": {"type": ["string", "null"]}}}
