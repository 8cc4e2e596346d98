"""The pytest plugin: ``pytest --base-url URL`` puts the target at that URL under test.

It is loaded wherever the kit is installed, so it imports the standard library and pytest alone until a
run is asked for, and stays out of test runs that have nothing to do with the packaged cases.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest

if TYPE_CHECKING:
    from conformance.options import Options

CASES: Final = Path(__file__).parent / "cases"

FIRST_REFUSED: Final = (9, 2)
"""From this pytest on the ids of parametrised items are ambiguous, and Schemathesis's integration breaks."""

OPTIONS: Final = (
    (
        "--conformance-profile",
        {
            "action": "append",
            "default": [],
            "metavar": "PROFILE",
            "help": "party under test; repeatable (default: those of the target file)",
        },
    ),
    (
        "--conformance-target",
        {
            "metavar": "FILE",
            "help": "target file (TOML); the sandbox's seeds serve for a target on this machine",
        },
    ),
    (
        "--listen",
        {
            "default": None,
            "metavar": "HOST:PORT",
            "help": "where the kit listens as BETCORE (default 127.0.0.1:8090), or as an operator",
        },
    ),
    ("--public-url", {"metavar": "URL", "help": "where the target reaches that listener"}),
    (
        "--judge-assumptions",
        {"action": "store_true", "help": "judge what is only assumed like what is documented"},
    ),
    (
        "--deviations",
        {"metavar": "FILE", "help": "known failures (YAML or TOML), each with reason and expiry"},
    ),
    (
        "--conformance-overrides",
        {"metavar": "FILE", "help": "what the vendor answered (TOML, table [overrides])"},
    ),
    ("--report-dir", {"default": None, "metavar": "DIR", "help": "where the reports go (default reports)"}),
    (
        "--only",
        {
            "action": "append",
            "default": [],
            "metavar": "SELECTOR",
            "help": "case id, requirement id or operation; repeatable",
        },
    ),
    (
        "--allow",
        {
            "action": "append",
            "default": [],
            "metavar": "CLASS",
            "help": "safety class that may run on another machine: creates, moves-money, destructive, load",
        },
    ),
    (
        "--generated",
        {
            "type": int,
            "default": None,
            "metavar": "N",
            "help": "made-up requests per operation and phase; 0 for none (default 15)",
        },
    ),
    (
        "--seed",
        {"type": int, "default": None, "metavar": "N", "help": "seed of the made-up requests (default 1)"},
    ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the kit's options; ``--base-url`` comes from pytest-base-url."""
    group = parser.getgroup("conformance", "conformance kit for betting APIs")
    for name, settings in OPTIONS:
        group.addoption(name, dest=_destination(name), **settings)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start a run if one is asked for."""
    if not asked_for(config):
        if given := [name for name, _ in OPTIONS if _given(config, name)]:
            _stop(f"{given[0]} needs --base-url")
        return
    if pytest.version_tuple[:2] >= FIRST_REFUSED:
        _stop(
            f"pytest {pytest.__version__} gives ambiguous node ids; install pytest<{FIRST_REFUSED[0]}."
            f"{FIRST_REFUSED[1]}"
        )
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None):
        _stop("a conformance run moves money step by step and can't be split: leave out -n")
    from conformance.errors import KitError  # noqa: PLC0415 - unrelated pytest runs must not pay for the kit

    try:
        from conformance.run import prepare  # noqa: PLC0415 - loads Schemathesis
        from conformance.session import CaseSession  # noqa: PLC0415 - loads Schemathesis

        run = prepare(options_of(config), environment=os.environ)
    except KitError as error:
        _stop(str(error), int(error.code))
    except ImportError as error:
        _stop(f"the kit is not installed: {error}; install bet-sandbox[kit]")
    config.pluginmanager.register(CaseSession(run), "conformance-session")


def asked_for(config: pytest.Config) -> bool:
    """Whether this is a conformance run: a base URL, and the packaged cases or an option of the kit."""
    return bool(_base_url(config)) and (
        any(_given(config, name) for name, _ in OPTIONS) or _names_cases(config)
    )


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In a conformance run only the packaged cases are collected; in any other run they are not."""
    inside = collection_path == CASES or CASES in collection_path.parents
    running = config.pluginmanager.has_plugin("conformance-session")
    if running:
        return None if inside or collection_path in CASES.parents else True
    return True if inside else None


def options_of(config: pytest.Config) -> Options:
    """The options of the command line. Raises :exc:`conformance.errors.KitError`."""
    from conformance.options import Options  # noqa: PLC0415 - unrelated pytest runs must not pay for the kit

    given: dict[str, Any] = {
        name: value
        for name in (_destination(option).removeprefix("conformance_") for option, _ in OPTIONS)
        if (value := config.getoption(f"conformance_{name}")) not in (None, [])
    }
    given["profiles"] = tuple(given.pop("profile", ()))
    for name in ("target", "deviations", "overrides", "report_dir"):
        if name in given:
            given[name] = Path(given[name])
    for name in ("only", "allow"):
        given[name] = tuple(given.get(name, ()))
    return Options(base_url=_base_url(config) or "", **given)


def _destination(name: str) -> str:
    bare = name.removeprefix("--").removeprefix("conformance-").replace("-", "_")
    return f"conformance_{bare}"


def _given(config: pytest.Config, name: str) -> bool:
    return config.getoption(_destination(name), None) not in (None, False, [])


def _base_url(config: pytest.Config) -> str | None:
    value = getattr(config.option, "base_url", None)
    return str(value) if value else None


def _names_cases(config: pytest.Config) -> bool:
    """Whether an argument names the packaged cases, or a directory with the kit's source in it."""
    for argument in config.args:
        path = Path(config.invocation_params.dir, str(argument).partition("::")[0]).resolve()
        if path == CASES or CASES in path.parents:
            return True
        if path in CASES.parents and "site-packages" not in CASES.relative_to(path).parts:
            return True
        if str(argument).startswith("conformance.cases"):  # with --pyargs
            return True
    return False


def _stop(message: str, code: int = 2) -> NoReturn:
    pytest.exit(message, returncode=code)
