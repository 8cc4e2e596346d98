"""Calls to the operator's platform and the time that repeats them, over the control plane."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from mockserver.kernel.signing import sign
from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import read, reserve
from .conftest import Running
from .pam import Pam

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def reserved(running: Running, operator: Tenant, pam: Pam) -> str:
    """Id of a ticket of an operator whose platform listens and whose clock stands at noon."""
    operator.clock.freeze(NOON)
    ticket: str = reserve(running.base_url, operator).json()["id"]
    operator.change(pam_url=pam.url)
    return ticket


def test_a_discard_is_signed_and_acknowledged(
    running: Running, operator: Tenant, pam: Pam, reserved: str
) -> None:
    driven = operator.drive("discard", ticket=reserved, reason="Kein Empfänger")

    headers, body = pam.received[0]
    (call,) = driven["calls"]
    assert (call["state"], call["subject"], call["next"]) == ("sent", reserved, None)
    assert (
        body
        == (
            f'{{"action":"ticket_discard","data":{{"operator":"{operator.name}","ticket_id":"{reserved}",'
            '"reason":"Kein Empfänger"}}'
        ).encode()
    )
    assert operator.secret is not None
    assert headers["signature"] == sign(operator.secret, headers["timestamp"], body)
    assert "x-sandbox-cause" not in headers
    ticket = read(running.base_url, operator, reserved).json()
    assert (ticket["status"], ticket["result"]) == ("cancelled", "void")


def test_a_discard_that_fails_is_repeated_every_half_hour_and_then_parked(
    operator: Tenant, pam: Pam, reserved: str
) -> None:
    pam.status = 500
    (call,) = operator.drive("discard", ticket=reserved)["calls"]
    assert (call["state"], call["next"]) == ("repeated", "2026-03-01T12:30:00.000000Z")
    assert [timer["due"] for timer in operator.timers()] == ["2026-03-01T12:30:00.000000Z"]

    passage = operator.clock.advance(hours=24)

    assert passage["complete"]
    assert [ran["due"] for ran in passage["ran"]] == [
        f"{NOON + number * timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}.000000Z" for number in range(1, 49)
    ]
    assert passage["ran"][0]["outcome"] == (
        "ticket_discard: repeated (HTTP status 500; only 200 acknowledges)"
    )
    assert passage["ran"][-1]["outcome"].startswith("ticket_discard: parked")
    (parked,) = operator.outbox("parked")
    assert (len(parked["tries"]), parked["next"]) == (49, None)
    assert len(pam.received) == 49
    assert len({body for _, body in pam.received}) == 1
    assert operator.timers() == []


def test_a_platform_that_recovers_gets_the_call_once(operator: Tenant, pam: Pam, reserved: str) -> None:
    pam.status = 503
    operator.drive("discard", ticket=reserved)
    operator.clock.advance(minutes=29)
    assert len(pam.received) == 1
    pam.status = 200

    operator.clock.advance(minutes=1)
    operator.clock.advance(days=2)

    assert len(pam.received) == 2
    assert [(call["action"], call["state"]) for call in operator.outbox()] == [
        ("ticket_reserve", "sent"),
        ("ticket_discard", "sent"),
    ]


def test_each_try_is_signed_with_the_secret_of_its_time(operator: Tenant, pam: Pam, reserved: str) -> None:
    pam.status = 403
    operator.drive("discard", ticket=reserved)
    old, new = operator.secret, operator.rotate_secret()
    operator.clock.advance(minutes=30)

    for secret, (headers, body) in zip((old, new), pam.received, strict=True):
        assert secret is not None
        assert headers["signature"] == sign(secret, headers["timestamp"], body)


def test_a_call_is_sent_again_by_hand_and_dropped(operator: Tenant, pam: Pam, reserved: str) -> None:
    pam.status = 500
    (call,) = operator.drive("discard", ticket=reserved)["calls"]

    again = operator.send(call["id"])
    dropped = operator.drop_call(call["id"])

    assert (len(again["tries"]), again["next"]) == (2, call["next"])
    assert (dropped["state"], operator.timers()) == ("dropped", [])
    with pytest.raises(ControlPlaneError) as error:
        operator.send(call["id"])
    assert (error.value.status, error.value.detail) == (409, "the call is dropped")


def test_a_redirect_is_not_followed(operator: Tenant, pam: Pam) -> None:
    operator.change(pam_url=pam.url)
    pam.status, pam.headers = 307, {"location": pam.url}

    (call,) = operator.drive("ping")["calls"]

    assert (call["state"], call["tries"][0]["status"], len(pam.received)) == ("parked", 307, 1)


def test_a_ping_is_not_signed(operator: Tenant, pam: Pam) -> None:
    operator.change(pam_url=pam.url)
    operator.drive("ping")

    headers, body = pam.received[0]
    assert json.loads(body) == {"action": "ping", "data": {}}
    assert "signature" not in headers
    assert "timestamp" not in headers


def test_nobody_listening_is_said_in_one_line(operator: Tenant) -> None:
    operator.change(pam_url="http://127.0.0.1:9/pam")

    (call,) = operator.drive("ping")["calls"]

    assert call["tries"][0]["failure"] == "no connection: All connection attempts failed"


def test_a_full_outbox_refuses_before_anything_changes(
    running: Running, operator: Tenant, pam: Pam, reserved: str
) -> None:
    operator.change(outbox_size=1, pam_url=None)
    other = reserve(running.base_url, operator).json()["id"]
    operator.change(pam_url=pam.url)
    pam.status = 500
    (parked,) = operator.drive("ping")["calls"]
    (waiting,) = operator.drive("discard", ticket=other)["calls"]
    assert (parked["state"], waiting["state"]) == ("parked", "repeated")

    with pytest.raises(ControlPlaneError) as error:
        operator.drive("discard", ticket=reserved)

    assert (error.value.status, error.value.detail) == (
        507,
        "1 calls wait, and outbox_size is 1: no room for 1 more; send or drop some, or raise it",
    )
    assert read(running.base_url, operator, reserved).json()["status"] == "reserved"
    assert error.value.problem == "full"
    operator.drop_call(waiting["id"])
    assert operator.drive("discard", ticket=reserved)["calls"]


def test_a_ticket_that_was_paid_cant_be_discarded(running: Running, operator: Tenant, reserved: str) -> None:
    operator.drive("discard", ticket=reserved)

    with pytest.raises(ControlPlaneError) as error:
        operator.drive("discard", ticket=reserved)

    assert (error.value.status, error.value.detail) == (
        409,
        f"ticket {reserved} is `cancelled`, only a `reserved` one can be discarded",
    )


def test_a_clock_is_frozen_set_advanced_and_released(running: Running, operator: Tenant) -> None:
    operator.clock.freeze(NOON)
    first = operator.clock.advance(hours=24, minutes=1, milliseconds=500)
    back = operator.clock.set(NOON)
    ticket = reserve(running.base_url, operator).json()
    running_on = operator.clock.resume()

    assert first["clock"] == {
        "now": "2026-03-02T12:01:00.500000Z",
        "frozen": True,
        "ahead_seconds": first["clock"]["ahead_seconds"],
    }
    assert back["clock"]["now"] == "2026-03-01T12:00:00.000000Z"
    assert ticket["created"] == "2026-03-01T12:00:00.000000"
    assert running_on["clock"]["frozen"] is False
    assert running_on["clock"]["now"] >= "2026-03-01T12:00:00.000000Z"


def test_a_running_clock_brings_the_repeat_by_itself(running: Running, operator: Tenant, pam: Pam) -> None:
    ticket = reserve(running.base_url, operator).json()["id"]
    operator.change(pam_url=pam.url)
    pam.status = 500
    operator.drive("discard", ticket=ticket)
    pam.status = 200

    passage = operator.clock.advance(minutes=29, seconds=59, milliseconds=500)

    assert (passage["ran"], passage["clock"]["frozen"]) == ([], False)
    assert passage["clock"]["ahead_seconds"] > 1799
    assert pam.second.wait(timeout=20)
    assert len(pam.received) == 2


def test_betcore_asks_the_built_in_casino(plane: Sandbox, running: Running) -> None:
    client = plane.create_partner_client()
    driven = client.drive("balance", player="SomeUserId100")
    (call,) = driven["calls"]

    # This sandbox reads other keys of BETCORE from where nobody listens; its own it knows.
    assert (call["state"], call["action"]) == ("sent", "getUserData")
    sent, received = client.journal(operation="getUserData")
    assert (sent["direction"], received["direction"]) == ("sent", "received")
    assert (sent["cause"], received["cause"]) == (driven["cause"], sent["id"])
    client.drop()


def test_a_drive_that_asks_gives_the_partners_answer(plane: Sandbox) -> None:
    client = plane.create_partner_client()

    asked = client.drive("balance", player="SomeUserId100")
    told = client.drive("bet", player="SomeUserId100", amount="1")

    assert asked["result"] == {"ErrorCode": 200, "Message": "Success", "Value": {"Balance": "7100.5"}}
    assert told["result"] is None
    client.drop()


def test_a_call_that_is_held_names_the_one_that_holds_it(plane: Sandbox) -> None:
    client = plane.create_partner_client(casino_url="http://127.0.0.1:1")
    client.clock.freeze(NOON)
    fields = {"player": "SomeUserId100", "bet_id": 7, "type": 4, "amount": "1"}
    (first,) = client.drive("payment", **fields)["calls"]
    (second,) = client.drive("payment", **fields)["calls"]

    assert (first["state"], first["held_by"]) == ("repeated", None)
    assert (second["state"], second["held_by"]) == ("held", first["id"])
    assert [call["held_by"] for call in client.outbox()] == [None, first["id"]]
    client.drop()


def test_a_casino_that_refuses_for_good_is_not_asked_again_and_its_reason_is_told(plane: Sandbox) -> None:
    client = plane.create_partner_client()
    client.clock.freeze(NOON)
    (call,) = client.drive("balance", player="nobody")["calls"]

    assert (call["state"], call["next"]) == ("refused", None)
    assert call["tries"][0]["failure"] == (
        "ErrorCode 102145; only 200 acknowledges; "
        f"unknown_user: PartnerUserId: client `{client.name}` has no player `nobody`"
    )
    assert client.clock.advance(minutes=1)["ran"] == []
    client.drop()
