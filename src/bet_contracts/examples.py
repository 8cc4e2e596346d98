"""The examples of a contract, judged by the schemas that they stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bet_contracts.documents import Node, resolved, walk
from bet_contracts.schemas import compile_schema


def examples(document: Node) -> Iterator[tuple[str, Node, Any]]:
    """Place, schema (resolved) and value of every example of a bundled OpenAPI document.

    Examples of a schema, of a media type, of a parameter, and of what a token carries (``x-jwt``).
    """
    for path, node in walk(resolved(document, document)):
        place = "/".join(path)
        if "schema" in node and isinstance(node["schema"], dict):
            for name, example in node.get("examples", {}).items():
                yield f"{place}/{name}", node["schema"], example["value"]
            if "example" in node:
                yield place, node["schema"], node["example"]
        if path[-1:] == ("x-jwt",):
            for kind, schema in (("examples", "data"), ("claims_examples", "claims")):
                for number, example in enumerate(node.get(kind, ())):
                    yield f"{place}/{kind}/{number}", node[schema], example["value"]
        if "x-examples" in node:
            for number, example in enumerate(node["x-examples"]):
                yield f"{place}/{number}", node, example["value"]
        if "example" in node and "schema" not in node and "type" in node:
            yield place, node, node["example"]


def misfits(document: Node) -> Iterator[str]:
    """One line per example that its schema refuses."""
    for place, schema, value in examples(document):
        if violation := compile_schema(schema)(decimal(value)):
            yield f"example {place}: {violation}"


def drop_outdated(document: Node) -> None:
    """Take out the examples that were only assumed, and that their schemas refuse by now."""
    for _, node in walk(document):
        if isinstance(node.get("schema"), dict) and "examples" in node:
            violation_of = compile_schema(resolved(node["schema"], document))
            outdated = [
                name
                for name, example in node["examples"].items()
                if example.get("x-provenance", {}).get("standing") == "assumed"
                and violation_of(decimal(example["value"]))
            ]
            for name in outdated:
                del node["examples"][name]
            if not node["examples"]:
                del node["examples"]


def decimal(value: Any) -> Any:
    """The value with its fractions as ``Decimal``, as documents are read from the wire."""
    match value:
        case float():
            return Decimal(repr(value))
        case dict():
            return {name: decimal(child) for name, child in value.items()}
        case list():
            return [decimal(child) for child in value]
    return value
