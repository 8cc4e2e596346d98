"""What passes between a live hub at the edge and the vendor that feeds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mockserver.kernel.exchange import Document


class Stream(Protocol):
    """What a consumer subscribed to."""

    @property
    def key(self) -> int:
        """What tells it from other streams of the same connection."""

    def next_message(self) -> Document:
        """The next message, as things stand now."""


class Consumer(Protocol):
    """Who is connected."""

    @property
    def tenant(self) -> Any:
        """Whose consumer it is."""

    def new_id(self) -> str:
        """An id for a connection."""

    def subscribe(self, wanted: Mapping[str, Any]) -> Stream:
        """Subscribe.

        :param wanted: the filter, which fits the contract
        :raises mockserver.kernel.errors.Rejection: what is wanted is not to be had
        """

    def when_gone(self, leave: Callable[[], None]) -> Callable[[], None]:
        """Have something done when the tenant is reset or dropped.

        :returns: takes that back
        """


class LiveSource(Protocol):
    """The vendor's side of a hub."""

    def admit(self, token: str | None) -> Consumer:
        """Identify who connects.

        :raises mockserver.kernel.errors.Rejection: there is no token that gives access
        """
