"""The messages of the live hub's stream: when they come, and what stands in them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final

from conformance.case import requirement
from conformance.feed import must_hold
from conformance.games_info import Info, is_number, is_whole, moment
from conformance.hub import Hub
from conformance.oracle import feed as oracle

RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

FEW: Final = 3
MANY: Final = 11
"""Messages that a case looks at."""


@requirement("BC-HUB-021", safety="read", needs=("hub",))
def test_one_subscription_starts_a_stream_that_goes_on(hub: Hub) -> None:
    """After one subscription messages with the state of a game keep coming, without another request."""
    subscriber = hub.subscribed()
    for info in subscriber.must_stream(4):
        state = info.value("s")
        must_hold("s", state is not None, expected="the state of a game", actual=info.fields)


@requirement("BC-HUB-022", safety="read", needs=("hub",))
def test_message_comes_every_500_milliseconds(hub: Hub) -> None:
    """Messages come every 500 milliseconds on average, from half to double of it."""
    stream = hub.shared()
    least, most = (part * oracle.STREAM_SECONDS for part in oracle.STREAM_ROOM)
    # One that is too slow is to be measured, and not only to be missed.
    stream.listen(lambda: len(stream.infos) >= MANY, MANY * most * 1.5)
    times = [info.at for info in stream.infos[-MANY:]]
    must_hold("the stream", len(times) > 1, expected="messages", actual=stream.said())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    figures = f"mean {mean * 1000:.0f} ms, {min(gaps) * 1000:.0f} to {max(gaps) * 1000:.0f} ms"
    hub.evidence.measured.append(f"interval of the stream, over {len(gaps)} messages: {figures}")
    expected = f"a mean of {least * 1000:.0f} to {most * 1000:.0f} ms"
    must_hold("interval", least <= mean <= most, expected=expected, actual=figures)


@requirement("BC-HUB-023", safety="read", needs=("hub",))
def test_every_documented_field_is_there(hub: Hub) -> None:
    """Each message has sId, tst, im, bt and wgi, and the fields of a game, wherever they stand."""
    for info in hub.watched(FEW):
        for name in (*oracle.MESSAGE_FIELDS, *oracle.GAME_FIELDS):
            there = name in info.fields or name in info.game
            must_hold(name, there, expected="a value", actual=info.fields)


@requirement("BC-HUB-027", safety="read", needs=("hub",))
def test_tst_is_the_time_of_sending(hub: Hub) -> None:
    """tst is a time that goes on from message to message as fast as the messages come."""
    infos = hub.streaming(FEW * 2)
    times = [_time(info, "tst") for info in infos]
    must_hold("tst", times == sorted(times), expected="times that go on", actual=_values(infos, "tst"))
    passed, told = infos[-1].at - infos[0].at, times[-1] - times[0]
    least, most = (part * passed for part in oracle.STREAM_ROOM)
    expected = f"{passed:.2f} s later than the first, about"
    must_hold("the last tst", least <= told <= most, expected=expected, actual=f"{told:.2f} s later")


@requirement("BC-HUB-028", safety="read", needs=("hub",))
def test_im_is_a_boolean(hub: Hub) -> None:
    """im is true or false."""
    for info in hub.watched(FEW):
        told = info.value("im")
        must_hold("im", isinstance(told, bool), expected="true or false", actual=told)


@requirement("BC-HUB-029", safety="read", needs=("hub",))
def test_bt_is_a_number(hub: Hub) -> None:
    """bt is a number that is not negative."""
    _are_numbers(hub, "bt")


@requirement("BC-HUB-031", safety="read", needs=("hub",))
def test_wgi_is_an_array_of_objects(hub: Hub) -> None:
    """wgi is an array, and everything in it an object."""
    for info in hub.watched(FEW):
        games = info.fields.get("wgi")
        right = isinstance(games, list) and all(isinstance(game, dict) for game in games)
        must_hold("wgi", right, expected="an array of objects", actual=games)


@requirement("BC-HUB-032", safety="read", needs=("hub",))
def test_wgi_has_the_current_game_alone(hub: Hub) -> None:
    """wgi has one element, of the subscribed type."""
    for info in hub.watched(FEW):
        games, wanted = info.fields.get("wgi"), hub.feed.target.game_type
        types = [game.get("t") for game in games if isinstance(game, dict)] if isinstance(games, list) else []
        must_hold("types in wgi", types == [wanted], expected=str([wanted]), actual=games)


@requirement("BC-HUB-033", safety="read", needs=("hub",))
def test_fields_of_the_game_stand_in_wgi(hub: Hub) -> None:
    """i and the fields after it stand in the objects of wgi, the others beside wgi, and none in both."""
    for info in hub.watched(FEW):
        inside = set(info.game).intersection((*oracle.MESSAGE_FIELDS, *oracle.GAME_FIELDS))
        beside = set(info.fields).intersection((*oracle.MESSAGE_FIELDS, *oracle.GAME_FIELDS))
        for where, found, wanted in (
            ("in wgi", inside, oracle.GAME_FIELDS),
            ("beside wgi", beside, oracle.MESSAGE_FIELDS),
        ):
            must_hold(where, found == set(wanted), expected=", ".join(wanted), actual=sorted(found))


@requirement("BC-HUB-034", safety="read", needs=("hub",))
def test_game_has_its_two_numbers(hub: Hub) -> None:
    """i and ge are numbers, and a game keeps them both."""
    infos = hub.watched(FEW)
    pairs = {(info.value("i"), info.value("ge")) for info in infos if is_number(info.value("i"))}
    _are_numbers(hub, "i", "ge")
    numbers = {number for number, _ in pairs}
    must_hold("ge", len(numbers) == len(pairs), expected="one for each i", actual=sorted(map(str, pairs)))


@requirement("BC-HUB-035", safety="read", needs=("hub",))
def test_t_is_a_number(hub: Hub) -> None:
    """t is the number of a game type."""
    _are_numbers(hub, "t")


@requirement("BC-HUB-037", safety="read", needs=("hub",))
def test_s_is_a_documented_state(hub: Hub) -> None:
    """s is 1, 2, 3, 4 or 5."""
    _are_among(hub, "s", oracle.STATES)


@requirement("BC-HUB-038", safety="read", needs=("hub",))
def test_ps_is_a_documented_play_status(hub: Hub) -> None:
    """ps is 1 or 2."""
    _are_among(hub, "ps", oracle.PLAY_STATUSES)


@requirement("BC-HUB-039", safety="read", needs=("hub",))
def test_cr_is_a_number(hub: Hub) -> None:
    """cr is a number."""
    _are_numbers(hub, "cr")


@requirement("BC-HUB-040", safety="read", needs=("hub",))
def test_sdt_is_a_time(hub: Hub) -> None:
    """sdt is a time, and a game keeps it while its state does not change."""
    infos = hub.watched(FEW)
    starts: dict[tuple[Any, Any], set[float]] = {}
    for info in infos:
        starts.setdefault((info.value("i"), info.value("s")), set()).add(_time(info, "sdt"))
    steady = all(len(times) == 1 for times in starts.values())
    must_hold("sdt", steady, expected="one for a game in a state", actual=_values(infos, "sdt"))


@requirement("BC-HUB-042", safety="read", needs=("hub",))
def test_hub_calls_the_name_of_the_subscription(hub: Hub) -> None:
    """A message of the stream calls SubOnWholeGamesInfo with one argument, the object with the fields."""
    for info in hub.watched(FEW):
        target = info.message.member("target")
        must_hold("target", target == oracle.SUBSCRIPTION, expected=oracle.SUBSCRIPTION, actual=target)
        arguments = info.message.member("arguments")
        right = isinstance(arguments, list) and len(arguments) == 1 and arguments[0] == info.fields
        must_hold("arguments", right, expected="one object with the fields", actual=arguments)


@requirement("BC-HUB-043", safety="read", needs=("hub",))
def test_times_are_strings_and_numbers_are_whole(hub: Hub) -> None:
    """tst and sdt are RFC 3339 strings; ids, types and counters are whole numbers."""
    for info in hub.watched(FEW):
        for name in ("tst", "sdt"):
            told = info.value(name)
            right = isinstance(told, str) and RFC_3339.fullmatch(told) is not None
            must_hold(name, right, expected="an RFC 3339 date-time", actual=told)
        for name in ("sId", *oracle.WHOLE_FIELDS):
            told = info.value(name)
            must_hold(name, is_whole(told), expected="a whole number", actual=told)


@requirement("BC-HUB-044", safety="read", needs=("hub",))
def test_message_of_the_stream_is_a_call(hub: Hub) -> None:
    """A message of the stream has the type 1, a target and arguments."""
    for info in hub.watched(FEW):
        message = info.message
        must_hold("type", message.kind == oracle.CALL, expected=str(oracle.CALL), actual=message.text)
        target, arguments = message.member("target"), message.member("arguments")
        must_hold("target", isinstance(target, str), expected="a name", actual=target)
        must_hold("arguments", isinstance(arguments, list), expected="an array", actual=arguments)


def _are_numbers(hub: Hub, *names: str) -> None:
    for info in hub.watched(FEW):
        for name in names:
            told = info.value(name)
            right = is_number(told) and told >= 0
            must_hold(name, right, expected="a number, not negative", actual=told)


def _are_among(hub: Hub, name: str, known: tuple[int, ...]) -> None:
    for info in hub.watched(FEW):
        told = info.value(name)
        right = is_number(told) and told in known
        must_hold(name, right, expected=f"one of {', '.join(map(str, known))}", actual=told)


def _time(info: Info, name: str) -> float:
    found = moment(info.value(name))
    must_hold(name, found is not None, expected="a time", actual=info.value(name))
    assert found is not None
    return found


def _values(infos: list[Info], name: str) -> list[Any]:
    return [info.value(name) for info in infos]
