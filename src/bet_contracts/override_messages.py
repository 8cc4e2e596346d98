"""What a user is told about an override: names and values on one line, not endless, with what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final

SHOWN: Final = 12
"""How many names a message lists."""

LONGEST: Final = 60
"""Characters that are shown of a name or value."""


def shown(value: Any) -> str:
    """A user's name or value for a message: on one line, and not endless."""
    text = value if isinstance(value, str) and value.isprintable() and value else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def nearest(name: str, known: Iterable[str]) -> str:
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def same_letters(name: str, known: Iterable[str]) -> str:
    """What an id was meant to be, when case or hyphens alone are wrong; a number nearby means nothing."""
    meant = {_bare(one): one for one in known}.get(_bare(name))
    return f"; did you mean {meant}?" if meant else ""


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def listed(lead: str, names: Iterable[str]) -> str:
    different = list(dict.fromkeys(names))
    more = len(different) - SHOWN
    return f"{lead} {', '.join(different[:SHOWN])}" + (f" and {more} more" if more > 0 else "")
