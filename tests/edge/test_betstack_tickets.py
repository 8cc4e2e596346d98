"""Betstack's bet engine over HTTP."""

import asyncio
import json

import pytest

from mockserver.betstack.states import Status

from .in_process import QUICKTIP, SUPERBET, Service


def test_a_superbet_is_reserved_and_pays_nothing_yet(service: Service) -> None:
    ticket = service.reserved(SUPERBET)

    assert (ticket["status"], ticket["result"]) == ("reserved", "pending")
    assert (ticket["gross_payout"], ticket["net_payout"], ticket["wht_amount"]) == (0, 0, 0)
    assert (ticket["price"], ticket["stake"], ticket["ext_amount"]) == (2000, 1778, 222)
    assert (ticket["event"]["id"], ticket["bets"]) == (100001, [101, 102, 103])


def test_a_quicktip_is_reserved_with_its_payouts(service: Service) -> None:
    ticket = service.reserved(QUICKTIP)

    # 1.55 x 1.50 = 2.325, to two digits 2.33; 1000 / 1.125 = 889; 889 x 2.33 = 2071
    assert (ticket["odds"], ticket["stake"], ticket["gross_payout"]) == (2.33, 889, 2071)
    assert (ticket["wht_amount"], ticket["net_payout"]) == (236, 1835)
    assert [event["bet"]["odds"] for event in ticket["events"]] == [1.55, 1.5]


def test_stamps_are_utc_and_the_operators_time(service: Service) -> None:
    ticket = service.reserved()

    assert ticket["created"] == "2026-03-01T12:00:00.000000"
    assert ticket["operator_time_created"] == "2026-03-01T15:00:00.000000"


def test_paying_a_reserved_ticket_opens_it(service: Service) -> None:
    ticket = service.reserved()

    paid = service.betstack("POST", f"/be/tickets/{ticket['id']}/paid")

    assert (paid.status_code, paid.json()) == (200, {})
    assert service.betstack("GET", f"/be/tickets/{ticket['id']}").json()["status"] == "open"


@pytest.mark.parametrize("identifier", ["id", "code"])
def test_a_ticket_is_found_by_id_and_by_code(service: Service, identifier: str) -> None:
    ticket = service.reserved()

    assert service.betstack("GET", f"/be/tickets/{ticket[identifier]}").json()["id"] == ticket["id"]
    assert service.betstack("POST", f"/be/tickets/{ticket[identifier]}/paid").status_code == 200


def test_an_unknown_ticket_is_refused_with_its_identifier(service: Service) -> None:
    answer = service.betstack("POST", "/be/tickets/E36E20/paid")

    assert answer.status_code == 400
    assert answer.json() == {"code": 102, "message": "Ticket with `E36E20` identifier is not found"}


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RESERVED])
def test_a_ticket_of_any_other_status_cannot_be_paid(service: Service, status: Status) -> None:
    identifier = service.reserved()["id"]
    ticket = service.sandbox.tenants.of_kind("operator")["site"].tickets.find(identifier)
    assert ticket is not None
    ticket.status = status

    answer = service.betstack("POST", f"/be/tickets/{identifier}/paid")

    assert answer.status_code == 400
    assert answer.json() == {
        "code": 117,
        "message": "Ticket has to have `reserved` status in order to do this action",
    }
    assert ticket.status is status


def test_a_feature_that_is_off_is_refused_before_the_ticket_is_looked_for(service: Service) -> None:
    paid = service.betstack("POST", "/be/tickets/E36E20/paid", operator="site-limited")
    reserved = service.betstack(
        "POST", "/be/tickets/reserve", SUPERBET | {"operator": "site-limited"}, operator="site-limited"
    )

    for answer in (paid, reserved):
        assert answer.status_code == 400
        assert answer.json() == {"code": 100, "message": "reserve feature not implemented yet"}


def test_operators_do_not_see_each_others_tickets(service: Service) -> None:
    ticket = service.reserved()

    foreign = service.betstack("POST", f"/be/tickets/{ticket['id']}/paid", operator="acme")

    assert foreign.json()["code"] == 102
    assert service.betstack("POST", f"/be/tickets/{ticket['id']}/paid").status_code == 200


def test_of_two_simultaneous_payments_exactly_one_succeeds_200_times_in_a_row(service: Service) -> None:
    async def both(identifier: str) -> list[tuple[int, int | None]]:
        headers = service.betstack_headers("site", b"")
        answers = await asyncio.gather(
            *(service.asend("POST", f"/be/tickets/{identifier}/paid", headers) for _ in range(2))
        )
        return sorted((answer.status_code, answer.json().get("code")) for answer in answers)

    for _ in range(200):
        identifier = service.reserved()["id"]

        assert service.loop.run_until_complete(both(identifier)) == [(200, None), (400, 117)]


REFUSED = [
    ({"token": "nobody"}, 101),
    ({"currency": "USD"}, 913),
    ({"event": 5}, 910),
    ({"bets": [101, 999]}, 911),
    ({"price": 0}, 900),
    ({"price": "2000"}, 900),
    ({"price": 2000.0}, 900),
    ({"source": "SMS"}, 900),
    ({"type": "triple"}, 900),
    ({"bets": []}, 900),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_a_reservation_that_breaks_a_rule_is_refused(
    service: Service, change: dict[str, object], code: int
) -> None:
    answer = service.betstack("POST", "/be/tickets/reserve", SUPERBET | change)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert service.reserved(SUPERBET)["status"] == "reserved"


@pytest.mark.parametrize(
    "missing", ["operator", "token", "price", "currency", "source", "type", "event", "bets"]
)
def test_a_reservation_lacks_no_field(service: Service, missing: str) -> None:
    document = {name: value for name, value in SUPERBET.items() if name != missing}

    answer = service.betstack("POST", "/be/tickets/reserve", document)

    assert (answer.status_code, answer.json()["code"]) == (400, 900)
    assert missing in answer.headers["x-sandbox-reason"]


@pytest.mark.parametrize("optional", ["psp", "atag", "rtag"])
def test_optional_fields_may_be_null_or_absent(service: Service, optional: str) -> None:
    without = {name: value for name, value in SUPERBET.items() if name != optional}

    assert service.reserved(SUPERBET | {optional: None})[optional] is None
    assert service.reserved(without)[optional] is None
    assert service.reserved(SUPERBET | {optional: "x"})[optional] == "x"


@pytest.mark.parametrize(
    ("document", "foreign"),
    [
        (QUICKTIP, {"event": 100001}),
        (QUICKTIP, {"event": "x", "bets": 7}),
        (SUPERBET, {"events": "x", "odds_diff": "y"}),
        (SUPERBET, {"anything": {"at": ["all"]}}),
    ],
)
def test_a_field_that_is_not_the_types_own_is_ignored(
    service: Service, document: dict[str, object], foreign: dict[str, object]
) -> None:
    ticket = service.reserved(document | foreign)

    own = service.reserved(document)
    assert ticket.keys() == own.keys()
    assert ticket["gross_payout"] == own["gross_payout"]


def test_odds_are_accepted_up_to_the_difference_that_is_allowed(service: Service) -> None:
    def reserve(odds: float) -> int:
        legs = [{"id": 390815, "bet": 101, "odds": odds}]
        answer = service.betstack(
            "POST", "/be/tickets/reserve", QUICKTIP | {"odds_diff": 0.1, "events": legs}
        )
        return 200 if answer.status_code == 200 else answer.json()["code"]

    # The current odds are 1.55.
    assert [reserve(odds) for odds in (1.45, 1.65, 1.44, 1.66)] == [200, 200, 912, 912]


def test_a_ticket_is_taken_at_the_current_odds(service: Service) -> None:
    legs = [{"id": 390815, "bet": 101, "odds": 1.5}]

    ticket = service.reserved(QUICKTIP | {"events": legs})

    assert (ticket["odds"], ticket["events"][0]["bet"]["odds"]) == (1.55, 1.55)


def test_an_event_stands_in_a_quicktip_once(service: Service) -> None:
    legs = [{"id": 390815, "bet": bet, "odds": 1.55} for bet in (101, 102)]

    twice = service.betstack("POST", "/be/tickets/reserve", QUICKTIP | {"odds_diff": 10, "events": legs})
    once = service.betstack("POST", "/be/tickets/reserve", QUICKTIP | {"odds_diff": 10, "events": legs[:1]})

    assert (twice.status_code, twice.json()["code"]) == (400, 914)
    assert once.status_code == 200


def test_a_ticket_that_could_win_too_much_is_refused_and_not_kept(service: Service) -> None:
    service.sandbox.tenants.change("site", {"payout_max": 2071})  # what the sample would win
    assert service.betstack("POST", "/be/tickets/reserve", QUICKTIP).status_code == 200
    service.sandbox.tenants.change("site", {"payout_max": 2070})

    refused = service.betstack("POST", "/be/tickets/reserve", QUICKTIP)

    assert (refused.status_code, refused.json()["code"]) == (400, 915)
    assert len(list(service.sandbox.tenants.of_kind("operator")["site"].tickets)) == 1


def test_fields_stand_in_the_order_of_the_page_of_each_type(service: Service) -> None:
    quicktip, superbet = list(service.reserved(QUICKTIP)), list(service.reserved(SUPERBET))

    assert quicktip[3:7] == ["price", "stake", "currency", "gross_payout"]
    assert superbet[3:6] == ["price", "stake", "gross_payout"]
    assert superbet[superbet.index("ext_type") + 1] == "currency"


def test_hostile_identifiers_come_back_as_text_and_break_nothing(service: Service) -> None:
    answer = service.betstack("POST", "/be/tickets/%7Bcode%7D%0d%0aset-cookie:x/paid")

    assert answer.json()["message"] == "Ticket with `{code}\r\nset-cookie:x` identifier is not found"
    assert "set-cookie" not in answer.headers
    assert "\\x0d\\x0a" in answer.headers["x-sandbox-reason"]


def test_a_reset_forgets_tickets_and_keeps_operators(service: Service) -> None:
    ticket = service.reserved()

    assert service.sandbox.tenants.reset_all() == [
        "site",
        "site-limited",
        "acme",
        "site-ug",
        "PartnerClient-1556",
        "933a215f-a9e6-4f88-9d91-52a87cd50499",
    ]

    assert service.betstack("GET", f"/be/tickets/{ticket['id']}").json()["code"] == 102
    assert service.reserved()["status"] == "reserved"


def test_the_pages_own_samples_are_accepted(service: Service) -> None:
    for surface in service.sandbox.surfaces:
        if surface.contract.surface == "betstack.bet_engine":
            media_type = surface.contract.operations["reserveTicket"].request_media_type
            assert media_type is not None
            samples = [json.loads(json.dumps(one["value"])) for one in media_type["examples"].values()]
    sold = [sample for sample in samples if sample["type"] in ("quicktip", "superbet")]

    assert [service.reserved(sample)["status"] for sample in sold] == ["reserved"] * 3
