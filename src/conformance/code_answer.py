"""What a case may demand of an answer that carries ``_responseCode``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from conformance.answered import Refusals
from conformance.client import RawAnswer
from conformance.errors import Mismatch
from conformance.oracle import sessions as oracle

CODE: Final = "_responseCode"

ASSUMED_STATUS: Final[Mapping[int, int]] = {oracle.ACCESS_DENIED: oracle.DENIED_STATUS}
"""Code to the HTTP status beside it, where that is not 200."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of BETCORE's sessions API, or of a game provider."""

    raw: RawAnswer
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def code(self) -> int | None:
        """``_responseCode``; ``None`` unless it is a whole number."""
        value = self.raw.member(CODE)
        if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**9:
            return int(value) if value == value.to_integral_value() else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def accepted(self) -> bool:
        """Whether the call took effect, as the answer says."""
        return self.raw.status == 200 and self.code == oracle.SUCCESS

    @property
    def registered(self) -> bool:
        """Whether a provider takes the answer for the registration of its bet."""
        return self.accepted or self.is_code(oracle.REGISTERED)

    def is_code(self, code: int) -> bool:
        """Whether the answer has this code, or the one that an override puts in its place."""
        if code == oracle.SUCCESS:
            return self.accepted
        assumed = ASSUMED_STATUS.get(code, 200)
        status, wanted = self.refusals.expected(assumed, code)
        # Which status goes with a code is only assumed, unless the vendor answered it.
        return self.code == wanted and status in (assumed, self.raw.status)

    def must_be(self, *codes: int) -> Answer:
        """Raise :exc:`Mismatch` unless the answer has one of these codes."""
        if not any(self.is_code(code) for code in codes):
            told = [self.refusals.expected(ASSUMED_STATUS.get(code, 200), code)[1] for code in codes]
            raise self._other(f"{CODE} {' or '.join(map(str, told))}")
        return self

    def must_have_status(self, status: int) -> Answer:
        """Raise :exc:`Mismatch` unless the HTTP status is this one, or the one that the vendor answered."""
        answered = self.refusals.of_code(self.code)
        wanted = answered.status if answered else self.refusals.status(status)
        if self.raw.status != wanted:
            raise self._other(f"HTTP {wanted}")
        return self

    def must_be_denied(self) -> Answer:
        """Raise :exc:`Mismatch` unless the answer is that of a failed authorisation."""
        return self.must_be(oracle.ACCESS_DENIED).must_have_status(oracle.DENIED_STATUS)

    def must_not_be_accepted(self, what: str) -> Answer:
        """Raise :exc:`Mismatch` if the call took effect, or if nothing answers."""
        if self.raw.status is None or self.registered:
            raise Mismatch(
                f"{what} got {self.raw.describe()}", expected="a refusal", actual=self.raw.describe()
            )
        return self

    @property
    def balance(self) -> Decimal | None:
        """The balance that the answer tells; ``None`` unless it is a number."""
        return number(self.raw.member("balance"))

    def _other(self, expected: str) -> Mismatch:
        return Mismatch(
            f"expected {expected}, got {self.raw.describe()}", expected=expected, actual=self.raw.describe()
        )


_MOST_DIGITS: Final = 21
_LONGEST_FRACTION: Final = 40


def number(value: object) -> Decimal | None:
    """The number that a member of JSON is, exactly; ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    exponent = exact.as_tuple().exponent
    sane = (
        isinstance(exponent, int) and exponent > -_LONGEST_FRACTION and exact < 10**21 and exact > -(10**21)
    )
    return exact if sane else None
