"""What a case may demand of an answer of a casino."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from conformance.answered import Refusals, says
from conformance.client import RawAnswer, expect_equal, shown
from conformance.errors import Mismatch
from conformance.oracle.betcore import SUCCESS

DECIMAL: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,8})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a casino, with what a case may demand of it."""

    raw: RawAnswer
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def accepted(self) -> bool:
        """Whether the casino says that it did what it was told."""
        return self.is_code(SUCCESS)

    def is_code(self, code: int) -> bool:
        """Whether ``ErrorCode`` is this number, or the one that an override puts in its place."""
        actual = self.raw.member("ErrorCode")
        status, wanted = self.refusals.expected(200, code)
        # Which status goes with a code is only assumed, unless the vendor answered it.
        return not isinstance(actual, bool) and actual == wanted and status in (200, self.raw.status)

    def must_be(self, code: int) -> Answer:
        """Raise :exc:`Mismatch` unless ``ErrorCode`` is this number."""
        if not self.is_code(code):
            status, wanted = self.refusals.expected(200, code)
            expected = f"ErrorCode {wanted}" + (f" with HTTP {status}" if status != 200 else "")
            raise Mismatch(
                f"expected {expected}, got {self.raw.describe()}",
                expected=expected,
                actual=self.raw.describe(),
            )
        if message := self.refusals.message(200, code):
            self._must_be_worded(message)
        return self

    def must_say(self, message: str) -> Answer:
        """Raise :exc:`Mismatch` unless ``Message`` is this text, or what the vendor answered that it is."""
        answered = self.refusals.of_code(self.raw.member("ErrorCode"))
        self._must_be_worded(answered.message if answered and answered.message else message)
        return self

    def _must_be_worded(self, message: str) -> None:
        actual = self.raw.member("Message")
        if actual != message and not says(message, actual):
            raise Mismatch(
                f"Message: expected {shown(message)}, got {shown(actual)}",
                expected=shown(message),
                actual=shown(actual),
            )

    def must_have_http_status(self, status: int) -> Answer:
        """Raise :exc:`Mismatch` unless the HTTP status is this one, or the one that the vendor answered."""
        answered = self.refusals.of_code(self.raw.member("ErrorCode"))
        status = answered.status if answered else status
        if self.raw.status != status:
            raise Mismatch(
                f"expected HTTP {status}, got {self.raw.describe()}",
                expected=f"HTTP {status}",
                actual=self.raw.describe(),
            )
        return self

    def must_name_transaction(self, transaction: object) -> Answer:
        """Raise :exc:`Mismatch` unless ``Value.PartnerTransactionId`` is this one."""
        expect_equal("PartnerTransactionId of the repeat", expected=transaction, actual=self.transaction)
        return self

    @property
    def transaction(self) -> object:
        """``Value.PartnerTransactionId``, whatever it is."""
        return self.raw.member("Value", "PartnerTransactionId")

    @property
    def rows(self) -> Sequence[dict[str, Any]] | None:
        """The objects of the array that ``Value`` is, or that is its only one; ``None`` if there is none."""
        value = self.raw.member("Value")
        arrays = [value] if isinstance(value, list) else []
        if isinstance(value, dict):
            arrays = [member for member in value.values() if isinstance(member, list)]
        rows = arrays[0] if len(arrays) == 1 else None
        return rows if rows is not None and all(isinstance(row, dict) for row in rows) else None

    @property
    def balance(self) -> Decimal | None:
        """``Value.Balance`` as a number; ``None`` unless it is a decimal string."""
        return decimal_of(self.raw.member("Value", "Balance"))


def decimal_of(text: object) -> Decimal | None:
    """The number that a decimal string holds; ``None`` for anything else."""
    return Decimal(text) if isinstance(text, str) and DECIMAL.fullmatch(text) else None
