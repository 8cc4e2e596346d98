"""A tenant as it is asked for, and what it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.kernel.control import ControlRefusal, Problem, Vendor
from mockserver.kernel.journal import NOBODY
from mockserver.kernel.ledger import Ledger
from mockserver.kernel.players import Players, PlayerSpec, TokenTaken, seed
from mockserver.kernel.settings import SettingsError
from mockserver.kernel.tenant_settings import tenant_values

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


_GREATEST_BALANCE = 10**15
"""In the vendor's unit; winnings on top of it stay within the integers that JSON readers hold exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSpec:
    """A tenant as asked for. What is ``None`` is made up or the standard."""

    kind: str
    name: str | None = None
    secret: str | None = None
    settings: Mapping[str, Any]
    players: tuple[PlayerSpec, ...] | None = None


def require_players(vendor: Vendor, specs: Sequence[PlayerSpec]) -> None:
    """See to it that a tenant of the vendor can have these players.

    :raises ControlRefusal: it can't
    """
    put_players(vendor, Players(), Ledger(), specs)


def require_name(name: str) -> None:
    """See to it that a tenant can be called so.

    :raises ControlRefusal: it can't
    """
    if not _NAME.fullmatch(name) or name == NOBODY:
        raise ControlRefusal(
            Problem.INVALID,
            f"name: has to be 1 to 64 letters, digits, dots, dashes and underscores, the first a letter "
            f"or a digit, and not `{NOBODY}`",
        )


def checked_settings(kind: str, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of a tenant with its value, see :func:`tenant_values`.

    :raises ControlRefusal: a setting is unknown or can't have its value
    """
    try:
        return tenant_values(kind, given, defaults)
    except SettingsError as error:
        raise ControlRefusal(Problem.INVALID, str(error)) from None


def put_players(vendor: Vendor, players: Players, ledger: Ledger, specs: Sequence[PlayerSpec]) -> None:
    """Put players in with the balances that are asked for.

    :raises ControlRefusal: a balance has more digits than the vendor's unit, or a token is another's
    """
    for spec in specs:
        if -int(spec.balance.normalize().as_tuple().exponent) > vendor.balance_places:
            raise ControlRefusal(
                Problem.INVALID,
                f"balance: of player `{spec.id}` is {spec.balance}; it has to be "
                + (
                    f"a decimal with at most {vendor.balance_places} digits after the point"
                    if vendor.balance_places
                    else "a whole number of cents"
                ),
            )
        if spec.balance > _GREATEST_BALANCE:
            raise ControlRefusal(
                Problem.INVALID, f"balance: of player `{spec.id}` is more than {_GREATEST_BALANCE:,}"
            )
    try:
        seed(players, ledger, specs)
    except TokenTaken as error:
        raise ControlRefusal(Problem.CONFLICT, f"tokens: {error}") from None
