"""Exchanging refresh tokens. Each works once, so every case leaves a token for the next one."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import Any

from conformance.answered_values import strings_in
from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.client import RawAnswer, expect_equal, shown, simultaneously
from conformance.errors import Mismatch, Missing
from conformance.oracle import betcore as oracle
from conformance.refresh_tokens import token_in

KEY = "refresh_token"


@requirement("BC-AUT-001", safety="creates")
def test_tag_may_be_absent_or_present(casino: Casino) -> None:
    """A refresh token is exchanged without a TagId, and the next one with it; without a token nothing is."""
    for fields in ({}, {"TagId": casino.target.tag}):
        _, answer = casino.exchange(KEY, **fields)
        answer.must_be(oracle.SUCCESS)
    without = casino.call("authUser", {"TagId": casino.target.tag}, legal=False)
    expect_equal("data without RefreshToken are accepted", expected=False, actual=without.accepted)


@requirement("BC-AUT-002", safety="creates")
def test_valid_token_is_answered_with_a_new_one_and_the_player(casino: Casino) -> None:
    """A refresh token is answered with another one, which works, and with the player's details."""
    seen = set()
    for _ in range(2):
        sent, answer = casino.exchange(KEY)
        answer.must_be(oracle.SUCCESS)
        seen.add(sent)
        new = token_in(answer.raw.value)
        if new is None or new in seen:
            raise Mismatch(
                f"expected a new refresh token, got {answer.raw.describe()}",
                expected="a string that was no token before",
                actual=shown(new),
            )
        if casino.target.user not in strings_in(answer.raw.value):
            raise Mismatch(
                f"the answer does not name player {casino.target.user}: {answer.raw.describe()}",
                expected=casino.target.user,
                actual=answer.raw.describe(),
            )


@requirement("BC-AUT-003", safety="creates")
def test_unknown_player_is_registered(casino: Casino) -> None:
    """The token of a player whom the casino does not know registers them; afterwards they are known."""
    key = "newcomer_refresh_token"
    newcomer = casino.as_player("newcomer_user_id", casino.target.newcomer)
    casino.tokens.current(key)
    known = newcomer.call("getUserData", newcomer.user_query())
    if known.accepted:
        raise Missing(f"needs a player who is not known yet, but {newcomer.target.user} is")
    _, answer = casino.exchange(key)
    answer.must_be(oracle.SUCCESS)
    told = strings_in(answer.raw.value)
    expect_equal("the answer names the new player", expected=True, actual=newcomer.target.user in told)
    newcomer.call("getUserData", newcomer.user_query()).must_be(oracle.SUCCESS)
    _, again = casino.exchange(key)
    again.must_be(oracle.SUCCESS)


@requirement("BC-AUT-013", safety="creates")
def test_newcomer_has_nothing(casino: Casino) -> None:
    """Who was registered by a token has a balance of 0, in the target's currency."""
    key = "newcomer_refresh_token"
    newcomer = casino.as_player("newcomer_user_id", casino.target.newcomer)
    _, answer = casino.exchange(key)
    answer.must_be(oracle.SUCCESS)
    expect_equal(
        "Value.CurrencyCode",
        expected=casino.target.currency,
        actual=answer.raw.member("Value", "CurrencyCode"),
    )
    expect_equal("the newcomer's balance", expected=Decimal(0), actual=newcomer.read_balance())


@requirement("BC-AUT-005", safety="creates")
def test_sign_in_says_success(casino: Casino) -> None:
    """A successful sign-in answers ErrorCode 200 and Message Success."""
    _, answer = casino.exchange(KEY)
    answer.must_be(oracle.SUCCESS).must_say(oracle.MESSAGES[oracle.SUCCESS])


@requirement("BC-AUT-006", safety="moves-money")
def test_answer_holds_player_currency_token_and_balance(casino: Casino) -> None:
    """Value holds PartnerUserId, CurrencyCode, RefreshToken and the balance, which follows a bet."""
    casino.accepted_bet()
    _, answer = casino.exchange(KEY)
    answer.must_be(oracle.SUCCESS)
    expect_equal(
        "Value.PartnerUserId",
        expected=casino.target.user,
        actual=answer.raw.member("Value", "PartnerUserId"),
    )
    expect_equal(
        "Value.CurrencyCode",
        expected=casino.target.currency,
        actual=answer.raw.member("Value", "CurrencyCode"),
    )
    new = answer.raw.member("Value", "RefreshToken")
    expect_equal("Value.RefreshToken is a string", expected=True, actual=isinstance(new, str) and new != "")
    assert casino.books is not None
    expect_equal("Value.Balance", expected=casino.books.balance, actual=answer.balance)


@requirement("BC-AUT-007", safety="creates")
def test_token_works_once(casino: Casino) -> None:
    """A refresh token sent a second time gets 990006; the one that it was exchanged for works."""
    sent, answer = casino.exchange(KEY)
    with control("the first time"):
        answer.must_be(oracle.SUCCESS)
    casino.sign_in(sent).must_be(oracle.TOKEN_EXPIRED)
    with control("the new one"):
        _, following = casino.exchange(KEY)
        following.must_be(oracle.SUCCESS)


@requirement("BC-AUT-007", safety="creates")
def test_token_works_once_however_often_it_comes_at_once(casino: Casino) -> None:
    """Of five simultaneous exchanges of one refresh token exactly one succeeds."""
    sent = casino.tokens.current(KEY)
    raw = simultaneously([partial(_unpaced, casino, sent)] * 5)
    accepted = [one for one in raw if Answer(one).accepted]
    if accepted:
        casino.tokens.exchanged(KEY, accepted[-1])
    expect_equal("successful exchanges of one token", expected=1, actual=len(accepted))


@requirement("BC-AUT-007", safety="creates")
def test_token_past_its_lifetime_is_refused(casino: Casino) -> None:
    """A refresh token whose lifetime is over gets 990006."""
    expired = casino.tokens.current("expired_refresh_token")
    casino.sign_in(expired).must_be(oracle.TOKEN_EXPIRED)
    with control("a token that is not over"):
        _, answer = casino.exchange(KEY)
        answer.must_be(oracle.SUCCESS)


@requirement("BC-AUT-008", safety="creates")
def test_token_that_was_never_issued_is_refused(casino: Casino) -> None:
    """A refresh token that the casino never issued gets 990010."""
    casino.tokens.current(KEY)
    casino.sign_in(f"never-issued-{casino.new_bet():032x}").must_be(oracle.TOKEN_UNKNOWN)
    with control("a token that was issued"):
        _, answer = casino.exchange(KEY)
        answer.must_be(oracle.SUCCESS)


@requirement("BC-AUT-009", safety="creates")
def test_token_of_a_blocked_player_is_refused_and_stays(casino: Casino) -> None:
    """The refresh token of a blocked player gets 990007, as often as it comes."""
    blocked = casino.tokens.current("blocked_refresh_token")
    for _ in range(2):
        casino.sign_in(blocked).must_be(oracle.BLOCKED)
    with control("the token of a player who may sign in"):
        _, answer = casino.exchange(KEY)
        answer.must_be(oracle.SUCCESS)


@requirement("BC-AUT-010", safety="creates")
def test_data_without_a_token_are_refused(casino: Casino) -> None:
    """Data without a RefreshToken, or with one that is no string, are answered with 103752."""
    casino.tokens.current(KEY)
    malformed: tuple[dict[str, Any], ...] = ({"TagId": casino.target.tag}, {"RefreshToken": 7})
    for data in malformed:
        casino.call("authUser", data, legal=False).must_be(oracle.INVALID_REQUEST)
    with control("with a token"):
        _, answer = casino.exchange(KEY)
        answer.must_be(oracle.SUCCESS)


@requirement("BC-AUT-011", safety="creates")
def test_currency_is_three_capital_letters(casino: Casino) -> None:
    """CurrencyCode is three capital letters."""
    _, answer = casino.exchange(KEY)
    answer.must_be(oracle.SUCCESS)
    code = answer.raw.member("Value", "CurrencyCode")
    if not isinstance(code, str) or re.fullmatch("[A-Z]{3}", code) is None:
        raise Mismatch(
            f"Value.CurrencyCode: expected three capital letters, got {shown(code)}",
            expected="three capital letters",
            actual=shown(code),
        )


def _unpaced(casino: Casino, refresh_token: str) -> RawAnswer:
    return casino.call("authUser", {"RefreshToken": refresh_token}, paced=False).raw
