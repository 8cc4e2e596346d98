"""An operator's PAM platform that answers as it is told, and remembers what came."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Pam:
    """What the platform answers, and what it got."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hold: threading.Event | None = None
    """What each answer waits for."""
    second: threading.Event = field(default_factory=threading.Event)
    """Set once a second call has come."""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def actions(self) -> list[Any]:
        """The action of each call."""
        return [json.loads(body)["action"] for _, body in self.received]


@contextmanager
def pam_platform() -> Iterator[Pam]:
    """A platform on a free port, for as long as the block runs."""
    pam = Pam()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            pam.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if len(pam.received) == 2:
                pam.second.set()
            if pam.hold is not None:
                pam.hold.wait(30)
            self.send_response(pam.status)
            for name, value in {"content-length": str(len(pam.body)), **pam.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(pam.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pam.url = f"http://127.0.0.1:{server.server_port}/pam"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield pam
        finally:
            server.shutdown()
