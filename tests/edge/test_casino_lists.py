"""Lists of transactions, and the list of a bet's transactions, at the built-in casino."""

from __future__ import annotations

from typing import Any

import pytest

from .casino_client import PLAYER, let_pass
from .in_process import Service


def item(kind: int, amount: str, bet: int = 7, player: str = PLAYER, **more: Any) -> dict[str, Any]:
    return {"BetId": bet, "PartnerUserId": player, "TransactionType": kind, "Amount": amount} | more


def paid(service: Service, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = service.casino("/payments/make-list", list(items)).json()
    assert (answer["ErrorCode"], answer["Message"]) == (200, "Success")
    entries: list[dict[str, Any]] = answer["Value"]
    assert [(one["BetId"], one["TransactionType"]) for one in entries] == [
        (one["BetId"], one["TransactionType"]) for one in items
    ]
    return entries


def info(service: Service, bet: object = 7) -> dict[str, Any]:
    answer: dict[str, Any] = service.casino("/payments/info", {"BetId": bet}).json()
    return answer


def test_each_item_is_judged_by_itself_in_the_order_of_the_list(service: Service) -> None:
    entries = paid(
        service,
        item(1, "5"),
        item(-1, "10"),
        item(-1, "8000", bet=8),
        item(-1, "10"),
        item(-1, "11"),
        item(1, "25.5"),
        item(2, "9"),
        item(-1, "1", player="nobody"),
        item(-1, "1", player="SomeUserId200"),
        item(1, "3", bet=7, TaxAmount="4"),
    )

    assert [one["ErrorCode"] for one in entries] == [
        990004,
        200,
        990001,
        990002,
        990003,
        200,
        103801,
        102145,
        990007,
        990003,
    ]
    assert entries[0] == {
        "BetId": 7,
        "TransactionType": 1,
        "ErrorCode": 990004,
        "Message": "Bet not found",
    }
    assert (entries[1]["Balance"], entries[5]["Balance"]) == ("7090.5", "7116")
    assert entries[2]["Balance"] == "7090.5"
    assert entries[3]["PartnerTransactionId"] == entries[1]["PartnerTransactionId"]
    assert service.balance() == "7116"


def test_a_list_that_comes_again_books_nothing_twice(service: Service) -> None:
    items = (item(-1, "10"), item(1, "30"), item(4, "5"))
    first = paid(service, *items)

    again = paid(service, *items)

    assert [one["ErrorCode"] for one in again] == [990002, 990002, 990002]
    ids = [one["PartnerTransactionId"] for one in first]
    assert [one["PartnerTransactionId"] for one in again] == ids
    assert service.balance() == "7125.5"


def test_a_closed_bet_does_not_hinder_the_others_of_a_list(service: Service) -> None:
    service.pay(-1, "10")
    service.close(True)

    entries = paid(service, item(1, "20"), item(-1, "5", bet=8))

    assert [one["ErrorCode"] for one in entries] == [990005, 200]


@pytest.mark.parametrize(
    "data", [[], {}, "x", [item(-1, "1"), {}], [item(-1, "1"), item(3, "1")], [item(-1, "-1")], [[]]]
)
def test_a_malformed_list_is_refused_as_a_whole(service: Service, data: object) -> None:
    answer = service.casino("/payments/make-list", data).json()

    assert answer == {"ErrorCode": 103752, "Message": "Invalid request parameters"}
    assert service.balance() == "7100.5"
    assert info(service)["ErrorCode"] == 990004


def test_info_tells_every_transaction_of_every_player_in_the_order_of_booking(service: Service) -> None:
    first = service.pay(-1, "10.50", PromoCode="SPRING")["Value"]["PartnerTransactionId"]
    jackpot = service.pay(4, "7", PartnerUserId="SomeUserId200")["Value"]["PartnerTransactionId"]
    let_pass(service, seconds=1.5)
    service.pay(1, "21", bet=8)
    payout = service.pay(1, "21", TaxAmount="2.1")["Value"]["PartnerTransactionId"]
    service.pay(1, "21", TaxAmount="2.1")

    assert info(service) == {
        "ErrorCode": 200,
        "Message": "Success",
        "Value": [
            {
                "Timestamp": "2026-03-01T12:00:00.000Z",
                "BetId": 7,
                "PartnerTransactionId": first,
                "TransactionType": -1,
                "Amount": "10.5",
            },
            {
                "Timestamp": "2026-03-01T12:00:00.000Z",
                "BetId": 7,
                "PartnerTransactionId": jackpot,
                "TransactionType": 4,
                "Amount": "7",
            },
            {
                "Timestamp": "2026-03-01T12:00:01.500Z",
                "BetId": 7,
                "PartnerTransactionId": payout,
                "TransactionType": 1,
                "Amount": "21",
                "TaxAmount": "2.1",
            },
        ],
    }


def test_info_keeps_what_was_booked_before_a_return_and_a_reopening(service: Service) -> None:
    for kind in (-1, 1, -2, 1):
        assert service.pay(kind, "30")["ErrorCode"] == 200
    service.close(True)
    service.close(False)
    assert service.pay(1, "30")["ErrorCode"] == 200

    assert [one["TransactionType"] for one in info(service)["Value"]] == [-1, 1, -2, 1, 1]


@pytest.mark.parametrize("bet", [8, 70000000000000000000000000000])
def test_info_of_a_bet_without_transactions_is_refused(service: Service, bet: int) -> None:
    service.pay(-1, "10")

    assert info(service, bet) == {"ErrorCode": 990004, "Message": "Bet not found"}
    assert info(service)["ErrorCode"] == 200


def test_info_reads_a_bet_id_as_a_number_however_it_is_written(service: Service) -> None:
    service.pay(-1, "10")

    assert service.casino("/payments/info", '{"BetId": 7.0}').json()["ErrorCode"] == 200
    assert service.casino("/payments/info", '{"BetId": "7"}').json()["ErrorCode"] == 103752
    assert service.casino("/payments/info", '{"BetId": 7.5}').json()["ErrorCode"] == 103752


def test_a_bet_id_longer_than_a_machine_word_goes_all_the_way(service: Service) -> None:
    bet = 123456789012345678901234567890

    (entry,) = paid(service, item(-1, "10", bet=bet))

    assert (entry["ErrorCode"], info(service, bet)["Value"][0]["BetId"]) == (200, bet)
