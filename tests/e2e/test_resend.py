"""A call that the sandbox sent goes out again: as it was, signed afresh, changed, or in another order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from demo.sandbox import free_port
from mockserver.cli import cli
from mockserver.kernel.signing import sign
from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import pay, reserve
from .conftest import Running
from .pam import Pam
from .until import until


@pytest.fixture
def told(running: Running, operator: Tenant, pam: Pam) -> dict[str, str]:
    """Ids of the exchanges with an operator's own platform that a won ticket brought about, by action."""
    operator.change(pam_url=pam.url)
    pam.body = b'{"player_id": "p1", "lang": "en", "balance": 100000, "bonus": 0, "currency": "KES"}'
    ticket = reserve(running.base_url, operator).json()["id"]
    pay(running.base_url, operator, ticket)
    operator.drive("settle", ticket=ticket, result="won")
    return {str(one["action"]): one["id"] for one in operator.journal(direction="sent")}


def resend(running: Running, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["resend", *arguments, "--admin-url", running.admin_url])


def calls(pam: Pam, count: int) -> list[dict[str, Any]]:
    """The last calls that came."""
    return [json.loads(body) for _, body in pam.received[-count:]]


def test_a_call_is_signed_afresh_as_often_as_asked(
    running: Running, plane: Sandbox, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    before = (len(pam.received), operator.outbox())
    first = pam.received[-1]

    result = resend(running, told["ticket_win"], "--times", "3")

    assert result.exit_code == 0, result.output
    came = pam.received[before[0] :]
    assert [body for _, body in came] == [first[1]] * 3
    assert operator.secret is not None
    assert all(
        headers["signature"] == sign(operator.secret, headers["timestamp"], body) for headers, body in came
    )
    assert operator.outbox() == before[1]
    again = operator.journal(cause=told["ticket_win"])
    assert [(one["action"], one["status"]) for one in again] == [("ticket_win", 200)] * 3
    assert [line.rpartition("(")[2] for line in result.output.splitlines()] == [
        f"{one['id']})" for one in again
    ]


def test_an_identical_call_has_the_old_headers(
    running: Running, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    headers, body = pam.received[-1]
    operator.rotate_secret()

    identical = resend(running, told["ticket_win"], "--identical")
    afresh = resend(running, told["ticket_win"])

    assert (identical.exit_code, afresh.exit_code) == (0, 0), identical.output
    assert pam.received[-2] == (headers, body)
    assert pam.received[-1][0]["signature"] != headers["signature"]
    assert pam.received[-1][1] == body


def test_what_is_answered_is_no_failure_of_the_vendors(
    running: Running, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    pam.status = 500

    result = resend(running, told["ticket_win"])

    assert result.exit_code == 0, result.output
    assert "  500  " in result.output
    (again,) = operator.journal(cause=told["ticket_win"])
    assert (again["status"], again["refusal"], again["reason"]) == (500, None, None)


def test_a_changed_call_has_another_amount_and_its_own_signature(
    running: Running, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    (original,) = [one for one in calls(pam, 3) if one["action"] == "ticket_reserve"]

    result = resend(running, told["ticket_reserve"], "--changed")

    assert result.exit_code == 0, result.output
    (changed,) = calls(pam, 1)
    assert changed["data"]["price"] == original["data"]["price"] + 1 == 2001
    assert changed["data"]["ticket_id"] == original["data"]["ticket_id"]
    headers, body = pam.received[-1]
    assert operator.secret is not None
    assert headers["signature"] == sign(operator.secret, headers["timestamp"], body)


def test_a_call_without_an_amount_can_not_be_changed(
    running: Running, pam: Pam, told: dict[str, str]
) -> None:
    result = resend(running, told["ticket_win"], "--changed")

    assert (result.exit_code, result.output) == (
        1,
        "mockserver: `ticket_win` says no amount here, so that none can be changed\n",
    )
    assert len(pam.received) == 3


def test_one_call_goes_behind_the_one_that_followed_it(
    running: Running, pam: Pam, told: dict[str, str]
) -> None:
    result = resend(running, told["ticket_reserve"], "--reordered")

    assert result.exit_code == 0, result.output
    assert [one["action"] for one in calls(pam, 2)] == ["ticket_win", "ticket_reserve"]
    assert resend(running, told["ticket_win"], "--reordered").output == (
        f"mockserver: no call about the same subject followed exchange `{told['ticket_win']}`\n"
    )


def test_of_several_calls_the_latest_goes_first(running: Running, pam: Pam, told: dict[str, str]) -> None:
    result = resend(running, told["ticket_reserve"], told["ticket_win"], "--reordered", "--changed")
    assert (result.exit_code, len(pam.received)) == (1, 3)

    assert resend(running, told["ticket_reserve"], told["ticket_win"], "--reordered").exit_code == 0
    assert [one["action"] for one in calls(pam, 2)] == ["ticket_win", "ticket_reserve"]
    assert resend(running, told["ticket_reserve"], told["ticket_win"]).exit_code == 0
    assert [one["action"] for one in calls(pam, 2)] == ["ticket_reserve", "ticket_win"]


def test_a_payment_to_the_built_in_casino_is_booked_once(running: Running, plane: Sandbox) -> None:
    client = plane.create_partner_client()
    client.drive("bet", player="SomeUserId100", amount="10.5", bet_id=1)
    (sent,) = client.journal(direction="sent", operation="makeBet")
    balance = client.player("SomeUserId100")["balance"]

    same = resend(running, sent["id"])
    changed = resend(running, sent["id"], "--changed")

    assert (same.exit_code, changed.exit_code) == (0, 0)
    assert '"ErrorCode":990002' in same.output
    assert '"ErrorCode":200' not in changed.output
    assert client.player("SomeUserId100")["balance"] == balance == "7090"
    (full,) = [plane.exchange(one["id"]) for one in client.journal(cause=sent["id"], direction="sent")][1:]
    assert json.loads(full["document"] or "")["Amount"] == "11.5"
    assert [row["state"] for row in client.transactions()] == ["booked"]
    client.drop()


def test_the_vendor_takes_no_note_of_what_is_answered(running: Running, plane: Sandbox, pam: Pam) -> None:
    client = plane.create_partner_client(casino_url=pam.url)
    pam.status = 500
    client.drive("bet", player="SomeUserId100", amount="1", bet_id=1)
    (sent,) = client.journal(direction="sent", operation="makeBet")
    pam.status, pam.body = 200, b'{"ErrorCode":200,"Message":"","Value":{"PartnerTransactionId":"1"}}'

    result = resend(running, sent["id"])
    client.drive("bet", player="SomeUserId100", amount="1", bet_id=2)

    assert '"ErrorCode":200' in result.output
    assert [row["state"] for row in client.transactions()] == ["open", "booked"]
    client.drop()


def test_a_round_of_a_provider_is_paid_in_again(running: Running, plane: Sandbox) -> None:
    provider = plane.create_provider()
    session = provider.drive("launch", player="553314AA2")["calls"][0]["subject"]
    provider.drive("play", session=session, stake="1", win="2")
    ids = {str(one["action"]): one["id"] for one in provider.journal(direction="sent")}

    again = resend(running, ids["payIn"])
    swapped = resend(running, ids["payIn"], "--reordered")

    assert '{"_responseCode":104}' in again.output
    assert [line.split()[0] for line in swapped.output.splitlines()] == ["payOut", "payIn"]
    provider.drop()


def test_what_came_in_and_what_never_went_out_is_refused(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    reserve(running.base_url, operator)
    (received, *_) = operator.journal(direction="received", operation="reserveTicket")

    with pytest.raises(ControlPlaneError, match="was received; only what the sandbox sent") as refused:
        plane.resend(received["id"])
    with pytest.raises(ControlPlaneError, match="contradict one another") as contradicted:
        plane.resend(operator.journal(direction="sent")[0]["id"], identical=True, changed=True)

    assert (refused.value.problem, contradicted.value.problem) == ("conflict", "invalid")


def test_a_partner_that_is_not_there_ends_with_1(
    running: Running, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    operator.change(pam_url=f"http://127.0.0.1:{free_port()}/pam")

    result = resend(running, told["ticket_win"])

    assert result.exit_code == 1
    first, last = result.output.splitlines()
    assert "no answer: no connection" in first
    assert last == "mockserver: not every call was answered"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["site-99999"], 1, "mockserver: the journal has no exchange `site-99999`, or has it no more\n"),
        (["one", "two", "--reordered"], 2, "mockserver: JOURNAL-ID: one looks like site-7, "),
        (["a-1", "b-1", "--reordered"], 2, "mockserver: --reordered: calls of several tenants have no order"),
        ([], 2, "Usage: "),
        (["a-1", "--times", "0"], 2, "Usage: "),
    ],
)
def test_what_is_wrong_is_said_without_a_trace(
    running: Running, arguments: list[str], code: int, told: str
) -> None:
    result = resend(running, *arguments)

    assert result.exit_code == code
    assert result.output.startswith(told)
    assert "Traceback" not in result.output


def test_no_sandbox_ends_with_3() -> None:
    result = CliRunner().invoke(cli, ["resend", "site-1", "--admin-url", f"http://127.0.0.1:{free_port()}"])

    assert result.exit_code == 3
    assert result.output.startswith("mockserver: no control plane answers at ")


def test_what_nobody_knows_the_sender_of_is_refused_as_received(running: Running, plane: Sandbox) -> None:
    httpx.get(f"{running.base_url}/no/such/path")
    nobodys = plane.nobody.journal()[-1]["id"]

    with pytest.raises(
        ControlPlaneError, match=f"`{nobodys}` was received; only what the sandbox"
    ) as refused:
        plane.resend(nobodys)

    assert refused.value.status == 409


def test_a_tenant_that_is_dropped_meanwhile_sends_no_more(
    plane: Sandbox, operator: Tenant, pam: Pam, told: dict[str, str]
) -> None:
    before = len(pam.received)
    pam.hold = Event()

    with ThreadPoolExecutor(1) as meanwhile:
        asked = meanwhile.submit(plane.resend, told["ticket_win"], times=20)
        until(lambda: len(pam.received) > before)
        operator.drop()
        pam.hold.set()
        refused = asked.exception()

    assert isinstance(refused, ControlPlaneError)
    assert refused.detail.endswith("was reset or dropped meanwhile; 1 of 20 calls were sent again")
    assert len(pam.received) == before + 1
