"""The journal: list with filters, and one exchange in full. Secrets are blotted out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane
from mockserver.kernel.control import Collection, Json
from mockserver.kernel.journal import NOBODY, Exchange, Headers
from mockserver.kernel.mentions import mentions
from mockserver.kernel.redaction import Redaction

_SUBJECTS = {"ticket": "tickets", "bet": "bets"}
"""Parameter of the query, and the collection whose items it names."""


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def list_exchanges(
        limit: int,
        tenant: str | None = None,
        operation: str | None = None,
        direction: str | None = None,
        cause: str | None = None,
        **subjects: str,
    ) -> Json:
        def on_loop() -> tuple[list[Exchange], Redaction]:
            if tenant is None:
                return tenants.exchanges(), plane.tenants.redaction()
            return tenants.journal_of(tenant).exchanges(), plane.tenants.redaction()

        exchanges, blot = plane.bridge.run(on_loop)
        wanted = {"direction": direction, "cause": cause}
        fitting = [
            one
            for one in exchanges
            if all(value is None or getattr(one, name) == value for name, value in wanted.items())
            and operation in (None, one.operation, one.action)
        ]
        for name, value in subjects.items():
            fitting = _about(fitting, *plane.bridge.run(lambda: _subject(plane, name, value, tenant)))  # noqa: B023  run before the next turn
        return {"items": [_document(one, blot) for one in fitting[-limit:]], "total": len(fitting)}

    def read_exchange(exchange: str) -> Json:
        found, blot = plane.bridge.run(lambda: (tenants.exchange(exchange), plane.tenants.redaction()))
        return _in_full(found, plane.explain(found), blot)

    return {"listExchanges": list_exchanges, "readExchange": read_exchange}


def _subject(
    plane: Plane, name: str, value: str, tenant: str | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that name such an item, and every name that this one has."""
    keys: set[str] = set()
    names: set[str] = {value}
    for one in plane.tenants if tenant in (None, NOBODY) else [plane.tenants.find(tenant or "")]:
        collection: Collection | None = plane.tenants.vendor_of(one).collections.get(_SUBJECTS[name])
        if collection is not None:
            keys |= collection.keys
            names |= collection.names(one, value)
    return frozenset(keys), frozenset(names)


def _about(exchanges: Iterable[Exchange], keys: frozenset[str], names: frozenset[str]) -> list[Exchange]:
    return [one for one in exchanges if mentions(one, keys, names)]


def _document(exchange: Exchange, blot: Redaction) -> Json:
    return {
        "id": exchange.id,
        "direction": exchange.direction.value,
        "at": moment_text(exchange.at),
        "tenant": exchange.tenant,
        "surface": exchange.surface,
        "operation": exchange.operation,
        "action": exchange.action,
        "method": exchange.method,
        "target": blot.text(exchange.target),
        "status": exchange.status,
        "refusal": exchange.refusal,
        "reason": None if exchange.reason is None else blot.abridged(exchange.reason),
        "cause": exchange.cause,
        "duration_ms": round(exchange.duration_ms, 3),
    }


def _in_full(exchange: Exchange, explanation: Any, blot: Redaction) -> Json:
    difference = explanation.difference
    return {
        **_document(exchange, blot),
        "request": _message(exchange.request_headers, exchange.request_body, exchange.request_size, blot),
        "document": None if exchange.document is None else blot.bytes(exchange.document, cut=True),
        "answer": _message(exchange.answer_headers, exchange.answer_body, exchange.answer_size, blot),
        "request_violations": [blot.text(one) for one in explanation.request_violations],
        "answer_violations": [blot.text(one) for one in explanation.answer_violations],
        "signed_text": None if explanation.signed_text is None else blot.text(explanation.signed_text),
        "difference": None
        if difference is None
        else {
            "offset": difference.offset,
            "expected": blot.part(difference.expected),
            "signed": blot.part(difference.signed),
        },
    }


def _message(headers: Headers, body: bytes, size: int, blot: Redaction) -> Json:
    return {
        "headers": [
            {
                "name": name.decode("latin-1"),
                "value": blot.header(name.decode("latin-1"), value.decode("latin-1")),
            }
            for name, value in headers
        ],
        "body": blot.bytes(body, cut=size > len(body)),
        "size": size,
    }
