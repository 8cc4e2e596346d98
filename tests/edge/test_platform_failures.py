"""A platform that refuses, answers rubbish, is slow or down: what the caller gets, and that nobody's money is
lost."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from mockserver.betstack.action import Action, Notification
from mockserver.betstack.callbacks import SCHEDULES
from mockserver.betstack.reasons import NO_ANSWER, REFUSED
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.outbox import CallState, Schedule
from mockserver.kernel.ports import Deadlines
from mockserver.kernel.signing import sign

from .in_process import NOW, QUICKTIP, SECRETS, SUPERBET
from .line import DOWN, Reply, answers, fails
from .operator_site import FUNDS, PRICE, Site

PATHS = {"ticket_create": "", "ticket_reserve": "/reserve"}


class BrokenStream(httpx.AsyncByteStream):
    """An answer that breaks off in the middle."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"player_id":'
        raise httpx.ReadError("connection reset by peer")


def says(code: object, status: int = 400) -> Reply:
    return answers(status, {"code": code, "message": "said by the platform"})


IDENTITY = {"player_id": "1660986605374148608", "lang": "en", "balance": 1000, "currency": "KES"}

UNREACHABLE: dict[str, Reply] = {
    "down": fails(httpx.ConnectError("All connection attempts failed")),
    "slow to connect": fails(httpx.ConnectTimeout("")),
    "slow to answer": fails(httpx.ReadTimeout("")),
    "slow to end": fails(TimeoutError()),
    "hangs up": fails(httpx.RemoteProtocolError("peer closed connection without sending a response")),
    "breaks off": lambda: httpx.Response(200, stream=BrokenStream()),
}
REFUSALS: dict[str, Reply] = {
    "101": says(101),
    "916": says(916),
    "925": says(925),
    "950": says(950),
    "a code of no row": says(777),
    "a code as text": says("916"),
    "403": answers(403, {"code": 903, "message": "Forbidden"}),
    "500": answers(500, b"Internal Server Error"),
    "503, empty": answers(503),
    "201": answers(201, b"{}"),
    "204": answers(204),
    "400, rubbish": answers(400, b"\xff\x00<html>"),
    "400, no object": answers(400, b"[101]"),
    "302": answers(302, location="http://sandbox/pam"),
    "307": answers(307, location="http://sandbox/pam"),
}
CODES = {
    "ticket_create": {"101": 101, "916": 916, "925": 925},
    "ticket_reserve": {"101": 101, "916": 916},
    "identify": {"101": 101, "403": 101},
}
"""Refusals that the caller gets as they are; every other one is 926."""

MESSAGES = {
    101: "User not found",
    916: "Player is blocked",
    925: "Insufficient funds",
    926: "Ticket is refused by the operator",
    927: "Operator does not respond",
}


def only_ticket(site: Site) -> Ticket:
    (ticket,) = site.operator.tickets
    return ticket


def discards(site: Site) -> list[str]:
    """The reason of each discard that was sent."""
    return [json.loads(request.content)["data"]["reason"] for request in site.line.sent("ticket_discard")]


@pytest.mark.parametrize("action", PATHS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_ticket_that_the_platform_refuses_is_refused_cancelled_and_discarded(
    site: Site, action: str, refusal: str
) -> None:
    site.line.on_the_way[action] = REFUSALS[refusal]

    answer = site.call("POST", PATHS[action], QUICKTIP)

    code = CODES[action].get(refusal, 926)
    assert (answer.status_code, answer.json()) == (400, {"code": code, "message": MESSAGES[code]})
    ticket = only_ticket(site)
    assert site.state(ticket) == ("cancelled", "void")
    assert site.told(ticket) == [action, "ticket_discard"]
    assert discards(site) == [REFUSED]
    assert site.calls(ticket) == {action: "parked", "ticket_discard": "sent"}
    assert site.balance() == FUNDS


@pytest.mark.parametrize("action", PATHS)
@pytest.mark.parametrize("failure", UNREACHABLE)
def test_a_ticket_that_the_platform_does_not_answer_is_cancelled_and_discarded(
    site: Site, action: str, failure: str
) -> None:
    site.line.on_the_way[action] = UNREACHABLE[failure]

    answer = site.call("POST", PATHS[action], QUICKTIP)

    assert (answer.status_code, answer.json()) == (400, {"code": 927, "message": MESSAGES[927]})
    ticket = only_ticket(site)
    assert site.state(ticket) == ("cancelled", "void")
    assert site.told(ticket) == [action, "ticket_discard"]
    assert discards(site) == [NO_ANSWER]
    assert site.balance() == FUNDS


@pytest.mark.parametrize("failure", ["slow to answer", "hangs up", "breaks off"])
def test_a_debit_whose_answer_is_lost_is_given_back(site: Site, failure: str) -> None:
    site.line.on_the_way_back["ticket_create"] = UNREACHABLE[failure]
    site.line.on_the_way["ticket_discard"] = DOWN

    assert site.refused("", QUICKTIP) == (400, 927)

    assert site.balance() == FUNDS - PRICE
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert site.balance() == FUNDS
    assert site.state(only_ticket(site)) == ("cancelled", "void")


@pytest.mark.parametrize("body", [b"", b"\xff\x00<html>", b"[]", b'{"code":916,"message":"x"}'])
@pytest.mark.parametrize("action", PATHS)
def test_any_200_acknowledges_a_ticket(site: Site, action: str, body: bytes) -> None:
    site.line.on_the_way_back[action] = answers(200, body)

    answer = site.call("POST", PATHS[action], QUICKTIP)

    assert answer.status_code == 200
    assert site.told(only_ticket(site)) == [action]


def nothing_came_of_it(site: Site) -> bool:
    return not list(site.operator.tickets) and not site.operator.outbox.calls()


@pytest.mark.parametrize("path", PATHS.values())
@pytest.mark.parametrize("refusal", REFUSALS)
def test_an_identification_that_is_refused_refuses_the_ticket_before_it_exists(
    site: Site, path: str, refusal: str
) -> None:
    site.line.on_the_way["identify"] = REFUSALS[refusal]

    answer = site.call("POST", path, QUICKTIP)

    code = CODES["identify"].get(refusal, 926)
    assert (answer.status_code, answer.json()) == (400, {"code": code, "message": MESSAGES[code]})
    assert site.line.names() == ["identify"]
    assert nothing_came_of_it(site)


@pytest.mark.parametrize("path", PATHS.values())
@pytest.mark.parametrize("failure", UNREACHABLE)
def test_an_identification_that_is_not_answered_refuses_the_ticket_before_it_exists(
    site: Site, path: str, failure: str
) -> None:
    site.line.on_the_way["identify"] = UNREACHABLE[failure]

    assert site.refused(path, QUICKTIP) == (400, 927)

    assert site.line.names() == ["identify"]
    assert nothing_came_of_it(site)


UNFIT: list[dict[str, object] | bytes] = [
    b"",
    b"\xff\x00<html>",
    b"[]",
    b"{}",
    *({name: value for name, value in IDENTITY.items() if name != missing} for missing in IDENTITY),
    IDENTITY | {"player_id": ""},
    IDENTITY | {"player_id": 1660986605374148608},
    IDENTITY | {"player_id": "x" * 201},
    IDENTITY | {"lang": "eng"},
    IDENTITY | {"balance": "1000"},
    IDENTITY | {"balance": True},
    IDENTITY | {"currency": "KESH"},
]


@pytest.mark.parametrize("body", UNFIT)
def test_an_identification_without_its_fields_is_no_answer_to_go_on_with(
    site: Site, body: dict[str, object] | bytes
) -> None:
    site.line.on_the_way["identify"] = answers(200, body)
    assert site.refused("", QUICKTIP) == (400, 926)
    assert nothing_came_of_it(site)

    site.line.on_the_way["identify"] = answers(200, IDENTITY)
    assert site.call("POST", "", QUICKTIP).status_code == 200


@pytest.mark.parametrize("balance", [0, -5, 1000.0])
def test_an_identification_may_tell_any_balance_and_more_fields(site: Site, balance: float) -> None:
    told = IDENTITY | {"balance": balance, "feature_flags": {"x": True}, "more": None}
    site.line.on_the_way["identify"] = answers(200, told)

    assert site.call("POST", "", QUICKTIP).status_code == 200


def test_the_player_and_currency_are_those_that_the_platform_tells(site: Site) -> None:
    site.line.on_the_way["identify"] = answers(200, IDENTITY | {"currency": "USD"})
    assert site.refused("", QUICKTIP) == (400, 913)

    site.line.on_the_way["identify"] = answers(200, IDENTITY | {"player_id": "1660986605374148610"})
    assert site.refused("", QUICKTIP) == (400, 916)
    assert only_ticket(site).user_id == "1660986605374148610"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(site: Site, status: int) -> None:
    site.line.on_the_way["ticket_create"] = answers(status, location="http://sandbox/elsewhere")

    assert site.refused("", QUICKTIP) == (400, 926)

    assert [str(request.url) for request in site.line.requests] == ["http://sandbox/pam"] * 3


def test_a_discard_is_repeated_every_half_hour_for_a_day_and_then_parked(site: Site) -> None:
    site.line.on_the_way |= {"ticket_create": UNREACHABLE["down"], "ticket_discard": DOWN}
    site.refused("", QUICKTIP)
    call = site.call_of(only_ticket(site), "ticket_discard")
    assert (call.state, call.next) == (CallState.REPEATED, NOW + timedelta(minutes=30))

    site.advance(hours=23, minutes=59)
    assert (call.state, len(call.tries)) == (CallState.REPEATED, 48)
    site.advance(minutes=1)

    assert (call.state, call.next) == (CallState.PARKED, None)
    assert [one.at for one in call.tries] == [NOW + n * timedelta(minutes=30) for n in range(49)]
    site.advance(days=7)
    assert len(site.line.sent("ticket_discard")) == 49
    assert len({request.content for request in site.line.sent("ticket_discard")}) == 1


def test_each_try_of_a_discard_is_signed_anew_for_its_time(site: Site) -> None:
    site.line.on_the_way |= {"ticket_create": UNREACHABLE["down"], "ticket_discard": DOWN}
    site.refused("", QUICKTIP)
    site.advance(minutes=30)

    first, second = site.line.sent("ticket_discard")
    assert int(second.headers["timestamp"]) - int(first.headers["timestamp"]) == 1800
    for request in (first, second):
        signed = sign(SECRETS["site"], request.headers["timestamp"], request.content)
        assert request.headers["signature"] == signed


@pytest.mark.parametrize("tries", [1, 5, 48])
def test_a_platform_that_comes_back_gets_the_discard_once_more_and_the_money_is_back(
    site: Site, tries: int
) -> None:
    site.line.on_the_way_back["ticket_create"] = UNREACHABLE["hangs up"]
    site.line.on_the_way["ticket_discard"] = DOWN
    site.refused("", QUICKTIP)
    site.advance(minutes=30 * (tries - 1))
    assert (len(site.line.sent("ticket_discard")), site.balance()) == (tries, FUNDS - PRICE)

    site.line.on_the_way.clear()
    site.advance(days=3)

    assert (len(site.line.sent("ticket_discard")), site.balance()) == (tries + 1, FUNDS)


@pytest.mark.parametrize("action", PATHS)
def test_a_ticket_that_was_discarded_takes_no_money_when_it_arrives_late(site: Site, action: str) -> None:
    site.line.on_the_way[action] = UNREACHABLE["slow to answer"]
    site.refused(PATHS[action], QUICKTIP)
    ticket = only_ticket(site)
    late = site.call_of(ticket, action)
    site.line.on_the_way.clear()

    site.send(late)

    assert (late.state, late.tries[-1].status) == (CallState.PARKED, 400)
    assert "ticket_discarded" in str(late.tries[-1].failure)
    assert (site.balance(), site.state(ticket)) == (FUNDS, ("cancelled", "void"))


def test_a_ticket_that_was_cancelled_can_be_read_and_listed_but_not_paid(site: Site) -> None:
    site.line.on_the_way["ticket_reserve"] = UNREACHABLE["down"]
    site.refused("/reserve", SUPERBET)
    ticket = only_ticket(site)

    assert site.call("GET", f"/{ticket.code}").json()["id"] == ticket.id
    assert [one["id"] for one in site.call("GET", "").json()] == [ticket.id]
    assert site.refused(f"/{ticket.id}/paid", {}) == (400, 117)


def test_a_cancelled_ticket_is_never_closed(site: Site) -> None:
    site.line.on_the_way["ticket_create"] = UNREACHABLE["down"]
    site.refused("", QUICKTIP)

    site.advance(days=7)

    assert site.state(only_ticket(site)) == ("cancelled", "void")
    assert site.told(only_ticket(site)) == ["ticket_create", "ticket_discard"]


@pytest.mark.parametrize("action", PATHS)
def test_a_ticket_is_new_while_the_platform_has_not_answered(site: Site, action: str) -> None:
    async def listed() -> None:
        answer = await site.service.asend("GET", "/be/tickets", site.service.betstack_headers("site", b""))
        assert [(one["status"], one["result"]) for one in answer.json()] == [("new", "pending")]

    made = site.meanwhile(action, PATHS[action], QUICKTIP, listed).json()

    assert made["status"] == {"ticket_create": "open", "ticket_reserve": "reserved"}[action]


def test_where_no_call_can_wait_any_more_no_ticket_is_made(site: Site) -> None:
    ticket = site.reserve(QUICKTIP)
    site.line.on_the_way["ticket_discard"] = DOWN
    (waiting,) = site.drive("discard", ticket=ticket.id)
    site.set(outbox_size=1)

    answer = site.call("POST", "", QUICKTIP)

    assert (answer.status_code, answer.json()["code"]) == (400, 927)
    assert "outbox: 1 calls wait, and outbox_size is 1" in answer.headers["x-sandbox-reason"]
    assert list(site.operator.tickets) == [ticket]
    assert site.balance() == FUNDS
    site.drop(waiting)
    assert site.call("POST", "", QUICKTIP).status_code == 200


def test_a_discard_is_not_lost_for_want_of_room(site: Site) -> None:
    other = site.reserve(QUICKTIP)
    site.line.on_the_way["ticket_discard"] = DOWN
    site.drive("discard", ticket=other.id)
    site.line.on_the_way_back["ticket_create"] = UNREACHABLE["breaks off"]

    async def room_shrinks() -> None:
        site.set(outbox_size=1)

    answer = site.meanwhile("ticket_create", "", QUICKTIP, room_shrinks)

    assert answer.json()["code"] == 927
    assert site.balance() == FUNDS - PRICE
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert site.balance() == FUNDS


AT_ONCE = Schedule(Deadlines(connect=5, read=5, total=5))
ONCE = Schedule(Deadlines(connect=5, read=10, total=10))
FOR_A_DAY = Schedule(Deadlines(connect=5, read=10, total=10), (timedelta(minutes=30),) * 48)


def test_each_call_has_its_deadlines_and_repeats() -> None:
    assert {name: schedule for name, schedule in SCHEDULES.items() if schedule != FOR_A_DAY} == {
        Action.PING: ONCE,
        Action.IDENTIFY: AT_ONCE,
        Action.CREATE: AT_ONCE,
        Action.RESERVE: AT_ONCE,
        Notification.OTP: ONCE,
        Notification.TICKET_STATUS: ONCE,
    }
    assert set(SCHEDULES) == {*Action, *Notification}


def test_failures_stand_in_the_journal_without_the_secret(site: Site) -> None:
    site.line.on_the_way["ticket_create"] = says(777, status=409)
    answer = site.call("POST", "", QUICKTIP)

    (told,) = [one for one in site.operator.journal.exchanges() if one.action == "ticket_create"]
    assert (told.status, told.refusal) == (409, "not_acknowledged")
    assert told.reason == "HTTP status 409; only 200 acknowledges; it says: 777 said by the platform"
    assert answer.headers["x-sandbox-reason"] == (
        "platform_refused: ticket_create: HTTP status 409; only 200 acknowledges; "
        "it says: 777 said by the platform"
    )
    assert SECRETS["site"] not in answer.text + str(answer.headers)


def test_every_violation_of_an_answer_to_identify_is_explained(site: Site) -> None:
    site.line.on_the_way["identify"] = answers(200, {"player_id": 5, "lang": "english", "balance": "1000"})

    refused = site.call("POST", "", QUICKTIP)

    journal = site.operator.journal.exchanges()
    (asked,) = [one for one in journal if one.action == "identify"]
    explained = site.service.sandbox.explainer.explain(asked)
    assert len(explained.answer_violations) == 4
    assert refused.headers["x-sandbox-reason"] == (
        "platform_refused: identify: the answer to identify: "
        "player_id is 5, it has to be a text of 1 to 200 characters; "
        'lang is "english", it has to be two letters; '
        'balance is "1000", it has to be a whole number of cents; '
        "currency is missing, it has to be three letters"
    )
