"""The kit against the operator's platform that the sandbox serves, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from mockserver.testing import Tenant

from .conftest import Running

TARGET = """\
profiles = ["betstack-operator"]

[deadlines]
settle_seconds = 0

[betstack-operator]
operator = "{name}"
secret_env = "OPERATOR_SECRET"
token = "a-player"
second_token = "another-player"
currency = "KES"
sms_url = "/sms"
msisdn = "+260977223120"

[betstack-operator.blocked_player]
player_id = "blocked"
token = "a-blocked-player"
ticket = {{id = "668ef666333180bba97f0c93", net_payout = 2602}}
"""
CREATION = {
    "operator": "",
    "ticket_id": "668ef666333180bba97f0c93",
    "ticket_code": "CD4BDD",
    "player_id": "blocked",
    "price": 500,
    "stake": 444,
    "wht_amount": 240,
    "wht": 10,
    "ext_amount": 56,
    "ext": 12.5,
    "ext_type": "inclusive",
    "gross_payout": 2842,
    "net_payout": 2602,
    "currency": "KES",
    "atag": None,
    "rtag": None,
    "ticket_type": "quickbet",
}


def verdicts(running: Running, folder: Path, *options: str, secret: str = "") -> Counter[str]:
    """How often each verdict was given by a run in which assumptions are judged."""
    ended = subprocess.run(
        [
            sys.executable, "-m", "conformance", "run", "betstack-operator",
            "--base-url", f"{running.base_url}/pam", "--judge-assumptions", "--report-dir", str(folder),
            *options,
        ],
        capture_output=True, text=True, timeout=120, check=False, env={"OPERATOR_SECRET": secret},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    results: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())["results"]
    return Counter(result["verdict"] for result in results)


def with_players(operator: Tenant) -> None:
    """Give the operator the players of the target file, none of them blocked yet."""
    operator.seed_player("player", tokens=["a-player"], currency="KES", balance=1_000_000)
    operator.seed_player("other", tokens=["another-player"], currency="KES", balance=100)
    operator.seed_player("blocked", tokens=["a-blocked-player"], currency="KES", balance=500)


def post_creation(running: Running, operator: Tenant) -> None:
    """Create the blocked player's ticket, while he is not blocked yet."""
    data = {**CREATION, "operator": operator.name}
    body = json.dumps({"action": "ticket_create", "data": data}, separators=(",", ":")).encode()
    headers = {**operator.sign(body), "content-type": "application/json"}
    request = urllib.request.Request(f"{running.base_url}/pam", body, headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def test_every_requirement_and_assumption_holds_for_the_seeded_platform(
    running: Running, tmp_path: Path
) -> None:
    found = verdicts(running, tmp_path)

    # The seeds have no ticket of a blocked player.
    assert found.pop("NOT-APPLICABLE") == 1
    assert set(found) == {"PASS"}


def test_ticket_of_a_player_who_was_blocked_since_is_settled(
    running: Running, operator: Tenant, tmp_path: Path
) -> None:
    with_players(operator)
    post_creation(running, operator)
    operator.seed_player("blocked", state="blocked")
    file = tmp_path / "target.toml"
    file.write_text(TARGET.format(name=operator.name))

    found = verdicts(
        running, tmp_path, "--target", str(file), "--generated", "0", secret=str(operator.secret)
    )

    assert set(found) == {"PASS"}


def test_platform_that_refuses_a_shortfall_does_so_whole(
    running: Running, operator: Tenant, tmp_path: Path
) -> None:
    with_players(operator)
    operator.change(rollback_shortfall="refuse")
    file = tmp_path / "target.toml"
    file.write_text(TARGET.format(name=operator.name))

    found = verdicts(
        running, tmp_path, "--target", str(file), "--only", "BS-MNY-016", secret=str(operator.secret)
    )

    assert found == {"PASS": 1}
