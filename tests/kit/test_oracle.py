"""The kit's own expectations, checked with the samples of the vendors' pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conformance.ledger import Ledger
from conformance.oracle import bet_cards, betcore, betstack
from conformance.oracle.bet_cards import Sample
from conformance.oracle.betstack import Finances, finances, total_odds


@pytest.mark.parametrize(
    ("price", "ext", "wht", "odds", "expected"),
    [
        (1000, "12.5", "20", ["3.42"], Finances(889, 111, 3040, 430, 2610)),
        (2000, "12.5", "20", ["18.24"], Finances(1778, 222, 32431, 6131, 26300)),
        (500, "12.5", "10", ["6.40"], Finances(444, 56, 2842, 240, 2602)),
    ],
    ids=["finance details", "smartbet", "quickbet"],
)
def test_amounts_of_the_samples_follow(
    price: int, ext: str, wht: str, odds: list[str], expected: Finances
) -> None:
    assert finances(price, Decimal(ext), Decimal(wht), [Decimal(value) for value in odds]) == expected


@pytest.mark.parametrize(
    "sample", [bet_cards.CALCULATOR_SAMPLE, bet_cards.SMARTBET_SAMPLE, bet_cards.PLATFORM_SAMPLE]
)
def test_printed_samples_follow_from_their_odds(sample: Sample) -> None:
    assert finances(sample.price, sample.ext, sample.wht, sample.odds) == sample.amounts
    assert total_odds(sample.odds) == sample.total_odds


def test_odds_multiply_and_are_rounded_half_up_to_two_digits() -> None:
    # 1.55 x 1.5 = 2.325, rounded to 2.33; 444 x 2.33 = 1034.52
    assert finances(500, Decimal("12.5"), Decimal(20), [Decimal("1.55"), Decimal("1.5")]).gross_payout == 1035


def test_without_odds_the_payouts_are_nothing() -> None:
    assert finances(2000, Decimal("12.5"), Decimal(20), []) == Finances(1778, 222, 0, 0, 0)


def test_only_a_reserved_ticket_can_be_paid() -> None:
    assert betstack.PAID == {"reserved": "open"}


def test_codes_of_the_platform_that_the_caller_knows_are_passed_on() -> None:
    told = {
        operation: [betstack.told_caller(operation, code) for code in (101, 916, 925, 103, "101", None)]
        for operation in ("createTicket", "reserveTicket")
    }

    assert told == {
        "createTicket": [101, 916, 925, 926, 926, 926],
        "reserveTicket": [101, 916, 926, 926, 926, 926],
    }


def test_every_transaction_type_has_a_direction() -> None:
    assert betcore.EFFECT == {-1: -1, 1: 1, 2: 1, -2: -1, 4: 1}
    assert all(betcore.EFFECT[kind] == -betcore.EFFECT[back] for kind, back in betcore.OPPOSITE.items())


def test_ledger_adds_up_and_tells_the_difference() -> None:
    ledger = Ledger(Decimal("7100.5"))
    ledger.book(1, -1, Decimal("-10.10"))
    ledger.book(1, 1, Decimal("0.20"))

    assert ledger.balance == Decimal("7090.60")
    assert ledger.difference(Decimal("7090.60")) == 0
    assert ledger.difference(Decimal("7080.60")) == Decimal(-10)
