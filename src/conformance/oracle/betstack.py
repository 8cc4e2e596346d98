"""Expected codes, texts, transitions, fields and payouts of Betstack's bet engine.

Sources: the pages create-ticket-endpoint, reserve-ticket-endpoint, paid-ticket-endpoint, get-ticket-endpoint,
get-ticket-list-endpoint, fields and calculator/finance-details of https://developer.betstack.io, and what
they say of the calls to an operator's platform. Codes from 900 are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEATURE_OFF: Final = 100
UNKNOWN_PLAYER: Final = 101
UNKNOWN_TICKET: Final = 102
UNKNOWN_OPERATOR: Final = 106
WRONG_STATE: Final = 117
INVALID_REQUEST: Final = 900
UNSUPPORTED_MEDIA_TYPE: Final = 901
TOO_LARGE: Final = 902
ACCESS_DENIED: Final = 903
UNKNOWN_PATH: Final = 904
METHOD_NOT_ALLOWED: Final = 905
UNKNOWN_EVENT: Final = 910
UNKNOWN_BET: Final = 911
ODDS_CHANGED: Final = 912
CURRENCY_MISMATCH: Final = 913
DUPLICATE_EVENT: Final = 914
PAYOUT_LIMIT: Final = 915
PLAYER_BLOCKED: Final = 916
UNKNOWN_CARD: Final = 917
WRONG_NUMBER_OF_PICKS: Final = 918
EVENT_STARTED: Final = 919
EVENT_SUSPENDED: Final = 920
TOO_FEW_LEGS: Final = 921
TOO_MANY_LEGS: Final = 922
PRICE_TOO_LOW: Final = 923
PRICE_TOO_HIGH: Final = 924
INSUFFICIENT_FUNDS: Final = 925
PLATFORM_REFUSED: Final = 926
PLATFORM_UNREACHABLE: Final = 927

HIGHEST_PRICE: Final = 10**12
HIGHEST_PAYOUT: Final = 10**15
"""Cents (BS-ASM-033, BS-ASM-012)."""

MESSAGES: Final[Mapping[int, tuple[str, ...]]] = {
    FEATURE_OFF: ("{feature} feature not implemented yet",),
    UNKNOWN_TICKET: ("Ticket with `{identifier}` identifier is not found",),
    UNKNOWN_OPERATOR: ("Operator {operator} was not found",),
    ODDS_CHANGED: ("Ticket odds changed",),
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

TYPES: Final = ("quicktip", "smartbet", "quickbet", "superbet", "jackpot")
STATUSES: Final = ("new", "cancelled", "reserved", "open", "calculating", "resulted", "closed")
RESULTS: Final = ("pending", "won", "lost", "void")
SOURCES: Final = ("desktop", "mobile", "android", "iphone", "ussd", "sms", "telegram")

UTC_TIME: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}"
"""Microseconds, no offset; the operator's times are written alike."""

MONEY: Final = ("price", "stake", "gross_payout", "net_payout", "wht_amount", "ext_amount")
PAYOUTS: Final = ("gross_payout", "net_payout", "wht_amount")
TIMES: Final = ("created", "updated", "operator_time_updated")

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

CREATED_SUPERBET: Final[Mapping[str, type]] = {
    name: _READ[name]
    for name in (
        *("id", "code", "price", "stake", "currency", "status", "result", "approved", "source", "type"),
        *("atag", "user_id", "created", "updated"),
    )
}
"""Fields of the answer to a superbet's creation; what the oldest generation calls stake is the price."""

CREATED_JACKPOT: Final[Mapping[str, type]] = {"id": str, "code": str, "price": int, "stake": int}
RESERVED_QUICKTIP: Final[Mapping[str, type]] = {**CREATED_JACKPOT, "currency": str}
READ_JACKPOT: Final[Mapping[str, type]] = {
    "psp": str,
    **{name: _COMMON[name] for name in ("id", "code", *MONEY, "currency", "wht")},
}
"""As far as the pages' tables were seen."""

READ_ANY: Final = _READ
"""Fields that the tables of every type have in common, were they not cut (BS-ASM-017)."""

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
    total = total_odds(odds) if odds else Decimal(0)
    gross = _cents(stake * total)
    withheld = max(_cents((gross - stake) * wht / 100), 0) if odds else 0
    return Finances(stake, price - stake, gross, withheld, gross - withheld)


def total_odds(odds: Sequence[Decimal]) -> Decimal:
    """The product of the odds, rounded to two digits, half up."""
    total = Decimal(1)
    for value in odds:
        total *= value
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


ANNOUNCES: Final[Mapping[str, str]] = {"createTicket": "ticket_create", "reserveTicket": "ticket_reserve"}
"""Operation to the action by which the operator's platform is told of it."""

PASSED_ON: Final[Mapping[str, tuple[int, ...]]] = {
    "createTicket": (UNKNOWN_PLAYER, PLAYER_BLOCKED, INSUFFICIENT_FUNDS),
    "reserveTicket": (UNKNOWN_PLAYER, PLAYER_BLOCKED),
}
"""Codes of a platform's refusal that the caller gets as they are (BS-ASM-044)."""


def told_caller(operation: str, code: object) -> int:
    """The code that a caller gets when the platform refused with this one (BS-ASM-044)."""
    passed = PASSED_ON[operation]
    return code if isinstance(code, int) and code in passed else PLATFORM_REFUSED
