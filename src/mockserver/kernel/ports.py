"""What the vendors need from outside, as protocols. ``adapters`` has a real and a fake one of each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class IdSource(Protocol):
    """Makes identifiers that nobody can guess."""

    def hex(self, digits: int) -> str:
        """Lower-case hex digits; ``digits`` is even."""

    def code(self, length: int) -> str:
        """Upper-case letters and digits."""


class KeysUnavailable(Exception):
    """The key set could not be read. The text says why, in one line."""


class KeyFinder(Protocol):
    """Finds the public key that a token names."""

    async def find(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, or ``None`` when the key set has none.

        :raises KeysUnavailable: the key set can't be read
        """
