"""What the fields of a ticket, or of a calculation, must be to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from conformance.betstack import Answer, fits
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch
from conformance.oracle import betstack as oracle

FARTHEST_ZONE: Final = timedelta(hours=14)
"""Of any time zone from UTC."""

ZONE_STEP: Final = timedelta(minutes=15)


def amounts_must_add_up(
    amounts: Mapping[str, Any], price: int, odds: Sequence[Decimal], what: str = "price"
) -> None:
    """Raise :exc:`Mismatch` unless the amounts follow from the price in cents, the odds and their rates."""
    ext, wht = rate(amounts, "ext"), rate(amounts, "wht")
    expected = oracle.finances(price, ext, wht, odds)
    for name, value in (
        ("price", price),
        ("stake", expected.stake),
        ("ext_amount", expected.ext_amount),
        ("gross_payout", expected.gross_payout),
        ("wht_amount", expected.wht_amount),
        ("net_payout", expected.net_payout),
    ):
        expect_equal(
            f"{name} of {what} {price} at ext {ext}, wht {wht}", expected=value, actual=amounts.get(name)
        )


def rate(amounts: Mapping[str, Any], name: str) -> Decimal:
    """The rate in percent. Raises :exc:`Mismatch` unless it is a number that can be one."""
    value = amounts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < 1000:
        raise Mismatch(
            f"{name}: expected a percentage, got {shown(value)}",
            expected="a percentage",
            actual=shown(value),
        )
    return Decimal(value)


def rates_must_be_percentages(amounts: Mapping[str, Any]) -> None:
    """Raise :exc:`Mismatch` where a tax fits its rate taken as a fraction better than taken as percent.

    Which amount a tax is taken from is not documented; the two readings are a hundred times apart.
    """
    for name, base in (("ext", "stake"), ("wht", "gross_payout")):
        value, tax, of = rate(amounts, name), cents(amounts, f"{name}_amount"), cents(amounts, base)
        if value and of and abs(tax - of * value) < abs(tax - of * value / 100):
            raise Mismatch(
                f"{name} {value} with a tax of {tax} on {of}: that is a fraction, no percentage",
                expected="a percentage",
                actual=f"{name} {value}",
            )


def cents(amounts: Mapping[str, Any], name: str) -> int:
    """The amount. Raises :exc:`Mismatch` unless it is whole cents, written with a fraction of zero or not."""
    value = amounts.get(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | Decimal)
        or abs(Decimal(value)) > 10**18
        or value != int(value)
    ):
        raise Mismatch(
            f"{name}: expected whole cents, got {shown(value)}", expected="whole cents", actual=shown(value)
        )
    return int(value)


def must_have_two_digits(name: str, odds: object) -> None:
    """Raise :exc:`Mismatch` unless these are decimal odds with at most two digits after the point."""
    if (
        isinstance(odds, bool)
        or not isinstance(odds, int | Decimal)
        or not 1 <= Decimal(odds) < 10**18
        or Decimal(odds) != round(Decimal(odds), 2)
    ):
        raise Mismatch(
            f"{name}: expected decimal odds with two digits after the point, got {shown(odds)}",
            expected="decimal odds with two digits",
            actual=shown(odds),
        )


def must_match(name: str, pattern: str, value: object, what: str) -> None:
    """Raise :exc:`Mismatch` unless the value is a string of this form."""
    if not isinstance(value, str) or re.fullmatch(pattern, value, re.ASCII) is None:
        raise Mismatch(f"{name}: expected {what}, got {shown(value)}", expected=what, actual=shown(value))


def moment(name: str, value: object) -> datetime:
    """A time with microseconds and no offset, read as UTC. Raises :exc:`Mismatch` for any other form."""
    must_match(name, oracle.UTC_TIME, value, "a time with microseconds and no offset")
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    except ValueError:
        raise Mismatch(
            f"{name}: expected a time, got {shown(value)}", expected="a time", actual=shown(value)
        ) from None


def zone_of(holder: Mapping[str, Any], pairs: Sequence[str]) -> timedelta:
    """The operator's distance from UTC, by each of these times and its ``operator_time_`` counterpart.

    Raises :exc:`Mismatch` unless they are one instant each: apart by what can be a time zone.
    """
    apart = {
        name: moment(f"operator_time_{name}", holder.get(f"operator_time_{name}"))
        - moment(name, holder.get(name))
        for name in pairs
    }
    for name, distance in apart.items():
        if abs(distance) > FARTHEST_ZONE or distance % ZONE_STEP:
            raise Mismatch(
                f"{name} and operator_time_{name} are {distance} apart, which no time zone is",
                expected="one instant in two zones",
                actual=f"{shown(holder.get(name))} and {shown(holder.get(f'operator_time_{name}'))}",
            )
    return next(iter(apart.values()))


def must_be_one_of(name: str, values: Sequence[object], value: object) -> None:
    """Raise :exc:`Mismatch` unless the value is among the values."""
    if isinstance(value, bool) or value not in values:
        raise Mismatch(
            f"{name}: expected one of {', '.join(map(str, values))}, got {shown(value)}",
            expected=", ".join(map(str, values)),
            actual=shown(value),
        )


def must_refuse(answer: Answer, what: str) -> None:
    """Raise :exc:`Mismatch` unless the answer is a refusal (4xx) that shows no ticket."""
    status = answer.raw.status
    if status is None or not 400 <= status < 500 or answer.raw.member("id") is not None:
        raise Mismatch(
            f"{what}: expected a refusal, got {answer.raw.describe()}",
            expected="a refusal",
            actual=answer.raw.describe(),
        )


def objects(answer: Answer) -> list[dict[str, Any]]:
    """The objects of an answer that is an array of such. Raises :exc:`Mismatch` for anything else."""
    value = answer.raw.value
    if answer.raw.status != 200 or not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
        raise Mismatch(
            f"expected HTTP 200 with an array of objects, got {answer.raw.describe()}",
            expected="HTTP 200 with an array of objects",
            actual=answer.raw.describe(),
        )
    return value


def ticket_of(answer: Answer) -> dict[str, Any]:
    """The ticket that was answered. Raises :exc:`Mismatch` unless it is an object with an id."""
    if answer.raw.status != 200 or not answer.identifier("id"):
        raise Mismatch(
            f"expected HTTP 200 with a ticket, got {answer.raw.describe()}",
            expected="HTTP 200 with a ticket",
            actual=answer.raw.describe(),
        )
    value: dict[str, Any] = answer.raw.value
    return value


def members(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The member as a list of objects, one or more. Raises :exc:`Mismatch` otherwise."""
    value = holder.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise Mismatch(
            f"{name}: expected an array of objects, got {shown(value)}",
            expected="an array of objects",
            actual=shown(value),
        )
    return value


def changed(fields: Mapping[str, Any], *changes: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A copy of a request's fields with the changes made to it."""
    copy = dict(fields)
    for change in changes:
        change(copy)
    return copy


def without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A copy of a request's fields that lacks these."""
    return {name: value for name, value in fields.items() if name not in names}


def pairs_of(kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each kind with the next one, the last with the first."""
    return zip(kinds, (*kinds[1:], *kinds[:1]), strict=True)


def must_have_members(
    holder: object, fields: Mapping[str, type], what: str, nullable: frozenset[str] = frozenset()
) -> None:
    """Raise :exc:`Mismatch` unless this is an object that has these fields with their types."""
    wrong = [
        name
        for name, kind in fields.items()
        if not isinstance(holder, dict)
        or name not in holder
        or not (fits(holder[name], kind) or (holder[name] is None and name in nullable))
    ]
    if wrong:
        raise Mismatch(
            f"{what}: wrong or missing {', '.join(wrong)} in {shown(holder)}",
            expected=f"{what} with {', '.join(fields)}",
            actual=shown(holder),
        )
