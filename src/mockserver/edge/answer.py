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

BODILESS = frozenset({204, 304})
"""Statuses whose answers have no body, and say nothing of its length (RFC 9110 section 8.6)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is complete."""

    status: int
    body: bytes
    headers: Headers


class WrittenName(bytes):
    """A header's name that goes out as it is written: the server would write it in lower case."""

    def lower(self) -> WrittenName:
        """Itself."""
        return self

    def __eq__(self, other: object) -> bool:
        return super().lower() == other

    __hash__ = bytes.__hash__


def with_length(status: int, body: bytes, headers: Headers) -> Headers:
    """The headers of an answer whose body is complete, its length among them."""
    if status in BODILESS:
        return headers
    return [*headers, (b"content-length", b"%d" % len(body))]


async def send_answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send an answer whose body is complete."""
    await _start(send, status, with_length(status, body, headers))
    await send({"type": "http.response.body", "body": body})


async def send_whole(send: Send, answer: Answer) -> None:
    """Send an answer whose headers tell its length already."""
    await _start(send, answer.status, answer.headers)
    await send({"type": "http.response.body", "body": answer.body})


async def drop_answer(
    scope: Scope, receive: Receive, send: Send, answer: Answer | None, sent: bytes = b""
) -> None:
    """Close the connection, behind the head and a first part of an answer, or without a byte of it.

    :param answer: its headers tell its length already

    :raises ConnectionDropped: there is no connection that could be closed
    """
    if answer is not None:
        await _start(send, answer.status, answer.headers)
        await send({"type": "http.response.body", "body": sent, "more_body": True})
    connection = scope.get("extensions", {}).get(DROP)
    if connection is None:
        raise ConnectionDropped
    connection["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
