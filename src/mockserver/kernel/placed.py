"""A value of a document together with its place, so that whatever is wrong can be named by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from mockserver.kernel.settings import nearest

T = TypeVar("T")

_SHOWN = 40
_LARGEST = 2**53 - 1  # the integers that every JSON reader holds exactly
_LONGEST = 500
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})")


class PlacedError(ValueError):
    """A value is wrong. The text is one line that begins with the place: ``events[3].bets[0].odds``."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A value, and the keys and numbers that lead to it. Every reading raises :exc:`PlacedError` where
    the value is something else."""

    place: str
    value: Any

    def wrong(self, what: str) -> PlacedError:
        """The error that names this place."""
        return PlacedError(f"{self.place}: {what}" if self.place else what)

    def _must_be(self, what: str) -> PlacedError:
        shown = str(self.value) if isinstance(self.value, Decimal) else repr(self.value)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
        return self.wrong(f"is {shown}; it has to be {what}")

    def fields(self, *required: str, optional: tuple[str, ...] = ()) -> dict[str, Placed]:
        """The values of an object, which has all of ``required`` and nothing that isn't named. What is
        ``optional`` and isn't there is ``None``."""
        if not isinstance(self.value, dict):
            raise self._must_be(f"an object with {', '.join(required)}")
        known = (*required, *optional)
        for key in self.value:
            if key not in known:
                raise self.wrong(f"unknown key `{key}`; known are {', '.join(known)}")
        for key in required:
            if key not in self.value:
                raise self.wrong(f"`{key}` is missing")
        return {key: self._below(f".{key}", self.value.get(key)) for key in known}

    def named(self) -> dict[str, Placed]:
        """The values of an object whose keys are names."""
        if not isinstance(self.value, dict) or not all(isinstance(key, str) for key in self.value):
            raise self._must_be("an object whose keys are names")
        return {key: self._below(f".{key}", value) for key, value in self.value.items()}

    def require_there(self, there: bool, whose: str) -> None:
        """See to it that an optional value is there, or that it isn't."""
        if there and self.value is None:
            raise self.wrong(f"is missing; {whose} has it")
        if not there and self.value is not None:
            raise self.wrong(f"{whose} has none")

    def items(self, *, least: int = 0) -> list[Placed]:
        """The values of a list."""
        if not isinstance(self.value, list) or len(self.value) < least:
            raise self._must_be(f"a list of at least {least}" if least else "a list")
        return [self._below(f"[{index}]", value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not 0 < len(self.value) <= _LONGEST:
            raise self._must_be(f"a text of 1 to {_LONGEST} characters; put quotes around a number")
        return self.value

    def text_like(self, pattern: re.Pattern[str], what: str) -> str:
        """A text of a certain form."""
        if not isinstance(self.value, str) or not pattern.fullmatch(self.value):
            raise self._must_be(what)
        return self.value

    def text_or_none(self) -> str | None:
        """A text, or nothing."""
        return None if self.value is None else self.text()

    def whole(self, least: int) -> int:
        """A whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not _in(self.value, least):
            raise self._must_be(f"a whole number from {least} to {_LARGEST}")
        return self.value

    def switch(self, default: bool) -> bool:
        """True or false."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            raise self._must_be("true or false")
        return self.value

    def one_of(self, known: Mapping[str, T], what: str) -> T:
        """What a name stands for.

        :param what: what all of them are, for the error
        """
        name = self.text()
        if name not in known:
            raise self.wrong(f"there is no `{name}` among the {what}; {nearest(name, known)}")
        return known[name]

    def number(self, sound: Callable[[Decimal], bool], what: str) -> Decimal:
        """An exact number for which ``sound`` holds."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise self._must_be(what)
        number = Decimal(self.value)
        if not number.is_finite() or not sound(number):
            raise self._must_be(what)
        return number

    def moment(self) -> datetime:
        """A moment with its zone, in UTC, from 2000 to 2199."""
        what = "a moment with its zone, such as 2030-06-08T16:00:00Z, in a year from 2000 to 2199"
        try:
            moment = datetime.fromisoformat(self.text_like(_MOMENT, what)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._must_be(what) from None
        if not 2000 <= moment.year < 2200:
            raise self._must_be(what)
        return moment

    def _below(self, step: str, value: Any) -> Placed:
        return Placed(f"{self.place}{step}".lstrip("."), value)


def _in(number: int, least: int) -> bool:
    return least <= number <= _LARGEST
