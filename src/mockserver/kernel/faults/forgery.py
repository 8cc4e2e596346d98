"""What is done to the signature of a call: :data:`FORGERIES` by name, with their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.kernel.faults.armed import Strike
from mockserver.kernel.faults.catalogue import FORGERIES, Name

Forged = Mapping[Name, Mapping[str, Any]]

NOT_FORGED: Forged = MappingProxyType({})

TIMESTAMPED = frozenset({Name.BAD_SIGNATURE, Name.STALE_TIMESTAMP})
"""What can be done to a call that signs a timestamp."""

TOKENS = FORGERIES - {Name.STALE_TIMESTAMP}
"""What can be done to a call whose body is a JWT."""


_MOST_SECONDS_OLD = 5
"""A token lives for ten."""


def forged_by(strikes: Iterable[Strike]) -> Forged:
    """What strikes do to a signature; of two of one name the first does it."""
    found: dict[Name, Mapping[str, Any]] = {}
    for one in strikes:
        if one.name in FORGERIES:
            found.setdefault(one.name, one.parameters)
    return found


def seconds_of(forged: Forged, name: Name) -> int:
    """Seconds by which something is off; 0 where it is not forged."""
    seconds: int = forged[name]["seconds"] if name in forged else 0
    return seconds


def seconds_old(forged: Forged) -> int:
    """How many seconds ago a timestamp was made, or a token began to count: of a stale one, and of what is
    signed anew for a duplicate, so that it differs from the first."""
    return seconds_of(forged, Name.STALE_TIMESTAMP) + seconds_of(forged, Name.DUPLICATE)


def signed_anew(number: int) -> Forged:
    """How the duplicate of this number, from 0 up, is signed: as some seconds ago, and in good time."""
    return {Name.DUPLICATE: {"seconds": 1 + number % _MOST_SECONDS_OLD}}


def spoilt(signature: str, forged: Forged) -> str:
    """A signature in hex; its last digit is another one where it has to be bad."""
    if Name.BAD_SIGNATURE not in forged:
        return signature
    return signature[:-1] + ("1" if signature.endswith("0") else "0")
