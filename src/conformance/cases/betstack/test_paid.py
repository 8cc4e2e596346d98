"""Confirming that a reserved ticket is paid."""

from __future__ import annotations

from conformance.betstack import Answer, Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal, simultaneously
from conformance.errors import Mismatch, Missing
from conformance.oracle import betstack as oracle


@requirement("BS-PAY-001", "BS-PAY-016", safety="creates")
def test_payment_opens_a_reserved_ticket(betstack: Betstack) -> None:
    """Paying a reserved ticket answers 200 and makes its status open."""
    ticket = betstack.reserve_ticket()
    betstack.status_must_be(ticket, "reserved")

    betstack.pay(ticket.id).must_be(200)
    betstack.status_must_be(ticket, oracle.PAID["reserved"])


@requirement("BS-PAY-002", safety="creates")
def test_ticket_is_paid_by_its_id(betstack: Betstack) -> None:
    """A ticket is paid by its id: that ticket becomes open, another one does not."""
    ticket, other = betstack.reserve_ticket(), betstack.reserve_ticket()

    betstack.pay(ticket.id).must_be(200)
    betstack.status_must_be(ticket, "open")
    betstack.status_must_be(other, "reserved")


@requirement("BS-PAY-003", safety="creates")
def test_ticket_is_paid_by_its_code(betstack: Betstack) -> None:
    """A ticket is paid by its code: that ticket becomes open, another one does not."""
    ticket, other = betstack.reserve_ticket(), betstack.reserve_ticket()
    if not ticket.code:
        raise Missing("needs the code of a reserved ticket")

    betstack.pay(ticket.code).must_be(200)
    betstack.status_must_be(ticket, "open")
    betstack.status_must_be(other, "reserved")


@requirement("BS-PAY-004", safety="creates")
def test_unknown_ticket_is_refused(betstack: Betstack) -> None:
    """An identifier that belongs to no ticket is refused with 400 and code 102."""
    betstack.pay(betstack.new_id()).must_be(400, code=oracle.UNKNOWN_TICKET)
    with control("an identifier that belongs to a ticket"):
        betstack.pay(betstack.reserve_ticket().id).must_be(200)


@requirement("BS-PAY-004", "BS-PAY-009", safety="creates")
def test_message_of_102_carries_the_identifier(betstack: Betstack) -> None:
    """The message for an unknown ticket has the documented wording, with the identifier that was sent."""
    template = oracle.MESSAGES[oracle.UNKNOWN_TICKET][0]
    for identifier in (betstack.new_id(), betstack.new_id()):
        betstack.pay(identifier).must_say(template.format(identifier=identifier))


@requirement("BS-PAY-005", safety="creates")
def test_second_payment_is_refused(betstack: Betstack) -> None:
    """A ticket that is already open can't be paid: 400 with code 117."""
    ticket = betstack.reserve_ticket()
    with control("first payment"):
        betstack.pay(ticket.id).must_be(200)

    betstack.pay(ticket.id).must_be(400, code=oracle.WRONG_STATE)


@requirement("BS-PAY-005", safety="creates")
def test_second_payment_by_the_other_identifier_is_refused(betstack: Betstack) -> None:
    """A ticket that was paid by its id can't be paid by its code either: 400 with code 117."""
    ticket = betstack.reserve_ticket()
    if not ticket.code:
        raise Missing("needs the code of a reserved ticket")
    with control("first payment"):
        betstack.pay(ticket.id).must_be(200)

    betstack.pay(ticket.code).must_be(400, code=oracle.WRONG_STATE)


@requirement("BS-PAY-009", safety="creates")
def test_message_of_117_has_the_documented_wording(betstack: Betstack) -> None:
    """The message for a ticket that is not reserved has the documented wording."""
    ticket = betstack.reserve_ticket()
    with control("first payment"):
        betstack.pay(ticket.id).must_be(200)

    newest, *older = oracle.MESSAGES[oracle.WRONG_STATE]
    betstack.pay(ticket.id).must_say(newest, *(() if betstack.assumptions else older))


@requirement("BS-PAY-006", safety="creates", needs=("limited-operator",))
def test_feature_that_is_off_is_refused(betstack: Betstack) -> None:
    """A payment on an account without the feature is refused with 400 and code 100."""
    limited = betstack.as_limited_operator()
    identifier = limited.operator.ticket or betstack.new_id()
    with control("an account with the feature"):
        betstack.pay(betstack.reserve_ticket().id).must_be(200)

    answer = limited.pay(identifier)
    excused = limited.operator.ticket is None and not betstack.assumptions
    if excused and answer.is_refusal(400, oracle.UNKNOWN_TICKET):
        raise Missing(
            "needs [betstack.limited_operator] ticket: which refusal of an unknown ticket on an account "
            "without the feature comes first is not documented"
        )
    answer.must_be(400, code=oracle.FEATURE_OFF)


@requirement("BS-PAY-009", safety="creates", needs=("limited-operator",))
def test_message_of_100_has_the_documented_wording(betstack: Betstack) -> None:
    """The message for a feature that is off names the feature and has the documented wording."""
    limited = betstack.as_limited_operator()
    with control("an account with the feature"):
        betstack.pay(betstack.reserve_ticket().id).must_be(200)
    answer = limited.pay(limited.operator.ticket or betstack.new_id())
    if not answer.is_refusal(400, oracle.FEATURE_OFF):
        raise Missing(f"needs an answer with code 100, got {answer.raw.describe()}")
    answer.must_say(*oracle.MESSAGES[oracle.FEATURE_OFF])


@requirement("BS-PAY-007", safety="creates")
def test_two_simultaneous_payments_pay_once(betstack: Betstack) -> None:
    """Of two simultaneous payments of one ticket one answers 200, the other 400 with code 117."""
    _pay_at_once(betstack, 2)


@requirement("BS-PAY-007", safety="creates")
def test_ten_simultaneous_payments_pay_once(betstack: Betstack) -> None:
    """Of ten simultaneous payments of one ticket one answers 200, the others 400 with code 117."""
    _pay_at_once(betstack, 10)


@requirement("BS-PAY-008", "BS-PAY-017", safety="creates")
def test_error_body_has_code_and_message(betstack: Betstack) -> None:
    """The body of an error is an object with an integer code and a string message."""
    ticket = betstack.reserve_ticket()
    with control("first payment"):
        betstack.pay(ticket.id).must_be(200)

    for identifier in (ticket.id, betstack.new_id()):
        refused = betstack.pay(identifier).must_be(400)
        refused.must_have_fields({"code": int, "message": str}, frozenset())


@requirement("BS-PAY-010", safety="creates")
def test_refused_payment_changes_nothing(betstack: Betstack) -> None:
    """A refused payment leaves the ticket as it was."""
    ticket = betstack.reserve_ticket()
    with control("first payment"):
        betstack.pay(ticket.id).must_be(200)
    before = betstack.read(ticket.id).must_be(200).must_have("status", "open")

    betstack.pay(ticket.id).must_be(400, code=oracle.WRONG_STATE)
    fields = (*oracle.READ_QUICKTIP, *oracle.READ_SUPERBET)
    expect_equal(
        "the ticket after a refused payment",
        expected=before.only(fields),
        actual=betstack.read(ticket.id).must_be(200).only(fields),
    )


@requirement("BS-PAY-011", safety="creates", needs=("second-operator",))
def test_foreign_ticket_is_not_paid(betstack: Betstack) -> None:
    """One operator can't pay another operator's ticket: 400 with code 102, or 403, and it stays reserved."""
    other = betstack.as_second_operator()
    ticket = betstack.reserve_ticket()
    with control("the other operator pays its own ticket"):
        other.pay(other.reserve_ticket().id).must_be(200)

    for identifier in filter(None, (ticket.id, ticket.code)):
        refused = other.pay(identifier)
        if not refused.has_status(403):
            refused.must_be(400, code=oracle.UNKNOWN_TICKET)
    betstack.status_must_be(ticket, "reserved")
    with control("its own operator pays it"):
        betstack.pay(ticket.id).must_be(200)


@requirement("BS-PAY-012", safety="creates")
def test_payment_without_body_and_media_type_is_accepted(betstack: Betstack) -> None:
    """A payment without body and Content-Type answers 200, and the ticket is open."""
    ticket = betstack.reserve_ticket()
    betstack.status_must_be(ticket, "reserved")
    headers = betstack.headers()
    expect_equal("Content-Type of the payment", expected=None, actual=headers.get("content-type"))
    betstack.pay(ticket.id, headers=headers).must_be(200)
    betstack.status_must_be(ticket, "open")


@requirement("BS-PAY-013", safety="creates")
def test_answer_to_a_payment_is_an_empty_object(betstack: Betstack) -> None:
    """The body of a successful payment is an empty object."""
    ticket = betstack.reserve_ticket()
    betstack.status_must_be(ticket, "reserved")
    expect_equal(
        "the answer to a payment", expected={}, actual=betstack.pay(ticket.id).must_be(200).raw.value
    )
    betstack.status_must_be(ticket, "open")


def _pay_at_once(betstack: Betstack, count: int) -> None:
    ticket = betstack.reserve_ticket()
    sent = simultaneously([lambda: betstack.pay(ticket.id, paced=False).raw] * count)
    answers = [Answer(raw, betstack.channel.refusals("payTicket")) for raw in sent]
    accepted = [answer for answer in answers if answer.raw.status == 200]
    refused = [answer for answer in answers if answer.is_refusal(400, oracle.WRONG_STATE)]
    if (len(accepted), len(refused)) != (1, count - 1):
        shown = "; ".join(sorted(answer.raw.describe() for answer in answers))
        raise Mismatch(
            f"of {count} simultaneous payments {len(accepted)} answered 200 and {len(refused)} code 117",
            expected=f"1 with 200, {count - 1} with 400 and code 117",
            actual=shown,
        )
    betstack.status_must_be(ticket, "open")
