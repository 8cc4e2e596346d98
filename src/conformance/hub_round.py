"""A round of the feed, from its beginning by the hook to its end, as a subscriber sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.errors import Missing
from conformance.feed_target import FeedTarget
from conformance.games_info import Info
from conformance.hooks import Hooks
from conformance.oracle import feed as oracle

if TYPE_CHECKING:
    from conformance.hub import Subscriber

AFTERWARDS: Final = 30.0
"""Seconds that the next game is waited for when a round is over."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round, in the messages of one stream."""

    stream: Subscriber
    before: list[Info]
    """What came before the hook was called."""
    after: list[Info]
    """What came since, the next game with it where there was one."""
    number: Any
    """``i`` of the game that was played."""

    @property
    def played(self) -> list[Info]:
        """The messages about the game that was played."""
        return [info for info in self.after if info.value("i") == self.number]

    @property
    def last_state(self) -> Any:
        """``s`` as it was in the end."""
        return self.played[-1].value("s")

    def courses(self, name: str) -> list[Any]:
        """The values of a field during the game, each as often as it was changed to."""
        values = [info.value(name) for info in self.played]
        return [now for index, now in enumerate(values) if index == 0 or now != values[index - 1]]


def watch_round(stream: Subscriber, hooks: Hooks, target: FeedTarget) -> Round:
    """Call the hook and listen until the round is over and the next game has come, if one does.

    Raises :exc:`Missing` where no round comes to its end in the target's ``round_seconds``.
    """
    before = stream.infos
    hooks.call("round", {"game_type": target.game_type})

    def number() -> Any:
        return _ended(stream.infos[len(before) :])

    if not stream.listen(lambda: number() is not None, target.round_seconds):
        raise Missing(f"needs a round, but none came to its end within {target.round_seconds:g} s")
    played = number()
    stream.listen(lambda: stream.infos[-1].value("i") != played, AFTERWARDS)
    return Round(stream, before, stream.infos[len(before) :], played)


def _ended(infos: list[Info]) -> Any:
    """``i`` of the first game that was seen both before its end and in the end; ``None`` if there is none."""
    begun: list[Any] = []
    for info in infos:
        number, state = info.value("i"), info.value("s")
        if state in (oracle.FINISHED, oracle.CANCELLED) and number in begun:
            return number
        if state in (oracle.AWAITING, oracle.ACTIVE):
            begun.append(number)
    return None
