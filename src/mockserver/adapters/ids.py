"""Sources of identifiers."""

from __future__ import annotations

import hashlib
import string

_CODE_ALPHABET = string.ascii_uppercase + string.digits


class SeededIds:
    """Identifiers that follow from a seed and their number: whoever knows the seed can foresee them,
    nobody else can.

    :param seed: any text; the same one gives the same identifiers
    :param name: whose they are; each name has identifiers of its own
    :param position: how many were made before
    """

    def __init__(self, seed: str, name: str, position: int = 0) -> None:
        self._root = hashlib.sha256(f"{len(seed)}:{seed}{name}".encode())
        self._position = position

    @property
    def position(self) -> int:
        """How many were made."""
        return self._position

    def hex(self, digits: int) -> str:
        """Lower-case hex digits, at most 64."""
        return self._digest().hex()[:digits]

    def code(self, length: int) -> str:
        """Upper-case letters and digits, at most 24 of them."""
        number = int.from_bytes(self._digest())
        letters = []
        for _ in range(length):
            number, index = divmod(number, len(_CODE_ALPHABET))
            letters.append(_CODE_ALPHABET[index])
        return "".join(letters)

    def _digest(self) -> bytes:
        self._position += 1
        state = self._root.copy()
        state.update(b"/%d" % self._position)
        return state.digest()


class SequentialIds:
    """Identifiers that count: 1, 2, 3."""

    def __init__(self, position: int = 0) -> None:
        self._position = position

    @property
    def position(self) -> int:
        """How many were made."""
        return self._position

    def hex(self, digits: int) -> str:
        """The next number in hex, padded with zeros."""
        self._position += 1
        return f"{self._position:0{digits}x}"

    def code(self, length: int) -> str:
        """The next number in decimal, padded with zeros."""
        self._position += 1
        return f"{self._position:0{length}d}"
