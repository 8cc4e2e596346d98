"""The ASGI application of a hub, and the dispatcher that puts it in front of another."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.middleware.cors import CORSMiddleware

from mockserver.edge.answer import send_answer
from mockserver.edge.hub.connection import Connection, Pace
from mockserver.edge.hub.contract import CLOSING, HANDSHAKE, STREAM, SUBSCRIPTION, HubContract
from mockserver.edge.hub.log import HubLog
from mockserver.edge.recording import Recorder, Recording
from mockserver.edge.refusals import RefusalTable, Refused
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Document, RefusalRenderer, bearer_token, text_of
from mockserver.kernel.json_codec import dump
from mockserver.kernel.streaming import Consumer, LiveSource

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

HANDSHAKE_SECONDS = 15.0
"""How long a handshake may take (BC-ASM-132)."""

NEGOTIATION = "negotiate"
"""Stands in the journal for the negotiation, which AsyncAPI knows no operation for."""

_NEWEST_VERSION = 1
_JSON = (b"content-type", b"application/json")
_WHAT_TO_ASK_FOR = (b"upgrade", b"websocket")


class HubRefusal(StrEnum):
    """Classes that the hub itself raises before a connection stands."""

    NOT_AN_UPGRADE = "not_an_upgrade"


class Hub:
    """Answers at the paths of a hub.

    :param pace: times of its connections; those of the contract where it is ``None``
    """

    def __init__(
        self,
        contract: HubContract,
        source: LiveSource,
        *,
        render_refusal: RefusalRenderer,
        recorder: Recorder,
        hints: bool,
        pace: Pace | None = None,
    ) -> None:
        self.contract = contract
        self._source = source
        self._recorder = recorder
        self._refusals = RefusalTable(contract.http_rows, render_refusal, hints)
        self._pace = pace or Pace(
            HANDSHAKE_SECONDS, contract.keep_alive_seconds, contract.stream_seconds, recorder.pause
        )

    operations = frozenset({HANDSHAKE, SUBSCRIPTION, STREAM, CLOSING, NEGOTIATION})
    """What its exchanges are called by."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a connection, or answer a call."""
        log = HubLog(self._recorder, self.contract.surface, self.contract.token_parameter, scope)
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send, log)
        else:
            await self._answer(scope, send, log)

    async def _connect(self, scope: Scope, receive: Receive, send: Send, log: HubLog) -> None:
        await receive()  # says that a connection is wanted, which the scope says too
        recording = log.begin(HANDSHAKE)
        try:
            consumer = self._admit(scope)
        except Rejection as rejection:
            refused = self._refused(rejection, recording)
            start = {"status": refused.status, "headers": refused.headers}
            await send({"type": "websocket.http.response.start", **start})
            await send({"type": "websocket.http.response.body", "body": refused.body})
            return
        recording.attribute(consumer.tenant)
        await send({"type": "websocket.accept", "headers": recording.finish(101, [], b"")})
        try:
            await Connection(self.contract, consumer, self._pace, log, send).run(receive)
        except asyncio.CancelledError:
            return  # the server stops, and this consumer doesn't read what it is told

    async def _answer(self, scope: Scope, send: Send, log: HubLog) -> None:
        recording = log.begin(NEGOTIATION)
        try:
            consumer = self._admit(scope)
            recording.attribute(consumer.tenant)
            self._require_negotiation(scope)
        except Rejection as rejection:
            refused = self._refused(rejection, recording)
            await send_answer(send, refused.status, refused.body, refused.headers)
            return
        body = dump(self._negotiated(scope, consumer))
        await send_answer(send, 200, body, recording.finish(200, [_JSON], body))

    def _admit(self, scope: Scope) -> Consumer:
        """Identify the consumer: by the query, or by ``Authorization``.

        :raises Rejection: there is no token that gives access
        """
        asked = parse_qs(scope["query_string"].decode("latin-1")).get(self.contract.token_parameter)
        if asked:
            return self._source.admit(asked[-1])
        return self._source.admit(bearer_token(text_of(scope["headers"]).get("authorization")))

    def _require_negotiation(self, scope: Scope) -> None:
        negotiation = self.contract.negotiation
        if scope["method"] != negotiation.method or not scope["path"].endswith(negotiation.path):
            raise Rejection(
                HubRefusal.NOT_AN_UPGRADE,
                f"{scope['method']} {scope['path']}: open a WebSocket at {self.contract.paths[0]}, or "
                f"{negotiation.method} {self.contract.paths[0]}{negotiation.path}",
            )

    def _negotiated(self, scope: Scope, consumer: Consumer) -> Document:
        negotiation = self.contract.negotiation
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("negotiateVersion", ["0"])[-1]
        version = min(int(asked), _NEWEST_VERSION) if asked.isascii() and asked.isdecimal() else 0
        offer = {"transport": negotiation.transport, "transferFormats": [negotiation.transfer_format]}
        answer = {
            "negotiateVersion": version,
            "connectionId": consumer.new_id(),
            "availableTransports": [offer],
        }
        return answer | ({"connectionToken": consumer.new_id()} if version else {})

    def _refused(self, rejection: Rejection, recording: Recording) -> Refused:
        recording.refuse(rejection)
        refused = self._refusals.answer(rejection)
        if rejection.refusal == HubRefusal.NOT_AN_UPGRADE:
            refused.headers.append(_WHAT_TO_ASK_FOR)
        headers = recording.finish(refused.status, refused.headers, refused.body)
        return Refused(refused.status, refused.document, refused.body, headers)


class HubDispatch:
    """Stands in front of an application and takes what is a hub's. A web page of any origin may negotiate."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self._paths = {
            path + more for path in hub.contract.paths for more in ("", hub.contract.negotiation.path)
        }
        self._hub = CORSMiddleware(
            hub,
            allow_origin_regex=".*",
            allow_methods=[hub.contract.negotiation.method],
            allow_headers=["*"],
            allow_credentials=True,  # SignalR's client for browsers sends them unless it is told not to
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on to whom it is for."""
        await (self._hub if scope.get("path") in self._paths else self._app)(scope, receive, send)
