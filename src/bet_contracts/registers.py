"""The registers of a vendor: pages of its documentation, assumptions, requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bet_contracts.documents import contracts_directory, read_yaml
from bet_contracts.errors import ContractError

MUST_STANDINGS: Final = frozenset({"documented", "derived", "confirmed"})
"""Standings that bind a target."""

CONFIDENCES: Final = ("low", "medium", "high")
"""How likely the vendor does the same, the least likely first."""

EVERY_OPERATION: Final = "all"
"""In ``also``: the sentence holds for every operation of the surface."""

_SOURCE_KEYS: Final = frozenset({"path", "code", "coverage", "cut", "also"})
_ASSUMPTION_KEYS: Final = frozenset(
    {
        "id",
        "question",
        "decision",
        "alternatives",
        "reason",
        "confidence",
        "touches",
        "kind",
    }
)
_REQUIREMENT_KEYS: Final = frozenset(
    {
        "id",
        "level",
        "surface",
        "operation",
        "also",
        "rows",
        "standing",
        "source",
        "assumption",
        "text",
        "cases",
        "not_tested",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """A page of the vendor's documentation, or public code."""

    name: str
    url: str | None
    """``None`` for code, and for a page whose address nobody knows."""
    code: str | None
    """What kind of public code it is."""
    coverage: str
    """``full``, ``partial`` or ``unseen``."""
    cut: str | None
    """What of a page that is known in part was not seen."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A question that the documentation leaves open or answers twice, and what was decided."""

    id: str
    question: str
    decision: str
    alternatives: tuple[str, ...]
    reason: str
    confidence: str
    """One of :data:`CONFIDENCES`."""
    touches: tuple[str, ...]
    """Surfaces and operationIds."""
    kind: str
    """``contradiction`` where the documentation says two things, ``gap`` where it says nothing."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One testable sentence."""

    id: str
    level: str
    """``MUST`` or ``MAY``."""
    surface: str
    operation: str
    also: tuple[str, ...]
    """Other operations of the surface for which it holds, or :data:`EVERY_OPERATION` alone."""
    rows: tuple[str, ...]
    """Classes of refusal that it stands for."""
    standing: str
    sources: tuple[str, ...]
    """Short names of sources."""
    assumption: str | None
    text: str
    cases: tuple[str, ...]
    not_tested: str | None

    def holds_for(self, operation: str) -> bool:
        """Whether the sentence is about this operation of its surface."""
        return operation == self.operation or operation in self.also or EVERY_OPERATION in self.also


@dataclass(frozen=True, slots=True)
class Registers:
    """The three registers of a vendor, by name or id, in their own order."""

    sources: Mapping[str, Source]
    assumptions: Mapping[str, Assumption]
    requirements: Mapping[str, Requirement]


@cache
def registers(vendor: str) -> Registers:
    """The registers in a vendor's folder. Raises :exc:`ContractError` naming file, entry and fault."""
    folder = contracts_directory() / vendor
    file = folder / "sources.yaml"
    document = read_yaml(file)
    if not isinstance(document, dict) or not isinstance(document.get("pages"), dict):
        raise ContractError(f"{file}: needs base and pages")
    base = str(document.get("base", ""))
    sources = {name: _source(file, name, row, base) for name, row in document["pages"].items()}
    file = folder / "assumptions.yaml"
    assumptions = _by_id(file, [_assumption(file, row) for row in _list_of(file, "assumptions")])
    file = folder / "requirements.yaml"
    requirements = _by_id(
        file, [_requirement(file, row, sources, assumptions) for row in _list_of(file, "requirements")]
    )
    return Registers(MappingProxyType(sources), MappingProxyType(assumptions), MappingProxyType(requirements))


def _list_of(file: Path, name: str) -> list[Mapping[str, Any]]:
    """The rows of a register. Raises :exc:`ContractError` for a file of another shape."""
    document = read_yaml(file)
    rows = document.get(name) if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ContractError(f"{file}: needs a list of entries named {name}")
    return rows


def _by_id(file: Path, entries: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        if entry.id in found:
            raise _fault(file, entry.id, "stands there twice")
        found[entry.id] = entry
    return found


def _source(file: Path, name: str, row: Mapping[str, Any], base: str) -> Source:
    _require(file, name, row, needed={"coverage"}, known=_SOURCE_KEYS)
    path = row.get("path")
    return Source(name, base + path if path else None, row.get("code"), row["coverage"], row.get("cut"))


def _assumption(file: Path, row: Mapping[str, Any]) -> Assumption:
    name = str(row.get("id", "an entry without id"))
    _require(file, name, row, needed=_ASSUMPTION_KEYS, known=_ASSUMPTION_KEYS)
    return Assumption(
        id=name,
        question=row["question"],
        decision=" ".join(row["decision"].split()),
        alternatives=tuple(map(str, row["alternatives"])),
        reason=row["reason"],
        confidence=row["confidence"],
        touches=tuple(row["touches"]),
        kind=row["kind"],
    )


def _requirement(
    file: Path, row: Mapping[str, Any], sources: Mapping[str, Source], assumptions: Mapping[str, Assumption]
) -> Requirement:
    name = str(row.get("id", "an entry without id"))
    needed = {"id", "level", "surface", "operation", "standing", "text"}
    _require(file, name, row, needed=needed, known=_REQUIREMENT_KEYS)
    if (row["level"] == "MUST") is not (row["standing"] in MUST_STANDINGS):
        raise _fault(file, name, f"level {row['level']} does not go with standing {row['standing']}")
    if ("cases" in row) is ("not_tested" in row):
        raise _fault(file, name, "needs either cases or not_tested")
    if absent := [page for page in row.get("source", ()) if page not in sources]:
        raise _fault(file, name, f"source {absent[0]} is not in sources.yaml")
    if row.get("assumption", next(iter(assumptions), None)) not in assumptions:
        raise _fault(file, name, f"assumption {row['assumption']} is not in assumptions.yaml")
    also = row.get("also", ())
    return Requirement(
        id=name,
        level=row["level"],
        surface=row["surface"],
        operation=row["operation"],
        also=(also,) if isinstance(also, str) else tuple(also),
        rows=tuple(row.get("rows", ())),
        standing=row["standing"],
        sources=tuple(row.get("source", ())),
        assumption=row.get("assumption"),
        text=" ".join(row["text"].split()),
        cases=tuple(row.get("cases", ())),
        not_tested=row.get("not_tested"),
    )


def _require(
    file: Path, name: str, row: Mapping[str, Any], *, needed: frozenset[str] | set[str], known: frozenset[str]
) -> None:
    if unknown := row.keys() - known:
        raise _fault(file, name, f"unknown key {min(unknown)}")
    if missing := needed - row.keys():
        raise _fault(file, name, f"lacks {min(missing)}")


def _fault(file: Path, name: str, what: str) -> ContractError:
    return ContractError(f"{file}: {name}: {what}")
