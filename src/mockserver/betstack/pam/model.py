"""Nouns of the operator's platform. Money is integer cents, percentages are decimals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from mockserver.betstack.action import Action
from mockserver.betstack.pam.states import State

LONGEST_TEXT = 2**20
"""Characters of an identifier; a request holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a ticket costs and would pay. ``wht`` and ``ext`` are percentages, all else is cents."""

    price: int
    stake: int
    wht_amount: int
    wht: Decimal
    ext_amount: int
    ext: Decimal
    ext_type: str
    gross_payout: int
    net_payout: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a creation or reservation says of its ticket."""

    code: str
    player_id: str
    psp: str | None
    currency: str
    atag: str | None
    rtag: str | None
    ticket_type: str
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update says of its ticket; ``currency`` is ``None`` where it names none."""

    player_id: str
    currency: str | None
    amounts: Amounts


@dataclass(slots=True, kw_only=True)
class Opening:
    """How a ticket became known: ``action`` is the creation or reservation, ``content`` what it said."""

    action: Action
    content: Content
    amounts: Amounts
    """Those of the last update, or of the content."""
    updated: bool = False


@dataclass(slots=True, kw_only=True)
class PlatformTicket:
    """A ticket as the platform knows it."""

    id: str
    state: State
    opening: Opening | None = None
    """``None`` for a ticket that was given up before it was heard of."""
    round: int = 0
    """How many results were withdrawn (BS-ASM-088)."""
    debited: int = 0
    """Cents that the creation took."""
    credited: int = 0
    """Cents that the present result, refund or discard gave."""

    @property
    def player_id(self) -> str | None:
        """Whose ticket it is; ``None`` where nobody said."""
        return self.opening.content.player_id if self.opening else None


class PlatformBooks:
    """Tickets of one operator's platform, found by id in O(1)."""

    def __init__(self) -> None:
        self._by_id: dict[str, PlatformTicket] = {}

    def find(self, ticket_id: str) -> PlatformTicket | None:
        """The ticket with this id."""
        return self._by_id.get(ticket_id)

    def keep(self, ticket: PlatformTicket) -> None:
        """Remember a ticket."""
        self._by_id[ticket.id] = ticket

    def forget(self, player_id: str) -> None:
        """Drop the tickets of one player."""
        self._by_id = {key: one for key, one in self._by_id.items() if one.player_id != player_id}

    def tickets(self) -> list[PlatformTicket]:
        """Every ticket, the oldest first."""
        return list(self._by_id.values())

    def restore(self, tickets: Iterable[PlatformTicket]) -> None:
        """Put tickets back as they were; those that were there are gone.

        :raises ValueError: two have the same id, or one can't be; nothing has changed
        """
        restored: dict[str, PlatformTicket] = {}
        for ticket in tickets:
            if not 0 < len(ticket.id) <= LONGEST_TEXT:
                raise ValueError(f"a ticket of the platform has an id of {len(ticket.id)} characters")
            if ticket.id in restored:
                raise ValueError(f"two tickets of the platform have the id `{ticket.id[:40]}`")
            for is_sound, complaint in _SOUND:
                if not is_sound(ticket):
                    raise ValueError(f"ticket `{ticket.id[:40]}` of the platform {complaint}")
            restored[ticket.id] = ticket
        self._by_id = restored


_OPENED_AS = {State.RESERVED: Action.RESERVE, State.OPEN: Action.CREATE}
_NEVER_OPENED = frozenset({State.UNSEEN, State.GIVEN_UP})
_WITHOUT_CREDIT = frozenset({State.RESERVED, State.OPEN, State.REOPENED, State.LOST, State.CLOSED_LOST})
_GIVES_BACK = frozenset({State.REFUNDED, State.CLOSED_REFUNDED, State.DISCARDED})


def _is_opened_as_its_state_says(ticket: PlatformTicket) -> bool:
    if ticket.opening is None:
        return ticket.state is State.GIVEN_UP
    action = ticket.opening.action
    return (
        action in _OPENED_AS.values()
        and action is _OPENED_AS.get(ticket.state, action)
        and ticket.state not in _NEVER_OPENED
    )


def _has_its_names(ticket: PlatformTicket) -> bool:
    if ticket.opening is None:
        return True
    content = ticket.opening.content
    return all((content.code, content.player_id, content.ticket_type)) and len(content.currency) == 3


def _has_sound_amounts(ticket: PlatformTicket) -> bool:
    if ticket.opening is None:
        return True
    booked, current = ticket.opening.content.amounts, ticket.opening.amounts
    return (
        _is_not_negative(current)
        and _is_not_negative(booked)
        and (
            (booked.price, booked.stake) == (current.price, current.stake)
            if ticket.opening.updated
            else booked == current
        )
    )


def _is_not_negative(it: Amounts) -> bool:
    cents = (it.price, it.stake, it.wht_amount, it.ext_amount, it.gross_payout, it.net_payout)
    return min(cents) >= 0 and min(it.wht, it.ext) >= 0


def _took_what_its_opening_takes(ticket: PlatformTicket) -> bool:
    if ticket.opening is None or ticket.opening.action is Action.RESERVE:
        return ticket.debited == 0
    return ticket.debited == ticket.opening.content.amounts.price


def _gave_what_its_state_gives(ticket: PlatformTicket) -> bool:
    if ticket.state in _GIVES_BACK:
        return ticket.credited == ticket.debited
    if ticket.state in _WITHOUT_CREDIT or ticket.opening is None:
        return ticket.credited == 0
    return ticket.credited >= 0


def _has_its_rounds(ticket: PlatformTicket) -> bool:
    if ticket.state in _OPENED_AS or ticket.opening is None:
        return ticket.round == 0
    return ticket.round >= (1 if ticket.state is State.REOPENED else 0)


# What a ticket that comes back has to be, each with what is said of one that isn't.
_SOUND: tuple[tuple[Callable[[PlatformTicket], bool], str], ...] = (
    (_is_opened_as_its_state_says, "has another opening than its state needs"),
    (_has_its_names, "lacks its code, player, type or currency"),
    (_has_sound_amounts, "has a negative amount, or amounts that no update gave it"),
    (_took_what_its_opening_takes, "took another amount than its price"),
    (_gave_what_its_state_gives, "gave an amount that its state can't have given"),
    (_has_its_rounds, "can't have had so many rounds"),
)
