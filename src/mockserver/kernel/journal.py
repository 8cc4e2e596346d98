"""Journals: every exchange in both directions, bounded for each tenant apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NOBODY = "sandbox"
"""Whose exchanges those are that could be attributed to no tenant."""

NOBODYS_SIZE = 1_000
"""How many of them are kept."""

LARGEST_KEPT = 64 * 1024
"""Bytes of a body that are kept."""

Headers = Sequence[tuple[bytes, bytes]]


class Direction(StrEnum):
    """Who called."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and its answer. Filled while it is handled, and not changed afterwards."""

    direction: Direction
    method: str
    target: str
    """Path and query, or the whole URL of a call that was sent."""
    at: datetime
    """The tenant's time when it began."""
    id: str = ""
    tenant: str = NOBODY
    surface: str | None = None
    operation: str | None = None
    action: str | None = None
    """What one operation is told to do, where it takes several actions."""
    cause: str | None = None
    """Id of the exchange that brought this one about."""
    subject: str | None = None
    """Id of the ticket, bet or session that a call that was sent is about."""
    request_headers: Headers = ()
    request_body: bytes = b""
    request_size: int = 0
    document: bytes | None = None
    """What a token carried; ``None`` where the body itself is the document."""
    status: int | None = None
    answer_headers: Headers = ()
    answer_body: bytes = b""
    answer_size: int = 0
    refusal: str | None = None
    """Class of the refusal; for a call that was sent ``not_acknowledged``."""
    reason: str | None = None
    canonical: bytes | None = None
    """What was signed, of a call that was sent."""
    claimed: bytes | None = None
    """What a wrong signature covers instead, where that could be found out."""
    faults: list[str] = field(default_factory=list)
    """Ids of the faults that struck it."""
    duration_ms: float = 0.0
    ended: bool = False
    turn: int = 0
    """Its place among the exchanges of all tenants, in the order in which they began."""


class Turns:
    """Counts the exchanges of all journals together, so that they can be put in one order."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next number."""
        self._last += 1
        return self._last


class Journal:
    """Exchanges of one tenant, oldest first. Keeping one is O(1).

    An id is the tenant's name and a number that counts its exchanges, so that what one tenant does
    leaves no trace in another's.

    :param owner: name of the tenant
    :param size: how many exchanges are kept; the oldest go first
    """

    def __init__(self, owner: str, size: Callable[[], int], turns: Turns) -> None:
        self._owner = owner
        self._size = size
        self._turns = turns
        self._begun: dict[str, Exchange] = {}
        self._last_number = 0

    @property
    def last_number(self) -> int:
        """How many exchanges were begun."""
        return self._last_number

    def begin(self, exchange: Exchange) -> None:
        """Give an exchange its tenant and its id, before it is answered."""
        self._last_number += 1
        exchange.turn = self._turns.next()
        exchange.tenant = self._owner
        exchange.id = f"{self._owner}-{self._last_number}"
        self._begun[exchange.id] = exchange
        while len(self._begun) > self._size():
            del self._begun[next(iter(self._begun))]

    def keep(self, exchange: Exchange) -> None:
        """Let an exchange that was begun here, and has ended, be read."""
        exchange.request_size = len(exchange.request_body)
        exchange.answer_size = len(exchange.answer_body)
        exchange.request_body = _cut(exchange.request_body)
        exchange.answer_body = _cut(exchange.answer_body)
        for name in ("document", "canonical", "claimed"):
            if (value := getattr(exchange, name)) is not None:
                setattr(exchange, name, _cut(value))
        exchange.ended = True

    def find(self, exchange_id: str) -> Exchange | None:
        """The exchange with this id, if it is still kept."""
        found = self._begun.get(exchange_id)
        return found if found and found.ended else None

    def exchanges(self) -> list[Exchange]:
        """Those that have ended and are kept, in the order in which they began."""
        latest = list(self._begun.values())[-self._size() :]
        return [one for one in latest if one.ended]

    def restore(self, exchanges: Sequence[Exchange], last_number: int) -> None:
        """Put exchanges back as they were."""
        self._begun = {exchange.id: exchange for exchange in exchanges}
        self._last_number = last_number


def _cut(body: bytes) -> bytes:
    return body if len(body) <= LARGEST_KEPT else body[:LARGEST_KEPT]
