"""A partner of any kind that keeps what comes, byte for byte and in order, and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .until import PATIENCE

PLAYER = {"player_id": "p-1", "lang": "en", "currency": "KES", "balance": 1_000_000}


@dataclass(frozen=True)
class Arrival:
    """A request as it came."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    """Names as they are written."""
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, whatever its case."""
        return next(value for one, value in self.headers if one.lower() == name)

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def action(self) -> str:
        """What an operator is called for."""
        return str(self.document.get("action") or self.document["type"])


def acknowledged(arrival: Arrival) -> tuple[int, bytes]:
    """What any of the vendors' calls takes for success."""
    if arrival.path.endswith("/games"):
        return 200, b'[{"gameId":"101"}]'
    if arrival.path.endswith("/launch"):
        return 200, b'{"frameUri":"http://127.0.0.1/frame"}'
    if arrival.path.startswith("/users/"):
        return 200, b'{"ErrorCode":200,"Message":"Success","Value":{"Balance":"10.5"}}'
    return 200, json.dumps(PLAYER).encode()


@dataclass
class RecordingPartner:
    """What came, and what is answered."""

    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    answer: Callable[[Arrival], tuple[int, bytes]] = acknowledged
    together: threading.Barrier | None = None
    """What every call waits at before it is answered: all of them have to be there at once."""
    _came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, arrival: Arrival) -> tuple[int, bytes]:
        """Keep a request.

        :returns: status and body
        """
        with self._came:
            self.arrivals.append(arrival)
            self._came.notify_all()
        if self.together is not None:
            self.together.wait(PATIENCE)
        return self.answer(arrival)

    def wait_for(self, count: int) -> list[Arrival]:
        """Wait until so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.arrivals) >= count, PATIENCE)
            return list(self.arrivals)

    def actions(self) -> list[str]:
        """What an operator was called for, in order."""
        return [arrival.action for arrival in self.arrivals]


@contextmanager
def recording_partner() -> Iterator[RecordingPartner]:
    """A partner on a free port, for as long as the block runs."""
    partner = RecordingPartner()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            status, answer = partner.take(Arrival(self.command, self.path, tuple(self.headers.items()), body))
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        partner.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield partner
        finally:
            server.shutdown()
            thread.join()
