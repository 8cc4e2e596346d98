"""What a hostile or careless caller of the control plane can't do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from demo.sandbox import Addresses, sandbox
from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import reserve
from .conftest import Running
from .pam import Pam

QUICKTIP = {
    "token": "UnIqUe-ToKeN",
    "psp": None,
    "price": 1000,
    "currency": "KES",
    "atag": None,
    "rtag": None,
    "source": "ussd",
    "type": "quicktip",
    "odds_diff": "ODDS",
    "events": [{"id": 390815, "bet": 101, "odds": 1.55}],
}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def own() -> Iterator[Addresses]:
    """A sandbox of this file alone: its whole state is replaced."""
    with sandbox("--admin-token", "canary-token-77") as it:
        yield it


def plane_of(own: Addresses) -> Sandbox:
    return Sandbox(own.admin_url, token="canary-token-77")


def first_operator(state: dict[str, Any]) -> dict[str, Any]:
    tenant: dict[str, Any] = state["tenants"][0]
    return tenant


def set_in(part: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Changes the first operator of an export: itself, or the first entry of one of its lists."""

    def change(state: dict[str, Any]) -> None:
        tenant = first_operator(state)
        target = {
            "tenant": lambda: tenant,
            "timer": lambda: tenant["timers"][0],
            "call": lambda: tenant["calls"][0],
            "ticket": lambda: tenant["books"]["tickets"][0],
            "exchange": lambda: tenant["journal"]["exchanges"][0],
            "posting": lambda: tenant["postings"][0],
        }[part]()
        target.update(fields)

    return change


def twice(name: str) -> Callable[[dict[str, Any]], None]:
    def change(state: dict[str, Any]) -> None:
        entries = first_operator(state)["books"][name] if name == "tickets" else state[name]
        entries.append(dict(entries[0]))

    return change


def twice_in(name: str) -> Callable[[dict[str, Any]], None]:
    def change(state: dict[str, Any]) -> None:
        entries = first_operator(state)[name]
        entries.append(dict(entries[0], number=99))

    return change


def nobodys(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda state: state["nobodys_journal"]["exchanges"][0].update(fields)


SHARING = [{"id": one, "currency": "KES", "tokens": ["t"]} for one in "ab"]
FAR = "9999-12-31T23:59:59-14:00"
HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "a timer without a zone": set_in("timer", due="2026-03-01T12:00:00"),
    "a timer of an unknown kind": set_in("timer", kind="bomb"),
    "a timer that never comes": set_in("timer", due=FAR),
    "a clock far ahead": set_in("tenant", ahead="P90000000D", frozen_at=None),
    "a clock in year 9999": set_in("tenant", frozen_at=FAR),
    "a call of an unknown action": set_in("call", action="ticket_bomb"),
    "a call that is no text": set_in("call", document="/w=="),
    "a call of year 1": set_in("call", created="0001-01-01T00:00:00+14:00"),
    "a ticket with a path for a code": set_in("ticket", code="a/b"),
    "a ticket without events": set_in("ticket", selections=[]),
    "a ticket with endless tax": set_in("ticket", ext="NaN"),
    "a ticket in no zone": set_in("ticket", zone=5),
    "a ticket twice": twice("tickets"),
    "a tenant twice": twice("tenants"),
    "an exchange with an endless status": set_in("exchange", status=10**25),
    "an endless number of exchanges": set_in("tenant", journal={"last_number": 2**70, "exchanges": []}),
    "an endless posting": set_in("posting", amount="Infinity"),
    "a posting of less than nothing": set_in("posting", amount="-1"),
    "an empty secret": set_in("tenant", secret={"current": "", "retired": []}),
    "a token twice": set_in(
        "tenant", origin=[{"id": one, "currency": "KES", "tokens": ["t"]} for one in "ab"]
    ),
    "a name that is none": set_in("tenant", name="a/b"),
    "a setting of another kind": set_in("tenant", settings={"casino_url": "http://127.0.0.1:9"}),
    "an unknown kind": set_in("tenant", kind="shop"),
    "a ticket that breaks the contract": set_in("ticket", code="sent"),
    "two timers for one call": twice_in("timers"),
    "a timer of a call that is not there": set_in("timer", subject="nobody"),
    "a player with a part of a cent": set_in(
        "tenant", origin=[{"id": "a", "currency": "KES", "balance": "1.5"}]
    ),
    "a clock that is too late": set_in("tenant", frozen_at="2150-01-01T00:00:00Z"),
    "an exchange of somebody else": set_in("exchange", id="acme-1"),
    "an exchange that was not counted": set_in("exchange", id="site-999"),
    "an exchange of nobody without a name": nobodys(id=""),
}


@pytest.fixture(scope="module")
def exported(own: Addresses) -> dict[str, Any]:
    """A state with a ticket, a call and a timer of the first operator."""
    with plane_of(own) as plane:
        site = plane.tenant("site", "12345ABCDE")
        site.clock.freeze("2026-03-01T12:00:00Z")
        ticket = reserve(own.base_url, site).json()
        reserve(own.base_url, site)
        site.change(pam_url="http://127.0.0.1:9/pam")
        site.drive("discard", ticket=ticket["id"])
        httpx.get(f"{own.base_url}/nowhere")
        return plane.export()


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_state_that_cant_be_lived_is_refused_and_changes_nothing(
    own: Addresses, exported: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    with plane_of(own) as plane:
        plane.load(exported)
        mark = plane.create_operator().name
        state = json.loads(json.dumps(exported))
        change(state)

        with pytest.raises(ControlPlaneError) as error:
            plane.load(state)

        assert error.value.status == 400
        assert "\n" not in error.value.detail
        assert mark in {tenant["name"] for tenant in plane.tenants()}
        assert len(plane.tenant("site").timers()) == 1
        assert plane.load(exported)


def test_an_exchange_of_an_operation_that_is_not_known_can_be_read(
    own: Addresses, exported: dict[str, Any]
) -> None:
    state = json.loads(json.dumps(exported))
    set_in("exchange", operation="unheardOf")(state)
    with plane_of(own) as plane:
        plane.load(state)

        assert plane.exchange("site-1")["operation"] == "unheardOf"
        plane.load(exported)


def test_a_refused_state_leaves_nothing_behind_that_spoils_the_next_export(
    own: Addresses, exported: dict[str, Any]
) -> None:
    with plane_of(own) as plane:
        plane.load(exported)
        state = json.loads(json.dumps(exported))
        set_in("exchange", turn=2**53)(state)
        state["signing_keys"] = ["none"]
        with pytest.raises(ControlPlaneError):
            plane.load(state)
        reserve(own.base_url, plane.tenant("site", "12345ABCDE"))

        assert plane.load(plane.export())


def test_whatever_the_bet_engine_took_can_be_exported_and_loaded(own: Addresses) -> None:
    with plane_of(own) as plane:
        made = plane.create_operator()
        for odds_diff in ("1E45", "1E-45", "1e300"):
            body = json.dumps(QUICKTIP | {"operator": made.name}).replace('"ODDS"', odds_diff).encode()
            taken = httpx.post(
                f"{own.base_url}/be/tickets/reserve", content=body, headers=made.sign(body) | JSON
            )
            assert taken.status_code == 200, taken.text

        assert made.name in plane.load(plane.export())
        assert len(made.tickets()) == 3


def test_neither_the_token_nor_secrets_of_the_past_show_in_a_journal(own: Addresses) -> None:
    with plane_of(own) as plane:
        gone = plane.create_operator(secret="gone-secret-1")
        rotated = plane.create_operator(secret="old-secret-22")
        rotated.rotate_secret("new-secret-33")
        hidden = ("gone-secret-1", "old-secret-22", "new-secret-33", "canary-token-77")
        for one in hidden:
            httpx.get(f"{own.base_url}/nowhere/{one}", headers={"x-note": one})
        gone.drop()

        seen = plane.journal(tenant="sandbox")
        whole = str([plane.exchange(one["id"]) for one in seen])

        assert len([one for one in seen if "[redacted]" in one["target"]]) == len(hidden)
        assert not [one for one in hidden if one in whole]


def test_a_secret_shows_neither_in_the_outbox_nor_where_a_body_was_cut(own: Addresses) -> None:
    with plane_of(own) as plane:
        client = plane.create_partner_client(secret="outbox-secret-5")
        (call,) = client.drive("balance", player="outbox-secret-5")["calls"]
        long = b"A" * (65536 - 10) + b"outbox-secret-5"
        refused = httpx.post(f"{own.base_url}/users/data", content=long)

        kept = plane.exchange(refused.headers["x-sandbox-exchange"])["request"]

        assert "secret" not in str(call) + str(client.outbox())
        assert kept["body"].endswith("A[redacted]")
        assert kept["size"] == 65541


def test_a_body_in_chunks_counts(running: Running, operator: Tenant) -> None:
    answer = httpx.post(
        f"{running.admin_url}/tenants/{operator.name}/secret",
        content=iter([b'{"secret":', b'"chunked-1"}']),
        headers=JSON,
    )

    assert answer.json()["secret"] == "chunked-1"


def test_a_media_type_may_be_written_in_capitals(running: Running, operator: Tenant) -> None:
    answer = httpx.patch(
        f"{running.admin_url}/tenants/{operator.name}",
        content=b'{"settings": {"ext": "3"}}',
        headers={"content-type": "Application/JSON; charset=UTF-8"},
    )

    assert answer.json()["settings"]["ext"] == "3"


def test_a_large_body_is_refused(running: Running) -> None:
    answer = httpx.post(
        f"{running.admin_url}/tenants", content=b'{"kind":"' + b"x" * 1024 * 1024 + b'"}', headers=JSON
    )

    assert answer.status_code == 413
    assert answer.json()["detail"] == "body: is larger than 1048576 bytes, which is the most"


def test_a_refused_reset_of_a_player_changes_nothing(running: Running, operator: Tenant) -> None:
    (player,) = operator.players()
    ticket = reserve(running.base_url, operator).json()["id"]
    operator.seed_player(player["id"], tokens=[])
    operator.seed_player("p2", currency="KES", tokens=player["tokens"])

    with pytest.raises(ControlPlaneError) as error:
        operator.reset_player(player["id"])

    assert error.value.status == 409
    assert [one["id"] for one in operator.tickets()] == [ticket]


def test_what_is_made_up_goes_on_behind_a_load() -> None:
    with sandbox("--seed", "42") as it, Sandbox(it.admin_url) as plane:
        first = plane.create_operator()
        plane.load(plane.export())

        second = plane.create_operator()

        assert (second.name != first.name, second.secret != first.secret) == (True, True)


def test_an_answer_nested_too_deep_is_refused_and_can_be_read_in_the_journal(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    body = b'{"type":"superbet","atag":' + b"[" * 300 + b"]" * 300 + b"}"
    refused = httpx.post(
        f"{running.base_url}/be/tickets/reserve", content=body, headers=operator.sign(body) | JSON
    )

    assert (refused.status_code, refused.json()["code"]) == (400, 900)
    kept = plane.exchange(refused.headers["x-sandbox-exchange"])
    assert kept["request_violations"] == ["nested too deep"]


def test_nobody_learns_the_names_of_many_tenants(own: Addresses) -> None:
    with plane_of(own) as plane:
        for _ in range(100):
            plane.create_operator()
        headers = {"timestamp": "1", "operator-name": "sit", "signature": "x"}

        told = httpx.get(f"{own.base_url}/be/tickets/x", headers=headers).headers["x-sandbox-reason"]

        assert told.endswith("no operator is called `sit`; there are too many to name")


def test_one_tenants_waiting_leaves_room_for_others(running: Running, plane: Sandbox, pam: Pam) -> None:
    slow = plane.create_operator(pam_url=pam.url)
    pam.hold = threading.Event()
    refused = threading.Semaphore(0)

    def ping(_: int) -> int:
        status = httpx.post(f"{running.admin_url}/tenants/{slow.name}/drives/ping", timeout=60).status_code
        if status == 503:
            refused.release()
        return status

    with ThreadPoolExecutor(40) as jobs:
        drives = jobs.map(ping, range(40))
        try:
            assert all(refused.acquire(timeout=20) for _ in range(24))
            assert plane.health()["status"] == "ok"
        finally:
            pam.hold.set()

    assert sorted(drives) == [200] * 16 + [503] * 24
    slow.drop()
