"""The body of a request, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.kernel.errors import EdgeRefusal, Rejection

if TYPE_CHECKING:
    from starlette.types import Receive

LARGEST_BODY = 1024 * 1024


class CallerGone(Exception):
    """The caller closed the connection before the body was complete."""


async def read_body(receive: Receive, declared_length: str | None) -> bytes:
    """Read the whole body.

    :param declared_length: value of the ``Content-Length`` header
    :raises Rejection: more than :data:`LARGEST_BODY` bytes are declared or come
    :raises CallerGone: the connection ended before the body did
    """
    if declared_length is not None and declared_length.isdecimal() and int(declared_length) > LARGEST_BODY:
        raise _too_large(f"Content-Length is {declared_length} bytes")
    message = await receive()
    if message["type"] == "http.disconnect":
        raise CallerGone
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return _of_allowed_size(body)
    chunks = [body]
    size = len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > LARGEST_BODY:
            raise _too_large(f"more than {LARGEST_BODY} bytes came")
    return b"".join(chunks)


def _of_allowed_size(body: bytes) -> bytes:
    if len(body) > LARGEST_BODY:
        raise _too_large(f"{len(body)} bytes came")
    return body


def _too_large(what: str) -> Rejection:
    return Rejection(EdgeRefusal.TOO_LARGE, f"body: {what}; the most that is read is {LARGEST_BODY} bytes")
