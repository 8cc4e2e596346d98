"""What fits a kind of tenant, as methods."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from mockserver.testing import (
    CallRefused,
    GameProvider,
    Operator,
    PartnerClient,
    Sandbox,
    SandboxUnreachable,
    Tenant,
)

from .conftest import Running

NOT_SUPPORTED = {"bet_result"}  # the control plane refuses it, whatever comes


@pytest.fixture
def client(plane: Sandbox) -> Iterator[PartnerClient]:
    client = plane.create_partner_client()
    yield client
    client.drop()


@pytest.fixture
def provider(plane: Sandbox) -> Iterator[GameProvider]:
    provider = plane.create_provider()
    yield provider
    provider.drop()


@pytest.fixture
def operator(plane: Sandbox) -> Iterator[Operator]:
    operator = plane.create_operator()
    yield operator
    operator.drop()


def test_each_drive_is_a_method_that_takes_its_fields_and_passes_them_on(
    operator: Operator, client: PartnerClient, provider: GameProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (operator, client, provider):
        drives = [one for one in tenant.drives() if one["drive"] not in NOT_SUPPORTED]
        passed: list[tuple[str, dict[str, str]]] = []
        monkeypatch.setattr(tenant, "drive", lambda name, /, **fields: passed.append((name, fields)))  # noqa: B023
        for drive in drives:
            method = getattr(tenant, drive["drive"])
            taken = inspect.signature(method).parameters
            required = {name for name, one in taken.items() if one.default is inspect.Parameter.empty}
            assert set(taken) == set(drive["schema"].get("properties", {})), drive["drive"]
            assert required == set(drive["schema"].get("required", [])), drive["drive"]
            method(**{name: name for name in taken})
            method(**{name: name for name in required})
            assert passed[-2:] == [
                (drive["drive"], {name: name for name in taken}),
                (drive["drive"], {name: name for name in required}),
            ]
        assert len(passed) == 2 * len(drives) > 0


def test_a_tenant_that_is_there_has_the_methods_of_its_kind(plane: Sandbox) -> None:
    kinds = {document["name"]: type(plane.tenant(document["name"])) for document in plane.tenants()}

    assert kinds["site"] is Operator
    assert kinds["PartnerClient-1556"] is PartnerClient
    assert kinds["933a215f-a9e6-4f88-9d91-52a87cd50499"] is GameProvider


def test_a_ticket_goes_through_its_life_in_one_line_each(operator: Operator) -> None:
    (player,) = operator.players()
    reserved = operator.reserve(price=3000)
    operator.pay(reserved["code"])
    created = operator.create(price=2000)

    operator.settle(created["id"], "won")
    operator.rollback(created["id"], reason="Corrected")
    operator.cash_out(created["id"], 1500)
    operator.refund(reserved["id"])

    seen = [(one["status"], one["result"]) for one in map(operator.ticket, (created["id"], reserved["code"]))]
    assert seen[0][0] == "resulted"
    assert seen[1][0] == "cancelled"
    assert Decimal(operator.player(player["id"])["balance"]) == Decimal(player["balance"]) - 2000 + 1500


@pytest.mark.parametrize("type", ["quickbet", "quicktip", "superbet"])
def test_every_type_that_needs_no_card_can_be_created_without_a_word(operator: Operator, type: str) -> None:
    assert operator.create(type)["status"] == "open"
    assert operator.reserve(type)["status"] == "reserved"


def test_an_event_ends_for_all_tickets_on_it(operator: Operator) -> None:
    won, lost = operator.create(), operator.create(events=[{"id": 100001, "bet": 102, "odds": 3.4}])

    operator.settle_event(100001, won=[101])

    assert [operator.ticket(one["id"])["result"] for one in (won, lost)] == ["won", "lost"]


def test_a_refusal_says_why_and_where_to_look(plane: Sandbox, operator: Operator) -> None:
    ticket = operator.reserve()
    operator.pay(ticket["id"])

    with pytest.raises(CallRefused) as refused:
        operator.pay(ticket["id"])

    assert (refused.value.status, refused.value.code) == (400, 117)
    assert "only a `reserved` one can be paid" in refused.value.reason
    assert refused.value.exchange is not None
    assert plane.exchange(refused.value.exchange)["refusal"] == "wrong_state"


def test_a_refusal_for_lack_of_money_comes_from_the_platform(operator: Operator) -> None:
    with pytest.raises(CallRefused) as refused:
        operator.create(price=1_000_001)
    assert refused.value.status == 400
    assert operator.create(price=1_000_000)["status"] == "open"


def test_a_bet_of_a_casino_goes_through_its_life(client: PartnerClient) -> None:
    client.bet("SomeUserId100", "10.5", bet_id=17)
    client.payment(17, "SomeUserId100", 1, Decimal("21.00"))
    client.close(17)

    (asked, paid) = client.transactions()
    assert [one["state"] for one in (asked, paid)] == ["booked", "booked"]
    assert Decimal(client.player("SomeUserId100")["balance"]) == Decimal("7111")
    assert client.balance("SomeUserId100")["result"]["Value"] == {"Balance": "7111"}


def test_an_amount_is_sent_as_it_was_meant(client: PartnerClient) -> None:
    client.bet("SomeUserId100", "1.10", bet_id=1)
    client.bet("SomeUserId100", Decimal("1E+1"), bet_id=2)
    client.bet("SomeUserId100", 3, bet_id=3)

    assert [one["Amount"] for one in client.transactions()] == ["1.10", "10", "3"]
    with pytest.raises(TypeError, match='not 0\\.1; write "10\\.50"'):
        client.bet("SomeUserId100", 0.1)  # type: ignore[arg-type]  # refused by the types too


def test_a_round_of_a_provider_is_launched_and_played(provider: GameProvider) -> None:
    provider.launch("553314AA2", session="s-1")
    provider.play("s-1", stake="2.5", win=Decimal("10.00"))
    provider.pay_in("s-1", 1)

    assert Decimal(provider.player("553314AA2")["balance"]) == Decimal("750.5") - Decimal("2.5") + 10 - 1
    assert [one["state"] for one in provider.bets()] == ["settled", "acceptance"]


def test_the_token_of_the_control_plane_does_not_go_to_the_apis(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[httpx.Request] = []
    send = httpx.Client.send

    def recorded(self: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
        sent.append(request)
        return send(self, request, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(httpx.Client, "send", recorded)
    with Sandbox(running.admin_url, token="let-me-in") as plane:
        operator = plane.create_operator()
        operator.create()
        operator.drop()

    with_token = {request.url.path: "authorization" in request.headers for request in sent}
    assert with_token["/tenants"] is True
    assert with_token["/be/tickets"] is False


def test_apis_that_do_not_answer_are_one_clear_line(running: Running) -> None:
    with Sandbox(running.admin_url) as plane:
        operator = plane.create_operator()
        vars(plane)["base_url"] = "http://127.0.0.1:9"
        with pytest.raises(SandboxUnreachable, match=r"^no answer from http://127\.0\.0\.1:9/be/tickets: "):
            operator.create()
        operator.drop()


def test_a_tenant_whose_secret_nobody_told_cant_create_a_ticket(plane: Sandbox) -> None:
    site: Tenant = plane.tenant("site")
    assert isinstance(site, Operator)

    with pytest.raises(ValueError, match="the secret of `site` is not known"):
        site.create()
