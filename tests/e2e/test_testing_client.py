"""The client of the control plane, where the other tests do not use it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mockserver.testing import ControlPlaneError, Sandbox, Tenant

from .betstack_client import reserve
from .conftest import Running


def test_it_signs_calls_to_the_bet_engine(running: Running, operator: Tenant) -> None:
    ticket = reserve(running.base_url, operator).json()

    answer = httpx.get(f"{running.base_url}/be/tickets/{ticket['id']}", headers=operator.sign())

    assert answer.json()["id"] == ticket["id"]
    assert operator.sign(b'{"a": 1}', timestamp=7) == operator.sign(b'{"a":1}', timestamp=7)


def test_a_tenant_whose_secret_nobody_told_cant_sign(plane: Sandbox) -> None:
    with pytest.raises(ValueError, match="the secret of `site` is not known"):
        plane.tenant("site").sign()
    assert plane.tenant("site", "12345ABCDE").sign()["operator-name"] == "site"


def test_a_moment_may_be_text_or_a_datetime(operator: Tenant) -> None:
    by_text = operator.clock.freeze("2026-03-01T13:00:00+01:00")
    by_moment = operator.clock.set(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))

    assert by_text["clock"]["now"] == by_moment["clock"]["now"] == "2026-03-01T12:00:00.000000Z"


def test_no_secret_shows_in_what_python_prints(operator: Tenant) -> None:
    assert operator.secret is not None
    assert operator.secret not in repr(operator)
    assert operator.name in repr(operator)


def test_exchanges_are_found_by_ticket_operation_cause_and_id(running: Running, operator: Tenant) -> None:
    first, second = (reserve(running.base_url, operator) for _ in range(2))
    ticket = first.json()
    httpx.get(f"{running.base_url}/be/tickets/{ticket['code']}", headers=operator.sign())
    operator.change(pam_url="http://127.0.0.1:9/pam")
    driven = operator.drive("discard", ticket=ticket["id"])

    about = [one["id"] for one in operator.journal(ticket=ticket["code"])]
    sent = operator.journal(operation="ticket_discard")

    # What the caller sent, what the platform was told of it (from both sides), the reading, the discard.
    assert about == [f"{operator.name}-{number}" for number in (1, 4, 5, 11, 12)]
    assert about[0] == first.headers["x-sandbox-exchange"]
    assert second.headers["x-sandbox-exchange"] == f"{operator.name}-6"
    assert [one["cause"] for one in sent] == [driven["cause"]]
    assert operator.journal(cause=driven["cause"]) == sent
    assert [one["id"] for one in operator.journal(limit=1)] == [about[-1]]
    assert operator.journal(operation="payTicket") == []


def test_an_exchange_in_full_tells_every_violation_and_hides_secrets(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    body = b'{"operator": "x", "price": "free", "type": "superbet", "event": 1.5, "secret": "%s"}' % (
        (operator.secret or "").encode()
    )
    headers = operator.sign(body) | {"content-type": "application/json", "authorization": "Bearer abc"}
    refused = httpx.post(f"{running.base_url}/be/tickets/reserve", content=body, headers=headers)

    exchange = plane.exchange(refused.headers["x-sandbox-exchange"])

    assert (refused.status_code, exchange["refusal"]) == (400, "invalid_request")
    assert len(exchange["request_violations"]) > 5
    assert 'price: "free" is not of type "integer"' in exchange["request_violations"]
    assert operator.secret not in str(exchange)
    assert "Bearer" not in str(exchange)
    assert '"secret": "[redacted]"' in exchange["request"]["body"]
    assert exchange["answer"]["body"] == refused.text
    assert exchange["answer_violations"] == []


def test_the_first_differing_byte_of_a_signature_is_told(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    body = b'{"operator": "x"}'
    from mockserver.kernel.signing import digest

    headers = operator.sign(body, timestamp=1706090303) | {
        "signature": digest(operator.secret or "", b"1706090303" + body)
    }
    refused = httpx.post(f"{running.base_url}/be/tickets/reserve", content=body, headers=headers)

    exchange = plane.exchange(refused.headers["x-sandbox-exchange"])

    assert exchange["signed_text"] == '1706090303{"operator":"x"}'
    assert exchange["difference"] == {"offset": 22, "expected": '"x"}', "signed": ' "x"}'}


def test_what_comes_is_followed_from_exchange_to_exchange(running: Running, operator: Tenant) -> None:
    for _ in range(5):
        reserve(running.base_url, operator)
    first, *others = operator.journal()

    assert operator.journal(after=first["id"]) == others
    assert operator.journal(after=first["id"], limit=2) == others[:2]
    assert operator.journal(after=others[-1]["id"]) == []


def test_lists_are_read_to_their_end(plane: Sandbox, operator: Tenant) -> None:
    for number in range(12):
        operator.seed_player(f"p{number}", currency="KES")

    page = plane.call("GET", f"/tenants/{operator.name}/players", query={"limit": 5, "offset": 10})

    assert ([one["id"] for one in page["items"]], page["total"]) == (["p9", "p10", "p11"], 13)
    assert len(operator.players()) == 13


def test_exchange_ids_go_on_after_a_reset(running: Running, operator: Tenant) -> None:
    before = reserve(running.base_url, operator).headers["x-sandbox-exchange"]
    operator.reset()

    after = reserve(running.base_url, operator).headers["x-sandbox-exchange"]

    assert (before, after) == (f"{operator.name}-1", f"{operator.name}-6")


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"operation": "ticketwin"}, "operation: there is no `ticketwin`; did you mean `ticket_win`?"),
        ({"surface": "pam"}, "surface: there is no `pam`; known are betcore.aggregator, "),
    ],
)
def test_a_filter_that_nothing_can_fit_is_refused_with_what_was_meant(
    operator: Tenant, filters: dict[str, Any], told: str
) -> None:
    for ask in (operator.journal, operator.count, operator.wait_for, operator.har):
        with pytest.raises(ControlPlaneError) as error:
            ask(**filters)
        assert error.value.detail.startswith(told)


def test_every_operation_that_an_exchange_can_have_may_be_asked_for(operator: Tenant) -> None:
    for name in ("ticket_win", "reserveTicket", "sendPamAction", "streamGames", "negotiate", "acceptBet"):
        assert operator.count(operation=name) == 0


@pytest.mark.parametrize("name", ["..", ".", ""])
def test_a_name_that_leads_elsewhere_is_refused_and_nothing_happens(operator: Tenant, name: str) -> None:
    for call in (operator.disarm, operator.reset_player, operator.player, operator.drop_call):
        with pytest.raises(ValueError, match="can't be the name or id of anything"):
            call(name)

    assert operator.read()["name"] == operator.name
