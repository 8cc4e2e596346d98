"""Text notifications to the operator, whose receiver the kit plays: what a payment is told by, and how.

The kit can bring about no other notification: it can neither ask for a one-time password nor settle a ticket.
"""

from __future__ import annotations

import hmac
from typing import Final

from conformance.betstack import Betstack
from conformance.callback_sink import Reply
from conformance.case import requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import sms as oracle
from conformance.played_pam import DROPPED, answered
from conformance.played_texts import TextWatch
from conformance.signing import betstack_signature
from conformance.text_checks import must_have_its_fields, text_of_a_payment, the_status
from conformance.ticket_checks import must_match

NEEDS: Final = ("texts",)

FAILURES: Final[tuple[Reply, ...]] = (answered(500), DROPPED)


@requirement("BS-SMS-007", safety="creates", needs=NEEDS)
def test_payment_is_told_with_the_fields_of_the_page(betstack: Betstack, texts: TextWatch) -> None:
    """Paying a reserved ticket is followed by a ticket_status: its id and code, a number, open, pending."""
    ticket, text = text_of_a_payment(betstack, texts)
    must_have_its_fields(text, older=not betstack.assumptions)
    for name, value in (("ticket_id", ticket.id), ("status", "open"), ("result", "pending")):
        expect_equal(f"{name} of ticket_status", expected=value, actual=text.data[name])
    if "ticket_code" in text.data:
        expect_equal("ticket_code of ticket_status", expected=ticket.code, actual=text.data["ticket_code"])


@requirement("BS-SMS-001", safety="creates", needs=NEEDS)
def test_text_has_the_three_headers(betstack: Betstack, texts: TextWatch) -> None:
    """A notification has timestamp, operator-name and signature, and names the operator of the ticket."""
    _, text = text_of_a_payment(betstack, texts)
    lacking = [name for name in oracle.HEADERS if not text.received.header(name)]
    if lacking:
        raise Mismatch(
            f"the notification lacks {', '.join(lacking)}",
            expected=", ".join(oracle.HEADERS),
            actual=", ".join(name for name, _ in text.received.headers),
        )
    expect_equal(
        "header operator-name", expected=betstack.operator.name, actual=text.received.header("operator-name")
    )


@requirement("BS-SMS-002", safety="creates", needs=NEEDS)
def test_text_is_signed(betstack: Betstack, texts: TextWatch) -> None:
    """The signature is made with the operator's secret, over timestamp and body without its spaces."""
    _, text = text_of_a_payment(betstack, texts)
    timestamp, signature = (text.received.header(name) or "" for name in ("timestamp", "signature"))
    right = betstack_signature(betstack.operator.secret, timestamp, text.received.body)
    if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
        raise Mismatch(
            "the signature of the notification does not fit timestamp and body",
            expected="lower-case hex of HMAC-SHA256 over the timestamp and the body without white space",
            actual="another signature" if signature else "no signature",
        )


@requirement("BS-SMS-003", safety="creates", needs=NEEDS)
def test_fields_stand_in_the_order_of_the_page(betstack: Betstack, texts: TextWatch) -> None:
    """type comes before data, and the fields of data stand in the order of the type's page."""
    _, text = text_of_a_payment(betstack, texts)
    expect_equal("members of the body", expected=list(oracle.BODY), actual=list(text.members))
    wanted = [name for name in oracle.FIELDS if name in text.data]
    fields = [name for name in text.data if name in oracle.FIELDS]
    expect_equal("fields of ticket_status", expected=wanted, actual=fields)


@requirement("BS-SMS-008", safety="moves-money", needs=(*NEEDS, "create"))
def test_created_ticket_is_not_told_as_open(betstack: Betstack, texts: TextWatch) -> None:
    """A ticket that was created and not reserved gets no ticket_status with status open."""
    created = betstack.created_ticket(betstack.cheap(betstack.reservation()))
    text_of_a_payment(betstack, texts)
    told = [text for text in texts.texts(created) if text.data.get("status") == "open"]
    if told:
        raise Mismatch(
            f"ticket {created.id}, which was never reserved, was told as open",
            expected="no ticket_status with status open",
            actual="; ".join(text.describe() for text in told),
        )


@requirement("BS-SMS-016", safety="creates", needs=NEEDS)
def test_text_is_one_post_of_json(betstack: Betstack, texts: TextWatch) -> None:
    """A notification is one POST, with a body that is declared as application/json."""
    ticket, text = text_of_a_payment(betstack, texts)
    expect_equal("method of the notification", expected="POST", actual=text.received.method)
    must_match(
        "Content-Type of the notification",
        r"application/json(\s*;.*)?",
        (text.received.header("content-type") or "").lower(),
        "application/json",
    )
    text_of_a_payment(betstack, texts)
    expect_equal("notifications of one payment", expected=1, actual=len(texts.texts(ticket)))


@requirement("BS-SMS-016", safety="creates", needs=NEEDS)
def test_receiver_that_fails_changes_nothing(betstack: Betstack, texts: TextWatch) -> None:
    """Where the receiver answers 500 or breaks off, the payment succeeds and nothing is sent again."""
    paid = []
    for reply in FAILURES:
        with texts.receiver.answering(reply):
            ticket = betstack.reserve_ticket()
            betstack.pay(ticket.id).must_be(200)
            the_status(betstack, texts, ticket)
        betstack.status_must_be(ticket, "open")
        paid.append(ticket)
    # What would be sent again at once has arrived by then; a repetition after minutes is not seen.
    text_of_a_payment(betstack, texts)
    for ticket in paid:
        expect_equal(f"notifications about ticket {ticket.id}", expected=1, actual=len(texts.texts(ticket)))


@requirement("BS-SMS-012", "BS-SMS-013", safety="creates", needs=NEEDS)
def test_bet_result_is_not_sent(betstack: Betstack, texts: TextWatch) -> None:
    """No bet_result has arrived since the run began, while a ticket_status arrives."""
    text_of_a_payment(betstack, texts)
    told = [text for text in texts.of_the_run() if text.type == oracle.BET_RESULT]
    if told:
        raise Mismatch(
            "bet_result was sent, which is not supported",
            expected="no bet_result",
            actual="; ".join(text.describe() for text in told[:3]),
        )
