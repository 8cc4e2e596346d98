"""What a ticket must satisfy, as rows in order of precedence (BS-ASM-012)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from mockserver.betstack.catalogue import Catalogue
from mockserver.betstack.model import Feature, Identified, Operator
from mockserver.betstack.offer import Card, Closed, Event, TicketType
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.ticket import TicketRequest
from mockserver.kernel.errors import Rejection


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, by whom, before anybody knows for which player."""

    operator: Operator
    request: TicketRequest
    features: tuple[Feature, ...]
    """What has to be switched on besides the type of ticket."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    operator: Operator
    request: TicketRequest
    catalogue: Catalogue
    player: Identified
    now: datetime

    @property
    def card(self) -> Card | None:
        """The card that a jackpot names."""
        card = self.catalogue.card(self.operator.name, self.request.betcard_code or "")
        return card if card is not None and card.kind == TicketType.JACKPOT else None

    def closed_events(self) -> Iterator[tuple[Event, Closed]]:
        """The events that take no bets, with the reason."""
        for event_id, _ in self.request.picks:
            event = self.catalogue.events[event_id]
            if closed := event.why_closed(self.operator.results, self.now):
                yield event, closed


def require_feature(operator: Operator, feature: Feature) -> None:
    """Refuse what is switched off for the operator."""
    if not operator.offers(feature):
        raise Rejection(
            Refusal.FEATURE_OFF,
            f"the feature `{feature}` is switched off for operator `{operator.name}`",
            values={"feature": feature.value},
        )


def _operator_takes_part(asked: Asked) -> None:
    """BS-ASM-047."""
    if not asked.operator.settings["bet_engine"]:
        raise Rejection(
            Refusal.UNKNOWN_OPERATOR,
            f"operator `{asked.operator.name}` takes no part in the bet engine (setting `bet_engine`)",
            values={"operator": asked.operator.name},
        )


def _features_are_on(asked: Asked) -> None:
    """A type of ticket is a feature too (BS-ASM-013)."""
    for feature in (*asked.features, Feature(asked.request.type)):
        require_feature(asked.operator, feature)


def _currency_is_the_players(context: Context) -> None:
    if context.request.currency != context.player.currency:
        raise Rejection(
            Refusal.CURRENCY_MISMATCH,
            f"currency is `{context.request.currency}`; the player's is `{context.player.currency}`",
            values={"currency": context.request.currency},
        )


def _card_is_known(context: Context) -> None:
    if context.request.type is TicketType.JACKPOT and context.card is None:
        jackpots = [
            card.code
            for card in context.catalogue.cards_of(context.operator.name)
            if card.kind == TicketType.JACKPOT
        ]
        raise Rejection(
            Refusal.UNKNOWN_CARD,
            f"betcard_code: operator `{context.operator.name}` has no jackpot card "
            f"`{context.request.betcard_code}`; it has: {', '.join(jackpots) or 'none'}",
            values={"code": context.request.betcard_code},
        )


def _picks_are_those_of_the_card(context: Context) -> None:
    """One pick for each event of the card (BS-ASM-056)."""
    if context.card is None:
        return
    wanted = sorted(one.event.id for one in context.card.events)
    if sorted(event for event, _ in context.request.picks) != wanted:
        raise Rejection(
            Refusal.WRONG_NUMBER_OF_PICKS,
            f"events: card `{context.card.code}` needs one pick for each of the events "
            f"{', '.join(map(str, wanted))}",
        )


def _events_are_known(context: Context) -> None:
    for event, _ in context.request.picks:
        if event not in context.catalogue.events:
            on_offer = ", ".join(str(known) for known in sorted(context.catalogue.events))
            raise Rejection(
                Refusal.UNKNOWN_EVENT,
                f"event {event} is not on offer; on offer: {on_offer}",
                values={"event": event},
            )


def _events_have_not_started(context: Context) -> None:
    for event, closed in context.closed_events():
        if closed is Closed.ENDED:
            raise Rejection(
                Refusal.EVENT_STARTED, f"event {event.id} has a result already", values={"event": event.id}
            )
        if closed is Closed.STARTED:
            raise Rejection(
                Refusal.EVENT_STARTED,
                f"event {event.id} started at {event.starts:%Y-%m-%d %H:%M} UTC; "
                f"for operator `{context.operator.name}` it is {context.now:%Y-%m-%d %H:%M}",
                values={"event": event.id},
            )


def _events_are_not_suspended(context: Context) -> None:
    for event, closed in context.closed_events():
        if closed is Closed.SUSPENDED:
            raise Rejection(
                Refusal.EVENT_SUSPENDED,
                f"event {event.id} takes no bets for the time being",
                values={"event": event.id},
            )


def _bets_are_known(context: Context) -> None:
    for event, bet in context.request.picks:
        bets = context.catalogue.events[event].bets
        if bet not in bets:
            raise Rejection(
                Refusal.UNKNOWN_BET,
                f"event {event} has no bet {bet}; it has: {', '.join(str(known) for known in sorted(bets))}",
                values={"event": event, "bet": bet},
            )


def _events_are_different(context: Context) -> None:
    seen: set[int] = set()
    for leg in context.request.legs:
        if leg.event in seen:
            raise Rejection(
                Refusal.DUPLICATE_EVENT,
                f"event {leg.event} stands in the ticket more than once",
                values={"event": leg.event},
            )
        seen.add(leg.event)


def _picks_are_neither_too_few_nor_too_many(context: Context) -> None:
    least, most = context.operator.settings["picks_min"], context.operator.settings["picks_max"]
    count = len(context.request.picks)
    if least is not None and count < least:
        raise Rejection(
            Refusal.TOO_FEW_LEGS, f"the ticket has {count} picks; the operator's least is {least}"
        )
    if most is not None and count > most:
        raise Rejection(Refusal.TOO_MANY_LEGS, f"the ticket has {count} picks; the operator's most is {most}")


def _odds_are_within_tolerance(context: Context) -> None:
    for leg in context.request.legs:
        current = context.catalogue.events[leg.event].bets[leg.bet].odds
        if abs(current - leg.odds) > context.request.odds_diff:
            raise Rejection(
                Refusal.ODDS_CHANGED,
                f"odds of bet {leg.bet} of event {leg.event} are {current}, sent were {leg.odds}: "
                f"they differ by more than odds_diff {context.request.odds_diff}",
            )


def _price_is_within_limits(context: Context) -> None:
    """Both ends count as within (BS-ASM-043)."""
    least, most = context.operator.settings["price_min"], context.operator.settings["price_max"]
    price = context.request.price
    if least is not None and price < least:
        raise Rejection(Refusal.PRICE_TOO_LOW, f"price: {price} cents; the least for the operator is {least}")
    if most is not None and price > most:
        raise Rejection(Refusal.PRICE_TOO_HIGH, f"price: {price} cents; the most for the operator is {most}")


REQUEST_RULES: tuple[Callable[[Asked], None], ...] = (_operator_takes_part, _features_are_on)
"""What is judged before the player is looked up."""

TICKET_RULES: tuple[Callable[[Context], None], ...] = (
    _currency_is_the_players,
    _card_is_known,
    _picks_are_those_of_the_card,
    _events_are_known,
    _events_have_not_started,
    _events_are_not_suspended,
    _bets_are_known,
    _events_are_different,
    _picks_are_neither_too_few_nor_too_many,
    _odds_are_within_tolerance,
    _price_is_within_limits,
)
"""What is judged once the player is known. The limit of the payout and the operator's platform follow."""


def check_request(asked: Asked) -> None:
    """Apply the rules for a request in order.

    :raises Rejection: the first rule that does not hold
    """
    for rule in REQUEST_RULES:
        rule(asked)


def check_ticket(context: Context) -> None:
    """Apply the rules for a ticket in order.

    :raises Rejection: the first rule that does not hold
    """
    for rule in TICKET_RULES:
        rule(context)


def require_payable(operator: Operator, gross_payout: int) -> None:
    """Refuse what could win more cents than the operator's limit, 10^15 unless it is set (BS-ASM-012)."""
    most = operator.settings["payout_max"]
    if gross_payout > most:
        raise Rejection(
            Refusal.PAYOUT_LIMIT, f"gross_payout would be {gross_payout} cents; the most is {most}"
        )
