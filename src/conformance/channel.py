"""One surface of the target as one case uses it: every answer is recorded and checked on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import requests

from conformance.answered import Refusals
from conformance.client import Evidence, RawAnswer, RawExchange, Transport, segment
from conformance.contract import Contract
from conformance.errors import HarnessError


class Check(Protocol):
    """Judges an answer; see :class:`conformance.response_check.ResponseCheck`."""

    def __call__(self, operation_id: str, answer: RawAnswer, request: requests.PreparedRequest) -> Any:
        """Return an object with ``violations`` and ``undocumented``."""


class Legality(Protocol):
    """Says what is illegal about a body; see :class:`conformance.request_check.RequestCheck`."""

    def problems(self, operation_id: str, body: Any) -> list[str]:
        """One line per problem."""

    def query_problems(self, operation_id: str, query: Sequence[tuple[str, str]]) -> list[str]:
        """One line per problem."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Sends the operations of one contract for one case."""

    contract: Contract
    transport: Transport
    check: Check | None
    """``None`` while nothing is judged, as in the smoke check."""
    legality: Legality
    evidence: Evidence
    path: str | None = None
    """What follows the transport's URL where the party names its own URL, whatever the contract's path."""

    def require_legal(self, operation_id: str, body: Any) -> None:
        """Raise :exc:`HarnessError` when the kit is about to send what the contract forbids."""
        problems = self.legality.problems(operation_id, body)
        if problems:
            raise HarnessError(f"the kit's own {operation_id} request breaks the contract: {problems[0]}")

    def require_legal_query(self, operation_id: str, query: Sequence[tuple[str, str]]) -> None:
        """As :meth:`require_legal`, for the query of a request."""
        problems = self.legality.query_problems(operation_id, query)
        if problems:
            raise HarnessError(f"the kit's own {operation_id} query breaks the contract: {problems[0]}")

    def refusals(self, operation_id: str) -> Refusals:
        """The refusals of the operation, as the user's overrides have them."""
        return self.contract.refusals.get(operation_id, Refusals())

    def call(
        self,
        operation_id: str,
        *,
        values: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        paced: bool = True,
    ) -> RawAnswer:
        """Send one operation. ``values`` fill the path's templates; ``query`` may repeat a name."""
        operation = self.contract.operation(operation_id)
        path = self.contract.prefix + operation.path if self.path is None else self.path
        for name, value in (values or {}).items():
            path = path.replace(f"{{{name}}}", segment(value))
        if query:
            path += f"?{urlencode(query)}"
        request = self.transport.prepare(operation.method, path, headers or {}, body)
        answer = self.transport.send(request, paced=paced)
        with self.evidence.lock:
            self.evidence.exchanges.append(RawExchange(operation_id, request, answer, self.evidence.purpose))
            if self.check is not None:
                findings = self.check(operation_id, answer, request)
                self.evidence.violations.extend(findings.violations)
                if findings.undocumented:
                    self.evidence.undocumented.append(findings.undocumented)
        return answer

    def call_outside(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> RawAnswer:
        """Send what no operation of the contract describes; ``path`` stands below the surface's prefix."""
        request = self.transport.prepare(method, self.contract.prefix + path, headers or {}, body)
        answer = self.transport.send(request)
        with self.evidence.lock:
            self.evidence.exchanges.append(
                RawExchange(f"{method} {path}", request, answer, self.evidence.purpose)
            )
        return answer
