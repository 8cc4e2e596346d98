"""Lifecycles as tables: ``(state, event) -> state``. What is not in the table is illegal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class IllegalTransition(Exception):
    """The table has no row for the state and the event."""


def next_state(table: Mapping[tuple[S, E], S], state: S, event: E) -> S:
    """Look up where the event leads.

    :raises IllegalTransition: the table has no such row
    """
    try:
        return table[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} is not possible in {state}") from None
