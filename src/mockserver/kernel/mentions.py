"""Whether an exchange is about a ticket or a bet."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from mockserver.kernel.journal import Exchange
from mockserver.kernel.json_codec import JsonInvalid, parse


def mentions(exchange: Exchange, keys: frozenset[str], names: frozenset[str]) -> bool:
    """Whether the path has one of the names as a segment, or a document has it under one of the keys."""
    path = unquote(exchange.target.partition("?")[0])
    if not names.isdisjoint(path.split("/")):
        return True
    request = exchange.request_body if exchange.document is None else exchange.document
    return any(_in_text(text, keys, names) for text in (request, exchange.answer_body))


def _in_text(text: bytes, keys: frozenset[str], names: frozenset[str]) -> bool:
    if not any(name.encode() in text for name in names):
        return False
    try:
        left = [parse(text)]
    except JsonInvalid:
        return False
    while left:
        value: Any = left.pop()
        if isinstance(value, list):
            left.extend(value)
        elif isinstance(value, dict):
            if any(key in keys and str(one) in names for key, one in value.items()):
                return True
            left.extend(value.values())
    return False
