"""Exchanges as HAR 1.2, whatever came and went."""

from __future__ import annotations

import base64
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft7Validator

from mockserver.admin.har import har_document
from mockserver.kernel.explanation import Explanation, Verdict, Verdicts
from mockserver.kernel.journal import LARGEST_KEPT, Direction, Exchange
from mockserver.kernel.redaction import Redaction

from .har_schema import HAR

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
SECRET = "12345ABCDE"
BLOT = Redaction([SECRET])

RECEIVED = Exchange(
    direction=Direction.RECEIVED,
    method="POST",
    target="/be/tickets/reserve?a=%20b&c=",
    at=NOON,
    machine_at=LATER,
    id="site-1",
    tenant="site",
    surface="betstack.bet_engine",
    operation="reserveTicket",
    cause="site-0",
    request_headers=[
        (b"host", b"127.0.0.1:8080"),
        (b"content-type", b"application/json"),
        (b"cookie", b"a=1; b=2"),
    ],
    request_body=b'{"price":"dear"}',
    request_size=16,
    status=400,
    answer_headers=[(b"content-type", b"application/json"), (b"set-cookie", b"s=x; Path=/")],
    answer_body=b'{"code":900}',
    answer_size=12,
    refusal="invalid_request",
    reason="body: no price",
    duration_ms=2.5,
    ended=True,
)
SENT = replace(
    RECEIVED,
    direction=Direction.SENT,
    target="http://127.0.0.1:9000/pam",
    action="ticket_win",
    status=None,
    request_headers=[],
    answer_headers=[],
    answer_body=b"",
    answer_size=0,
    reason="no connection",
)


def explain(_exchange: Exchange) -> Explanation:
    verdicts = Verdicts(Verdict.VIOLATES, Verdict.CONFORMS)
    return Explanation(verdicts, [f"price: {SECRET} is dear"], [], None, None)


def entry(exchange: Exchange) -> dict[str, Any]:
    document = har_document([exchange], explain, BLOT, of=1)
    Draft7Validator(HAR).validate(document)
    (one,) = document["log"]["entries"]
    assert isinstance(one, dict)
    return one


VARIANTS = [
    RECEIVED,
    SENT,
    replace(SENT, target=""),
    replace(RECEIVED, machine_at=None, surface=None, operation=None, cause=None),
    replace(RECEIVED, request_body=b"", request_size=0, request_headers=[]),
    replace(RECEIVED, request_body=b"\xff\x00", answer_body=b"\x80"),
    replace(
        RECEIVED, status=101, method="GET", request_headers=[(b"upgrade", b"websocket"), (b"host", b"x")]
    ),
    replace(RECEIVED, method="MESSAGE", status=None, reason=None),
    replace(RECEIVED, document=b"{}"),
]


@pytest.mark.parametrize("exchange", VARIANTS)
def test_every_entry_is_har_1_2(exchange: Exchange) -> None:
    assert entry(exchange)["_exchange"] == "site-1"


@pytest.mark.parametrize("lost", ["startedDateTime", "cache", "timings", "request", "response"])
def test_the_schema_refuses_an_entry_that_lacks_something(lost: str) -> None:
    document = har_document([RECEIVED], explain, BLOT, of=1)
    broken = deepcopy(document)
    del broken["log"]["entries"][0][lost]

    assert Draft7Validator(HAR).is_valid(document)
    assert not Draft7Validator(HAR).is_valid(broken)


def test_a_received_call_has_its_whole_url_its_query_and_the_machines_time() -> None:
    one = entry(RECEIVED)

    assert one["startedDateTime"] == "2026-07-01T09:30:00.000000Z"
    assert one["_tenantTime"] == "2026-03-01T12:00:00.000000Z"
    assert one["request"]["url"] == "http://127.0.0.1:8080/be/tickets/reserve?a=%20b&c="
    assert one["request"]["queryString"] == [{"name": "a", "value": " b"}, {"name": "c", "value": ""}]
    assert one["request"]["postData"] == {
        "mimeType": "application/json",
        "params": [],
        "text": '{"price":"dear"}',
    }
    assert (one["request"]["bodySize"], one["response"]["bodySize"]) == (16, 12)
    assert (one["response"]["status"], one["response"]["statusText"]) == (400, "Bad Request")
    assert one["response"]["content"] == {"size": 12, "mimeType": "application/json", "text": '{"code":900}'}
    assert (one["time"], one["timings"]) == (2.5, {"send": 0, "wait": 2.5, "receive": 0})


def test_what_har_has_no_field_for_stands_under_names_of_its_own() -> None:
    one = entry(replace(RECEIVED, document=b'{"a":1}'))

    assert {name: value for name, value in one.items() if name.startswith("_")} == {
        "_exchange": "site-1",
        "_direction": "received",
        "_tenant": "site",
        "_tenantTime": "2026-03-01T12:00:00.000000Z",
        "_surface": "betstack.bet_engine",
        "_operation": "reserveTicket",
        "_action": None,
        "_cause": "site-0",
        "_faults": [],
        "_refusal": "invalid_request",
        "_reason": "body: no price",
        "_verdicts": {"request": "violates", "answer": "conforms"},
        "_violations": {"request": ["price: [redacted] is dear"], "answer": []},
        "_document": '{"a":1}',
    }


def test_cookies_are_named_and_not_shown() -> None:
    one = entry(RECEIVED)

    blotted = "[redacted]"
    assert one["request"]["cookies"] == [{"name": "a", "value": blotted}, {"name": "b", "value": blotted}]
    assert one["response"]["cookies"] == [{"name": "s", "value": blotted}]


def test_a_call_without_an_answer_has_status_0_and_the_reason() -> None:
    answer = entry(SENT)["response"]

    assert (answer["status"], answer["_error"], answer["content"]["size"]) == (0, "no connection", 0)
    assert "_error" not in entry(RECEIVED)["response"]


def test_bytes_that_are_no_text_are_base64() -> None:
    one = entry(replace(RECEIVED, request_body=b"\xff\x00", answer_body=b"\x80\x81"))

    assert (one["response"]["content"]["text"], one["response"]["content"]["encoding"]) == ("gIE=", "base64")
    assert (one["request"]["postData"]["text"], one["request"]["postData"]["_encoding"]) == ("/wA=", "base64")


def test_text_that_was_cut_within_a_character_is_text() -> None:
    whole = ("x" * (LARGEST_KEPT - 1) + "é").encode()
    kept = whole[:LARGEST_KEPT]
    content = entry(replace(RECEIVED, answer_body=kept, answer_size=len(whole)))["response"]["content"]

    assert (content["text"], content["size"]) == ("x" * 65535, 65537)
    assert content["comment"] == "only its first 65536 bytes are kept"
    assert "encoding" not in content


@pytest.mark.parametrize(
    "changes",
    [
        {"target": f"/x?secret={SECRET}&access_token={SECRET}"},
        {"request_headers": [(b"x-own", SECRET.encode()), (b"authorization", b"Bearer x" + SECRET.encode())]},
        {"request_body": f'{{"a":"{SECRET}"}}'.encode()},
        {"request_body": b"\xff" + SECRET.encode()},
        {"answer_body": b"\xff" + SECRET.encode() + b"\xfe"},
        {"answer_body": b"\xff" + SECRET.encode()[:7], "answer_size": 100},
        {"answer_headers": [(b"location", f"/{SECRET}".encode()), (b"content-type", SECRET.encode())]},
        {"document": SECRET.encode()},
        {"reason": f"it says {SECRET}"},
    ],
)
def test_a_secret_is_in_no_field_and_in_no_base64(changes: dict[str, Any]) -> None:
    document = entry(replace(RECEIVED, **changes))
    shown = list(texts(document))
    bodies = [
        document["request"].get("postData", {}).get("text", ""),
        document["response"]["content"]["text"],
    ]
    for body in bodies:
        try:
            shown.append(base64.b64decode(body, validate=True).decode("latin-1"))
        except ValueError:
            continue  # it is text

    assert [one for one in shown if SECRET[:7] in one] == []
    assert any("[redacted]" in one for one in shown)


def texts(value: Any) -> Any:
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def test_a_part_of_the_exchanges_says_of_how_many() -> None:
    assert har_document([RECEIVED], explain, BLOT, of=3)["log"]["comment"] == "1 of 3 exchanges"
    assert "comment" not in har_document([RECEIVED], explain, BLOT, of=1)["log"]
