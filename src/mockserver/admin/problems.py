"""Refusals of the control plane as problem documents (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from starlette.exceptions import HTTPException

from bet_contracts.documents import METHODS
from mockserver.kernel.clock import OutOfReach
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.faults.armed import TooManyFaults, UnknownFault
from mockserver.kernel.json_codec import dump
from mockserver.kernel.outbox import NotInThisState, OutboxFull, UnknownCall

if TYPE_CHECKING:
    from starlette.types import Send

logger = logging.getLogger("mockserver")

PROBLEM_MEDIA_TYPE = "application/problem+json"

STATUSES = MappingProxyType(
    {
        Problem.INVALID: HTTPStatus.BAD_REQUEST,
        Problem.NOT_FOUND: HTTPStatus.NOT_FOUND,
        Problem.CONFLICT: HTTPStatus.CONFLICT,
        Problem.FULL: HTTPStatus.INSUFFICIENT_STORAGE,
        Problem.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
        Problem.UNFINISHED: HTTPStatus.GATEWAY_TIMEOUT,
        Problem.NOT_SUPPORTED: HTTPStatus.NOT_IMPLEMENTED,
    }
)
_PROBLEM_OF = MappingProxyType(
    {
        UnknownCall: Problem.NOT_FOUND,
        NotInThisState: Problem.CONFLICT,
        OutboxFull: Problem.FULL,
        TooManyFaults: Problem.FULL,
        UnknownFault: Problem.NOT_FOUND,
        OutOfReach: Problem.INVALID,
    }
)


def problem_document(error: Exception) -> dict[str, Any]:
    """The problem document for whatever went wrong."""
    if isinstance(error, ControlRefusal):
        return _document(STATUSES[error.problem], error.detail, error.problem)
    if (problem := _PROBLEM_OF.get(type(error))) is not None:
        return _document(STATUSES[problem], str(error), problem)
    if isinstance(error, ProblemException):
        return _document(HTTPStatus(error.status), str(error.detail))
    if isinstance(error, HTTPException):
        return _document(HTTPStatus(error.status_code), _hint(error))
    logger.error("the control plane failed: %s", type(error).__name__)
    logger.debug("trace", exc_info=error)
    return _document(HTTPStatus.INTERNAL_SERVER_ERROR, "failed; see the server's log (--verbose)")


class Problems:
    """Answers what Connexion refuses.

    :param contract: the document of the control plane, which knows the methods of each path
    """

    def __init__(self, contract: Mapping[str, Any]) -> None:
        self._methods = [
            (re.compile(re.sub(r"{[^}]*}", "[^/]+", path)), sorted(item.keys() & METHODS))
            for path, item in contract["paths"].items()
        ]

    def answer(self, request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        """The answer to an error."""
        document = problem_document(error)
        headers = {}
        if document["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = self._allowed(request.scope["path"])
            document["detail"] = f"this path takes {headers['Allow']}"
        return ConnexionResponse(
            status_code=document["status"],
            content_type=PROBLEM_MEDIA_TYPE,
            body=dump(document),
            headers=headers,
        )

    def _allowed(self, path: str) -> str:
        fitting = (methods for pattern, methods in self._methods if pattern.fullmatch(path))
        return ", ".join(method.upper() for method in next(fitting, ()))


async def send_problem(send: Send, status: HTTPStatus, detail: str) -> None:
    """Turn a request away before Connexion sees it. The connection ends: what was not read of the body
    would be taken for the next request."""
    body = dump(_document(status, detail))
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _document(status: HTTPStatus, detail: str, problem: Problem | None = None) -> dict[str, Any]:
    kind = f"urn:bet-sandbox:{problem}" if problem else "about:blank"
    return {"type": kind, "title": status.phrase, "status": int(status), "detail": detail}


def _hint(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return "the control plane has no such path; /docs lists those that it has"
    return str(error.detail)
