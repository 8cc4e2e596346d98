"""What the kit holds of a platform: the table of states, the books, the words for a difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.oracle import pam
from conformance.oracle.pam import Amounts, Life, State, expected, tolerated
from conformance.platform_books import Books, explained

# The signed sample of the vendor's page.
SAMPLE = Amounts(500, 444, 56, 2842, 240, 2602)
WHOLLY_VOID = Amounts(500, 444, 56, 500, 0, 500)
NEW = Life(SAMPLE, WHOLLY_VOID)


def after(*actions: str) -> Life:
    """The ticket of the sample after these actions, each of which is accepted."""
    life = NEW
    for action in actions:
        step = expected(life, action)
        assert step.accepted, (life.state, action)
        life = step.life
    return life


@pytest.mark.parametrize(
    ("actions", "moved"),
    [
        ((pam.CREATE,), -500),
        ((pam.RESERVE,), 0),
        ((pam.CREATE, pam.WIN), 2102),
        ((pam.CREATE, pam.WIN, pam.WIN), 2102),
        ((pam.RESERVE, pam.WIN), 2602),
        ((pam.CREATE, pam.LOST), -500),
        ((pam.CREATE, pam.VOID), 0),
        ((pam.CREATE, pam.REFUND), 0),
        ((pam.RESERVE, pam.REFUND), 0),
        ((pam.CREATE, pam.DISCARD, pam.DISCARD), 0),
        ((pam.CREATE, pam.WIN, pam.ROLLBACK), -500),
        ((pam.CREATE, pam.WIN, pam.ROLLBACK, pam.ROLLBACK), -500),
        ((pam.CREATE, pam.WIN, pam.CLOSED, pam.ROLLBACK, pam.WIN), 2102),
        ((pam.CREATE, pam.WIN, pam.ROLLBACK, pam.REFUND), 0),
        ((pam.DISCARD,), 0),
    ],
)
def test_actions_in_order_move_what_the_assumptions_say(actions: tuple[str, ...], moved: int) -> None:
    assert after(*actions).moved == moved


@pytest.mark.parametrize(
    ("actions", "action", "codes"),
    [
        ((), pam.WIN, (102,)),
        ((), pam.ROLLBACK, (102,)),
        ((pam.DISCARD,), pam.CREATE, (950,)),
        ((pam.CREATE, pam.REFUND), pam.RESERVE, (950,)),
        ((pam.CREATE,), pam.ROLLBACK, (952,)),
        ((pam.CREATE,), pam.CLOSED, (952,)),
        ((pam.CREATE,), pam.RESERVE, (952,)),
        ((pam.RESERVE,), pam.CREATE, (952,)),
        ((pam.CREATE, pam.WIN), pam.LOST, (952,)),
        ((pam.CREATE, pam.WIN), pam.REFUND, (952,)),
        ((pam.CREATE, pam.REFUND), pam.ROLLBACK, (952,)),
        ((pam.DISCARD,), pam.WIN, (102, 952)),
    ],
)
def test_action_out_of_order_is_refused(
    actions: tuple[str, ...], action: str, codes: tuple[int, ...]
) -> None:
    step = expected(after(*actions), action)

    assert (step.codes, step.accepted, step.life) == (codes, False, after(*actions))


def test_every_state_is_reached_and_tried() -> None:
    reached = {after(*path).state for path in pam.WAYS.values()}

    assert reached == set(State)


def test_result_that_replaces_another_creates_no_money() -> None:
    assert tolerated(after(pam.CREATE, pam.WIN), pam.LOST) == (2102, -500)
    assert tolerated(after(pam.CREATE, pam.LOST), pam.WIN) == (-500, 2102)


def test_win_of_a_ticket_that_was_given_back_is_never_tolerated() -> None:
    assert tolerated(after(pam.CREATE, pam.REFUND), pam.WIN) == (0,)
    assert tolerated(after(pam.DISCARD), pam.CREATE) == (0,)


def test_undoing_a_result_gives_back_the_bet_and_takes_the_win() -> None:
    assert tolerated(after(pam.CREATE, pam.WIN), pam.DISCARD) == (2102, 0)


@pytest.mark.parametrize(
    ("action", "wanted", "moved", "words"),
    [
        (pam.CREATE, -500, -444, "ticket_create took stake 444 instead of price 500 (+56)"),
        (pam.CREATE, -500, 0, "ticket_create took nothing instead of price 500 (+500)"),
        (pam.CREATE, -500, -1000, "ticket_create took price 500 2 times instead of price 500 (-500)"),
        (pam.CREATE, -500, 500, "ticket_create credited price 500 instead of taking price 500 (+1000)"),
        (pam.CREATE, 0, -500, "ticket_create took price 500 instead of nothing (-500)"),
        (pam.WIN, 2602, 2842, "ticket_win credited gross_payout 2842 instead of net_payout 2602 (+240)"),
        (pam.WIN, 2602, 0, "ticket_win credited nothing instead of net_payout 2602 (-2602)"),
        (pam.ROLLBACK, -2602, 0, "ticket_rollback took nothing instead of net_payout 2602 (+2602)"),
        (
            pam.CREATE,
            -500,
            -50_000,
            "ticket_create took 50000 instead of 500: a cent is taken for another unit (-49500)",
        ),
        (pam.CREATE, -500, -123, ""),
    ],
)
def test_wrong_movement_is_named_by_the_amount_behind_it(
    action: str, wanted: int, moved: int, words: str
) -> None:
    assert explained(action, NEW, moved=moved, wanted=wanted) == words


def test_void_is_explained_by_what_the_call_carried() -> None:
    part = replace(NEW, void=replace(WHOLLY_VOID, gross_payout=456, net_payout=439))

    assert explained(pam.VOID, part, moved=500, wanted=439) == (
        "ticket_void credited price 500 of the void instead of net_payout 439 of the void (+61)"
    )


def test_books_add_up_by_ticket() -> None:
    books = Books(1000)
    books.book("a", pam.CREATE, -500)
    books.book("b", pam.CREATE, -444)
    books.book("a", pam.WIN, 2602)
    books.book("c", pam.LOST, 0)

    assert (books.balance, books.of("a"), books.of("c")) == (2658, 2102, 0)
    assert books.tickets() == ["a", "b"]
