"""The kit against the sandbox's own platform, broken in one place: money that goes wrong is a HAZARD."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo.sandbox import sandbox

MAIN = "\nfrom mockserver.cli import main\nmain()\n"

# Each with a case that has to find it, and what the reason has to name.
FAULTS = {
    "a repeated creation is debited again": (
        """
from mockserver.betstack.pam import service
known = service._require_repetition
def again(ticket, action, content):
    known(ticket, action, content)
    service._post(operator_of[ticket.player_id], ticket, action, -ticket.debited)
operator_of = {}
opened = service.Platform.open
def open(self, operator, action, ticket_id, content):
    operator_of[content.player_id] = operator
    opened(self, operator, action, ticket_id, content)
service._require_repetition, service.Platform.open = again, open
""",
        "BS-MNY-018",
        "-500",
    ),
    "a win credits gross_payout": (
        """
from mockserver.betstack.pam import service
service.Platform._payout = lambda self, operator, ticket: ticket.opening.amounts.gross_payout
""",
        "BS-MNY-006",
        "ticket_win credited gross_payout",
    ),
    "a discard gives nothing back": (
        """
from types import MappingProxyType
from mockserver.betstack.pam import service
from mockserver.betstack.action import Action
service.EFFECTS = MappingProxyType({**service.EFFECTS, Action.DISCARD: lambda _booking: 0})
""",
        "BS-MNY-014",
        "500",
    ),
}


@pytest.mark.parametrize(("fault", "requirement", "told"), FAULTS.values(), ids=FAULTS)
def test_money_that_goes_wrong_is_a_hazard_that_names_field_and_cents(
    tmp_path: Path, fault: str, requirement: str, told: str
) -> None:
    with sandbox(command=(sys.executable, "-c", fault + MAIN)) as it:
        ended = subprocess.run(
            [
                sys.executable, "-m", "conformance", "run", "betstack-operator",
                "--base-url", f"{it.base_url}/pam", "--only", requirement, "--report-dir", str(tmp_path),
            ],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    results = json.loads((tmp_path / "report.json").read_text())["results"]
    hazards = [result for result in results if result["verdict"] == "HAZARD"]
    assert ended.returncode == 1
    assert any(told in hazard["reason"] for hazard in hazards), [one["reason"] for one in results]
