"""An exchange is about a ticket or a bet that its path or a document names."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mockserver.kernel.journal import Direction, Exchange
from mockserver.kernel.mentions import mentions

NAMES = frozenset({"t-1", "CODE1", "77"})
KEYS = frozenset({"id", "ticket_id"})

BARE = Exchange(
    direction=Direction.RECEIVED,
    method="POST",
    target="/be/tickets",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def named(exchange: Exchange) -> bool:
    return mentions(exchange, KEYS, NAMES)


def test_an_exchange_without_a_name_is_about_nothing() -> None:
    assert not named(BARE)


@pytest.mark.parametrize(
    "target",
    [
        "/be/tickets/t-1",
        "/be/tickets/CODE1/paid",
        "/be/tickets/77?full=1",
        "/be/tickets/%74-1",
        "http://127.0.0.1:9000/pam/t-1?x=y",
    ],
)
def test_a_segment_of_the_path_names_it(target: str) -> None:
    assert named(replace(BARE, target=target))


@pytest.mark.parametrize(
    "target", ["/be/tickets/t-11", "/be/tickets/xt-1", "/be/tickets?id=t-1", "/be/tickets/code1", "/be/T-1"]
)
def test_a_part_of_a_segment_or_the_query_does_not_name_it(target: str) -> None:
    assert not named(replace(BARE, target=target))


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "t-1"}',
        b'{"ticket_id":"CODE1"}',
        b'{"id":77}',
        b'{"a":[{"b":{"id":"t-1"}}]}',
        b'[1,[{"id":"t-1"}]]',
        b'{"id":{"id":"t-1"}}',
    ],
)
def test_a_document_names_it_under_one_of_the_keys_at_any_depth(text: bytes) -> None:
    assert named(replace(BARE, request_body=text))
    assert named(replace(BARE, answer_body=text))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"t-1",
        b'"t-1"',
        b'["t-1"]',
        b'{"other":"t-1"}',
        b'{"t-1":"id"}',
        b'{"id":"t-11"}',
        b'{"id":["t-1"]}',
        b'{"id":77.0}',
        b'{"other":"t-1","id"',
        b'{"id":"t-11"',
        b'{"id":777',
    ],
)
def test_a_document_that_has_it_elsewhere_does_not_name_it(text: bytes) -> None:
    assert not named(replace(BARE, request_body=text))
    assert not named(replace(BARE, answer_body=text))


@pytest.mark.parametrize(
    "text",
    [b'{"id":"t-1","x":"cut', b'{"id" : "t-1","id":"t-1"}', b'\xff{"id":"t-1"}', b'{"id":77,"x":'],
)
def test_what_was_cut_off_or_is_no_json_names_it_by_key_and_value(text: bytes) -> None:
    assert named(replace(BARE, request_body=text))


def test_names_are_found_however_they_are_escaped() -> None:
    odd = frozenset({"é/1"})

    assert mentions(replace(BARE, request_body=b'{"id":"\\u00e9\\/1"}'), KEYS, odd)
    assert mentions(replace(BARE, target="/be/tickets/%C3%A9%2F1"), KEYS, odd)
    assert not mentions(replace(BARE, target="/be/tickets/%C3%A9/1"), KEYS, odd)


def test_the_document_of_a_token_is_read_in_place_of_the_body() -> None:
    by_token = replace(BARE, request_body=b'{"id":"t-1"}', document=b'{"id":"other"}')

    assert not named(by_token)
    assert named(replace(by_token, document=None))
    assert named(replace(BARE, request_body=b"eyJ.x.y", document=b'{"id":"t-1"}'))


def test_the_answer_names_it_beside_a_document_that_does_not() -> None:
    assert named(replace(BARE, document=b'{"id":"other"}', answer_body=b'{"ticket_id":"t-1"}'))


def test_without_keys_only_the_path_names_it() -> None:
    body = replace(BARE, request_body=b'{"id":"t-1"}')

    assert not mentions(body, frozenset(), NAMES)
    assert mentions(replace(body, target="/t-1"), frozenset(), NAMES)


def test_without_names_nothing_is_mentioned() -> None:
    assert not mentions(replace(BARE, target="/t-1", request_body=b'{"id":"t-1"}'), KEYS, frozenset())
