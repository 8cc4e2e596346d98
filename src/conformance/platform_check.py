"""Which answers of an operator's platform the contract can judge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests

from conformance.channel import Check
from conformance.client import RawAnswer
from conformance.oracle import pam


@dataclass(frozen=True, slots=True)
class NoFindings:
    """What there is to say of an answer whose body no page describes."""

    violations: tuple[str, ...] = ()
    undocumented: str | None = None


@dataclass(frozen=True, slots=True)
class PlatformCheck:
    """Judges what the pages say of an answer: its body is documented for ``identify`` alone.

    With ``full`` a refusal of any other action is judged too. A success of those needs no body.
    """

    check: Check
    full: bool

    def __call__(self, operation_id: str, answer: RawAnswer, request: requests.PreparedRequest) -> Any:
        """As :class:`conformance.response_check.ResponseCheck`, less what binds no platform."""
        identified = _action(request.body) == pam.IDENTIFY
        if answer.status == 200 and not identified:
            return NoFindings()
        findings = self.check(operation_id, answer, request)
        return findings if identified or self.full else NoFindings(undocumented=findings.undocumented)


def _action(body: str | bytes | None) -> object:
    try:
        value = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return value.get("action") if isinstance(value, dict) else None
