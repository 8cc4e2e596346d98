"""Whatever goes wrong is answered in the shape of the vendor whose path it is."""

import json
from dataclasses import replace

import pytest

from mockserver.edge.contract import ContractError

from .in_process import SUPERBET, Service

UNKNOWN_PATH = {"code": 904, "message": "Not Found. The path belongs to no operation"}
BIG = b'"' + b"x" * 1024 * 1024 + b'"'


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/be/nope", 404, UNKNOWN_PATH),
        ("GET", "/be", 404, UNKNOWN_PATH),
        (
            "POST",
            "/be/tickets/reserve/",
            404,
            {"code": 904, "message": "Not Found. The path belongs to no operation"},
        ),
        ("DELETE", "/be/tickets/x", 405, {"code": 905, "message": "Method Not Allowed"}),
        ("GET", "/users/nope", 404, {"ErrorCode": 103799, "Message": "General API Error"}),
        ("GET", "/payments/make", 405, {"ErrorCode": 103799, "Message": "General API Error"}),
        ("GET", "/mis-api/api/v2/nope", 404, {"ErrorCode": 103799, "Message": "General API Error"}),
        ("POST", "/mis-api/api/v2/auth/jwks", 405, {"ErrorCode": 103799, "Message": "General API Error"}),
    ],
)
def test_unknown_paths_and_methods_have_the_vendors_shape(
    service: Service, method: str, path: str, status: int, body: object
) -> None:
    answer = service.send(method, path)

    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_wrong_method_is_told_the_right_ones(service: Service) -> None:
    assert service.send("GET", "/payments/make").headers["allow"] == "POST"
    assert service.send("POST", "/be/tickets/x").headers["allow"] == "GET, HEAD"


def test_a_path_of_no_vendor_says_what_is_served(service: Service) -> None:
    answer = service.send("GET", "/favicon.ico")

    assert answer.status_code == 404
    assert answer.json() == {
        "message": "No API is served here. "
        "Served are /bc, /be, /cashback-payments, /mis-api/api/v2, /pam, /partnersmediator-service/api/v2, "
        "/payments, /sms, /users, /v1"
    }


def test_a_surface_wants_a_handler_for_each_operation_and_none_besides(service: Service) -> None:
    surface = service.sandbox.surfaces[0]
    handlers = dict(surface.handlers)
    assert replace(surface, handlers=handlers).handlers == handlers

    handlers["readTicket"] = handlers.pop("getTicket")
    with pytest.raises(ContractError, match="operations and handlers differ in getTicket, readTicket"):
        replace(surface, handlers=handlers)


def test_a_body_that_is_too_large_is_refused_before_anything_else(service: Service) -> None:
    betstack = service.send("POST", "/be/tickets/reserve", body=BIG)
    casino = service.send("POST", "/users/data", body=BIG)

    assert (betstack.status_code, betstack.json()["code"]) == (413, 902)
    assert (casino.status_code, casino.json()["ErrorCode"]) == (413, 103799)
    assert service.send("POST", "/users/data", body=BIG[:-10]).status_code == 200


@pytest.mark.parametrize("declared", ["text/plain", "application/xml", "application/jsonx", "x"])
def test_another_media_type_is_refused(service: Service, declared: str) -> None:
    body = json.dumps(SUPERBET).encode()
    headers = service.betstack_headers("site", body)

    wrong = service.send("POST", "/be/tickets/reserve", headers | {"content-type": declared}, body)
    token = service.send(
        "POST",
        "/users/data",
        {"content-type": declared},
        json.dumps(service.token({"PartnerUserId": "x"})).encode(),
    )

    assert (wrong.status_code, wrong.json()["code"]) == (415, 901)
    assert (token.status_code, token.json()["ErrorCode"]) == (415, 103799)


@pytest.mark.parametrize("declared", ["application/json", "Application/JSON; charset=utf-8", None])
def test_json_by_any_spelling_or_none_is_accepted(service: Service, declared: str | None) -> None:
    body = json.dumps(SUPERBET).encode()
    headers = service.betstack_headers("site", body)
    del headers["content-type"]

    answer = service.send(
        "POST", "/be/tickets/reserve", headers | ({"content-type": declared} if declared else {}), body
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not an object"),
        (b'"x"', "a string, not an object"),
        (b'{"type":"superbet","type":"quicktip"}', "'type' stands twice"),
        (b'{"type":NaN}', "NaN is not a JSON value"),
        (b'{"price":1e999}', "out of range"),
        (b'{"price":1e99999999999999999999}', "out of range"),
        (b'{"type":"\\ud800"}', "half a surrogate pair"),
        (b'{"zz":1' + b"0" * 400 + b',"psp":["\\ud800"]}', "half a surrogate pair"),
        (b'{"\\udfff":1}', "half a surrogate pair"),
        (b"[" * 200_000, "nested too deep"),
        (b"1" * 5000, "not JSON"),
        (b"{}", "type: is missing; one of quicktip, smartbet, quickbet, superbet, jackpot"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(service: Service, body: bytes, told: str) -> None:
    answer = service.send("POST", "/be/tickets/reserve", service.betstack_headers("site", body), body)

    assert (answer.status_code, answer.json()["code"]) == (400, 900)
    assert told in answer.headers["x-sandbox-reason"]
    assert "Traceback" not in answer.text


def test_of_many_violations_the_first_is_told(service: Service) -> None:
    answer = service.betstack("POST", "/be/tickets/reserve", SUPERBET | {"bets": ["x", "y"]})

    assert (answer.status_code, answer.json()["code"]) == (400, 900)
    assert answer.headers["x-sandbox-reason"] == (
        'invalid_request: body: bets[0]: "x" is not of type "integer"'
    )


def test_hints_that_are_off_are_off_for_paths_of_no_vendor_too(
    service: Service, silent_service: Service
) -> None:
    assert "x-sandbox-reason" in service.send("GET", "/nobody").headers
    assert "x-sandbox-reason" not in silent_service.send("GET", "/nobody").headers


def test_a_wrong_method_on_a_page_of_a_contract_is_told_the_right_ones(service: Service) -> None:
    answer = service.send("POST", "/casino/docs/")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_an_unforeseen_failure_keeps_the_shape_and_shows_no_trace(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    for book in (
        service.sandbox.tenants.of_kind("operator")["site"].tickets,
        service.sandbox.tenants.find("PartnerClient-1556").ledger,
    ):
        for name in ("find", "balance"):
            if hasattr(book, name):
                monkeypatch.setattr(book, name, explode)

    betstack = service.betstack("GET", "/be/tickets/E36E20")
    casino = service.casino("/users/data", {"PartnerUserId": "SomeUserId100"})

    assert (betstack.status_code, betstack.json()) == (500, {"code": 906, "message": "Internal Server Error"})
    assert (casino.status_code, casino.json()) == (200, {"ErrorCode": 103799, "Message": "General API Error"})
    assert "secret detail" not in str(betstack.headers) + str(casino.headers)
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [line.partition(" at ")[0] for line in logged] == [
        "getTicket failed: ZeroDivisionError",
        "getUserData failed: ZeroDivisionError",
    ]
    assert "secret detail" not in "".join(logged)


def test_an_answer_that_would_break_the_contract_is_not_sent(service: Service) -> None:
    ticket = service.reserved()
    kept = service.sandbox.tenants.of_kind("operator")["site"].tickets.find(ticket["id"])
    assert kept is not None
    kept.user_id = 7  # type: ignore[assignment]  # what the schema of the answer forbids

    answer = service.betstack("GET", f"/be/tickets/{ticket['id']}")

    assert (answer.status_code, answer.json()["code"]) == (500, 906)
    assert "user_id" in answer.headers["x-sandbox-reason"]
