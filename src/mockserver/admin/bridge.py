"""The one way from the control plane's worker threads to the state, which lives on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_BUSY_SECONDS = 30
_WAITING_SECONDS = 120


class Bridge:
    """Runs functions on the event loop that it was made on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def run(self, function: Callable[[], T]) -> T:
        """Run a function on the loop, between two awaits of everything else, and wait for it.

        :raises TimeoutError: the loop was busy for longer than 30 s
        """

        async def on_loop() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(_BUSY_SECONDS)

    def wait(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the loop, and wait for it.

        :param make: makes the coroutine; called on the loop
        :raises TimeoutError: it took longer than 120 s
        """

        async def on_loop() -> T:
            return await make()

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(_WAITING_SECONDS)
