"""The table ``[betstack-operator]`` of a target file: what the kit has to know to call an operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.toml_rows import Row

TABLE: Final = "betstack-operator"

CAPABILITIES: Final = (
    *("reserve", "update", "void", "rollback", "sms"),
    *("second-player", "blocked-player", "blocked-ticket"),
)

MESSAGE_NUMBER: Final = "msisdn"

OPERATOR: Final = (
    Row("operator", str),
    Row("secret", str, secret=True),
    Row("token", str),
    Row("second_token", str, default=None),
    Row("currency", str),
    Row("price", int, default=500, least=100),
    Row("blocked_player", dict, default=None),
    Row("sms_url", str, default=None),
    Row(MESSAGE_NUMBER, str, default=None),
    Row("lacks", list, default=(), of=str),
)
BLOCKED_PLAYER: Final = (
    Row("player_id", str),
    Row("token", str),
    Row("ticket", dict, default=None),
)
OPEN_TICKET: Final = (Row("id", str), Row("net_payout", int, least=1))


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that a player had before he was blocked; no result has come for it."""

    id: str
    net_payout: int
    """Cents."""


@dataclass(frozen=True, slots=True)
class BlockedPlayer:
    """A player who may not bet."""

    player_id: str
    token: str
    ticket: OpenTicket | None


@dataclass(frozen=True, slots=True)
class OperatorTarget:
    """What the profile ``betstack-operator`` needs."""

    operator: str
    secret: str
    token: str
    """Identifies the player whose balance the run moves."""
    second_token: str | None
    """Identifies another player of the same currency."""
    currency: str
    price: int
    """Cents; what an ordinary ticket costs."""
    blocked_player: BlockedPlayer | None
    sms_url: str | None
    """Where notifications go; a relative one starts from the URL under test."""
    msisdn: str | None
    """The phone number that gets the messages of a run."""
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        tokens = (self.token, self.second_token, self.blocked_player and self.blocked_player.token)
        return [self.secret, *(token for token in tokens if token)]


def read(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> OperatorTarget:
    """The table as ``table`` reads it by rows and ``lacks`` checks its capabilities.

    Raises :exc:`KitError` as they do.
    """
    row = table(value, OPERATOR, TABLE)
    if row["sms_url"] is not None and row[MESSAGE_NUMBER] is None:
        # Without a number of the user's own the messages would go to a stranger.
        table({}, (Row(MESSAGE_NUMBER, str),), TABLE)
    blocked = row["blocked_player"] and table(row["blocked_player"], BLOCKED_PLAYER, TABLE, "blocked_player")
    if blocked and blocked["ticket"]:
        row_of_ticket = table(blocked["ticket"], OPEN_TICKET, TABLE, "blocked_player", "ticket")
        blocked["ticket"] = OpenTicket(**row_of_ticket)
    return OperatorTarget(
        **{
            **row,
            "blocked_player": BlockedPlayer(**blocked) if blocked else None,
            "lacks": lacks(row["lacks"], TABLE) | _not_named(row, blocked),
        }
    )


def _not_named(row: Mapping[str, Any], blocked: Mapping[str, Any] | None) -> frozenset[str]:
    """What the target has to be taken to lack, since the file does not name it."""
    named = {
        "sms": row["sms_url"],
        "second-player": row["second_token"],
        "blocked-player": blocked,
        "blocked-ticket": blocked and blocked["ticket"],
    }
    return frozenset(name for name, value in named.items() if not value)
