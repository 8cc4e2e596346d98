"""The same handlers on Connexion's own stack: the reference that the compiled dispatch is compared
with, in a test for its answers and in the benchmark for its speed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import connexion
from connexion import AsyncApp
from connexion.exceptions import ProblemException, UnsupportedMediaTypeProblem
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.resolver import Resolver

from mockserver.edge.contract import Operation
from mockserver.edge.json_codec import JsonInvalid, dump, parse
from mockserver.edge.refusals import Refused
from mockserver.edge.schemas import compile_schema
from mockserver.edge.surface import Surface
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Call, Inbound


def stock_app(surfaces: Sequence[Surface]) -> AsyncApp:
    """Connexion with its own request and response validation around the surfaces' handlers.

    It judges media type and schema before identity and signature, and has no rows for unknown
    paths; everything else answers as the compiled dispatch does.
    """
    app = AsyncApp(
        "mockserver",
        middlewares=[
            ExceptionMiddleware,
            RoutingMiddleware,
            RequestValidationMiddleware,
            ResponseValidationMiddleware,
            LifespanMiddleware,
            ContextMiddleware,
        ],
        validate_responses=True,
    )
    operations: dict[str, tuple[Surface, Operation]] = {}
    for surface in surfaces:
        operations |= {id: (surface, operation) for id, operation in surface.contract.operations.items()}
        app.add_api(
            surface.contract.document,
            base_path=surface.contract.base_path,
            name=surface.contract.surface,
            resolver=Resolver(partial(_bound, surface)),
        )
    app.add_error_handler(ProblemException, partial(_on_problem, operations))
    return app


def _bound(surface: Surface, operation_id: str) -> Callable[..., Awaitable[ConnexionResponse]]:
    """The handler as Connexion calls it: parameters by name."""
    operation = surface.contract.operations[operation_id]
    handler = surface.handlers[operation_id]
    refusals = surface.refusals(operation.errors)
    token = (operation.request_media_type or {}).get("x-jwt")
    # Connexion has judged the body; what a token carries it can't see.
    violation_of = compile_schema(token["data"]) if token else None

    async def handle(**parameters: Any) -> ConnexionResponse:
        request = connexion.request
        try:
            admission = await surface.gate.admit(Inbound(request.headers, await request.body()))
            document = None
            if operation.request_media_type is not None:
                try:
                    document = parse(admission.document)
                except JsonInvalid as error:
                    raise Rejection(EdgeRefusal.INVALID_REQUEST, f"body: {error}") from None
                if violation_of and (violation := violation_of(document)):
                    raise Rejection(EdgeRefusal.INVALID_REQUEST, f"body: {violation}")
            answer = await handler(Call(admission.tenant, parameters, document))
        except Rejection as rejection:
            return _response(refusals.answer(rejection))
        return ConnexionResponse(
            status_code=operation.success_status, content_type="application/json", body=dump(answer)
        )

    return handle


async def _on_problem(
    operations: dict[str, tuple[Surface, Operation]], request: ConnexionRequest, problem: Exception
) -> ConnexionResponse:
    """What Connexion's validators refuse, in the vendor's shape."""
    surface, operation = operations[request.scope["extensions"]["connexion_routing"]["operation_id"]]
    unsupported = isinstance(problem, UnsupportedMediaTypeProblem)
    refusal = EdgeRefusal.UNSUPPORTED_MEDIA_TYPE if unsupported else EdgeRefusal.INVALID_REQUEST
    return _response(surface.refusals(operation.errors).answer(Rejection(refusal, str(problem))))


def _response(refused: Refused) -> ConnexionResponse:
    return ConnexionResponse(
        status_code=refused.status,
        content_type="application/json",
        body=refused.body,
        headers={name.decode(): value.decode() for name, value in refused.headers},
    )
