"""Values of an answer whose names no page tells."""

from __future__ import annotations

from typing import Any


def strings_in(node: Any) -> set[str]:
    """Every string of a document, wherever it stands."""
    if isinstance(node, str):
        return {node}
    members = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return set[str]().union(*(strings_in(member) for member in members))
