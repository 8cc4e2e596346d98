"""The refusals of a response: its rows, and the codes that its body's schema lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

from bet_contracts.documents import Node, operations, walk

CODE_FIELDS: Final = ("code", "ErrorCode", "_responseCode")
"""Names of the property that carries the code, one per kind of error body."""


def code_schema(response: Node) -> tuple[str, Node] | None:
    """Name and schema of the property that lists the codes of a response's rows, if there is one."""
    for path, node in walk(response.get("content", {})):
        if path[-2:-1] == ("properties",) and path[-1] in CODE_FIELDS and _lists_refusals(node):
            return path[-1], node
    return None


def success_codes(document: Node) -> set[int]:
    """The codes that mean success, where success has a code too (``SuccessCode``)."""
    return set(document.get("components", {}).get("schemas", {}).get("SuccessCode", {}).get("enum", ()))


def set_codes(response: Node) -> None:
    """Make the schema list exactly the codes of the rows; without rows it lists none."""
    codes = list(dict.fromkeys(row["code"] for row in response.get("x-errors", ())))
    found = code_schema(response)
    if found is None:
        return
    if codes:
        found[1]["enum"] = codes
        return
    schema = response["content"]["application/json"]["schema"]
    if "oneOf" in schema:
        schema["oneOf"] = [branch for branch in schema["oneOf"] if not _has_codes(branch)]


def only_refusal(response: Node) -> Node | None:
    """A copy of the part of a response's schema that describes a refusal."""
    schema: Node | None = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    return deepcopy(next((branch for branch in schema.get("oneOf", ()) if _has_codes(branch)), schema))


def move_row(document: Node, is_meant: Callable[[Node], bool], status: str, proof: Node) -> list[Node]:
    """Put a row of refusals under another status, in every operation that has it.

    A documented response stays, without body, when its last row has gone; one that is made gets ``proof`` as
    its provenance.

    :returns: the responses that the row is in now
    """
    arrived: list[Node] = []
    for _, _, operation in operations(document):
        responses = operation["responses"]
        for old, response in list(responses.items()):
            own = _inlined(document, response)
            rows = own.get("x-errors", [])
            moved = [row for row in rows if is_meant(row)]
            if not moved or old == status:
                continue
            body = only_refusal(own)
            own["x-errors"] = [row for row in rows if row not in moved]
            if own["x-errors"] or old.startswith("2"):
                set_codes(own)
                responses[old] = own
            elif own["x-provenance"]["standing"] != "documented":
                del responses[old]
            else:  # the status is documented, and what its body is was ours
                responses[old] = {key: own[key] for key in own if key not in ("content", "x-errors")}
            new = _inlined(document, responses.get(status)) or {
                "description": moved[0]["when"],
                "x-provenance": dict(proof),
                "content": {"application/json": {"schema": body}} if body else {},
            }
            new["x-errors"] = [*new.get("x-errors", ()), *moved]
            set_codes(new)
            responses[status] = new
            arrived.append(new)
    return arrived


def responses_with(document: Node, row: Node) -> Iterator[Node]:
    """The responses that hold this very row."""
    for path, node in walk(document):
        if path and any(mine is row for mine in node.get("x-errors", ())):
            yield node


def _has_codes(branch: Any) -> bool:
    return code_schema({"content": branch}) is not None


def _lists_refusals(node: Node) -> bool:
    return "enum" in node and node["enum"] not in ([200], [1])


def _inlined(document: Node, response: Node | None) -> Node:
    """A copy of the response that can be changed for one operation."""
    if response is None:
        return {}
    if "$ref" in response:
        *_, section, name = response["$ref"].split("/")
        response = document["components"][section][name]
    return deepcopy(response)
