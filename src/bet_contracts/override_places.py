"""Where a contract holds what an assumption decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bet_contracts.documents import Node, walk
from bet_contracts.facts import KEYWORD_MARKS, ROWS
from bet_contracts.override_fields import ITEM_ROW, OPERATION, ROW, SCHEMA, SERVERS, Wanted
from bet_contracts.refusals import CODE_FIELDS


@dataclass(frozen=True, slots=True)
class Place:
    """What an assumption decides at one place of a contract."""

    kind: str
    """``row``, ``schema``, ``operation`` or ``servers``."""
    name: str
    """Class of a row, ``Schema.property``, operationId, or ``servers``."""
    node: Node
    path: tuple[str, ...]
    fields: Mapping[str, Wanted]
    """What may be overridden here."""

    def is_meant_by(self, name: str) -> bool:
        """Whether a user's name for a place is this one's, or the end of it."""
        return self.name == name or (bool(name) and self.name.endswith(f".{name}"))


def places(document: Node, assumption: str) -> Iterator[Place]:
    """Everything in a bundled contract that an assumption decides, and an override can replace."""
    for path, node in walk(document):
        if path[-2:-1] and path[-2] in ROWS:
            if rests_on(node, assumption):
                yield Place("row", node["class"], node, path, ROW if path[-2] == "x-errors" else ITEM_ROW)
        elif path == ("servers", "0"):  # readers take the first one
            if rests_on(node, assumption):
                yield Place("servers", "servers", node, path, SERVERS)
        elif len(path) == 3 and path[0] == "paths":
            if rests_on(node, assumption):
                yield Place("operation", node["operationId"], node, path, OPERATION)
        elif fields := _schema_fields(path, node, assumption):
            yield Place("schema", _schema_name(path, document), node, path, fields)


def rests_on(node: Node, assumption: str) -> bool:
    """Whether the provenance of a node names the assumption."""
    mark = node.get("x-provenance")
    return isinstance(mark, dict) and mark.get("assumption") == assumption


def _schema_fields(path: tuple[str, ...], node: Node, assumption: str) -> Mapping[str, Wanted]:
    if "schema" not in path and path[:2] != ("components", "schemas"):
        return {}
    marked = {
        keyword
        for mark in KEYWORD_MARKS
        for keyword, name in node.get(mark, {}).items()
        if name == assumption and keyword in SCHEMA
    }
    is_code = path[-2:-1] == ("properties",) and path[-1] in CODE_FIELDS
    if is_code:  # the codes of a response follow from its rows
        marked.discard("enum")
    if rests_on(node, assumption) and not is_code:
        return SCHEMA
    return {keyword: SCHEMA[keyword] for keyword in sorted(marked)}


def _schema_name(path: tuple[str, ...], document: Node) -> str:
    """``SuperbetRequest.price``, ``Jwk.kid``, ``events[].odds``: how a user names a schema's place."""
    if path[0] == "paths":
        name = str(document["paths"][path[1]][path[2]]["operationId"])
        rest = path[path.index("schema") + 1 :]
        if "responses" in path:
            name += f".{path[path.index('responses') + 1]}"
    else:
        name, rest = path[2], path[3:]
    steps = list(rest)
    while steps:
        step = steps.pop(0)
        if step == "properties" and steps:
            name += f".{steps.pop(0)}"
        elif step == "items":
            name += "[]"
    return name
