"""What one sandbox holds, another can take over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from demo.sandbox import sandbox
from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import pay, read, reserve
from .judged import JudgedTransport
from .pam import Pam

READS = ("", "/clock", "/timers", "/players", "/ledger", "/drives", "/outbox")
PROVIDER = "933a215f-a9e6-4f88-9d91-52a87cd50499"
BOOKS = {"operator": ("/tickets",), "partner_client": ("/bets",), "provider": ("/bets", "/sessions")}


def everything(plane: Sandbox) -> dict[str, Any]:
    """Every answer that the control plane gives about what it holds."""
    answers: dict[str, Any] = {"/tenants": plane.tenants(), "/journal": plane.journal()}
    answers["the order of the ends"] = [one["id"] for one in plane.journal(since=0)]
    for exchange in plane.journal():
        answers[f"/journal/{exchange['id']}"] = plane.exchange(exchange["id"])
    for tenant in plane.tenants():
        for path in (*READS, *BOOKS[tenant["kind"]]):
            answers[f"{tenant['name']}{path}"] = plane.call("GET", f"/tenants/{tenant['name']}{path}")
    return answers


def lived_in(plane: Sandbox, base_url: str, pam: Pam) -> list[tuple[Tenant, str]]:
    """Leaves traces of every kind in the sandbox; all clocks stand.

    :returns: operators, each with the code of a ticket
    """
    for name in ("site-limited", "acme", "site-ug", "PartnerClient-1556", PROVIDER):
        plane.tenant(name).clock.freeze()
    operator = plane.create_operator("lived-in", ext="5.5", features_off=[])
    operator.clock.freeze(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    operator.rotate_secret(overlap_seconds=3600)
    operator.seed_player("p9", currency="KES", tokens=["t9"], balance=1234, state="limit_reached")
    paid, discarded = (reserve(base_url, operator).json() for _ in range(2))
    pay(base_url, operator, paid["code"])
    reserve(base_url, operator, price="free")
    operator.change(pam_url=pam.url)
    pam.status = 500
    operator.drive("discard", ticket=discarded["id"], reason="Wettschein ungültig")
    operator.clock.advance(minutes=45)
    site = plane.tenant("site", "12345ABCDE")
    site.clock.freeze()
    quicktip = reserve(
        base_url,
        site,
        type="quicktip",
        odds_diff=0.1,
        events=[{"id": 390815, "bet": 101, "odds": 1.55}, {"id": 391814, "bet": 105, "odds": 1.5}],
    ).json()
    client = plane.tenant("PartnerClient-1556")
    client.seed_player("SomeUserId100", balance="0.1")
    client.drive("balance", player="SomeUserId100")
    client.drive("balance", player="nobody")
    provider = plane.tenant(PROVIDER)
    provider.drive("launch", player="553314AA2", session="lived-in", game=205)
    provider.drive("play", session="lived-in", stake="0.1", win="0.30000001")
    provider.drive("pay_in", session="lived-in", stake="2")
    httpx.get(f"{base_url}/be/nope")
    return [(operator, paid["code"]), (operator, discarded["code"]), (site, quicktip["code"])]


def test_the_second_sandbox_answers_every_read_as_the_first_did(pam: Pam) -> None:
    with sandbox() as first, Sandbox(first.admin_url, transport=JudgedTransport()) as plane:
        tickets = lived_in(plane, first.base_url, pam)
        exported = plane.export()
        before = everything(plane)
        seen = [read(first.base_url, *ticket).json() for ticket in tickets]
        keys = httpx.get(f"{first.base_url}/mis-api/api/v2/auth/jwks").json()

    with sandbox() as second, Sandbox(second.admin_url, transport=JudgedTransport()) as plane:
        loaded = plane.load(exported)
        after = everything(plane)

        assert loaded == [
            "site",
            "site-limited",
            "acme",
            "site-ug",
            "lived-in",
            "PartnerClient-1556",
            PROVIDER,
        ]
        assert still_the_same(after) == still_the_same(before)
        assert [read(second.base_url, *ticket).json() for ticket in tickets] == seen
        assert httpx.get(f"{second.base_url}/mis-api/api/v2/auth/jwks").json() == keys
        assert len(before["lived-in/timers"]["items"]) == 1
        assert [one["state"] for one in before["lived-in/outbox"]["items"]].count("repeated") == 1
        assert len(before["/journal"]) > 10


def still_the_same(answers: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on the machine's time: a clock that stands falls behind it."""
    for path, answer in answers.items():
        if path.endswith("/clock"):
            assert answer["frozen"]
            answer.pop("ahead_seconds", None)
    return answers


def test_the_second_sandbox_goes_on_where_the_first_stopped(pam: Pam) -> None:
    with sandbox() as first, Sandbox(first.admin_url) as plane:
        (operator, code), *_ = lived_in(plane, first.base_url, pam)
        exported = plane.export()
    tries = len(pam.received)

    with sandbox() as second, Sandbox(second.admin_url) as plane:
        plane.load(exported)
        taken_over = plane.tenant(operator.name, operator.secret)
        pam.status = 200
        passage = taken_over.clock.advance(minutes=15)
        taken_over.change(pam_url=None)
        new = reserve(second.base_url, taken_over).json()

        assert [ran["outcome"] for ran in passage["ran"]] == ["ticket_discard: sent"]
        assert len(pam.received) == tries + 1
        assert new["code"] not in {code}
        assert len(taken_over.tickets()) == 3
        assert pay(second.base_url, taken_over, code).json()["code"] == 117


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"signing_keys": ["x"]}, "a key in signing_keys is no private key in PEM"),
        ({"tenants": 7}, "not an export of this sandbox: Expected `array`, got `int` - at `$.tenants`"),
        ({"format": 1}, "not an export that this sandbox reads: `format` is 1, and format 4 is read"),
    ],
)
def test_a_document_that_cant_be_loaded_changes_nothing(
    plane: Sandbox, operator: Tenant, change: dict[str, Any], told: str
) -> None:
    exported = plane.export()
    before = operator.read()

    with pytest.raises(ControlPlaneError) as error:
        plane.load(exported | change)

    assert (error.value.status, error.value.detail) == (400, told)
    assert operator.read() == before


def test_a_tenant_that_cant_be_loaded_is_named(plane: Sandbox, operator: Tenant) -> None:
    exported = plane.export()
    (mine,) = [one for one in exported["tenants"] if one["name"] == operator.name]
    mine["settings"]["generation"] = "v0"

    with pytest.raises(ControlPlaneError) as error:
        plane.load(exported)

    assert error.value.detail.startswith(f"tenant `{operator.name}`: settings: `generation` is 'v0'")
    assert operator.read()["settings"]["generation"] == "v3"
