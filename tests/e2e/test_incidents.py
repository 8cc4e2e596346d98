"""Every incident of the register is rehearsed by its own commands, as the page prints them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from bet_contracts.incident_register import Scene, incidents
from bet_contracts.rehearsal import SECRETS, TENANTS
from mockserver.betcore.seeds import clients
from mockserver.betcore.sessions.seeds import providers
from mockserver.betstack.seeds import operators
from mockserver.testing import Sandbox, Tenant

from .betstack_client import read, reserve
from .conftest import Running
from .pam import Pam
from .rehearsing import Rehearsal, balances, tenant_for

SCENES = [
    pytest.param(scene, id=f"{one.number}-{one.id}-{place}")
    for one in incidents()
    for place, scene in enumerate(one.scenes, start=1)
]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(verify=False) as client:  # nothing here is HTTPS, and the roots take long to load
        yield client


@pytest.mark.parametrize("scene", SCENES)
def test_rehearsal_goes_as_printed(
    scene: Scene, running: Running, plane: Sandbox, http: httpx.Client, tmp_path: Path
) -> None:
    """Each fault that is armed strikes and stands in the journal, each answer is what the page says, and the
    built-in party ends with the right money."""
    tenant = tenant_for(plane, scene)
    rehearsal = Rehearsal(running.base_url, running.admin_url, scene, tenant, tmp_path, http)
    settings = tenant.read()["settings"]

    rehearsal.run()

    assert tenant.read()["settings"] == settings
    struck = {one["id"]: one["struck"] for one in tenant.faults()}
    journalled = {fault for exchange in tenant.journal() for fault in exchange["faults"]}
    assert {name: count for name, count in struck.items() if count < 1} == {}
    assert set(rehearsal.armed) <= journalled
    assert dict(balances(tenant, scene)) == {
        player: Decimal(amount) for player, amount in scene.balances.items()
    }
    tenant.drop()


def test_the_tenants_of_rehearsals_are_seeded_with_the_secrets_that_they_bring_back() -> None:
    seeded = {one.name: one.secret for one in (*operators(), *clients(), *providers())}

    assert SECRETS.items() <= seeded.items()
    assert set(TENANTS.values()) == set(SECRETS)


def test_a_win_that_a_platform_refuses_for_two_days_is_parked_and_then_sent_by_hand(
    running: Running, operator: Tenant, pam: Pam
) -> None:
    """Incident 10 without a fault: the platform itself answers 400 for ever, and then no more."""
    ticket = reserve(running.base_url, operator).json()["id"]
    httpx.post(f"{running.base_url}/be/tickets/{ticket}/paid", headers=operator.sign())
    operator.change(pam_url=pam.url)
    pam.status = 400
    operator.drive("settle", ticket=ticket, result="won")
    operator.clock.advance(days=2)

    (parked,) = operator.outbox("parked")
    assert (parked["action"], len(parked["tries"])) == ("ticket_win", 49)
    assert read(running.base_url, operator, ticket).json()["status"] == "resulted"
    pam.status = 200
    assert operator.send(parked["id"])["state"] == "sent"
    operator.clock.advance(hours=25)

    assert pam.actions() == ["ticket_win"] * 50 + ["ticket_closed"]
