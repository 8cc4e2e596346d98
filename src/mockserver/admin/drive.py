"""Things that can be made to happen to a tenant. What they are, the vendors say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mockserver.admin.outbox import call_document
from mockserver.admin.plane import Plane
from mockserver.admin.strictness import first_violation
from mockserver.kernel.control import ControlRefusal, Drive, Json, Problem
from mockserver.kernel.json_codec import JsonInvalid, parse
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.settings import nearest
from mockserver.kernel.tenant import Tenant

_CAUSE_DIGITS = 12


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def list_drives(tenant: str) -> Json:
        def on_loop() -> Json:
            drives = tenants.vendor_of(tenants.find(tenant)).drives
            return {"items": [_document(name, one) for name, one in drives.items()]}

        return plane.bridge.run(on_loop)

    def run_drive(tenant: str, drive: str, body: Json | None = None) -> Json:
        async def on_loop() -> Json:
            found = tenants.find(tenant)
            chosen = _chosen(plane, found, drive, body or {})
            cause = f"drive-{found.ids.hex(_CAUSE_DIGITS)}"
            calls = await chosen.run(found, body or {}, cause) if chosen.run else []
            redaction = tenants.redaction()
            return {
                "cause": cause,
                "calls": [call_document(call, found.outbox, redaction) for call in calls],
                "result": chosen.give(found, body or {})
                if chosen.give
                else _answer(chosen, found, calls, redaction),
            }

        return plane.bridge.wait(tenant, on_loop)

    return {"listDrives": list_drives, "runDrive": run_drive}


def _chosen(plane: Plane, tenant: Tenant, name: str, fields: Json) -> Drive:
    """The drive of this name, once its fields have been found right.

    :raises ControlRefusal: there is no such drive, or a field is wrong
    """
    drives = plane.tenants.vendor_of(tenant).drives
    if name not in drives:
        kinds = [kind for kind, vendor in plane.tenants.vendors.items() if name in vendor.drives]
        hint = f"a tenant of kind `{kinds[0]}` has it" if kinds else nearest(name, drives)
        raise ControlRefusal(Problem.NOT_FOUND, f"there is no drive `{name}` here; {hint}")
    chosen = drives[name]
    if violation := first_violation(chosen.schema, fields, f"the document of `{name}`"):
        raise ControlRefusal(Problem.INVALID, violation)
    return chosen


def _document(name: str, drive: Drive) -> Json:
    return {"drive": name, "help": drive.help, "schema": drive.schema}


def _answer(drive: Drive, tenant: Tenant, calls: Sequence[OutgoingCall], redaction: Redaction) -> Any:
    """The JSON that the partner answered with, where the drive asks for it and it is there. Secrets that the
    partner says back are blotted out."""
    if not drive.asks or not calls or not calls[0].tries:
        return None
    exchange = tenant.journal.find(calls[0].tries[-1].exchange)
    try:
        return None if exchange is None else parse(redaction.bytes(exchange.answer_body).encode())
    except JsonInvalid:
        return None
