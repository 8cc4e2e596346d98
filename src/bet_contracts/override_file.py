"""Where overrides come from: the table ``[overrides]`` of a TOML file."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bet_contracts.errors import OverrideError

TABLE: Final = "overrides"

_ID: Final = re.compile(r"[A-Z]{2}-ASM-\d{3}")

DEEPEST: Final = 6
"""Levels below the table; a list of names for a keyword of a place needs three."""

LARGEST: Final = 2**53 - 1
"""The integers that every JSON reader holds exactly."""

LONGEST: Final = 500
"""Characters of a text, entries of a table or list."""


def read_overrides(file: Path, *, needed: bool = False) -> dict[str, Any]:
    """The ``[overrides]`` of a TOML file; its other tables are somebody else's.

    :param needed: whether a file without the table is a mistake
    :raises OverrideError: the file can't be read, its ``overrides`` is no table or holds what no override
        can be, or another key looks like it
    """
    return table_of(read_toml(file), str(file), needed=needed)


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file. Raises :exc:`OverrideError` naming the file and the fault."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except RecursionError:
        raise OverrideError(f"{file}: nested too deep") from None
    except OSError as error:
        raise OverrideError(f"{file} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise OverrideError(f"{file}: {error}") from None


def table_of(document: Mapping[str, Any], source: str, *, needed: bool = False) -> dict[str, Any]:
    """The table ``overrides`` of a document that was read from ``source``. Raises :exc:`OverrideError`."""
    for name in document:
        if _ID.fullmatch(name):
            raise OverrideError(f"{source}: {name} has to stand below {TABLE}: [{TABLE}.{name}]")
    table = document.get(TABLE)
    if table is None:
        close = difflib.get_close_matches(TABLE, [name.casefold() for name in document], n=1, cutoff=0.8)
        if close:
            given = next(name for name in document if name.casefold() == close[0])
            raise OverrideError(f"{source}: unknown table {given!r}; did you mean [{TABLE}]?")
        if needed:
            raise OverrideError(f"{source}: has no table [{TABLE}]")
        return {}
    if not isinstance(table, dict):
        raise OverrideError(f"{source}: {TABLE} has to be a table, [{TABLE}]")
    if fault := _fault(table, DEEPEST):
        raise OverrideError(f"{source}: {TABLE}: {fault}")
    return table


def _fault(value: Any, levels: int) -> str | None:
    """Why no override can hold this value."""
    match value:
        case bool():
            return None
        case int() if abs(value) > LARGEST:
            return f"a number is beyond {LARGEST}"
        case float() if not math.isfinite(value):
            return f"{value} is no number of JSON"
        case str() if len(value) > LONGEST:
            return f"a text is longer than {LONGEST} characters"
        case dict() | list() if levels == 0 or len(value) > LONGEST:
            return "nested too deep" if levels == 0 else f"a table or list has more than {LONGEST} entries"
        case dict():
            return next(
                (fault for one in [*value, *value.values()] if (fault := _fault(one, levels - 1))), None
            )
        case list():
            return next((fault for one in value if (fault := _fault(one, levels - 1))), None)
        case int() | float() | str():
            return None
    return f"{value} is a date or time; JSON has none"
