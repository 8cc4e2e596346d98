"""One WebSocket of a hub: what was sent and received on it, each with its time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import urlsplit

import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from conformance.client import HEADER_PLAN, LARGEST_ANSWER, RawAnswer, RawExchange
from conformance.hub_messages import TERMINATOR, Message, Splitter

FIRST_SHOWN: Final = 20
LAST_SHOWN: Final = 10
"""Messages of each direction that a report shows; those between are counted."""

MOST_KEPT: Final = 20_000
"""Messages that are kept of one connection; a hub that sends more is cut off."""

SWITCHED: Final = 101
"""HTTP status of an upgrade that is granted."""

SHOWN_TERMINATOR: Final = "␞"

CLOSING_SECONDS: Final = 0.5
"""Until the other side must have said goodbye too; then the connection is cut."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the kit has sent."""

    at: float
    """Seconds since the connection was asked for."""
    text: str


class HubConnection:
    """A connection, or the attempt at one: ``answer`` has the HTTP status, 101 where it stands.

    A thread reads it from the start, so that each message has the time at which it arrived.
    """

    def __init__(self, url: str, *, seconds: float, purpose: str, judge: Callable[[Message], None]) -> None:
        """Open it; ``seconds`` until the hub must have answered. ``judge`` is called with each message."""
        self.url = url
        self.purpose = purpose
        self.messages: list[Message] = []
        self.sent: list[Sent] = []
        self.end: str | None = None
        """Why the connection is over, in words; ``None`` while it stands."""
        self._judge = judge
        self._failure: Exception | None = None
        self._start = time.monotonic()
        self._changed = threading.Condition()
        self._stack = ExitStack()
        self._headers: dict[str, str] = {}
        self._socket: ClientConnection | None = None
        self.answer = self._opened(seconds)
        if self.answer.status != SWITCHED:
            self.end = "the connection was refused"

    @property
    def stands(self) -> bool:
        """Whether the connection is there."""
        return self.end is None

    @property
    def now(self) -> float:
        """Seconds since the connection was asked for."""
        return time.monotonic() - self._start

    def send(self, frame: str | bytes) -> None:
        """Send exactly this as one frame; a connection that is over takes nothing, and says so later."""
        shown = frame if isinstance(frame, str) else f"binary {frame.decode('utf-8', 'backslashreplace')}"
        self.sent.append(Sent(self.now, shown))
        if self._socket is not None:
            with suppress(ConnectionClosed, OSError):
                self._socket.send(frame)

    def wait_for(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What ``look`` finds, as soon as it does; ``None`` when time or the connection is over before."""
        with self._changed:
            self._changed.wait_for(lambda: look() is not None or not self.stands, seconds)
            if self._failure is not None:
                raise self._failure
            return look()

    def wait(self, seconds: float) -> None:
        """Let this time pass, or less if the connection ends."""
        self.wait_for(lambda: None, seconds)

    def close(self) -> None:
        """End the connection."""
        self._stack.close()

    def exchange(self) -> RawExchange:
        """The connection as a report shows it: one message a line, with the time at which it went."""
        request = requests.Request("GET", self.url).prepare()
        request.headers.update(self._headers)
        sent = [f"+{one.at:.3f} s {_shown(one.text)}" for one in list(self.sent)]
        received = [_line(one) for one in list(self.messages)]
        if self.end is not None:
            received.append(f"({self.end})")
        request.body = _bounded(sent) if sent else None
        answer = self.answer
        if answer.status == SWITCHED:
            answer = replace(answer, content=_bounded(received).encode("utf-8", "backslashreplace"))
        return RawExchange("openHub", request, answer, self.purpose)

    def _opened(self, seconds: float) -> RawAnswer:
        """Open the connection; what the upgrade was answered with."""
        start = time.monotonic()
        try:
            connection = self._stack.enter_context(_asked(self.url, seconds))
        except (WebSocketException, OSError, ValueError, EOFError) as failure:
            # A redirect is followed by nobody: the library says so by another error, raised from this one.
            refused = failure if isinstance(failure, InvalidStatus) else failure.__cause__
            elapsed = time.monotonic() - start
            if not isinstance(refused, InvalidStatus):
                late = isinstance(failure, TimeoutError)
                error = "timed out" if late else " ".join(str(failure).split())[:200]
                return RawAnswer(None, (), b"", elapsed, error)
            response = refused.response
            headers = list(response.headers.raw_items())
            return RawAnswer(response.status_code, headers, bytes(response.body), elapsed)
        self._socket = connection
        threading.Thread(target=self._read, args=(connection,), daemon=True).start()
        assert connection.request is not None
        assert connection.response is not None
        self._headers = dict(connection.request.headers.raw_items())
        return RawAnswer(
            SWITCHED, list(connection.response.headers.raw_items()), b"", time.monotonic() - start
        )

    def _read(self, connection: ClientConnection) -> None:
        splitter = Splitter()
        end: str | None = None
        while end is None:
            messages: list[Message] = []
            try:
                messages = splitter.messages(connection.recv(), self.now)
                for message in messages:
                    self._judge(message)
                if len(self.messages) > MOST_KEPT:
                    end = f"cut off by the kit after {MOST_KEPT} messages"
            except ConnectionClosed:
                end = f"closed with {connection.close_code} {connection.close_reason or ''}".strip()
            except Exception as failure:  # carried into the case's own thread, where it gets a verdict
                self._failure, end = failure, "the kit failed"
            with self._changed:
                self.messages += messages
                self.end = end
                self._changed.notify_all()


def _asked(url: str, seconds: float) -> AbstractContextManager[ClientConnection]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    return connect(
        url,
        # With a socket of our own no proxy of the machine takes part, and no redirect is followed.
        sock=socket.create_connection((parts.hostname or "", port), seconds),
        compression=None,
        user_agent_header=dict(HEADER_PLAN)["user-agent"],
        open_timeout=seconds,
        close_timeout=CLOSING_SECONDS,
        ping_interval=None,
        max_size=LARGEST_ANSWER,
        max_queue=None,
    )


def _line(message: Message) -> str:
    form = "binary " if message.binary else ""
    return f"+{message.at:.3f} s {form}{message.text}{SHOWN_TERMINATOR if message.ended else ''}"


def _shown(text: str) -> str:
    return text.replace(TERMINATOR, SHOWN_TERMINATOR)


def _bounded(lines: list[str]) -> str:
    hidden = len(lines) - FIRST_SHOWN - LAST_SHOWN
    if hidden > 0:
        lines = [*lines[:FIRST_SHOWN], f"({hidden} more)", *lines[-LAST_SHOWN:]]
    return "\n".join(lines)
