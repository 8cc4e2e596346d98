"""The kit as the vendor: an HTTP listener that serves BETCORE's keys and records what the target asks for."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from conformance.errors import KitError

JWKS_PATH: Final = "/mis-api/api/v2/auth/jwks"

LARGEST_BODY: Final = 1024 * 1024
"""Bytes of a received body that are kept."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request of the target."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    # Two listeners on one port would share the target's calls between two runs.
    allow_reuse_port = False


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


class CallbackSink:
    """Listens on ``host:port`` while used as a context manager.

    ``documents`` maps the paths that are served to what is answered, as JSON. Raises :exc:`KitError`
    when it can't listen. Port 0 takes a free one.
    """

    def __init__(self, listen: str, documents: Mapping[str, Any], *, public_url: str | None = None) -> None:
        self._documents = dict(documents)
        self._received: list[Received] = []
        self._lock = threading.Lock()
        host, port = parse_listen(listen)
        try:
            self._server = (_IPv6Server if ":" in host else _Server)((host, port), self._handler())
        except OSError as error:
            raise KitError(
                f"can't listen on {listen}: {error.strerror or error}; choose another one with --listen"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        shown_host = f"[{host}]" if ":" in host else host
        self.url = (public_url or f"http://{shown_host}:{self._server.server_address[1]}").rstrip("/")
        """Where the target reaches the kit."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def received(self, path: str | None = None) -> list[Received]:
        """What has arrived so far, in order; only what went to ``path`` if that is given."""
        with self._lock:
            return [call for call in self._received if path is None or call.path == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10
            wbufsize = -1  # one packet per answer; two would wait for each other (Nagle, delayed ACK)

            def _answer(self) -> None:
                length = self.headers.get("Content-Length", "0")
                body = self.rfile.read(min(int(length), LARGEST_BODY)) if length.isdecimal() else b""
                path = self.path.partition("?")[0]
                with sink._lock:
                    sink._received.append(Received(self.command, path, tuple(self.headers.items()), body))
                found = path in sink._documents
                payload = json.dumps(sink._documents[path] if found else {"error": "unknown path"}).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: what arrived is in the record."""

        return Handler


def parse_listen(listen: str) -> tuple[str, int]:
    """Host and port of ``host:port``; an IPv6 host stands in brackets. Raises :exc:`KitError`."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise KitError(f"--listen {listen} is no host:port")
    return host.strip("[]"), int(port)
