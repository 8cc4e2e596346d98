"""HTTP as the kit speaks it: one request, one recorded answer, whatever the target does."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Protocol
from urllib.parse import quote

import requests
import urllib3

from conformance.errors import Mismatch

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer that are read; the rest is cut off and noted as an error of the answer."""

HEADER_PLAN: Final = ("accept", "application/json"), ("user-agent", "bet-sandbox-conformance")


class _NoJson:
    """What a body that is no JSON is read as; equal to nothing that JSON can hold."""

    def __repr__(self) -> str:
        return "no JSON"


NO_JSON: Final = _NoJson()


def read_json(text: str | bytes) -> Any:
    """The text as JSON, fractions as :class:`~decimal.Decimal`; :data:`NO_JSON` if it is none."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return NO_JSON


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back."""

    status: int | None
    """``None`` when no answer came."""
    headers: Sequence[tuple[str, str]]
    content: bytes
    elapsed: float
    """Seconds."""
    error: str | None = None
    """Why no answer, or only a part of one, came."""

    @property
    def value(self) -> Any:
        """The body as JSON, fractions as :class:`~decimal.Decimal`; :data:`NO_JSON` if it is none."""
        return NO_JSON if self.error is not None else read_json(self.content)

    def member(self, *path: str) -> Any:
        """The member of the body at ``path``; ``None`` where the body has no such member."""
        value = self.value
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def header(self, name: str) -> str | None:
        """The first value of the header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def describe(self) -> str:
        """The answer on one line: status and the beginning of the body."""
        if self.status is None:
            return f"no answer ({self.error})"
        body = " ".join(self.content[:300].decode("utf-8", "backslashreplace").split())
        cut = f" [{self.error}]" if self.error else ""
        return f"HTTP {self.status} {body or '(empty body)'}{cut}"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@dataclass(frozen=True, slots=True)
class RawExchange:
    """One request and its answer, nothing masked yet."""

    operation: str
    request: requests.PreparedRequest
    answer: RawAnswer
    purpose: str


class Connection(Protocol):
    """What a case keeps open, such as a WebSocket: what is said there is known when the case is over."""

    def told(self) -> tuple[RawExchange, list[str], list[str]]:
        """What was sent and received so far, what of it breaks the contract, and what is not documented."""


@dataclass(slots=True)
class Evidence:
    """What one case sent and received, and what the response checks said about it."""

    exchanges: list[RawExchange] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    undocumented: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    """Figures that the report notes, whatever the verdict."""
    purpose: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def during(self, purpose: str) -> Iterator[None]:
        """Mark the exchanges inside the block with why they are made."""
        before, self.purpose = self.purpose, purpose
        try:
            yield
        finally:
            self.purpose = before

    def settle(self) -> None:
        """Take over what the connections have told. Called once, when the case is over."""
        for connection in self.connections:
            exchange, violations, undocumented = connection.told()
            self.exchanges.append(exchange)
            self.violations.extend(violations)
            self.undocumented.extend(undocumented)


class Pace:
    """Keeps a distance between requests; a burst of simultaneous ones counts as one.

    ``interval`` is in seconds, 0 for none.
    """

    def __init__(
        self,
        interval: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval, self._monotonic, self._sleep = interval, monotonic, sleep
        self._next = 0.0

    def wait(self) -> None:
        """Wait until the next request may go out."""
        if self._interval > 0:
            delay = self._next - self._monotonic()
            if delay > 0:
                self._sleep(delay)
            self._next = self._monotonic() + self._interval


@dataclass(frozen=True, slots=True)
class Transport:
    """Sends requests to one host and never raises for what the host does."""

    base_url: str
    """Without a trailing slash."""
    timeout: float
    """Seconds until an answer must be complete."""
    pace: Pace

    def prepare(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> requests.PreparedRequest:
        """The request as it will go out; ``path`` is already encoded."""
        sent = {**dict(HEADER_PLAN), **headers}
        return requests.Request(method, self.base_url + path, headers=sent, data=body).prepare()

    def send(self, request: requests.PreparedRequest, *, paced: bool = True) -> RawAnswer:
        """Send it and read the answer up to :data:`LARGEST_ANSWER`. Redirects are not followed."""
        if paced:
            self.pace.wait()
        start = time.monotonic()
        status: int | None = None
        headers: list[tuple[str, str]] = []
        content, error = b"", None
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc of the machine takes part in a verdict
            try:
                with session.send(
                    request, timeout=self.timeout, stream=True, allow_redirects=False
                ) as response:
                    status, headers = response.status_code, list(response.headers.items())
                    for chunk in response.iter_content(65536):
                        content += chunk
                        if len(content) > LARGEST_ANSWER:
                            error = f"cut off after {LARGEST_ANSWER} bytes"
                            break
                        if time.monotonic() - start > self.timeout:
                            error = f"not complete after {self.timeout:g} s"
                            break
            except (
                requests.RequestException,
                urllib3.exceptions.HTTPError,
                http.client.HTTPException,
                OSError,
                ValueError,
            ) as failure:
                error = _cause(failure)
        return RawAnswer(status, headers, content, time.monotonic() - start, error)


def _cause(failure: BaseException) -> str:
    """What happened, in words without object addresses and URLs."""
    if isinstance(failure, requests.ConnectTimeout | requests.ReadTimeout):
        return "timed out"
    root: BaseException = failure
    while (inner := root.__cause__ or root.__context__) is not None:
        root = inner
    if isinstance(root, ConnectionRefusedError):
        return "connection refused"
    text = getattr(root, "strerror", None) or str(root) or type(root).__name__
    return " ".join(str(text).split())[:200]


def segment(value: str) -> str:
    """The value as one path segment."""
    return quote(value, safe="", errors="surrogatepass")


def simultaneously(calls: Sequence[Callable[[], RawAnswer]]) -> list[RawAnswer]:
    """Run the calls at once, released by a barrier, and return their answers in the order of the calls."""
    barrier = threading.Barrier(len(calls))
    answers: list[RawAnswer] = [RawAnswer(None, (), b"", 0.0, "not sent")] * len(calls)
    failures: list[Exception] = []

    def run(index: int) -> None:
        try:
            barrier.wait(timeout=30)
            answers[index] = calls[index]()
        except Exception as failure:  # carried into the case's own thread, where it gets a verdict
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers


def expect_equal(what: str, *, expected: object, actual: object) -> None:
    """Raise :exc:`Mismatch` unless both are equal; ``True`` and ``1`` are not."""
    if isinstance(expected, bool) is isinstance(actual, bool) and expected == actual:
        return
    raise Mismatch(
        f"{what}: expected {shown(expected)}, got {shown(actual)}",
        expected=shown(expected),
        actual=shown(actual),
    )


def shown(value: object) -> str:
    """A value as the reports print it: JSON where it can be, cut at 300 characters."""
    if value is None:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return printable(text)[:300]


def printable(text: str) -> str:
    """The text with what UTF-8 can't hold escaped: JSON can name half of a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode()
