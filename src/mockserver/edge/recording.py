"""Writes what is received into the journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.edge.answer import Answer
from mockserver.edge.interference import Interference, Interrupted
from mockserver.edge.refusals import header_text
from mockserver.kernel.courier import CAUSE_HEADER
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.faults.armed import Faults, Strike, asked_for
from mockserver.kernel.faults.catalogue import Point
from mockserver.kernel.faults.magic import PREFIX, magic_in
from mockserver.kernel.faults.road import Pause, Road
from mockserver.kernel.journal import Direction, Exchange, Headers, Journal
from mockserver.kernel.settings import SettingsError

if TYPE_CHECKING:
    from starlette.types import Scope

    from mockserver.kernel.ports import Clock
    from mockserver.kernel.tenant import Tenant

FAULT_HEADER = "x-sandbox-fault"
"""Asks for a fault, where that is allowed."""

Conjure = Callable[["Tenant", str, str | None], None]

EXCHANGE_HEADER = b"x-sandbox-exchange"

_CAUSE = CAUSE_HEADER.encode()
_CURRENCY = re.compile("[A-Z]{3}")
_MAGIC = PREFIX.encode()
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
    :param conjure: sees to it that a tenant has the player or session of this name, in a currency if it
        matters
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
        conjure: Conjure,
    ) -> None:
        self.nobodys_journal = journal
        self.nobodys_faults = faults
        self.nobodys_road = road
        self.pause = pause
        self.conjure = conjure
        self.clock = clock
        self.stopwatch = stopwatch
        self.announce = announce

    def begin(self, scope: Scope, surface: str | None, operation: str | None) -> Recording:
        """Begin to record a request."""
        return Recording(self, scope, surface, operation)


class Recording:
    """One request while it is handled."""

    __slots__ = (
        "_journal",
        "_recorder",
        "_road",
        "_started",
        "_tenant",
        "exchange",
        "faults",
        "interference",
    )

    def __init__(self, recorder: Recorder, scope: Scope, surface: str | None, operation: str | None) -> None:
        self._recorder = recorder
        self._started = recorder.stopwatch()
        self._journal = recorder.nobodys_journal
        self._tenant: Tenant | None = None
        self._road = recorder.nobodys_road
        self.faults = recorder.nobodys_faults
        self.interference: Interference | None = None
        query = scope["query_string"]
        path = scope.get("raw_path") or scope["path"].encode()
        now = recorder.clock.now()
        self.exchange = Exchange(
            direction=Direction.RECEIVED,
            method=scope["method"],
            target=(path + b"?" + query if query else path).decode("latin-1"),
            at=now,
            machine_at=now,
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
            self._tenant = tenant
            self._journal = tenant.journal
            self._road = tenant.road
            self.faults = tenant.faults
            exchange.at = tenant.clock.now()
        self._journal.begin(exchange)
        return exchange.id

    def may_be_struck(self, headers: Mapping[str, str], text: bytes) -> bool:
        """Whether a fault may strike: one is armed, or the request seems to ask for one."""
        return bool(self.faults.armed) or FAULT_HEADER in headers or self._may_be_magic(text)

    async def strike(
        self, headers: Mapping[str, str], text: bytes, document: Any, parameters: Mapping[str, Any]
    ) -> None:
        """Have the faults strike that are armed or asked for, before anything happens.

        :param text: the document as it came
        :raises Interrupted: one answers, or ends the connection
        :raises ArmedError: one asks for a refusal
        """
        exchange = self.exchange
        target = exchange.target.encode()
        fields = document if isinstance(document, dict) else {}
        asked = self._asked_for(headers)  # first, since it may answer, and then no fault is to count
        strikes = [
            *self.faults.striking(Direction.RECEIVED, exchange.operation or "", None, target, text),
            *asked,
            *self._magic(target, text, fields, headers),
        ]
        if strikes:
            exchange.faults = [one.id for one in strikes]
            named = {**fields, **parameters}
            self.interference = Interference(strikes, named, self._road, self._recorder.pause)
            await self.interference.at(Point.BEFORE_COMMIT)

    def _asked_for(self, headers: Mapping[str, str]) -> list[Strike]:
        """The fault that the header asks for, where the tenant lets callers ask.

        :raises Interrupted: it can't be read, or can't strike this
        """
        line = headers.get(FAULT_HEADER)
        if line is None or self._tenant is None or not self._tenant.settings["fault_header"]:
            return []
        try:
            return [asked_for(line, self.faults.reach, self.exchange.operation or "")]
        except SettingsError as error:
            body = f"{error}\n".encode()
            self.interference = Interference((), {}, self._road, self._recorder.pause)
            self.exchange.reason = str(error)
            told = [(b"content-type", b"text/plain; charset=utf-8")]
            if self._recorder.announce:
                told.append((REASON_HEADER.encode(), header_text(str(error))))
            answer = Answer(400, body, told)
            raise Interrupted(FAULT_HEADER, answer) from None

    def _may_be_magic(self, text: bytes) -> bool:
        return _MAGIC in text or PREFIX in self.exchange.target

    def _magic(
        self, target: bytes, text: bytes, fields: Mapping[str, Any], headers: Mapping[str, str]
    ) -> list[Strike]:
        """What magic values bring about; whom they name is there from now on. In what the sandbox sends to
        itself they bring nothing about: they have struck already."""
        tenant = self._tenant
        if tenant is None or not self._may_be_magic(text) or CAUSE_HEADER in headers:
            return []
        strikes = []
        received = self.faults.reach.received
        for one in magic_in(target, text):
            if any(one.strike(classes) for classes in received.values()):
                self._recorder.conjure(tenant, one.value, _currency_in(fields))
            if (strike := one.strike(received.get(self.exchange.operation or "", ()))) is not None:
                strikes.append(strike)
        return strikes

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
        answered = self.announced(headers)
        self.keep_answer(status, answered, body)
        return answered

    def announced(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """The headers to answer with: those of the answer, and which exchange it is."""
        if not self.exchange.id:
            self.attribute(None)
        named = ((EXCHANGE_HEADER, self.exchange.id.encode()),) if self._recorder.announce else ()
        return [*headers, *named]

    def keep_answer(self, status: int, headers: Headers, body: bytes) -> None:
        """Keep the exchange with the answer as it goes out."""
        exchange = self.exchange
        exchange.status = status
        exchange.answer_headers = headers
        exchange.answer_body = body
        self._keep()

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


def _currency_in(fields: Mapping[str, Any]) -> str | None:
    """The currency that a request names, if it is one by ISO 4217; no schema may have judged it."""
    named = fields.get("currency")
    return named if isinstance(named, str) and _CURRENCY.fullmatch(named) else None
