"""Faults for those who have no control plane at hand: magic values, and a header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from mockserver.kernel.faults.magic import MAGIC
from mockserver.testing import Sandbox, Tenant

from .betstack_client import signed, superbet
from .conftest import Running

LOST = "no answer"
LATE = "too late"
HALF = "half an answer"
BROKEN = "broken JSON"


@dataclass(frozen=True)
class Seen:
    """What the caller sees: HTTP status and the vendor's code, or how the answer fails; and whether the
    ticket or bet was made."""

    answer: tuple[int, int | None] | str
    made: bool


BETSTACK = {
    "magic-insufficient-funds": Seen((400, 925), made=False),
    "magic-blocked": Seen((400, 916), made=False),
    "magic-limit": Seen((400, 915), made=False),
    "magic-odds-changed": Seen((400, 912), made=False),
    "magic-event-started": Seen((400, 919), made=False),
    "magic-currency-mismatch": Seen((400, 913), made=False),
    # Betstack has no refusals of these classes, so that nobody has such a token.
    "magic-closed": Seen((400, 101), made=False),
    "magic-duplicate": Seen((400, 101), made=False),
    "magic-expired-token": Seen((400, 101), made=False),
    "magic-outcome-unknown": Seen((400, 101), made=False),
    "magic-internal": Seen((500, 906), made=False),
    "magic-server-error": Seen((500, None), made=False),
    "magic-rate-limit": Seen((429, None), made=False),
    "magic-timeout": Seen(LATE, made=True),
    "magic-lost-request": Seen(LOST, made=False),
    "magic-lost-answer": Seen(LOST, made=True),
    "magic-half-answer": Seen(HALF, made=True),
    "magic-broken-json": Seen(BROKEN, made=True),
    "magic-unknown-fields": Seen((200, None), made=True),
    "magic-slow": Seen((200, None), made=True),
}
SESSIONS = {
    "magic-insufficient-funds": Seen((200, 4), made=False),
    "magic-blocked": Seen((200, 7), made=False),
    "magic-limit": Seen((200, 5), made=False),
    "magic-odds-changed": Seen((200, 3), made=False),
    "magic-event-started": Seen((200, 3), made=False),
    "magic-currency-mismatch": Seen((200, 3), made=False),
    "magic-closed": Seen((200, 6), made=False),
    "magic-duplicate": Seen((200, 104), made=False),
    "magic-expired-token": Seen((200, 3), made=False),
    "magic-outcome-unknown": Seen((200, 99), made=False),
    "magic-internal": Seen((500, 99), made=False),
    "magic-server-error": Seen((500, None), made=False),
    "magic-rate-limit": Seen((429, None), made=False),
    "magic-timeout": Seen(LATE, made=True),
    "magic-lost-request": Seen(LOST, made=False),
    "magic-lost-answer": Seen(LOST, made=True),
    "magic-half-answer": Seen(HALF, made=True),
    "magic-broken-json": Seen(BROKEN, made=True),
    "magic-unknown-fields": Seen((200, 1), made=True),
    "magic-slow": Seen((200, 1), made=True),
}


def answered(request: httpx.Request, code: str) -> tuple[int, int | None] | str:
    """How a request is answered, or fails to be: one that is told to be late within a second."""
    late = b"magic-timeout" in request.url.raw_path + request.content
    request.extensions["timeout"] = httpx.Timeout(1 if late else 20).as_dict()
    try:
        with httpx.Client() as client:
            answer = client.send(request)
    except httpx.ReadTimeout:
        return LATE
    except httpx.RemoteProtocolError as error:
        return HALF if "incomplete" in str(error) or "complete message body" in str(error) else LOST
    if answer.headers["content-type"].startswith("text/html"):
        return answer.status_code, None
    try:
        told = answer.json().get(code)
    except json.JSONDecodeError:
        return BROKEN
    return answer.status_code, told if isinstance(told, int) else None  # a ticket has a code too, as text


def creation(running: Running, operator: Tenant, token: str, **headers: str) -> httpx.Request:
    body = json.dumps(superbet(operator.name) | {"token": token}).encode()
    return httpx.Request(
        "POST",
        f"{running.base_url}/be/tickets",
        content=body,
        headers=signed(operator, body) | {"connection": "close"} | headers,
    )


def test_the_tables_of_these_tests_have_every_magic_value() -> None:
    assert set(BETSTACK) == set(SESSIONS) == set(MAGIC)


@pytest.mark.parametrize("value", BETSTACK)
def test_a_magic_token_brings_its_fault_to_a_ticket(running: Running, operator: Tenant, value: str) -> None:
    answer = answered(creation(running, operator, value), "code")

    seen = Seen(answer, made=len([one for one in operator.tickets() if one["status"] == "open"]) == 1)
    assert seen == BETSTACK[value]
    if seen.made:
        assert operator.player(value)["balance"] == str(1_000_000 - 2_000)


@pytest.fixture
def provider(plane: Sandbox) -> Iterator[Tenant]:
    provider = plane.create_provider()
    yield provider
    provider.drop()


@pytest.mark.parametrize("value", SESSIONS)
def test_a_magic_session_brings_its_fault_to_a_bet(running: Running, provider: Tenant, value: str) -> None:
    bet = {
        "betAmount": "10.50",
        "betId": "2f9c0a8e-7a43-4a6b-9d0b-1f4a8f0b6a01",
        "gameRoundId": "7f3d1c55-0d0c-4a35-9a43-93f1f6f1e802",
        "sessionId": value,
    }
    body = json.dumps(bet).encode()
    request = httpx.Request(
        "POST",
        f"{running.base_url}/v1/sessions/{value}/bets/pay-in",
        content=body,
        headers=provider.sign(body) | {"content-type": "application/json", "connection": "close"},
    )

    answer = answered(request, "_responseCode")

    assert Seen(answer, made=len(provider.bets()) == 1) == SESSIONS[value]


@pytest.mark.parametrize("field", ["atag", "rtag"])
def test_a_magic_value_in_another_field_is_a_text_like_any_other(
    running: Running, operator: Tenant, field: str
) -> None:
    body = json.dumps(superbet(operator.name) | {field: "magic-blocked"}).encode()
    url = f"{running.base_url}/be/tickets/reserve"

    assert httpx.post(url, content=body, headers=signed(operator, body)).status_code == 200
    assert [one["id"] for one in operator.players()] == ["1660986605374148608"]


def test_a_magic_session_leaves_a_player_of_its_name_alone(running: Running, provider: Tenant) -> None:
    provider.seed_player("magic-slow", currency="EUR", balance="5")

    answer = httpx.get(f"{running.base_url}/v1/sessions/magic-slow/balance", headers=provider.sign(b""))

    assert answer.json()["balance"] == 5


def test_an_unknown_magic_value_is_a_token_like_any_other(running: Running, operator: Tenant) -> None:
    assert answered(creation(running, operator, "magic-nonsense"), "code") == (400, 101)
    assert answered(creation(running, operator, "UnIqUe-ToKeN"), "code") == (200, None)


HEADERS = [
    ("drop,point=after_commit", LOST, 1),
    ("drop", LOST, 0),
    ("http_status,status=503,retry_after=7", (503, None), 0),
    ("error,class=odds_changed", (400, 912), 0),
]


@pytest.mark.parametrize(("line", "answer", "tickets"), HEADERS)
def test_the_header_brings_a_fault_where_the_tenant_lets_it(
    running: Running, operator: Tenant, line: str, answer: object, tickets: int
) -> None:
    request = creation(running, operator, "UnIqUe-ToKeN", **{"x-sandbox-fault": line})
    operator.change(fault_header=True)

    assert answered(request, "code") == answer
    assert len(operator.tickets()) == tickets
    (exchange,) = operator.journal(operation="createTicket")
    assert exchange["faults"] == ["x-sandbox-fault"]


def test_the_header_is_nothing_to_a_tenant_that_does_not_let_it(running: Running, operator: Tenant) -> None:
    request = creation(running, operator, "UnIqUe-ToKeN", **{"x-sandbox-fault": "drop"})

    with httpx.Client() as client:
        assert client.send(request).status_code == 200


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("dropp", "X-Sandbox-Fault: there is no `dropp`; did you mean `drop`?"),
        ("drop,tenant=site", "X-Sandbox-Fault: takes a fault, its parameters and `point`, and no conditions"),
        ("drop,nth=2", "X-Sandbox-Fault: takes a fault, its parameters and `point`, and no conditions"),
        (
            "bad_signature",
            "`bad_signature` can't strike here: it is for what is sent, and `createTicket` is received",
        ),
        ("latency,milliseconds=x", "X-Sandbox-Fault latency: `milliseconds` is 'x'; it has to be a whole "),
        ("", "X-Sandbox-Fault: there is no ``; known are latency, error, "),
    ],
)
def test_a_header_that_can_strike_nothing_is_answered_with_one_line(
    running: Running, operator: Tenant, line: str, told: str
) -> None:
    operator.change(fault_header=True)
    request = creation(running, operator, "UnIqUe-ToKeN", **{"x-sandbox-fault": line})

    with httpx.Client() as client:
        answer = client.send(request)

    assert (answer.status_code, answer.text.count("\n")) == (400, 1)
    assert answer.text.startswith(told)
    assert operator.tickets() == []


@pytest.mark.parametrize("currency", [{"a": 1}, 7, "usd", "E" * 3000])
def test_a_magic_session_has_a_currency_whatever_the_request_says(
    running: Running, plane: Sandbox, provider: Tenant, currency: object
) -> None:
    url = f"{running.base_url}/v1/sessions/magic-slow/bets/pay-in"
    bet = {"betAmount": "1", "betId": "2f9c0a8e-7a43-4a6b-9d0b-1f4a8f0b6a01"}
    body = json.dumps(
        {**bet, "gameRoundId": bet["betId"], "sessionId": "magic-slow", "currency": currency}
    ).encode()

    httpx.post(url, content=body, headers=provider.sign(body) | {"content-type": "application/json"})

    assert provider.player("magic-slow")["currency"] == "EUR"
