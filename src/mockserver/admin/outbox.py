"""The outbox of a tenant: list, read, send again, drop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane, page
from mockserver.kernel.control import Json
from mockserver.kernel.outbox import Outbox, OutgoingCall, Try
from mockserver.kernel.redaction import Redaction


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""

    def shown(outbox: Outbox, call: OutgoingCall) -> Json:
        return call_document(call, outbox, plane.tenants.redaction())

    def list_calls(tenant: str, limit: int, offset: int, state: str | None = None) -> Json:
        def on_loop() -> Json:
            outbox = plane.tenants.find(tenant).outbox
            fitting = [one for one in outbox.calls() if state in (None, one.state)]
            return page(fitting, limit, offset, partial(shown, outbox))

        return plane.bridge.run(on_loop)

    def read_call(tenant: str, call: str) -> Json:
        def on_loop() -> Json:
            outbox = plane.tenants.find(tenant).outbox
            return shown(outbox, outbox.find(call))

        return plane.bridge.run(on_loop)

    def send_call(tenant: str, call: str) -> Json:
        async def on_loop() -> Json:
            outbox = plane.tenants.find(tenant).outbox
            return shown(outbox, await outbox.send(call))

        return plane.bridge.wait(tenant, on_loop)

    def drop_call(tenant: str, call: str) -> Json:
        def on_loop() -> Json:
            outbox = plane.tenants.find(tenant).outbox
            return shown(outbox, outbox.drop(call))

        return plane.bridge.run(on_loop)

    return {
        "listCalls": list_calls,
        "readCall": read_call,
        "sendCall": send_call,
        "dropCall": drop_call,
    }


def call_document(call: OutgoingCall, outbox: Outbox, blot: Redaction) -> Json:
    """A call as the contract describes it."""
    return {
        "id": call.id,
        "action": call.action,
        "state": call.state.value,
        "held_by": outbox.held_by(call),
        "subject": call.subject,
        "cause": call.cause,
        "created": moment_text(call.created),
        "next": None if call.next is None else moment_text(call.next),
        "document": blot.bytes(call.document),
        "tries": [_try(one, blot) for one in call.tries],
    }


def _try(one: Try, blot: Redaction) -> Json:
    return {
        "at": moment_text(one.at),
        "exchange": one.exchange,
        "status": one.status,
        "failure": None if one.failure is None else blot.text(one.failure),
    }
