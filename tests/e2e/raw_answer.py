"""What stands on the wire behind a request, byte for byte."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mockserver.kernel.json_codec import parse


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came; without a byte where the connection ended."""

    bytes: bytes

    @property
    def status(self) -> int:
        return int(self.bytes.split(b" ", 2)[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names as they are written."""
        lines = self.bytes.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case."""
        return next((value for one, value in self.headers if one.lower() == name), None)

    @property
    def body(self) -> bytes:
        return self.bytes.partition(b"\r\n\r\n")[2]

    @property
    def document(self) -> Any:
        return parse(self.body)

    @property
    def is_whole(self) -> bool:
        """Whether as much came as was announced."""
        return len(self.body) == int(self.header("content-length") or -1)


def asked(
    base_url: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> RawAnswer:
    """Send a request, and read until the connection ends."""
    address = urlsplit(base_url)
    assert address.hostname is not None
    assert address.port is not None
    sent = {"host": address.netloc, "connection": "close", **(headers or {})}
    if body:
        sent["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        came = b""
        while chunk := connection.recv(65536):
            came += chunk
    return RawAnswer(came)
