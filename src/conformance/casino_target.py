"""The table ``[betcore-casino]`` of a target file: what the kit has to know to call a casino's wallet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from conformance.toml_rows import Row

TABLE: Final = "betcore-casino"

CAPABILITIES: Final = (
    *("bet-return", "payout-return", "jackpot", "reopen", "tax", "promotions"),
    *("make-list", "info", "cashback", "accepts", "key-rotation"),
)

REFRESH_TOKENS: Final = (
    "refresh_token",
    "newcomer_refresh_token",
    "expired_refresh_token",
    "blocked_refresh_token",
)
"""Keys whose values are tokens that the casino issued."""

CASINO: Final = (
    Row("client_id", str),
    Row("secret", str, default=None, secret=True),
    Row("user_id", str),
    Row("second_user_id", str, default=None),
    Row("blocked_user_id", str, default=None),
    Row("newcomer_user_id", str, default=None),
    *(Row(key, str, default=None, secret=True) for key in REFRESH_TOKENS),
    Row("currency", str, default="EUR"),
    Row("tag_id", int, default=1313),
    Row("stake", Decimal, default=Decimal(10), least=1),
    Row("lacks", list, default=(), of=str),
)


@dataclass(frozen=True, slots=True)
class CasinoTarget:
    """What the profile ``betcore-casino`` needs."""

    client_id: str
    secret: str | None
    """What the casino shows for an access token; ``None``: whatever it shows will do."""
    user: str
    second_user: str | None
    """Another player of the same currency, who may bet."""
    blocked_user: str | None
    """A player who must not bet."""
    newcomer: str | None
    """Whom the casino does not know before a token is presented that was issued for them."""
    refresh_tokens: dict[str, str]
    """Those of :data:`REFRESH_TOKENS` that the file has."""
    currency: str
    tag: int
    stake: Decimal
    """Major units of the player's currency; the unit of every movement of a run."""
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        return [*([self.secret] if self.secret else []), *self.refresh_tokens.values()]


def read(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> CasinoTarget:
    """The table as ``table`` reads it by rows and ``lacks`` checks its capabilities.

    Raises :exc:`KitError` as they do.
    """
    row = table(value, CASINO, TABLE)
    return CasinoTarget(
        client_id=row["client_id"],
        secret=row["secret"],
        user=row["user_id"],
        second_user=row["second_user_id"],
        blocked_user=row["blocked_user_id"],
        newcomer=row["newcomer_user_id"],
        refresh_tokens={key: row[key] for key in REFRESH_TOKENS if row[key] is not None},
        currency=row["currency"],
        tag=row["tag_id"],
        stake=row["stake"],
        lacks=lacks(row["lacks"], TABLE),
    )
