"""Calls on bets that come again: alike, changed, and at once."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.code_answer import Answer
from conformance.errors import Mismatch, Missing
from conformance.oracle import sessions as oracle
from conformance.session_books import plain
from conformance.session_wallet import CENT, Bet, Wallet

MANY: Final = 10


@requirement("BC-BET-020", safety="moves-money")
def test_registration_sent_again_gets_104(wallet: Wallet) -> None:
    """A bet registered again, under a new request id, is answered with 104 and takes nothing."""
    bet = wallet.brought(oracle.PAY_IN)
    wallet.step(oracle.PAY_IN, bet).must_be(oracle.REGISTERED)
    wallet.step(oracle.PAY_OUT, bet)
    wallet.step(oracle.PAY_IN, bet).must_be(oracle.REGISTERED)


@requirement("BC-BET-020", safety="moves-money", needs=("pay-in-out",))
def test_bet_with_its_outcome_sent_again_gets_104(wallet: Wallet) -> None:
    """A bet of payInOut sent again is answered with 104, and takes and pays nothing."""
    bet = wallet.brought(oracle.PAY_IN_OUT)
    wallet.step(oracle.PAY_IN_OUT, bet).must_be(oracle.REGISTERED)


@requirement("BC-BET-021", safety="moves-money")
def test_registration_again_with_another_amount_gets_2(wallet: Wallet) -> None:
    """A known bet with another stake or another win is answered with 2, and the first booking stands."""
    for event in _registrations(wallet):
        bet = wallet.brought(event)
        wallet.step(event, bet, betAmount=plain(wallet.stake + CENT)).must_be(oracle.INVALID_REQUEST)
        if event == oracle.PAY_IN_OUT:
            more = plain(bet.life.win + CENT)
            wallet.step(event, bet, winAmount=more).must_be(oracle.INVALID_REQUEST)
        _stands(wallet, event, bet)


@requirement("BC-BET-021", safety="moves-money")
def test_registration_again_in_another_round_gets_2(wallet: Wallet) -> None:
    """A known bet in another round is answered with 2, and the first booking stands."""
    for event in _registrations(wallet):
        bet = wallet.brought(event)
        wallet.step(event, bet, gameRoundId=wallet.new_id()).must_be(oracle.INVALID_REQUEST)
        _stands(wallet, event, bet)


@requirement("BC-BET-021", safety="moves-money", needs=("pay-in-out",))
def test_registration_again_by_the_other_method_gets_2(wallet: Wallet) -> None:
    """A known bet registered by the other method is answered with 2, and the first booking stands."""
    for first, other in ((oracle.PAY_IN, oracle.PAY_IN_OUT), (oracle.PAY_IN_OUT, oracle.PAY_IN)):
        bet = wallet.brought(first)
        wallet.step(other, bet).must_be(oracle.INVALID_REQUEST)
        _stands(wallet, first, bet)


@requirement("BC-BET-021", safety="moves-money", needs=("blocked-session",))
def test_registration_again_for_another_player_gets_2(wallet: Wallet) -> None:
    """A known bet in the session of another player is answered with 2, and nobody's balance moves."""
    bet = wallet.brought(oracle.PAY_IN)
    other = wallet.of(wallet.target.blocked_session or "")
    other.open_books()
    answer = other.act(oracle.PAY_IN, bet)
    other.books_must_agree("a bet of another player was sent")
    wallet.books_must_agree("the bet was sent in the session of another player")
    answer.must_be(oracle.INVALID_REQUEST)
    _stands(wallet, oracle.PAY_IN, bet)


@requirement("BC-BET-022", safety="moves-money")
def test_outcome_sent_again_pays_nothing(wallet: Wallet) -> None:
    """The same outcome again succeeds and pays nothing."""
    bet = wallet.brought(oracle.PAY_IN, oracle.PAY_OUT)
    for _ in range(2):
        wallet.step(oracle.PAY_OUT, bet).must_be(oracle.SUCCESS)


@requirement("BC-BET-023", safety="moves-money")
def test_other_win_of_a_settled_bet_gets_2(wallet: Wallet) -> None:
    """Another win for a settled bet is answered with 2; the first one stands, be it a win or a loss."""
    for win in (2 * wallet.stake, Decimal(0)):
        bet = wallet.brought(oracle.PAY_IN, oracle.PAY_OUT, bet=wallet.new_bet(win=win))
        for other in (win + CENT, wallet.stake):
            wallet.step(oracle.PAY_OUT, bet, winAmount=plain(other)).must_be(oracle.INVALID_REQUEST)


@requirement("BC-BLC-012", safety="moves-money")
def test_refund_sent_again_gives_nothing(wallet: Wallet) -> None:
    """A second refund of a bet succeeds, and gives nothing more."""
    for way in oracle.WAYS.values():
        if oracle.REFUND in way and set(way) <= set(wallet.events()):
            bet = wallet.new_bet()
            for event in (*way, oracle.REFUND):
                wallet.step(event, bet).must_be(oracle.SUCCESS)


@requirement("BC-BET-025", safety="moves-money")
def test_two_simultaneous_registrations_take_the_stake_once(wallet: Wallet) -> None:
    """Of two equal registrations at once exactly one takes the stake."""
    _at_once(wallet, 2, oracle.PAY_IN)


@requirement("BC-BET-025", safety="moves-money")
def test_ten_simultaneous_registrations_take_the_stake_once(wallet: Wallet) -> None:
    """Of ten equal registrations at once exactly one takes the stake."""
    _at_once(wallet, MANY, oracle.PAY_IN)


@requirement("BC-BET-025", safety="moves-money", needs=("pay-in-out",))
def test_ten_simultaneous_bets_with_their_outcome_are_booked_once(wallet: Wallet) -> None:
    """Of ten equal calls payInOut at once exactly one takes the stake and pays the win."""
    _at_once(wallet, MANY, oracle.PAY_IN_OUT)


@requirement("BC-BET-022", safety="moves-money")
def test_ten_simultaneous_outcomes_pay_once(wallet: Wallet) -> None:
    """Ten equal outcomes at once pay the win once."""
    wallet.at_once(MANY, oracle.PAY_OUT, wallet.brought(oracle.PAY_IN))


@requirement("BC-BLC-012", safety="moves-money")
def test_ten_simultaneous_refunds_give_back_once(wallet: Wallet) -> None:
    """Ten refunds of a bet at once give the stake back once."""
    wallet.at_once(MANY, oracle.REFUND, wallet.brought(oracle.PAY_IN))


@requirement("BC-BET-016", safety="moves-money")
def test_ten_simultaneous_stakes_do_not_overdraw(wallet: Wallet) -> None:
    """Of ten bets at once, of which the balance covers four, no more than four are taken."""
    balance = wallet.open_books(needed=4 * wallet.stake).balance
    stake = (balance / 4).quantize(CENT, ROUND_DOWN)
    greatest = wallet.target.max_bet
    if greatest is not None and stake > greatest:
        raise Missing(f"needs a player with less than four times maxBet, {plain(greatest)}")
    bets = [wallet.new_bet(stake, Decimal(0)) for _ in range(MANY)]
    answers = wallet.together([(oracle.PAY_IN, bet) for bet in bets])
    wallet.enter_registrations(bets, answers)
    if not any(answer.accepted for answer in answers):
        raise Mismatch(
            f"none of {MANY} bets at once was taken", expected="four of them", actual=_said(answers)
        )
    for answer in answers:
        if not answer.accepted:
            answer.must_be(oracle.INSUFFICIENT_FUNDS)


@requirement("BC-BLC-014", safety="moves-money")
def test_outcome_and_refund_at_once_end_the_bet_once(wallet: Wallet) -> None:
    """Of an outcome and a refund of one bet at once exactly one takes effect."""
    bet = wallet.brought(oracle.PAY_IN)
    answers = wallet.together([(oracle.PAY_OUT, bet), (oracle.REFUND, bet)])
    stake, win = bet.life.stake, bet.life.win
    taken = [answer.accepted for answer in answers]
    allowed = {(True, False): (win,), (False, True): (stake,), (True, True): (win, stake)}
    wallet.settle(
        allowed.get((taken[0], taken[1]), (Decimal(0), win, stake)),
        "an outcome and a refund were sent at once",
        oracle.PAY_OUT,
        bet,
    )
    if sum(taken) != 1:
        raise Mismatch(
            f"{sum(taken)} of an outcome and a refund at once were accepted",
            expected="one of them accepted, the other one refused",
            actual=_said(answers),
        )
    next(one for one, good in zip(answers, taken, strict=True) if not good).must_be(
        oracle.UNKNOWN_OR_ENDED_BET
    )


@requirement("BC-BLC-013", safety="moves-money")
def test_registration_and_refund_at_once_leave_no_stake(wallet: Wallet) -> None:
    """A registration and its refund at once, in whatever order they are taken, leave no stake taken."""
    wallet.brought(oracle.PAY_IN)
    bet = wallet.new_bet()
    answers = wallet.together([(oracle.PAY_IN, bet), (oracle.REFUND, bet)])
    if answers[1].accepted:
        wallet.settle((Decimal(0),), "a registration and its refund were sent at once", oracle.PAY_IN, bet)
    answers[1].must_be(oracle.SUCCESS)
    answers[0].must_be(oracle.SUCCESS, oracle.UNKNOWN_OR_ENDED_BET)


def _registrations(wallet: Wallet) -> list[str]:
    return [event for event in wallet.events() if event in oracle.REGISTERING]


def _stands(wallet: Wallet, event: str, bet: Bet) -> None:
    """The bet is still the one that was registered first."""
    with control("as it was registered"):
        wallet.step(event, bet).must_be(oracle.REGISTERED, oracle.SUCCESS)


def _at_once(wallet: Wallet, count: int, event: str) -> None:
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    wallet.at_once(count, event, bet)
    wallet.step(event, bet).must_be(oracle.REGISTERED)


def _said(answers: list[Answer]) -> str:
    return "; ".join(sorted({answer.raw.describe() for answer in answers}))
