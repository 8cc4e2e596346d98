"""A small server of both vendors' APIs, written for the kit's own tests, that can be made wrong on purpose.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from listening import Silent, listening
from small_bet_cards import SmallBetCards
from small_betstack import Reply, SmallBetstack
from small_casino import SmallCasino


class SmallVendor:
    """Both vendors behind one address."""

    def __init__(self, *faults: str) -> None:
        self.faults = frozenset(faults)
        self.betstack = SmallBetstack(self.faults)
        self.cards = SmallBetCards(self.faults)
        self.casino = SmallCasino(self.faults)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The status and JSON body for a request."""
        if path.startswith("/be/"):
            return self.betstack.answer(method, path.removeprefix("/be"), headers, body)
        if path.startswith("/bc/"):
            return self.cards.answer(method, path.removeprefix("/bc"), headers, body)
        if self.casino.serves(path):
            return self.casino.answer(method, path, headers, body)
        return 404, {"code": 904, "message": "Not Found"}

    def headers(self, path: str, status: int) -> dict[str, str]:
        """What an answer has besides media type and length."""
        shared = path.startswith("/bc/") and "no_cors" not in self.faults
        return {
            **({"Access-Control-Allow-Origin": "*"} if shared else {}),
            **({"Allow": "POST" if self.casino.serves(path) else "GET"} if status == 405 else {}),
        }


@contextmanager
def serving(vendor: SmallVendor) -> Iterator[str]:
    """Serve the vendor on a free port of this machine; yields the URL."""

    class Handler(Silent):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if "drops_connections" in vendor.faults and self.path.endswith(("/paid", "/make")):
                self.close_connection = True
                return
            if "drops_after_booking" in vendor.faults and self.path.endswith("/make"):
                vendor.answer(self.command, self.path, headers, body)
                self.close_connection = True
                return
            status, value = vendor.answer(self.command, self.path, headers, body)
            if "echoes_requests" in vendor.faults and isinstance(value, dict):
                value = {**value, "echo": body.decode("utf-8", "replace"), "headers": headers}
            payload = json.dumps(value).encode()
            answer = {
                "Content-Type": "text/plain" if "text_plain" in vendor.faults else "application/json",
                "Content-Length": str(len(payload)),
                **vendor.headers(self.path, status),
            }
            self.send_response(status)
            for name, text in answer.items():
                self.send_header(name.upper() if "header_case" in vendor.faults else name, text)
            self.end_headers()
            size = 1 if "in_pieces" in vendor.faults else len(payload) or 1
            for start in range(0, len(payload), size):
                self.wfile.write(payload[start : start + size])
                self.wfile.flush()

        do_GET = do_POST = do_DELETE = _answer

    with listening(Handler) as url:
        yield url
