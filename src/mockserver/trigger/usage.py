"""What is wrong with how a command was called, and why nothing more was done."""

from __future__ import annotations


class UsageError(Exception):
    """The command was called in a way that can't be. The text is one line and says what to change."""


class Stopped(Exception):
    """What was to happen can't. The text says why, in one line."""


class BaseUrlUnreachable(Exception):
    """Nothing answers where the vendors' APIs should be. The text is one line."""
