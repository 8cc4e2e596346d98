"""`mockserver settings`, and settings of tenants given at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from demo.sandbox import sandbox
from mockserver.cli import cli
from mockserver.settings import SETTINGS
from mockserver.testing import Sandbox

from .test_serve import run


def test_every_setting_is_listed_with_its_default_its_help_and_what_it_takes() -> None:
    shown = CliRunner().invoke(cli, ["settings"]).output

    for row in SETTINGS:
        assert f"  {row.name} = " in shown
        assert row.help in shown
        assert f"Takes {row.takes}." in shown
    assert "  generation = v3\n" in shown
    assert "Takes v3 (not lived by the sandbox yet: v1, v2). Operators only.\n" in shown


def test_what_is_set_for_tenants_at_the_start_is_their_default(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.toml"
    config.write_text('ext = "5"\nwht = "7"\npam_url = "http://127.0.0.1:9/from-file"\n')
    flags = ("--config", str(config), "--set", "wht=8", "--pam-url", "http://127.0.0.1:9/from-flag")

    with sandbox(*flags) as it, Sandbox(it.admin_url) as plane:
        own = plane.create_operator(ext="6")
        seeded = plane.tenant("site")

        assert [own.read()["settings"][name] for name in ("ext", "wht")] == ["6", "8"]
        assert seeded.read()["settings"]["ext"] == "5"
        assert seeded.read()["settings"]["pam_url"] == "http://127.0.0.1:9/from-flag"
        assert own.change(ext=None)["settings"]["ext"] == "5"
        assert "ext" not in plane.tenant("PartnerClient-1556").read()["settings"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("genration=v3", "command line: unknown setting `genration`; did you mean `generation`?"),
        (
            "generation=v2",
            "command line: `generation` is 'v2'; it has to be v3 (not lived by the sandbox yet",
        ),
        ("generation", "--set generation: write it as NAME=VALUE"),
        ("port=1", "--set port: is a setting of the server; use its own flag"),
    ],
)
def test_a_wrong_setting_of_tenants_is_one_clear_line(given: str, told: str) -> None:
    ended = run("serve", "--set", given)

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"mockserver: {told}")
    assert ended.stderr.count("\n") == 1
