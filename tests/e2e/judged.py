"""A way to the control plane that holds every answer against its contract."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx

from bet_contracts.documents import contracts_directory, operations, read_yaml, resolved
from bet_contracts.schemas import Violation, compile_schema


class AnswerBreaksContract(AssertionError):
    """An answer is not what ``openapi/admin.yaml`` says."""


class JudgedTransport(httpx.HTTPTransport):
    """Sends over HTTP, and judges what comes back."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        answer.read()
        status, violation_of = _expected(request.method, request.url.path, answer.status_code)
        violation = violation_of(answer.json()) if violation_of else None
        if violation:
            raise AnswerBreaksContract(f"{request.method} {request.url.path} {status}: {violation}")
        return answer


def _expected(method: str, path: str, status: int) -> tuple[str, Violation | None]:
    for template, responses in _responses()[method.lower()]:
        if _fits(template, path):
            return responses.get(str(status), responses["default"])
    raise AnswerBreaksContract(f"{method} {path} is in no contract")


def _fits(template: str, path: str) -> bool:
    """Of two templates that fit, the one with fewer braces stands first in the contract."""
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part.startswith("{") or part == one for part, one in zip(parts, given, strict=True)
    )


@cache
def _responses() -> dict[str, list[tuple[str, dict[str, tuple[str, Violation | None]]]]]:
    document: Any = read_yaml(contracts_directory() / "admin.yaml")
    whole = resolved(document, document)
    found: dict[str, list[tuple[str, dict[str, tuple[str, Violation | None]]]]] = {}
    for path, method, node in operations(whole):
        compiled = {status: (status, _schema_of(response)) for status, response in node["responses"].items()}
        found.setdefault(method, []).append((path, compiled))
    for entries in found.values():
        entries.sort(key=lambda entry: entry[0].count("{"))
    return found


def _schema_of(response: dict[str, Any]) -> Violation | None:
    for media_type in response.get("content", {}).values():
        return compile_schema(media_type["schema"])
    return None
