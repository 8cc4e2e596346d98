"""Contracts as the server needs them: operations, their schemas, and their tables of refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bet_contracts import contracts
from bet_contracts.documents import operations, resolved
from bet_contracts.errors import ContractError

_PARTS = re.compile(r"{[^}]*}|[^{]+")

__all__ = ["Contract", "ContractError", "ErrorRow", "Operation", "load"]


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row of ``x-errors``: how a class of refusal is answered."""

    refusal: str
    status: int
    code: int
    message: str
    """Template; names in braces are filled from the refusal's values."""
    caller: str
    """What the caller should do: ``final``, ``retry``, ``treat_as_success`` or ``compensate``."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation, its references resolved."""

    id: str
    method: str
    path: str
    """Path template without the base path."""
    parameters: tuple[Mapping[str, Any], ...]
    request_media_type: Mapping[str, Any] | None
    """The media type object of ``application/json``; ``None`` for an operation without a body."""
    success_status: int
    responses: Mapping[int, Mapping[str, Any]]
    errors: Mapping[str, ErrorRow]
    """By class of refusal; the order is the order of precedence."""
    item_errors: Mapping[str, ErrorRow]
    """The same for one item of a list that is answered as a whole (``x-item-errors``)."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One surface's document and what is read from it."""

    surface: str
    base_path: str
    document: dict[str, Any]
    """Complete in itself, references in place: what Connexion gets."""
    operations: Mapping[str, Operation]
    errors: Mapping[str, ErrorRow]
    """Refusals that belong to no operation."""
    first_segments: tuple[str, ...]
    """``/users``, ``/payments``: what the paths of every documented operation begin with."""

    def methods_at(self, path: str) -> set[str]:
        """The methods of the operations that are served at this path."""
        if not path.startswith(f"{self.base_path}/"):
            return set()
        below = path.removeprefix(self.base_path)
        return {one.method for one in self.operations.values() if _matching(one.path).fullmatch(below)}

    @property
    def callers(self) -> dict[int, str]:
        """What the caller should do about each code of answers with HTTP status 200."""
        rows = (row for operation in self.operations.values() for row in operation.errors.values())
        return {row.code: row.caller for row in rows if row.status == HTTPStatus.OK}

    @property
    def token_claims(self) -> Mapping[str, Any]:
        """Schema of the claims, for a surface whose request bodies are tokens.

        :raises ContractError: no request body is one
        """
        for operation in self.operations.values():
            if operation.request_media_type and "x-jwt" in operation.request_media_type:
                claims: Mapping[str, Any] = operation.request_media_type["x-jwt"]["claims"]
                return claims
        raise ContractError(f"{self.surface}: no request body is a token")


def load(surface: str, overrides: Mapping[str, Any] | None = None) -> Contract:
    """The contract of a surface, the user's overrides in it.

    :raises ContractError: it can't be read, an override can't be, or an operation lacks what a server needs
    """
    document = contracts.load([surface], overrides)[surface]
    whole = resolved(document, document)
    return Contract(
        surface=surface,
        base_path=document["servers"][0]["url"].rstrip("/"),
        document=document,
        operations={operation.id: operation for operation in _operations(whole, surface)},
        errors={row.refusal: row for row in _rows(whole, None, "x-errors")},
        first_segments=tuple(sorted({f"/{path.split('/')[1]}" for path in document["paths"]})),
    )


def _matching(path: str) -> re.Pattern[str]:
    """A path template as a pattern: ``/tickets/{identifier}`` fits ``/tickets/E36E20``."""
    return re.compile(
        "".join("[^/]+" if part[0] == "{" else re.escape(part) for part in _PARTS.findall(path))
    )


def _operations(document: Mapping[str, Any], surface: str) -> Iterator[Operation]:
    for path, method, node in operations(document):
        try:
            yield _operation(path, method, node)
        except (KeyError, StopIteration) as error:
            raise ContractError(f"{surface}: {method.upper()} {path} lacks {error}") from None


def _operation(path: str, method: str, node: Mapping[str, Any]) -> Operation:
    responses = {int(status): response for status, response in node["responses"].items()}

    def rows(name: str) -> dict[str, ErrorRow]:
        found = [row for status, response in responses.items() for row in _rows(response, status, name)]
        return {row.refusal: row for row in found}

    content = node.get("requestBody", {}).get("content", {})
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        parameters=tuple(node.get("parameters", ())),
        request_media_type=content.get("application/json"),
        success_status=next(status for status in responses if status < 300),
        responses=responses,
        errors=rows("x-errors"),
        item_errors=rows("x-item-errors"),
    )


def _rows(node: Mapping[str, Any], status: int | None, name: str) -> Iterator[ErrorRow]:
    for row in node.get(name, ()):
        yield ErrorRow(
            refusal=row["class"],
            status=row["status"] if status is None else status,
            code=row["code"],
            message=row["message"] or "",
            caller=row["caller"],
        )
