"""The key that BETCORE's calls are signed with, and the key set that the casino reads it from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from mockserver.adapters.keys import SigningKeys
from mockserver.edge.contract import load
from mockserver.kernel.ports import SigningKeys as Keys

DEFAULT_PLACE = "127.0.0.1:8080"
"""Where a sandbox would serve it."""


class KeyProblem(Exception):
    """A key can't be read, written or served. The text is one line."""


@dataclass(slots=True)
class Served:
    """A key set while it is served."""

    url: str
    reads: int = 0


def key_in(path: Path | None) -> Keys:
    """The private key in a PEM file; a new one where there is no file, which is then written, and for
    ``None``.

    :raises KeyProblem: the file can't be read or written, or holds no key that will do
    """
    keys = SigningKeys()
    if path is None:
        return keys
    try:
        if path.exists():
            keys.load([path.read_text("ascii")])
        else:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(keys.export()[0])
    except OSError as error:
        raise KeyProblem(f"--key {path}: {error.strerror}") from None
    except ValueError:
        raise KeyProblem(
            f"--key {path}: holds no RSA private key of at least 2048 bits in PEM, without a password"
        ) from None
    return keys


def key_set(keys: Keys) -> str:
    """The public half as a JSON Web Key Set."""
    return json.dumps({"keys": [keys.jwk(keys.first)]})


def write(keys: Keys, path: Path) -> None:
    """Write the key set into a file.

    :raises KeyProblem: it can't be written
    """
    try:
        path.write_text(key_set(keys) + "\n", "utf-8")
    except OSError as error:
        raise KeyProblem(f"--jwks-out {path}: {error.strerror}") from None


@contextmanager
def serving(keys: Keys, place: str) -> Iterator[Served]:
    """Serve the key set where BETCORE does, for as long as the block runs.

    :param place: host and port
    :raises KeyProblem: nothing can listen there
    """
    contract = load("betcore.aggregator")
    path = contract.base_path + contract.operations["getJwks"].path
    body = key_set(keys).encode()
    served = Served(f"http://{place}{path}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == path
            served.reads += found
            self.send_response(200 if found else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body) if found else 0))
            self.end_headers()
            self.wfile.write(body if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    host, _, port = place.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise KeyProblem(f"--serve-jwks is {place!r}; write it as HOST:PORT, such as {DEFAULT_PLACE}")
    try:
        server = ThreadingHTTPServer((host.strip("[]"), int(port)), Handler)
    except OSError as error:
        raise KeyProblem(
            f"the key set can't be served at {place}: {error.strerror}; is a sandbox running there? Choose "
            "where your casino reads keys with --serve-jwks HOST:PORT, or give it a --key that it knows"
        ) from None
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
