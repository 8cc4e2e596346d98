"""What ``payments/info`` tells of a bet, beside what the kit knows of it.

The pages name a timestamp, ``BetId``, ``PartnerTransactionId``, a type, amounts and tax, but print no table.
So values are looked for under any name; the names that are only assumed have a case of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from conformance.casino import Casino
from conformance.casino_answer import Answer, decimal_of
from conformance.client import expect_equal, shown
from conformance.errors import Hazard, Mismatch, Missing
from conformance.oracle import betcore as oracle

YEARS: Final = 10
"""A stamp further off than this is none."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A transaction that the casino has accepted."""

    kind: int
    amount: Decimal
    transaction: object
    """The casino's own id, as its answer told it."""
    tax: Decimal | None = None


def rows_of(casino: Casino, bet: int) -> Sequence[Mapping[str, Any]]:
    """What the casino tells of the bet's transactions.

    Raises :exc:`Mismatch` for a refusal, :exc:`Missing` for an answer in which no list can be found.
    """
    with casino.channel.evidence.during("payments/info"):
        answer = casino.info(bet).must_be(oracle.SUCCESS)
    return listed(answer)


def listed(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """The transactions of an answer. Raises :exc:`Missing` where no list can be found in it."""
    rows = answer.rows
    if rows is None:
        raise Missing(f"needs a list of transactions in Value, but payments/info got {answer.raw.describe()}")
    return rows


def must_hold(casino: Casino, bet: int, booked: Sequence[Booked]) -> Sequence[Mapping[str, Any]]:
    """The rows of the bet. Raises :exc:`Mismatch` unless they are as many as were booked."""
    rows = rows_of(casino, bet)
    expect_equal(f"transactions of bet {bet}", expected=len(booked), actual=len(rows))
    return rows


def must_tell(row: Mapping[str, Any], bet: int, booked: Booked, now: float) -> None:
    """Raise :exc:`Mismatch` unless the row tells all that the page names, under whatever name.

    ``now`` is in Unix seconds by the target's clock.
    """
    expect_equal("BetId", expected=str(bet), actual=str(row.get("BetId")))
    transaction = row.get("PartnerTransactionId")
    others = {name: value for name, value in row.items() if name not in ("BetId", "PartnerTransactionId")}
    missing = [
        what
        for what, found in (
            ("PartnerTransactionId", transaction not in (None, "")),
            (f"the type {booked.kind}", any(_is(value, booked.kind) for value in others.values())),
            (f"the amount {booked.amount}", any(_is(value, booked.amount) for value in others.values())),
            ("the tax", booked.tax is None or any(_is(value, booked.tax) for value in others.values())),
            ("a timestamp", any(_is_stamp(value, now) for value in others.values())),
        )
        if not found
    ]
    if missing:
        raise Mismatch(
            f"a transaction of payments/info does not tell {', '.join(missing)}: {shown(dict(row))}",
            expected=f"it tells {', '.join(missing)}",
            actual=shown(dict(row)),
        )


def books_must_agree(casino: Casino, bet: int) -> None:
    """Compare what the casino tells of the bet with the kit's books, by the sum of its movements.

    Raises :exc:`Hazard` when the casino's own records do not add up to what the player paid and got;
    :exc:`Missing` where amounts can't be read.
    """
    assert casino.books is not None
    told = Decimal(0)
    for row in rows_of(casino, bet):
        kind, amount, tax = row.get("TransactionType"), decimal_of(row.get("Amount")), row.get("TaxAmount")
        if not isinstance(kind, int) or kind not in oracle.EFFECT or amount is None:
            raise Missing(f"needs TransactionType and Amount of a transaction, got {shown(dict(row))}")
        told += oracle.effect(kind, amount, decimal_of(tax) or Decimal(0))
    expected = sum((one.amount for one in casino.books.movements if one.bet == bet), Decimal(0))
    if told != expected:
        raise Hazard(
            f"payments/info tells movements of {told:+f} for bet {bet}, the player's balance moved by "
            f"{expected:+f}",
            expected=f"{expected:+f}",
            actual=f"{told:+f}",
        )


def moment(text: object) -> datetime | None:
    """The moment that an RFC 3339 text means; ``None`` for anything else."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) and "T" in text.upper() else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


def _is(value: object, number: int | Decimal) -> bool:
    """Whether the value is the number, as a number or as text."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        value = decimal_of(value)
    return isinstance(value, int | Decimal) and value == number


def _is_stamp(value: object, now: float) -> bool:
    """Whether the value is a moment of these years: a text, or Unix time in seconds or milliseconds."""
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return False
        seconds = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        return abs(seconds - now) < YEARS * 366 * 86400
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return any(abs(float(value) / scale - now) < YEARS * 366 * 86400 for scale in (1, 1000))
    return False
