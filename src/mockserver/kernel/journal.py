"""The journal: every exchange in both directions, bounded for each tenant apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NOBODY = "sandbox"
"""Whose exchanges those are that could be attributed to no tenant."""

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
    cause: str | None = None
    """Id of the exchange that brought this one about."""
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
    duration_ms: float = 0.0
    order: int = 0
    """Among the exchanges of all tenants, by their end."""


@dataclass(slots=True)
class _Ring:
    kept: deque[Exchange] = field(default_factory=deque)
    last_number: int = 0


class Journal:
    """Exchanges by tenant, oldest first. Keeping one is O(1).

    An id is the tenant's name and a number that counts its exchanges, so that what one tenant does
    leaves no trace in another's.

    :param nobodys_size: how many exchanges of no tenant are kept
    """

    def __init__(self, nobodys_size: int = 1_000) -> None:
        self._rings: dict[str, _Ring] = {}
        self._by_id: dict[str, Exchange] = {}
        self._nobodys_size = nobodys_size
        self._ended = 0

    def begin(self, exchange: Exchange, tenant: str | None) -> None:
        """Give an exchange its tenant and its id, before it is answered."""
        exchange.tenant = tenant or NOBODY
        ring = self._rings.setdefault(exchange.tenant, _Ring())
        ring.last_number += 1
        exchange.id = f"{exchange.tenant}-{ring.last_number}"

    def keep(self, exchange: Exchange, size: int | None = None) -> None:
        """Keep a finished exchange, of all its tenant's the last ``size``."""
        exchange.request_size = len(exchange.request_body)
        exchange.answer_size = len(exchange.answer_body)
        if exchange.request_size > LARGEST_KEPT:
            exchange.request_body = exchange.request_body[:LARGEST_KEPT]
        if exchange.document is not None and len(exchange.document) > LARGEST_KEPT:
            exchange.document = exchange.document[:LARGEST_KEPT]
        if exchange.answer_size > LARGEST_KEPT:
            exchange.answer_body = exchange.answer_body[:LARGEST_KEPT]
        ring = self._rings.setdefault(exchange.tenant, _Ring())
        self._ended += 1
        exchange.order = self._ended
        ring.kept.append(exchange)
        self._by_id[exchange.id] = exchange
        while len(ring.kept) > (size or self._nobodys_size):
            self._by_id.pop(ring.kept.popleft().id, None)

    def find(self, exchange_id: str) -> Exchange | None:
        """The exchange with this id, if it is still kept."""
        return self._by_id.get(exchange_id)

    def all(self) -> list[Exchange]:
        """The exchanges of all tenants, oldest first."""
        return sorted(self._by_id.values(), key=lambda exchange: exchange.order)

    def of(self, tenant: str) -> list[Exchange]:
        """The exchanges of a tenant, oldest first."""
        ring = self._rings.get(tenant)
        return list(ring.kept) if ring else []

    def last_number(self, tenant: str) -> int:
        """How many exchanges the tenant has had."""
        ring = self._rings.get(tenant)
        return ring.last_number if ring else 0

    def forget(self, tenant: str) -> None:
        """Drop a tenant's exchanges and begin to count anew."""
        for exchange in self.of(tenant):
            self._by_id.pop(exchange.id, None)
        self._rings.pop(tenant, None)

    def restore(self, tenant: str, exchanges: Sequence[Exchange], last_number: int) -> None:
        """Put a tenant's exchanges back as they were."""
        self.forget(tenant)
        self._rings[tenant] = _Ring(deque(exchanges), last_number)
        self._by_id.update({exchange.id: exchange for exchange in exchanges})
        self._ended = max([self._ended, *(exchange.order for exchange in exchanges)])
