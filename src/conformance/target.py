"""The target file: what the kit has to know about the party under test.

TOML. Secrets are named by environment variable (``secret_env``), so that the file can be kept under
version control. Every key is a row of a table below; one function walks the rows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from conformance import (
    aggregator_target,
    casino_target,
    feed_target,
    hooks,
    operator_target,
    provider_tables,
)
from conformance.aggregator_target import AggregatorTarget
from conformance.casino_target import CasinoTarget
from conformance.errors import KitError
from conformance.feed_target import FeedTarget
from conformance.operator_target import OperatorTarget
from conformance.oracle.betcore import ACCEPT_SECONDS
from conformance.oracle.betstack import TYPES
from conformance.provider_tables import ProviderTarget, SessionsTarget
from conformance.toml_rows import Row, read_table

CAPABILITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "betstack": (
        *("superbet", "quicktip", "jackpot", "quickbet", "smartbet", "create", "list", "bet-card"),
        *("second-operator", "limited-operator", "blocked-player", "poor-player"),
        *("started-event", "suspended-event", "limits", "platform-calls", "texts"),
    ),
    casino_target.TABLE: casino_target.CAPABILITIES,
    aggregator_target.TABLE: aggregator_target.CAPABILITIES,
    operator_target.TABLE: operator_target.CAPABILITIES,
    feed_target.TABLE: feed_target.CAPABILITIES,
    **provider_tables.CAPABILITIES,
}
"""Per profile, what a target may declare to lack."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A Betstack operator."""

    name: str
    secret: str
    token: str
    """Identifies a player of the operator."""
    currency: str
    ticket: str | None = None
    """Id of a ticket that the operator already has; only for one that can't reserve."""
    types_off: tuple[str, ...] = ()
    """Types of tickets and cards that the operator's account does not have."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One selection of a quicktip."""

    event: int
    bet: int
    odds: Decimal
    """The current odds at the target."""

    def fields(self) -> dict[str, object]:
        """The selection as a request holds it, in documented order."""
        return {"id": self.event, "bet": self.bet, "odds": self.odds}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator's account allows at least and at most; both ends are within."""

    least_price: int | None = None
    greatest_price: int | None = None
    """Cents."""
    least_events: int | None = None
    greatest_events: int | None = None


@dataclass(frozen=True, slots=True)
class BetstackTarget:
    """What the profile ``betstack`` needs."""

    operator: Operator
    second_operator: Operator | None
    limited_operator: Operator | None
    price: int
    """Cents."""
    create_price: int
    """Cents; what a created ticket costs, whose price the player really pays."""
    source: str
    superbet_event: int | None
    superbet_bets: tuple[int, ...]
    legs: tuple[Leg, ...]
    jackpot_card: str | None
    smartbet_card: str | None
    """Codes of cards; without them the first card of the kind is taken that the target lists."""
    started_event: Leg | None
    suspended_event: Leg | None
    blocked_token: str | None
    """Of a player of the operator who must not bet."""
    poor_token: str | None
    """Of a player of the operator who can't pay the price."""
    limits: Limits | None
    lacks: frozenset[str]

    def operators(self) -> tuple[Operator, ...]:
        """The operators that the file names."""
        return tuple(filter(None, (self.operator, self.second_operator, self.limited_operator)))


Section = (
    BetstackTarget
    | CasinoTarget
    | OperatorTarget
    | AggregatorTarget
    | FeedTarget
    | SessionsTarget
    | ProviderTarget
)
"""What a target file may say of a profile."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target file, read and checked."""

    label: str | None
    profiles: tuple[str, ...]
    answer_seconds: float
    """Until an answer must be complete."""
    settle_seconds: float
    """Until a balance must show a transaction that was accepted."""
    callback_seconds: float
    """Until a call must have arrived that the target makes after it has answered."""
    accept_seconds: float
    """Until the accept of a transaction must have arrived."""
    hook_seconds: float
    """Until a hook must have answered, which may be when the calls are done that it causes."""
    hooks: Mapping[str, str]
    """Name to URL; see :mod:`conformance.hooks`."""
    betstack: BetstackTarget | None
    casino: CasinoTarget | None
    platform: OperatorTarget | None
    feed: FeedTarget | None
    aggregator: AggregatorTarget | None
    sessions: SessionsTarget | None
    provider: ProviderTarget | None

    def section(self, profile: str) -> Section | None:
        """The table of a profile."""
        sections: dict[str, Section | None] = {
            "betstack": self.betstack,
            casino_target.TABLE: self.casino,
            operator_target.TABLE: self.platform,
            feed_target.TABLE: self.feed,
            aggregator_target.TABLE: self.aggregator,
            provider_tables.SESSIONS: self.sessions,
            provider_tables.PROVIDER: self.provider,
        }
        return sections[profile]

    def secrets(self) -> list[str]:
        """Every value of the file that no report may show."""
        tables = (self.platform, self.casino, self.aggregator, self.feed, self.sessions, self.provider)
        own = [secret for table in tables if table for secret in table.secrets()]
        if self.betstack is None:
            return own
        operators = self.betstack.operators()
        values = [value for operator in operators for value in (operator.secret, operator.token)]
        tokens = filter(None, (self.betstack.blocked_token, self.betstack.poor_token))
        return list(dict.fromkeys([*values, *tokens, *own]))


OPERATOR: Final = (
    Row("name", str),
    Row("secret", str, secret=True),
    Row("token", str),
    Row("currency", str),
    Row("ticket", str, default=None),
    Row("types_off", list, default=(), of=str),
)
BETSTACK: Final = (
    Row("operator", dict),
    Row("second_operator", dict, default=None),
    Row("limited_operator", dict, default=None),
    Row("price", int, default=2000, least=1),
    Row("create_price", int, default=100, least=1),
    Row("source", str, default="mobile"),
    Row("superbet", dict, default=None),
    Row("quicktip", dict, default=None),
    Row("jackpot_card", str, default=None),
    Row("smartbet_card", str, default=None),
    Row("started_event", dict, default=None),
    Row("suspended_event", dict, default=None),
    Row("blocked_token", str, default=None),
    Row("poor_token", str, default=None),
    Row("limits", dict, default=None),
    Row("lacks", list, default=(), of=str),
)
LIMITS: Final = (
    Row("least_price", int, default=None, least=2),
    Row("greatest_price", int, default=None, least=1),
    Row("least_events", int, default=None, least=2),
    Row("greatest_events", int, default=None, least=1),
)
SUPERBET: Final = (Row("event", int), Row("bets", list, of=int))
QUICKTIP: Final = (Row("legs", list, of=dict),)
LEG: Final = (Row("id", int), Row("bet", int), Row("odds", Decimal, least=1))
DEADLINES: Final = (
    Row("answer_seconds", Decimal, default=Decimal(10), least=Decimal("0.1")),
    Row("settle_seconds", Decimal, default=Decimal(5), least=Decimal(0)),
    Row("callback_seconds", Decimal, default=Decimal(5), least=Decimal(0)),
    Row("accept_seconds", Decimal, default=Decimal(ACCEPT_SECONDS), least=Decimal(0)),
    Row("hook_seconds", Decimal, default=Decimal(60), least=Decimal("0.1")),
)
TOP: Final = (
    Row("label", str, default=None),
    Row("profiles", list, of=str),
    Row("deadlines", dict, default=None),
    Row(hooks.TABLE, dict, default=None),
    Row("betstack", dict, default=None),
    Row(casino_target.TABLE, dict, default=None),
    Row(operator_target.TABLE, dict, default=None),
    Row(feed_target.TABLE, dict, default=None),
    Row(aggregator_target.TABLE, dict, default=None),
    Row(provider_tables.SESSIONS, dict, default=None),
    Row(provider_tables.PROVIDER, dict, default=None),
)


def sandbox_file() -> Path:
    """The built-in target file of the sandbox's documented seeds."""
    return Path(str(files("conformance") / "targets" / "sandbox.toml"))


def load(file: Path, environment: Mapping[str, str]) -> Target:
    """Read and check a target file.

    Raises :exc:`KitError` with one line that names the file, where it can the line, and the key.
    """
    try:
        text = file.read_text("utf-8")
        document = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise KitError(f"{file} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KitError(f"{file} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise KitError(f"{file} is no TOML: {error}") from error

    def table(value: dict[str, Any], rows: tuple[Row, ...], *path: str) -> dict[str, Any]:
        return read_table(value, rows, file=file, text=text, path=path, environment=environment)

    top = table(document, TOP)
    deadlines = table(top["deadlines"] or {}, DEADLINES, "deadlines")
    for profile in top["profiles"]:
        if profile not in CAPABILITIES:
            raise KitError(f"{file}: profiles: {profile} can't be run; there are {', '.join(CAPABILITIES)}")
        if top[profile] is None:
            raise KitError(f"{file}: profiles names {profile}, but the table [{profile}] is missing")
    if not top["profiles"]:
        raise KitError(f"{file}: profiles is empty")

    def lacks(values: list[Any], profile: str) -> frozenset[str]:
        for value in values:
            if value not in CAPABILITIES[profile]:
                raise KitError(
                    f"{file}: [{profile}] lacks: {value} is no capability; "
                    f"there are {', '.join(CAPABILITIES[profile])}"
                )
        return frozenset(values)

    def operator(value: dict[str, Any] | None, name: str) -> Operator | None:
        if value is None:
            return None
        row = table(value, OPERATOR, "betstack", name)
        for kind in row["types_off"]:
            if kind not in TYPES:
                raise KitError(
                    f"{file}: [betstack.{name}] types_off: {kind} is no type of ticket; "
                    f"there are {', '.join(TYPES)}"
                )
        return Operator(**{**row, "types_off": tuple(row["types_off"])})

    def leg(value: dict[str, Any] | None, name: str) -> Leg | None:
        if value is None:
            return None
        row = table(value, LEG, "betstack", name)
        return Leg(row["id"], row["bet"], row["odds"])

    def betstack(value: dict[str, Any]) -> BetstackTarget:
        row = table(value, BETSTACK, "betstack")
        first = operator(row["operator"], "operator")
        assert first is not None
        superbet = row["superbet"] and table(row["superbet"], SUPERBET, "betstack", "superbet")
        quicktip = row["quicktip"] and table(row["quicktip"], QUICKTIP, "betstack", "quicktip")
        legs = [table(one, LEG, "betstack", "quicktip", "legs") for one in (quicktip or {"legs": ()})["legs"]]
        return BetstackTarget(
            operator=first,
            second_operator=operator(row["second_operator"], "second_operator"),
            limited_operator=operator(row["limited_operator"], "limited_operator"),
            price=row["price"],
            create_price=row["create_price"],
            source=row["source"],
            superbet_event=superbet["event"] if superbet else None,
            superbet_bets=tuple(superbet["bets"]) if superbet else (),
            legs=tuple(Leg(one["id"], one["bet"], one["odds"]) for one in legs),
            jackpot_card=row["jackpot_card"],
            smartbet_card=row["smartbet_card"],
            started_event=leg(row["started_event"], "started_event"),
            suspended_event=leg(row["suspended_event"], "suspended_event"),
            blocked_token=row["blocked_token"],
            poor_token=row["poor_token"],
            limits=row["limits"] and Limits(**table(row["limits"], LIMITS, "betstack", "limits")),
            lacks=lacks(row["lacks"], "betstack"),
        )

    sessions, provider = top[provider_tables.SESSIONS], top[provider_tables.PROVIDER]
    return Target(
        label=top["label"],
        profiles=tuple(top["profiles"]),
        answer_seconds=float(deadlines["answer_seconds"]),
        settle_seconds=float(deadlines["settle_seconds"]),
        callback_seconds=float(deadlines["callback_seconds"]),
        accept_seconds=float(deadlines["accept_seconds"]),
        hook_seconds=float(deadlines["hook_seconds"]),
        hooks=hooks.read(top[hooks.TABLE] or {}, file=file, text=text),
        betstack=None if top["betstack"] is None else betstack(top["betstack"]),
        casino=None
        if top[casino_target.TABLE] is None
        else casino_target.read(top[casino_target.TABLE], table, lacks),
        platform=None
        if top[operator_target.TABLE] is None
        else operator_target.read(top[operator_target.TABLE], table, lacks),
        feed=None
        if top[feed_target.TABLE] is None
        else feed_target.read(top[feed_target.TABLE], table, lacks),
        aggregator=None
        if top[aggregator_target.TABLE] is None
        else aggregator_target.read(top[aggregator_target.TABLE], table, lacks),
        sessions=None if sessions is None else provider_tables.read_sessions(sessions, table, lacks),
        provider=None if provider is None else provider_tables.read_provider(provider, table, lacks),
    )
