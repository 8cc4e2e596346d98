"""An answer on its way to the wire, whole or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.kernel.exchange import ConnectionDropped

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

Headers = Sequence[tuple[bytes, bytes]]

DROP = "mockserver.drop"
"""ASGI extension: ``close`` closes the connection once what was sent is out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is complete."""

    status: int
    body: bytes
    headers: Headers


async def send_answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send an answer whose body is complete."""
    await _start(send, status, body, headers)
    await send({"type": "http.response.body", "body": body})


async def drop_answer(
    scope: Scope, receive: Receive, send: Send, answer: Answer | None, sent: bytes = b""
) -> None:
    """Close the connection, behind the head and a first part of an answer, or without a byte of it.

    :raises ConnectionDropped: there is no connection that could be closed
    """
    if answer is not None:
        await _start(send, answer.status, answer.body, answer.headers)
        await send({"type": "http.response.body", "body": sent, "more_body": True})
    connection = scope.get("extensions", {}).get(DROP)
    if connection is None:
        raise ConnectionDropped
    connection["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, body: bytes, headers: Headers) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
