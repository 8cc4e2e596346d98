"""Whatever happens to tickets while the platform comes and goes: in the end it was told everything in order,
and its wallet holds what the tickets say."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.betstack.action import Action
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.control import ControlRefusal
from mockserver.kernel.outbox import CallState

from .in_process import QUICKTIP, SUPERBET
from .line import DOWN
from .operator_site import FUNDS, JACKPOT, Site, amounts

DOCUMENTS = (QUICKTIP, SUPERBET, JACKPOT)
BETS = st.lists(st.sampled_from([101, 102, 103]), max_size=3, unique=True)
EVENTS = st.sampled_from([390815, 391814, 100001])
TICKET_STEPS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "settle": st.fixed_dictionaries({"result": st.sampled_from(["won", "lost", "void"])}),
    "cash_out": st.fixed_dictionaries({"amount": st.integers(0, 5_000)}),
    "update": st.fixed_dictionaries({"gross_payout": st.integers(0, 5_000)}),
    **dict.fromkeys(["refund", "rollback", "rollback", "discard"], st.just({})),
}
OUTAGES = ([], ["ticket_win"], ["ticket_update"], ["ticket_rollback"], list(Action))
NUMBER = st.integers(0, 2)
STEPS = st.one_of(
    st.sampled_from(list(TICKET_STEPS)).flatmap(
        lambda name: st.tuples(st.just(name), NUMBER, TICKET_STEPS[name])
    ),
    st.tuples(st.just("settle_event"), EVENTS, st.fixed_dictionaries({"won": BETS})),
    st.tuples(st.just("rollback_event"), EVENTS, st.just({})),
    st.tuples(st.just("down"), st.sampled_from(OUTAGES), st.just({})),
    st.tuples(st.just("advance"), st.sampled_from([1, 30, 60 * 13, 60 * 26]), st.just({})),
    st.tuples(st.just("reload"), st.none(), st.just({})),
)


@settings(deadline=None, max_examples=60)
@given(reserved=st.booleans(), seconds=st.sampled_from([0, 0, 600]), steps=st.lists(STEPS, max_size=14))
def test_the_wallet_holds_what_the_tickets_say(
    opened: Site, reserved: bool, seconds: int, steps: list[tuple[str, Any, dict[str, Any]]]
) -> None:
    opened.begin_anew()
    opened.set(calculating_seconds=seconds)
    tickets = [opened.reserve(one) if reserved else opened.create(one) for one in DOCUMENTS]
    if reserved:
        opened.pay(tickets[0])

    for name, what, fields in steps:
        take(opened, tickets, name, what, fields)
    come_to_rest(opened)

    told = [call for call in opened.operator.outbox.calls() if call.action in list(Action)]
    assert {call.state for call in told} == {CallState.SENT}
    for ticket in tickets:
        taken = [
            int(call.tries[-1].exchange.removeprefix("site-")) for call in told if call.subject == ticket.id
        ]
        assert taken == sorted(taken)
    paid = sum(opened.ticket(ticket).request.price for ticket in tickets if not reserved)
    assert opened.balance() == FUNDS - paid + sum(
        credit(opened.ticket(ticket), reserved) for ticket in tickets
    )


def take(site: Site, tickets: list[Ticket], name: str, what: Any, fields: dict[str, Any]) -> None:
    """Do one step; what can't be done where things stand is left."""
    match name:
        case "down":
            site.line.on_the_way = dict.fromkeys(map(str, what), DOWN)
        case "advance":
            site.advance(minutes=what)
        case "reload":
            site.reload()
        case "settle_event" | "rollback_event":
            with suppress(ControlRefusal):
                site.drive(name, event=what, **fields)
        case _:
            with suppress(ControlRefusal):
                site.drive(name, ticket=tickets[what].id, **fields)


def come_to_rest(site: Site) -> None:
    """Let the platform hear everything that it has not heard."""
    site.line.on_the_way.clear()
    for _ in range(3):
        for call in site.operator.outbox.calls():
            if call.state is CallState.PARKED and call.action in list(Action):
                site.send(call)
        site.advance(minutes=30)


def credit(ticket: Ticket, reserved: bool) -> int:
    """Cents that a ticket has given as it stands."""
    if ticket.was_resulted:
        return 0 if ticket.result == "lost" else amounts(ticket)[2]
    return 0 if reserved or ticket.result == "pending" else ticket.request.price
