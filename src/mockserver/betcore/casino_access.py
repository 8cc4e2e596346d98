"""The access to BETCORE that a casino has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Access:
    """The access token that a casino has, and the moment from which it gets another."""

    token: str = field(repr=False)
    until: datetime
