"""The seeded partner client of the applications in process, and what can be made to happen to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from mockserver.betcore.model import PartnerClient
from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.json_codec import dump, parse
from mockserver.kernel.outbox import OutgoingCall

from .in_process import Service

NAME = "PartnerClient-1556"
PLAYER = "SomeUserId100"


def client_of(service: Service) -> PartnerClient:
    client = service.sandbox.tenants.find(NAME)
    assert isinstance(client, PartnerClient)
    return client


def drive(service: Service, name: str, **fields: Any) -> list[OutgoingCall]:
    """Drive the client as the control plane does, and let everything happen that follows."""
    client = client_of(service)
    run = service.sandbox.tenants.vendor_of(client).drives[name].run
    assert run is not None

    async def driven() -> list[OutgoingCall]:
        calls = await run(client, fields, f"drive-{name}")
        await rest()
        return calls

    return service.loop.run_until_complete(driven())


async def rest(seconds: float = 20) -> None:
    """Wait until nothing is under way; fail if that takes longer than that."""
    async with asyncio.timeout(seconds):
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)


def let_pass(service: Service, **time: float) -> None:
    """Let time pass for the client."""
    service.loop.run_until_complete(client_of(service).timekeeper.advance(timedelta(**time)))


def reports(service: Service) -> list[tuple[str, dict[str, Any]]]:
    """The accepts that the casino sent or is sending, oldest first, each with its state."""
    actions = {"acceptBet", "acceptPayment", "acceptCashback"}
    calls = [call for call in client_of(service).outbox.calls() if call.action in actions]
    return [(call.state.value, parse(call.document)) for call in calls]


def reloaded(service: Service) -> PartnerClient:
    """The client after everything was exported and loaded again."""
    tenants = service.sandbox.tenants
    keys = NoKeys()
    load_archive(tenants, keys, read_archive(parse(dump(export_archive(tenants, keys)))))
    return client_of(service)


class NoKeys:
    """Signing keys that an export leaves as they are."""

    def export(self) -> list[str]:
        return []

    def load(self, keys: list[str]) -> None:
        pass
