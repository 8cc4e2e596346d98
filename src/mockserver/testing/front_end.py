"""What a front end sends to Betstack's bet engine for a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mockserver.kernel.json_codec import dump

_PICKS = MappingProxyType(
    {"odds_diff": Decimal(0), "events": [{"id": 100001, "bet": 101, "odds": Decimal("3.10")}]}
)
_OF_TYPE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "quickbet": _PICKS,
        "quicktip": _PICKS,
        "superbet": MappingProxyType({"event": 100001, "bets": [101, 102, 103]}),
    }
)
"""What can be bet on in the built-in catalogue without a card."""


def ticket_request(operator: str, type: str, fields: Mapping[str, Any]) -> bytes:
    """The body of a call that creates or reserves a ticket, in the documented order. What is left out is that
    of the standard player and the built-in catalogue.

    :param type: of ticket, such as ``quickbet``
    :param fields: as the contract has them; amounts in cents
    """
    head: dict[str, Any] = {
        "operator": operator,
        "token": "UnIqUe-ToKeN",
        "psp": "mobile",
        "price": 2000,
        "currency": "KES",
        "atag": None,
        "rtag": None,
        "source": "mobile",
        "type": type,
    }
    return dump({**head, **_OF_TYPE.get(type, {}), **fields})
