"""Every edge of the transition tables, legal and illegal."""

from enum import StrEnum
from itertools import product

import pytest

from mockserver.betcore import states as betcore
from mockserver.betcore.provider import states as provider
from mockserver.betcore.sessions import states as sessions
from mockserver.betstack import states as betstack
from mockserver.kernel.transitions import IllegalTransition, next_state

LEGAL_FOR_TICKETS = {
    ("new", "create"): "open",
    ("new", "reserve"): "reserved",
    ("new", "fail"): "cancelled",
    ("reserved", "pay"): "open",
    ("reserved", "lapse"): "cancelled",
    ("reserved", "discard"): "cancelled",
    ("reserved", "refund"): "cancelled",
    ("reserved", "update"): "reserved",
    ("open", "update"): "open",
    ("open", "refund"): "cancelled",
    ("open", "settle"): "calculating",
    ("calculating", "result"): "resulted",
    ("calculating", "rollback"): "open",
    ("resulted", "rollback"): "open",
    ("resulted", "close"): "closed",
    ("cancelled", "close"): "closed",
    ("closed", "rollback"): "open",
}
LEGAL_FOR_BETS = {
    ("unknown", "accept"): "open",
    ("unknown", "return"): "returned",
    ("unknown", "jackpot"): "jackpot_only",
    ("unknown", "close"): "unknown",
    ("unknown", "reopen"): "unknown",
    ("open", "accept"): "open",
    ("open", "payout"): "open",
    ("open", "return"): "open",
    ("open", "payout_return"): "open",
    ("open", "jackpot"): "open",
    ("open", "close"): "closed",
    ("open", "reopen"): "open",
    ("closed", "close"): "closed",
    ("closed", "reopen"): "open",
    ("returned", "return"): "returned",
    ("returned", "jackpot"): "returned",
    ("returned", "close"): "returned",
    ("returned", "reopen"): "returned",
    ("jackpot_only", "accept"): "open",
    ("jackpot_only", "return"): "returned",
    ("jackpot_only", "jackpot"): "jackpot_only",
    ("jackpot_only", "close"): "jackpot_closed",
    ("jackpot_only", "reopen"): "jackpot_only",
    ("jackpot_closed", "close"): "jackpot_closed",
    ("jackpot_closed", "reopen"): "jackpot_only",
}


LEGAL_FOR_SESSION_BETS = {
    ("none", "payIn"): "acceptance",
    ("none", "payInOut"): "settled_at_once",
    ("none", "refundBet"): "refunded",
    ("acceptance", "payOut"): "settled",
    ("acceptance", "refundBet"): "refunded",
    ("settled", "payOut"): "settled",
    ("settled_at_once", "refundBet"): "refunded",
    ("refunded", "refundBet"): "refunded",
}
LEGAL_FOR_ROUNDS = {
    ("asked", "registered"): "open",
    ("asked", "booked"): "settled",
    ("asked", "rejected"): "rejected",
    ("asked", "unknown"): "refunding",
    ("open", "drawn"): "settling",
    ("open", "cancelled"): "refunding",
    ("settling", "acknowledged"): "settled",
    ("settled", "cancelled"): "refunding",
    ("refunding", "acknowledged"): "refunded",
}


@pytest.mark.parametrize(
    ("table", "states", "events", "legal"),
    [
        (betstack.TRANSITIONS, betstack.Status, betstack.Step, LEGAL_FOR_TICKETS),
        (betcore.TRANSITIONS, betcore.State, betcore.Event, LEGAL_FOR_BETS),
        (sessions.TRANSITIONS, sessions.State, sessions.Event, LEGAL_FOR_SESSION_BETS),
        (provider.TRANSITIONS, provider.State, provider.Event, LEGAL_FOR_ROUNDS),
    ],
    ids=["tickets", "bets", "session bets", "rounds"],
)
def test_an_event_leads_where_it_should_or_is_refused(
    table: dict[tuple[StrEnum, StrEnum], StrEnum],
    states: type[StrEnum],
    events: type[StrEnum],
    legal: dict[tuple[str, str], str],
) -> None:
    for state, event in product(states, events):
        if (state.value, event.value) in legal:
            assert next_state(table, state, event) == legal[state.value, event.value]
        else:
            with pytest.raises(IllegalTransition):
                next_state(table, state, event)


def test_every_type_of_transaction_is_an_event() -> None:
    assert {kind.value: betcore.EVENT_OF[kind].value for kind in betcore.TransactionType} == {
        -1: "accept",
        1: "payout",
        2: "return",
        -2: "payout_return",
        4: "jackpot",
    }


def test_every_pair_of_a_session_bet_is_legal_or_has_its_refusal() -> None:
    pairs = set(product(sessions.State, sessions.Event))

    assert sessions.TRANSITIONS.keys() | sessions.REFUSED.keys() == pairs
    assert sessions.TRANSITIONS.keys() & sessions.REFUSED.keys() == set()
