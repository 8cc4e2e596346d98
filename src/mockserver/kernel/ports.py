"""What the vendors need from outside, as protocols. ``adapters`` has a real and a fake one of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class Alarm(Protocol):
    """Wakes a tenant when its next timer falls due, in the time of the machine."""

    def set(self, delay: timedelta | None, ring: Callable[[], Awaitable[object]]) -> None:
        """Ring once after ``delay``, and not at the time set before; ``None`` for never."""


class IdSource(Protocol):
    """Makes identifiers."""

    @property
    def position(self) -> int:
        """How many were made; a source of the same seed that is put there goes on with the same ones."""

    def hex(self, digits: int) -> str:
        """Lower-case hex digits; ``digits`` is even and at most 64."""

    def code(self, length: int) -> str:
        """Upper-case letters and digits, at most 24 of them."""


class KeysUnavailable(Exception):
    """The key set could not be read. The text says why, in one line."""


class KeyFinder(Protocol):
    """Finds the public key that a token names."""

    async def find(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, or ``None`` when the key set has none.

        :raises KeysUnavailable: the key set can't be read
        """


class SigningKeys(Protocol):
    """BETCORE's own keys, each named by its ``kid``."""

    @property
    def first(self) -> str:
        """The key that the sandbox began with."""

    def known(self) -> list[str]:
        """Every key, in the order in which they were made."""

    def keep(self, kids: Collection[str]) -> None:
        """Forget every key but these and the first."""

    async def make(self) -> str:
        """Make a key."""

    def jwk(self, kid: str) -> dict[str, object]:
        """The public half as a JSON Web Key."""

    def sign(self, kid: str, claims: bytes, *, named: str | None = None) -> str:
        """A compact JWS, RS256, of this payload; its header names the key, or another one."""

    def public_pem(self, kid: str) -> bytes:
        """The public half, PEM."""

    def public_key(self, kid: str) -> RSAPublicKey | None:
        """The public half, if this is a key of BETCORE's."""

    def export(self) -> list[str]:
        """The private keys, PEM, in the order in which they were made."""

    def load(self, pems: list[str]) -> None:
        """Put private keys in the place of all.

        :raises ValueError: one is no fitting key, or there is none; nothing has changed
        """


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a call may take, in seconds: to connect, between two pieces of the answer, altogether."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request, signed and ready."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    canonical: bytes | None = None
    """What the signature covers; ``None`` where nothing is signed."""
    document: bytes | None = None
    """What a token carries; ``None`` where the body itself is the document."""
    internal: bool = False
    """Whether it goes to the sandbox itself."""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class OutgoingAnswer:
    """What came back, whatever its status."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class SendFailed(Exception):
    """No complete answer came. The text says why, in one line."""


class NotConnected(SendFailed):
    """Nobody takes a connection there."""


class Sender(Protocol):
    """Sends to a partner. It follows no redirect and keeps no cookie."""

    async def send(self, request: OutgoingRequest, deadlines: Deadlines) -> OutgoingAnswer:
        """Send, and wait for the whole answer.

        :raises SendFailed: no complete answer came in time
        """
