"""The same handlers on Connexion's own stack: the reference that the compiled dispatch is compared
with, in a test for its answers and in the benchmark for its speed."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import connexion
from connexion import AsyncApp
from connexion.exceptions import ProblemException, UnsupportedMediaTypeProblem
from connexion.lifecycle import ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.resolver import Resolver

from bet_contracts.schemas import compile_schema
from mockserver.edge.answer import send_answer
from mockserver.edge.parameters import Parameters
from mockserver.edge.refusals import RefusalTable, Refused
from mockserver.edge.surface import Surface
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Call, Inbound
from mockserver.kernel.json_codec import JsonInvalid, dump, parse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def stock_app(surfaces: Sequence[Surface]) -> AsyncApp:
    """Connexion with its own request and response validation around the surfaces' handlers.

    It judges media type and schema before identity and signature, and has no rows for unknown
    paths; everything else answers as the compiled dispatch does.
    """
    tables = {
        operation.id: surface.refusals(operation.errors)
        for surface in surfaces
        for operation in surface.contract.operations.values()
    }
    app = AsyncApp(
        "mockserver",
        middlewares=[
            ExceptionMiddleware,
            RoutingMiddleware,
            partial(_ProblemMiddleware, tables=tables),
            RequestValidationMiddleware,
            ResponseValidationMiddleware,
            LifespanMiddleware,
            ContextMiddleware,
        ],
        validate_responses=True,
    )
    for surface in surfaces:
        app.add_api(
            surface.contract.document,
            base_path=surface.contract.base_path,
            name=surface.contract.surface,
            resolver=Resolver(partial(_bound, surface)),
        )
    return app


def _bound(surface: Surface, operation_id: str) -> Callable[..., Awaitable[ConnexionResponse]]:
    """The handler as Connexion calls it: parameters by name."""
    operation = surface.contract.operations[operation_id]
    handler = surface.handlers[operation_id]
    gate = surface.gate_of(operation_id)
    refusals = surface.refusals(operation.errors)
    token = (operation.request_media_type or {}).get("x-jwt")
    read = Parameters(operation).read
    # Connexion has judged the body; what a token carries it can't see.
    violation_of = compile_schema(token["data"]) if token else None

    async def handle(**_: Any) -> ConnexionResponse:
        request = connexion.request
        try:
            admission = await gate.admit(Inbound(request.headers, await request.body()))
            document = None
            if operation.request_media_type is not None:
                try:
                    document = parse(admission.document)
                except JsonInvalid as error:
                    raise Rejection(EdgeRefusal.INVALID_REQUEST, f"body: {error}") from None
                if violation_of and (violation := violation_of(document)):
                    raise Rejection(EdgeRefusal.INVALID_REQUEST, f"body: {violation}")
            # Connexion makes floats of numbers, so what it has judged is read again.
            parameters = read(request.path_params, request.scope["query_string"])
            answer = await handler(Call(admission.tenant, parameters, document))
        except Rejection as rejection:
            return _response(refusals.answer(rejection))
        return ConnexionResponse(
            status_code=operation.success_status, content_type="application/json", body=dump(answer)
        )

    # Connexion reads the body for a handler that could take it, and it can be read only once; so
    # the handler declares its path parameters alone.
    names = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"]
    signature = inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names])
    handle.__signature__ = signature  # type: ignore[attr-defined]  # inspect honours it
    return handle


class _ProblemMiddleware:
    """What Connexion's validators refuse, in the vendor's shape."""

    def __init__(self, app: ASGIApp, *, tables: Mapping[str, RefusalTable]) -> None:
        self._app = app
        self._tables = tables

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ProblemException as problem:
            unsupported = isinstance(problem, UnsupportedMediaTypeProblem)
            refusal = EdgeRefusal.UNSUPPORTED_MEDIA_TYPE if unsupported else EdgeRefusal.INVALID_REQUEST
            table = self._tables[scope["extensions"][ROUTING_CONTEXT]["operation_id"]]
            refused = table.answer(Rejection(refusal, str(problem)))
            await send_answer(send, refused.status, refused.body, refused.headers)


def _response(refused: Refused) -> ConnexionResponse:
    return ConnexionResponse(
        status_code=refused.status,
        content_type="application/json",
        body=refused.body,
        headers={name.decode(): value.decode() for name, value in refused.headers},
    )
