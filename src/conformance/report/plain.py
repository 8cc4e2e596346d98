"""A result as plain text, for formats that can't fold anything away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.report.body import clip, pretty
from conformance.verdict import CaseResult, Exchange, RequirementRef

_BODY_LIMIT = 30_000


def evidence(result: CaseResult) -> str:
    """Return requirements, expected, actual, exchanges and the command to repeat, one block each."""
    return "\n\n".join(_blocks(result))


def requirement_line(ref: RequirementRef) -> str:
    """Return the requirement on one line: id, level, standing and text."""
    return f"{ref.id} ({ref.level}, {ref.standing}): {ref.text}"


def exchange_line(exchange: Exchange) -> str:
    """Return the exchange on one line: request, status, time and purpose."""
    status = "no answer" if exchange.status is None else str(exchange.status)
    purpose = f", {exchange.purpose}" if exchange.purpose else ""
    return f"{exchange.method} {exchange.url} -> {status} ({exchange.elapsed_ms} ms{purpose})"


def exchange_text(exchange: Exchange, body_limit: int) -> str:
    """Return the exchange as it went over the wire, request before answer, long bodies cut off."""
    request = f"{exchange.method} {exchange.url}"
    answer = "no answer" if exchange.status is None else f"HTTP {exchange.status}"
    return "\n\n".join(
        (
            _message(request, exchange.request_headers, exchange.request_body, body_limit),
            _message(answer, exchange.response_headers, exchange.response_body, body_limit),
        )
    )


def _blocks(result: CaseResult) -> Iterator[str]:
    for ref in result.requirements:
        yield "\n".join([requirement_line(ref), *(f"  source: {source}" for source in ref.sources)])
    if result.expected is not None:
        yield f"expected: {result.expected}"
    if result.actual is not None:
        yield f"actual:   {result.actual}"
    for number, exchange in enumerate(result.exchanges, start=1):
        yield f"exchange {number}: {exchange_line(exchange)}\n\n{exchange_text(exchange, _BODY_LIMIT)}"
    if result.reproduce:
        yield f"reproduce: {result.reproduce}"


def _message(first: str, headers: Sequence[tuple[str, str]], body: str | None, body_limit: int) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines += ["", clip(pretty(body), body_limit)]
    return "\n".join(lines)
