"""Ids as segments of a path."""

from __future__ import annotations

from urllib.parse import quote

_DOTS = frozenset({".", ".."})


def segment(name: str) -> str:
    """A name as one segment of a path. Dots alone would lead elsewhere (RFC 3986 section 5.2.4), even
    escaped.

    :raises ValueError: it is empty, or nothing but one or two dots
    """
    if not name or name in _DOTS:
        raise ValueError(f"{name!r} can't be the name or id of anything")
    return quote(name, safe="")
