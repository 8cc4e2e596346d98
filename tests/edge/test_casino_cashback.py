"""Cashback at the built-in casino."""

from __future__ import annotations

from typing import Any

import pytest

from .casino_client import PLAYER, client_of, reloaded
from .in_process import Service


def cashback(service: Service, kind: int, amount: str, number: int = 7, player: str = PLAYER) -> Any:
    data = {"BetId": number, "PartnerUserId": player, "TransactionType": kind, "Amount": amount}
    return service.casino("/cashback-payments/make", data).json()


def test_a_cashback_is_paid_cancelled_and_paid_again(service: Service) -> None:
    answers = [cashback(service, kind, "5") for kind in (1, -2, 1)]

    assert [one["ErrorCode"] for one in answers] == [200, 200, 200]
    assert [one["Value"]["Balance"] for one in answers] == ["7105.5", "7100.5", "7105.5"]
    assert len({one["Value"]["PartnerTransactionId"] for one in answers}) == 3


@pytest.mark.parametrize("kinds", [(1, 1), (1, -2, -2)])
def test_a_repeat_moves_nothing_and_names_the_first(service: Service, kinds: tuple[int, ...]) -> None:
    *_, first, again = [cashback(service, kind, "5.0") for kind in kinds]
    balance = first["Value"]["Balance"]

    assert again["ErrorCode"] == 990002
    assert again["Value"]["PartnerTransactionId"] == first["Value"]["PartnerTransactionId"]
    assert service.balance() == balance


def test_another_amount_is_refused_and_the_first_stands(service: Service) -> None:
    cashback(service, 1, "5")

    assert cashback(service, 1, "6")["ErrorCode"] == 990003
    assert cashback(service, -2, "4.99")["ErrorCode"] == 103801
    assert service.balance() == "7105.5"
    assert cashback(service, -2, "5")["ErrorCode"] == 200
    assert cashback(service, -2, "4.99")["ErrorCode"] == 103801


def test_what_was_never_paid_cant_be_cancelled(service: Service) -> None:
    assert cashback(service, -2, "5") == {"ErrorCode": 990013, "Message": "Cashback not found"}
    cashback(service, 1, "5")
    assert cashback(service, -2, "5", player="SomeUserId200")["ErrorCode"] == 990013
    assert cashback(service, -2, "5", number=8)["ErrorCode"] == 990013


def test_a_cancellation_beyond_the_balance_takes_nothing(service: Service) -> None:
    cashback(service, 1, "5")
    service.pay(-1, "7101")

    assert cashback(service, -2, "5") == {
        "ErrorCode": 990001,
        "Message": "Insufficient funds",
        "Value": {"Balance": "4.5"},
    }
    service.pay(1, "0.5")
    assert cashback(service, -2, "5")["Value"]["Balance"] == "0"


def test_a_blocked_player_gets_cashback_and_an_unknown_one_does_not(service: Service) -> None:
    assert cashback(service, 1, "5", player="SomeUserId200")["ErrorCode"] == 200
    assert cashback(service, 1, "5", player="nobody")["ErrorCode"] == 102145


def test_cashbacks_and_bets_have_ids_of_their_own(service: Service) -> None:
    service.pay(-1, "10")
    service.close(True)

    assert cashback(service, 1, "5")["ErrorCode"] == 200
    assert [
        one["TransactionType"] for one in service.casino("/payments/info", {"BetId": 7}).json()["Value"]
    ] == [-1]


@pytest.mark.parametrize("kind", [-1, 2, 4, "1"])
def test_there_are_only_payment_and_cancellation(service: Service, kind: Any) -> None:
    assert cashback(service, kind, "5")["ErrorCode"] == 103752


def test_cashbacks_are_what_they_were_after_an_export_and_a_load(service: Service) -> None:
    cashback(service, 1, "5")
    cashback(service, 1, "6", number=8)
    cashback(service, -2, "6", number=8)

    before = client_of(service)
    after = reloaded(service)

    assert after is not before
    assert list(after.books.cashbacks) == list(before.books.cashbacks)
    assert cashback(service, 1, "5")["ErrorCode"] == 990002
    assert cashback(service, 1, "6", number=8)["ErrorCode"] == 200
