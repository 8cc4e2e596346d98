"""What the live hub says to a consumer that asks for nothing.

These cases come late in a run, since the hub has to be listened to for half a minute; it is, from the first
case on.
"""

from __future__ import annotations

from typing import Final

from conformance.case import requirement
from conformance.errors import Mismatch
from conformance.feed import must_hold
from conformance.hub import Hub, Subscriber
from conformance.oracle import feed as oracle

LONG_SILENCE: Final = 2.4
"""Multiple of the keep-alive's distance: SignalR's own server drops a silent consumer after twice of it."""


@requirement("BC-HUB-012", safety="read", needs=("hub",))
def test_keep_alive_of_the_consumer_is_taken(hub: Hub) -> None:
    """A consumer may send messages of type 6, and is streamed to all the same."""
    subscriber = hub.establish()
    subscriber.say({"type": oracle.ALIVE})
    subscriber.subscribe()
    subscriber.say({"type": oracle.ALIVE})
    subscriber.must_stream(3)


@requirement("BC-HUB-010", safety="read", needs=("hub",))
def test_hub_sends_keep_alive_messages(hub: Hub) -> None:
    """To a consumer that asks for nothing the hub sends messages of type 6, after the one that confirms."""
    _signs_of_life(hub.silent(), 1)


@requirement("BC-HUB-011", safety="read", needs=("hub",))
def test_keep_alive_comes_every_15_seconds(hub: Hub) -> None:
    """Between two keep-alive messages lie 15 seconds, more or less."""
    first, second = _signs_of_life(hub.silent(), 2)[:2]
    hub.evidence.measured.append(f"between two keep-alive messages of the hub: {second - first:.1f} s")
    least, most = (part * oracle.KEEP_ALIVE_SECONDS for part in oracle.KEEP_ALIVE_ROOM)
    right = least <= second - first <= most
    must_hold("distance", right, expected=f"{least:g} to {most:g} s", actual=f"{second - first:.1f} s")


@requirement("BC-HUB-012", safety="read", needs=("hub",))
def test_silent_consumer_is_kept(hub: Hub) -> None:
    """A consumer that sends no keep-alive is not dropped, and can still subscribe."""
    silent = hub.silent()
    silent.wait(LONG_SILENCE * oracle.KEEP_ALIVE_SECONDS - silent.now)
    must_hold("the connection", silent.stands, expected="it stands", actual=silent.said())
    silent.subscribe()
    silent.must_stream()


def _signs_of_life(silent: Subscriber, count: int) -> list[float]:
    """When the hub has said that it is there, after it confirmed the handshake."""

    def times() -> list[float]:
        return [message.at for message in silent.messages if message.kind == oracle.ALIVE][1:]

    # A distance that is too long is to be measured, and not only to be missed.
    patience = (count + 1) * 2 * oracle.KEEP_ALIVE_SECONDS - silent.now
    if not silent.listen(lambda: len(times()) >= count, patience):
        expected = f"{count} keep-alive messages"
        raise Mismatch(f"expected {expected}, got {silent.said(1)}", expected=expected, actual=silent.said(1))
    return times()
