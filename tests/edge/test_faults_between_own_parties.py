"""Faults between the sandbox's own parties: what is lost, late or said twice moves no money twice."""

from __future__ import annotations

import pytest

from mockserver.kernel.faults.spec import spec_in
from mockserver.kernel.tenant import Tenant

from .casino_site import CasinoSite
from .in_process import QUICKTIP
from .operator_site import NET, PRICE, Site
from .provider_side import REAL, GameHouse

POINTS = ["before_commit", "after_commit", "mid_answer"]
LOSSES = [
    *(f"drop,direction={direction},point={point}" for direction in ("received", "sent") for point in POINTS),
    "truncate",
    "http_status,status=502",
    "http_status,status=502,point=after_commit",
    "http_status,status=200,point=after_commit",
]
"""Ways in which an answer is lost."""
REPEATS = ["duplicate", "duplicate,times=5,at_once=true", "duplicate,identical=true", "change", "reorder"]


WITHOUT_AMOUNTS = {"ticket_win", "ticket_rollback", "closeBet", "issueToken"}
"""What says no amount that could be changed."""


def strikes(fault: str, operation: str) -> int:
    """How often a fault strikes that is armed for one time."""
    return 0 if fault == "change" and operation in WITHOUT_AMOUNTS else 1


def arm(tenant: Tenant, line: str, operation: str) -> None:
    """Have a fault strike one operation once."""
    is_sent = "direction=sent" in line or line in REPEATS
    direction = "" if "direction" in line else f",direction={'sent' if is_sent else 'received'}"
    limit = ",milliseconds=1" if line == "reorder" else ""
    tenant.faults.arm(spec_in(f"{line}{direction}{limit},operation={operation},count=1").spec)


@pytest.mark.parametrize("loss", [one for one in LOSSES if one not in ("truncate", LOSSES[-1])])
def test_a_creation_whose_answer_is_lost_costs_nothing(site: Site, loss: str) -> None:
    """Whatever the platform has booked, the discard takes back."""
    operation = "sendPamAction" if "received" in loss or "http" in loss else "ticket_create"
    if operation == "sendPamAction":
        loss = f"{loss},containing=ticket_create"
    arm(site.tenant, loss, operation)

    status, _ = site.refused("", QUICKTIP)
    site.wait()

    assert status == 400
    assert site.tenant.faults.armed[0].struck == 1
    assert site.line.names()[-1] == "ticket_discard"
    assert site.balance() == 1_000_000


@pytest.mark.parametrize("loss", LOSSES[:-2])
def test_a_result_whose_answer_is_lost_is_told_again_and_paid_once(site: Site, loss: str) -> None:
    ticket = site.create(QUICKTIP)
    containing = "" if "sent" in loss else ",containing=ticket_win"
    arm(site.tenant, f"{loss}{containing}", "ticket_win" if "sent" in loss else "sendPamAction")

    site.drive("settle", ticket=ticket.id, result="won")
    site.advance(minutes=30)

    # A platform's answer to anything but `identify` is not read: half of it acknowledges as well.
    tries = 1 if loss == "truncate" else 2
    assert site.told(ticket)[1:] == ["ticket_win"] * (
        tries - (loss == "drop,direction=sent,point=before_commit")
    )
    assert site.tenant.faults.armed[0].struck == 1
    assert site.balance() == 1_000_000 - PRICE + NET


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("action", ["ticket_create", "ticket_win", "ticket_rollback"])
def test_an_operators_money_moves_once_whatever_is_repeated(site: Site, action: str, repeat: str) -> None:
    arm(site.tenant, repeat, action)

    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.drive("settle", ticket=ticket.id, result="won")

    assert site.tenant.faults.armed[0].struck == strikes(repeat, action)
    assert site.balance() == 1_000_000 - PRICE + NET


@pytest.mark.parametrize("fault", [*LOSSES, *REPEATS])
@pytest.mark.parametrize("operation", ["makeBet", "makePayment", "closeBet"])
def test_a_players_money_moves_once_whatever_befalls_betcores_calls(
    casino_site: CasinoSite, operation: str, fault: str
) -> None:
    received = "makePayment" if operation == "makeBet" else operation
    arm(casino_site.tenant, fault, operation if fault in REPEATS or "sent" in fault else received)

    casino_site.bet(7, "10.5")
    casino_site.pay(7, 1, "21")
    casino_site.drive("close", bet_id=7)
    casino_site.advance(hours=26)

    assert casino_site.tenant.faults.armed[0].struck == strikes(fault, operation)
    outcomes = casino_site.outcomes()
    # A bet that never came is returned, and what would have been paid out on it is refused.
    came = outcomes[0][2] == "booked"
    assert ((7, 2, "booked") in outcomes, (7, 1, "refused") in outcomes) == (not came, not came)
    assert casino_site.balance() == ("7111" if came else "7100.5")
    lost = {LOSSES[0], LOSSES[3], "http_status,status=502"}
    assert came is not (fault in lost and operation != "closeBet")


@pytest.mark.parametrize("fault", [*LOSSES, *REPEATS])
@pytest.mark.parametrize("operation", ["acceptBet", "acceptPayment", "issueToken"])
def test_an_accept_gets_through_whatever_befalls_it(
    casino_site: CasinoSite, operation: str, fault: str
) -> None:
    received = "acceptPayment" if operation == "acceptBet" else operation
    arm(casino_site.tenant, fault, operation if fault in REPEATS or "sent" in fault else received)
    casino_site.set(accept_mode="only_accept")

    casino_site.bet(7, "10.5")
    casino_site.pay(7, 1, "21")
    casino_site.advance(hours=1)

    assert casino_site.tenant.faults.armed[0].struck == strikes(fault, operation)
    assert casino_site.outcomes()[:2] == [(7, -1, "booked"), (7, 1, "booked")]
    assert casino_site.balance() == "7111"


@pytest.mark.parametrize("fault", [*LOSSES, *REPEATS])
@pytest.mark.parametrize("operation", ["payIn", "payOut"])
def test_a_rounds_money_moves_once_whatever_befalls_a_providers_calls(
    house: GameHouse, operation: str, fault: str
) -> None:
    arm(house.tenant, fault, operation)

    house.drive("play", session=REAL, stake="1.5", win="2.5")
    house.wait()

    assert house.tenant.faults.armed[0].struck == 1
    house.tenant.faults.clear()
    assert str(house.balance()["balance"]).rstrip("0") == "751.5"
