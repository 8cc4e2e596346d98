"""BETCORE's sessions API as a game provider calls it, with the kit's own books of one player beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from conformance.channel import Channel
from conformance.client import RawAnswer, shown, simultaneously
from conformance.code_answer import Answer, number
from conformance.counterparty import Counterparty
from conformance.errors import Hazard, Mismatch, Missing
from conformance.oracle import sessions as oracle
from conformance.oracle.sessions import Life
from conformance.provider_tables import SessionsTarget
from conformance.session_books import Books, explained, plain, signed
from conformance.signing import alphabetical_body

POLL: Final = 0.1
"""Seconds between two looks at a balance that does not yet show a call."""

CENT: Final = Decimal("0.01")


@dataclass(slots=True)
class Bet:
    """A bet of the run."""

    id: str
    round: str
    life: Life

    def fields(self, event: str, session: str) -> dict[str, Any]:
        """The members of a call on the bet, amounts as text, without the optional coefficient."""
        known = {
            "betAmount": plain(self.life.stake),
            "betId": self.id,
            "gameRoundId": self.round,
            "sessionId": session,
            "winAmount": plain(self.life.win),
        }
        return {name: known[name] for name in oracle.FIELDS[event]}


@dataclass(slots=True)
class Wallet:
    """The wallet behind one session, called as the game provider."""

    channel: Channel
    target: SessionsTarget
    caller: Counterparty
    new_id: Callable[[], str]
    """A UUID that no bet and no round has."""
    settle_seconds: float
    session: str
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    books: Books | None = field(default=None, init=False)
    bets: dict[str, Bet] = field(default_factory=dict, init=False)
    others: list[Wallet] = field(default_factory=list, init=False)

    @property
    def stake(self) -> Decimal:
        """What an ordinary bet of this run costs."""
        return self.target.stake

    @property
    def balance(self) -> Decimal:
        """What the player has by the books."""
        return self._books().balance

    # -- calls --------------------------------------------------------------------------------------

    def ask(self, headers: Mapping[str, str] | None = None, *, session: str | None = None) -> Answer:
        """Ask for the balance, signed unless other headers are given."""
        raw = self.channel.call(
            oracle.GET_BALANCE,
            values={"sessionId": self.session if session is None else session},
            headers=self.caller.headers() if headers is None else headers,
        )
        return Answer(raw, self.channel.refusals(oracle.GET_BALANCE))

    def post(
        self,
        event: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        session: str | None = None,
        media_type: str = "application/json",
        paced: bool = True,
    ) -> Answer:
        """Post exactly these bytes, signed unless other headers are given."""
        identity = self.caller.headers(body) if headers is None else headers
        raw = self.channel.call(
            event,
            values={"sessionId": self.session if session is None else session},
            headers={"content-type": media_type, **identity},
            body=body,
            paced=paced,
        )
        return Answer(raw, self.channel.refusals(event))

    def body(self, event: str, fields: Mapping[str, Any], *, legal: bool = True) -> bytes:
        """The body of a call. Raises :exc:`HarnessError` if it is meant to be legal and is not."""
        if legal:
            self.channel.require_legal(event, dict(fields))
        return alphabetical_body(fields)

    def act(self, event: str, bet: Bet, *, session: str | None = None, **changes: Any) -> Answer:
        """Call about a bet, some members changed; the books are neither changed nor compared."""
        fields = {**bet.fields(event, session or self.session), **changes}
        return self.post(event, self.body(event, fields), session=session)

    def new_bet(self, stake: Decimal | None = None, win: Decimal | None = None) -> Bet:
        """A bet that BETCORE has never seen; it wins twice the stake unless told otherwise."""
        stake = self.stake if stake is None else stake
        bet = Bet(self.new_id(), self.new_id(), Life(stake, 2 * stake if win is None else win))
        self.bets[bet.id] = bet
        return bet

    def events(self) -> tuple[str, ...]:
        """What a bet can be told at a target that does not lack it."""
        lacks_it = "pay-in-out" in self.target.lacks
        return tuple(event for event in oracle.EVENTS if not (lacks_it and event == oracle.PAY_IN_OUT))

    # -- books --------------------------------------------------------------------------------------

    def read_balance(self) -> Decimal:
        """The player's balance. Raises :exc:`Missing` when the target does not tell it."""
        with self.channel.evidence.during("balance"):
            answer = self.ask()
        if not answer.accepted:
            raise Missing(f"needs the player's balance, but getBalance got {answer.raw.describe()}")
        balance = number(answer.raw.member("balance"))
        if balance is None:
            told = shown(answer.raw.member("balance"))
            raise Missing(f"the balance is needed: balance is {told}, not a number such as 750.5")
        return balance

    def open_books(self, needed: Decimal | int = 0) -> Books:
        """Start the books with the present balance. Raises :exc:`Missing` if that is less than ``needed``."""
        balance = self.read_balance()
        if balance < needed:
            raise Missing(f"needs a balance of {needed}, the player has {balance}: top the player up")
        self.books = Books(balance)
        return self.books

    def step(self, event: str, bet: Bet, *, session: str | None = None, **changes: Any) -> Answer:
        """Call about a bet, enter what it must have moved by its answer, and compare the books.

        Raises :exc:`Hazard` when the balance is not what answer and bet say it must be.
        """
        self._books()
        answer = self.act(event, bet, session=session, **changes)
        self.enter(answer, event, bet)
        return answer

    def enter(self, answer: Answer, event: str, bet: Bet) -> None:
        """Enter a call by its answer, and compare the books with the balance.

        Raises :exc:`Mismatch` when no answer came: then nobody can say what the books must hold.
        """
        if answer.raw.status is None:
            raise Mismatch(
                f"{event} got {answer.raw.describe()}", expected="an answer", actual=answer.raw.describe()
            )
        wanted = oracle.expected(bet.life, event)
        before = self._books().of(bet.id)
        totals: tuple[Decimal, ...] = (bet.life.moved,)
        if answer.accepted or (answer.registered and event in oracle.REGISTERING):
            right = wanted.code in (oracle.SUCCESS, oracle.REGISTERED)
            totals = (wanted.life.moved,) if right else oracle.tolerated(bet.life, event)
        elif answer.is_code(oracle.OUTCOME_UNKNOWN):
            totals = (bet.life.moved, wanted.life.moved)
        said = "accepted" if answer.accepted else f"answered with {answer.raw.describe()}"
        moved = self.settle([total - before for total in totals], f"it was {said}", event, bet)
        if before + moved == wanted.life.moved and (answer.registered or moved):
            bet.life = wanted.life

    def settle(self, allowed: Sequence[Decimal], what: str, event: str, bet: Bet) -> Decimal:
        """Enter by how much the call has moved the balance, once that is one of ``allowed``; returns it.

        Raises :exc:`Hazard` when it never is; then what was moved is entered, so that it can be given back.
        """
        books = self._books()
        moved = self._moved(allowed)
        wanted = allowed[0]
        before = books.balance
        books.book(bet.id, event, moved)
        if moved not in allowed:
            why = explained(event, bet.life, moved=moved, wanted=wanted)
            raise Hazard(
                f"balance moved by {signed(moved)}, expected {signed(wanted)}: "
                + (f"{why}; {what}" if why else f"{event} of a bet in state {bet.life.state}; {what}"),
                expected=f"balance {plain(before + wanted)}",
                actual=f"balance {plain(before + moved)}",
            )
        return moved

    def books_must_agree(self, what: str) -> None:
        """Raise :exc:`Hazard` when the balance differs from the books, and goes on differing."""
        if moved := self._moved((Decimal(0),)):
            balance = self._books().balance
            self._books().book("", "", moved)
            raise Hazard(
                f"balance moved by {signed(moved)}, expected +0.00: {what}",
                expected=f"balance {plain(balance)}",
                actual=f"balance {plain(balance + moved)}",
            )

    def _moved(self, allowed: Sequence[Decimal]) -> Decimal:
        """By how much the balance differs from the books, as soon as that is allowed, or at last."""
        books = self._books()
        deadline = self.monotonic() + self.settle_seconds
        while (moved := self.read_balance() - books.balance) not in allowed:
            if self.monotonic() >= deadline:
                break
            self.sleep(POLL)
        return moved

    # -- bets to work with --------------------------------------------------------------------------

    def brought(self, *events: str, bet: Bet | None = None) -> Bet:
        """A bet that BETCORE has taken these calls about. Raises :exc:`Missing` if it refuses one."""
        bet = bet or self.new_bet()
        if self.books is None:
            self.open_books(needed=bet.life.stake)
        for event in events:
            with self.channel.evidence.during("preparation"):
                answer = self.step(event, bet)
            if not answer.accepted:
                raise Missing(f"needs a bet after {event}, but that got {answer.raw.describe()}")
        return bet

    def together(self, calls: Sequence[tuple[str, Bet]]) -> list[Answer]:
        """Call about bets at once; the books are neither changed nor compared."""
        bodies = [self.body(event, bet.fields(event, self.session)) for event, bet in calls]
        ready = [
            partial(self._raw, event, body, self.caller.headers(body))
            for (event, _), body in zip(calls, bodies, strict=True)
        ]
        answers = simultaneously(ready)
        return [
            Answer(raw, self.channel.refusals(event)) for (event, _), raw in zip(calls, answers, strict=True)
        ]

    def _raw(self, event: str, body: bytes, headers: Mapping[str, str]) -> RawAnswer:
        return self.post(event, body, headers, paced=False).raw

    def at_once(self, count: int, event: str, bet: Bet) -> None:
        """Make the same call ``count`` times at once.

        Raises :exc:`Hazard` unless it moved exactly what it moves once, :exc:`Mismatch` if none is accepted.
        """
        before = self._books().of(bet.id)
        answers = self.together([(event, bet)] * count)
        taken = sum(answer.accepted for answer in answers)
        wanted = oracle.expected(bet.life, event).life
        certain = any(answer.registered for answer in answers)
        moves = [(wanted if certain else bet.life).moved - before]
        if any(answer.raw.status is None for answer in answers):  # what was not answered may be booked
            moves.append(wanted.moved - before)
        self.settle(moves, f"it was sent {count} times at once, and accepted {taken} times", event, bet)
        if not taken:
            raise Mismatch(
                f"none of {count} equal calls {event} was accepted",
                expected=f"_responseCode {oracle.SUCCESS}",
                actual="; ".join(sorted({answer.raw.describe() for answer in answers})),
            )
        bet.life = wanted

    def enter_registrations(self, bets: Sequence[Bet], answers: Sequence[Answer]) -> None:
        """Enter registrations that were sent at once. Raises :exc:`Hazard` as :meth:`settle`."""
        books = self._books()
        taken = [bet for bet, answer in zip(bets, answers, strict=True) if answer.accepted]
        wanted = -sum((bet.life.stake for bet in taken), Decimal(0))
        before, moved = books.balance, self._moved((wanted,))
        if moved != wanted:
            books.book("", oracle.PAY_IN, moved)
            raise Hazard(
                f"balance moved by {signed(moved)}, expected {signed(wanted)}: "
                f"of {len(bets)} bets that were sent at once {len(taken)} were accepted",
                expected=f"balance {plain(before + wanted)}",
                actual=f"balance {plain(before + moved)}",
            )
        for bet in taken:
            books.book(bet.id, oracle.PAY_IN, -bet.life.stake)
            bet.life = replace(bet.life, state=oracle.State.OPEN, made_by=oracle.PAY_IN)
        if books.balance < 0:
            raise Hazard(
                f"bets beyond the balance were accepted and left {plain(books.balance)}",
                expected="refusals",
                actual=f"balance {plain(books.balance)}",
            )

    def of(self, session: str) -> Wallet:
        """The same wallet through another session, with books of its own."""
        other = Wallet(
            self.channel,
            self.target,
            self.caller,
            self.new_id,
            self.settle_seconds,
            session,
            self.monotonic,
            self.sleep,
        )
        self.others.append(other)
        return other

    # -- the end ------------------------------------------------------------------------------------

    def tidy(self) -> str | None:
        """Give back what the case took, as far as the API allows; says what remains.

        Never judges: it runs after the verdict.
        """
        remains = [self._tidied(), *(other.tidy() for other in self.others)]
        return "; ".join(filter(None, remains)) or None

    def _tidied(self) -> str | None:
        if self.books is None:
            return None
        opening = self.books.opening
        try:
            with self.channel.evidence.during("tidying up"):
                for bet in reversed([self.bets[name] for name in self.books.bets() if name in self.bets]):
                    if bet.life.state is oracle.State.OPEN:
                        self.act(oracle.REFUND, bet)
                left = self.read_balance() - opening
                if left:
                    self._even_out(left)
                    left = self.read_balance() - opening
        except Missing:
            return "session: what the case moved could not be given back"
        return f"session: {signed(left)} of the player's currency" if left else None

    def _even_out(self, left: Decimal) -> None:
        """A bet that is lost takes what is too much; one that wins gives what is missing."""
        least = max(self.target.min_bet or CENT, CENT)
        stake = max(left, Decimal(0)) + least
        bet = self.new_bet(stake, stake - left)
        if not self.act(oracle.PAY_IN, bet).accepted:
            return
        self.act(oracle.PAY_OUT, bet)

    def _books(self) -> Books:
        return self.books if self.books is not None else self.open_books()
