"""Enumerations, amounts and times of a ticket."""

from __future__ import annotations

from typing import Any

from conformance.betstack import Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import betstack as oracle
from conformance.ticket_checks import (
    amounts_must_add_up,
    cents,
    members,
    moment,
    must_be_one_of,
    must_have_two_digits,
    must_match,
    rates_must_be_percentages,
    ticket_of,
    zone_of,
)


@requirement(
    *("BS-FLD-001", "BS-FLD-002", "BS-FLD-003", "BS-FLD-005", "BS-FLD-008", "BS-FLD-014"), safety="creates"
)
def test_fields_have_the_values_of_the_fields_page(betstack: Betstack) -> None:
    """result, status, approved and source have values of the page, ext_type is text, currency a code."""
    for ticket in _as_sold_and_read(betstack, betstack.reservation()):
        must_be_one_of("result", oracle.RESULTS, ticket.get("result"))
        must_be_one_of("status", oracle.STATUSES, ticket.get("status"))
        must_be_one_of("source", oracle.SOURCES, ticket.get("source"))
        must_match("ext_type", r".+", ticket.get("ext_type"), "a text")
        must_match("currency", r"[A-Z]{3}", ticket.get("currency"), "an ISO 4217 code")
        if not isinstance(ticket.get("approved"), bool):
            raise Mismatch(
                f"approved: expected true or false, got {ticket.get('approved')!r}",
                expected="true or false",
                actual=repr(ticket.get("approved")),
            )


@requirement("BS-FLD-004", safety="creates")
def test_ticket_is_approved_from_the_start(betstack: Betstack) -> None:
    """approved is true from the start."""
    for ticket in _as_sold_and_read(betstack, betstack.reservation()):
        expect_equal("approved", expected=True, actual=ticket.get("approved"))


@requirement("BS-FLD-006", safety="creates", needs=("quicktip",))
def test_type_of_a_quicktip_is_quicktip(betstack: Betstack) -> None:
    """The type of a quicktip is the literal quicktip."""
    for ticket in _as_sold_and_read(betstack, betstack.quicktip()):
        expect_equal("type of a quicktip", expected="quicktip", actual=ticket.get("type"))


@requirement("BS-FLD-007", safety="creates")
def test_type_is_one_of_five(betstack: Betstack) -> None:
    """The type of a ticket is that of its request, one of the five."""
    kinds = ("quicktip", "quickbet", "smartbet") if betstack.target.legs else ()
    picked = [betstack.picked(kind) for kind in kinds if kind not in betstack.target.lacks]
    for fields in picked or [betstack.superbet()]:
        for ticket in _as_sold_and_read(betstack, fields):
            must_be_one_of("type", oracle.TYPES, ticket.get("type"))
            expect_equal("type", expected=fields["type"], actual=ticket.get("type"))


@requirement("BS-FLD-009", safety="creates")
def test_excise_is_inclusive(betstack: Betstack) -> None:
    """ext_type is inclusive."""
    for ticket in _as_sold_and_read(betstack, betstack.reservation()):
        expect_equal("ext_type", expected="inclusive", actual=ticket.get("ext_type"))


@requirement("BS-FLD-010", safety="creates", needs=("quicktip",))
def test_money_is_whole_cents(betstack: Betstack) -> None:
    """Every amount of a ticket is a whole number of cents, at prices that don't divide evenly too."""
    for price in (betstack.target.price, 1999, 7):
        for ticket in _as_sold_and_read(betstack, betstack.quicktip(price=price)):
            for name in oracle.MONEY:
                cents(ticket, name)


@requirement("BS-FLD-012", safety="creates", needs=("quicktip",))
def test_rates_are_percentages(betstack: Betstack) -> None:
    """wht and ext of a ticket are percentages, not fractions: the taxes fit them so."""
    for ticket in _as_sold_and_read(betstack, betstack.quicktip(price=1_000_000)):
        rates_must_be_percentages(ticket)


@requirement("BS-FLD-013", safety="creates", needs=("quicktip",))
def test_odds_have_two_digits(betstack: Betstack) -> None:
    """The odds that a quicktip shows are decimal odds with two digits after the point."""
    shown = 0
    for ticket in _as_sold_and_read(betstack, betstack.quicktip()):
        bets = [event.get("bet") for event in members(ticket, "events")]
        for holder in (ticket, *bets):
            if isinstance(holder, dict) and "odds" in holder:
                must_have_two_digits("odds", holder["odds"])
                shown += 1
    if betstack.assumptions:
        expect_equal("odds are shown", expected=True, actual=shown > 0)


@requirement("BS-FLD-015", "BS-TKT-020", safety="creates")
def test_times_are_given_in_both_zones(betstack: Betstack) -> None:
    """Times have microseconds and no offset, and are one instant with their operator_time_ counterparts."""
    zones = set()
    for ticket in (_read(betstack, fields) for fields in _sorts(betstack)):
        for name in ("created", *oracle.TIMES):
            moment(name, ticket.get(name))
        both = [name for name in ("created", "updated") if f"operator_time_{name}" in ticket]
        zones.add(zone_of(ticket, both))
        for event in [ticket["event"]] if "event" in ticket else members(ticket, "events"):
            moment("starts", event.get("starts"))
            if "operator_time_starts" in event:
                zone_of(event, ("starts",))
    expect_equal("zones of one operator", expected=1, actual=len(zones))


@requirement("BS-FLD-016", safety="creates", needs=("quicktip",))
def test_amounts_of_a_read_ticket_fit_each_other(betstack: Betstack) -> None:
    """A ticket's amounts fit each other by the calculator's relations when it is read."""
    fields = betstack.quicktip()
    for price in (betstack.target.price, 1999, 500):
        ticket = _read(betstack, {**fields, "price": price})
        amounts_must_add_up(ticket, price, [leg["odds"] for leg in fields["events"]])


def _sorts(betstack: Betstack) -> list[dict[str, Any]]:
    """The fields of a superbet and of a quicktip, as far as the target has them."""
    sorts = []
    if betstack.target.legs and "quicktip" not in betstack.target.lacks:
        sorts.append(betstack.quicktip())
    if betstack.target.superbet_event is not None and "superbet" not in betstack.target.lacks:
        sorts.append(betstack.superbet())
    return sorts or [betstack.reservation()]


def _read(betstack: Betstack, fields: dict[str, Any]) -> dict[str, Any]:
    """The ticket as it is read; told apart from another one."""
    ticket = betstack.reserved(fields)
    read = ticket_of(betstack.read(ticket.id).must_have("id", ticket.id))
    with control("another ticket is read"):
        other = betstack.another_ticket(ticket.id)
        betstack.read(other.id).must_be(200).must_have("id", other.id)
    return read


def _as_sold_and_read(betstack: Betstack, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """A ticket as it is answered to its reservation, and as it is read."""
    ticket = betstack.reserved(fields)
    with control("another ticket is read"):
        other = betstack.another_ticket(ticket.id)
        betstack.read(other.id).must_be(200).must_have("id", other.id)
    return [ticket_of(ticket.answer), ticket_of(betstack.read(ticket.id).must_have("id", ticket.id))]
