"""A sandbox in a process of its own, as a user starts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from demo.sandbox import free_port, sandbox


@dataclass(frozen=True)
class Running:
    """A running sandbox, and where it expects BETCORE's keys."""

    base_url: str
    listen: str


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    listen = f"127.0.0.1:{free_port()}"
    with sandbox(betcore_url=f"http://{listen}") as base_url:
        yield Running(base_url, listen)
