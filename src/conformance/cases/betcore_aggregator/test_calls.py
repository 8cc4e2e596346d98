"""The form of BETCORE's own calls."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.aggregator import Aggregator
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import requirement
from conformance.casino_answer import decimal_of
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch
from conformance.oracle.betcore import BET, BET_RETURN, JACKPOT, PAYOUT, PAYOUT_RETURN

NEEDS: Final = (CASINO_CALLS,)

A_YEAR: Final = 366 * 24 * 3600
"""Seconds. The target's clock may have been moved on; milliseconds are farther off."""


@requirement("BC-JWT-001", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_call_is_a_token_in_quotes(aggregator: Aggregator) -> None:
    """The body of a call is a JSON string with a compact JWS, RS256, that has the five claims."""
    call = aggregator.bet()
    if problems := call.token.problems():
        raise Mismatch(
            f"the body of {call.path}: {'; '.join(problems)}",
            expected="a JSON string with a compact JWS, RS256, and nbf, exp, iss, data, client_id",
            actual="; ".join(problems),
        )


@requirement("BC-JWT-027", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_times_are_unix_seconds(aggregator: Aggregator) -> None:
    """nbf and exp are Unix seconds, and exp is later than nbf."""
    call = aggregator.bet()
    life, start = call.token.life(), call.token.claims.get("nbf")
    if start is None or life is None or not 0 < life < A_YEAR or abs(start - int(call.received.at)) > A_YEAR:
        end = call.token.claims.get("exp")
        raise Mismatch(
            f"nbf {shown(start)} and exp {shown(end)} of a call at {call.received.at:.0f}",
            expected="Unix seconds, nbf before exp",
            actual=f"{shown(start)}, {shown(end)}",
        )


@requirement("BC-JWT-023", safety="moves-money", needs=NEEDS, hooks=("bet",))
def test_client_id_names_the_client(aggregator: Aggregator) -> None:
    """client_id is PartnerClient- followed by the PartnerClientId."""
    call = aggregator.bet()
    expect_equal(
        "client_id", expected=aggregator.target.client.name, actual=call.token.claims.get("client_id")
    )


@requirement("BC-PAY-028", "BC-PAY-026", safety="moves-money", needs=NEEDS, hooks=("bet", "payout"))
def test_transaction_has_documented_types(aggregator: Aggregator) -> None:
    """Amount is a decimal string, not negative, and BetId and TransactionType are numbers, for every type."""
    stake = aggregator.target.stake
    bet = aggregator.bet()
    calls = [
        bet,
        *(aggregator.pay(bet, kind, stake) for kind in (PAYOUT, PAYOUT_RETURN, JACKPOT, BET_RETURN)),
    ]
    for call, kind in zip(calls, (BET, PAYOUT, PAYOUT_RETURN, JACKPOT, BET_RETURN), strict=True):
        expect_equal("TransactionType", expected=kind, actual=call.data.get("TransactionType"))
        if isinstance(call.data.get("BetId"), bool) or not isinstance(call.data.get("BetId"), int | Decimal):
            raise Mismatch(
                f"BetId: expected a number, got {shown(call.data.get('BetId'))}",
                expected="a number",
                actual=shown(call.data.get("BetId")),
            )
        expect_equal("Amount", expected=stake, actual=decimal_of(call.data.get("Amount")))
