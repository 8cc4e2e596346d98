"""The built wheel in empty environments: the server alone, the kit alone."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from bet_contracts.surfaces import SURFACES
from demo.sandbox import free_port, sandbox

ROOT = Path(__file__).resolve().parents[2]


def python_of(environment: Path) -> Path:
    return environment / "bin" / "python"


def output_of(*command: str | Path, cwd: Path) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=cwd)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    output_of(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def install(wheel: Path, extra: str, folder: Path) -> Path:
    environment = folder / extra
    venv.create(environment, with_pip=True)
    output_of(
        python_of(environment), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "-c", ROOT / "constraints.txt", f"bet-sandbox[{extra}] @ file://{wheel}", cwd=folder,
    )  # fmt: skip
    return environment


def test_the_server_and_the_kit_work_without_each_other(wheel: Path, tmp_path: Path) -> None:
    server, kit = install(wheel, "server", tmp_path), install(wheel, "kit", tmp_path)
    importable = "import importlib.util as u; print([m for m in {} if u.find_spec(m)])"
    listen = f"127.0.0.1:{free_port()}"

    assert (
        output_of(python_of(server), "-c", importable.format(["schemathesis", "pytest"]), cwd=tmp_path)
        == "[]\n"
    )
    assert (
        output_of(python_of(kit), "-c", importable.format(["connexion", "uvicorn"]), cwd=tmp_path) == "[]\n"
    )
    figures = output_of(server / "bin" / "mockserver", "contracts", cwd=tmp_path)
    assert len(figures.splitlines()) == len(SURFACES) + 2  # a head and the sum
    command = (str(server / "bin" / "mockserver"),)
    with sandbox("--betcore-url", f"http://{listen}", command=command) as it:
        said = output_of(
            kit / "bin" / "conformance", "run", "betstack", "betcore-casino", "--base-url", it.base_url,
            "--listen", listen, "--judge-assumptions", "--generated", "3", cwd=tmp_path,
        )  # fmt: skip
    assert "Conformant" in said
    assert (tmp_path / "reports" / "report.html").stat().st_size > 10_000
