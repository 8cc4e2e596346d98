"""The table ``[betcore-aggregator]`` of a target file: what the kit has to know to be BETCORE's casino."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from conformance.toml_rows import Row

TABLE: Final = "betcore-aggregator"

CASINO_CALLS: Final = "casino-calls"
"""That the target's calls of a casino can be led to the kit."""

CAPABILITIES: Final = (CASINO_CALLS, "cashback", "verify", "second-client")

CLIENT: Final = (Row("partner_client_id", int, least=1), Row("secret", str, secret=True))

AGGREGATOR: Final = (
    *CLIENT,
    Row("user_id", str),
    Row("stake", Decimal, default=Decimal(10), least=1),
    Row("second_client", dict, default=None),
    Row("lacks", list, default=(), of=str),
)


@dataclass(frozen=True, slots=True)
class Client:
    """A partner client, with what it shows to get an access token."""

    number: int
    """Its ``PartnerClientId``."""
    secret: str

    @property
    def name(self) -> str:
        """What the claim ``client_id`` calls it (BC-ASM-031)."""
        return f"PartnerClient-{self.number}"


@dataclass(frozen=True, slots=True)
class AggregatorTarget:
    """What the profile ``betcore-aggregator`` needs."""

    client: Client
    user: str
    """Whom BETCORE takes bets of, and the casino, which the kit plays, knows."""
    stake: Decimal
    """Major units; what an ordinary transaction of a run is about."""
    second_client: Client | None
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        return [client.secret for client in (self.client, self.second_client) if client]


def read(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> AggregatorTarget:
    """The table as ``table`` reads it by rows and ``lacks`` checks its capabilities.

    Raises :exc:`KitError` as they do.
    """
    row = table(value, AGGREGATOR, TABLE)
    second = row["second_client"] and table(row["second_client"], CLIENT, TABLE, "second_client")
    return AggregatorTarget(
        client=_client(row),
        user=row["user_id"],
        stake=row["stake"],
        second_client=_client(second) if second else None,
        lacks=lacks(row["lacks"], TABLE) | (frozenset() if second else frozenset({"second-client"})),
    )


def _client(row: dict[str, Any]) -> Client:
    return Client(row["partner_client_id"], row["secret"])
