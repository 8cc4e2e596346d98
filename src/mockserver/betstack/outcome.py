"""What becomes of a ticket once its events have ended (BS-ASM-042, BS-ASM-084, BS-ASM-112)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mockserver.betstack.offer import Event, EventResult, TicketType
from mockserver.betstack.states import Result
from mockserver.betstack.ticket import Amounts, Ticket, Verdict
from mockserver.kernel.money import Payout, payout, prize, total_odds

_VOID_ODDS = Decimal(1)
"""Odds of a selection that is void."""


class ImpossibleResult(ValueError):
    """A ticket or event can't end so. The text is one line."""


def of_event(event: Event, *, won: frozenset[int], void: frozenset[int], abandoned: bool) -> EventResult:
    """How an event ends, as somebody says it.

    :param won: ids of bets; so ``void``
    :raises ImpossibleResult: it has no such bet, or one is in both
    """
    if strange := (won | void) - event.bets.keys():
        raise ImpossibleResult(f"event {event.id} has no bet {min(strange)}")
    if both := won & void:
        raise ImpossibleResult(f"bet {min(both)} can't be both won and void")
    return EventResult(won, void, abandoned)


def given(ticket: Ticket, result: Result, void_events: frozenset[int], gross: int | None) -> Verdict:
    """The verdict on one ticket, as somebody says it.

    :param void_events: events whose picks don't count for a win
    :param gross: cents that a superbet or jackpot wins, before withholding tax; ``None`` where it follows
        from odds or prize
    :raises ImpossibleResult: these don't fit each other or the ticket
    """
    if result is not Result.WON and (void_events or gross is not None):
        raise ImpossibleResult(f"void_events and gross_payout go with the result won, not with {result}")
    if result is not Result.WON:
        return lost(ticket) if result is Result.LOST else voided(ticket)
    played = {event for event, _ in ticket.request.picks}
    if strange := void_events - played:
        raise ImpossibleResult(f"void_events: ticket {ticket.id} has no event {min(strange)}")
    if gross is not None:
        if ticket.offered.odds is not None or void_events:
            raise ImpossibleResult(
                "gross_payout is for a superbet or jackpot, without void_events: what others win follows "
                "from their odds"
            )
        return paid(ticket, gross)
    if ticket.request.type is TicketType.JACKPOT and void_events < played:
        return hit(ticket)
    return won(ticket, {pick for pick in ticket.request.picks if pick[0] in void_events})


def decide(ticket: Ticket, results: Mapping[int, EventResult]) -> Verdict | None:
    """The verdict that the events' results mean; ``None`` while it is open."""
    legs = [(event, bet, results[event].of(bet)) for event, bet in ticket.request.picks if event in results]
    undecided = len(ticket.request.picks) - len(legs)
    if ticket.request.type is TicketType.JACKPOT:
        return _jackpot(ticket, [result for *_, result in legs], undecided)
    if any(result is Result.LOST for *_, result in legs):
        return lost(ticket)
    if undecided:
        return None
    return won(ticket, {(event, bet) for event, bet, result in legs if result is Result.VOID})


def won(ticket: Ticket, void: set[tuple[int, int]] | frozenset[tuple[int, int]] = frozenset()) -> Verdict:
    """Won at the odds of what is not void; void as a whole if nothing else is left.

    :param void: event id and bet id of each selection that is void
    """
    odds = [
        _VOID_ODDS if (event, bet) in void else _odds_of(ticket, event, bet)
        for event, bet in ticket.request.picks
    ]
    if void.issuperset(ticket.request.picks):
        return voided(ticket)
    total = total_odds(odds)
    pays = payout(ticket.request.price, total, ext=ticket.ext, wht=ticket.wht)
    return Verdict(Result.WON, Amounts(pays, total if ticket.offered.odds is not None else None))


def paid(ticket: Ticket, gross: int) -> Verdict:
    """Won with a sum in cents before withholding tax, as a jackpot's prize is."""
    return Verdict(
        Result.WON, Amounts(prize(ticket.request.price, gross, ext=ticket.ext, wht=ticket.wht), None)
    )


def cashed_out(ticket: Ticket, amount: int) -> Verdict:
    """Won with the cents that the player takes instead of waiting; no tax is on them (BS-ASM-113)."""
    price, stake = ticket.request.price, ticket.offered.payout.stake
    return Verdict(Result.WON, Amounts(Payout(stake, price - stake, amount, 0, amount), ticket.offered.odds))


def hit(ticket: Ticket) -> Verdict:
    """A jackpot without a wrong pick: its prize, or what the last update said that it pays."""
    return paid(ticket, ticket.offered.payout.gross_payout or ticket.request.prize)


def lost(ticket: Ticket) -> Verdict:
    """Lost. A ticket with odds still shows what it would have paid; a superbet or jackpot shows what it
    wins, which is nothing."""
    return Verdict(
        Result.LOST, ticket.offered if ticket.offered.odds is not None else paid(ticket, 0).amounts
    )


def voided(ticket: Ticket) -> Verdict:
    """Void as a whole: the price goes back (BS-ASM-084)."""
    price, stake = ticket.request.price, ticket.offered.payout.stake
    return Verdict(Result.VOID, Amounts(Payout(stake, price - stake, price, 0, price), ticket.offered.odds))


def _jackpot(ticket: Ticket, results: list[Result], undecided: int) -> Verdict | None:
    """The prize for no wrong pick, the first bonus prize for one, the second for two; void ones are right."""
    prizes = (ticket.request.prize, *ticket.request.bonus_prizes)
    wrong = results.count(Result.LOST)
    if wrong >= len(prizes):
        return lost(ticket)
    if undecided:
        return None
    if set(results) == {Result.VOID}:
        return voided(ticket)
    return paid(ticket, prizes[wrong]) if wrong else hit(ticket)


def _odds_of(ticket: Ticket, event: int, bet: int) -> Decimal:
    """The odds at which a selection was taken."""
    return next((taken or found.bets[bet]).odds for found, taken in ticket.selections if found.id == event)
