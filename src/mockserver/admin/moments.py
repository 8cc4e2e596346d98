"""Moments as the control plane writes and reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.kernel.control import ControlRefusal, Problem


def moment_text(moment: datetime) -> str:
    """``2026-03-01T12:00:00.000000Z``."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def read_moment(text: str) -> datetime:
    """A moment with its distance from UTC.

    :raises ControlRefusal: the text is none
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ControlRefusal(
            Problem.INVALID, f"`{text[:40]}` is no moment such as 2026-03-01T12:00:00Z, with its zone"
        )
    return moment
