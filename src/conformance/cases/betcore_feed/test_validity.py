"""Tokens that have grown too old.

These cases come last: where the target's clock is moved on, the tokens of the run are over, too.
"""

from __future__ import annotations

from typing import Final

from conformance.case import control, requirement
from conformance.feed import READS, Feed, bearer, must_be_let_in
from conformance.hooks import Hooks
from conformance.hub import Hub
from conformance.oracle import feed as oracle

MOVED_ON: Final = {"seconds": oracle.TOKEN_SECONDS + 1}
"""What the target's clock is asked for."""


@requirement("BC-FED-010", safety="read")
def test_expired_token_is_refused(feed: Feed, hooks: Hooks) -> None:
    """A token whose life is over is answered with 401 and 990051."""
    token = _expired(feed, hooks)
    for operation in READS:
        query = [("id", "1")] if operation == "getGameInfo" else []
        with control(f"{operation} with a young token"):
            must_be_let_in(feed.read(operation, query=query))
        refused = feed.read(operation, query=query, authorization=bearer(token))
        refused.must_be(401, code=oracle.EXPIRED_TOKEN)


@requirement("BC-HUB-007", safety="read", needs=("hub",))
def test_hub_refuses_an_expired_token(hub: Hub, hooks: Hooks) -> None:
    """A connection with a token whose life is over is refused with 401 and 990051."""
    token = _expired(hub.feed, hooks)
    with control("a young token"):
        hub.connect()
    hub.ask(token).answer.must_be(401, code=oracle.EXPIRED_TOKEN)


@requirement("BC-HUB-009", safety="read", needs=("hub",), hooks=("advance",))
def test_connection_outlives_its_token(hub: Hub, hooks: Hooks) -> None:
    """A stream goes on when its token is over, with which no new connection is granted."""
    token = hub.feed.token()
    subscriber = hub.subscribed(token)
    subscriber.must_stream()
    _move_on(hub.feed, hooks)
    with control("the token is over"):
        hub.ask(token).answer.must_be(401)
    subscriber.must_stream(3, after=len(subscriber.infos))


def _expired(feed: Feed, hooks: Hooks) -> str:
    """A token that is over: the target file's, or one of this run once the clock was moved on."""
    if feed.target.expired_token is not None:
        return feed.target.expired_token
    token = feed.token()
    _move_on(feed, hooks)
    return token


def _move_on(feed: Feed, hooks: Hooks) -> None:
    """Let every token so far be over. Raises as :meth:`Hooks.call`."""
    hooks.call("advance", MOVED_ON)
    feed.forget_tokens()
