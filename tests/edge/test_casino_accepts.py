"""BETCORE asks the built-in casino for transactions; the casino's accepts end in BETCORE's book."""

from __future__ import annotations

from typing import Any

import pytest

from .casino_client import PLAYER, client_of, drive, reports
from .in_process import Service


@pytest.fixture
def told_by_accepts(service: Service) -> Service:
    """A client whose outcomes BETCORE learns from accepts alone."""
    client_of(service).settings["accept_mode"] = "only_accept"
    return service


def known(service: Service) -> list[tuple[bool, int] | None]:
    """What BETCORE knows of what it asked for: whether it was booked, and the code."""
    outcomes = [asked.outcome for asked in client_of(service).asked]
    return [None if one is None else (one.booked, one.code) for one in outcomes]


def booked_ids(service: Service) -> list[str]:
    return [one.id for _, _, bet in client_of(service).books.bets for one in bet.history]


def test_a_bet_that_betcore_takes_ends_as_an_accept_in_its_book(told_by_accepts: Service) -> None:
    service = told_by_accepts
    (call,) = drive(service, "bet", player=PLAYER, amount="10.50", bet_id=7)

    (booked,) = booked_ids(service)
    (asked,) = client_of(service).asked
    assert asked.outcome is not None
    assert (asked.outcome.booked, asked.outcome.transaction_id) == (True, booked)
    assert call.state == "sent"
    assert reports(service) == [
        (
            "sent",
            {
                "BetId": 7,
                "TransactionType": -1,
                "PartnerTransactionId": booked,
                "Amount": "10.5",
                "ErrorCode": 200,
                "Message": "Success",
            },
        )
    ]
    assert service.balance() == "7090"


def test_without_accepts_betcore_knows_nothing(told_by_accepts: Service) -> None:
    service = told_by_accepts
    client_of(service).settings["casino_url"] = "http://sandbox"
    drive(service, "bet", player=PLAYER, amount="10", bet_id=7)

    assert len(booked_ids(service)) == 1
    assert (known(service), reports(service)) == ([None], [])


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"amount": "7100.51"}, 990001, "Insufficient funds"),
        ({"player": "nobody"}, 102145, "User not found"),
        ({"player": "SomeUserId200"}, 990007, "User is blocked"),
    ],
)
def test_a_refused_bet_is_reported_with_its_code(
    told_by_accepts: Service, fields: dict[str, Any], code: int, message: str
) -> None:
    service = told_by_accepts
    drive(service, "bet", **{"player": PLAYER, "amount": "10", "bet_id": 7, **fields})

    ((state, document),) = reports(service)
    assert state == "sent"
    assert (document["ErrorCode"], document["Message"]) == (code, message)
    assert "PartnerTransactionId" not in document
    assert known(service) == [(False, code)]
    assert booked_ids(service) == []


def test_each_transaction_of_a_list_has_an_accept_of_its_own(told_by_accepts: Service) -> None:
    service = told_by_accepts
    wishes = [
        {"bet_id": 7, "player": PLAYER, "type": -1, "amount": "10"},
        {"bet_id": 7, "player": PLAYER, "type": 1, "amount": "30", "tax_amount": "3"},
        {"bet_id": 8, "player": PLAYER, "type": -1, "amount": "9000"},
        {"bet_id": 9, "player": PLAYER, "type": 4, "amount": "5"},
    ]
    drive(service, "payments", payments=wishes)

    assert known(service) == [(True, 200), (True, 200), (False, 990001), (True, 200)]
    documents = [document for _, document in reports(service)]
    assert [(one["BetId"], one["TransactionType"], one["ErrorCode"]) for one in documents] == [
        (7, -1, 200),
        (7, 1, 200),
        (8, -1, 990001),
        (9, 4, 200),
    ]
    assert documents[1]["TaxAmount"] == "3"
    assert service.balance() == "7122.5"


def test_a_cashback_is_reported_by_an_accept_of_its_own(told_by_accepts: Service) -> None:
    service = told_by_accepts
    drive(service, "cashback", player=PLAYER, amount="5", bet_id=7)
    drive(service, "cashback", player=PLAYER, amount="5", bet_id=7, cancel=True)

    assert known(service) == [(True, 200), (True, 200)]
    calls = [call for call in client_of(service).outbox.calls() if call.action == "acceptCashback"]
    assert [call.state for call in calls] == ["sent", "sent"]


def test_a_repeat_is_reported_as_booked_with_the_first_id(service: Service) -> None:
    drive(service, "bet", player=PLAYER, amount="10", bet_id=7)
    drive(service, "payment", player=PLAYER, type=-1, amount="10.0", bet_id=7)

    first, again = (document for _, document in reports(service))
    assert (again["ErrorCode"], again["Message"]) == (200, "Success")
    assert again["PartnerTransactionId"] == first["PartnerTransactionId"] == booked_ids(service)[0]
    assert again["Amount"] == "10"


def test_a_changed_repeat_is_reported_as_refused(told_by_accepts: Service) -> None:
    service = told_by_accepts
    drive(service, "bet", player=PLAYER, amount="10", bet_id=7)
    drive(service, "payment", player=PLAYER, type=-1, amount="11", bet_id=7)

    assert known(service) == [(True, 200), (False, 990003)]


def test_a_script_of_a_whole_bet_is_booked_on_both_sides_alike(service: Service) -> None:
    steps = [
        {"step": "bet", "amount": "10"},
        {"step": "payout", "amount": "25.5"},
        {"step": "payout_return", "amount": "25.5"},
        {"step": "payout", "amount": "20"},
        {"step": "close"},
        {"step": "reopen"},
        {"step": "jackpot", "amount": "100"},
        {"step": "close"},
        {"step": "info"},
    ]
    calls = drive(service, "script", player=PLAYER, bet_id=7, steps=steps)

    assert [call.state for call in calls] == ["sent"] * len(steps)
    asked = [one.outcome.transaction_id for one in client_of(service).asked if one.outcome]
    assert asked == booked_ids(service)
    assert {state for state, _ in reports(service)} == {"sent"}
    assert service.balance() == "7210.5"


def test_where_only_the_answer_counts_no_accept_is_sent(service: Service) -> None:
    client_of(service).settings["accept_mode"] = "only_answer"
    drive(service, "bet", player=PLAYER, amount="10", bet_id=7)

    assert (known(service), reports(service)) == ([(True, 200)], [])
