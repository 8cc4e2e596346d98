"""What a case may demand of an answer of an operator's platform."""

from __future__ import annotations

from decimal import Decimal

from conformance.betstack import Answer
from conformance.oracle import pam


def accepted(answer: Answer) -> bool:
    """Whether the platform says that it did what it was told: any answer 200, whatever its body."""
    return answer.raw.status == 200


def must_refuse(answer: Answer, *codes: int) -> Answer:
    """Raise :exc:`Mismatch` unless the answer is 400 with one of these codes."""
    if any(answer.is_refusal(400, code) for code in codes[1:]):
        return answer
    return answer.must_be(400, code=codes[0])


def must_do(answer: Answer, wanted: pam.Expected) -> None:
    """Raise :exc:`Mismatch` unless the answer is the one that the oracle expects."""
    if wanted.either and accepted(answer):
        return
    if wanted.accepted:
        answer.must_be(200)
    else:
        must_refuse(answer, *wanted.codes)


def cents(value: object) -> int | None:
    """The whole number of cents that a member of JSON is; ``None`` for anything else."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**18:
        return int(value) if value == value.to_integral_value() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
