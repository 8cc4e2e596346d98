"""How calls to Betstack are signed."""

from __future__ import annotations

import json

from conformance.betstack import Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.signing import betstack_body, betstack_signature


@requirement("BS-SIG-001", safety="creates")
def test_signed_body_is_accepted(betstack: Betstack) -> None:
    """A call signed over timestamp and body is accepted, one with a digit of the signature changed is not."""
    body = betstack_body(betstack.reservation())
    headers = betstack.headers(body)

    betstack.post_reservation(body, headers).must_be(200).must_have("status", "reserved")

    headers["signature"] = _other_digit(headers["signature"])
    betstack.post_reservation(body, headers).must_be(403)


@requirement("BS-SIG-002", safety="creates")
def test_bodyless_call_signs_the_timestamp_alone(betstack: Betstack) -> None:
    """A call without a body is accepted signed over the timestamp alone, not over an empty object."""
    ticket = betstack.reserve_ticket()

    betstack.pay(ticket.id, headers=betstack.headers(b"{}")).must_be(403)
    betstack.pay(ticket.id, headers=betstack.headers()).must_be(200)
    betstack.status_must_be(ticket, "open")


@requirement("BS-SIG-003", safety="creates")
def test_white_space_is_not_signed(betstack: Betstack) -> None:
    """Spaces and line breaks of the body do not take part in the signature."""
    fields = betstack.reservation()
    dense = betstack_body(fields)
    spacious = json.dumps(json.loads(dense), indent=2).replace("\n", "\r\n\t").encode()
    headers = betstack.headers(dense)
    expect_equal(
        "signature of the spacious body",
        expected=headers["signature"],
        actual=betstack_signature(betstack.operator.secret, headers["timestamp"], spacious),
    )

    betstack.post_reservation(spacious, headers).must_be(200).must_have("status", "reserved")
    betstack.post_reservation(spacious, betstack.headers(dense + b"x")).must_be(403)


@requirement("BS-SIG-004", safety="creates")
def test_optional_fields_are_signed_as_null(betstack: Betstack) -> None:
    """Optional fields without a value are sent and signed as null, and the ticket shows them as null."""
    fields = betstack.reservation(psp=None, atag=None, rtag=None)
    betstack.reserve(fields).must_be(200).must_have("status", "reserved").must_have("atag", None)

    body = betstack_body(fields)
    without = betstack_body({name: value for name, value in fields.items() if value is not None})
    betstack.post_reservation(body, betstack.headers(without)).must_be(403)


@requirement("BS-SIG-005", safety="creates")
def test_call_without_access_is_refused(betstack: Betstack) -> None:
    """A call wrongly signed is refused with 403 and pays nothing; the same call rightly signed pays."""
    ticket = betstack.reserve_ticket()
    headers = betstack.headers()
    headers["signature"] = _other_digit(headers["signature"])

    betstack.pay(ticket.id, headers=headers).must_be(403)
    betstack.status_must_be(ticket, "reserved")
    with control("rightly signed"):
        betstack.pay(ticket.id).must_be(200)


@requirement("BS-SIG-006", safety="creates")
def test_signature_of_another_body_is_refused(betstack: Betstack) -> None:
    """A reservation signed for another price is refused with 403 and reserves nothing."""
    signed = betstack_body(betstack.reservation())
    sent = betstack_body(betstack.reservation(price=betstack.target.price + 1))

    refused = betstack.post_reservation(sent, betstack.headers(signed)).must_be(403)
    expect_equal("id of a ticket in a refusal", expected=None, actual=refused.raw.member("id"))
    with control("signed over the body that is sent"):
        betstack.post_reservation(sent, betstack.headers(sent)).must_be(200).must_have("status", "reserved")


@requirement("BS-SIG-007", safety="creates")
def test_each_identity_header_is_needed(betstack: Betstack) -> None:
    """A call that lacks the timestamp, the operator's name or the signature is refused with 403."""
    ticket = betstack.reserve_ticket()
    for missing in ("timestamp", "operator-name", "signature"):
        headers = betstack.headers()
        del headers[missing]
        if missing == "timestamp":  # nothing else must be wrong: without a timestamp there is nothing to sign
            headers["signature"] = betstack_signature(betstack.operator.secret, "")
        with betstack.channel.evidence.during(f"without {missing}"):
            betstack.pay(ticket.id, headers=headers).must_be(403)
    betstack.status_must_be(ticket, "reserved")
    with control("with all three"):
        betstack.pay(ticket.id).must_be(200)


@requirement("BS-SIG-008", safety="creates", needs=("second-operator",))
def test_other_operators_key_is_refused(betstack: Betstack) -> None:
    """A call signed with another operator's key is refused with 403 and pays nothing."""
    other = betstack.as_second_operator()
    ticket = betstack.reserve_ticket()

    betstack.pay(ticket.id, headers=betstack.headers(secret=other.operator.secret)).must_be(403)
    betstack.status_must_be(ticket, "reserved")
    with control("the other operator's key is good for its own tickets"):
        other.pay(other.reserve_ticket().id).must_be(200)
    with control("signed with the operator's own key"):
        betstack.pay(ticket.id).must_be(200)


@requirement("BS-SIG-009", safety="creates", needs=("second-operator",))
def test_body_of_another_operator_is_refused(betstack: Betstack) -> None:
    """A body that names another operator than the header is refused with 403."""
    other = betstack.as_second_operator().operator
    with control("the same body with the operator's own name"):
        betstack.reserve(betstack.reservation()).must_be(200)

    betstack.reserve(betstack.reservation(operator=other.name)).must_be(403)


@requirement("BS-SIG-010", safety="creates")
def test_refused_access_has_an_error_body(betstack: Betstack) -> None:
    """The body of a 403 is an object with an integer code and a string message."""
    ticket = betstack.reserve_ticket()
    headers = betstack.headers()
    headers["signature"] = _other_digit(headers["signature"])

    betstack.pay(ticket.id, headers=headers).must_be(403).must_have_fields(
        {"code": int, "message": str}, frozenset()
    )
    with control("rightly signed"):
        betstack.pay(ticket.id).must_be(200)


def _other_digit(signature: str) -> str:
    """The signature with its last digit changed."""
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")
