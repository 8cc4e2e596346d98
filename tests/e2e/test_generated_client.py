"""Clients that openapi-python-client generates from the contracts, as an integrator would use them."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from bet_contracts.contracts import load
from bet_contracts.documents import bundled, contracts_directory, operations
from bet_contracts.surfaces import SURFACES

from .conftest import Running
from .test_serve import run

CONTRACTS = [*(surface.name for surface in SURFACES.values() if surface.is_http), "admin"]


def document_of(name: str) -> dict[str, Any]:
    return bundled(contracts_directory() / "admin.yaml") if name == "admin" else load([name])[name]


def generated(document: dict[str, Any], folder: Path, package: str) -> list[Any]:
    """Generate a client; what the generator could not digest."""
    source = folder / f"{package}.json"
    source.write_text(json.dumps(document))
    config = Config.from_sources(
        ConfigFile(package_name_override=package, post_hooks=[]),
        MetaType.NONE,
        source,
        "utf-8",
        overwrite=True,
        output_path=folder / package,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        return list(generate(config=config))


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[Path]:
    """A folder whose packages can be imported while the test runs."""
    sys.path.insert(0, str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_client_with_every_operation_is_generated_from_every_contract(name: str, tmp_path: Path) -> None:
    document = document_of(name)
    problems = generated(document, tmp_path, "client")

    modules = {path.stem for path in (tmp_path / "client" / "api").glob("*/*.py")} - {"__init__"}
    named = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", operation["operationId"]).lower()
        for _, _, operation in operations(document)
    }
    assert [problem.detail for problem in problems] == []
    assert modules == named


def test_a_generated_client_reserves_pays_and_reads_a_ticket(clients: Path, running: Running) -> None:
    generated(document_of("betstack.bet_engine"), clients, "bet_engine_client")
    package = importlib.import_module("bet_engine_client")
    models = importlib.import_module("bet_engine_client.models")
    api = {
        name: importlib.import_module(f"bet_engine_client.api.{tag}.{name}")
        for tag, name in (
            ("reserve_ticket", "reserve_ticket"),
            ("paid_ticket", "pay_ticket"),
            ("get_ticket", "get_ticket"),
        )
    }
    body = models.SuperbetRequest.from_dict(
        {
            "operator": "site",
            "token": "UnIqUe-ToKeN",
            "psp": None,
            "price": 2000,
            "currency": "KES",
            "atag": None,
            "rtag": None,
            "source": "mobile",
            "type": "superbet",
            "event": 100001,
            "bets": [101, 102],
        }
    )

    with package.Client(base_url=f"{running.base_url}/be") as client:
        identity = signed(clients, json.dumps(body.to_dict(), separators=(",", ":")))
        reserved = api["reserve_ticket"].sync(client=client, body=body, **identity)
        paid = api["pay_ticket"].sync_detailed(reserved.id, client=client, **signed(clients))
        read = api["get_ticket"].sync(reserved.code, client=client, **signed(clients))

    assert reserved.status == "reserved"
    assert paid.status_code == 200
    assert (read.id, read.status, read.price) == (reserved.id, "open", 2000)


def signed(folder: Path, body: str | None = None) -> dict[str, str]:
    """The identity headers as the generated functions take them."""
    arguments: list[str] = []
    if body is not None:
        file = folder / "body.json"
        file.write_text(body)
        arguments = ["--body", str(file)]
    lines = run("sign", "--operator", "site", *arguments).stdout.splitlines()
    return {name.replace("-", "_"): value for name, value in (line.split(": ") for line in lines)}
