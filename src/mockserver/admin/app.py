"""The Connexion application of the control plane. Its handlers run in worker threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connexion import FlaskApp
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver

from mockserver.admin.bridge import Bridge


def admin_app(
    contract: Mapping[str, Any],
    *,
    bridge: Bridge,
    reset: Callable[[], list[str]],
    version: str,
    surfaces: Sequence[str],
) -> FlaskApp:
    """Build the application.

    :param contract: the document of the control plane
    :param reset: forgets everything; returns the names of the tenants; runs on the event loop
    :param surfaces: names of the APIs that are served
    """

    def read_health() -> dict[str, Any]:
        return {"status": "ok", "version": version, "surfaces": list(surfaces)}

    def reset_state() -> dict[str, Any]:
        return {"tenants": bridge.run(reset)}

    handlers = {"readHealth": read_health, "resetState": reset_state}
    app = FlaskApp("mockserver")
    app.add_api(
        dict(contract),
        resolver=Resolver(handlers.__getitem__),
        swagger_ui_options=SwaggerUIOptions(swagger_ui_path="/docs"),
    )
    return app
