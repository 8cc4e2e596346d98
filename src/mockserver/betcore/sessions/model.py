"""Nouns of BETCORE's side towards game providers. Amounts are decimals in the session's currency, major
units, with at most 8 digits after the point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from mockserver.betcore.provider.model import Studio
from mockserver.betcore.sessions.states import Event, State
from mockserver.kernel.money import is_amount
from mockserver.kernel.players import account_of
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import PROVIDER

HOUSE = "provider"
"""The provider's account, the other side of every stake and win."""


class Mode(StrEnum):
    """``gameMode`` of a session."""

    REAL = "real"
    DEMO = "demo"


class SessionState(StrEnum):
    """Where a session stands."""

    LAUNCHING = "launching"
    """The provider is told, and has not answered yet; it may play already."""
    OPEN = "open"
    ENDED = "ended"
    """Its launch was refused or not answered."""


@dataclass(slots=True, kw_only=True)
class Session:
    """A player in a game of the provider."""

    id: str
    user_id: str
    game_id: str
    mode: Mode
    currency: str
    min_bet: Decimal
    max_bet: Decimal
    launched: datetime
    state: SessionState

    @property
    def account(self) -> str:
        """The ledger account that it plays with: the player's, in demo mode one of its own (BC-ASM-077)."""
        return account_of(self.user_id) if self.mode is Mode.REAL else f"demo:{self.id}"

    def is_over(self, now: datetime, life: timedelta | None) -> bool:
        """Whether it takes no bets any more (BC-ASM-121).

        :param life: how long a session lasts; ``None`` for ever
        """
        return self.state is SessionState.ENDED or (life is not None and now >= self.launched + life)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A bet as the provider registers it. ``win`` is ``None`` unless its outcome comes with it."""

    method: Event
    session_id: str
    bet_id: str
    round_id: str
    stake: Decimal
    win: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class Bet:
    """A bet in the books, known by its id (BC-ASM-078)."""

    id: str
    user_id: str
    account: str
    """The ledger account that its stake came from, and that its win goes to."""
    state: State
    registration: Registration | None = None
    """``None`` for a bet that was refunded before it was registered."""
    win: Decimal | None = None
    """``None`` until it is settled."""


class SessionBooks:
    """Sessions and bets of one provider, found by id in O(1)."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._bets: dict[str, Bet] = {}

    def session(self, session_id: str) -> Session | None:
        """The session with this id."""
        return self._sessions.get(session_id)

    def bet(self, bet_id: str) -> Bet | None:
        """The bet with this id."""
        return self._bets.get(bet_id)

    def open(self, session: Session) -> None:
        """Remember a session."""
        self._sessions[session.id] = session

    def keep(self, bet: Bet) -> None:
        """Remember a bet."""
        self._bets[bet.id] = bet

    def sessions(self) -> Iterator[Session]:
        """Every session, the oldest first."""
        return iter(self._sessions.values())

    def bets(self) -> Iterator[Bet]:
        """Every bet, the oldest first."""
        return iter(self._bets.values())

    def forget(self, user_id: str) -> None:
        """Drop the sessions and bets of one player."""
        self._sessions = {one.id: one for one in self.sessions() if one.user_id != user_id}
        self._bets = {one.id: one for one in self.bets() if one.user_id != user_id}

    def restore(self, sessions: Iterable[Session], bets: Iterable[Bet]) -> None:
        """Put sessions and bets back as they were; those that were there are gone.

        :raises ValueError: two have the same id, or one can't be; nothing has changed
        """
        by_id: dict[str, Session] = {}
        for session in sessions:
            sound = is_amount(session.min_bet) and is_amount(session.max_bet)
            if not session.id or session.id in by_id or not sound:
                raise ValueError(f"there can't be a session `{session.id[:40]}`, or there are two of it")
            by_id[session.id] = session
        known: dict[str, Bet] = {}
        for bet in bets:
            if not bet.id or bet.id in known or not _is_sound(bet):
                raise ValueError(f"there can't be a bet `{bet.id[:40]}`, or there are two of it")
            known[bet.id] = bet
        self._sessions, self._bets = by_id, known


def _is_sound(bet: Bet) -> bool:
    """Whether what a bet has fits its state."""
    asked = bet.registration
    if asked is None:
        return bet.state is State.REFUNDED and bet.win is None
    at_once = asked.method is Event.PAY_IN_OUT
    return (
        asked.bet_id == bet.id
        and asked.method in (Event.PAY_IN, Event.PAY_IN_OUT)
        and all(map(is_amount, (asked.stake, asked.win or Decimal(0), bet.win or Decimal(0))))
        and (asked.win is not None) is at_once
        and bet.state in _STATES_OF[asked.method]
        and (bet.win is not None) is (at_once or bet.state is State.SETTLED)
    )


_STATES_OF = {
    Event.PAY_IN: (State.ACCEPTANCE, State.SETTLED, State.REFUNDED),
    Event.PAY_IN_OUT: (State.SETTLED_AT_ONCE, State.REFUNDED),
}


@dataclass(slots=True, kw_only=True, eq=False)
class Provider(Tenant):
    """A game provider, BETCORE's counterparty. Its ledger is in units of the players' currencies."""

    kind: ClassVar[str] = PROVIDER

    books: SessionBooks = field(default_factory=SessionBooks, repr=False)
    studio: Studio = field(default_factory=Studio, repr=False)
    """Its own side: the built-in provider."""

    @property
    def session_life(self) -> timedelta | None:
        """How long a session lasts; ``None`` for ever."""
        seconds: int | None = self.settings["session_seconds"]
        return None if seconds is None else timedelta(seconds=seconds)
