"""How an event ended, and what that makes of the tickets that are on it."""

from typing import Any

import pytest

from mockserver.kernel.control import Problem

from .in_process import QUICKTIP, SUPERBET
from .line import DOWN
from .operator_site import FUNDS, JACKPOT, NET, ONE_LEG, PRICE, Site, amounts

OTHER_LEG = QUICKTIP | {"events": QUICKTIP["events"][1:]}


def test_the_result_of_an_event_settles_only_the_open_tickets_that_it_decides(site: Site) -> None:
    one, both, other = (site.create(document) for document in (ONE_LEG, QUICKTIP, OTHER_LEG))
    reserved = site.reserve(ONE_LEG)
    foreign = site.service.betstack(
        "POST",
        "/be/tickets",
        ONE_LEG | {"operator": "acme", "token": "acme-player-token", "currency": "USD"},
        operator="acme",
    ).json()["id"]

    site.drive("settle_event", event=390815, won=[101])

    assert site.state(one) == ("resulted", "won")
    for ticket in (both, other):
        assert site.state(ticket) == ("open", "pending")
    assert site.state(reserved) == ("reserved", "pending")
    shown = site.service.betstack("GET", f"/be/tickets/{foreign}", operator="acme").json()
    assert shown["status"] == "open"

    site.drive("settle_event", event=391814, won=[105])

    assert site.state(both) == ("resulted", "won")
    assert site.state(other) == ("resulted", "won")
    assert amounts(both) == (2071, 236, NET)


def test_one_lost_leg_settles_a_ticket_before_its_other_events_end(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("settle_event", event=391814, won=[101])
    assert site.state(ticket) == ("resulted", "lost")

    site.drive("settle_event", event=390815, won=[101])

    assert site.told(ticket) == ["ticket_create", "ticket_lost"]


def test_an_abandoned_event_makes_its_picks_void(site: Site) -> None:
    one, both = site.create(ONE_LEG), site.create(QUICKTIP)
    site.drive("settle_event", event=390815, abandoned=True)
    assert (site.state(one), site.state(both)) == (("resulted", "void"), ("open", "pending"))

    site.drive("settle_event", event=391814, won=[105])

    # 889 x 1.50 = 1333.5; 20% of 445
    assert (site.state(both), amounts(both)) == (("resulted", "won"), (1334, 89, 1245))


def test_a_superbet_is_settled_by_the_bets_of_its_event(site: Site) -> None:
    winner, part, loser = (site.create(SUPERBET | {"bets": bets}) for bets in ([101, 104], [101, 105], [102]))
    site.drive("settle_event", event=100001, won=[101, 104], void=[105])

    assert [site.state(one) for one in (winner, part, loser)] == [
        ("resulted", "won"),
        ("resulted", "won"),
        ("resulted", "lost"),
    ]
    # 3.10 x 1.95 = 6.045, so 6.05; 1778 x 6.05 = 10756.9; 1778 x 3.10 = 5511.8
    assert (amounts(winner)[0], amounts(part)[0]) == (10_757, 5_512)


@pytest.mark.parametrize(
    ("results", "gross"), [(([101], [101]), 5_000_000), (([101], []), 500_000), (([], []), None)]
)
def test_a_jackpot_is_paid_by_the_number_of_its_wrong_picks(
    site: Site, results: tuple[list[int], list[int]], gross: int | None
) -> None:
    ticket = site.create(JACKPOT)
    for event, winners in zip((390815, 391814), results, strict=True):
        assert site.state(ticket) == ("open", "pending")
        site.drive("settle_event", event=event, won=winners)

    assert site.state(ticket) == ("resulted", "won" if gross else "lost")
    assert amounts(ticket)[0] == (gross or 0)


def test_an_event_has_one_result_at_a_time(site: Site) -> None:
    site.drive("settle_event", event=390815, won=[101])

    assert site.refusal("settle_event", event=390815, won=[102]) == (
        Problem.CONFLICT,
        "event 390815 has a result; withdraw it first with `rollback_event`",
    )
    site.drive("rollback_event", event=390815)
    assert site.refusal("rollback_event", event=390815) == (
        Problem.CONFLICT,
        "event 390815 has no result to withdraw",
    )
    site.drive("settle_event", event=390815, won=[102])


@pytest.mark.parametrize(
    ("fields", "problem", "sentence"),
    [
        ({"event": 5}, Problem.NOT_FOUND, "event 5 is not on offer"),
        ({"event": 390815, "won": [101, 9]}, Problem.INVALID, "event 390815 has no bet 9"),
        ({"event": 390815, "void": [9]}, Problem.INVALID, "event 390815 has no bet 9"),
        (
            {"event": 390815, "won": [101, 102], "void": [102]},
            Problem.INVALID,
            "bet 102 can't be both won and void",
        ),
    ],
)
def test_a_result_that_no_event_can_have_is_refused(
    site: Site, fields: dict[str, Any], problem: Problem, sentence: str
) -> None:
    ticket = site.create(ONE_LEG)

    assert site.refusal("settle_event", **fields) == (problem, sentence)

    assert site.state(ticket) == ("open", "pending")
    site.drive("settle_event", event=390815, won=[101, 102])


def test_withdrawing_an_events_result_opens_its_tickets_again(site: Site) -> None:
    resulted = [site.create(ONE_LEG) for _ in range(2)]
    refunded = site.create(ONE_LEG)
    site.drive("refund", ticket=refunded.id)
    site.drive("settle_event", event=390815, won=[101])
    other = site.won(OTHER_LEG)

    calls = site.drive("rollback_event", event=390815, reason="Wrong score")

    assert {call.subject for call in calls} == {ticket.id for ticket in resulted}
    assert all(b'"reason":"Wrong score"' in request.content for request in site.line.sent("ticket_rollback"))
    assert [site.state(ticket) for ticket in resulted] == [("open", "pending")] * 2
    assert site.state(refunded) == ("cancelled", "void")
    assert site.state(other) == ("resulted", "won")


def test_a_new_result_waits_for_the_withdrawal_of_the_old_one(site: Site) -> None:
    ticket = site.create(ONE_LEG)
    site.drive("settle_event", event=390815, won=[101])
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback_event", event=390815)
    site.drive("settle_event", event=390815, won=[102])
    assert site.state(ticket) == ("resulted", "won")

    site.line.on_the_way.clear()
    site.advance(minutes=30)

    assert site.state(ticket) == ("resulted", "lost")
    assert site.told(ticket)[1:] == ["ticket_win", "ticket_rollback", "ticket_rollback", "ticket_lost"]
    assert site.balance() == FUNDS - PRICE


def test_a_new_result_that_decides_nothing_leaves_the_ticket_open(site: Site) -> None:
    ticket = site.create(QUICKTIP)
    site.drive("settle_event", event=390815, won=[102])
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback_event", event=390815)
    site.drive("settle_event", event=390815, won=[101])

    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert site.state(ticket) == ("open", "pending")

    site.drive("settle_event", event=391814, won=[105])
    assert site.state(ticket) == ("resulted", "won")


def test_withdrawing_an_events_result_asks_nothing_twice(site: Site) -> None:
    first, second = site.create(ONE_LEG), site.create(ONE_LEG)
    site.drive("settle_event", event=390815, won=[101])
    site.line.on_the_way["ticket_rollback"] = DOWN
    site.drive("rollback", ticket=first.id)

    calls = site.drive("rollback_event", event=390815)

    assert [call.subject for call in calls] == [second.id]
    site.line.on_the_way.clear()
    site.advance(minutes=30)
    assert [site.state(ticket) for ticket in (first, second)] == [("open", "pending")] * 2
    assert site.told(first).count("ticket_rollback") == 2


def test_a_result_that_is_withdrawn_while_a_ticket_is_calculated_does_not_count(site: Site) -> None:
    site.set(calculating_seconds=60)
    ticket = site.create(ONE_LEG)
    site.drive("settle_event", event=390815, won=[101])
    site.drive("rollback_event", event=390815)
    site.drive("settle_event", event=390815, won=[102])

    site.advance(seconds=120)

    assert site.state(ticket) == ("resulted", "lost")


def test_a_ticket_that_opens_after_its_event_ended_is_settled_all_the_same(site: Site) -> None:
    async def ends() -> None:
        await site.running("settle_event", event=390815, won=[101])

    created = site.meanwhile("ticket_create", "", ONE_LEG, ends).json()
    shown = site.call("GET", f"/{created['id']}").json()
    assert (shown["status"], shown["result"]) == ("resulted", "won")
