"""Calculating stake, taxes and payouts of a price at odds."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.bet_cards import BetCards
from conformance.betstack import Answer, Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch, NotApplicable
from conformance.oracle import bet_cards as oracle
from conformance.oracle import betstack as engine
from conformance.oracle.bet_cards import Sample
from conformance.ticket_checks import (
    amounts_must_add_up,
    must_have_two_digits,
    must_refuse,
    rate,
    rates_must_be_percentages,
)

PRICE: Final = 3500
ODDS: Final = oracle.CALCULATOR_SAMPLE.odds

CALCULATIONS: Final = (
    (3500, ODDS),
    (1, (Decimal("1.01"),)),
    (2000, (Decimal("18.24"),)),
    (1999, (Decimal("1.55"), Decimal("1.5"))),
    (500, (Decimal("1.15"), Decimal("1.25"), Decimal("1.35"))),
    (12345678, (Decimal(1),)),
    (99999, (Decimal("1.95"), Decimal("1.85"), Decimal("1.75"), Decimal("1.7"), Decimal("1.7"))),
)
"""Prices in cents and odds; products and shares that fall between two cents are among them."""


@requirement("BS-CAL-001", "BS-CAL-002", "BS-CAL-003", "BS-CAL-004", safety="read", needs=("bet-card",))
def test_answer_has_the_fields_of_the_sample(cards: BetCards) -> None:
    """A calculation has the fields of the page's sample, the amounts in whole cents."""
    answer = cards.finance_details(PRICE, ODDS).must_be(200)
    answer.must_have_fields(oracle.FINANCE_DETAILS, frozenset())
    _told_apart(cards, answer)


@requirement("BS-CAL-005", safety="read", needs=("bet-card",))
def test_rates_are_percentages(cards: BetCards) -> None:
    """ext and wht are percentages, not fractions: the taxes fit them so."""
    answer = cards.finance_details(1_000_000, (Decimal(10),)).must_be(200)
    answer.must_have_fields(oracle.FINANCE_DETAILS, frozenset())
    rates_must_be_percentages(answer.raw.value)
    _told_apart(cards, answer)


@requirement("BS-CAL-006", safety="read", needs=("bet-card",))
def test_price_is_the_one_that_was_asked_about(cards: BetCards) -> None:
    """The price of the answer is the price that was asked about."""
    for price in (PRICE, PRICE + 1):
        cards.finance_details(price, ODDS).must_be(200).must_have("price", price)


@requirement("BS-CAL-007", "BS-CAL-008", safety="read", needs=("bet-card",))
def test_unknown_operator_is_refused(cards: BetCards) -> None:
    """An operator that does not exist is refused with 400, an integer code 106 and a string message."""
    with control("an operator that exists"):
        cards.finance_details(PRICE, ODDS).must_be(200)
    refused = cards.finance_details(PRICE, ODDS, operator="wrong-name")
    refused.must_be(400, code=engine.UNKNOWN_OPERATOR)
    refused.must_have_fields({"code": int, "message": str}, frozenset())


@requirement("BS-CAL-009", safety="read", needs=("bet-card",))
def test_message_of_106_has_the_documented_wording(cards: BetCards) -> None:
    """The message for the operator wrong-name is the one that the page prints."""
    with control("an operator that exists"):
        cards.finance_details(PRICE, ODDS).must_be(200)
    refused = cards.finance_details(PRICE, ODDS, operator="wrong-name")
    refused.must_say(engine.MESSAGES[engine.UNKNOWN_OPERATOR][0].format(operator="wrong-name"))


@requirement("BS-CAL-010", safety="read", needs=("bet-card",))
def test_message_of_106_carries_the_name(cards: BetCards) -> None:
    """The message for any other unknown operator has the name that was sent."""
    with control("an operator that exists"):
        cards.finance_details(PRICE, ODDS).must_be(200)
    for name in ("nobody-knows-me", "Nobody-Else"):
        refused = cards.finance_details(PRICE, ODDS, operator=name)
        refused.must_say(engine.MESSAGES[engine.UNKNOWN_OPERATOR][0].format(operator=name))


@requirement("BS-CAL-011", safety="read", needs=("bet-card",))
def test_identity_headers_are_not_looked_at(cards: BetCards) -> None:
    """The calculator answers without identity headers, and the same with headers that identify nobody."""
    bare = cards.finance_details(PRICE, ODDS).must_be(200)
    bare.must_have_fields(oracle.FINANCE_DETAILS, frozenset())
    wrong = {"timestamp": "1", "operator-name": "nobody-knows-me", "signature": "0" * 64}
    expect_equal(
        "the amounts with identity headers that are wrong",
        expected=bare.only(oracle.FINANCE_DETAILS),
        actual=cards.finance_details(PRICE, ODDS, **wrong).must_be(200).only(oracle.FINANCE_DETAILS),
    )
    _told_apart(cards, bare)


@requirement("BS-CAL-012", safety="read", needs=("bet-card",))
def test_call_that_lacks_a_parameter_is_refused(cards: BetCards) -> None:
    """A calculation without operator, price or odds is refused with 400."""
    with control("all three"):
        cards.finance_details(PRICE, ODDS).must_be(200)
    query = cards.calculation(PRICE, ODDS)
    for missing in ("operator", "price", "odds"):
        with cards.channel.evidence.during(f"without {missing}"):
            kept = [(name, value) for name, value in query if name != missing]
            must_refuse(
                cards.ask("getFinanceDetails", query=kept).must_be(400), f"a calculation without {missing}"
            )


@requirement("BS-CAL-013", safety="read", needs=("bet-card",))
def test_parameter_that_is_no_number_of_its_kind_is_refused(cards: BetCards) -> None:
    """A price that is no integer of at least 1, and odds below 1, get 400 and 900, whoever asks."""
    with control("a price and odds"):
        cards.finance_details(PRICE, ODDS).must_be(200)
    for operator in (None, "nobody-knows-me"):
        for price, odds in (("0", "1.5"), ("12.5", "1.5"), ("-1", "1.5"), ("many", "1.5"), ("3500", "0.99")):
            with cards.channel.evidence.during(f"price {price}, odds {odds}"):
                query = cards.calculation(price, (odds,), operator=operator)
                cards.ask("getFinanceDetails", query=query).must_be(400, code=engine.INVALID_REQUEST)


@requirement(
    *("BS-CAL-014", "BS-CAL-015", "BS-CAL-016", "BS-CAL-017", "BS-CAL-018", "BS-CAL-019"),
    safety="read",
    needs=("bet-card",),
)
def test_amounts_follow_from_price_and_odds(cards: BetCards) -> None:
    """Stake, taxes, total odds and payouts follow from price and odds as in the samples, to the cent."""
    for price, odds in CALCULATIONS:
        answer = cards.finance_details(price, odds).must_be(200)
        answer.must_have_fields(oracle.FINANCE_DETAILS, frozenset())
        expect_equal(
            f"total_odds of {' x '.join(map(str, odds))}",
            expected=engine.total_odds(odds),
            actual=answer.raw.member("total_odds"),
        )
        amounts_must_add_up(answer.raw.value, price, odds)


@requirement("BS-CAL-020", safety="read", needs=("bet-card",))
def test_sample_of_the_page_is_calculated(cards: BetCards) -> None:
    """A price of 1000 at odds 1.24 and 2.76 gives the page's amounts where its rates are 12.5 and 20."""
    _sample_must_hold(cards, oracle.CALCULATOR_SAMPLE)


@requirement("BS-CAL-021", safety="read", needs=("bet-card",))
def test_sample_of_the_signed_call_is_calculated(cards: BetCards) -> None:
    """A price of 500 at odds 6.40 gives the amounts of the signed sample where its rates are 12.5 and 10."""
    _sample_must_hold(cards, oracle.PLATFORM_SAMPLE)


@requirement("BS-SMB-011", safety="read", needs=("bet-card",))
def test_sample_of_the_smartbet_is_calculated(cards: BetCards) -> None:
    """A price of 2000 at odds 18.24 gives the smartbet sample's amounts where its rates are 12.5 and 20."""
    _sample_must_hold(cards, oracle.SMARTBET_SAMPLE)


@requirement("BS-CAL-022", safety="creates", needs=("bet-card",))
def test_rates_are_those_of_the_operators_tickets(cards: BetCards, betstack: Betstack) -> None:
    """ext and wht of a calculation are the rates that the operator's own tickets have."""
    calculated = cards.finance_details(PRICE, ODDS).must_be(200)
    ticket = betstack.reserve_ticket()
    for name in ("ext", "wht"):
        expect_equal(
            f"{name} of a calculation, and of a ticket",
            expected=rate(ticket.answer.raw.value, name),
            actual=calculated.raw.member(name),
        )
    _told_apart(cards, calculated)


@requirement("BS-CAL-023", safety="read", needs=("bet-card",))
def test_excise_is_inclusive(cards: BetCards) -> None:
    """ext_type of a calculation is inclusive."""
    answer = cards.finance_details(PRICE, ODDS).must_be(200).must_have("ext_type", "inclusive")
    _told_apart(cards, answer)


@requirement("BS-CAL-025", safety="read", needs=("bet-card",))
def test_payout_above_the_limit_is_refused(cards: BetCards) -> None:
    """A payout above 10^15 cents is refused with 400 and code 915, one far below is calculated."""
    with control("a payout within the limit"):
        cards.finance_details(engine.HIGHEST_PRICE, (Decimal(100),)).must_be(200)
    beyond = (Decimal(1000), Decimal(1000))
    cards.finance_details(engine.HIGHEST_PRICE, beyond).must_be(400, code=engine.PAYOUT_LIMIT)


@requirement("BS-CAL-026", safety="read", needs=("bet-card",))
def test_total_odds_have_two_digits(cards: BetCards) -> None:
    """total_odds has two digits after the point, also where the product of the odds has more."""
    answer = cards.finance_details(PRICE, (Decimal("1.23"), Decimal("1.17"), Decimal("1.19"))).must_be(200)
    must_have_two_digits("total_odds", answer.raw.member("total_odds"))
    with control("other odds give other total odds"):
        other = cards.finance_details(PRICE, (Decimal("5.5"),)).must_be(200)
        _must_differ("total_odds", answer, other)


def _told_apart(cards: BetCards, answer: Answer) -> None:
    """Another price is calculated otherwise."""
    with control("another price gives another stake"):
        _must_differ("stake", answer, cards.finance_details(7 * PRICE, ODDS).must_be(200))


def _must_differ(name: str, one: Answer, other: Answer) -> None:
    if one.raw.member(name) == other.raw.member(name):
        raise Mismatch(
            f"two calculations have the same {name} {one.raw.member(name)}",
            expected="two amounts",
            actual=str(one.raw.member(name)),
        )


def _sample_must_hold(cards: BetCards, sample: Sample) -> None:
    """Raise :exc:`NotApplicable` where no operator of the target file has the sample's rates."""
    for operator in cards.target.operators():
        answer = cards.of(operator, "operator").finance_details(sample.price, sample.odds).must_be(200)
        amounts = answer.must_have_fields(oracle.FINANCE_DETAILS, frozenset()).raw.value
        if (rate(amounts, "ext"), rate(amounts, "wht")) != (sample.ext, sample.wht):
            continue
        answer.must_have("total_odds", sample.total_odds).must_have("price", sample.price)
        for name in ("stake", "ext_amount", "gross_payout", "wht_amount", "net_payout"):
            answer.must_have(name, getattr(sample.amounts, name))
        with control("another price gives other amounts"):
            other = cards.of(operator, "operator").finance_details(7 * sample.price, sample.odds).must_be(200)
            _must_differ("stake", answer, other)
        return
    raise NotApplicable(f"no operator of the target has ext {sample.ext} and wht {sample.wht}")
