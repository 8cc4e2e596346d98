"""What is on offer: events with their bets, and cards made of them. Shared by all operators, and never
changed while the server runs."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from mockserver.betstack.offer import Bet, Card, CardEvent, Category, Event, Team, TicketType
from mockserver.kernel.placed import Placed, PlacedError

_CODE = re.compile("[0-9A-Z]{6}")  # BS-ASM-063
_CODE_ALPHABET = string.ascii_uppercase + string.digits
_CODE_LENGTH = 6
_CENT = Decimal("0.01")
_HIGHEST_ODDS = 1_000_000
_REMEMBERED_OPERATORS = 4_096
_DUPLICATE = "stands twice"


class CatalogueError(ValueError):
    """A catalogue can't be. The text is one line and names the place."""


class Catalogue:
    """Events by id, and the cards of each operator.

    :param cards: name of the operator, and card. This operator has the card under this code; every other
        one has a copy under a code of its own, which follows from the code and the operator's name
    """

    def __init__(self, events: Mapping[int, Event], cards: Sequence[tuple[str, Card]]) -> None:
        self.events = MappingProxyType(dict(events))
        self._cards = tuple(cards)
        self._given_codes = frozenset(card.code for _, card in cards)
        self._by_code = lru_cache(_REMEMBERED_OPERATORS)(self._made_for)

    def cards_of(self, operator_name: str) -> Sequence[Card]:
        """All cards of an operator, in the order of the catalogue."""
        return tuple(self._by_code(operator_name).values())

    def card(self, operator_name: str, code: str) -> Card | None:
        """An operator's card."""
        return self._by_code(operator_name).get(code)

    def owned(self, code: str, operator_names: Iterable[str]) -> tuple[str, Card] | None:
        """The card with this code among those of several operators, and whose it is."""
        for name in operator_names:
            card = self.card(name, code)
            if card is not None:
                return name, card
        return None

    def _made_for(self, operator_name: str) -> Mapping[str, Card]:
        cards: dict[str, Card] = {}
        for owner, card in self._cards:
            own = card
            if owner != operator_name:
                code = self._derived(card.code, operator_name, taken=cards)
                own = replace(card, code=code)
            cards[own.code] = own
        return MappingProxyType(cards)

    def _derived(self, code: str, operator_name: str, taken: Mapping[str, Card]) -> str:
        """A code that no card of the file has, and no other of the operator."""
        attempt = 0
        while True:
            digest = hashlib.sha256(f"{code}/{attempt}/{operator_name}".encode("utf-8", "surrogatepass"))
            derived = _code_of(digest.digest())
            if derived not in taken and derived not in self._given_codes:
                return derived
            attempt += 1


def _code_of(digest: bytes) -> str:
    number = int.from_bytes(digest)
    letters = []
    for _ in range(_CODE_LENGTH):
        number, index = divmod(number, len(_CODE_ALPHABET))
        letters.append(_CODE_ALPHABET[index])
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class _Form:
    """What the cards of one kind hold: whether each event has a tipped bet (``None`` for either), and
    whether it has bets to choose from."""

    tip: bool | None
    offered: bool
    one_event: bool = False
    prizes: bool = False


_FORMS = MappingProxyType(
    {
        TicketType.QUICKTIP: _Form(tip=True, offered=False),
        TicketType.QUICKBET: _Form(tip=True, offered=False),
        TicketType.SMARTBET: _Form(tip=None, offered=True),
        TicketType.SUPERBET: _Form(tip=False, offered=True, one_event=True),
        TicketType.JACKPOT: _Form(tip=False, offered=True, prizes=True),
    }
)


_KINDS = MappingProxyType({kind.value: kind for kind in TicketType})


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a bet is on, whatever the event."""

    bet_code: str
    bet_name: str
    market_code: str
    market_name: str
    line_code: str | None
    line_name: str | None


def read_catalogue(document: Any) -> Catalogue:
    """Read a catalogue, see ``catalogue.yaml`` for its form.

    :param document: plain values, numbers with a fraction as ``Decimal``
    :raises CatalogueError: it can't be
    """
    try:
        root = Placed("", document).fields("leagues", "outcomes", "events", "cards")
        leagues = {name: _category(one) for name, one in root["leagues"].named().items()}
        outcomes = {name: _outcome(one) for name, one in root["outcomes"].named().items()}
        events: dict[int, Event] = {}
        for placed in root["events"].items(least=1):
            event = _event(placed, leagues, outcomes)
            if event.id in events:
                raise placed.wrong(f"event {event.id} {_DUPLICATE}")
            events[event.id] = event
        cards: dict[str, tuple[str, Card]] = {}
        for placed in root["cards"].items():
            owner, card = _card(placed, events)
            if card.code in cards:
                raise placed.wrong(f"card {card.code} {_DUPLICATE}")
            cards[card.code] = (owner, card)
    except PlacedError as error:
        raise CatalogueError(str(error)) from None
    return Catalogue(events, tuple(cards.values()))


def _category(placed: Placed) -> Category:
    it = placed.fields(
        "league_id", "league_slug", "league_name", "country_id", "country_slug", "country_name"
    )
    return Category(
        league_id=it["league_id"].whole(1),
        league_slug=it["league_slug"].text(),
        league_name=it["league_name"].text(),
        country_id=it["country_id"].whole(1),
        country_slug=it["country_slug"].text(),
        country_name=it["country_name"].text(),
    )


def _outcome(placed: Placed) -> _Outcome:
    it = placed.fields(
        "bet_code", "bet_name", "market_code", "market_name", optional=("line_code", "line_name")
    )
    return _Outcome(
        bet_code=it["bet_code"].text(),
        bet_name=it["bet_name"].text(),
        market_code=it["market_code"].text(),
        market_name=it["market_name"].text(),
        line_code=it["line_code"].text_or_none(),
        line_name=it["line_name"].text_or_none(),
    )


def _event(placed: Placed, leagues: Mapping[str, Category], outcomes: Mapping[str, _Outcome]) -> Event:
    it = placed.fields(
        "id", "starts", "league", "home_team", "away_team", "updated", "bets", optional=("suspended",)
    )
    updated = it["updated"].moment()
    bets: dict[int, Bet] = {}
    used: set[_Outcome] = set()
    for one in it["bets"].items(least=1):
        fields = one.fields("id", "outcome", "odds")
        outcome = fields["outcome"].one_of(outcomes, "outcomes")
        bet = Bet(
            id=fields["id"].whole(1),
            bet_code=outcome.bet_code,
            bet_name=outcome.bet_name,
            market_code=outcome.market_code,
            market_name=outcome.market_name,
            line_code=outcome.line_code,
            line_name=outcome.line_name,
            odds=_odds(fields["odds"]),
            updated=updated,
        )
        if bet.id in bets:
            raise one.wrong(f"bet {bet.id} {_DUPLICATE} in the event")
        if outcome in used:
            raise one.wrong(f"outcome `{fields['outcome'].value}` {_DUPLICATE} in the event")
        bets[bet.id] = bet
        used.add(outcome)
    return Event(
        id=it["id"].whole(1),
        starts=it["starts"].moment(),
        category=it["league"].one_of(leagues, "leagues"),
        home_team=_team(it["home_team"]),
        away_team=_team(it["away_team"]),
        bets=bets,
        suspended=it["suspended"].switch(default=False),
    )


def _team(placed: Placed) -> Team:
    it = placed.fields("id", "slug", "name")
    return Team(it["id"].whole(1), it["slug"].text(), it["name"].text())


def _odds(placed: Placed) -> Decimal:
    def sound(odds: Decimal) -> bool:
        return 1 <= odds < _HIGHEST_ODDS and odds == odds.quantize(_CENT)

    odds = placed.number(
        sound, f"a number from 1 to below {_HIGHEST_ODDS}, with at most two digits after the point"
    )
    return odds.quantize(_CENT)


def _card(placed: Placed, events: Mapping[int, Event]) -> tuple[str, Card]:
    it = placed.fields(
        "code",
        "operator",
        "kind",
        "title",
        "description",
        "events",
        optional=("sitename", "domain", "preview_img", "prize", "bonus_prizes"),
    )
    kind = it["kind"].one_of(_KINDS, "kinds")
    form = _FORMS[kind]
    played = _card_events(it["events"], events, kind)
    for name in ("prize", "bonus_prizes"):
        it[name].require_there(form.prizes, f"a {kind} card")
    return it["operator"].text(), Card(
        code=it["code"].text_like(_CODE, "six upper-case letters or digits, in quotes"),
        kind=kind,
        title=it["title"].text(),
        description=it["description"].text(),
        sitename=it["sitename"].text_or_none(),
        domain=it["domain"].text_or_none(),
        preview_img=it["preview_img"].text_or_none(),
        events=played,
        prize=it["prize"].whole(0) if form.prizes else 0,
        bonus_prizes=tuple(one.whole(0) for one in it["bonus_prizes"].items()) if form.prizes else (),
    )


def _card_events(placed: Placed, events: Mapping[int, Event], kind: TicketType) -> tuple[CardEvent, ...]:
    form = _FORMS[kind]
    played: dict[int, CardEvent] = {}
    for one in placed.items(least=1):
        it = one.fields("event", optional=("tip", "bets"))
        event = events.get(it["event"].whole(1))
        if event is None:
            raise it["event"].wrong(f"there is no event {it['event'].value}")
        if event.id in played:
            raise one.wrong(f"event {event.id} {_DUPLICATE} on the card")
        if form.tip is not None:
            it["tip"].require_there(form.tip, f"an event of a {kind} card")
        it["bets"].require_there(form.offered, f"an event of a {kind} card")
        offered = [_bet(bet, event) for bet in it["bets"].items(least=1)] if form.offered else []
        if len(set(offered)) != len(offered):
            raise it["bets"].wrong(f"a bet {_DUPLICATE}")
        tip = None if it["tip"].value is None else _bet(it["tip"], event)
        played[event.id] = CardEvent(event, tip, tuple(offered))
    if form.one_event and len(played) != 1:
        raise placed.wrong(f"a {kind} card has one event, not {len(played)}")
    return tuple(played.values())


def _bet(placed: Placed, event: Event) -> int:
    bet = placed.whole(1)
    if bet not in event.bets:
        raise placed.wrong(f"event {event.id} has no bet {bet}; it has {', '.join(map(str, event.bets))}")
    return bet
