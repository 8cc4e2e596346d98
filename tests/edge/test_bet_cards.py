"""Betstack's bet cards over HTTP: the calculator, cards of every kind, generated smartbets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.betstack.cards import CardDesk
from mockserver.betstack.model import Operator
from mockserver.kernel.tenant_spec import TenantSpec

from .in_process import Service, served

FINANCE = "/bc/calculator/finance-details"
KINDS = ("quicktip", "smartbet", "quickbet", "superbet", "jackpot")
WISH = {"stake": 2000, "win": 25000, "risk": "1.25-4.99"}
EVENT_FIELDS = ["starts", "operator_time_starts", "category", "home_team", "away_team"]
BET_FIELDS = [
    "id", "bet_code", "bet_name", "market_code", "market_name", "line_code", "line_name", "odds", "updated",
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(private_key: rsa.RSAPrivateKey) -> Iterator[Service]:
    yield from served(private_key)


@pytest.fixture
def service(shared: Service) -> Service:
    """One application for all tests of this file, put back to its seeds before each."""
    shared.sandbox.tenants.reset_all()
    return shared


def operator(service: Service, name: str = "site") -> Operator:
    found: Operator = service.sandbox.tenants.of_kind("operator")[name]
    return found


def created(service: Service, **settings: Any) -> str:
    tenant = service.sandbox.tenants.create(TenantSpec(kind="operator", name="job-1", settings=settings))
    return tenant.name


def cards(service: Service, kind: str, name: str = "site") -> list[dict[str, Any]]:
    answer = service.send("GET", f"/bc/{kind}s?operator={name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def generate(service: Service, code: str = "F2964C", **wish: Any) -> httpx.Response:
    body = json.dumps(WISH | wish).encode()
    return service.send("POST", f"/bc/smartbets/{code}", {"content-type": "application/json"}, body)


def exact(answer: httpx.Response) -> Any:
    return json.loads(answer.content, parse_float=Decimal)


# The calculator.


def test_the_calculators_sample_is_reproduced_to_the_cent_and_in_its_order(service: Service) -> None:
    answer = service.send("GET", f"{FINANCE}?operator=site&price=1000&odds=1.24&odds=2.76")

    assert answer.status_code == 200
    assert list(answer.json().items()) == [
        ("price", 1000),
        ("total_odds", 3.42),
        ("stake", 889),
        ("ext", 12.5),
        ("ext_amount", 111),
        ("ext_type", "inclusive"),
        ("wht", 20),
        ("wht_amount", 430),
        ("gross_payout", 3040),
        ("net_payout", 2610),
    ]


def test_the_sample_of_the_pam_signature_is_reproduced_at_another_rate(service: Service) -> None:
    name = created(service, ext="12.5", wht="10")

    amounts = service.send("GET", f"{FINANCE}?operator={name}&price=500&odds=6.40").json()

    assert (amounts["stake"], amounts["ext_amount"], amounts["total_odds"]) == (444, 56, 6.4)
    assert (amounts["gross_payout"], amounts["wht_amount"], amounts["net_payout"]) == (2842, 240, 2602)
    assert (amounts["ext"], amounts["wht"], amounts["price"]) == (12.5, 10, 500)


def test_odds_and_rates_are_written_exactly(service: Service) -> None:
    amounts = exact(service.send("GET", f"{FINANCE}?operator=acme&price=1000&odds=1.10&odds=1.10&odds=1.10"))

    assert str(amounts["total_odds"]) == "1.33"  # 1.331
    assert amounts["ext"] == Decimal("12.5")


def test_an_unknown_operator_is_named_as_it_was_sent(service: Service) -> None:
    for sent, name in (("wrong-name", "wrong-name"), ("Caf%C3%A9+%7Bx%7D", "Café {x}")):
        answer = service.send("GET", f"{FINANCE}?operator={sent}&price=3500&odds=1.24")

        assert answer.status_code == 400
        assert answer.json() == {"code": 106, "message": f"Operator {name} was not found"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("price=1000&odds=1.5", "operator: is missing in the query"),
        ("operator=&price=1000&odds=1.5", 'operator: "" is shorter than 1 character'),
        ("operator=acme&odds=1.5", "price: is missing in the query"),
        ("operator=acme&price=10.5&odds=1.5", "price: is '10.5'; it has to be a whole number"),
        ("operator=acme&price=0&odds=1.5", "price: 0 is less than the minimum of 1"),
        ("operator=acme&price=1000000000001&odds=1.5", "price: 1000000000001 is greater than the maximum"),
        ("operator=acme&price=1000", "odds: is missing in the query"),
        ("operator=acme&price=1000&odds=", "odds: is ''; it has to be a number such as 1.24"),
        ("operator=acme&price=1000&odds=1.5&odds=0.99", "odds[1]: 0.99 is less than the minimum of 1"),
        ("operator=acme&price=1000" + 51 * "&odds=1.5", "odds: ["),
        ("operator=nobody&price=0&odds=1.5", "price: 0 is less than the minimum of 1"),
    ],
)
def test_a_query_that_does_not_fit_is_refused_before_the_operator_is_looked_up(
    service: Service, query: str, reason: str
) -> None:
    answer = service.send("GET", f"{FINANCE}?{query}")

    assert answer.status_code == 400
    assert answer.json() == {"code": 900, "message": "Request parameters are not valid"}
    assert answer.headers["x-sandbox-reason"].startswith(f"invalid_request: {reason}")


@pytest.mark.parametrize(
    ("price", "odds", "status"),
    [
        ("1000000000000", "odds=1124.99", 200),  # the stake is 888888888889 cents
        ("1000000000000", "odds=1125", 400),
        ("1", "odds=1000000000000000", 200),
        ("1", "odds=1000000000000000.49", 200),
        ("1", "odds=1000000000000001", 400),
        ("1", "odds=" + "9" * 40, 400),
        ("1", "&".join(["odds=" + "9" * 40] * 50), 400),
    ],
)
def test_a_payout_above_the_limit_of_tickets_is_refused(
    service: Service, price: str, odds: str, status: int
) -> None:
    answer = service.send("GET", f"{FINANCE}?operator=acme&price={price}&{odds}")

    assert answer.status_code == status
    if status == 400:
        assert answer.json() == {"code": 915, "message": "Ticket payout is above the limit"}


def test_an_operators_own_payout_limit_counts(service: Service) -> None:
    name = created(service, payout_max=3040)

    assert service.send("GET", f"{FINANCE}?operator={name}&price=1000&odds=3.42").status_code == 200
    refused = service.send("GET", f"{FINANCE}?operator={name}&price=1000&odds=3.43")

    assert (refused.status_code, refused.json()["code"]) == (400, 915)


# Lists and single cards.


@pytest.mark.parametrize("kind", KINDS)
def test_cards_are_listed_as_a_bare_array_and_each_is_found_by_its_code(service: Service, kind: str) -> None:
    listed = cards(service, kind)

    assert len(listed) >= 2
    assert [card["operator"] for card in listed] == ["site"] * len(listed)
    for card in listed:
        read = service.send("GET", f"/bc/{kind}s/{card['code']}")

        assert (read.status_code, read.json()) == (200, card)


def test_the_smartbet_card_of_the_sample_has_its_fields_in_their_order(service: Service) -> None:
    card = service.send("GET", "/bc/smartbets/F2964C").json()

    assert list(card.items())[:7] == [
        ("code", "F2964C"),
        ("title", "World"),
        ("description", "Smartbet description"),
        ("sitename", None),
        ("domain", None),
        ("preview_img", None),
        ("operator", "site"),
    ]
    assert list(card)[7:] == ["events"]
    for event in card["events"]:
        assert list(event) == [*EVENT_FIELDS, "bet", "bets", "id"]
        assert [list(bet) for bet in event["bets"]] == [BET_FIELDS] * len(event["bets"])
        assert event["bet"] in event["bets"]


def test_the_vendors_sample_event_is_written_as_the_page_prints_it(service: Service) -> None:
    event = service.send("GET", "/bc/superbets/H9G7KB").json()["event"]

    assert event["starts"] == "2024-07-17T17:00:00.000000"
    assert event["operator_time_starts"] == "2024-07-17T20:00:00.000000"
    assert event["category"] == {
        "league_id": 18450000,
        "league_slug": "football/finland/kakkonen-group-a",
        "league_name": "Kakkonen Group A",
        "country_id": 1880000,
        "country_slug": "finland",
        "country_name": "Finland",
    }
    assert event["home_team"] == {"slug": "ppj", "name": "PPJ", "id": 1141060000}
    assert event["away_team"] == {"slug": "japs-47", "name": "JaPS/47", "id": 1222480000}
    assert event["bets"][0] == {
        "id": 1,
        "bet_code": "1",
        "bet_name": "Home",
        "market_code": "MRFT",
        "market_name": "Match Result Full Time",
        "line_code": None,
        "line_name": None,
        "odds": 1.95,
        "updated": "2024-07-16T06:45:11",
    }


def test_a_time_of_the_operator_is_in_the_operators_zone(service: Service) -> None:
    site, acme = cards(service, "superbet")[0], cards(service, "superbet", "acme")[0]

    assert site["event"]["starts"] == acme["event"]["starts"] == "2030-06-08T16:00:00.000000"
    assert site["event"]["operator_time_starts"] == "2030-06-08T19:00:00.000000"
    assert acme["event"]["operator_time_starts"] == "2030-06-08T18:00:00.000000"


def test_a_superbet_card_has_one_event_with_its_bets(service: Service) -> None:
    card = cards(service, "superbet")[0]

    assert "events" not in card
    assert card["event"]["id"] == 100001
    assert [bet["id"] for bet in card["event"]["bets"]] == [101, 102, 103, 104, 105, 106]
    assert "bet" not in card["event"]


@pytest.mark.parametrize("kind", ["quicktip", "quickbet"])
def test_each_event_of_a_quicktip_or_quickbet_card_has_a_tipped_bet_alone(
    service: Service, kind: str
) -> None:
    for card in cards(service, kind):
        assert all(list(event) == [*EVENT_FIELDS, "bet", "id"] for event in card["events"])


def test_a_jackpot_card_has_prizes_and_bets_to_choose_from(service: Service) -> None:
    mega = cards(service, "jackpot")[0]

    assert (mega["prize"], mega["bonus_prizes"]) == (1_500_000_000, [150_000_000, 15_000_000, 1_500_000])
    assert [len(event["bets"]) for event in mega["events"]] == [3] * 13
    assert not any("bet" in event for event in mega["events"])


def test_a_fresh_tenant_has_cards_of_every_kind_under_codes_of_its_own(service: Service) -> None:
    name = created(service)

    for kind in KINDS:
        own, others = cards(service, kind, name), cards(service, kind)
        assert [card["title"] for card in own] == [card["title"] for card in others]
        assert not {card["code"] for card in own} & {card["code"] for card in others}
        assert service.send("GET", f"/bc/{kind}s/{own[0]['code']}").json()["operator"] == name
    service.sandbox.tenants.drop(name)
    assert service.send("GET", f"/bc/jackpots/{own[0]['code']}").json()["code"] == 917


def test_only_cards_on_which_bets_are_taken_are_listed_and_the_others_can_be_read(service: Service) -> None:
    def codes(kind: str) -> list[str]:
        return [card["code"] for card in cards(service, kind)]

    assert ("H9G7KB" in codes("superbet"), "B8R4NE" in codes("quicktip")) == (False, False)
    assert service.send("GET", "/bc/superbets/H9G7KB").status_code == 200  # has begun
    assert service.send("GET", "/bc/quicktips/B8R4NE").status_code == 200  # is suspended
    operator(service).clock.set(datetime(2024, 7, 17, 16, 59, 59, tzinfo=UTC))
    assert "H9G7KB" in codes("superbet")
    operator(service).clock.set(datetime(2024, 7, 17, 17, 0, 0, tzinfo=UTC))
    assert "H9G7KB" not in codes("superbet")


def test_a_list_is_empty_when_bets_are_taken_on_no_card(service: Service) -> None:
    operator(service).clock.set(datetime(2031, 1, 1, tzinfo=UTC))

    assert [cards(service, kind) for kind in KINDS] == [[]] * 5
    assert cards(service, "superbet", "acme") != []


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_for_nobody_or_without_an_operator_is_refused(service: Service, kind: str) -> None:
    unknown = service.send("GET", f"/bc/{kind}s?operator=nobody")
    missing = service.send("GET", f"/bc/{kind}s")

    assert (unknown.status_code, unknown.json()) == (
        400,
        {"code": 106, "message": "Operator nobody was not found"},
    )
    assert (missing.status_code, missing.json()) == (
        400,
        {"code": 900, "message": "Request parameters are not valid"},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_switched_off_is_refused_in_its_list_alone(service: Service, kind: str) -> None:
    name = created(service, features_off=[kind])

    for other in KINDS:
        answer = service.send("GET", f"/bc/{other}s?operator={name}")
        if other == kind:
            assert answer.status_code == 400
            assert answer.json() == {"code": 100, "message": f"{kind} feature not implemented yet"}
        else:
            assert answer.status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_that_no_card_of_the_kind_has_is_refused(service: Service, kind: str) -> None:
    other = {"smartbet": "S2E5YF"}.get(kind, "F2964C")
    for code in ("ZZZZZZ", "f2964c", other):
        answer = service.send("GET", f"/bc/{kind}s/{code}")

        assert answer.status_code == 400
        assert answer.json() == {"code": 917, "message": f"Bet card `{code}` is not found"}


# Picking.


def test_picking_answers_the_card_with_one_of_its_bets_in_each_event(service: Service) -> None:
    card = cards(service, "jackpot")[0]

    answer = service.send("POST", f"/bc/jackpots/{card['code']}")
    picked = answer.json()

    assert answer.status_code == 200
    for event in picked["events"]:
        assert event.pop("bet") in event["bets"]
    assert picked == card


def test_picks_differ_and_repeat_with_the_operators_identifiers(service: Service) -> None:
    def picked() -> list[int]:
        answer = service.send("POST", "/bc/jackpots/J4W8RS").json()
        return [event["bet"]["id"] for event in answer["events"]]

    first, second = picked(), picked()
    service.sandbox.tenants.reset("site")

    assert first != second
    assert [picked(), picked()] == [first, second]


def test_a_code_of_another_kind_cannot_be_picked_from(service: Service) -> None:
    answer = service.send("POST", "/bc/jackpots/F2964C")

    assert (answer.status_code, answer.json()["code"]) == (400, 917)


# Smartbets.


def test_a_smartbet_wins_at_least_the_wish_within_the_risk(service: Service) -> None:
    answer = generate(service)
    smartbet = exact(answer)

    assert answer.status_code == 200
    assert list(smartbet) == [
        "price", "stake", "total_odds", "ext", "ext_amount", "wht", "wht_amount", "gross_payout",
        "net_payout", "risk", "events",
    ]  # fmt: skip
    assert (smartbet["price"], smartbet["stake"], smartbet["ext_amount"]) == (2000, 1778, 222)
    assert 25000 <= smartbet["net_payout"] < 26000
    low, high = map(Decimal, smartbet["risk"].split("-"))
    assert Decimal("1.25") <= low <= high <= Decimal("4.99")
    product = Decimal(1)
    for event in smartbet["events"]:
        assert list(event) == [*EVENT_FIELDS, "bet", "id"]
        assert list(event["bet"]) == BET_FIELDS
        assert low <= event["bet"]["odds"] <= high
        product *= event["bet"]["odds"]
    assert smartbet["total_odds"] == product.quantize(Decimal("0.01"))
    assert len({event["id"] for event in smartbet["events"]}) == len(smartbet["events"]) > 1


def test_a_smartbet_is_the_same_for_the_same_wish_and_costs_no_identifier(service: Service) -> None:
    before = operator(service).ids.position

    assert generate(service).json() == generate(service).json()
    assert operator(service).ids.position == before


def test_the_amounts_of_a_smartbet_are_those_of_the_calculator(service: Service) -> None:
    smartbet = generate(service, win=100_000).json()
    odds = "&".join(f"odds={event['bet']['odds']}" for event in smartbet["events"])

    amounts = service.send("GET", f"{FINANCE}?operator=site&price=2000&{odds}").json()

    assert {name: value for name, value in smartbet.items() if name in amounts} == {
        name: value for name, value in amounts.items() if name != "ext_type"
    }


def test_a_smartbet_has_the_rates_of_the_operator_whose_card_it_is(service: Service) -> None:
    name = created(service, ext="0", wht="5")
    code = cards(service, "smartbet", name)[0]["code"]

    smartbet = generate(service, code).json()

    assert (smartbet["ext"], smartbet["wht"], smartbet["stake"], smartbet["ext_amount"]) == (0, 5, 2000, 0)
    assert smartbet["net_payout"] >= 25000


def test_events_that_take_no_bets_are_not_selected(service: Service) -> None:
    before = {event["id"] for event in generate(service, win=10**6, risk="1.01-9").json()["events"]}
    assert before & {390815, 393202, 396501}

    operator(service).clock.set(datetime(2030, 8, 17, 14, 0, tzinfo=UTC))  # Arsenal and Chelsea begin
    after = generate(service, win=8000, risk="1.01-9").json()

    assert {event["id"] for event in after["events"]} <= {396502, 397601, 398701}
    operator(service).clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    assert generate(service, win=1).json()["code"] == 941


@pytest.mark.parametrize(
    ("wish", "code", "message"),
    [
        ({"risk": "4.99-1.25"}, 940, "Risk `4.99-1.25` is not a range of odds"),
        ({"risk": "0.99-2"}, 940, "Risk `0.99-2` is not a range of odds"),
        ({"risk": "0-0"}, 940, "Risk `0-0` is not a range of odds"),
        ({"risk": "900-999"}, 941, "Win `25000` can't be reached within risk `900-999`"),
        (
            {"risk": "1.25-1.99", "win": 10**9},
            941,
            "Win `1000000000` can't be reached within risk `1.25-1.99`",
        ),
        ({"risk": "1-9", "win": 10**15}, 941, "Win `1000000000000000` can't be reached within risk `1-9`"),
        ({"risk": "1.25"}, 900, "Request body is not valid"),
        ({"risk": "1.255-2"}, 900, "Request body is not valid"),
        ({"risk": "1,25-2"}, 900, "Request body is not valid"),
        ({"risk": 2}, 900, "Request body is not valid"),
        ({"stake": 0}, 900, "Request body is not valid"),
        ({"stake": "2000"}, 900, "Request body is not valid"),
        ({"stake": 10**12 + 1}, 900, "Request body is not valid"),
        ({"win": 0}, 900, "Request body is not valid"),
        ({"win": 10**15 + 1}, 900, "Request body is not valid"),
        ({"win": None}, 900, "Request body is not valid"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(
    service: Service, wish: dict[str, Any], code: int, message: str
) -> None:
    refused = generate(service, **wish)

    assert (refused.status_code, refused.json()) == (400, {"code": code, "message": message})
    assert generate(service).status_code == 200


def test_the_highest_win_that_can_be_reached_is_reached_and_a_cent_more_is_not(service: Service) -> None:
    card = service.send("GET", "/bc/smartbets/T8C3LM").content
    product = Decimal(1)
    for event in json.loads(card, parse_float=Decimal)["events"]:
        product *= max(bet["odds"] for bet in event["bets"])
    highest = service.send("GET", f"{FINANCE}?operator=site&price=2000&odds={product:.2f}").json()[
        "net_payout"
    ]

    reached = generate(service, "T8C3LM", win=highest, risk="1-999999.99")
    missed = generate(service, "T8C3LM", win=highest + 1, risk="1-999999.99")

    assert (reached.status_code, reached.json()["net_payout"]) == (200, highest)
    assert (missed.status_code, missed.json()["code"]) == (400, 941)


def test_a_win_above_the_payout_limit_is_out_of_reach(service: Service) -> None:
    name = created(service, payout_max=30_973)
    code = cards(service, "smartbet", name)[0]["code"]

    assert generate(service, code).json()["gross_payout"] <= 30_973
    refused = generate(service, code, win=25_135)

    assert refused.json()["code"] == 941
    assert "it pays more than 30973 cents" in refused.headers["x-sandbox-reason"]


def test_the_card_is_looked_up_after_the_body_and_before_the_risk_is_judged(service: Service) -> None:
    assert generate(service, "ZZZZZZ", stake=0).json()["code"] == 900
    unknown = generate(service, "ZZZZZZ", risk="9-1")

    assert unknown.json() == {"code": 917, "message": "Bet card `ZZZZZZ` is not found"}
    assert generate(service, "S2E5YF").json()["code"] == 917


@pytest.mark.parametrize("missing", WISH)
def test_every_field_of_a_wish_is_required(service: Service, missing: str) -> None:
    wish = {name: value for name, value in WISH.items() if name != missing}

    answer = service.send("POST", "/bc/smartbets/F2964C", body=json.dumps(wish).encode())

    assert (answer.status_code, answer.json()["code"]) == (400, 900)


def test_a_wish_that_is_no_json_or_declares_another_type_is_refused(service: Service) -> None:
    text = json.dumps(WISH).encode()
    plain = service.send("POST", "/bc/smartbets/F2964C", {"content-type": "text/plain"}, text)
    undeclared = service.send("POST", "/bc/smartbets/F2964C", body=text)
    broken = service.send("POST", "/bc/smartbets/F2964C", body=b"{")

    assert (plain.status_code, plain.json()["code"]) == (415, 901)
    assert undeclared.status_code == 200
    assert (broken.status_code, broken.json()["code"]) == (400, 900)


# Identity, origins, failures.


def test_identity_headers_are_not_looked_at(service: Service) -> None:
    headers = {"timestamp": "1", "operator-name": "nobody", "signature": "wrong"}

    assert service.send("GET", "/bc/superbets?operator=site", headers).status_code == 200
    assert service.send("GET", "/bc/superbets?operator=site").status_code == 200


def answers(service: Service) -> Iterator[tuple[httpx.Response, int]]:
    """Answers of every kind, with the status that each is to have."""
    yield service.send("GET", "/bc/superbets?operator=site"), 200
    yield service.send("GET", "/bc/superbets?operator=site", {"origin": "https://bets.example"}), 200
    yield service.send("GET", "/bc/superbets?operator=nobody"), 400
    yield service.send("GET", "/bc/superbets"), 400
    yield generate(service), 200
    yield generate(service, risk="9-1"), 400
    yield service.send("GET", "/bc/nope"), 404
    yield service.send("GET", "/bc"), 404
    yield service.send("DELETE", "/bc/superbets"), 405
    yield service.send("OPTIONS", "/bc/superbets"), 405
    yield service.send("POST", "/bc/smartbets/F2964C", body=b" " * (1024 * 1024 + 1)), 413


def test_a_page_of_any_origin_may_read_every_answer(service: Service) -> None:
    for answer, status in answers(service):
        assert answer.status_code == status
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert answer.headers["access-control-expose-headers"] == "x-sandbox-reason, x-sandbox-exchange"


def test_without_hints_no_header_of_the_sandbox_is_exposed(silent_service: Service) -> None:
    answer = silent_service.send("GET", "/bc/superbets")

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-expose-headers" not in answer.headers


def test_a_failure_of_the_server_may_be_read_by_a_page_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(CardDesk, "cards", fail)
    answer = service.send("GET", "/bc/superbets?operator=site")

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, "*")
    assert "hunter2" not in answer.text + str(answer.headers)


def test_no_other_surface_may_be_read_by_a_page(service: Service) -> None:
    for path in ("/be/tickets/x", "/be/nope", "/mis-api/api/v2/auth/jwks", "/favicon.ico"):
        assert "access-control-allow-origin" not in service.send("GET", path).headers


def preflight(service: Service, path: str, **headers: str) -> httpx.Response:
    asked = {"origin": "https://bets.example", "access-control-request-method": "POST"}
    return service.send("OPTIONS", path, asked | {"access-control-request-headers": "content-type"} | headers)


def test_a_browser_that_asks_may_post_json(service: Service) -> None:
    answer = preflight(service, "/bc/smartbets/F2964C")

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert preflight(service, "/be/tickets/reserve").status_code == 405


def test_a_wrong_method_is_told_every_right_one_of_the_path(service: Service) -> None:
    assert service.send("DELETE", "/bc/smartbets/F2964C").headers["allow"] == "GET, HEAD, POST"
    assert service.send("POST", "/bc/smartbets").headers["allow"] == "GET, HEAD"


def test_a_refusal_has_a_code_and_a_message_and_nothing_else(service: Service) -> None:
    for answer, status in answers(service):
        if status >= 400:
            assert list(answer.json()) == ["code", "message"]


def test_the_pages_own_samples_are_accepted(service: Service) -> None:
    (surface,) = [one for one in service.sandbox.surfaces if one.contract.surface == "betstack.bet_card"]
    media_type = surface.contract.operations["generateSmartbet"].request_media_type
    assert media_type is not None
    (sample,) = [one["value"] for one in media_type["examples"].values()]

    assert (sample, generate(service, **sample).status_code) == (WISH, 200)
    assert service.send("GET", f"{FINANCE}?operator=acme&price=3500&odds=1.24&odds=2.76").status_code == 200
