"""Contracts by surface, complete in themselves, with the user's overrides in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bet_contracts.documents import Node, bundled, contracts_directory
from bet_contracts.errors import ContractError
from bet_contracts.overrides import overridden
from bet_contracts.registers import registers
from bet_contracts.surfaces import SURFACES, VENDORS


def load(names: Iterable[str], overrides: Mapping[str, Any] | None = None) -> dict[str, Node]:
    """The contracts of the surfaces, free to be changed.

    :param overrides: the table ``[overrides]`` of a user's file, see :mod:`bet_contracts.overrides`
    :raises ContractError: a surface that isn't there, a file that can't be read
    :raises OverrideError: an override that can't be
    """
    wanted = list(names)
    if unknown := [name for name in wanted if name not in SURFACES]:
        raise ContractError(f"unknown surface {unknown[0]}; there are {', '.join(SURFACES)}")
    if not overrides:
        return {name: _document(name) for name in wanted}
    every = _overridden(json.dumps(overrides))
    return {name: json.loads(every[name]) for name in wanted}


@cache
def _overridden(overrides: str) -> Mapping[str, str]:
    """Every contract as JSON: an override may name a place of a surface that was not asked for."""
    known = {
        entry.id: (vendor, entry.decision)
        for vendor in VENDORS
        for entry in registers(vendor).assumptions.values()
    }
    documents = overridden({name: _document(name) for name in SURFACES}, json.loads(overrides), known)
    return {name: json.dumps(document) for name, document in documents.items()}


def _document(name: str) -> Node:
    document = bundled(contracts_directory() / SURFACES[name].file)
    if document.get("x-surface") != name or not document.get(
        "paths" if SURFACES[name].is_http else "operations"
    ):
        raise ContractError(f"{SURFACES[name].file} is not the contract of {name}")
    return document
