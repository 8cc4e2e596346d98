"""What faults and variations make of the answers of each API, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.kernel.json_codec import JsonInvalid
from mockserver.testing import Sandbox

from .all_surfaces import OPERATIONS, AllSurfaces
from .betstack_client import signed
from .conftest import Running
from .raw_answer import RawAnswer, asked

every_surface = pytest.mark.parametrize("surface", OPERATIONS)


@pytest.fixture(scope="module")
def opened(running: Running) -> Iterator[AllSurfaces]:
    with Sandbox(running.admin_url) as plane:
        parties = (plane.create_operator(), plane.create_partner_client(), plane.create_provider())
        yield AllSurfaces(running.base_url, plane, *parties)
        for party in parties:
            party.drop()


@pytest.fixture
def surfaces(opened: AllSurfaces) -> Iterator[AllSurfaces]:
    """Every party, with nothing armed."""
    yield opened
    for surface in OPERATIONS:
        opened.faults_of(surface).clear_faults()


def struck(
    surfaces: AllSurfaces, surface: str, fault: str, parameters: dict[str, Any] | None = None, **more: Any
) -> tuple[RawAnswer, RawAnswer]:
    """The answer with a fault in it, and one behind it, when it has struck once."""
    conditions = {"operation": OPERATIONS[surface], "direction": "received", "count": 1, **more}
    surfaces.faults_of(surface).arm(fault, parameters, **conditions)
    answer = surfaces.call(surface)
    return answer, surfaces.call(surface)


def assert_in_order(answer: RawAnswer) -> None:
    assert (answer.status, answer.is_whole) == (200, True), answer.bytes
    assert answer.body == b"" or answer.document is not None


def equal(one: Any, other: Any) -> bool:
    """Whether two documents have the same names, but for what differs from call to call."""
    return bool(one == other) or (isinstance(one, dict) and one.keys() == other.keys())


@every_surface
@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_a_connection_that_is_dropped_ends_without_a_byte(
    surfaces: AllSurfaces, surface: str, point: str
) -> None:
    lost, answered = struck(surfaces, surface, "drop", point=point)

    assert lost.bytes == b""
    assert_in_order(answered)


@every_surface
def test_a_connection_that_is_dropped_in_the_middle_ends_behind_half_of_the_body(
    surfaces: AllSurfaces, surface: str
) -> None:
    half, whole = struck(surfaces, surface, "drop", point="mid_answer")

    announced = int(half.header("content-length") or -1)
    assert half.status == 200
    assert len(half.body) == (max(1, announced // 2) if announced else 0)
    assert_in_order(whole)


@every_surface
def test_a_truncated_answer_is_a_whole_message_with_half_of_the_json(
    surfaces: AllSurfaces, surface: str
) -> None:
    cut, whole = struck(surfaces, surface, "truncate")

    assert (cut.status, cut.is_whole) == (200, True)
    if whole.body:
        assert abs(2 * len(cut.body) - len(whole.body)) <= 3
        with pytest.raises(JsonInvalid):
            _ = cut.document
    assert_in_order(whole)


@every_surface
def test_an_http_status_comes_with_a_page(surfaces: AllSurfaces, surface: str) -> None:
    page, answered = struck(surfaces, surface, "http_status", {"status": 503, "retry_after": 7})

    assert (page.status, page.is_whole, page.header("retry-after")) == (503, True, "7")
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert b"<h1>503 Service Unavailable</h1>" in page.body
    assert_in_order(answered)


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_comes_without_one(surfaces: AllSurfaces, status: int) -> None:
    empty, _ = struck(surfaces, "betstack.bet_engine", "http_status", {"status": status})

    assert (empty.status, empty.body) == (status, b"")
    assert (empty.header("content-length"), empty.header("transfer-encoding")) == (None, None)


@every_surface
def test_a_rate_limit_says_when_to_come_again(surfaces: AllSurfaces, surface: str) -> None:
    limited, answered = struck(surfaces, surface, "rate_limit", {"retry_after": 3})

    assert (limited.status, limited.header("retry-after"), limited.is_whole) == (429, "3", True)
    assert_in_order(answered)


@every_surface
def test_an_error_is_a_refusal_of_the_contract(surfaces: AllSurfaces, surface: str) -> None:
    refused, answered = struck(surfaces, surface, "error", {"class": "too_large"})

    assert (refused.status, refused.is_whole) == (413, True)
    assert isinstance(refused.document, dict)
    assert_in_order(answered)


@every_surface
def test_a_content_type_says_what_it_is_told_to(surfaces: AllSurfaces, surface: str) -> None:
    wrong, right = struck(surfaces, surface, "content_type", {"value": "text/html; charset=iso-8859-1"})

    types = [value for name, value in wrong.headers if name.lower() == "content-type"]
    assert types == ["text/html; charset=iso-8859-1"]
    assert right.header("content-type") == "application/json"
    assert equal(wrong.document, right.document)


@every_surface
def test_names_of_headers_come_in_another_case(surfaces: AllSurfaces, surface: str) -> None:
    cased, plain = struck(surfaces, surface, "header_case")

    names = {name for name, _ in cased.headers}
    assert {"Content-Type", "Content-Length", "X-Sandbox-Exchange"} <= names
    assert {"content-type", "content-length", "x-sandbox-exchange"} <= {name for name, _ in plain.headers}
    assert (cased.status, cased.is_whole) == (200, True)
    assert cased.header("transfer-encoding") is None


@every_surface
def test_white_space_stands_between_the_parts_of_the_json(surfaces: AllSurfaces, surface: str) -> None:
    spaced, plain = struck(surfaces, surface, "white_space")

    assert spaced.is_whole
    assert spaced.body.startswith(b"\n") == (plain.body.startswith((b"{", b"[")))
    if plain.body:
        assert equal(spaced.document, plain.document)


@every_surface
def test_unknown_fields_stand_in_objects_that_have_any(surfaces: AllSurfaces, surface: str) -> None:
    more, plain = struck(surfaces, surface, "unknown_fields")

    assert (b'"sandboxExtra":' in more.body) == (b'":' in plain.body)
    assert b"sandboxExtra" not in plain.body
    assert more.is_whole


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
@every_surface
def test_a_slow_answer_is_the_same_answer(surfaces: AllSurfaces, surface: str, point: str) -> None:
    slow, plain = struck(surfaces, surface, "slow", {"milliseconds": 1, "spread": 1}, point=point)

    assert_in_order(slow)
    assert equal(slow.document if slow.body else {}, plain.document if plain.body else {})
    (fault,) = surfaces.faults_of(surface).faults()
    assert (fault["matched"], fault["struck"]) == (2, 1)


@pytest.mark.parametrize("surface", ["betcore.casino", "betcore.sessions"])
def test_amounts_are_written_in_another_form_of_the_same_value(surfaces: AllSurfaces, surface: str) -> None:
    other, plain = struck(surfaces, surface, "number_form")

    def amount(answer: RawAnswer) -> str:
        value = answer.document.get("Value", answer.document)
        return str(value.get("Balance", value.get("balance")))

    assert float(amount(other)) == float(amount(plain))
    assert other.body != plain.body


def test_numbers_with_a_fraction_are_written_in_another_form(surfaces: AllSurfaces) -> None:
    surfaces.plane.nobody.arm("number_form")
    path = f"/bc/calculator/finance-details?operator={surfaces.operator.name}&price=3500&odds=1.24&odds=2.76"

    other = asked(surfaces.base_url, "GET", path)
    surfaces.plane.nobody.clear_faults()
    plain = asked(surfaces.base_url, "GET", path)

    assert other.document == plain.document
    assert other.body != plain.body


@pytest.mark.parametrize(
    ("point", "tickets", "status"),
    [("before_commit", 0, "none"), ("after_commit", 1, "reserved"), ("mid_answer", 1, "reserved")],
)
def test_a_lost_request_leaves_no_ticket_and_a_lost_answer_leaves_one(
    surfaces: AllSurfaces, point: str, tickets: int, status: str
) -> None:
    operator = surfaces.operator
    operator.reset()
    operator.arm("drop", point=point, operation="reserveTicket")

    surfaces.call("betstack.bet_engine")

    assert [ticket["status"] for ticket in operator.tickets()] == [status] * tickets
    (exchange,) = operator.journal(operation="reserveTicket", direction="received")
    (fault,) = operator.faults()
    assert exchange["faults"] == [fault["id"]]
    assert fault["id"] in (exchange["reason"] or "")
    assert exchange["status"] == (200 if point == "mid_answer" else None)


@pytest.mark.parametrize(("point", "status"), [("before_commit", "reserved"), ("after_commit", "open")])
def test_a_payment_whose_answer_is_lost_was_made_and_is_refused_the_second_time(
    surfaces: AllSurfaces, point: str, status: str
) -> None:
    surfaces.operator.reset()
    ticket = surfaces.call("betstack.bet_engine").document["id"]
    surfaces.operator.arm("drop", point=point, operation="payTicket", count=1)
    path = f"/be/tickets/{ticket}/paid"

    lost = asked(surfaces.base_url, "POST", path, signed(surfaces.operator))

    assert lost.bytes == b""
    assert [one["status"] for one in surfaces.operator.tickets()] == [status]
    again = asked(surfaces.base_url, "POST", path, signed(surfaces.operator))
    assert (again.status, again.document.get("code")) == ((400, 117) if status == "open" else (200, None))


def test_several_faults_strike_one_answer_in_the_order_in_which_they_were_armed(
    surfaces: AllSurfaces,
) -> None:
    operator = surfaces.operator
    ids = [
        operator.arm("unknown_fields", operation="reserveTicket", direction="received")["id"],
        operator.arm("truncate", operation="reserveTicket")["id"],
        operator.arm("header_case", operation="reserveTicket", direction="received")["id"],
    ]

    answer = surfaces.call("betstack.bet_engine")

    assert "Content-Length" in {name for name, _ in answer.headers}
    assert answer.is_whole
    with pytest.raises(JsonInvalid):
        _ = answer.document
    exchange = surfaces.plane.exchange(answer.header("x-sandbox-exchange") or "")
    assert exchange["faults"] == ids
    assert exchange["answer"]["body"] == answer.body.decode()


def test_an_answer_of_the_first_fault_that_answers_is_the_last(surfaces: AllSurfaces) -> None:
    surfaces.operator.arm("http_status", {"status": 502}, operation="reserveTicket")
    surfaces.operator.arm("error", {"class": "too_large"}, operation="reserveTicket")

    assert surfaces.call("betstack.bet_engine").status == 502


def test_a_connection_serves_on_behind_a_fault(surfaces: AllSurfaces) -> None:
    """What strikes once leaves the server as it was: ten drops in a row, then an answer."""
    surfaces.operator.arm("drop", operation="reserveTicket", count=10)

    answers = [surfaces.call("betstack.bet_engine") for _ in range(11)]

    assert [one.bytes == b"" for one in answers] == [True] * 10 + [False]
