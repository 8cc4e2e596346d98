"""WebSockets as uvicorn reads them, with two things that it would not survive well."""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LARGEST_FRAMES = 2 * 1024 * 1024
"""Bytes of the frames that make up one WebSocket message; more is cut off with 1009."""


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Reads frames.

    Text that is not UTF-8 comes as bytes, so that the application can say what is wrong. After frames that
    can't be read nothing is sent any more, and who tries learns that the other side is gone.
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
