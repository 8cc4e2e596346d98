"""A partner client with two players, without a server around it."""

from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.betcore.feed import rounds
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.journal import Turns
from mockserver.kernel.players import PlayerSpec, seed
from mockserver.kernel.secret import Secret
from mockserver.kernel.tenant_settings import PARTNER_CLIENT, tenant_values
from mockserver.kernel.timekeeper import Timekeeper

ANN = PlayerSpec(id="ann", currency="EUR", tokens=("ann-token",), balance=Decimal("100.5"))
BOB = PlayerSpec(id="bob", currency="EUR", tokens=("bob-token",), balance=Decimal("3"))


def small_client(**settings: Any) -> PartnerClient:
    made = PartnerClient(
        name="PartnerClient-1",
        secret=Secret("PARTNERSECRET1556"),
        settings=tenant_values(PARTNER_CLIENT, settings, {}),
        origin=(ANN, BOB),
        seed="seed",
        ids=SequentialIds(0),
        timekeeper=Timekeeper(VirtualClock(ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))), SilentAlarm()),
        post=SimpleNamespace(schedules=MappingProxyType({})),  # type: ignore[arg-type]  # nobody is called
        turns=Turns(),
    )
    seed(made.players, made.ledger, made.origin)
    rounds.attach(made)
    return made
