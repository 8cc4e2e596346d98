"""Forged and stale tokens against every operation: nothing is booked, told or exchanged."""

from __future__ import annotations

from typing import Any

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.forgery import FORGERIES, OVER
from conformance.oracle import betcore as oracle
from conformance.token_checks import send_forged


@requirement("BC-JWT-011", safety="moves-money")
def test_no_forgery_places_a_bet(casino: Casino) -> None:
    """No forged or stale token takes money by a bet; a genuine one with the same data does."""
    casino.open_books(needed=casino.stake * 2)
    bet = casino.new_bet()
    _all_refused(casino, "makePayment", casino.payment(bet, oracle.BET, casino.stake))
    with control("the genuine token"):
        casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-JWT-011", safety="moves-money")
def test_no_forgery_is_paid_out(casino: Casino) -> None:
    """No forged or stale token gives money by a payout; a genuine one with the same data does."""
    bet = casino.accepted_bet()
    _all_refused(casino, "makePayment", casino.payment(bet, oracle.PAYOUT, casino.stake * 2))
    with control("the genuine token"):
        casino.transact(bet, oracle.PAYOUT, casino.stake * 2).must_be(oracle.SUCCESS)


@requirement("BC-JWT-017", safety="moves-money", needs=("make-list",))
def test_no_forgery_makes_a_list(casino: Casino) -> None:
    """No forged or stale token moves money by a list; a genuine one with the same data does."""
    bet = casino.accepted_bet()
    items = [casino.payment(bet, oracle.PAYOUT, casino.stake)]
    _all_refused(casino, "makePayments", items)
    with control("the genuine token"):
        casino.transact_list(items).must_be(oracle.SUCCESS)


@requirement("BC-JWT-017", safety="moves-money", needs=("cashback",))
def test_no_forgery_pays_cashback(casino: Casino) -> None:
    """No forged or stale token pays a cashback; a genuine one with the same data does."""
    casino.open_books()
    cashback = casino.new_bet()
    _all_refused(casino, "makeCashback", casino.payment(cashback, oracle.CASHBACK, casino.stake))
    with control("the genuine token"):
        casino.transact_cashback(cashback, oracle.CASHBACK, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-JWT-017", safety="creates")
def test_no_forgery_exchanges_a_refresh_token(casino: Casino) -> None:
    """No forged or stale token exchanges a refresh token: it is good still when a genuine one comes."""
    current = casino.tokens.current("refresh_token")
    for name, forge in {**FORGERIES, **OVER}.items():
        with casino.channel.evidence.during(name):
            answer = send_forged(casino, "authUser", forge, {"RefreshToken": current})
            if answer.accepted:
                casino.tokens.exchanged("refresh_token", answer.raw)
            _must_tell_nothing(name, answer)
    with control("the genuine token"):
        _, exchanged = casino.exchange("refresh_token")
        exchanged.must_be(oracle.SUCCESS)


@requirement("BC-JWT-013", safety="moves-money", needs=("info",))
def test_no_forgery_reads(casino: Casino) -> None:
    """No forged or stale token is told a balance or the transactions of a bet."""
    bet = casino.accepted_bet()
    questions = {"getUserData": casino.user_query(), "getPaymentInfo": {"BetId": bet}}
    for operation, data in questions.items():
        with control("the genuine token"):
            casino.call(operation, data).must_be(oracle.SUCCESS)
        for name, forge in {**FORGERIES, **OVER}.items():
            with casino.channel.evidence.during(f"{operation}: {name}"):
                _must_tell_nothing(name, send_forged(casino, operation, forge, data))


@requirement("BC-JWT-016", safety="moves-money", needs=("make-list", "info", "cashback"))
def test_forgeries_get_103811_everywhere(casino: Casino) -> None:
    """users/auth, make-list, info and cashback-payments/make answer forged and stale tokens with 103811."""
    bet = casino.accepted_bet()
    payment = casino.payment(bet, oracle.PAYOUT, casino.stake)
    calls: dict[str, Any] = {
        "authUser": {"RefreshToken": f"never-issued-{bet}"},
        "makePayments": [payment],
        "getPaymentInfo": {"BetId": bet},
        "makeCashback": payment,
    }
    with control("a genuine token"):
        casino.info(bet).must_be(oracle.SUCCESS)
    for operation, data in calls.items():
        for name, forge in {**FORGERIES, **OVER}.items():
            with casino.channel.evidence.during(f"{operation}: {name}"):
                send_forged(casino, operation, forge, data).must_be(oracle.JWT_INVALID)


@requirement("BC-JWT-004", "BC-JWT-005", safety="moves-money")
def test_forgeries_get_103811_from_close(casino: Casino) -> None:
    """payments/close answers every forged token with 103811, and the bet stays open."""
    bet = casino.accepted_bet()
    for name, forge in FORGERIES.items():
        with casino.channel.evidence.during(name):
            send_forged(casino, "closeBet", forge, casino.closing(bet, closed=True)).must_be(
                oracle.JWT_INVALID
            )
    with control("the bet is still open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-JWT-004", safety="moves-money")
def test_no_key_is_fetched_from_where_a_token_says(casino: Casino) -> None:
    """A token that names an address of keys (jku, x5u) gets 103811, and nobody comes to that address."""
    bet = casino.accepted_bet()
    before = len(casino.betcore.strays)
    for name in ("the address of a key set (jku)", "the address of a certificate (x5u)"):
        answer = send_forged(casino, "closeBet", FORGERIES[name], casino.closing(bet, closed=True))
        if strays := casino.betcore.strays[before:]:
            raise Mismatch(
                f"the casino followed an address in a token: {strays[0]}",
                expected="no request",
                actual=strays[0],
            )
        answer.must_be(oracle.JWT_INVALID)
    with control("the genuine token"):
        casino.close(bet).must_be(oracle.SUCCESS)


def _all_refused(casino: Casino, operation: str, data: Any) -> None:
    """Every forged and stale token for these data moves nothing and is refused.

    Raises :exc:`Hazard` where money moves.
    """
    accepted = []
    for name, forge in {**FORGERIES, **OVER}.items():
        with casino.channel.evidence.during(name):
            answer = send_forged(casino, operation, forge, data)
            casino.books_must_agree(f"{operation} came with {name}")
        if answer.accepted:
            accepted.append(name)
    expect_equal("forgeries that were accepted", expected="none", actual=", ".join(accepted) or "none")


def _must_tell_nothing(name: str, answer: Answer) -> None:
    """Raise :exc:`Mismatch` unless the answer is a refusal without a value."""
    if answer.accepted or answer.raw.member("Value"):
        raise Mismatch(
            f"a token with {name} got {answer.raw.describe()}",
            expected="a refusal without Value",
            actual=answer.raw.describe(),
        )
