"""What the provider's calls carry: headers, signature, members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.callback_sink import Received
from conformance.case import requirement
from conformance.client import shown
from conformance.errors import Mismatch
from conformance.oracle import sessions as oracle
from conformance.played_round import Player, Round
from conformance.played_sessions import amount
from conformance.signed_call_checks import (
    must_be_json,
    must_be_lower_hex,
    must_be_milliseconds,
    must_carry_identity,
    must_name,
    must_verify,
)

NEEDS: Final = ("session-calls", "pay-in")
AT_ONCE: Final = ("session-calls", "pay-in-out")


@requirement("BC-SGN-002", "BC-SGN-001", safety="creates", needs=NEEDS, hooks=("play",))
def test_calls_carry_the_four_headers(player: Player) -> None:
    """Registration, outcome and refund carry the four headers, with the provider's own id."""
    calls = _three_kinds(player)
    must_carry_identity(calls)
    must_name(calls, player.provider.target.counterparty_id)


@requirement("BC-SGN-004", "BC-SGN-010", safety="creates", needs=NEEDS, hooks=("play",))
def test_calls_are_rightly_signed(player: Player) -> None:
    """X-Sign is HMAC-SHA256 over the raw body, counterparty id, timestamp and request id."""
    must_verify(_three_kinds(player), player.provider.target.secret)


@requirement("BC-SGN-008", safety="creates", needs=NEEDS, hooks=("play",))
def test_signature_is_written_in_lower_case_hex(player: Player) -> None:
    """X-Sign is written as 64 lower-case hex digits."""
    must_be_lower_hex(_three_kinds(player))


@requirement("BC-SGN-009", safety="creates", needs=NEEDS, hooks=("play",))
def test_timestamp_is_in_milliseconds(player: Player) -> None:
    """X-Timestamp is Unix time in milliseconds."""
    must_be_milliseconds(_three_kinds(player))


@requirement("BC-SGN-012", safety="creates", needs=NEEDS, hooks=("play",))
def test_bodies_are_declared_as_json(player: Player) -> None:
    """Calls with a body have the Content-Type application/json."""
    must_be_json(_three_kinds(player))


@requirement("BC-BET-004", "BC-BET-007", safety="creates", needs=NEEDS, hooks=("play",))
def test_registration_and_outcome_have_the_members_of_public_code(player: Player) -> None:
    """A bet has betAmount, betId, gameRoundId and sessionId; its outcome winAmount instead of betAmount."""
    _members(player.play().must_tell(oracle.PAY_IN, oracle.PAY_OUT))


@requirement("BC-BET-009", safety="creates", needs=AT_ONCE, hooks=("play",))
def test_bet_with_its_outcome_has_the_members_of_public_code(player: Player) -> None:
    """Bet and outcome in one call have betAmount, betId, gameRoundId, sessionId and winAmount."""
    _members(player.play(way="pay_in_out").must_tell(oracle.PAY_IN_OUT))


@requirement("BC-BET-013", safety="creates", needs=NEEDS, hooks=("play",))
def test_refund_has_the_bet_id_alone(player: Player) -> None:
    """A refund is sent with betId alone."""
    _members(player.play(cancelled=True).must_tell(oracle.PAY_IN, oracle.REFUND))


@requirement("BC-BET-011", safety="creates", needs=NEEDS, hooks=("play",))
def test_all_calls_on_a_bet_carry_its_id(player: Player) -> None:
    """Registration and outcome, registration and refund carry one betId; another bet has another one."""
    settled = player.play().must_be_about_one_bet()
    refunded = player.play(cancelled=True).must_be_about_one_bet()
    if settled.registration().bet == refunded.registration().bet:
        raise Mismatch("two bets have one betId", expected="a betId each", actual=refunded.watch.describe())


def _three_kinds(player: Player) -> Sequence[Received]:
    """Calls of a round that is settled, and of one that is refunded."""
    settled = player.play().must_tell(oracle.PAY_IN, oracle.PAY_OUT)
    refunded = player.play(cancelled=True).must_tell(oracle.PAY_IN, oracle.REFUND)
    return [call.received for call in (*settled.calls(), *refunded.calls())]


def _members(play: Round) -> None:
    for call in play.calls():
        known = (*oracle.FIELDS[call.operation], *oracle.OPTIONAL[call.operation])
        lacking = [name for name in oracle.FIELDS[call.operation] if name not in call.data]
        strange = [name for name in call.data if name not in known]
        if lacking or strange:
            told = ", ".join([*(f"no {name}" for name in lacking), *strange])
            raise Mismatch(f"{call.operation}: {told}", expected=", ".join(known), actual=call.describe())
        for name, value in call.data.items():
            good = amount(value) is not None if name.endswith(("Amount", "Odd")) else bool(value)
            if not good:
                raise Mismatch(
                    f"{name} of {call.operation}: {shown(value)}", expected="a value", actual=shown(value)
                )
        if call.data.get("sessionId", call.session) != call.session:
            raise Mismatch(
                f"sessionId of {call.operation} is not that of the path",
                expected="the session of the path",
                actual="another one",
            )
