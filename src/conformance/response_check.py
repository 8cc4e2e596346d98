"""Schemathesis's response checks, applied to the answers of named cases.

Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import UndefinedStatusCode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bet_contracts.documents import METHODS
from conformance.client import RawAnswer
from conformance.contract import Contract
from conformance.integral import integral_json
from conformance.judged import judge

CHECKS = (
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

CONFIG: Mapping[str, Any] = {
    "seed": 1,
    "cache": {"enabled": False},
    "generation": {"database": "none"},
    "analysis": {"constants": {"enabled": False}},
}
"""Given explicitly, so that no ``schemathesis.toml`` of the working directory takes part."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks say about one answer."""

    violations: tuple[str, ...] = ()
    """One line each: what breaks the contract."""
    undocumented: str | None = None
    """Set when the status is not documented: then nothing else can be checked."""


class ResponseCheck:
    """Judges answers by one contract.

    With ``full`` the assumed constraints count too; otherwise the judged contract is used.
    """

    def __init__(self, contract: Contract, *, full: bool) -> None:
        document = contract.document if full else judge(contract.document)
        schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(dict(CONFIG)))
        self._operations: dict[str, APIOperation[Any, Any, Any, Any]] = {
            definition["operationId"]: schema[path][method.upper()]
            for path, item in document["paths"].items()
            for method, definition in item.items()
            if method in METHODS
        }

    def __call__(self, operation_id: str, answer: RawAnswer, request: requests.PreparedRequest) -> Findings:
        """What is wrong with the answer; an answer that never came has no findings."""
        operation = self._operations.get(operation_id)
        if operation is None or answer.status is None:
            return Findings()
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers:
            headers.setdefault(name.lower(), []).append(value)
        response = schemathesis.Response(
            status_code=answer.status,
            headers=headers,
            content=integral_json(answer.content),
            request=request,
            elapsed=answer.elapsed,
            verify=True,
        )
        # The values stand in for those that were sent: the checks name the request, but judge the answer.
        values = dict.fromkeys(re.findall(r"{([^}]+)}", operation.path), "value")
        try:
            operation.Case(path_parameters=values).validate_response(response, checks=list(CHECKS))
        except FailureGroup as group:
            failures = [error for error in group.exceptions if isinstance(error, Failure)]
        except Failure as failure:
            failures = [failure]
        except Exception as error:
            # What the library can't digest is the target's odd answer, not a fault of the kit.
            return Findings(violations=(f"the answer can't be checked: {_line(str(error))}",))
        else:
            failures = []
        undocumented = next(
            (
                f"HTTP {answer.status} is not documented for {operation_id}"
                for failure in failures
                if isinstance(failure, UndefinedStatusCode)
            ),
            None,
        )
        violations = tuple(
            f"{failure.title}: {_line(failure.message)}"
            for failure in failures
            if not isinstance(failure, UndefinedStatusCode)
        )
        return Findings(violations, undocumented)


def _line(text: str) -> str:
    """The first paragraph of a message as one line; what follows prints the whole schema."""
    return " ".join(text.strip().split("\n\n", 1)[0].split())[:300]
