"""A ticket that the kit makes up to call an operator's platform with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from conformance.oracle import pam
from conformance.oracle.betstack import finances
from conformance.oracle.pam import Amounts, Life

WHT: Final = Decimal(10)
EXT: Final = Decimal("12.5")
ODDS: Final = Decimal("6.40")
"""Those of the vendor's signed sample: no amount, and no multiple of one, can be taken for another."""

REASON: Final = "some-reason"


@dataclass(slots=True)
class Ticket:
    """A made-up ticket, and what a good platform holds of it."""

    id: str
    code: str
    kind: str
    """Type of the ticket."""
    life: Life

    def fields(self, action: str, own: Mapping[str, str], *, v2: bool) -> dict[str, Any]:
        """The fields of an action in documented order, null optionals included.

        ``own`` has those that belong to the operator and the player; ``v2`` leaves out what came with
        generation v3 and writes percentages as that did.
        """
        amounts = self.life.void if action == pam.VOID else self.life.amounts
        values: dict[str, Any] = {
            **own,
            "ticket_id": self.id,
            "ticket_code": self.code,
            "psp": None,
            **{name: getattr(amounts, name) for name in pam.AMOUNTS},
            "wht": float(WHT) if v2 else int(WHT),
            "ext": float(EXT),
            "ext_type": "inclusive",
            "atag": None,
            "rtag": None,
            "ticket_type": self.kind,
            "reason": REASON,
        }
        names = [name for name in pam.ORDER[action] if not (v2 and name in pam.SINCE_V3)]
        return {name: values[name] for name in names}

    def better_payouts(self) -> dict[str, int]:
        """The payouts of a jackpot that has grown, in cents; price and stake stay."""
        amounts = self.life.amounts
        return {
            "wht_amount": amounts.wht_amount + 137,
            "gross_payout": amounts.gross_payout + 1370,
            "net_payout": amounts.net_payout + 1233,
        }


def made_up(ticket_id: str, price: int, kind: str) -> Ticket:
    """A ticket at this price in cents; wholly void it gives its price back."""
    made = finances(price, EXT, WHT, [ODDS])
    amounts = Amounts(price, made.stake, made.ext_amount, made.gross_payout, made.wht_amount, made.net_payout)
    void = replace(amounts, wht_amount=0, gross_payout=price, net_payout=price)
    return Ticket(ticket_id, ticket_id[-6:].upper(), kind, Life(amounts, void))
