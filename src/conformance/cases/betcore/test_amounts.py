"""How amounts are written, and how exactly they are reckoned."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.errors import Hazard, Mismatch
from conformance.ledger import signed
from conformance.oracle import betcore as oracle

ODD: Final = ("-5", "+5", "1e1", " 5", "5,0", "0x10", "NaN", "Infinity", "", "٥", "1_0", "5.", ".5", 5, None)
"""What is no amount: signs, exponents, spaces, other digits, no string at all."""


@requirement("BC-PAY-007", "BC-USR-008", safety="moves-money")
def test_equal_amounts_are_equal_however_they_are_written(casino: Casino) -> None:
    """A bet over 10 sent again over 10.0 and over 10.00 is a repeat of it, and takes nothing."""
    bet = casino.accepted_bet()
    plain = f"{casino.stake:f}".rstrip("0").rstrip(".") if casino.stake % 1 else f"{casino.stake:.0f}"
    point = "" if "." in plain else "."
    for zeros in ("0", "00", "00000000"[: 8 - len(plain.partition(".")[2])]):
        written = f"{plain}{point}{zeros}"
        answer = casino.make(bet, oracle.BET, casino.stake, Amount=written)
        casino.books_must_agree(f"a bet over {plain} was repeated over {written}")
        if not answer.accepted:
            answer.must_be(oracle.DUPLICATE)


@requirement("BC-USR-008", "BC-PAY-002", "BC-PAY-003", safety="moves-money")
def test_sums_are_exact(casino: Casino) -> None:
    """Ten bets of 0.1, one of 0.7 and a payout of 1.7 leave the balance where it was, to the last cent."""
    casino.open_books(needed=casino.stake)
    last = 0
    for amount in (*(Decimal("0.1"),) * 10, Decimal("0.7")):
        last = casino.new_bet()
        casino.transact(last, oracle.BET, amount).must_be(oracle.SUCCESS)
    casino.transact(last, oracle.PAYOUT, Decimal("1.7")).must_be(oracle.SUCCESS)


@requirement("BC-USR-008", "BC-PAY-003", safety="moves-money", needs=("payout-return",))
def test_large_amounts_are_exact(casino: Casino) -> None:
    """A payout beyond what a binary fraction holds exactly is booked to the cent, and taken back so."""
    bet = casino.accepted_bet()
    large = Decimal("90071992547409.93")
    answer = casino.transact(bet, oracle.PAYOUT, large).must_be(oracle.SUCCESS)
    assert answer.accepted
    casino.transact(bet, oracle.PAYOUT_RETURN, large).must_be(oracle.SUCCESS)


@requirement("BC-PAY-026", safety="moves-money")
def test_what_is_no_amount_is_refused(casino: Casino) -> None:
    """A bet or payout over -5, 1e1 and the like gets 103752 and moves nothing."""
    bet, taken = casino.accepted_bet(), list[str]()
    for kind in (oracle.BET, oracle.PAYOUT):
        for amount in ODD:
            before = casino.read_balance()
            target = bet if kind == oracle.PAYOUT else casino.new_bet()
            with casino.channel.evidence.during(f"{oracle.NAMES[kind]} over {amount!r}"):
                data = casino.payment(target, kind, casino.stake, Amount=amount)
                answer = casino.call("makePayment", data, legal=False)
            moved = casino.read_balance() - before
            wrong_way = moved * oracle.EFFECT[kind] < 0
            if wrong_way or (moved and not answer.accepted):
                raise Hazard(
                    f"a {oracle.NAMES[kind]} over {amount!r} moved the balance by {signed(moved)}: "
                    f"{answer.raw.describe()}",
                    expected="a refusal that moves nothing",
                    actual=signed(moved),
                )
            if moved:
                assert casino.books is not None
                casino.books.book(target, kind, moved)
                taken.append(f"{oracle.NAMES[kind]} over {amount!r} moved {signed(moved)}")
            elif not answer.is_code(oracle.INVALID_REQUEST):
                taken.append(f"{oracle.NAMES[kind]} over {amount!r} got {answer.raw.describe()}")
    if taken:
        raise Mismatch("; ".join(taken[:3]), expected="ErrorCode 103752", actual="; ".join(taken))
    with control("a payout over a decimal number"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
