"""The live hub of the small feed: one connection, with WebSocket frames made by hand."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from small_feed import SmallFeed

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
END = "\x1e"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

_numbers = itertools.count()


class SmallHub:
    """Serves one consumer until one of the two has enough."""

    def __init__(self, feed: SmallFeed, jti: str, handler: BaseHTTPRequestHandler) -> None:
        self.feed, self.jti, self.faults = feed, jti, feed.faults
        self.handler = handler
        self.number = next(_numbers)
        self.gone = threading.Event()
        self.spoken = time.monotonic()
        self.heard = time.monotonic()
        self.shaken = False
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def serve(self, stream: float, keep_alive: float) -> None:
        """Answer the upgrade and then what the consumer says; times in seconds."""
        self.stream, self.keep_alive = stream, keep_alive
        key = self.handler.headers["Sec-WebSocket-Key"] + GUID
        self.handler.send_response(101)
        self.handler.send_header("Upgrade", "websocket")
        self.handler.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.handler.send_header("Sec-WebSocket-Accept", accept)
        self.handler.end_headers()
        self.handler.wfile.flush()
        self.handler.close_connection = True
        try:
            if "alive_at_once" in self.faults:
                self.say({"type": 6})
            for text in self.messages():
                if not self.gone.is_set():
                    self.hear(text)
        except OSError:
            pass
        finally:
            self.gone.set()
            for thread in self.threads:
                thread.join()

    # -- what the hub does ------------------------------------------------------------------------------

    def hear(self, text: str) -> None:
        """Take a message."""
        self.heard = time.monotonic()
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        legible = isinstance(kind, int) or (kind == "1" and "types_as_text" in self.faults)
        if not self.shaken:
            self.shake(message)
        elif not legible or len(text) > 32 * 1024 or (kind == 42 and "other_types_end_it" in self.faults):
            self.illegible()
        elif kind == 1 or (kind == "1" and "types_as_text" in self.faults):
            self.called(message)
        elif kind == 6 and "keep_alive_ends_it" in self.faults:
            self.end()

    def shake(self, message: Any) -> None:
        """Take the first message."""
        if message != {"protocol": "json", "version": 1} and "any_handshake" not in self.faults:
            if "refuses_in_silence" not in self.faults:
                self.say({"error": "Invalid request parameters"})
            if "stays_after_a_refusal" not in self.faults:
                self.end()
            return
        self.shaken = True
        if "no_handshake_answer" not in self.faults:
            self.say({})
        if "alive_at_once" not in self.faults and "never_confirmed" not in self.faults:
            self.say({"type": 6})
        if "never_confirmed" not in self.faults:
            self.begin(self.live)
        if "streams_unasked" in self.faults:
            self.begin(lambda: self.run(3))

    def illegible(self) -> None:
        """End the connection for what can't be read."""
        if "illegible_ignored" not in self.faults:
            if "ends_in_silence" not in self.faults:
                self.say({"type": 7, "error": "Invalid request parameters"})
            self.end()

    def called(self, message: dict[str, Any]) -> None:
        """Take an invocation."""
        invocation = message.get("invocationId")
        wanted = self.read(message)
        if wanted is None and "any_subscription" in self.faults:
            wanted = {"GameType": 3}
        if "completions_unasked" in self.faults and invocation is None:
            invocation = "0"
        unknown = message.get("target") != "Subscribe" and "unknown_targets_ignored" in self.faults
        if invocation is not None and "no_completions" not in self.faults and not unknown:
            error = {"error": "Invalid request parameters"}
            refused = error if wanted is None and "errors_hidden" not in self.faults else {"result": None}
            self.say({"type": 3, "invocationId": invocation, **refused})
        if wanted is not None and "no_stream" not in self.faults:
            game_type = wanted["GameType"]
            self.begin(lambda: self.run(game_type))

    def read(self, message: dict[str, Any]) -> Any:
        """The filter of a subscription that is as described; ``None`` for any other."""
        try:
            name, text = message["arguments"]
            wanted = json.loads(text)
            good = (
                name == "SubOnWholeGamesInfo"
                and message["target"] == "Subscribe"
                and wanted["GameType"] in self.feed.games
                and wanted["PartnerClientId"] == 1556
            )
            return wanted if good else None
        except (KeyError, TypeError, ValueError):
            return None

    def live(self) -> None:
        """Say now and then that the hub is there, where nothing else was said."""
        distance = self.keep_alive * (10 if "keep_alive_rare" in self.faults else 1)
        if "keep_alive_often" in self.faults:
            distance /= 20
        while not self.gone.wait(distance / 20):
            if "drops_the_silent" in self.faults and time.monotonic() - self.heard > self.keep_alive * 2:
                self.end()
            if time.monotonic() - self.spoken >= distance and "no_keep_alive" not in self.faults:
                self.say({"type": 6})

    def run(self, game_type: int) -> None:
        """Stream the games of a type."""
        distance = self.stream
        if "slow_stream" in self.faults:
            distance *= 10
        if "fast_stream" in self.faults:
            distance /= 20
        while not self.gone.is_set():
            info: Any = self.feed.message(game_type, self.jti, self.number)
            target = "GamesInfo" if "another_target" in self.faults else "SubOnWholeGamesInfo"
            if "fields_in_a_string" in self.faults:
                info = json.dumps(info)
            message = {"type": 1, "target": target, "arguments": [info]}
            if "streams_completions" in self.faults:
                message = {"type": 2, "invocationId": "0", "item": info}
            self.say(message)
            if "one_message" in self.faults:
                return
            if "ends_with_its_token" in self.faults and self.feed.ahead:
                self.end()
            self.gone.wait(distance)

    def begin(self, work: Any) -> None:
        """Do it beside the rest."""

        def guarded() -> None:
            try:
                work()
            except OSError:
                self.gone.set()

        self.threads.append(threading.Thread(target=guarded, daemon=True))
        self.threads[-1].start()

    # -- frames -----------------------------------------------------------------------------------------

    def say(self, value: Any) -> None:
        """Send a message."""
        self.spoken = time.monotonic()
        end = "" if "no_separator" in self.faults else END
        self.frame(BINARY if "binary_frames" in self.faults else TEXT, (json.dumps(value) + end).encode())

    def end(self) -> None:
        """Close the connection."""
        self.gone.set()
        self.frame(CLOSE, struct.pack(">H", 1000))

    def frame(self, kind: int, content: bytes) -> None:
        """Send a frame."""
        size = len(content)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
        with self.lock:
            self.handler.wfile.write(bytes([0x80 | kind]) + length + content)
            self.handler.wfile.flush()

    def messages(self) -> Iterator[str]:
        """What the consumer says, message by message."""
        rest = ""
        while True:
            kind, content = self.received()
            if kind == CLOSE:
                if not self.gone.is_set():
                    self.end()
                return
            if kind == PING:
                self.frame(PONG, content)
            if kind == BINARY:
                self.illegible()
            if kind != TEXT:
                continue
            rest += content.decode()
            if "frames_are_messages" in self.faults:
                rest, text = "", rest
                yield text.rstrip(END)
                continue
            *whole, rest = rest.split(END)
            yield from whole

    def received(self) -> tuple[int, bytes]:
        """Kind and content of the next frame."""
        head = self.handler.rfile.read(2)
        if len(head) < 2:
            return CLOSE, b""
        size = head[1] & 0x7F
        if size > 125:
            form = ">H" if size == 126 else ">Q"
            (size,) = struct.unpack(form, self.handler.rfile.read(struct.calcsize(form)))
        mask = self.handler.rfile.read(4)
        content = self.handler.rfile.read(size)
        return head[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(content))
