"""Launches: the address to embed, what the provider checks, and launches that come again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from conformance.case import control, requirement
from conformance.client import shown
from conformance.errors import Mismatch
from conformance.game_provider import GameProvider, must_be_launched, must_not_be_launched
from conformance.oracle import provider as oracle
from conformance.signing import alphabetical_body

OTHERS: Final = ("userId", "currency", "gameMode")


@requirement("BC-LCH-001", safety="creates")
def test_launch_is_answered_with_the_address_to_embed(provider: GameProvider) -> None:
    """A launch for money is answered with the address to embed in frameUri, an http(s) URL."""
    _must_be_address(must_be_launched(provider.launch(provider.request())))
    _unusable_is_refused(provider)


@requirement("BC-LCH-001", safety="creates", needs=("demo",))
def test_launch_for_play_is_answered_with_the_address_to_embed(provider: GameProvider) -> None:
    """A launch in demo mode is answered with the address to embed in frameUri, an http(s) URL."""
    _must_be_address(must_be_launched(provider.launch(provider.request(gameMode="demo"))))
    _unusable_is_refused(provider)


@requirement("BC-LCH-003", safety="creates")
def test_launch_without_what_is_checked_is_refused(provider: GameProvider) -> None:
    """A launch that lacks user, session, currency, language or a limit gets no address."""
    with control("with all of them"):
        must_be_launched(provider.launch(provider.request()))
    for name in oracle.CHECKED:
        fields = provider.request()
        del fields[name]
        _refused(provider, fields, f"a launch without {name}")


@requirement("BC-LCH-003", safety="creates")
def test_launch_with_unusable_limits_is_refused(provider: GameProvider) -> None:
    """A launch whose limits are no numbers, or negative, gets no address."""
    with control("with limits"):
        must_be_launched(provider.launch(provider.request()))
    for name in ("minBet", "maxBet"):
        for value in ("much", -1, None):
            fields = provider.request(**{name: value})
            _refused(provider, fields, f"a launch with {name} {shown(value)}")


@requirement("BC-LCH-006", safety="creates")
def test_launch_that_lacks_a_member_gets_2(provider: GameProvider) -> None:
    """A launch that lacks a required member, or is no object, is answered with 2."""
    with control("with all of them"):
        must_be_launched(provider.launch(provider.request()))
    for name in oracle.REQUIRED:
        fields = provider.request()
        del fields[name]
        with provider.channel.evidence.during(f"without {name}"):
            provider.launch(fields, legal=False).must_be(oracle.INVALID_REQUEST)
    for body in (b"[]", b"{", b"null"):
        with provider.channel.evidence.during(f"the body {body!r}"):
            provider.post(body).must_be(oracle.INVALID_REQUEST)


@requirement("BC-LCH-006", safety="creates")
def test_launch_with_an_unusable_member_gets_2(provider: GameProvider) -> None:
    """A launch with an empty id, or with a member of another form or type, is answered with 2."""
    with control("with usable ones"):
        must_be_launched(provider.launch(provider.request()))
    for name, value in oracle.UNUSABLE.items():
        with provider.channel.evidence.during(f"{name} {shown(value)}"):
            provider.launch(provider.request(**{name: value}), legal=False).must_be(oracle.INVALID_REQUEST)


@requirement("BC-LCH-007", safety="creates")
def test_launch_without_what_only_public_code_shows_succeeds(provider: GameProvider) -> None:
    """A launch without members that only public code shows, or with one that nobody named, succeeds."""
    lean = {name: value for name, value in provider.request().items() if name not in oracle.OBSERVED_ONLY}
    must_be_launched(provider.launch(lean))
    must_be_launched(provider.launch(provider.request(somethingElse="new"), legal=False))
    _unusable_is_refused(provider)


@requirement("BC-LCH-008", safety="creates")
def test_launch_of_an_unknown_game_gets_2(provider: GameProvider) -> None:
    """A launch of a game that the provider does not have is answered with 2, and gets no address."""
    with control("a game that it has"):
        must_be_launched(provider.launch(provider.request()))
    answer = provider.launch(provider.request(), game=provider.new_id())
    must_not_be_launched(answer, "a launch of an unknown game").must_be(oracle.UNKNOWN_GAME)


@requirement("BC-LCH-009", safety="creates")
def test_launch_with_crossed_limits_gets_5(provider: GameProvider) -> None:
    """A launch whose minBet is greater than its maxBet is answered with 5; equal limits are taken."""
    least = provider.target.min_bet
    with control("equal limits"):
        must_be_launched(provider.launch(provider.request(minBet=least, maxBet=least)))
    crossed = provider.request(minBet=least + Decimal("0.01"), maxBet=least)
    must_not_be_launched(provider.launch(crossed), "a launch with crossed limits").must_be(oracle.LIMIT)


@requirement("BC-LCH-010", safety="creates")
def test_same_launch_again_succeeds(provider: GameProvider) -> None:
    """The same launch again is answered with an address."""
    fields = provider.request()
    for _ in range(2):
        must_be_launched(provider.launch(fields))
    _unusable_is_refused(provider)


@requirement("BC-LCH-011", safety="creates")
def test_known_session_for_something_else_gets_3(provider: GameProvider) -> None:
    """A launch of a known session for another user, currency or mode is answered with 3."""
    fields = provider.request()
    must_be_launched(provider.launch(fields))
    other = {"userId": f"{fields['userId']}-other", "currency": _other_currency(provider), "gameMode": "demo"}
    for name in OTHERS:
        with provider.channel.evidence.during(f"another {name}"):
            answer = provider.launch({**fields, name: other[name]})
            must_not_be_launched(answer, f"a known session with another {name}").must_be(oracle.OTHER_SESSION)


@requirement("BC-LCH-011", safety="creates")
def test_known_session_for_another_game_gets_3(provider: GameProvider) -> None:
    """A launch of a known session for another game is answered with 3."""
    mine = provider.game()
    other = provider.other_game(mine)
    fields = provider.request()
    must_be_launched(provider.launch(fields, game=mine))
    answer = provider.launch(fields, game=other)
    must_not_be_launched(answer, "a known session with another game").must_be(oracle.OTHER_SESSION)
    with control("the other game in a session of its own"):
        must_be_launched(provider.launch(provider.request(), game=other))


@requirement("BC-LCH-013", safety="creates")
def test_launch_that_is_not_declared_as_json_gets_415(provider: GameProvider) -> None:
    """A launch whose body is not declared as JSON is answered with 415 and _responseCode 2."""
    body = alphabetical_body(provider.request())
    with control("declared as JSON"):
        must_be_launched(provider.post(body))
    answer = provider.post(body, media_type="text/plain")
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(415)


@requirement("BC-GAM-010", safety="creates")
def test_launch_that_is_too_large_gets_413(provider: GameProvider) -> None:
    """A launch of more than 1 MiB is answered with 413 and _responseCode 2."""
    body = alphabetical_body(provider.request())
    with control("without what makes it so large"):
        must_be_launched(provider.post(body))
    answer = provider.post(body + b" " * oracle.LARGEST_BODY)
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(413)


def _refused(provider: GameProvider, fields: dict[str, Any], what: str) -> None:
    with provider.channel.evidence.during(what):
        must_not_be_launched(provider.launch(fields, legal=False), what)


def _unusable_is_refused(provider: GameProvider) -> None:
    """What answers every launch with an address has checked none."""
    with control("a launch without a user is refused"):
        fields = provider.request()
        del fields["userId"]
        must_not_be_launched(provider.launch(fields, legal=False), "a launch without a user")


def _must_be_address(frame: str) -> None:
    try:
        parts = urlsplit(frame)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise Mismatch(f"frameUri: {shown(frame)}", expected="an http(s) URL", actual=shown(frame))


def _other_currency(provider: GameProvider) -> str:
    return "USD" if provider.target.currency != "USD" else "EUR"
