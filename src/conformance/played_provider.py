"""The kit as a game provider: it answers BETCORE's calls as an honest one, and records them."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.callback_sink import Received, Reply, Role

GAMES_PATH: Final = "/v1/games"

LAUNCHES_PATH: Final = f"{GAMES_PATH}/"

LAUNCH: Final = "launchGame"
LIST: Final = "listGames"


def operation_of(received: Received) -> str:
    """The operation that was called; empty where it is none."""
    if received.method == "GET" and received.path == GAMES_PATH:
        return LIST
    inner = received.path.removeprefix(LAUNCHES_PATH)
    launches = received.method == "POST" and received.path.startswith(LAUNCHES_PATH)
    return LAUNCH if launches and inner.endswith("/launch") and inner.count("/") == 1 else ""


@dataclass(slots=True)
class PlayedProvider:
    """The provider. Called by the listener, in a thread of each connection."""

    game: str
    """Id of the one game that it has."""
    url: str = ""
    """Where the target has to call it; set once the kit listens."""
    _calls: list[Received] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, received: Received) -> Reply:
        """Record the call and answer it."""
        with self._changed:
            self._calls.append(received)
            self._changed.notify_all()
        operation = operation_of(received)
        if operation == LIST:
            games = [{"gameId": self.game, "name": "Seven Fruits", "gameCategory": "slots", "maxOdd": 500}]
            return Reply(200, json.dumps(games).encode())
        if operation == LAUNCH:
            return Reply(200, json.dumps({"frameUri": f"{self.url}/frame/{self.game}"}).encode())
        return Reply(404, b'{"_responseCode": 2}')

    def roles(self) -> dict[str, Role]:
        """What answers at the provider's paths."""
        return {GAMES_PATH: self, LAUNCHES_PATH: self}

    def watch(self) -> ProviderWatch:
        """What arrives from now on."""
        with self._changed:
            return ProviderWatch(self, len(self._calls))

    def since(self, start: int) -> Sequence[Received]:
        """The calls after the first ``start`` ones, in the order of their arrival."""
        with self._changed:
            return self._calls[start:]

    def await_call(self, start: int, operation: str, seconds: float) -> Received | None:
        """The first such call; ``None`` if none came."""

        def find() -> Received | None:
            return next((call for call in self._calls[start:] if operation_of(call) == operation), None)

        with self._changed:
            return self._changed.wait_for(find, seconds) or None


@dataclass(frozen=True, slots=True)
class ProviderWatch:
    """What arrived at the provider since a case began."""

    provider: PlayedProvider
    start: int

    def afresh(self) -> ProviderWatch:
        """What arrives from now on."""
        return self.provider.watch()

    def calls(self) -> Sequence[Received]:
        """The calls so far."""
        return self.provider.since(self.start)

    def await_call(self, operation: str, *, seconds: float) -> Received | None:
        """The first call of the operation; ``None`` if none has come after ``seconds``."""
        return self.provider.await_call(self.start, operation, seconds)
