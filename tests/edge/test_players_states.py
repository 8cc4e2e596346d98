"""Players who may not bet: nothing new is taken from them, and what is due to them is booked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockserver.edge.contract import load
from mockserver.kernel.players import PlayerSpec, PlayerState

from .in_process import QUICKTIP, SUPERBET, Service

NOT_BETTING = [PlayerState.BLOCKED, PlayerState.SELF_EXCLUDED, PlayerState.LIMIT_REACHED]
OPERATORS_PLAYER = "1660986605374148608"
CLIENT = "PartnerClient-1556"
CASINOS_PLAYER = "SomeUserId100"

states = pytest.mark.parametrize("state", NOT_BETTING)


def put_betstack(service: Service, state: PlayerState) -> None:
    spec = PlayerSpec(
        id=OPERATORS_PLAYER,
        currency="KES",
        tokens=("UnIqUe-ToKeN",),
        balance=Decimal(1_000_000),
        state=state,
    )
    service.sandbox.tenants.seed_player("site", spec)


def put_casino(service: Service, state: PlayerState) -> None:
    spec = PlayerSpec(id=CASINOS_PLAYER, currency="EUR", balance=Decimal(100), state=state)
    service.sandbox.tenants.seed_player(CLIENT, spec)


@states
@pytest.mark.parametrize("ticket", [SUPERBET, QUICKTIP], ids=["superbet", "quicktip"])
def test_a_reservation_of_a_player_who_may_not_bet_is_refused(
    service: Service, state: PlayerState, ticket: dict[str, object]
) -> None:
    row = load("betstack.bet_engine").operations["reserveTicket"].errors["player_blocked"]
    put_betstack(service, state)

    answer = service.betstack("POST", "/be/tickets/reserve", ticket)

    assert (row.status, row.code, row.message) == (400, 916, "Player is blocked")
    assert (answer.status_code, answer.json()) == (400, {"code": 916, "message": "Player is blocked"})
    assert answer.headers["x-sandbox-reason"] == (
        "player_blocked: ticket_reserve: HTTP status 400; only 200 acknowledges; "
        f"player_blocked: player `{OPERATORS_PLAYER}` is `{state}`"
    )
    (cancelled,) = service.sandbox.tenants.of_kind("operator")["site"].tickets
    assert (cancelled.status, cancelled.result) == ("cancelled", "void")


def test_a_player_who_is_active_again_may_reserve(service: Service) -> None:
    put_betstack(service, PlayerState.BLOCKED)
    assert service.betstack("POST", "/be/tickets/reserve", SUPERBET).status_code == 400

    put_betstack(service, PlayerState.ACTIVE)

    assert service.betstack("POST", "/be/tickets/reserve", SUPERBET).status_code == 200


@states
def test_a_ticket_reserved_before_can_be_paid_and_read(service: Service, state: PlayerState) -> None:
    ticket = service.reserved()
    put_betstack(service, state)

    assert service.betstack("POST", f"/be/tickets/{ticket['id']}/paid").status_code == 200
    assert service.betstack("GET", f"/be/tickets/{ticket['id']}").json()["status"] == "open"


def test_an_unknown_player_and_a_wrong_currency_are_told_apart_from_a_blocked_player(
    service: Service,
) -> None:
    put_betstack(service, PlayerState.BLOCKED)

    def refused(**changes: object) -> str:
        answer = service.betstack("POST", "/be/tickets/reserve", SUPERBET | changes)
        return answer.headers["x-sandbox-reason"].partition(":")[0]

    assert refused(token="nobody") == "unknown_player"
    assert refused(currency="USD") == "currency_mismatch"
    assert refused(event=1) == "unknown_event"
    assert refused() == "player_blocked"


@states
def test_a_bet_of_a_player_who_may_not_bet_is_refused_and_books_nothing(
    service: Service, state: PlayerState
) -> None:
    row = load("betcore.casino").operations["makePayment"].errors["blocked"]
    put_casino(service, state)

    answer = service.casino(
        "/payments/make",
        {"Amount": "5", "BetId": 7, "PartnerUserId": CASINOS_PLAYER, "TransactionType": -1},
    )

    assert (row.status, row.code, row.message) == (200, 990007, "User is blocked")
    assert (answer.status_code, answer.json()) == (200, {"ErrorCode": 990007, "Message": "User is blocked"})
    assert answer.headers["x-sandbox-reason"] == f"blocked: player `{CASINOS_PLAYER}` is `{state}`"
    assert service.balance() == "100"
    assert service.pay(1, "5")["ErrorCode"] != 200


@states
def test_the_data_of_a_player_who_may_not_bet_are_shown(service: Service, state: PlayerState) -> None:
    put_casino(service, state)

    assert service.casino("/users/data", {"PartnerUserId": CASINOS_PLAYER}).json() == {
        "ErrorCode": 200,
        "Message": "Success",
        "Value": {"Balance": "100"},
    }


@states
def test_winnings_and_refunds_of_earlier_bets_are_booked_in_every_state(
    service: Service, state: PlayerState
) -> None:
    assert service.pay(-1, "10", bet=7)["ErrorCode"] == 200
    assert service.pay(-1, "10", bet=8)["ErrorCode"] == 200
    put_casino(service, state)

    booked = [
        service.pay(kind, amount, bet=bet)
        for kind, amount, bet in [(1, "25", 7), (-2, "25", 7), (2, "10", 8), (4, "50", 7)]
    ]

    assert [(one["ErrorCode"], one["Value"]["Balance"]) for one in booked] == [
        (200, "125"),
        (200, "100"),
        (200, "110"),
        (200, "160"),
    ]
    assert service.pay(-1, "1", bet=9)["ErrorCode"] == 990007
    assert service.balance() == "160"


def test_a_bet_that_was_booked_before_is_told_as_that_to_a_blocked_player(service: Service) -> None:
    first = service.pay(-1, "10", bet=7)
    put_casino(service, PlayerState.BLOCKED)

    again = service.pay(-1, "10", bet=7)

    assert again["Value"]["PartnerTransactionId"] == first["Value"]["PartnerTransactionId"]
    assert again["ErrorCode"] not in (200, 990007)
    assert service.balance() == "100"


def test_a_blocked_player_without_money_is_told_of_the_block(service: Service) -> None:
    put_casino(service, PlayerState.BLOCKED)
    assert service.pay(-1, "101", bet=7)["ErrorCode"] == 990007

    put_casino(service, PlayerState.ACTIVE)
    short = service.pay(-1, "101", bet=7)

    assert short["ErrorCode"] not in (200, 990007)
    assert short["Value"] == {"Balance": "100"}


def test_an_active_player_beside_a_blocked_one_may_bet(service: Service) -> None:
    put_casino(service, PlayerState.BLOCKED)
    other = PlayerSpec(id="other", currency="EUR", balance=Decimal(10))
    service.sandbox.tenants.seed_player(CLIENT, other)

    assert service.pay(-1, "10", PartnerUserId="other")["ErrorCode"] == 200
    assert service.pay(-1, "10")["ErrorCode"] == 990007
