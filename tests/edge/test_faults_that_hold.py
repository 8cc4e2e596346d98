"""What faults hold back: nothing happens in the meantime, and a tenant that goes takes it along."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.kernel.exchange import ConnectionDropped
from mockserver.kernel.faults.road import MOST_OVERTAKEN, Overtaken, Road, TenantGone
from mockserver.kernel.faults.spec import spec_in
from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.ports import Deadlines, OutgoingRequest

from .in_process import QUICKTIP, SUPERBET, service_of
from .line import Line
from .operator_site import PRICE, Site, name_of

REQUEST = OutgoingRequest("http://127.0.0.1:9/pam", (), b"{}")
DEADLINES = Deadlines(connect=1, read=1, total=1)


class Wait:
    """A pause in a test's hand."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self.asked: list[float] = []
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.over.wait()

    async def begun(self) -> None:
        """Until somebody waits."""
        while not self.asked:
            await asyncio.sleep(0)


@pytest.fixture(scope="module")
def wait() -> Wait:
    return Wait()


@pytest.fixture(scope="module")
def opened_site(private_key: rsa.RSAPrivateKey, wait: Wait) -> Iterator[Site]:
    line = Line(name_of)
    service = service_of(private_key, line, pause=wait)
    yield Site(service, line, "site")
    service.loop.close()


@pytest.fixture
def site(opened_site: Site, wait: Wait) -> Site:
    opened_site.begin_anew()
    wait.begin_anew()
    return opened_site


def arm(site: Site, line: str) -> None:
    site.operator.faults.arm(spec_in(line).spec)


def during(
    site: Site, wait: Wait, doing: Callable[[], Awaitable[Any]], look: Callable[[], Any], end: bool = True
) -> tuple[Any, Any]:
    """What a look shows while something is held back, and what comes of that."""

    async def on_loop() -> tuple[Any, Any]:
        task = asyncio.ensure_future(doing())
        await asyncio.wait_for(wait.begun(), 10)
        seen = look()
        if end:
            wait.over.set()
        (result,) = await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 10)
        return seen, result

    return site.service.loop.run_until_complete(on_loop())


def asks(site: Site, path: str, document: Any = None) -> Callable[[], Awaitable[httpx.Response]]:
    body = b"" if document is None else json.dumps(document).encode()
    return lambda: site.service.asend(
        "POST", f"/be/tickets{path}", site.service.betstack_headers("site", body), body
    )


def test_a_request_that_is_late_has_done_nothing_yet(site: Site, wait: Wait) -> None:
    arm(site, "latency,operation=reserveTicket,milliseconds=2500")

    held, answer = during(site, wait, asks(site, "/reserve", SUPERBET), lambda: list(site.operator.tickets))

    assert (held, answer.status_code, wait.asked) == ([], 200, [2.5])
    assert len(list(site.operator.tickets)) == 1


def test_an_answer_that_is_late_has_done_everything(site: Site, wait: Wait) -> None:
    arm(site, "latency,operation=reserveTicket,milliseconds=2500,point=after_commit")

    held, answer = during(
        site, wait, asks(site, "/reserve", SUPERBET), lambda: [one.status for one in site.operator.tickets]
    )

    assert (held, answer.status_code) == (["reserved"], 200)


def test_a_call_that_is_late_has_not_arrived_yet(site: Site, wait: Wait) -> None:
    arm(site, "latency,operation=ping,milliseconds=2500")

    held, (call,) = during(site, wait, lambda: site.running("ping"), site.line.names)

    assert (held, call.state, wait.asked) == ([], "sent", [2.5])
    assert site.line.names() == ["ping"]


def test_a_call_whose_answer_is_late_has_arrived(site: Site, wait: Wait) -> None:
    arm(site, "latency,operation=ping,milliseconds=2500,point=after_commit")

    held, (call,) = during(site, wait, lambda: site.running("ping"), site.line.names)

    assert (held, call.state) == (["ping"], "sent")


def test_an_answer_is_not_waited_for_behind_its_deadline(site: Site, wait: Wait) -> None:
    arm(site, "latency,operation=ping,milliseconds=600000,point=after_commit")

    _, (call,) = during(site, wait, lambda: site.running("ping"), site.line.names)

    assert (call.state, wait.asked) == ("parked", [10])
    assert call.tries[0].failure == "no complete answer within 10 s: the fault latency-1"


GOING: dict[str, Callable[[Site], object]] = {
    "reset": lambda site: site.service.sandbox.tenants.reset("site"),
    "dropped": lambda site: site.service.sandbox.tenants.drop("site"),
    "all reset": lambda site: site.service.sandbox.tenants.reset_all(),
}


@pytest.mark.parametrize("go", GOING.values(), ids=GOING)
def test_a_call_that_is_held_back_is_not_sent_once_its_tenant_is_gone(
    site: Site, wait: Wait, go: Callable[[Site], object]
) -> None:
    arm(site, "latency,operation=ping,milliseconds=600000")
    tenant = site.tenant

    _, (call,) = during(site, wait, lambda: site.running("ping"), lambda: go(site), end=False)

    assert site.line.names() == []
    assert call.tries[0].failure == (
        "given up while a fault held it back: the tenant was reset or dropped, or the server stops"
    )
    assert tenant.journal.exchanges()[-1].reason == call.tries[0].failure


@pytest.mark.parametrize("go", GOING.values(), ids=GOING)
def test_a_request_that_is_held_back_does_nothing_once_its_tenant_is_gone(
    site: Site, wait: Wait, go: Callable[[Site], object]
) -> None:
    arm(site, "latency,operation=reserveTicket,milliseconds=600000")
    tenant = site.operator

    _, ended = during(site, wait, asks(site, "/reserve", SUPERBET), lambda: go(site), end=False)

    assert isinstance(ended, ConnectionDropped)
    assert list(tenant.tickets) == []
    assert site.line.names() == []


@pytest.mark.parametrize("go", GOING.values(), ids=GOING)
def test_a_creation_that_waits_for_another_call_goes_with_its_tenant(
    site: Site, wait: Wait, go: Callable[[Site], object]
) -> None:
    arm(site, "reorder,operation=ticket_create")

    _, answer = during(site, wait, asks(site, "", QUICKTIP), lambda: go(site), end=False)

    assert (answer.status_code, answer.json()["code"]) == (400, 927)
    assert "ticket_create" not in site.line.names()


def test_what_was_overtaken_does_not_arrive_once_its_tenant_is_gone(site: Site, wait: Wait) -> None:
    arm(site, "overtake,operation=ticket_discard,count=1")
    ticket = site.reserve(SUPERBET)
    site.drive("discard", ticket=ticket.id)
    road = site.tenant.road
    behind = OutgoingCall(
        id="c", action="ticket_closed", document=b"{}", subject=ticket.id, cause=None, created=site.now()
    )

    site.service.sandbox.tenants.reset("site")

    assert road.arriving_behind(behind, "betstack.pam") == []
    assert "ticket_discard" not in site.line.names()


def test_calls_that_hold_each_other_up_and_wait_for_another_come_to_their_end(site: Site, wait: Wait) -> None:
    """The second call about a ticket is sent when the first is acknowledged, and both wait for another."""
    ticket = site.create(QUICKTIP)
    arm(site, "reorder,direction=sent")
    wait.over.set()

    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.drive("settle", ticket=ticket.id, result="lost")

    assert site.told(ticket) == ["ticket_create", "ticket_win", "ticket_rollback", "ticket_lost"]
    assert {call.state for call in site.operator.outbox.calls()} == {"sent"}


def test_a_creation_that_arrives_behind_its_discard_leaves_no_debit(site: Site) -> None:
    arm(site, "overtake,operation=ticket_create,count=1")

    status, _ = site.refused("", QUICKTIP)
    site.wait()

    assert status == 400
    assert [name for name in site.line.names() if name != "identify"] == ["ticket_discard", "ticket_create"]
    assert site.balance() == 1_000_000


@pytest.mark.parametrize(("fault", "taken"), [("duplicate,times=3", PRICE), ("change", PRICE)])
def test_the_built_in_platform_takes_the_price_once(site: Site, fault: str, taken: int) -> None:
    arm(site, f"{fault},operation=ticket_create")

    ticket = site.create(QUICKTIP)

    assert site.state(ticket) == ("open", "pending")
    assert site.balance() == 1_000_000 - taken


def test_a_wait_that_is_cancelled_makes_room_for_the_next() -> None:
    async def on_loop() -> list[float]:
        road, asked = Road(), []

        async def pause(seconds: float) -> None:
            asked.append(seconds)
            await asyncio.sleep(0 if len(asked) == 2 else 60)

        first = asyncio.create_task(road.wait_for_another(1, pause))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await asyncio.wait_for(road.wait_for_another(2, pause), 10)
        return asked

    assert asyncio.run(on_loop()) == [1, 2]


def test_nothing_waits_on_a_road_that_is_closed() -> None:
    async def on_loop() -> None:
        road = Road()
        road.close()
        with pytest.raises(TenantGone):
            await asyncio.wait_for(road.hold(600, asyncio.sleep), 10)

    asyncio.run(on_loop())


def test_a_hundred_faults_that_do_not_fit_change_nothing(site: Site) -> None:
    plain = site.call("GET", "").json()
    for number in range(100):
        arm(site, f"http_status,containing=nowhere-{number}")

    answer = site.call("GET", "")

    assert (answer.status_code, answer.json()) == (200, plain)
    assert {fault.matched for fault in site.operator.faults.armed} == {0}


def test_of_many_that_are_overtaken_the_oldest_is_lost(site: Site) -> None:
    road = Road()
    calls = [
        OutgoingCall(id=str(number), action="ping", document=b"", subject="t", cause=None, created=site.now())
        for number in range(MOST_OVERTAKEN + 2)
    ]
    for one in calls:
        road.leave_behind(Overtaken("betstack.pam", one, REQUEST, DEADLINES, "overtake-1"))

    assert road.arriving_behind(calls[0], "betstack.sms") == []
    arrived = [one.call.id for one in road.arriving_behind(calls[0], "betstack.pam")]
    assert arrived == [one.id for one in calls[2:]]
    assert road.arriving_behind(calls[0], "betstack.pam") == []
