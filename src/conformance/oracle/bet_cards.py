"""Expected fields of Betstack's calculator, cards and generated smartbets.

Sources: the pages calculator/finance-details, smartbet/get-smartbet-card-by-code and
smartbet/generate-a-smartbet of https://developer.betstack.io. Codes from 900 are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from conformance.oracle.betstack import Finances

INVALID_RISK: Final = 940
WIN_OUT_OF_REACH: Final = 941

KINDS: Final = ("jackpot", "quicktip", "smartbet", "quickbet", "superbet")

_AMOUNTS: Final[Mapping[str, type]] = {
    "price": int,
    "total_odds": Decimal,
    "stake": int,
    "ext": Decimal,
    "ext_amount": int,
    "wht": Decimal,
    "wht_amount": int,
    "gross_payout": int,
    "net_payout": int,
}
FINANCE_DETAILS: Final[Mapping[str, type]] = {**_AMOUNTS, "ext_type": str}
SMARTBET: Final[Mapping[str, type]] = {**_AMOUNTS, "risk": str, "events": list}
SMARTBET_CARD: Final[Mapping[str, type]] = dict.fromkeys(
    ("code", "title", "description", "sitename", "domain", "preview_img"), str
)
CARD_NULLABLE: Final = frozenset({"sitename", "domain", "preview_img"})

SELECTED_EVENT: Final[Mapping[str, type]] = {
    "starts": str,
    "operator_time_starts": str,
    "category": dict,
    "home_team": dict,
    "away_team": dict,
    "bet": dict,
    "id": int,
}
CATEGORY: Final[Mapping[str, type]] = {
    f"{place}_{name}": kind
    for place in ("league", "country")
    for name, kind in (("id", int), ("slug", str), ("name", str))
}
TEAM: Final[Mapping[str, type]] = {"name": str, "slug": str, "id": int}
SELECTED_BET: Final[Mapping[str, type]] = {
    **dict.fromkeys(("bet_code", "bet_name", "market_code", "market_name", "line_code", "line_name"), str),
    "id": int,
    "odds": Decimal,
    "updated": str,
}
TAKEN_BET: Final[Mapping[str, type]] = {
    name: SELECTED_BET[name] for name in ("id", "bet_code", "bet_name", "market_code", "market_name", "odds")
}
"""What a ticket shows of the bet that was taken (BS-ASM-018)."""

BET_NULLABLE: Final = frozenset({"line_code", "line_name"})

UPDATED: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"
"""Whole seconds, no offset."""

CARD_CODE: Final = r"[0-9A-Z]{6}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A printed calculation; amounts in cents, taxes in percent."""

    price: int
    odds: tuple[Decimal, ...]
    ext: Decimal
    wht: Decimal
    total_odds: Decimal
    amounts: Finances


CALCULATOR_SAMPLE: Final = Sample(
    1000,
    (Decimal("1.24"), Decimal("2.76")),
    Decimal("12.5"),
    Decimal(20),
    Decimal("3.42"),
    Finances(stake=889, ext_amount=111, gross_payout=3040, wht_amount=430, net_payout=2610),
)
SMARTBET_SAMPLE: Final = Sample(
    2000,
    (Decimal("18.24"),),
    Decimal("12.5"),
    Decimal(20),
    Decimal("18.24"),
    Finances(stake=1778, ext_amount=222, gross_payout=32431, wht_amount=6131, net_payout=26300),
)
PLATFORM_SAMPLE: Final = Sample(
    500,
    (Decimal("6.40"),),
    Decimal("12.5"),
    Decimal(10),
    Decimal("6.40"),
    Finances(stake=444, ext_amount=56, gross_payout=2842, wht_amount=240, net_payout=2602),
)
"""That of the signed call to an operator's platform, which fits odds of 6.40."""
