"""Having a token verified that a casino received."""

from __future__ import annotations

from typing import Final

from conformance.aggregator import Aggregator
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import control, requirement
from conformance.oracle import aggregator as oracle
from conformance.played_casino import CasinoCall
from conformance.signing import SigningKey, confused_token, token, unsigned_token

NO_STRINGS: Final[tuple[bytes, ...]] = (b"{}", b"[]", b"17", b"null", b"true", b"", b"{", b'"unfinished')
"""Bodies that are no JSON string."""

NEEDS: Final = (CASINO_CALLS, "verify")


@requirement("BC-VER-001", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_received_token_is_genuine(aggregator: Aggregator) -> None:
    """The token of a call of BETCORE is answered with 200; the same one, changed by a letter, with 103811."""
    call = aggregator.bet()
    aggregator.verify(call.token.compact).must_be(oracle.SUCCESS)
    aggregator.verify(call.token.changed().compact).must_be(oracle.JWT_INVALID)


@requirement("BC-VER-002", safety="read", needs=("verify",))
def test_token_of_somebody_else_is_refused(aggregator: Aggregator) -> None:
    """A token that another key signed, and what is no token at all, is answered with 103811."""
    with control("what is no JSON string is told from it"):
        aggregator.send("verifyToken", b"{}", token=aggregator.access_token()).must_be(oracle.INVALID_REQUEST)
    stranger = SigningKey.generate()
    known = str(aggregator.keys()[0].get("kid"))
    claims = aggregator.claims()
    forged = (token(stranger, claims), token(stranger, claims, kid=known), unsigned_token(stranger, claims))
    for compact in (*forged, "no.such.token", "x", "a.b"):
        aggregator.verify(compact).must_be(oracle.JWT_INVALID)


@requirement("BC-VER-002", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_altered_token_is_refused(aggregator: Aggregator) -> None:
    """A received token with another payload, without its signature or by another algorithm gets 103811."""
    call = aggregator.bet()
    _is_genuine(aggregator, call)
    stranger = SigningKey.generate()
    claims = {**call.token.claims, "data": '{"PartnerUserId":"another"}'}
    for compact in (
        call.token.changed().compact,
        call.token.compact.rpartition(".")[0],
        call.token.compact.rpartition(".")[0] + ".",
        unsigned_token(stranger, claims),
        confused_token(stranger, claims),
    ):
        aggregator.verify(compact).must_be(oracle.JWT_INVALID)


@requirement("BC-VER-002", safety="moves-money", needs=(*NEEDS, "second-client"), hooks=("bet",))
def test_token_for_another_client_is_refused(aggregator: Aggregator) -> None:
    """A token that was meant for one client is answered with 103811 when another one asks."""
    call = aggregator.bet()
    second = aggregator.target.second_client
    assert second is not None
    other = aggregator.token_of(second)
    _is_genuine(aggregator, call)
    aggregator.verify(call.token.compact, token=other).must_be(oracle.JWT_INVALID)


@requirement("BC-VER-002", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_token_past_its_exp_is_refused(aggregator: Aggregator) -> None:
    """A received token past its exp is answered with 103811. The kit waits for that, about ten seconds."""
    call = aggregator.bet()
    _is_genuine(aggregator, call)
    aggregator.outlive(call)
    aggregator.verify(call.token.compact).must_be(oracle.JWT_INVALID)
    with control("the token of a later call"):
        _is_genuine(aggregator, aggregator.bet())


@requirement("BC-VER-003", safety="read", needs=("verify",))
def test_body_that_is_no_string_is_refused(aggregator: Aggregator) -> None:
    """A body that is no JSON string is answered with 103752, and a string with 103811."""
    with control("a string"):
        aggregator.verify("no.such.token").must_be(oracle.JWT_INVALID)
    for body in NO_STRINGS:
        with aggregator.channel.evidence.during(f"body {body.decode() or 'empty'}"):
            answer = aggregator.send("verifyToken", body, token=aggregator.access_token())
            answer.must_be(oracle.INVALID_REQUEST)


def _is_genuine(aggregator: Aggregator, call: CasinoCall) -> None:
    with control("the token as it was received"):
        aggregator.verify(call.token.compact).must_be(oracle.SUCCESS)
