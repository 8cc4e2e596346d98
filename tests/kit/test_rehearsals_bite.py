"""The rehearsals of incidents tell a platform that is right from one that is wrong in one place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from small_operator import SmallOperator, serving

from bet_contracts.incident_register import Scene, incidents
from demo.sandbox import Addresses, sandbox
from mockserver.testing import Sandbox
from tests.e2e.rehearsing import Rehearsal, tenant_for

# What the rehearsals change in the sandbox's own platform, a platform of one's own has to change itself.
OF_THE_BUILT_IN = {"player", "set", "secret"}
READS_THE_TICKET = {"cash_out"}


def scenes() -> dict[str, Scene]:
    """The rehearsals for any platform, by incident and place."""
    return {
        f"{one.id}-{place}": scene
        for one in incidents()
        for place, scene in enumerate(one.scenes, start=1)
        if scene.against == "pam"
        and not OF_THE_BUILT_IN & {step.kind for step in scene.steps}
        and not READS_THE_TICKET & {step.what for step in scene.steps if step.kind == "drive"}
    }


@pytest.fixture(scope="module")
def it() -> Iterator[Addresses]:
    with sandbox() as it:
        yield it


def ends_as_printed(it: Addresses, scene: Scene, folder: Path, *faults: str) -> None:
    """Rehearse with a platform of its own books, which end with what the page says."""
    operator = SmallOperator("any_operator", *faults)
    with (
        serving(operator) as url,
        Sandbox(it.admin_url) as plane,
        httpx.Client(verify=False) as http,
    ):
        tenant = tenant_for(plane, scene)
        tenant.change(pam_url=url)
        Rehearsal(it.base_url, it.admin_url, scene, tenant, folder, http).run()
        tenant.drop()
    balances = {player.id: str(player.balance) for player in operator.players.values()}

    assert {player: balances[player] for player in scene.balances} == scene.balances


@pytest.mark.parametrize("name", scenes())
def test_a_platform_that_is_right_ends_as_printed(it: Addresses, tmp_path: Path, name: str) -> None:
    ends_as_printed(it, scenes()[name], tmp_path)


BITES = [  # what is wrong, and a rehearsal that shows it
    ("creation_booked_again", "double-debit-1"),
    ("ticket_win_twice", "double-credit-1"),
    ("ticket_refund_twice", "double-credit-2"),
    ("discard_forgotten", "compensation-overtakes-the-debit-1"),
    ("ticket_discard_keeps", "timeout-after-the-debit-1"),
    ("discard_of_unknown_pays", "timeout-after-the-debit-2"),
    ("changes_booked", "repeat-with-other-content-1"),
    ("settles_once", "equal-and-legitimate-2"),
    ("ticket_refund_twice", "out-of-order-1"),
    ("closed_is_final", "rollback-after-closing-1"),
    ("ticket_rollback_twice", "rollback-and-new-result-1"),
    ("reserve_takes", "reserve-and-pay-late-1"),
    ("takes_stake", "which-amount-1"),
    ("credits_gross", "which-amount-1"),
    ("ticket_create_raced", "concurrent-debits-1"),
    ("young_timestamps", "clock-skew-1"),
    ("spaces_signed", "reason-with-spaces-1"),
    ("ticket_win_raced", "settlement-storm-1"),
]


@pytest.mark.parametrize(("fault", "name"), BITES)
def test_a_platform_that_is_wrong_ends_otherwise(it: Addresses, tmp_path: Path, fault: str, name: str) -> None:
    with pytest.raises(AssertionError):
        ends_as_printed(it, scenes()[name], tmp_path, fault)
