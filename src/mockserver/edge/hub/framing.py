"""Messages in frames: a frame may hold several, and a message may stretch over several frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Document
from mockserver.kernel.json_codec import JsonInvalid, dump, parse

LARGEST_MESSAGE = 32 * 1024
"""Bytes (BC-ASM-132)."""


class MessageType(IntEnum):
    """``type`` of SignalR's messages, as far as the hub looks at it."""

    INVOCATION = 1
    COMPLETION = 3
    STREAM_INVOCATION = 4
    PING = 6
    CLOSE = 7


class Unframing:
    """Puts messages together again.

    :param terminator: ends every message
    """

    def __init__(self, terminator: str) -> None:
        self._terminator = terminator
        self._begun = ""

    def messages_in(self, frame: str) -> Iterator[str]:
        """The messages that a frame completes.

        :raises Rejection: one is too large, also one that is not complete yet
        """
        *complete, rest = frame.split(self._terminator)
        for text in complete:
            whole, self._begun = self._begun + text, ""
            _require_size(whole)
            yield whole
        self._begun += rest
        _require_size(self._begun)


def framed(document: Document, terminator: str) -> str:
    """A message, ready to be sent."""
    return dump(document).decode() + terminator


def read_message(text: str) -> Mapping[str, Any]:
    """The JSON object of a message.

    :raises Rejection: it is none
    """
    try:
        document = parse(text.encode("utf-8", "surrogatepass"))
    except JsonInvalid as error:
        raise Rejection(EdgeRefusal.INVALID_REQUEST, f"message: {error}") from None
    if not isinstance(document, dict):
        raise Rejection(EdgeRefusal.INVALID_REQUEST, "message: is no JSON object")
    return document


def _require_size(text: str) -> None:
    if len(text) > LARGEST_MESSAGE or len(text.encode("utf-8", "surrogatepass")) > LARGEST_MESSAGE:
        raise Rejection(EdgeRefusal.TOO_LARGE, f"message: is longer than {LARGEST_MESSAGE} bytes")
