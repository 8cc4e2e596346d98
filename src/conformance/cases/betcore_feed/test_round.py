"""A round that is played while somebody watches."""

from __future__ import annotations

from itertools import pairwise

from conformance.case import requirement
from conformance.errors import Missing
from conformance.feed import must_hold
from conformance.games_info import Info, is_whole
from conformance.hooks import Hooks
from conformance.hub import Hub
from conformance.oracle import feed as oracle


@requirement("BC-HUB-041", safety="creates", needs=("hub",), hooks=("round",))
def test_states_of_a_round_follow_each_other(hub: Hub, hooks: Hooks) -> None:
    """s goes from 1 over 2 to 3, 4 and 5 as described, and ps turns from 1 to 2 while s is 2."""
    played = hub.round(hooks)
    states, statuses = played.courses("s"), played.courses("ps")
    for earlier, later in pairwise(states):
        follows = later in oracle.LATER.get(earlier, ())
        must_hold("s", follows, expected=f"a state that follows {earlier}", actual=states)
    must_hold("s", oracle.ACTIVE in states, expected="2 on the way", actual=states)
    for info in played.played:
        together = info.value("ps") in oracle.PLAY.get(info.value("s"), ())
        must_hold("ps", together, expected=f"one that goes with s {info.value('s')}", actual=info.value("ps"))
    must_hold("ps", statuses == sorted(statuses), expected="1 and then 2", actual=statuses)
    turned = {info.value("ps") for info in played.played if info.value("s") == oracle.ACTIVE}
    cancelled = played.last_state == oracle.CANCELLED
    must_hold("ps", cancelled or oracle.GAME_ACTION in turned, expected="2 while s is 2", actual=statuses)


@requirement("BC-HUB-030", safety="creates", needs=("hub",), hooks=("round",))
def test_bt_counts_the_seconds_down(hub: Hub, hooks: Hooks) -> None:
    """bt is whole, falls by a second each second while bets are taken, and is 0 when no bet can be placed."""
    played = hub.round(hooks).played
    for info in played:
        told = info.value("bt")
        must_hold("bt", is_whole(told) and told >= 0, expected="whole seconds", actual=told)
        if info.value("ps") == oracle.GAME_ACTION:
            must_hold("bt", told == 0, expected="0 when no bet can be placed", actual=told)
    betting = [info for info in played if _takes_bets(info)]
    if len(betting) < 2:
        raise Missing("needs a round whose betting time is seen")
    first, last = betting[0], betting[-1]
    must_hold("bt", first.value("bt") > 0, expected="the time that is left", actual=first.value("bt"))
    passed, fallen = last.at - first.at, first.value("bt") - last.value("bt")
    right = abs(fallen - passed) <= oracle.TIMER_ROOM
    must_hold("bt", right, expected=f"{passed:.1f} s less, about", actual=f"{fallen} less")


@requirement("BC-HUB-036", safety="creates", needs=("hub",), hooks=("round",))
def test_lrid_changes_when_a_round_is_completed(hub: Hub, hooks: Hooks) -> None:
    """lrId is a number, and another one once a round was completed."""
    played = hub.round(hooks)
    for info in (*played.before, *played.after):
        told = info.value("lrId")
        must_hold("lrId", is_whole(told), expected="a number", actual=told)
    if played.last_state != oracle.FINISHED:
        raise Missing(f"needs a round that is completed; its last state was {played.last_state}")
    before, after = played.before[-1].value("lrId"), played.after[-1].value("lrId")
    must_hold("lrId", after != before, expected=f"another than {before}", actual=after)


@requirement("BC-HUB-049", safety="creates", needs=("hub",), hooks=("round",))
def test_cr_counts_the_rounds_and_lrid_is_the_last_game(hub: Hub, hooks: Hooks) -> None:
    """cr is 0 while the game waits and grows afterwards; lrId becomes the i of the completed game."""
    played = hub.round(hooks)
    for info in (*played.before, *played.after):
        if info.value("s") == oracle.AWAITING:
            told = info.value("cr")
            must_hold("cr", told == 0, expected="0 while the game waits", actual=told)
    course = played.courses("cr")
    grows = all(is_whole(number) for number in course) and course == sorted(set(course))
    must_hold("cr", grows and course[-1] > 1, expected="numbers that grow", actual=course)
    if played.last_state != oracle.FINISHED:
        raise Missing(f"needs a round that is completed; its last state was {played.last_state}")
    last = played.after[-1].value("lrId")
    must_hold("lrId", last == played.number, expected=str(played.number), actual=last)


def _takes_bets(info: Info) -> bool:
    return (info.value("s"), info.value("ps")) == (oracle.ACTIVE, oracle.BETTING_TIME)
