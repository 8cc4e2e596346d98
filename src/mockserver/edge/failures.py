"""Whatever goes wrong outside an operation, in the shape of the vendor whose path it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from mockserver.edge.answer import send_answer
from mockserver.edge.body import CallerGone, read_body
from mockserver.edge.recording import Recording
from mockserver.edge.refusals import Refused, header_text
from mockserver.edge.surface import Surface
from mockserver.edge.trace import place_of
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.json_codec import dump

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

logger = logging.getLogger("mockserver")

_REFUSAL_OF_STATUS = {404: EdgeRefusal.UNKNOWN_PATH, 405: EdgeRefusal.METHOD_NOT_ALLOWED}


class FailureMiddleware:
    """Outermost middleware: turns routing errors and unforeseen failures into answers."""

    def __init__(self, app: ASGIApp, *, surfaces: Sequence[Surface]) -> None:
        self._app = app
        self._recorder = surfaces[0].recorder
        self._hints = any(surface.hints for surface in surfaces)
        self._served = _what_is_served(surfaces)
        by_prefix = {prefix: surface for surface in surfaces for prefix in surface.territory}
        # The longest prefix first: /mis-api/api/v2 before /mis-api.
        self._territories = sorted(by_prefix.items(), key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer if that fails before an answer has begun."""
        started = False

        async def noting_send(message: dict[str, object]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)  # type: ignore[arg-type]  # starlette types messages as mutable mappings
        except (Exception, asyncio.CancelledError) as error:
            # Cancelled is what a call is when the server is told to stop before it was answered.
            if started or scope["type"] != "http":
                raise
            recording = self._recorder.begin(scope, None, None)
            if isinstance(error, HTTPException):  # routing failed, so nobody has read the body
                with contextlib.suppress(CallerGone, Rejection):
                    recording.exchange.request_body = await read_body(receive, None)
            refused = self._answer(scope, error, recording)
            headers = recording.finish(refused.status, refused.headers, refused.body)
            await send_answer(send, refused.status, refused.body, headers)

    def _answer(self, scope: Scope, error: BaseException, recording: Recording) -> Refused:
        path: str = scope["path"]
        known = error if isinstance(error, HTTPException) else None
        if isinstance(error, Exception) and known is None:
            logger.error("%s %s failed: %s", scope["method"], path, place_of(error))
            logger.debug("trace", exc_info=error)
        refusal = _REFUSAL_OF_STATUS.get(known.status_code if known else 500, EdgeRefusal.INTERNAL)
        rejection = Rejection(refusal, f"{scope['method']} {path}: {_why(refusal)}")
        recording.refuse(rejection)
        refused = self._refuse(path, rejection, recording)
        extra = self._allow(path, known)
        return Refused(refused.status, refused.document, refused.body, refused.headers + extra)

    def _refuse(self, path: str, rejection: Rejection, recording: Recording) -> Refused:
        for prefix, surface in self._territories:
            if path == prefix or path.startswith(f"{prefix}/"):
                recording.exchange.surface = surface.contract.surface
                return surface.refusals().answer(rejection)
        return self._nobodys(rejection, 405 if rejection.refusal == EdgeRefusal.METHOD_NOT_ALLOWED else 404)

    def _allow(self, path: str, error: HTTPException | None) -> list[tuple[bytes, bytes]]:
        """The methods that exist, sorted. The router names those of one operation; the path may have more."""
        named = ((error.headers if error else None) or {}).get("Allow")
        if not named:
            return []
        methods = set(named.split(", "))
        for _, surface in self._territories:
            methods |= surface.contract.methods_at(path)
        if "GET" in methods:
            methods.add("HEAD")  # the router takes it for a GET without a body
        return [(b"allow", ", ".join(sorted(methods)).encode())]

    def _nobodys(self, rejection: Rejection, status: int) -> Refused:
        """A path that no vendor has: the sandbox itself answers, and says what it serves."""
        document = {"message": self._served}
        headers = [(b"content-type", b"application/json")]
        if self._hints:
            headers.append((REASON_HEADER.encode(), header_text(rejection.reason)))
        return Refused(status, document, dump(document), headers)


def _what_is_served(surfaces: Sequence[Surface]) -> str:
    served = {prefix for surface in surfaces for prefix in surface.served}
    return f"No API is served here. Served are {', '.join(sorted(served))}"


def _why(refusal: EdgeRefusal) -> str:
    return {
        EdgeRefusal.UNKNOWN_PATH: "no operation has this path",
        EdgeRefusal.METHOD_NOT_ALLOWED: "there is no such method here; see the header Allow",
    }.get(refusal, "failed or was stopped; see the server's log")
