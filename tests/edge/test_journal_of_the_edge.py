"""What the edge writes into the journals, and what can be said about an exchange afterwards."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mockserver.betstack.signature import MISTAKES
from mockserver.edge.explanation import Difference, Explanation
from mockserver.kernel.explanation import Verdict, Verdicts
from mockserver.kernel.journal import LARGEST_KEPT, NOBODY, Direction, Exchange
from mockserver.kernel.signing import digest

from .in_process import NOW, SUPERBET, Service

SECRET = "12345ABCDE"
CLIENT = "PartnerClient-1556"
RESERVE = "/be/tickets/reserve"
TIME = b"1706090303"
SPACED = json.dumps(SUPERBET).encode()
BARE = SPACED.translate(None, b" ")
NOTHING_JUDGED = Verdicts(Verdict.NOT_JUDGED, Verdict.NOT_JUDGED)
LONG = json.dumps(SUPERBET | {"psp": "x" * LARGEST_KEPT}, separators=(",", ":")).encode()


def journal(service: Service, owner: str) -> list[Exchange]:
    """The exchanges without Betstack's own talk with the operator's platform."""
    kept = service.sandbox.tenants.journal_of(owner).exchanges()
    return [one for one in kept if one.surface != "betstack.pam"]


def counts(service: Service) -> dict[str, int]:
    """How many exchanges each journal has, without those that have none."""
    owners = [NOBODY, *(tenant.name for tenant in service.sandbox.tenants)]
    return {owner: len(journal(service, owner)) for owner in owners if journal(service, owner)}


def explained(service: Service, owner: str) -> Explanation:
    return service.sandbox.explainer.explain(journal(service, owner)[-1])


def signed(message: bytes, secret: str = SECRET) -> dict[str, str]:
    return {
        "timestamp": TIME.decode(),
        "operator-name": "site",
        "signature": digest(secret, message),
        "content-type": "application/json",
    }


ANSWERS = [
    ("POST", RESERVE, 200, "site-1"),
    ("POST", "/be/tickets/nope/paid", 400, "site-1"),
    ("POST", "/be/nope", 404, "sandbox-1"),
    ("DELETE", "/be/tickets/x", 405, "sandbox-1"),
    ("GET", "/nobodys", 404, "sandbox-1"),
]


@pytest.mark.parametrize(("method", "path", "status", "exchange"), ANSWERS)
def test_an_answer_of_any_status_names_its_exchange(
    service: Service, method: str, path: str, status: int, exchange: str
) -> None:
    answer = service.betstack(method, path, SUPERBET if path == RESERVE else None)

    assert (answer.status_code, answer.headers["x-sandbox-exchange"]) == (status, exchange)


def test_a_call_that_is_not_admitted_names_its_exchange_too(service: Service) -> None:
    answer = service.send("POST", RESERVE, {"operator-name": "site"}, BARE)

    assert (answer.status_code, answer.headers["x-sandbox-exchange"]) == (403, "site-1")


@pytest.mark.parametrize(("method", "path", "status", "_exchange"), ANSWERS)
def test_without_hints_no_answer_names_its_exchange(
    silent_service: Service, method: str, path: str, status: int, _exchange: str
) -> None:
    answer = silent_service.betstack(method, path, SUPERBET if path == RESERVE else None)

    assert answer.status_code == status
    assert [name for name in answer.headers if name.startswith("x-sandbox")] == []


def test_without_hints_the_journal_is_written_all_the_same(silent_service: Service) -> None:
    silent_service.betstack("POST", RESERVE, SUPERBET)

    (one,) = journal(silent_service, "site")
    assert (one.id, one.status) == ("site-1", 200)
    assert b"x-sandbox-exchange" not in dict(one.answer_headers)


def test_an_exchange_is_kept_as_it_was(service: Service) -> None:
    answer = service.send("POST", f"{RESERVE}?a=%20b", service.betstack_headers("site", SPACED), SPACED)

    (one,) = journal(service, "site")
    assert (one.direction, one.method, one.target) == (Direction.RECEIVED, "POST", f"{RESERVE}?a=%20b")
    assert (one.tenant, one.surface, one.operation) == ("site", "betstack.bet_engine", "reserveTicket")
    assert (one.at, one.status, one.refusal, one.reason) == (NOW, 200, None, None)
    assert (one.request_body, one.request_size, one.document) == (SPACED, len(SPACED), None)
    assert (one.answer_body, one.answer_size) == (answer.content, len(answer.content))
    assert dict(one.request_headers)[b"operator-name"] == b"site"
    assert dict(one.answer_headers) == {
        b"content-type": b"application/json",
        b"x-sandbox-exchange": b"site-1",
    }


def test_the_time_of_an_exchange_is_its_tenants(service: Service) -> None:
    moment = NOW.replace(year=2031)
    tenant = service.sandbox.tenants.find("site")
    service.loop.run_until_complete(tenant.timekeeper.set_time(moment))

    service.betstack("POST", RESERVE, SUPERBET)
    service.betstack("GET", "/be/tickets/x", operator="acme")
    kept = [*journal(service, "site"), *journal(service, "acme")]
    assert [one.machine_at for one in kept] == [NOW, NOW]
    service.send("GET", "/be/nope")

    assert [journal(service, owner)[0].at for owner in ("site", "acme", NOBODY)] == [moment, NOW, NOW]


def test_each_journal_counts_for_itself_and_the_turns_run_through_all(service: Service) -> None:
    for operator in ("site", "acme", "site"):
        service.betstack("GET", "/be/tickets/x", operator=operator)
    service.send("GET", "/be/nope")

    assert [(one.id, one.turn) for one in service.sandbox.tenants.exchanges()] == [
        ("site-1", 1),
        ("acme-1", 2),
        ("site-2", 3),
        ("sandbox-1", 4),
    ]


def test_an_operator_who_signs_wrongly_finds_the_call_in_the_own_journal(service: Service) -> None:
    service.send("POST", RESERVE, signed(b"anything"), BARE)
    service.send("POST", RESERVE, signed(TIME + BARE) | {"signature": ""}, BARE)

    assert counts(service) == {"site": 2}
    assert [(one.status, one.refusal) for one in journal(service, "site")] == [(403, "access_denied")] * 2


def test_a_call_of_an_unknown_operator_is_nobodys(service: Service) -> None:
    service.send("POST", RESERVE, signed(TIME + BARE) | {"operator-name": "nobody"}, BARE)
    service.send("POST", RESERVE, {"operator-name": "Site"}, BARE)

    assert counts(service) == {NOBODY: 2}
    assert journal(service, NOBODY)[0].operation == "reserveTicket"


def test_a_body_does_not_decide_whose_journal_it_is(service: Service) -> None:
    other = json.dumps(SUPERBET | {"operator": "acme"}).encode()

    service.send("POST", RESERVE, service.betstack_headers("site", other), other)

    assert counts(service) == {"site": 1}


def test_a_call_to_an_unknown_path_or_by_a_wrong_method_is_nobodys(service: Service) -> None:
    service.send("GET", "/be/nope", service.betstack_headers("site", b""))
    service.send("DELETE", "/be/tickets/x", service.betstack_headers("site", b""))
    service.send("GET", "/nobodys")
    service.send("POST", "/payments/nope", body=b'"x"')

    assert counts(service) == {NOBODY: 4}
    assert [
        (one.target, one.status, one.surface, one.operation, one.refusal) for one in journal(service, NOBODY)
    ] == [
        ("/be/nope", 404, "betstack.bet_engine", None, "unknown_path"),
        ("/be/tickets/x", 405, "betstack.bet_engine", None, "method_not_allowed"),
        ("/nobodys", 404, None, None, "unknown_path"),
        ("/payments/nope", 404, "betcore.casino", None, "unknown_path"),
    ]
    assert journal(service, NOBODY)[-1].request_body == b'"x"'


@pytest.mark.parametrize(
    ("claims", "owner"),
    [
        ({}, CLIENT),
        ({"exp": 1}, CLIENT),
        ({"nbf": 9_999_999_999, "exp": 9_999_999_999}, CLIENT),
        ({"client_id": "nobody"}, NOBODY),
        ({"client_id": "site"}, NOBODY),
        ({"client_id": 7}, NOBODY),
    ],
)
def test_a_token_belongs_to_the_client_that_it_names(
    service: Service, claims: dict[str, Any], owner: str
) -> None:
    service.casino("/users/data", {"PartnerUserId": "SomeUserId100"}, **claims)

    assert counts(service) == {owner: 1}
    assert (journal(service, owner)[0].refusal == "jwt_invalid") is bool(claims)


def test_a_forged_token_belongs_to_the_client_that_it_names(service: Service) -> None:
    header, payload, _ = service.token({"PartnerUserId": "SomeUserId100"}).split(".")

    service.send("POST", "/users/data", body=json.dumps(f"{header}.{payload}.AAAA").encode())

    (one,) = journal(service, CLIENT)
    assert (one.refusal, one.document) == ("jwt_invalid", None)
    assert counts(service) == {CLIENT: 1}


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'"x"', b'"a.b.c"', b'"a.e30.c"', b'"a.W10.c"'])
def test_what_names_no_client_is_nobodys(service: Service, body: bytes) -> None:
    service.send("POST", "/users/data", body=body)

    assert counts(service) == {NOBODY: 1}


def test_a_call_that_nobody_signs_is_nobodys(service: Service) -> None:
    service.send("GET", "/mis-api/api/v2/auth/jwks")

    (one,) = journal(service, NOBODY)
    assert (one.surface, one.operation, one.status) == ("betcore.aggregator", "getJwks", 200)


def test_a_caller_who_is_gone_before_the_body_is_complete_leaves_an_exchange_without_answer(
    service: Service,
) -> None:
    left: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Any] = []

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    headers = [(b"operator-name", b"site")]
    scope = {"type": "http", "method": "POST", "path": RESERVE, "query_string": b"", "headers": headers}
    service.loop.run_until_complete(service.app(scope | {"root_path": ""}, receive, send))

    (one,) = journal(service, NOBODY)
    assert answered == []
    assert (one.status, one.answer_body, one.refusal) == (None, b"", None)
    assert one.reason == "the caller closed the connection before the body was complete"
    assert service.sandbox.explainer.explain(one).answer_violations == []


def test_the_pages_that_show_contracts_leave_no_exchange(service: Service) -> None:
    assert service.send("GET", "/be/docs/").status_code == 200
    assert counts(service) == {}


@pytest.mark.parametrize(("sent", "kept"), [({}, None), ({"x-sandbox-cause": "site-7"}, "site-7")])
@pytest.mark.parametrize(("path", "owner"), [("/be/tickets/x", "site"), ("/be/nope", NOBODY)])
def test_the_cause_is_the_one_that_the_caller_names(
    service: Service, sent: dict[str, str], kept: str | None, path: str, owner: str
) -> None:
    service.send("GET", path, service.betstack_headers("site", b"") | sent)

    assert journal(service, owner)[0].cause == kept


def test_a_cause_is_not_endless(service: Service) -> None:
    service.send("GET", "/be/nope", {"x-sandbox-cause": "a" * 1000})

    assert journal(service, NOBODY)[0].cause == "a" * 100


def test_refusal_and_reason_are_what_the_caller_was_told(service: Service) -> None:
    wrong = service.betstack("POST", RESERVE, SUPERBET | {"token": "nobody"})
    blind = service.casino("/users/data", {"PartnerUserId": "nobody"})

    for answer, owner, refusal in ((wrong, "site", "unknown_player"), (blind, CLIENT, "unknown_user")):
        (one,) = journal(service, owner)
        assert one.refusal == refusal
        assert answer.headers["x-sandbox-reason"] == f"{refusal}: {one.reason}"


def test_what_a_token_carries_is_the_document(service: Service) -> None:
    service.casino("/users/data", {"PartnerUserId": "SomeUserId100"})

    (one,) = journal(service, CLIENT)
    assert one.document == b'{"PartnerUserId": "SomeUserId100"}'
    assert one.request_body.startswith(b'"eyJ')


def test_every_violation_of_a_body_is_explained(service: Service) -> None:
    service.betstack("POST", RESERVE, SUPERBET | {"bets": ["x", 102, "y"], "price": "dear"})

    assert journal(service, "site")[0].reason == 'body: price: "dear" is not of type "integer"'
    assert explained(service, "site").request_violations == [
        'price: "dear" is not of type "integer"',
        'bets[0]: "x" is not of type "integer"',
        'bets[2]: "y" is not of type "integer"',
    ]


def test_a_body_is_judged_whoever_signed_it(service: Service) -> None:
    body = json.dumps(SUPERBET | {"price": "dear"}).encode()

    service.send("POST", RESERVE, signed(b"anything"), body)

    assert journal(service, "site")[0].status == 403
    assert explained(service, "site").request_violations == ['price: "dear" is not of type "integer"']


def test_every_violation_of_what_a_token_carries_is_explained(service: Service) -> None:
    service.casino("/payments/make", {"PartnerUserId": 7, "Amount": "1"})

    assert sorted(explained(service, CLIENT).request_violations) == [
        '"BetId" is a required property',
        '"TransactionType" is a required property',
        'PartnerUserId: 7 is not of type "string"',
    ]


def test_what_a_token_that_was_not_verified_carries_is_not_judged(service: Service) -> None:
    service.casino("/payments/make", {"PartnerUserId": 7}, exp=1)

    assert explained(service, CLIENT).request_violations == []


def test_of_very_many_violations_a_hundred_are_explained(service: Service) -> None:
    service.betstack("POST", RESERVE, SUPERBET | {"bets": ["x"] * 1000})

    assert len(explained(service, "site").request_violations) == 100


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "not JSON: Expecting property name"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"[]", "the document is an"),
    ],
)
def test_a_body_that_cannot_be_read_is_one_violation(service: Service, body: bytes, told: str) -> None:
    service.send("POST", RESERVE, service.betstack_headers("site", body), body)

    (violation,) = explained(service, "site").request_violations
    assert violation.startswith(told)


def test_a_call_in_order_has_no_violations(service: Service) -> None:
    service.betstack("POST", RESERVE, SUPERBET)
    service.casino("/users/data", {"PartnerUserId": "SomeUserId100"})

    for owner in ("site", CLIENT):
        explanation = explained(service, owner)
        assert (explanation.request_violations, explanation.answer_violations) == ([], [])
        assert explanation.difference is None


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, b'{"type":"superbet"}', '"id" is a required property'),
        (400, b'{"code":"x","message":"y"}', 'code: "x" is not of type "integer"'),
        (403, b"no JSON", "not JSON: Expecting value at line 1 column 1"),
        (418, b"", "HTTP status 418 is not in the contract; it has 200, 400, 403"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_explained(
    service: Service, status: int, body: bytes, told: str
) -> None:
    service.betstack("POST", RESERVE, SUPERBET)
    (one,) = journal(service, "site")
    assert service.sandbox.explainer.explain(one).answer_violations == []

    one.status, one.answer_body, one.answer_size = status, body, len(body)

    assert service.sandbox.explainer.explain(one).answer_violations[0].startswith(told)


def test_the_signed_text_is_the_timestamp_and_the_body_without_spaces(service: Service) -> None:
    service.send("POST", RESERVE, signed(b"anything"), SPACED)

    assert explained(service, "site").signed_text == (TIME + BARE).decode()


def test_the_signed_text_of_a_call_without_a_body_is_the_timestamp(service: Service) -> None:
    service.betstack("GET", "/be/tickets/x")

    assert explained(service, "site").signed_text == "1706090303"


def test_a_call_without_a_timestamp_has_no_signed_text(service: Service) -> None:
    service.send("POST", RESERVE, {"operator-name": "site"}, SPACED)

    assert explained(service, "site").signed_text is None


def test_the_signed_text_of_a_token_is_its_header_and_payload(service: Service) -> None:
    token = service.token({"PartnerUserId": "SomeUserId100"})
    header, payload, signature = token.split(".")

    for sent in (token, f"{header}.{payload}.AAAA"):
        service.send("POST", "/users/data", body=json.dumps(sent).encode())
        assert explained(service, CLIENT).signed_text == f"{header}.{payload}"
    assert signature


@pytest.mark.parametrize("body", [b"", b"{}", b'"\\ud800.a.b"'])
def test_what_is_no_token_has_no_signed_text(service: Service, body: bytes) -> None:
    service.send("POST", "/users/data", body=body)

    assert explained(service, NOBODY).signed_text is None


def test_nothing_is_signed_where_no_operation_is(service: Service) -> None:
    service.send("GET", "/be/nope", service.betstack_headers("site", b""))
    service.send("GET", "/mis-api/api/v2/auth/jwks")

    judged_by_status = Verdicts(Verdict.NOT_JUDGED, Verdict.CONFORMS)
    explained_ones = [service.sandbox.explainer.explain(one) for one in journal(service, NOBODY)]
    assert explained_ones == [
        Explanation(NOTHING_JUDGED, [], [], None, None),
        Explanation(judged_by_status, [], [], None, None),
    ]


WITH_BODY = [
    (
        TIME + SPACED,
        22,
        '"site","token":"UnIqUe-ToKeN","psp":"mob',
        ' "site", "token": "UnIqUe-ToKeN", "psp":',
    ),
    (BARE, 0, '1706090303{"operator":"site","token":"Un', '{"operator":"site","token":"UnIqUe-ToKeN'),
    (BARE + TIME, 0, '1706090303{"operator":"site","token":"Un', '{"operator":"site","token":"UnIqUe-ToKeN'),
    (TIME, 10, '{"operator":"site","token":"UnIqUe-ToKeN', ""),
]
WITHOUT_BODY = [(TIME + b"{}", 10, "", "{}"), (TIME + b"null", 10, "", "null")]


def test_every_mistake_that_can_be_told_has_its_difference_here() -> None:
    assert len(MISTAKES) == len(WITH_BODY) + len(WITHOUT_BODY)


@pytest.mark.parametrize(("claimed", "offset", "expected", "told"), WITH_BODY)
def test_the_first_byte_that_differs_is_told_for_a_call_with_a_body(
    service: Service, claimed: bytes, offset: int, expected: str, told: str
) -> None:
    service.send("POST", RESERVE, signed(claimed), SPACED)

    assert journal(service, "site")[0].claimed == claimed
    assert explained(service, "site").difference == Difference(offset, expected, told)


@pytest.mark.parametrize(("claimed", "offset", "expected", "told"), WITHOUT_BODY)
def test_the_first_byte_that_differs_is_told_for_a_call_without_a_body(
    service: Service, claimed: bytes, offset: int, expected: str, told: str
) -> None:
    service.send("GET", "/be/tickets/x", signed(claimed))

    assert explained(service, "site").difference == Difference(offset, expected, told)


def test_a_line_break_that_the_shell_dropped_is_no_part_of_the_difference(service: Service) -> None:
    service.send("POST", RESERVE, signed(TIME + SPACED), SPACED + b"\n")

    assert explained(service, "site").difference == Difference(22, *WITH_BODY[0][2:])


def test_a_difference_within_a_character_is_told_byte_by_byte(service: Service) -> None:
    body = '{"a":"é ü"}'.encode()

    service.send("POST", RESERVE, signed(TIME + body), body)

    assert explained(service, "site").difference == Difference(18, 'ü"}', ' ü"}')


def test_a_signature_in_another_spelling_covers_the_right_text(service: Service) -> None:
    right = signed(TIME + BARE)["signature"]
    spellings = (right.upper(), base64.b64encode(bytes.fromhex(right)).decode())

    for spelling in spellings:
        service.send("POST", RESERVE, signed(b"") | {"signature": spelling}, SPACED)

        assert journal(service, "site")[-1].claimed == TIME + BARE
        assert explained(service, "site").difference is None


def test_a_signature_that_nothing_explains_has_no_difference(service: Service) -> None:
    for headers in (signed(TIME + BARE, "another secret"), signed(b"anything")):
        service.send("POST", RESERVE, headers, SPACED)

        assert journal(service, "site")[-1].claimed is None
        assert explained(service, "site").difference is None
        assert explained(service, "site").signed_text == (TIME + BARE).decode()


def test_a_long_body_is_kept_in_part_and_not_judged(service: Service) -> None:
    answer = service.send("POST", RESERVE, service.betstack_headers("site", LONG), LONG)

    (one,) = journal(service, "site")
    assert answer.status_code == 200
    assert (one.request_body, one.request_size) == (LONG[:65536], len(LONG))
    assert (one.answer_body, one.answer_size) == (answer.content[:65536], len(answer.content))
    explanation = explained(service, "site")
    assert explanation.request_violations == ["not judged: only its first 65536 bytes are kept"]
    assert explanation.answer_violations == ["not judged: only its first 65536 bytes are kept"]
    assert explanation.signed_text is None


def test_a_body_that_is_just_kept_whole_is_judged(service: Service) -> None:
    body = BARE[:-1] + b',"x":"' + b"x" * (LARGEST_KEPT - len(BARE) - len(',"x":""')) + b'"}'
    assert len(body) == 65536

    service.send("POST", RESERVE, service.betstack_headers("site", body), body)

    (one,) = journal(service, "site")
    assert (one.status, one.request_body) == (200, body)
    assert explained(service, "site").request_violations == []


def test_a_long_token_is_kept_in_part_and_what_it_carries_is_judged(service: Service) -> None:
    data = {"PartnerUserId": 7, "x": "x" * 60_000}
    service.casino("/users/data", data)

    (one,) = journal(service, CLIENT)
    assert one.request_size > len(one.request_body) == 65536
    assert one.document == json.dumps(data).encode()
    explanation = explained(service, CLIENT)
    assert explanation.request_violations == ['PartnerUserId: 7 is not of type "string"']
    assert explanation.signed_text is None


def test_where_a_long_body_was_cut_is_no_difference(service: Service) -> None:
    with_line_break = LONG + b"\n"
    refused = service.send("POST", RESERVE, signed(TIME + with_line_break), with_line_break)

    assert "spaces and line breaks" in refused.headers["x-sandbox-reason"]
    assert explained(service, "site").difference is None


def test_a_long_body_that_is_wrongly_signed_differs_where_it_is_kept(service: Service) -> None:
    service.send("POST", RESERVE, signed(LONG), LONG)

    assert explained(service, "site").difference == Difference(
        0, '1706090303{"operator":"site","token":"Un', '{"operator":"site","token":"UnIqUe-ToKeN'
    )
