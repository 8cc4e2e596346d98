"""What may be overridden at each kind of place, and what a value has to be: rows of field and check."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from typing import Any, Final

from bet_contracts.documents import METHODS

Wanted = Callable[[Any], str | None]
"""Says what a value has to be, or ``None`` when it is."""

REACTIONS: Final = ("final", "retry", "treat_as_success", "compensate")

TYPES: Final = ("string", "integer", "number", "boolean", "array", "object")


def _number(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else "a whole number"


def _count(value: Any) -> str | None:
    return None if _number(value) is None and value >= 0 else "a whole number, 0 or more"


def _limit(value: Any) -> str | None:
    return None if isinstance(value, int | float) and not isinstance(value, bool) else "a number"


def _step(value: Any) -> str | None:
    return None if _limit(value) is None and value > 0 else "a number above 0"


def _status(value: Any) -> str | None:
    sound = _number(value) is None and (value == 200 or 400 <= value <= 599)
    return None if sound else "200, or a status from 400 to 599"


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "a text that is not empty"


def _template(value: Any) -> str | None:
    """Plain placeholders alone: a conversion or a format could make any text of a value."""
    if _text(value):
        return _text(value)
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError as error:
        return f"a text whose braces make sense ({error})"
    plain = all(
        name is None or (name.isidentifier() and not form and not conversion)
        for _, name, form, conversion in parts
    )
    return None if plain else "a text with placeholders such as {identifier}, and nothing else in braces"


def _reaction(value: Any) -> str | None:
    return None if value in REACTIONS else f"one of {', '.join(REACTIONS)}"


def _path(value: Any) -> str | None:
    sound = isinstance(value, str) and re.fullmatch(r"(/([A-Za-z0-9._~-]+|\{[A-Za-z]+\}))+", value)
    return None if sound else "a path such as /tickets/{identifier}"


def _method(value: Any) -> str | None:
    return None if value in METHODS else f"one of {', '.join(METHODS)}"


def _prefix(value: Any) -> str | None:
    sound = isinstance(value, str) and re.fullmatch(r"/|(/[A-Za-z0-9._~-]+)+", value)
    return None if sound else "a path prefix such as /be, or / for none"


def _names(value: Any) -> str | None:
    sound = isinstance(value, list) and value and all(isinstance(name, str) for name in value)
    return None if sound and len(set(value)) == len(value) else "a list of different names"


def _choices(value: Any) -> str | None:
    sound = isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value)
    return (
        None if sound and len(set(map(repr, value))) == len(value) else "a list of different texts or numbers"
    )


def _pattern(value: Any) -> str | None:
    if _text(value):
        return _text(value)
    try:
        re.compile(value)
    except re.error as error:
        return f"a regular expression ({error})"
    return None


def _switch(value: Any) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _type(value: Any) -> str | None:
    return None if value in TYPES else f"one of {', '.join(TYPES)}"


def _scalar(value: Any) -> str | None:
    return None if isinstance(value, str | int | float) else "a text, a number, true or false"


ROW: Final[Mapping[str, Wanted]] = {
    "code": _number,
    "message": _template,
    "status": _status,
    "caller": _reaction,
}
ITEM_ROW: Final = {field: wanted for field, wanted in ROW.items() if field != "status"}
OPERATION: Final[Mapping[str, Wanted]] = {"path": _path, "method": _method}
SERVERS: Final[Mapping[str, Wanted]] = {"url": _prefix}
SCHEMA: Final[Mapping[str, Wanted]] = {
    "required": _names,
    "type": _type,
    "format": _text,
    "enum": _choices,
    "pattern": _pattern,
    "default": _scalar,
    **dict.fromkeys(("nullable", "uniqueItems", "additionalProperties"), _switch),
    **dict.fromkeys(("minimum", "maximum"), _limit),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _count),
    "multipleOf": _step,
}
