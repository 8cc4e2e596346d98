"""What is to be said about an exchange."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what a signature covers leaves what it has to cover."""

    offset: int
    """Of the first byte that differs."""
    expected: str
    """What has to be signed, from there on."""
    signed: str


class Verdict(StrEnum):
    """How one side of an exchange stands to the contract."""

    CONFORMS = "conforms"
    VIOLATES = "violates"
    NOT_JUDGED = "not_judged"
    """Nothing is documented to judge it by, nothing of it came or was read, or not all of it was kept."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How both sides of an exchange stand to the contract."""

    request: Verdict
    answer: Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said about an exchange."""

    verdicts: Verdicts
    request_violations: list[str]
    answer_violations: list[str]
    signed_text: str | None
    difference: Difference | None
