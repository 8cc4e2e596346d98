"""How the kit speaks with a hub: messages in frames, what the contract says of them, what a report shows."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from small_feed import HUBS, SmallFeed, serving

from conformance.contract import load
from conformance.games_info import carried, info_of, moment
from conformance.hub_check import HubCheck
from conformance.hub_connection import FIRST_SHOWN, LAST_SHOWN, SWITCHED, HubConnection
from conformance.hub_messages import Message, Splitter, written

INFO = {
    "sId": 0,
    "tst": "2025-03-13T12:00:10.500Z",
    "im": False,
    "bt": 20,
    "wgi": [
        {"i": 700001, "t": 3, "ge": 41001, "lrId": 0, "s": 2, "ps": 1, "cr": 1, "sdt": "2025-03-13T12:00:00Z"}
    ],
}


def said(value: Any) -> Message:
    """The value as the hub's message."""
    (message,) = Splitter().messages(written(value), 0.5)
    return message


def call(info: Any, target: str = "SubOnWholeGamesInfo") -> dict[str, Any]:
    """A message of the stream."""
    return {"type": 1, "target": target, "arguments": [info]}


# -- messages in frames ---------------------------------------------------------------------------------


def test_frame_may_hold_several_messages_and_a_message_several_frames() -> None:
    splitter = Splitter()

    assert [message.text for message in splitter.messages('{}\x1e{"type":6}\x1e{"ty', 0.1)] == [
        "{}",
        '{"type":6}',
    ]
    (last,) = splitter.messages('pe":3}\x1e', 0.2)
    assert (last.text, last.at, last.kind, last.ended) == ('{"type":3}', 0.2, 3, True)


def test_whole_json_without_its_terminator_is_a_message_that_lacks_it() -> None:
    (message,) = Splitter().messages('{"type": 6}', 0.1)

    assert (message.kind, message.ended) == (6, False)


def test_binary_frame_is_read_and_remembered_as_one() -> None:
    (message,) = Splitter().messages(b'{"type":6}\x1e', 0.1)

    assert (message.kind, message.binary) == (6, True)


@pytest.mark.parametrize("kind", ["6", None, True, -1, 1e999, [6]])
def test_type_that_is_no_small_number_is_none(kind: object) -> None:
    text = json.dumps({"type": kind}).replace("Infinity", "1e999") + "\x1e"
    (message,) = Splitter().messages(text, 0.0)

    assert message.kind is None


# -- what a message carries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [call(INFO), call(json.dumps(INFO)), call([INFO]), {"type": 2, "item": INFO}, INFO],
    ids=["call", "string", "list", "item", "bare"],
)
def test_fields_are_found_whatever_is_around_them(value: Any) -> None:
    info = info_of(said(value))

    assert info is not None
    assert (info.value("sId"), info.value("ge"), info.value("nothing")) == (0, 41001, None)


def test_message_without_the_fields_is_none_of_the_stream() -> None:
    assert info_of(said({"type": 3, "result": {"sId": 1}})) is None
    assert carried([[[[[[[INFO]]]]]]]) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2025-03-13T12:00:00Z", 1741867200.0),
        ("2025-03-13T14:00:00.5+02:00", 1741867200.5),
        ("2025-03-13T12:00:00", 1741867200.0),
        (1741867200, 1741867200.0),
        (Decimal("1741867200500"), 1741867200.5),
        ("soon", None),
        (None, None),
        (True, None),
    ],
)
def test_time_is_read_in_every_form_that_no_page_forbids(value: object, seconds: float | None) -> None:
    assert moment(value) == seconds


# -- what the contract says -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checks() -> dict[bool, HubCheck]:
    """By whether the assumptions count."""
    contract = load("betcore.livefeed")
    return {full: HubCheck(contract, full=full) for full in (False, True)}


def test_message_as_in_the_contract_breaks_nothing(checks: dict[bool, HubCheck]) -> None:
    message = said(call(INFO))

    for check in checks.values():
        assert [*check.violations(message), *check.info_violations(message)] == []


def test_what_is_documented_is_judged_in_any_case(checks: dict[bool, HubCheck]) -> None:
    message = said(call({**INFO, "im": "no"}))

    for check in checks.values():
        assert check.info_violations(message) == ['GamesInfo: im: "no" is not of type "boolean"']


@pytest.mark.parametrize(
    "message",
    [call(INFO, "Games"), call({**INFO, "tst": 1741867200}), call({**INFO, "wgi": INFO["wgi"] * 2})],
    ids=["target", "time", "games"],
)
def test_what_is_assumed_is_judged_only_where_assumptions_are(
    checks: dict[bool, HubCheck], message: Any
) -> None:
    found = {full: check.violations(said(message)) for full, check in checks.items()}

    assert found[False] == []
    assert len(found[True]) == 1


def test_subscription_of_the_kit_is_held_to_the_contract_with_its_filter(
    checks: dict[bool, HubCheck],
) -> None:
    wanted = {"GameType": 3, "PartnerClientId": 1556, "Count": 1}
    message = {"type": 1, "target": "Subscribe", "arguments": ["SubOnWholeGamesInfo", json.dumps(wanted)]}

    assert checks[False].problems("subscribe", message) == []
    message["arguments"] = ["SubOnWholeGamesInfo", json.dumps({**wanted, "Count": 2})]
    assert checks[False].problems("subscribe", message) == ["Count: 1 was expected"]


def test_message_of_another_type_is_not_documented(checks: dict[bool, HubCheck]) -> None:
    assert checks[False].undocumented(said({"type": 9})) == "a message of type 9 is not documented"
    assert checks[False].undocumented(said({"type": 6})) is None


# -- a connection ---------------------------------------------------------------------------------------


def opened(feed: SmallFeed, url: str, path: str = HUBS[0]) -> HubConnection:
    """A connection to the small feed's hub."""
    address = f"{url.replace('http', 'ws', 1)}{path}?access_token={feed.token()}"
    return HubConnection(address, seconds=2, purpose="a test", judge=lambda message: None)


def test_exchange_shows_the_beginning_and_the_end_of_what_was_said() -> None:
    feed, shown = SmallFeed("fast_stream"), FIRST_SHOWN + LAST_SHOWN
    with serving(feed) as url:
        connection = opened(feed, url)
        connection.send(written({"protocol": "json", "version": 1}))
        arguments = ["SubOnWholeGamesInfo", '{"GameType": 3, "PartnerClientId": 1556, "Count": 1}']
        connection.send(written({"type": 1, "target": "Subscribe", "arguments": arguments}))
        assert connection.wait_for(lambda: len(connection.messages) > shown * 2 or None, 5)
        connection.close()
        connection.wait(2)
    exchange = connection.exchange()
    lines = exchange.answer.content.decode().splitlines()

    assert (exchange.operation, exchange.purpose, exchange.answer.status) == ("openHub", "a test", SWITCHED)
    assert lines[0].endswith(" s {}␞")
    assert lines[FIRST_SHOWN] == f"({len(connection.messages) + 1 - shown} more)"
    assert (len(lines), lines[-1]) == (shown + 1, "(closed with 1000)")
    assert str(exchange.request.body).splitlines()[0].endswith('s {"protocol": "json", "version": 1}␞')


def test_refused_upgrade_is_an_answer() -> None:
    feed = SmallFeed()
    with serving(feed) as url:
        connection = opened(feed, url, "/nowhere")

    assert (connection.answer.status, connection.answer.member("ErrorCode")) == (404, 103799)
    assert not connection.stands


def test_nothing_that_listens_is_an_answer_too() -> None:
    connection = HubConnection("ws://127.0.0.1:9/hubs", seconds=1, purpose="", judge=lambda message: None)

    assert (connection.answer.status, connection.stands) == (None, False)
    assert "refused" in (connection.answer.error or "")


def test_failure_of_a_judgement_is_raised_where_it_is_waited_for() -> None:
    feed = SmallFeed()

    def fail(message: Message) -> None:
        raise ZeroDivisionError("the kit's own fault")

    with serving(feed) as url:
        address = f"{url.replace('http', 'ws', 1)}{HUBS[0]}?access_token={feed.token()}"
        connection = HubConnection(address, seconds=2, purpose="", judge=fail)
        connection.send(written({"protocol": "json", "version": 1}))
        with pytest.raises(ZeroDivisionError):
            connection.wait(2)
        connection.close()
