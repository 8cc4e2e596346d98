"""An HTTP server of the tests, on a free port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Takes many connections at once, and does not outlive the test."""

    daemon_threads = True
    request_queue_size = 64


class Silent(BaseHTTPRequestHandler):
    """A handler that logs nothing and sends each answer in one piece."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve with the handler until the block ends; yields the URL."""
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


Answering = Callable[[str, str, dict[str, str], bytes], tuple[int, object]]
"""Takes method, path, headers with lower-case names, and body; returns the status and a JSON document."""


@contextmanager
def answering(answer: Answering, allow: str) -> Iterator[str]:
    """Serve JSON until the block ends; yields the URL.

    :param allow: what an answer with HTTP status 405 says is allowed
    """

    class Handler(Silent):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, document = answer(self.command, self.path, headers, body)
            payload = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            if status == 405:
                self.send_header("Allow", allow)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_DELETE = _answer

    with listening(Handler) as url:
        yield url
