"""Faults are armed, counted, cleared and carried along over the control plane and the command line."""

from __future__ import annotations

import contextlib
import copy
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from demo.sandbox import sandbox
from mockserver.kernel.faults.catalogue import CATALOGUE
from mockserver.kernel.journal import Direction
from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import read, reserve, signed
from .conftest import Running
from .judged import JudgedTransport
from .test_serve import run, served
from .until import until


@pytest.fixture
def cleared(plane: Sandbox) -> Iterator[Tenant]:
    """What is nobody's, without a fault before and after."""
    plane.nobody.clear_faults()
    yield plane.nobody
    plane.nobody.clear_faults()


def refusal(tenant: Tenant, document: dict[str, Any]) -> tuple[int, str]:
    """How the control plane refuses to arm something."""
    with pytest.raises(ControlPlaneError) as error:
        tenant.call("POST", "/faults", document)
    assert "\n" not in error.value.detail
    return error.value.status, error.value.detail


# Over the control plane


def test_a_fault_is_armed_listed_and_taken_back(operator: Tenant) -> None:
    armed = operator.arm(
        "latency", {"milliseconds": 20}, operation="getTicket", nth=2, probability=0.5, seed=3
    )

    assert operator.faults() == [armed]
    assert armed == {
        "id": "latency-1",
        "fault": "latency",
        "operation": "getTicket",
        "direction": "received",
        "point": "before_commit",
        "containing": None,
        "parameters": {"milliseconds": 20, "spread": 0},
        "after": 0,
        "nth": 2,
        "count": None,
        "probability": 0.5,
        "seed": 3,
        "matched": 0,
        "struck": 0,
    }
    assert operator.disarm("latency-1") == armed
    assert operator.faults() == []
    with pytest.raises(ControlPlaneError, match="no fault `latency-1` is armed"):
        operator.disarm("latency-1")


def test_the_catalogue_lists_every_fault(plane: Sandbox) -> None:
    listed = plane.call("GET", "/faults")["items"]

    assert [one["fault"] for one in listed] == list(CATALOGUE)
    assert [one["fault"] for one in listed if one["legal"]] == [
        "unknown_fields",
        "number_form",
        "header_case",
        "white_space",
        "slow",
    ]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "fault"),
        ({"fault": 7}, "fault"),
        ({"fault": "lag"}, "there is no `lag`"),
        ({"fault": "dorp"}, "did you mean `drop`?"),
        ({"fault": "drop"}, "direction: has to be given"),
        ({"fault": "drop", "operation": "payTikcet"}, "did you mean `payTicket`?"),
        ({"fault": "drop", "operation": "payIn"}, "`payIn` is none of this tenant"),
        ({"fault": "drop", "operation": "payTicket", "point": "sometimes"}, "point"),
        ({"fault": "rate_limit", "point": "after_commit"}, "it has to be before_commit"),
        ({"fault": "drop", "operation": "payTicket", "nth": 0}, "nth"),
        ({"fault": "drop", "operation": "payTicket", "nth": 1.5}, "nth"),
        ({"fault": "drop", "operation": "payTicket", "probability": 2}, "probability"),
        ({"fault": "drop", "operation": "payTicket", "often": 2}, "often"),
        (
            {"fault": "drop", "operation": "payTicket", "parameters": {"status": 5}},
            "unknown setting `status`",
        ),
        ({"fault": "drop", "operation": "payTicket", "parameters": []}, "parameters"),
        ({"fault": "error", "operation": "payTicket"}, "needs `class`"),
        ({"fault": "error", "parameters": {"class": "wrong_stat"}}, "did you mean `wrong_state`?"),
        ({"fault": "http_status", "parameters": {"status": 99}}, "from 200 to 599"),
        ({"fault": "content_type", "parameters": {"value": "a\nb"}}, "one line of printable ASCII"),
        ({"fault": "truncate", "containing": ""}, "a text that is not empty"),
        ({"fault": "expired_token"}, "no call that fits is signed so that `expired_token` could strike it"),
        ({"fault": "duplicate", "operation": "payTicket"}, "it is for what is sent"),
    ],
)
def test_what_cant_be_armed_is_told_in_one_line(
    operator: Tenant, document: dict[str, Any], told: str
) -> None:
    status, detail = refusal(operator, document)

    assert (status, operator.faults()) == (400, [])
    assert told in detail


def test_half_a_character_cant_be_looked_for(running: Running, operator: Tenant) -> None:
    answer = httpx.post(
        f"{running.admin_url}/tenants/{operator.name}/faults",
        content=b'{"fault": "truncate", "containing": "\\ud800"}',
        headers={"content-type": "application/json"},
    )

    assert (answer.status_code, operator.faults()) == (400, [])


def test_no_more_than_a_hundred_can_be_armed(operator: Tenant) -> None:
    for _ in range(100):
        operator.arm("truncate")

    assert refusal(operator, {"fault": "truncate"}) == (507, "100 faults are armed; clear some")
    operator.clear_faults()
    assert operator.arm("truncate")["id"] == "truncate-101"


def test_faults_of_one_tenant_do_not_strike_another(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    other = plane.create_operator()
    operator.arm("http_status", operation="reserveTicket")

    assert reserve(running.base_url, operator).status_code == 500
    assert reserve(running.base_url, other).status_code == 200
    assert (operator.faults()[0]["struck"], other.faults()) == (1, [])
    other.drop()


def test_a_reset_takes_faults_back_and_so_does_clearing(running: Running, operator: Tenant) -> None:
    operator.arm("http_status", operation="reserveTicket")
    operator.reset()
    assert (operator.faults(), reserve(running.base_url, operator).status_code) == ([], 200)

    operator.arm("http_status", operation="reserveTicket")
    operator.clear_faults()
    assert (operator.faults(), reserve(running.base_url, operator).status_code) == ([], 200)


def test_what_nobody_is_identified_for_has_faults_of_its_own(running: Running, cleared: Tenant) -> None:
    cleared.arm("http_status", {"status": 503}, operation="listSuperbetCards")
    cleared.arm("rate_limit", {"retry_after": 5}, operation="getJwks")

    cards = httpx.get(f"{running.base_url}/bc/superbets?operator=site")
    keys = httpx.get(f"{running.base_url}/mis-api/api/v2/auth/jwks")

    assert (cards.status_code, keys.status_code, keys.headers["retry-after"]) == (503, 429, "5")
    assert [one["struck"] for one in cleared.faults()] == [1, 1]
    assert httpx.get(f"{running.base_url}/bc/quicktips?operator=site").status_code == 200
    status, detail = refusal(cleared, {"fault": "drop", "operation": "payTicket"})
    assert (status, detail.partition(";")[0]) == (400, "operation: `payTicket` is none of this tenant")


def test_an_exchange_says_which_faults_struck_it(running: Running, plane: Sandbox, operator: Tenant) -> None:
    operator.arm("header_case", operation="reserveTicket")
    operator.arm("slow", {"milliseconds": 1}, operation="reserveTicket", nth=2)

    answers = [reserve(running.base_url, operator) for _ in range(2)]

    assert [plane.exchange(one.headers["x-sandbox-exchange"])["faults"] for one in answers] == [
        ["header_case-1"],
        ["header_case-1", "slow-2"],
    ]


# Carried along


def test_faults_go_along_with_the_state_and_go_on_counting() -> None:
    with sandbox() as one, Sandbox(one.admin_url, transport=JudgedTransport()) as plane:
        site = plane.tenant("site", "12345ABCDE")
        site.arm("http_status", {"status": 503}, operation="reserveTicket", nth=2)
        plane.nobody.arm("rate_limit", operation="getJwks")
        assert reserve(one.base_url, site).status_code == 200
        state = plane.export()
        site.clear_faults()
        plane.nobody.clear_faults()

        plane.load(state)

        assert [fault["matched"] for fault in site.faults()] == [1]
        assert [fault["id"] for fault in plane.nobody.faults()] == ["rate_limit-1"]
        assert [reserve(one.base_url, site).status_code for _ in range(2)] == [503, 200]

        for owner in ("tenants", "nobodys_faults"):
            wrong = copy.deepcopy(state)
            (fault,) = wrong["tenants"][0]["faults"] if owner == "tenants" else wrong["nobodys_faults"]
            fault["spec"]["nth"] = -1
            with pytest.raises(ControlPlaneError) as error:
                plane.load(wrong)
            assert (error.value.status, "\n" in error.value.detail) == (400, False)
            assert "nth" in error.value.detail
        assert [fault["matched"] for fault in site.faults()] == [3]


# From the command line


def test_faults_of_the_command_line_are_armed_where_they_can_strike_and_again_after_a_reset() -> None:
    with (
        sandbox(
            "--fault", "http_status,operation=reserveTicket,status=503,tenant=site",
            "--fault", "truncate,nth=7",
            "--fault", "bad_signature",
        ) as one,
        Sandbox(one.admin_url) as plane,
    ):  # fmt: skip
        site, client = plane.tenant("site", "12345ABCDE"), plane.tenant("PartnerClient-1556")

        def names(tenant: Tenant) -> list[str]:
            return [fault["fault"] for fault in tenant.faults()]

        assert reserve(one.base_url, site).status_code == 503
        assert names(site) == ["http_status", "truncate", "bad_signature"]
        assert names(client) == ["truncate", "bad_signature"]
        assert names(plane.nobody) == ["truncate"]
        assert names(plane.create_operator()) == ["truncate", "bad_signature"]
        site.clear_faults()
        assert reserve(one.base_url, site).status_code == 200
        site.reset()
        assert reserve(one.base_url, site).status_code == 503
        plane.nobody.clear_faults()
        plane.reset()
        assert (names(site), names(plane.nobody)) == (
            ["http_status", "truncate", "bad_signature"],
            ["truncate"],
        )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lag", "--fault: there is no `lag`"),
        ("drop,nht=2", "--fault drop: unknown setting `nht`; did you mean `nth`?"),
        ("drop,nth=none", "--fault drop: `nth` is 'none'"),
        (
            "drop,operation=payTicket,tenant=sit",
            "--fault drop: no tenant is called `sit`; did you mean `site`?",
        ),
        ("drop,operation=payTikcet", "did you mean `payTicket`?"),
        ("drop,operation=payTicket,tenant=PartnerClient-1556", "`payTicket` is none of this tenant"),
        ("drop", "--fault drop: direction: has to be given"),
        ("truncate,operation=ticket_win", "--fault truncate: `truncate` can't strike here"),
        ("error,class=nothing_of_the_kind", "class: there is no `nothing_of_the_kind` here"),
        ("expired_token,tenant=site", "no call that fits is signed so that `expired_token` could strike it"),
    ],
)
def test_a_wrong_fault_is_told_in_one_line_and_nothing_starts(line: str, told: str) -> None:
    ended = run("serve", "--port", "0", "--admin-port", "0", "--fault", line)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("mockserver: --fault")
    assert told in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_more_faults_than_can_be_armed_are_told_in_one_line() -> None:
    ended = run("serve", "--port", "0", "--admin-port", "0", *["--fault", "truncate"] * 101)

    assert (ended.returncode, ended.stderr) == (
        2,
        "mockserver: --fault: is given 101 times, and at most 100 can be armed\n",
    )


def test_the_command_lists_every_fault_and_shows_one() -> None:
    everything, one, wrong = run("faults"), run("faults", "drop"), run("faults", "dorp")

    for name, row in CATALOGUE.items():
        assert f"\n  {name}\n" in everything.stdout
        for parameter in row.parameters:
            assert parameter in everything.stdout
    assert "lost request" in one.stdout
    assert "truncate" not in one.stdout
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "mockserver: NAME: there is no `dorp`; did you mean `drop`?\n",
    )
    assert max(map(len, everything.stdout.splitlines())) <= 110
    table = run("faults", "--markdown").stdout.splitlines()
    assert len(table) == len(CATALOGUE) + 2
    assert {line.count(" | ") for line in table} == {4}


# While something is held back


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_stop_does_not_wait_for_its_faults(number: signal.Signals) -> None:
    lines = [
        "latency,operation=listTickets,milliseconds=600000",
        "latency,operation=ping,milliseconds=600000",
        "reorder,operation=otp,milliseconds=600000",
    ]
    with served(*(part for line in lines for part in ("--fault", line))) as (process, banner):
        urls = {line.split()[0]: line.split() for line in banner.splitlines() if "http://" in line}
        base_url, admin_url = urls["betstack.bet_engine"][1].removesuffix("/be"), urls["control"][2]
        with Sandbox(admin_url) as plane:
            site = plane.tenant("site", "12345ABCDE")
            calls = [
                lambda: httpx.get(f"{base_url}/be/tickets", headers=signed(site), timeout=30),
                lambda: httpx.post(f"{admin_url}/tenants/site/drives/ping", json={}, timeout=30),
                lambda: httpx.post(
                    f"{admin_url}/tenants/site/drives/otp", json={"msisdn": "+260977223120"}, timeout=30
                ),
            ]
            threads = [threading.Thread(target=_whatever, args=(call,)) for call in calls]
            for thread in threads:
                thread.start()
            until(lambda: sum(fault["struck"] for fault in site.faults()) == len(calls))

            process.send_signal(number)

            assert process.wait(timeout=20) == 0
            assert process.stdout is not None
            assert "Traceback" not in process.stdout.read()
            for thread in threads:
                thread.join(30)


def _whatever(call: Any) -> None:
    """Call, whatever comes of it."""
    try:
        call()
    except httpx.HTTPError:
        return


def test_a_caller_who_goes_away_while_held_leaves_the_server_well(running: Running, operator: Tenant) -> None:
    operator.arm("latency", {"milliseconds": 20}, operation="listTickets")
    operator.arm("drop", operation="listTickets", point="mid_answer")
    address = urlsplit(running.base_url)
    assert address.hostname is not None
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(operator).items())
    for _ in range(20):
        with socket.create_connection((address.hostname, address.port or 0)) as connection:
            connection.sendall(f"GET /be/tickets HTTP/1.1\r\nhost: x\r\n{head}\r\n".encode())
    until(lambda: len(operator.journal(operation="listTickets")) == 20)
    operator.clear_faults()

    ticket = reserve(running.base_url, operator).json()["id"]

    assert read(running.base_url, operator, ticket).status_code == 200


def test_every_exchange_that_a_fault_struck_can_be_read_in_full(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    client = plane.create_partner_client()
    for name, row in CATALOGUE.items():
        parameters = {"class": "too_large"} if name == "error" else {}
        if "milliseconds" in row.parameters:
            parameters["milliseconds"] = 1
        if Direction.RECEIVED in row.strikes:
            armed = operator.arm(name, parameters, operation="reserveTicket", direction="received")
            with contextlib.suppress(httpx.RemoteProtocolError):
                reserve(running.base_url, operator)
            operator.disarm(armed["id"])
        for tenant, operation, drive, fields in (
            (operator, "otp", "otp", {"msisdn": "+260977223120"}),
            (client, "getUserData", "balance", {"player": "SomeUserId100"}),
            (client, "makeBet", "bet", {"player": "SomeUserId100", "amount": "1"}),
        ):
            if Direction.SENT in row.strikes:
                with contextlib.suppress(ControlPlaneError):  # what is signed in another way
                    armed = tenant.arm(name, parameters, operation=operation, direction="sent")
                    tenant.drive(drive, **fields)
                    tenant.disarm(armed["id"])

    struck = [one for tenant in (operator, client) for one in tenant.journal() if one["faults"]]
    names = {fault.rpartition("-")[0] for one in struck for fault in one["faults"]}

    assert names == set(CATALOGUE)
    for one in struck:
        assert plane.exchange(one["id"])["faults"] == one["faults"]
    client.drop()
