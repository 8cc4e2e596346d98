"""Lists of transactions: each is judged as if it came alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import decimal_of
from conformance.casino_list import entries
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle

NEEDS: Final = ("make-list",)
CENT: Final = Decimal("0.01")


@requirement("BC-LST-001", safety="moves-money", needs=NEEDS)
def test_optional_fields_may_be_absent_or_present(casino: Casino) -> None:
    """Items with the four required fields alone, and with all seven, are booked."""
    casino.open_books(needed=casino.stake * 2)
    optional: dict[str, Any] = {"TaxAmount": "0", "PromoCode": "SUMMER", "TagId": casino.target.tag}
    for fields in ({}, optional):
        items = [_item(casino, casino.new_bet(), oracle.BET, **fields)]
        if not fields:
            assert set(items[0]) == set(oracle.PAYMENT_FIELDS)
        casino.transact_list(items).must_be(oracle.SUCCESS)
        _must_have_moved(casino, items)


@requirement("BC-LST-002", safety="moves-money", needs=(*NEEDS, "bet-return", "jackpot"))
def test_list_may_mix_types(casino: Casino) -> None:
    """A list of two bets, a payout, a return and a jackpot moves what they come to."""
    casino.open_books(needed=casino.stake * 2)
    won, returned = casino.new_bet(), casino.new_bet()
    items = [
        _item(casino, won, oracle.BET),
        _item(casino, returned, oracle.BET),
        _item(casino, won, oracle.PAYOUT, casino.stake * 3),
        _item(casino, returned, oracle.BET_RETURN),
        _item(casino, won, oracle.JACKPOT, casino.stake / 4),
    ]
    casino.transact_list(items).must_be(oracle.SUCCESS)
    _must_have_moved(casino, items)


@requirement("BC-LST-003", safety="moves-money", needs=(*NEEDS, "jackpot"))
def test_list_may_hold_several_players(casino: Casino) -> None:
    """Jackpots of two players in one list reach each their own wallet."""
    key = "second_user_id" if casino.target.second_user is not None else "blocked_user_id"
    other = casino.as_player(key, casino.target.second_user or casino.target.blocked_user)
    casino.open_books()
    books = other.open_books()
    bet = casino.new_bet()
    items = [
        _item(casino, bet, oracle.JACKPOT),
        _item(other, bet, oracle.JACKPOT, CENT),
    ]
    answer = casino.transact_list(items)
    if answer.accepted:
        books.book(bet, oracle.JACKPOT, CENT)
    other.books_must_agree("a list with one transaction for the player was sent", CENT)
    answer.must_be(oracle.SUCCESS)


@requirement("BC-LST-004", safety="moves-money", needs=NEEDS)
def test_list_that_was_read_says_success(casino: Casino) -> None:
    """A list answers ErrorCode 200 and Message Success."""
    casino.open_books(needed=casino.stake)
    answer = casino.transact_list([_item(casino, casino.new_bet(), oracle.BET)])
    answer.must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-LST-005", safety="moves-money", needs=NEEDS)
def test_list_moves_what_its_transactions_move_alone(casino: Casino) -> None:
    """A bet and its payout in one list move exactly their amounts, the last cent included."""
    casino.open_books(needed=casino.stake * 2)
    for stake, payout in ((casino.stake, casino.stake * 2), (CENT, Decimal("0.07"))):
        bet = casino.new_bet()
        items = [_item(casino, bet, oracle.BET, stake), _item(casino, bet, oracle.PAYOUT, payout)]
        casino.transact_list(items).must_be(oracle.SUCCESS)
        _must_have_moved(casino, items)


@requirement("BC-LST-007", safety="moves-money", needs=NEEDS)
def test_refused_item_does_not_hinder_the_others(casino: Casino) -> None:
    """Between two bets a payout of a bet that never was is refused; both bets are booked, in their order."""
    casino.open_books(needed=casino.stake * 2)
    first, last = casino.new_bet(), casino.new_bet()
    items = [
        _item(casino, first, oracle.BET),
        _item(casino, casino.new_bet(), oracle.PAYOUT),
        _item(casino, last, oracle.BET),
        _item(casino, last, oracle.PAYOUT),
    ]
    told = entries(casino, casino.transact_list(items), items)
    for entry, code in zip(
        told, (oracle.SUCCESS, oracle.UNKNOWN_BET, oracle.SUCCESS, oracle.SUCCESS), strict=True
    ):
        entry.must_be(code)


@requirement("BC-LST-008", safety="moves-money", needs=NEEDS)
def test_each_item_has_its_entry(casino: Casino) -> None:
    """Value has an entry for each item in its place, with the transaction's id and the balance after it."""
    books = casino.open_books(needed=casino.stake * 2)
    items = [_item(casino, casino.new_bet(), oracle.BET, amount) for amount in (casino.stake, CENT)]
    before = books.balance
    told = entries(casino, casino.transact_list(items), items)
    for entry, item in zip(told, items, strict=True):
        before -= Decimal(item["Amount"])
        entry.must_be(oracle.SUCCESS)
        expect_equal("Message", expected=oracle.MESSAGES[oracle.SUCCESS], actual=entry.row.get("Message"))
        expect_equal("Balance of an entry", expected=before, actual=decimal_of(entry.row.get("Balance")))
    ids = {entry.transaction for entry in told if isinstance(entry.transaction, str) and entry.transaction}
    expect_equal("different PartnerTransactionIds", expected=len(items), actual=len(ids))


@requirement("BC-LST-009", safety="moves-money", needs=NEEDS)
def test_empty_list_is_refused(casino: Casino) -> None:
    """A list without an item is answered with 103752."""
    casino.open_books(needed=casino.stake)
    casino.make_list([], legal=False).must_be(oracle.INVALID_REQUEST)
    with control("a list of one"):
        casino.transact_list([_item(casino, casino.new_bet(), oracle.BET)]).must_be(oracle.SUCCESS)


@requirement("BC-LST-009", safety="moves-money", needs=NEEDS)
def test_malformed_item_refuses_the_list(casino: Casino) -> None:
    """A list with an item that lacks a field, before or after a whole one, gets 103752 and moves nothing."""
    casino.open_books(needed=casino.stake)
    whole = _item(casino, casino.new_bet(), oracle.BET)
    malformed = {name: value for name, value in whole.items() if name != "Amount"}
    for items in ([whole, malformed], [malformed, whole]):
        answer = casino.make_list(items, legal=False)
        casino.books_must_agree("a list with a malformed item was sent")
        answer.must_be(oracle.INVALID_REQUEST)
    with control("the whole one alone"):
        casino.transact_list([whole]).must_be(oracle.SUCCESS)


@requirement("BC-LST-010", safety="moves-money", needs=NEEDS)
def test_item_of_an_unknown_player_is_refused(casino: Casino) -> None:
    """An item of an unknown player has 102145; the one beside it is booked."""
    unknown = _item(casino, casino.new_bet(), oracle.BET, PartnerUserId=f"unknown-{casino.new_bet()}")
    _refused_beside_a_bet(casino, unknown, oracle.UNKNOWN_USER)


@requirement("BC-LST-011", safety="moves-money", needs=(*NEEDS, "tax"))
def test_item_with_a_tax_beyond_its_amount_is_refused(casino: Casino) -> None:
    """A payout whose TaxAmount is greater than its Amount has 103801 and moves nothing."""
    bet = casino.accepted_bet()
    taxed = _item(casino, bet, oracle.PAYOUT, TaxAmount=f"{casino.stake + 1}")
    _refused_beside_a_bet(casino, taxed, oracle.INCORRECT_AMOUNT)


@requirement("BC-LST-012", safety="moves-money", needs=NEEDS)
def test_item_for_a_closed_bet_is_refused(casino: Casino) -> None:
    """A payout for a closed bet has 990005 and moves nothing."""
    bet = casino.accepted_bet()
    with control("closing it"):
        casino.close(bet).must_be(oracle.SUCCESS)
    _refused_beside_a_bet(casino, _item(casino, bet, oracle.PAYOUT), oracle.CLOSED)


@requirement("BC-LST-013", safety="moves-money", needs=(*NEEDS, "payout-return"))
def test_item_for_a_bet_that_never_was_is_refused(casino: Casino) -> None:
    """A payout, and a payout return, for a bet that was never accepted have 990004 and move nothing."""
    for kind in (oracle.PAYOUT, oracle.PAYOUT_RETURN):
        _refused_beside_a_bet(casino, _item(casino, casino.new_bet(), kind), oracle.UNKNOWN_BET)


@requirement("BC-LST-014", "BC-LIF-007", safety="moves-money", needs=NEEDS)
def test_repeated_item_moves_no_money_twice(casino: Casino) -> None:
    """A bet twice in one list, again in another one, and then alone, takes its money once."""
    casino.open_books(needed=casino.stake * 4)
    item = _item(casino, casino.new_bet(), oracle.BET)
    for items in ([item, item], [item]):
        answer = casino.make_list(items)
        if answer.accepted and not _entered(casino):
            _enter(casino, item)
        casino.books_must_agree("a list was sent with a bet twice, or again")
        answer.must_be(oracle.SUCCESS)
    casino.make(item["BetId"], oracle.BET, casino.stake)
    casino.books_must_agree("a bet that a list had booked was sent alone")


@requirement("BC-LST-014", safety="moves-money", needs=NEEDS)
def test_repeated_item_is_told_as_a_duplicate(casino: Casino) -> None:
    """A repeated item has 990002 and the id of the first booking, in the same list and in a later one."""
    casino.open_books(needed=casino.stake * 4)
    item = _item(casino, casino.new_bet(), oracle.BET)
    first, again = entries(casino, _once(casino, [item, item], item), [item, item])
    first.must_be(oracle.SUCCESS)
    (later,) = entries(casino, _once(casino, [item], item), [item])
    for entry in (again, later):
        entry.must_be(oracle.DUPLICATE)
        expect_equal("its PartnerTransactionId", expected=first.transaction, actual=entry.transaction)


@requirement("BC-LST-015", safety="moves-money", needs=NEEDS)
def test_repeated_item_with_another_amount_is_refused(casino: Casino) -> None:
    """A repeated item with another amount has 990003; the first booking stands."""
    casino.open_books(needed=casino.stake * 4)
    item = _item(casino, casino.new_bet(), oracle.BET)
    changed = {**item, "Amount": f"{casino.stake / 2:f}"}
    first, again = entries(casino, _once(casino, [item, changed], item), [item, changed])
    first.must_be(oracle.SUCCESS)
    again.must_be(oracle.DUPLICATE_CHANGED)


@requirement("BC-LST-016", safety="moves-money", needs=NEEDS)
def test_bet_of_a_blocked_player_is_refused(casino: Casino) -> None:
    """A bet of a blocked player in a list has 990007 and takes nothing."""
    blocked = casino.as_player("blocked_user_id", casino.target.blocked_user)
    blocked.open_books(needed=CENT)
    _refused_beside_a_bet(casino, _item(blocked, casino.new_bet(), oracle.BET, CENT), oracle.BLOCKED)
    blocked.books_must_agree("a bet of the blocked player was sent in a list")


@requirement("BC-LST-017", safety="moves-money", needs=NEEDS)
def test_bet_beyond_what_is_left_is_refused(casino: Casino) -> None:
    """Of two bets, each of more than half of the balance, the second has 990001 and takes nothing."""
    books = casino.open_books(needed=casino.stake)
    amount = (books.opening / 2).quantize(CENT) + CENT
    items = [_item(casino, casino.new_bet(), oracle.BET, amount) for _ in range(2)]
    answer = casino.transact_list(items)
    casino.balance_must_not_be_negative()
    taken, refused = entries(casino, answer, items)
    taken.must_be(oracle.SUCCESS)
    refused.must_be(oracle.INSUFFICIENT_FUNDS)


def _item(
    casino: Casino, bet: int, kind: int, amount: Decimal | None = None, **fields: Any
) -> dict[str, Any]:
    return casino.payment(bet, kind, casino.stake if amount is None else amount, **fields)


def _must_have_moved(casino: Casino, items: list[dict[str, Any]]) -> None:
    """Raise :exc:`Mismatch` where an item that must be booked is told as refused."""
    assert casino.books is not None
    booked = [(one.bet, one.kind) for one in casino.books.movements]
    for item in items:
        if (item["BetId"], item["TransactionType"]) not in booked:
            raise Mismatch(
                f"a {oracle.NAMES[item['TransactionType']]} in a list was refused",
                expected="booked",
                actual="refused",
            )


def _refused_beside_a_bet(casino: Casino, item: dict[str, Any], code: int) -> None:
    """The item is refused with the code and moves nothing; a bet after it in the list is booked."""
    if casino.books is None:
        casino.open_books(needed=casino.stake)
    items = [item, _item(casino, casino.new_bet(), oracle.BET)]
    refused, booked = entries(casino, casino.transact_list(items), items)
    with control("the bet beside it"):
        booked.must_be(oracle.SUCCESS)
    refused.must_be(code)


def _once(casino: Casino, items: list[dict[str, Any]], item: dict[str, Any]) -> Any:
    """Send the list; the one item in it may be booked once in this case. Raises :exc:`Hazard`."""
    answer = casino.make_list(items)
    if answer.accepted and not _entered(casino):
        _enter(casino, item)
    casino.books_must_agree("a list was sent with a bet that was booked before, or stands in it twice")
    return answer


def _entered(casino: Casino) -> bool:
    assert casino.books is not None
    return bool(casino.books.movements)


def _enter(casino: Casino, item: dict[str, Any]) -> None:
    assert casino.books is not None
    casino.books.book(item["BetId"], oracle.BET, -Decimal(item["Amount"]))
