"""The access to BETCORE that a casino has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Access:
    """The access token that a casino has, and the moment from which it gets another."""

    token: str = field(default="", repr=False)
    until: datetime | None = None
