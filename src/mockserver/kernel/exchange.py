"""What passes between the edge and the vendors: a request admitted, a call handled, an answer.

The edge fills these from HTTP; the vendors know nothing of where they come from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

REASON_HEADER = "x-sandbox-reason"
"""Says in one line why the sandbox refuses."""


class ConnectionDropped(BaseException):
    """A connection ends without a complete answer, on purpose: it is no error, and nobody answers it."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A request before anybody has been identified."""

    headers: Mapping[str, str]
    """Lower-case names; the last one wins where a name is repeated."""
    body: bytes


def text_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name; the last one wins where a name is repeated."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}


@dataclass(frozen=True, slots=True)
class Admission:
    """Who calls, and what is to be read as the request's document."""

    tenant: Any
    document: bytes
    """JSON text: the body itself, or what a verified token carries."""


class Gate(Protocol):
    """Identifies the caller of a surface."""

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the caller.

        :raises mockserver.kernel.errors.Rejection: nobody could be identified
        """

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """The bytes that the request's signature has to cover; ``None`` where nothing is signed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed signature and schema."""

    tenant: Any
    parameters: Mapping[str, Any]
    """Path and query parameters by the contract's names."""
    document: Any
    """The parsed JSON document, numbers with a fraction as ``Decimal``; ``None`` without a body."""
    exchange: str = ""
    """Id of the exchange in the journal: the cause of what the call brings about."""


Document = Mapping[str, Any] | Sequence[Any]
"""A JSON object or array to answer with. ``Decimal`` becomes a JSON number."""

Handler = Callable[[Call], Awaitable[Document]]
"""Handles one operation: translates, calls one use case, renders."""

RefusalRenderer = Callable[[int, str, Mapping[str, object]], Document]
"""Makes the vendor's error body from a code, a message and details."""


def bearer_token(authorization: str | None) -> str | None:
    """The token of a header ``Authorization: Bearer ...`` (RFC 6750); ``None`` where there is none."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
