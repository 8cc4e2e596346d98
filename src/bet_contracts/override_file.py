"""Where overrides come from: the table ``[overrides]`` of a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bet_contracts.errors import OverrideError


def read_overrides(file: Path) -> dict[str, Any]:
    """The ``[overrides]`` of a TOML file; its other tables are somebody else's.

    Raises :exc:`OverrideError` when the file can't be read or ``overrides`` is no table.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise OverrideError(f"{file}: nested too deep") from None
    except OSError as error:
        raise OverrideError(f"{file} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise OverrideError(f"{file}: {error}") from None
    return table_of(document, str(file))


def table_of(document: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The table ``overrides`` of a document that was read from ``source``. Raises :exc:`OverrideError`."""
    table = document.get("overrides", {})
    if not isinstance(table, dict):
        raise OverrideError(f"{source}: overrides has to be a table, [overrides]")
    return table
