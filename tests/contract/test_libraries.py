"""The libraries that read contracts can read these."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import schemathesis
from connexion import AsyncApp
from connexion.resolver import Resolver
from hypothesis import HealthCheck, Phase, given, settings

from bet_contracts.documents import operations
from bet_contracts.surfaces import SURFACES, Surface
from conformance.judged import judge, without_identity

from .conftest import HTTP_SURFACES, bundle

warnings.filterwarnings("ignore", category=DeprecationWarning)

EVERY = [
    (surface.name, operation["operationId"])
    for surface in HTTP_SURFACES
    for _, _, operation in operations(bundle(surface))
]


async def answer() -> None:
    """Stands in for every handler."""


def test_connexion_loads_every_contract_into_one_application() -> None:
    app = AsyncApp("contracts")
    for surface in HTTP_SURFACES:
        document = bundle(surface)
        app.add_api(document, name=surface.name, resolver=Resolver(lambda name: answer))

    app.middleware._build_middleware_stack()


def test_paths_of_different_surfaces_do_not_collide() -> None:
    seen: dict[tuple[str, str], str] = {}
    for surface in HTTP_SURFACES:
        document = bundle(surface)
        prefix = document["servers"][0]["url"].rstrip("/")
        for path, method, _ in operations(document):
            assert (prefix + path, method) not in seen, seen
            seen[prefix + path, method] = surface.name


@pytest.mark.parametrize(("name", "operation_id"), EVERY)
def test_schemathesis_makes_up_requests_for_every_operation(name: str, operation_id: str) -> None:
    assert made_up(bundle(SURFACES[name]), operation_id) > 0


def test_schemathesis_loads_every_judged_contract(http_surface: Surface) -> None:
    document = without_identity(judge(bundle(http_surface)))
    proven = [operation["operationId"] for _, _, operation in operations(document)]

    assert all(made_up(document, name) for name in proven)


def made_up(document: dict[str, Any], operation_id: str) -> int:
    """How many requests were made up; an operation without parameters and body has a single one."""
    config = schemathesis.Config.from_dict({"cache": {"enabled": False}, "generation": {"database": "none"}})
    schema = schemathesis.openapi.from_dict(document, config=config)
    path, method = next(
        (path, method)
        for path, method, operation in operations(document)
        if operation["operationId"] == operation_id
    )
    made: list[object] = []

    @settings(
        max_examples=2,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy())
    def make(case: Any) -> None:
        assert case.operation.label
        made.append(case)

    make()
    return len(made)
