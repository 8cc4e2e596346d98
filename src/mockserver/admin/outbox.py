"""The outbox of a tenant: list, read, send again, drop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane, page
from mockserver.kernel.control import Json
from mockserver.kernel.outbox import OutgoingCall, Try
from mockserver.kernel.redaction import Redaction


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""

    def shown(call: OutgoingCall) -> Json:
        return call_document(call, plane.tenants.redaction())

    def list_calls(tenant: str, limit: int, offset: int, state: str | None = None) -> Json:
        def on_loop() -> Json:
            calls = plane.tenants.find(tenant).outbox.calls()
            fitting = [one for one in calls if state in (None, one.state)]
            return page(fitting, limit, offset, partial(call_document, blot=plane.tenants.redaction()))

        return plane.bridge.run(on_loop)

    def read_call(tenant: str, call: str) -> Json:
        return plane.bridge.run(lambda: shown(plane.tenants.find(tenant).outbox.find(call)))

    def send_call(tenant: str, call: str) -> Json:
        async def on_loop() -> Json:
            return shown(await plane.tenants.find(tenant).outbox.send(call))

        return plane.bridge.wait(tenant, on_loop)

    def drop_call(tenant: str, call: str) -> Json:
        return plane.bridge.run(lambda: shown(plane.tenants.find(tenant).outbox.drop(call)))

    return {
        "listCalls": list_calls,
        "readCall": read_call,
        "sendCall": send_call,
        "dropCall": drop_call,
    }


def call_document(call: OutgoingCall, blot: Redaction) -> Json:
    """A call as the contract describes it."""
    return {
        "id": call.id,
        "action": call.action,
        "state": call.state.value,
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
