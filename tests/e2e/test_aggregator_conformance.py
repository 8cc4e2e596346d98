"""The kit, playing a casino, against the sandbox's BETCORE over HTTP, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from conformance.target import sandbox_file
from demo.sandbox import free_port, sandbox

from .test_conformance import conformance, results_in

CLIENT = "PartnerClient-1556"
SECOND = {"kind": "partner_client", "name": "PartnerClient-1557", "secret": "SECOND1557"}
DRIVES = {"bet": "bet", "payout": "payment", "cashback": "cashback", "keys": "keys"}


def with_hooks(folder: Path, admin_url: str) -> Path:
    """The sandbox's target file, with a second client and the hooks at the control plane."""
    tenant = f"{admin_url}/tenants/{CLIENT}"
    urls = {name: f"{tenant}/drives/{drive}" for name, drive in DRIVES.items()}
    urls["advance"] = f"{tenant}/clock/advance"
    second = f'partner_client_id = 1557\nsecret = "{SECOND["secret"]}"\n'
    hooks = "".join(f"{name} = {json.dumps(url)}\n" for name, url in urls.items())
    file = folder / "target.toml"
    file.write_text(
        f"{sandbox_file().read_text('utf-8')}\n[betcore-aggregator.second_client]\n{second}[hooks]\n{hooks}"
    )
    return file


def test_every_requirement_and_assumption_holds_for_betcore(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    with sandbox("--casino-url", f"http://{listen}") as it:
        httpx.post(f"{it.admin_url}/tenants", json=SECOND).raise_for_status()
        ended = conformance(
            "run", "betcore-aggregator", "--base-url", it.base_url, "--listen", listen,
            "--target", str(with_hooks(tmp_path, it.admin_url)), "--judge-assumptions",
            "--report-dir", str(tmp_path / "reports"),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {row["verdict"] for row in results_in(tmp_path / "reports")} == {"PASS"}


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
