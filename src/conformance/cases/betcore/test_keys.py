"""How a casino keeps BETCORE's keys, which the kit serves."""

from __future__ import annotations

import time
from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import betcore as oracle
from conformance.signing import SigningKey, jwt_body, token
from conformance.token_checks import stranger, successor

CALLS: Final = 10

FETCH_PAUSE: Final = 1.0
"""Seconds that are assumed to lie between two fetches (BC-ASM-009)."""

PATIENCE: Final = 5.0
"""Seconds until a new key must work."""

POLL: Final = 0.2


@requirement("BC-JWT-019", safety="read")
def test_keys_are_kept(casino: Casino) -> None:
    """Ten calls with tokens of a known key fetch the keys once at most."""
    with control("a first call, and one with a key that is in no set"):
        _read(casino, casino.key).must_be(oracle.SUCCESS)
        _read(casino, stranger()).must_be(oracle.JWT_INVALID)
    before = casino.betcore.key_requests
    for _ in range(CALLS):
        _read(casino, casino.key).must_be(oracle.SUCCESS)
    fetched = casino.betcore.key_requests - before
    if fetched > 1:
        raise Mismatch(
            f"{CALLS} calls fetched the keys {fetched} times",
            expected="once at most",
            actual=f"{fetched} times",
        )


@requirement("BC-JWT-020", safety="read", needs=("key-rotation",))
def test_new_key_works_and_the_old_one_goes_on(casino: Casino) -> None:
    """When the key set gets a second key, tokens of it are believed, and those of the first one still are."""
    with control("the new key before it is in the set"):
        _read(casino, stranger()).must_be(oracle.JWT_INVALID)
    with casino.betcore.also_signing_with(successor()):
        answer, deadline = _read(casino, successor()), casino.monotonic() + PATIENCE
        while not answer.accepted and casino.monotonic() < deadline:
            casino.sleep(POLL)
            answer = _read(casino, successor())
        answer.must_be(oracle.SUCCESS)
        with control("the first key"):
            _read(casino, casino.key).must_be(oracle.SUCCESS)


@requirement("BC-JWT-020", safety="read", needs=("key-rotation",))
def test_unknown_keys_do_not_make_it_fetch_at_will(casino: Casino) -> None:
    """Twenty tokens with kids of nobody's in a row make the casino fetch the keys once a second at most."""
    with control("a genuine token"):
        _read(casino, casino.key).must_be(oracle.SUCCESS)
    before, start = casino.betcore.key_requests, time.monotonic()
    query = casino.claims(casino.user_query())
    for number in range(2 * CALLS):
        forged = token(stranger(), query, kid=f"{number:040X}")
        casino.send("getUserData", jwt_body(forged)).must_be(oracle.JWT_INVALID)
    fetched = casino.betcore.key_requests - before
    allowed = 1 + int((time.monotonic() - start) / FETCH_PAUSE)
    expect_equal("no more fetches than seconds", expected=True, actual=fetched <= allowed)
    with control("the genuine token goes on working"):
        _read(casino, casino.key).must_be(oracle.SUCCESS)


def _read(casino: Casino, key: SigningKey) -> Answer:
    return casino.send("getUserData", jwt_body(token(key, casino.claims(casino.user_query()))))
