"""Players are found by id and by token, and their money comes by postings."""

from dataclasses import replace
from decimal import Decimal

import pytest

from mockserver.kernel.ledger import Ledger, Posting
from mockserver.kernel.players import (
    FUNDING,
    Player,
    Players,
    PlayerSpec,
    PlayerState,
    TokenTaken,
    account_of,
    seed,
)


def player(player_id: str, *tokens: str, state: PlayerState = PlayerState.ACTIVE) -> Player:
    return Player(id=player_id, currency="KES", tokens=tokens, state=state)


def holding(*them: Player) -> Players:
    players = Players()
    for one in them:
        players.put(one)
    return players


def test_a_player_is_found_by_its_id_and_by_each_of_its_tokens() -> None:
    ann, bob = player("ann", "a1", "a2"), player("bob", "b1")
    players = holding(ann, bob)

    assert list(players) == [ann, bob]
    assert [players.find(one) for one in ("ann", "bob", "a1")] == [ann, bob, None]
    assert [players.with_token(one) for one in ("a1", "a2", "b1", "ann")] == [ann, ann, bob, None]


def test_a_player_without_tokens_is_found_by_id_alone() -> None:
    players = holding(player("ann"))

    assert players.find("ann") == player("ann")
    assert players.with_token("") is None


def test_a_player_put_again_is_replaced_and_its_old_tokens_identify_nobody() -> None:
    players = holding(player("ann", "old", "both"), player("bob", "b1"))
    new = player("ann", "both", "new")
    players.put(new)

    assert players.find("ann") is new
    assert [players.with_token(one) for one in ("old", "both", "new")] == [None, new, new]
    assert sorted(one.id for one in players) == ["ann", "bob"]


def test_a_token_of_another_player_is_refused_and_nothing_changes() -> None:
    ann, bob = player("ann", "a1"), player("bob", "b1")
    players = holding(ann, bob)

    with pytest.raises(TokenTaken, match=r"^player `ann` has one of the tokens already$"):
        players.put(player("bob", "b2", "a1"))
    assert list(players) == [ann, bob]
    assert [players.with_token(one) for one in ("a1", "b1", "b2")] == [ann, bob, None]

    with pytest.raises(TokenTaken):
        players.put(player("cid", "c1", "a1"))
    assert ("cid" in players, players.with_token("c1")) == (False, None)


def test_a_token_that_was_given_up_can_be_anothers() -> None:
    players = holding(player("ann", "t"))
    players.put(player("ann"))
    bob = player("bob", "t")
    players.put(bob)

    assert players.with_token("t") is bob


def test_a_removed_player_is_found_no_more_and_the_others_are() -> None:
    ann, bob = player("ann", "a1"), player("bob", "b1")
    players = holding(ann, bob)
    players.remove("ann")

    assert (players.find("ann"), players.with_token("a1"), list(players)) == (None, None, [bob])
    players.remove("ann")
    assert list(players) == [bob]


@pytest.mark.parametrize(
    ("state", "may"),
    [("active", True), ("blocked", False), ("self_excluded", False), ("limit_reached", False)],
)
def test_only_an_active_player_may_bet(state: str, may: bool) -> None:
    assert player("ann", state=PlayerState(state)).may_bet is may


def test_every_state_of_a_player_is_known_here() -> None:
    assert [one.value for one in PlayerState] == ["active", "blocked", "self_excluded", "limit_reached"]


ANN = PlayerSpec(
    id="ann", currency="KES", tokens=("a1",), balance=Decimal("10.50"), state=PlayerState.BLOCKED
)


def test_a_seeded_player_has_what_was_asked_for_and_the_balance_by_a_posting() -> None:
    players, ledger = Players(), Ledger()
    seed(players, ledger, [ANN])

    assert players.find("ann") == player("ann", "a1", state=PlayerState.BLOCKED)
    assert account_of("ann") == "player:ann"
    assert list(ledger.postings()) == [Posting(FUNDING, "player:ann", Decimal("10.50"), "seeded balance")]
    assert ledger.balances() == {FUNDING: Decimal("-10.50"), "player:ann": Decimal("10.50")}


def test_a_player_is_active_and_empty_where_nothing_else_is_said() -> None:
    players, ledger = Players(), Ledger()
    seed(players, ledger, [PlayerSpec(id="ann", currency="KES")])

    assert players.find("ann") == player("ann")
    assert list(ledger.postings()) == []


@pytest.mark.parametrize(
    ("balance", "postings"),
    [
        ("12", [Posting(FUNDING, "player:ann", Decimal("1.50"), "seeded balance")]),
        ("10.5", []),
        ("10", [Posting("player:ann", FUNDING, Decimal("0.50"), "seeded balance")]),
        ("0", [Posting("player:ann", FUNDING, Decimal("10.50"), "seeded balance")]),
        ("-1", [Posting("player:ann", FUNDING, Decimal("11.50"), "seeded balance")]),
    ],
)
def test_only_the_difference_to_the_balance_asked_for_is_posted(
    balance: str, postings: list[Posting]
) -> None:
    players, ledger = Players(), Ledger()
    seed(players, ledger, [ANN])
    seed(players, ledger, [replace(ANN, balance=Decimal(balance))])

    assert list(ledger.postings())[1:] == postings
    assert ledger.balance("player:ann") == Decimal(balance)


def test_what_was_won_and_lost_since_counts_for_the_difference() -> None:
    players, ledger = Players(), Ledger()
    seed(players, ledger, [ANN])
    ledger.post("player:ann", "house", Decimal("4"), "stake")
    seed(players, ledger, [ANN])

    assert ledger.balance("player:ann") == Decimal("10.50")
    assert ledger.balance("house") == Decimal(4)
    assert ledger.balance(FUNDING) == Decimal("-14.50")


def test_a_taken_token_stops_the_seeding_and_those_before_it_are_in() -> None:
    players, ledger = Players(), Ledger()
    bob = PlayerSpec(id="bob", currency="KES", tokens=("a1",), balance=Decimal(5))
    cid = PlayerSpec(id="cid", currency="KES", balance=Decimal(7))

    with pytest.raises(TokenTaken):
        seed(players, ledger, [ANN, bob, cid])
    assert [one.id for one in players] == ["ann"]
    assert [one.destination for one in ledger.postings()] == ["player:ann"]


def test_a_token_given_twice_is_one_token() -> None:
    players = holding(player("ann", "a1", "a1"))

    players.put(player("ann", "a2"))

    assert [players.with_token(one) is None for one in ("a1", "a2")] == [True, False]
    players.remove("ann")
    assert players.with_token("a2") is None


def test_a_player_who_changes_keeps_the_place_in_the_list() -> None:
    players = holding(player("ann"), player("bob"))

    players.put(player("ann", "a1"))

    assert [one.id for one in players] == ["ann", "bob"]
