"""The pytest plugin, as pytest meets it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_vendor import SmallVendor, serving

from conformance import plugin
from conformance.plugin import CASES

PLUGINS = ("--disable-plugin-autoload", "-p", "pytest_base_url.plugin", "-p", "conformance.plugin")
OFFLINE = "http://127.0.0.1:1"


def run_pytest(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a directory of its own, with this plugin and pytest-base-url alone."""
    path = os.pathsep.join(filter(None, [str(CASES.parents[1]), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGINS, "-p", "no:cacheprovider", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_run_with_a_base_url_judges_the_cases_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("raise SystemExit('must not be imported')\n")
    with serving(SmallVendor("paid_twice")) as url:
        ended = run_pytest(
            tmp_path,
            ".",
            str(CASES / "betstack"),
            "--base-url",
            url,
            "--conformance-profile",
            "betstack",
            "--only",
            "BS-PAY-005",
            "--only",
            "BS-RSV-001",
            "--generated",
            "0",
        )

    assert ended.returncode == 1
    assert re.search(r"\b[1-9]\d* FAIL, 1 PASS\b", ended.stdout)
    assert "exit code 1: a requirement is broken" in ended.stdout
    assert (tmp_path / "reports" / "report.json").exists()


def test_run_without_a_base_url_leaves_the_cases_out(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "import sys\ndef test_own():\n"
        "    assert not {'schemathesis', 'jwt', 'conformance.run'} & set(sys.modules)\n"
    )
    ended = run_pytest(tmp_path, ".", str(CASES))

    assert ended.returncode == 0
    assert "1 passed" in ended.stdout
    assert "deselected" not in ended.stdout


def test_unrelated_run_with_a_base_url_goes_on_as_ever(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "import sys\ndef test_own(base_url):\n"
        f"    assert base_url == {OFFLINE!r}\n    assert 'schemathesis' not in sys.modules\n"
    )
    ended = run_pytest(tmp_path, "--base-url", OFFLINE)

    assert ended.returncode == 0
    assert "1 passed" in ended.stdout


def test_target_that_does_not_answer_ends_with_3_and_runs_nothing(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, str(CASES), "--base-url", OFFLINE, "--listen", "127.0.0.1:0")

    assert ended.returncode == 3
    assert ended.stdout.count("nothing answers at http://127.0.0.1:1: connection refused") == 1
    assert "passed" not in ended.stdout


def test_wrong_usage_ends_with_2_and_one_line(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, str(CASES), "--base-url", "http://casino.example.org")

    assert ended.returncode == 2
    assert "a target file is required" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_option_of_the_kit_without_a_case_runs_nothing_and_is_not_green(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    with serving(SmallVendor()) as url:
        ended = run_pytest(
            tmp_path, ".", "--base-url", url, "--conformance-profile", "betstack", "--generated", "0"
        )

    assert ended.returncode == 4
    assert "1 passed" not in ended.stdout


class Pytest(SimpleNamespace):
    """Just so much of pytest's configuration as the plugin reads."""

    def getoption(self, name: str, default: object = None) -> object:
        """The value of an option."""
        return getattr(self.option, name, default)


def configuration(*arguments: str, **options: Any) -> Any:
    """A configuration with these arguments and options."""
    names = {plugin._destination(name) for name, _ in plugin.OPTIONS}
    given: dict[str, Any] = {**dict.fromkeys(names), "base_url": None, **options}
    place = SimpleNamespace(dir=Path("/somewhere"))
    return Pytest(option=SimpleNamespace(**given), args=list(arguments), invocation_params=place)


@pytest.mark.parametrize(
    ("arguments", "options", "asked"),
    [
        ([str(CASES)], {}, False),
        ([str(CASES)], {"base_url": OFFLINE}, True),
        ([str(CASES / "betstack" / "test_paid.py") + "::test_x"], {"base_url": OFFLINE}, True),
        ([str(CASES.parents[2])], {"base_url": OFFLINE}, True),
        (["conformance.cases"], {"base_url": OFFLINE}, True),
        (["/somewhere/else"], {"base_url": OFFLINE}, False),
        (["/somewhere/else"], {"base_url": OFFLINE, "conformance_only": ["x"]}, True),
        (["/somewhere/else"], {"conformance_only": ["x"]}, False),
    ],
)
def test_run_is_a_conformance_run_by_base_url_and_cases_or_options(
    arguments: list[str], options: dict[str, Any], asked: bool
) -> None:
    assert plugin.asked_for(configuration(*arguments, **options)) is asked


def test_kit_inside_an_environment_of_the_project_is_not_named_by_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = Path("/project/venv/lib/site-packages/conformance/cases")
    monkeypatch.setattr(plugin, "CASES", installed)

    assert not plugin.asked_for(configuration("/project", base_url=OFFLINE))
    assert plugin.asked_for(configuration(str(installed), base_url=OFFLINE))


@pytest.mark.parametrize(
    ("version", "options", "message"),
    [
        ((9, 2, 0), {}, "gives ambiguous node ids; install pytest<9.2"),
        ((10, 0, 0), {}, "gives ambiguous node ids; install pytest<9.2"),
        ((9, 1, 1), {"numprocesses": 2}, "can't be split: leave out -n"),
    ],
)
def test_pytest_that_would_spoil_the_run_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], options: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(plugin.pytest, "version_tuple", version)

    with pytest.raises(pytest.exit.Exception, match=re.escape(message)) as stopped:
        plugin.pytest_configure(configuration(str(CASES), base_url=OFFLINE, **options))
    assert stopped.value.returncode == 2


def test_option_of_the_kit_without_a_base_url_is_wrong_usage() -> None:
    with pytest.raises(pytest.exit.Exception, match="--only needs --base-url") as stopped:
        plugin.pytest_configure(configuration("/somewhere/else", conformance_only=["x"]))
    assert stopped.value.returncode == 2


def test_run_that_names_the_cases_without_a_base_url_is_left_alone() -> None:
    plugin.pytest_configure(configuration(str(CASES)))


def test_options_are_those_of_the_command() -> None:
    from conformance.cli import run

    shared = {name.removeprefix("--conformance-").removeprefix("--") for name, _ in plugin.OPTIONS} - {
        "profile"
    }
    command = {
        option.opts[0].removeprefix("--") for option in run.params if option.param_type_name == "option"
    }

    assert command - shared == {"base-url", "verbose"}
    assert shared - command == set()
