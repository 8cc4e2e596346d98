"""An operator's PAM platform that passes each call on to the sandbox's own one, and fails when told to."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_OF_THE_CONNECTION = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept", "accept-encoding", "user-agent"}
)


@dataclass(frozen=True)
class Answer:
    """What an HTTP call got: a status and a body, or a connection that closed."""

    status: int | None
    body: bytes = b""

    @property
    def code(self) -> int | None:
        """``code`` of the body, if it has one."""
        document = json.loads(self.body) if self.body else {}
        return document.get("code") if isinstance(document, dict) else None


DROPPED = Answer(None)


@dataclass(frozen=True)
class Fault:
    """How a call fails: before the platform books it, or after."""

    committed: bool
    answer: Answer


@dataclass(frozen=True)
class Arrival:
    """One call as it came."""

    action: str
    data: dict[str, Any]
    booked: Answer | None
    """What the sandbox's platform answered; ``None`` where it was not asked."""
    answer: Answer
    """What the caller got."""


@dataclass
class FaultyPam:
    """What came, in the order in which the platform behind it booked, and how the next calls fail."""

    url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    """One for each of the next calls."""
    aimed: dict[str, Fault] = field(default_factory=dict)
    """For the next call about a ticket, or the next with an action; these go before the others."""
    down: Fault | None = None
    """How every call fails."""
    arrivals: list[Arrival] = field(default_factory=list)

    def heal(self) -> None:
        """Fail no more."""
        self.faults.clear()
        self.aimed.clear()
        self.down = None

    def deal_out(self, tickets: Iterable[str]) -> None:
        """Give the next faults to these tickets, whose calls come at once and in any order."""
        for ticket in tickets:
            if self.faults:
                self.aimed[ticket] = self.faults.popleft()

    def next_fault(self, ticket: str, action: str) -> Fault | None:
        """How this call fails."""
        for name in (ticket, action):
            if name in self.aimed:
                return self.aimed.pop(name)
        return self.faults.popleft() if self.faults else self.down

    def take(self) -> list[Arrival]:
        """What came since the last time."""
        came, self.arrivals = self.arrivals, []
        return came


@contextmanager
def faulty_pam(base_url: str) -> Iterator[FaultyPam]:
    """A platform on a free port in front of that of the sandbox, for as long as the block runs."""
    pam = FaultyPam()
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with turn:
                answer = self._answered(body)
            if answer.status is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def _answered(self, body: bytes) -> Answer:
            document = json.loads(body, parse_float=Decimal)
            fault = pam.next_fault(document["data"].get("ticket_id", ""), document["action"])
            booked = self._booked(body) if fault is None or fault.committed else None
            answer = fault.answer if fault else booked
            assert answer is not None
            pam.arrivals.append(Arrival(document["action"], document["data"], booked, answer))
            return answer

        def _booked(self, body: bytes) -> Answer:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION
            }
            try:
                return exchanged(body, headers)
            except (BrokenPipeError, ConnectionResetError):  # it idled, and the server closed it
                behind.close()
                return exchanged(body, headers)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    address = urlsplit(base_url)
    assert address.hostname
    with (
        closing(HTTPConnection(address.hostname, address.port, timeout=30)) as behind,
        ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
    ):

        def exchanged(body: bytes, headers: dict[str, str]) -> Answer:
            behind.request("POST", "/pam", body, headers)
            answer = behind.getresponse()
            return Answer(answer.status, answer.read())

        pam.url = f"http://127.0.0.1:{server.server_port}/pam"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield pam
        finally:
            server.shutdown()
            thread.join()
