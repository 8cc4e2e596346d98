"""The faults and variations that strike one request and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from mockserver.edge.answer import (
    BODILESS,
    Answer,
    Headers,
    WrittenName,
    drop_answer,
    send_whole,
    with_length,
)
from mockserver.kernel.errors import Rejection
from mockserver.kernel.faults.armed import Strike
from mockserver.kernel.faults.catalogue import WAITS, Name, Point
from mockserver.kernel.faults.road import Pause, Road, TenantGone
from mockserver.kernel.faults.writing import REWRITING, cut_in_half, in_other_case

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mockserver.edge.recording import Recording


class Interrupted(Exception):
    """A fault answers in the place of everything else; ``None`` where the connection ends instead.

    :ivar strike: id of the fault
    """

    def __init__(self, strike: str, answer: Answer | None) -> None:
        super().__init__(strike)
        self.strike = strike
        self.answer = answer


class ArmedError(Rejection):
    """A refusal that a fault asks for. What its message would name is taken from the request."""

    def __init__(self, strike: Strike, named: Mapping[str, Any]) -> None:
        refusal = strike.parameters["class"]
        super().__init__(refusal, f"the fault {strike.id} asks for it", values=_Named(named))


class Interference:
    """What strikes one exchange.

    :param named: parameters and fields of the request
    :param road: of the tenant; closes when that is gone
    :param pause: waits for so many seconds
    """

    __slots__ = ("_named", "_pause", "_road", "strikes")

    def __init__(self, strikes: Sequence[Strike], named: Mapping[str, Any], road: Road, pause: Pause) -> None:
        self.strikes = strikes
        self._named = named
        self._road = road
        self._pause = pause

    async def at(self, point: Point) -> None:
        """Let what strikes at a point of the way strike; the first fault that answers is the last.

        :raises Interrupted: a fault answers, or ends the connection
        :raises ArmedError: a fault asks for a refusal
        """
        for strike in self.strikes:
            if strike.point is not point:
                continue
            if strike.name in WAITS:
                await self._wait(strike)
            elif strike.name is Name.ERROR:
                raise ArmedError(strike, self._named)
            elif strike.name is Name.DROP:
                raise Interrupted(strike.id, None)
            elif strike.name in _PAGES:
                _PAGES[strike.name](strike)

    async def _wait(self, strike: Strike) -> None:
        """Hold the request or the answer back.

        :raises Interrupted: the tenant was reset or dropped, so that nothing can happen to it any more
        """
        try:
            await self._road.hold(strike.wait_ms() / 1000, self._pause)
        except TenantGone:
            raise Interrupted(strike.id, None) from None

    async def send(
        self, scope: Scope, receive: Receive, send: Send, answer: Answer | Interrupted, recording: Recording
    ) -> None:
        """Send the answer, or as much of it as the faults leave.

        :raises ConnectionDropped: a fault ends a connection that there is none of
        """
        if isinstance(answer, Interrupted):
            if answer.answer is None:
                recording.lose(f"the fault {answer.strike} ended the connection")
                await drop_answer(scope, receive, send, None)
                return
            answer = answer.answer
        answer = self._written(answer)
        cut = [one.id for one in self.strikes if one.name is Name.DROP and one.point is Point.MID_ANSWER]
        if cut:
            recording.exchange.reason = f"the fault {cut[0]} ended the connection in the middle of the answer"
        headers = recording.announced(answer.headers)
        answer = self._headed(answer, with_length(answer.status, answer.body, headers))
        shown = [(bytes(name), value) for name, value in answer.headers]
        recording.keep_answer(answer.status, shown, answer.body)
        if cut:
            await drop_answer(scope, receive, send, answer, cut_in_half(answer.body))
        else:
            await send_whole(send, answer)

    def _headed(self, answer: Answer, headers: Headers) -> Answer:
        """The answer with its headers as they go out."""
        for strike in self.strikes:
            if strike.name is Name.HEADER_CASE:
                headers = [(_in_other_case(name, strike.number), value) for name, value in headers]
        return replace(answer, headers=headers)

    def _written(self, answer: Answer) -> Answer:
        """The answer as it goes out."""
        for strike in self.strikes:
            if strike.name in _WRITING:
                answer = _WRITING[strike.name](strike, answer)
        return answer


def _http_status(strike: Strike) -> NoReturn:
    raise Interrupted(strike.id, _page(strike.parameters["status"], strike.parameters["retry_after"]))


def _rate_limit(strike: Strike) -> NoReturn:
    raise Interrupted(strike.id, _page(HTTPStatus.TOO_MANY_REQUESTS, strike.parameters["retry_after"]))


def _page(status: int, retry_after: int | None) -> Answer:
    """A page as gateways have it, whose words are no vendor's."""
    try:
        title = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        title = str(status)
    headers = [] if retry_after is None else [(b"retry-after", str(retry_after).encode())]
    if status in BODILESS:
        return Answer(status, b"", headers)
    headers.append((b"content-type", b"text/html; charset=utf-8"))
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status, body.encode(), headers)


_PAGES: Mapping[Name, Callable[[Strike], NoReturn]] = {
    Name.HTTP_STATUS: _http_status,
    Name.RATE_LIMIT: _rate_limit,
}


def _content_type(strike: Strike, answer: Answer) -> Answer:
    value = strike.parameters["value"].encode()
    others = [(name, one) for name, one in answer.headers if name.lower() != b"content-type"]
    return replace(answer, headers=[(b"content-type", value), *others])


def _in_other_case(name: bytes, number: int) -> WrittenName:
    return WrittenName(in_other_case(name.decode("latin-1"), number).encode("latin-1"))


def _body(change: Callable[[bytes], bytes]) -> Callable[[Strike, Answer], Answer]:
    return lambda _strike, answer: replace(answer, body=change(answer.body))


_WRITING: Mapping[Name, Callable[[Strike, Answer], Answer]] = {
    **{name: _body(change) for name, change in REWRITING.items()},
    Name.CONTENT_TYPE: _content_type,
    Name.TRUNCATE: _body(cut_in_half),
}


class _Named(dict[str, Any]):
    """What a message names; what the request does not say stands as its name."""

    def __missing__(self, name: str) -> str:
        return name
