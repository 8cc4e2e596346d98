"""The one way from the control plane's worker threads to the state, which lives on the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar

from mockserver.kernel.control import ControlRefusal, Problem

T = TypeVar("T")

_BUSY_SECONDS = 30
_WAITING_SECONDS = 120

MOST_WAITING = 16
"""Requests that may wait for one tenant's partner or clock at once, so that others find a free thread."""


class Bridge:
    """Runs functions on the event loop that it was made on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._counting = Lock()
        self._waiting: Counter[str] = Counter()
        self._crossing: set[Future[Any]] | None = set()
        """What is under way; ``None`` once closed."""

    def close(self) -> None:
        """Let nobody wait any longer, who would keep the server from ending."""
        with self._counting:
            crossing, self._crossing = self._crossing or set(), None
        for future in crossing:
            future.cancel()

    def run(self, function: Callable[[], T]) -> T:
        """Run a function on the loop, between two awaits of everything else, and wait for it.

        :raises ControlRefusal: the loop was busy for longer than 30 s; the function was not run
        """

        async def on_loop() -> T:
            return function()

        future = self._cross(on_loop)
        try:
            return future.result(_BUSY_SECONDS)
        except CancelledError:
            raise _stops() from None
        except TimeoutError:
            future.cancel()
            raise ControlRefusal(Problem.BUSY, "the sandbox is busy; nothing was done, try again") from None

    def post(self, function: Callable[[], None]) -> None:
        """Have a function run on the loop soon, without waiting for it; not at all once the server stops."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def wait(self, tenant: str, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the loop for a tenant, and wait for it.

        :param make: makes the coroutine; called on the loop
        :raises ControlRefusal: it took longer than 120 s, and goes on; or too many wait for this tenant
        """
        with self._counting:
            if self._waiting[tenant] >= MOST_WAITING:
                raise ControlRefusal(
                    Problem.BUSY,
                    f"{MOST_WAITING} requests wait for tenant `{tenant}` already; nothing was done",
                )
            self._waiting[tenant] += 1

        async def on_loop() -> T:
            return await make()

        try:
            return self._cross(on_loop).result(_WAITING_SECONDS)
        except CancelledError:
            raise _stops() from None
        except TimeoutError:
            raise ControlRefusal(
                Problem.UNFINISHED,
                f"it takes longer than {_WAITING_SECONDS} s and goes on; read what has become of it",
            ) from None
        finally:
            with self._counting:
                self._waiting[tenant] -= 1
                if not self._waiting[tenant]:
                    del self._waiting[tenant]

    def _cross(self, on_loop: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        with self._counting:
            if self._crossing is None:
                raise _stops()
            future = asyncio.run_coroutine_threadsafe(on_loop(), self._loop)
            self._crossing.add(future)
        future.add_done_callback(self._crossed)
        return future

    def _crossed(self, future: Future[Any]) -> None:
        with self._counting:
            if self._crossing is not None:
                self._crossing.discard(future)


def _stops() -> ControlRefusal:
    return ControlRefusal(Problem.BUSY, "the sandbox is being stopped; nothing waits any longer")
