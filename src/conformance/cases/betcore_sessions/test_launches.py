"""BETCORE's calls to the game provider, which the kit plays: how they are signed, and what a launch tells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from conformance.callback_sink import Received
from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.code_answer import number
from conformance.errors import Mismatch, Missing
from conformance.hooks import Hooks
from conformance.oracle import provider as games
from conformance.oracle import sessions as oracle
from conformance.played_provider import LAUNCH, LIST, ProviderWatch
from conformance.session_wallet import Wallet
from conformance.signed_call_checks import (
    must_be_lower_hex,
    must_be_milliseconds,
    must_carry_identity,
    must_name,
    must_verify,
    verifies,
)
from conformance.signing import alphabetical_body

NEEDS: Final = ("provider-calls",)

NUMBERS: Final = ("minBet", "maxBet")


@requirement("BC-SGN-003", safety="creates", needs=NEEDS, hooks=("launch",))
def test_launch_carries_the_four_headers(wallet: Wallet, hooks: Hooks, launches: ProviderWatch) -> None:
    """A launch carries the four headers: the provider's id, a time in milliseconds, and X-Sign in hex."""
    calls = _launch(wallet, hooks, launches)
    must_carry_identity(calls)
    must_name(calls, wallet.target.counterparty_id)
    must_be_milliseconds(calls)
    must_be_lower_hex(calls)


@requirement("BC-SGN-005", "BC-SGN-011", safety="creates", needs=NEEDS, hooks=("launch",))
def test_launch_is_rightly_signed(wallet: Wallet, hooks: Hooks, launches: ProviderWatch) -> None:
    """X-Sign of a launch is HMAC-SHA256 over body, counterparty id, timestamp and request id."""
    must_verify(_launch(wallet, hooks, launches), wallet.target.secret)


@requirement("BC-SGN-007", safety="read", needs=NEEDS, hooks=("games",))
def test_call_without_a_body_is_signed_without_one(
    wallet: Wallet, hooks: Hooks, launches: ProviderWatch
) -> None:
    """The call for the list of games has no body, and X-Sign covers none."""
    hooks.call("games", {})
    call = launches.await_call(LIST, seconds=wallet.settle_seconds)
    if call is None:
        raise Mismatch(
            "the games were asked for, and no call arrived", expected="GET /v1/games", actual="none"
        )
    expect_equal("length of the body", expected=0, actual=len(call.body))
    must_carry_identity([call])
    must_verify([call], wallet.target.secret)


@requirement("BC-SGN-017", safety="creates", needs=NEEDS, hooks=("launch",))
def test_launch_has_its_keys_in_alphabetical_order(
    wallet: Wallet, hooks: Hooks, launches: ProviderWatch
) -> None:
    """The body of a launch has its keys in alphabetical order and no white space, as it is signed."""
    for call in _launch(wallet, hooks, launches):
        fields = _fields(call)
        if list(fields) != sorted(fields):
            raise Mismatch(
                f"keys of a launch: {', '.join(fields)}",
                expected=", ".join(sorted(fields)),
                actual=", ".join(fields),
            )
        rewritten = alphabetical_body(fields)
        if len(rewritten) != len(call.body):
            raise Mismatch(
                f"the body of a launch has {len(call.body)} bytes, without white space {len(rewritten)}",
                expected=f"{len(rewritten)} bytes",
                actual=f"{len(call.body)} bytes",
            )
        with control("the body is signed as it came"):
            expect_equal("X-Sign verifies", expected=True, actual=verifies(call, wallet.target.secret))


@requirement("BC-LCH-002", safety="creates", needs=NEEDS, hooks=("launch",))
def test_launch_has_the_limits_of_a_bet(wallet: Wallet, hooks: Hooks, launches: ProviderWatch) -> None:
    """A launch has minBet and maxBet, numbers of which the first is not the greater one."""
    for call in _launch(wallet, hooks, launches):
        limits = [number(_fields(call).get(name)) for name in NUMBERS]
        least, greatest = limits
        if least is None or greatest is None or not Decimal(0) <= least <= greatest:
            told = ", ".join(f"{name} {shown(_fields(call).get(name))}" for name in NUMBERS)
            raise Mismatch(f"limits of a launch: {told}", expected="0 <= minBet <= maxBet", actual=told)


@requirement("BC-LCH-005", safety="creates", needs=NEEDS, hooks=("launch",))
def test_launch_has_the_members_of_public_code(wallet: Wallet, hooks: Hooks, launches: ProviderWatch) -> None:
    """A launch has the twelve members of public code, with the game mode that was asked for."""
    for mode in games.MODES:
        for call in _launch(wallet, hooks, launches, mode=mode):
            fields = _fields(call)
            lacking = [name for name in games.LAUNCH_FIELDS if name not in fields]
            expect_equal("members that a launch lacks", expected=[], actual=lacking)
            expect_equal("gameMode", expected=mode, actual=fields["gameMode"])


@requirement("BC-LCH-004", "BC-SES-004", safety="creates", needs=NEEDS, hooks=("launch",))
def test_demo_launch_names_the_session_of_later_calls(
    wallet: Wallet, hooks: Hooks, launches: ProviderWatch
) -> None:
    """The sessionId of a launch in demo mode is that of later calls, and not the literal demo."""
    for call in _launch(wallet, hooks, launches, mode="demo"):
        session = _fields(call).get("sessionId")
        if not isinstance(session, str) or session in ("", "demo"):
            raise Mismatch(
                f"sessionId of a launch: {shown(session)}", expected="an id", actual=shown(session)
            )
        wallet.ask(session=session).must_be(oracle.SUCCESS)
    with control("an unknown session is refused"):
        wallet.ask(session=wallet.new_id()).must_not_be_accepted("an unknown session")


def _launch(wallet: Wallet, hooks: Hooks, launches: ProviderWatch, mode: str = "real") -> Sequence[Received]:
    """The launch that the hook caused, alone in a sequence.

    Raises :exc:`Missing` where the target file names no player, :exc:`Mismatch` if no call arrived.
    """
    player, game = wallet.target.launch_player, wallet.target.launch_game
    if player is None:
        raise Missing("needs launch_player in the target file")
    watch = launches.afresh()
    asked = {"player": player, "mode": mode, "session": wallet.new_id()}
    hooks.call("launch", asked if game is None else {**asked, "game": game})
    call = watch.await_call(LAUNCH, seconds=wallet.settle_seconds)
    if call is None:
        raise Mismatch(
            f"a session was to be launched, and no launch arrived at {launches.provider.url}",
            expected="POST /v1/games/{gameId}/launch",
            actual=", ".join(f"{one.method} {one.path}" for one in watch.calls()) or "no call",
        )
    return [call]


def _fields(call: Received) -> Mapping[str, Any]:
    try:
        value = json.loads(call.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Mismatch("the body of a launch is no JSON object", expected="an object", actual=shown(value))
    return value
