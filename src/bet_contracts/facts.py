"""What a contract holds, counted: operations, rows of refusals, requirements, facts by standing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bet_contracts.documents import operations, walk
from bet_contracts.registers import Requirement
from bet_contracts.surfaces import Surface

STANDINGS: Final = ("documented", "derived", "confirmed", "observed", "assumed")
"""How a fact is known, the surest first."""

KEYWORD_MARKS: Final = {"x-assumed-keywords": "assumed", "x-observed-keywords": "observed"}
"""Extensions that name single keywords of a schema whose standing is less than the schema's."""

CONFIRMED_MARK: Final = {"x-confirmed-keywords": "confirmed"}
"""The extension that names keywords which a user's override confirmed."""


UNPROVEN: Final = frozenset({"observed", "assumed"})
"""Standings that bind nobody."""

ROWS: Final = ("x-errors", "x-item-errors")
"""Extensions that hold rows of refusals: of a call, and of one item of a list that a call carries."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of one surface."""

    surface: Surface
    operations: int
    rows: int
    requirements: int
    by_standing: Mapping[str, int]


def facts(surface: Surface, document: Mapping[str, Any], requirements: Mapping[str, Requirement]) -> Facts:
    """Count the facts of a bundled contract; each mark of provenance is one fact."""
    return Facts(
        surface,
        operations=len(document["operations"])
        if "operations" in document
        else sum(1 for _ in operations(document)),
        rows=sum(len(node.get(rows, ())) for _, node in walk(document) for rows in ROWS),
        requirements=sum(row.surface == surface.name for row in requirements.values()),
        by_standing=Counter(standings(document)),
    )


def standings(document: Mapping[str, Any]) -> Iterator[str]:
    """The standing of every fact of a document."""
    for _, node in walk(document):
        if "x-provenance" in node:
            yield node["x-provenance"]["standing"]
        for mark, standing in (KEYWORD_MARKS | CONFIRMED_MARK).items():
            for _ in node.get(mark, ()):
                yield standing
