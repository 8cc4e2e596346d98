"""The contracts on disk: where they are, what they hold, how an operation is addressed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from conformance.errors import KitError
from conformance.verdict import ExitCode

try:  # the C loader is about ten times as fast; a Python built without libyaml lacks it
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # same interface

CONTRACT_FILES = MappingProxyType(
    {
        "betstack.bet_engine": "betstack/bet-engine.yaml",
        "betcore.casino": "betcore/casino.yaml",
    }
)
"""Surface to contract file, for the surfaces that the kit can judge."""

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


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
    """One contract as loaded from disk."""

    surface: str
    file: str
    """Path inside the contracts directory."""
    sha256: str
    document: dict[str, Any]

    @property
    def prefix(self) -> str:
        """What stands between the base URL and the paths, without a trailing slash."""
        return str(self.document["servers"][0]["url"]).rstrip("/")

    def operations(self) -> Iterator[Operation]:
        """The operations in the order of the document."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield Operation(item[method]["operationId"], method.upper(), path)

    def operation(self, operation_id: str) -> Operation:
        """The operation with this id. Raises :exc:`KeyError`."""
        for operation in self.operations():
            if operation.id == operation_id:
                return operation
        raise KeyError(operation_id)


def contracts_directory() -> Path:
    """The directory with the contracts: the checkout's ``openapi``, else the data package ``bet_contracts``.

    The checkout comes first, since an editable installation leaves a copy in the data package that grows old.
    Raises :exc:`KitError` when there is neither.
    """
    checkout = Path(__file__).resolve().parents[2] / "openapi"
    if (checkout / "betstack").is_dir():
        return checkout
    spec = find_spec("bet_contracts")
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    raise KitError(
        "the contracts are missing: neither the package bet_contracts nor an openapi directory is there",
        ExitCode.HARNESS,
    )


def read_yaml(file: Path) -> Any:
    """The YAML document in ``file``. Raises :exc:`KitError` naming file and line."""
    try:
        return yaml.load(file.read_bytes(), Loader=Loader)  # CSafeLoader builds plain data only
    except OSError as error:
        raise KitError(f"{file} can't be read: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise KitError(f"{file}:{line}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:  # a day that no month has is a ValueError
        raise KitError(f"{file} is no YAML: {' '.join(str(error).split())}") from error


@cache
def load(surface: str) -> Contract:
    """The contract of a surface of :data:`CONTRACT_FILES`. Treat its document as read-only."""
    name = CONTRACT_FILES[surface]
    file = contracts_directory() / name
    document = read_yaml(file)
    if not isinstance(document, dict) or document.get("x-surface") != surface:
        raise KitError(f"{file} is not the contract of {surface}", ExitCode.HARNESS)
    return Contract(surface, name, hashlib.sha256(file.read_bytes()).hexdigest(), document)
