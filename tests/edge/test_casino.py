"""The built-in casino over HTTP."""

import json

import pytest

from .in_process import Service

SUCCESS = {"ErrorCode": 200, "Message": "Success"}


def test_a_player_is_read_with_the_balance_as_a_decimal_string(service: Service) -> None:
    answer = service.casino("/users/data", {"PartnerUserId": "SomeUserId100", "TagId": 1313})

    assert (answer.status_code, answer.json()) == (200, SUCCESS | {"Value": {"Balance": "7100.5"}})


def test_a_bet_is_made_closed_reopened_paid_and_closed_again(service: Service) -> None:
    made = service.pay(-1, "10.5")
    assert (made["ErrorCode"], made["Value"]["Balance"]) == (200, "7090")
    assert service.close(True) == SUCCESS
    assert service.pay(1, "21")["ErrorCode"] == 990005
    assert service.close(False) == SUCCESS
    assert service.pay(1, "21")["Value"]["Balance"] == "7111"
    assert service.close(True) == SUCCESS
    assert service.pay(-2, "21")["ErrorCode"] == 990005
    assert service.balance() == "7111"


def test_each_type_of_transaction_moves_exactly_its_amount(service: Service) -> None:
    moves = [(-1, "0.1", "7100.4"), (1, "0.2", "7100.6"), (-2, "0.2", "7100.4"), (2, "0.1", "7100.5")]
    moves += [(4, "1000000.00000001", "1007100.50000001")]

    assert [service.pay(kind, amount)["Value"]["Balance"] for kind, amount, _ in moves] == [
        after for _, _, after in moves
    ]


def test_a_payout_of_zero_is_a_loss(service: Service) -> None:
    service.pay(-1, "10")

    assert service.pay(1, "0")["ErrorCode"] == 200
    assert service.balance() == "7090.5"


def test_tax_is_inside_the_amount_of_a_payout(service: Service) -> None:
    service.pay(-1, "10")

    assert service.pay(1, "100", TaxAmount="15")["Value"]["Balance"] == "7175.5"


def test_a_tax_beyond_the_amount_is_refused(service: Service) -> None:
    service.pay(-1, "10")

    assert service.pay(1, "100", TaxAmount="100.01")["ErrorCode"] == 103801
    assert service.pay(1, "100", TaxAmount="100")["ErrorCode"] == 200
    assert service.balance() == "7090.5"


def test_a_repeat_books_nothing_and_names_the_first_booking(service: Service) -> None:
    first = service.pay(-1, "10")

    again = service.pay(-1, "10.00")

    assert again["ErrorCode"] == 990002
    assert again["Value"]["PartnerTransactionId"] == first["Value"]["PartnerTransactionId"]
    assert service.balance() == "7090.5"


def test_a_repeat_with_another_amount_is_refused_and_the_first_stands(service: Service) -> None:
    service.pay(-1, "10")

    assert service.pay(-1, "11")["ErrorCode"] == 990003
    assert service.balance() == "7090.5"


def test_payout_return_and_equal_payout_are_three_transactions(service: Service) -> None:
    service.pay(-1, "10")

    assert [service.pay(kind, "30")["ErrorCode"] for kind in (1, -2, 1)] == [200, 200, 200]
    assert service.pay(1, "30")["ErrorCode"] == 990002
    assert service.balance() == "7120.5"


def test_a_reopened_bet_takes_an_equal_payout_anew(service: Service) -> None:
    service.pay(-1, "10")
    service.pay(1, "30")
    service.close(False)
    assert service.pay(1, "30")["ErrorCode"] == 990002
    service.close(True)
    service.close(False)

    assert service.pay(1, "30")["ErrorCode"] == 200


def test_a_debit_beyond_the_balance_takes_nothing(service: Service) -> None:
    refused = service.pay(-1, "7100.51")

    assert (refused["ErrorCode"], refused["Value"]) == (990001, {"Balance": "7100.5"})
    assert service.pay(-1, "7100.5")["Value"]["Balance"] == "0"


def test_a_payout_of_a_bet_never_accepted_is_refused(service: Service) -> None:
    assert [service.pay(kind, "5")["ErrorCode"] for kind in (1, -2)] == [990004, 990004]
    service.pay(-1, "5")
    assert [service.pay(kind, "5")["ErrorCode"] for kind in (1, -2)] == [200, 200]


def test_a_return_that_overtakes_its_bet_moves_nothing_and_blocks_it(service: Service) -> None:
    assert service.pay(2, "5")["ErrorCode"] == 200
    assert service.pay(-1, "5")["ErrorCode"] == 990005
    assert service.balance() == "7100.5"


def test_a_jackpot_may_come_alone(service: Service) -> None:
    assert service.pay(4, "5")["Value"]["Balance"] == "7105.5"
    assert service.pay(4, "5")["ErrorCode"] == 990002
    assert service.pay(1, "5")["ErrorCode"] == 990004


def test_a_bet_known_by_its_jackpot_alone_is_closed_and_reopened_like_any_other(service: Service) -> None:
    service.pay(4, "5")
    service.close(True)
    assert [service.pay(kind, "5")["ErrorCode"] for kind in (-1, 4)] == [990005, 990005]
    service.close(False)

    assert [service.pay(kind, "5")["ErrorCode"] for kind in (4, 1, -1, 1)] == [200, 990004, 200, 200]
    assert service.balance() == "7110.5"


def test_a_jackpot_on_a_returned_bet_is_booked(service: Service) -> None:
    service.pay(2, "5")

    assert service.pay(4, "7")["Value"]["Balance"] == "7107.5"


@pytest.mark.parametrize("number", ["7.0", "70e-1", "0.7e1"])
def test_a_bet_id_is_the_same_number_however_it_is_written(service: Service, number: str) -> None:
    data = '{"Amount": "1", "BetId": %s, "PartnerUserId": "SomeUserId100", "TransactionType": -1}'

    assert service.casino("/payments/make", data % "7").json()["ErrorCode"] == 200
    assert service.casino("/payments/make", data % number).json()["ErrorCode"] == 990002
    assert service.casino("/payments/make", data % "7.5").json()["ErrorCode"] == 103752


def test_an_unknown_type_of_transaction_is_told_the_known_ones(service: Service) -> None:
    data = {"Amount": "1", "BetId": 7, "PartnerUserId": "SomeUserId100", "TransactionType": 3}

    reason = service.casino("/payments/make", data).headers["x-sandbox-reason"]

    assert reason == "invalid_request: data: TransactionType: 3 is not one of -1, 1, 2, -2, 4"


def test_closing_an_unknown_bet_succeeds_and_leaves_it_unknown(service: Service) -> None:
    assert service.close(True) == SUCCESS
    assert service.pay(-1, "5")["ErrorCode"] == 200


@pytest.mark.parametrize("path", ["/users/data", "/payments/make"])
def test_an_unknown_player_is_refused(service: Service, path: str) -> None:
    data = {"PartnerUserId": "nobody", "Amount": "1", "BetId": 1, "TransactionType": -1}

    assert service.casino(path, data).json() == {"ErrorCode": 102145, "Message": "User not found"}


INVALID_CLOSES = [
    {"Closed": True},
    {"BetId": "7"},
    {"BetId": 7, "Closed": True},
    {"BetId": "7", "Closed": "true"},
    {"BetId": "", "Closed": True},
    [],
    "7",
    "{",
    "",
    '{"BetId": "7", "BetId": "8", "Closed": true}',
]


@pytest.mark.parametrize("data", INVALID_CLOSES)
def test_verified_data_that_do_not_fit_are_invalid_parameters(service: Service, data: object) -> None:
    answer = service.casino("/payments/close", data)

    assert answer.status_code == 200
    assert answer.json() == {"ErrorCode": 103752, "Message": "Invalid request parameters"}


@pytest.mark.parametrize("amount", ["-1", "1e1", "1,5", "", " 1", "1.123456789", "NaN", 10])
def test_an_amount_is_a_plain_decimal_string(service: Service, amount: object) -> None:
    data = {"Amount": amount, "BetId": 1, "PartnerUserId": "SomeUserId100", "TransactionType": -1}

    assert service.casino("/payments/make", data).json()["ErrorCode"] == 103752
    assert service.casino("/payments/make", data | {"Amount": "10"}).json()["ErrorCode"] == 200


def test_unknown_data_fields_are_ignored(service: Service) -> None:
    assert json.dumps(service.pay(-1, "1", Extra={"x": 1})).startswith('{"ErrorCode": 200')
