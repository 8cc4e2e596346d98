"""The kit as a party that the target calls: an HTTP listener that answers and records what arrives."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    at: float = 0.0
    """Unix seconds."""

    def header(self, name: str) -> str | None:
        """The first value of the header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def document(self) -> dict[str, Any]:
        """The body, its members in their order; empty where it is no JSON object."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a role answers."""

    status: int | None = 200
    """``None``: the connection is closed without an answer."""
    content: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides the media type, which is JSON unless it is named here."""


Role = Callable[[Received], Reply]
"""Answers the calls to one path. It is called in the thread of the connection, and may take its time."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    # Two listeners on one port would share the target's calls between two runs.
    allow_reuse_port = False


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


class CallbackSink:
    """Listens on ``host:port`` while used as a context manager.

    ``documents`` maps the paths that are served to what is answered, as JSON; ``roles`` maps paths to who
    decides on the answer; a path that ends in a slash stands for all that is below it. Raises :exc:`KitError`
    when it can't listen. Port 0 takes a free one.
    """

    def __init__(
        self,
        listen: str,
        documents: Mapping[str, Any],
        *,
        roles: Mapping[str, Role] | None = None,
        public_url: str | None = None,
    ) -> None:
        self._documents = dict(documents)
        self._roles = dict(roles or {})
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

    def _reply(self, received: Received) -> Reply:
        if (role := self._role(received.path)) is not None:
            return role(received)
        if received.path in self._documents:
            return Reply(200, json.dumps(self._documents[received.path]).encode())
        return Reply(404, json.dumps({"error": "unknown path"}).encode())

    def _role(self, path: str) -> Role | None:
        if path in self._roles:
            return self._roles[path]
        below = (role for above, role in self._roles.items() if above[-1:] == "/" and path.startswith(above))
        return next(below, None)

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
                received = Received(self.command, path, tuple(self.headers.items()), body, time.time())
                with sink._lock:
                    sink._received.append(received)
                reply = sink._reply(received)
                if reply.status is None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

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
