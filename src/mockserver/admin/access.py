"""Who may use the control plane: no web page, and where a token is set nobody without it."""

from __future__ import annotations

import hmac
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from mockserver.admin.problems import send_problem
from mockserver.kernel.exchange import bearer_token, text_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OPEN = ("/health", "/docs", "/openapi.json", "/openapi.yaml")
"""Paths that hold nothing worth a token, and what is below them."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:@\[\]]+)(?::[0-9]+)?")


class Refused(Exception):
    """A request is turned away. The text says why, in one line."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Access:
    """Outermost middleware of the control plane.

    A page in a browser could send requests to this machine: under a name of its own that leads here
    (``Host``), from its own address (``Origin``), or as a form (the media type). None of them passes.

    :param host: address that the control plane listens on
    :param token: what callers have to show; ``None`` for nothing
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str | None) -> None:
        self._app = app
        self._names = _OWN_NAMES | {host.lower()}
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        if scope["type"] == "http":
            try:
                self._judge(scope["path"], text_of(scope["headers"]))
            except Refused as refused:
                await send_problem(send, refused.status, str(refused))
                return
        await self._app(scope, receive, send)

    def _judge(self, path: str, headers: dict[str, str]) -> None:
        host = headers.get("host", "")
        # Who has to show the token is no page that was led here.
        if self._token is None and _name(host) not in self._names:
            raise Refused(
                HTTPStatus.MISDIRECTED_REQUEST,
                f"Host is `{host}`; the control plane answers to {', '.join(sorted(self._names))}",
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            raise Refused(HTTPStatus.FORBIDDEN, f"Origin is `{origin}`: a web page may not use this")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refused(HTTPStatus.FORBIDDEN, "Sec-Fetch-Site: another site's page may not use this")
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if has_body and media_type != "application/json":
            raise Refused(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"content-type is `{media_type}`; send the body with `content-type: application/json`",
            )
        if self._token is not None and not any(path == one or path.startswith(f"{one}/") for one in _OPEN):
            self._require_token(headers.get("authorization", ""))

    def _require_token(self, authorization: str) -> None:
        shown = bearer_token(authorization)
        expected = (self._token or "").encode()
        if shown is None or not hmac.compare_digest(shown.encode(), expected):
            raise Refused(
                HTTPStatus.UNAUTHORIZED, "send the server's --admin-token as `Authorization: Bearer TOKEN`"
            )


def _name(host: str) -> str:
    """A ``Host`` header without its port; nothing of one that is none."""
    found = _HOST.fullmatch(host.lower())
    return found[1].strip("[]") if found else ""
