"""A smartbet wins at least what was wished for, with few events and little more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.betstack.offer import Bet, Category, Event, Team
from mockserver.betstack.smartbet import odds_needed, select
from mockserver.kernel.money import payout, total_odds

MOMENT = datetime(2030, 6, 8, 16, 0, tzinfo=UTC)
ANY = Decimal(10) ** 12
RATES = {"ext": Decimal("12.5"), "wht": Decimal(20)}
MOST = 10**15


def offer(*events: Sequence[str | Decimal]) -> list[tuple[Event, Sequence[Bet]]]:
    """Events 1, 2, ... with bets 1, 2, ... at these odds."""
    made = []
    for number, odds in enumerate(events, start=1):
        bets = {
            bet: Bet(bet, "1", "Home", "MRFT", "Result", None, None, Decimal(price), MOMENT)
            for bet, price in enumerate(odds, start=1)
        }
        category = Category(1, "football/kenya", "Premier League", 2, "kenya", "Kenya")
        event = Event(number, MOMENT, category, Team(1, "a", "A"), Team(2, "b", "B"), bets)
        made.append((event, list(bets.values())))
    return made


def picked(
    offered: list[tuple[Event, Sequence[Bet]]], least: str, most: Decimal = ANY
) -> list[tuple[int, int]] | None:
    picks = select(offered, Decimal(least), most)
    return None if picks is None else [(event.id, bet.id) for event, bet in picks]


def test_the_sample_of_the_page_needs_odds_below_its_own() -> None:
    least, most = odds_needed(2000, 25000, most=MOST, **RATES) or (None, None)

    # 1778 x 17.33 = 30812.74 gross, 20 % of the profit of 29035 is 5807: 25006 net, the least above 25000.
    assert least == Decimal("17.33")
    assert payout(2000, least, **RATES).net_payout == 25006
    assert payout(2000, Decimal("17.32"), **RATES).net_payout == 24992
    assert payout(2000, most, **RATES).gross_payout <= MOST
    assert payout(2000, most + Decimal("0.01"), **RATES).gross_payout > MOST


@pytest.mark.parametrize(
    ("win", "most", "needed"),
    [
        (1, MOST, "1.00"),
        (1778, MOST, "1.00"),
        (1779, MOST, "1.01"),
        (25006, 30813, "17.33"),
        (25006, 30812, None),
        (1, 1777, None),
    ],
)
def test_the_odds_needed_lie_between_the_win_and_the_payout_limit(
    win: int, most: int, needed: str | None
) -> None:
    found = odds_needed(2000, win, most=most, **RATES)

    assert (found and found[0]) == (needed and Decimal(needed))


def test_where_all_profit_is_taxed_only_the_stake_can_be_won() -> None:
    rates = {"ext": Decimal(0), "wht": Decimal(100)}

    assert odds_needed(2000, 2000, most=MOST, **rates) is not None
    assert odds_needed(2000, 2001, most=MOST, **rates) is None


def test_as_few_events_as_reach_the_odds_are_picked() -> None:
    offered = offer(["1.50", "4.00"], ["1.60"], ["3.00"])

    assert picked(offered, "3.50") == [(1, 2)]
    assert picked(offered, "4.00") == [(1, 2)]
    assert picked(offered, "4.01") == [(1, 1), (3, 1)]  # 4.50; 4.00 x 1.60 and 4.00 x 3.00 are more
    assert picked(offered, "6.40") == [(1, 2), (2, 1)]
    assert picked(offered, "19.20") == [(1, 2), (2, 1), (3, 1)]
    assert picked(offered, "19.21") is None


def test_the_lowest_odds_that_suffice_are_picked() -> None:
    assert picked(offer(["2.10", "2.00", "9.00"], ["2.05"]), "2.00") == [(1, 2)]
    assert picked(offer(["2.10", "9.00"], ["2.05"]), "2.00") == [(2, 1)]


def test_the_total_is_compared_after_it_is_rounded() -> None:
    offered = offer(["1.55"], ["1.50"])  # 2.325, to two digits 2.33

    assert picked(offered, "2.33") == [(1, 1), (2, 1)]
    assert picked(offered, "2.34") is None
    assert picked(offered, "2.33", Decimal("2.33")) == [(1, 1), (2, 1)]
    assert picked(offered, "2.33", Decimal("2.32")) is None


def test_too_few_events_at_high_odds_give_way_to_more_at_low_ones() -> None:
    offered = offer(["1.50", "1000.00"], ["1.50"], ["1.50"])

    assert picked(offered, "2.00", Decimal("3.00")) == [(1, 1), (2, 1)]


def test_an_event_without_a_bet_within_the_risk_is_left_out() -> None:
    assert picked(offer([], ["2.00"], []), "2.00") == [(2, 1)]
    assert picked(offer([], []), "1.00") is None
    assert picked([], "1.00") is None


ODDS = st.decimals("1", "60", places=2)
OFFERS = st.lists(st.lists(ODDS, max_size=4), max_size=5)


@given(events=OFFERS, price=st.integers(1, 10**6), win=st.integers(1, 10**9), rate=st.integers(0, 50))
def test_a_win_is_reached_whenever_the_highest_odds_of_all_events_reach_it(
    events: list[list[Decimal]], price: int, win: int, rate: int
) -> None:
    rates = {"ext": Decimal("12.5"), "wht": Decimal(rate)}
    highest = [max(odds) for odds in events if odds]
    reachable = bool(highest) and payout(price, total_odds(highest), **rates).net_payout >= win

    bounds = odds_needed(price, win, most=MOST, **rates)
    picks = select(offer(*events), *bounds) if bounds else None

    assert (picks is not None) is reachable
    if picks is not None:
        total = total_odds([bet.odds for _, bet in picks])
        assert payout(price, total, **rates).net_payout >= win
        assert len({event.id for event, _ in picks}) == len(picks)
        assert all(event.bets[bet.id] is bet for event, bet in picks)


@given(events=OFFERS, least=st.decimals("1", "2000", places=2), room=st.decimals("0", "20", places=2))
def test_no_selection_has_fewer_events_and_none_is_outside_the_bounds(
    events: list[list[Decimal]], least: Decimal, room: Decimal
) -> None:
    picks = select(offer(*events), least, least + room)

    sizes = [
        sum(odds is not None for odds in chosen)
        for chosen in product(*([None, *odds] for odds in events))
        if any(chosen) and total_odds([odds for odds in chosen if odds is not None]) >= least
    ]
    if picks is None:
        assert not sizes or select(offer(*events), least, ANY) is not None
    else:
        assert least <= total_odds([bet.odds for _, bet in picks]) <= least + room
    unbounded = select(offer(*events), least, ANY)
    assert len(unbounded or ()) == min(sizes, default=0)


def test_a_card_with_more_selections_than_could_ever_be_tried_is_selected_from() -> None:
    offered = offer(*([f"1.{number:02}" for number in range(1, 15)] for _ in range(100)))  # 15^100

    picks = select(offered, Decimal("1000.00"), ANY)

    assert picks is not None
    assert len(picks) == 53  # 1.14 to the power of 52 is 909.77
    assert Decimal(1000) <= total_odds([bet.odds for _, bet in picks]) < Decimal(1010)
