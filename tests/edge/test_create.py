"""Creating and reserving tickets of all types over HTTP: what they show, what refuses them, how they are
listed."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bet_contracts.contracts import load
from mockserver.kernel.journal import Direction

from .in_process import QUICKTIP, SUPERBET
from .operator_site import FUNDS, JACKPOT, PLAYER, STARTS, Site

SMARTBET = QUICKTIP | {"type": "smartbet", "psp": "mobile"}
QUICKBET = QUICKTIP | {"type": "quickbet", "events": QUICKTIP["events"][:1]}
TYPES = {one["type"]: one for one in (QUICKTIP, SMARTBET, QUICKBET, SUPERBET, JACKPOT)}
WAYS = {"create": "", "reserve": "/reserve"}
STARTED = {"id": 292275, "bet": 1, "odds": 1.95}
SUSPENDED = {"id": 396503, "bet": 101, "odds": 1.95}


AMOUNTS = {
    # price, stake, ext_amount, gross_payout, wht_amount, net_payout
    "quicktip": (1000, 889, 111, 2071, 236, 1835),
    "smartbet": (1000, 889, 111, 2071, 236, 1835),
    "quickbet": (1000, 889, 111, 1378, 98, 1280),
    "superbet": (2000, 1778, 222, 0, 0, 0),
    "jackpot": (500, 444, 56, 0, 0, 0),
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_ticket_of_each_type_is_created_open_and_its_price_is_taken(site: Site, kind: str) -> None:
    answer = site.call("POST", "", TYPES[kind])

    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["status"], shown["result"], shown["type"]) == ("open", "pending", kind)
    names = ("price", "stake", "ext_amount", "gross_payout", "wht_amount", "net_payout")
    assert tuple(shown[name] for name in names) == AMOUNTS[kind]
    assert (shown["wht"], shown["ext"], shown["ext_type"]) == (20.0, 12.5, "inclusive")
    assert (shown["user_id"], shown["approved"]) == (PLAYER, True)
    assert site.balance() == FUNDS - AMOUNTS[kind][0]


@pytest.mark.parametrize("kind", TYPES)
def test_a_ticket_of_each_type_is_reserved_and_takes_no_money(site: Site, kind: str) -> None:
    shown = site.call("POST", "/reserve", TYPES[kind]).json()

    assert (shown["status"], shown["result"], shown["type"]) == ("reserved", "pending", kind)
    assert site.balance() == FUNDS
    site.call("POST", f"/{shown['id']}/paid")
    assert site.call("GET", f"/{shown['id']}").json()["status"] == "open"
    assert site.balance() == FUNDS


HEAD = ["id", "code", "psp", "price", "stake"]
PAYOUTS = ["gross_payout", "net_payout", "wht_amount", "wht", "ext_amount", "ext", "ext_type"]
MIDDLE = [
    *("status", "result", "approved", "source", "type", "atag", "rtag"),
    *("aff_instant_comm_amt", "aff_instant_comm_pct", "user_id"),
    *("created", "operator_time_created", "updated", "operator_time_updated"),
]
EVENT = ["id", "starts", "operator_time_starts", "home_team", "away_team"]
SIMPLE = [*HEAD, "currency", *PAYOUTS, *MIDDLE, "events", "odds"]
FIELDS = {
    "quicktip": SIMPLE,
    "smartbet": SIMPLE,
    "quickbet": SIMPLE,
    "superbet": [*HEAD, *PAYOUTS, "currency", *MIDDLE, "event", "bets"],
    "jackpot": [*SIMPLE[:-1], "betcard_code", "prize", "bonus_prizes"],
}


@pytest.mark.parametrize("kind", TYPES)
def test_the_fields_of_each_type_stand_in_their_order_however_the_ticket_is_met(
    site: Site, kind: str
) -> None:
    created = site.call("POST", "", TYPES[kind]).json()
    reserved = site.call("POST", "/reserve", TYPES[kind]).json()
    read = site.call("GET", f"/{created['id']}").json()
    listed = site.call("GET", "?limit=1").json()[0]

    for shown in (created, reserved, read, listed):
        assert list(shown) == FIELDS[kind]
        for event in shown.get("events", []):
            assert list(event) == [*EVENT, "bet"]
        assert list(shown.get("event", EVENT)) == EVENT
    assert read == created
    assert listed == reserved


def test_a_jackpot_repeats_its_card_and_prizes_and_shows_the_bet_of_each_event(site: Site) -> None:
    shown = site.call("POST", "", JACKPOT).json()

    assert (shown["betcard_code"], shown["prize"], shown["bonus_prizes"]) == ("C3N8TA", 5_000_000, [500_000])
    assert [(event["id"], event["bet"]["id"]) for event in shown["events"]] == [(390815, 101), (391814, 101)]


@pytest.mark.parametrize("way", WAYS)
def test_the_odds_that_are_taken_are_the_current_ones(site: Site, way: str) -> None:
    legs = [{"id": 390815, "bet": 101, "odds": 1.5}, {"id": 391814, "bet": 105, "odds": 1.45}]

    shown = site.call("POST", WAYS[way], QUICKTIP | {"events": legs}).json()

    assert shown["odds"] == 2.33
    assert [event["bet"]["odds"] for event in shown["events"]] == [1.55, 1.5]


Fault = tuple[dict[str, Any], dict[str, Any]]
"""What is wrong: changes of the document, and settings of the operator."""

NOT_THE_CARDS = [JACKPOT["events"][0], {"id": 5, "bet": 1, "odds": 2}]
TWICE = [QUICKTIP["events"][0], {"id": 390815, "bet": 102, "odds": 3.8}]
FAULTS: dict[str, tuple[dict[str, Any], Fault, int, str]] = {
    "unknown_operator": (QUICKTIP, ({}, {"bet_engine": False}), 106, "Operator site was not found"),
    "feature_off": (
        QUICKTIP,
        ({}, {"features_off": ["quicktip"]}),
        100,
        "quicktip feature not implemented yet",
    ),
    "unknown_player": (QUICKTIP, ({"token": "nobody"}, {}), 101, "User not found"),
    "currency_mismatch": (
        QUICKTIP,
        ({"currency": "USD"}, {}),
        913,
        "Currency `USD` is not the currency of the player",
    ),
    "unknown_card": (JACKPOT, ({"betcard_code": "F2964C"}, {}), 917, "Bet card `F2964C` is not found"),
    "wrong_number_of_picks": (
        JACKPOT,
        ({"events": JACKPOT["events"][:1]}, {}),
        918,
        "Number of picks does not fit the bet card",
    ),
    "unknown_event": (SUPERBET, ({"event": 5}, {}), 910, "Event `5` is not found"),
    "event_started": (QUICKTIP, ({"events": [STARTED]}, {}), 919, "Event `292275` has started"),
    "event_suspended": (QUICKTIP, ({"events": [SUSPENDED]}, {}), 920, "Event `396503` is suspended"),
    "unknown_bet": (
        SUPERBET,
        ({"bets": [101, 999]}, {}),
        911,
        "Bet `999` of event `100001` is not found",
    ),
    "duplicate_event": (
        QUICKTIP,
        ({"events": TWICE}, {}),
        914,
        "Event `390815` is in the ticket already",
    ),
    "too_few_legs": (QUICKTIP, ({}, {"picks_min": 3}), 921, "Ticket has too few events"),
    "too_many_legs": (QUICKTIP, ({}, {"picks_max": 1}), 922, "Ticket has too many events"),
    "odds_changed": (
        QUICKTIP,
        ({"odds_diff": 0, "events": [{"id": 390815, "bet": 101, "odds": 1.6}]}, {}),
        912,
        "Ticket odds changed",
    ),
    "price_too_low": (QUICKTIP, ({}, {"price_min": 1001}), 923, "Ticket price is below the limit"),
    "price_too_high": (QUICKTIP, ({}, {"price_max": 999}), 924, "Ticket price is above the limit"),
    "payout_limit": (QUICKTIP, ({}, {"payout_max": 2070}), 915, "Ticket payout is above the limit"),
    "player_blocked": (QUICKTIP, ({"token": "blocked-player-token"}, {}), 916, "Player is blocked"),
    "insufficient_funds": (QUICKTIP, ({"token": "second-player-token"}, {}), 925, "Insufficient funds"),
}
ELSEWHERE = {"invalid_request", "platform_refused", "platform_unreachable"}
"""Classes with tests of their own."""


def rows(way: str) -> list[str]:
    """The classes of refusal of a call in the contract's order."""
    paths = load(["betstack.bet_engine"])["betstack.bet_engine"]["paths"]
    errors = paths[f"/tickets{WAYS[way]}"]["post"]["responses"]["400"]["x-errors"]
    return [row["class"] for row in errors]


def test_every_row_of_the_contract_has_its_fault() -> None:
    assert set(rows("create")) == FAULTS.keys() | ELSEWHERE
    assert set(rows("reserve")) == FAULTS.keys() - {"insufficient_funds"} | ELSEWHERE


CASES = [(way, name) for way in WAYS for name in rows(way) if name in FAULTS]


@pytest.mark.parametrize(("way", "name"), CASES)
def test_a_ticket_with_one_fault_is_refused_for_it_and_without_it_taken(
    site: Site, way: str, name: str
) -> None:
    document, (change, settings), code, message = FAULTS[name]
    before = site.balance()
    site.set(**settings)

    answer = site.call("POST", WAYS[way], document | change)

    assert (answer.status_code, answer.json()) == (400, {"code": code, "message": message})
    assert answer.headers["x-sandbox-reason"].startswith(f"{name}: ")
    assert site.balance() == before
    site.set(**dict.fromkeys(settings))
    assert site.call("POST", WAYS[way], document).status_code == 200


REFUSED_BY_THE_PLATFORM = {"player_blocked", "insufficient_funds"}


@pytest.mark.parametrize(("way", "name"), CASES)
def test_a_refused_ticket_is_kept_only_if_the_platform_had_heard_of_it(
    site: Site, way: str, name: str
) -> None:
    document, (change, settings), *_ = FAULTS[name]
    site.set(**settings)
    site.call("POST", WAYS[way], document | change)

    kept = [(ticket.status, ticket.result) for ticket in site.operator.tickets]

    assert kept == ([("cancelled", "void")] if name in REFUSED_BY_THE_PLATFORM else [])


def test_a_reservation_needs_no_funds(site: Site) -> None:
    poor = QUICKTIP | {"token": "second-player-token"}

    assert site.refused("", poor) == (400, 925)
    assert site.call("POST", "/reserve", poor).status_code == 200


def test_a_reservation_needs_its_own_feature_which_is_named_first(site: Site) -> None:
    site.set(features_off=["reserve", "quicktip"])

    assert site.call("POST", "/reserve", QUICKTIP).json()["message"] == "reserve feature not implemented yet"
    assert site.call("POST", "", QUICKTIP).json()["message"] == "quicktip feature not implemented yet"
    assert site.call("POST", "", SMARTBET).status_code == 200


def with_legs(*legs: dict[str, Any]) -> dict[str, Any]:
    return {"events": list(legs)}


LEG, OTHER = QUICKTIP["events"]
NEIGHBOURS: dict[tuple[str, str], tuple[dict[str, Any], Fault]] = {
    ("invalid_request", "unknown_operator"): (QUICKTIP, ({"price": 0}, {"bet_engine": False})),
    ("unknown_operator", "feature_off"): (
        QUICKTIP,
        ({}, {"bet_engine": False, "features_off": ["quicktip"]}),
    ),
    ("feature_off", "unknown_player"): (QUICKTIP, ({"token": "nobody"}, {"features_off": ["quicktip"]})),
    ("unknown_player", "currency_mismatch"): (QUICKTIP, ({"token": "nobody", "currency": "USD"}, {})),
    ("currency_mismatch", "unknown_card"): (JACKPOT, ({"currency": "USD", "betcard_code": "X"}, {})),
    ("unknown_card", "wrong_number_of_picks"): (JACKPOT, ({"betcard_code": "X", **with_legs(LEG)}, {})),
    ("wrong_number_of_picks", "unknown_event"): (JACKPOT, ({"events": NOT_THE_CARDS}, {})),
    ("unknown_event", "event_started"): (QUICKTIP, (with_legs(STARTED, {**LEG, "id": 5}), {})),
    ("event_started", "event_suspended"): (QUICKTIP, (with_legs(STARTED, SUSPENDED), {})),
    ("event_suspended", "unknown_bet"): (QUICKTIP, (with_legs({**LEG, "bet": 9}, SUSPENDED), {})),
    ("unknown_bet", "duplicate_event"): (QUICKTIP, (with_legs(LEG, LEG, {**OTHER, "bet": 9}), {})),
    ("duplicate_event", "too_few_legs"): (QUICKTIP, (with_legs(LEG, LEG), {"picks_min": 3})),
    ("too_few_legs", "too_many_legs"): (QUICKTIP, ({}, {"picks_min": 3, "picks_max": 1})),
    ("too_many_legs", "odds_changed"): (QUICKTIP, (with_legs({**LEG, "odds": 9}, OTHER), {"picks_max": 1})),
    ("odds_changed", "price_too_low"): (QUICKTIP, (with_legs({**LEG, "odds": 9}), {"price_min": 1001})),
    ("price_too_low", "price_too_high"): (QUICKTIP, ({}, {"price_min": 1001, "price_max": 999})),
    ("price_too_high", "payout_limit"): (QUICKTIP, ({}, {"price_max": 999, "payout_max": 1})),
    ("payout_limit", "player_blocked"): (QUICKTIP, ({"token": "blocked-player-token"}, {"payout_max": 1})),
    ("player_blocked", "insufficient_funds"): (
        QUICKTIP,
        ({"token": "blocked-player-token", "price": 100_001}, {}),
    ),
}


def test_every_two_neighbours_of_the_contract_meet_in_one_ticket() -> None:
    judged = [name for name in rows("create") if name not in ("platform_refused", "platform_unreachable")]

    assert [*NEIGHBOURS] == list(pairwise(judged))


@pytest.mark.parametrize(("way", "pair"), [(way, pair) for way in WAYS for pair in NEIGHBOURS])
def test_of_two_faults_the_one_that_stands_first_in_the_contract_is_told(
    site: Site, way: str, pair: tuple[str, str]
) -> None:
    document, (change, settings) = NEIGHBOURS[pair]
    site.set(**settings)

    answer = site.call("POST", WAYS[way], document | change)

    assert answer.headers["x-sandbox-reason"].partition(":")[0] == pair[0]


LIMITS: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "price_min": ({"price_min": 1000}, {"price_min": 1001}),
    "price_max": ({"price_max": 1000}, {"price_max": 999}),
    "picks_min": ({"picks_min": 2}, {"picks_min": 3}),
    "picks_max": ({"picks_max": 2}, {"picks_max": 1}),
    "payout_max": ({"payout_max": 2071}, {"payout_max": 2070}),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_both_ends_of_a_limit_count_as_within(site: Site, limit: str) -> None:
    within, beyond = LIMITS[limit]

    site.set(**within)
    assert site.call("POST", "", QUICKTIP).status_code == 200
    site.set(**beyond)
    assert site.call("POST", "", QUICKTIP).status_code == 400


def test_the_payout_limit_counts_for_what_a_superbet_and_a_jackpot_could_win(site: Site) -> None:
    # 3.10 x 3.40 x 2.25 = 23.715, so 23.72; 1778 x 23.72 = 42174.16
    site.set(payout_max=42_173)
    assert site.refused("", SUPERBET) == (400, 915)
    assert site.refused("", JACKPOT) == (400, 915)
    assert site.refused("", JACKPOT | {"prize": 1, "bonus_prizes": [42_174]}) == (400, 915)
    site.set(payout_max=42_174)
    assert site.call("POST", "", SUPERBET).status_code == 200
    assert site.call("POST", "", JACKPOT | {"prize": 42_174, "bonus_prizes": [1]}).status_code == 200


def test_an_event_takes_no_bets_from_its_start_on(site: Site) -> None:
    site.advance_to(STARTS - timedelta(seconds=1))
    assert site.call("POST", "", QUICKBET).status_code == 200

    site.advance(seconds=1)

    assert site.refused("", QUICKBET) == (400, 919)


def test_an_event_that_has_a_result_takes_no_bets(site: Site) -> None:
    site.drive("settle_event", event=390815, won=[101])
    assert site.refused("", QUICKTIP) == (400, 919)
    assert site.call("POST", "", SUPERBET).status_code == 200

    site.drive("rollback_event", event=390815)

    assert site.call("POST", "", QUICKTIP).status_code == 200


def test_equal_creations_make_two_tickets_and_two_debits(site: Site) -> None:
    first, second = site.create(QUICKTIP), site.create(QUICKTIP)

    assert first.id != second.id
    assert first.code != second.code
    assert site.line.names().count("ticket_create") == 2
    assert site.balance() == FUNDS - 2000


def ids(site: Site, query: str) -> list[str]:
    answer = site.call("GET", query)
    assert answer.status_code == 200, answer.text
    return [ticket["id"] for ticket in answer.json()]


def test_the_list_shows_ten_tickets_newest_first_unless_another_number_is_asked_for(site: Site) -> None:
    newest_first = [site.create(QUICKTIP).id for _ in range(12)][::-1]

    assert ids(site, "") == newest_first[:10]
    assert ids(site, "?limit=3") == newest_first[:3]
    assert ids(site, "?limit=1000000") == newest_first


def test_the_list_holds_the_tickets_of_one_player_where_that_is_asked_for(site: Site) -> None:
    own = site.create(QUICKTIP).id
    others = site.create(QUICKTIP | {"token": "second-player-token", "price": 100}).id

    assert ids(site, f"?user_id={PLAYER}") == [own]
    assert ids(site, "?user_id=1660986605374148609") == [others]
    assert ids(site, "?user_id=nobody") == []
    assert ids(site, "") == [others, own]


def test_the_list_leaves_out_the_types_that_are_named(site: Site) -> None:
    made = {kind: site.create(document).id for kind, document in TYPES.items()}

    assert ids(site, "?skip_types=superbet") == [made[kind] for kind in reversed(made) if kind != "superbet"]
    assert ids(site, "?skip_types=superbet&skip_types=jackpot&skip_types=quickbet") == [
        made["smartbet"],
        made["quicktip"],
    ]
    assert ids(site, "?skip_types=superbet&limit=1") == [made["jackpot"]]
    assert len(ids(site, "?skip_type=superbet")) == 5


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5", "skip_types=triple"])
def test_a_list_is_refused_where_a_parameter_is_wrong(site: Site, query: str) -> None:
    answer = site.call("GET", f"?{query}")

    assert (answer.status_code, answer.json()) == (
        422,
        {"code": 900, "message": "Request parameters are not valid"},
    )
    assert site.call("GET", "?limit=1").status_code == 200


def test_the_list_holds_no_other_operators_tickets(site: Site) -> None:
    site.create(QUICKTIP)

    foreign = site.service.betstack("GET", "/be/tickets", operator="acme")

    assert (foreign.status_code, foreign.json()) == (200, [])


def test_the_journal_shows_who_was_called_and_why(site: Site) -> None:
    ticket = site.create(QUICKTIP)

    exchanges = site.operator.journal.exchanges()
    sent, received = Direction.SENT, Direction.RECEIVED
    assert [(one.id, one.direction, one.operation, one.status, one.cause) for one in exchanges] == [
        ("site-1", received, "createTicket", 200, None),
        ("site-2", sent, "sendPamAction", 200, "site-1"),
        ("site-3", received, "sendPamAction", 200, "site-2"),
        ("site-4", sent, "sendPamAction", 200, "site-1"),
        ("site-5", received, "sendPamAction", 200, "site-4"),
    ]
    assert [one.action for one in exchanges if one.direction is sent] == ["identify", "ticket_create"]
    assert site.call_of(ticket, "ticket_create").cause == "site-1"


def test_what_was_asked_for_reaches_the_platform(site: Site) -> None:
    site.create(SUPERBET | {"rtag": "friend-7"})

    identify, create = site.line.requests
    assert identify.content == (b'{"action":"identify","data":{"operator":"site","token":"UnIqUe-ToKeN"}}')
    assert (
        b'"currency":"KES","atag":"affiliate-1","rtag":"friend-7","ticket_type":"superbet"' in create.content
    )


FIRST_RULE: list[tuple[Callable[[Site], Any], list[str]]] = [
    (lambda site: site.call("POST", "", QUICKTIP | {"price": 0}), []),
    (lambda site: site.call("POST", "", QUICKTIP | {"token": "nobody"}), ["identify"]),
    (lambda site: site.call("POST", "", QUICKTIP | {"currency": "USD"}), ["identify"]),
    (lambda site: site.call("POST", "", QUICKTIP), ["identify", "ticket_create"]),
    (lambda site: site.call("POST", "/reserve", QUICKTIP), ["identify", "ticket_reserve"]),
]


@pytest.mark.parametrize(("asked", "told"), FIRST_RULE)
def test_the_platform_is_asked_who_the_player_is_before_any_ticket_exists(
    site: Site, asked: Callable[[Site], Any], told: list[str]
) -> None:
    asked(site)

    assert site.line.names() == told


def test_a_started_event_is_told_before_a_suspended_one_wherever_they_stand(site: Site) -> None:
    started, suspended = {"id": 292275, "bet": 1, "odds": 1.95}, {"id": 396503, "bet": 101, "odds": 1.95}
    for legs in ([started, suspended], [suspended, started]):
        assert site.refused("", QUICKTIP | {"events": legs}) == (400, 919)
