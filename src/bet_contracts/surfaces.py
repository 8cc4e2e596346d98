"""The surfaces: one API each, served by one party, transcribed in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Surface:
    """One API of one party."""

    name: str
    file: str
    """Path of its contract inside the contracts' directory."""
    served_by: str
    called_by: str

    @property
    def vendor(self) -> str:
        """The folder of its contract and registers."""
        return self.file.partition("/")[0]

    @property
    def is_http(self) -> bool:
        """Whether the contract is OpenAPI; the live feed's is AsyncAPI."""
        return not self.file.endswith(".asyncapi.yaml")


VENDORS: Final = ("betstack", "betcore")

SURFACES: Final[Mapping[str, Surface]] = MappingProxyType(
    {
        surface.name: surface
        for surface in (
            Surface("betstack.bet_card", "betstack/bet-card.yaml", "Betstack", "operator"),
            Surface("betstack.bet_engine", "betstack/bet-engine.yaml", "Betstack", "operator"),
            Surface("betstack.pam", "betstack/pam-platform.yaml", "operator", "Betstack"),
            Surface("betstack.sms", "betstack/sms-notifications.yaml", "operator", "Betstack"),
            Surface("betcore.aggregator", "betcore/aggregator.yaml", "BETCORE", "casino"),
            Surface("betcore.casino", "betcore/casino.yaml", "casino", "BETCORE"),
            Surface("betcore.provider", "betcore/provider.yaml", "game provider", "BETCORE"),
            Surface("betcore.sessions", "betcore/sessions.yaml", "BETCORE", "game provider"),
            Surface("betcore.feed", "betcore/feed.yaml", "BETCORE", "feed consumer"),
            Surface("betcore.livefeed", "betcore/livefeed.asyncapi.yaml", "BETCORE", "feed consumer"),
        )
    }
)
"""By name, in the order in which they are shown."""
