"""Runs of the kit inside the process of its own tests: what the fixtures share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from conformance.session import CaseSession
from conformance.signing import SigningKey

Judge = Callable[..., CaseSession]
"""Takes a vendor or a URL, profiles and options; returns the session when it is over."""


@cache
def one_key() -> SigningKey:
    """The same key for every run: making one takes longer than most runs."""
    return SigningKey.generate()


def by_fault(*rows: tuple[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each fault once, with all cases that are there for it, so that one run judges them together."""
    return [(fault, tuple(case for name, case in rows if name == fault)) for fault in dict(rows)]
