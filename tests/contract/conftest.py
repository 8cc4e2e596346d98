"""The contracts and registers as they stand in the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
VENDORS = {"betstack": "BS", "betcore": "BC"}
CONTRACTS = sorted(path for path in OPENAPI.glob("*/*.yaml") if "paths" in yaml.safe_load(path.read_text()))
METHODS = ("get", "put", "post", "delete", "patch")

Node = dict[str, Any]


def read(path: Path) -> Node:
    document: Node = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def operations(contract: Node) -> Iterator[Node]:
    for item in contract["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every object of a document with the path that leads to it."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}/{index}")


def resolved(node: Any, root: Node) -> Any:
    """The node with its references followed."""
    if isinstance(node, dict):
        if "$ref" in node:
            target: Any = root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return resolved(target, root)
        return {key: value if key == "mapping" else resolved(value, root) for key, value in node.items()}
    return [resolved(item, root) for item in node] if isinstance(node, list) else node


@pytest.fixture(params=CONTRACTS, ids=lambda path: path.stem)
def contract_path(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def contract(contract_path: Path) -> Node:
    return read(contract_path)


@pytest.fixture
def vendor(contract_path: Path) -> str:
    return contract_path.parent.name
