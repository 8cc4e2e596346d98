"""Actions that come again: byte for byte, signed anew, and many at once."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_ticket import Ticket


@requirement("BS-MNY-018", safety="moves-money")
def test_creation_sent_again_takes_the_price_once(platform: Platform) -> None:
    """A creation sent again, byte for byte and signed anew, is answered 200 and takes nothing more."""
    _again(platform, oracle.CREATE)


@requirement("BS-MNY-018", safety="moves-money")
def test_creation_sent_again_after_the_win_takes_nothing(platform: Platform) -> None:
    """A creation that comes again after its ticket was won is answered 200 and takes nothing."""
    ticket = platform.brought(oracle.CREATE, oracle.WIN)
    platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-MNY-018", safety="moves-money")
def test_two_simultaneous_creations_take_the_price_once(platform: Platform) -> None:
    """Of two equal creations at once exactly one takes the price."""
    _at_once(platform, 2, oracle.CREATE)


@requirement("BS-MNY-018", safety="moves-money")
def test_ten_simultaneous_creations_take_the_price_once(platform: Platform) -> None:
    """Of ten equal creations at once exactly one takes the price."""
    _at_once(platform, 10, oracle.CREATE)


@requirement("BS-MNY-003", safety="moves-money", needs=("reserve",))
def test_reservation_sent_again_takes_nothing(platform: Platform) -> None:
    """A reservation sent again is answered 200 and takes nothing; its ticket takes one win."""
    ticket = _again(platform, oracle.RESERVE)
    with control("the ticket takes its win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-017", safety="moves-money")
def test_win_sent_again_pays_once(platform: Platform) -> None:
    """A win sent again, byte for byte and signed anew, is answered 200 and pays nothing more."""
    _again(platform, oracle.CREATE, oracle.WIN)


@requirement("BS-MNY-017", safety="moves-money")
def test_win_sent_again_after_the_closing_pays_nothing(platform: Platform) -> None:
    """A win that comes again after the closing is answered 200 and pays nothing."""
    ticket = platform.brought(oracle.CREATE, oracle.WIN, oracle.CLOSED)
    platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-017", safety="moves-money")
def test_ten_simultaneous_wins_pay_once(platform: Platform) -> None:
    """Of ten equal wins at once exactly one pays."""
    _at_once(platform, 10, oracle.CREATE, oracle.WIN)


@requirement("BS-MNY-010", safety="moves-money")
def test_loss_sent_again_moves_nothing(platform: Platform) -> None:
    """A loss sent again is answered 200 and moves nothing."""
    _again(platform, oracle.CREATE, oracle.LOST)


@requirement("BS-MNY-017", safety="moves-money", needs=("void",))
def test_void_sent_again_pays_once(platform: Platform) -> None:
    """A void sent again, byte for byte and signed anew, is answered 200 and pays nothing more."""
    _again(platform, oracle.CREATE, oracle.VOID)


@requirement("BS-MNY-017", safety="moves-money", needs=("void",))
def test_ten_simultaneous_voids_pay_once(platform: Platform) -> None:
    """Of ten equal voids at once exactly one pays."""
    _at_once(platform, 10, oracle.CREATE, oracle.VOID)


@requirement("BS-MNY-017", safety="moves-money")
def test_refund_sent_again_gives_back_once(platform: Platform) -> None:
    """A refund sent again, byte for byte and signed anew, is answered 200 and gives nothing more."""
    _again(platform, oracle.CREATE, oracle.REFUND)


@requirement("BS-MNY-017", safety="moves-money")
def test_ten_simultaneous_refunds_give_back_once(platform: Platform) -> None:
    """Of ten equal refunds at once exactly one gives the price back."""
    _at_once(platform, 10, oracle.CREATE, oracle.REFUND)


@requirement("BS-CLO-005", safety="moves-money")
def test_discard_sent_again_gives_back_once(platform: Platform) -> None:
    """A discard sent again, byte for byte and signed anew, is answered 200 and gives nothing more."""
    _again(platform, oracle.CREATE, oracle.DISCARD)


@requirement("BS-CLO-005", safety="moves-money")
def test_ten_simultaneous_discards_give_back_once(platform: Platform) -> None:
    """Of ten equal discards at once exactly one gives the price back."""
    _at_once(platform, 10, oracle.CREATE, oracle.DISCARD)


@requirement("BS-MNY-017", safety="moves-money", needs=("rollback",))
def test_rollback_sent_again_takes_once(platform: Platform) -> None:
    """A rollback sent again, byte for byte and signed anew, is answered 200 and takes nothing more."""
    _again(platform, oracle.CREATE, oracle.WIN, oracle.ROLLBACK)


@requirement("BS-MNY-017", safety="moves-money", needs=("rollback",))
def test_ten_simultaneous_rollbacks_take_once(platform: Platform) -> None:
    """Of ten equal rollbacks at once exactly one takes the win back."""
    _at_once(platform, 10, oracle.CREATE, oracle.WIN, oracle.ROLLBACK)


def _again(platform: Platform, *actions: str) -> Ticket:
    """The last action three times: as it is, byte for byte, and signed anew a second later."""
    *before, action = actions
    platform.open_books(needed=platform.price)
    ticket = platform.brought(*before)
    body = platform.body(action, platform.data(action, ticket))
    headers = platform.headers(body)
    later = platform.headers(body, timestamp=str(int(headers["timestamp"]) + 1))
    for sent in (headers, headers, later):
        answer = platform.post(body, sent)
        platform.enter(answer, action, ticket)
        answer.must_be(200)
    return ticket


def _at_once(platform: Platform, count: int, *actions: str) -> None:
    """The last action several times at once; it moves what it moves once."""
    *before, action = actions
    platform.open_books(needed=count * platform.price)
    platform.at_once(count, action, platform.brought(*before))
