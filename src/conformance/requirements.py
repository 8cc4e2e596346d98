"""The requirements as reports show them: every testable sentence about the vendors' APIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bet_contracts.errors import ContractError
from bet_contracts.overrides import in_words, touched
from bet_contracts.registers import MUST_STANDINGS, Registers, registers
from bet_contracts.registers import Requirement as Entry
from bet_contracts.surfaces import VENDORS
from conformance.errors import KitError
from conformance.verdict import ExitCode, RequirementRef


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
    """What the assumption decides, where there is one that no override replaced."""

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


def load(overrides: Mapping[str, Any] | None = None) -> Mapping[str, Requirement]:
    """Every requirement of both vendors by id, in the order of the registers.

    What the vendor has answered (``overrides``) binds like what it has documented. Raises :exc:`KitError`.
    """
    try:
        entries = [(entry, registers(vendor)) for vendor in VENDORS for entry in _entries(vendor)]
    except ContractError as error:
        raise KitError(str(error), ExitCode.HARNESS) from error
    found = {entry.id: _requirement(entry, register, overrides or {}) for entry, register in entries}
    return MappingProxyType(found)


def _entries(vendor: str) -> list[Entry]:
    return list(registers(vendor).requirements.values())


def _requirement(entry: Entry, register: Registers, overrides: Mapping[str, Any]) -> Requirement:
    answered = entry.standing not in MUST_STANDINGS and touched(overrides, entry.assumption, entry.rows)
    override = overrides.get(entry.assumption or "")
    told = _told(override, entry.rows) if isinstance(override, dict) else ""
    pages = [register.sources[name] for name in entry.sources]
    sources = [page.url or page.code or page.name for page in pages]
    if entry.assumption:
        sources.append(entry.assumption)
    return Requirement(
        id=entry.id,
        level="MUST" if answered else entry.level,
        surface=entry.surface,
        operation=entry.operation,
        standing="confirmed" if answered else entry.standing,
        sources=tuple(sources),
        text=entry.text + told,
        cases=entry.cases,
        not_tested=entry.not_tested,
        decision=register.assumptions[entry.assumption].decision if entry.assumption and not told else None,
    )


def _told(override: Mapping[str, Any], rows: tuple[str, ...]) -> str:
    """What of an override concerns a sentence that stands for these classes of refusal."""
    if rows:
        override = {
            name: value for name, value in override.items() if name in rows or not isinstance(value, dict)
        }
    return f" (overridden: {in_words(override)})" if override else ""
