"""The contracts as the kit uses them: what they hold, how an operation is addressed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bet_contracts import contracts
from bet_contracts.documents import operations
from bet_contracts.errors import ContractError, OverrideError
from bet_contracts.overrides import renumbered
from bet_contracts.surfaces import SURFACES
from conformance.errors import KitError
from conformance.verdict import ExitCode

Numbers = Mapping[tuple[int, int], tuple[int, int]]
"""HTTP status and error code as the oracle has them, to those that the user's overrides made of them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path of a contract."""

    id: str
    method: str
    """Upper case."""
    path: str
    """As in the contract, with its templates, without the server's prefix."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract, complete in itself, with the user's overrides in it."""

    surface: str
    file: str
    """Path inside the contracts directory."""
    document: dict[str, Any]
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    """By operation: what overrides did to its refusals."""

    @property
    def sha256(self) -> str:
        """Fingerprint of the document, overrides included."""
        return hashlib.sha256(json.dumps(self.document).encode()).hexdigest()

    @property
    def prefix(self) -> str:
        """What stands between the base URL and the paths, without a trailing slash."""
        return str(self.document["servers"][0]["url"]).rstrip("/")

    def operations(self) -> Iterator[Operation]:
        """The operations in the order of the document."""
        for path, method, operation in operations(self.document):
            yield Operation(operation["operationId"], method.upper(), path)

    def operation(self, operation_id: str) -> Operation:
        """The operation with this id. Raises :exc:`KeyError`."""
        for operation in self.operations():
            if operation.id == operation_id:
                return operation
        raise KeyError(operation_id)


def load(surface: str, overrides: Mapping[str, Any] | None = None) -> Contract:
    """The contract of a surface. Raises :exc:`KitError` when it can't be read or an override can't be."""
    try:
        document = contracts.load([surface], overrides)[surface]
        numbers: dict[str, dict[tuple[int, int], tuple[int, int]]] = {}
        if overrides:
            before = contracts.load([surface])[surface]
            for (operation, *refusal), now in renumbered(before, document).items():
                status, code = refusal
                numbers.setdefault(operation, {})[status, code] = now
    except OverrideError as error:
        raise KitError(str(error)) from error
    except ContractError as error:
        raise KitError(str(error), ExitCode.HARNESS) from error
    return Contract(surface, SURFACES[surface].file, document, numbers)
