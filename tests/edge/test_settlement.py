"""How tickets end: what each step does to ticket, wallet and platform, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mockserver.betstack.states import Status
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.outbox import OutboxFull

from .in_process import QUICKTIP, SUPERBET
from .line import DOWN
from .operator_site import FUNDS, JACKPOT, NET, ONE_LEG, PRICE, Site, amounts


def cancelled(site: Site) -> Ticket:
    ticket = site.reserve(JACKPOT)
    site.drive("discard", ticket=ticket.id)
    return ticket


def calculating(site: Site) -> Ticket:
    site.set(calculating_seconds=60)
    return site.won(JACKPOT)


def closed(site: Site) -> Ticket:
    ticket = site.won(JACKPOT)
    site.advance(hours=24)
    return ticket


MADE: dict[Status, Callable[[Site], Ticket]] = {
    Status.CANCELLED: cancelled,
    Status.RESERVED: lambda site: site.reserve(JACKPOT),
    Status.OPEN: lambda site: site.create(JACKPOT),
    Status.CALCULATING: calculating,
    Status.RESULTED: lambda site: site.won(JACKPOT),
    Status.CLOSED: closed,
}
"""How a jackpot gets into each status but `new`, which lasts as long as the platform's answer."""

STEPS: dict[str, dict[str, Any]] = {
    "settle": {"result": "lost"},
    "cash_out": {"amount": 100},
    "refund": {},
    "decline": {},
    "rollback": {},
    "update": {"gross_payout": 7_000},
    "discard": {},
}
LEGAL: dict[tuple[Status, str], tuple[str, str]] = {
    (Status.OPEN, "settle"): ("resulted", "lost"),
    (Status.OPEN, "cash_out"): ("resulted", "won"),
    (Status.OPEN, "refund"): ("cancelled", "void"),
    (Status.OPEN, "decline"): ("cancelled", "void"),
    (Status.OPEN, "update"): ("open", "pending"),
    (Status.RESERVED, "refund"): ("cancelled", "void"),
    (Status.RESERVED, "decline"): ("cancelled", "void"),
    (Status.RESERVED, "discard"): ("cancelled", "void"),
    (Status.RESERVED, "update"): ("reserved", "pending"),
    (Status.CALCULATING, "rollback"): ("open", "pending"),
    (Status.RESULTED, "rollback"): ("open", "pending"),
    (Status.CLOSED, "rollback"): ("open", "pending"),
}
NEEDED = {
    "settle": "only an `open` one can be settled",
    "cash_out": "only an `open` one can be settled",
    "refund": "only an `open` or `reserved` one can be refunded",
    "decline": "only an `open` or `reserved` one can be refunded",
    "rollback": "only one with a result can be rolled back",
    "update": "only an `open` or `reserved` one can be updated",
    "discard": "only a `reserved` one can be discarded",
}
ILLEGAL = [(status, step) for status in MADE for step in STEPS if (status, step) not in LEGAL]


@pytest.mark.parametrize(("status", "step"), LEGAL)
def test_a_step_brings_a_ticket_on(site: Site, status: Status, step: str) -> None:
    ticket = MADE[status](site)

    site.drive(step, ticket=ticket.id, **STEPS[step])

    assert site.state(ticket) == LEGAL[status, step]


@pytest.mark.parametrize(("status", "step"), ILLEGAL)
def test_a_step_that_is_not_possible_is_refused_and_changes_nothing(
    site: Site, status: Status, step: str
) -> None:
    ticket = MADE[status](site)
    before = standing(site, ticket)
    assert ticket.status is status

    assert site.refusal(step, ticket=ticket.code, **STEPS[step]) == (
        Problem.CONFLICT,
        f"ticket {ticket.id} is `{status}`, {NEEDED[step]}",
    )

    assert standing(site, ticket) == before


def standing(site: Site, ticket: Ticket) -> tuple[object, ...]:
    """All that a step may change."""
    return site.state(ticket), site.told(ticket), site.due(), site.balance(), amounts(ticket)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_happens_to_a_ticket_that_the_platform_has_not_answered_yet(site: Site, step: str) -> None:
    async def refused() -> None:
        (ticket,) = site.operator.tickets
        with pytest.raises(ControlRefusal) as error:
            await site.running(step, ticket=ticket.id, **STEPS[step])
        assert error.value.detail == f"ticket {ticket.id} is `new`, {NEEDED[step]}"

    answer = site.meanwhile("ticket_create", "", JACKPOT, refused)

    assert (answer.json()["status"], answer.json()["result"]) == ("open", "pending")


@pytest.mark.parametrize("step", STEPS)
def test_a_step_needs_a_ticket_of_the_operator(site: Site, step: str) -> None:
    assert site.refusal(step, ticket="E36E20", **STEPS[step]) == (
        Problem.NOT_FOUND,
        "operator `site` has no ticket with the id or code `E36E20`",
    )


def test_a_win_pays_the_net_payout(site: Site) -> None:
    ticket = site.create(QUICKTIP)

    (win, text) = site.drive("settle", ticket=ticket.id, result="won")

    assert (win.action, win.subject, win.cause, win.state) == ("ticket_win", ticket.id, "drive-1", "sent")
    assert text.action == "ticket_status"
    assert site.state(ticket) == ("resulted", "won")
    assert amounts(ticket) == (2071, 236, NET)
    assert site.balance() == FUNDS - PRICE + NET


def test_a_loss_pays_nothing_and_keeps_the_amounts_that_were_offered(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="lost")

    assert site.told(ticket) == ["ticket_create", "ticket_lost"]
    assert site.state(ticket) == ("resulted", "lost")
    assert amounts(ticket) == (2071, 236, NET)
    assert site.balance() == FUNDS - PRICE


def test_a_void_ticket_gives_its_price_back(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="void")

    assert site.told(ticket) == ["ticket_create", "ticket_void"]
    assert site.state(ticket) == ("resulted", "void")
    assert amounts(ticket) == (PRICE, 0, PRICE)
    assert site.balance() == FUNDS


@pytest.mark.parametrize("document", [QUICKTIP, SUPERBET, JACKPOT], ids=["quicktip", "superbet", "jackpot"])
def test_a_reserved_ticket_that_was_paid_wins_like_any_other(site: Site, document: dict[str, Any]) -> None:
    ticket = site.reserve(document)
    site.pay(ticket)
    site.drive("settle", ticket=ticket.id, result="won")

    assert site.told(ticket) == ["ticket_reserve", "ticket_win"]
    assert site.balance() == FUNDS + amounts(ticket)[2]
    assert amounts(ticket)[2] > 0


def test_a_ticket_that_is_void_in_part_wins_at_the_odds_of_the_rest(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="won", void_events=[391814])

    # 889 x 1.55 = 1377.95; 20% of 489
    assert site.state(ticket) == ("resulted", "won")
    assert amounts(ticket) == (1378, 98, 1280)
    assert site.call("GET", f"/{ticket.id}").json()["odds"] == 1.55
    assert site.balance() == FUNDS - PRICE + 1280


@pytest.mark.parametrize("document", [QUICKTIP, JACKPOT], ids=["quicktip", "jackpot"])
def test_a_ticket_won_on_void_events_alone_is_void(site: Site, document: dict[str, Any]) -> None:
    ticket = site.create(document)
    site.drive("settle", ticket=ticket.id, result="won", void_events=[390815, 391814])

    assert site.state(ticket) == ("resulted", "void")
    assert site.balance() == FUNDS


def test_what_a_superbet_wins_follows_from_its_odds_or_is_given(site: Site) -> None:
    by_odds, given = site.create(SUPERBET), site.create(SUPERBET)
    site.drive("settle", ticket=by_odds.id, result="won")
    site.drive("settle", ticket=given.id, result="won", gross_payout=10_000)

    # 1778 x 23.72 = 42174.16; 20% of 40396; 20% of 8222
    assert (amounts(by_odds), amounts(given)) == ((42_174, 8_079, 34_095), (10_000, 1_644, 8_356))
    assert site.balance() == FUNDS - 4000 + 34_095 + 8_356
    assert site.call("GET", f"/{given.id}").json()["net_payout"] == 8_356


def test_what_a_jackpot_wins_is_its_prize_or_is_given(site: Site) -> None:
    prize, given = site.won(JACKPOT), site.create(JACKPOT)
    site.drive("settle", ticket=given.id, result="won", gross_payout=500_000)

    assert (amounts(prize), amounts(given)) == (
        (5_000_000, 999_911, 4_000_089),
        (500_000, 99_911, 400_089),
    )


WRONG_FIELDS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (QUICKTIP, {"result": "won", "gross_payout": 1}, "gross_payout is for a superbet or jackpot"),
    (SUPERBET, {"result": "won", "gross_payout": 1, "void_events": [100001]}, "gross_payout is for"),
    (SUPERBET, {"result": "lost", "gross_payout": 1}, "void_events and gross_payout go with the result won"),
    (QUICKTIP, {"result": "void", "void_events": [390815]}, "void_events and gross_payout go with"),
    (QUICKTIP, {"result": "won", "void_events": [390815, 5]}, "void_events: ticket {id} has no event 5"),
]


@pytest.mark.parametrize(("document", "fields", "sentence"), WRONG_FIELDS)
def test_fields_that_do_not_fit_each_other_are_refused(
    site: Site, document: dict[str, Any], fields: dict[str, Any], sentence: str
) -> None:
    ticket = site.create(document)

    problem, detail = site.refusal("settle", ticket=ticket.id, **fields)

    assert problem is Problem.INVALID
    assert detail.startswith(sentence.format(id=ticket.id))
    assert site.state(ticket) == ("open", "pending")


@pytest.mark.parametrize("amount", [0, 1, 555, 5_000_000])
def test_a_cash_out_wins_the_amount_untaxed(site: Site, amount: int) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("cash_out", ticket=ticket.id, amount=amount)

    assert site.told(ticket) == ["ticket_create", "ticket_win"]
    assert site.state(ticket) == ("resulted", "won")
    assert amounts(ticket) == (amount, 0, amount)
    assert site.balance() == FUNDS - PRICE + amount


@pytest.mark.parametrize("step", ["refund", "decline"])
def test_a_refund_ends_a_ticket_and_gives_back_what_was_taken(site: Site, step: str) -> None:
    ticket = site.create(QUICKTIP)
    (call,) = site.drive(step, ticket=ticket.id, reason="Spiel fällt aus")

    assert call.action == "ticket_refund"
    assert call.document.decode() == (
        f'{{"action":"ticket_refund","data":{{"operator":"site","ticket_id":"{ticket.id}",'
        '"reason":"Spiel fällt aus"}}'
    )
    assert site.state(ticket) == ("cancelled", "void")
    assert site.balance() == FUNDS


def test_a_refund_of_a_reservation_moves_nothing(site: Site) -> None:
    unpaid, paid = site.reserve(QUICKTIP), site.reserve(QUICKTIP)
    site.pay(paid)
    for ticket in (unpaid, paid):
        site.drive("refund", ticket=ticket.id)
        assert site.state(ticket) == ("cancelled", "void")

    assert site.balance() == FUNDS


def test_a_refunded_ticket_is_closed_a_day_later_and_never_rolled_back(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("refund", ticket=ticket.id)
    assert site.refusal("rollback", ticket=ticket.id)[0] is Problem.CONFLICT

    site.advance(hours=24)

    assert site.state(ticket) == ("closed", "void")
    assert site.told(ticket) == ["ticket_create", "ticket_refund", "ticket_closed"]
    assert site.refusal("rollback", ticket=ticket.id) == (
        Problem.CONFLICT,
        f"ticket {ticket.id} is `closed`, and was refunded; no rollback follows a refund",
    )


def test_a_discarded_reservation_is_never_closed(site: Site) -> None:
    ticket = site.reserve(QUICKTIP)
    site.drive("discard", ticket=ticket.id)
    site.advance(days=7)

    assert site.state(ticket) == ("cancelled", "void")
    assert site.told(ticket) == ["ticket_reserve", "ticket_discard"]


def test_an_update_changes_what_a_jackpot_would_pay_and_moves_nothing(site: Site) -> None:
    ticket = site.create(JACKPOT)
    (call,) = site.drive("update", ticket=ticket.id, gross_payout=10_000)

    # 20% of 10000 - 444
    assert (call.action, call.state) == ("ticket_update", "sent")
    assert b'"wht_amount":1911' in call.document
    assert b'"gross_payout":10000,"net_payout":8089' in call.document
    assert amounts(ticket) == (10_000, 1_911, 8_089)
    assert (site.state(ticket), site.balance()) == (("open", "pending"), FUNDS - 500)


def test_a_rollback_goes_back_to_the_amounts_of_the_last_update(site: Site) -> None:
    ticket = site.create(JACKPOT)
    site.drive("update", ticket=ticket.id, gross_payout=10_000)
    site.drive("settle", ticket=ticket.id, result="lost")
    assert amounts(ticket) == (0, 0, 0)

    site.drive("rollback", ticket=ticket.id)

    assert amounts(ticket) == (10_000, 1_911, 8_089)


def test_a_jackpot_wins_what_the_last_update_said(site: Site) -> None:
    updated, plain = site.create(JACKPOT), site.create(JACKPOT)
    site.drive("update", ticket=updated.id, gross_payout=10_000)

    for ticket in (updated, plain):
        site.drive("settle", ticket=ticket.id, result="won")

    assert (amounts(updated)[0], amounts(plain)[0]) == (10_000, 5_000_000)


def test_only_a_jackpot_is_updated(site: Site) -> None:
    ticket = site.create(QUICKTIP)

    assert site.refusal("update", ticket=ticket.id, gross_payout=1) == (
        Problem.CONFLICT,
        f"ticket {ticket.id} is a quicktip, no jackpot",
    )


def test_a_ticket_is_calculated_for_as_long_as_the_operator_has_it(site: Site) -> None:
    site.set(calculating_seconds=90)
    ticket = site.create(QUICKTIP)

    assert site.drive("settle", ticket=ticket.id, result="won", void_events=[391814]) == []

    assert site.state(ticket) == ("calculating", "pending")
    assert amounts(ticket) == (2071, 236, NET)
    assert site.due() == [("result", timedelta(seconds=90))]
    site.advance(seconds=89)
    assert (site.state(ticket), site.told(ticket)) == (("calculating", "pending"), ["ticket_create"])

    site.advance(seconds=1)

    assert (site.state(ticket), amounts(ticket)) == (("resulted", "won"), (1378, 98, 1280))
    assert site.told(ticket) == ["ticket_create", "ticket_win"]


def test_the_result_of_an_event_is_calculated_too(site: Site) -> None:
    site.set(calculating_seconds=90)
    ticket = site.create(ONE_LEG)

    site.drive("settle_event", event=390815, won=[101])

    assert site.state(ticket) == ("calculating", "pending")
    site.advance(seconds=90)
    assert site.state(ticket) == ("resulted", "won")


def test_a_ticket_that_was_reset_away_is_calculated_no_more(site: Site) -> None:
    site.set(calculating_seconds=90)
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="won")
    site.service.sandbox.tenants.reset_player("site", ticket.user_id)

    (ran,) = site.advance(seconds=90).ran

    assert ran.outcome == "not calculated any more"
    assert site.told(ticket) == ["ticket_create"]


FULL: dict[str, tuple[Callable[[Site], Ticket], dict[str, Any]]] = {
    "settle": (lambda site: site.create(QUICKTIP), {"result": "won"}),
    "cash_out": (lambda site: site.create(QUICKTIP), {"amount": 1}),
    "refund": (lambda site: site.create(QUICKTIP), {}),
    "update": (lambda site: site.create(JACKPOT), {"gross_payout": 1}),
    "rollback": (lambda site: site.won(QUICKTIP), {}),
    "discard": (lambda site: site.reserve(QUICKTIP), {}),
}


@pytest.mark.parametrize("step", FULL)
def test_a_step_whose_calls_have_no_room_changes_nothing(site: Site, step: str) -> None:
    make, fields = FULL[step]
    ticket, other = make(site), site.reserve(QUICKTIP)
    site.line.on_the_way["ticket_discard"] = DOWN
    (waiting,) = site.drive("discard", ticket=other.id)
    before = standing(site, ticket)
    site.set(outbox_size=1)

    with pytest.raises(OutboxFull):
        site.drive(step, ticket=ticket.id, **fields)

    assert standing(site, ticket) == before
    site.set(outbox_size=2)
    site.drop(waiting)
    site.drive(step, ticket=ticket.id, **fields)


def test_an_event_whose_tickets_have_no_room_gets_no_result(site: Site) -> None:
    tickets = [site.create(ONE_LEG) for _ in range(3)]
    site.set(outbox_size=5)

    with pytest.raises(OutboxFull):
        site.drive("settle_event", event=390815, won=[101])

    assert [site.state(ticket) for ticket in tickets] == [("open", "pending")] * 3
    site.set(outbox_size=6)
    site.drive("settle_event", event=390815, won=[101])
    assert [site.state(ticket) for ticket in tickets] == [("resulted", "won")] * 3
