"""Access tokens: who gets one, what it opens, and how long."""

from __future__ import annotations

from typing import Any, Final

from conformance.aggregator import Aggregator, token_in
from conformance.aggregator_checks import (
    UNKNOWN,
    expiry_of,
    guarded,
    legal_body,
    must_be_denied,
    must_be_let_through,
    must_not_be_let_through,
)
from conformance.case import control, requirement
from conformance.casino_answer import Answer
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import aggregator as oracle

MALFORMED: Final[tuple[bytes, ...]] = (b"", b"{", b"[]", b'"PartnerClientId"', b"null")
"""Bodies that are no JSON object."""


@requirement("BC-TKN-001", "BC-TKN-006", safety="read")
def test_credentials_are_answered_with_a_token(aggregator: Aggregator) -> None:
    """PartnerClientId and Secret are answered with a token that opens the API; a wrong Secret gets none."""
    token = _token(aggregator.issue(aggregator.credentials()))
    must_be_let_through(aggregator.accept_unknown(token=token), "a call with the new token")
    answer = aggregator.issue(aggregator.credentials(Secret="not-the-secret"))
    if token_in(answer) is not None:
        raise Mismatch(
            f"a wrong Secret is answered with a token: {answer.raw.describe()}",
            expected="no token",
            actual="a token",
        )


@requirement("BC-TKN-008", safety="read")
def test_wrong_credentials_are_refused(aggregator: Aggregator) -> None:
    """An unknown PartnerClientId and a wrong Secret are answered with 401 and 990009."""
    with control("the right ones"):
        _token(aggregator.issue(aggregator.credentials()))
    unknown = aggregator.credentials(PartnerClientId=aggregator.new_bet())
    for wrong in (unknown, aggregator.credentials(Secret="not-the-secret")):
        must_be_denied(aggregator.issue(wrong), 401, oracle.DENIED)


@requirement("BC-TKN-008", safety="read", needs=("second-client",))
def test_secret_of_another_client_is_refused(aggregator: Aggregator) -> None:
    """The Secret of another client is answered with 401 and 990009."""
    second = aggregator.target.second_client
    assert second is not None
    with control("with its own client"):
        aggregator.token_of(second)
    must_be_denied(aggregator.issue(aggregator.credentials(Secret=second.secret)), 401, oracle.DENIED)


@requirement("BC-TKN-009", safety="read")
def test_token_request_that_cannot_be_read_is_refused(aggregator: Aggregator) -> None:
    """A token request that is no JSON object, or lacks a credential, is answered with 400 and 103752."""
    whole = aggregator.credentials()
    with control("a whole one"):
        _token(aggregator.issue(whole))
    for body in MALFORMED:
        with aggregator.channel.evidence.during(f"body {body.decode() or 'empty'}"):
            must_be_denied(aggregator.send("issueToken", body, token=None), 400, oracle.INVALID_REQUEST)
    spoilt: list[dict[str, Any]] = [
        *({name: value for name, value in whole.items() if name != left} for left in whole),
        {**whole, "PartnerClientId": str(whole["PartnerClientId"])},
        {**whole, "Secret": 1556},
        {**whole, "Secret": None},
    ]
    for document in spoilt:
        with aggregator.channel.evidence.during(f"members {', '.join(document)}"):
            must_be_denied(aggregator.issue(document, legal=False), 400, oracle.INVALID_REQUEST)


@requirement("BC-TKN-007", safety="read")
def test_answer_tells_type_and_lifetime(aggregator: Aggregator) -> None:
    """The answer holds access_token, token_type Bearer and expires_in 3600; wrong credentials get neither."""
    answer = aggregator.issue(aggregator.credentials())
    _token(answer)
    expect_equal("token_type", expected="Bearer", actual=answer.raw.member("token_type"))
    expect_equal("expires_in", expected=oracle.TOKEN_SECONDS, actual=answer.raw.member("expires_in"))
    wrong = aggregator.issue(aggregator.credentials(Secret="not-the-secret"))
    for name in ("token_type", "expires_in"):
        expect_equal(f"{name} for wrong credentials", expected=None, actual=wrong.raw.member(name))


@requirement("BC-TKN-007", safety="creates")
def test_new_token_does_not_end_an_older_one(aggregator: Aggregator) -> None:
    """After a second token was issued, both open the API, and an invented one does not."""
    older = aggregator.token_of(aggregator.target.client)
    newer = aggregator.token_of(aggregator.target.client)
    if older == newer:
        raise Mismatch("the same token was issued twice", expected="two tokens", actual="one token")
    for name, token in (("newer", newer), ("older", older)):
        must_be_let_through(aggregator.accept_unknown(token=token), f"a call with the {name} token")
    must_not_be_let_through(aggregator.accept_unknown(token=f"{newer}x"), "a call with an invented token")


@requirement("BC-TKN-005", safety="creates")
def test_token_goes_with_a_call(aggregator: Aggregator) -> None:
    """A call that goes with the token is let through; the same call without one is not."""
    for operation in guarded(aggregator):
        _opens(aggregator, operation)
        answer = aggregator.send(operation, _body(aggregator, operation), token=None)
        must_not_be_let_through(answer, f"{operation} without an access token")


@requirement("BC-ACC-005", safety="creates")
def test_accept_needs_the_token(aggregator: Aggregator) -> None:
    """An accept of a bet or a cashback with a token that was never issued is not taken."""
    for operation in (one for one in guarded(aggregator) if one in UNKNOWN):
        _opens(aggregator, operation)
        answer = aggregator.send(operation, _body(aggregator, operation), token="never-issued")
        must_not_be_let_through(answer, f"{operation} with an invented access token")


@requirement("BC-TKN-010", safety="creates")
def test_call_without_a_valid_token_is_refused(aggregator: Aggregator) -> None:
    """Without a token, or with one that was never issued, a call is answered with 401 and 990009."""
    for operation in guarded(aggregator):
        _opens(aggregator, operation)
        for token in (None, "never-issued", aggregator.access_token()[:-1]):
            answer = aggregator.send(operation, _body(aggregator, operation), token=token)
            must_be_denied(answer, 401, oracle.DENIED)


@requirement("BC-TKN-012", safety="creates")
def test_token_is_read_after_the_word_bearer(aggregator: Aggregator) -> None:
    """The token is read from Authorization after Bearer, and not alone, after another word, or elsewhere."""
    token = aggregator.access_token()
    elsewhere: tuple[dict[str, str], ...] = (
        {"authorization": token},
        {"authorization": f"Basic {token}"},
        {"x-access-token": token},
    )
    for operation in guarded(aggregator):
        _opens(aggregator, operation)
        for headers in elsewhere:
            answer = aggregator.send(operation, _body(aggregator, operation), token=None, headers=headers)
            must_be_denied(answer, 401, oracle.DENIED)


@requirement("BC-TKN-013", safety="creates")
def test_no_call_is_refused_for_its_scope(aggregator: Aggregator) -> None:
    """One token opens every operation, and an invented one opens none."""
    for operation in guarded(aggregator):
        must_be_let_through(
            aggregator.send(operation, _body(aggregator, operation), token=aggregator.access_token()),
            f"{operation} with an access token",
        )
        answer = aggregator.send(operation, _body(aggregator, operation), token="never-issued")
        must_not_be_let_through(answer, f"{operation} with an invented access token")


@requirement("BC-TKN-002", safety="destructive", hooks=("advance",))
def test_lifetime_is_limited(aggregator: Aggregator) -> None:
    """A token opens the API until expires_in is over, and not after it."""
    token = _ended(aggregator)
    must_not_be_let_through(aggregator.accept_unknown(token=token), "a call with a token past its lifetime")
    aggregator.renew()
    with control("with a new token"):
        must_be_let_through(aggregator.accept_unknown(), "a call")


@requirement("BC-TKN-011", safety="destructive", hooks=("advance",))
def test_expired_token_is_refused(aggregator: Aggregator) -> None:
    """A call with a token past its lifetime is answered with 401 and 990011."""
    token = _ended(aggregator)
    for operation in guarded(aggregator):
        answer = aggregator.send(operation, _body(aggregator, operation), token=token)
        must_be_denied(answer, 401, oracle.EXPIRED)


def _ended(aggregator: Aggregator) -> str:
    """A token that opened the API, after its lifetime."""
    answer = aggregator.issue(aggregator.credentials())
    token = _token(answer)
    seconds = expiry_of(answer)
    with control("while it lives"):
        must_be_let_through(aggregator.accept_unknown(token=token), "a call")
    aggregator.advance(seconds + 1)
    return token


def _token(answer: Answer) -> str:
    token = token_in(answer)
    if token is None:
        raise Mismatch(
            f"expected an access token, got {answer.raw.describe()}",
            expected="HTTP 200 with access_token",
            actual=answer.raw.describe(),
        )
    return token


def _opens(aggregator: Aggregator, operation: str) -> None:
    with control("with the access token"):
        token = aggregator.access_token()
        answer = aggregator.send(operation, _body(aggregator, operation), token=token)
        must_be_let_through(answer, operation)


def _body(aggregator: Aggregator, operation: str) -> bytes:
    return aggregator.body(legal_body(aggregator, operation))
