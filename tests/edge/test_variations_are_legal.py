"""Variations break no contract: every party of the sandbox lives with them on both ways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bet_contracts.schemas import compile_schema
from mockserver.bootstrap import SURFACES
from mockserver.edge.contract import Operation, load
from mockserver.kernel.faults.catalogue import CATALOGUE
from mockserver.kernel.faults.spec import read_spec
from mockserver.kernel.json_codec import parse
from mockserver.kernel.tenant import Tenant

from .casino_site import PLAYER, CasinoSite
from .every_operation import Everybody, tenant_of
from .in_process import QUICKTIP, served
from .operator_site import NET, PRICE, Site
from .provider_side import REAL, GameHouse

VARIATIONS = [name for name, row in CATALOGUE.items() if row.legal]
OPERATIONS: dict[str, Operation] = {
    operation.id: operation for surface in SURFACES for operation in load(surface, None).operations.values()
}
SUCCEEDING = {
    "listTickets",
    "createTicket",
    "reserveTicket",
    "sendPamAction",
    "sendSmsNotification",
    "getFinanceDetails",
    "listJackpotCards",
    "listQuicktipCards",
    "listSmartbetCards",
    "listQuickbetCards",
    "listSuperbetCards",
    "getJwks",
    "getUserData",
    "makePayment",
    "makePayments",
    "closeBet",
    "makeCashback",
    "issueToken",
    "issueFeedToken",
    "listFeedGames",
    "listTranslations",
    "getAccumulatedJackpot",
    "getBalance",
    "payIn",
    "listGames",
    "launchGame",
}
"""What can be asked for at the beginning."""


def arm_variations(tenant: Tenant, direction: str) -> None:
    for name in VARIATIONS:
        parameters = {"milliseconds": 0} if name == "slow" else {}
        tenant.faults.arm(read_spec(name, {"direction": direction}, parameters))


@pytest.fixture(scope="module")
def everybody(private_key: rsa.RSAPrivateKey) -> Iterator[Everybody]:
    for service in served(private_key):
        yield Everybody(service)


@pytest.mark.parametrize("name", [*VARIATIONS, "all"])
@pytest.mark.parametrize("operation_id", sorted(SUCCEEDING))
def test_an_answer_that_varies_is_one_of_the_contract(
    everybody: Everybody, operation_id: str, name: str
) -> None:
    operation = OPERATIONS[operation_id]
    tenants = everybody.service.sandbox.tenants
    tenants.reset_all()
    everybody.__post_init__()
    faults = tenants.faults_of(tenant_of(operation_id))
    faults.clear()
    for one in VARIATIONS if name == "all" else [name]:
        faults.arm(
            read_spec(one, {"operation": operation_id, "direction": "received"}, {"milliseconds": 0})
            if one == "slow"
            else read_spec(one, {"operation": operation_id, "direction": "received"}, {})
        )

    answer = everybody.call(operation)

    assert answer.status_code == operation.success_status, answer.text
    assert all(one.struck == 1 for one in faults.armed)
    content = operation.responses[operation.success_status].get("content", {})
    if content:
        schema = content["application/json"]["schema"]
        assert compile_schema(schema)(parse(answer.content)) is None


def test_an_operators_platform_lives_with_every_variation(site: Site) -> None:
    arm_variations(site.tenant, "sent")

    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("ping")
    site.drive("otp", msisdn="+260977223120")

    assert {call.state.value for call in site.operator.outbox.calls()} == {"sent"}
    assert site.balance() == 1_000_000 - PRICE + NET
    assert min(fault.struck for fault in site.tenant.faults.armed) >= 6


@pytest.mark.parametrize("direction", ["sent", "received"])
def test_a_casino_and_betcore_live_with_every_variation(casino_site: CasinoSite, direction: str) -> None:
    arm_variations(casino_site.tenant, direction)

    casino_site.bet(7, "10.5")
    casino_site.pay(7, 1, "21")
    casino_site.drive("close", bet_id=7)
    casino_site.drive("cashback", player=PLAYER, amount="1.50", bet_id=8)

    assert casino_site.balance() == "7112.5"
    assert casino_site.outcomes() == [(7, -1, "booked"), (7, 1, "booked"), (8, 1, "booked")]
    assert {call.state.value for call in casino_site.tenant.outbox.calls()} == {"sent"}


@pytest.mark.parametrize("direction", ["sent", "received"])
def test_a_provider_and_betcore_live_with_every_variation(house: GameHouse, direction: str) -> None:
    arm_variations(house.tenant, direction)

    house.drive("launch", player="553314AA2", game="101")
    house.drive("play", session=REAL, stake="1.50", win="2.5")
    house.drive("play", session=REAL, stake="1", win="0", way="pay_in_out")

    house.tenant.faults.clear()
    assert {call.state.value for call in house.tenant.outbox.calls()} == {"sent"}
    assert str(house.balance()["balance"]).rstrip("0") == "750.5"
