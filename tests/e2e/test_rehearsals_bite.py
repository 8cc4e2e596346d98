"""The rehearsals of incidents tell a partner that is right from one that is wrong in one place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

# The small parties that can be wrong stand beside the kit's tests, which are no package.
sys.path.insert(0, str(Path(__file__).parents[1] / "kit"))

from small_operator import SmallOperator
from small_operator import serving as serving_operator
from small_vendor import SmallVendor, serving

from bet_contracts.incident_register import Scene, Step, incidents
from demo.sandbox import Addresses, sandbox
from mockserver.testing import Sandbox

from .rehearsing import Rehearsal, tenant_for

# What the rehearsals change in the sandbox's own parties, a party of one's own has to change itself.
OF_THE_BUILT_IN = {"player", "secret"}
NEEDS_MORE = {"cash_out", "refresh_token"}  # a platform that reads the ticket, tokens of the casino
LIVED = {"accept_mode": "only_answer"}


def scenes(party: str) -> dict[str, Scene]:
    """The rehearsals for any party of a kind, by incident and place."""
    return {
        f"{one.id}-{place}": scene
        for one in incidents()
        for place, scene in enumerate(one.scenes, start=1)
        if scene.against == party and all(map(_is_for_any, scene.steps))
    }


def _is_for_any(step: Step) -> bool:
    if step.kind == "set":
        return step.what == LIVED
    return step.kind not in OF_THE_BUILT_IN and not (step.kind == "drive" and step.what in NEEDS_MORE)


@pytest.fixture(scope="module")
def it() -> Iterator[Addresses]:
    with sandbox() as it:
        yield it


@contextmanager
def rehearsed(it: Addresses, scene: Scene, folder: Path, **settings: str) -> Iterator[None]:
    """Rehearse on a tenant of its own, whose partner is the one that the settings name."""
    with Sandbox(it.admin_url) as plane, httpx.Client(verify=False) as http:
        tenant = tenant_for(plane, scene)
        tenant.change(**settings)
        Rehearsal(it.base_url, it.admin_url, scene, tenant, folder, http, built_in=False).run()
        yield
        tenant.drop()


def platform_ends_as_printed(it: Addresses, scene: Scene, folder: Path, *faults: str) -> None:
    """Rehearse with a platform of its own books, which end with what the page says."""
    operator = SmallOperator("any_operator", *faults)
    with serving_operator(operator) as url, rehearsed(it, scene, folder, pam_url=url):
        balances = {player.id: Decimal(player.balance) for player in operator.players.values()}

    assert {player: balances[player] for player in scene.balances} == _decimals(scene)


def casino_ends_as_printed(it: Addresses, scene: Scene, folder: Path, *faults: str) -> None:
    """The same with a casino, which tells outcomes in its answers alone."""
    vendor = SmallVendor("any_client", "no_accepts", *faults)
    vendor.casino.betcore_url = it.base_url
    with serving(vendor) as url, rehearsed(it, scene, folder, casino_url=url):
        balances = dict(vendor.casino.bets.balances)

    assert {player: balances[player] for player in scene.balances} == _decimals(scene)


def _decimals(scene: Scene) -> dict[str, Decimal]:
    return {player: Decimal(amount) for player, amount in scene.balances.items()}


@pytest.mark.parametrize("name", scenes("pam"))
def test_a_platform_that_is_right_ends_as_printed(it: Addresses, tmp_path: Path, name: str) -> None:
    platform_ends_as_printed(it, scenes("pam")[name], tmp_path)


@pytest.mark.parametrize("name", scenes("casino"))
def test_a_casino_that_is_right_ends_as_printed(it: Addresses, tmp_path: Path, name: str) -> None:
    casino_ends_as_printed(it, scenes("casino")[name], tmp_path)


PLATFORMS = [  # what is wrong, and a rehearsal that shows it
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


CASINOS = [
    ("booked_again", "double-debit-4"),
    ("booked_again", "double-credit-4"),
    ("late_bet_taken", "compensation-overtakes-the-debit-2"),
    ("changed_amount_booked", "repeat-with-other-content-2"),
    ("payout_without_bet", "out-of-order-2"),
    ("jackpot_needs_bet", "win-without-a-bet-1"),
    ("binary_fractions", "amount-as-text-3"),
    ("free_bets_refused", "bonus-money-1"),
    ("overdraft", "refusal-with-status-200-2"),
    ("info_loses_last", "books-do-not-match-1"),
    ("booking_race", "concurrent-debits-2"),
    ("expiry_ignored", "token-expired-in-a-queue-1"),
]


@pytest.mark.parametrize(("fault", "name"), PLATFORMS)
def test_a_platform_that_is_wrong_ends_otherwise(
    it: Addresses, tmp_path: Path, fault: str, name: str
) -> None:
    with pytest.raises(AssertionError):
        platform_ends_as_printed(it, scenes("pam")[name], tmp_path, fault)


@pytest.mark.parametrize(("fault", "name"), CASINOS)
def test_a_casino_that_is_wrong_ends_otherwise(it: Addresses, tmp_path: Path, fault: str, name: str) -> None:
    with pytest.raises(AssertionError):
        casino_ends_as_printed(it, scenes("casino")[name], tmp_path, fault)
