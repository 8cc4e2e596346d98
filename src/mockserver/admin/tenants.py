"""Tenants: create, read, change, rotate the secret, reset, drop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mockserver.admin.moments import moment_text
from mockserver.admin.plane import Plane
from mockserver.admin.players import read_player
from mockserver.kernel.control import Json
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_spec import TenantSpec


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def shown(find: Callable[[], Tenant], *, secret: bool = False) -> Json:
        def on_loop() -> Json:
            tenant = find()
            return _document(tenant, secret=secret)

        return plane.bridge.run(on_loop)

    def list_tenants() -> Json:
        return plane.bridge.run(lambda: {"items": [_document(one, secret=False) for one in tenants]})

    def create_tenant(body: Json) -> tuple[Json, int]:
        players = body.get("players")
        spec = TenantSpec(
            kind=body["kind"],
            name=body.get("name"),
            secret=body.get("secret"),
            settings=body.get("settings", {}),
            players=None if players is None else tuple(read_player(one["id"], one) for one in players),
        )
        return shown(lambda: tenants.create(spec), secret=True), 201

    def read_tenant(tenant: str) -> Json:
        return shown(lambda: tenants.find(tenant))

    def change_tenant(tenant: str, body: Json) -> Json:
        return shown(lambda: tenants.change(tenant, body["settings"]))

    def rotate_secret(tenant: str, body: Json | None = None) -> Json:
        asked = body or {}
        seconds = asked.get("overlap_seconds")
        overlap = None if seconds is None else timedelta(seconds=seconds)
        return shown(lambda: tenants.rotate(tenant, asked.get("secret"), overlap), secret=True)

    def reset_tenant(tenant: str) -> Json:
        return shown(lambda: tenants.reset(tenant))

    def drop_tenant(tenant: str) -> None:
        plane.bridge.run(lambda: tenants.drop(tenant))

    return {
        "listTenants": list_tenants,
        "createTenant": create_tenant,
        "readTenant": read_tenant,
        "changeTenant": change_tenant,
        "rotateSecret": rotate_secret,
        "resetTenant": reset_tenant,
        "dropTenant": drop_tenant,
    }


def _document(tenant: Tenant, *, secret: bool) -> Json:
    return {
        "kind": tenant.kind,
        "name": tenant.name,
        "settings": {name: _plain(value) for name, value in tenant.settings.items()},
        "retired_secrets": [{"until": moment_text(one.until)} for one in tenant.secret.retired],
        **({"secret": tenant.secret.current} if secret else {}),
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
