"""The kit against each of BETCORE's parties as the sandbox lives it, over HTTP, as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.target import sandbox_file
from demo.sandbox import Addresses, free_port, sandbox
from mockserver.testing import Sandbox

from .test_conformance import conformance, results_in

CLIENT, PROVIDER = "PartnerClient-1556", "933a215f-a9e6-4f88-9d91-52a87cd50499"
SECOND, SECOND_SECRET = "PartnerClient-1557", "SECOND1557"
SECOND_PLAYER = "SomeUserId101"


@dataclass(frozen=True)
class Meeting:
    """How the sandbox and the kit come together for one profile.

    :ivar flag: of ``mockserver serve``, that leads calls to the kit
    :ivar hooks: name of a hook to the drive of the tenant that it starts
    :ivar more: makes what the seeds lack, and gives what is added to the target file
    """

    flag: str | None
    tenant: str
    hooks: Mapping[str, str]
    more: Callable[[Sandbox], str] = lambda _plane: ""


def second_client(plane: Sandbox) -> str:
    plane.create_partner_client(SECOND, secret=SECOND_SECRET)
    return f'[betcore-aggregator.second_client]\npartner_client_id = 1557\nsecret = "{SECOND_SECRET}"\n'


MEETINGS = {
    "betcore-aggregator": Meeting(
        "--casino-url",
        CLIENT,
        {"bet": "bet", "payout": "payment", "cashback": "cashback", "keys": "keys"},
        second_client,
    ),
    "betcore-sessions": Meeting("--provider-url", PROVIDER, {"launch": "launch", "games": "games"}),
    "betcore-provider": Meeting("--betcore-url", PROVIDER, {"play": "play", "launch": "launch"}),
    "betcore-feed": Meeting(None, CLIENT, {"round": "round"}),
}


def target(folder: Path, it: Addresses, meeting: Meeting) -> Path:
    """The sandbox's target file, with the hooks at the control plane and what the seeds lack."""
    tenant = f"{it.admin_url}/tenants/{meeting.tenant}"
    urls = {name: f"{tenant}/drives/{drive}" for name, drive in meeting.hooks.items()}
    urls["advance"] = f"{tenant}/clock/advance"
    hooks = "".join(f"{name} = {json.dumps(url)}\n" for name, url in urls.items())
    with Sandbox(it.admin_url) as plane:
        more = meeting.more(plane)
    file = folder / "target.toml"
    file.write_text(f"{sandbox_file().read_text('utf-8')}\n{more}[hooks]\n{hooks}")
    return file


@pytest.mark.parametrize("profile", MEETINGS)
def test_every_requirement_and_assumption_holds(profile: str, tmp_path: Path) -> None:
    meeting, listen = MEETINGS[profile], f"127.0.0.1:{free_port()}"
    flags = [meeting.flag, f"http://{listen}"] if meeting.flag else []
    with sandbox(*flags) as it:
        ended = conformance(
            "run", profile, "--base-url", it.base_url, *(["--listen", listen] if flags else []),
            "--target", str(target(tmp_path, it, meeting)), "--judge-assumptions",
            "--report-dir", str(tmp_path / "reports"),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    results = results_in(tmp_path / "reports")
    assert [row["case_id"] for row in results if row["verdict"] != "PASS"] == []
    assert len(results) > 40


def test_every_requirement_and_assumption_holds_for_the_casino(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    with sandbox("--betcore-url", f"http://{listen}") as it:
        with Sandbox(it.admin_url) as plane:
            client = plane.tenant(CLIENT)
            client.seed_player(SECOND_PLAYER, currency="EUR", balance="1000")
            client.change(refresh_token_seconds=1)  # over before the kit is ready
            issued = client.drive("refresh_token", player=SECOND_PLAYER)["result"]
            client.change(refresh_token_seconds=86_400)
        assert issued is not None
        file = tmp_path / "target.toml"
        file.write_text(
            sandbox_file()
            .read_text("utf-8")
            .replace(
                '\nblocked_user_id = "SomeUserId200"',
                f'\nsecond_user_id = "{SECOND_PLAYER}"'
                f'\nexpired_refresh_token = "{issued["refresh_token"]}"'
                '\nblocked_user_id = "SomeUserId200"',
            )
        )
        ended = conformance(
            "run", "betcore-casino", "--base-url", it.base_url, "--listen", listen,
            "--target", str(file), "--judge-assumptions", "--report-dir", str(tmp_path / "reports"),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    results = results_in(tmp_path / "reports")
    assert [row["case_id"] for row in results if row["verdict"] != "PASS"] == []
    assert len(results) > 180


def test_what_needs_no_hook_is_judged_without_a_target_file(tmp_path: Path) -> None:
    with sandbox() as it:
        ended = conformance(
            "run", "betcore-aggregator", "--base-url", it.base_url, "--judge-assumptions",
            "--generated", "0", "--report-dir", str(tmp_path),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    results = results_in(tmp_path)
    assert {row["verdict"] for row in results} == {"PASS", "NOT-APPLICABLE"}
    assert sum(row["verdict"] == "PASS" for row in results) >= 20
