"""The Connexion application of the control plane. Its handlers run in worker threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

from a2wsgi import WSGIMiddleware
from connexion import FlaskApp
from connexion.exceptions import ProblemException
from connexion.middleware import ConnexionMiddleware
from connexion.middleware.security import SecurityMiddleware
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from flask import Response, request
from starlette.exceptions import HTTPException

from mockserver.admin import books, clock, drive, faults, journal, outbox, players, sandbox, tenants
from mockserver.admin.access import Access
from mockserver.admin.base_url import seen_from
from mockserver.admin.body import WholeBody
from mockserver.admin.plane import Plane
from mockserver.admin.problems import PROBLEM_MEDIA_TYPE, Problems, problem_document
from mockserver.admin.strictness import StrictBody, StrictParameters
from mockserver.kernel.json_codec import dump

_HANDLERS = (sandbox, tenants, clock, players, books, drive, faults, outbox, journal)


def admin_app(
    contract: Mapping[str, Any],
    plane: Plane,
    *,
    host: str,
    token: str | None,
    version: str,
    base_url: str,
    surfaces: Sequence[str],
    workers: ThreadPoolExecutor,
) -> FlaskApp:
    """Build the application.

    :param contract: the document of the control plane
    :param host: address that it listens on
    :param token: what callers have to show; ``None`` for nothing
    :param base_url: where the vendors' APIs listen
    :param surfaces: names of the APIs that are served
    :param workers: the threads of its handlers; who made them ends them
    """

    def read_health() -> dict[str, Any]:
        return {
            "status": "ok",
            "version": version,
            "base_url": seen_from(request.host, base_url),
            "surfaces": list(surfaces),
        }

    handlers: dict[str, Callable[..., Any]] = {"readHealth": read_health}
    for part in _HANDLERS:
        handlers.update(part.handlers(plane))
    app = FlaskApp(
        "mockserver",
        middlewares=[
            partial(Access, host=host, token=token),
            WholeBody,
            # Access has judged the token.
            *(one for one in ConnexionMiddleware.default_middlewares if one is not SecurityMiddleware),
        ],
        strict_validation=True,
        validator_map={"parameter": StrictParameters, "body": {"application/json": StrictBody}},
    )
    # FlaskApp has no parameter for its threads, of which it has 10, and never ends them; nor has this.
    wsgi = WSGIMiddleware(app.app.wsgi_app)
    wsgi.executor = workers
    app._middleware_app.asgi_app = wsgi
    problems = Problems(contract)
    for kind in (Exception, ProblemException, HTTPException):
        app.add_error_handler(kind, problems.answer)
    app.add_api(
        dict(contract),
        resolver=Resolver(partial(_resolved, handlers)),
        swagger_ui_options=SwaggerUIOptions(swagger_ui_path="/docs"),
    )
    return app


def _resolved(handlers: Mapping[str, Callable[..., Any]], operation_id: str) -> Callable[..., Response]:
    """A handler that answers with JSON. A tuple is a document and its status, ``None`` an empty answer."""
    handler = handlers[operation_id]

    @wraps(handler)
    def answered(*arguments: Any, **named: Any) -> Response:
        try:
            result = handler(*arguments, **named)
        except Exception as error:  # turned into a problem document, the unforeseen too
            document = problem_document(error)
            return Response(dump(document), document["status"], content_type=PROBLEM_MEDIA_TYPE)
        if result is None:
            return Response(status=204)
        document, status = result if isinstance(result, tuple) else (result, 200)
        return Response(dump(document), status, content_type="application/json")

    return answered
