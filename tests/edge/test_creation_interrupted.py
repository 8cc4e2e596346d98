"""Creations during which the operator, the player or the whole sandbox is put back: nobody loses money."""

from collections.abc import Callable

import pytest

from mockserver.adapters.keys import SigningKeys
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.control import ControlRefusal

from .in_process import QUICKTIP
from .line import DOWN, Reply, answers
from .operator_site import NET, PLAYER, PRICE, Site

RESETS: dict[str, Callable[[Site], object]] = {
    "player": lambda site: site.service.sandbox.tenants.reset_player("site", PLAYER),
    "operator": lambda site: site.service.sandbox.tenants.reset("site"),
}


@pytest.mark.parametrize("reset", RESETS.values(), ids=RESETS)
@pytest.mark.parametrize(("action", "path"), [("ticket_create", ""), ("ticket_reserve", "/reserve")])
def test_a_ticket_that_was_reset_before_the_platform_answered_is_refused_and_discarded(
    site: Site, reset: Callable[[Site], object], action: str, path: str
) -> None:
    async def happens() -> None:
        reset(site)

    answer = site.meanwhile(action, path, QUICKTIP, happens)

    assert (answer.status_code, answer.json()["code"]) == (400, 927)
    assert "was reset or dropped before the platform answered" in answer.headers["x-sandbox-reason"]
    assert site.line.names()[-1] == "ticket_discard"
    assert list(site.operator.tickets) == []
    assert site.balance() == 1_000_000


def test_a_creation_that_was_exported_under_way_is_sent_again_and_opens_its_ticket(site: Site) -> None:
    ticket = loaded_during_a_creation(site)
    assert ticket.status == "new"

    site.advance(seconds=1)

    assert site.state(ticket) == ("open", "pending")
    assert site.balance() == 1_000_000 - PRICE
    site.drive("settle", ticket=ticket.id, result="won")
    assert site.balance() == 1_000_000 - PRICE + NET


@pytest.mark.parametrize("reply", [answers(500), DOWN])
def test_a_creation_that_was_exported_under_way_and_fails_now_is_cancelled_and_discarded(
    site: Site, reply: Reply
) -> None:
    ticket = loaded_during_a_creation(site)
    site.line.on_the_way["ticket_create"] = reply

    site.advance(seconds=1)
    site.wait()

    assert site.state(ticket) == ("cancelled", "void")
    assert site.line.names()[-1] == "ticket_discard"
    assert site.balance() == 1_000_000


def loaded_during_a_creation(site: Site) -> Ticket:
    """The ticket of a creation that the export caught before the platform had heard of it."""
    tenants, key = site.service.sandbox.tenants, SigningKeys(site.service.key)
    exported = {}

    async def happens() -> None:
        exported.update(export_archive(tenants, key))

    site.meanwhile("ticket_create", "", QUICKTIP, happens)
    load_archive(tenants, key, read_archive(exported))
    (ticket,) = site.operator.tickets
    return ticket


def test_a_dropped_operator_sends_nothing_any_more(site: Site) -> None:
    for _ in range(3):
        site.create(QUICKTIP)
    site.line.on_the_way["ticket_win"] = DOWN
    ticket = site.won(QUICKTIP)
    site.drive("rollback", ticket=ticket.id)
    operator, before = site.operator, len(site.line.names())
    site.service.sandbox.tenants.reset("site")

    with pytest.raises(ControlRefusal):
        site.drive("rollback", ticket=ticket.id)
    site.line.on_the_way.clear()
    site.service.loop.run_until_complete(operator.outbox.tell_all(operator.outbox.calls()))

    assert len(site.line.names()) == before
