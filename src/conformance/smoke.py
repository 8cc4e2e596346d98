"""The first look at a target: is it there, does it know us, and what time is it there?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.client import RawAnswer
from conformance.oracle.betcore import JWT_INVALID

REFUSALS: Final = (401, 403)
"""HTTP statuses that say: not you."""

KEY_DEADLINE: Final = 2.5
"""Seconds that a casino may take to fetch keys that it does not know yet."""

POLL: Final = 0.25

SKEW_THAT_MATTERS: Final = 2.0
"""Seconds. The Date header counts whole seconds, so less is no finding."""


@dataclass(frozen=True, slots=True)
class Smoke:
    """What the first look found."""

    reachable: bool
    refusal: str | None = None
    """Set when the target answers but does not accept the kit's identity."""
    skew: float | None = None
    """Seconds by which the target's clock is ahead; ``None`` without a Date header."""
    error: str | None = None


def look(
    call: Callable[[], RawAnswer], *, now: Callable[[], float], shapes: tuple[type, ...] = (dict,)
) -> Smoke:
    """Judge one authenticated call. ``now`` is in Unix seconds; ``shapes`` are what an answer may be."""
    start = now()
    answer = call()
    middle = (start + now()) / 2
    if answer.status is None:
        return Smoke(reachable=False, error=answer.error)
    return Smoke(reachable=True, refusal=_refusal(answer, shapes), skew=_skew(answer, middle))


def look_until_known(
    call: Callable[[], RawAnswer],
    *,
    now: Callable[[], float],
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Smoke:
    """As :func:`look`, again while the identity is refused, for up to :data:`KEY_DEADLINE`."""
    deadline = monotonic() + KEY_DEADLINE
    while True:
        found = look(call, now=now)
        if not found.refusal or monotonic() >= deadline:
            return found
        sleep(POLL)


def _refusal(answer: RawAnswer, shapes: tuple[type, ...]) -> str | None:
    if not isinstance(answer.value, shapes):
        return f"{answer.describe()}; that is no answer of this API: is the path in --base-url right?"
    refused = answer.status in REFUSALS or answer.member("ErrorCode") == JWT_INVALID
    if not refused:
        return None
    reason = answer.header("X-Sandbox-Reason")
    return f"{answer.describe()}" + (f"; it says: {reason}" if reason else "")


def _skew(answer: RawAnswer, middle: float) -> float | None:
    date = answer.header("Date")
    if date is None:
        return None
    try:
        # The header is cut to whole seconds: on average it is half a second behind.
        skew = parsedate_to_datetime(date).timestamp() + 0.5 - middle
    except (ValueError, TypeError, OverflowError):
        return None
    return skew if abs(skew) >= SKEW_THAT_MATTERS else 0.0
