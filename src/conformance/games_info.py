"""What a message of the hub's stream says, read whatever the message around it looks like.

The fields are documented; the name under which the hub calls, and that the call's only argument is an object,
are not. A case about a field must not fail for those.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from conformance.client import read_json
from conformance.hub_messages import Message
from conformance.oracle.feed import MESSAGE_FIELDS

DEEPEST: Final = 6
"""Levels below which nothing is looked for."""

MILLISECONDS_FROM: Final = 10**11
"""A Unix time from here on counts milliseconds: in seconds it would be the year 5138."""


def carried(value: Any, depth: int = 0) -> dict[str, Any] | None:
    """The object with the fields, wherever in the value it is, inside a string too."""
    if depth > DEEPEST:
        return None
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = read_json(value)
    if isinstance(value, dict):
        if sum(name in value for name in MESSAGE_FIELDS) > 1:
            return value
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            if (found := carried(child, depth + 1)) is not None:
                return found
    return None


@dataclass(frozen=True, slots=True)
class Info:
    """One message of the stream."""

    message: Message
    fields: dict[str, Any]

    @property
    def at(self) -> float:
        """Seconds since the connection was asked for, at which it arrived."""
        return self.message.at

    @property
    def game(self) -> dict[str, Any]:
        """The first game; the fields themselves where ``wgi`` holds none, as if all stood on one level."""
        games = self.fields.get("wgi")
        first = games[0] if isinstance(games, list) and games else None
        return first if isinstance(first, dict) else self.fields

    def value(self, name: str) -> Any:
        """The field, of the message or of its first game; ``None`` where there is none."""
        return self.fields[name] if name in self.fields else self.game.get(name)


def info_of(message: Message) -> Info | None:
    """What the message says as one of the stream; ``None`` if it is none."""
    fields = carried(message.value)
    return None if fields is None else Info(message, fields)


def is_number(value: object) -> bool:
    """Whether the value is a JSON number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Whether the value is a JSON number without a fraction."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def moment(value: Any) -> float | None:
    """Unix seconds of an RFC 3339 string or a Unix time, in seconds or milliseconds; ``None`` for no time."""
    if is_number(value):
        return float(value) / (1000 if value >= MILLISECONDS_FROM else 1)
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
        # A date without an offset is taken for UTC: which form a datetime has is not documented.
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return None
