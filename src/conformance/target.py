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

from conformance.errors import KitError
from conformance.toml_rows import Row, read_table

CAPABILITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "betstack": ("superbet", "quicktip", "second-operator", "limited-operator"),
    "betcore-casino": ("bet-return", "payout-return", "jackpot", "reopen"),
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


@dataclass(frozen=True, slots=True)
class Leg:
    """One selection of a quicktip."""

    event: int
    bet: int
    odds: Decimal
    """The current odds at the target."""


@dataclass(frozen=True, slots=True)
class BetstackTarget:
    """What the profile ``betstack`` needs."""

    operator: Operator
    second_operator: Operator | None
    limited_operator: Operator | None
    price: int
    """Cents."""
    source: str
    superbet_event: int | None
    superbet_bets: tuple[int, ...]
    legs: tuple[Leg, ...]
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class CasinoTarget:
    """What the profile ``betcore-casino`` needs."""

    client_id: str
    user: str
    currency: str
    tag: int
    stake: Decimal
    """Major units of the player's currency; the unit of every movement of a run."""
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """A target file, read and checked."""

    label: str | None
    profiles: tuple[str, ...]
    answer_seconds: float
    """Until an answer must be complete."""
    settle_seconds: float
    """Until a balance must show a transaction that was accepted."""
    betstack: BetstackTarget | None
    casino: CasinoTarget | None

    def secrets(self) -> list[str]:
        """Every value of the file that no report may show."""
        if self.betstack is None:
            return []
        operators = (self.betstack.operator, self.betstack.second_operator, self.betstack.limited_operator)
        return [value for operator in operators if operator for value in (operator.secret, operator.token)]


OPERATOR: Final = (
    Row("name", str),
    Row("secret", str, secret=True),
    Row("token", str),
    Row("currency", str),
    Row("ticket", str, default=None),
)
BETSTACK: Final = (
    Row("operator", dict),
    Row("second_operator", dict, default=None),
    Row("limited_operator", dict, default=None),
    Row("price", int, default=2000, least=1),
    Row("source", str, default="mobile"),
    Row("superbet", dict, default=None),
    Row("quicktip", dict, default=None),
    Row("lacks", list, default=(), of=str),
)
SUPERBET: Final = (Row("event", int), Row("bets", list, of=int))
QUICKTIP: Final = (Row("legs", list, of=dict),)
LEG: Final = (Row("id", int), Row("bet", int), Row("odds", Decimal, least=1))
CASINO: Final = (
    Row("client_id", str),
    Row("user_id", str),
    Row("currency", str, default="EUR"),
    Row("tag_id", int, default=1313),
    Row("stake", Decimal, default=Decimal(10), least=1),
    Row("lacks", list, default=(), of=str),
)
DEADLINES: Final = (
    Row("answer_seconds", Decimal, default=Decimal(10), least=Decimal("0.1")),
    Row("settle_seconds", Decimal, default=Decimal(5), least=Decimal(0)),
)
TOP: Final = (
    Row("label", str, default=None),
    Row("profiles", list, of=str),
    Row("deadlines", dict, default=None),
    Row("betstack", dict, default=None),
    Row("betcore-casino", dict, default=None),
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
        return None if value is None else Operator(**table(value, OPERATOR, "betstack", name))

    def betstack(value: dict[str, Any]) -> BetstackTarget:
        row = table(value, BETSTACK, "betstack")
        first = operator(row["operator"], "operator")
        assert first is not None
        superbet = row["superbet"] and table(row["superbet"], SUPERBET, "betstack", "superbet")
        quicktip = row["quicktip"] and table(row["quicktip"], QUICKTIP, "betstack", "quicktip")
        legs = [table(leg, LEG, "betstack", "quicktip", "legs") for leg in (quicktip or {"legs": ()})["legs"]]
        return BetstackTarget(
            operator=first,
            second_operator=operator(row["second_operator"], "second_operator"),
            limited_operator=operator(row["limited_operator"], "limited_operator"),
            price=row["price"],
            source=row["source"],
            superbet_event=superbet["event"] if superbet else None,
            superbet_bets=tuple(superbet["bets"]) if superbet else (),
            legs=tuple(Leg(leg["id"], leg["bet"], leg["odds"]) for leg in legs),
            lacks=lacks(row["lacks"], "betstack"),
        )

    def casino(value: dict[str, Any]) -> CasinoTarget:
        row = table(value, CASINO, "betcore-casino")
        return CasinoTarget(
            client_id=row["client_id"],
            user=row["user_id"],
            currency=row["currency"],
            tag=row["tag_id"],
            stake=row["stake"],
            lacks=lacks(row["lacks"], "betcore-casino"),
        )

    return Target(
        label=top["label"],
        profiles=tuple(top["profiles"]),
        answer_seconds=float(deadlines["answer_seconds"]),
        settle_seconds=float(deadlines["settle_seconds"]),
        betstack=None if top["betstack"] is None else betstack(top["betstack"]),
        casino=None if top["betcore-casino"] is None else casino(top["betcore-casino"]),
    )
