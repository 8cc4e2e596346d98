"""Alarms, which wake a tenant when its next timer falls due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

logger = logging.getLogger("mockserver")

_LONGEST = timedelta(days=1)


class LoopAlarm:
    """An alarm on the running event loop."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None
        self._ringing: set[asyncio.Task[object]] = set()

    def set(self, delay: timedelta | None, ring: Callable[[], Awaitable[object]]) -> None:
        """Ring once after ``delay``; ``None`` for never."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if delay is not None:
            # Whoever is woken early finds nothing due and sets the alarm anew.
            seconds = min(delay, _LONGEST).total_seconds()
            self._handle = asyncio.get_running_loop().call_later(seconds, self._ring, ring)

    def _ring(self, ring: Callable[[], Awaitable[object]]) -> None:
        self._handle = None
        task: asyncio.Task[object] = asyncio.ensure_future(ring())
        self._ringing.add(task)
        task.add_done_callback(self._rung)

    def _rung(self, task: asyncio.Task[object]) -> None:
        self._ringing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a timer failed: %s", type(error).__name__)
            logger.debug("trace", exc_info=error)


class SilentAlarm:
    """An alarm that never rings: time passes only when it is told to."""

    def set(self, delay: timedelta | None, ring: Callable[[], Awaitable[object]]) -> None:
        """Do nothing."""
