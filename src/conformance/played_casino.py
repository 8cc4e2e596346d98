"""The kit as a casino: it answers BETCORE's calls as it is told, and records them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from conformance.callback_sink import Received, Reply, Role
from conformance.casino_answer import decimal_of
from conformance.oracle.betcore import EFFECT, GENERAL_ERROR, INVALID_REQUEST, SUCCESS, UNKNOWN_USER
from conformance.played_wallet import Booked, Transaction, Wallet, plain, said
from conformance.received_token import ReceivedToken, read_token

AUTH: Final = "/users/auth"
DATA: Final = "/users/data"
MAKE: Final = "/payments/make"
MAKE_LIST: Final = "/payments/make-list"
INFO: Final = "/payments/info"
CLOSE: Final = "/payments/close"
CASHBACK: Final = "/cashback-payments/make"

PATHS: Final = (AUTH, DATA, MAKE, MAKE_LIST, INFO, CLOSE, CASHBACK)

BOOKS: Final[Mapping[str, str]] = {MAKE: "bets", MAKE_LIST: "bets", CASHBACK: "cashback"}
"""Path to the book of its transactions."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the casino treats a transaction."""

    refusal: int | None = None
    """The code to refuse it with; ``None``: it is booked."""
    answers: bool = True
    """Otherwise the connection is closed without an answer, after the booking."""


AS_USUAL: Final = Told()
SILENT: Final = Told(answers=False)
LOST: Final = Told(refusal=GENERAL_ERROR, answers=False)
"""The call is lost on its way: nothing is booked, and no answer comes."""


@dataclass(frozen=True, slots=True)
class CasinoCall:
    """One call of BETCORE: one transaction of it, if it asks for any."""

    received: Received
    token: ReceivedToken
    transaction: Transaction | None = None
    booked: Booked | None = None

    @property
    def path(self) -> str:
        """Where it went."""
        return self.received.path

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields of the request; empty where it has none."""
        return self.token.data if isinstance(self.token.data, dict) else {}

    @property
    def bet(self) -> str | None:
        """Id of the bet that the call is about."""
        return self.transaction.bet if self.transaction else identifier(self.data.get("BetId"))

    @property
    def kind(self) -> int | None:
        """Type of the transaction."""
        return self.transaction.kind if self.transaction else None

    def describe(self) -> str:
        """The call on one line."""
        return f"{self.path} {json.dumps(self.token.data, ensure_ascii=False, default=str)}"[:300]


def identifier(value: object) -> str | None:
    """A bet's id, which is a number here and a string there, as a string."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    return value if isinstance(value, str) else plain(Decimal(value))


def transaction_of(path: str, fields: Any) -> Transaction | None:
    """What the fields ask for; ``None`` if they can't be read."""
    if not isinstance(fields, dict):
        return None
    bet, kind = identifier(fields.get("BetId")), fields.get("TransactionType")
    user, amount = fields.get("PartnerUserId"), decimal_of(fields.get("Amount"))
    if not isinstance(kind, int | Decimal) or isinstance(kind, bool) or kind not in EFFECT:
        return None
    if bet is None or amount is None or not isinstance(user, str):
        return None
    return Transaction(BOOKS[path], bet, int(kind), user, amount)


@dataclass(slots=True)
class PlayedCasino:
    """The casino. Called by the listener, in a thread of each connection."""

    wallet: Wallet
    url: str = ""
    """Where the target has to call it; set once the kit listens."""
    given_up: bool = False
    """Whether a case has waited for a call in vain before any arrived: then the others wait no more."""
    _calls: list[CasinoCall] = field(default_factory=list)
    _told: dict[tuple[str, int], Told] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def roles(self) -> dict[str, Role]:
        """The paths that the casino serves."""
        return dict.fromkeys(PATHS, self)

    def __call__(self, received: Received) -> Reply:
        """Record the call, book what it asks for, and answer it."""
        token = read_token(received.body)
        with self._changed:
            self.given_up = False
            reply = self._answer(received, token)
            self._changed.notify_all()
        return reply

    def _answer(self, received: Received, token: ReceivedToken) -> Reply:
        path = received.path
        if path not in BOOKS:
            self._calls.append(CasinoCall(received, token))
            return _reply(self._other(path, token.data))
        many = path == MAKE_LIST
        items = token.data if many and isinstance(token.data, list) else [token.data]
        asked = [transaction_of(path, fields) for fields in items]
        answers, answered = [], True
        for fields, transaction in zip(items, asked, strict=True):
            if transaction is None:
                self._calls.append(CasinoCall(received, token))
                return _reply(said(INVALID_REQUEST))
            told = self._told.get((transaction.book, transaction.kind), AS_USUAL)
            booked = self.wallet.book(transaction) if told.refusal is None else Booked(told.refusal)
            self._calls.append(CasinoCall(received, token, transaction, booked))
            answered = answered and told.answers
            answers.append((fields, booked))
        if not answered:
            return Reply(None)
        if many:
            listed = [
                {**self.wallet.answer(booked)["Value"], **said(booked.code), **_named(fields)}
                for fields, booked in answers
            ]
            return _reply({**said(SUCCESS), "Value": listed})
        return _reply(self.wallet.answer(answers[0][1]))

    def _other(self, path: str, data: Any) -> dict[str, Any]:
        fields = data if isinstance(data, dict) else {}
        if path == DATA:
            if fields.get("PartnerUserId") != self.wallet.user:
                return said(UNKNOWN_USER)
            return {**said(SUCCESS), "Value": {"Balance": plain(self.wallet.balance)}}
        if path == CLOSE:
            bet, closed = identifier(fields.get("BetId")), fields.get("Closed")
            if bet is None or not isinstance(closed, bool):
                return said(INVALID_REQUEST)
            self.wallet.shut(bet, closed)
            return said(SUCCESS)
        return said(UNKNOWN_USER)  # the casino gave no refresh token out, and tells nobody of its bets

    def watch(self) -> CasinoWatch:
        """What arrives from now on."""
        with self._changed:
            return CasinoWatch(self, len(self._calls))

    def since(self, start: int) -> list[CasinoCall]:
        """The calls after the first ``start`` ones, in the order of their arrival."""
        with self._changed:
            return self._calls[start:]

    def await_call(
        self, start: int, wanted: Callable[[CasinoCall], bool], seconds: float
    ) -> CasinoCall | None:
        """The first call that is wanted; ``None`` if none came."""

        def find() -> CasinoCall | None:
            return next((call for call in self._calls[start:] if wanted(call)), None)

        with self._changed:
            return self._changed.wait_for(find, seconds) or None

    def moved(self, call: CasinoCall) -> Decimal:
        """By how much the bet or cashback of a call has moved the player's balance."""
        assert call.transaction is not None
        with self._changed:
            return self.wallet.moved(call.transaction.bet, call.transaction.book)

    @contextmanager
    def treating(self, book: str, kind: int, told: Told) -> Iterator[None]:
        """Inside the block transactions of this type are treated so."""
        with self._changed:
            self._told[book, kind] = told
        try:
            yield
        finally:
            with self._changed:
                del self._told[book, kind]


@dataclass(frozen=True, slots=True)
class CasinoWatch:
    """What arrived at the casino since a case began."""

    casino: PlayedCasino
    start: int

    def calls(
        self, path: str | None = None, *, bet: str | None = None, kind: int | None = None
    ) -> Sequence[CasinoCall]:
        """The calls so far to this path, about this bet, of this type; any where none is given."""
        return [
            call
            for call in self.casino.since(self.start)
            if path in (None, call.path) and bet in (None, call.bet) and kind in (None, call.kind)
        ]

    def await_call(
        self, path: str, *, bet: str | None = None, kind: int | None = None, seconds: float
    ) -> CasinoCall | None:
        """The first such call; ``None`` if none has come after ``seconds``."""
        return self.casino.await_call(
            self.start,
            lambda call: call.path == path and bet in (None, call.bet) and kind in (None, call.kind),
            seconds,
        )

    def afresh(self) -> CasinoWatch:
        """What arrives from now on."""
        return self.casino.watch()


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("BetId", "TransactionType")}


def _reply(document: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(document, default=_number).encode())


def _number(value: object) -> int:
    """A number that was read as a decimal and stands for an id."""
    if isinstance(value, Decimal):
        return int(value)
    raise TypeError(f"{type(value).__name__} can't be sent as JSON")
