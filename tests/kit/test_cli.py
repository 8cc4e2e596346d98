"""The command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_vendor import SmallVendor, serving

from conformance.cli import main
from conformance.requirements import load


def conformance(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, list(arguments), env=environment)


def test_help_imports_neither_schemathesis_nor_pytest() -> None:
    script = (
        "import sys; from conformance.cli import main\n"
        "try: main(['run', '--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'schemathesis', 'pytest', 'requests', 'jwt', 'rich.table'} & set(sys.modules)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    ).stdout

    assert shown.splitlines()[-1] == "[]"
    assert "--judge-assumptions" in shown


def test_version_is_shown() -> None:
    assert conformance("--version").output.startswith("conformance, version ")


def test_list_has_each_case_with_requirement_level_and_safety() -> None:
    rows = json.loads(conformance("list", "betstack", "--json").output)
    (second,) = [row for row in rows if row["case"] == "betstack.paid.second_payment_is_refused"]

    assert (second["requirements"], second["level"], second["safety"]) == (["BS-PAY-005"], "MUST", "creates")
    assert {row["profile"] for row in rows} == {"betstack"}
    assert f"{len(rows)} cases" in conformance("list", "betstack").output


def test_coverage_has_every_requirement_with_cases_or_reason() -> None:
    output = conformance("coverage").output

    assert all(f"  {requirement}  " in output for requirement in load())
    assert "not tested: an unexpected failure can't be provoked from outside" in output
    assert "no case and no reason" not in output


def test_good_target_exits_with_0_and_says_where_the_reports_are(tmp_path: Path) -> None:
    with serving(SmallVendor()) as url:
        result = conformance(
            "run", "betstack", "--base-url", url, "--only", "BS-PAY-005", "--report-dir", str(tmp_path)
        )

    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "junit.xml",
        "report.html",
        "report.json",
        "report.md",
    ]
    assert f"report: {tmp_path / 'report.html'}" in result.output
    assert result.output.splitlines()[-1] == "exit code 0: as expected"


def test_broken_target_exits_with_1_and_says_what_to_look_at(tmp_path: Path) -> None:
    with serving(SmallVendor("paid_twice")) as url:
        result = conformance(
            "run", "betstack", "--base-url", url, "--only", "BS-PAY-005", "--report-dir", str(tmp_path)
        )

    assert result.exit_code == 1
    assert result.output.splitlines()[-1].endswith("look first at betstack.paid.second_payment_is_refused")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "nix", "--base-url", "http://127.0.0.1:1"], 2, "unknown profile nix"),
        (["run", "betstack", "--base-url", "http://127.0.0.1:1"], 3, "nothing answers at http://127.0.0.1:1"),
        (["run", "--base-url", "http://casino.example.org"], 2, "a target file is required"),
        (["run", "--base-url", "http://127.0.0.1:1", "--target", "gone.toml"], 2, "gone.toml can't be read"),
        (["run", "--base-url", "http://127.0.0.1:1", "--only", "nix"], 2, "--only nix matches no case"),
        (["run", "--base-url", "http://127.0.0.1:1", "--listen", "nix"], 2, "--listen nix is no host:port"),
        (["list", "betcore-feeds"], 2, "unknown profile betcore-feeds"),
    ],
)
def test_error_is_one_line_on_stderr(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    extra = ["--report-dir", str(tmp_path)] if arguments[0] == "run" else []
    result = conformance(*arguments, *extra)

    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith("conformance: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_refused_identity_is_one_line_on_stderr(tmp_path: Path) -> None:
    sandbox = Path(__file__).parents[2] / "src" / "conformance" / "targets" / "sandbox.toml"
    target = tmp_path / "target.toml"
    target.write_text(sandbox.read_text().replace('secret = "12345ABCDE"', 'secret_env = "SITE_SECRET"'))
    with serving(SmallVendor()) as url:
        result = conformance(
            "run",
            "betstack",
            "--base-url",
            url,
            "--target",
            str(target),
            "--report-dir",
            str(tmp_path / "reports"),
            environment={"SITE_SECRET": "wrong-s3cret-canary"},
        )

    assert result.exit_code == 4
    assert result.stderr.startswith("conformance: betstack: the target refuses the kit's identity: HTTP 403 ")
    assert len(result.stderr.splitlines()) == 1
    assert "canary" not in result.output
