"""A tenant's secret, and those that it replaced for as long as they still count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SHORTEST_SECRET = 8
"""Characters; shorter ones could not be told from other text when they are blotted out."""

_KEPT = 20
"""How many are remembered that count no more, so that they can be recognised."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A secret that was replaced, and the moment from which it counts no more."""

    value: str = field(repr=False)
    until: datetime


@dataclass(slots=True)
class Secret:
    """The current secret and the retired ones, the newest first."""

    current: str = field(repr=False)
    retired: list[Retired] = field(default_factory=list)

    def accepted(self, now: datetime) -> list[str]:
        """Every secret that counts at this moment."""
        return [self.current, *(one.value for one in self.retired if now < one.until)]

    def rotate(self, new: str, now: datetime, overlap: timedelta) -> None:
        """Put a new secret in the place of the current one, which counts for ``overlap`` longer."""
        retired = [Retired(self.current, now + overlap), *self.retired]
        self.retired = [one for place, one in enumerate(retired) if now < one.until or place < _KEPT]
        self.current = new

    def ever(self) -> list[str]:
        """Every secret that is remembered, whether it counts or not."""
        return [self.current, *(one.value for one in self.retired)]
