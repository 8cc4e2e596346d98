"""Sources of identifiers."""

from __future__ import annotations

import secrets
import string

_CODE_ALPHABET = string.ascii_uppercase + string.digits


class RandomIds:
    """Unguessable identifiers."""

    def hex(self, digits: int) -> str:
        """Lower-case hex digits; ``digits`` is even."""
        return secrets.token_hex(digits // 2)

    def code(self, length: int) -> str:
        """Upper-case letters and digits."""
        return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(length))


class SequentialIds:
    """Identifiers that count: the same run gives the same ones."""

    def __init__(self) -> None:
        self._next = 0

    def hex(self, digits: int) -> str:
        """The next number in hex, padded with zeros."""
        self._next += 1
        return f"{self._next:0{digits}x}"

    def code(self, length: int) -> str:
        """The next number in decimal, padded with zeros."""
        self._next += 1
        return f"{self._next:0{length}d}"
