"""Opening the live hub: its address, its token, its handshake, and how messages are framed."""

from __future__ import annotations

import json
from typing import Final

from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.feed import foreign, must_hold
from conformance.hub import Hub
from conformance.hub_connection import SWITCHED
from conformance.hub_messages import TERMINATOR, Message, written
from conformance.oracle import feed as oracle

WRONG_HANDSHAKES: Final = (
    ("another protocol", written({"protocol": "messagepack", "version": 1})),
    ("another version", written({"protocol": "json", "version": 2})),
    ("without a protocol", written({"version": 1})),
    ("a sign of life before it", written({"type": oracle.ALIVE})),
    ("no JSON", f"{{protocol: json}}{TERMINATOR}"),
)
"""Why a first message is none, and the message."""


@requirement("BC-HUB-001", safety="read", needs=("hub",))
def test_hub_grants_a_connection_at_a_documented_address(hub: Hub) -> None:
    """A WebSocket with the token in access_token is granted at a documented address, or the target file's."""
    token = hub.feed.token()
    answers = {url: hub.ask(token, url=url).answer.raw for url in hub.urls}
    granted = [url for url, answer in answers.items() if answer.status == SWITCHED]
    if not granted:
        told = "; ".join(f"{url}: {answer.describe()}" for url, answer in answers.items())
        raise Mismatch(
            f"expected a connection, got {told}", expected="HTTP 101 at one of the addresses", actual=told
        )
    hub.evidence.measured.append(f"the hub is at {' and at '.join(granted)}")


@requirement("BC-HUB-002", "BC-HUB-003", safety="read", needs=("hub",))
def test_first_message_is_confirmed(hub: Hub) -> None:
    """The documented first message is confirmed with one of type 6, which does not come before it."""
    subscriber = hub.connect()
    subscriber.wait(oracle.PROMPT_SECONDS)
    early = [message.text for message in subscriber.messages if message.kind == oracle.ALIVE]
    must_hold("before the first message", not early, expected="no message of type 6", actual=early)
    subscriber.shake()
    subscriber.must_say("a message of type 6", _confirms)


@requirement("BC-HUB-004", safety="read", needs=("hub",))
def test_handshake_is_answered_with_an_empty_object(hub: Hub) -> None:
    """The first thing that the hub says is an empty object, the second is the message of type 6."""
    subscriber = hub.connect()
    subscriber.shake()
    subscriber.must_say("a message of type 6", _confirms)
    first = subscriber.messages[0]
    must_hold("the first message", first.value == {}, expected="{}", actual=first.text)


@requirement("BC-HUB-005", safety="read", needs=("hub",))
def test_messages_of_the_hub_end_with_the_separator(hub: Hub) -> None:
    """Every message of the hub is text and ends with 0x1E."""
    subscriber = hub.subscribed()
    subscriber.must_stream(2)
    for message in subscriber.messages:
        must_hold("a message", message.ended, expected="0x1E at its end", actual=message.text)
        must_hold("a frame", not message.binary, expected="text", actual="binary")


@requirement("BC-HUB-005", safety="read", needs=("hub",))
def test_message_to_the_hub_ends_with_the_separator(hub: Hub) -> None:
    """A message counts from its 0x1E on, in whichever frame that comes; one frame may hold two messages."""
    subscriber = hub.connect()
    subscriber.say_raw(json.dumps(dict(oracle.HANDSHAKE)))
    subscriber.wait(oracle.PROMPT_SECONDS)
    early = subscriber.said()
    must_hold("without 0x1E", not subscriber.messages, expected="no answer", actual=early)
    subscriber.say_raw(TERMINATOR)
    subscriber.must_say("a message of type 6", _confirms)
    both = hub.connect()
    both.say_raw(written(dict(oracle.HANDSHAKE)) + written(both.subscription()))
    both.must_stream()


@requirement("BC-HUB-006", safety="read", needs=("hub",))
def test_websocket_is_opened_without_a_negotiation(hub: Hub) -> None:
    """The WebSocket is granted and confirmed although nothing was negotiated before it."""
    hub.establish()


@requirement("BC-HUB-045", safety="read", needs=("hub",))
def test_negotiation_is_offered(hub: Hub) -> None:
    """A POST at the hub's address and /negotiate, with a token, names WebSockets as the only transport."""
    answer = hub.over_http("POST", "/negotiate", token=hub.feed.token()).must_be(200)
    number, offered = answer.raw.member("connectionId"), answer.raw.member("availableTransports")
    must_hold("connectionId", isinstance(number, str), expected="a string", actual=number)
    right = isinstance(offered, list) and all(isinstance(one, dict) for one in offered)
    names = [one.get("transport") for one in offered] if right else offered
    must_hold("transports", names == ["WebSockets"], expected='["WebSockets"]', actual=names)
    with hub.evidence.during("without a token"):
        hub.over_http("POST", "/negotiate").must_be(401, code=oracle.ACCESS_DENIED)


@requirement("BC-HUB-047", safety="read", needs=("hub",))
def test_call_without_an_upgrade_is_refused(hub: Hub) -> None:
    """Who calls the hub's address and asks for no WebSocket gets 426 and 990053."""
    with control("a WebSocket"):
        hub.connect()
    hub.over_http("GET", token=hub.feed.token()).must_be(426, code=oracle.NOT_AN_UPGRADE)


@requirement("BC-HUB-007", safety="read", needs=("hub",))
def test_connection_without_a_good_token_is_refused(hub: Hub) -> None:
    """No token, and one that the feed did not issue, get 401 and 990050 in the place of a connection."""
    with control("the token"):
        hub.connect()
    for purpose, token in (
        ("without a token", None),
        ("with an empty token", ""),
        ("with a word for a token", "none"),
        ("with a changed signature", foreign(hub.feed.token())),
    ):
        with hub.evidence.during(purpose):
            hub.ask(token).answer.must_be(401, code=oracle.ACCESS_DENIED)


@requirement("BC-HUB-008", safety="read", needs=("hub",))
def test_wrong_handshake_is_answered_with_an_error(hub: Hub) -> None:
    """A first message other than the documented one gets an error, and the connection is closed."""
    with control("the documented first message"):
        hub.establish()
    for purpose, text in WRONG_HANDSHAKES:
        with hub.evidence.during(purpose):
            subscriber = hub.connect()
            subscriber.say_raw(text)
            subscriber.must_say("an error", lambda message: isinstance(message.member("error"), str))
            subscriber.must_end()


@requirement("BC-HUB-046", safety="read", needs=("hub",))
def test_what_can_not_be_read_ends_the_connection(hub: Hub) -> None:
    """A binary frame, a message without a number as type and one above 32 KiB get type 7 and the end."""
    with control("a message that can be read"):
        subscriber = hub.establish()
        subscriber.subscribe()
        subscriber.must_stream()
    alive = written({"type": oracle.ALIVE})
    for purpose, frame in (
        ("a binary frame", alive.encode()),
        ("no JSON", f"{{type: 6}}{TERMINATOR}"),
        ("no object", written([oracle.ALIVE])),
        ("no type", written({"target": oracle.SUBSCRIBE})),
        ("a type that is a string", written({"type": str(oracle.ALIVE)})),
        ("too long a message", written({"type": oracle.ALIVE, "x": "x" * oracle.LARGEST_MESSAGE})),
    ):
        with hub.evidence.during(purpose):
            subscriber = hub.establish()
            subscriber.say_raw(frame)
            last = subscriber.must_say("a message of type 7", lambda message: message.kind == oracle.CLOSE)
            error = last.member("error")
            must_hold("error", isinstance(error, str), expected="a text", actual=last.text)
            subscriber.must_end()


def _confirms(message: Message) -> bool:
    return message.kind == oracle.ALIVE
