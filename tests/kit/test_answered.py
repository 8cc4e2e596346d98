"""What a case expects of a refusal that the vendor answered about."""

from __future__ import annotations

import json

import pytest

from bet_contracts.overrides import Answered
from conformance import betstack, casino
from conformance.answered import Refusals, says
from conformance.client import RawAnswer
from conformance.errors import Mismatch

ANSWERED = Refusals({(400, 102): Answered(404, 104, "No ticket {identifier}")}, {400: 404})
PLAIN = Refusals()


def answer(status: int, body: object) -> RawAnswer:
    return RawAnswer(status, (), json.dumps(body).encode(), 0.0, None)


def test_the_oracles_numbers_hold_where_nothing_was_answered() -> None:
    refused = answer(400, {"code": 102, "message": "Ticket with `x` identifier is not found"})

    betstack.Answer(refused, PLAIN).must_be(400, code=102).must_be(400)
    with pytest.raises(Mismatch, match="expected HTTP 404 with code 104, got HTTP 400"):
        betstack.Answer(refused, ANSWERED).must_be(400, code=102)
    with pytest.raises(Mismatch, match="expected HTTP 404, got HTTP 400"):
        betstack.Answer(refused, ANSWERED).must_be(400)


def test_what_was_answered_holds_with_its_status_code_and_message() -> None:
    refused = answer(404, {"code": 104, "message": "No ticket E36E20"})

    betstack.Answer(refused, ANSWERED).must_be(400, code=102).must_be(400).must_say("whatever was printed")
    with pytest.raises(Mismatch, match="expected HTTP 400 with code 102, got HTTP 404"):
        betstack.Answer(refused, PLAIN).must_be(400, code=102)


def test_a_message_that_was_answered_is_judged_with_the_code() -> None:
    refused = answer(404, {"code": 104, "message": "Nothing there"})

    with pytest.raises(Mismatch, match=r"message: expected .*No ticket {identifier}.*, got .*Nothing there"):
        betstack.Answer(refused, ANSWERED).must_be(400, code=102)


def test_a_casinos_code_status_and_message_are_judged_together() -> None:
    answered = Refusals({(200, 990001): Answered(402, 7, "Poor")})
    refused = answer(402, {"ErrorCode": 7, "Message": "Poor"})

    casino.Answer(refused, answered).must_be(990001).must_say("Insufficient funds").must_have_http_status(200)
    for other in (
        answer(200, {"ErrorCode": 7, "Message": "Poor"}),
        answer(402, {"ErrorCode": 990001, "Message": "Poor"}),
        answer(402, {"ErrorCode": 7, "Message": "Rich"}),
    ):
        with pytest.raises(Mismatch):
            casino.Answer(other, answered).must_be(990001)


def test_the_status_of_a_casinos_refusal_is_free_while_nobody_answered_it() -> None:
    for status in (200, 400):
        casino.Answer(answer(status, {"ErrorCode": 990001, "Message": "x"}), PLAIN).must_be(990001)


@pytest.mark.parametrize(
    ("template", "message", "fits"),
    [
        ("Ticket `{id}` is lost", "Ticket `E36` is lost", True),
        ("Ticket `{id}` is lost", "Ticket `` is lost", False),
        ("Ticket `{id}` is lost", "Ticket `E36` is lost.", False),
        ("a.c", "abc", False),
        ("a.c", "a.c", True),
        ("{feature} is off", "re\nserve is off", True),
        ("text", None, False),
    ],
)
def test_a_message_fits_a_template_whatever_fills_it(template: str, message: object, fits: bool) -> None:
    assert says(template, message) is fits
