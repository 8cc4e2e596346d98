"""Money is exact: cents by a stated rounding, decimals without loss."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.kernel.money import decimal_text, payout, total_odds, whole

# The three samples of the pages that fit the relations: price, odds, ext, wht, then
# stake, ext_amount, gross_payout, wht_amount, net_payout.
SAMPLES = {
    "finance details": ((1000, "3.42", "12.5", "20"), (889, 111, 3040, 430, 2610)),
    "generate a smartbet": ((2000, "18.24", "12.5", "20"), (1778, 222, 32431, 6131, 26300)),
    "signature of ticket_create": ((500, "6.40", "12.5", "10"), (444, 56, 2842, 240, 2602)),
}


@pytest.mark.parametrize(("given_", "expected"), SAMPLES.values(), ids=SAMPLES)
def test_the_samples_of_the_pages_are_reproduced(
    given_: tuple[int, str, str, str], expected: tuple[int, ...]
) -> None:
    price, odds, ext, wht = given_
    result = payout(price, Decimal(odds), ext=Decimal(ext), wht=Decimal(wht))

    assert (
        result.stake,
        result.ext_amount,
        result.gross_payout,
        result.wht_amount,
        result.net_payout,
    ) == expected


def test_a_ticket_of_unknown_odds_pays_nothing_yet() -> None:
    result = payout(2000, None, ext=Decimal("12.5"), wht=Decimal("20"))

    assert (result.stake, result.ext_amount) == (1778, 222)
    assert (result.gross_payout, result.wht_amount, result.net_payout) == (0, 0, 0)


@pytest.mark.parametrize(("amount", "cents"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.49", 2), ("-0.5", -1)])
def test_halves_are_rounded_up_away_from_zero(amount: str, cents: int) -> None:
    assert whole(Decimal(amount)) == cents


@given(
    price=st.integers(1, 10**12),
    odds=st.decimals("1", "100000", places=2),
    ext=st.decimals("0", "50", places=1),
    wht=st.decimals("0", "50", places=1),
)
def test_no_cent_is_made_or_lost(price: int, odds: Decimal, ext: Decimal, wht: Decimal) -> None:
    result = payout(price, odds, ext=ext, wht=wht)

    assert result.stake + result.ext_amount == price
    assert result.net_payout + result.wht_amount == result.gross_payout
    assert 0 <= result.wht_amount <= result.gross_payout


def test_odds_are_multiplied_exactly_and_rounded_once() -> None:
    assert total_odds([Decimal("1.55"), Decimal("1.5")]) == Decimal("2.33")
    assert total_odds([Decimal("1.05")] * 3) == Decimal("1.16")


PLAIN = {
    "7100.5": "7100.5",
    "7090.0": "7090",
    "100": "100",
    "0.00": "0",
    "-0": "0",
    "1E+2": "100",
    "1E-8": "0.00000001",
}


@pytest.mark.parametrize(("amount", "text"), PLAIN.items())
def test_decimals_are_written_plainly(amount: str, text: str) -> None:
    assert decimal_text(Decimal(amount)) == text
