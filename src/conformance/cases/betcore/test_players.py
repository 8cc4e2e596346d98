"""Several players: whose wallet a transaction moves, and who may not bet."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.oracle import betcore as oracle

CENT: Final = Decimal("0.01")


@requirement("BC-PAY-009", "BC-PAY-022", safety="moves-money")
def test_payout_to_a_player_who_does_not_own_the_bet_is_refused(casino: Casino) -> None:
    """A payout of one player's bet to another player is refused, and neither wallet moves."""
    key = "second_user_id" if casino.target.second_user is not None else "blocked_user_id"
    other = casino.as_player(key, casino.target.second_user or casino.target.blocked_user)
    bet = casino.accepted_bet()
    other.open_books()

    answer = other.make(bet, oracle.PAYOUT, casino.stake)
    casino.books_must_agree(f"a payout of the player's bet was sent for {other.target.user}")
    other.enter(answer, bet, oracle.PAYOUT, casino.stake, "a payout of another player's bet")
    answer.must_be(oracle.UNKNOWN_BET)
    with control("the payout to its owner"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    other.books_must_agree("the payout went to the owner of the bet")


@requirement("BC-PAY-002", "BC-PAY-003", safety="moves-money")
def test_one_bet_id_of_two_players_is_two_bets(casino: Casino) -> None:
    """Bets of two players with one BetId are booked apart, and each payout reaches its own player."""
    other = casino.as_player("second_user_id", casino.target.second_user)
    other.open_books(needed=casino.stake)
    bet = casino.accepted_bet()
    for kind in (oracle.BET, oracle.PAYOUT):
        other.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
        casino.books_must_agree(f"a {oracle.NAMES[kind]} with this BetId was booked for another player")
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    other.books_must_agree("a payout with this BetId was booked for another player")


@requirement("BC-PAY-016", safety="moves-money")
def test_bet_of_a_blocked_player_is_refused(casino: Casino) -> None:
    """A bet of a blocked player gets 990007 and takes nothing, though the balance would do."""
    blocked = casino.as_player("blocked_user_id", casino.target.blocked_user)
    blocked.open_books(needed=CENT)
    blocked.transact(casino.new_bet(), oracle.BET, CENT).must_be(oracle.BLOCKED)
    with control("a bet of a player who may bet"):
        casino.transact(casino.new_bet(), oracle.BET, CENT).must_be(oracle.SUCCESS)


@requirement("BC-PAY-016", safety="moves-money", needs=("jackpot", "bet-return"))
def test_credits_of_a_blocked_player_are_booked(casino: Casino) -> None:
    """A blocked player gets a jackpot, and a return of a bet that never came is taken note of."""
    blocked = casino.as_player("blocked_user_id", casino.target.blocked_user)
    blocked.open_books()
    blocked.transact(casino.new_bet(), oracle.JACKPOT, CENT).must_be(oracle.SUCCESS)
    answer = blocked.make(casino.new_bet(), oracle.BET_RETURN, CENT).must_be(oracle.SUCCESS)
    assert answer.accepted
    blocked.books_must_agree("the return of a bet that never came was sent")
