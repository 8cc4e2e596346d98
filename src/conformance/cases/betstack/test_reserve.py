"""Reserving tickets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.betstack import Answer, Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch, Missing
from conformance.oracle import betstack as oracle
from conformance.signing import betstack_body
from conformance.ticket_checks import amounts_must_add_up, rate, ticket_of


@requirement("BS-RSV-001", safety="creates", needs=("superbet",))
def test_superbet_is_reserved(betstack: Betstack) -> None:
    """A superbet reservation answers 200 with a reserved ticket, and reading it says the same."""
    ticket = betstack.reserve(betstack.superbet()).must_be(200).must_have("status", "reserved")
    betstack.read(_id(ticket)).must_be(200).must_have("status", "reserved").must_have("type", "superbet")
    with control("another reservation makes another ticket"):
        betstack.another_ticket(_id(ticket))


@requirement("BS-RSV-002", safety="creates", needs=("quicktip",))
def test_quicktip_is_reserved(betstack: Betstack) -> None:
    """A quicktip reservation answers 200 with a reserved ticket, and reading it says the same."""
    ticket = betstack.reserve(betstack.quicktip()).must_be(200).must_have("status", "reserved")
    betstack.read(_id(ticket)).must_be(200).must_have("status", "reserved").must_have("type", "quicktip")


@requirement("BS-RSV-003", safety="creates", needs=("superbet",))
def test_superbet_has_no_payouts_yet(betstack: Betstack) -> None:
    """In the answer to a superbet reservation gross_payout, net_payout and wht_amount are 0."""
    answer = betstack.reserve(betstack.superbet()).must_be(200)
    for name in ("gross_payout", "net_payout", "wht_amount"):
        answer.must_have(name, 0)
    with control("another reservation makes another ticket"):
        betstack.another_ticket(_id(answer))


@requirement("BS-RSV-004", safety="creates", needs=("superbet",))
def test_answer_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """The answer to a reservation has the fields of the page's table, each with its type."""
    answer = betstack.reserve(betstack.superbet()).must_be(200)
    answer.must_have_fields(oracle.RESERVED_SUPERBET, oracle.NULLABLE)
    with control("another reservation makes another ticket"):
        betstack.another_ticket(_id(answer))


@requirement("BS-RSV-005", safety="creates", needs=("superbet",))
def test_reservation_without_psp_and_rtag_is_accepted(betstack: Betstack) -> None:
    """A reservation of the generation before, without psp and rtag, is accepted."""
    fields = {name: value for name, value in betstack.superbet().items() if name not in ("psp", "rtag")}
    answer = betstack.reserve(fields).must_be(200).must_have("status", "reserved")
    with control("another reservation makes another ticket"):
        betstack.another_ticket(_id(answer))


@requirement("BS-RSV-006", safety="creates", needs=("quicktip",))
def test_quicktip_amounts_follow_from_the_price(betstack: Betstack) -> None:
    """Stake, taxes and payouts of a quicktip follow from its price as in the samples, to the cent."""
    fields = betstack.quicktip()
    for price in (betstack.target.price, 1999, 500):
        answer = betstack.reserve({**fields, "price": price}).must_be(200)
        amounts_must_add_up(ticket_of(answer), price, [leg["odds"] for leg in fields["events"]])


@requirement("BS-RSV-006", safety="creates", needs=("superbet",))
def test_superbet_amounts_follow_from_the_price(betstack: Betstack) -> None:
    """Stake and excise of a superbet follow from its price as in the samples, to the cent."""
    for price in (betstack.target.price, 1999, 500):
        amounts_must_add_up(ticket_of(betstack.reserve(betstack.superbet(price=price))), price, [])


@requirement("BS-RSV-007", safety="creates")
def test_malformed_reservation_is_refused(betstack: Betstack) -> None:
    """A body that is no JSON, or does not fit the page's table, is refused with 400 and reserves nothing."""
    with control("a well-formed reservation"):
        betstack.reserve(betstack.reservation()).must_be(200)

    def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
        fields = betstack.reservation()
        change(fields)
        return betstack_body(fields)

    for purpose, body in (
        ("no JSON", b'{"operator":'),
        ("no object", b"[]"),
        ("without price", changed(lambda fields: fields.pop("price"))),
        ("price as text", changed(lambda fields: fields.update(price="2000"))),
        ("unknown source", changed(lambda fields: fields.update(source="fax"))),
    ):
        with betstack.channel.evidence.during(purpose):
            refused = betstack.post_reservation(body, betstack.headers(body))
            refused.must_be(400, code=oracle.INVALID_REQUEST)
            expect_equal("id of a ticket in a refusal", expected=None, actual=refused.raw.member("id"))


@requirement("BS-RSV-008", safety="creates")
def test_unknown_token_is_refused(betstack: Betstack) -> None:
    """A token that the operator does not know is refused with 400 and code 101."""
    with control("a known token"):
        betstack.reserve(betstack.reservation()).must_be(200)
    betstack.reserve(betstack.reservation(token=f"unknown-{betstack.new_id()}")).must_be(
        400, code=oracle.UNKNOWN_PLAYER
    )


@requirement("BS-RSV-009", safety="creates", needs=("quicktip",))
def test_odds_within_the_deviation_are_accepted(betstack: Betstack) -> None:
    """Odds that differ by odds_diff are accepted; a hundredth more, up or down, is refused as changed."""
    allowed = Decimal("0.2")
    for direction in (1, -1):
        with betstack.channel.evidence.during("at the limit"):
            betstack.reserve(_shifted(betstack, direction * allowed, allowed)).must_be(200)
        with betstack.channel.evidence.during("beyond the limit"):
            beyond = _shifted(betstack, direction * (allowed + Decimal("0.01")), allowed)
            betstack.reserve(beyond).must_be(400, code=oracle.ODDS_CHANGED)


@requirement("BS-RSV-009", safety="creates", needs=("quicktip",))
def test_deviation_of_zero_accepts_the_current_odds_only(betstack: Betstack) -> None:
    """With an odds_diff of 0 the current odds are accepted, and odds that are off by a hundredth are not."""
    with control("the current odds"):
        betstack.reserve(betstack.quicktip(odds_diff=0)).must_be(200)
    betstack.reserve(_shifted(betstack, Decimal("0.01"), Decimal(0))).must_be(400, code=oracle.ODDS_CHANGED)


@requirement("BS-RSV-010", safety="creates", needs=("superbet",))
def test_unknown_event_is_refused(betstack: Betstack) -> None:
    """A reservation for an event that is not on offer is refused with 400."""
    with control("an event on offer"):
        betstack.reserve(betstack.superbet()).must_be(200)
    betstack.reserve(betstack.superbet(event=999_999_999)).must_be(400, code=oracle.UNKNOWN_EVENT)


@requirement("BS-RSV-010", safety="creates", needs=("superbet",))
def test_unknown_bet_is_refused(betstack: Betstack) -> None:
    """A reservation for a bet that its event does not have is refused with 400."""
    fields = betstack.superbet()
    with control("bets of the event"):
        betstack.reserve(fields).must_be(200)
    betstack.reserve({**fields, "bets": [*fields["bets"], 999_999_999]}).must_be(400, code=oracle.UNKNOWN_BET)


@requirement("BS-RSV-011", safety="creates", needs=("limited-operator",))
def test_reservation_without_the_feature_is_refused(betstack: Betstack) -> None:
    """A reservation on an account without the feature is refused with 400 and code 100."""
    with control("an account with the feature"):
        betstack.reserve(betstack.reservation()).must_be(200)
    limited = betstack.as_limited_operator()
    limited.reserve(limited.reservation()).must_be(400, code=oracle.FEATURE_OFF)


@requirement("BS-RSV-017", safety="creates", needs=("superbet",))
def test_withholding_tax_of_a_superbet_is_a_percentage(betstack: Betstack) -> None:
    """wht of a reserved superbet is a percentage, no fraction, and the one that is read."""
    ticket = betstack.reserved(betstack.superbet())
    wht = rate(ticket.answer.raw.value, "wht")
    if 0 < wht < 1:
        raise Mismatch(f"wht {wht} is a fraction", expected="a percentage", actual=f"wht {wht}")
    betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("wht", wht)
    with control("another reservation makes another ticket"):
        betstack.another_ticket(ticket.id)


@requirement("BS-RSV-018", safety="creates", needs=("quicktip",))
def test_answer_to_a_quicktip_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """The answer to a quicktip reservation has id, code, price, stake and currency."""
    answer = betstack.reserve(betstack.quicktip()).must_be(200)
    answer.must_have_fields(oracle.RESERVED_QUICKTIP, frozenset())
    with control("another reservation makes another ticket"):
        betstack.another_ticket(_id(answer))


def _id(answer: Answer) -> str:
    ticket_id = answer.identifier("id")
    if not ticket_id:
        raise Mismatch(
            f"expected a ticket with an id, got {answer.raw.describe()}",
            expected="a ticket with an id",
            actual=answer.raw.describe(),
        )
    return ticket_id


def _shifted(betstack: Betstack, shift: Decimal, odds_diff: Decimal) -> dict[str, Any]:
    """A quicktip whose highest odds are off by ``shift``. Raises :exc:`Missing` where no such odds exist."""
    fields = betstack.quicktip(odds_diff=odds_diff)
    *others, highest = sorted(fields["events"], key=lambda leg: leg["odds"])
    if highest["odds"] + shift < 1:
        raise Missing("needs a quicktip leg with odds of at least 1.21")
    return {**fields, "events": [*others, {**highest, "odds": highest["odds"] + shift}]}
