"""Running the cases in a pytest session of their own.

Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from conformance.plugin import CASES
from conformance.run import Run
from conformance.session import CaseSession
from conformance.verdict import ExitCode

EMPTY_INI: Final = Path(__file__).parent / "targets" / "pytest.ini"

ISOLATION: Final = (
    *("-c", str(EMPTY_INI), "--rootdir", str(CASES), "--disable-plugin-autoload", "--assert=plain"),
    *(
        "-p",
        "no:cacheprovider",
        "-p",
        "no:logging",
        "-p",
        "no:unraisableexception",
        "-p",
        "no:threadexception",
    ),
)
"""No configuration, conftest and plugin of the project where the run is started takes part."""

PYTEST_VARIABLES: Final = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Environment variables by which a project configures its own pytest."""


def execute(run: Run, *, verbose: bool = False) -> CaseSession:
    """Run the cases and write the reports; the session's ``failure`` says why it could not go on, if so."""
    session = CaseSession(run)
    directories = [str(CASES / profile.cases) for profile in run.profiles]
    silence = () if verbose else ("-p", "no:terminal")
    with _unset(*PYTEST_VARIABLES):
        code = int(pytest.main([*directories, *ISOLATION, *silence], plugins=[session]))
    run.close()
    if session.record is None and session.failure is None:
        session.failure = f"pytest ended with code {code} before the run was over"
        session.code = ExitCode.HARNESS
    return session


@contextmanager
def _unset(*names: str) -> Iterator[None]:
    """Take environment variables away for the time of the block."""
    taken = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)
