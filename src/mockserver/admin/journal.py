"""The journal: list with filters, and one exchange in full. Secrets are blotted out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane
from mockserver.kernel.control import Json
from mockserver.kernel.journal import NOBODY, Exchange, Headers
from mockserver.kernel.mentions import mentions
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.resending import Again, resend

_TICKETS, _BETS = "tickets", "bets"


@dataclass(frozen=True, slots=True)
class _Subject:
    """A ticket or a bet: the fields that name such an item, and every name that this one has."""

    keys: frozenset[str]
    names: frozenset[str]


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def list_exchanges(
        *,
        limit: int,
        tenant: str | None = None,
        operation: str | None = None,
        direction: str | None = None,
        ticket: str | None = None,
        bet: str | None = None,
        cause: str | None = None,
        after: str | None = None,
    ) -> Json:
        def on_loop() -> tuple[list[Exchange], list[_Subject], int, Redaction]:
            exchanges = tenants.exchanges() if tenant is None else tenants.journal_of(tenant).exchanges()
            asked = ((_TICKETS, ticket), (_BETS, bet))
            subjects = [_subject(plane, books, name, tenant) for books, name in asked if name is not None]
            turn = 0 if after is None else tenants.exchange(after).turn
            return exchanges, subjects, turn, tenants.redaction()

        exchanges, subjects, turn, blot = plane.bridge.run(on_loop)
        wanted = {"direction": direction, "cause": cause}
        fitting = [
            one
            for one in exchanges
            if one.turn > turn
            and all(value is None or getattr(one, name) == value for name, value in wanted.items())
            and operation in (None, one.operation, one.action)
            and all(mentions(one, subject.keys, subject.names) for subject in subjects)
        ]
        shown = fitting[-limit:] if after is None else fitting[:limit]
        return {"items": [_document(one, blot) for one in shown], "total": len(fitting)}

    def read_exchange(exchange: str) -> Json:
        found, blot = plane.bridge.run(lambda: (tenants.exchange(exchange), plane.tenants.redaction()))
        return _in_full(found, plane.explain(found), blot)

    def resend_exchange(exchange: str, body: Json | None = None) -> Json:
        tenant = plane.bridge.run(lambda: tenants.exchange(exchange).tenant)

        async def on_loop() -> tuple[list[Exchange], Redaction]:
            found = tenants.exchange(exchange)
            return await resend(tenants.find(tenant), found, Again(**body or {})), tenants.redaction()

        made, blot = plane.bridge.wait(tenant, on_loop)
        return {"items": [_in_full(one, plane.explain(one), blot) for one in made]}

    return {
        "listExchanges": list_exchanges,
        "readExchange": read_exchange,
        "resendExchange": resend_exchange,
    }


def _subject(plane: Plane, books: str, name: str, tenant: str | None) -> _Subject:
    keys: set[str] = set()
    names: set[str] = {name}
    for one in plane.tenants if tenant in (None, NOBODY) else [plane.tenants.find(tenant or "")]:
        collection = plane.tenants.vendor_of(one).collections.get(books)
        if collection is not None:
            keys |= collection.keys
            names |= collection.names(one, name)
    return _Subject(frozenset(keys), frozenset(names))


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
        "faults": exchange.faults,
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
