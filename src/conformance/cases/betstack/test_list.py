"""Listing tickets."""

from __future__ import annotations

from typing import Any, Final

from conformance.betstack import Betstack, Ticket
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch, Missing
from conformance.oracle import betstack as oracle
from conformance.ticket_checks import must_have_members, must_refuse, objects

DEFAULT_LIMIT: Final = 10
NOBODY: Final = "nobody-knows-me"
MANY: Final = "1000"

_FIELDS: Final = {
    "superbet": oracle.READ_SUPERBET,
    "quicktip": oracle.READ_QUICKTIP,
    "jackpot": oracle.READ_JACKPOT,
}
"""Of quickbets and smartbets no table was seen."""


@requirement("BS-LST-001", safety="creates", needs=("list",))
def test_list_is_an_array_of_tickets(betstack: Betstack) -> None:
    """The list is an array of tickets, each with the fields that its type has when it is read."""
    ticket = betstack.reserve_ticket()
    tickets = _listed(betstack, ticket)
    for one in tickets:
        fields = _FIELDS.get(str(one.get("type")), oracle.CREATED_JACKPOT)
        must_have_members(one, fields, f"{one.get('type')} in the list", oracle.NULLABLE)
    _must_hold(tickets, ticket)


@requirement("BS-LST-002", safety="creates", needs=("list",))
def test_list_has_ten_tickets_by_default(betstack: Betstack) -> None:
    """Without limit the list has 10 tickets at most, where there are more."""
    _there_are(betstack, DEFAULT_LIMIT + 1)
    _must_number("without limit", len(objects(betstack.list_tickets())), 1, DEFAULT_LIMIT)


@requirement("BS-LST-003", safety="creates", needs=("list",))
def test_limit_says_how_many_tickets(betstack: Betstack) -> None:
    """limit says how many tickets the list has at most, fewer and more than the default."""
    _there_are(betstack, DEFAULT_LIMIT + 2)
    for limit in (1, 3, DEFAULT_LIMIT + 2):
        found = objects(betstack.list_tickets(("limit", str(limit))))
        least = DEFAULT_LIMIT + 1 if limit > DEFAULT_LIMIT else 1
        _must_number(f"with a limit of {limit}", len(found), least, limit)


@requirement("BS-LST-004", safety="creates", needs=("list",))
def test_user_id_leaves_only_tickets_of_that_player(betstack: Betstack) -> None:
    """With user_id the list has only tickets of this user_id."""
    ticket = betstack.reserve_ticket()
    user = _user_of(betstack, ticket)
    mine = _listed(betstack, ticket, ("user_id", user))
    _must_hold(mine, ticket)
    for one in mine:
        expect_equal("user_id in the list of a player", expected=user, actual=one.get("user_id"))
    for one in objects(betstack.list_tickets(("user_id", NOBODY))):
        expect_equal("user_id in the list of a player", expected=NOBODY, actual=one.get("user_id"))


@requirement("BS-LST-005", safety="creates", needs=("list", "superbet", "quicktip"))
def test_skipped_types_are_left_out(betstack: Betstack) -> None:
    """Tickets of a type that skip_types names are left out, of each that it is repeated for."""
    superbet = betstack.reserved(betstack.superbet())
    quicktip = betstack.reserved(betstack.quicktip())
    for skipped, kept, left_out in (
        (("superbet",), quicktip, superbet),
        (("quicktip",), superbet, quicktip),
        (("jackpot", "superbet"), quicktip, superbet),
    ):
        with betstack.channel.evidence.during(f"without {', '.join(skipped)}"):
            found = _listed(betstack, kept, *(("skip_types", kind) for kind in skipped))
            _must_hold(found, kept)
            _must_not_hold(found, left_out)
            types = {str(one.get("type")) for one in found} & set(skipped)
            expect_equal("skipped types in the list", expected=[], actual=sorted(types))


@requirement("BS-LST-006", safety="creates", needs=("list",))
def test_parameter_that_is_not_valid_is_answered_422(betstack: Betstack) -> None:
    """A limit that is no number is answered with 422."""
    with control("a limit that is one"):
        betstack.reserve_ticket()
        _must_number("with a limit of 5", len(objects(betstack.list_tickets(("limit", "5")))), 1, 5)
    betstack.list_tickets(("limit", "many"), legal=False).must_be(422)


@requirement("BS-LST-007", safety="creates", needs=("list",))
def test_refusal_of_a_parameter_has_an_error_body(betstack: Betstack) -> None:
    """A limit below 1 or no integer, and an unknown type, get 422 with code 900 and a message."""
    with control("parameters that are valid"):
        objects(betstack.list_tickets(("limit", "1"), ("skip_types", "jackpot")))
    for name, value in (("limit", "0"), ("limit", "-1"), ("limit", "1.5"), ("skip_types", "lottery")):
        refused = betstack.list_tickets((name, value), legal=False)
        refused.must_be(422, code=oracle.INVALID_REQUEST)
        refused.must_have_fields({"code": int, "message": str}, frozenset())


@requirement("BS-LST-008", safety="creates", needs=("list",))
def test_newest_tickets_come_first(betstack: Betstack) -> None:
    """The list shows the newest tickets first."""
    made = [betstack.reserve_ticket().id for _ in range(3)]
    found = [one.get("id") for one in objects(betstack.list_tickets(("limit", "3")))]
    expect_equal("the three newest tickets", expected=made[::-1], actual=found)


@requirement("BS-LST-009", safety="creates", needs=("list",))
def test_user_id_of_nobody_gives_an_empty_list(betstack: Betstack) -> None:
    """A user_id that no ticket has gives an empty list."""
    ticket = betstack.reserve_ticket()
    with control("the list of a player who has a ticket"):
        _must_hold(_listed(betstack, ticket, ("user_id", _user_of(betstack, ticket))), ticket)
    expect_equal(
        "the list of nobody", expected=[], actual=objects(betstack.list_tickets(("user_id", NOBODY)))
    )


@requirement("BS-LST-010", safety="creates", needs=("list", "second-operator"))
def test_list_shows_no_other_operators_tickets(betstack: Betstack) -> None:
    """The list shows the operator's own tickets, and no other operator's."""
    other = betstack.as_second_operator()
    mine, theirs = betstack.reserve_ticket(), other.reserve_ticket()
    for own, foreign, engine in ((mine, theirs, betstack), (theirs, mine, other)):
        found = _listed(engine, own)
        _must_hold(found, own)
        _must_not_hold(found, foreign)


@requirement("BS-LST-011", safety="creates", needs=("list",))
def test_listed_ticket_is_the_ticket_that_is_read(betstack: Betstack) -> None:
    """A ticket in the list is the ticket that reading its id shows, reserved or paid."""
    reserved, paid = betstack.reserve_ticket(), betstack.reserve_ticket()
    with control("a payment"):
        betstack.pay(paid.id).must_be(200)
    found = {one.get("id"): one for one in _listed(betstack, reserved)}
    for ticket in (reserved, paid):
        read = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
        expect_equal(f"ticket {ticket.id} in the list", expected=read.raw.value, actual=found.get(ticket.id))


@requirement("BS-LST-012", safety="creates", needs=("list",))
def test_skip_type_in_the_singular_has_no_effect(betstack: Betstack) -> None:
    """skip_type in the singular leaves nothing out."""
    ticket = betstack.reserve_ticket()
    kind = str(betstack.reservation()["type"])
    _must_hold(_listed(betstack, ticket, ("skip_type", kind), legal=False), ticket)
    with control("skip_types does"):
        _must_not_hold(objects(betstack.list_tickets(("skip_types", kind))), ticket)


@requirement("BS-SIG-011", safety="creates", needs=("list",))
def test_list_without_access_is_refused(betstack: Betstack) -> None:
    """A list call that is signed with another key is refused with 403."""
    ticket = betstack.reserve_ticket()
    with control("rightly signed"):
        _must_hold(_listed(betstack, ticket), ticket)
    headers = betstack.headers(secret=f"not-{betstack.operator.secret}")
    betstack.list_tickets(headers=headers).must_be(403)


@requirement("BS-SIG-014", safety="creates", needs=("list",))
def test_list_call_signs_the_timestamp_alone(betstack: Betstack) -> None:
    """A list call is accepted signed over the timestamp alone, whatever its query, and not over the query."""
    ticket = betstack.reserve_ticket()
    query = (("skip_types", "jackpot"),)
    _must_hold(_listed(betstack, ticket, *query), ticket)
    for signed in (b"skip_types=jackpot", b"?skip_types=jackpot", b"{}"):
        refused = betstack.list_tickets(*query, headers=betstack.headers(signed))
        must_refuse(refused, "a signature over more than the timestamp")


def _there_are(betstack: Betstack, count: int) -> None:
    for _ in range(count):
        betstack.reserve_ticket()


def _must_number(what: str, count: int, least: int, most: int) -> None:
    if not least <= count <= most:
        raise Mismatch(
            f"{count} tickets in the list {what}", expected=f"{least} to {most}", actual=str(count)
        )


def _user_of(betstack: Betstack, ticket: Ticket) -> str:
    user = betstack.read(ticket.id).raw.member("user_id")
    if not isinstance(user, str) or not user:
        raise Missing(f"needs the user_id of a ticket, got {user!r}")
    return user


def _listed(
    betstack: Betstack, ticket: Ticket, *query: tuple[str, str], legal: bool = True
) -> list[dict[str, Any]]:
    """The list with this query. In which order it stands is only assumed: a new ticket may be far behind."""
    tickets = objects(betstack.list_tickets(*query, legal=legal))
    if betstack.assumptions or ticket.id in [one.get("id") for one in tickets]:
        return tickets
    tickets = objects(betstack.list_tickets(*query, ("limit", MANY), legal=legal))
    if ticket.id not in [one.get("id") for one in tickets]:
        raise Missing(f"needs the new ticket {ticket.id} among the {MANY} that are listed")
    return tickets


def _must_hold(tickets: list[dict[str, Any]], ticket: Ticket) -> None:
    if ticket.id not in [one.get("id") for one in tickets]:
        raise Mismatch(
            f"ticket {ticket.id}, just reserved, is not in the list",
            expected=f"ticket {ticket.id} in the list",
            actual=f"{len(tickets)} others",
        )


def _must_not_hold(tickets: list[dict[str, Any]], ticket: Ticket) -> None:
    if ticket.id in [one.get("id") for one in tickets]:
        raise Mismatch(
            f"ticket {ticket.id} is in the list",
            expected=f"a list without ticket {ticket.id}",
            actual=f"ticket {ticket.id} is in it",
        )
