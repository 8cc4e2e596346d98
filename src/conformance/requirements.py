"""The requirements registers: every testable sentence about the vendors' APIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from conformance.contract import contracts_directory, read_yaml
from conformance.errors import KitError
from conformance.verdict import ExitCode, RequirementRef

VENDORS: Final = ("betstack", "betcore")

MUST_STANDINGS: Final = frozenset({"documented", "derived", "confirmed"})

KEYS: Final = frozenset(
    {"id", "level", "surface", "operation", "standing", "source", "assumption", "text", "cases", "not_tested"}
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence, with where it comes from and what tests it."""

    id: str
    level: str
    surface: str
    operation: str
    standing: str
    sources: tuple[str, ...]
    """URLs of the vendor's pages, or the id of an assumption."""
    text: str
    cases: tuple[str, ...]
    not_tested: str | None
    decision: str | None = None
    """What the assumption decides, where there is one."""

    @property
    def binding(self) -> bool:
        """Whether a target breaks the vendor's documentation when it does otherwise."""
        return self.level == "MUST"

    def reference(self) -> RequirementRef:
        """The requirement as reports carry it."""
        *pages, last = self.sources or ("",)
        told = f"{last}: {self.decision}" if self.decision else last
        sources = tuple(source for source in (*pages, told) if source)
        return RequirementRef(
            id=self.id, level=self.level, standing=self.standing, text=self.text, sources=sources
        )


@cache
def load() -> Mapping[str, Requirement]:
    """Every requirement of both vendors by id, in the order of the registers. Raises :exc:`KitError`."""
    found: dict[str, Requirement] = {}
    for vendor in VENDORS:
        directory = contracts_directory() / vendor
        pages = _pages(directory / "sources.yaml")
        decisions = {
            entry["id"]: " ".join(entry["decision"].split())
            for entry in read_yaml(directory / "assumptions.yaml")["assumptions"]
        }
        file = directory / "requirements.yaml"
        for row in read_yaml(file)["requirements"]:
            requirement = _requirement(row, pages, decisions, file)
            if requirement.id in found:
                raise _fault(file, requirement.id, "stands there twice")
            found[requirement.id] = requirement
    return MappingProxyType(found)


def _pages(file: Path) -> dict[str, str]:
    register = read_yaml(file)
    return {name: register["base"] + page["path"] for name, page in register["pages"].items()}


def _requirement(
    row: Mapping[str, Any], pages: Mapping[str, str], decisions: Mapping[str, str], file: Path
) -> Requirement:
    name = str(row.get("id", "a row without id"))
    if unknown := set(row) - KEYS:
        raise _fault(file, name, f"unknown key {min(unknown)}")
    if missing := {"level", "surface", "operation", "standing", "text"} - set(row):
        raise _fault(file, name, f"lacks {min(missing)}")
    if (row["level"] == "MUST") is not (row["standing"] in MUST_STANDINGS):
        raise _fault(file, name, f"level {row['level']} does not go with standing {row['standing']}")
    if "cases" in row and "not_tested" in row:
        raise _fault(file, name, "has both cases and not_tested")
    if absent := [page for page in row.get("source", ()) if page not in pages]:
        raise _fault(file, name, f"source {absent[0]} is not in sources.yaml")
    sources = tuple(pages[page] for page in row.get("source", ()))
    if "assumption" in row:
        sources = (*sources, row["assumption"])
    return Requirement(
        id=name,
        level=row["level"],
        surface=row["surface"],
        operation=row["operation"],
        standing=row["standing"],
        sources=sources,
        text=row["text"],
        cases=tuple(row.get("cases", ())),
        not_tested=row.get("not_tested"),
        decision=decisions.get(row.get("assumption", "")),
    )


def _fault(file: Path, requirement_id: str, what: str) -> KitError:
    return KitError(f"{file}: {requirement_id}: {what}", ExitCode.HARNESS)
