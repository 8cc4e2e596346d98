"""The refresh tokens of a run: each works once, and its answer tells the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.casino_target import TABLE
from conformance.client import RawAnswer
from conformance.errors import Missing, NotApplicable


class RefreshTokens:
    """Which token is good now, by the key of the target file that named the first one."""

    def __init__(self, first: Mapping[str, str]) -> None:
        self._first = dict(first)
        self._current: dict[str, str | None] = dict(first)

    def current(self, key: str) -> str:
        """The token to present.

        Raises :exc:`NotApplicable` where the target file has no such key, :exc:`Missing` where the last
        answer told no new token.
        """
        if key not in self._current:
            raise NotApplicable(f"needs {key} in [{TABLE}] of the target file")
        token = self._current[key]
        if token is None:
            raise Missing(f"{key} was exchanged, and the answer told no new token")
        return token

    def is_first(self, key: str) -> bool:
        """Whether the token to present is the one that the target file names."""
        return self._current[key] == self._first[key]

    def exchanged(self, key: str, answer: RawAnswer) -> None:
        """Keep the token of a successful answer as the one to present next."""
        self._current[key] = token_in(answer.value)


def token_in(answer: Any) -> str | None:
    """The refresh token of an answer: a string whose name has the word, wherever it stands."""
    return next((value for name, value in _strings(answer) if "token" in name.casefold()), None)


def _strings(node: Any) -> Iterator[tuple[str, str]]:
    """The strings of a document with their names, outer ones first."""
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        if isinstance(value, str) and value:
            yield name, value
    for value in node.values():
        yield from _strings(value)
