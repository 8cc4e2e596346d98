"""A casino's wallet as BETCORE calls it, with the kit's own books beside it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from conformance.answered import Refusals, says
from conformance.channel import Channel
from conformance.client import RawAnswer, shown, simultaneously
from conformance.errors import Hazard, Mismatch, Missing
from conformance.ledger import Ledger
from conformance.oracle.betcore import BET, EFFECT, OPPOSITE, PAYOUT, SUCCESS
from conformance.signing import SigningKey, claims, jwt_body, token
from conformance.target import CasinoTarget

DECIMAL: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,8})?")

CENT: Final = Decimal("0.01")

POLL: Final = 0.1
"""Seconds between two looks at a balance that does not yet show a transaction."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a casino, with what a case may demand of it."""

    raw: RawAnswer
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def accepted(self) -> bool:
        """Whether the casino says that it did what it was told."""
        return self.is_code(SUCCESS)

    def is_code(self, code: int) -> bool:
        """Whether ``ErrorCode`` is this number, or the one that an override puts in its place."""
        actual = self.raw.member("ErrorCode")
        status, wanted = self.refusals.expected(200, code)
        # Which status goes with a code is only assumed, unless the vendor answered it.
        return not isinstance(actual, bool) and actual == wanted and status in (200, self.raw.status)

    def must_be(self, code: int) -> Answer:
        """Raise :exc:`Mismatch` unless ``ErrorCode`` is this number."""
        if not self.is_code(code):
            status, wanted = self.refusals.expected(200, code)
            expected = f"ErrorCode {wanted}" + (f" with HTTP {status}" if status != 200 else "")
            raise Mismatch(
                f"expected {expected}, got {self.raw.describe()}",
                expected=expected,
                actual=self.raw.describe(),
            )
        if message := self.refusals.message(200, code):
            self._must_be_worded(message)
        return self

    def must_say(self, message: str) -> Answer:
        """Raise :exc:`Mismatch` unless ``Message`` is this text, or what the vendor answered that it is."""
        answered = self.refusals.of_code(self.raw.member("ErrorCode"))
        self._must_be_worded(answered.message if answered and answered.message else message)
        return self

    def _must_be_worded(self, message: str) -> None:
        actual = self.raw.member("Message")
        if actual != message and not says(message, actual):
            raise Mismatch(
                f"Message: expected {shown(message)}, got {shown(actual)}",
                expected=shown(message),
                actual=shown(actual),
            )

    def must_have_http_status(self, status: int) -> Answer:
        """Raise :exc:`Mismatch` unless the HTTP status is this one, or the one that the vendor answered."""
        answered = self.refusals.of_code(self.raw.member("ErrorCode"))
        status = answered.status if answered else status
        if self.raw.status != status:
            raise Mismatch(
                f"expected HTTP {status}, got {self.raw.describe()}",
                expected=f"HTTP {status}",
                actual=self.raw.describe(),
            )
        return self

    @property
    def balance(self) -> Decimal | None:
        """``Value.Balance`` as a number; ``None`` unless it is a decimal string."""
        return decimal_of(self.raw.member("Value", "Balance"))


def decimal_of(text: object) -> Decimal | None:
    """The number that a decimal string holds; ``None`` for anything else."""
    return Decimal(text) if isinstance(text, str) and DECIMAL.fullmatch(text) else None


@dataclass(slots=True)
class Casino:
    """The wallet of one player, called with tokens that the kit signs."""

    channel: Channel
    target: CasinoTarget
    key: SigningKey
    now: Callable[[], float]
    """Unix seconds by the target's clock."""
    new_bet: Callable[[], int]
    """A bet id that no run has used."""
    settle_seconds: float
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    books: Ledger | None = field(default=None, init=False)

    @property
    def stake(self) -> Decimal:
        """The amount of an ordinary transaction of this run."""
        return self.target.stake

    def claims(self, data: Any, **changes: Any) -> dict[str, Any]:
        """The claims of a valid token for the data, some of them changed."""
        return {**claims(data, client_id=self.target.client_id, now=self.now()), **changes}

    def token(self, data: Any) -> str:
        """A valid token for the data."""
        return token(self.key, self.claims(data))

    def send(self, operation_id: str, body: bytes, *, paced: bool = True) -> Answer:
        """Post exactly these bytes."""
        return Answer(
            self.channel.call(
                operation_id, body=body, paced=paced, headers={"content-type": "application/json"}
            ),
            self.channel.refusals(operation_id),
        )

    def call(
        self, operation_id: str, data: Mapping[str, Any], *, legal: bool = True, paced: bool = True
    ) -> Answer:
        """Post the data in a new valid token."""
        if legal:
            self.channel.require_legal(operation_id, dict(data))
        return self.send(operation_id, jwt_body(self.token(data)), paced=paced)

    def user_query(self, **changes: Any) -> dict[str, Any]:
        """The data that ask for the player's balance."""
        return {"PartnerUserId": self.target.user, "TagId": self.target.tag, **changes}

    def payment(self, bet: int, kind: int, amount: Decimal, **changes: Any) -> dict[str, Any]:
        """The data of one transaction; ``amount`` in major units."""
        return {
            "Amount": f"{amount.normalize():f}",
            "BetId": bet,
            "PartnerUserId": self.target.user,
            "TransactionType": kind,
            **changes,
        }

    def closing(self, bet: int, closed: bool) -> dict[str, Any]:
        """The data that close or reopen a bet, whose id is a string here."""
        return {"BetId": str(bet), "Closed": closed}

    def read_balance(self) -> Decimal:
        """The player's balance. Raises :exc:`Missing` when the target does not tell it."""
        with self.channel.evidence.during("balance"):
            answer = self.call("getUserData", self.user_query())
        if not answer.accepted:
            raise Missing(f"needs the player's balance, but users/data got {answer.raw.describe()}")
        if answer.balance is None:
            told = shown(answer.raw.member("Value", "Balance"))
            raise Missing(f"the balance is needed: Value.Balance is {told}, not a string such as '7100.5'")
        return answer.balance

    def open_books(self, needed: Decimal = Decimal(0)) -> Ledger:
        """Start the books with the present balance. Raises :exc:`Missing` if that is less than ``needed``."""
        balance = self.read_balance()
        if balance < needed:
            raise Missing(f"needs a balance of {needed}, {self.target.user} has {balance}")
        self.books = Ledger(balance)
        return self.books

    def make(self, bet: int, kind: int, amount: Decimal, *, paced: bool = True) -> Answer:
        """Send one transaction; the books are neither changed nor compared."""
        return self.call("makePayment", self.payment(bet, kind, amount), paced=paced)

    def transact(self, bet: int, kind: int, amount: Decimal) -> Answer:
        """Send one transaction, enter it into the books if it is accepted, and compare the books.

        Raises :exc:`Hazard` when the balance is not what the answer says it must be.
        """
        answer = self.make(bet, kind, amount)
        self.enter(answer, bet, kind, amount)
        return answer

    def enter(self, answer: Answer, bet: int, kind: int, amount: Decimal) -> None:
        """Enter a transaction by its answer, and compare the books with the balance.

        Raises :exc:`Mismatch` when no answer came: then nobody can say what the books must hold.
        """
        books = self._books()
        if answer.raw.status is None:
            raise Mismatch(
                f"transaction {kind} over {amount} got {answer.raw.describe()}",
                expected="an answer",
                actual=answer.raw.describe(),
            )
        if answer.accepted:
            books.book(bet, kind, EFFECT[kind] * amount)
            self.books_must_agree(f"transaction {kind} over {amount} was accepted", EFFECT[kind] * amount)
        else:
            self.books_must_agree(f"transaction {kind} over {amount} was refused", Decimal(0))

    def books_must_agree(self, what: str, expected_move: Decimal = Decimal(0)) -> None:
        """Raise :exc:`Hazard` when the balance differs from the books, and goes on differing."""
        books = self._books()
        deadline = self.monotonic() + self.settle_seconds
        while difference := books.difference(self.read_balance()):
            if self.monotonic() >= deadline:
                moved = expected_move + difference
                raise Hazard(
                    f"balance moved by {_signed(moved)}, expected {_signed(expected_move)}: {what}",
                    expected=f"balance {books.balance}",
                    actual=f"balance {books.balance + difference}",
                )
            self.sleep(POLL)

    def accepted_bet(self, amount: Decimal | None = None) -> int:
        """A new bet that the casino has accepted. Raises :exc:`Missing` when it does not accept one."""
        amount = self.stake if amount is None else amount
        if self.books is None:
            self.open_books(needed=amount)
        bet = self.new_bet()
        with self.channel.evidence.during("preparation"):
            answer = self.transact(bet, BET, amount)
        if not answer.accepted:
            raise Missing(f"needs an accepted bet, but placing one got {answer.raw.describe()}")
        return bet

    def bet_at_once(self, count: int) -> None:
        """Send ``count`` equal bets at once. Raises :exc:`Hazard` unless the money was taken exactly once."""
        books = self.open_books(needed=count * self.stake)
        bet = self.new_bet()
        raw = simultaneously([lambda: self.make(bet, BET, self.stake, paced=False).raw] * count)
        accepted = sum(Answer(answer).accepted for answer in raw)
        if accepted:
            books.book(bet, BET, EFFECT[BET] * self.stake)
        self.books_must_agree(
            f"{count} equal bets were sent at once, {accepted} were accepted",
            EFFECT[BET] * self.stake if accepted else Decimal(0),
        )
        if not accepted:
            raise Mismatch(
                f"none of {count} equal bets was accepted",
                expected="one accepted bet",
                actual="; ".join(sorted(answer.describe() for answer in raw)),
            )

    def balance_must_not_be_negative(self) -> None:
        """Raise :exc:`Hazard` when the player has less than nothing."""
        balance = self.read_balance()
        if balance < 0:
            raise Hazard(
                f"a bet beyond the balance was accepted and left {balance}",
                expected="a refusal",
                actual=f"balance {balance}",
            )

    def close(self, bet: int, closed: bool = True) -> Answer:
        """Close or reopen a bet."""
        return self.call("closeBet", self.closing(bet, closed))

    def tidy(self) -> str | None:
        """Give back what the case took, as far as the API allows; says what remains.

        Never judges: it runs after the verdict.
        """
        if self.books is None:
            return None
        open_movements: list[tuple[int, int, Decimal]] = []
        for movement in self.books.movements:
            undone = next(
                (
                    entry
                    for entry in open_movements
                    if entry[0] == movement.bet and OPPOSITE.get(entry[1]) == movement.kind
                ),
                None,
            )
            if undone:
                open_movements.remove(undone)
            else:
                open_movements.append((movement.bet, movement.kind, abs(movement.amount)))
        try:
            with self.channel.evidence.during("tidying up"):
                for bet, kind, amount in reversed(open_movements):
                    if kind in OPPOSITE and amount and not self.make(bet, OPPOSITE[kind], amount).accepted:
                        self.close(bet, closed=False)
                        self.make(bet, OPPOSITE[kind], amount)
                left = self.read_balance() - self.books.opening
                if left > 0:  # a jackpot can't be taken back: a bet of the same amount, lost, evens it out
                    self.make(self.new_bet(), BET, left)
                    left = self.read_balance() - self.books.opening
                elif left < 0 and self.books.movements:
                    # Taken where it should have been given: a small bet that wins evens it out.
                    bet = self.new_bet()
                    if self.make(bet, BET, CENT).accepted:
                        self.make(bet, PAYOUT, CENT - left)
                    left = self.read_balance() - self.books.opening
        except Missing:
            return f"player {self.target.user}: what the case moved could not be given back"
        return f"player {self.target.user}: {_signed(left)} {self.target.currency}" if left else None

    def _books(self) -> Ledger:
        return self.books if self.books is not None else self.open_books()


def _signed(amount: Decimal) -> str:
    return f"{amount:+.2f}" if amount == round(amount, 2) else f"{amount:+f}"
