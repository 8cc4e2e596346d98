"""Every incident of the register is rehearsed by its own commands, as the page prints them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from bet_contracts.incident_register import Incident, Scene, incidents
from mockserver.testing import Sandbox

from .conftest import Running
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
    rehearsal = Rehearsal(running, scene, tenant, tmp_path, http)

    rehearsal.run()

    struck = {one["id"]: one["struck"] for one in tenant.faults()}
    journalled = {fault for exchange in tenant.journal() for fault in exchange["faults"]}
    assert {name: count for name, count in struck.items() if count < 1} == {}
    assert set(rehearsal.armed) <= journalled
    assert dict(balances(tenant, scene)) == {
        player: Decimal(amount) for player, amount in scene.balances.items()
    }
    tenant.drop()
