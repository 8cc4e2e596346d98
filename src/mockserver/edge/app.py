"""The Connexion application that serves every vendor surface."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from connexion import AsyncApp
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver

from mockserver.edge.cross_origin import PreflightMiddleware
from mockserver.edge.dispatch import CompiledDispatch
from mockserver.edge.failures import FailureMiddleware
from mockserver.edge.routing import ContractPages, StrictRouting
from mockserver.edge.surface import Surface

if TYPE_CHECKING:
    from mockserver.kernel.exchange import Handler


def surfaces_app(surfaces: Sequence[Surface]) -> AsyncApp:
    """Build the application. The pages that show the contracts stand behind the dispatch, so that
    they cost an operation nothing."""
    app = AsyncApp(
        "mockserver",
        middlewares=[
            partial(FailureMiddleware, surfaces=surfaces),
            partial(PreflightMiddleware, territory=_open_to_any_origin(surfaces)),
            StrictRouting,
            CompiledDispatch,
            ContractPages,
            LifespanMiddleware,
        ],
    )
    for surface in surfaces:
        app.add_api(
            surface.contract.document,
            base_path=surface.contract.base_path,
            name=surface.contract.surface,
            resolver=Resolver(partial(_handler_of, surface)),
            swagger_ui_options=SwaggerUIOptions(
                swagger_ui_path=surface.docs_path,
                spec_path=f"{surface.docs_path}/openapi.json",
            ),
            surface=surface,
        )
    return app


def _open_to_any_origin(surfaces: Sequence[Surface]) -> list[str]:
    return [prefix for surface in surfaces if surface.any_origin for prefix in surface.territory]


def _handler_of(surface: Surface, operation_id: str) -> Handler:
    return surface.handlers[operation_id]
