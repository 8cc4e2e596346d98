"""What the wallet of a game provider's sessions should do, worked out from the sentences of BC-ASM-068 to
BC-ASM-084, BC-ASM-120, BC-ASM-121 and BC-ASM-123, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

DEMO_MONEY = Decimal(1000)
OK, BAD, NO_SESSION, NO_MONEY, LIMIT, NO_BET, BLOCKED, AGAIN = 1, 2, 3, 4, 5, 6, 7, 104

Reply = tuple[int, Decimal | None]
"""``_responseCode``, and the balance that comes with success."""


@dataclass
class Session:
    """A session, as it was launched."""

    id: str
    player: str
    demo: bool
    least: Decimal
    most: Decimal
    since: int
    """Second of its launch."""
    dead: bool = False
    """Whether its launch was refused."""

    @property
    def purse(self) -> str:
        return f"demo {self.id}" if self.demo else self.player


@dataclass
class Bet:
    """A line in the bookkeeper's book."""

    player: str
    purse: str
    round: str | None
    stake: Decimal
    win: Decimal | None = None
    """``None`` while nobody knows it."""
    at_once: bool = False
    given_back: bool = False

    @property
    def is_open(self) -> bool:
        return self.win is None and not self.given_back


@dataclass
class SessionModel:
    """The bookkeeper of one provider."""

    purses: dict[str, Decimal]
    """Money by player, and by demo session."""
    life: int | None = None
    """Seconds that a session takes bets."""
    second: int = 0
    blocked: set[str] = field(default_factory=set)
    sessions: dict[str, Session] = field(default_factory=dict)
    bets: dict[str, Bet] = field(default_factory=dict)

    def launch(self, session: Session) -> None:
        """A new session, or one that begins anew."""
        known = self.sessions.get(session.id)
        if known is None:
            self.sessions[session.id] = session
            if session.demo:
                self.purses[session.purse] = DEMO_MONEY
        elif self.is_over(known):
            known.since, known.dead = self.second, False

    def is_over(self, session: Session) -> bool:
        return session.dead or (self.life is not None and self.second - session.since >= self.life)

    def balance(self, session: str) -> Decimal:
        return self.purses[self.sessions[session].purse]

    def register(self, name: str, bet: str, round: str, stake: Decimal, win: Decimal | None = None) -> Reply:
        """A pay-in, or with a win a pay-in-out."""
        session = self.sessions.get(name)
        if session is None:
            return NO_SESSION, None
        known = self.bets.get(bet)
        if known is not None:
            return self._again(session, known, round, stake, win), None
        if self.is_over(session):
            return NO_SESSION, None
        if session.player in self.blocked:
            return BLOCKED, None
        if stake < session.least or stake > session.most:
            return LIMIT, None
        if stake > self.purses[session.purse]:
            return NO_MONEY, None
        self.purses[session.purse] += (win or 0) - stake
        self.bets[bet] = Bet(session.player, session.purse, round, stake, win, at_once=win is not None)
        return OK, self.purses[session.purse]

    def _again(self, session: Session, known: Bet, round: str, stake: Decimal, win: Decimal | None) -> int:
        if known.given_back:
            return NO_BET
        same_way = known.at_once == (win is not None)
        same_win = win is None or win == known.win
        same = (known.player, known.round, known.stake) == (session.player, round, stake)
        return AGAIN if same and same_way and same_win else BAD

    def pay_out(self, name: str, bet: str, win: Decimal) -> Reply:
        session = self.sessions.get(name)
        if session is None:
            return NO_SESSION, None
        known = self.bets.get(bet)
        if known is None or known.player != session.player or known.given_back or known.at_once:
            return NO_BET, None
        if known.win is None:
            known.win = win
            self.purses[known.purse] += win
        elif known.win != win:
            return BAD, None
        return OK, self.purses[session.purse]

    def refund(self, name: str, bet: str) -> Reply:
        session = self.sessions.get(name)
        if session is None:
            return NO_SESSION, None
        known = self.bets.get(bet)
        if known is None:
            known = Bet(session.player, session.purse, None, Decimal(0), given_back=True)
            self.bets[bet] = known
        if known.player != session.player:
            return NO_BET, None
        if not known.given_back:
            if known.win is not None and not known.at_once:
                return NO_BET, None
            left = self.purses[known.purse] + known.stake - (known.win or 0)
            if left < 0:
                return NO_MONEY, None
            self.purses[known.purse] = left
            known.given_back = True
        return OK, self.purses[session.purse]

    def play(self, name: str, bet: str, round: str, stake: Decimal, win: Decimal) -> bool:
        """A round of the built-in provider.

        :returns: whether the bet was taken
        """
        taken = self.register(name, bet, round, stake)[0] == OK
        if taken:
            self.pay_out(name, bet, win)
        return taken
