"""Creating a ticket: what it takes, and what may not be taken."""

from __future__ import annotations

from typing import Any

from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.errors import Hazard, Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import accepted, must_refuse


@requirement("BS-ACT-001", safety="moves-money")
def test_creation_is_accepted(platform: Platform) -> None:
    """ticket_create is answered 200, and the ticket then takes its win."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    platform.step(oracle.CREATE, ticket).must_be(200)
    with control("the ticket takes its win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-001", safety="moves-money")
def test_creation_takes_money(platform: Platform) -> None:
    """A creation that is answered 200 takes money from the player's account."""
    platform.open_books(needed=2 * platform.price)
    for price in (platform.price, platform.price // 2):
        platform.step(oracle.CREATE, platform.new_ticket(price=price)).must_be(200)


@requirement("BS-MNY-002", safety="moves-money")
def test_creation_takes_the_price(platform: Platform) -> None:
    """A creation takes price, not stake, to the cent; a ticket of one cent too."""
    platform.open_books(needed=3 * platform.price)
    for price in (platform.price, platform.price + 1, 1):
        platform.step(oracle.CREATE, platform.new_ticket(price=price)).must_be(200)


@requirement("BS-ACT-002", safety="moves-money")
def test_creation_of_generation_v2_is_booked(platform: Platform) -> None:
    """A creation of generation v2, without rtag, is booked."""
    platform.open_books(needed=platform.price)
    platform.step(oracle.CREATE, platform.new_ticket(), v2=True).must_be(200)


@requirement("BS-ACT-002", safety="moves-money", needs=("reserve",))
def test_reservation_of_generation_v2_is_recorded(platform: Platform) -> None:
    """A reservation of generation v2, without psp and rtag, is recorded: its ticket takes a win."""
    ticket = platform.new_ticket()
    platform.step(oracle.RESERVE, ticket, v2=True).must_be(200)
    platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-003", safety="moves-money")
def test_creation_with_psp_is_booked(platform: Platform) -> None:
    """A creation that has a psp, wherever it stands, is booked all the same."""
    platform.open_books(needed=2 * platform.price)
    platform.step(oracle.CREATE, platform.new_ticket(), psp="mobile").must_be(200)
    ticket = platform.new_ticket()
    data = platform.data(oracle.CREATE, ticket)
    where = list(data).index("price")
    fields = [*list(data.items())[:where], ("psp", None), *list(data.items())[where:]]
    answer = platform.send(oracle.CREATE, dict(fields))
    platform.enter(answer, oracle.CREATE, ticket)
    answer.must_be(200)


@requirement("BS-ACT-004", safety="moves-money", needs=("reserve",))
def test_reservation_with_and_without_psp_is_recorded(platform: Platform) -> None:
    """psp of a reservation may be null or a name; either ticket takes a win."""
    for psp in (None, "mobile"):
        ticket = platform.new_ticket()
        platform.step(oracle.RESERVE, ticket, psp=psp).must_be(200)
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-025", safety="moves-money")
def test_ids_of_either_form_are_taken(platform: Platform) -> None:
    """A ticket whose id is hex digits and one whose id is a decimal number are booked and settled."""
    platform.open_books(needed=2 * platform.price)
    for ticket_id in (platform.new_id(), str(int(platform.new_id(), 16) % 10**18 + 10**18)):
        ticket = platform.new_ticket(id=ticket_id)
        platform.step(oracle.CREATE, ticket).must_be(200)
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-PAM-021", safety="moves-money")
def test_answer_is_an_empty_object(platform: Platform) -> None:
    """A creation and its discard are answered with an empty object."""
    ticket = platform.new_ticket()
    platform.open_books(needed=platform.price)
    for action in (oracle.CREATE, oracle.DISCARD):
        answer = platform.step(action, ticket).must_be(200)
        expect_equal(f"body of the answer to {action}", expected={}, actual=answer.raw.value)


@requirement("BS-MNY-004", safety="moves-money")
def test_creation_beyond_the_balance_is_no_free_bet(platform: Platform) -> None:
    """A creation one cent beyond the balance is refused, or takes its price: never answered 200 without."""
    balance = platform.open_books(needed=platform.price).balance
    with control("a creation within the balance"):
        platform.brought(oracle.CREATE, oracle.DISCARD)
    platform.step(oracle.CREATE, platform.new_ticket(price=balance + 1))


@requirement("BS-MNY-005", safety="moves-money")
def test_creation_beyond_the_balance_is_refused(platform: Platform) -> None:
    """A creation one cent beyond the balance is refused with 925; one of the whole balance is booked."""
    balance = platform.open_books(needed=platform.price).balance
    must_refuse(
        platform.step(oracle.CREATE, platform.new_ticket(price=balance + 1)), oracle.INSUFFICIENT_FUNDS
    )
    with control("a creation of the whole balance"):
        platform.step(oracle.CREATE, platform.new_ticket(price=balance)).must_be(200)


@requirement("BS-MNY-005", safety="moves-money")
def test_ten_simultaneous_creations_do_not_overdraw(platform: Platform) -> None:
    """Of ten creations at once, of which the balance covers two, no more are accepted than it covers."""
    balance = platform.open_books(needed=100).balance
    tickets = [platform.new_ticket(price=balance // 3 + 1) for _ in range(10)]
    beyond = platform.step(oracle.CREATE, platform.new_ticket(price=balance + 1))
    if accepted(beyond):
        raise Mismatch(
            "a creation beyond the balance is accepted, so that none at once can be one too many",
            expected="a refusal",
            actual=beyond.raw.describe(),
        )
    answers = platform.together([(oracle.CREATE, ticket) for ticket in tickets])
    taken = [ticket for ticket, answer in zip(tickets, answers, strict=True) if answer.status == 200]
    platform.enter_all(oracle.CREATE, taken)
    if (left := platform.read_balance()) < 0:
        raise Hazard(
            f"creations at once overdrew the balance: {len(taken)} were accepted and left {left} cents",
            expected="at most 2 accepted",
            actual=f"{len(taken)} accepted",
        )
    if not taken:
        raise Mismatch(
            "none of ten creations at once was accepted",
            expected="two accepted",
            actual=shown(sorted({answer.describe() for answer in answers})),
        )


@requirement("BS-ACT-020", safety="moves-money")
def test_creation_again_at_another_price_is_refused(platform: Platform) -> None:
    """The same creation at another price is refused with 951, and the first booking stands."""
    ticket = platform.brought(oracle.CREATE)
    answer = platform.act(oracle.CREATE, ticket, price=platform.price + 7)
    platform.books_must_agree(f"the creation came again at another price: {answer.raw.describe()}")
    must_refuse(answer, oracle.DUPLICATE_CHANGED)
    with control("the ticket takes the win of its first content"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-020", safety="moves-money", needs=("second-player",))
def test_creation_again_for_another_player_is_refused(platform: Platform) -> None:
    """The same creation for another player is refused with 951, and neither of them pays for it."""
    other = platform.second_player()
    affordable = max(min(platform.price, other.open_books().opening), 1)
    ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(price=affordable))
    answer = platform.act(oracle.CREATE, ticket, player_id=other.player_id)
    platform.books_must_agree(f"the creation came again for another player: {answer.raw.describe()}")
    other.books_must_agree(f"the creation came again for another player: {answer.raw.describe()}")
    must_refuse(answer, oracle.DUPLICATE_CHANGED)
    with control("the win is the first player's"):
        platform.step(oracle.WIN, ticket).must_be(200)
        other.books_must_agree("the first player's ticket was won")


@requirement("BS-ACT-020", safety="moves-money", needs=("reserve",))
def test_reservation_again_at_another_price_is_refused(platform: Platform) -> None:
    """The same reservation at another price is refused with 951, and the first one stands."""
    ticket = platform.brought(oracle.RESERVE)
    answer = platform.act(oracle.RESERVE, ticket, price=platform.price + 7)
    platform.books_must_agree(f"the reservation came again at another price: {answer.raw.describe()}")
    must_refuse(answer, oracle.DUPLICATE_CHANGED)
    with control("the ticket takes the win of its first content"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-005", safety="moves-money", needs=("reserve",))
def test_reservation_is_accepted(platform: Platform) -> None:
    """ticket_reserve is answered 200, and the ticket then takes its win."""
    ticket = platform.new_ticket()
    platform.step(oracle.RESERVE, ticket).must_be(200)
    with control("the ticket takes its win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-003", safety="moves-money", needs=("reserve",))
def test_reservation_takes_nothing(platform: Platform) -> None:
    """A reservation takes no money, even one beyond the balance; a creation does."""
    balance = platform.open_books(needed=platform.price).balance
    for price in (platform.price, balance + 1):
        platform.step(oracle.RESERVE, platform.new_ticket(price=price)).must_be(200)
    with control("a creation takes its price"):
        platform.step(oracle.CREATE, platform.new_ticket()).must_be(200)


@requirement("BS-ACT-009", safety="moves-money", needs=("update",))
def test_update_of_a_jackpot_is_accepted(platform: Platform) -> None:
    """ticket_update of a created jackpot is answered 200, and its win credits the new net_payout."""
    ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(kind="jackpot"))
    platform.step(oracle.UPDATE, ticket, **ticket.better_payouts()).must_be(200)
    platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-009", safety="moves-money", needs=("update", "reserve"))
def test_update_of_a_reserved_jackpot_is_accepted(platform: Platform) -> None:
    """ticket_update of a reserved jackpot is answered 200, with psp null and named."""
    ticket = platform.brought(oracle.RESERVE, ticket=platform.new_ticket(kind="jackpot"))
    for psp in (None, "mobile"):
        platform.step(oracle.UPDATE, ticket, psp=psp).must_be(200)
    with control("the jackpot takes its win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-ACT-009", safety="moves-money", needs=("update",))
def test_update_with_other_content_is_refused(platform: Platform) -> None:
    """An update that names another player, price, stake or currency is refused with 951; the first stands."""
    ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(kind="jackpot"))
    other = "USD" if platform.target.currency != "USD" else "KES"
    changes: tuple[dict[str, Any], ...] = (
        {"price": platform.price + 7},
        {"stake": ticket.life.amounts.stake + 7},
        {"currency": other},
        {"player_id": f"unknown-{platform.new_id()}"},
    )
    for change in changes:
        answer = platform.act(oracle.UPDATE, ticket, **change)
        platform.books_must_agree(f"an update with another {next(iter(change))}: {answer.raw.describe()}")
        if accepted(answer) or "player_id" not in change:
            must_refuse(answer, oracle.DUPLICATE_CHANGED)
        else:  # a player whom nobody knows may be refused as such, which comes before the content
            must_refuse(answer, oracle.DUPLICATE_CHANGED, oracle.UNKNOWN_PLAYER)
    with control("an update of the payouts"):
        platform.step(oracle.UPDATE, ticket, **ticket.better_payouts()).must_be(200)
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-MNY-010", safety="moves-money", needs=("update",))
def test_update_moves_nothing(platform: Platform) -> None:
    """An update moves no money, however often it comes."""
    ticket = platform.brought(oracle.CREATE, ticket=platform.new_ticket(kind="jackpot"))
    changes = ticket.better_payouts()
    for _ in range(2):
        platform.step(oracle.UPDATE, ticket, **changes).must_be(200)
    with control("a win does"):
        platform.step(oracle.WIN, ticket).must_be(200)
