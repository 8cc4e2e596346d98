"""One connection to a hub, from its handshake to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.edge.hub.contract import CLOSING, HANDSHAKE, STREAM, SUBSCRIPTION, HubContract, HubRow
from mockserver.edge.hub.framing import MessageType, Unframing, framed, read_message
from mockserver.edge.hub.interference import repeats_of, rewritten
from mockserver.edge.hub.log import HubLog
from mockserver.edge.trace import place_of
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import Document
from mockserver.kernel.faults.armed import Strike
from mockserver.kernel.faults.catalogue import WAITS, Name, Point
from mockserver.kernel.faults.road import Pause
from mockserver.kernel.journal import Direction
from mockserver.kernel.streaming import Consumer, Stream

if TYPE_CHECKING:
    from starlette.types import Receive, Send

logger = logging.getLogger("mockserver")

_NORMAL, _GOING_AWAY = 1000, 1001
_PATIENCE_SECONDS = 2.0
"""How long a consumer that reads nothing may hold up the last message."""
_AT_ONCE = 16
"""Messages of one consumer that are taken before others get their turn."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of a connection in seconds, of the machine's own time: they belong to the transport."""

    handshake: float
    """How long the first message may take."""
    keep_alive: float
    stream: float
    pause: Pause = asyncio.sleep
    """What faults wait with."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ends."""

    code: int
    """Of the WebSocket's own closing."""
    message: Document | None = None
    """The hub's last one."""


class Connection:
    """What is said on a WebSocket that stands.

    Nothing is queued: who sends waits until the consumer has read, and what is streamed is made when it is
    its turn. A consumer that reads slowly gets fewer messages, and no old ones.
    """

    def __init__(
        self, contract: HubContract, consumer: Consumer, pace: Pace, log: HubLog, send: Send
    ) -> None:
        self._contract = contract
        self._consumer = consumer
        self._pace = pace
        self._log = log
        self._send = send
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._ended: asyncio.Future[Ending | None] = asyncio.get_running_loop().create_future()

    async def run(self, receive: Receive) -> None:
        """Talk until one of both has enough, or the tenant is gone."""
        restart = {"type": MessageType.CLOSE, "allowReconnect": True}
        stay = self._consumer.when_gone(lambda: self._end(Ending(_GOING_AWAY, restart)))
        self._begin("conversation", lambda: self._converse(receive))
        try:
            ending = await self._ended
        finally:
            stay()
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if ending is not None:
            with contextlib.suppress(OSError):  # TimeoutError is one
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._close(ending)

    async def _close(self, ending: Ending) -> None:
        if ending.message is not None:
            await self._say(ending.message)
        await self._send({"type": "websocket.close", "code": ending.code})

    def _end(self, ending: Ending | None) -> None:
        if not self._ended.done():
            self._ended.set_result(ending)

    def _begin(self, name: Hashable, work: Callable[[], Awaitable[None]]) -> None:
        """Begin something that goes on for as long as the connection; it replaces what has the same name."""
        if name in self._tasks:
            self._tasks[name].cancel()
        self._tasks[name] = asyncio.create_task(self._guarded(work))

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Rejection as rejection:
            self._end(self._refusal(CLOSING, rejection, ""))
        except OSError:  # the consumer is gone
            self._end(None)
        except Exception as error:
            logger.error("%s failed: %s", self._contract.surface, place_of(error))
            logger.debug("trace", exc_info=error)
            failed = Rejection(EdgeRefusal.INTERNAL, "the hub failed; see the server's log")
            self._end(self._refusal(CLOSING, failed, ""))

    async def _converse(self, receive: Receive) -> None:
        messages = self._messages(receive)
        if not await self._shake_hands(messages):
            return
        self._begin("keep alive", self._keep_alive)
        taken = 0
        async for text in messages:
            await self._take(text)
            taken += 1
            if taken % _AT_ONCE == 0:
                await asyncio.sleep(0)  # who says much lets others speak in between
        self._end(None)

    async def _messages(self, receive: Receive) -> AsyncIterator[str]:
        """What the consumer says, until it leaves.

        :raises Rejection: a frame can't be read, or a message is too large
        """
        unframing = Unframing(self._contract.terminator)
        while (event := await receive())["type"] != "websocket.disconnect":
            text = event.get("text")
            if text is None:
                raise Rejection(EdgeRefusal.INVALID_REQUEST, "frame: is binary or not UTF-8; text is read")
            for message in unframing.messages_in(text):
                yield message

    async def _shake_hands(self, messages: AsyncIterator[str]) -> bool:
        """Take the first message.

        :returns: whether there is something to be talked about
        """
        text = ""
        try:
            async with asyncio.timeout(self._pace.handshake):
                first = await anext(messages, None)
            if first is None:
                self._end(None)
                return False
            text = first
            if violation := self._contract.handshake_violation(read_message(text)):
                raise Rejection(EdgeRefusal.INVALID_REQUEST, f"handshake: {violation}")
        except TimeoutError:
            reason = f"handshake: has not come in {self._pace.handshake:g} s"
            self._refuse_handshake(Rejection(EdgeRefusal.INVALID_REQUEST, reason), text)
            return False
        except Rejection as rejection:
            self._refuse_handshake(Rejection(EdgeRefusal.INVALID_REQUEST, rejection.reason), text)
            return False
        self._log.note(HANDSHAKE, self._consumer.tenant, text, answer="{}")
        await self._say({})
        await self._say({"type": MessageType.PING})
        return True

    def _refuse_handshake(self, rejection: Rejection, text: str) -> None:
        ending = self._refusal(HANDSHAKE, rejection, text)
        self._end(ending)

    async def _take(self, text: str) -> None:
        """Take one message.

        :raises Rejection: it is none
        """
        message = read_message(text)
        kind = message.get("type")
        if isinstance(kind, bool) or not isinstance(kind, int):
            raise Rejection(EdgeRefusal.INVALID_REQUEST, "type: has to be a whole number")
        if kind == MessageType.CLOSE:
            self._end(Ending(_NORMAL))
        elif kind in (MessageType.INVOCATION, MessageType.STREAM_INVOCATION):
            await self._invoked(message, text)

    async def _invoked(self, message: Mapping[str, Any], text: str) -> None:
        stream, refused = None, None
        answer: dict[str, Any] = {"result": None}
        try:
            stream = self._subscribed(message)
        except Rejection as rejection:
            refused = rejection
            answer = {"error": self._row(SUBSCRIPTION, rejection).message}
        named = message.get("invocationId")
        completion = {"type": MessageType.COMPLETION, "invocationId": named, **answer}
        shown = framed(completion, "") if isinstance(named, str) else ""
        self._log.note(SUBSCRIPTION, self._consumer.tenant, text, answer=shown, refused=refused)
        if isinstance(named, str):
            await self._say(completion)
        if stream is not None:
            self._begin(stream.key, lambda: self._stream(stream))

    def _subscribed(self, message: Mapping[str, Any]) -> Stream:
        """The stream that an invocation subscribes to.

        :raises Rejection: there is none
        """
        if message["type"] != MessageType.INVOCATION or message.get("target") != self._contract.target:
            raise Rejection(
                EdgeRefusal.INVALID_REQUEST,
                f"target: the hub has nothing but `{self._contract.target}`, called with type 1",
            )
        if violation := self._contract.invocation_violation(message):
            raise Rejection(EdgeRefusal.INVALID_REQUEST, violation)
        wanted = read_message(message["arguments"][1])
        if violation := self._contract.filter_violation(wanted):
            raise Rejection(EdgeRefusal.INVALID_REQUEST, f"arguments[1]: {violation}")
        return self._consumer.subscribe(wanted)

    async def _stream(self, stream: Stream) -> None:
        waiting: list[str] = []
        while True:
            message = {
                "type": MessageType.INVOCATION,
                "target": self._contract.stream_target,
                "arguments": [stream.next_message()],
            }
            if violation := self._contract.message_violation(message):
                raise ValueError(f"what is streamed breaks the contract: {violation}")
            if self._consumer.tenant.faults.armed or waiting:
                await self._say_struck(message, waiting)
            else:
                await self._say(message)
            await asyncio.sleep(self._pace.stream)

    async def _say_struck(self, message: Document, waiting: list[str]) -> None:
        """Say what faults make of a message of a stream.

        :param waiting: those of the stream that are said behind the next one
        """
        text = framed(message, "")
        strikes = self._consumer.tenant.faults.striking(Direction.SENT, STREAM, None, text.encode())
        text = rewritten(text, strikes)
        said = [text, *(text for one in strikes for _ in range(repeats_of(one)))]
        behind = waiting.copy()
        for one in strikes:
            if one.name in WAITS and one.point is Point.BEFORE_COMMIT:
                await self._pace.pause(one.wait_ms() / 1000)
            elif one.name is Name.DROP and one.point is Point.BEFORE_COMMIT:
                self._note(strikes, "", f"the fault {one.id} ended the connection before it was said")
                self._end(Ending(_GOING_AWAY))
                return
        if strikes:
            self._note(strikes, text)
        if any(one.name is Name.REORDER for one in strikes) and not behind:
            waiting.extend(said)
            return
        waiting.clear()
        for line in (*said, *behind):
            await self._send({"type": "websocket.send", "text": line + self._contract.terminator})
        for one in strikes:
            if one.name in WAITS and one.point is Point.AFTER_COMMIT:
                await self._pace.pause(one.wait_ms() / 1000)
            elif one.name is Name.DROP:
                self._end(Ending(_GOING_AWAY))

    def _note(self, strikes: Sequence[Strike], text: str, reason: str | None = None) -> None:
        faults = [one.id for one in strikes]
        self._log.note(STREAM, self._consumer.tenant, "", answer=text, faults=faults, reason=reason)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._pace.keep_alive)
            await self._say({"type": MessageType.PING})

    async def _say(self, document: Document) -> None:
        await self._send({"type": "websocket.send", "text": framed(document, self._contract.terminator)})

    def _refusal(self, operation: str, rejection: Rejection, text: str) -> Ending:
        """How the connection ends by a row of the contract; the journal gets the reason."""
        row = self._row(operation, rejection)
        message: dict[str, Any] = {"error": row.message}
        if operation == CLOSING:
            message = {"type": MessageType.CLOSE, **message}
        self._log.note(operation, self._consumer.tenant, text, answer=framed(message, ""), refused=rejection)
        return Ending(row.close or _NORMAL, message)

    def _row(self, operation: str, rejection: Rejection) -> HubRow:
        return self._contract.rows[operation][rejection.refusal]
