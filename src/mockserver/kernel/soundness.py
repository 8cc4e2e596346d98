"""Whether values that came from a document can be worked with: a type says less than that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_FARTHEST = timedelta(days=36_525)
_GREATEST = 2**53
_MOST_DIGITS = 400


def require_sound(value: Any) -> None:
    """See to it that moments have a zone and lie in our times, and that numbers are finite and of a
    size that JSON can hold.

    :raises ValueError: one is not; the text says where
    """
    for place, what in _unsound(value, "$"):
        raise ValueError(f"{what} - at `{place}`")


def _unsound(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if is_dataclass(value):
        for one in fields(value):
            yield from _unsound(getattr(value, one.name), f"{place}.{one.name}")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _unsound(one, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _unsound(one, f"{place}[{index}]")
    elif complaint := _complaint(value):
        yield place, complaint


def _complaint(value: Any) -> str | None:
    if isinstance(value, datetime) and (value.tzinfo is None or not _EARLIEST <= value < _LATEST):
        return "A moment needs its zone, and a year from 2000 to 2199"
    if isinstance(value, timedelta) and abs(value) > _FARTHEST:
        return "A time of more than a century"
    if isinstance(value, int) and abs(value) > _GREATEST:
        return "A number that JSON can't hold exactly"
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS):
        return "A decimal that is not finite, or has too many digits"
    return None
