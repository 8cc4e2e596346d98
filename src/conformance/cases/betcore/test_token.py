"""The token that is the body of every call to a casino."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.client import expect_equal
from conformance.forgery import LONG_AGO, STRICT
from conformance.oracle import betcore as oracle
from conformance.signing import (
    confused_token,
    jwt_body,
    tampered_token,
    token,
    token_of,
    unsigned_token,
)
from conformance.token_checks import only_the_genuine_one, send_forged, stranger


@requirement("BC-JWT-001", safety="moves-money")
def test_documented_token_is_accepted(casino: Casino) -> None:
    """A token as documented, RS256 in a JSON string literal, is accepted; one that is cut short is not."""
    bet = casino.accepted_bet()
    compact = casino.token(casino.closing(bet, closed=True))

    casino.send("closeBet", jwt_body(compact)).must_be(oracle.SUCCESS)
    casino.send("closeBet", jwt_body(compact.rpartition(".")[0])).must_be(oracle.JWT_INVALID)


@requirement("BC-JWT-002", safety="moves-money")
def test_tampered_payload_is_refused(casino: Casino) -> None:
    """A token whose payload was changed after signing is answered with 103811 and closes nothing."""
    bet = casino.accepted_bet()
    genuine = casino.token(casino.closing(bet, closed=False))
    forged = tampered_token(genuine, casino.claims(casino.closing(bet, closed=True)))

    casino.send("closeBet", jwt_body(forged)).must_be(oracle.JWT_INVALID)
    with control("the bet is still open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    with control("the genuine token"):
        casino.close(bet).must_be(oracle.SUCCESS)


@requirement("BC-JWT-003", safety="moves-money")
def test_expired_token_is_refused(casino: Casino) -> None:
    """A token past its exp is answered with 103811."""
    only_the_genuine_one(
        casino,
        lambda claims: token(
            casino.key, {**claims, "nbf": claims["nbf"] - LONG_AGO, "exp": claims["exp"] - LONG_AGO}
        ),
    )


@requirement("BC-JWT-004", safety="moves-money")
def test_unknown_key_is_refused(casino: Casino) -> None:
    """A token signed with a key that is not in the JWKS is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: token(stranger(), claims))


@requirement("BC-JWT-004", safety="moves-money")
def test_unknown_key_under_a_known_name_is_refused(casino: Casino) -> None:
    """A token that names a key of the JWKS but is signed with another one is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: token(stranger(), claims, kid=casino.key.kid))


@requirement("BC-JWT-005", safety="moves-money")
def test_unsigned_token_is_refused(casino: Casino) -> None:
    """A token that claims alg none and has no signature is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: unsigned_token(casino.key, claims))


@requirement("BC-JWT-005", safety="moves-money")
def test_token_signed_with_the_public_key_is_refused(casino: Casino) -> None:
    """A token signed with HS256, keyed with the public RSA key, is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: confused_token(casino.key, claims))


@requirement("BC-JWT-006", safety="moves-money")
def test_token_of_the_future_is_refused(casino: Casino) -> None:
    """A token before its nbf is answered with 103811."""
    only_the_genuine_one(
        casino,
        lambda claims: token(
            casino.key, {**claims, "nbf": claims["nbf"] + LONG_AGO, "exp": claims["exp"] + LONG_AGO}
        ),
    )


@requirement("BC-JWT-007", safety="moves-money")
def test_unquoted_token_is_refused(casino: Casino) -> None:
    """A token without the quotes of a JSON string is answered with 103811."""
    bet = casino.accepted_bet()
    compact = casino.token(casino.closing(bet, closed=True))
    with control("the same token in quotes"):
        casino.send("closeBet", jwt_body(compact)).must_be(oracle.SUCCESS)

    casino.send("closeBet", compact.encode()).must_be(oracle.JWT_INVALID)


@requirement("BC-JWT-008", safety="moves-money")
def test_unknown_client_is_refused(casino: Casino) -> None:
    """A token of an unknown client_id is answered with 103811."""
    only_the_genuine_one(
        casino, lambda claims: token(casino.key, {**claims, "client_id": f"{claims['client_id']}-unknown"})
    )


@requirement("BC-JWT-009", safety="read")
def test_forged_token_reads_no_balance(casino: Casino) -> None:
    """users/data answers 103811 to a token that does not verify, and tells no balance."""
    query = casino.user_query()
    with control("the genuine token"):
        casino.call("getUserData", query).must_be(oracle.SUCCESS)

    refused = casino.send("getUserData", jwt_body(_forged(casino, query))).must_be(oracle.JWT_INVALID)
    expect_equal("balance in a refusal", expected=None, actual=refused.raw.member("Value", "Balance"))


@requirement("BC-JWT-013", safety="read")
def test_forged_token_is_told_no_balance(casino: Casino) -> None:
    """users/data tells no balance to a token that does not verify, whatever code it refuses it with."""
    query = casino.user_query()
    with control("the genuine token"):
        casino.call("getUserData", query).must_be(oracle.SUCCESS)

    refused = casino.send("getUserData", jwt_body(_forged(casino, query)))
    expect_equal("the forged token is accepted", expected=False, actual=refused.accepted)
    expect_equal("balance in a refusal", expected=None, actual=refused.raw.member("Value", "Balance"))


@requirement("BC-JWT-010", safety="moves-money")
def test_forged_token_gets_103811_from_make(casino: Casino) -> None:
    """payments/make answers 103811 to a token that does not verify."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    _forged_payment(casino, bet).must_be(oracle.JWT_INVALID)
    with control("the genuine token"):
        casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-JWT-011", safety="moves-money")
def test_forged_payment_moves_no_money(casino: Casino) -> None:
    """A payment whose token does not verify moves no money; the genuine one moves its amount."""
    casino.open_books(needed=casino.stake)
    bet = casino.new_bet()
    _forged_payment(casino, bet)
    casino.books_must_agree("a payment with a forged token was sent")
    with control("the genuine token"):
        casino.transact(bet, oracle.BET, casino.stake).must_be(oracle.SUCCESS)


@requirement("BC-JWT-012", safety="moves-money")
def test_every_verdict_comes_with_http_200(casino: Casino) -> None:
    """Success, 103752 and 103811 all come with HTTP status 200."""
    bet = casino.accepted_bet()
    closing = casino.closing(bet, closed=True)
    casino.call("closeBet", closing).must_be(oracle.SUCCESS).must_have_http_status(200)
    casino.call("closeBet", {"Closed": True}, legal=False).must_be(
        oracle.INVALID_REQUEST
    ).must_have_http_status(200)
    casino.send("closeBet", jwt_body(_forged(casino, closing))).must_be(
        oracle.JWT_INVALID
    ).must_have_http_status(200)


@requirement("BC-JWT-021", safety="moves-money")
def test_other_algorithms_are_refused(casino: Casino) -> None:
    """Tokens rightly signed with the known key, but by RS384, RS512 or PS256, are answered with 103811."""
    for algorithm in ("RS384", "RS512", "PS256"):
        with casino.channel.evidence.during(algorithm):
            only_the_genuine_one(casino, partial(_signed_by, casino, algorithm))


@requirement("BC-JWT-022", safety="moves-money")
def test_issuer_may_be_any_string(casino: Casino) -> None:
    """Tokens of other issuers than the sample's are accepted."""
    for issuer in ("https://api.net/identity-api/", "somebody"):
        closing = casino.closing(casino.accepted_bet(), closed=True)
        compact = token(casino.key, casino.claims(closing, iss=issuer))
        casino.send("closeBet", jwt_body(compact)).must_be(oracle.SUCCESS)


@requirement("BC-JWT-024", safety="moves-money")
def test_token_is_taken_from_the_body(casino: Casino) -> None:
    """A token in the body is enough, whatever Authorization says; one in Authorization alone is not."""
    bet = casino.accepted_bet()
    compact = casino.token(casino.closing(bet, closed=True))
    bearer = {"authorization": f"Bearer {compact}"}

    casino.send("closeBet", jwt_body(compact)).must_be(oracle.SUCCESS)
    casino.send("closeBet", jwt_body(compact), headers={"authorization": "Bearer another"}).must_be(
        oracle.SUCCESS
    )
    casino.send("closeBet", b'"no token"', headers=bearer).must_be(oracle.JWT_INVALID)


@requirement("BC-JWT-026", safety="read")
def test_printed_token_is_refused(casino: Casino) -> None:
    """The token that the page of users/data prints has no signature and is answered with 103811."""
    with control("the same data in a signed token"):
        casino.call("getUserData", casino.user_query()).must_be(oracle.SUCCESS)
    casino.send("getUserData", jwt_body(oracle.PRINTED_TOKEN)).must_be(oracle.JWT_INVALID)


@requirement("BC-JWT-027", safety="moves-money")
def test_times_are_unix_seconds(casino: Casino) -> None:
    """A token is current by its times read as seconds, and over when they, read so, are past."""
    now = int(casino.now())
    for exp, code in ((now + 60, oracle.SUCCESS), (now - 60, oracle.JWT_INVALID)):
        closing = casino.closing(casino.accepted_bet(), closed=True)
        compact = token(casino.key, casino.claims(closing, nbf=now - 120, exp=exp))
        casino.send("closeBet", jwt_body(compact)).must_be(code)


@requirement("BC-JWT-003", safety="moves-money")
def test_token_without_exp_is_refused(casino: Casino) -> None:
    """A token without exp, which would be good for ever, is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: token(casino.key, _without("exp", claims)))


@requirement("BC-JWT-006", safety="moves-money")
def test_token_without_nbf_is_refused(casino: Casino) -> None:
    """A token without nbf is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: token(casino.key, _without("nbf", claims)))


@requirement("BC-JWT-008", safety="moves-money")
def test_token_without_client_is_refused(casino: Casino) -> None:
    """A token without client_id is answered with 103811."""
    only_the_genuine_one(casino, lambda claims: token(casino.key, _without("client_id", claims)))


@requirement("BC-JWT-022", safety="moves-money")
def test_issuer_that_is_no_string_is_refused(casino: Casino) -> None:
    """A token whose iss is a number is answered with 103811."""
    only_the_genuine_one(
        casino, lambda claims: token_of(casino.key, json.dumps({**claims, "iss": 7}).encode())
    )


def _signed_by(casino: Casino, algorithm: str, claims: dict[str, Any]) -> str:
    return token_of(casino.key, json.dumps(claims).encode(), algorithm=algorithm)


@requirement("BC-JWT-028", safety="moves-money")
def test_token_that_can_be_read_in_two_ways_is_refused(casino: Casino) -> None:
    """A key twice, odd Base64url, crit, or a key in the header get 103811 under a right signature too."""
    bet = casino.accepted_bet()
    for name, forge in STRICT.items():
        with casino.channel.evidence.during(name):
            send_forged(casino, "closeBet", forge, casino.closing(bet, closed=True)).must_be(
                oracle.JWT_INVALID
            )
    with control("the bet is still open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    with control("the same data in a usual token"):
        casino.close(bet).must_be(oracle.SUCCESS)


def _without(name: str, claims: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


def _forged(casino: Casino, data: dict[str, Any]) -> str:
    """A token for the data under the signature of another one."""
    return tampered_token(casino.token({}), casino.claims(data))


def _forged_payment(casino: Casino, bet: int) -> Answer:
    payment = casino.payment(bet, oracle.BET, casino.stake)
    return casino.send("makePayment", jwt_body(_forged(casino, payment)))
