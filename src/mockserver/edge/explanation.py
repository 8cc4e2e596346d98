"""What an exchange of the journal breaks, and how its signature was to be made. Worked out when it is
asked for, never while a request waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from bet_contracts.schemas import compile_violations
from mockserver.edge.contract import Contract
from mockserver.edge.parameters import Parameters
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Gate, Inbound, text_of
from mockserver.kernel.explanation import Difference, Explanation, Verdict, Verdicts
from mockserver.kernel.journal import LARGEST_KEPT, Direction, Exchange
from mockserver.kernel.json_codec import JsonInvalid, parse

MOST_VIOLATIONS = 100
MOST_REMEMBERED = 100_000
"""Exchanges whose verdicts are kept, so that they are worked out once."""

_JSON = "application/json"
_SHOWN = 40


_Violations = Callable[[Any], list[str]]
_PLACE = re.compile(r"\\{(.*?)\\}")


@dataclass(frozen=True, slots=True)
class _Schemas:
    path: re.Pattern[str]
    """The end of a path; its groups are the parameters in it."""
    parameters: Parameters | None
    """``None`` where there are none."""
    request: _Violations | None
    takes_token: bool
    answers: Mapping[int, _Violations | None]
    """By documented status; ``None`` where no body is documented."""
    answers_to: Mapping[tuple[int, str], _Violations]
    """By status and action, where an action has an answer of its own (``x-answers``)."""
    body_optional: frozenset[int]
    """Statuses of which only those actions need a body (BS-ASM-099)."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What was found out about one side of an exchange."""

    verdict: Verdict
    violations: list[str]


_CONFORMS = _Side(Verdict.CONFORMS, [])
_NOT_JUDGED = _Side(Verdict.NOT_JUDGED, [])
_CUT = _Side(Verdict.NOT_JUDGED, [f"not judged: only its first {LARGEST_KEPT} bytes are kept"])


class Judged(Protocol):
    """What exchanges are judged by: a contract, and who identifies its callers."""

    @property
    def contract(self) -> Contract:
        """The contract."""

    def gate_of(self, operation_id: str) -> Gate:
        """What identifies the callers of an operation."""


class Explainer:
    """Explains exchanges by the contracts in force. Safe in any thread."""

    def __init__(self, surfaces: Sequence[Judged]) -> None:
        self._surfaces = {surface.contract.surface: surface for surface in surfaces}
        self._schemas = cache(self._compiled)
        self._verdicts: dict[int, Verdicts] = {}
        self._remembering = Lock()

    def judge(self, exchange: Exchange) -> Verdicts:
        """The verdicts on an exchange that has ended; worked out once."""
        known = self._verdicts.get(exchange.turn)
        if known is None:
            request, answer = self._sides(exchange)
            known = Verdicts(request.verdict, answer.verdict)
            with self._remembering:
                self._verdicts[exchange.turn] = known
                if len(self._verdicts) > MOST_REMEMBERED:
                    del self._verdicts[next(iter(self._verdicts))]
        return known

    def explain(self, exchange: Exchange) -> Explanation:
        """Everything that can be said about an exchange."""
        signed = self._signed_text(exchange)
        cut = exchange.request_size > LARGEST_KEPT
        request, answer = self._sides(exchange)
        return Explanation(
            verdicts=Verdicts(request.verdict, answer.verdict),
            request_violations=request.violations,
            answer_violations=answer.violations,
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

    def _sides(self, exchange: Exchange) -> tuple[_Side, _Side]:
        if exchange.surface is None or exchange.operation is None:
            return _NOT_JUDGED, _NOT_JUDGED
        try:
            schemas = self._schemas(exchange.surface, exchange.operation)
        except KeyError:  # the hub's, or one of another version that was loaded
            return _NOT_JUDGED, _NOT_JUDGED
        return _of_request(schemas, exchange), _of_answer(schemas, exchange)

    def _compiled(self, surface: str, operation_id: str) -> _Schemas:
        operation = self._surfaces[surface].contract.operations[operation_id]
        media_type = operation.request_media_type
        token = media_type.get("x-jwt") if media_type else None
        request = token["data"] if token else (media_type or {}).get("schema")
        return _Schemas(
            re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", re.escape(operation.path)) + "$"),
            Parameters(operation) if any("x-identity" not in one for one in operation.parameters) else None,
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
            frozenset(status for status, response in operation.responses.items() if "x-answers" in response),
        )


def _of_request(schemas: _Schemas, exchange: Exchange) -> _Side:
    if not exchange.target or _unread(exchange):
        return _NOT_JUDGED  # nothing was sent, or nobody read it
    found = _of_parameters(schemas, exchange.target)
    if schemas.request is None or (schemas.takes_token and exchange.document is None):
        return found  # no body is documented; or no token was verified, so nothing came to be judged
    if exchange.document is None:
        body = _of_body(schemas.request, exchange.request_body, exchange.request_size)
    else:
        body = _of_body(schemas.request, exchange.document, None)
    return _together(found, body)


def _of_parameters(schemas: _Schemas, target: str) -> _Side:
    if schemas.parameters is None:
        return _NOT_JUDGED
    parts = urlsplit(target)
    place = schemas.path.search(parts.path)
    if place is None:
        return _NOT_JUDGED  # the partner's own URL may say it in another way
    path = {name: unquote(text) for name, text in place.groupdict().items()}
    try:
        schemas.parameters.read(path, parts.query.encode("latin-1", "replace"))
    except Rejection as rejection:
        return _Side(Verdict.VIOLATES, [rejection.reason])
    return _CONFORMS


def _of_answer(schemas: _Schemas, exchange: Exchange) -> _Side:
    if exchange.status is None:
        return _NOT_JUDGED
    if exchange.status not in schemas.answers:
        documented = ", ".join(str(status) for status in sorted(schemas.answers))
        told = f"HTTP status {exchange.status} is not in the contract; it has {documented}"
        return _Side(Verdict.VIOLATES, [told])
    violations = schemas.answers_to.get((exchange.status, exchange.action or ""))
    if violations is not None:
        return _of_body(violations, exchange.answer_body, exchange.answer_size)
    violations = schemas.answers[exchange.status]
    if violations is None:
        return _CONFORMS  # by its status, which is all that is documented
    if not exchange.answer_body and exchange.direction is Direction.SENT:
        if exchange.status in schemas.body_optional:
            return _CONFORMS
        if exchange.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _NOT_JUDGED  # a partner's own server, or one in front of it, may refuse without a word
        return _Side(Verdict.VIOLATES, ["the body is empty; it has to be a JSON document"])
    return _of_body(violations, exchange.answer_body, exchange.answer_size)


def _unread(exchange: Exchange) -> bool:
    """Whether the request was too large to be read, or broken off."""
    received = exchange.direction is Direction.RECEIVED
    return received and (exchange.status is None or exchange.refusal == EdgeRefusal.TOO_LARGE)


def _of_body(violations: _Violations, text: bytes, size: int | None) -> _Side:
    """:param size: of the whole body; ``None`` where nobody knows whether this is the whole"""
    if size is not None and size > len(text):
        return _CUT
    try:
        found = violations(parse(text))
    except JsonInvalid as error:
        if size is None and len(text) == LARGEST_KEPT:
            return _CUT
        found = [str(error)]
    return _Side(Verdict.VIOLATES if found else Verdict.CONFORMS, found)


def _together(one: _Side, other: _Side) -> _Side:
    """Both as one: a violation counts more than what was not judged, and that more than what conforms; that
    nothing is documented counts nothing."""
    if one is _NOT_JUDGED:
        return other
    found = [*one.violations, *other.violations]
    if Verdict.VIOLATES in (one.verdict, other.verdict):
        return _Side(Verdict.VIOLATES, found)
    return _Side(other.verdict, found)


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
