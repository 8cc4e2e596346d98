"""Overrides: what a vendor answered, put in the place of what was assumed.

``[overrides]`` of a TOML file, by the id of an assumption::

    [overrides]
    BS-ASM-002 = "confirmed"                    # the vendor does as assumed

    [overrides.BC-ASM-015.duplicate]            # a row of refusals, by its class
    code = 103779

    [overrides.BS-ASM-033."SuperbetRequest.price"]    # keywords of a schema, by its place
    maximum = 5000000

    [overrides.BS-ASM-030.code]                 # the end of the place does, where it names enough
    pattern = "^[0-9A-Z]{6,8}$"

    [overrides.BS-ASM-060.listJackpotCards]     # where an operation is
    path = "/jackpot-cards"

What was answered is ``confirmed``: it binds like a documented fact. A row of refusals is answered when its
code is; a keyword, a path, a prefix when it is there. Documents are changed before anything is compiled
from them, so whoever reads them can't tell an override from a transcription.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bet_contracts.documents import Node, operations, resolved
from bet_contracts.errors import OverrideError
from bet_contracts.examples import drop_outdated, misfits
from bet_contracts.override_entry import CONFIRMED, Entry
from bet_contracts.override_messages import same_letters, shown
from bet_contracts.surfaces import SURFACES


@dataclass(frozen=True, slots=True)
class Answered:
    """A refusal as the vendor answered that it is."""

    status: int
    code: int
    message: str | None
    """Template; ``None`` where it is as it was."""


def overridden(
    documents: Mapping[str, Node], overrides: Mapping[str, Any], known: Mapping[str, tuple[str, str]]
) -> dict[str, Node]:
    """The contracts with the overrides put in.

    :param documents: every contract, bundled, by surface
    :param known: every assumption's id, with its vendor and its decision
    :raises OverrideError: an id, a place or a field that isn't there, or a value that can't be
    """
    changed = {surface: deepcopy(document) for surface, document in documents.items()}
    for name, value in overrides.items():
        if name not in known:
            raise OverrideError(f"overrides: {shown(name)} is no assumption{same_letters(name, known)}")
        vendor, decision = known[name]
        mine = [document for surface, document in changed.items() if SURFACES[surface].vendor == vendor]
        Entry(name, value, decision, mine).apply()
    for surface, document in changed.items():
        if document == documents[surface]:
            continue
        drop_outdated(document)
        if wrong := next(misfits(document), None):
            raise OverrideError(
                f"overrides: {surface} would contradict what its documentation prints: {wrong}"
            )
    _must_not_collide(documents, changed)
    return changed


def answers(before: Node, after: Node) -> dict[tuple[str, int, int], Answered]:
    """What became of refusals: operationId, status and code before, to the refusal after."""
    found: dict[tuple[str, int, int], Answered] = {}
    now = {(operation, row["class"]): (status, row) for operation, status, row in _rows(after)}
    for operation, status, row in _rows(before):
        new_status, new = now[operation, row["class"]]
        message = new["message"] if new["message"] != row["message"] else None
        answered = Answered(new_status, new["code"], message)
        if answered != Answered(status, row["code"], None):
            found[operation, status, row["code"]] = answered
    return found


def touched(overrides: Mapping[str, Any], assumption: str | None, rows: tuple[str, ...]) -> bool:
    """Whether a sentence that rests on an assumption, and stands for these classes, is confirmed now.

    One about refusals is when the code of each of them was answered; any other when the assumption was
    confirmed as it is.
    """
    value = overrides.get(assumption or "")
    if not isinstance(value, dict):
        return value == CONFIRMED
    every = "code" in value
    named = {name for name, fields in value.items() if isinstance(fields, dict) and "code" in fields}
    return bool(rows) and (every or set(rows) <= named)


def in_words(value: Any) -> str:
    """An override as a report shows it: ``odds_changed code 103``."""
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(
        f"{name} {in_words(field)}" if isinstance(field, dict) else f"{name} {field}"
        for name, field in value.items()
    )


def _must_not_collide(before: Mapping[str, Node], after: Mapping[str, Node]) -> None:
    """No operation may move into the territory of another surface."""
    mine = {surface: _territory(document) for surface, document in before.items()}
    for surface, document in after.items():
        moved = _territory(document) - mine[surface]
        for other, territory in mine.items():
            if other != surface and (taken := moved & territory):
                raise OverrideError(f"overrides: {surface} would answer under {min(taken)}, where {other} is")


def _territory(document: Node) -> set[str]:
    """First segments below which an HTTP surface answers."""
    if "paths" not in document:
        return set()
    prefix = document["servers"][0]["url"].rstrip("/")
    return {"/" + f"{prefix}{path}".split("/")[1] for path in document["paths"]}


def _rows(document: Node) -> Iterator[tuple[str, int, Node]]:
    whole = resolved(document, document)
    for _, _, operation in operations(whole):
        for status, response in operation["responses"].items():
            for row in response.get("x-errors", ()):
                yield operation["operationId"], int(status), row
