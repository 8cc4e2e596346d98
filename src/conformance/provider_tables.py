"""The tables ``[betcore-sessions]`` and ``[betcore-provider]`` of a target file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from conformance.toml_rows import Row

SESSIONS: Final = "betcore-sessions"
PROVIDER: Final = "betcore-provider"

CAPABILITIES: Final[Mapping[str, tuple[str, ...]]] = {
    SESSIONS: ("pay-in-out", "demo-session", "blocked-session", "other-session", "limits", "provider-calls"),
    PROVIDER: ("demo", "pay-in", "pay-in-out", "crash-game", "session-calls"),
}

SESSIONS_ROWS: Final = (
    Row("counterparty_id", str),
    Row("secret", str, secret=True),
    Row("session", str),
    Row("other_session", str, default=None),
    Row("demo_session", str, default=None),
    Row("blocked_session", str, default=None),
    Row("stake", Decimal, default=Decimal(1), least=Decimal("0.04")),
    Row("min_bet", Decimal, default=None, least=Decimal(0)),
    Row("max_bet", Decimal, default=None, least=Decimal(0)),
    Row("launch_player", str, default=None),
    Row("launch_game", str, default=None),
    Row("lacks", list, default=(), of=str),
)
PROVIDER_ROWS: Final = (
    Row("counterparty_id", str),
    Row("secret", str, secret=True),
    Row("game", str, default=None),
    Row("crash_game", str, default=None),
    Row("user_id", str, default="553314AA2"),
    Row("currency", str, default="EUR"),
    Row("language", str, default="en"),
    Row("min_bet", Decimal, default=Decimal("0.01"), least=Decimal(0)),
    Row("max_bet", Decimal, default=Decimal(50000), least=Decimal(0)),
    Row("stake", Decimal, default=Decimal(1), least=Decimal("0.04")),
    Row("lacks", list, default=(), of=str),
)


@dataclass(frozen=True, slots=True)
class SessionsTarget:
    """What the profile ``betcore-sessions`` needs. Amounts in major units of the sessions' currency."""

    counterparty_id: str
    secret: str
    session: str
    """Of a player whose balance the run moves, and gives back."""
    other_session: str | None
    """Another one of the same player."""
    demo_session: str | None
    blocked_session: str | None
    """Of a player who may not bet."""
    stake: Decimal
    min_bet: Decimal | None
    max_bet: Decimal | None
    """Limits of ``session``; both ends are within."""
    launch_player: str | None
    launch_game: str | None
    """For whom, and which game, the hook ``launch`` is asked for."""
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        sessions = (self.session, self.other_session, self.demo_session, self.blocked_session)
        return [self.secret, *(session for session in sessions if session)]


@dataclass(frozen=True, slots=True)
class ProviderTarget:
    """What the profile ``betcore-provider`` needs. Amounts in major units of ``currency``."""

    counterparty_id: str
    secret: str
    game: str | None
    """Id of the game that is launched; without it the first one that is listed and is no crash game."""
    crash_game: str | None
    user_id: str
    currency: str
    language: str
    min_bet: Decimal
    max_bet: Decimal
    stake: Decimal
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        return [self.secret]


def read_sessions(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> SessionsTarget:
    """The table as ``table`` reads it by rows and ``lacks`` checks its capabilities.

    What the file does not name counts as lacked. Raises :exc:`KitError` as they do.
    """
    row = table(value, SESSIONS_ROWS, SESSIONS)
    named = {
        "demo-session": row["demo_session"],
        "blocked-session": row["blocked_session"],
        "other-session": row["other_session"],
        "limits": row["min_bet"] is not None and row["max_bet"] is not None,
    }
    lacking = frozenset(name for name, there in named.items() if not there)
    return SessionsTarget(**{**row, "lacks": lacks(row["lacks"], SESSIONS) | lacking})


def read_provider(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> ProviderTarget:
    """As :func:`read_sessions`, for the other table."""
    row = table(value, PROVIDER_ROWS, PROVIDER)
    lacking = frozenset() if row["crash_game"] else frozenset({"crash-game"})
    return ProviderTarget(**{**row, "lacks": lacks(row["lacks"], PROVIDER) | lacking})
