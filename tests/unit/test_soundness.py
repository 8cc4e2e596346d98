"""What was loaded from a document can be worked with, or the place that can't is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mockserver.kernel.soundness import require_sound


@dataclass
class Record:
    """Something with a field."""

    value: Any


@pytest.mark.parametrize(
    "value",
    [
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2199, 12, 31, tzinfo=UTC),
        timedelta(days=-36_525),
        2**53,
        Decimal("99999999999999999999.99999999"),
        Decimal("1e-300"),
        "any text",
        None,
        True,
    ],
)
def test_what_can_be_worked_with_passes(value: Any) -> None:
    require_sound(Record({"a": [value]}))


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001  a moment without a zone is the point
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime(2200, 1, 1, tzinfo=UTC),
        timedelta(days=36_526),
        2**53 + 1,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e500"),
    ],
)
def test_what_cant_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(ValueError, match=r" - at `\$\.value\.a\[1\]`$"):
        require_sound(Record({"a": [1, value]}))
