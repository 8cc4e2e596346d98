"""The sandbox as a whole: reset, export, load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.admin.plane import Plane
from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.control import Json


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""

    def reset_sandbox() -> Json:
        return {"tenants": plane.bridge.run(plane.tenants.reset_all)}

    def export_state() -> Json:
        return plane.bridge.run(lambda: export_archive(plane.tenants, plane.signing_keys))

    def load_state(body: Json) -> Json:
        archive = read_archive(body)
        plane.bridge.run(lambda: load_archive(plane.tenants, plane.signing_keys, archive))
        return {"tenants": [one.name for one in archive.tenants]}

    return {"resetSandbox": reset_sandbox, "exportState": export_state, "loadState": load_state}
