"""The register of incidents: what integrations break on, how each is rehearsed, and what judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bet_contracts.documents import contracts_directory, read_yaml
from bet_contracts.errors import ContractError

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "retries": "Retries, timeouts, identity",
        "order": "Order and lifecycle",
        "money": "Money",
        "signatures": "Signatures, clocks, load, versions",
    }
)
"""Titles of the groups, in their order."""

PARTIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pam": "platform",
        "front": "front end",
        "casino": "casino",
        "provider": "game provider",
        "consumer": "feed consumer",
        "vendor": "vendor",
    }
)
"""Whose code an incident breaks; a vendor is whatever answers as Betstack or BETCORE."""

KINDS: Final = frozenset(
    {
        "fault",
        "drive",
        "clock",
        "set",
        "player",
        "secret",
        "send",
        "resend",
        "look",
        "clear",
        "call",
        "hears",
    }
)
"""What a step can be, by the key that says it."""

CALLS: Final = ("create", "reserve", "pay", "read", "list")
"""Calls of Betstack that a step can make in the place of a front end."""

_INCIDENT: Final = frozenset({"id", "number", "group", "title", "breaks", "for"})
_INCIDENT_MAY: Final = frozenset({"rehearse", "judged_by", "why_not"})
_SCENE: Final = frozenset({"against", "what", "steps", "right"})
_FAULT: Final = frozenset(
    {"operation", "direction", "point", "containing", "parameters", "after", "nth", "count"}
)
_MAY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "fault": _FAULT,
        "drive": frozenset({"fields"}),
        "player": frozenset({"fields"}),
        "resend": frozenset({"fields"}),
        "hears": frozenset({"ends"}),
        "call": frozenset({"ticket", "with", "signed_with", "times"}),
    }
)
_OF_ANY_STEP: Final = frozenset({"answer", "take", "shows"})
_WHY_NOT: Final = frozenset({"rehearse", "judge"})

LOST: Final = "lost"
"""In ``answer``: none comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a rehearsal."""

    kind: str
    """One of :data:`KINDS`."""
    what: Any
    """The value of that key: a name, or a document."""
    more: Mapping[str, Any]
    """The keys beside it."""
    answer: int | str | None
    """HTTP status of the answer, or :data:`LOST`; ``None`` for a success."""
    take: Mapping[str, str]
    """Words in capitals that stand for parts of the answer in later steps, by path such as ``items.0.id``."""
    shows: Mapping[str, Any]
    """What stands in the answer, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One way to rehearse an incident, from a fresh state."""

    against: str
    """Whose code it is for, of :data:`PARTIES`."""
    what: str
    steps: tuple[Step, ...]
    right: str
    """What comes out where the code is right, one sentence."""
    balances: Mapping[str, str] = field(default_factory=dict)
    """What players of the built-in party have in the end: cents of Betstack, units of BETCORE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that goes wrong."""

    id: str
    number: int
    group: str
    title: str
    breaks: str
    parties: tuple[str, ...]
    scenes: tuple[Scene, ...]
    judged_by: tuple[str, ...]
    """Ids of the kit's cases."""
    why_not: Mapping[str, str]
    """What can't be rehearsed or judged, and why, by ``rehearse`` or ``judge``."""


@cache
def incidents() -> tuple[Incident, ...]:
    """Every incident by number. Raises :exc:`ContractError` naming file, entry and fault."""
    return read_incidents(contracts_directory() / "incidents.yaml")


def read_incidents(file: Path) -> tuple[Incident, ...]:
    """The incidents of a file. Raises :exc:`ContractError` as :func:`incidents`."""
    document = read_yaml(file)
    rows = document.get("incidents") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ContractError(f"{file}: needs a list of entries named incidents")
    found = tuple(_incident(_Entry(file, str(row.get("id", "an entry without id"))), row) for row in rows)
    for place, one in enumerate(found, start=1):
        entry = _Entry(file, one.id)
        entry.require(one.number == place, f"has the number {one.number}, and stands at place {place}")
        entry.require([other.id for other in found].count(one.id) == 1, "stands there twice")
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a fault of the register is."""

    file: Path
    name: str

    def require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise ContractError(f"{self.file}: {self.name}: {otherwise}")

    def require_keys(self, row: Mapping[str, Any], needed: frozenset[str], may: frozenset[str]) -> None:
        self.require(not (unknown := row.keys() - needed - may), f"unknown key {min(unknown, default='')}")
        self.require(not (missing := needed - row.keys()), f"lacks {min(missing, default='')}")

    def require_one_of(self, value: str, known: Any, key: str) -> None:
        self.require(value in known, f"{key} {value} is none of {', '.join(known)}")


def _incident(entry: _Entry, row: Mapping[str, Any]) -> Incident:
    entry.require_keys(row, _INCIDENT, _INCIDENT_MAY)
    entry.require_one_of(row["group"], GROUPS, "group")
    for party in row["for"]:
        entry.require_one_of(party, PARTIES, "party")
    why_not = {name: _line(text) for name, text in row.get("why_not", {}).items()}
    entry.require(why_not.keys() <= _WHY_NOT, f"why_not is of {' or '.join(sorted(_WHY_NOT))}")
    scenes = tuple(_scene(entry, one) for one in row.get("rehearse", ()))
    judged_by = tuple(row.get("judged_by", ()))
    entry.require(bool(scenes) or "rehearse" in why_not, "is not rehearsed, and does not say why not")
    entry.require(bool(judged_by) or "judge" in why_not, "is judged by no case, and does not say why not")
    return Incident(
        id=row["id"],
        number=row["number"],
        group=row["group"],
        title=row["title"],
        breaks=_line(row["breaks"]),
        parties=tuple(row["for"]),
        scenes=scenes,
        judged_by=judged_by,
        why_not=MappingProxyType(why_not),
    )


def _scene(entry: _Entry, row: Mapping[str, Any]) -> Scene:
    entry.require_keys(row, _SCENE, frozenset({"balances"}))
    entry.require_one_of(row["against"], PARTIES, "party")
    return Scene(
        against=row["against"],
        what=_line(row["what"]),
        steps=tuple(_step(entry, one) for one in row["steps"]),
        right=_line(row["right"]),
        balances=MappingProxyType({name: str(amount) for name, amount in row.get("balances", {}).items()}),
    )


def _step(entry: _Entry, row: Mapping[str, Any]) -> Step:
    kinds = row.keys() & KINDS
    entry.require(len(kinds) == 1, f"a step has to be one of {', '.join(sorted(KINDS))}")
    (kind,) = kinds
    may = _MAY.get(kind, frozenset())
    entry.require_keys(row, frozenset({kind}), may | _OF_ANY_STEP)
    if kind == "call":
        entry.require_one_of(row["call"], CALLS, "call")
    return Step(
        kind=kind,
        what=row[kind],
        more=MappingProxyType({name: row[name] for name in row if name in may}),
        answer=row.get("answer"),
        take=MappingProxyType(row.get("take", {})),
        shows=MappingProxyType(row.get("shows", {})),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
