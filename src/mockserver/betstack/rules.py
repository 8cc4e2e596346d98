"""What a reservation must satisfy, as rows in order of precedence (BS-ASM-012)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockserver.betstack.model import Event, Feature, Operator, Reservation, TicketType
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import Payout
from mockserver.kernel.players import Player

SOLD = frozenset({TicketType.QUICKTIP, TicketType.SUPERBET})
"""The types of ticket that the sandbox lives so far."""

HIGHEST_PAYOUT = 10**15
"""Cents; far above any real limit, and within the integers that every JSON reader holds exactly."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at."""

    operator: Operator
    reservation: Reservation
    offer: Mapping[int, Event]
    player: Player | None
    """Whom the token identifies."""

    def picks(self) -> list[tuple[int, int]]:
        """Event id and bet id of everything that was picked, in the order sent."""
        if self.reservation.event is not None:
            return [(self.reservation.event, bet) for bet in self.reservation.bets]
        return [(leg.event, leg.bet) for leg in self.reservation.legs]


def require_feature(operator: Operator, feature: Feature) -> None:
    """Refuse what is switched off for the operator."""
    if not operator.offers(feature):
        raise Rejection(
            Refusal.FEATURE_OFF,
            f"the feature `{feature}` is switched off for operator `{operator.name}`",
            values={"feature": feature.value},
        )


def _feature_is_on(context: Context) -> None:
    require_feature(context.operator, Feature.RESERVE)


def _type_is_sold(context: Context) -> None:
    """A type of ticket is a feature too (BS-ASM-013)."""
    kind = context.reservation.type
    if kind not in SOLD:
        raise Rejection(
            Refusal.FEATURE_OFF,
            f"the sandbox sells no {kind} yet; it sells {', '.join(sorted(SOLD))}",
            values={"feature": kind.value},
        )


def _player_is_known(context: Context) -> None:
    if context.player is None:
        raise Rejection(
            Refusal.UNKNOWN_PLAYER,
            f"operator `{context.operator.name}` has no player with this token; "
            f"the control plane lists its players at /tenants/{context.operator.name}/players",
        )


def _player_may_bet(context: Context) -> None:
    if context.player is not None and not context.player.may_bet:
        raise Rejection(Refusal.PLAYER_BLOCKED, f"player `{context.player.id}` is `{context.player.state}`")


def _currency_is_the_players(context: Context) -> None:
    if context.player is not None and context.reservation.currency != context.player.currency:
        raise Rejection(
            Refusal.CURRENCY_MISMATCH,
            f"currency is `{context.reservation.currency}`; the player's is `{context.player.currency}`",
            values={"currency": context.reservation.currency},
        )


def _events_are_different(context: Context) -> None:
    seen: set[int] = set()
    for leg in context.reservation.legs:
        if leg.event in seen:
            raise Rejection(
                Refusal.DUPLICATE_EVENT,
                f"event {leg.event} stands in the ticket more than once",
                values={"event": leg.event},
            )
        seen.add(leg.event)


def _events_are_known(context: Context) -> None:
    for event, _ in context.picks():
        if event not in context.offer:
            on_offer = ", ".join(str(known) for known in sorted(context.offer))
            raise Rejection(
                Refusal.UNKNOWN_EVENT,
                f"event {event} is not on offer; on offer: {on_offer}",
                values={"event": event},
            )


def _bets_are_known(context: Context) -> None:
    for event, bet in context.picks():
        if bet not in context.offer[event].bets:
            on_offer = ", ".join(str(known) for known in sorted(context.offer[event].bets))
            raise Rejection(
                Refusal.UNKNOWN_BET,
                f"event {event} has no bet {bet}; it has: {on_offer}",
                values={"event": event, "bet": bet},
            )


def _odds_are_within_tolerance(context: Context) -> None:
    for leg in context.reservation.legs:
        current = context.offer[leg.event].bets[leg.bet].odds
        if abs(current - leg.odds) > context.reservation.odds_diff:
            raise Rejection(
                Refusal.ODDS_CHANGED,
                f"odds of bet {leg.bet} of event {leg.event} are {current}, sent were {leg.odds}: "
                f"they differ by more than odds_diff {context.reservation.odds_diff}",
            )


RESERVATION_RULES: tuple[Callable[[Context], None], ...] = (
    _feature_is_on,
    _type_is_sold,
    _player_is_known,
    _player_may_bet,
    _currency_is_the_players,
    _events_are_known,
    _bets_are_known,
    _events_are_different,
    _odds_are_within_tolerance,
)


def require_payable(payout: Payout) -> None:
    """Refuse a ticket that could win more than the limit (BS-ASM-012)."""
    if payout.gross_payout > HIGHEST_PAYOUT:
        raise Rejection(
            Refusal.PAYOUT_LIMIT,
            f"gross_payout would be {payout.gross_payout} cents; the most is {HIGHEST_PAYOUT}",
        )


def check(context: Context) -> Player:
    """Apply the rules in order.

    :returns: the player who bets
    :raises Rejection: the first rule that does not hold
    """
    for rule in RESERVATION_RULES:
        rule(context)
    if context.player is None:
        raise AssertionError("a rule sees to it that the player is known")
    return context.player
