"""Reading tickets."""

from __future__ import annotations

from conformance.betstack import Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch, Missing
from conformance.oracle import betstack as oracle


@requirement("BS-TKT-001", safety="creates")
def test_ticket_is_read_by_id_and_by_code(betstack: Betstack) -> None:
    """A ticket is read by its id or its code, and both show the same ticket."""
    ticket = betstack.reserve_ticket()
    if not ticket.code:
        raise Missing("needs the code of a reserved ticket")

    by_id = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("code", ticket.code)
    by_code = betstack.read(ticket.code).must_be(200)
    fields = (*oracle.READ_QUICKTIP, *oracle.READ_SUPERBET)
    expect_equal("the ticket read by its code", expected=by_id.only(fields), actual=by_code.only(fields))
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-002", safety="creates", needs=("quicktip",))
def test_quicktip_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """A quicktip that is read has the fields of the page's table, each with its type."""
    ticket = betstack.reserved(betstack.quicktip())
    answer = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("type", "quicktip")
    answer.must_have_fields(oracle.READ_QUICKTIP, oracle.NULLABLE)
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-003", safety="creates", needs=("superbet",))
def test_superbet_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """A superbet that is read has the fields of the page's table, each with its type."""
    ticket = betstack.reserved(betstack.superbet())
    answer = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("type", "superbet")
    answer.must_have_fields(oracle.READ_SUPERBET, oracle.NULLABLE)
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-004", safety="creates", needs=("superbet",))
def test_ticket_repeats_its_reservation(betstack: Betstack) -> None:
    """A ticket repeats the price, currency, source, type and affiliate tag of its reservation."""
    fields = betstack.superbet(price=betstack.target.price + 1, atag=f"tag-{betstack.new_id()}")
    answer = betstack.read(betstack.reserved(fields).id).must_be(200)
    for name in oracle.REPEATED:
        answer.must_have(name, fields[name])


@requirement("BS-TKT-005", safety="creates")
def test_unknown_ticket_is_not_read(betstack: Betstack) -> None:
    """Reading an identifier that belongs to no ticket is refused with 400 and code 102."""
    ticket = betstack.reserve_ticket()
    with control("a ticket that is there"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)

    betstack.read(betstack.new_id()).must_be(400, code=oracle.UNKNOWN_TICKET)


@requirement("BS-TKT-006", safety="creates", needs=("second-operator",))
def test_foreign_ticket_is_not_read(betstack: Betstack) -> None:
    """One operator can't read another operator's ticket, by its id or by its code."""
    other = betstack.as_second_operator()
    ticket = betstack.reserve_ticket()
    with control("its own operator reads it"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
    own = other.reserve_ticket()
    with control("the other operator reads its own ticket"):
        other.read(own.id).must_be(200).must_have("id", own.id)

    for identifier in filter(None, (ticket.id, ticket.code)):
        refused = other.read(identifier)
        if (
            refused.raw.status is None
            or not 400 <= refused.raw.status < 500
            or refused.raw.member("id") is not None
        ):
            raise Mismatch(
                f"expected a refusal, got {refused.raw.describe()}",
                expected="HTTP 400 or 403",
                actual=refused.raw.describe(),
            )


def _told_apart(betstack: Betstack, ticket_id: str) -> None:
    """Another ticket is read as another one."""
    with control("another ticket is read"):
        other = betstack.another_ticket(ticket_id)
        betstack.read(other.id).must_be(200).must_have("id", other.id)


@requirement("BS-TKT-007", safety="creates")
def test_wrongly_signed_read_is_refused(betstack: Betstack) -> None:
    """A read whose signature does not match is refused with 403 and shows no ticket."""
    ticket = betstack.reserve_ticket()
    with control("signed read"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)

    refused = betstack.read(ticket.id, headers=betstack.headers(b"x")).must_be(403)
    expect_equal("ticket in the refusal", expected=None, actual=refused.raw.member("id"))
