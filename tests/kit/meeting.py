"""A place where threads meet, so that a race is certain and not a matter of luck."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable

DEADLINE = 0.5
"""Seconds that a thread waits for another one; who comes alone goes on after that."""


class Meeting:
    """Holds each thread until others have come for the same thing."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._came: Counter[Hashable] = Counter()

    def wait(self, thing: Hashable, of: int = 2) -> None:
        """Come for the thing, and go on as soon as so many have."""
        with self._condition:
            self._came[thing] += 1
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._came[thing] >= of, DEADLINE)
