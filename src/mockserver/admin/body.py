"""Bodies of requests to the control plane: read whole before anything else, up to a bound."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from mockserver.admin.problems import send_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024
LARGEST_STATE = 256 * 1024 * 1024

_JSON = b"application/json"


class WholeBody:
    """Middleware that gives the applications behind it a body of known length: Flask would take one that
    comes in chunks for none. Their judgment takes long for large ones, so only a state may be large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, and pass it on in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = LARGEST_STATE if scope["path"] == "/state" else LARGEST_BODY
        chunks = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > largest:
                await send_problem(
                    send,
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"body: is larger than {largest} bytes, which is the most",
                )
                return
            if not message.get("more_body", False):
                break
        body = b"".join(chunks)
        await self._app({**scope, "headers": _headers(scope, len(body))}, _replayed(body, receive), send)


def _headers(scope: Scope, size: int) -> list[tuple[bytes, bytes]]:
    """With the length, and the media type as Connexion knows it: in lower case."""
    kept = [
        (name, value.lower() if name == b"content-type" and value.lower().startswith(_JSON) else value)
        for name, value in scope["headers"]
        if name not in (b"content-length", b"transfer-encoding")
    ]
    return [*kept, (b"content-length", b"%d" % size)]


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread = True

    async def replay() -> Message:
        nonlocal unread
        if not unread:
            return await receive()
        unread = False
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
