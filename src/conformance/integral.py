"""``10.0`` and ``10`` are one number to JSON; to draft 4 of JSON Schema, and OpenAPI 3.0, they are two."""

from __future__ import annotations

import json
from typing import Any


def integral(value: Any) -> Any:
    """The value with every integral float in it made an ``int``."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: integral(child) for name, child in value.items()}
    if isinstance(value, list):
        return [integral(child) for child in value]
    return value


def integral_json(content: bytes) -> bytes:
    """The JSON text with every integral float written as an integer; anything else as it is."""
    if b".0" not in content:
        return content
    try:
        return json.dumps(integral(json.loads(content))).encode()
    except (ValueError, RecursionError, OverflowError):
        return content
