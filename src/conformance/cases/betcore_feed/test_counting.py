"""The sequence ids of the live hub's messages."""

from __future__ import annotations

from typing import Final

from conformance.case import requirement
from conformance.feed import must_hold
from conformance.games_info import Info, is_number
from conformance.hub import Hub

FEW: Final = 3
"""Messages that a case looks at."""


@requirement("BC-HUB-024", safety="read", needs=("hub",))
def test_sid_counts_from_0(hub: Hub) -> None:
    """sId grows within a connection, and starts with 0 for a token that was not used before.

    Whose counter it is was not seen: one that goes on from where that of another token was is no fault.
    """
    seen = _counted(hub.streaming(FEW, token=hub.feed.new_token()))
    first = _counted(hub.streaming(FEW, token=hub.feed.new_token()))[0]
    right = first == 0 or first > seen[-1]
    must_hold("the first sId", right, expected=f"0, or more than the last, {seen[-1]}", actual=first)


@requirement("BC-HUB-025", safety="read", needs=("hub",))
def test_sid_goes_on_after_a_reconnection(hub: Hub) -> None:
    """Who connects again with the same token gets an sId above the last one."""
    token = hub.feed.new_token()
    before = hub.subscribed(token)
    last = _counted(before.must_stream(FEW))[-1]
    before.close()
    first = _counted(hub.streaming(FEW, token=token))[0]
    must_hold("sId after the reconnection", first > last, expected=f"more than {last}", actual=first)


@requirement("BC-HUB-026", safety="read", needs=("hub",))
def test_sid_grows_by_one(hub: Hub) -> None:
    """sId is 0 in the first message of a token and one more in each further one."""
    for _ in range(2):
        told = _counted(hub.streaming(FEW, token=hub.feed.new_token()))
        must_hold("sId", told == list(range(FEW)), expected=str(list(range(FEW))), actual=told)


@requirement("BC-HUB-026", safety="read", needs=("hub", "second-game-type"))
def test_sid_counts_for_each_game_type(hub: Hub) -> None:
    """On a connection that is subscribed to two types, the messages of each are counted for themselves."""
    target = hub.feed.target
    subscriber = hub.subscribed(hub.feed.new_token())
    subscriber.subscribe(target.second_game_type)
    infos = subscriber.must_stream(FEW * 2 + 1)
    for game_type in (target.game_type, target.second_game_type):
        told = [info.value("sId") for info in infos if info.value("t") == game_type]
        right = told == list(range(len(told))) and len(told) > 1
        must_hold(f"sId of type {game_type}", right, expected="0, 1, 2", actual=told)


def _counted(infos: list[Info]) -> list[int]:
    told = [info.value("sId") for info in infos]
    right = all(is_number(number) and number >= 0 for number in told)
    must_hold("sId", right, expected="numbers from 0 on", actual=told)
    must_hold("sId", sorted(set(told)) == told, expected="numbers that grow", actual=told)
    return told
