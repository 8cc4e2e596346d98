"""The refusals of a response: its rows, and the codes that its body's schema lists."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from bet_contracts.documents import Node, walk

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


def _has_codes(branch: Any) -> bool:
    return code_schema({"content": branch}) is not None


def _lists_refusals(node: Node) -> bool:
    return "enum" in node and node["enum"] not in ([200], [1])
