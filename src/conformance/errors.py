"""What ends a run before its cases, and what ends a case.

A case speaks by raising: :mod:`conformance.judgement` turns each of these into a verdict.
"""

from __future__ import annotations

from conformance.verdict import ExitCode


class KitError(Exception):
    """The run can't start or go on; the message is one line for the person who started it."""

    def __init__(self, message: str, code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.code = code


class Mismatch(AssertionError):
    """The target's answer is not the expected one."""

    def __init__(self, reason: str, *, expected: str | None = None, actual: str | None = None) -> None:
        super().__init__(reason)
        self.expected = expected
        self.actual = actual


class ControlFailed(Mismatch):
    """The positive control failed, so the negative half of the case would prove nothing."""


class Hazard(Exception):
    """Money was created, lost or moved twice."""

    def __init__(self, reason: str, *, expected: str | None = None, actual: str | None = None) -> None:
        super().__init__(reason)
        self.expected = expected
        self.actual = actual


class Missing(Exception):
    """A precondition of the case is missing: it has not run."""


class NotApplicable(Exception):
    """The target declares that it lacks what the case needs, or the run was not allowed to use it."""


class HarnessError(Exception):
    """The kit's own request, meant to be legal, breaks the contract."""
