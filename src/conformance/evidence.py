"""From recorded exchanges to the masked ones that a report shows."""

from __future__ import annotations

import requests

from conformance.client import RawAnswer, RawExchange
from conformance.redaction import Redactor
from conformance.verdict import Exchange

LONGEST_BODY = 20_000
"""Characters of a body that a report shows."""


def masked(raw: RawExchange, redactor: Redactor) -> Exchange:
    """The exchange with every secret masked; a signed body is shown by what its token says."""
    request, answer = raw.request, raw.answer
    return Exchange(
        operation=raw.operation,
        method=request.method or "",
        url=redactor.text(request.url or ""),
        request_headers=redactor.headers([(name, _text(value)) for name, value in request.headers.items()]),
        request_body=_request_body(request, redactor),
        status=answer.status,
        response_headers=redactor.headers(answer.headers),
        response_body=_response_body(answer, redactor),
        elapsed_ms=round(answer.elapsed * 1000),
        purpose=raw.purpose,
    )


def _request_body(request: requests.PreparedRequest, redactor: Redactor) -> str | None:
    if request.body is None:
        return None
    text = _text(request.body)
    return redactor.token_summary(text) or _cut(redactor.text(text))


def _response_body(answer: RawAnswer, redactor: Redactor) -> str | None:
    if answer.status is None:
        return redactor.text(answer.error or "")
    return _cut(redactor.text(_text(answer.content)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… (cut, {len(text)} characters)"


def _text(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
