"""What follows a result: closing a day later, or its withdrawal; in which order the platform hears of it."""

from datetime import timedelta

import pytest

from mockserver.kernel.control import Problem
from mockserver.kernel.outbox import CallState

from .in_process import NOW, QUICKTIP, SUPERBET
from .line import DOWN
from .operator_site import FUNDS, JACKPOT, NET, ONE_LEG, PRICE, Site, amounts

DAY = timedelta(days=1)


@pytest.mark.parametrize("result", ["won", "lost", "void"])
def test_a_ticket_is_closed_24_hours_after_its_result_was_acknowledged(site: Site, result: str) -> None:
    action = {"won": "ticket_win", "lost": "ticket_lost", "void": "ticket_void"}[result]
    site.line.on_the_way[action] = DOWN
    ticket = site.create(QUICKTIP)
    site.drive("settle", ticket=ticket.id, result=result)
    site.advance(minutes=80)
    assert [kind for kind, _ in site.due()] == ["call"]
    site.line.on_the_way.clear()

    site.advance(minutes=10)

    assert site.due() == [("close", timedelta(minutes=90) + DAY)]
    site.advance(hours=23, minutes=59, seconds=59)
    assert site.state(ticket) == ("resulted", result)
    site.advance(seconds=1)
    assert site.state(ticket) == ("closed", result)
    assert site.told(ticket)[-2:] == [action, "ticket_closed"]
    assert site.due() == []


def test_a_closing_moves_no_money_and_is_repeated_like_a_result(site: Site) -> None:
    ticket = site.won()
    balance = site.balance()
    site.line.on_the_way["ticket_closed"] = DOWN
    site.advance(hours=24)
    call = site.call_of(ticket, "ticket_closed")

    assert (site.state(ticket), call.state) == (("closed", "won"), CallState.REPEATED)
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert (call.state, site.balance(), site.told(ticket).count("ticket_closed")) == ("sent", balance, 2)


def test_a_result_that_is_parked_lets_no_ticket_close_until_it_is_sent_by_hand(site: Site) -> None:
    site.line.on_the_way["ticket_win"] = DOWN
    ticket = site.won()
    site.advance(days=3)
    win = site.call_of(ticket, "ticket_win")
    assert (win.state, len(win.tries), site.due()) == (CallState.PARKED, 49, [])
    assert site.state(ticket) == ("resulted", "won")

    site.line.on_the_way.clear()
    site.send(win)

    assert site.due() == [("close", timedelta(days=4))]
    assert site.balance() == FUNDS - PRICE + NET


def test_a_result_that_is_dropped_lets_no_ticket_close(site: Site) -> None:
    site.line.on_the_way["ticket_win"] = DOWN
    ticket = site.won()

    site.drop(site.call_of(ticket, "ticket_win"))

    assert site.due() == []
    site.advance(days=3)
    assert site.state(ticket) == ("resulted", "won")


def test_a_rollback_opens_the_ticket_again_and_takes_back_what_was_won(site: Site) -> None:
    ticket = site.won()
    (call,) = site.drive("rollback", ticket=ticket.id, reason="Wrong score")

    assert (call.action, call.state) == ("ticket_rollback", "sent")
    assert site.state(ticket) == ("open", "pending")
    assert site.balance() == FUNDS - PRICE
    assert site.due() == []

    site.drive("settle", ticket=ticket.id, result="won")
    assert site.balance() == FUNDS - PRICE + NET


def test_a_rollback_of_a_part_void_or_cashed_out_ticket_shows_the_offer_again(site: Site) -> None:
    part, cashed, superbet = site.create(QUICKTIP), site.create(QUICKTIP), site.won(SUPERBET)
    site.drive("settle", ticket=part.id, result="won", void_events=[391814])
    site.drive("cash_out", ticket=cashed.id, amount=5)
    for ticket in (part, cashed, superbet):
        site.drive("rollback", ticket=ticket.id)

    assert amounts(part) == amounts(cashed) == (2071, 236, NET)
    assert amounts(superbet) == (0, 0, 0)
    assert site.call("GET", f"/{part.id}").json()["odds"] == 2.33


def test_a_ticket_keeps_its_result_until_the_rollback_is_acknowledged(site: Site) -> None:
    ticket = site.won()
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback", ticket=ticket.id)

    assert site.state(ticket) == ("resulted", "won")
    assert amounts(ticket)[2] == NET
    assert site.refusal("settle", ticket=ticket.id, result="lost")[0] is Problem.CONFLICT
    assert site.refusal("rollback", ticket=ticket.id) == (
        Problem.CONFLICT,
        f"ticket {ticket.id} is `resulted`, and its result is being withdrawn already",
    )
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert site.state(ticket) == ("open", "pending")


def test_a_rollback_stops_a_closing_and_the_24_hours_run_anew_from_the_new_result(site: Site) -> None:
    ticket = site.won()
    site.advance(hours=23)
    site.drive("rollback", ticket=ticket.id)
    site.advance(hours=7)
    assert site.state(ticket) == ("open", "pending")

    site.drive("settle", ticket=ticket.id, result="lost")

    assert site.due() == [("close", timedelta(hours=54))]
    site.advance(hours=24)
    assert site.state(ticket) == ("closed", "lost")
    assert site.told(ticket).count("ticket_closed") == 1


def test_a_closing_that_falls_due_waits_while_a_rollback_is_not_acknowledged(site: Site) -> None:
    ticket = site.won()
    site.advance(hours=23, minutes=45)
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback", ticket=ticket.id)

    site.advance(hours=2)
    assert site.state(ticket) == ("resulted", "won")

    site.line.on_the_way.clear()
    site.advance(hours=1)
    assert site.state(ticket) == ("open", "pending")
    assert "ticket_closed" not in site.told(ticket)


def test_a_rollback_can_follow_a_closing_and_a_second_closing_the_new_result(site: Site) -> None:
    ticket = site.won()
    site.advance(hours=30)
    assert site.state(ticket) == ("closed", "won")

    site.drive("rollback", ticket=ticket.id)
    assert (site.state(ticket), site.balance()) == (("open", "pending"), FUNDS - PRICE)
    site.drive("settle", ticket=ticket.id, result="void")
    assert site.due() == [("close", timedelta(hours=54))]
    site.advance(hours=24)

    assert site.state(ticket) == ("closed", "void")
    assert site.told(ticket) == [
        "ticket_create",
        "ticket_win",
        "ticket_closed",
        "ticket_rollback",
        "ticket_void",
        "ticket_closed",
    ]
    assert site.balance() == FUNDS


def test_a_rollback_takes_a_balance_below_zero(site: Site) -> None:
    ticket = site.won()
    site.spend(site.balance())

    site.drive("rollback", ticket=ticket.id)

    assert (site.state(ticket), site.balance()) == (("open", "pending"), -NET)


def test_a_rollback_that_is_refused_is_repeated_and_parked_and_the_ticket_stays_resulted(site: Site) -> None:
    ticket = site.with_refused_rollback()
    call = site.call_of(ticket, "ticket_rollback")
    assert (call.state, call.tries[0].status) == (CallState.REPEATED, 400)
    assert "insufficient_funds: balance is 1834 cents, to take back are 1835" in str(call.tries[0].failure)

    site.advance(days=3)

    assert (call.state, len(call.tries)) == (CallState.PARKED, 49)
    assert [one.at for one in call.tries] == [NOW + number * timedelta(minutes=30) for number in range(49)]
    assert (site.state(ticket), site.balance(), site.due()) == (("resulted", "won"), NET - 1, [])


def test_a_refused_rollback_goes_through_once_the_winnings_are_there(site: Site) -> None:
    ticket = site.with_refused_rollback()
    site.won()

    site.advance(minutes=30)

    assert site.state(ticket) == ("open", "pending")


def test_a_rollback_that_is_dropped_lets_its_ticket_close(site: Site) -> None:
    ticket = site.with_refused_rollback()
    site.advance(hours=5)

    site.drop(site.call_of(ticket, "ticket_rollback"))

    assert site.due() == [("close", DAY)]
    site.advance(hours=19)
    assert site.state(ticket) == ("closed", "won")


def test_a_parked_rollback_that_is_dropped_lets_its_ticket_close_at_once(site: Site) -> None:
    ticket = site.with_refused_rollback()
    site.advance(days=3)

    site.drop(site.call_of(ticket, "ticket_rollback"))
    site.advance(seconds=0)

    assert site.state(ticket) == ("closed", "won")
    assert site.told(ticket)[-1] == "ticket_closed"


def test_a_dropped_rollback_of_a_closed_ticket_closes_nothing_twice(site: Site) -> None:
    ticket = site.won()
    site.advance(hours=24)
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback", ticket=ticket.id)

    site.drop(site.call_of(ticket, "ticket_rollback"))

    assert (site.state(ticket), site.due()) == (("closed", "won"), [])


def test_a_dropped_rollback_takes_the_new_result_that_waited_for_it_along(site: Site) -> None:
    ticket = site.create(ONE_LEG)
    site.drive("settle_event", event=390815, won=[101])
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback_event", event=390815)
    site.drive("settle_event", event=390815, won=[102])

    site.drop(site.call_of(ticket, "ticket_rollback"))

    assert site.state(ticket) == ("resulted", "won")
    site.line.on_the_way.clear()
    site.drive("rollback", ticket=ticket.id)
    assert site.state(ticket) == ("open", "pending")


def test_what_happens_while_the_platform_is_down_is_told_in_order_once_it_is_back(site: Site) -> None:
    ticket = site.create(JACKPOT)
    site.line.on_the_way |= dict.fromkeys(("ticket_update", "ticket_win", "ticket_rollback"), DOWN)
    site.drive("update", ticket=ticket.id, gross_payout=10_000)
    site.drive("settle", ticket=ticket.id, result="won", gross_payout=20_000)
    site.drive("rollback", ticket=ticket.id)
    assert site.calls(ticket) == {
        "ticket_create": "sent",
        "ticket_update": "repeated",
        "ticket_win": "held",
        "ticket_status": "sent",
        "ticket_rollback": "held",
    }
    assert site.balance() == FUNDS - 500

    site.line.on_the_way.clear()
    site.advance(minutes=30)

    assert site.told(ticket) == [
        "ticket_create",
        "ticket_update",
        "ticket_update",
        "ticket_win",
        "ticket_rollback",
    ]
    assert (site.state(ticket), site.balance()) == (("open", "pending"), FUNDS - 500)


def test_one_ticket_whose_call_fails_holds_up_no_other(site: Site) -> None:
    first, second = site.create(QUICKTIP), site.create(QUICKTIP)
    site.line.on_the_way["ticket_win"] = DOWN
    site.drive("settle", ticket=first.id, result="won")
    site.drive("rollback", ticket=first.id)

    site.drive("settle", ticket=second.id, result="lost")

    assert site.calls(first)["ticket_rollback"] == "held"
    assert site.calls(second)["ticket_lost"] == "sent"


def test_a_rollback_that_is_dropped_before_it_was_sent_leaves_the_24_hours_to_the_result(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.line.on_the_way["ticket_win"] = DOWN
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)

    site.drop(site.call_of(ticket, "ticket_rollback"))
    assert [kind for kind, _ in site.due()] == ["call"]
    site.line.on_the_way.clear()
    site.advance(minutes=30)

    assert site.state(ticket) == ("resulted", "won")
    assert site.due() == [("close", timedelta(minutes=30) + DAY)]
    assert site.told(ticket) == ["ticket_create", "ticket_win", "ticket_win"]


def test_a_result_that_is_acknowledged_while_its_rollback_waits_starts_no_closing(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.line.on_the_way |= {"ticket_win": DOWN, "ticket_rollback": DOWN}
    site.drive("settle", ticket=ticket.id, result="won")
    site.drive("rollback", ticket=ticket.id)
    del site.line.on_the_way["ticket_win"]
    site.advance(minutes=30)
    assert site.calls(ticket)["ticket_win"] == "sent"
    assert [kind for kind, _ in site.due()] == ["call"]

    site.advance(days=2)

    assert site.state(ticket) == ("resulted", "won")
    assert "ticket_closed" not in site.told(ticket)


def test_a_ticket_that_was_opened_again_and_refunded_has_no_result_to_withdraw(site: Site) -> None:
    ticket = site.won()
    site.drive("rollback", ticket=ticket.id)
    site.drive("refund", ticket=ticket.id)
    assert (site.state(ticket), site.balance()) == (("cancelled", "void"), FUNDS)
    site.advance(hours=24)

    assert site.refusal("rollback", ticket=ticket.id) == (
        Problem.CONFLICT,
        f"ticket {ticket.id} is `closed`, and was refunded; no rollback follows a refund",
    )
