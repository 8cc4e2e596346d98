"""Every call in every state of a bet, against the table of the oracle, and what time and sessions change."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import requirement
from conformance.errors import Hazard, Missing, NotApplicable
from conformance.hooks import Hooks
from conformance.oracle import sessions as oracle
from conformance.session_books import plain, signed
from conformance.session_wallet import Bet, Wallet

MONTH: Final = 30 * 86_400


@requirement("BC-BET-019", "BC-BLC-012", safety="moves-money")
def test_calls_on_an_unknown_bet(wallet: Wallet) -> None:
    """On a bet never seen, every call is answered and moves money as the table says."""
    _every_call(wallet, "unknown")


@requirement("BC-BET-020", safety="moves-money")
def test_calls_on_an_open_bet(wallet: Wallet) -> None:
    """On an open bet, every call is answered and moves money as the table says."""
    _every_call(wallet, "open")


@requirement("BC-BLC-011", "BC-BET-022", safety="moves-money")
def test_calls_on_a_bet_that_is_paid_out(wallet: Wallet) -> None:
    """On a bet that payOut settled, every call is answered and moves money as the table says."""
    _every_call(wallet, "paid_out")


@requirement("BC-BLC-014", "BC-BLC-009", safety="moves-money", needs=("pay-in-out",))
def test_calls_on_a_bet_that_was_settled_at_once(wallet: Wallet) -> None:
    """On a bet that payInOut settled, every call is answered and moves money as the table says."""
    _every_call(wallet, "settled_at_once")


@requirement("BC-BLC-014", "BC-BLC-013", safety="moves-money")
def test_calls_on_a_refunded_bet(wallet: Wallet) -> None:
    """On a refunded bet, every call is answered and moves money as the table says."""
    _every_call(wallet, "refunded")


@requirement("BC-BLC-014", "BC-BLC-013", safety="moves-money", needs=("pay-in-out",))
def test_calls_on_a_refunded_bet_that_was_settled_at_once(wallet: Wallet) -> None:
    """On a bet of payInOut that is refunded, every call is answered and moves money as the table says."""
    _every_call(wallet, "settled_at_once_and_refunded")


@requirement("BC-BLC-013", "BC-BLC-012", safety="moves-money")
def test_calls_on_a_bet_refunded_before_it_was_seen(wallet: Wallet) -> None:
    """On a bet refunded before it was seen, every call is answered and moves money as the table says."""
    _every_call(wallet, "refunded_before_it_was_seen")


@requirement("BC-BLC-011", safety="moves-money")
def test_refund_of_a_bet_that_is_paid_out_gets_6(wallet: Wallet) -> None:
    """The refund of a bet that payOut settled is answered with 6 and moves nothing, win or loss."""
    for win in (2 * wallet.stake, Decimal(0)):
        bet = wallet.brought(oracle.PAY_IN, oracle.PAY_OUT, bet=wallet.new_bet(win=win))
        wallet.step(oracle.REFUND, bet).must_be(oracle.UNKNOWN_OR_ENDED_BET)


@requirement("BC-BLC-013", safety="moves-money")
def test_registration_after_its_refund_gets_6(wallet: Wallet) -> None:
    """A registration that its refund has overtaken is answered with 6, and takes nothing."""
    for event in wallet.events():
        if event in oracle.REGISTERING:
            bet = _brought(wallet, "refunded_before_it_was_seen")
            wallet.step(event, bet).must_be(oracle.UNKNOWN_OR_ENDED_BET)


@requirement("BC-BLC-010", safety="moves-money", needs=("pay-in-out",))
def test_refund_of_a_spent_win_gets_4(wallet: Wallet) -> None:
    """If what payInOut won is spent, its refund is answered with 4 and moves nothing."""
    bet = wallet.brought(oracle.PAY_IN_OUT, bet=wallet.new_bet(win=3 * wallet.stake))
    greatest = wallet.target.max_bet
    if greatest is not None and wallet.balance > greatest:
        raise Missing(f"needs a player with less than maxBet, {plain(greatest)}")
    spent = wallet.brought(oracle.PAY_IN, bet=wallet.new_bet(wallet.balance, Decimal(0)))
    wallet.step(oracle.REFUND, bet).must_be(oracle.INSUFFICIENT_FUNDS)
    wallet.step(oracle.REFUND, spent).must_be(oracle.SUCCESS)
    wallet.step(oracle.REFUND, bet).must_be(oracle.SUCCESS)


@requirement("BC-BLC-015", safety="moves-money")
def test_outcome_and_refund_may_come_in_another_session(wallet: Wallet, hooks: Hooks) -> None:
    """An outcome and a refund are taken in another session of the same player, who has one balance."""
    other = wallet.of(_other_session(wallet, hooks))
    for event in (oracle.PAY_OUT, oracle.REFUND):
        bet = wallet.brought(oracle.PAY_IN)
        _one_balance(wallet, other, f"{oracle.PAY_IN} in one session")
        wallet.step(event, bet, session=other.session).must_be(oracle.SUCCESS)
        _one_balance(wallet, other, f"{event} in another session")


@requirement("BC-BLC-016", safety="moves-money", hooks=("advance",))
def test_open_bet_does_not_lapse(wallet: Wallet, hooks: Hooks) -> None:
    """A bet is open a month later: its stake is still taken, and its outcome settles it."""
    bet = wallet.brought(oracle.PAY_IN)
    hooks.call("advance", {"seconds": MONTH})
    wallet.books_must_agree("a month went by with an open bet")
    wallet.step(oracle.PAY_OUT, bet).must_be(oracle.SUCCESS)


def _every_call(wallet: Wallet, way: str) -> None:
    for event in wallet.events():
        bet = _brought(wallet, way)
        wanted = oracle.expected(bet.life, event)
        with wallet.channel.evidence.during(f"{event} of a bet that is {way.replace('_', ' ')}"):
            wallet.step(event, bet).must_be(wanted.code)


def _brought(wallet: Wallet, way: str) -> Bet:
    """A bet in this state. Raises :exc:`NotApplicable` at a target that knows of no refund before its bet."""
    if way != "refunded_before_it_was_seen":
        return wallet.brought(*oracle.WAYS[way])
    bet = wallet.new_bet()
    answer = wallet.step(oracle.REFUND, bet)
    if not answer.accepted:
        raise NotApplicable(f"the refund of a bet that was never seen is refused: {answer.raw.describe()}")
    return bet


def _other_session(wallet: Wallet, hooks: Hooks) -> str:
    """A second session of the player: that of the target file, or one that the hook launches."""
    if wallet.target.other_session is not None:
        return wallet.target.other_session
    if wallet.target.launch_player is None or not hooks.has("launch"):
        raise NotApplicable("needs other_session in the target file, or launch_player and a hook launch")
    session = wallet.new_id()
    hooks.call("launch", {"player": wallet.target.launch_player, "session": session})
    return session


def _one_balance(wallet: Wallet, other: Wallet, what: str) -> None:
    seen = other.read_balance()
    if seen != wallet.balance:
        raise Hazard(
            f"after {what} the other session differs by {signed(seen - wallet.balance)}",
            expected=f"balance {plain(wallet.balance)}",
            actual=f"balance {plain(seen)}",
        )
