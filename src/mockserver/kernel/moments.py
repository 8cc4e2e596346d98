"""Moments as text."""

from __future__ import annotations

from datetime import UTC, datetime


def in_milliseconds(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds: ``2025-03-13T12:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
