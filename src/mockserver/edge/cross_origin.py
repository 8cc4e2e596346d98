"""What lets a web page of any origin call a surface (BS-ASM-071)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.middleware.cors import CORSMiddleware

from mockserver.edge.recording import EXCHANGE_HEADER
from mockserver.kernel.exchange import REASON_HEADER

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS = ("GET", "POST")
_ASKS_FOR_METHOD = b"access-control-request-method"


def cross_origin_headers(hints: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Headers of every answer, also where no ``Origin`` was sent.

    :param hints: whether answers carry the sandbox's own headers, which a page may then read
    """
    anybody = (b"access-control-allow-origin", b"*")
    if not hints:
        return (anybody,)
    shown = b", ".join([REASON_HEADER.encode(), EXCHANGE_HEADER])
    return (anybody, (b"access-control-expose-headers", shown))


class PreflightMiddleware:
    """Answers the ``OPTIONS`` by which a browser asks whether a page may send JSON.

    :param territory: path prefixes below which it may
    """

    def __init__(self, app: ASGIApp, *, territory: Sequence[str]) -> None:
        self._app = app
        self._territory = tuple(territory)
        self._preflight = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=_METHODS, allow_headers=["*"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; pass everything else on."""
        asked = scope["type"] == "http" and scope["method"] == "OPTIONS" and self._is_open(scope)
        await (self._preflight if asked else self._app)(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        names = {name for name, _ in scope["headers"]}
        below = any(
            scope["path"] == prefix or scope["path"].startswith(f"{prefix}/") for prefix in self._territory
        )
        return below and b"origin" in names and _ASKS_FOR_METHOD in names
