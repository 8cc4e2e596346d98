"""Reading tickets."""

from __future__ import annotations

from typing import Any

from conformance.bet_cards import BetCards, a_jackpot
from conformance.betstack import Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch, Missing
from conformance.oracle import bet_cards as card_oracle
from conformance.oracle import betstack as oracle
from conformance.ticket_checks import members, must_have_members, must_match


@requirement("BS-TKT-001", safety="creates")
def test_ticket_is_read_by_id_and_by_code(betstack: Betstack) -> None:
    """A ticket is read by its id or its code, and both show the same ticket."""
    ticket = betstack.reserve_ticket()
    if not ticket.code:
        raise Missing("needs the code of a reserved ticket")

    by_id = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("code", ticket.code)
    by_code = betstack.read(ticket.code).must_be(200)
    fields = (*oracle.READ_QUICKTIP, *oracle.READ_SUPERBET)
    expect_equal("the ticket read by its code", expected=by_id.only(fields), actual=by_code.only(fields))
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-002", safety="creates", needs=("quicktip",))
def test_quicktip_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """A quicktip that is read has the fields of the page's table, each with its type."""
    ticket = betstack.reserved(betstack.quicktip())
    answer = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("type", "quicktip")
    answer.must_have_fields(oracle.READ_QUICKTIP, oracle.NULLABLE)
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-003", safety="creates", needs=("superbet",))
def test_superbet_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """A superbet that is read has the fields of the page's table, each with its type."""
    ticket = betstack.reserved(betstack.superbet())
    answer = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id).must_have("type", "superbet")
    answer.must_have_fields(oracle.READ_SUPERBET, oracle.NULLABLE)
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-004", safety="creates", needs=("superbet",))
def test_ticket_repeats_its_reservation(betstack: Betstack) -> None:
    """A ticket repeats the price, currency, source, type and affiliate tag of its reservation."""
    fields = betstack.superbet(price=betstack.target.price + 1, atag=f"tag-{betstack.new_id()}")
    answer = betstack.read(betstack.reserved(fields).id).must_be(200)
    for name in oracle.REPEATED:
        answer.must_have(name, fields[name])


@requirement("BS-TKT-005", safety="creates")
def test_unknown_ticket_is_not_read(betstack: Betstack) -> None:
    """Reading an identifier that belongs to no ticket is refused with 400 and code 102."""
    ticket = betstack.reserve_ticket()
    with control("a ticket that is there"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)

    betstack.read(betstack.new_id()).must_be(400, code=oracle.UNKNOWN_TICKET)


@requirement("BS-TKT-006", safety="creates", needs=("second-operator",))
def test_foreign_ticket_is_not_read(betstack: Betstack) -> None:
    """One operator can't read another operator's ticket, by its id or by its code."""
    other = betstack.as_second_operator()
    ticket = betstack.reserve_ticket()
    with control("its own operator reads it"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
    own = other.reserve_ticket()
    with control("the other operator reads its own ticket"):
        other.read(own.id).must_be(200).must_have("id", own.id)

    for identifier in filter(None, (ticket.id, ticket.code)):
        refused = other.read(identifier)
        if (
            refused.raw.status is None
            or not 400 <= refused.raw.status < 500
            or refused.raw.member("id") is not None
        ):
            raise Mismatch(
                f"expected a refusal, got {refused.raw.describe()}",
                expected="HTTP 400 or 403",
                actual=refused.raw.describe(),
            )


def _told_apart(betstack: Betstack, ticket_id: str) -> None:
    """Another ticket is read as another one."""
    with control("another ticket is read"):
        other = betstack.another_ticket(ticket_id)
        betstack.read(other.id).must_be(200).must_have("id", other.id)


@requirement("BS-TKT-007", safety="creates")
def test_wrongly_signed_read_is_refused(betstack: Betstack) -> None:
    """A read whose signature does not match is refused with 403 and shows no ticket."""
    ticket = betstack.reserve_ticket()
    with control("signed read"):
        betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)

    refused = betstack.read(ticket.id, headers=betstack.headers(b"x")).must_be(403)
    expect_equal("ticket in the refusal", expected=None, actual=refused.raw.member("id"))


@requirement("BS-PAY-018", safety="creates", needs=("second-operator",))
def test_foreign_ticket_is_answered_like_an_unknown_one(betstack: Betstack) -> None:
    """Another operator's ticket is read and paid like one that does not exist: 400 with code 102."""
    other = betstack.as_second_operator()
    ticket = betstack.reserve_ticket()
    other.read(ticket.id).must_be(400, code=oracle.UNKNOWN_TICKET)
    other.pay(ticket.id).must_be(400, code=oracle.UNKNOWN_TICKET)
    with control("its own operator pays it"):
        betstack.pay(ticket.id).must_be(200)


@requirement("BS-TKT-008", safety="creates", needs=("jackpot", "bet-card"))
def test_jackpot_has_the_fields_of_the_table(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot that is read has the fields of the page's table as far as it was seen."""
    ticket = betstack.reserved(a_jackpot(betstack, cards))
    answer = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
    answer.must_have_fields(oracle.READ_JACKPOT, oracle.NULLABLE)
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-009", safety="creates", needs=("superbet",))
def test_psp_and_rtag_are_strings_or_null(betstack: Betstack) -> None:
    """psp and rtag of a superbet are null where they had no value, and strings where they had one."""
    for value in (None, "mobile"):
        ticket = betstack.reserved(betstack.superbet(psp=value, rtag=value))
        read = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
        read.must_have_fields({"psp": str, "rtag": str}, oracle.NULLABLE)
        _told_apart(betstack, ticket.id)


@requirement("BS-TKT-010", safety="creates")
def test_psp_stands_once_with_the_value_that_was_sent(betstack: Betstack) -> None:
    """psp stands in a ticket once, with the value that was sent."""
    for value in ("mobile", "pawapay"):
        ticket = betstack.reserved(betstack.reservation(psp=value))
        read = betstack.read(ticket.id).must_be(200).must_have("psp", value)
        expect_equal("times that psp stands in the body", expected=1, actual=read.raw.content.count(b'"psp"'))


@requirement("BS-TKT-011", safety="creates", needs=("quicktip",))
def test_event_of_a_quicktip_has_an_id_and_a_start(betstack: Betstack) -> None:
    """Each event of a quicktip has its id and its start in UTC."""
    fields = betstack.quicktip()
    ticket = betstack.reserved(fields)
    events = members(betstack.read(ticket.id).must_be(200).raw.value, "events")
    ids = [leg["id"] for leg in fields["events"]]
    expect_equal("events of the ticket", expected=sorted(ids), actual=sorted(map(_id, events)))
    for event in events:
        must_match("starts", oracle.UTC_TIME, event.get("starts"), "a time with microseconds and no offset")
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-012", safety="creates")
def test_start_in_the_operators_zone_has_its_right_name(betstack: Betstack) -> None:
    """The start in the operator's time zone is called operator_time_starts, not opetator_time_starts."""
    ticket = betstack.reserve_ticket()
    read = betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)
    for event in _events(read.raw.value):
        must_match("operator_time_starts", oracle.UTC_TIME, event.get("operator_time_starts"), "a time")
        expect_equal("opetator_time_starts", expected=None, actual=event.get("opetator_time_starts"))
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-013", safety="creates", needs=("quicktip",))
def test_creation_in_the_operators_zone_has_its_right_name(betstack: Betstack) -> None:
    """A quicktip shows the operator's time of creation as operator_time_created."""
    ticket = betstack.reserved(betstack.quicktip())
    read = betstack.read(ticket.id).must_be(200).must_have("operator_time_starts", None)
    must_match("operator_time_created", oracle.UTC_TIME, read.raw.member("operator_time_created"), "a time")
    _told_apart(betstack, ticket.id)


@requirement("BS-TKT-014", safety="creates", needs=("quicktip", "superbet", "jackpot", "bet-card"))
def test_ticket_of_every_type_has_the_common_fields(betstack: Betstack, cards: BetCards) -> None:
    """Tickets of every type, reserved and read, have the fields of a superbet and a quicktip."""
    common = {**oracle.READ_ANY, "psp": str, "rtag": str, "operator_time_created": str}
    for fields in _one_of_each_type(betstack, cards):
        ticket = betstack.reserved(fields)
        for answer in (ticket.answer, betstack.read(ticket.id).must_be(200).must_have("id", ticket.id)):
            answer.must_have("type", fields["type"]).must_have_fields(common, oracle.NULLABLE)


@requirement("BS-TKT-015", safety="creates", needs=("quicktip", "superbet"))
def test_event_is_shown_as_on_a_card(betstack: Betstack) -> None:
    """An event shows its teams, and in a quicktip the bet that was taken; bets of a superbet are ids."""
    quicktip, superbet = betstack.quicktip(), betstack.superbet()
    taken = {leg["id"]: leg["bet"] for leg in quicktip["events"]}
    for fields in (quicktip, superbet):
        ticket = betstack.reserved(fields)
        for shown in (ticket.answer.raw.value, betstack.read(ticket.id).must_be(200).raw.value):
            for event in _events(shown):
                for side in ("home_team", "away_team"):
                    must_have_members(event.get(side), card_oracle.TEAM, side)
                if fields is quicktip:
                    must_have_members(event.get("bet"), card_oracle.TAKEN_BET, "bet")
                    expect_equal("bet of the event", expected=taken.get(_id(event)), actual=_id(event["bet"]))
            if fields is superbet:
                expect_equal("bets of a superbet", expected=superbet["bets"], actual=shown.get("bets"))


@requirement("BS-TKT-016", safety="creates", needs=("jackpot", "bet-card"))
def test_jackpot_repeats_its_card_and_picks(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot ticket repeats betcard_code, prize and bonus_prizes, and its events show the bets taken."""
    fields = a_jackpot(betstack, cards, prize=123456, bonus_prizes=[777, 55])
    ticket = betstack.reserved(fields)
    taken = {leg["id"]: leg["bet"] for leg in fields["events"]}
    for answer in (ticket.answer, betstack.read(ticket.id).must_be(200)):
        for name in ("betcard_code", "prize", "bonus_prizes"):
            answer.must_have(name, fields[name])
        shown = {_id(event): _id(event.get("bet")) for event in members(answer.raw.value, "events")}
        expect_equal("bets of a jackpot by event", expected=taken, actual=shown)


@requirement("BS-TKT-017", safety="creates")
def test_user_id_is_a_string_that_stands_for_the_player(betstack: Betstack) -> None:
    """user_id is a string, and the same in two tickets of one player."""
    first, second = betstack.reserve_ticket(), betstack.reserve_ticket()
    user = betstack.read(first.id).must_be(200).must_have_fields({"user_id": str}, frozenset())
    if not user.raw.member("user_id"):
        raise Mismatch("user_id is empty", expected="a player", actual="an empty text")
    betstack.read(second.id).must_be(200).must_have("id", second.id).must_have(
        "user_id", user.raw.member("user_id")
    )
    _told_apart(betstack, first.id)


@requirement("BS-TKT-019", safety="creates")
def test_id_and_code_have_the_form_of_the_samples(betstack: Betstack) -> None:
    """A ticket id is 24 lower-case hex digits, a ticket code 6 upper-case letters or digits."""
    ticket = betstack.reserve_ticket()
    for answer in (ticket.answer, betstack.read(ticket.id).must_be(200)):
        must_match("id", r"[0-9a-f]{24}", answer.raw.member("id"), "24 lower-case hex digits")
        must_match("code", r"[0-9A-Z]{6}", answer.raw.member("code"), "6 upper-case letters or digits")
    _told_apart(betstack, ticket.id)


def _one_of_each_type(betstack: Betstack, cards: BetCards) -> list[dict[str, Any]]:
    lacking = betstack.target.lacks
    picked = [betstack.picked(kind) for kind in ("quickbet", "smartbet") if kind not in lacking]
    return [betstack.superbet(), betstack.quicktip(), *picked, a_jackpot(betstack, cards)]


def _events(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a ticket, the one of a superbet too."""
    return members({"events": [ticket["event"]]} if "event" in ticket else ticket, "events")


def _id(thing: Any) -> int:
    """The id of an event or a bet."""
    value = thing.get("id") if isinstance(thing, dict) else None
    if not isinstance(value, int):
        raise Mismatch(f"id: expected an integer, got {value!r}", expected="an integer", actual=repr(value))
    return value
