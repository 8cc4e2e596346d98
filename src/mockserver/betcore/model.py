"""The casino's client: a tenant with its wallet's books. Amounts are decimals in the player's currency,
major units."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from mockserver.betcore.aggregator.access import AccessTokens
from mockserver.betcore.aggregator.asked import AskedBook
from mockserver.betcore.aggregator.keys import ClientKeys
from mockserver.betcore.books import Books
from mockserver.betcore.casino_access import Access
from mockserver.betcore.feed.model import FeedBooks
from mockserver.betcore.refresh_tokens import RefreshToken, RefreshTokens, TokenHolders
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import PARTNER_CLIENT

_NAME = re.compile("PartnerClient-([1-9][0-9]{0,17})")

HOUSE = "house"
"""The casino's own account, the other side of every movement."""


@dataclass(slots=True, kw_only=True, eq=False)
class PartnerClient(Tenant):
    """A tenant of the casino API. Its ledger is in units of the players' currencies."""

    kind: ClassVar[str] = PARTNER_CLIENT

    books: Books = field(default_factory=Books, repr=False)
    refresh_tokens: RefreshTokens = field(default_factory=RefreshTokens, repr=False)
    asked: AskedBook = field(default_factory=AskedBook, repr=False)
    """What BETCORE asked the casino for."""
    keys: ClientKeys = field(default_factory=ClientKeys, repr=False)
    """What BETCORE's calls are signed with."""
    tokens: AccessTokens = field(default_factory=AccessTokens, repr=False)
    """Access to BETCORE that was issued to the client."""
    access: dict[str, Access] = field(default_factory=dict, repr=False)
    """The access that the built-in casino has to each BETCORE, by the base URL of that one's API."""
    feed: FeedBooks = field(default_factory=FeedBooks, repr=False)
    leaving: set[Callable[[], None]] = field(default_factory=set, repr=False)
    """Called when it is gone."""

    def __post_init__(self) -> None:
        Tenant.__post_init__(self)  # a class with slots has no `super()` of its own
        self.players = TokenHolders(
            self.refresh_tokens, lambda token, player: self.issue(token, player.id, player.currency)
        )

    def issue(self, token: str, user_id: str, currency: str) -> None:
        """Note that a refresh token was issued now; it lives as long as the client's setting says.

        :param currency: of the account that the user gets who has none yet
        """
        now = self.clock.now()
        life = timedelta(seconds=self.settings["refresh_token_seconds"])
        self.refresh_tokens.keep(
            RefreshToken(
                token=token, user_id=user_id, currency=currency, issued_at=now, expires_at=now + life
            )
        )

    @property
    def partner_client_id(self) -> int | None:
        """``PartnerClientId``, the number in the name (BC-ASM-031); ``None`` where there is none."""
        found = _NAME.fullmatch(self.name)
        return int(found[1]) if found else None

    def close(self) -> None:
        """It is gone, and whoever is connected to its feed is told."""
        Tenant.close(self)  # a class with slots has no `super()` without arguments before Python 3.14
        for leave in tuple(self.leaving):
            leave()
