"""Files to documents: YAML read once, references to the vendor's shared components brought inside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bet_contracts.errors import ContractError

Node = dict[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_COMPONENTS: Final = "components.yaml#/"


def contracts_directory() -> Path:
    """Where the contracts are: the checkout's ``openapi``, else the package's own data.

    The checkout comes first, since an editable installation leaves a copy of the data that grows old.
    Raises :exc:`ContractError` when there is neither.
    """
    package = Path(__file__).resolve().parent
    for place in (package.parents[1] / "openapi", package / "openapi"):
        if (place / "betstack").is_dir():
            return place
    raise ContractError(f"the contracts are missing: {package / 'openapi'} is no directory")


def read_yaml(file: Path) -> Any:
    """The YAML document in ``file``; status codes are text keys and dates are text, as JSON has them.

    Raises :exc:`ContractError` naming file and line.
    """
    try:
        return yaml.load(file.read_bytes(), _Loader)
    except OSError as error:
        raise ContractError(f"{file} can't be read: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ContractError(f"{file}:{line}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ContractError(f"{file} is no YAML: {' '.join(str(error).split())}") from error


@cache
def bundled_text(file: Path) -> str:
    """The contract in ``file`` as JSON, complete in itself: what it shares with its neighbours is inside.

    Text, so that each reader gets a document of its own. Raises :exc:`ContractError`.
    """
    document = read_yaml(file)
    if not isinstance(document, dict):
        raise ContractError(f"{file} is no contract")
    shared = read_yaml(file.with_name("components.yaml")) if _refers(document) else {}
    return json.dumps(_Bundler(file, shared).bundled(document))


def bundled(file: Path) -> Node:
    """The document of :func:`bundled_text`, free to be changed."""
    document: Node = json.loads(bundled_text(file))
    return document


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every object of a document with the keys that lead to it."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from walk(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, (*path, str(index)))


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Node]]:
    """Path, method (lower case) and operation of an OpenAPI document, in its order."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def target_of(reference: str, root: Mapping[str, Any]) -> Any:
    """What a local reference (``#/...``) points to. Raises :exc:`ContractError` for one that dangles."""
    node: Any = root
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            raise ContractError(f"the reference {reference} leads nowhere")
        node = node[part]
    return node


def resolved(node: Any, root: Mapping[str, Any]) -> Any:
    """A copy of the node with every local reference replaced by what it points to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            return resolved(target_of(node["$ref"], root), root)
        # A discriminator's mapping names schemas by their reference, so it stays as it is.
        return {key: value if key == "mapping" else resolved(value, root) for key, value in node.items()}
    if isinstance(node, list):
        return [resolved(item, root) for item in node]
    return node


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base is chosen at run time
    """Builds plain data only; the C loader is about ten times as fast."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def _refers(document: Node) -> bool:
    return any(str(node.get("$ref", "")).startswith(_COMPONENTS) for _, node in walk(document))


class _Bundler:
    """Brings what a document refers to in ``components.yaml`` into its own ``components``."""

    def __init__(self, file: Path, shared: Node) -> None:
        self._file = file
        self._shared = shared
        self._own: Node = {}
        self._arrived: set[tuple[str, str]] = set()

    def bundled(self, document: Node) -> Node:
        self._own = {section: dict(named) for section, named in document.get("components", {}).items()}
        given = {section: list(named) for section, named in self._own.items()}
        whole: Node = {
            key: self._local(value, shared=False) for key, value in document.items() if key != "components"
        }
        for section, names in given.items():
            for name in names:
                self._own[section][name] = self._local(self._own[section][name], shared=False)
        if self._own:
            whole["components"] = self._own
        return whole

    def _local(self, node: Any, *, shared: bool) -> Any:
        if isinstance(node, list):
            return [self._local(item, shared=shared) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            if reference.startswith(_COMPONENTS):
                return self._brought(reference.removeprefix(_COMPONENTS))
            if shared and reference.startswith("#/"):
                return self._brought(reference.removeprefix("#/"))
            if not reference.startswith("#/"):
                raise ContractError(
                    f"{self._file.name}: the reference {reference} leaves the vendor's folder"
                )
        return {key: self._local(value, shared=shared) for key, value in node.items()}

    def _brought(self, pointer: str) -> Any:
        """A reference to the copy inside; a part that is no component is put in the reference's place."""
        parts = pointer.split("/")
        try:
            found = target_of(f"#/{pointer}", self._shared)
        except ContractError:
            raise ContractError(f"{self._file.name}: components.yaml has no {pointer}") from None
        if parts[0] != "components" or len(parts) != 3:
            return self._local(found, shared=True)
        _, section, name = parts
        named = self._own.setdefault(section, {})
        if name not in named:
            self._arrived.add((section, name))
            named[name] = {}  # stands there before its parts are looked at: they may refer back to it
            named[name] = self._local(found, shared=True)
        elif (section, name) not in self._arrived:
            raise ContractError(f"{self._file.name}: {section}/{name} is defined here and in components.yaml")
        return {"$ref": f"#/{pointer}"}
