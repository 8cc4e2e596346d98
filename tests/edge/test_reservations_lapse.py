"""Reservations that are not paid by the start of their events."""

from datetime import timedelta

from .in_process import QUICKTIP, SUPERBET
from .operator_site import FUNDS, STARTS, Site


def test_a_reservation_lapses_at_the_start_of_its_first_event_where_the_operator_wants_it(site: Site) -> None:
    site.set(reservations_lapse="at_start")
    unpaid, paid = site.reserve(QUICKTIP), site.reserve(QUICKTIP)
    superbet = site.reserve(SUPERBET)
    site.pay(paid)

    site.advance_to(STARTS - timedelta(seconds=1))
    assert site.state(unpaid) == ("reserved", "pending")
    assert site.state(superbet) == ("cancelled", "void")
    passage = site.advance(seconds=1)

    assert [ran.outcome for ran in passage.ran] == ["cancelled", "not reserved any more"]
    assert site.state(unpaid) == ("cancelled", "void")
    assert site.state(paid) == ("open", "pending")
    assert site.told(unpaid) == ["ticket_reserve"]
    assert site.balance() == FUNDS
    assert site.call("POST", f"/{unpaid.id}/paid").json()["code"] == 117
    site.advance(days=7)
    assert site.state(unpaid) == ("cancelled", "void")


def test_reservations_do_not_lapse_by_themselves(site: Site) -> None:
    ticket = site.reserve(QUICKTIP)

    site.advance_to(STARTS + timedelta(days=7))

    assert site.state(ticket) == ("reserved", "pending")
    site.pay(ticket)
