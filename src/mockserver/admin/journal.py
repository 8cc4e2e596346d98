"""The journal: list with filters, wait, export, and one exchange in full. Secrets are blotted out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.admin.har import har_document
from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane
from mockserver.admin.search import Found, Question, Search
from mockserver.kernel.control import ControlRefusal, Json, Problem
from mockserver.kernel.explanation import Explanation, Verdict, Verdicts
from mockserver.kernel.journal import Exchange, Headers
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.resending import Again, require_sent, resend
from mockserver.kernel.settings import nearest


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    search = Search(plane)

    def list_exchanges(
        *,
        limit: int,
        full: bool,
        at_least: int | None = None,
        within_seconds: float | None = None,
        **asked: Any,
    ) -> Json:
        if at_least is None:
            at_least = 0 if within_seconds is None else 1
        question = _question(plane, asked, at_least=at_least, within_seconds=within_seconds or 0)
        found = search.find(question)
        shown, position = _first_or_last(question, found, limit)

        def document(one: Exchange) -> Json:
            if full:
                return _in_full(one, plane.explain(one), found.blot)
            return _document(one, plane.judge(one), found.blot)

        return {
            "items": [document(one) for one in shown],
            "total": len(found.exchanges),
            "position": position,
            "reached": found.reached,
        }

    def read_exchange(exchange: str) -> Json:
        found, blot = plane.bridge.run(lambda: (plane.tenants.exchange(exchange), plane.tenants.redaction()))
        return _in_full(found, plane.explain(found), blot)

    def resend_exchange(exchange: str, body: Json | None = None) -> Json:
        def tenant_of_it() -> str:
            found = plane.tenants.exchange(exchange)
            require_sent(found)
            return found.tenant

        tenant = plane.bridge.run(tenant_of_it)

        async def on_loop() -> tuple[list[Exchange], Redaction]:
            found = plane.tenants.exchange(exchange)
            made = await resend(plane.tenants.find(tenant), found, Again(**body or {}))
            return made, plane.tenants.redaction()

        made, blot = plane.bridge.wait(tenant, on_loop)
        return {"items": [_in_full(one, plane.explain(one), blot) for one in made]}

    def export_har(*, limit: int, **asked: Any) -> Json:
        question = _question(plane, asked)
        found = search.find(question)
        shown, _ = _first_or_last(question, found, limit)
        return har_document(shown, plane.explain, found.blot, of=len(found.exchanges))

    return {
        "listExchanges": list_exchanges,
        "readExchange": read_exchange,
        "exportHar": export_har,
        "resendExchange": resend_exchange,
    }


def _question(plane: Plane, asked: Json, **more: Any) -> Question:
    """What is asked for.

    :raises ControlRefusal: an API or operation of this name never stands in the journal
    """
    for name, known in (("surface", plane.surfaces), ("operation", plane.operations)):
        if (wanted := asked.get(name)) is not None and wanted not in known:
            raise ControlRefusal(
                Problem.INVALID, f"{name}: there is no `{wanted}`; {nearest(wanted, sorted(known))}"
            )
    verdict = asked.pop("verdict", None)
    return Question(**asked, **more, verdict=None if verdict is None else Verdict(verdict))


def _first_or_last(question: Question, found: Found, limit: int) -> tuple[list[Exchange], int]:
    """What is shown: the next ones behind a place in the order, or the latest; and where to go on from."""
    if question.after is None and question.since is None:
        return found.exchanges[-limit:], found.position
    shown = found.exchanges[:limit]
    if question.since is not None and len(shown) < len(found.exchanges):
        return shown, shown[-1].end_turn
    return shown, found.position


def _document(exchange: Exchange, verdicts: Verdicts, blot: Redaction) -> Json:
    return {
        "id": exchange.id,
        "direction": exchange.direction.value,
        "at": moment_text(exchange.at),
        "machine_at": None if exchange.machine_at is None else moment_text(exchange.machine_at),
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
        "verdicts": {"request": verdicts.request.value, "answer": verdicts.answer.value},
    }


def _in_full(exchange: Exchange, explanation: Explanation, blot: Redaction) -> Json:
    difference = explanation.difference
    return {
        **_document(exchange, explanation.verdicts, blot),
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
