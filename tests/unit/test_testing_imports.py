"""What tests import to reach a sandbox brings no server with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = ("connexion", "flask", "starlette", "uvicorn", "mockserver.edge", "mockserver.serving")


def loaded_by(statements: str) -> list[str]:
    """What of the server is loaded after these statements, in a process of their own."""
    code = f"{statements}\nimport sys\nprint(*[name for name in {SERVER!r} if name in sys.modules])"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()


@pytest.mark.parametrize("module", ["mockserver.testing", "mockserver.testing.fixtures"])
def test_importing_the_client_or_the_fixtures_imports_nothing_of_the_server(module: str) -> None:
    assert loaded_by(f"import {module}") == []


def test_starting_a_sandbox_does() -> None:
    started = "from mockserver.testing import serving\nwith serving(): pass"

    assert loaded_by(started) == list(SERVER)
