"""Sending to partners over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from mockserver.kernel.exchange import ConnectionDropped
from mockserver.kernel.ports import Deadlines, NotConnected, OutgoingAnswer, OutgoingRequest, SendFailed

LARGEST_ANSWER = 1024 * 1024


class OwnTransport(httpx.AsyncBaseTransport):
    """Carries what the sandbox sends to itself straight into its application, without a socket.

    ``app`` is the ASGI application, set once there is one.
    """

    app: Callable[..., Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have the application answer.

        :raises httpx.ConnectError: there is none yet
        """
        if self.app is None:
            raise httpx.ConnectError("the sandbox has not started yet")
        try:
            return await httpx.ASGITransport(self.app).handle_async_request(request)
        except ConnectionDropped:
            raise httpx.RemoteProtocolError("the connection ended without an answer") from None


class HttpSender:
    """Sends with httpx, over connections that are kept.

    :param transports: other ways to carry requests, by the URL that they begin with
    """

    def __init__(self, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None) -> None:
        self._transports = dict(transports or {})
        self._client: httpx.AsyncClient | None = None

    async def send(self, request: OutgoingRequest, deadlines: Deadlines) -> OutgoingAnswer:
        """Send, and wait for the whole answer.

        :raises SendFailed: no complete answer came in time
        """
        try:
            async with asyncio.timeout(deadlines.total):
                return await self._sent(request, deadlines)
        except TimeoutError:
            raise SendFailed(f"no complete answer within {deadlines.total:g} s") from None
        except httpx.ConnectTimeout:
            raise NotConnected(f"no connection within {deadlines.connect:g} s") from None
        except httpx.ReadTimeout:
            raise SendFailed(f"nothing came for {deadlines.read:g} s") from None
        except httpx.ConnectError as error:
            raise NotConnected(f"no connection: {_one_line(error)}") from None
        except SendFailed:
            raise
        except Exception as error:  # the layers below raise much of their own, an ExceptionGroup among it
            raise SendFailed(_one_line(error)) from None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _sent(self, request: OutgoingRequest, deadlines: Deadlines) -> OutgoingAnswer:
        timeout = httpx.Timeout(deadlines.total, connect=deadlines.connect, read=deadlines.read)
        async with self._open().stream(
            request.method, request.url, headers=list(request.headers), content=request.body, timeout=timeout
        ) as answer:
            body = b""
            if (encoding := answer.headers.get("content-encoding", "identity").lower()) != "identity":
                raise SendFailed(f"the answer is encoded ({encoding[:40]}), which was not asked for")
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise SendFailed(f"the answer is larger than {LARGEST_ANSWER} bytes")
            return OutgoingAnswer(answer.status_code, tuple(answer.headers.multi_items()), body)

    def _open(self) -> httpx.AsyncClient:
        """The client, made when the first call is sent: making it costs more than sending."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                mounts=self._transports,
                follow_redirects=False,
                trust_env=False,
                headers={"accept-encoding": "identity"},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                # No bound: one tenant's partner that hangs must not keep others waiting.
                limits=httpx.Limits(max_connections=None),
            )
        return self._client


class ScriptedSender:
    """A partner that answers as it is told, and remembers what came.

    :param answer: called with each request
    """

    def __init__(self, answer: Callable[[OutgoingRequest], Awaitable[OutgoingAnswer]]) -> None:
        self._answer = answer
        self.requests: list[OutgoingRequest] = []

    async def send(self, request: OutgoingRequest, deadlines: Deadlines) -> OutgoingAnswer:
        """Remember the request and give the scripted answer."""
        self.requests.append(request)
        return await self._answer(request)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
