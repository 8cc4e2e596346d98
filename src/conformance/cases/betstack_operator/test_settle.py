"""Results of a ticket: what each credits."""

from __future__ import annotations

from dataclasses import replace

from conformance.case import control, requirement
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import must_refuse
from conformance.platform_ticket import Ticket


@requirement("BS-ACT-010", safety="moves-money")
def test_win_is_accepted(platform: Platform) -> None:
    """ticket_win, with operator and ticket_id alone, is answered 200, and the player has the win."""
    platform.step(oracle.WIN, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-006", safety="moves-money")
def test_win_credits_the_net_payout(platform: Platform) -> None:
    """A win credits net_payout, not gross_payout, to the cent, whatever the price was."""
    platform.open_books(needed=2 * platform.price)
    for price in (platform.price, platform.price - 33):
        ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(price=price))
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-006", safety="moves-money", needs=("reserve",))
def test_win_of_a_reservation_credits_the_net_payout(platform: Platform) -> None:
    """The win of a ticket that was reserved, and paid elsewhere, credits net_payout."""
    platform.step(oracle.WIN, platform.brought(oracle.RESERVE)).must_be(200)


@requirement("BS-ACT-011", safety="moves-money")
def test_loss_is_accepted(platform: Platform) -> None:
    """ticket_lost, with operator and ticket_id alone, is answered 200; no win follows it."""
    ticket = platform.brought(oracle.CREATE)
    platform.step(oracle.LOST, ticket).must_be(200)
    with control("another ticket takes a win"):
        platform.step(oracle.WIN, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-010", safety="moves-money")
def test_loss_moves_nothing(platform: Platform) -> None:
    """A loss moves no money."""
    ticket = platform.brought(oracle.CREATE)
    platform.step(oracle.LOST, ticket).must_be(200)
    with control("a win does"):
        platform.step(oracle.WIN, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-ACT-012", safety="moves-money", needs=("void",))
def test_void_is_accepted(platform: Platform) -> None:
    """ticket_void with the amounts of a wholly void ticket is answered 200, and gives its price back."""
    platform.step(oracle.VOID, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-MNY-008", safety="moves-money", needs=("void",))
def test_void_credits_the_net_payout_of_the_call(platform: Platform) -> None:
    """A void credits the net_payout that it carries, be it less or more than the price."""
    platform.open_books(needed=2 * platform.price)
    for payout in (platform.price - 61, platform.price + 205):
        ticket = platform.brought(oracle.CREATE)
        _void_with(ticket, payout)
        platform.step(oracle.VOID, ticket).must_be(200)


@requirement("BS-ACT-013", safety="moves-money", needs=("void",))
def test_stake_of_a_void_may_be_a_float(platform: Platform) -> None:
    """A void whose stake is written as 444.0 is taken, one with 444.5 is refused."""
    stake = platform.new_ticket().life.amounts.stake
    ticket = platform.brought(oracle.CREATE)
    body = platform.body(oracle.VOID, platform.data(oracle.VOID, ticket, stake=stake + 0.5), legal=False)
    answer = platform.post(body, platform.headers(body))
    platform.books_must_agree(f"a void with half a cent of stake was answered {answer.raw.describe()}")
    must_refuse(answer, oracle.INVALID_REQUEST)
    platform.step(oracle.VOID, ticket, stake=float(stake)).must_be(200)


@requirement("BS-ACT-018", safety="moves-money")
def test_closing_is_accepted(platform: Platform) -> None:
    """ticket_closed, with operator and ticket_id alone, is answered 200 after a win, a loss and a refund."""
    platform.open_books(needed=3 * platform.price)
    for action in (oracle.WIN, oracle.LOST, oracle.REFUND):
        platform.step(oracle.CLOSED, platform.brought(oracle.CREATE, action)).must_be(200)


@requirement("BS-MNY-011", safety="moves-money")
def test_closing_moves_nothing(platform: Platform) -> None:
    """A closing moves no money, however often it comes."""
    ticket = platform.brought(oracle.CREATE, oracle.WIN)
    platform.step(oracle.CLOSED, ticket).must_be(200)
    platform.step(oracle.CLOSED, ticket)
    with control("another win does"):
        platform.step(oracle.WIN, platform.brought(oracle.CREATE)).must_be(200)


def _void_with(ticket: Ticket, payout: int) -> None:
    """Let the void of a ticket carry a net_payout that no other amount equals, in cents."""
    void = replace(ticket.life.void, wht_amount=17, gross_payout=payout + 17, net_payout=payout)
    ticket.life = replace(ticket.life, void=void)
