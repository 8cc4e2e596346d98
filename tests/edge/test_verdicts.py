"""How each side of an exchange stands to the contract."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mockserver.kernel.explanation import Verdict, Verdicts
from mockserver.kernel.journal import LARGEST_KEPT, NOBODY, Direction, Exchange

from .in_process import NOW, SUPERBET, Service

OK, BAD, NONE = Verdict.CONFORMS, Verdict.VIOLATES, Verdict.NOT_JUDGED
RESERVE = "/be/tickets/reserve"


def verdicts(service: Service, owner: str, surface: str | None = None) -> tuple[Verdict, Verdict]:
    """On the last exchange of an owner."""
    kept = service.sandbox.tenants.journal_of(owner).exchanges()
    one = [one for one in kept if surface in (None, one.surface)][-1]
    judged = service.sandbox.explainer.judge(one)
    assert judged == service.sandbox.explainer.explain(one).verdicts
    return judged.request, judged.answer


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (SUPERBET, (OK, OK)),
        (SUPERBET | {"token": "nobody"}, (OK, OK)),
        (SUPERBET | {"price": "dear"}, (BAD, OK)),
    ],
)
def test_a_request_is_judged_by_its_body_and_an_answer_by_its_own(
    service: Service, document: Any, expected: tuple[Verdict, Verdict]
) -> None:
    service.betstack("POST", RESERVE, document)

    assert verdicts(service, "site", "betstack.bet_engine") == expected


def test_what_the_operators_platform_is_asked_and_answers_is_judged_too(service: Service) -> None:
    service.reserved()

    sent = [one for one in service.sandbox.tenants.journal_of("site").exchanges() if one.action]
    assert [one.action for one in sent] == ["identify", "ticket_reserve"]
    assert [service.sandbox.explainer.judge(one) for one in sent] == [Verdicts(OK, OK)] * 2


def test_what_has_no_operation_is_not_judged(service: Service) -> None:
    service.send("GET", "/be/nope")

    assert verdicts(service, NOBODY) == (NONE, NONE)


def test_a_request_that_may_have_neither_body_nor_parameters_is_not_judged(service: Service) -> None:
    service.send("GET", "/mis-api/api/v2/auth/jwks")

    assert verdicts(service, NOBODY) == (NONE, OK)


@pytest.mark.parametrize(
    ("query", "expected", "violations"),
    [
        ("limit=1", (OK, OK), []),
        ("limit=x", (BAD, OK), ["limit: is 'x'; it has to be a whole number"]),
    ],
)
def test_parameters_of_the_query_are_judged(
    service: Service, query: str, expected: tuple[Verdict, Verdict], violations: list[str]
) -> None:
    service.send("GET", f"/be/tickets?{query}", service.betstack_headers("site", b""))

    (one,) = service.sandbox.tenants.journal_of("site").exchanges()
    assert verdicts(service, "site") == expected
    assert service.sandbox.explainer.explain(one).request_violations == violations


def test_a_token_that_was_not_verified_is_not_judged(service: Service) -> None:
    service.casino("/users/data", {"PartnerUserId": "SomeUserId100"}, exp=1)
    assert verdicts(service, "PartnerClient-1556") == (NONE, OK)

    service.casino("/users/data", {"PartnerUserId": "SomeUserId100"})
    assert verdicts(service, "PartnerClient-1556") == (OK, OK)

    service.casino("/users/data", {"PartnerUserId": 7})
    assert verdicts(service, "PartnerClient-1556") == (BAD, OK)


def test_a_body_that_was_cut_is_not_judged(service: Service) -> None:
    long = json.dumps(SUPERBET | {"psp": "x" * LARGEST_KEPT}).encode()
    service.send("POST", RESERVE, service.betstack_headers("site", long), long)

    assert verdicts(service, "site", "betstack.bet_engine") == (NONE, NONE)


SENT = Exchange(
    direction=Direction.SENT,
    method="POST",
    target="http://127.0.0.1:9/payments/make",
    at=NOW,
    turn=1,
    surface="betcore.casino",
    operation="makePayment",
    document=b'{"Amount":"1","BetId":7,"PartnerUserId":"u","TransactionType":-1}',
    status=200,
    answer_body=b'{"ErrorCode":200,"Message":"Success"}',
    ended=True,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": None, "answer_body": b""}, (OK, NONE)),
        ({"target": "", "status": None, "answer_body": b""}, (NONE, NONE)),
        ({"status": 418}, (OK, BAD)),
        ({"answer_body": b"<html>"}, (OK, BAD)),
        ({"answer_body": b""}, (OK, BAD)),
        ({"status": 413, "answer_body": b""}, (OK, NONE)),
        ({"status": 500, "answer_body": b""}, (OK, BAD)),
        ({"surface": "betstack.pam", "operation": "sendPamAction", "answer_body": b""}, (BAD, OK)),
        (
            {
                "surface": "betstack.pam",
                "operation": "sendPamAction",
                "action": "identify",
                "answer_body": b"",
            },
            (BAD, BAD),
        ),
        ({"document": b'{"Amount":1}'}, (BAD, BAD)),
        ({"operation": "another"}, (NONE, NONE)),
        ({"surface": "betcore.livefeed"}, (NONE, NONE)),
    ],
)
def test_what_is_sent_is_judged_by_what_it_carries(
    service: Service, changes: dict[str, Any], expected: tuple[Verdict, Verdict]
) -> None:
    base = {"answer_body": b'{"ErrorCode":200,"Message":"Success"}'} if "document" in changes else {}
    sent = replace(SENT, **base, **changes)
    sent.answer_size = len(sent.answer_body)

    judged = service.sandbox.explainer.explain(sent).verdicts

    assert (judged.request, judged.answer) == expected


def test_a_violation_of_an_answer_names_the_field(service: Service) -> None:
    explanation = service.sandbox.explainer.explain(replace(SENT, answer_size=len(SENT.answer_body)))

    assert explanation.answer_violations == ['"Value" is a required property']


def test_the_verdicts_on_an_exchange_are_worked_out_once(service: Service) -> None:
    service.betstack("POST", RESERVE, SUPERBET)
    one = service.sandbox.tenants.exchanges()[0]
    first = service.sandbox.explainer.judge(one)
    one.answer_body = b"broken meanwhile"

    assert service.sandbox.explainer.judge(one) is first
    assert service.sandbox.explainer.explain(one).verdicts != first
