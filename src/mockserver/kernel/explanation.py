"""What is to be said about an exchange."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what a signature covers leaves what it has to cover."""

    offset: int
    """Of the first byte that differs."""
    expected: str
    """What has to be signed, from there on."""
    signed: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is to be said about an exchange."""

    request_violations: list[str]
    answer_violations: list[str]
    signed_text: str | None
    difference: Difference | None
