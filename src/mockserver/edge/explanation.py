"""What an exchange of the journal breaks, and how its signature was to be made. Worked out when it is
asked for, never while a request waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bet_contracts.errors import ContractError
from bet_contracts.schemas import compile_violations
from mockserver.edge.contract import load
from mockserver.edge.surface import Surface
from mockserver.kernel.errors import EdgeRefusal
from mockserver.kernel.exchange import Inbound, text_of
from mockserver.kernel.explanation import Difference, Explanation
from mockserver.kernel.journal import LARGEST_KEPT, Direction, Exchange
from mockserver.kernel.json_codec import JsonInvalid, parse

MOST_VIOLATIONS = 100
_JSON = "application/json"
_SHOWN = 40


_Violations = Callable[[Any], list[str]]


@dataclass(frozen=True, slots=True)
class _Schemas:
    request: _Violations | None
    takes_token: bool
    answers: Mapping[int, _Violations | None]
    """By documented status; ``None`` where no body is documented."""
    answers_to: Mapping[tuple[int, str], _Violations]
    """By status and action, where an action has an answer of its own (``x-answers``)."""


class Explainer:
    """Explains exchanges by the contracts in force.

    :param overrides: what the user's file puts in the place of assumptions
    """

    def __init__(self, surfaces: Sequence[Surface], overrides: Mapping[str, Any] | None) -> None:
        self._surfaces = {surface.contract.surface: surface for surface in surfaces}
        self._overrides = overrides
        self._schemas = cache(self._compiled)

    def explain(self, exchange: Exchange) -> Explanation:
        """Everything that can be said about an exchange."""
        signed = self._signed_text(exchange)
        cut = exchange.request_size > LARGEST_KEPT
        schemas = None
        if exchange.surface is not None and exchange.operation is not None:
            schemas = self._known(exchange.surface, exchange.operation)
        return Explanation(
            request_violations=_of_request(schemas, exchange) if schemas else [],
            answer_violations=_of_answer(schemas, exchange) if schemas else [],
            signed_text=None if signed is None or cut else _text(signed),
            difference=_difference(signed, exchange.claimed, cut=cut),
        )

    def _signed_text(self, exchange: Exchange) -> bytes | None:
        if _unread(exchange):
            return None
        if exchange.direction is Direction.SENT:
            return exchange.canonical
        surface = self._surfaces.get(exchange.surface or "")
        if surface is None or exchange.operation is None:
            return None
        inbound = Inbound(text_of(exchange.request_headers), exchange.request_body)
        return surface.gate_of(exchange.operation).signed_text(inbound)

    def _known(self, surface: str, operation_id: str) -> _Schemas | None:
        try:
            return self._schemas(surface, operation_id)
        except (KeyError, ContractError):  # an exchange that was loaded may be of another version
            return None

    def _compiled(self, surface: str, operation_id: str) -> _Schemas:
        operation = load(surface, self._overrides).operations[operation_id]
        media_type = operation.request_media_type
        token = media_type.get("x-jwt") if media_type else None
        request = token["data"] if token else (media_type or {}).get("schema")
        return _Schemas(
            None if request is None else compile_violations(request, MOST_VIOLATIONS),
            token is not None,
            {
                status: compile_violations(response["content"][_JSON]["schema"], MOST_VIOLATIONS)
                if "content" in response
                else None
                for status, response in operation.responses.items()
            },
            {
                (status, action): compile_violations(schema, MOST_VIOLATIONS)
                for status, response in operation.responses.items()
                for action, schema in response.get("x-answers", {}).items()
            },
        )


def _of_request(schemas: _Schemas, exchange: Exchange) -> list[str]:
    if schemas.request is None or not exchange.target or _unread(exchange):
        return []  # nothing is sent, nothing was, or nobody read it
    if schemas.takes_token and exchange.document is None:
        return []  # no token was verified, so nothing came that could be judged
    return _broken(schemas.request, exchange.request_body if exchange.document is None else exchange.document)


def _of_answer(schemas: _Schemas, exchange: Exchange) -> list[str]:
    if exchange.status is None:
        return []
    if exchange.status not in schemas.answers:
        documented = ", ".join(str(status) for status in sorted(schemas.answers))
        return [f"HTTP status {exchange.status} is not in the contract; it has {documented}"]
    violations = schemas.answers_to.get((exchange.status, exchange.action or ""))
    if violations is not None:
        return _broken(violations, exchange.answer_body)
    violations = schemas.answers[exchange.status]
    if violations is None or (not exchange.answer_body and exchange.direction is Direction.SENT):
        return []
    return _broken(violations, exchange.answer_body)


def _unread(exchange: Exchange) -> bool:
    """Whether the request was too large to be read, or broken off."""
    received = exchange.direction is Direction.RECEIVED
    return received and (exchange.status is None or exchange.refusal == EdgeRefusal.TOO_LARGE)


def _broken(violations: _Violations, text: bytes) -> list[str]:
    try:
        return violations(parse(text))
    except JsonInvalid as error:
        if len(text) == LARGEST_KEPT:
            return [f"not judged: only its first {LARGEST_KEPT} bytes are kept"]
        return [str(error)]


def _difference(expected: bytes | None, signed: bytes | None, *, cut: bool) -> Difference | None:
    """Where the two differ. Of texts that were cut, the ends say nothing."""
    if expected is None or signed is None or expected == signed:
        return None
    pairs = enumerate(zip(expected, signed, strict=False))
    offset = next((index for index, (one, other) in pairs if one != other), None)
    if offset is None:
        if cut:
            return None
        offset = min(len(expected), len(signed))
    return Difference(offset, _text(expected[offset:][:_SHOWN]), _text(signed[offset:][:_SHOWN]))


def _text(message: bytes) -> str:
    return message.decode("utf-8", "backslashreplace")
