"""The one way from the control plane's worker threads to the state, which lives on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_DEADLINE_SECONDS = 10


class Bridge:
    """Runs functions on the event loop that it was made on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def run(self, function: Callable[[], T]) -> T:
        """Run a function on the loop, between two awaits of everything else, and wait for it.

        :raises TimeoutError: the loop was busy for longer than 10 s
        """

        async def on_loop() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(_DEADLINE_SECONDS)
