"""Requests of the demonstration, each shown with its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests
from rich.console import Console
from rich.markup import escape

_DEADLINE_SECONDS = 10
_LONGEST = 420


class Surprise(Exception):
    """An answer is not what the documentation says. The text names both."""


def exchange(
    console: Console, method: str, url: str, headers: Mapping[str, str], body: bytes, *, shown: object
) -> dict[str, Any]:
    """Send a request, and show it and its answer.

    :param shown: what the request says, for people
    :raises Surprise: it is refused
    """
    path = url.partition("//")[2].partition("/")[2]
    console.print(f"[cyan]→ {method} /{escape(path)}[/]  {escape(brief(shown))}")
    console.print(f"  [dim]{escape(_identity(headers, body))}[/]")
    answer = requests.request(method, url, headers=headers, data=body, timeout=_DEADLINE_SECONDS)
    colour = "green" if answer.ok else "red"
    console.print(f"[{colour}]← {answer.status_code}[/]  {escape(brief(answer.json()))}")
    if not answer.ok:
        raise Surprise(answer.headers.get("x-sandbox-reason", answer.text))
    document: dict[str, Any] = answer.json()
    return document


def expect(document: Mapping[str, Any], **expected: object) -> None:
    """See to it that an answer is as the documentation has it.

    :raises Surprise: it isn't
    """
    for name, value in expected.items():
        if document.get(name) != value:
            raise Surprise(f"{name} is {document.get(name)!r}, expected {value!r}")


def brief(document: object) -> str:
    """One line, with long lists of fields cut where the story no longer needs them."""
    if document is None:
        return "(no body)"
    text = json.dumps(document, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _identity(headers: Mapping[str, str], body: bytes) -> str:
    """How the request was signed, on one line."""
    if "signature" not in headers:
        return f"body: {body[:24].decode()}…, a JWT of {len(body)} bytes in quotes, signed with RS256"
    shown = {name: value for name, value in headers.items() if name != "content-type"}
    return ", ".join(f"{name}: {value}" for name, value in shown.items())
