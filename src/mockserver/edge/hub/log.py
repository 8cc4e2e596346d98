"""Writes a hub's connections and their messages into the journal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mockserver.edge.recording import Recorder, Recording
from mockserver.kernel.redaction import BLOT

if TYPE_CHECKING:
    from starlette.types import Scope

    from mockserver.kernel.errors import Rejection
    from mockserver.kernel.tenant import Tenant

MESSAGE = "MESSAGE"
"""Stands in the journal where a call has its method."""


class HubLog:
    """The journal of one call of a hub, and of the messages on the connection that it opened.

    :param token_parameter: of the query; its value is a credential and is not kept
    """

    def __init__(self, recorder: Recorder, surface: str, token_parameter: str, scope: Scope) -> None:
        token = re.compile(rf"(?<![^&])({re.escape(token_parameter)}=)[^&]*".encode())
        query = token.sub(rb"\1" + BLOT.encode(), scope["query_string"])
        self._recorder = recorder
        self._surface = surface
        self._scope: Scope = {**scope, "query_string": query}

    def begin(self, operation: str) -> Recording:
        """Begin to record the call itself."""
        return self._recorder.begin({"method": "GET", **self._scope}, self._surface, operation)

    def note(
        self,
        operation: str,
        tenant: Tenant,
        text: str,
        *,
        answer: str = "",
        refused: Rejection | None = None,
        faults: Sequence[str] = (),
        reason: str | None = None,
    ) -> None:
        """Keep a message with what it was answered, the faults that struck it, and why it was not said."""
        scope = {**self._scope, "method": MESSAGE, "query_string": b"", "headers": []}
        recording = self._recorder.begin(scope, self._surface, operation)
        recording.exchange.request_body = text.encode("utf-8", "surrogatepass")
        recording.exchange.faults = [*faults]
        recording.exchange.reason = reason
        recording.attribute(tenant)
        if refused is not None:
            recording.refuse(refused)
        recording.end(answer.encode())
