"""The contracts as the kit uses them: what they hold, how an operation is addressed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bet_contracts import contracts
from bet_contracts.documents import operations, resolved
from bet_contracts.errors import ContractError, OverrideError
from bet_contracts.overrides import Answered, answers
from bet_contracts.surfaces import SURFACES
from conformance.answered import Refusals
from conformance.errors import KitError
from conformance.verdict import ExitCode


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
    refusals: Mapping[str, Refusals] = field(default_factory=dict)
    """By operation, for those whose refusals the user's overrides changed."""

    @property
    def sha256(self) -> str:
        """Fingerprint of the document, overrides included."""
        return hashlib.sha256(json.dumps(self.document).encode()).hexdigest()

    @property
    def is_http(self) -> bool:
        """Whether it is OpenAPI; the live hub's is AsyncAPI and has messages in the place of paths."""
        return SURFACES[self.surface].is_http

    @property
    def hub_paths(self) -> tuple[str, ...]:
        """For a hub: where it may be below the base URL, in the order of the document."""
        (channel,) = self.document["channels"].values()
        return tuple(
            f"{server['pathname']}{channel['address']}" for server in self.document["servers"].values()
        )

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
        refusals = _refusals(contracts.load([surface])[surface], document) if overrides else {}
    except OverrideError as error:
        raise KitError(str(error)) from error
    except ContractError as error:
        raise KitError(str(error), ExitCode.HARNESS) from error
    return Contract(surface, SURFACES[surface].file, document, refusals)


def _refusals(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Refusals]:
    answered: dict[str, dict[tuple[int, int], Answered]] = {}
    for (operation, status, code), now in answers(before, after).items():
        answered.setdefault(operation, {})[status, code] = now
    rows: dict[str, dict[int, set[int]]] = {}
    for _, _, node in operations(resolved(before, before)):
        rows[node["operationId"]] = {
            int(status): {row["code"] for row in response.get("x-errors", ())}
            for status, response in node["responses"].items()
        }
    return {
        operation: Refusals(known, dict(_moved(rows[operation], known)))
        for operation, known in answered.items()
    }


def _moved(
    rows: Mapping[int, set[int]], answered: Mapping[tuple[int, int], Answered]
) -> Iterator[tuple[int, int]]:
    """Statuses all of whose refusals the vendor put under one other."""
    for status, codes in rows.items():
        now = {answered[status, code].status if (status, code) in answered else status for code in codes}
        if len(now) == 1 and now != {status}:
            yield status, now.pop()
