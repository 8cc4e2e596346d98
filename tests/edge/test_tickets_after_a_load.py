"""An export in the middle of a ticket's life, loaded again, goes on where it was."""

import asyncio
from datetime import timedelta

from mockserver.kernel.control import Problem
from mockserver.kernel.outbox import CallState

from .in_process import QUICKTIP
from .line import DOWN
from .operator_site import FUNDS, NET, ONE_LEG, PRICE, STARTS, Site, amounts

DAY = timedelta(days=1)


def test_a_repeated_result_and_what_is_held_behind_it_go_on_after_a_load(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.line.on_the_way["ticket_win"] = DOWN
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.advance(minutes=10)

    site.reload()

    assert site.calls(ticket)["ticket_win"] == "repeated"
    assert site.calls(ticket)["ticket_rollback"] == "held"
    assert site.due() == [("call", timedelta(minutes=30))]
    site.line.on_the_way.clear()
    site.advance(minutes=20)
    assert site.told(ticket) == ["ticket_create", "ticket_win", "ticket_win", "ticket_rollback"]
    assert (site.state(ticket), site.balance()) == (("open", "pending"), FUNDS - PRICE)


def test_a_parked_call_keeps_the_rest_held_after_a_load(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.line.on_the_way["ticket_win"] = DOWN
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    site.advance(days=2)

    site.reload()

    site.line.on_the_way.clear()
    site.advance(days=2)
    assert site.calls(ticket)["ticket_rollback"] == "held"
    site.send(site.call_of(ticket, "ticket_win"))
    assert site.state(ticket) == ("open", "pending")


def test_a_closing_comes_at_its_time_after_a_load(site: Site) -> None:
    ticket = site.won()
    site.advance(hours=10)

    site.reload()

    assert site.due() == [("close", DAY)]
    site.advance(hours=14)
    assert site.state(ticket) == ("closed", "won")
    assert site.call_of(ticket, "ticket_closed").state is CallState.SENT


def test_a_calculation_goes_on_after_a_load(site: Site) -> None:
    site.set(calculating_seconds=90)
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result="won", void_events=[391814])
    site.advance(seconds=30)

    site.reload()

    assert site.state(ticket) == ("calculating", "pending")
    site.advance(seconds=60)
    assert site.state(ticket) == ("resulted", "won")
    assert amounts(site.ticket(ticket)) == (1378, 98, 1280)
    assert site.balance() == FUNDS - PRICE + 1280


def test_a_reservation_lapses_after_a_load(site: Site) -> None:
    site.set(reservations_lapse="at_start")
    ticket = site.reserve(QUICKTIP)

    site.reload()

    site.advance_to(STARTS)
    assert site.state(ticket) == ("cancelled", "void")


def test_results_of_events_and_what_waits_for_them_outlive_a_load(site: Site) -> None:
    ticket, open_one = site.create(ONE_LEG), site.create(QUICKTIP)
    site.drive("settle_event", event=390815, won=[101])
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback_event", event=390815)
    site.drive("settle_event", event=390815, won=[101], void=[102])

    site.reload()

    assert site.refusal("settle_event", event=390815, won=[])[0] is Problem.CONFLICT
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert site.state(ticket) == ("resulted", "won")
    site.drive("settle_event", event=391814, won=[105])
    assert site.state(open_one) == ("resulted", "won")
    assert site.balance() == FUNDS - 2 * PRICE + 1280 + NET


def test_a_refused_rollback_outlives_a_load_and_its_drop_lets_the_ticket_close(site: Site) -> None:
    ticket = site.with_refused_rollback()
    site.advance(hours=1)

    site.reload()

    assert site.call_of(ticket, "ticket_rollback").state is CallState.REPEATED
    site.drop(site.call_of(ticket, "ticket_rollback"))
    assert site.due() == [("close", DAY)]


def test_a_result_that_was_under_way_is_sent_again_after_a_load_and_pays_once(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    gate = site.line.gates["ticket_win"] = asyncio.Event()

    async def scenario() -> None:
        settling = asyncio.ensure_future(site.running("settle", ticket=ticket.id, result="won"))
        while not site.line.sent("ticket_win"):
            await asyncio.sleep(0)
        site.reload()
        gate.set()
        await settling

    site.service.loop.run_until_complete(asyncio.wait_for(scenario(), timeout=10))
    assert site.call_of(ticket, "ticket_win").state is CallState.PENDING
    assert site.balance() == FUNDS - PRICE + NET

    site.service.loop.run_until_complete(site.operator.timekeeper.advance(timedelta(0)))

    assert site.told(ticket) == ["ticket_create", "ticket_win", "ticket_win"]
    assert site.call_of(ticket, "ticket_win").state is CallState.SENT
    assert site.balance() == FUNDS - PRICE + NET
    assert site.due() == [("close", DAY)]
