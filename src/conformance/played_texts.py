"""The kit as an operator's receiver of texts: it answers notifications as it is told, and records them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.betstack import Ticket
from conformance.callback_sink import Received, Reply
from conformance.client import shown
from conformance.oracle import sms as oracle
from conformance.played_pam import answered

SMS_PATH: Final = "/sms"

TAKEN: Final = answered(200, {"message": "Notification received"})


@dataclass(frozen=True, slots=True)
class Text:
    """One notification of the target."""

    received: Received
    type: str
    """Empty where the body names none."""
    data: Mapping[str, Any]
    members: tuple[str, ...]
    """Names of the body's members, in their order."""

    def is_about(self, ticket: Ticket) -> bool:
        """Whether it names the ticket, by id or by code."""
        return ticket.id == self.data.get("ticket_id") or (
            bool(ticket.code) and ticket.code == self.data.get("ticket_code")
        )

    def describe(self) -> str:
        """The notification on one line, without the player's number and password."""
        told = {name: self.data[name] for name in ("ticket_id", "status", "result") if name in self.data}
        return f"{self.type[:40] or 'no type'} {shown(told)}"


def read_text(received: Received) -> Text:
    """The notification that was received; without type and data where its body has none."""
    body = received.document()
    kind, data = body.get("type"), body.get("data")
    return Text(
        received,
        kind if isinstance(kind, str) else "",
        data if isinstance(data, dict) else {},
        tuple(body),
    )


@dataclass(slots=True)
class PlayedTexts:
    """The receiver. Called by the listener, in a thread of each connection."""

    url: str = ""
    """Where the target has to call it; set once the kit listens."""
    _texts: list[Text] = field(default_factory=list)
    _reply: Reply = TAKEN
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, received: Received) -> Reply:
        """Record the notification and answer it."""
        with self._changed:
            self._texts.append(read_text(received))
            self._changed.notify_all()
            return self._reply

    def watch(self) -> TextWatch:
        """What arrives from now on."""
        with self._changed:
            return TextWatch(self, len(self._texts))

    def since(self, start: int) -> list[Text]:
        """The notifications after the first ``start`` ones, in the order of their arrival."""
        with self._changed:
            return self._texts[start:]

    def await_status(self, start: int, ticket: Ticket, seconds: float) -> Text | None:
        """The first ``ticket_status`` about the ticket; ``None`` if none came."""

        def find() -> Text | None:
            about = (text for text in self._texts[start:] if text.is_about(ticket))
            return next((text for text in about if text.type == oracle.TICKET_STATUS), None)

        with self._changed:
            return self._changed.wait_for(find, seconds) or None

    @contextmanager
    def answering(self, reply: Reply) -> Iterator[None]:
        """Inside the block every notification gets this reply."""
        self._reply = reply
        try:
            yield
        finally:
            self._reply = TAKEN


@dataclass(frozen=True, slots=True)
class TextWatch:
    """What arrived at the receiver since a case began."""

    receiver: PlayedTexts
    start: int

    def texts(self, ticket: Ticket | None = None) -> Sequence[Text]:
        """The notifications so far, about this ticket if one is given."""
        return [text for text in self.receiver.since(self.start) if ticket is None or text.is_about(ticket)]

    def of_the_run(self) -> Sequence[Text]:
        """Every notification since the run began."""
        return self.receiver.since(0)

    def await_status(self, ticket: Ticket, *, seconds: float) -> Text | None:
        """The first ``ticket_status`` about the ticket; ``None`` if none has come after ``seconds``."""
        return self.receiver.await_status(self.start, ticket, seconds)
