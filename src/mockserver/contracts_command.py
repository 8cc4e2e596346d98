"""What ``mockserver contracts`` prints: the figures of the contracts, and the contracts themselves."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click
import yaml
from rich.console import Console
from rich.table import Table

from bet_contracts import contracts
from bet_contracts.documents import contracts_directory, operations
from bet_contracts.page import every_fact, rows
from bet_contracts.registers import CONFIDENCES, registers
from bet_contracts.surfaces import SURFACES, VENDORS

NARROWEST: Final = 120
"""Characters that the table of figures needs."""


def print_figures(overrides: Mapping[str, Any]) -> None:
    """Print one line per surface.

    :raises bet_contracts.errors.ContractError: a contract can't be read, or an override can't be
    """
    head, *body = rows(every_fact(overrides))
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="left" if number == 0 else "right", no_wrap=True)
    *surfaces, together = body
    for row in surfaces:
        table.add_row(*row)
    table.add_section()
    table.add_row(*together)
    console = Console()
    console.width = max(console.width, NARROWEST)  # a terminal wraps what is too wide; nothing is cut off
    console.print(table)


def print_questions(surfaces: Collection[str], overrides: Mapping[str, Any]) -> None:
    """Print the assumptions that no override answers, the least certain first.

    :param surfaces: only those that touch one of these, or an operation of it; empty for all
    :raises bet_contracts.errors.ContractError: see :func:`print_figures`
    """
    contracts.load(SURFACES, overrides)  # an override that can't be is no answer
    every = [one for vendor in VENDORS for one in registers(vendor).assumptions.values()]
    names = _names_of(surfaces)
    asked = [one for one in every if not surfaces or names & set(one.touches)]
    still = [one for one in asked if one.id not in overrides]
    for one in sorted(still, key=lambda one: CONFIDENCES.index(one.confidence)):
        click.echo(
            f"{one.id}  {one.confidence:<6}  {one.kind}\n  {one.question}\n  Assumed: {one.decision}\n"
        )
    click.echo(f"{len(still)} of {len(asked)} questions are open")


def _names_of(surfaces: Collection[str]) -> set[str]:
    """The surfaces and their operations."""
    names = set(surfaces)
    for document in contracts.load(surfaces).values():
        names |= set(document.get("operations", ()))
        names |= {operation["operationId"] for _, _, operation in operations(document)}
    return names


def registers_of(names: Collection[str]) -> dict[str, str]:
    """File name to text of the registers that the contracts of these surfaces (of all, if empty) refer to."""
    vendors = dict.fromkeys(SURFACES[name].vendor for name in names or SURFACES)
    return {
        f"{vendor}.{register}.yaml": (contracts_directory() / vendor / f"{register}.yaml").read_text("utf-8")
        for vendor in vendors
        for register in ("assumptions", "sources", "requirements")
    }


def exported(names: Iterable[str], overrides: Mapping[str, Any], *, as_json: bool) -> dict[str, str]:
    """File name to text of the contracts, each complete in itself, with the overrides in it.

    :raises bet_contracts.errors.ContractError: see :func:`print_figures`
    """
    documents = contracts.load(names or SURFACES, overrides)
    return {
        _file_name(name, as_json=as_json): _text(document, as_json=as_json)
        for name, document in documents.items()
    }


def write(files: Mapping[str, str], directory: Path) -> list[Path]:
    """Write the files into a directory, which is made.

    :raises OSError: it can't be made or written to
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files.items():
        path = directory / name
        path.write_text(text, "utf-8")
        written.append(path)
    return written


def _file_name(surface: str, *, as_json: bool) -> str:
    kind = "openapi" if SURFACES[surface].is_http else "asyncapi"
    return f"{surface}.{kind}.{'json' if as_json else 'yaml'}"


def _text(document: Mapping[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


class _Plain(yaml.SafeDumper):
    """Writes every part out where it stands, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Yes, all of them."""
        return True
