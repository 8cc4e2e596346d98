"""Between the documents of Betstack's calls and the platform's model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.betstack.pam.model import Amounts, Content, Update
from mockserver.betstack.pam.service import PlayerDetails
from mockserver.kernel.errors import EdgeRefusal, Rejection

_LARGEST = 2**53 - 1
"""The integers that every JSON reader holds exactly."""


def identified(it: PlayerDetails) -> dict[str, Any]:
    """The answer to identify, fields in the documented order. There are no extra features."""
    return {
        "player_id": it.player.id,
        "lang": it.lang,
        "balance": it.balance,
        "currency": it.player.currency,
        "feature_flags": {},
    }


def content(data: Mapping[str, Any]) -> Content:
    """Read a creation or reservation of either generation (BS-ASM-003, BS-ASM-077).

    :raises Rejection: an amount is too large
    """
    return Content(
        code=data["ticket_code"],
        player_id=data["player_id"],
        psp=data.get("psp"),
        currency=data["currency"],
        atag=data.get("atag"),
        rtag=data.get("rtag"),
        ticket_type=data["ticket_type"],
        amounts=_amounts(data, net_payout=cents(data, "net_payout")),
    )


def update(data: Mapping[str, Any]) -> Update:
    """Read an update. Where it ends at ``gross_payout``, as its page does, the payout after tax is that less
    the tax (BS-ASM-022).

    :raises Rejection: an amount is too large
    """
    if "net_payout" in data:
        net_payout = cents(data, "net_payout")
    else:
        net_payout = max(cents(data, "gross_payout") - cents(data, "wht_amount"), 0)
    return Update(
        player_id=data["player_id"],
        currency=data.get("currency"),
        amounts=_amounts(data, net_payout=net_payout),
    )


def cents(data: Mapping[str, Any], name: str) -> int:
    """Read an amount of cents, which a void may write as ``444.0`` (BS-ASM-087).

    :raises Rejection: it is too large
    """
    return int(_number(data, name))


def _amounts(data: Mapping[str, Any], *, net_payout: int) -> Amounts:
    return Amounts(
        price=cents(data, "price"),
        stake=cents(data, "stake"),
        wht_amount=cents(data, "wht_amount"),
        wht=_number(data, "wht"),
        ext_amount=cents(data, "ext_amount"),
        ext=_number(data, "ext"),
        ext_type=data["ext_type"],
        gross_payout=cents(data, "gross_payout"),
        net_payout=net_payout,
    )


def _number(data: Mapping[str, Any], name: str) -> Decimal:
    number = Decimal(data[name])
    if number > _LARGEST:
        raise Rejection(
            EdgeRefusal.INVALID_REQUEST, f"body: data.{name}: is above {_LARGEST}, the most that is taken"
        )
    return number
