"""The compiled dispatch answers as Connexion's own stack does over the same handlers."""

import json
from typing import Any

import pytest
from connexion.json_schema import Draft4RequestValidator, Draft4ResponseValidator

from bet_contracts.schemas import compile_schema

from .feed_reader import FeedReader
from .in_process import QUICKTIP, SUPERBET, Service
from .provider_side import LAUNCH, identity

Step = tuple[str, str, Any]

RESERVATIONS: list[Any] = [
    SUPERBET,
    QUICKTIP,
    SUPERBET | {"psp": None, "atag": None},
    SUPERBET | {"psp": 7},
    SUPERBET | {"price": 10.5},
    SUPERBET | {"price": 2000.0},
    SUPERBET | {"price": True},
    SUPERBET | {"token": "nobody"},
    SUPERBET | {"currency": "KE"},
    SUPERBET | {"bets": [101, "102"]},
    SUPERBET | {"type": "quicktip"},
    SUPERBET | {"operator": "acme"},
    QUICKTIP | {"odds_diff": -1},
    QUICKTIP | {"events": [{"id": 390815, "bet": 101, "odds": 0.5}]},
    QUICKTIP | {"events": [{"id": 390815, "bet": 101}]},
    {},
    [],
    "text",
]
PAYMENTS: list[Any] = [
    {"Amount": "10", "BetId": 1, "PartnerUserId": "SomeUserId100", "TransactionType": -1},
    {"Amount": "10", "BetId": 1, "PartnerUserId": "SomeUserId100", "TransactionType": -1},
    {"Amount": "99999", "BetId": 2, "PartnerUserId": "SomeUserId100", "TransactionType": -1},
    {"Amount": "10", "BetId": 1, "PartnerUserId": "SomeUserId100", "TransactionType": 3},
    {"Amount": 10, "BetId": 1, "PartnerUserId": "SomeUserId100", "TransactionType": 1},
    {"BetId": 1},
]
ENTRIES: list[Any] = [
    {"RefreshToken": "8f14e45fceea167a5a36dedd4bea2543", "TagId": 1313},
    {"RefreshToken": "8f14e45fceea167a5a36dedd4bea2543"},
    {"RefreshToken": "nobody's"},
    {"RefreshToken": ""},
]
CASHBACK = {"Amount": "5", "BetId": 1, "PartnerUserId": "SomeUserId100"}
QUERIES = [
    "operator=acme&price=1000&odds=1.24&odds=2.76",
    "operator=acme&price=1000&odds=1.1&odds=1.1&odds=1.1",
    "operator=acme&price=7&price=1000&odds=1.5",
    "operator=wrong+n%C3%A4me&price=1000&odds=1.24",
    "operator=acme&price=1000&odds=2&more=%ff",
    "operator=acme&price=1000",
    "operator=acme&price=&odds=1.24",
    "operator=acme&price=10.5&odds=1.24",
    "operator=acme&price=0&odds=1.24",
    "operator=acme&price=1000&odds=",
    "operator=acme&price=1000&odds=1.24&odds=x",
    "operator=acme&price=1000&odds=0.99",
    "operator=acme&price=1000&odds=1000000000000000",
    "operator=&price=1000&odds=1.24",
    "price=1000&odds=1.24",
]
WISHES: list[Any] = [
    {"stake": 2000, "win": 25000, "risk": "1.25-4.99"},
    {"stake": 2000, "win": 25000, "risk": "4.99-1.25"},
    {"stake": 2000, "win": 25000, "risk": 2},
    {"stake": 2000, "win": 25000},
]


SESSION = "/v1/sessions/6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11"
BET: dict[str, Any] = {
    "betAmount": "10.5",
    "betId": "b-1",
    "gameRoundId": "r-1",
    "sessionId": "6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11",
}
BETS: list[tuple[str, Any]] = [
    ("pay-in", BET),
    ("pay-in", BET),
    ("pay-in", BET | {"betAmount": 10.5}),
    ("pay-in", BET | {"betAmount": 0.1, "betId": "b-2"}),
    ("pay-in", BET | {"betAmount": "9999999", "betId": "b-3"}),
    ("pay-in", BET | {"betAmount": "751", "betId": "b-3"}),
    ("pay-in", BET | {"betAmount": -1}),
    ("pay-in", BET | {"betId": 7}),
    ("pay-in", {}),
    ("pay-in", []),
    ("pay-in-out", BET | {"betId": "b-4", "winAmount": "21", "winOdd": 2}),
    ("pay-in-out", BET | {"betId": "b-5", "winAmount": "21", "winOdd": []}),
    ("pay-out", BET | {"winAmount": "21.00000001"}),
    ("pay-out", BET | {"winAmount": None}),
    ("refund", {"betId": "b-4"}),
    ("refund", {"betId": ""}),
    ("refund", "text"),
]


def answer_of(service: Service, method: str, path: str, document: Any) -> tuple[int, Any]:
    if path.startswith("/v1"):
        body = b"" if document is None else json.dumps(document).encode()
        answer = service.send(method, path, identity(body), body)
    elif path.startswith("/be"):
        answer = service.betstack(method, path, document)
    elif document is None:
        answer = service.send(method, path)
    elif path.startswith("/bc"):
        headers = {"content-type": "application/json"}
        answer = service.send(method, path, headers, json.dumps(document).encode())
    else:
        answer = service.casino(path, document)
    return answer.status_code, answer.json()


STEPS: list[Step] = [
    *(("POST", "/be/tickets/reserve", document) for document in RESERVATIONS),
    ("GET", "/be/tickets/nobody", None),
    ("POST", "/be/tickets/nobody/paid", None),
    *(("POST", "/payments/make", document) for document in PAYMENTS),
    ("POST", "/users/data", {"PartnerUserId": "SomeUserId100"}),
    ("POST", "/users/data", {}),
    *(("POST", "/users/auth", document) for document in ENTRIES),
    ("POST", "/payments/make-list", [*PAYMENTS[:3], PAYMENTS[0] | {"BetId": 2}]),
    ("POST", "/payments/make-list", PAYMENTS),
    ("POST", "/payments/make-list", []),
    ("POST", "/payments/info", {"BetId": 1}),
    ("POST", "/payments/info", {"BetId": 9}),
    ("POST", "/payments/info", {"BetId": "1"}),
    *(("POST", "/cashback-payments/make", CASHBACK | {"TransactionType": kind}) for kind in (-2, 1, 1, 2)),
    ("POST", "/payments/close", {"BetId": "1", "Closed": True}),
    ("POST", "/payments/close", {"BetId": 1, "Closed": True}),
    ("GET", "/mis-api/api/v2/auth/jwks", None),
    *(("GET", f"/bc/calculator/finance-details?{query}", None) for query in QUERIES),
    *(("GET", f"/bc/{kind}s?operator=site", None) for kind in ("superbet", "smartbet", "jackpot")),
    ("GET", "/bc/superbets?operator=nobody", None),
    ("GET", "/bc/superbets", None),
    ("GET", "/bc/smartbets/F2964C", None),
    ("GET", "/bc/jackpots/F2964C", None),
    ("POST", "/bc/jackpots/C3N8TA", None),
    *(("POST", "/bc/smartbets/F2964C", wish) for wish in WISHES),
    *(("POST", f"{SESSION}/bets/{way}", document) for way, document in BETS),
    ("GET", f"{SESSION}/balance", None),
    ("GET", "/v1/sessions/nobody/balance", None),
    ("GET", "/v1/games", None),
    ("POST", "/v1/games/101/launch", LAUNCH),
    ("POST", "/v1/games/102/launch", LAUNCH),
    ("POST", "/v1/games/101/launch", LAUNCH | {"minBet": "1"}),
]


def test_both_stacks_give_the_same_answers_in_the_same_states(service: Service, stock: Service) -> None:
    compiled = [answer_of(service, *step) for step in STEPS]

    assert [status for status, _ in compiled].count(200) >= 20
    assert compiled == [answer_of(stock, *step) for step in STEPS]


def test_both_stacks_live_the_same_lifecycle(service: Service, stock: Service) -> None:
    def life(one: Service) -> list[tuple[int, Any]]:
        ticket = one.reserved()["id"]
        path = f"/be/tickets/{ticket}"
        steps = [("GET", path), ("POST", f"{path}/paid"), ("POST", f"{path}/paid"), ("GET", path)]
        return [answer_of(one, method, where, None) for method, where in steps]

    lived = life(service)

    assert [status for status, _ in lived] == [200, 200, 400, 200]
    assert lived == life(stock)


def test_both_stacks_refuse_the_same_media_types(service: Service, stock: Service) -> None:
    body = json.dumps(SUPERBET).encode()
    for declared in ("text/plain", "application/json; charset=utf-8"):
        headers = service.betstack_headers("site", body) | {"content-type": declared}
        compiled, stocks = (
            one.send("POST", "/be/tickets/reserve", headers, body) for one in (service, stock)
        )

        assert (compiled.status_code, compiled.json()) == (stocks.status_code, stocks.json())


SCHEMAS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"type": "string", "nullable": True}, [None, "x", 1]),
    ({"type": "string", "nullable": True, "enum": ["a", "b"]}, [None, "a", "c"]),
    ({"type": "string", "nullable": False}, [None, "x"]),
    ({"type": "integer"}, [1, 1.0, 1.5, True, "1", None, 10**30]),
    ({"type": "number"}, [1, 1.0, True, "1"]),
    ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [1, 1.0001]),
    ({"type": "number", "maximum": 1, "exclusiveMaximum": False}, [1, 1.0001]),
    ({"type": "array", "items": {"type": "integer", "nullable": True}}, [[1, None], ["x"], []]),
    ({"type": "array", "minItems": 1}, [[], [1]]),
    ({"properties": {"a": {"type": "object", "nullable": True}}}, [{"a": None}, {"a": 1}, {}]),
    ({"type": "object", "required": ["a"], "additionalProperties": False, "properties": {"a": {}}},
     [{"a": 1}, {"a": 1, "b": 2}, {}]),
    ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, ["x", 1, 1.5, None]),
    ({"allOf": [{"type": "string"}, {"enum": ["a"]}]}, ["a", "b"]),
    ({"not": {"enum": [200]}}, [200, 201]),
    ({"type": "string", "pattern": r"^\d{1,3}(\.\d+)?$"}, ["1", "1.5", "x"]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "documents"), SCHEMAS)
def test_translated_schemas_judge_as_connexions_validators(
    schema: dict[str, Any], documents: list[Any]
) -> None:
    compiled = compile_schema(schema)
    for validator in (Draft4RequestValidator(schema), Draft4ResponseValidator(schema)):
        assert [compiled(one) is None for one in documents] == [validator.is_valid(one) for one in documents]


def test_a_pattern_ends_at_the_end_where_connexions_forgives_a_line_break() -> None:
    schema = {"type": "string", "pattern": "^1$"}

    assert compile_schema(schema)("1") is None
    assert compile_schema(schema)("1\n") is not None
    assert Draft4RequestValidator(schema).is_valid("1\n")


@pytest.mark.parametrize(
    ("secret", "statuses"),
    [("PARTNERSECRET1556", [200, 200, 200, 404, 200]), ("WRONG", [401] * 5), ("", [400] + [401] * 4)],
)
def test_both_stacks_read_the_feed_alike(
    service: Service, stock: Service, secret: str, statuses: list[int]
) -> None:
    def read(one: Service) -> list[tuple[int, Any]]:
        feed = FeedReader(one)
        issued = feed.ask_for_token({"PartnerClientId": 1556, "Secret": secret})
        token = issued.json().get("access_token", "none")
        paths = ("/games/list", "/games/info?id=700001", "/games/info?id=1", "/jackpots/accumulated")
        answers = [issued, *(feed.get(path, token) for path in paths)]
        return [(answer.status_code, answer.json()) for answer in answers]

    compiled = read(service)

    assert [status for status, _ in compiled] == statuses
    assert compiled == read(stock)
