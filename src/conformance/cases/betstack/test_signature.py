"""How calls to Betstack are signed."""

from __future__ import annotations

import json

from conformance.betstack import Answer, Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.oracle import betstack as oracle
from conformance.signing import betstack_body, betstack_signature
from conformance.ticket_checks import must_refuse


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


@requirement("BS-SIG-018", safety="creates")
def test_timestamp_of_any_age_is_accepted(betstack: Betstack) -> None:
    """A call is accepted with a timestamp of years ago, and of years to come."""
    for timestamp in ("1706090303", str(int(betstack.now()) + 10**8)):
        ticket = betstack.reserve_ticket()
        with control("another timestamp than the signed one"):
            wrong = {**betstack.headers(timestamp=timestamp), "timestamp": "1706090304"}
            betstack.pay(ticket.id, headers=wrong).must_be(403)
        betstack.pay(ticket.id, headers=betstack.headers(timestamp=timestamp)).must_be(200)
        betstack.status_must_be(ticket, "open")


@requirement("BS-SIG-019", safety="creates")
def test_timestamp_need_not_be_a_number_of_seconds(betstack: Betstack) -> None:
    """The timestamp is signed as the text that was sent, whatever it says."""
    for timestamp in ("1706090303123", "2024-01-24T09:58:23Z"):
        ticket = betstack.reserve_ticket()
        betstack.status_must_be(ticket, "reserved")
        betstack.pay(ticket.id, headers=betstack.headers(timestamp=timestamp)).must_be(200)
        betstack.status_must_be(ticket, "open")


@requirement("BS-SIG-023", safety="creates")
def test_path_or_method_of_no_operation_is_refused(betstack: Betstack) -> None:
    """A path of no operation gets 404 and 904, a method that a path does not have 405 and 905."""
    with control("a path and method that exist"):
        betstack.reserve(betstack.reservation()).must_be(200)
    for method, path, status, code in (
        ("GET", "/nothing-is-here", 404, oracle.UNKNOWN_PATH),
        ("DELETE", "/tickets", 405, oracle.METHOD_NOT_ALLOWED),
    ):
        answer = Answer(betstack.channel.call_outside(method, path, headers=betstack.headers()))
        answer.must_be(status, code=code).must_have_fields({"code": int, "message": str}, frozenset())


@requirement("BS-SIG-024", safety="creates")
def test_error_body_has_code_and_message_alone(betstack: Betstack) -> None:
    """An error body has no members besides code and message."""
    with control("a ticket that is there"):
        betstack.read(betstack.reserve_ticket().id).must_be(200)
    for refused in (
        betstack.read(betstack.new_id()),
        betstack.pay(betstack.new_id()),
        betstack.pay(betstack.new_id(), headers={}),
        betstack.reserve(betstack.reservation(token=f"unknown-{betstack.new_id()}")),
    ):
        must_refuse(refused, "a call that can't succeed")
        refused.must_have_fields({"code": int, "message": str}, frozenset())
        expect_equal("members of a refusal", expected=["code", "message"], actual=sorted(refused.raw.value))


@requirement("BS-SIG-027", safety="moves-money")
def test_call_without_identity_is_not_carried_out(betstack: Betstack) -> None:
    """A call that lacks an identity header, or whose signature does not match, is not carried out."""
    body = betstack_body(betstack.cheap(betstack.reservation()))
    ticket = betstack.reserve_ticket()
    good = betstack.headers(body)
    wrong = [{**good, "signature": _other_digit(good["signature"])}]
    wrong += [{name: good[name] for name in good if name != missing} for missing in good]
    bare = betstack.headers()
    unread = [{**bare, "signature": _other_digit(bare["signature"])}]
    unread += [{name: bare[name] for name in bare if name != missing} for missing in bare]
    for operation in betstack.ways():
        with control("rightly signed"):
            betstack.post(operation, body, good).must_be(200)
        for headers in wrong:
            must_refuse(betstack.post(operation, body, headers), f"{operation} without identity")
    with control("rightly signed"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
    for headers in unread:
        must_refuse(betstack.read(ticket.id, headers=headers), "reading without identity")
        if "list" not in betstack.target.lacks:
            must_refuse(betstack.list_tickets(headers=headers), "listing without identity")


def _other_digit(signature: str) -> str:
    """The signature with its last digit changed."""
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")
