"""Exchanges as a HAR 1.2 document, which browsers' developer tools open."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from mockserver import __version__
from mockserver.admin.moments import moment_text
from mockserver.kernel.control import Json
from mockserver.kernel.explanation import Explanation
from mockserver.kernel.journal import Direction, Exchange, Headers
from mockserver.kernel.redaction import BLOT, Redaction

_HTTP = "HTTP/1.1"
_UNKNOWN_SIZE = -1
_NO_STATUS = 0
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_NO_MEDIA_TYPE = "x-unknown"


def har_document(
    exchanges: Sequence[Exchange], explain: Callable[[Exchange], Explanation], blot: Redaction, *, of: int
) -> Json:
    """The exchanges as one document.

    :param of: how many there are, of which these are the part that is exported
    """
    log: Json = {
        "version": "1.2",
        "creator": {"name": "bet-sandbox", "version": __version__},
        "pages": [],
        "entries": [_entry(one, explain(one), blot) for one in exchanges],
    }
    if len(exchanges) < of:
        log["comment"] = f"{len(exchanges)} of {of} exchanges"
    return {"log": log}


def _entry(exchange: Exchange, explanation: Explanation, blot: Redaction) -> Json:
    duration = round(exchange.duration_ms, 3)
    entry: Json = {
        "startedDateTime": moment_text(exchange.machine_at or exchange.at),
        "time": duration,
        "request": _request(exchange, blot),
        "response": _response(exchange, blot),
        "cache": {},
        "timings": {"send": 0, "wait": duration, "receive": 0},
        "_exchange": exchange.id,
        "_direction": exchange.direction.value,
        "_tenant": exchange.tenant,
        "_tenantTime": moment_text(exchange.at),
        "_surface": exchange.surface,
        "_operation": exchange.operation,
        "_action": exchange.action,
        "_cause": exchange.cause,
        "_faults": exchange.faults,
        "_refusal": exchange.refusal,
        "_reason": None if exchange.reason is None else blot.abridged(exchange.reason),
        "_verdicts": {
            "request": explanation.verdicts.request.value,
            "answer": explanation.verdicts.answer.value,
        },
        "_violations": {
            "request": [blot.text(one) for one in explanation.request_violations],
            "answer": [blot.text(one) for one in explanation.answer_violations],
        },
    }
    if exchange.document is not None:
        entry["_document"] = blot.bytes(exchange.document, cut=True)
    return entry


def _request(exchange: Exchange, blot: Redaction) -> Json:
    url = blot.text(_url(exchange))
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    request: Json = {
        "method": exchange.method,
        "url": url,
        "httpVersion": _HTTP,
        "cookies": _cookies(exchange.request_headers, "cookie"),
        "headers": _headers(exchange.request_headers, blot),
        "queryString": [{"name": blot.text(name), "value": blot.text(value)} for name, value in query],
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": exchange.request_size,
    }
    if exchange.request_body:
        text, encoding = _text(exchange.request_body, exchange.request_size, blot)
        media_type = blot.text(_value_of(exchange.request_headers, "content-type") or _NO_MEDIA_TYPE)
        request["postData"] = {"mimeType": media_type, "params": [], "text": text}
        if encoding is not None:
            request["postData"]["_encoding"] = encoding  # HAR knows an encoding of answers only
        if comment := _comment(exchange.request_body, exchange.request_size):
            request["postData"]["comment"] = comment
    return request


def _response(exchange: Exchange, blot: Redaction) -> Json:
    text, encoding = _text(exchange.answer_body, exchange.answer_size, blot)
    content: Json = {
        "size": exchange.answer_size,
        "mimeType": blot.text(_value_of(exchange.answer_headers, "content-type") or _NO_MEDIA_TYPE),
        "text": text,
    }
    if encoding is not None:
        content["encoding"] = encoding
    if comment := _comment(exchange.answer_body, exchange.answer_size):
        content["comment"] = comment
    status = exchange.status or _NO_STATUS
    response: Json = {
        "status": status,
        "statusText": _PHRASES.get(status, ""),
        "httpVersion": _HTTP,
        "cookies": _cookies(exchange.answer_headers, "set-cookie"),
        "headers": _headers(exchange.answer_headers, blot),
        "content": content,
        "redirectURL": blot.text(_value_of(exchange.answer_headers, "location") or ""),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": exchange.answer_size,
    }
    if exchange.status is None and exchange.reason is not None:  # unlike a message of the hub
        response["_error"] = blot.abridged(exchange.reason)
    return response


def _url(exchange: Exchange) -> str:
    """The whole URL; of a call that could not be made the sandbox knows none."""
    if exchange.direction is Direction.SENT:
        return exchange.target or "about:blank"
    scheme = "ws" if _value_of(exchange.request_headers, "upgrade") == "websocket" else "http"
    host = _value_of(exchange.request_headers, "host") or "sandbox.invalid"
    return f"{scheme}://{host}{exchange.target}"


def _text(body: bytes, size: int, blot: Redaction) -> tuple[str, str | None]:
    """The body as text and ``None``, or in Base64 and that word."""
    cut = size > len(body)
    try:
        # A character that was cut in two is no reason to take text for something else.
        text = codecs.getincrementaldecoder("utf-8")().decode(body, final=not cut)
    except UnicodeDecodeError:
        return base64.b64encode(blot.raw(body, cut=cut)).decode(), "base64"
    return blot.part(text) if cut else blot.text(text), None


def _comment(body: bytes, size: int) -> str | None:
    return f"only its first {len(body)} bytes are kept" if size > len(body) else None


def _value_of(headers: Headers, name: str) -> str | None:
    values = [value for one, value in headers if one.lower() == name.encode()]
    return values[-1].decode("latin-1") if values else None


def _headers(headers: Headers, blot: Redaction) -> list[Json]:
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    return [{"name": name, "value": blot.header(name, value)} for name, value in decoded]


def _cookies(headers: Headers, header: str) -> list[Json]:
    """By name only: what they hold are credentials."""
    values: Iterable[str] = [
        value.decode("latin-1") for name, value in headers if name.lower() == header.encode()
    ]
    pairs = (pair for value in values for pair in (value.split(";") if header == "cookie" else [value]))
    names = (pair.split(";")[0].partition("=")[0].strip() for pair in pairs)
    return [{"name": name, "value": BLOT} for name in names if name]
