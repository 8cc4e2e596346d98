"""What a ticket wins once its events have ended, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.betstack import outcome
from mockserver.betstack.offer import EventResult
from mockserver.betstack.states import Result
from mockserver.betstack.ticket import Ticket, Verdict
from mockserver.kernel.money import Payout

from .small_ticket import BET, ticket

WON = EventResult(won=frozenset({BET}))
LOST = EventResult()
VOID = EventResult(void=frozenset({BET}))
ABANDONED = EventResult(won=frozenset({BET}), abandoned=True)


def decided(made: Ticket, *results: EventResult | None) -> Verdict | None:
    """The verdict where the events 1, 2 and so on ended so; ``None`` stands for one that did not end."""
    ended = {number: one for number, one in enumerate(results, start=1) if one is not None}
    return outcome.decide(made, ended)


def pays(verdict: Verdict | None) -> tuple[str, int, int, int]:
    """Result, gross payout, withholding tax and net payout."""
    assert verdict is not None
    amounts = verdict.amounts.payout
    return verdict.result.value, amounts.gross_payout, amounts.wht_amount, amounts.net_payout


def jackpot(events: int = 4, bonus_prizes: tuple[int, ...] = (40_000, 9_000)) -> Ticket:
    return ticket("jackpot", ["2.00"] * events, price=500, prize=1_000_000, bonus_prizes=bonus_prizes)


def test_a_ticket_whose_picks_all_win_pays_what_it_was_offered_at() -> None:
    made = ticket("quicktip", ["1.55", "1.50"])

    # 1.55 x 1.50 = 2.325, so 2.33; 1000 / 1.125 = 889; 889 x 2.33 = 2071.37; 20% of 1182 = 236.4
    verdict = decided(made, WON, WON)

    assert pays(verdict) == ("won", 2071, 236, 1835)
    assert verdict is not None
    assert verdict.amounts == made.offered


@pytest.mark.parametrize("results", [(LOST, WON), (WON, LOST), (LOST, None), (None, LOST), (VOID, LOST)])
def test_one_wrong_pick_loses_the_ticket_whatever_becomes_of_the_others(
    results: tuple[EventResult | None, ...],
) -> None:
    made = ticket("quicktip", ["1.55", "1.50"])

    assert decided(made, *results) == Verdict(Result.LOST, made.offered)


@pytest.mark.parametrize("results", [(), (WON,), (None, WON), (VOID, None)])
def test_a_ticket_is_undecided_while_an_event_without_result_could_still_lose_it(
    results: tuple[EventResult | None, ...],
) -> None:
    assert decided(ticket("smartbet", ["1.55", "1.50"]), *results) is None


def test_events_of_other_tickets_decide_nothing() -> None:
    assert outcome.decide(ticket("quickbet", ["1.55"]), {2: LOST}) is None
    assert outcome.decide(ticket("quickbet", ["1.55"]), {1: LOST}) is not None


@pytest.mark.parametrize("void", [VOID, ABANDONED])
def test_a_void_pick_counts_with_odds_of_1(void: EventResult) -> None:
    verdict = decided(ticket("quicktip", ["1.55", "1.50"]), WON, void)

    # 889 x 1.55 = 1377.95; 20% of 489 = 97.8
    assert pays(verdict) == ("won", 1378, 98, 1280)
    assert verdict is not None
    assert verdict.amounts.odds == Decimal("1.55")


def test_the_odds_of_what_is_left_are_multiplied_anew_and_not_divided() -> None:
    # 1.33 x 1.11 x 1.50 = 2.21445, so 2.21; without the last 1.4763, so 1.48, where 2.21 / 1.50 would be 1.47
    verdict = decided(ticket("smartbet", ["1.33", "1.11", "1.50"], price=10_000), WON, WON, VOID)

    assert verdict is not None
    assert verdict.amounts.odds == Decimal("1.48")


@pytest.mark.parametrize("results", [(VOID, VOID), (ABANDONED, VOID)])
def test_a_ticket_of_void_picks_alone_is_void_and_gives_its_price_back(
    results: tuple[EventResult, ...],
) -> None:
    verdict = decided(ticket("quicktip", ["1.55", "1.50"]), *results)

    assert verdict is not None
    assert verdict.result is Result.VOID
    assert verdict.amounts.payout == Payout(889, 111, 1000, 0, 1000)


def test_a_void_ticket_keeps_the_odds_that_it_was_offered_at() -> None:
    assert outcome.voided(ticket("quicktip", ["1.55", "1.50"])).amounts.odds == Decimal("2.33")
    assert outcome.voided(ticket("superbet", ["3.10"])).amounts.odds is None


def test_a_superbet_wins_if_each_of_its_bets_does_at_the_product_of_their_odds() -> None:
    made = ticket("superbet", ["3.10", "1.95", "2.60"], price=2000)

    # 3.10 x 1.95 x 2.60 = 15.717, so 15.72; 2000 / 1.125 = 1778; 1778 x 15.72 = 27950.16
    all_won = decided(made, EventResult(won=frozenset({101, 102, 103})))

    assert pays(all_won) == ("won", 27_950, 5_234, 22_716)
    assert all_won is not None
    assert all_won.amounts.odds is None
    assert pays(decided(made, EventResult(won=frozenset({101, 102})))) == ("lost", 0, 0, 0)


def test_a_superbet_counts_a_bet_that_was_sent_twice_once() -> None:
    made = ticket("superbet", ["3.10"], price=2000, bets=(101, 101))

    assert pays(decided(made, WON)) == ("won", 5512, 747, 4765)


def test_a_superbets_void_bets_count_with_odds_of_1() -> None:
    made = ticket("superbet", ["3.10", "1.95"], price=2000)

    # 1778 x 3.10 = 5511.8; 20% of 3734 = 746.8
    part = EventResult(won=frozenset({101}), void=frozenset({102}))
    assert pays(decided(made, part)) == ("won", 5512, 747, 4765)
    assert pays(decided(made, ABANDONED)) == ("void", 2000, 0, 2000)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        # 500 / 1.125 = 444; 20% of 999556, 39556, 8556
        ((WON, WON, WON, WON), ("won", 1_000_000, 199_911, 800_089)),
        ((WON, LOST, WON, WON), ("won", 40_000, 7_911, 32_089)),
        ((LOST, WON, LOST, WON), ("won", 9_000, 1_711, 7_289)),
        ((LOST, LOST, LOST, WON), ("lost", 0, 0, 0)),
        ((VOID, WON, WON, WON), ("won", 1_000_000, 199_911, 800_089)),
        ((VOID, LOST, WON, WON), ("won", 40_000, 7_911, 32_089)),
        ((VOID, VOID, VOID, LOST), ("won", 40_000, 7_911, 32_089)),
        ((VOID, VOID, VOID, ABANDONED), ("void", 500, 0, 500)),
    ],
)
def test_a_jackpot_pays_by_the_number_of_its_wrong_picks(
    results: tuple[EventResult, ...], expected: tuple[str, int, int, int]
) -> None:
    assert pays(decided(jackpot(), *results)) == expected


def test_a_jackpot_waits_for_every_event_unless_it_can_win_nothing_any_more() -> None:
    assert decided(jackpot(), WON, WON, WON) is None
    assert decided(jackpot(), LOST, LOST) is None
    assert pays(decided(jackpot(), LOST, LOST, LOST)) == ("lost", 0, 0, 0)


def test_a_jackpot_without_bonus_prizes_is_lost_by_one_wrong_pick() -> None:
    assert pays(decided(jackpot(bonus_prizes=()), LOST)) == ("lost", 0, 0, 0)
    assert decided(jackpot(bonus_prizes=()), WON) is None


@pytest.mark.parametrize("kind", ["quicktip", "superbet", "jackpot"])
def test_a_cash_out_is_paid_untaxed(kind: str) -> None:
    made = ticket(kind, ["4.00"], prize=9_000)

    verdict = outcome.cashed_out(made, 3_333)

    assert verdict.result is Result.WON
    assert verdict.amounts.payout == Payout(889, 111, 3_333, 0, 3_333)
    assert verdict.amounts.odds == made.offered.odds


@pytest.mark.parametrize("sum_", [0, 1, 443, 444])
def test_a_prize_that_is_no_more_than_the_stake_is_not_taxed(sum_: int) -> None:
    assert pays(outcome.paid(jackpot(), sum_)) == ("won", sum_, 0, sum_)


def test_half_a_cent_is_rounded_up() -> None:
    # 9 / 1.125 = 8; 8 x 1.5 = 12; 12.5% of 4 = 0.5
    assert pays(decided(ticket("quickbet", ["1.50"], price=9, wht="12.5"), WON)) == ("won", 12, 1, 11)
    # 10 / 1 = 10; 10 x 1.05 = 10.5
    assert pays(decided(ticket("quickbet", ["1.05"], price=10, ext="0", wht="0"), WON)) == ("won", 11, 0, 11)


ODDS = st.decimals("1.01", "50", places=2).map(str)
RATES = st.decimals("0", "50", places=1).map(str)
CENTS = st.integers(0, 10**9)
ENDS = st.sampled_from([WON, LOST, VOID, ABANDONED])


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    return ticket(
        draw(st.sampled_from(["quicktip", "smartbet", "quickbet", "superbet", "jackpot"])),
        draw(st.lists(ODDS, min_size=1, max_size=8)),
        price=draw(st.integers(1, 10**12)),
        ext=draw(RATES),
        wht=draw(RATES),
        prize=draw(CENTS),
        bonus_prizes=tuple(draw(st.lists(CENTS, max_size=3))),
    )


@settings(deadline=None)
@given(tickets(), st.lists(ENDS, min_size=8, max_size=8), CENTS)
def test_amounts_are_whole_cents_and_never_negative_and_their_sums_fit(
    made: Ticket, ends: list[EventResult], amount: int
) -> None:
    events = {event.id for event, _ in made.selections}
    verdict = outcome.decide(made, {event: ends[event - 1] for event in events})
    assert verdict is not None

    for one in (verdict, outcome.cashed_out(made, amount), outcome.voided(made), outcome.paid(made, amount)):
        paid = one.amounts.payout
        cents = (paid.stake, paid.ext_amount, paid.gross_payout, paid.wht_amount, paid.net_payout)
        assert all(type(value) is int and value >= 0 for value in cents)
        assert paid.stake + paid.ext_amount == made.request.price
        assert paid.net_payout == paid.gross_payout - paid.wht_amount
        assert paid.stake == made.offered.payout.stake


@settings(deadline=None)
@given(tickets(), st.lists(ENDS, min_size=8, max_size=8), st.data())
def test_a_verdict_that_some_events_decide_is_not_changed_by_the_others(
    made: Ticket, ends: list[EventResult], data: st.DataObject
) -> None:
    events = sorted({event.id for event, _ in made.selections})
    known = data.draw(st.sets(st.sampled_from(events)))

    early = outcome.decide(made, {event: ends[event - 1] for event in known})

    assert early in (None, outcome.decide(made, {event: ends[event - 1] for event in events}))
