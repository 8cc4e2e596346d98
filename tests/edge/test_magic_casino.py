"""Magic values of the built-in casino, when another BETCORE calls it."""

from __future__ import annotations

import pytest

from mockserver.kernel.faults.spec import spec_in

from .in_process import Service

REFUSED = {
    "magic-insufficient-funds": 990001,
    "magic-blocked": 990007,
    "magic-closed": 990005,
    "magic-duplicate": 990002,
    "magic-internal": 103799,
}


def paid(service: Service, player: str) -> int:
    data = {"Amount": "10", "BetId": 7, "PartnerUserId": player, "TransactionType": -1}
    code: int = service.casino("/payments/make", data).json()["ErrorCode"]
    return code


@pytest.mark.parametrize("value", REFUSED)
def test_a_magic_player_is_refused_and_nothing_is_booked(service: Service, value: str) -> None:
    assert paid(service, value) == REFUSED[value]
    assert service.casino("/users/data", {"PartnerUserId": "SomeUserId100"}).json()["ErrorCode"] == 200
    assert list(service.sandbox.tenants.find("PartnerClient-1556").books.bets) == []  # type: ignore[attr-defined]  # a client


def test_a_magic_player_who_is_not_refused_has_money(service: Service) -> None:
    assert paid(service, "magic-unknown-fields") == 200
    answer = service.casino("/users/data", {"PartnerUserId": "magic-unknown-fields"}).json()
    assert (answer["Value"]["Balance"], answer["sandboxExtra"]) == ("990", "legal")


def test_a_magic_refresh_token_has_expired_each_time(service: Service) -> None:
    for _ in range(2):
        answer = service.casino("/users/auth", {"RefreshToken": "magic-expired-token"}).json()
        assert answer["ErrorCode"] == 990006


def test_a_header_that_cant_be_read_uses_no_fault_up(service: Service) -> None:
    tenant = service.sandbox.tenants.find("site")
    tenant.settings["fault_header"] = True
    service.sandbox.tenants.find("site").faults.arm(spec_in("http_status,count=1,operation=listTickets").spec)
    headers = service.betstack_headers("site", b"")

    wrong = service.send("GET", "/be/tickets?user_id=1", headers | {"x-sandbox-fault": "dorp"})
    struck = service.send("GET", "/be/tickets?user_id=1", headers)

    assert (wrong.status_code, struck.status_code) == (400, 500)
    assert wrong.headers["x-sandbox-reason"] == "X-Sandbox-Fault: there is no `dorp`; did you mean `drop`?"
    assert tenant.journal.exchanges()[-2].reason == wrong.headers["x-sandbox-reason"]
