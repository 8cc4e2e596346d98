"""A load of requests over kept-alive connections, with as little of a client as possible."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

_DEADLINE_SECONDS = 30


class WrongAnswer(Exception):
    """An answer has another status than it must have, so the measurement means nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of one answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """What one load took."""

    requests: int
    seconds: float


async def exchange(port: int, request: bytes) -> Answer:
    """Send one request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            return await _exchange(reader, writer, request)
    finally:
        writer.close()


async def load(port: int, request: bytes, *, status: int, connections: int, requests: int) -> Sample:
    """Send the same request many times.

    :raises WrongAnswer: an answer with another status came
    """
    left = requests

    async def one_connection() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left > 0:
            left -= 1
            answer = await _exchange(reader, writer, request)
            if answer.status != status:
                raise WrongAnswer(f"status {answer.status} instead of {status}: {answer.body[:200]!r}")
        writer.close()

    started = time.perf_counter()
    async with asyncio.timeout(_DEADLINE_SECONDS):
        await asyncio.gather(*(one_connection() for _ in range(connections)))
    return Sample(requests, time.perf_counter() - started)


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Answer:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return Answer(int(head[9:12]), await reader.readexactly(length))
