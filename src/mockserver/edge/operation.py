"""One operation, compiled: from raw request to answer, with nothing left to look up per request."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bet_contracts.schemas import Violation, compile_schema
from mockserver.edge.answer import Answer, send_answer
from mockserver.edge.body import CallerGone, read_body
from mockserver.edge.contract import Operation
from mockserver.edge.interference import Interference, Interrupted
from mockserver.edge.parameters import Parameters
from mockserver.edge.recording import Recording
from mockserver.edge.surface import Surface
from mockserver.edge.trace import place_of
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Call, Document, Inbound, text_of
from mockserver.kernel.faults.catalogue import Point
from mockserver.kernel.json_codec import JsonInvalid, dump, parse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

logger = logging.getLogger("mockserver")

_JSON_HEADERS = [(b"content-type", b"application/json")]


class CompiledOperation:
    """An ASGI application for one operation.

    A request is judged in this order: size, identity and signature over the raw body, media type,
    JSON, schema, state. The route and the method were judged before.
    """

    def __init__(self, surface: Surface, operation: Operation) -> None:
        self._id = operation.id
        self._surface = surface.contract.surface
        self._recorder = surface.recorder
        self._gate = surface.gate_of(operation.id)
        self._handler = surface.handlers[operation.id]
        self._refusals = surface.refusals(operation.errors)
        self._success = operation.success_status
        self._request_schema = _request_schema(operation)
        self._document_name = "data" if _token(operation) else "body"
        self._response_schemas = dict(_response_schemas(operation))
        self._parameters = Parameters(operation)
        self._headers = [*_JSON_HEADERS, *surface.headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = text_of(scope["headers"])
        recording = self._recorder.begin(scope, self._surface, self._id)
        try:
            body = await read_body(receive, headers.get("content-length"))
            recording.exchange.request_body = body
            answer: Answer | Interrupted = await self._answer(scope, headers, body, recording)
        except CallerGone:
            recording.abandon("the caller closed the connection before the body was complete")
            return
        except Rejection as rejection:
            answer = self._refused(rejection, recording)
        except Interrupted as interrupted:
            answer = interrupted
        if recording.interference is not None:
            struck = await self._struck(answer, recording, recording.interference)
            await recording.interference.send(scope, receive, send, struck, recording)
        elif isinstance(answer, Answer):
            sent = recording.finish(answer.status, answer.headers, answer.body)
            await send_answer(send, answer.status, answer.body, sent)

    async def _struck(
        self, answer: Answer | Interrupted, recording: Recording, interference: Interference
    ) -> Answer | Interrupted:
        """What comes of an answer when faults strike that may answer in its place."""
        if isinstance(answer, Interrupted):
            return answer
        try:
            await interference.at(Point.AFTER_COMMIT)
        except Interrupted as interrupted:
            return interrupted
        except Rejection as rejection:
            return self._refused(rejection, recording)
        return answer

    async def _handled(
        self, scope: Scope, headers: Mapping[str, str], body: bytes, recording: Recording
    ) -> Document:
        """Judge a request and let its handler answer.

        :raises Rejection: the request is refused
        :raises Interrupted: a fault answers, or ends the connection
        """
        admission = await self._gate.admit(Inbound(headers, body))
        exchange_id = recording.attribute(admission.tenant)
        if admission.document is not body:
            recording.exchange.document = admission.document
        self._require_json(headers)
        document = None
        if self._request_schema is not None:
            document = self._valid_document(admission.document, self._request_schema)
        parameters = self._parameters.read(scope["path_params"], scope["query_string"])
        if recording.may_be_struck(headers, admission.document):
            await recording.strike(headers, admission.document, document, parameters)
        return await self._handler(Call(admission.tenant, parameters, document, exchange_id))

    async def _answer(
        self, scope: Scope, headers: Mapping[str, str], body: bytes, recording: Recording
    ) -> Answer:
        try:
            document = await self._handled(scope, headers, body, recording)
            self._require_conformant(self._success, document)
            return Answer(self._success, dump(document), self._headers)
        except (Rejection, Interrupted):
            raise
        except Exception as error:
            # The one place where an unforeseen failure becomes an answer in the vendor's shape.
            logger.error("%s failed: %s", self._id, place_of(error))
            logger.debug("trace", exc_info=error)
            raise Rejection(EdgeRefusal.INTERNAL, f"{self._id} failed; see the server's log") from None

    def _refused(self, rejection: Rejection, recording: Recording) -> Answer:
        recording.refuse(rejection)
        refused = self._refusals.answer(rejection)
        try:
            self._require_conformant(refused.status, refused.document)
        except Rejection as broken:
            refused = self._refusals.answer(broken)
        return Answer(refused.status, refused.body, refused.headers)

    def _require_json(self, headers: Mapping[str, str]) -> None:
        """A body that declares a media type must declare JSON; one that declares none is taken for it."""
        declared = headers.get("content-type")
        if self._request_schema is None or not declared:
            return
        if declared.partition(";")[0].strip().lower() != "application/json":
            raise Rejection(
                EdgeRefusal.UNSUPPORTED_MEDIA_TYPE,
                f"content-type: `{declared}` is not `application/json`",
            )

    def _valid_document(self, text: bytes, violation_of: Violation) -> Any:
        if not text:
            raise Rejection(
                EdgeRefusal.INVALID_REQUEST, f"{self._document_name}: is empty; it has to be a JSON document"
            )
        try:
            document = parse(text)
        except JsonInvalid as error:
            raise Rejection(EdgeRefusal.INVALID_REQUEST, f"{self._document_name}: {error}") from None
        if violation := violation_of(document):
            raise Rejection(EdgeRefusal.INVALID_REQUEST, f"{self._document_name}: {violation}")
        return document

    def _require_conformant(self, status: int, document: Document) -> None:
        violation_of = self._response_schemas.get(status)
        if violation_of is not None and (violation := violation_of(document)):
            logger.error("%s: the answer breaks the contract: %s", self._id, violation)
            raise Rejection(EdgeRefusal.INTERNAL, f"the answer would break the contract: {violation}")


def _request_schema(operation: Operation) -> Violation | None:
    media_type = operation.request_media_type
    if media_type is None:
        return None
    token = _token(operation)
    return compile_schema(token["data"] if token else media_type["schema"])


def _token(operation: Operation) -> Mapping[str, Any] | None:
    """``x-jwt`` of a body that is a token: what it carries in ``data`` is the document."""
    return (operation.request_media_type or {}).get("x-jwt")


def _response_schemas(operation: Operation) -> list[tuple[int, Violation]]:
    return [
        (status, compile_schema(response["content"]["application/json"]["schema"]))
        for status, response in operation.responses.items()
        if "content" in response
    ]
