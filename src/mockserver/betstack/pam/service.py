"""Use cases of the operator's platform. Each is decided without giving up the event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mockserver.betstack.action import Action
from mockserver.betstack.model import Operator
from mockserver.betstack.offer import TicketType
from mockserver.betstack.pam.model import Content, Opening, PlatformTicket, Update
from mockserver.betstack.pam.states import ENDED, TRANSITIONS, State
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.players import Player, account_of
from mockserver.kernel.transitions import IllegalTransition, next_state

BETSTACK = "betstack"
"""The account of the other side: where prices go, and winnings come from."""

_LONGEST_SHOWN = 60

ReadTicket = Callable[[Operator, str], int | None]
"""The ``net_payout`` in cents that a ticket shows at the bet engine, by its id; ``None`` where that does not
know it."""


@dataclass(frozen=True, slots=True)
class PlayerDetails:
    """A player as the platform tells of one; ``balance`` is in cents."""

    player: Player
    lang: str
    balance: int


@dataclass(frozen=True, slots=True)
class _Booking:
    """What an effect may look at: the ticket, the payout in cents that the action carries, and the one that
    the bet engine or the ticket itself has."""

    ticket: PlatformTicket
    carried: int
    current: Callable[[], int]


# Cents that an action gives the player; below zero it takes them (BS-ASM-085, BS-ASM-086, BS-ASM-091).
EFFECTS = MappingProxyType[Action, Callable[[_Booking], int]](
    {
        Action.WIN: lambda it: it.current(),
        Action.LOST: lambda _it: 0,
        Action.VOID: lambda it: it.carried,
        Action.REFUND: lambda it: it.ticket.debited,
        Action.DISCARD: lambda it: it.ticket.debited,
        Action.ROLLBACK: lambda it: -it.ticket.credited,
        Action.CLOSED: lambda _it: 0,
    }
)


class Platform:
    """Players, their wallet, and their tickets, as an operator keeps them.

    :param read_ticket: reads a ticket at the bet engine
    """

    def __init__(self, read_ticket: ReadTicket) -> None:
        self._read_ticket = read_ticket

    def identify(self, operator: Operator, token: str) -> PlayerDetails:
        """Look a player up by token, whatever the player's state (BS-ASM-083).

        :raises Rejection: nobody has the token
        """
        player = operator.players.with_token(token)
        if player is None:
            raise Rejection(
                Refusal.UNKNOWN_PLAYER,
                f"data.token: operator `{operator.name}` has no player with this token; "
                f"the control plane lists its players at /tenants/{operator.name}/players",
            )
        return PlayerDetails(player, operator.settings["lang"], int(_balance(operator, player.id)))

    def open(self, operator: Operator, action: Action, ticket_id: str, content: Content) -> None:
        """Take note of a ticket that is created or reserved; a creation takes its price.

        :raises Rejection: in this order: unknown player, a ticket that was discarded or refunded, the same
            ticket with other content, or opened the other way, a player who may not bet, another currency,
            not enough money
        """
        player = _player(operator, content.player_id)
        known = operator.platform.find(ticket_id)
        if known is not None:
            _require_repetition(known, action, content)
            return
        price = content.amounts.price if action is Action.CREATE else 0
        _require_able(operator, player, content.currency, price)
        ticket = PlatformTicket(
            id=ticket_id,
            state=next_state(TRANSITIONS, State.UNSEEN, action),
            opening=Opening(action=action, content=content, amounts=content.amounts),
            debited=price,
        )
        _post(operator, ticket, action, -price)
        operator.platform.keep(ticket)

    def update(self, operator: Operator, ticket_id: str, update: Update) -> None:
        """Replace the amounts of a jackpot; no money moves (BS-ASM-096).

        :raises Rejection: in this order: unknown ticket, another player, price, stake or currency, a ticket
            that is no jackpot or has a result
        """
        ticket = operator.platform.find(ticket_id)
        if ticket is None or ticket.opening is None:
            raise _unknown(operator, Action.UPDATE, ticket_id)
        opening = ticket.opening
        _require_unchanged(ticket_id, opening, update)
        if opening.updated and update.amounts == opening.amounts:
            return
        if opening.content.ticket_type != TicketType.JACKPOT:
            raise _wrong_state(
                ticket_id, f"is a {opening.content.ticket_type}, and only jackpots are updated"
            )
        ticket.state = _state_after(ticket, Action.UPDATE)
        opening.amounts, opening.updated = update.amounts, True

    def book(self, operator: Operator, action: Action, ticket_id: str, *, net_payout: int = 0) -> None:
        """Book a result, a refund, a discard, a rollback or a closing.

        :param net_payout: cents that the action carries; only a void does
        :raises Rejection: in this order: unknown ticket, a state that does not allow the action, and where
            the operator lets no balance fall below zero, not enough money for a rollback
        """
        ticket = operator.platform.find(ticket_id)
        if ticket is None or ticket.opening is None:
            _book_unseen(operator, action, ticket_id)
            return
        state = _state_after(ticket, action)
        if state is ticket.state:
            return
        amount = EFFECTS[action](_Booking(ticket, net_payout, lambda: self._payout(operator, ticket)))
        if action is Action.ROLLBACK:
            _require_winnings(operator, ticket)
            ticket.round += 1
        _post(operator, ticket, action, amount)
        ticket.credited += amount
        ticket.state = state

    def _payout(self, operator: Operator, ticket: PlatformTicket) -> int:
        """What a win pays: the ticket as it is read counts, for a superbet, a cash-out or a part that is void
        could not be known before (BS-ASM-085)."""
        current = self._read_ticket(operator, ticket.id)
        if current is not None:
            return current
        return ticket.opening.amounts.net_payout if ticket.opening else 0


def _player(operator: Operator, player_id: str) -> Player:
    player = operator.players.find(player_id)
    if player is None:
        raise Rejection(
            Refusal.UNKNOWN_PLAYER,
            f"data.player_id: operator `{operator.name}` has no player `{player_id}`; "
            "it has to be the player_id of the answer to identify",
        )
    return player


def _balance(operator: Operator, player_id: str) -> Decimal:
    return operator.ledger.balance(account_of(player_id))


def _require_repetition(ticket: PlatformTicket, action: Action, content: Content) -> None:
    """Let a creation or reservation pass that says again what is known."""
    if ticket.state in ENDED or ticket.opening is None:
        raise Rejection(
            Refusal.TICKET_DISCARDED,
            f"ticket {ticket.id} is `{ticket.state}`; nothing is booked for it any more",
            values={"identifier": ticket.id},
        )
    opening = ticket.opening
    same_action = opening.action is action
    # A creation names no psp (BS-ASM-077), so that of a reservation can't count against it.
    said = content if same_action else replace(content, psp=opening.content.psp)
    if said != opening.content:
        raise _changed(ticket.id, _first_difference(said, opening.content))
    if not same_action:
        raise _wrong_state(ticket.id, f"came as {opening.action} before")


def _require_able(operator: Operator, player: Player, currency: str, price: int) -> None:
    if not player.may_bet:
        raise Rejection(Refusal.PLAYER_BLOCKED, f"player `{player.id}` is `{player.state}`")
    if currency != player.currency:
        raise Rejection(
            Refusal.CURRENCY_MISMATCH,
            f"data.currency: `{currency}`, but player `{player.id}` has {player.currency}",
            values={"currency": currency},
        )
    balance = _balance(operator, player.id)
    if price > balance and price > 0:
        raise Rejection(Refusal.INSUFFICIENT_FUNDS, f"balance is {balance} cents, the price is {price}")


def _require_unchanged(ticket_id: str, opening: Opening, update: Update) -> None:
    """An update leaves player, price, stake and currency as they were (BS-ASM-096)."""
    booked = opening.content
    pairs = {
        "player_id": (update.player_id, booked.player_id),
        "price": (update.amounts.price, booked.amounts.price),
        "stake": (update.amounts.stake, booked.amounts.stake),
        "currency": (update.currency or booked.currency, booked.currency),
    }
    for name, (said, known) in pairs.items():
        if said != known:
            raise _changed(ticket_id, _difference(name, said, known))


def _require_winnings(operator: Operator, ticket: PlatformTicket) -> None:
    """Where the operator lets no balance fall below zero, the winnings must be there (BS-ASM-091)."""
    if operator.settings["rollback_shortfall"] != "refuse" or ticket.player_id is None:
        return
    balance = _balance(operator, ticket.player_id)
    if ticket.credited > 0 and balance < ticket.credited:
        raise Rejection(
            Refusal.INSUFFICIENT_FUNDS,
            f"balance is {balance} cents, to take back are {ticket.credited}; "
            "the operator's setting rollback_shortfall is `refuse`",
        )


def _state_after(ticket: PlatformTicket, action: Action) -> State:
    try:
        return next_state(TRANSITIONS, ticket.state, action)
    except IllegalTransition:
        raise _wrong_state(ticket.id, f"is `{ticket.state}`, so {action} is refused") from None


def _book_unseen(operator: Operator, action: Action, ticket_id: str) -> None:
    """Remember that a ticket was given up that nobody has heard of (BS-ASM-089)."""
    known = operator.platform.find(ticket_id)
    try:
        state = next_state(TRANSITIONS, known.state if known else State.UNSEEN, action)
    except IllegalTransition:
        raise _unknown(operator, action, ticket_id) from None
    operator.platform.keep(known or PlatformTicket(id=ticket_id, state=state))


def _post(operator: Operator, ticket: PlatformTicket, action: Action, amount: int) -> None:
    """Give the player an amount of cents; one below zero is taken."""
    if amount == 0 or ticket.player_id is None:
        return
    ends = (BETSTACK, account_of(ticket.player_id))
    source, destination = ends if amount > 0 else reversed(ends)
    operator.ledger.post(source, destination, Decimal(abs(amount)), f"{action} {ticket.id}")


def _unknown(operator: Operator, action: Action, ticket_id: str) -> Rejection:
    return Rejection(
        Refusal.UNKNOWN_TICKET,
        f"operator `{operator.name}` never saw ticket {ticket_id} created or reserved, "
        f"so {action} is refused",
        values={"identifier": ticket_id},
    )


def _changed(ticket_id: str, difference: str) -> Rejection:
    return Rejection(
        Refusal.DUPLICATE_CHANGED,
        f"ticket {ticket_id}: {difference}; the first booking stands",
        values={"identifier": ticket_id},
    )


def _wrong_state(ticket_id: str, why: str) -> Rejection:
    return Rejection(Refusal.WRONG_STATE, f"ticket {ticket_id} {why}", values={"identifier": ticket_id})


def _first_difference(said: Any, known: Any) -> str:
    """The first field that is not what it was."""
    for one in fields(said):
        now, before = getattr(said, one.name), getattr(known, one.name)
        if now != before:
            return _first_difference(now, before) if is_dataclass(now) else _difference(one.name, now, before)
    raise AssertionError("only what differs is compared")


def _difference(name: str, now: object, before: object) -> str:
    return f"{name} is `{_shown(now)}`, and was `{_shown(before)}`"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
