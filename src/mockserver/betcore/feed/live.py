"""What the live hub asks the feed: who connects, what they may subscribe to, and the next message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.betcore.feed import tokens, wire
from mockserver.betcore.feed.game_types import GameType
from mockserver.betcore.feed.refusals import Refusal
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Document


class LiveFeed:
    """The feed as the hub meets it.

    :param clients: partner clients by ``client_id``
    """

    def __init__(self, clients: Mapping[str, PartnerClient]) -> None:
        self._clients = clients

    def admit(self, token: str | None) -> Consumer:
        """Identify who connects.

        :raises Rejection: there is no token that gives access
        """
        found = tokens.verify(token, self._clients)
        return Consumer(found.client, found.id)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who is connected."""

    tenant: PartnerClient
    token: str
    """Id of the token, which outlives the connection."""

    def new_id(self) -> str:
        """An id for a connection."""
        return self.tenant.ids.hex(32)

    def subscribe(self, wanted: Mapping[str, Any]) -> GameStream:
        """Subscribe to the games of one type.

        :param wanted: the filter, which fits the contract
        :raises Rejection: there is no such game type, or the filter names another partner client
        """
        if wanted["PartnerClientId"] != self.tenant.partner_client_id:
            raise Rejection(
                Refusal.INVALID_REQUEST, f"PartnerClientId: the token is that of `{self.tenant.name}`"
            )
        if wanted["GameType"] not in GameType.__members__.values():
            known = ", ".join(str(kind.value) for kind in GameType)
            raise Rejection(
                Refusal.INVALID_REQUEST, f"GameType: {wanted['GameType']} is none; there are {known}"
            )
        kind = GameType(int(wanted["GameType"]))
        return GameStream(self.tenant, kind, self.tenant.feed.counter_of(self.token))

    def when_gone(self, leave: Callable[[], None]) -> Callable[[], None]:
        """Have something done when the tenant is reset or dropped.

        :returns: takes that back
        """
        self.tenant.leaving.add(leave)
        return lambda: self.tenant.leaving.discard(leave)


@dataclass(frozen=True, slots=True)
class GameStream:
    """The current game of one type, as it is whenever somebody looks."""

    tenant: PartnerClient
    kind: GameType
    counter: dict[GameType, int]
    """Messages of the token so far, by type."""

    @property
    def key(self) -> int:
        """What tells it from other streams of the same connection."""
        return self.kind.value

    def next_message(self) -> Document:
        """The next message of the stream."""
        number = self.counter.get(self.kind, 0)
        self.counter[self.kind] = number + 1
        return wire.games_info(
            self.tenant.feed,
            self.tenant.feed.game_of(self.kind),
            number=number,
            maintenance=self.tenant.settings["feed_maintenance"],
            now=self.tenant.clock.now(),
        )
