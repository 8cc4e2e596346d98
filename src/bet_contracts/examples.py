"""The examples of a contract, judged by the schemas that they stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bet_contracts.documents import Node, resolved, walk
from bet_contracts.schemas import compile_schema


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a media type, a parameter, a schema or what a token carries."""

    place: str
    schema: Node
    """References in place."""
    value: Any
    holder: dict[str, Any] | list[Any]
    """What it stands in, under ``key``."""
    key: Any
    standing: str | None

    def violation(self, document: Node) -> str | None:
        """How the value breaks its schema, or ``None``."""
        return compile_schema(resolved(self.schema, document))(decimal(self.value))


def examples(document: Node) -> Iterator[Example]:
    """Every example of a bundled OpenAPI document."""
    for path, node in walk(document):
        place = "/".join(path)
        if isinstance(node.get("schema"), dict):
            for name, one in node.get("examples", {}).items():
                at = f"{place}/{name}"
                yield Example(at, node["schema"], one["value"], node["examples"], name, _standing(one))
            if "example" in node:
                yield Example(place, node["schema"], node["example"], node, "example", _standing(node))
        elif "example" in node and "type" in node:
            yield Example(place, node, node["example"], node, "example", _standing(node))
        if path[-1:] == ("x-jwt",):
            yield from _listed(f"{place}/examples", node.get("examples", []), node["data"])
            yield from _listed(f"{place}/claims_examples", node.get("claims_examples", []), node["claims"])
        yield from _listed(place, node.get("x-examples", []), node)


def misfits(document: Node) -> Iterator[str]:
    """One line per example that its schema refuses."""
    for example in examples(document):
        if violation := example.violation(document):
            yield f"example {example.place}: {violation}"


def drop_outdated(document: Node) -> None:
    """Take out the examples that no page printed, and that their schemas refuse by now."""
    for example in list(examples(document)):
        if example.standing != "documented" and example.violation(document):
            holder = example.holder
            if isinstance(holder, list):
                holder.remove(example.key)
            else:
                del holder[example.key]


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


def _listed(place: str, entries: list[Any], schema: Node) -> Iterator[Example]:
    for number, one in enumerate(entries):
        yield Example(f"{place}/{number}", schema, one["value"], entries, one, _standing(one))


def _standing(node: Node) -> str | None:
    standing: str | None = node.get("x-provenance", {}).get("standing")
    return standing
