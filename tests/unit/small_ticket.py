"""A ticket as the bet engine offers it, without a catalogue around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from mockserver.betstack.offer import Bet, Category, Event, Team, TicketType
from mockserver.betstack.ticket import Amounts, Leg, Selection, Ticket, TicketRequest
from mockserver.kernel.money import payout, total_odds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BET = 101
"""The bet that a ticket of several events takes on each."""

_ODDS_UNKNOWN = (TicketType.SUPERBET, TicketType.JACKPOT)


def match(event_id: int, odds: Mapping[int, str]) -> Event:
    """An event with odds by bet id."""
    return Event(
        id=event_id,
        starts=NOON + timedelta(days=7),
        category=Category(1, "football/x", "X", 2, "x", "X"),
        home_team=Team(1, "home", "Home"),
        away_team=Team(2, "away", "Away"),
        bets={bet: _bet(bet, Decimal(price)) for bet, price in odds.items()},
    )


def ticket(
    kind: str = "quicktip",
    odds: Sequence[str] = ("1.55", "1.50"),
    *,
    price: int = 1000,
    ext: str = "12.5",
    wht: str = "20",
    prize: int = 0,
    bonus_prizes: tuple[int, ...] = (),
    **named: Any,
) -> Ticket:
    """A ticket that was just made: a superbet on bets 101, 102 and so on of event 1, every other type on bet
    101 of the events 1, 2 and so on.

    :param named: other values of the ticket and of its request, by their names
    """
    type_ = TicketType(kind)
    asked: dict[str, Any] = {"prize": prize, "bonus_prizes": bonus_prizes}
    selections: list[Selection]
    if type_ is TicketType.SUPERBET:
        bets = dict(enumerate(odds, start=BET))
        selections = [(match(1, bets), None)]
        asked |= {"event": 1, "bets": tuple(bets)}
    else:
        events = [match(number, {BET: price}) for number, price in enumerate(odds, start=1)]
        selections = [(event, event.bets[BET]) for event in events]
        asked |= {"legs": tuple(Leg(event.id, BET, event.bets[BET].odds) for event in events)}
    own = {name: named.pop(name) for name in ("id", "code", "user_id") if name in named}
    request = {
        "operator": "site",
        "token": "UnIqUe-ToKeN",
        "psp": None,
        "price": price,
        "currency": "KES",
        "atag": None,
        "rtag": None,
        "source": "mobile",
        "type": type_,
    }
    total = None if type_ in _ODDS_UNKNOWN else total_odds(Decimal(one) for one in odds)
    rates = {"ext": Decimal(ext), "wht": Decimal(wht)}
    amounts = Amounts(payout(price, total, **rates), total)
    made = {"id": "668ef666333180bba97f0c93", "code": "CD4BDD", "user_id": "1660986605374148608"}
    return Ticket(
        **(made | own),
        request=TicketRequest(**(request | asked | named)),
        offered=amounts,
        amounts=amounts,
        **rates,
        selections=tuple(selections),
        created=NOON,
        updated=NOON,
        zone=timezone(timedelta(hours=3)),
        reserved=False,
    )


def _bet(bet_id: int, odds: Decimal) -> Bet:
    return Bet(
        id=bet_id,
        bet_code="1",
        bet_name="Home",
        market_code="MRFT",
        market_name="Match Result Full Time",
        line_code=None,
        line_name=None,
        odds=odds,
        updated=NOON,
    )
