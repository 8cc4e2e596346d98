"""Refresh tokens at the built-in casino, and whom they sign in."""

from __future__ import annotations

from typing import Any

import pytest

from .casino_client import NAME, client_of, let_pass, reloaded
from .in_process import Service

TOKEN = "8f14e45fceea167a5a36dedd4bea2543"
TOKEN_OF_THE_BLOCKED = "1c383cd30b7c298ab50293adfecb7b18"
TOKEN_OF_THE_NEWCOMER = "19ca14e7ea6328a42e0eb13d585e4c22"

UNKNOWN = {"ErrorCode": 990010, "Message": "Refresh token not found"}
EXPIRED = {"ErrorCode": 990006, "Message": "Refresh token expired"}
BLOCKED = {"ErrorCode": 990007, "Message": "User is blocked"}


def enter(service: Service, token: str) -> dict[str, Any]:
    """Sign in by the casino's own time."""
    now = int(client_of(service).clock.now().timestamp())
    data = {"RefreshToken": token, "TagId": 1313}
    answer = service.casino("/users/auth", data, nbf=now, exp=now + 10)
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_a_refresh_token_is_exchanged_for_another_and_the_players_details(service: Service) -> None:
    first = enter(service, TOKEN)
    second = enter(service, first["Value"]["RefreshToken"])

    assert (first["ErrorCode"], first["Message"]) == (200, "Success")
    known = {"PartnerUserId": "SomeUserId100", "CurrencyCode": "EUR", "Balance": "7100.5"}
    assert first["Value"].items() >= known.items()
    assert second["Value"].items() >= known.items()
    assert len({TOKEN, first["Value"]["RefreshToken"], second["Value"]["RefreshToken"]}) == 3


def test_a_token_that_was_exchanged_is_good_no_more(service: Service) -> None:
    assert enter(service, TOKEN)["ErrorCode"] == 200
    assert enter(service, TOKEN) == EXPIRED


def test_a_token_that_was_exchanged_is_good_until_it_expires_if_the_client_says_so(service: Service) -> None:
    client_of(service).settings["refresh_token_use"] = "until_expiry"

    assert [enter(service, TOKEN)["ErrorCode"] for _ in range(3)] == [200, 200, 200]
    let_pass(service, days=1)
    assert enter(service, TOKEN) == EXPIRED


@pytest.mark.parametrize(("seconds", "verdict"), [(86_399, 200), (86_400, 990006)])
def test_a_token_lives_a_day_of_the_casinos_time(service: Service, seconds: int, verdict: int) -> None:
    successor = enter(service, TOKEN)["Value"]["RefreshToken"]
    let_pass(service, seconds=seconds)

    assert enter(service, successor)["ErrorCode"] == verdict


@pytest.mark.parametrize("token", ["nobody's", TOKEN.upper(), TOKEN + " "])
def test_a_token_that_was_never_issued_is_unknown(service: Service, token: str) -> None:
    assert enter(service, token) == UNKNOWN


def test_a_blocked_player_is_not_signed_in_and_the_token_stays_as_it_was(service: Service) -> None:
    assert enter(service, TOKEN_OF_THE_BLOCKED) == BLOCKED
    assert enter(service, TOKEN_OF_THE_BLOCKED) == BLOCKED


def test_a_newcomer_is_registered_with_the_tokens_currency_and_no_money(service: Service) -> None:
    unknown = service.casino("/users/data", {"PartnerUserId": "SomeUserId300"}).json()
    entered = enter(service, TOKEN_OF_THE_NEWCOMER)["Value"]

    assert unknown["ErrorCode"] == 102145
    assert (entered["PartnerUserId"], entered["CurrencyCode"], entered["Balance"]) == (
        "SomeUserId300",
        "EUR",
        "0",
    )
    assert service.casino("/users/data", {"PartnerUserId": "SomeUserId300"}).json()["Value"] == {
        "Balance": "0"
    }
    assert enter(service, entered["RefreshToken"])["ErrorCode"] == 200


def test_the_control_plane_issues_a_token_for_anybody(service: Service) -> None:
    client = client_of(service)
    give = service.sandbox.tenants.vendor_of(client).drives["refresh_token"].give
    assert give is not None

    of_a_newcomer = give(client, {"player": "new", "currency": "KES"})["refresh_token"]
    of_a_player = give(client, {"player": "SomeUserId100", "currency": "KES"})["refresh_token"]

    assert enter(service, of_a_newcomer)["Value"].items() >= {"CurrencyCode": "KES", "Balance": "0"}.items()
    assert enter(service, of_a_player)["Value"].items() >= {"CurrencyCode": "EUR"}.items()


@pytest.mark.parametrize("data", [{}, {"RefreshToken": ""}, {"RefreshToken": 7}, [TOKEN]])
def test_a_request_without_a_token_is_invalid(service: Service, data: object) -> None:
    assert service.casino("/users/auth", data).json()["ErrorCode"] == 103752


def test_tokens_are_what_they_were_after_an_export_and_a_load(service: Service) -> None:
    successor = enter(service, TOKEN)["Value"]["RefreshToken"]

    reloaded(service)

    assert enter(service, TOKEN) == EXPIRED
    assert enter(service, TOKEN_OF_THE_NEWCOMER)["Value"]["PartnerUserId"] == "SomeUserId300"
    assert enter(service, successor)["Value"]["PartnerUserId"] == "SomeUserId100"


def test_a_player_who_is_put_back_to_the_beginning_has_the_first_token_again(service: Service) -> None:
    enter(service, TOKEN)

    service.sandbox.tenants.reset_player(NAME, "SomeUserId100")

    assert enter(service, TOKEN)["ErrorCode"] == 200
