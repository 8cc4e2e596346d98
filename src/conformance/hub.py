"""BETCORE's live hub as a consumer uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from conformance.client import Evidence, Pace, RawExchange, shown
from conformance.errors import HarnessError, Mismatch, Missing
from conformance.feed import Answer, Feed
from conformance.games_info import Info, info_of
from conformance.hooks import Hooks
from conformance.hub_check import HubCheck
from conformance.hub_connection import SWITCHED, HubConnection
from conformance.hub_messages import Message, written
from conformance.hub_round import Round, watch_round
from conformance.oracle import feed as oracle

SETTLED: Final = 0.05
"""Seconds in which a hub that says more than it was asked for shows itself."""


class Subscriber:
    """A consumer's connection to the hub, with what its messages were judged to be."""

    def __init__(self, url: str, feed: Feed, check: HubCheck, *, seconds: float, purpose: str) -> None:
        """Ask for the upgrade; ``seconds`` until an answer must have come."""
        self.feed = feed
        self.seconds = seconds
        self._check = check
        self._violations: dict[str, None] = {}
        self._undocumented: dict[str, None] = {}
        self._first = True
        self._connection = HubConnection(url, seconds=seconds, purpose=purpose, judge=self._judge)

    @property
    def answer(self) -> Answer:
        """What the upgrade was answered with."""
        return Answer(self._connection.answer)

    @property
    def stands(self) -> bool:
        """Whether the connection is there."""
        return self._connection.stands

    @property
    def now(self) -> float:
        """Seconds since the connection was asked for."""
        return self._connection.now

    @property
    def messages(self) -> list[Message]:
        """What the hub has said so far."""
        return list(self._connection.messages)

    @property
    def infos(self) -> list[Info]:
        """What of it belongs to the stream."""
        return [info for info in map(info_of, self.messages) if info is not None]

    def told(self) -> tuple[RawExchange, list[str], list[str]]:
        """As :class:`conformance.client.Connection`."""
        return self._connection.exchange(), list(self._violations), list(self._undocumented)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    # -- what a consumer says ------------------------------------------------------------------------

    def shake(self) -> None:
        """Send the documented first message."""
        self._send_legal("handshakeRequest", dict(oracle.HANDSHAKE))

    def subscribe(self, game_type: int | None = None, *, invocation: str | None = None) -> None:
        """Send the printed subscription, for this game type or the target's."""
        self._send_legal("subscribe", self.subscription(game_type=game_type, invocation=invocation))

    def say(self, value: Any) -> None:
        """Send any message."""
        self._connection.send(written(value))

    def say_raw(self, frame: str | bytes) -> None:
        """Send exactly this as one frame, of text or binary."""
        self._connection.send(frame)

    def subscription(
        self, *, game_type: int | None = None, invocation: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """The printed subscription; ``changes`` replace fields of its filter."""
        target = self.feed.target
        wanted = {
            "GameType": target.game_type if game_type is None else game_type,
            "PartnerClientId": target.partner_client_id,
            "Count": oracle.COUNT,
            **changes,
        }
        return {
            "arguments": [oracle.SUBSCRIPTION, json.dumps(wanted)],
            "target": oracle.SUBSCRIBE,
            **({} if invocation is None else {"invocationId": invocation}),
            "type": oracle.CALL,
        }

    # -- what the hub says ---------------------------------------------------------------------------

    def must_say(self, what: str, look: Callable[[Message], bool], *, after: int = 0) -> Message:
        """The first message from number ``after`` on that is meant. Raises :exc:`Mismatch` if none comes."""

        def found() -> Message | None:
            return next(filter(look, islice(self._connection.messages, after, None)), None)

        message = self._connection.wait_for(found, self.seconds)
        if message is None:
            raise Mismatch(f"expected {what}, got {self.said(after)}", expected=what, actual=self.said(after))
        return message

    def must_stream(self, count: int = 1, *, after: int = 0) -> list[Info]:
        """``count`` messages of the stream, from its number ``after`` on. Raises :exc:`Mismatch` where they
        do not come.
        """

        def enough() -> list[Info] | None:
            infos = self.infos[after : after + count]
            return infos if len(infos) == count else None

        found = self._connection.wait_for(enough, self.seconds + count * oracle.STREAM_SECONDS * 2)
        if found is None:
            expected = "a message of the stream" if count == 1 else f"{count} messages of the stream"
            came = f"{len(self.infos) - after} of them" if self.infos else self.said()
            raise Mismatch(f"expected {expected}, got {came}", expected=expected, actual=came)
        return found

    def must_not_stream(self, why: str, seconds: float | None = None) -> None:
        """Raise :exc:`Mismatch` when a message of the stream has come, or comes within that time."""
        self.wait(oracle.STREAM_SECONDS * 3 if seconds is None else seconds)
        if self.infos:
            raise Mismatch(
                f"expected no stream {why}, got {shown(self.infos[0].fields)}",
                expected=f"no stream {why}",
                actual=shown(self.infos[0].fields),
            )

    def listen(self, look: Callable[[], bool], seconds: float) -> bool:
        """Wait until it holds, which is looked at with each message; whether it did within that time."""
        return self._connection.wait_for(lambda: look() or None, seconds) is not None

    def must_end(self) -> None:
        """Raise :exc:`Mismatch` unless the hub ends the connection."""
        self._connection.wait_for(lambda: None, self.seconds)
        if self.stands:
            raise Mismatch(
                "expected the hub to close the connection, but it stands",
                expected="the connection is closed",
                actual="it stands",
            )

    def wait(self, seconds: float) -> None:
        """Let this time pass, or less if the connection ends."""
        self._connection.wait(seconds)

    def said(self, after: int = 0) -> str:
        """What the hub has said from message number ``after`` on, in short."""
        texts = [message.text for message in self.messages[after:]]
        end = "" if self.stands else f" ({self._connection.end})"
        return f"{shown(texts[:5])}{end}" if texts else f"nothing{end}"

    def _send_legal(self, name: str, message: dict[str, Any]) -> None:
        problems = self._check.problems(name, message)
        if problems:
            raise HarnessError(f"the kit's own {name} breaks the contract: {problems[0]}")
        self.say(message)

    def _judge(self, message: Message) -> None:
        """Called by the thread that reads."""
        first, self._first = self._first, False
        if first and message.kind is None:
            self._violations |= dict.fromkeys(self._check.answer_to_handshake(message))
            return
        found = [*self._check.violations(message), *self._check.info_violations(message)]
        self._violations |= dict.fromkeys(found)
        if (unknown := self._check.undocumented(message)) is not None:
            self._undocumented[unknown] = None


@dataclass(slots=True)
class HubMemory:
    """The connections that serve more than one case of a run."""

    stream: Subscriber | None = None
    """Subscribed once; the cases about single fields look at the same stream."""
    silent: Subscriber | None = None
    """Never says a word after its handshake, so that what comes unasked can be measured while others run."""
    url: str | None = None
    """Where a hub was found."""
    round: Round | None = None
    """Played once; the cases about a round look at the same one."""

    def close(self) -> None:
        """End them."""
        for one in filter(None, (self.stream, self.silent)):
            one.close()


@dataclass(slots=True)
class Hub:
    """The hub, for one case; what the case opened ends with it."""

    feed: Feed
    urls: tuple[str, ...]
    """Where the hub may be; the first that grants a connection is used unless a case says otherwise."""
    check: HubCheck
    evidence: Evidence
    pace: Pace
    seconds: float
    """Until an answer must have come."""
    memory: HubMemory
    _opened: list[Subscriber] = field(default_factory=list)

    def ask(self, token: str | None, *, url: str | None = None) -> Subscriber:
        """Ask for an upgrade with this token; ``None`` sends no token."""
        subscriber = self._ask(token, url=url)
        self._opened.append(subscriber)
        self.evidence.connections.append(subscriber)
        return subscriber

    def connect(self, token: str | None = None, *, url: str | None = None) -> Subscriber:
        """A connection, by this token or the run's. Raises :exc:`Mismatch` where it is refused."""
        subscriber = self.ask(self.feed.token() if token is None else token, url=url)
        subscriber.answer.must_be(SWITCHED)
        return subscriber

    def establish(self, token: str | None = None, *, url: str | None = None) -> Subscriber:
        """A connection after its handshake. Raises :exc:`Mismatch` where the hub does not confirm it, or says
        more than it was asked for.
        """
        subscriber = self.connect(token, url=url)
        _shaken(subscriber)
        return subscriber

    def subscribed(
        self, token: str | None = None, *, game_type: int | None = None, invocation: str | None = None
    ) -> Subscriber:
        """A connection that has asked for a stream. Raises :exc:`Missing` where it can't ask."""
        try:
            subscriber = self.establish(token)
        except Mismatch as mismatch:
            raise Missing(f"needs a connection to the hub: {mismatch}") from mismatch
        subscriber.subscribe(game_type, invocation=invocation)
        return subscriber

    def streaming(
        self, count: int = 1, *, token: str | None = None, game_type: int | None = None
    ) -> list[Info]:
        """The first ``count`` messages of a new stream. Raises :exc:`Missing` where there is none."""
        subscriber = self.subscribed(token, game_type=game_type)
        return _needed(subscriber, count)

    def watched(self, count: int = 1) -> list[Info]:
        """``count`` messages in a row of the stream that the cases of a run share. Raises :exc:`Missing`."""
        stream = self.shared()
        return _needed(stream, count, after=max(0, len(stream.infos) - count))

    def shared(self) -> Subscriber:
        """The connection with that stream, opened by the first case. Raises :exc:`Missing` as above."""
        stream = self.memory.stream
        if stream is None or not stream.stands:
            stream = self.subscribed()
            self._opened.remove(stream)
            self.memory.stream = stream
        else:
            self.evidence.connections.append(stream)
        _needed(stream, 1)
        return stream

    def round(self, hooks: Hooks) -> Round:
        """A round that the hook began, as a subscriber saw it; one for all cases of a run.

        Raises :exc:`Missing` where none is played to its end.
        """
        if self.memory.round is None:
            stream = self.subscribed()
            _needed(stream, 1)
            self.memory.round = watch_round(stream, hooks, self.feed.target)
        else:
            self.evidence.connections.append(self.memory.round.stream)
        return self.memory.round

    def silent(self) -> Subscriber:
        """The connection that says nothing. Raises :exc:`Missing` where there is none."""
        silent = self._silent()
        self.evidence.connections.append(silent)
        try:
            silent.answer.must_be(SWITCHED)
        except Mismatch as mismatch:
            raise Missing(f"needs a connection to the hub: {mismatch}") from mismatch
        return silent

    def over_http(self, method: str, below: str = "", *, token: str | None = None) -> Answer:
        """Call the hub's address, or what stands ``below`` it, without asking for a WebSocket."""
        query = "" if token is None else f"?{urlencode({'access_token': token})}"
        # ws becomes http, and wss https.
        there = replace(self.feed.channel.transport, base_url=self._url().replace("ws", "http", 1))
        request = there.prepare(method, below + query, {}, None)
        answer = there.send(request)
        self.evidence.exchanges.append(RawExchange("openHub", request, answer, self.evidence.purpose))
        return Answer(answer)

    def be_silent(self) -> None:
        """Open the connection that says nothing, if it can be, and was not opened before."""
        with suppress(Missing):
            self._silent()

    def close(self) -> None:
        """End what the case opened."""
        for subscriber in self._opened:
            subscriber.close()

    def _silent(self) -> Subscriber:
        if self.memory.silent is None:
            self.memory.silent = self._ask(self.feed.token())
            if self.memory.silent.stands:
                self.memory.silent.shake()
        return self.memory.silent

    def _url(self) -> str:
        """Where the hub is; the first place where it may be if it is at none."""
        if self.memory.url is None:
            several = len(self.urls) > 1
            found = (url for url in self.urls if several and self._is_at(url))
            self.memory.url = next(found, self.urls[0])
        return self.memory.url

    def _is_at(self, url: str) -> bool:
        probe = self._ask(self.feed.token(), url=url)
        probe.close()
        return probe.answer.raw.status == SWITCHED

    def _ask(self, token: str | None, *, url: str | None = None) -> Subscriber:
        query = "" if token is None else f"?{urlencode({'access_token': token})}"
        if url is None:
            url = self._url()
        self.pace.wait()
        return Subscriber(
            url + query,
            self.feed,
            self.check,
            seconds=self.seconds,
            purpose=self.evidence.purpose,
        )


def _shaken(subscriber: Subscriber) -> None:
    before = len(subscriber.messages)
    subscriber.shake()
    subscriber.must_say("a message of type 6", lambda message: message.kind == oracle.ALIVE, after=before)
    subscriber.must_not_stream("before a subscription", SETTLED)


def _needed(subscriber: Subscriber, count: int, *, after: int = 0) -> list[Info]:
    try:
        return subscriber.must_stream(count, after=after)
    except Mismatch as mismatch:
        raise Missing(f"needs the stream: {mismatch}") from mismatch
