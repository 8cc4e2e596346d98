"""The live hub, message by message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockserver.edge.hub.application import HubDispatch
from mockserver.kernel.faults.spec import read_spec
from mockserver.kernel.settings import SettingsError

from .feed_reader import FeedReader
from .hub_consumer import END, HANDSHAKE, PATH, Consumer, subscription, with_pace

INVALID = "Invalid request parameters"


@pytest.fixture(autouse=True)
def quick(feed: FeedReader) -> None:
    with_pace(feed.service.sandbox.hub)


def talk(feed: FeedReader, what: Callable[[Consumer], Awaitable[None]], token: str | None = None) -> None:
    token = token or feed.token()

    async def connected() -> None:
        async with Consumer(feed.service.sandbox.hub, token) as consumer:
            await what(consumer)

    feed.service.loop.run_until_complete(connected())


def test_the_hub_takes_its_times_and_places_from_the_contract(feed: FeedReader) -> None:
    hub = feed.service.sandbox.hub.contract

    assert hub.paths == (PATH, "/signalrhub-integration-service/hubs")
    assert (hub.stream_seconds, hub.keep_alive_seconds, hub.terminator) == (0.5, 15.0, "\x1e")
    assert (hub.target, hub.stream_target) == ("Subscribe", "SubOnWholeGamesInfo")


def test_a_subscription_is_completed_and_the_current_game_is_streamed(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription(invocationId="a"))
        assert await consumer.hear() == {"type": 3, "invocationId": "a", "result": None}
        first, second = await consumer.hear(), await consumer.hear()

        assert first == {
            "type": 1,
            "target": "SubOnWholeGamesInfo",
            "arguments": [
                {
                    "sId": 0,
                    "tst": "2026-03-01T12:00:00.000Z",
                    "im": False,
                    "bt": 0,
                    "wgi": [
                        {
                            "i": 700002,
                            "t": 3,
                            "ge": 41002,
                            "s": 1,
                            "ps": 1,
                            "cr": 0,
                            "sdt": "2026-03-01T12:00:00.000Z",
                            "lrId": 0,
                        }
                    ],
                }
            ],
        }
        assert second["arguments"][0]["sId"] == 1

    talk(feed, what)


def test_a_printed_subscription_without_an_id_gets_no_completion(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        assert (await consumer.hear())["target"] == "SubOnWholeGamesInfo"

    talk(feed, what)


def test_messages_count_on_over_connections_of_a_token_and_begin_anew_with_another(feed: FeedReader) -> None:
    numbers: list[int] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        numbers.extend([(await consumer.hear())["arguments"][0]["sId"] for _ in range(3)])

    token = feed.token()
    talk(feed, what, token)
    talk(feed, what, token)
    talk(feed, what)

    assert numbers[:3] == numbers[6:] == [0, 1, 2]
    assert numbers[3] >= 3
    assert numbers[3:6] == list(range(numbers[3], numbers[3] + 3))


def test_what_happens_to_the_game_shows_in_the_next_message(feed: FeedReader) -> None:
    seen: list[tuple[int, int, int, int]] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        for _ in range(300):
            info = (await consumer.hear())["arguments"][0]
            game = info["wgi"][0]
            state = (game["s"], game["ps"], info["bt"], game["lrId"])
            if state not in seen:
                seen.append(state)
            if len(seen) == 1:
                await (
                    feed.service.sandbox.tenants.vendor_of(feed.client)
                    .drives["round"]
                    .run(  # type: ignore[misc]
                        feed.client, {"game_type": 3, "betting_seconds": 2}, "test"
                    )
                )
            await feed.client.timekeeper.advance(timedelta(seconds=0.5))

    talk(feed, what)

    assert seen == [
        (1, 1, 0, 0),
        (2, 1, 2, 0),
        (2, 1, 1, 0),
        (2, 2, 0, 0),
        (3, 2, 0, 700002),
        (1, 1, 0, 700002),
    ]


@pytest.mark.parametrize(
    "message",
    [
        subscription(game_type=2),
        subscription(game_type="3"),
        subscription(client=1557),
        subscription(target="Nope"),
        subscription(type=4),
        subscription(arguments=["SubOnWholeGamesInfo"]),
        subscription(arguments=["Other", '{"GameType": 3, "PartnerClientId": 1556, "Count": 1}']),
        subscription(arguments=["SubOnWholeGamesInfo", "not JSON"]),
        subscription(
            arguments=["SubOnWholeGamesInfo", '{"GameType": 3, "PartnerClientId": 1556, "Count": 2}']
        ),
        subscription(arguments=["SubOnWholeGamesInfo", {"GameType": 3, "PartnerClientId": 1556, "Count": 1}]),
    ],
)
def test_a_bad_call_is_refused_and_the_connection_goes_on(feed: FeedReader, message: dict[str, Any]) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(message | {"invocationId": "7"}, message, subscription(invocationId="8"))

        assert await consumer.hear() == {"type": 3, "invocationId": "7", "error": INVALID}
        assert await consumer.hear() == {"type": 3, "invocationId": "8", "result": None}

    talk(feed, what)


def test_other_messages_of_signalr_are_ignored(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        ignored = [{"type": kind, "invocationId": "1", "item": 1} for kind in (2, 3, 5, 6, 8, 9, 99)]
        consumer.say(*ignored, subscription(invocationId="2"))

        assert (await consumer.hear())["invocationId"] == "2"

    talk(feed, what)


def test_a_message_may_come_in_pieces_and_with_others(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        assert (await consumer.event())["type"] == "websocket.accept"
        text = json.dumps(HANDSHAKE) + END + json.dumps(subscription(invocationId="1")) + END
        for piece in text:
            consumer.frame(piece)

        assert [await consumer.hear() for _ in range(3)][2]["invocationId"] == "1"

    talk(feed, what)


@pytest.mark.parametrize(
    "first",
    [
        "{}",
        "x",
        "[]",
        '{"protocol": "messagepack", "version": 1}',
        '{"protocol": "json", "version": 2}',
        '{"type": 6}',
    ],
)
def test_a_bad_handshake_is_answered_with_an_error_and_the_connection_ends(
    feed: FeedReader, first: str
) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.event()
        consumer.frame(first + END)

        assert [await consumer.hear(), await consumer.hear()] == [{"error": INVALID}, 1002]

    talk(feed, what)


def test_a_handshake_that_does_not_come_is_not_waited_for(feed: FeedReader) -> None:
    with_pace(feed.service.sandbox.hub, handshake=0.01)

    async def what(consumer: Consumer) -> None:
        await consumer.event()

        assert [await consumer.hear(), await consumer.hear()] == [{"error": INVALID}, 1002]

    talk(feed, what)


@pytest.mark.parametrize(
    ("event", "error", "code"),
    [
        ({"text": "x" + END}, INVALID, 1007),
        ({"text": END}, INVALID, 1007),
        ({"text": "[]" + END}, INVALID, 1007),
        ({"text": "{}" + END}, INVALID, 1007),
        ({"text": '{"type": "1"}' + END}, INVALID, 1007),
        ({"text": '{"type": true}' + END}, INVALID, 1007),
        ({"text": "[" * 20_000 + END}, INVALID, 1007),
        ({"bytes": b"\x00\xff"}, INVALID, 1007),
        ({"text": "x" * 32_769}, "Message too large", 1009),
        ({"text": "é" * 16_385}, "Message too large", 1009),
    ],
)
def test_what_is_no_message_ends_the_connection_and_says_why(
    feed: FeedReader, event: dict[str, Any], error: str, code: int
) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.incoming.put_nowait({"type": "websocket.receive"} | event)

        assert await consumer.hear_until(code) == [{"type": 7, "error": error}, code]

    talk(feed, what)


def test_a_message_of_the_largest_size_is_read(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        message = json.dumps({"type": 6, "x": ""})
        consumer.frame(message.replace('""', f'"{"x" * (32_768 - len(message))}"') + END)
        consumer.say(subscription(invocationId="1"))

        assert (await consumer.hear())["invocationId"] == "1"

    talk(feed, what)


def test_the_consumer_may_end_the_connection(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say({"type": 7})

        assert await consumer.hear() == 1000

    talk(feed, what)


def test_the_hub_keeps_the_connection_alive(feed: FeedReader) -> None:
    with_pace(feed.service.sandbox.hub, keep_alive=0.001)

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()

        assert [await consumer.hear() for _ in range(3)] == [{"type": 6}] * 3

    talk(feed, what)


@pytest.mark.parametrize("gone", ["reset", "drop"])
def test_a_tenant_that_is_reset_or_dropped_ends_its_connections(feed: FeedReader, gone: str) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        getattr(feed.service.sandbox.tenants, gone)("PartnerClient-1556")

        assert await consumer.hear_until(1001) == [{"type": 7, "allowReconnect": True}, 1001]

    talk(feed, what)


def test_a_connection_leaves_nothing_behind(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        assert len(feed.client.leaving) == 1

    talk(feed, what)

    assert not feed.client.leaving


def test_subscribing_again_replaces_the_stream(feed: FeedReader) -> None:
    with_pace(feed.service.sandbox.hub, stream=30.0)

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(*[subscription()] * 3, subscription(game_type=1))
        heard = [(await consumer.hear())["arguments"][0] for _ in range(2)]

        assert [one["wgi"][0]["t"] for one in heard][-1] == 1
        assert heard[0]["sId"] == 0

    talk(feed, what)


def test_a_consumer_who_says_much_lets_others_speak_in_between(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        speaking = asyncio.ensure_future(others())
        consumer.say(*[{"type": 6}] * 1600, subscription(invocationId="a"))
        assert (await consumer.hear())["invocationId"] == "a"
        speaking.cancel()

        assert turns >= 100

    talk(feed, what)


def test_a_failure_of_the_hub_is_told_and_shows_no_more_than_that(
    feed: FeedReader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(feed.client.settings, "feed_maintenance", "not a boolean")

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())

        assert await consumer.hear_until(1011) == [{"type": 7, "error": "General API Error"}, 1011]

    talk(feed, what)

    assert "betcore.livefeed failed: ValueError at connection.py" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_connection_is_refused_without_a_token_that_counts(feed: FeedReader) -> None:
    async def answered(token: str) -> tuple[int, Any]:
        async with Consumer(feed.service.sandbox.hub, token) as consumer:
            start, body = await consumer.event(), await consumer.event()
            return start["status"], json.loads(body["body"])["ErrorCode"]

    def refused(token: str) -> tuple[int, Any]:
        return feed.service.loop.run_until_complete(answered(token))

    token = feed.token()
    assert refused("") == refused("x") == (401, 990050)
    feed.wait(3600)
    assert refused(token) == (401, 990051)


def test_an_open_connection_outlives_its_token(feed: FeedReader) -> None:
    token = feed.token()

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        await feed.client.timekeeper.advance(timedelta(hours=2))
        consumer.say(subscription(invocationId="1"))

        assert (await consumer.hear())["result"] is None

    talk(feed, what, token)


def test_the_journal_has_the_connection_and_its_calls_and_no_token(feed: FeedReader) -> None:
    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription(game_type=2, invocationId="1"))
        await consumer.hear()

    token = feed.token()
    talk(feed, what, token)

    kept = [one for one in feed.client.journal.exchanges() if one.surface == "betcore.livefeed"]
    assert [(one.operation, one.method, one.status) for one in kept] == [
        ("openHub", "GET", 101),
        ("openHub", "MESSAGE", None),
        ("subscribeToGames", "MESSAGE", None),
    ]
    assert kept[0].target == f"{PATH}?access_token=[redacted]"
    assert kept[2].reason == "GameType: 2 is none; there are 1, 3"
    assert b"Invalid request parameters" in kept[2].answer_body


@pytest.fixture
def over_http(feed: FeedReader) -> FeedReader:
    app = HubDispatch(feed.service.app, feed.service.sandbox.hub)
    return FeedReader(replace(feed.service, app=app))


@pytest.mark.parametrize(
    ("query", "version"),
    [("", 0), ("?negotiateVersion=1", 1), ("?negotiateVersion=9", 1), ("?negotiateVersion=x", 0)],
)
def test_a_negotiation_offers_the_web_socket_alone(over_http: FeedReader, query: str, version: int) -> None:
    headers = {"authorization": f"Bearer {over_http.token()}"}
    answer = over_http.service.send("POST", f"{PATH}/negotiate{query}", headers)

    document = answer.json()
    assert answer.status_code == 200
    assert document["negotiateVersion"] == version
    assert document["availableTransports"] == [{"transport": "WebSockets", "transferFormats": ["Text"]}]
    assert ("connectionToken" in document) == (version == 1)
    assert over_http.service.sandbox.hub.contract.negotiation.violation(document) is None


def test_a_negotiation_takes_the_token_of_the_query_too_and_refuses_without(over_http: FeedReader) -> None:
    send, token = over_http.service.send, over_http.token()

    assert send("POST", f"{PATH}/negotiate?access_token={token}").status_code == 200
    assert send("POST", f"{PATH}/negotiate").json()["ErrorCode"] == 990050
    assert send("GET", "/be/tickets/1").status_code == 403


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/negotiate")])
def test_the_hub_is_no_place_for_other_calls(over_http: FeedReader, method: str, path: str) -> None:
    answer = over_http.service.send(method, f"{path}?access_token={over_http.token()}")

    assert (answer.status_code, answer.json()["ErrorCode"]) == (426, 990053)
    assert answer.headers["upgrade"] == "websocket"


def test_a_web_page_may_negotiate(over_http: FeedReader) -> None:
    asked = {
        "origin": "https://partner.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-signalr-user-agent",
    }
    preflight = over_http.service.send("OPTIONS", f"{PATH}/negotiate", asked)
    negotiated = over_http.service.send(
        "POST",
        f"{PATH}/negotiate",
        {"origin": "https://partner.example", "authorization": f"Bearer {over_http.token()}"},
    )

    for answer in (preflight, negotiated):
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://partner.example"
        assert answer.headers["access-control-allow-credentials"] == "true"


def armed(feed: FeedReader, name: str, parameters: dict[str, Any] | None = None, **conditions: Any) -> None:
    client = feed.service.sandbox.tenants.find("PartnerClient-1556")
    client.faults.arm(read_spec(name, {"operation": "streamGames", **conditions}, parameters or {}))


def streamed(feed: FeedReader, messages: int) -> list[int]:
    """The numbers of the first messages of a stream."""
    numbers: list[int] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        numbers.extend([(await consumer.hear())["arguments"][0]["sId"] for _ in range(messages)])

    talk(feed, what)
    return numbers


def test_a_fault_repeats_the_messages_that_it_strikes(feed: FeedReader) -> None:
    armed(feed, "duplicate", {"times": 2}, nth=2)

    assert streamed(feed, 6) == [0, 1, 1, 1, 2, 3]


def test_a_fault_puts_two_messages_in_reverse(feed: FeedReader) -> None:
    armed(feed, "reorder", nth=2)

    assert streamed(feed, 5) == [0, 2, 1, 3, 4]


@pytest.mark.parametrize(("point", "heard"), [("before_commit", [0, 1]), ("after_commit", [0, 1, 2])])
def test_a_fault_ends_the_connection_and_the_consumer_comes_back(
    feed: FeedReader, point: str, heard: list[int]
) -> None:
    armed(feed, "drop", nth=3, point=point)
    numbers: list[int] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        while isinstance(message := await consumer.hear(), dict):
            numbers.append(message["arguments"][0]["sId"])
        assert message == 1001

    token = feed.token()
    talk(feed, what, token)
    assert numbers == heard
    (noted,) = [
        one
        for one in feed.service.sandbox.tenants.find("PartnerClient-1556").journal.exchanges()
        if one.operation == "streamGames"
    ]
    assert noted.faults == ["drop-1"]
    assert streamed(feed, 3) == [0, 1, 2]


def test_a_variation_writes_messages_with_a_field_that_no_contract_knows(feed: FeedReader) -> None:
    armed(feed, "unknown_fields", count=1)
    seen: list[set[str]] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        seen.extend([set((await consumer.hear())["arguments"][0]["wgi"][0]) for _ in range(2)])

    talk(feed, what)

    assert seen[0] - seen[1] == {"sandboxExtra"}


def test_what_can_happen_to_no_message_is_refused(feed: FeedReader) -> None:
    with pytest.raises(SettingsError, match=r"can't strike `streamGames`; drop, duplicate, latency, "):
        armed(feed, "overtake")


def test_a_message_that_waits_is_said_behind_the_next_though_the_fault_is_gone(feed: FeedReader) -> None:
    armed(feed, "reorder", nth=1)
    client = feed.service.sandbox.tenants.find("PartnerClient-1556")
    numbers: list[int] = []

    async def what(consumer: Consumer) -> None:
        await consumer.shake_hands()
        consumer.say(subscription())
        while not client.faults.armed[0].struck:
            await asyncio.sleep(0)
        client.faults.clear()
        numbers.extend([(await consumer.hear())["arguments"][0]["sId"] for _ in range(3)])

    talk(feed, what)

    assert numbers == [1, 0, 2]


def test_repeats_wait_with_the_message_that_waits(feed: FeedReader) -> None:
    armed(feed, "reorder", nth=1)
    armed(feed, "duplicate", nth=1)

    assert streamed(feed, 5) == [1, 0, 0, 2, 3]
