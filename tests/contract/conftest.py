"""The contracts and registers as they stand in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bet_contracts.contracts import load
from bet_contracts.surfaces import SURFACES, Surface

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
HTTP_SURFACES = [surface for surface in SURFACES.values() if surface.is_http]

Node = dict[str, Any]


def read(path: Path) -> Node:
    document: Node = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def bundle(surface: Surface) -> Node:
    return load([surface.name])[surface.name]


@pytest.fixture(params=SURFACES.values(), ids=lambda surface: surface.name)
def surface(request: pytest.FixtureRequest) -> Surface:
    """Every surface, the live feed among them."""
    named: Surface = request.param
    return named


@pytest.fixture(params=HTTP_SURFACES, ids=lambda surface: surface.name)
def http_surface(request: pytest.FixtureRequest) -> Surface:
    """Every surface whose contract is OpenAPI."""
    named: Surface = request.param
    return named


@pytest.fixture
def contract(surface: Surface) -> Node:
    return bundle(surface)


@pytest.fixture
def http_contract(http_surface: Surface) -> Node:
    return bundle(http_surface)
