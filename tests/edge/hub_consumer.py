"""A consumer of the live hub over ASGI, message by message."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from mockserver.edge.hub.application import Hub, HubDispatch
from mockserver.edge.hub.connection import Pace

END = "\x1e"
PATH = "/signalrhub-livefeed-service/hubs"
HANDSHAKE = {"protocol": "json", "version": 1}
PATIENCE = 10.0


def subscription(game_type: Any = 3, client: Any = 1556, **more: Any) -> dict[str, Any]:
    wanted = json.dumps({"GameType": game_type, "PartnerClientId": client, "Count": 1})
    return {"arguments": ["SubOnWholeGamesInfo", wanted], "target": "Subscribe", "type": 1} | more


def with_pace(hub: Hub, **seconds: float) -> None:
    """Give a hub other times than the contract's."""
    hub._pace = Pace(**({"handshake": 30.0, "keep_alive": 30.0, "stream": 0.001} | seconds))


@dataclass
class Consumer:
    """One connection. ``heard`` is what has come of it: messages, then the code of the closing."""

    hub: Hub
    token: str
    incoming: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    outgoing: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(1))
    is_gone: bool = False

    async def __aenter__(self) -> Consumer:
        scope: dict[str, Any] = {
            "type": "websocket",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": f"access_token={self.token}".encode(),
            "headers": [],
        }
        app = HubDispatch(None, self.hub)  # type: ignore[arg-type]  # nothing else is called
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(app(scope, self.incoming.get, self._take))  # type: ignore[arg-type]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_gone = True
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        if self.outgoing.full():
            self.outgoing.get_nowait()
        async with asyncio.timeout(PATIENCE):
            await self.task

    async def _take(self, event: dict[str, Any]) -> None:
        if self.is_gone:
            raise OSError
        await self.outgoing.put(event)

    async def event(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self.outgoing.get()

    def frame(self, text: str) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def say(self, *documents: Any) -> None:
        self.frame("".join(json.dumps(document) + END for document in documents))

    async def hear(self) -> Any:
        """The next message; a number where the connection is closed with that code."""
        event = await self.event()
        if event["type"] == "websocket.close":
            return event["code"]
        assert event["text"].endswith(END)
        return json.loads(event["text"][:-1])

    async def hear_until(self, code: int) -> list[Any]:
        heard = [await self.hear()]
        while heard[-1] != code:
            heard.append(await self.hear())
        return heard

    async def shake_hands(self) -> None:
        assert (await self.event())["type"] == "websocket.accept"
        self.say(HANDSHAKE)
        assert [await self.hear(), await self.hear()] == [{}, {"type": 6}]
