"""Contracts, read once at the start: operations, their schemas, and their tables of refusals."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PACKAGE = "bet_contracts"


class ContractError(Exception):
    """A contract can't be found or read, or lacks what the server needs. The text is one line."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row of ``x-errors``: how a class of refusal is answered."""

    refusal: str
    status: int
    code: int
    message: str
    """Template; names in braces are filled from the refusal's values."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Contract:
    """One surface's document and what is read from it."""

    surface: str
    base_path: str
    document: dict[str, Any]
    """As read, references in place: what Connexion gets."""
    operations: Mapping[str, Operation]
    errors: Mapping[str, ErrorRow]
    """Refusals that belong to no operation."""

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


def contracts_directory() -> Path:
    """Where the contracts are: in the installed data package, otherwise in the checkout.

    :raises ContractError: in neither place
    """
    checkout = Path(__file__).resolve().parents[3] / "openapi"
    if checkout.is_dir():
        return checkout
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    raise ContractError(f"no contracts: neither a package {_PACKAGE} nor a folder {checkout} exists")


def load_document(path: Path) -> dict[str, Any]:
    """Read a YAML document.

    :raises ContractError: the file can't be read
    """
    try:
        document: dict[str, Any] = yaml.load(path.read_bytes(), _Loader)
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name}: {error}".replace("\n", " ")) from None
    return document


def load(path: Path) -> Contract:
    """Read a contract.

    :raises ContractError: the file can't be read, or an operation has no id or no answer for success
    """
    document = load_document(path)
    resolved = _resolve(document, document)
    operations = {operation.id: operation for operation in _operations(resolved, path.name)}
    return Contract(
        surface=document["x-surface"],
        base_path=document["servers"][0]["url"].rstrip("/"),
        document=document,
        operations=operations,
        errors={row.refusal: row for row in _rows(resolved, None)},
    )


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base is chosen at run time
    """Reads status codes as text keys and dates as text, as JSON would have them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def _resolve(node: Any, root: Mapping[str, Any]) -> Any:
    """Copy a node with every local reference replaced by what it refers to."""
    if isinstance(node, dict):
        if "$ref" in node:
            target: Any = root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return _resolve(target, root)
        # A discriminator's mapping names schemas by their reference, so it stays as it is.
        return {key: value if key == "mapping" else _resolve(value, root) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve(item, root) for item in node]
    return node


def _operations(document: Mapping[str, Any], name: str) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                try:
                    yield _operation(path, method, item[method])
                except (KeyError, StopIteration) as error:
                    raise ContractError(f"{name}: {method.upper()} {path} lacks {error}") from None


def _operation(path: str, method: str, node: Mapping[str, Any]) -> Operation:
    responses = {int(status): response for status, response in node["responses"].items()}
    rows = [row for status, response in responses.items() for row in _rows(response, status)]
    content = node.get("requestBody", {}).get("content", {})
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        parameters=tuple(node.get("parameters", ())),
        request_media_type=content.get("application/json"),
        success_status=next(status for status in responses if status < 300),
        responses=responses,
        errors={row.refusal: row for row in rows},
    )


def _rows(node: Mapping[str, Any], status: int | None) -> Iterator[ErrorRow]:
    for row in node.get("x-errors", ()):
        yield ErrorRow(
            refusal=row["class"],
            status=row["status"] if status is None else status,
            code=row["code"],
            message=row["message"],
        )
