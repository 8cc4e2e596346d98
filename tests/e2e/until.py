"""Waiting for what comes about elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 15.0
"""Seconds."""


def until(read: Callable[[], T], is_right: Callable[[T], object] = bool) -> T:
    """What is read, as soon as it is right."""
    end = time.monotonic() + PATIENCE
    while not is_right(found := read()):
        assert time.monotonic() < end, found
    return found
