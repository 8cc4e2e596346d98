"""Expected codes, texts, transitions, fields and payouts of Betstack's bet engine.

Sources: the pages paid-ticket-endpoint, get-ticket-endpoint, reserve-ticket-endpoint, fields and
calculator/finance-details of https://developer.betstack.io. Codes from 900 are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEATURE_OFF: Final = 100
UNKNOWN_PLAYER: Final = 101
UNKNOWN_TICKET: Final = 102
WRONG_STATE: Final = 117
INVALID_REQUEST: Final = 900
UNKNOWN_EVENT: Final = 910
UNKNOWN_BET: Final = 911
ODDS_CHANGED: Final = 912

MESSAGES: Final[Mapping[int, tuple[str, ...]]] = {
    FEATURE_OFF: ("{feature} feature not implemented yet",),
    UNKNOWN_TICKET: ("Ticket with `{identifier}` identifier is not found",),
    # The oldest copy of the page ends the sentence with a full stop.
    WRONG_STATE: (
        "Ticket has to have `reserved` status in order to do this action",
        "Ticket has to have `reserved` status in order to do this action.",
    ),
}
"""Documented wordings by code, the newest copy first."""

PAID: Final[Mapping[str, str]] = {"reserved": "open"}
"""Status before a payment to status after it; from any other it is refused with :data:`WRONG_STATE`."""

NULLABLE: Final = frozenset({"psp", "atag", "rtag"})

_COMMON: Final[Mapping[str, type]] = {
    "id": str,
    "code": str,
    "price": int,
    "stake": int,
    "gross_payout": int,
    "net_payout": int,
    "wht_amount": int,
    "wht": Decimal,
    "ext_amount": int,
    "ext": Decimal,
    "ext_type": str,
    "currency": str,
    "status": str,
    "result": str,
    "approved": bool,
    "source": str,
    "type": str,
    "atag": str,
}
_READ: Final[Mapping[str, type]] = {
    **_COMMON,
    "user_id": str,
    "created": str,
    "updated": str,
    "operator_time_updated": str,
}

RESERVED_SUPERBET: Final = _COMMON
"""Fields of the answer to a superbet reservation as far as the page's table was seen."""

READ_SUPERBET: Final[Mapping[str, type]] = {**_READ, "operator_time_created": str, "event": dict}
READ_QUICKTIP: Final[Mapping[str, type]] = {**_READ, "events": list}
"""Fields of a ticket that is read. `psp` and `rtag` came with the newest generation and may be absent;
the time of creation in the operator's zone is listed under another field's name for quicktips."""

REPEATED: Final = ("price", "currency", "source", "type", "atag")
"""Fields that a ticket repeats from its reservation."""


@dataclass(frozen=True, slots=True)
class Finances:
    """Amounts of a ticket in cents."""

    stake: int
    ext_amount: int
    gross_payout: int
    wht_amount: int
    net_payout: int


def finances(price: int, ext: Decimal, wht: Decimal, odds: Sequence[Decimal]) -> Finances:
    """The amounts that follow from a price in cents, taxes in percent, and the odds of the selections.

    Relations of the samples: the excise is inside the price, the odds multiply and are rounded to two
    digits, the withholding tax is on the profit; every amount is rounded to whole cents, half up. Without
    odds (superbet) the payouts are 0.
    """
    stake = _cents(Decimal(price) / (1 + ext / 100))
    total = Decimal(0)
    if odds:
        total = Decimal(1)
        for value in odds:
            total *= value
        total = total.quantize(Decimal("0.01"), ROUND_HALF_UP)
    gross = _cents(stake * total)
    withheld = max(_cents((gross - stake) * wht / 100), 0) if odds else 0
    return Finances(stake, price - stake, gross, withheld, gross - withheld)


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
