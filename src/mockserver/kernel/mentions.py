"""Whether an exchange is about a ticket or a bet."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from mockserver.kernel.journal import Exchange
from mockserver.kernel.json_codec import JsonInvalid, parse


def mentions(exchange: Exchange, keys: frozenset[str], names: frozenset[str]) -> bool:
    """Whether the path has one of the names as a segment, or a document has it under one of the keys."""
    segments = exchange.target.partition("?")[0].split("/")
    if not names.isdisjoint(map(unquote, segments)):
        return True
    request = exchange.request_body if exchange.document is None else exchange.document
    return any(_in_text(text, keys, names) for text in (request, exchange.answer_body))


def _in_text(text: bytes, keys: frozenset[str], names: frozenset[str]) -> bool:
    if not any(_may_hold(text, name) for name in names):
        return False
    try:
        left = [parse(text)]
    except JsonInvalid:
        return _in_broken_text(text, keys, names)
    while left:
        value: Any = left.pop()
        if isinstance(value, list):
            left.extend(value)
        elif isinstance(value, dict):
            if any(key in keys and str(one) in names for key, one in value.items()):
                return True
            left.extend(value.values())
    return False


def _may_hold(text: bytes, name: str) -> bool:
    """False is certain. JSON may write anything but ASCII letters and digits in several ways."""
    return not (name.isascii() and name.isalnum()) or name.encode() in text


def _in_broken_text(text: bytes, keys: frozenset[str], names: frozenset[str]) -> bool:
    """What was cut off, or never was JSON."""
    either_key = "|".join(map(re.escape, keys))
    either_name = "|".join(map(re.escape, names))
    pair = rf'"(?:{either_key})"\s*:\s*(?:"(?:{either_name})"|(?:{either_name})(?![\w.]))'
    return bool(keys) and re.search(pair, text.decode("utf-8", "replace")) is not None
