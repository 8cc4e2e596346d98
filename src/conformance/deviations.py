"""The deviations file: known failures of a target, each with a reason, a link, an owner and an expiry.

Strict both ways: an entry that expired, that names no case, or whose case passes is a problem.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from bet_contracts.documents import read_yaml
from bet_contracts.errors import ContractError
from conformance.errors import KitError
from conformance.verdict import CaseResult, Verdict

KEYS: Final = ("case", "reason", "link", "owner", "expires")


@dataclass(frozen=True, slots=True)
class Deviation:
    """One entry."""

    case: str
    reason: str
    link: str
    owner: str
    expires: date
    """The last day on which it holds."""


def load(file: Path) -> list[Deviation]:
    """The entries of a YAML (``.yaml``, ``.yml``) or TOML file: a list named ``deviations``.

    Raises :exc:`KitError` with one line that names file, entry and key.
    """
    document = _read(file)
    rows = document.get("deviations") if isinstance(document, dict) else None
    if not isinstance(rows, list) or set(document) != {"deviations"}:
        raise KitError(f"{file}: must hold one list named deviations")
    entries = [_entry(row, file, number) for number, row in enumerate(rows, 1)]
    seen: set[str] = set()
    for entry in entries:
        if entry.case in seen:
            raise KitError(f"{file}: {entry.case} has two entries")
        seen.add(entry.case)
    return entries


def _read(file: Path) -> Any:
    try:
        if file.suffix in (".yaml", ".yml"):
            return read_yaml(file)
        return tomllib.loads(file.read_text("utf-8"))
    except ContractError as error:
        raise KitError(str(error)) from error
    except OSError as error:
        raise KitError(f"{file} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KitError(f"{file} is no TOML: {error}") from error


def _entry(row: object, file: Path, number: int) -> Deviation:
    if not isinstance(row, dict):
        raise KitError(f"{file}: entry {number} is no table")
    for key in row:
        if key not in KEYS:
            raise KitError(f"{file}: entry {number}: unknown key {key}; known are {', '.join(KEYS)}")
    for key in KEYS:
        if row.get(key) in (None, ""):
            raise KitError(f"{file}: entry {number} lacks {key}")
        if key != "expires" and not isinstance(row[key], str):
            raise KitError(f"{file}: entry {number}: {key} must be a string")
    return Deviation(
        row["case"], row["reason"], row["link"], row["owner"], _day(row["expires"], file, number)
    )


def _day(value: object, file: Path, number: int) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise KitError(f"{file}: entry {number}: expires must be a day, as 2026-12-31") from error


def apply(
    entries: Sequence[Deviation], results: Sequence[CaseResult], *, known: Collection[str], today: date
) -> tuple[list[CaseResult], list[str]]:
    """The results with failures that are listed turned into DEVIATION, and the problems of the file.

    ``known`` are all case ids there are: an entry for a case that this run left out is no problem. Only a
    FAIL can be a deviation; money at risk stays a HAZARD whatever a file says.
    """
    by_case: Mapping[str, Deviation] = {entry.case: entry for entry in entries}
    problems = [f"{entry.case}: names no case" for entry in entries if entry.case not in known]
    problems += [
        f"{entry.case}: expired on {entry.expires.isoformat()} ({entry.owner})"
        for entry in entries
        if entry.expires < today
    ]
    judged: list[CaseResult] = []
    for result in results:
        entry = by_case.get(result.case_id)
        if entry is None or entry.expires < today:
            judged.append(result)
        elif result.verdict is Verdict.FAIL:
            judged.append(
                replace(
                    result,
                    verdict=Verdict.DEVIATION,
                    reason=f"{entry.reason} ({entry.link}, {entry.owner}, until "
                    f"{entry.expires.isoformat()}): {result.reason}",
                )
            )
        else:
            judged.append(result)
            if result.verdict is Verdict.HAZARD:
                problems.append(f"{entry.case}: its verdict is HAZARD, which no deviation excuses")
            if result.verdict in (Verdict.PASS, Verdict.OBSERVED):
                problems.append(f"{entry.case}: is listed, but its verdict is {result.verdict}")
    return judged, problems
