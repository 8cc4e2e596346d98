"""The line between the server and its partners, in a test's hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

from mockserver.adapters.sender import OwnTransport

Reply = Callable[[], httpx.Response]
"""Makes what comes of a call: an answer, or an error of the connection."""


def answers(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> Reply:
    """An answer, as JSON where it is a document."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda: httpx.Response(status, headers=headers, content=content)


def fails(error: Exception) -> Reply:
    """A connection that fails."""

    def reply() -> httpx.Response:
        raise error

    return reply


DOWN = answers(503)


class Line(OwnTransport):
    """What the server says, on its way to the built-in parties.

    :param name_of: what a call is called here
    """

    def __init__(self, name_of: Callable[[httpx.Request], str]) -> None:
        self.name_of = name_of
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget everything, and let every call pass."""
        self.requests: list[httpx.Request] = []
        self.on_the_way: dict[str, Reply] = {}
        """What answers a call that is not heard at the other end."""
        self.on_the_way_back: dict[str, Reply] = {}
        """What comes back of a call that is heard there, in the place of the answer."""
        self.gates: dict[str, asyncio.Event] = {}
        """What a call waits for before it goes on its way."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        name = self.name_of(request)
        if gate := self.gates.get(name):
            await gate.wait()
        if reply := self.on_the_way.get(name):
            return reply()
        answer = await super().handle_async_request(request)
        reply = self.on_the_way_back.get(name)
        return reply() if reply else answer

    def names(self) -> list[str]:
        """The name of each call, in order."""
        return [self.name_of(request) for request in self.requests]

    def sent(self, name: str) -> list[httpx.Request]:
        """The calls of one name, in order."""
        return [request for request in self.requests if self.name_of(request) == name]
