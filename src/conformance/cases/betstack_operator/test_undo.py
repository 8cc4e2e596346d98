"""Refund, discard and rollback: what each gives back or takes back."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import accepted, must_refuse
from conformance.platform_ticket import Ticket


@requirement("BS-ACT-014", safety="moves-money")
def test_refund_is_accepted(platform: Platform) -> None:
    """ticket_refund with a reason is answered 200 for a ticket that was created."""
    platform.step(oracle.REFUND, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-012", safety="moves-money")
def test_refund_gives_money_back(platform: Platform) -> None:
    """A refund of a ticket whose money was taken gives money back to the player."""
    platform.step(oracle.REFUND, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-013", safety="moves-money")
def test_refund_gives_back_what_was_taken(platform: Platform) -> None:
    """A refund gives back the price, to the cent, whatever it was."""
    platform.open_books(needed=2 * platform.price)
    for price in (platform.price, platform.price - 33):
        ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(price=price))
        platform.step(oracle.REFUND, ticket).must_be(200)


@requirement("BS-MNY-013", safety="moves-money", needs=("reserve",))
def test_refund_of_a_reservation_gives_nothing(platform: Platform) -> None:
    """A refund of a reservation, for which the wallet paid nothing, gives nothing."""
    platform.step(oracle.REFUND, platform.brought(oracle.RESERVE)).must_be(200)
    with control("a refund of a created ticket gives its price"):
        platform.step(oracle.REFUND, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-ACT-015", safety="moves-money")
def test_discard_is_accepted(platform: Platform) -> None:
    """ticket_discard with a reason is answered 200 for a ticket that was created."""
    platform.step(oracle.DISCARD, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-014", safety="moves-money")
def test_discard_gives_back_what_was_taken(platform: Platform) -> None:
    """A discard of a ticket whose money was taken, the answer to that being lost, gives back its price."""
    platform.open_books(needed=2 * platform.price)
    for price in (platform.price, platform.price - 33):
        ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(price=price))
        platform.step(oracle.DISCARD, ticket).must_be(200)


@requirement("BS-MNY-014", safety="moves-money", needs=("reserve",))
def test_discard_of_a_reservation_gives_nothing(platform: Platform) -> None:
    """A discard of a reservation gives nothing."""
    platform.step(oracle.DISCARD, platform.brought(oracle.RESERVE)).must_be(200)
    with control("a discard of a created ticket gives its price"):
        platform.step(oracle.DISCARD, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-CLO-006", safety="moves-money")
def test_discard_of_an_unknown_ticket_is_accepted(platform: Platform) -> None:
    """A discard of a ticket that the platform never saw is answered 200 and moves nothing."""
    _unknown_is_given_back(platform, oracle.DISCARD)


@requirement("BS-CLO-006", safety="moves-money")
def test_refund_of_an_unknown_ticket_is_accepted(platform: Platform) -> None:
    """A refund of a ticket that the platform never saw is answered 200 and moves nothing."""
    _unknown_is_given_back(platform, oracle.REFUND)


@requirement("BS-CLO-007", safety="moves-money")
def test_creation_after_its_discard_is_refused(platform: Platform) -> None:
    """A creation that arrives after the discard of its ticket is refused with 950, and takes nothing."""
    _too_late(platform, oracle.CREATE)


@requirement("BS-CLO-007", safety="moves-money", needs=("reserve",))
def test_reservation_after_its_discard_is_refused(platform: Platform) -> None:
    """A reservation that arrives after the discard of its ticket is refused with 950."""
    _too_late(platform, oracle.RESERVE)


@requirement("BS-CLO-007", safety="moves-money")
def test_creation_overtaken_by_its_discard_leaves_no_debit(platform: Platform) -> None:
    """A creation and its discard that arrive at once leave the balance as it was, whichever is first."""
    platform.open_books(needed=platform.price)
    for _ in range(3):
        ticket = platform.new_ticket()
        created, discarded = platform.together([(oracle.CREATE, ticket), (oracle.DISCARD, ticket)])
        if discarded.status == 200:
            what = f"a creation answered {created.describe()} and its discard, accepted, came at once"
            platform.settle([0], what, oracle.CREATE, ticket)
        else:
            raise Mismatch(
                f"the discard got {discarded.describe()}", expected="HTTP 200", actual=discarded.describe()
            )
    with control("a creation alone takes its price"):
        platform.step(oracle.CREATE, platform.new_ticket()).must_be(200)


@requirement("BS-ACT-016", safety="moves-money", needs=("rollback",))
def test_rollback_is_accepted(platform: Platform) -> None:
    """ticket_rollback with a reason is answered 200 for a ticket that was won."""
    platform.step(oracle.ROLLBACK, platform.brought(oracle.CREATE, oracle.WIN)).must_be(200)


@requirement("BS-MNY-015", safety="moves-money", needs=("rollback",))
def test_rollback_takes_back_the_win(platform: Platform) -> None:
    """A rollback takes back what the win credited, to the cent; that of a loss takes nothing."""
    platform.open_books(needed=2 * platform.price)
    for result in (oracle.WIN, oracle.LOST):
        platform.step(oracle.ROLLBACK, platform.brought(oracle.CREATE, result)).must_be(200)


@requirement("BS-MNY-015", safety="moves-money", needs=("rollback", "void"))
def test_rollback_takes_back_the_void(platform: Platform) -> None:
    """A rollback of a void takes back what that credited, to the cent."""
    platform.step(oracle.ROLLBACK, platform.brought(oracle.CREATE, oracle.VOID)).must_be(200)


@requirement("BS-MNY-015", safety="moves-money", needs=("rollback",))
def test_rollback_of_spent_winnings_leaves_a_negative_balance(platform: Platform) -> None:
    """A rollback of winnings that are spent is answered 200 and takes them back: the balance is negative."""
    won = _won_and_spent(platform)
    platform.step(oracle.ROLLBACK, won).must_be(200)


@requirement("BS-MNY-016", safety="moves-money", needs=("rollback",))
def test_rollback_refused_for_lack_of_money_moves_nothing(platform: Platform) -> None:
    """A rollback of winnings that are spent is done whole or refused; refused, the ticket keeps its win."""
    won = _won_and_spent(platform)
    answer = platform.step(oracle.ROLLBACK, won)
    if not accepted(answer):
        must_refuse(answer, oracle.INSUFFICIENT_FUNDS)
        platform.step(oracle.WIN, won).must_be(200)
        with control("the rollback is done once the money is there"):
            platform.give_back_last()
            platform.step(oracle.ROLLBACK, won).must_be(200)


@requirement("BS-CLO-014", safety="moves-money", needs=("rollback",))
def test_rolled_back_ticket_is_open_again(platform: Platform) -> None:
    """After the rollback of a loss the ticket is open again: it takes a win, which pays."""
    ticket = platform.brought(oracle.CREATE, oracle.LOST)
    platform.step(oracle.ROLLBACK, ticket).must_be(200)
    platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-CLO-016", safety="moves-money", needs=("rollback",))
def test_new_result_after_a_rollback_is_taken(platform: Platform) -> None:
    """After the rollback of a win the platform takes a loss, and after that of a loss a win."""
    ticket = platform.brought(oracle.CREATE)
    for result in (oracle.WIN, oracle.LOST, oracle.WIN):
        platform.step(result, ticket).must_be(200)
        platform.step(oracle.ROLLBACK, ticket).must_be(200)


@requirement("BS-MNY-019", safety="moves-money", needs=("rollback",))
def test_same_result_after_a_rollback_is_booked_again(platform: Platform) -> None:
    """A win, its rollback and the same win again: each moves the payout, twice over."""
    ticket = platform.brought(oracle.CREATE)
    for action in (oracle.WIN, oracle.ROLLBACK) * 2 + (oracle.WIN,):
        platform.step(action, ticket).must_be(200)


@requirement("BS-CLO-012", safety="moves-money", needs=("rollback",))
def test_rollback_before_the_closing_is_taken(platform: Platform) -> None:
    """A rollback that comes before the closing is answered 200, after a win and after a loss."""
    platform.open_books(needed=2 * platform.price)
    for result in (oracle.WIN, oracle.LOST):
        ticket = platform.brought(oracle.CREATE, result)
        platform.step(oracle.ROLLBACK, ticket).must_be(200)


@requirement("BS-CLO-017", safety="moves-money", needs=("rollback",))
def test_rollback_after_the_closing_is_taken(platform: Platform) -> None:
    """A rollback that comes after ticket_closed is answered 200, and takes the win back."""
    ticket = platform.brought(oracle.CREATE, oracle.WIN, oracle.CLOSED)
    platform.step(oracle.ROLLBACK, ticket).must_be(200)
    platform.step(oracle.LOST, ticket).must_be(200)


@requirement("BS-CLO-018", safety="moves-money", needs=("rollback",))
def test_ticket_may_be_closed_twice(platform: Platform) -> None:
    """A ticket that was closed, rolled back and won anew is closed a second time, and nothing moves."""
    ticket = platform.brought(oracle.CREATE, oracle.WIN, oracle.CLOSED)
    for action in (oracle.ROLLBACK, oracle.WIN, oracle.CLOSED):
        platform.step(action, ticket).must_be(200)


@requirement("BS-MNY-024", safety="moves-money")
def test_refund_after_a_result_is_refused(platform: Platform) -> None:
    """A refund of a ticket that is won is refused with 952, and gives nothing."""
    won = platform.brought(oracle.CREATE, oracle.WIN)
    must_refuse(platform.step(oracle.REFUND, won), oracle.WRONG_STATE)
    with control("a refund before the result"):
        platform.step(oracle.REFUND, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-024", safety="moves-money", needs=("rollback",))
def test_rollback_of_a_refund_is_refused(platform: Platform) -> None:
    """A rollback of a ticket that is refunded is refused with 952, and takes nothing."""
    refunded = platform.brought(oracle.CREATE, oracle.REFUND)
    must_refuse(platform.step(oracle.ROLLBACK, refunded), oracle.WRONG_STATE)
    with control("a rollback of a win"):
        platform.step(oracle.ROLLBACK, platform.brought(oracle.CREATE, oracle.WIN)).must_be(200)


def _unknown_is_given_back(platform: Platform, action: str) -> None:
    platform.open_books(needed=platform.price)
    platform.step(action, platform.new_ticket()).must_be(200)
    with control("that of a created ticket gives its price"):
        platform.step(action, platform.brought(oracle.CREATE)).must_be(200)


def _too_late(platform: Platform, action: str) -> None:
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    platform.step(oracle.DISCARD, ticket).must_be(200)
    must_refuse(platform.step(action, ticket), oracle.DISCARDED_TICKET)
    with control("without a discard before it"):
        platform.step(action, platform.new_ticket()).must_be(200)
    with control("a creation takes its price"):
        platform.step(oracle.CREATE, platform.new_ticket()).must_be(200)


def _won_and_spent(platform: Platform) -> Ticket:
    """A ticket that is won, after which another one took the whole balance."""
    won = platform.brought(oracle.CREATE, oracle.WIN)
    platform.brought(oracle.CREATE, ticket=platform.new_ticket(price=platform.balance))
    return won
