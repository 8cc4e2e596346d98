"""What BETCORE's answers to a casino, and its calls of one, must be to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from conformance.aggregator import Aggregator
from conformance.case import control
from conformance.casino_answer import Answer
from conformance.client import expect_equal, shown
from conformance.errors import Hazard, Mismatch, Missing
from conformance.oracle import aggregator as oracle
from conformance.played_casino import CLOSE, CasinoCall, CasinoWatch

GUARDED: Final = ("acceptPayment", "acceptCashback", "verifyToken")
"""Operations that the access token goes with."""

_MAY_LACK: Final = {"acceptCashback": "cashback", "verifyToken": "verify"}

UNKNOWN: Final = {"acceptPayment": oracle.UNKNOWN_BET, "acceptCashback": oracle.UNKNOWN_CASHBACK}
"""What answers an accept of something that BETCORE did not ask for."""


def must_be_denied(answer: Answer, status: int, code: int) -> None:
    """Raise :exc:`Mismatch` unless the answer has this HTTP status and ``ErrorCode``."""
    status, code = answer.refusals.expected(status, code)
    if (answer.raw.status, answer.raw.member("ErrorCode")) != (status, code):
        raise Mismatch(
            f"expected HTTP {status} with ErrorCode {code}, got {answer.raw.describe()}",
            expected=f"HTTP {status}, ErrorCode {code}",
            actual=answer.raw.describe(),
        )


def let_through(answer: Answer) -> bool:
    """Whether an answer was given by what lies behind the access token, and not in its place."""
    return answer.raw.status == 200 and isinstance(answer.raw.member("ErrorCode"), int | Decimal)


def must_be_let_through(answer: Answer, what: str) -> None:
    """Raise :exc:`Mismatch` unless the answer comes from behind the access token."""
    if not let_through(answer):
        raise Mismatch(
            f"{what} was not let through: {answer.raw.describe()}",
            expected="HTTP 200 with an ErrorCode",
            actual=answer.raw.describe(),
        )


def must_not_be_let_through(answer: Answer, what: str) -> None:
    """Raise :exc:`Mismatch` where the answer comes from behind the access token, or none comes."""
    if answer.raw.status is None or let_through(answer):
        raise Mismatch(
            f"{what} was let through: {answer.raw.describe()}",
            expected="a refusal in place of the operation's answer",
            actual=answer.raw.describe(),
        )


def guarded(aggregator: Aggregator) -> list[str]:
    """Those of the operations that the access token goes with which the target has."""
    return [one for one in GUARDED if _MAY_LACK.get(one) not in aggregator.target.lacks]


def legal_body(aggregator: Aggregator, operation: str) -> Any:
    """A body that the operation can read, about nothing that BETCORE knows."""
    return "no.such.token" if operation == "verifyToken" else aggregator.unknown_acceptance(operation)


def must_need_whole_bodies(
    aggregator: Aggregator, operation: str, *, spoilt: Sequence[tuple[str, Callable[[dict[str, Any]], Any]]]
) -> None:
    """Raise :exc:`Mismatch` unless each spoilt accept is answered as one that can't be read.

    The control is the whole one, about a transaction that BETCORE never asked for, which is refused as that.
    """
    with control("the same, whole"):
        aggregator.accept_unknown(operation).must_be(UNKNOWN[operation])
    for what, spoil in spoilt:
        with aggregator.channel.evidence.during(what):
            document = spoil(aggregator.unknown_acceptance(operation))
            answer = aggregator.call(operation, document, legal=False).must_be(oracle.INVALID_REQUEST)
            answer.must_have_http_status(200)


def must_hold_the_first(aggregator: Aggregator, call: CasinoCall, first: int) -> None:
    """Raise :exc:`Mismatch` unless other outcomes than the first are refused, and it can be repeated."""
    other = oracle.ADDING_FAILED if first == oracle.SUCCESS else oracle.SUCCESS
    told: list[tuple[int, str | None, int]] = [
        (other, None, oracle.answer_to_accept(oracle.outcome(first), other))
    ]
    if first == oracle.SUCCESS:
        known = oracle.answer_to_accept(oracle.outcome(first), first, same_transaction=False)
        told.append((first, "another-transaction", known))
    with control("the outcome itself"):
        aggregator.accept(call, first).must_be(oracle.SUCCESS)
    for code, transaction, wanted in told:
        with aggregator.channel.evidence.during(f"ErrorCode {code} after {first}"):
            aggregator.accept(call, code, transaction=transaction).must_be(wanted)
    aggregator.accept(call, first).must_be(oracle.SUCCESS)


def must_have_moved(watch: CasinoWatch, call: CasinoCall, amount: Decimal, after: str) -> None:
    """Raise :exc:`Hazard` unless the bet or cashback of a call has moved the balance by this much."""
    moved = watch.casino.moved(call)
    if moved != amount:
        raise Hazard(
            f"{call.bet} moved the player's balance by {moved:+}, expected {amount:+}: {after}",
            expected=f"{amount:+}",
            actual=f"{moved:+}: {shown_calls(watch.calls(bet=call.bet))}",
        )


def must_follow(
    aggregator: Aggregator, watch: CasinoWatch, call: CasinoCall, kind: int, *, lost: str
) -> CasinoCall:
    """The transaction of this type that has to follow for the bet or cashback of a call.

    Raises :exc:`Hazard` if none does; ``lost`` says what that costs.
    """
    found = aggregator.awaited(watch, call.path, bet=call.bet, kind=kind)
    if found is None:
        raise Hazard(
            f"no {call.path} of type {kind} followed for {call.bet}: {lost}",
            expected=f"{call.path} of type {kind}",
            actual=shown_calls(watch.calls()),
        )
    return found


def must_be_closed(aggregator: Aggregator, watch: CasinoWatch, bet: CasinoCall) -> None:
    """Raise :exc:`Mismatch` unless the bet is closed now."""
    closing = aggregator.awaited(watch, CLOSE, bet=bet.bet)
    if closing is None or closing.data.get("Closed") is not True:
        raise Mismatch(
            f"bet {bet.bet} was not closed",
            expected=f"{CLOSE} with Closed true",
            actual=shown_calls(watch.calls(bet=bet.bet)),
        )


def must_be_all(watch: CasinoWatch, call: CasinoCall, expected: Sequence[tuple[str, int | None]]) -> None:
    """Raise :exc:`Mismatch` unless exactly these paths and types arrived about the bet of a call."""
    arrived = [(one.path, one.kind) for one in watch.calls(bet=call.bet)]
    expect_equal(
        f"calls about {call.bet}", expected=[list(one) for one in expected], actual=[list(a) for a in arrived]
    )


def must_repeat(first: CasinoCall, second: CasinoCall) -> None:
    """Raise :exc:`Mismatch` unless both calls ask for the same with the same ``data``."""
    expect_equal(
        "data of the repeat", expected=first.token.claims.get("data"), actual=second.token.claims.get("data")
    )


def must_keep_its_id(aggregator: Aggregator, later: CasinoWatch, first: CasinoCall) -> None:
    """Raise :exc:`Hazard` where what was asked for is asked for again under another id, and booked twice."""
    own = {first.bet, *aggregator.taken}
    for call in later.calls(first.path, kind=first.kind):
        if call.bet not in own:
            raise Hazard(
                f"what was asked for as {first.bet} is asked for again as {call.bet}",
                expected=f"a repeat of {first.bet}",
                actual=shown_calls([call]),
            )


def expiry_of(answer: Answer) -> int:
    """The lifetime in seconds that a token's answer tells. Raises :exc:`Missing` if it tells none."""
    seconds = answer.raw.member("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= 10_000_000:
        raise Missing(f"the lifetime of an access token is needed: expires_in is {shown(seconds)}")
    return seconds


def shown_calls(calls: Sequence[CasinoCall]) -> str:
    """The calls on one line."""
    return "; ".join(call.describe() for call in calls)[:600] or "nothing"
