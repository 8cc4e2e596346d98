"""Bounds how many requests wait for exchanges, so that others find a free thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from mockserver.kernel.control import ControlRefusal, Problem

MOST_WAITING = 128
MOST_OF_ONE_TENANT = 32


class Seats:
    """Hands out places to wait in."""

    def __init__(self) -> None:
        self._counting = Lock()
        self._taken: Counter[str | None] = Counter()

    @contextmanager
    def seat(self, tenant: str | None) -> Iterator[None]:
        """Wait in here.

        :param tenant: whose exchanges are waited for; ``None`` for everybody's
        :raises ControlRefusal: there is no free place
        """
        with self._counting:
            if self._taken[tenant] >= MOST_OF_ONE_TENANT or self._taken.total() >= MOST_WAITING:
                raise ControlRefusal(
                    Problem.BUSY,
                    f"too many requests wait for exchanges already: {MOST_OF_ONE_TENANT} of one tenant and "
                    f"{MOST_WAITING} in all may; leave `within_seconds` out to be answered at once",
                )
            self._taken[tenant] += 1
        try:
            yield
        finally:
            with self._counting:
                self._taken[tenant] -= 1
                if not self._taken[tenant]:
                    del self._taken[tenant]
