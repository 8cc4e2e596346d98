"""HTTP/1.1 as uvicorn reads it, with two things that a client may do and that it would not survive well."""

from __future__ import annotations

import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024

_UPGRADE = re.compile(rb"^upgrade(?=\s*:)", re.IGNORECASE | re.MULTILINE)
_NAME = b"upgrade"
_END_OF_HEAD = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HttpProtocol(HttpToolsProtocol):
    """Reads requests.

    A client that offers HTTP/2 in clear text (Java's own does by default) sends ``Upgrade`` beside an
    ordinary request. The offer may be ignored (RFC 9110 section 7.8), but the parser stops at it and
    the body would be lost, so the header is renamed before it is parsed.

    A head that does not end is cut off at :data:`LARGEST_HEAD` bytes with 431.
    """

    _in_head = True
    _head_size = 0
    _messages = 0
    _held_back = b""

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        if self._in_head:
            data = self._held_back + data
            data, self._held_back = _without_begun_name(data)
            if b"pgrade" in data.lower():
                head, end, rest = data.partition(_END_OF_HEAD)
                data = _UPGRADE.sub(b"x-offer", head) + end + rest
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
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is a head again."""
        self._in_head = True
        self._messages += 1
        super().on_message_complete()


def _without_begun_name(data: bytes) -> tuple[bytes, bytes]:
    """What has come of a head, and at its end the beginning of a header's name that may become
    ``Upgrade``: the network may cut anywhere."""
    start = data.rfind(b"\n") + 1
    begun = data[start:].lower()
    if _END_OF_HEAD not in data and start and begun and (_NAME.startswith(begun) or begun.rstrip() == _NAME):
        return data[:start], data[start:]
    return data, b""
