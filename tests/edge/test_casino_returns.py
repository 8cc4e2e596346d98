"""What returns take back at the built-in casino, and other money that could be made from nothing."""

from __future__ import annotations

import pytest

from .casino_client import client_of, reloaded
from .in_process import Service


def codes(service: Service, *steps: tuple[int, str]) -> list[int]:
    return [service.pay(kind, amount)["ErrorCode"] for kind, amount in steps]


@pytest.mark.parametrize("amount", ["10.01", "9.99", "0", "100"])
def test_a_return_of_another_amount_than_the_stake_is_refused(service: Service, amount: str) -> None:
    assert codes(service, (-1, "10"), (2, amount)) == [200, 103801]
    assert service.balance() == "7090.5"
    assert service.pay(2, "10.0")["Value"]["Balance"] == "7100.5"


def test_a_return_of_what_was_returned_is_a_repeat_and_of_another_amount_a_changed_one(
    service: Service,
) -> None:
    assert codes(service, (-1, "10"), (2, "10"), (2, "10"), (2, "11")) == [200, 200, 990002, 990003]
    assert service.balance() == "7100.5"


@pytest.mark.parametrize("amount", ["30.01", "29.99", "10"])
def test_a_payout_return_of_another_amount_than_the_payout_is_refused(service: Service, amount: str) -> None:
    assert codes(service, (-1, "10"), (1, "30"), (-2, amount)) == [200, 200, 103801]
    assert service.balance() == "7120.5"
    assert service.pay(-2, "30")["Value"]["Balance"] == "7090.5"


def test_a_payout_return_without_a_payout_is_refused(service: Service) -> None:
    assert codes(service, (-1, "10"), (-2, "10")) == [200, 103801]
    assert service.balance() == "7090.5"


def test_a_taxed_payout_is_taken_back_as_it_was_paid(service: Service) -> None:
    service.pay(-1, "10")
    assert service.pay(1, "100", TaxAmount="15")["Value"]["Balance"] == "7175.5"

    assert service.pay(-2, "100")["ErrorCode"] == 103801
    assert service.pay(-2, "100", TaxAmount="14")["ErrorCode"] == 103801
    assert service.pay(-2, "100", TaxAmount="15.0")["Value"]["Balance"] == "7090.5"


def test_the_return_of_a_stake_needs_no_tax(service: Service) -> None:
    assert service.pay(-1, "10", TaxAmount="1")["Value"]["Balance"] == "7090.5"
    assert service.pay(2, "10")["Value"]["Balance"] == "7100.5"


def test_a_return_after_a_reopening_takes_back_what_was_booked_before_it(service: Service) -> None:
    codes(service, (-1, "10"), (1, "30"))
    service.close(True)
    service.close(False)

    assert codes(service, (1, "20"), (-2, "30"), (-2, "30")) == [200, 200, 990002]
    service.close(True)
    service.close(False)
    assert codes(service, (-2, "30"), (-2, "20"), (2, "10")) == [103801, 200, 200]
    service.close(True)
    service.close(False)
    assert codes(service, (2, "10"), (-2, "20")) == [103801, 103801]
    assert service.balance() == "7100.5"


def test_tax_on_top_leaves_the_credit_whole(service: Service) -> None:
    client_of(service).settings["tax_reading"] = "on_top"
    service.pay(-1, "10")

    assert service.pay(1, "100", TaxAmount="150")["Value"]["Balance"] == "7190.5"
    client_of(service).settings["tax_reading"] = "inside"
    assert service.pay(-2, "100", TaxAmount="150")["ErrorCode"] == 103801
    client_of(service).settings["tax_reading"] = "on_top"
    assert service.pay(-2, "100", TaxAmount="150")["Value"]["Balance"] == "7090.5"


def test_a_free_bet_costs_nothing_and_is_paid_once(service: Service) -> None:
    assert service.pay(-1, "0", PromoCode="SPRING")["Value"]["Balance"] == "7100.5"
    assert codes(service, (1, "50"), (1, "50.0")) == [200, 990002]
    assert service.pay(2, "0")["Value"]["Balance"] == "7150.5"


def test_two_players_with_one_bet_id_have_a_bet_each(service: Service) -> None:
    client = client_of(service)
    other = {"PartnerUserId": "SomeUserId200"}
    service.pay(-1, "10")

    assert service.pay(1, "30", **other)["ErrorCode"] == 990004
    assert service.pay(4, "5", **other)["Value"]["Balance"] == "7105.5"
    assert service.pay(1, "30")["Value"]["Balance"] == "7120.5"
    assert [(bet_id, user) for bet_id, user, _ in client.books.bets] == [
        ("7", "SomeUserId100"),
        ("7", "SomeUserId200"),
    ]


def test_amounts_are_exact_to_the_last_of_many_digits(service: Service) -> None:
    big = "99999999999999999999.99999999"

    assert codes(service, (-1, "0.00000001"), (1, big)) == [200, 200]
    assert service.balance() == "100000000000000007100.49999998"
    assert codes(service, (-2, big), (2, "0.000000010"), (2, "0.00000001")) == [200, 103752, 200]
    assert service.balance() == "7100.5"


def test_bets_are_what_they_were_after_an_export_and_a_load(service: Service) -> None:
    codes(service, (-1, "10"), (1, "30"), (-2, "30"), (1, "20"))
    service.close(True)
    service.close(False)
    codes(service, (1, "15"))
    service.pay(2, "5", bet=8)
    service.pay(4, "5", bet=9)
    service.close(True, "9")

    before = client_of(service)
    after = reloaded(service)

    assert after is not before
    assert list(after.books.bets) == list(before.books.bets)
    assert codes(service, (1, "15"), (-2, "15"), (-2, "20"), (2, "10")) == [990002, 200, 990002 + 1, 200]
    assert service.pay(-1, "5", bet=8)["ErrorCode"] == 990005
    assert service.pay(4, "5", bet=9)["ErrorCode"] == 990005
