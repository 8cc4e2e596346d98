"""Subscribing at the live hub."""

from __future__ import annotations

import json
from typing import Any, Final

from conformance.case import control, requirement
from conformance.feed import must_hold
from conformance.hub import Hub, Subscriber
from conformance.hub_messages import Message
from conformance.oracle import feed as oracle

INVOCATION: Final = "conformance-1"

NO_TYPE: Final = 999_999
"""Number of no game type."""


@requirement("BC-HUB-013", "BC-HUB-014", "BC-HUB-015", safety="read", needs=("hub",))
def test_printed_subscription_starts_the_stream(hub: Hub) -> None:
    """The printed message, for the target's game type and partner client, starts the stream."""
    subscriber = hub.establish()
    subscriber.must_not_stream("before a subscription")
    subscriber.subscribe()
    subscriber.must_stream()


@requirement("BC-HUB-016", safety="read", needs=("hub",))
def test_type_as_a_string_is_no_subscription(hub: Hub) -> None:
    """The number 1 as type starts the stream, the string "1" does not."""
    with control("the number 1"):
        _starts(hub)
    subscriber = hub.establish()
    subscriber.say({**subscriber.subscription(), "type": str(oracle.CALL)})
    subscriber.must_not_stream("for a type that is a string")


@requirement("BC-HUB-017", safety="read", needs=("hub",))
def test_subscription_without_an_invocation_id_gets_no_completion(hub: Hub) -> None:
    """The printed subscription, which has no invocationId, is answered by the stream alone."""
    subscriber = hub.subscribed()
    subscriber.must_stream(3)
    completions = [message.text for message in subscriber.messages if message.kind == oracle.COMPLETION]
    must_hold("beside the stream", not completions, expected="no completion", actual=completions)


@requirement("BC-HUB-018", safety="read", needs=("hub",))
def test_subscription_with_an_invocation_id_gets_a_completion(hub: Hub) -> None:
    """With an invocationId a message of type 3 comes that has the same one, and no error."""
    subscriber = hub.subscribed(invocation=INVOCATION)
    message = _completion(subscriber, INVOCATION)
    must_hold("error", message.member("error") is None, expected="none", actual=message.text)
    subscriber.must_stream()


@requirement("BC-HUB-019", safety="read", needs=("hub",))
def test_bad_subscription_is_refused_in_its_completion(hub: Hub) -> None:
    """An unknown name or game type, another partner client and malformed arguments get an error."""
    with control("the printed subscription"):
        _starts(hub)
    subscriber = hub.establish()
    for number, (purpose, message) in enumerate(_bad(subscriber).items()):
        invocation = str(number)
        subscriber.say({**message, "invocationId": invocation})
        refused = _completion(subscriber, invocation, purpose)
        error = refused.member("error")
        must_hold(purpose, isinstance(error, str), expected="an error", actual=refused.text)
    subscriber.must_not_stream("for a bad subscription")


@requirement("BC-HUB-019", safety="read", needs=("hub",))
def test_bad_subscription_without_an_invocation_id_starts_nothing(hub: Hub) -> None:
    """Without an invocationId a bad subscription is followed by nothing."""
    subscriber = hub.establish()
    for message in _bad(subscriber).values():
        subscriber.say(message)
    subscriber.must_not_stream("for a bad subscription")
    completions = [message.text for message in subscriber.messages if message.kind == oracle.COMPLETION]
    must_hold("a bad subscription", not completions, expected="no completion", actual=completions)
    with control("the printed subscription on the same connection"):
        subscriber.subscribe()
        subscriber.must_stream()


@requirement("BC-HUB-048", safety="read", needs=("hub",))
def test_call_of_an_unknown_target_is_refused(hub: Hub) -> None:
    """A call of an unknown target gets an error in its completion and starts nothing."""
    with control("the printed subscription"):
        _starts(hub)
    subscriber = hub.establish()
    subscriber.say({**subscriber.subscription(invocation=INVOCATION), "target": "SubscribeToNothing"})
    refused = _completion(subscriber, INVOCATION)
    must_hold("error", isinstance(refused.member("error"), str), expected="an error", actual=refused.text)
    subscriber.must_not_stream("for an unknown target")


@requirement("BC-HUB-048", safety="read", needs=("hub",))
def test_messages_of_other_types_are_ignored(hub: Hub) -> None:
    """What is neither a call nor an end, known to SignalR or not, leaves the connection as it was."""
    subscriber = hub.establish()
    for kind in (2, 3, 5, 42):
        subscriber.say({"type": kind, "invocationId": INVOCATION, "item": None})
    subscriber.subscribe()
    subscriber.must_stream()
    answers = [message.text for message in subscriber.messages if message.kind == oracle.COMPLETION]
    must_hold("other types", not answers, expected="no answer", actual=answers)


@requirement("BC-HUB-020", safety="read", needs=("hub", "second-game-type"))
def test_subscription_covers_the_type_that_it_names(hub: Hub) -> None:
    """A subscription to either game type is answered with games of that type alone."""
    target = hub.feed.target
    assert target.second_game_type is not None
    for game_type in (target.game_type, target.second_game_type):
        for info in hub.streaming(3, game_type=game_type):
            told = info.value("t")
            must_hold("t", told == game_type, expected=str(game_type), actual=told)


def _starts(hub: Hub) -> None:
    subscriber = hub.establish()
    subscriber.subscribe()
    subscriber.must_stream()


def _completion(subscriber: Subscriber, invocation: str, purpose: str = "the subscription") -> Message:
    return subscriber.must_say(
        f"a completion of {purpose}",
        lambda message: message.kind == oracle.COMPLETION and message.member("invocationId") == invocation,
    )


def _bad(subscriber: Subscriber) -> dict[str, dict[str, Any]]:
    """Why a subscription is refused, and the subscription."""
    good = subscriber.subscription()
    wanted = good["arguments"][1]
    other = subscriber.feed.target.partner_client_id + 1
    return {
        "an unknown game type": subscriber.subscription(game_type=NO_TYPE),
        "another partner client": subscriber.subscription(PartnerClientId=other),
        "an unknown name": {**good, "arguments": ["SubOnNothing", wanted]},
        "no filter": {**good, "arguments": [oracle.SUBSCRIPTION]},
        "a filter that is an object": {**good, "arguments": [oracle.SUBSCRIPTION, json.loads(wanted)]},
        "a filter that is no JSON": {**good, "arguments": [oracle.SUBSCRIPTION, "{GameType}"]},
    }
