"""WebSockets as uvicorn reads them, with what it would not survive well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LARGEST_FRAMES = 2 * 1024 * 1024
"""Bytes of the frames that make up one WebSocket message; more is cut off with 1009."""


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Reads frames.

    Text that is not UTF-8 comes as bytes, so that the application can say what is wrong. After frames that
    can't be read nothing is sent any more, and who tries learns that the other side is gone. An upgrade
    that was refused is complete, and nothing to warn of.
    """

    def send_receive_event_to_app(self) -> None:
        """Hand a complete WebSocket message on."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Close, since what has come is no WebSocket frame, or too large a one."""
        super().handle_parser_exception()
        self.disconnected = True

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the application says."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
