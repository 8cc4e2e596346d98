"""Was it called, how often, with what: asked once, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from demo.sandbox import sandbox
from mockserver.testing import ControlPlaneError, NotSeen, Sandbox, SandboxUnreachable, Tenant

from .betstack_client import pay, read, reserve
from .conftest import Running
from .pam import Pam
from .until import until

LONG = 30.0


@pytest.fixture
def jobs() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as jobs:
        yield jobs


def once_waiting(plane: Sandbox, operator: Tenant, wait: Future[Any], do: Any) -> None:
    """Do something while another thread waits, or is about to: what it waits for it finds either way."""
    plane.health()
    assert not wait.done()
    do()


def test_one_request_says_whether_how_often_and_with_what(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    ticket = reserve(running.base_url, operator).json()
    pay(running.base_url, operator, ticket["code"])
    read(running.base_url, operator, ticket["id"])
    other = reserve(running.base_url, operator).json()

    page = plane.call(
        "GET", "/journal", query={"ticket": ticket["id"], "operation": "getTicket", "full": "true"}
    )

    (one,) = page["items"]
    assert (page["total"], page["reached"]) == (1, True)
    assert one == plane.exchange(one["id"])
    assert one["answer"]["body"].startswith(f'{{"id":"{ticket["id"]}"')
    assert one["verdicts"] == {"request": "conforms", "answer": "conforms"}
    assert (
        operator.count(ticket=ticket["id"], operation="payTicket"),
        operator.count(operation="payTicket"),
    ) == (1, 1)
    assert operator.count(ticket=other["id"], operation="payTicket") == 0
    assert [one["request"]["size"] > 100 for one in operator.journal_in_full(operation="reserveTicket")] == [
        True,
        True,
    ]


def test_filters_find_what_they_name(running: Running, operator: Tenant) -> None:
    operator.seed_player("p9", currency="KES", tokens=["t9"], msisdn="254700000009")
    reserve(running.base_url, operator)
    reserve(running.base_url, operator, token="t9")
    reserve(running.base_url, operator, token="nobody")
    reserve(running.base_url, operator, price="dear")
    pay(running.base_url, operator, "nope")

    def found(**filters: Any) -> list[tuple[str | None, int | None]]:
        return [
            (one["operation"], one["status"])
            for one in operator.journal(**filters, direction="received")
            if one["surface"] == "betstack.bet_engine"
        ]

    assert found(status=400) == [("reserveTicket", 400)] * 2 + [("payTicket", 400)]
    assert found(refusal="unknown_ticket") == [("payTicket", 400)]
    assert found(verdict="violates") == [("reserveTicket", 400)]
    assert found(player="p9") == found(player="t9") == [("reserveTicket", 200)]
    assert found(player="nobody") == [("reserveTicket", 400)]
    assert found(player="p9", status=400) == []
    assert {one["surface"] for one in operator.journal(surface="betstack.pam")} == {"betstack.pam"}
    assert operator.journal(surface="betcore.casino") == []


def test_a_player_of_a_casino_and_of_a_provider_is_found_by_every_name(plane: Sandbox) -> None:
    client, provider = plane.create_partner_client(), plane.create_provider()
    client.drive("bet", player="SomeUserId100", amount="1", bet_id=1)
    client.drive("bet", player="SomeUserId200", amount="1", bet_id=2)
    session = next(one for one in provider.sessions() if one["userId"] == "553314AA2")
    provider.drive("balance", session=session["sessionId"])

    assert client.count(player="SomeUserId100") > 0
    assert client.count(player="553314AA2") == 0
    assert provider.count(player="553314AA2") == provider.count(player=session["sessionId"]) == 2
    assert provider.count(player="553314AA3") == 0
    client.drop()
    provider.drop()


def test_what_is_there_already_is_not_waited_for(running: Running, operator: Tenant) -> None:
    read(running.base_url, operator, "x")

    assert [one["operation"] for one in operator.wait_for(operation="getTicket", within_seconds=LONG)] == [
        "getTicket"
    ]


def test_a_wait_ends_as_soon_as_so_many_fit(
    running: Running, plane: Sandbox, operator: Tenant, jobs: ThreadPoolExecutor
) -> None:
    read(running.base_url, operator, "first")
    (first,) = operator.journal()
    wait = jobs.submit(
        operator.wait_for, operation="getTicket", after=first["id"], at_least=2, within_seconds=LONG
    )

    def act() -> None:
        for path in ("second", "third"):
            pay(running.base_url, operator, path)
            read(running.base_url, operator, path)

    once_waiting(plane, operator, wait, act)

    assert [one["target"] for one in wait.result(LONG)] == ["/be/tickets/second", "/be/tickets/third"]


def test_what_follows_from_a_ticket_is_found_by_the_code_that_it_does_not_name(
    running: Running, plane: Sandbox, operator: Tenant, pam: Pam, jobs: ThreadPoolExecutor
) -> None:
    ticket = reserve(running.base_url, operator).json()
    pay(running.base_url, operator, ticket["code"])
    wait = jobs.submit(operator.wait_for, operation="ticket_win", ticket=ticket["code"], within_seconds=LONG)

    once_waiting(plane, operator, wait, lambda: operator.drive("settle", ticket=ticket["id"], result="won"))

    (won,) = wait.result(LONG)
    assert (won["action"], won["direction"], won["status"]) == ("ticket_win", "sent", 200)


def test_a_player_who_comes_while_others_wait_is_known_by_the_phone_number(
    plane: Sandbox, operator: Tenant, jobs: ThreadPoolExecutor
) -> None:
    wait = jobs.submit(operator.wait_for, operation="otp", player="p9", within_seconds=LONG)

    def act() -> None:
        operator.drive("otp", msisdn="254700000008", code="1234")
        operator.seed_player("p9", currency="KES", msisdn="254700000009")
        operator.drive("otp", player="p9", code="1234")

    once_waiting(plane, operator, wait, act)

    (told,) = wait.result(LONG)
    body = plane.exchange(told["id"])["request"]["body"]
    assert ("254700000009" in body, "p9" in body) == (True, False)


def test_what_has_not_come_by_the_deadline_is_told_with_what_has(running: Running, operator: Tenant) -> None:
    read(running.base_url, operator, "x")

    with pytest.raises(NotSeen) as error:
        operator.wait_for(operation="ticket_win", ticket="x", within_seconds=0.1)

    told, last = str(error.value).splitlines()
    assert told == "0 of 1 exchanges came within 0.1 s: operation=ticket_win, ticket=x; the last that came:"
    assert last.endswith(
        f"-->  {operator.name}-1  getTicket  400  {error.value.seen[0]['duration_ms']:.1f} ms  ok/ok: "
        f"operator `{operator.name}` has no ticket with the id or code `x`"
    )
    assert isinstance(error.value, TimeoutError)
    assert [one["operation"] for one in error.value.seen] == ["getTicket"]


def test_nothing_at_all_is_told_too(operator: Tenant) -> None:
    with pytest.raises(NotSeen) as error:
        operator.wait_for(within_seconds=0)

    assert str(error.value) == "0 of 1 exchanges came within 0 s: whatever; nothing came at all"


def test_an_answer_says_whether_so_many_were_reached(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    read(running.base_url, operator, "x")

    def reached(**query: Any) -> bool:
        answer: bool = plane.call("GET", "/journal", query={"tenant": operator.name, **query})["reached"]
        return answer

    assert reached() is True
    assert reached(at_least=1) is True
    assert reached(at_least=2) is False
    assert reached(at_least=2, within_seconds=0.05) is False
    assert reached(within_seconds=0.05) is True


def test_whoever_waits_for_a_tenant_is_told_that_it_was_reset(
    operator: Tenant, jobs: ThreadPoolExecutor
) -> None:
    waits = [jobs.submit(operator.wait_for, within_seconds=LONG) for _ in range(3)]
    while not all(wait.done() for wait in waits):  # who began to wait after one reset is met by the next
        operator.reset()

    for wait in waits:
        assert refusal_of(wait) == (
            409,
            f"tenant `{operator.name}` was reset or dropped meanwhile; ask again",
        )


def test_whoever_waits_for_a_tenant_is_told_that_it_was_dropped(
    plane: Sandbox, jobs: ThreadPoolExecutor
) -> None:
    def told() -> tuple[int, str]:
        operator = plane.create_operator("gone-soon")
        wait = jobs.submit(operator.wait_for, within_seconds=LONG)
        operator.read()
        operator.drop()
        return refusal_of(wait)

    # Who only begins to wait behind the drop is told 404.
    assert until(told, lambda refusal: refusal[0] != 404) == (
        409,
        "tenant `gone-soon` was reset or dropped meanwhile; ask again",
    )


def refusal_of(wait: Future[Any]) -> tuple[int, str]:
    error = wait.exception(LONG)
    assert isinstance(error, ControlPlaneError), error
    return error.status, error.detail


def test_whoever_follows_misses_nothing_and_sees_nothing_twice(
    running: Running, plane: Sandbox, operator: Tenant, pam: Pam
) -> None:
    """Also what began before another one and ended after it."""
    pam.hold = threading.Event()
    operator.change(pam_url=pam.url)

    def follow(since: int) -> tuple[list[tuple[str, str]], int]:
        query = {"tenant": operator.name, "since": since, "within_seconds": LONG}
        page = plane.call("GET", "/journal", query=query)
        return [(one["id"].rpartition("-")[2], one["operation"]) for one in page["items"]], page["position"]

    start = plane.call("GET", "/journal", query={"tenant": operator.name})["position"]
    with ThreadPoolExecutor(1) as slow:
        ping = slow.submit(operator.drive, "ping")
        while not pam.received:
            plane.health()
        read(running.base_url, operator, "x")
        quick, position = follow(start)
        pam.hold.set()
        ping.result(LONG)
    late, end = follow(position)

    assert quick == [("2", "getTicket")]
    assert late == [("1", "sendPamAction")]
    assert follow(start)[0] == [*quick, *late]
    assert [one["operation"] for one in operator.journal()] == ["sendPamAction", "getTicket"]
    page = plane.call("GET", "/journal", query={"tenant": operator.name, "since": end})
    assert page["items"] == []


def test_what_is_more_than_the_limit_comes_with_the_next_question(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    position = plane.call("GET", "/journal", query={"limit": 1})["position"]
    for path in "abc":
        read(running.base_url, operator, path)

    seen = []
    for total in (3, 2, 1, 0):
        query = {"tenant": operator.name, "since": position, "limit": 1}
        page = plane.call("GET", "/journal", query=query)
        assert page["total"] == total
        seen += [one["target"] for one in page["items"]]
        position = page["position"]

    assert seen == ["/be/tickets/a", "/be/tickets/b", "/be/tickets/c"]


def test_a_position_that_lies_ahead_is_refused(plane: Sandbox) -> None:
    with pytest.raises(ControlPlaneError) as error:
        plane.call("GET", "/journal", query={"since": 10**12})

    assert error.value.status == 400
    assert error.value.detail.startswith("since: 1000000000000 lies ahead; the journal is at ")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"within_seconds": 61}, "within_seconds: 61.0 is greater than the maximum of 60"),
        ({"at_least": 0}, "at_least: 0 is less than the minimum of 1"),
        ({"verdict": "conforms"}, "verdict: 'conforms' is not one of ['violates']"),
        ({"status": "x"}, "status: 'x' is not of type 'integer'"),
        ({"full": "maybe"}, "full: 'maybe' is not of type 'boolean'"),
    ],
)
def test_a_question_that_cant_be_is_refused(plane: Sandbox, query: dict[str, Any], told: str) -> None:
    with pytest.raises(ControlPlaneError) as error:
        plane.call("GET", "/journal", query=query)

    assert (error.value.status, error.value.detail) == (400, told)


def test_waiters_of_many_tenants_hear_each_of_their_own(running: Running, plane: Sandbox) -> None:
    operators = [plane.create_operator() for _ in range(40)]
    with ThreadPoolExecutor(len(operators)) as jobs:
        waits = [jobs.submit(one.wait_for, operation="getTicket", within_seconds=LONG) for one in operators]
        for one in operators:
            read(running.base_url, one, f"of-{one.name}")
        targets = [[seen["target"] for seen in wait.result(LONG)] for wait in waits]

    assert targets == [[f"/be/tickets/of-{one.name}"] for one in operators]
    for one in operators:
        one.drop()


def test_an_outbox_is_waited_for(plane: Sandbox, pam: Pam) -> None:
    client = plane.create_partner_client()
    client.drive("bet", player="SomeUserId100", amount="1", bet_id=1)

    client.wait_for_outbox()

    assert {call["state"] for call in client.outbox()} == {"sent"}
    assert "acceptBet" in {call["action"] for call in client.outbox()}
    client.drop()


def test_an_outbox_that_is_not_done_says_what_is_pending(plane: Sandbox, operator: Tenant, pam: Pam) -> None:
    pam.hold = threading.Event()
    operator.change(pam_url=pam.url)
    with ThreadPoolExecutor(1) as slow:
        ping = slow.submit(operator.drive, "ping")
        while not pam.received:
            plane.health()
        (call,) = operator.outbox("pending")
        with pytest.raises(NotSeen) as error:
            operator.wait_for_outbox(within_seconds=0.1)
        pam.hold.set()
        ping.result(LONG)
        operator.wait_for_outbox()

    assert str(error.value) == f"still pending after 0.1 s: ping ({call['id']}); nothing came at all"
    assert [call["state"] for call in operator.outbox()] == ["sent"]


def test_a_sandbox_that_stops_keeps_nobody_waiting() -> None:
    with ThreadPoolExecutor(4) as jobs:
        with sandbox() as it:
            plane = Sandbox(it.admin_url)
            waits = [
                jobs.submit(plane.wait_for, name, within_seconds=59) for name in (None, "site", "sandbox")
            ]
            for _ in range(50):
                plane.health()
        ended = [wait.exception(LONG) for wait in waits]  # the process has ended by now

    plane.close()
    for error in ended:
        assert isinstance(error, ControlPlaneError | SandboxUnreachable), error
        if isinstance(error, ControlPlaneError):
            assert (error.status, error.detail) == (409, "the sandbox stops; ask again")
    assert any(isinstance(error, ControlPlaneError) for error in ended)


def test_har_holds_what_the_filters_find(running: Running, operator: Tenant) -> None:
    reserve(running.base_url, operator)
    read(running.base_url, operator, "x")

    document = operator.har(operation="getTicket")

    (entry,) = document["log"]["entries"]
    assert (entry["_exchange"], entry["response"]["status"]) == (f"{operator.name}-6", 400)
    assert entry["request"]["url"] == f"{running.base_url}/be/tickets/x"
    assert httpx.get(entry["request"]["url"]).status_code == 403
    assert len(operator.har()["log"]["entries"]) == operator.count() == 6


def test_a_secret_that_is_made_while_somebody_waits_is_not_shown(
    running: Running, plane: Sandbox, operator: Tenant, pam: Pam, jobs: ThreadPoolExecutor
) -> None:
    def wait() -> dict[str, Any]:
        query = {"tenant": operator.name, "operation": "ping", "within_seconds": LONG, "full": "true"}
        page: dict[str, Any] = plane.call("GET", "/journal", query=query)
        return page

    page = jobs.submit(wait)
    once_waiting(plane, operator, page, lambda: operator.rotate_secret("brand-new-secret"))
    operator.change(pam_url=pam.url)
    pam.body = b'{"said":"brand-new-secret"}'
    operator.drive("ping")

    (ping,) = page.result(LONG)["items"]
    assert ping["answer"]["body"] == '{"said":"[redacted]"}'
