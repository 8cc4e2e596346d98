"""What BETCORE does where a call got no answer: thirty seconds for a bet, repeats for everything else.

Each case moves the target's clock on by a hook instead of waiting.
"""

from __future__ import annotations

from typing import Final

from conformance.aggregator import Aggregator
from conformance.aggregator_checks import (
    must_be_all,
    must_be_closed,
    must_follow,
    must_have_moved,
    must_keep_its_id,
    must_repeat,
)
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.oracle import aggregator as oracle
from conformance.oracle.betcore import BET, BET_RETURN, PAYOUT
from conformance.played_casino import CLOSE, LOST, MAKE, SILENT, CasinoCall, CasinoWatch, Told

NEEDS: Final = (CASINO_CALLS,)

HOOKS: Final = ("bet", "advance")

IN_TIME: Final = oracle.ACCEPT_SECONDS - 4
"""Seconds. Between the call and the advance some time goes by."""

TOO_LATE: Final = oracle.ACCEPT_SECONDS + 1
"""Seconds."""

FIRST_REPEAT: Final = oracle.REPEATS[0] + 1
"""Seconds."""


@requirement("BC-LIF-005", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_bet_without_an_outcome_is_returned_and_closed(aggregator: Aggregator) -> None:
    """A bet that was booked without an answer or accept is returned in full after 30 seconds, then closed."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(SILENT)
    aggregator.advance(TOO_LATE)
    _must_be_returned(aggregator, watch, bet)
    must_be_closed(aggregator, watch, bet)
    aggregator.fence()
    must_keep_its_id(aggregator, watch, bet)
    must_be_all(watch, bet, [(MAKE, BET), (MAKE, BET_RETURN), (CLOSE, None)])


@requirement("BC-LIF-005", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_bet_that_got_lost_is_returned(aggregator: Aggregator) -> None:
    """A bet whose acceptance never reached the casino's books is returned as well: BETCORE can't know."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(LOST)
    aggregator.advance(TOO_LATE)
    must_follow(aggregator, watch, bet, BET_RETURN, lost="had it been booked, its stake would be lost")
    aggregator.fence()
    must_have_moved(watch, bet, aggregator.target.stake * 0, "a bet that was never booked was returned")


@requirement("BC-CLS-010", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_closed_bet_gets_no_transaction(aggregator: Aggregator) -> None:
    """After a bet was returned and closed, nothing more is asked for about it, also minutes later."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(SILENT)
    aggregator.advance(TOO_LATE)
    with control("it is returned and closed"):
        _must_be_returned(aggregator, watch, bet)
        must_be_closed(aggregator, watch, bet)
    aggregator.advance(FIRST_REPEAT)
    aggregator.fence()
    _none_after_the_closing(watch, bet)


@requirement("BC-PAY-025", "BC-ACC-011", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_answered_bet_is_kept(aggregator: Aggregator) -> None:
    """A bet that the answer accepted is not returned after 30 seconds, with no accept at all."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    aggregator.advance(TOO_LATE)
    aggregator.fence()
    _must_be_kept(aggregator, watch, bet)


@requirement("BC-PAY-025", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_refused_bet_is_asked_for_once(aggregator: Aggregator) -> None:
    """A bet that the answer refused is neither asked for again, under any id, nor returned."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(Told(refusal=oracle.UNKNOWN_USER))
    aggregator.advance(FIRST_REPEAT)
    aggregator.fence()
    must_keep_its_id(aggregator, watch, bet)
    must_be_all(watch, bet, [(MAKE, BET)])


@requirement("BC-ACC-013", "BC-ACC-011", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_bet_accepted_in_time_is_kept(aggregator: Aggregator) -> None:
    """A bet without an answer whose accept comes before 30 seconds are over is taken and not returned."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(SILENT)
    aggregator.advance(IN_TIME)
    aggregator.accept(bet).must_be(oracle.SUCCESS)
    aggregator.advance(TOO_LATE)
    aggregator.fence()
    _must_be_kept(aggregator, watch, bet)
    aggregator.accept(bet).must_be(oracle.SUCCESS)
    aggregator.accept(bet, oracle.ADDING_FAILED).must_be(oracle.OTHER_OUTCOME)


@requirement("BC-ACC-011", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_bet_refused_by_accept_is_not_returned(aggregator: Aggregator) -> None:
    """A bet without an answer whose accept tells a failure in time is neither returned nor repeated."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(LOST)
    aggregator.accept(bet, oracle.ADDING_FAILED).must_be(oracle.SUCCESS)
    aggregator.advance(TOO_LATE)
    aggregator.fence()
    must_be_all(watch, bet, [(MAKE, BET)])


@requirement("BC-ACC-011", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_late_accept_of_a_bet_is_refused(aggregator: Aggregator) -> None:
    """An accept after 30 seconds is answered with 990008, and the bet is returned."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(SILENT)
    aggregator.advance(TOO_LATE)
    aggregator.accept(bet).must_be(oracle.TOO_LATE)
    _must_be_returned(aggregator, watch, bet)
    with control("an accept in time"):
        aggregator.accept(aggregator.bet()).must_be(oracle.SUCCESS)


@requirement("BC-LIF-006", safety="moves-money", needs=NEEDS, hooks=HOOKS)
def test_return_that_got_lost_is_sent_again(aggregator: Aggregator) -> None:
    """The return of a bet that got no answer is sent again after a minute, and the stake comes back once."""
    watch = aggregator.arrivals()
    bet = aggregator.bet(SILENT)
    with watch.casino.treating("bets", BET_RETURN, LOST):
        aggregator.advance(TOO_LATE)
        first = must_follow(aggregator, watch, bet, BET_RETURN, lost="the stake is lost")
        aggregator.fence()
    later = aggregator.arrivals()
    aggregator.advance(FIRST_REPEAT)
    second = must_follow(aggregator, later, bet, BET_RETURN, lost="the stake is lost")
    aggregator.fence()
    must_have_moved(watch, bet, aggregator.target.stake * 0, "its return was sent again")
    must_repeat(first, second)


@requirement("BC-LIF-006", safety="moves-money", needs=NEEDS, hooks=(*HOOKS, "payout"))
def test_payout_that_got_lost_is_sent_again(aggregator: Aggregator) -> None:
    """A payout without an answer is sent again after a minute with the same data, and reaches the player."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    first = aggregator.pay(bet, PAYOUT, 2 * aggregator.target.stake, LOST)
    second = _repeat_of(aggregator, first)
    aggregator.fence()
    must_have_moved(watch, bet, aggregator.target.stake, "a lost payout was sent again")
    must_repeat(first, second)


@requirement("BC-LIF-006", "BC-LIF-007", safety="moves-money", needs=NEEDS, hooks=(*HOOKS, "payout"))
def test_payout_without_an_answer_is_paid_once(aggregator: Aggregator) -> None:
    """A payout that was booked without an answer is asked for under the same identity, and paid once."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    first = aggregator.pay(bet, PAYOUT, 2 * aggregator.target.stake, SILENT)
    later = aggregator.arrivals()
    aggregator.advance(FIRST_REPEAT)
    aggregator.fence()
    must_keep_its_id(aggregator, later, first)
    must_have_moved(watch, bet, aggregator.target.stake, "a payout without an answer was sent again")
    second = must_follow(aggregator, later, first, PAYOUT, lost="BETCORE does not learn of its payout")
    must_repeat(first, second)


@requirement("BC-ACC-012", safety="moves-money", needs=NEEDS, hooks=(*HOOKS, "payout"))
def test_late_accept_of_a_payout_is_taken(aggregator: Aggregator) -> None:
    """The accept of a payout after 30 seconds is taken, so that the payout is not asked for again."""
    watch = aggregator.arrivals()
    bet = aggregator.bet()
    payout = aggregator.pay(bet, PAYOUT, 2 * aggregator.target.stake, SILENT)
    aggregator.advance(TOO_LATE)
    aggregator.accept(payout).must_be(oracle.SUCCESS)
    aggregator.advance(FIRST_REPEAT)
    aggregator.fence()
    must_be_all(watch, bet, [(MAKE, BET), (MAKE, PAYOUT)])
    must_have_moved(watch, bet, aggregator.target.stake, "its payout was accepted late")
    with control("an unknown bet is told from it"):
        aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)


def _must_be_returned(aggregator: Aggregator, watch: CasinoWatch, bet: CasinoCall) -> None:
    must_follow(aggregator, watch, bet, BET_RETURN, lost="the player's stake is lost")
    must_have_moved(watch, bet, aggregator.target.stake * 0, "it had no outcome and was returned")


def _must_be_kept(aggregator: Aggregator, watch: CasinoWatch, bet: CasinoCall) -> None:
    must_have_moved(watch, bet, -aggregator.target.stake, "it had been accepted in time")
    must_be_all(watch, bet, [(MAKE, BET)])


def _repeat_of(aggregator: Aggregator, first: CasinoCall) -> CasinoCall:
    later = aggregator.arrivals()
    aggregator.advance(FIRST_REPEAT)
    return must_follow(aggregator, later, first, PAYOUT, lost="what was asked for never arrives")


def _none_after_the_closing(watch: CasinoWatch, bet: CasinoCall) -> None:
    calls = watch.calls(bet=bet.bet)
    closed = next(place for place, call in enumerate(calls) if call.path == CLOSE)
    expect_equal(
        f"transactions of {bet.bet} after its closing",
        expected=[],
        actual=[call.describe() for call in calls[closed + 1 :] if call.path != CLOSE],
    )
