"""Where an unforeseen failure happened, in a form that may be logged."""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """The kind of the error and the innermost line, without its text, which may hold what a caller sent."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
