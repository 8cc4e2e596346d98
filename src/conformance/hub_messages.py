"""The messages of a SignalR hub inside the frames of a WebSocket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from conformance.client import NO_JSON, read_json

TERMINATOR: Final = "\x1e"
"""Ends every message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it arrived."""

    at: float
    """Seconds since the connection was asked for."""
    text: str
    """Without its terminator."""
    value: Any
    """As JSON, fractions as :class:`~decimal.Decimal`; :data:`NO_JSON` if it is none."""
    ended: bool
    """Whether its terminator came with it."""
    binary: bool = False

    @property
    def kind(self) -> int | None:
        """Its ``type``; ``None`` where it has none that is a small number."""
        found = self.member("type")
        known = isinstance(found, int | Decimal) and not isinstance(found, bool) and 0 <= found < 100
        return int(found) if known else None

    def member(self, name: str) -> Any:
        """The member with this name; ``None`` where there is none."""
        return self.value.get(name) if isinstance(self.value, dict) else None


class Splitter:
    """Makes messages of frames: one frame may hold several, and one message may go over several."""

    def __init__(self) -> None:
        self._rest = ""

    def messages(self, frame: str | bytes, at: float) -> list[Message]:
        """The messages that end with this frame. One without a terminator counts if it is whole JSON."""
        binary = isinstance(frame, bytes)
        text = frame.decode("utf-8", "backslashreplace") if isinstance(frame, bytes) else frame
        *whole, self._rest = (self._rest + text).split(TERMINATOR)
        found = [Message(at, one, read_json(one), True, binary) for one in whole]
        value = read_json(self._rest) if self._rest.strip() else NO_JSON
        if value is not NO_JSON:
            found.append(Message(at, self._rest, value, False, binary))
            self._rest = ""
        return found


def written(value: Any) -> str:
    """The value as a message."""
    return json.dumps(value) + TERMINATOR
