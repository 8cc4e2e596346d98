"""HTTP/1.1 as uvicorn reads it, with two things that a client may do and that it would not survive well."""

from __future__ import annotations

import re
from collections.abc import Collection

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.edge.answer import DROP

LARGEST_HEAD = 64 * 1024

_UPGRADE = re.compile(rb"^upgrade(?=[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_OTHER_UPGRADE = re.compile(
    rb"^upgrade(?=[ \t]*:)(?![ \t]*:[ \t]*websocket[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE
)
_NAME = b"upgrade"
_LONGEST_HELD_BACK = 100
_WEB_SOCKET = re.compile(rb"GET ([^ ?]+)[^ ]* HTTP/1\.1\r?$")
_END_OF_HEAD = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HttpProtocol(HttpToolsProtocol):
    """Reads requests.

    A client that offers HTTP/2 in clear text (Java's own does by default) sends ``Upgrade`` beside an
    ordinary request. The offer may be ignored (RFC 9110 section 7.8), but the parser stops at it and
    the body would be lost, so the header is renamed before it is parsed. It stays where a WebSocket is asked
    for at one of the paths that have one.

    A head that does not end is cut off at :data:`LARGEST_HEAD` bytes with 431.
    """

    web_sockets: Collection[str] = ()
    """The paths."""

    _in_head = True
    _head_size = 0
    _messages = 0
    _held_back = b""
    _first_line = b""
    _first_line_ended = False

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        if self._in_head:
            data = self._held_back + data
            data, self._held_back = _without_begun_header(data)
            self._read_first_line(data)
            if b"pgrade" in data.lower():
                head, end, rest = data.partition(_END_OF_HEAD)
                data = self._unwanted().sub(b"x-offer", head) + end + rest
        only_head = self._in_head
        self._messages = 0
        super().data_received(data)
        # The end of a body may have been in it; what comes behind that is the beginning of a head at most.
        if only_head and self._in_head and not self._messages:
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is complete; a body or the next request follows."""
        self._in_head = False
        self._head_size = 0
        self.scope["extensions"] = {DROP: {"close": self.transport.close}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is a head again."""
        self._in_head = True
        self._messages += 1
        self._first_line, self._first_line_ended = b"", False
        super().on_message_complete()

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() and self.url.partition(b"?")[0].decode("latin-1") in self.web_sockets

    def _read_first_line(self, data: bytes) -> None:
        if not self._first_line_ended:
            line, end, _ = data.partition(b"\n")
            self._first_line += line
            self._first_line_ended = bool(end)

    def _unwanted(self) -> re.Pattern[bytes]:
        """Which offers are not taken."""
        asked = _WEB_SOCKET.match(self._first_line)
        return _OTHER_UPGRADE if asked and asked[1].decode("latin-1") in self.web_sockets else _UPGRADE


def with_web_sockets(paths: Collection[str]) -> type[HttpProtocol]:
    """The protocol of a server that has WebSockets at these paths."""
    return type("HttpProtocol", (HttpProtocol,), {"web_sockets": frozenset(paths)})


def _without_begun_header(data: bytes) -> tuple[bytes, bytes]:
    """What has come of a head, and at its end a header that has begun and may become ``Upgrade``: the
    network may cut anywhere. One that is too long for a WebSocket's is not waited for."""
    start = data.rfind(b"\n") + 1
    begun = data[start:].lower()
    name, _, value = begun.partition(b":")
    may_become = _NAME.startswith(begun) or (name.rstrip() == _NAME and len(value) < _LONGEST_HELD_BACK)
    if _END_OF_HEAD not in data and start and begun and may_become:
        return data[:start], data[start:]
    return data, b""
