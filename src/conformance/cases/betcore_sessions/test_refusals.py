"""Calls on bets that are refused: what can't be read, and what the player or the session does not allow."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from conformance.case import control, requirement
from conformance.client import shown
from conformance.errors import Hazard, Missing
from conformance.oracle import sessions as oracle
from conformance.session_books import plain
from conformance.session_wallet import CENT, Bet, Wallet
from conformance.signing import alphabetical_body

WRONG: Final[Mapping[str, tuple[Any, ...]]] = {
    "betAmount": (None, True, "", "ten", "-1", "1,5", "1e2", {}, []),
    "winAmount": (None, True, "", "ten", "-1", "1,5", "1e2", {}, []),
    "betId": (None, 7, "", {}, []),
    "gameRoundId": (None, 7, "", {}, []),
    "sessionId": (None, 7, "", {}, []),
}
"""Values of each member that have another type or another form."""

NO_OBJECTS: Final = (b"[]", b'"payIn"', b"null", b"7", b"{", b'{"betId":', b"\xff\xfe{}")


@requirement("BC-BET-015", safety="moves-money")
def test_body_without_a_member_gets_2(wallet: Wallet) -> None:
    """A call on a bet that lacks a member is answered with 2, and moves nothing."""
    for event in wallet.events():
        bet = _ready(wallet, event)
        for name in oracle.FIELDS[event]:
            fields = bet.fields(event, wallet.session)
            del fields[name]
            _refused(wallet, event, fields, f"{event} without {name}")
        _control(wallet, event, bet)


@requirement("BC-BET-015", safety="moves-money")
def test_member_of_a_wrong_type_gets_2(wallet: Wallet) -> None:
    """A call on a bet with a member of a wrong type or form is answered with 2, and moves nothing."""
    for event in wallet.events():
        bet = _ready(wallet, event)
        for name in oracle.FIELDS[event]:
            for value in WRONG[name]:
                fields = bet.fields(event, wallet.session) | {name: value}
                _refused(wallet, event, fields, f"{event} with {name} {shown(value)}")
        _control(wallet, event, bet)


@requirement("BC-BET-015", safety="moves-money")
def test_body_that_is_no_object_gets_2(wallet: Wallet) -> None:
    """A body that is no JSON object, or none at all, is answered with 2, and moves nothing."""
    for event in wallet.events():
        bet = _ready(wallet, event)
        for body in NO_OBJECTS:
            what = f"{event} with the body {body!r}"
            with wallet.channel.evidence.during(what):
                answer = wallet.post(event, body)
                wallet.books_must_agree(f"{what} was sent")
                answer.must_be(oracle.INVALID_REQUEST)
        _control(wallet, event, bet)


@requirement("BC-BET-012", safety="moves-money")
def test_capitalised_bet_id_gets_2(wallet: Wallet) -> None:
    """A call that writes BetId instead of betId is answered with 2, and moves nothing."""
    for event in wallet.events():
        bet = _ready(wallet, event)
        fields = bet.fields(event, wallet.session)
        fields["BetId"] = fields.pop("betId")
        _refused(wallet, event, fields, f"{event} with BetId")
        _control(wallet, event, bet)


@requirement("BC-BET-016", safety="moves-money")
def test_stake_beyond_the_balance_gets_4(wallet: Wallet) -> None:
    """A stake beyond the balance is answered with 4 and takes nothing; the whole balance is taken."""
    balance = wallet.open_books(needed=wallet.stake).balance
    _within_limits(wallet, balance + CENT)
    beyond = wallet.step(oracle.PAY_IN, wallet.new_bet(balance + CENT, Decimal(0)))
    _must_cover(wallet)
    beyond.must_be(oracle.INSUFFICIENT_FUNDS)
    with control("a stake of the whole balance"):
        bet = wallet.new_bet(balance, Decimal(0))
        wallet.step(oracle.PAY_IN, bet).must_be(oracle.SUCCESS)
        wallet.step(oracle.REFUND, bet).must_be(oracle.SUCCESS)


@requirement("BC-BET-016", safety="moves-money", needs=("pay-in-out",))
def test_win_does_not_cover_a_stake_beyond_the_balance(wallet: Wallet) -> None:
    """A stake that the balance does not cover is answered with 4, though the same call brings a win."""
    balance = wallet.open_books(needed=wallet.stake).balance
    beyond = balance + CENT
    _within_limits(wallet, beyond)
    wallet.step(oracle.PAY_IN_OUT, wallet.new_bet(beyond, 2 * beyond)).must_be(oracle.INSUFFICIENT_FUNDS)
    with control("a stake of the whole balance"):
        wallet.step(oracle.PAY_IN_OUT, wallet.new_bet(balance, balance)).must_be(oracle.SUCCESS)


@requirement("BC-BET-017", safety="moves-money", needs=("limits",))
def test_stake_below_the_least_gets_5(wallet: Wallet) -> None:
    """A stake below minBet of the session is answered with 5 and takes nothing; minBet itself is taken."""
    least = wallet.target.min_bet or Decimal(0)
    if not least:
        raise Missing("needs min_bet above 0 in the target file")
    wallet.open_books(needed=2 * least)
    for event in _registrations(wallet):
        below = wallet.new_bet(least / 2, Decimal(0))
        wallet.step(event, below).must_be(oracle.LIMIT)
        with control("minBet itself"):
            wallet.step(event, wallet.new_bet(least, Decimal(0))).must_be(oracle.SUCCESS)


@requirement("BC-BET-017", safety="moves-money", needs=("limits",))
def test_stake_above_the_greatest_gets_5(wallet: Wallet) -> None:
    """A stake above maxBet of the session is answered with 5 and takes nothing; a smaller one is taken."""
    greatest = wallet.target.max_bet or Decimal(0)
    balance = wallet.open_books(needed=wallet.stake).balance
    for event in _registrations(wallet):
        above = wallet.new_bet(greatest + CENT, Decimal(0))
        wallet.step(event, above).must_be(oracle.LIMIT)
        most = greatest if greatest <= balance else wallet.stake
        with control("a stake that is not above it"):
            wallet.step(event, wallet.new_bet(most, most)).must_be(oracle.SUCCESS)


@requirement("BC-BET-018", safety="moves-money", needs=("blocked-session",))
def test_bet_of_a_blocked_player_gets_7(wallet: Wallet) -> None:
    """A bet of a blocked player is answered with 7 and takes nothing; the balance can be read."""
    blocked = wallet.of(wallet.target.blocked_session or "")
    blocked.open_books(needed=wallet.stake)
    for event in _registrations(wallet):
        blocked.step(event, blocked.new_bet()).must_be(oracle.BLOCKED)
        with control("a player who is not blocked"):
            wallet.brought(event)


@requirement("BC-BET-019", safety="moves-money")
def test_outcome_of_an_unknown_bet_gets_6(wallet: Wallet) -> None:
    """An outcome of a bet that was never registered is answered with 6, and pays nothing."""
    wallet.open_books(needed=wallet.stake)
    strange = wallet.new_bet()
    for win in (plain(strange.life.win), "0"):
        wallet.step(oracle.PAY_OUT, strange, winAmount=win).must_be(oracle.UNKNOWN_OR_ENDED_BET)
    with control("a bet that is registered"):
        wallet.step(oracle.PAY_OUT, wallet.brought(oracle.PAY_IN)).must_be(oracle.SUCCESS)


def _registrations(wallet: Wallet) -> list[str]:
    return [event for event in wallet.events() if event in oracle.REGISTERING]


def _ready(wallet: Wallet, event: str) -> Bet:
    """A bet that the event can happen to."""
    if event in oracle.REGISTERING:
        wallet.open_books(needed=wallet.stake)
        return wallet.new_bet()
    return wallet.brought(oracle.PAY_IN)


def _refused(wallet: Wallet, event: str, fields: dict[str, Any], what: str) -> None:
    with wallet.channel.evidence.during(what):
        answer = wallet.post(event, alphabetical_body(fields))
        wallet.books_must_agree(f"{what} was sent")
        answer.must_be(oracle.INVALID_REQUEST)


def _control(wallet: Wallet, event: str, bet: Bet) -> None:
    with control(f"{event} as it has to be"):
        wallet.step(event, bet).must_be(oracle.SUCCESS)


def _within_limits(wallet: Wallet, stake: Decimal) -> None:
    """Raise :exc:`Missing` where the limit of a bet would refuse the stake first."""
    greatest = wallet.target.max_bet
    if greatest is not None and stake > greatest:
        raise Missing(f"needs a player with less than maxBet, {plain(greatest)}")


def _must_cover(wallet: Wallet) -> None:
    if wallet.balance < 0:
        raise Hazard(
            f"a stake beyond the balance was taken and left {plain(wallet.balance)}",
            expected="a refusal",
            actual=f"balance {plain(wallet.balance)}",
        )
