"""Writes what is received into the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.edge.interference import Interference
from mockserver.kernel.courier import CAUSE_HEADER
from mockserver.kernel.errors import Rejection
from mockserver.kernel.faults.armed import Faults
from mockserver.kernel.faults.catalogue import Point
from mockserver.kernel.faults.road import Pause, Road
from mockserver.kernel.journal import Direction, Exchange, Headers, Journal

if TYPE_CHECKING:
    from starlette.types import Scope

    from mockserver.kernel.ports import Clock
    from mockserver.kernel.tenant import Tenant

EXCHANGE_HEADER = b"x-sandbox-exchange"

_CAUSE = CAUSE_HEADER.encode()
_LONGEST_CAUSE = 100


class Recorder:
    """Opens a recording for each request.

    :param journal: of requests that are no tenant's
    :param clock: their time
    :param stopwatch: milliseconds from any beginning, never going back
    :param announce: whether answers name their exchange
    :param faults: those of requests that are no tenant's
    :param road: theirs
    :param pause: waits for so many seconds
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        stopwatch: Callable[[], float],
        *,
        announce: bool,
        faults: Faults,
        road: Road,
        pause: Pause,
    ) -> None:
        self.nobodys_journal = journal
        self.nobodys_faults = faults
        self.nobodys_road = road
        self.pause = pause
        self.clock = clock
        self.stopwatch = stopwatch
        self.announce = announce

    def begin(self, scope: Scope, surface: str | None, operation: str | None) -> Recording:
        """Begin to record a request."""
        return Recording(self, scope, surface, operation)


class Recording:
    """One request while it is handled."""

    __slots__ = ("_journal", "_recorder", "_road", "_started", "exchange", "faults", "interference")

    def __init__(self, recorder: Recorder, scope: Scope, surface: str | None, operation: str | None) -> None:
        self._recorder = recorder
        self._started = recorder.stopwatch()
        self._journal = recorder.nobodys_journal
        self._road = recorder.nobodys_road
        self.faults = recorder.nobodys_faults
        self.interference: Interference | None = None
        query = scope["query_string"]
        path = scope.get("raw_path") or scope["path"].encode()
        self.exchange = Exchange(
            direction=Direction.RECEIVED,
            method=scope["method"],
            target=(path + b"?" + query if query else path).decode("latin-1"),
            at=recorder.clock.now(),
            surface=surface,
            operation=operation,
            request_headers=scope["headers"],
        )

    def attribute(self, tenant: Tenant | None) -> str:
        """Say whose request it is; done once, before its handler runs.

        :returns: the id of the exchange
        """
        exchange = self.exchange
        if tenant is not None:
            self._journal = tenant.journal
            self._road = tenant.road
            self.faults = tenant.faults
            exchange.at = tenant.clock.now()
        self._journal.begin(exchange)
        return exchange.id

    async def strike(self, text: bytes, document: Any, parameters: Mapping[str, Any]) -> None:
        """Have the faults strike that are armed, before anything happens.

        :param text: the document as it came
        :raises Interrupted: one answers, or ends the connection
        :raises ArmedError: one asks for a refusal
        """
        exchange = self.exchange
        strikes = self.faults.striking(
            Direction.RECEIVED, exchange.operation or "", None, exchange.target.encode(), text
        )
        if strikes:
            exchange.faults = [one.id for one in strikes]
            fields = document if isinstance(document, dict) else {}
            named = {**fields, **parameters}
            self.interference = Interference(strikes, named, self._road, self._recorder.pause)
            await self.interference.at(Point.BEFORE_COMMIT)

    def refuse(self, rejection: Rejection) -> None:
        """Note why it is refused."""
        exchange = self.exchange
        exchange.refusal, exchange.reason = str(rejection.refusal), rejection.reason
        exchange.claimed = rejection.claimed
        if not exchange.id and rejection.tenant is not None:
            self.attribute(rejection.tenant)

    def finish(self, status: int, headers: Headers, body: bytes) -> list[tuple[bytes, bytes]]:
        """Keep the exchange.

        :returns: the headers to answer with
        """
        exchange = self.exchange
        if not exchange.id:
            self.attribute(None)
        answered = [*headers]
        if self._recorder.announce:
            answered.append((EXCHANGE_HEADER, exchange.id.encode()))
        exchange.status = status
        exchange.answer_headers = answered
        exchange.answer_body = body
        self._keep()
        return answered

    def lose(self, reason: str) -> None:
        """Keep the exchange of a tenant, whose answer was lost on purpose."""
        self.exchange.reason = reason
        self._keep()

    def end(self, answer: bytes) -> None:
        """Keep the exchange, whose answer is none of HTTP."""
        self.exchange.answer_body = answer
        self._keep()

    def abandon(self, reason: str) -> None:
        """Keep the exchange, which has no answer."""
        self.attribute(None)
        self.exchange.reason = reason
        self._keep()

    def _keep(self) -> None:
        exchange = self.exchange
        for name, value in exchange.request_headers:
            if name == _CAUSE:
                exchange.cause = value[:_LONGEST_CAUSE].decode("latin-1")
        exchange.duration_ms = self._recorder.stopwatch() - self._started
        self._journal.keep(exchange)
