"""Reading one table of a TOML file by rows, with errors that say where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from conformance.errors import KitError

REQUIRED: Final = object()

KINDS: Final[Mapping[type, str]] = {
    str: "a string",
    int: "an integer",
    Decimal: "a number",
    dict: "a table",
    list: "an array",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a table: its name, type, default and lower bound.

    A ``secret`` is given either literally or, by ``<key>_env``, as the name of an environment variable.
    """

    key: str
    kind: type[Any]
    default: Any = REQUIRED
    least: int | Decimal | None = None
    secret: bool = False
    of: type | None = None
    """Type of the elements of an array."""


def read_table(
    table: object,
    rows: Sequence[Row],
    *,
    file: Path,
    text: str,
    path: Sequence[str],
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """The values of the rows, defaults filled in.

    ``text`` is the file's content, ``path`` the table's name in it. Raises :exc:`KitError` with one line.
    """
    name = f"[{'.'.join(path)}]" if path else "the top level"
    if not isinstance(table, dict):
        raise KitError(f"{file}: {name} must be a table")

    def fault(key: str, what: str) -> KitError:
        line = line_of(text, path, key)
        return KitError(f"{file}{f':{line}' if line else ''}: {name} {key}: {what}")

    known = [row.key for row in rows] + [f"{row.key}_env" for row in rows if row.secret]
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise fault(key, f"unknown key; {advice}")
    values: dict[str, Any] = {}
    for row in rows:
        variable = f"{row.key}_env"
        if row.secret and variable in table:
            if row.key in table:
                raise fault(variable, f"give either {row.key} or {variable}")
            if not isinstance(table[variable], str):
                raise fault(variable, "must be a string")
            if not environment.get(table[variable]):
                raise fault(variable, f"the environment variable {table[variable]} is not set")
            values[row.key] = environment[table[variable]]
        elif row.key in table:
            values[row.key] = _checked(table[row.key], row, fault)
        elif row.default is REQUIRED:
            wanted = f"{variable} (or {row.key})" if row.secret else row.key
            raise KitError(f"{file}: {name} lacks {wanted}")
        else:
            values[row.key] = row.default
    return values


def _checked(value: Any, row: Row, fault: Callable[[str, str], KitError]) -> Any:
    if row.kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, row.kind) or (row.kind is int and isinstance(value, bool)):
        raise fault(row.key, f"must be {KINDS[row.kind]}")
    if row.kind is str and not value:
        raise fault(row.key, "must not be empty")
    if row.kind is Decimal and not value.is_finite():
        raise fault(row.key, "must be finite")
    if row.of is not None and not all(
        isinstance(item, row.of) and not isinstance(item, bool) for item in value
    ):
        raise fault(row.key, f"each element must be {KINDS[row.of]}")
    if row.least is not None and value < row.least:
        raise fault(row.key, f"must be at least {row.least}")
    return value


def line_of(text: str, path: Sequence[str], key: str) -> int | None:
    """The line on which ``key`` of the table ``path`` stands, counted from 1; ``None`` where it is not seen.

    Inline tables and arrays of tables are found by their key alone.
    """
    header = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")
    assignment = re.compile(rf"(^|[{{,]\s*)\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    wanted, current = ".".join(path), ""
    fallback = None
    for number, line in enumerate(text.splitlines(), 1):
        if found := header.match(line):
            current = found[1].replace('"', "").replace(" ", "")
            if current == ".".join((*path, key)):
                return number
        elif assignment.search(line):
            if current == wanted:
                return number
            fallback = fallback or number
    return fallback
