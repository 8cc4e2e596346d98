"""A casino's wallet as BETCORE calls it, with the kit's own books beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from conformance.casino_answer import Answer
from conformance.casino_target import TABLE, CasinoTarget
from conformance.casino_tidying import give_back
from conformance.channel import Channel
from conformance.client import RawAnswer, shown, simultaneously
from conformance.errors import Hazard, Mismatch, Missing, NotApplicable
from conformance.ledger import Ledger, signed
from conformance.oracle.betcore import BET, DUPLICATE, NAMES, SUCCESS, TOKEN_EXPIRED, effect
from conformance.played_betcore import Accept, PlayedBetcore
from conformance.refresh_tokens import RefreshTokens
from conformance.signing import SigningKey, claims, jwt_body, token

CASHBACK_MOVEMENT: Final = 0
"""Kind under which the books hold cashback, which is no transaction of a bet."""

POLL: Final = 0.1
"""Seconds between two looks at a balance that does not yet show a transaction."""


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
    betcore: PlayedBetcore
    """What the kit serves to the casino."""
    tokens: RefreshTokens
    accept_seconds: float = 30.0
    """Until the accept of a transaction must have come."""
    whose: str = ""
    """Stands before what is said of a player other than the first."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    books: Ledger | None = field(default=None, init=False)
    others: list[Casino] = field(default_factory=list, init=False)
    """The wallets of other players that a case has used."""

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

    def send(
        self, operation_id: str, body: bytes, *, paced: bool = True, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Post exactly these bytes, as JSON unless the headers say otherwise."""
        sent = {"content-type": "application/json", **(headers or {})}
        return Answer(
            self.channel.call(operation_id, body=body, paced=paced, headers=sent),
            self.channel.refusals(operation_id),
        )

    def call(self, operation_id: str, data: Any, *, legal: bool = True, paced: bool = True) -> Answer:
        """Post the data in a new valid token."""
        if legal:
            self.channel.require_legal(operation_id, data)
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

    def make(self, bet: int, kind: int, amount: Decimal, *, paced: bool = True, **changes: Any) -> Answer:
        """Send one transaction; the books are neither changed nor compared."""
        return self.call("makePayment", self.payment(bet, kind, amount, **changes), paced=paced)

    def transact(self, bet: int, kind: int, amount: Decimal, **changes: Any) -> Answer:
        """Send one transaction, enter it into the books if it is accepted, and compare the books.

        Raises :exc:`Hazard` when the balance is not what the answer says it must be.
        """
        self._books()
        answer = self.make(bet, kind, amount, **changes)
        self.enter(answer, bet, kind, effect(kind, amount), f"transaction {kind} over {amount}")
        return answer

    def enter(self, answer: Answer, bet: int, kind: int, move: Decimal, what: str) -> None:
        """Enter a transaction by its answer, and compare the books with the balance.

        ``move`` is what it does to the balance if it is accepted. Raises :exc:`Mismatch` when no answer came:
        then nobody can say what the books must hold.
        """
        books = self._books()
        if answer.raw.status is None:
            raise Mismatch(
                f"{what} got {answer.raw.describe()}", expected="an answer", actual=answer.raw.describe()
            )
        if answer.accepted:
            books.book(bet, kind, move)
            self.books_must_agree(f"{what} was accepted", move)
        else:
            self.books_must_agree(f"{what} was refused")

    def repeat(self, bet: int, kind: int, amount: Decimal, when: str = "", **changes: Any) -> Answer:
        """Send a transaction again that was booked: nothing may move, and a refusal calls it a duplicate.

        Raises :exc:`Hazard` when the balance moved.
        """
        self._books()
        answer = self.make(bet, kind, amount, **changes)
        self.books_must_agree(f"the repeat of a {NAMES[kind]} was sent{when and f' {when}'}")
        if not answer.accepted:
            answer.must_be(DUPLICATE)
        return answer

    def books_must_agree(self, what: str, expected_move: Decimal = Decimal(0)) -> None:
        """Raise :exc:`Hazard` when the balance differs from the books, and goes on differing."""
        books = self._books()
        deadline = self.monotonic() + self.settle_seconds
        while difference := books.difference(self.read_balance()):
            if self.monotonic() >= deadline:
                moved = expected_move + difference
                raise Hazard(
                    f"{self.whose}balance moved by {signed(moved)}, expected {signed(expected_move)}: {what}",
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

    def make_at_once(self, count: int, bet: int, kind: int, amount: Decimal) -> None:
        """Send ``count`` equal transactions at once. Raises :exc:`Hazard` unless money moved exactly once."""
        books = self._books()
        answers = self.together([(bet, kind, amount)] * count)
        accepted = sum(answer.accepted for answer in answers)
        move = effect(kind, amount)
        # What was not answered may be booked, and a duplicate is one of something that is.
        booked = accepted or any(answer.is_code(DUPLICATE) for answer in answers)
        unknown = any(answer.raw.status is None for answer in answers)
        if booked or (unknown and books.difference(self.read_balance()) == move):
            books.book(bet, kind, move)
        self.books_must_agree(
            f"{count} equal {NAMES[kind]}s were sent at once, {accepted} were accepted",
            move if booked else Decimal(0),
        )
        if not accepted:
            raise Mismatch(
                f"none of {count} equal {NAMES[kind]}s was accepted",
                expected=f"one accepted {NAMES[kind]}",
                actual="; ".join(sorted(answer.raw.describe() for answer in answers)),
            )

    def together(self, payments: Sequence[tuple[int, int, Decimal]]) -> list[Answer]:
        """Send transactions at once: bet, type and amount of each. The books are neither changed nor
        compared."""

        def send(bet: int, kind: int, amount: Decimal) -> RawAnswer:
            return self.make(bet, kind, amount, paced=False).raw

        refusals = self.channel.refusals("makePayment")
        raw = simultaneously([partial(send, *payment) for payment in payments])
        return [Answer(one, refusals) for one in raw]

    # -- the other operations -----------------------------------------------------------------------

    def make_list(self, items: Sequence[Mapping[str, Any]], *, legal: bool = True) -> Answer:
        """Send the transactions in one list; the books are neither changed nor compared."""
        return self.call("makePayments", [dict(item) for item in items], legal=legal)

    def transact_list(self, items: Sequence[Mapping[str, Any]]) -> Answer:
        """Send the transactions in one list, enter those that were accepted, and compare the books.

        An answer that tells no verdict of a transaction speaks for all of them. Raises :exc:`Hazard`.
        """
        books = self._books()
        answer = self.make_list(items)
        rows = answer.rows if answer.rows is not None and len(answer.rows) == len(items) else None
        move = Decimal(0)
        for place, item in enumerate(items):
            told = rows[place].get("ErrorCode") if rows is not None else None
            booked = answer.accepted if told is None else answer.accepted and told == SUCCESS
            if booked and item["PartnerUserId"] == self.target.user:
                own = effect(
                    item["TransactionType"], Decimal(item["Amount"]), Decimal(item.get("TaxAmount", "0"))
                )
                books.book(item["BetId"], item["TransactionType"], own)
                move += own
        if answer.raw.status is not None:
            self.books_must_agree(f"a list of {len(items)} transactions was sent", move)
        return answer

    def info(self, bet: int) -> Answer:
        """Ask for all transactions of a bet."""
        return self.call("getPaymentInfo", {"BetId": bet})

    def cashback(self, cashback: int, kind: int, amount: Decimal, **changes: Any) -> Answer:
        """Pay or cancel a cashback; the books are neither changed nor compared."""
        return self.call("makeCashback", self.payment(cashback, kind, amount, **changes))

    def transact_cashback(self, cashback: int, kind: int, amount: Decimal) -> Answer:
        """As :meth:`transact`, for a cashback. Raises :exc:`Hazard`."""
        self._books()
        answer = self.cashback(cashback, kind, amount)
        what = f"cashback-payments/make {kind} over {amount}"
        self.enter(answer, cashback, CASHBACK_MOVEMENT, effect(kind, amount), what)
        return answer

    def sign_in(self, refresh_token: str, **changes: Any) -> Answer:
        """Present a refresh token, whatever becomes of it."""
        return self.call("authUser", {"RefreshToken": refresh_token, **changes})

    def exchange(self, key: str = "refresh_token", **changes: Any) -> tuple[str, Answer]:
        """Present the refresh token that is good now; returns it with the answer, which tells the next one.

        Raises :exc:`NotApplicable` where the target file names none, :exc:`Missing` where the one that it
        names has been exchanged before this run.
        """
        sent = self.tokens.current(key)
        answer = self.sign_in(sent, **changes)
        if answer.accepted:
            self.tokens.exchanged(key, answer.raw)
        elif self.tokens.is_first(key) and answer.is_code(TOKEN_EXPIRED):
            raise Missing(
                f"{key} of the target file is over: each token works once, every run needs a new one"
            )
        return sent, answer

    def as_player(self, key: str, user: str | None) -> Casino:
        """The wallet of another player, with books of its own.

        Raises :exc:`NotApplicable` where the target file has no such ``key``.
        """
        if user is None:
            raise NotApplicable(f"needs {key} in [{TABLE}] of the target file")
        other = replace(self, target=replace(self.target, user=user), whose=f"player {user}: ")
        self.others.append(other)
        return other

    # -- what BETCORE serves ------------------------------------------------------------------------

    def accepts(self, bet: int, kind: int | None, *, count: int = 1, taken: bool = False) -> Sequence[Accept]:
        """The accepts about a transaction, once there are ``count`` of them.

        With ``taken``, once that many were answered with success. Raises :exc:`Mismatch` when fewer came in
        time, :exc:`Missing` when the casino has sent none in this run, and a case has said so.
        """
        if self.betcore.silent:
            raise Missing("needs accepts, but the casino has sent none in this run")
        found = self.betcore.await_accepts(bet, kind, self.accept_seconds, count=count, taken=taken)
        if len([one for one in found if one.taken or not taken]) < count:
            self.betcore.silent = not self.betcore.any_accept
            told = "; ".join(one.describe() for one in found) or "none"
            wanted = f"{count} accept{'s' * (count > 1)} of {kind or 'a transaction'} for {bet}"
            raise Mismatch(
                f"{wanted}{' that are taken' * taken} did not come within {self.accept_seconds:g} s: {told}",
                expected=wanted,
                actual=told,
            )
        return found

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
        remains = [give_back(wallet) for wallet in (self, *self.others)]
        return "; ".join(filter(None, remains)) or None

    def _books(self) -> Ledger:
        return self.books if self.books is not None else self.open_books()
