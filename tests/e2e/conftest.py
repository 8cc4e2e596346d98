"""A sandbox in a process of its own, as a user starts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from demo.sandbox import free_port, sandbox
from mockserver.testing import Sandbox, Tenant

from .judged import JudgedTransport
from .pam import Pam, pam_platform


@dataclass(frozen=True)
class Running:
    """A running sandbox, and where it expects BETCORE's keys."""

    base_url: str
    admin_url: str
    listen: str


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    listen = f"127.0.0.1:{free_port()}"
    with sandbox("--betcore-url", f"http://{listen}") as it:
        yield Running(it.base_url, it.admin_url, listen)


@pytest.fixture
def plane(running: Running) -> Iterator[Sandbox]:
    """The control plane of the running sandbox; each answer is held against the contract."""
    with Sandbox(running.admin_url, transport=JudgedTransport()) as plane:
        yield plane


@pytest.fixture
def pam() -> Iterator[Pam]:
    with pam_platform() as pam:
        yield pam


@pytest.fixture
def operator(plane: Sandbox) -> Iterator[Tenant]:
    """An operator of this test alone, without a platform."""
    operator = plane.create_operator()
    yield operator
    if operator.name in {tenant["name"] for tenant in plane.tenants()}:
        operator.drop()
