"""Creating tickets."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conformance.bet_cards import BetCards, a_jackpot
from conformance.betstack import Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Mismatch
from conformance.oracle import betstack as oracle
from conformance.signing import betstack_body
from conformance.ticket_checks import amounts_must_add_up, must_refuse, ticket_of, without

ORDER: Final = (
    *("operator", "token", "psp", "price", "currency", "atag", "rtag", "source", "type", "event", "bets"),
)
"""Fields of a superbet as the page lists them."""


@requirement("BS-CRT-001", "BS-CRT-040", safety="moves-money", needs=("create", "superbet"))
def test_superbet_is_created_open(betstack: Betstack) -> None:
    """A superbet created at /tickets comes back open and pending, and is read so."""
    answer = betstack.create(betstack.cheap(betstack.superbet())).must_be(200)
    answer.must_have("status", "open").must_have("result", "pending").must_have("type", "superbet")
    read = betstack.read(ticket_of(answer)["id"]).must_be(200)
    read.must_have("status", "open").must_have("result", "pending").must_have("type", "superbet")
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-CRT-005", safety="moves-money", needs=("create", "superbet"))
def test_answer_has_the_fields_of_the_table(betstack: Betstack) -> None:
    """The answer to a superbet's creation has the fields of the page's table, each with its type."""
    answer = betstack.create(betstack.cheap(betstack.superbet())).must_be(200)
    answer.must_have_fields(oracle.CREATED_SUPERBET, oracle.NULLABLE)
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-CRT-002", safety="moves-money", needs=("create", "jackpot", "bet-card"))
def test_jackpot_is_created_open(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot is created from a card and one pick of each of its events, and is open."""
    fields = betstack.cheap(a_jackpot(betstack, cards))
    answer = betstack.create(fields).must_be(200).must_have("status", "open").must_have("type", "jackpot")
    betstack.read(ticket_of(answer)["id"]).must_be(200).must_have("status", "open")
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-CRT-041", safety="moves-money", needs=("create", "jackpot", "bet-card"))
def test_created_jackpot_has_the_fields_of_the_table(betstack: Betstack, cards: BetCards) -> None:
    """The answer to a jackpot's creation has id, code, price and stake."""
    answer = betstack.create(betstack.cheap(a_jackpot(betstack, cards))).must_be(200)
    answer.must_have_fields(oracle.CREATED_JACKPOT, frozenset())
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-RSV-016", safety="creates", needs=("jackpot", "bet-card"))
def test_jackpot_is_reserved(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot is reserved with the fields of its creation."""
    answer = betstack.reserve(a_jackpot(betstack, cards)).must_be(200)
    answer.must_have("status", "reserved").must_have("type", "jackpot")
    betstack.read(ticket_of(answer)["id"]).must_be(200).must_have("status", "reserved")


@requirement("BS-CRT-003", safety="moves-money", needs=("create", "quicktip"))
def test_quicktip_is_created_open(betstack: Betstack) -> None:
    """A quicktip is created with the fields of its reservation, and is open."""
    answer = betstack.create(betstack.cheap(betstack.quicktip())).must_be(200)
    answer.must_have("status", "open").must_have("type", "quicktip")
    betstack.read(ticket_of(answer)["id"]).must_be(200).must_have("status", "open")
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-CRT-004", safety="moves-money", needs=("quicktip", "quickbet", "smartbet"))
def test_quickbet_and_smartbet_are_sold_like_quicktips(betstack: Betstack) -> None:
    """A quickbet and a smartbet are created and reserved with a quicktip's fields."""
    for operation, status in zip(betstack.ways(), ("reserved", "open"), strict=False):
        for kind in ("quickbet", "smartbet"):
            with betstack.channel.evidence.during(f"{operation} of a {kind}"):
                answer = betstack.sell(operation, betstack.cheap(betstack.picked(kind))).must_be(200)
                answer.must_have("status", status).must_have("type", kind)
                betstack.read(ticket_of(answer)["id"]).must_be(200).must_have("type", kind)


@requirement("BS-CRT-011", safety="moves-money", needs=("create",))
def test_creation_without_psp_and_rtag_is_accepted(betstack: Betstack) -> None:
    """A creation of the generation before, without psp and rtag, is accepted."""
    fields = without(betstack.cheap(betstack.reservation()), "psp", "rtag")
    answer = betstack.create(fields).must_be(200).must_have("status", "open")
    _another_is_told_apart(betstack, answer.identifier("id"))


@requirement("BS-CRT-012", safety="moves-money", needs=("create", "quicktip"))
def test_quicktip_amounts_follow_from_the_price(betstack: Betstack) -> None:
    """Stake, taxes and payouts of a created quicktip follow from its price as in the samples, to the cent."""
    fields = betstack.quicktip()
    for price in (betstack.target.create_price, 99, 51):
        answer = betstack.create({**fields, "price": price})
        amounts_must_add_up(ticket_of(answer), price, [leg["odds"] for leg in fields["events"]])


@requirement("BS-CRT-013", safety="moves-money", needs=("quicktip",))
def test_changed_odds_within_the_deviation_are_taken_at_the_current_ones(betstack: Betstack) -> None:
    """A ticket whose odds changed within odds_diff is taken at the current odds, not at those sent."""
    fields = betstack.cheap(betstack.quicktip(odds_diff=Decimal("0.3")))
    current = [leg["odds"] for leg in fields["events"]]
    stale = [{**leg, "odds": leg["odds"] + Decimal("0.2")} for leg in fields["events"]]
    for operation in betstack.ways():
        ticket = ticket_of(betstack.sell(operation, {**fields, "events": stale}))
        amounts_must_add_up(ticket, fields["price"], current)
        shown = [event.get("bet", {}).get("odds") for event in ticket.get("events", [])]
        expect_equal("odds of the ticket's bets", expected=current, actual=shown)


@requirement("BS-CRT-014", safety="moves-money", needs=("create", "superbet", "jackpot", "bet-card"))
def test_superbet_and_jackpot_have_no_payouts_yet(betstack: Betstack, cards: BetCards) -> None:
    """A created superbet, and a created or reserved jackpot, show payouts of 0."""
    jackpot = betstack.cheap(a_jackpot(betstack, cards))
    for operation, fields in (
        ("createTicket", betstack.cheap(betstack.superbet())),
        ("createTicket", jackpot),
        ("reserveTicket", jackpot),
    ):
        ticket = ticket_of(betstack.sell(operation, fields))
        for name in oracle.PAYOUTS:
            expect_equal(f"{name} of a {fields['type']}", expected=0, actual=ticket.get(name))
        _another_is_told_apart(betstack, ticket["id"])


@requirement("BS-CRT-015", safety="moves-money")
def test_same_call_again_makes_another_ticket(betstack: Betstack) -> None:
    """The same bytes with the same signature, sent twice, make two tickets."""
    body = betstack_body(betstack.cheap(betstack.reservation()))
    headers = betstack.headers(body)
    for operation in betstack.ways():
        first, second = (ticket_of(betstack.post(operation, body, headers)) for _ in range(2))
        if first["id"] == second["id"] or first.get("code") == second.get("code"):
            raise Mismatch(
                f"{operation}: the same call twice made one ticket {first['id']}",
                expected="two tickets",
                actual=first["id"],
            )
        betstack.read(second["id"]).must_be(200).must_have("id", second["id"])


@requirement("BS-SIG-012", safety="moves-money", needs=("create",))
def test_wrongly_signed_creation_is_refused(betstack: Betstack) -> None:
    """A creation whose signature belongs to another body or timestamp is refused with 403."""
    body = betstack_body(betstack.cheap(betstack.reservation()))
    headers = betstack.headers(body)
    with control("rightly signed"):
        betstack.post("createTicket", body, headers).must_be(200)
    for purpose, wrong in (
        ("the signature of another body", betstack.headers(body + b"x")),
        ("the signature of another timestamp", {**headers, "timestamp": f"{headers['timestamp']}0"}),
    ):
        with betstack.channel.evidence.during(purpose):
            must_refuse(betstack.post("createTicket", body, wrong).must_be(403), purpose)


@requirement("BS-SIG-015", safety="moves-money", needs=("superbet",))
def test_body_in_documented_order_is_accepted(betstack: Betstack) -> None:
    """A body with its fields in the order of the page is accepted; with its signature, no other order is."""
    fields = betstack.cheap(betstack.superbet(psp="mobile", atag="affiliate-1"))
    expect_equal("order of the kit's own body", expected=list(ORDER), actual=list(fields))
    body, turned = betstack_body(fields), betstack_body(dict(reversed(fields.items())))
    for operation in betstack.ways():
        headers = betstack.headers(body)
        betstack.post(operation, body, headers).must_be(200).must_have("atag", "affiliate-1")
        with control("the signature of the documented order does not fit another one"):
            must_refuse(betstack.post(operation, turned, headers), "a body in another order than signed")


@requirement("BS-SIG-016", safety="moves-money")
def test_other_spelling_is_accepted_as_it_was_signed(betstack: Betstack) -> None:
    """Keys in another order, and numbers written otherwise, are accepted if these very bytes were signed."""
    fields = betstack.cheap(betstack.picked("quicktip") if betstack.target.legs else betstack.reservation())
    dense = betstack_body({**fields, **({"odds_diff": 1} if "odds_diff" in fields else {})})
    for purpose, body in (
        ("another order", betstack_body(dict(reversed(fields.items())))),
        ("a number with a fraction of zero", dense.replace(b'"odds_diff":1,', b'"odds_diff":1.0,')),
    ):
        for operation in betstack.ways():
            with betstack.channel.evidence.during(purpose):
                betstack.post(operation, body, betstack.headers(body)).must_be(200)
                with control("signed otherwise"):
                    must_refuse(betstack.post(operation, body, betstack.headers(body + b"x")), purpose)


@requirement("BS-SIG-017", safety="moves-money")
def test_white_space_inside_of_strings_is_not_signed(betstack: Betstack) -> None:
    """White space inside of a string is left out of the signature, and stays in the ticket."""
    fields = betstack.cheap(betstack.reservation(atag="two words"))
    body = betstack_body(fields)
    literal = betstack.headers(body.replace(b"two words", b"two\xc2\xa0words"))
    for operation in betstack.ways():
        answer = betstack.post(operation, body, betstack.headers(body)).must_be(200)
        answer.must_have("atag", "two words")
        with control("another signature"):
            must_refuse(betstack.post(operation, body, literal), "a signature over another white space")


@requirement("BS-SIG-020", safety="moves-money", needs=("create", "second-operator"))
def test_creation_for_another_operator_is_refused(betstack: Betstack) -> None:
    """A creation whose body names another operator than the header is refused with 403."""
    other = betstack.as_second_operator().operator
    with control("the same body with the operator's own name"):
        betstack.create(betstack.cheap(betstack.reservation())).must_be(200)
    refused = betstack.create(betstack.cheap(betstack.reservation(operator=other.name))).must_be(403)
    must_refuse(refused, "a creation for another operator")


@requirement("BS-LIF-010", safety="moves-money", needs=("create",))
def test_created_ticket_is_not_payable(betstack: Betstack) -> None:
    """A created ticket, which is open, can't be paid: 400 with code 117."""
    ticket = betstack.created_ticket(betstack.cheap(betstack.reservation()))
    betstack.pay(ticket.id).must_be(400, code=oracle.WRONG_STATE)
    betstack.status_must_be(ticket, "open")
    with control("a reserved ticket is payable"):
        betstack.pay(betstack.reserve_ticket().id).must_be(200)


def _another_is_told_apart(betstack: Betstack, ticket_id: str) -> None:
    """A reservation makes another ticket, which is not open."""
    with control("a reservation makes another ticket"):
        other = betstack.another_ticket(ticket_id)
        betstack.read(other.id).must_be(200).must_have("id", other.id).must_have("status", "reserved")
