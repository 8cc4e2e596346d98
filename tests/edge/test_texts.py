"""Text notifications: who is told what, and that no text gets in the way of a ticket."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.outbox import CallState
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.signing import sign

from .in_process import NOW, QUICKTIP, SECRETS, SUPERBET
from .line import DOWN, Reply, answers, fails
from .operator_site import FUNDS, PLAYER, Site


def texts(site: Site) -> list[tuple[str, str, str]]:
    """Number, status and result of each `ticket_status`."""
    said = [json.loads(request.content)["data"] for request in site.line.sent("ticket_status")]
    return [(one["msisdn"], one["status"], one["result"]) for one in said]


def test_a_one_time_password_is_signed_with_three_headers(site: Site) -> None:
    (call,) = site.drive("otp", player=PLAYER, code="1234")

    (request,) = site.line.requests
    timestamp = str(int(NOW.timestamp()))
    assert (call.state, call.subject, call.cause) == (CallState.SENT, None, "drive-1")
    assert request.content == b'{"type":"otp","data":{"code":"1234","msisdn":"+254700000001"}}'
    assert (str(request.url), request.headers["content-type"]) == ("http://sandbox/sms", "application/json")
    assert (request.headers["operator-name"], request.headers["timestamp"]) == ("site", timestamp)
    assert request.headers["signature"] == sign(SECRETS["site"], timestamp, request.content)


def test_a_status_is_signed_with_three_headers(site: Site) -> None:
    ticket = site.reserve(QUICKTIP)
    site.pay(ticket)

    (request,) = site.line.sent("ticket_status")
    assert request.content.decode() == (
        f'{{"type":"ticket_status","data":{{"ticket_code":"{ticket.code}","ticket_id":"{ticket.id}",'
        '"msisdn":"254700000001","status":"open","result":"pending"}}'
    )
    assert request.headers["operator-name"] == "site"
    signed = sign(SECRETS["site"], request.headers["timestamp"], request.content)
    assert request.headers["signature"] == signed


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"player": PLAYER}, "+254700000001"),
        ({"player": "1660986605374148610"}, "+254700000000"),
        ({"msisdn": "260977223120"}, "+260977223120"),
        ({"player": PLAYER, "msisdn": "+260977223120"}, "+260977223120"),
    ],
)
def test_a_password_goes_to_the_number_that_is_given_or_the_players_or_the_operators(
    site: Site, fields: dict[str, Any], number: str
) -> None:
    site.drive("otp", **fields)

    (request,) = site.line.sent("otp")
    assert json.loads(request.content)["data"]["msisdn"] == number


def test_a_password_that_is_not_given_is_made_up_of_four_digits(site: Site) -> None:
    for _ in range(3):
        site.drive("otp", player=PLAYER)

    codes = [json.loads(request.content)["data"]["code"] for request in site.line.sent("otp")]
    assert all(len(code) == 4 and code.isdecimal() for code in codes)
    assert len(set(codes)) == 3


def test_a_password_for_nobody_is_refused(site: Site) -> None:
    with pytest.raises(ControlRefusal) as error:
        site.drive("otp", player="nobody")

    assert (error.value.problem, error.value.detail) == (
        Problem.NOT_FOUND,
        "operator `site` has no player `nobody`",
    )
    assert site.line.requests == []


def test_only_a_ticket_that_was_reserved_first_is_told_to_be_open(site: Site) -> None:
    site.create(QUICKTIP)
    reserved = site.reserve(QUICKTIP)
    assert texts(site) == []

    site.pay(reserved)

    assert texts(site) == [("254700000001", "open", "pending")]


@pytest.mark.parametrize("result", ["won", "lost", "void"])
def test_every_result_is_told_however_the_ticket_was_made(site: Site, result: str) -> None:
    created, reserved = site.create(QUICKTIP), site.reserve(SUPERBET)
    site.pay(reserved)
    for ticket in (created, reserved):
        site.drive("settle", ticket=ticket.id, result=result)

    assert texts(site)[1:] == [("254700000001", "resulted", result)] * 2


def test_nothing_else_that_happens_to_a_ticket_is_told(site: Site) -> None:
    ticket, refunded = site.create(QUICKTIP), site.create(QUICKTIP)
    discarded = site.reserve(QUICKTIP)
    site.drive("discard", ticket=discarded.id)
    site.drive("refund", ticket=refunded.id)
    site.line.on_the_way["ticket_create"] = DOWN
    site.refused("", QUICKTIP)
    assert texts(site) == []

    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.drive("settle", ticket=ticket.id, result="lost")
    site.advance(hours=24)

    assert site.state(ticket) == ("closed", "lost")
    assert [said[1:] for said in texts(site)] == [("resulted", "won"), ("resulted", "lost")]


def test_a_status_goes_to_the_players_number_or_else_the_operators(site: Site) -> None:
    site.set(msisdn="+254711111111")
    silent = PlayerSpec(id="p2", currency="KES", tokens=("p2-token",), balance=Decimal(5000))
    site.service.sandbox.tenants.seed_player("site", silent)

    for token in ("UnIqUe-ToKeN", "p2-token"):
        site.pay(site.reserve(QUICKTIP | {"token": token}))

    assert [number for number, *_ in texts(site)] == ["254700000001", "254711111111"]


def test_the_result_of_one_bet_is_never_sent(site: Site) -> None:
    assert site.refusal("bet_result") == (
        Problem.NOT_SUPPORTED,
        "Betstack does not send `bet_result`: its page is titled not supported",
    )

    ticket = site.create(QUICKTIP)
    site.drive("settle_event", event=390815, won=[101])
    site.drive("settle_event", event=391814, won=[105])

    assert site.state(ticket) == ("resulted", "won")
    assert site.line.sent("bet_result") == []


BET_RESULT = {
    "type": "bet_result",
    "data": {"ticket_id": "6549", "result": "won", "event_id": 100001, "bet_id": 101},
}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (BET_RESULT, "bet_result is not supported"),
        ({"type": "otp", "data": {"code": "1234", "msisdn": "260977223120"}}, "Notification received"),
        (
            {"type": "ticket_status", "data": {"ticket_id": "1", "status": "open", "result": "pending"}},
            "Notification received",
        ),
    ],
)
def test_the_built_in_receiver_answers_every_type(site: Site, document: dict[str, Any], message: str) -> None:
    answer = site.service.betstack("POST", "/sms", document)

    assert (answer.status_code, answer.json()) == (200, {"message": message})


def test_the_built_in_receiver_takes_nothing_that_is_wrongly_signed_or_of_another_form(site: Site) -> None:
    body = json.dumps(BET_RESULT).encode()
    forged = site.service.betstack_headers("site", body) | {"signature": "0" * 64}

    assert site.service.send("POST", "/sms", forged, body).json()["code"] == 903
    assert site.service.betstack("POST", "/sms", {"type": "triple", "data": {}}).json()["code"] == 900


NOT_TAKEN: dict[str, Reply] = {
    "500": DOWN,
    "403": answers(403, {"code": 903, "message": "Forbidden"}),
    "204": answers(204),
    "down": fails(httpx.ConnectError("All connection attempts failed")),
    "slow": fails(httpx.ReadTimeout("")),
}


@pytest.mark.parametrize("failure", NOT_TAKEN)
def test_a_receiver_that_fails_changes_nothing_and_gets_no_text_twice(site: Site, failure: str) -> None:
    site.line.on_the_way["ticket_status"] = site.line.on_the_way["otp"] = NOT_TAKEN[failure]
    ticket = site.reserve(QUICKTIP)
    site.pay(ticket)
    site.drive("settle", ticket=ticket.id, result="won")
    (password,) = site.drive("otp", player=PLAYER)

    assert site.state(ticket) == ("resulted", "won")
    assert site.balance() == FUNDS + 1835
    site.advance(hours=24)
    assert site.state(ticket) == ("closed", "won")
    assert len(texts(site)) == 2
    assert (password.state, len(password.tries)) == (CallState.PARKED, 1)
    assert site.calls(ticket)["ticket_status"] == "parked"


def test_a_receiver_that_hangs_holds_up_no_call_to_the_platform(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    gate = site.line.gates["ticket_status"] = asyncio.Event()
    drives = site.service.sandbox.tenants.vendor_of(site.operator).drives

    async def scenario() -> list[str]:
        steps = []
        for name, fields in (("settle", {"result": "won"}), ("rollback", {}), ("settle", {"result": "lost"})):
            run = drives[name].run
            assert run is not None
            doing = asyncio.ensure_future(run(site.operator, {"ticket": ticket.id, **fields}, "drive-1"))
            steps.append(doing)
            before = len(site.told(ticket))
            while len(site.told(ticket)) == before or site.operator.outbox.unfinished(ticket.id):
                await asyncio.sleep(0)
        told = site.told(ticket)
        assert not steps[0].done()
        gate.set()
        await asyncio.gather(*steps)
        return told

    told = site.service.loop.run_until_complete(asyncio.wait_for(scenario(), timeout=10))

    assert told == ["ticket_create", "ticket_win", "ticket_rollback", "ticket_lost"]
    assert [said[2] for said in texts(site)] == ["won", "lost"]


def test_a_payment_does_not_wait_for_its_text(site: Site) -> None:
    ticket = site.reserve(QUICKTIP)
    gate = site.line.gates["ticket_status"] = asyncio.Event()

    answer = site.service.betstack("POST", f"/be/tickets/{ticket.id}/paid")

    assert (answer.status_code, answer.json()) == (200, {})
    assert site.call_of(ticket, "ticket_status").state is CallState.PENDING
    gate.set()
    site.wait()
    assert site.call_of(ticket, "ticket_status").state is CallState.SENT


def test_a_payment_is_taken_even_where_its_text_has_no_room(site: Site) -> None:
    other, ticket = site.reserve(QUICKTIP), site.reserve(QUICKTIP)
    site.line.on_the_way["ticket_discard"] = DOWN
    site.drive("discard", ticket=other.id)
    site.set(outbox_size=1)

    site.pay(ticket)

    assert site.state(ticket) == ("open", "pending")
    assert texts(site) == []


def test_texts_go_to_the_operators_own_receiver_where_it_has_one(site: Site) -> None:
    site.set(sms_url="http://sandbox/own-texts?x=1")
    site.line.on_the_way["otp"] = answers(200)

    (call,) = site.drive("otp", player=PLAYER)

    (request,) = site.line.requests
    assert (str(request.url), call.state) == ("http://sandbox/own-texts?x=1", CallState.SENT)
    assert "x-sandbox-cause" not in request.headers
    site.set(sms_url=None)
    site.line.on_the_way.clear()
    site.drive("otp", player=PLAYER)
    assert "x-sandbox-cause" in site.line.requests[-1].headers
