"""Single transactions of a bet."""

from __future__ import annotations

from decimal import Decimal

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import expect_equal
from conformance.errors import Hazard, Mismatch
from conformance.oracle import betcore as oracle

CENT = Decimal("0.01")


@requirement("BC-PAY-001", safety="moves-money")
def test_accepted_transaction_says_success(casino: Casino) -> None:
    """An accepted bet and its payout answer ErrorCode 200 and Message Success."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    for kind in (oracle.BET, oracle.PAYOUT):
        answer = casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
        answer.must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-PAY-002", safety="moves-money")
def test_bet_takes_its_amount(casino: Casino) -> None:
    """Accepting a bet takes exactly its Amount from the balance, the last cent included."""
    casino.open_books(needed=2 * casino.stake)
    for amount in (casino.stake, CENT):
        casino.transact(casino.new_bet(), oracle.BET, amount).must_be(oracle.SUCCESS)


@requirement("BC-PAY-003", safety="moves-money")
def test_payout_adds_its_amount(casino: Casino) -> None:
    """A payout adds exactly its Amount to the balance, be it less or more than the bet."""
    for amount in (casino.stake / 4, casino.stake * 2):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, amount).must_be(oracle.SUCCESS)


@requirement("BC-PAY-004", safety="moves-money")
def test_payout_of_nothing_is_a_loss(casino: Casino) -> None:
    """A payout of amount 0 is accepted and the balance stays."""
    bet = casino.accepted_bet()
    casino.transact(bet, oracle.PAYOUT, casino.stake * 0).must_be(oracle.SUCCESS)


@requirement("BC-PAY-005", safety="moves-money", needs=("bet-return",))
def test_bet_return_adds_its_amount(casino: Casino) -> None:
    """A bet return adds exactly its Amount to the balance."""
    casino.transact(casino.accepted_bet(), oracle.BET_RETURN, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-005", safety="moves-money", needs=("payout-return",))
def test_payout_return_takes_its_amount(casino: Casino) -> None:
    """A payout return takes exactly its Amount from the balance."""
    bet = casino.accepted_bet()
    with control("the payout"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    casino.transact(bet, oracle.PAYOUT_RETURN, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-005", safety="moves-money", needs=("jackpot",))
def test_jackpot_adds_its_amount(casino: Casino) -> None:
    """A jackpot payout adds exactly its Amount to the balance."""
    casino.transact(casino.accepted_bet(), oracle.JACKPOT, casino.stake / 10).must_be(oracle.SUCCESS)


@requirement("BC-PAY-006", safety="moves-money")
def test_bet_beyond_the_balance_is_refused(casino: Casino) -> None:
    """A bet one cent beyond the balance is refused and takes nothing."""
    with control("a bet within the balance"):
        casino.accepted_bet()
    beyond = casino.read_balance() + CENT
    answer = casino.transact(casino.new_bet(), oracle.BET, beyond)
    if answer.accepted:
        casino.balance_must_not_be_negative()
    answer.must_be(oracle.INSUFFICIENT_FUNDS)


@requirement("BC-PAY-007", safety="moves-money")
def test_repeated_bet_is_booked_once(casino: Casino) -> None:
    """The same bet sent again, in a new token, takes no money a second time."""
    bet = casino.accepted_bet()
    casino.repeat(bet, oracle.BET, casino.stake)


@requirement("BC-PAY-007", safety="moves-money")
def test_repeated_payout_is_booked_once(casino: Casino) -> None:
    """The same payout sent again, in a new token, pays no money a second time."""
    bet = casino.accepted_bet()
    with control("the first payout"):
        casino.transact(bet, oracle.PAYOUT, casino.stake * 2).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.PAYOUT, casino.stake * 2)


@requirement("BC-PAY-007", safety="moves-money")
def test_repeat_is_answered_as_a_duplicate(casino: Casino) -> None:
    """The same bet sent again is answered as a duplicate, with the casino's id of the first booking."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    first = casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)
    repeat = casino.make(bet, oracle.BET, casino.stake)
    casino.books_must_agree("the repeat of a bet was sent")
    repeat.must_be(oracle.DUPLICATE).must_name_transaction(first.transaction)


@requirement("BC-PAY-008", safety="moves-money")
def test_repeat_with_another_amount_is_refused(casino: Casino) -> None:
    """The same bet with another amount is refused, and the first booking stands."""
    bet = casino.accepted_bet()
    answer = casino.make(bet, oracle.BET, casino.stake / 2)
    casino.books_must_agree("the repeat of a bet with another amount was sent")
    answer.must_be(oracle.DUPLICATE_CHANGED)


@requirement("BC-PAY-009", safety="moves-money")
def test_payout_without_a_bet_is_refused(casino: Casino) -> None:
    """A payout for a bet that was never accepted is refused and pays nothing."""
    with control("a payout for an accepted bet"):
        casino.transact(casino.accepted_bet(), oracle.PAYOUT, casino.stake / 10).must_be(oracle.SUCCESS)
    casino.transact(casino.new_bet(), oracle.PAYOUT, casino.stake / 10).must_be(oracle.UNKNOWN_BET)


@requirement("BC-PAY-010", safety="moves-money")
def test_transaction_without_a_required_field_is_refused(casino: Casino) -> None:
    """Data that lack one of the four required fields are answered with 103752 and move nothing."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    payment = casino.payment(bet, oracle.BET, casino.stake)
    for name in oracle.PAYMENT_FIELDS:
        with casino.channel.evidence.during(f"without {name}"):
            data = {key: value for key, value in payment.items() if key != name}
            answer = casino.call("makePayment", data, legal=False)
            casino.books_must_agree(f"a transaction without {name} was sent")
            answer.must_be(oracle.INVALID_REQUEST)
    with control("with all four"):
        casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-011", safety="moves-money")
def test_transaction_of_an_unknown_player_is_refused(casino: Casino) -> None:
    """A transaction of an unknown player is answered with 102145."""
    casino.accepted_bet()
    data = casino.payment(
        casino.new_bet(), oracle.BET, casino.stake, PartnerUserId=f"unknown-{casino.new_bet()}"
    )
    answer = casino.call("makePayment", data)
    casino.books_must_agree("a transaction of an unknown player was sent")
    answer.must_be(oracle.UNKNOWN_USER)


@requirement("BC-PAY-012", safety="moves-money", needs=("payout-return",))
def test_payout_after_its_return_is_a_new_one(casino: Casino) -> None:
    """A payout, its return, and an equal payout again are three transactions, and each moves its amount."""
    bet = casino.accepted_bet()
    for kind in (oracle.PAYOUT, oracle.PAYOUT_RETURN, oracle.PAYOUT):
        casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-013", safety="moves-money")
def test_answer_carries_transaction_id_and_balance(casino: Casino) -> None:
    """The answer to a transaction carries the casino's own id of it and the balance after it."""
    books = casino.open_books(needed=2 * casino.stake)
    seen = set()
    for _ in range(2):
        answer = casino.transact(casino.new_bet(), oracle.BET, casino.stake).must_be(oracle.SUCCESS)
        transaction = answer.raw.member("Value", "PartnerTransactionId")
        if not isinstance(transaction, str) or not transaction or transaction in seen:
            raise Mismatch(
                f"Value.PartnerTransactionId: expected a new string, got {transaction!r}",
                expected="a string that no other transaction has",
                actual=repr(transaction),
            )
        seen.add(transaction)
        expect_equal("Value.Balance", expected=books.balance, actual=answer.balance)


@requirement("BC-PAY-014", safety="moves-money")
def test_two_simultaneous_equal_bets_are_booked_once(casino: Casino) -> None:
    """Of two equal bets sent at once exactly one takes the money."""
    casino.open_books(needed=2 * casino.stake)
    casino.make_at_once(2, casino.new_bet(), oracle.BET, casino.stake)


@requirement("BC-PAY-014", safety="moves-money")
def test_ten_simultaneous_equal_bets_are_booked_once(casino: Casino) -> None:
    """Of ten equal bets sent at once exactly one takes the money."""
    casino.open_books(needed=10 * casino.stake)
    casino.make_at_once(10, casino.new_bet(), oracle.BET, casino.stake)


@requirement("BC-PAY-017", safety="moves-money")
def test_optional_fields_may_be_absent(casino: Casino) -> None:
    """A bet and its payout without TaxAmount, PromoCode and TagId are booked."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    for kind in (oracle.BET, oracle.PAYOUT):
        assert set(casino.payment(bet, kind, casino.stake)) == set(oracle.PAYMENT_FIELDS)
        casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-PAY-018", safety="moves-money")
def test_optional_fields_may_be_present(casino: Casino) -> None:
    """A bet and its payout are booked with TaxAmount, with PromoCode, with TagId, and with all three."""
    casino.open_books(needed=casino.stake)
    optional = {"TaxAmount": "0", "PromoCode": "SUMMER", "TagId": casino.target.tag}
    for fields in (*({name: value} for name, value in optional.items()), optional):
        bet = casino.new_bet()
        for kind in (oracle.BET, oracle.PAYOUT):
            casino.transact(bet, kind, casino.stake, **fields).must_be(oracle.SUCCESS)


@requirement("BC-PAY-019", safety="moves-money", needs=("bet-return", "payout-return", "jackpot"))
def test_five_types_are_taken_and_no_other(casino: Casino) -> None:
    """Each of the five types of transaction is booked; a sixth one is refused and moves nothing."""
    bet = casino.accepted_bet()
    for kind in (oracle.PAYOUT, oracle.PAYOUT_RETURN, oracle.JACKPOT, oracle.BET_RETURN):
        casino.transact(bet, kind, casino.stake).must_be(oracle.SUCCESS)
    for kind in (0, 3, -4):
        odd = casino.call("makePayment", casino.payment(casino.new_bet(), kind, casino.stake), legal=False)
        casino.books_must_agree(f"a transaction of type {kind} was sent")
        expect_equal(f"a transaction of type {kind} is accepted", expected=False, actual=odd.accepted)


@requirement("BC-PAY-027", safety="moves-money")
def test_payout_gives_money(casino: Casino) -> None:
    """A payout of more than 0 raises the balance."""
    bet = casino.accepted_bet()
    before = casino.read_balance()
    casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    after = casino.read_balance()
    if after <= before:
        raise Hazard(
            f"a payout over {casino.stake} left the balance at {after}, it was {before}",
            expected=f"more than {before}",
            actual=str(after),
        )


@requirement("BC-PAY-002", "BC-PAY-003", safety="moves-money", needs=("promotions",))
def test_free_bet_takes_nothing_and_its_payout_is_paid_once(casino: Casino) -> None:
    """A bet of amount 0 with a PromoCode is accepted and takes nothing; its payout is paid, and only once."""
    casino.open_books()
    bet, free = casino.new_bet(), {"PromoCode": "FREEBET"}
    casino.transact(bet, oracle.BET, casino.stake * 0, **free).must_be(oracle.SUCCESS)
    casino.transact(bet, oracle.PAYOUT, casino.stake, **free).must_be(oracle.SUCCESS)
    casino.repeat(bet, oracle.PAYOUT, casino.stake, **free)


@requirement("BC-PAY-006", safety="moves-money")
def test_simultaneous_bets_do_not_overdraw(casino: Casino) -> None:
    """Of ten simultaneous bets, each of more than a quarter of the balance, three at most are accepted."""
    books = casino.open_books(needed=casino.stake)
    amount = (books.opening / 4).quantize(CENT) + CENT
    bets = [casino.new_bet() for _ in range(10)]
    answers = casino.together([(bet, oracle.BET, amount) for bet in bets])
    taken = [bet for bet, answer in zip(bets, answers, strict=True) if answer.accepted]
    for bet in taken:
        books.book(bet, oracle.BET, -amount)
    move = -amount * len(taken)
    casino.books_must_agree(f"ten bets of {amount} were sent at once, {len(taken)} were accepted", move)
    casino.balance_must_not_be_negative()
    if not 1 <= len(taken) <= 3:
        raise Mismatch(
            f"{len(taken)} of ten simultaneous bets were accepted, the balance pays for three",
            expected="one, two or three",
            actual=str(len(taken)),
        )


@requirement("BC-PAY-024", safety="moves-money", needs=("payout-return",))
def test_payout_return_of_spent_winnings_is_refused(casino: Casino) -> None:
    """A payout return beyond the balance is refused like a bet; whatever is answered, the books are right."""
    won = casino.accepted_bet()
    with control("the payout"):
        casino.transact(won, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    with control("a bet of the balance but a cent"):
        casino.transact(casino.new_bet(), oracle.BET, casino.read_balance() - CENT).must_be(oracle.SUCCESS)
    casino.transact(won, oracle.PAYOUT_RETURN, casino.stake).must_be(oracle.INSUFFICIENT_FUNDS)
