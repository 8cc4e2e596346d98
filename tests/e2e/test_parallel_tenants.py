"""Many jobs on one sandbox, each with a tenant of its own."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from mockserver.testing import Sandbox, Tenant

from .betstack_client import signed, superbet
from .conftest import Running

TENANTS = 50
FLOWS = 20


async def flows_of(base_url: str, operator: Tenant, price: int) -> list[str]:
    """Reserves, pays and reads one ticket after another.

    :returns: their ids
    """
    body = json.dumps(superbet(operator.name) | {"price": price}).encode()
    ids = []
    async with httpx.AsyncClient(base_url=base_url, timeout=60, verify=False) as http:
        for _ in range(FLOWS):
            reserved = await http.post("/be/tickets/reserve", content=body, headers=signed(operator, body))
            assert reserved.status_code == 200, reserved.headers.get("x-sandbox-reason")
            ticket = reserved.json()
            paid = await http.post(f"/be/tickets/{ticket['code']}/paid", headers=signed(operator))
            read = (await http.get(f"/be/tickets/{ticket['id']}", headers=signed(operator))).json()
            assert (paid.status_code, read["status"], read["price"]) == (200, "open", price)
            ids.append(ticket["id"])
    return ids


async def all_flows(base_url: str, operators: list[Tenant]) -> list[list[str]]:
    return await asyncio.gather(
        *(flows_of(base_url, operator, 1000 + number) for number, operator in enumerate(operators))
    )


def test_fifty_tenants_never_see_one_another(running: Running) -> None:
    with Sandbox(running.admin_url) as plane, ThreadPoolExecutor(16) as jobs:
        operators = list(jobs.map(lambda _: plane.create_operator(), range(TENANTS)))
        for number, operator in enumerate(operators):
            operator.change(ext=str(number))

        ids = asyncio.run(all_flows(running.base_url, operators))

        found: list[dict[str, Any]] = list(jobs.map(left_behind, operators))
        for number, (operator, mine, left) in enumerate(zip(operators, ids, found, strict=True)):
            assert [ticket["id"] for ticket in left["tickets"]] == mine
            terms = {(ticket["price"], ticket["ext"]) for ticket in left["tickets"]}
            assert terms == {(1000 + number, number)}
            # The caller's three, and both sides of identify, ticket_reserve and ticket_status.
            assert [exchange["id"] for exchange in left["journal"]] == [
                f"{operator.name}-{count}" for count in range(1, 9 * FLOWS + 1)
            ]
            assert {exchange["status"] for exchange in left["journal"]} == {200}
        assert len({one for mine in ids for one in mine}) == TENANTS * FLOWS
        list(jobs.map(lambda operator: operator.drop(), operators))


def left_behind(operator: Tenant) -> dict[str, Any]:
    """What a tenant's books and journal hold."""
    return {"tickets": operator.tickets(), "journal": operator.journal()}


def test_each_has_its_own_time(running: Running) -> None:
    with Sandbox(running.admin_url) as plane:
        moved, still = plane.create_operator(), plane.create_operator()
        moved.clock.freeze()
        still.clock.freeze()
        before = still.clock.read()["now"]

        moved.clock.advance(days=1)

        assert still.clock.read()["now"] == before
        assert moved.clock.read()["now"] > before
        moved.drop()
        still.drop()
