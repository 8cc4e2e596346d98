"""What the built-in operator's platform books, and what it refuses."""

from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from mockserver.betstack.action import Action
from mockserver.betstack.pam.model import PlatformBooks, PlatformTicket
from mockserver.betstack.pam.states import TRANSITIONS, State
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.errors import Rejection
from mockserver.kernel.ledger import Posting
from mockserver.kernel.players import PlayerState

from .small_operator import Counter, content, small_operator

RESULTS = {"won": "ticket_win", "lost": "ticket_lost", "void": "ticket_void"}
LEGAL = {
    ("unseen", "ticket_create"): "open",
    ("unseen", "ticket_reserve"): "reserved",
    ("unseen", "ticket_discard"): "given_up",
    ("unseen", "ticket_refund"): "given_up",
    ("given_up", "ticket_discard"): "given_up",
    ("given_up", "ticket_refund"): "given_up",
    ("reopened", "ticket_rollback"): "reopened",
    ("refunded", "ticket_refund"): "refunded",
    ("refunded", "ticket_closed"): "closed_refunded",
    ("closed_refunded", "ticket_refund"): "closed_refunded",
    ("closed_refunded", "ticket_closed"): "closed_refunded",
    ("discarded", "ticket_discard"): "discarded",
    **{
        (before, action): after or before
        for before in ("reserved", "open", "reopened")
        for action, after in {
            "ticket_update": None,
            "ticket_refund": "refunded",
            "ticket_discard": "discarded",
            **{action: result for result, action in RESULTS.items()},
        }.items()
    },
    **{
        (f"{closed}{result}", told): after
        for closed, (result, action) in product(("", "closed_"), RESULTS.items())
        for told, after in {
            action: f"{closed}{result}",
            "ticket_closed": f"closed_{result}",
            "ticket_rollback": "reopened",
        }.items()
    },
}


def test_an_action_leads_where_it_should_or_has_no_row() -> None:
    assert {(state.value, action.value): to.value for (state, action), to in TRANSITIONS.items()} == LEGAL


def test_every_state_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) | {State.UNSEEN} == set(State)


def test_a_creation_takes_the_price_and_says_so_in_the_ledger() -> None:
    counter = Counter()

    assert counter.tell("create") == "booked"
    assert counter.balance() == 9_500
    assert list(counter.operator.ledger.postings())[-1] == Posting(
        "player:ann", "betstack", Decimal(500), "ticket_create t1"
    )


def test_a_reservation_takes_nothing() -> None:
    counter = Counter()

    assert counter.tell("reserve", price=1_000_000) == "booked"
    assert (counter.balance(), counter.state()) == (10_000, "reserved")


def test_a_win_credits_the_net_payout_of_the_creation() -> None:
    counter = Counter()

    assert counter.told("create", "win") == ["booked", "booked"]
    assert counter.balance() == 10_000 - 500 + 2_602


def test_a_win_credits_what_the_ticket_shows_at_the_bet_engine() -> None:
    counter = Counter(read={"t1": 7_000, "t2": 0})
    for ticket in ("t1", "t2", "t3"):
        counter.tell("reserve", ticket)

    assert counter.tell("win", "t1") == "booked"
    assert counter.balance() == 17_000
    assert counter.tell("win", "t2") == "booked"
    assert counter.balance() == 17_000
    assert counter.tell("win", "t3") == "booked"
    assert counter.balance() == 19_602


def test_a_void_credits_the_net_payout_that_it_carries() -> None:
    counter = Counter(read={"t1": 7_000})
    counter.tell("create")

    assert counter.tell("void", net_payout=499) == "booked"
    assert counter.balance() == 9_999


@pytest.mark.parametrize("actions", [("lost",), ("lost", "closed")])
def test_a_loss_and_a_closing_move_nothing(actions: tuple[str, ...]) -> None:
    counter = Counter()
    counter.tell("create")

    assert counter.told(*actions) == ["booked"] * len(actions)
    assert counter.balance() == 9_500


@pytest.mark.parametrize("action", ["refund", "discard"])
def test_refund_and_discard_give_back_what_the_creation_took(action: str) -> None:
    created, reserved = Counter(), Counter()
    created.tell("create")
    reserved.tell("reserve")

    assert [created.tell(action), reserved.tell(action)] == ["booked", "booked"]
    assert [created.balance(), reserved.balance()] == [10_000, 10_000]


def test_a_rollback_takes_back_the_credit_and_opens_a_new_round() -> None:
    counter = Counter()
    counter.told("create", "win")

    assert counter.tell("rollback") == "booked"
    assert counter.balance() == 9_500
    assert counter.told("win", "rollback", "lost") == ["booked"] * 3
    assert counter.balance() == 9_500
    ticket = counter.operator.platform.find("t1")
    assert ticket is not None
    assert (ticket.round, ticket.debited, ticket.credited, ticket.state) == (2, 500, 0, State.LOST)


def test_a_rollback_takes_back_the_credit_that_was_given_and_not_what_the_ticket_shows_now() -> None:
    counter = Counter(read={"t1": 7_000})
    counter.told("create", "win")
    counter.read["t1"] = 1

    counter.tell("rollback")

    assert counter.balance() == 9_500


def test_a_rollback_lets_the_balance_fall_below_zero() -> None:
    counter = Counter()
    counter.told("create", "win")
    counter.tell("create", "t2", price=12_000)

    assert counter.tell("rollback") == "booked"
    assert counter.balance() == -2_500


def test_a_rollback_is_refused_where_the_setting_says_so_and_moves_nothing() -> None:
    counter = Counter(small_operator(rollback_shortfall="refuse"))
    counter.told("create", "win")
    counter.tell("create", "t2", price=9_501)

    assert counter.tell("rollback") == "insufficient_funds"
    assert (counter.balance(), counter.state()) == (2_601, "won")
    counter.tell("discard", "t2")
    counter.tell("create", "t3", price=9_500)
    assert counter.balance() == 2_602
    assert counter.tell("rollback") == "booked"
    assert counter.balance() == 0


def test_a_rollback_of_a_loss_needs_no_money_even_where_shortfalls_are_refused() -> None:
    counter = Counter()
    counter.told("create", "win")
    counter.tell("create", "t2", price=12_000)
    counter.tell("lost", "t2")
    counter.tell("rollback")
    counter.operator.settings["rollback_shortfall"] = "refuse"

    assert counter.balance() == -2_500
    assert counter.tell("rollback", "t2") == "booked"


@pytest.mark.parametrize("result", ["win", "lost", "void"])
def test_a_rollback_comes_after_the_closing_too(result: str) -> None:
    counter = Counter()
    counter.told("create", result, "closed")

    assert counter.told("rollback", "win", "closed") == ["booked"] * 3
    assert (counter.balance(), counter.state()) == (12_102, "closed_won")


@pytest.mark.parametrize(
    "actions",
    [
        ("create",),
        ("reserve",),
        ("create", "win"),
        ("create", "lost"),
        ("create", "void"),
        ("create", "refund"),
        ("create", "discard"),
        ("create", "win", "rollback"),
        ("create", "win", "closed"),
        ("create", "refund", "closed"),
        ("create", "win", "rollback", "win", "rollback"),
        ("discard",),
        ("refund",),
    ],
)
def test_an_action_that_comes_again_is_answered_and_moves_nothing(actions: tuple[str, ...]) -> None:
    counter = Counter()
    counter.told(*actions)
    before = (counter.balance(), len(list(counter.operator.ledger.postings())))
    ticket = deepcopy(counter.operator.platform.find("t1"))

    assert counter.told(actions[-1], actions[-1]) == ["booked", "booked"]
    assert (counter.balance(), len(list(counter.operator.ledger.postings()))) == before
    assert counter.operator.platform.find("t1") == ticket


def test_a_result_that_comes_again_after_the_closing_moves_nothing() -> None:
    counter = Counter()
    counter.told("create", "win", "closed")

    assert counter.told("win", "create") == ["booked", "booked"]
    assert counter.balance() == 12_102


def test_the_same_result_after_a_rollback_is_booked_again() -> None:
    counter = Counter()

    assert counter.told("create", "win", "rollback", "win") == ["booked"] * 4
    assert counter.balance() == 12_102


def test_a_creation_with_the_same_numbers_in_another_spelling_is_a_repetition() -> None:
    counter = Counter()
    counter.tell("create", wht=Decimal(10))

    assert counter.tell("create", wht=Decimal("10.0")) == "booked"
    assert counter.balance() == 9_500


CHANGES: list[dict[str, Any]] = [
    {"code": "CD4BDE"},
    {"player_id": "bob"},
    {"psp": "mobile"},
    {"currency": "USD"},
    {"atag": None},
    {"rtag": "r"},
    {"ticket_type": "quicktip"},
    {"price": 501},
    {"stake": 445},
    {"wht_amount": 241},
    {"wht": Decimal("10.1")},
    {"ext_amount": 57},
    {"ext": Decimal(12)},
    {"gross_payout": 2843},
    {"net_payout": 2603},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
@pytest.mark.parametrize("action", ["create", "reserve"])
def test_a_ticket_that_comes_again_with_other_content_is_refused_and_the_first_stands(
    action: str, change: dict[str, Any]
) -> None:
    counter = Counter()
    counter.tell(action)
    before = counter.balance()

    assert counter.tell(action, **change) == "duplicate_changed"
    assert counter.tell(action) == "booked"
    assert (counter.balance(), counter.balance("bob")) == (before, 300)


def test_a_reserved_ticket_can_not_be_created() -> None:
    counter = Counter()
    counter.tell("reserve", psp="mobile")

    assert counter.tell("create") == "wrong_state"
    assert counter.tell("create", price=1) == "duplicate_changed"
    assert counter.balance() == 10_000


def test_the_refusal_of_other_content_names_the_field() -> None:
    counter = Counter()
    counter.tell("create")

    with pytest.raises(Rejection, match="price is `501`, and was `500`; the first booking stands") as caught:
        counter.platform.open(counter.operator, Action.CREATE, "t1", content(price=501))
    assert caught.value.values == {"identifier": "t1"}


@pytest.mark.parametrize("opening", ["create", "reserve"])
@pytest.mark.parametrize("before", [("discard",), ("refund",), ("create", "discard"), ("create", "refund")])
def test_a_ticket_that_was_given_up_is_not_opened_any_more(before: tuple[str, ...], opening: str) -> None:
    counter = Counter()

    assert counter.told(*before) == ["booked"] * len(before)
    assert counter.tell(opening) == "ticket_discarded"
    assert counter.tell(opening, "t2") == "booked"
    assert counter.balance() == (9_500 if opening == "create" else 10_000)


def test_a_ticket_that_was_refunded_and_closed_is_not_opened_any_more() -> None:
    counter = Counter()
    counter.told("create", "refund", "closed")

    assert counter.tell("create") == "ticket_discarded"


@pytest.mark.parametrize("action", ["update", "win", "lost", "void", "rollback", "closed"])
@pytest.mark.parametrize("before", [(), ("discard",), ("refund",)])
def test_what_needs_a_ticket_is_refused_for_one_never_created(before: tuple[str, ...], action: str) -> None:
    counter = Counter()
    counter.told(*before)

    assert counter.tell(action) == "unknown_ticket"
    assert counter.balance() == 10_000


@pytest.mark.parametrize(
    ("before", "action"),
    [
        *(
            ((result,), other)
            for result, other in product(("win", "lost", "void"), repeat=2)
            if result != other
        ),
        *(((result,), ended) for result, ended in product(("win", "lost", "void"), ("refund", "discard"))),
        *(((ended,), result) for ended, result in product(("refund", "discard"), ("win", "lost", "void"))),
        (("win", "closed"), "lost"),
        (("win", "closed"), "refund"),
        (("win", "rollback"), "closed"),
        ((), "rollback"),
        ((), "closed"),
        (("refund",), "rollback"),
        (("refund", "closed"), "rollback"),
        (("refund",), "discard"),
        (("discard",), "rollback"),
        (("discard",), "closed"),
        (("discard",), "refund"),
    ],
)
def test_an_action_out_of_its_turn_is_refused_and_moves_nothing(before: tuple[str, ...], action: str) -> None:
    counter = Counter()
    counter.told("create", *before)
    balance, state = counter.balance(), counter.state()

    assert counter.tell(action) == "wrong_state"
    assert (counter.balance(), counter.state()) == (balance, state)


@pytest.mark.parametrize("action", ["create", "reserve"])
@pytest.mark.parametrize("state", [one for one in PlayerState if one is not PlayerState.ACTIVE])
def test_a_player_who_may_not_bet_opens_nothing(state: PlayerState, action: str) -> None:
    counter = Counter()
    counter.set_state("ann", state)

    assert counter.tell(action) == "player_blocked"
    counter.set_state("ann", PlayerState.ACTIVE)
    assert counter.tell(action) == "booked"


@pytest.mark.parametrize(
    ("actions", "after"),
    [
        (("win", "rollback", "win", "closed"), 12_102),
        (("void",), 9_500),
        (("refund",), 10_000),
        (("discard",), 10_000),
        (("create",), 9_500),
    ],
)
def test_settlements_are_booked_whatever_the_players_state(actions: tuple[str, ...], after: int) -> None:
    counter = Counter()
    counter.tell("create")
    counter.set_state("ann", PlayerState.BLOCKED)

    assert counter.told(*actions) == ["booked"] * len(actions)
    assert counter.balance() == after


def test_a_price_beyond_the_balance_is_refused_and_one_that_takes_it_all_is_not() -> None:
    counter = Counter()

    assert counter.tell("create", price=10_001) == "insufficient_funds"
    assert (counter.balance(), counter.state()) == (10_000, "unseen")
    assert counter.tell("create", price=10_000) == "booked"
    assert counter.balance() == 0


def test_a_balance_below_zero_still_lets_a_ticket_be_created_that_costs_nothing() -> None:
    counter = Counter()
    counter.told("create", "win")
    counter.tell("create", "t2", price=12_000)
    counter.tell("rollback")

    assert counter.balance() == -2_500
    assert counter.tell("create", "t3", price=0) == "booked"
    assert counter.tell("create", "t4", price=1) == "insufficient_funds"


def test_refusals_of_an_opening_come_in_the_order_of_the_contract() -> None:
    counter = Counter()
    counter.set_state("bob", PlayerState.BLOCKED)
    wrong = {"player_id": "nobody", "currency": "USD", "price": 10**9}
    counter.told("discard")
    counter.tell("create", "t2")
    counter.tell("create", "t3")
    counter.tell("refund", "t3")

    assert counter.tell("create", **wrong) == "unknown_player"
    assert counter.tell("create", **wrong | {"player_id": "bob"}) == "ticket_discarded"
    assert counter.tell("create", "t3", **wrong | {"player_id": "bob"}) == "ticket_discarded"
    assert counter.tell("create", "t2", **wrong | {"player_id": "bob"}) == "duplicate_changed"
    assert counter.tell("create", "t4", **wrong | {"player_id": "bob"}) == "player_blocked"
    assert counter.tell("create", "t4", **wrong | {"player_id": "ann"}) == "currency_mismatch"
    assert counter.tell("create", "t4", price=10**9) == "insufficient_funds"


def test_an_update_replaces_the_amounts_of_a_jackpot_and_moves_nothing() -> None:
    counter = Counter()
    counter.tell("create", ticket_type="jackpot")

    assert counter.tell("update", wht_amount=1, gross_payout=9_001, net_payout=9_000) == "booked"
    assert counter.balance() == 9_500
    assert counter.tell("create", ticket_type="jackpot") == "booked"
    assert counter.tell("win") == "booked"
    assert counter.balance() == 18_500


@pytest.mark.parametrize("change", [{"player_id": "bob"}, {"price": 1}, {"stake": 1}, {"currency": "USD"}])
def test_an_update_of_another_player_price_stake_or_currency_is_refused(change: dict[str, Any]) -> None:
    counter = Counter()
    counter.tell("reserve", ticket_type="jackpot")

    assert counter.tell("update", net_payout=9_000, **change) == "duplicate_changed"
    assert counter.tell("win") == "booked"
    assert counter.balance() == 12_602


def test_only_a_jackpot_without_a_result_is_updated() -> None:
    counter = Counter()
    counter.tell("create")
    counter.tell("create", "t2", ticket_type="jackpot")
    counter.tell("win", "t2")

    assert counter.tell("update", net_payout=1) == "wrong_state"
    assert counter.tell("update", "t2", net_payout=1) == "wrong_state"
    counter.tell("rollback", "t2")
    assert counter.tell("update", "t2", net_payout=1) == "booked"


def test_an_update_that_comes_again_after_the_result_is_answered() -> None:
    counter = Counter()
    counter.tell("create", ticket_type="jackpot")
    counter.tell("update", net_payout=1)
    counter.tell("win")

    assert counter.tell("update", net_payout=1) == "booked"
    assert counter.tell("update", net_payout=2) == "wrong_state"
    assert counter.balance() == 9_501


@pytest.mark.parametrize("state", list(PlayerState))
def test_a_player_is_identified_in_every_state(state: PlayerState) -> None:
    counter = Counter(small_operator(lang="sw"))
    counter.set_state("ann", state)

    found = counter.platform.identify(counter.operator, "ann-token")

    assert (found.player.id, found.lang, found.balance) == ("ann", "sw", 10_000)


def test_an_unknown_token_identifies_nobody() -> None:
    counter = Counter()

    with pytest.raises(Rejection, match="has no player with this token") as caught:
        counter.platform.identify(counter.operator, "secret-looking-token")
    assert "secret-looking-token" not in caught.value.reason


@dataclass
class Shelf:
    """As the control plane exports them."""

    tickets: list[PlatformTicket]


def a_lived_book() -> Counter:
    counter = Counter()
    counter.tell("discard", "t0")
    counter.tell("reserve", "t1", psp="mobile")
    counter.tell("create", "t2")
    counter.tell("create", "t3", ticket_type="jackpot")
    counter.tell("update", "t3", net_payout=7)
    for action in ("win", "closed", "rollback"):
        counter.tell(action, "t3")
    for action in ("create", "refund", "closed"):
        counter.tell(action, "t4")
    for action in ("create", "win"):
        counter.tell(action, "t5")
    return counter


def exported(counter: Counter) -> Any:
    return to_document(Shelf(counter.operator.platform.tickets()))


def test_tickets_survive_an_export_and_a_restore() -> None:
    document = exported(a_lived_book())
    books = PlatformBooks()

    books.restore(from_document(Shelf, document).tickets)

    assert to_document(Shelf(books.tickets())) == document
    assert [ticket.id for ticket in books.tickets()] == ["t0", "t1", "t2", "t3", "t4", "t5"]


def put(document: Any, place: str, value: Any) -> None:
    *path, last = place.split(".")
    for step in path:
        document = document[int(step) if step.isdigit() else step]
    document[last] = value


UNSOUND = [
    ("0.id", "", "an id of 0 characters"),
    ("0.id", "t1", "two tickets of the platform have the id `t1`"),
    ("0.state", "open", "`t0` of the platform has another opening than its state needs"),
    ("0.debited", 1, "took another amount than its price"),
    ("0.credited", 1, "gave an amount that its state can't have given"),
    ("0.round", 1, "can't have had so many rounds"),
    ("1.state", "open", "has another opening"),
    ("1.state", "unseen", "has another opening"),
    ("1.state", "given_up", "has another opening"),
    ("1.opening", None, "has another opening"),
    ("1.opening.action", "ticket_win", "has another opening"),
    ("1.debited", 500, "took another amount than its price"),
    ("1.round", 1, "can't have had so many rounds"),
    ("1.opening.content.code", "", "lacks its code, player, type or currency"),
    ("1.opening.content.player_id", "", "lacks its code, player, type or currency"),
    ("1.opening.content.currency", "KE", "lacks its code, player, type or currency"),
    ("2.debited", 499, "took another amount than its price"),
    ("2.opening.content.amounts.price", -500, "has a negative amount"),
    ("2.opening.amounts.net_payout", 1, "amounts that no update gave it"),
    ("3.opening.amounts.stake", 1, "amounts that no update gave it"),
    ("3.opening.amounts.net_payout", -1, "has a negative amount"),
    ("3.opening.amounts.wht", "-1", "has a negative amount"),
    ("3.round", 0, "can't have had so many rounds"),
    ("3.credited", 7, "gave an amount"),
    ("4.credited", 0, "gave an amount"),
    ("5.credited", -1, "gave an amount"),
    ("5.round", -1, "can't have had so many rounds"),
    ("5.state", "lucky", "Invalid enum value"),
    ("5.opening.content.amounts.price", "500", "Expected `int`"),
    ("5.opening.content.amounts.wht", "NaN", "not finite"),
]


@pytest.mark.parametrize(("place", "value", "told"), UNSOUND)
def test_a_ticket_that_can_not_be_is_not_restored(place: str, value: object, told: str) -> None:
    counter = a_lived_book()
    document = exported(counter)
    put(document["tickets"], place, value)
    before = exported(counter)

    with pytest.raises(ValueError, match=told) as caught:
        counter.operator.platform.restore(from_document(Shelf, document).tickets)
    assert "\n" not in str(caught.value)
    assert exported(counter) == before


def test_a_players_tickets_can_be_forgotten() -> None:
    counter = Counter()
    counter.tell("create", "t1")
    counter.tell("create", "t2", player_id="bob", price=1)
    counter.tell("discard", "t3")

    counter.operator.platform.forget("ann")

    assert [ticket.id for ticket in counter.operator.platform.tickets()] == ["t2", "t3"]


def test_one_operators_tickets_are_unknown_to_another() -> None:
    one, other = Counter(), Counter()
    one.tell("create")

    assert other.tell("win") == "unknown_ticket"
    assert one.tell("win") == "booked"
