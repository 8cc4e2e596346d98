"""Lists of transactions, and what the casino says of each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.answered import Refusals
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.client import shown
from conformance.errors import Mismatch
from conformance.oracle.betcore import SUCCESS


@dataclass(frozen=True, slots=True)
class Told:
    """What the answer to a list tells of the transaction in one place."""

    place: int
    row: Mapping[str, Any]
    refusals: Refusals

    @property
    def transaction(self) -> object:
        """``PartnerTransactionId``, whatever it is."""
        return self.row.get("PartnerTransactionId")

    def must_be(self, code: int) -> Told:
        """Raise :exc:`Mismatch` unless the transaction has this code."""
        _, wanted = self.refusals.expected(200, code)
        actual = self.row.get("ErrorCode")
        if isinstance(actual, bool) or actual != wanted:
            raise Mismatch(
                f"transaction {self.place + 1} of the list: expected ErrorCode {wanted}, got "
                f"{shown(dict(self.row))}",
                expected=f"ErrorCode {wanted}",
                actual=shown(dict(self.row)),
            )
        return self


def entries(casino: Casino, answer: Answer, items: Sequence[Mapping[str, Any]]) -> list[Told]:
    """What a list that was read tells of each transaction, in their places.

    Raises :exc:`Mismatch` unless there is an entry for each, about its bet and type.
    """
    answer.must_be(SUCCESS)
    rows = answer.rows
    asked = [(str(item["BetId"]), item["TransactionType"]) for item in items]
    told = [(str(row.get("BetId")), row.get("TransactionType")) for row in rows or ()]
    if rows is None or told != asked:
        raise Mismatch(
            f"expected an entry for each of {len(items)} transactions, got {answer.raw.describe()}",
            expected=f"entries about {shown(asked)}",
            actual=shown(told) if rows is not None else answer.raw.describe(),
        )
    refusals = casino.channel.refusals("makePayment")  # an item is refused as it would be alone
    return [Told(place, row, refusals) for place, row in enumerate(rows)]
