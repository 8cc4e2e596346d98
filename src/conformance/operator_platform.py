"""An operator's platform as Betstack calls it, with the kit's own books of one player beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from conformance.betstack import Answer
from conformance.channel import Channel
from conformance.client import RawAnswer, shown, simultaneously
from conformance.errors import Hazard, Mismatch, Missing
from conformance.operator_target import OperatorTarget
from conformance.oracle import pam
from conformance.oracle.pam import State
from conformance.platform_answer import accepted, cents
from conformance.platform_books import Books, explained
from conformance.platform_ticket import Ticket, made_up
from conformance.signing import betstack_body, betstack_signature

OPERATION: Final = "sendPamAction"

POLL: Final = 0.1
"""Seconds between two looks at a balance that does not yet show an action."""

LACKED: Final[Mapping[str, str]] = {
    pam.RESERVE: "reserve",
    pam.UPDATE: "update",
    pam.VOID: "void",
    pam.ROLLBACK: "rollback",
}
"""Action to the capability without which a target can't be told it."""


@dataclass(slots=True)
class Platform:
    """The platform, called with actions that the kit signs as Betstack."""

    channel: Channel
    target: OperatorTarget
    now: Callable[[], float]
    """Unix seconds by the target's clock."""
    new_id: Callable[[], str]
    """24 lower-case hex digits that no ticket has."""
    settle_seconds: float
    token: str | None = None
    """Identifies the player; ``None`` for the one of the target file."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    books: Books | None = field(default=None, init=False)
    player_id: str = field(default="", init=False)
    tickets: dict[str, Ticket] = field(default_factory=dict, init=False)
    others: list[Platform] = field(default_factory=list, init=False)
    foreign: set[str] = field(default_factory=set, init=False)
    """Tickets that the run has not made, and must leave open."""

    @property
    def price(self) -> int:
        """Cents that an ordinary ticket of this run costs."""
        return self.target.price

    @property
    def balance(self) -> int:
        """What the player has by the books, in cents."""
        return self._books().balance

    # -- calls --------------------------------------------------------------------------------------

    def headers(
        self, body: bytes, *, secret: str | None = None, timestamp: str | None = None
    ) -> dict[str, str]:
        """The two headers for a body, signed with the operator's secret or the given one."""
        timestamp = str(int(self.now())) if timestamp is None else timestamp
        signature = betstack_signature(secret or self.target.secret, timestamp, body)
        return {"timestamp": timestamp, "signature": signature}

    def post(self, body: bytes, headers: Mapping[str, str], *, paced: bool = True) -> Answer:
        """Post exactly these bytes with these headers."""
        sent = {"content-type": "application/json", **headers}
        return Answer(
            self.channel.call(OPERATION, body=body, headers=sent, paced=paced),
            self.channel.refusals(OPERATION),
        )

    def body(self, action: str, data: Mapping[str, Any], *, legal: bool = True) -> bytes:
        """The body of a call. Raises :exc:`HarnessError` if it is meant to be legal and is not."""
        call = {"action": action, "data": data}
        if legal:
            self.channel.require_legal(OPERATION, call)
        return betstack_body(call)

    def send(self, action: str, data: Mapping[str, Any], *, legal: bool = True, paced: bool = True) -> Answer:
        """Send an action, signed."""
        body = self.body(action, data, legal=legal)
        return self.post(body, self.headers(body), paced=paced)

    def identify(self, token: str | None = None) -> Answer:
        """Ask who a token belongs to; the player's own if none is given."""
        asked = token or self.token or self.target.token
        return self.send(pam.IDENTIFY, {"operator": self.target.operator, "token": asked})

    def unknown_token_must_be_refused(self) -> Answer:
        """Ask for a token that nobody has. Raises :exc:`Mismatch` unless that is refused with 400 or 403."""
        answer = self.identify(f"unknown-{self.new_id()}")
        if answer.raw.status != 403:
            answer.must_be(400)
        return answer

    def data(self, action: str, ticket: Ticket, *, v2: bool = False, **changes: Any) -> dict[str, Any]:
        """The fields of an action on a ticket in documented order; ``changes`` replace some or follow them.

        ``v2`` leaves out what came with generation v3 and writes percentages as that did.
        """
        own = {
            "operator": self.target.operator,
            "player_id": self.player_id or self._identified(),
            "currency": self.target.currency,
        }
        return {**ticket.fields(action, own, v2=v2), **changes}

    def new_ticket(
        self, *, price: int | None = None, kind: str = "quickbet", id: str | None = None
    ) -> Ticket:
        """A ticket that the platform has never seen; ``price`` in cents."""
        ticket = made_up(id or self.new_id(), self.price if price is None else price, kind)
        self.tickets[ticket.id] = ticket
        return ticket

    def act(self, action: str, ticket: Ticket, *, paced: bool = True, **changes: Any) -> Answer:
        """Send an action on a ticket; the books are neither changed nor compared."""
        return self.send(action, self.data(action, ticket, **changes), paced=paced)

    def told(self) -> tuple[str, ...]:
        """The actions on a ticket of any type that the target does not lack."""
        return tuple(action for action in pam.ACTIONS if LACKED.get(action) not in self.target.lacks)

    # -- books --------------------------------------------------------------------------------------

    def read_balance(self) -> int:
        """The player's balance in cents. Raises :exc:`Missing` when the target does not tell it."""
        with self.channel.evidence.during("balance"):
            answer = self.identify()
        if not accepted(answer):
            raise Missing(f"needs the player's balance, but identify got {answer.raw.describe()}")
        balance = cents(answer.raw.member("balance"))
        if balance is None:
            told = shown(answer.raw.member("balance"))
            raise Missing(f"the balance is needed: balance is {told}, not a whole number of cents")
        self.player_id = answer.identifier("player_id")
        return balance

    def open_books(self, needed: int = 0) -> Books:
        """Start the books with the present balance. Raises :exc:`Missing` if that is less than ``needed``."""
        balance = self.read_balance()
        if not self.player_id:
            raise Missing("needs the player_id that identify answers, and it answers none")
        if balance < needed:
            raise Missing(f"needs a balance of {needed} cents, the player has {balance}: top the player up")
        self.books = Books(balance)
        return self.books

    def step(self, action: str, ticket: Ticket, **changes: Any) -> Answer:
        """Send an action, enter what it must have moved by its answer, and compare the books.

        Raises :exc:`Hazard` when the balance is not what answer and ticket say it must be.
        """
        self._books()
        answer = self.act(action, ticket, **changes)
        self.enter(answer, action, ticket)
        if action == pam.UPDATE and accepted(answer):
            told = {name: value for name, value in changes.items() if name in pam.AMOUNTS}
            ticket.life = replace(ticket.life, amounts=replace(ticket.life.amounts, **told))
        return answer

    def enter_all(self, action: str, tickets: Sequence[Ticket]) -> None:
        """Enter an action that was accepted of several tickets. Raises :exc:`Hazard` as :meth:`settle`."""
        books = self._books()
        lives = [pam.expected(ticket.life, action).life for ticket in tickets]
        effects = [life.moved - books.of(ticket.id) for life, ticket in zip(lives, tickets, strict=True)]
        moved = self._moved([sum(effects)])
        before = books.balance
        for ticket, life, effect in zip(tickets, lives, effects, strict=True):
            books.book(ticket.id, action, effect)
            ticket.life = life
        if moved != sum(effects):
            raise Hazard(
                f"balance moved by {moved:+d}, expected {sum(effects):+d}: "
                f"{action} of {len(tickets)} tickets was accepted",
                expected=f"balance {before + sum(effects)}",
                actual=f"balance {before + moved}",
            )

    def enter(self, answer: Answer, action: str, ticket: Ticket) -> None:
        """Enter an action by its answer, and compare the books with the balance.

        Raises :exc:`Mismatch` when no answer came: then nobody can say what the books must hold.
        """
        if answer.raw.status is None:
            raise Mismatch(
                f"{action} got {answer.raw.describe()}", expected="an answer", actual=answer.raw.describe()
            )
        wanted = pam.expected(ticket.life, action)
        totals: tuple[int, ...] = (ticket.life.moved,)
        if accepted(answer):
            totals = (wanted.life.moved,) if wanted.accepted else pam.tolerated(ticket.life, action)
        before = self._books().of(ticket.id)
        said = "accepted" if accepted(answer) else f"refused with HTTP {answer.raw.status}"
        moves = [total - before for total in totals]
        if not accepted(answer) and action == pam.CREATE and self._moved(moves) == -ticket.life.amounts.price:
            self._discard_must_restore(answer, ticket)
        self.settle(moves, f"it was {said}", action, ticket)
        if accepted(answer) and wanted.accepted:
            ticket.life = wanted.life

    def _discard_must_restore(self, answer: Answer, ticket: Ticket) -> None:
        """Discard a creation that took its price and was refused, as Betstack does after any refusal.

        Raises :exc:`Mismatch` when that gives the price back; when it does not, the money is lost.
        """
        with self.channel.evidence.during("the discard that follows a refusal"):
            discard = self.act(pam.DISCARD, ticket)
            restored = self._moved((0,)) == 0
        if accepted(discard) and restored:
            raise Mismatch(
                f"{pam.CREATE} took its price and was refused, got {answer.raw.describe()}; "
                "its discard gave the price back",
                expected="HTTP 200, or nothing taken",
                actual=answer.raw.describe(),
            )

    def settle(self, allowed: Sequence[int], what: str, action: str, ticket: Ticket) -> None:
        """Enter by how many cents the action has moved the balance, once that is one of ``allowed``.

        Raises :exc:`Hazard` when it never is; then what was moved is entered, so that it can be given back.
        """
        books = self._books()
        moved = self._moved(allowed)
        wanted = allowed[0]
        before = books.balance
        books.book(ticket.id, action, moved)
        if moved not in allowed:
            why = explained(action, ticket.life, moved=moved, wanted=wanted)
            raise Hazard(
                f"balance moved by {moved:+d}, expected {wanted:+d}: "
                + (f"{why}; {what}" if why else f"{action} on a ticket in state {ticket.life.state}; {what}"),
                expected=f"balance {before + wanted}",
                actual=f"balance {before + moved}",
            )

    def books_must_agree(self, what: str) -> None:
        """Raise :exc:`Hazard` when the balance differs from the books, and goes on differing."""
        if moved := self._moved((0,)):
            balance = self._books().balance
            raise Hazard(
                f"balance moved by {moved:+d}, expected +0: {what}",
                expected=f"balance {balance}",
                actual=f"balance {balance + moved}",
            )

    def _moved(self, allowed: Sequence[int]) -> int:
        """By how many cents the balance differs from the books, as soon as that is allowed, or at last."""
        books = self._books()
        deadline = self.monotonic() + self.settle_seconds
        while (moved := self.read_balance() - books.balance) not in allowed:
            if self.monotonic() >= deadline:
                break
            self.sleep(POLL)
        return moved

    # -- tickets to work with -----------------------------------------------------------------------

    def brought(self, *actions: str, ticket: Ticket | None = None) -> Ticket:
        """A ticket that the platform has taken these actions of. Raises :exc:`Missing` if it refuses one."""
        ticket = ticket or self.new_ticket()
        if self.books is None:
            self.open_books(needed=ticket.life.amounts.price if pam.CREATE in actions else 0)
        for action in actions:
            with self.channel.evidence.during("preparation"):
                answer = self.step(action, ticket)
            if not accepted(answer):
                raise Missing(f"needs a ticket after {action}, but that got {answer.raw.describe()}")
        return ticket

    def give_back_last(self) -> None:
        """Discard the ticket that was made last. Raises :exc:`Missing` when that is refused."""
        ticket = list(self.tickets.values())[-1]
        if not accepted(self.step(pam.DISCARD, ticket)):
            raise Missing("needs the money of a ticket back, but its discard was refused")

    def together(self, calls: Sequence[tuple[str, Ticket]]) -> list[RawAnswer]:
        """Send actions on tickets at once; the books are neither changed nor compared."""
        bodies = [self.body(action, self.data(action, ticket)) for action, ticket in calls]
        headers = [self.headers(body) for body in bodies]
        return simultaneously(
            [partial(self._raw, body, signed) for body, signed in zip(bodies, headers, strict=True)]
        )

    def _raw(self, body: bytes, headers: Mapping[str, str]) -> RawAnswer:
        return self.post(body, headers, paced=False).raw

    def at_once(self, count: int, action: str, ticket: Ticket) -> None:
        """Send an action ``count`` times at once.

        Raises :exc:`Hazard` unless it moved exactly what it moves once, :exc:`Mismatch` if none is accepted.
        """
        self._books()
        answers = self.together([(action, ticket)] * count)
        taken = sum(answer.status == 200 for answer in answers)
        wanted = pam.expected(ticket.life, action).life
        before = self._books().of(ticket.id)
        moves = [(wanted if taken else ticket.life).moved - before]
        if any(answer.status is None for answer in answers):  # what was not answered may be booked or not
            moves.append(wanted.moved - before)
        self.settle(
            moves,
            f"it was sent {count} times at once, and accepted {taken} times",
            action,
            ticket,
        )
        if not taken:
            raise Mismatch(
                f"none of {count} equal actions {action} was accepted",
                expected="HTTP 200",
                actual="; ".join(sorted({answer.describe() for answer in answers})),
            )
        ticket.life = wanted

    def of(self, token: str) -> Platform:
        """The same platform with books of another player, who is given back what he lost as well."""
        other = Platform(
            self.channel,
            self.target,
            self.now,
            self.new_id,
            self.settle_seconds,
            token,
            self.monotonic,
            self.sleep,
        )
        self.others.append(other)
        return other

    def second_player(self) -> Platform:
        """The same platform with the books of the second player. Raises :exc:`Missing`."""
        if self.target.second_token is None:
            raise Missing("needs second_token in the target file")
        return self.of(self.target.second_token)

    def known_ticket(self, ticket_id: str, *, net_payout: int) -> Ticket:
        """A created ticket that the platform had before the run; its payout in cents."""
        ticket = self.new_ticket(id=ticket_id)
        amounts = replace(ticket.life.amounts, net_payout=net_payout)
        ticket.life = replace(ticket.life, amounts=amounts, state=State.CREATED, made_by=pam.CREATE)
        self.foreign.add(ticket.id)
        return ticket

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
                for ticket_id in reversed(self.books.tickets()):
                    if self.books.of(ticket_id):
                        self._undo(self.tickets[ticket_id])
                left = self.read_balance() - opening
                if left:
                    self._even_out(left)
                    left = self.read_balance() - opening
        except Missing:
            return f"player {self.player_id}: what the case moved could not be given back"
        return f"player {self.player_id}: {left:+d} cents ({self.target.currency})" if left else None

    def _undo(self, ticket: Ticket) -> None:
        if ticket.life.state in (State.WON, State.LOST, State.VOID):
            self.act(pam.ROLLBACK, ticket)
        if ticket.id not in self.foreign:
            self.act(pam.DISCARD, ticket)

    def _even_out(self, left: int) -> None:
        """A ticket that is lost takes what is too much; one that wins gives what is missing."""
        ticket = self.new_ticket(price=max(left, 1))
        if left < 0:
            won = replace(ticket.life.amounts, net_payout=1 - left)
            ticket.life = replace(ticket.life, amounts=won)
        if accepted(self.act(pam.CREATE, ticket)):
            self.act(pam.LOST if left > 0 else pam.WIN, ticket)

    def _identified(self) -> str:
        self.read_balance()
        return self.player_id

    def _books(self) -> Books:
        return self.books if self.books is not None else self.open_books()
