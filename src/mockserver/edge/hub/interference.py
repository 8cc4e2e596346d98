"""What faults make of the messages of a hub."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.kernel.faults.armed import Strike
from mockserver.kernel.faults.catalogue import Name
from mockserver.kernel.faults.writing import REWRITING


def rewritten(text: str, strikes: Sequence[Strike]) -> str:
    """The message in another form."""
    for one in strikes:
        if one.name in REWRITING:
            text = REWRITING[one.name](text.encode()).decode()
    return text


def repeats_of(strike: Strike) -> int:
    """How often more a message is said."""
    times: int = strike.parameters["times"] if strike.name is Name.DUPLICATE else 0
    return times
