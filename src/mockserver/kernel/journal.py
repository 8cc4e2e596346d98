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
    machine_at: datetime | None = None
    """The machine's time when it began; ``None`` where that was not kept."""
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
    end_turn: int = 0
    """The same in the order in which they ended; 0 before that."""


class JournalClosed(Exception):
    """Nothing is written here any more. The text says why, in one line."""


Listener = Callable[[Exchange | JournalClosed], None]
"""Is told of each exchange that ends, on the thread that keeps it; of the journal's end too, and then of
nothing more."""


class Audience:
    """Who is told of the exchanges that end.

    :ivar listeners: whom to tell
    """

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self._closed: JournalClosed | None = None

    def join(self, listener: Listener) -> Callable[[], None]:
        """Tell this one too.

        :returns: ends that; does nothing the second time
        :raises JournalClosed: there is nothing to be told any more
        """
        if self._closed is not None:
            raise self._closed
        self.listeners.append(listener)

        def leave() -> None:
            if listener in self.listeners:
                self.listeners.remove(listener)

        return leave

    def close(self, reason: str) -> None:
        """Tell everybody that this was all."""
        self._closed = JournalClosed(reason)
        for listener in self.listeners:
            listener(self._closed)
        self.listeners.clear()


class Turns:
    """Counts the exchanges of all journals together, so that they can be put in one order.

    :ivar ended: how many have ended
    :ivar audience: is told of all that end
    """

    def __init__(self) -> None:
        self._begun = 0
        self.ended = 0
        self.audience = Audience()

    def next(self) -> int:
        """The number of the next one that begins."""
        self._begun += 1
        return self._begun

    def next_end(self) -> int:
        """The number of the next one that ends."""
        self.ended += 1
        return self.ended


class Journal:
    """Exchanges of one tenant, oldest first. Keeping one is O(1), but for those who wait to be told of it.

    An id is the tenant's name and a number that counts its exchanges, so that what one tenant does
    leaves no trace in another's.

    :param owner: name of the tenant
    :param size: how many exchanges are kept; the oldest go first
    :ivar audience: is told of those that end here
    :ivar last_end: ``end_turn`` of the one that ended last
    """

    def __init__(self, owner: str, size: Callable[[], int], turns: Turns) -> None:
        self._owner = owner
        self._size = size
        self._turns = turns
        self._begun: dict[str, Exchange] = {}
        self._last_number = 0
        self.audience = Audience()
        self._audiences: tuple[Audience, ...] = (turns.audience, self.audience)
        self.last_end = 0

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
        exchange.document = exchange.document and _cut(exchange.document)
        exchange.canonical = exchange.canonical and _cut(exchange.canonical)
        exchange.claimed = exchange.claimed and _cut(exchange.claimed)
        exchange.ended = True
        exchange.end_turn = self.last_end = self._turns.next_end()
        for audience in self._audiences:
            for listener in audience.listeners:
                listener(exchange)

    def find(self, exchange_id: str) -> Exchange | None:
        """The exchange with this id, if it is still kept."""
        found = self._begun.get(exchange_id)
        return found if found and found.ended else None

    def exchanges(self) -> list[Exchange]:
        """Those that have ended and are kept, in the order in which they began."""
        return [one for one in self.snapshot() if one.ended]

    def snapshot(self) -> list[Exchange]:
        """All that are kept, in the order in which they began, those that have not ended among them. Cheap:
        who looks at them elsewhere goes by ``end_turn``."""
        return list(self._begun.values())[-self._size() :]

    def restore(self, exchanges: Sequence[Exchange], last_number: int) -> None:
        """Put exchanges back as they were."""
        self._begun = {exchange.id: exchange for exchange in exchanges}
        self._last_number = last_number
        self.last_end = max((exchange.end_turn for exchange in exchanges), default=0)

    def close(self, reason: str) -> None:
        """Tell of nothing any more: the tenant is gone. What is under way ends unheard."""
        self._audiences = ()
        self.audience.close(reason)


def _cut(body: bytes) -> bytes:
    return body if len(body) <= LARGEST_KEPT else body[:LARGEST_KEPT]
