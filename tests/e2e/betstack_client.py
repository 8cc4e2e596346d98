"""A caller of the bet engine, as an operator's front end is one."""

from __future__ import annotations

import json
from typing import Any

import httpx

from mockserver.kernel.signing import sign
from mockserver.testing import Tenant

TIMESTAMP = "1706090303"


def superbet(operator: str) -> dict[str, Any]:
    """A reservation that every operator of the sandbox accepts."""
    return {
        "operator": operator,
        "token": "UnIqUe-ToKeN",
        "psp": "mobile",
        "price": 2000,
        "currency": "KES",
        "atag": None,
        "rtag": None,
        "source": "mobile",
        "type": "superbet",
        "event": 100001,
        "bets": [101, 102, 103],
    }


def signed(operator: Tenant, body: bytes = b"") -> dict[str, str]:
    """Headers of a call."""
    assert operator.secret is not None
    headers = {
        "timestamp": TIMESTAMP,
        "operator-name": operator.name,
        "signature": sign(operator.secret, TIMESTAMP, body),
    }
    return headers | ({"content-type": "application/json"} if body else {})


def reserve(base_url: str, operator: Tenant, **changes: Any) -> httpx.Response:
    """Reserve a ticket."""
    body = json.dumps(superbet(operator.name) | changes).encode()
    return httpx.post(f"{base_url}/be/tickets/reserve", content=body, headers=signed(operator, body))


def pay(base_url: str, operator: Tenant, identifier: str) -> httpx.Response:
    """Say that a ticket was paid."""
    return httpx.post(f"{base_url}/be/tickets/{identifier}/paid", headers=signed(operator))


def read(base_url: str, operator: Tenant, identifier: str) -> httpx.Response:
    """Read a ticket."""
    return httpx.get(f"{base_url}/be/tickets/{identifier}", headers=signed(operator))
