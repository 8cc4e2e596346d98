"""Bodies of exchanges made readable, without a change to what they say."""

from __future__ import annotations

import json
import re

# A short list of numbers is one token: it reads better on one line.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|\[[\d.eE+\-,\s]{1,60}\]|[\[\]{},:]|[^\s\[\]{},:"]+')
_DEEPEST = 40


def pretty(body: str) -> str:
    """Return a JSON body indented, any other body as it is.

    Only white space between tokens changes: ``10.0``, a repeated key and an escape stay as received,
    since they can be what is wrong.
    """
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return body
    pieces: list[str] = []
    depth = 0
    previous = ""
    for token in _TOKEN.findall(body):
        if token in ("]", "}"):
            depth -= 1
            if previous not in ("[", "{"):
                pieces.append("\n" + "  " * depth)
        elif previous in ("[", "{", ","):
            pieces.append("\n" + "  " * depth)
        if token in ("[", "{"):
            depth += 1
            if depth > _DEEPEST:
                return body
        pieces.append(": " if token == ":" else _numbers(token))
        previous = token
    return "".join(pieces)


def _numbers(token: str) -> str:
    if token.startswith("[") and len(token) > 1:
        return "[" + ", ".join(number.strip() for number in token[1:-1].split(",")) + "]"
    return token


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of the text, with a note of how many are left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {len(text) - limit} more characters, see report.json"
