"""BETCORE's public keys, and what lies around the operations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from conformance.aggregator import Aggregator, token_in
from conformance.aggregator_checks import guarded, legal_body, must_be_denied
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch, Missing
from conformance.oracle import aggregator as oracle
from conformance.received_token import hex_of

MEMBERS: Final = ("kty", "use", "kid", "x5t", "alg", "n", "e")

LARGEST_BODY: Final = 1024 * 1024
"""Bytes."""


@requirement("BC-KEY-001", safety="read")
def test_keys_are_a_key_set(aggregator: Aggregator) -> None:
    """The keys are a JSON Web Key Set of public keys; what holds no key is answered otherwise."""
    keys = _own_keys(aggregator)
    for key in keys:
        if not isinstance(key.get("kty"), str):
            raise Mismatch(
                f"a key of the set has no kty: {shown(key)}", expected="a JSON Web Key", actual=shown(key)
            )
        private = sorted({"d", "p", "q", "dp", "dq", "qi", "k"} & set(key))
        if private:
            raise Mismatch(
                f"a key of the set has private members: {', '.join(private)}",
                expected="public keys",
                actual=f"members {', '.join(sorted(key))}",
            )


@requirement("BC-KEY-005", safety="read")
def test_key_has_its_members(aggregator: Aggregator) -> None:
    """Each key, read without a token, has kty, use, kid, x5t, alg, n and e; kid is the hex of x5t."""
    for key in _own_keys(aggregator):
        missing = [name for name in MEMBERS if not isinstance(key.get(name), str)]
        if missing:
            raise Mismatch(
                f"a key of the set lacks {', '.join(missing)}",
                expected=", ".join(MEMBERS),
                actual=", ".join(sorted(key)),
            )
        expect_equal("kid of the key", expected=hex_of(key["x5t"]), actual=key["kid"])
        if not re.fullmatch("[0-9A-F]{40}", key["kid"]):
            raise Mismatch(
                f"kid: expected 20 bytes as upper-case hex, got {shown(key['kid'])}",
                expected="40 upper-case hex digits",
                actual=shown(key["kid"]),
            )


@requirement("BC-KEY-004", safety="moves-money", needs=(CASINO_CALLS,), hooks=("bet",))
def test_keys_verify_what_betcore_sends(aggregator: Aggregator) -> None:
    """The key that a call's token names is in the set and verifies it, and does not verify a changed one."""
    keys = aggregator.keys()
    call = aggregator.bet()
    if call.token.key(keys) is None or not call.token.verified_by(keys):
        raise Mismatch(
            f"the token of {call.path} names the key {shown(call.token.header.get('kid'))}, and no such key "
            "of the set verifies it",
            expected="a key of the set that verifies the token",
            actual=f"keys {shown([key.get('kid') for key in keys])}",
        )
    if call.token.changed().verified_by(keys):
        raise Mismatch("the keys verify a changed token too", expected="no key", actual="a key verifies it")


@requirement("BC-KEY-004", safety="moves-money", needs=(CASINO_CALLS,), hooks=("bet", "keys"))
def test_new_key_is_in_the_set_with_the_first_call(aggregator: Aggregator) -> None:
    """Once BETCORE signs with another key, the set holds it, and the key of the calls before as well."""
    before = aggregator.bet()
    aggregator.hooks.call("keys", {})
    after = aggregator.bet()
    if before.token.header.get("kid") == after.token.header.get("kid"):
        raise Missing("the hook keys was called, and BETCORE signs with the same key as before")
    keys = aggregator.keys()
    for when, call in (("after", after), ("before", before)):
        if call.token.key(keys) is None or not call.token.verified_by(keys):
            raise Mismatch(
                f"no key of the set verifies a call from {when} the change of the key",
                expected=f"the key {shown(call.token.header.get('kid'))}",
                actual=f"keys {shown([key.get('kid') for key in keys])}",
            )


@requirement("BC-KEY-002", safety="read")
def test_unknown_path_is_refused(aggregator: Aggregator) -> None:
    """A path that is no operation's is answered with 404 and ErrorCode 103799."""
    answer = aggregator.outside("GET", "/auth/nothing-here")
    must_be_denied(answer, 404, oracle.GENERAL_ERROR)
    with control("the path of the keys"):
        _own_keys(aggregator)


@requirement("BC-KEY-002", safety="read")
def test_other_method_is_refused(aggregator: Aggregator) -> None:
    """A wrong method is answered with 405 and ErrorCode 103799, and Allow names the right one."""
    for method, path, right in (("GET", "/payments/accept", "POST"), ("DELETE", "/auth/jwks", "GET")):
        answer = aggregator.outside(method, path)
        must_be_denied(answer, 405, oracle.GENERAL_ERROR)
        allowed = answer.raw.header("Allow") or ""
        if right not in allowed:
            raise Mismatch(
                f"Allow: expected {right}, got {shown(allowed)}", expected=right, actual=shown(allowed)
            )
    with control("the right method"):
        _own_keys(aggregator)


@requirement("BC-KEY-003", safety="creates")
def test_body_that_is_too_large_is_refused(aggregator: Aggregator) -> None:
    """A body of more than 1 MiB is answered with 413 and ErrorCode 103799."""
    document = {**aggregator.unknown_acceptance(), "Message": "x" * (LARGEST_BODY + 1)}
    must_be_denied(aggregator.call("acceptPayment", document), 413, oracle.GENERAL_ERROR)
    with control("of ordinary size"):
        aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)


@requirement("BC-KEY-003", safety="creates")
def test_body_that_is_not_declared_as_json_is_refused(aggregator: Aggregator) -> None:
    """A body declared as text is answered with 415 and ErrorCode 103799."""
    for operation in guarded(aggregator):
        body = aggregator.body(legal_body(aggregator, operation))
        declared = {"content-type": "text/plain"}
        answer = aggregator.send(operation, body, token=aggregator.access_token(), headers=declared)
        must_be_denied(answer, 415, oracle.GENERAL_ERROR)
    with control("declared as JSON"):
        aggregator.accept_unknown().must_be(oracle.UNKNOWN_BET)


def _own_keys(aggregator: Aggregator) -> Sequence[Mapping[str, Any]]:
    """The keys, once it is clear that the target does not answer everything with them."""
    answer = aggregator.read_keys()
    keys = answer.raw.member("keys")
    if answer.raw.status != 200 or not isinstance(keys, list) or not keys:
        raise Mismatch(
            f"expected a key set, got {answer.raw.describe()}",
            expected="HTTP 200, an object with the array keys",
            actual=answer.raw.describe(),
        )
    if not all(isinstance(key, dict) for key in keys):
        raise Mismatch("a key of the set is no object", expected="objects", actual=shown(keys))
    other = aggregator.issue(aggregator.credentials(Secret="not-the-secret"))
    with control("wrong credentials get neither keys nor a token"):
        if other.raw.member("keys") is not None or token_in(other) is not None:
            raise Mismatch(
                f"auth/token answers wrong credentials with {other.raw.describe()}",
                expected="a refusal",
                actual=other.raw.describe(),
            )
    return keys
