"""The small honest wallet of the casino that the kit plays: what it books, and what it answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from conformance.oracle.betcore import (
    BET,
    BET_RETURN,
    CLOSED,
    DUPLICATE,
    DUPLICATE_CHANGED,
    EFFECT,
    INVALID_REQUEST,
    PAYOUT,
    PAYOUT_RETURN,
    SUCCESS,
    UNKNOWN_BET,
    UNKNOWN_USER,
)

BALANCE: Final = Decimal(1_000_000)
"""What the player has when a run starts."""

UNDOES: Final[Mapping[int, int]] = {BET_RETURN: BET, PAYOUT_RETURN: PAYOUT}

MESSAGES: Final[Mapping[int, str]] = {
    SUCCESS: "Success",
    INVALID_REQUEST: "Invalid request parameters",
    UNKNOWN_USER: "User not found",
    UNKNOWN_BET: "Bet not found",
    CLOSED: "Bet is closed",
    DUPLICATE: "Transaction already exists",
    DUPLICATE_CHANGED: "Transaction already exists with another amount",
}


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a call asks the casino to book."""

    book: str
    """``bets`` or ``cashback``: their ids are apart."""
    bet: str
    kind: int
    user: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of it."""

    code: int
    id: str = ""
    """The casino's own id, ``PartnerTransactionId``; empty for what was refused."""


@dataclass(slots=True)
class Wallet:
    """One player's money. Each transaction moves it once, until its opposite makes room for it again."""

    user: str
    prefix: str
    """Begins the ids of a run's transactions."""
    balance: Decimal = BALANCE
    _booked: dict[tuple[str, str, int], tuple[Decimal, str]] = field(default_factory=dict)
    _moves: list[tuple[str, str, Decimal]] = field(default_factory=list)
    _shut: set[str] = field(default_factory=set)
    _returned: set[str] = field(default_factory=set)
    """Bets whose return came before them."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def book(self, asked: Transaction) -> Booked:
        """Book the transaction, or say why not."""
        slot = (asked.book, asked.bet, asked.kind)
        if asked.user != self.user:
            return Booked(UNKNOWN_USER)
        if asked.book == "bets" and self._takes_no(asked.kind, asked.bet):
            return Booked(CLOSED)
        if slot in self._booked:
            amount, id = self._booked[slot]
            return Booked(DUPLICATE if amount == asked.amount else DUPLICATE_CHANGED, id)
        stake = (asked.book, asked.bet, BET)
        if asked.book == "bets" and stake not in self._booked:
            if asked.kind in (PAYOUT, PAYOUT_RETURN):
                return Booked(UNKNOWN_BET)
            if asked.kind == BET_RETURN:  # nothing to give back, and no bet may come after it
                self._returned.add(asked.bet)
                self._booked[slot] = (asked.amount, id := self._new_id())
                return Booked(SUCCESS, id)
        id = self._new_id()
        move = EFFECT[asked.kind] * asked.amount
        self.balance += move
        self._moves.append((asked.book, asked.bet, move))
        self._booked[slot] = (asked.amount, id)
        self._booked.pop((asked.book, asked.bet, UNDOES.get(asked.kind, 0)), None)
        for kind, undone in UNDOES.items():
            if undone == asked.kind:
                self._booked.pop((asked.book, asked.bet, kind), None)
        return Booked(SUCCESS, id)

    def shut(self, bet: str, closed: bool) -> None:
        """Close or reopen a bet."""
        if closed:
            self._shut.add(bet)
        else:
            self._shut.discard(bet)

    def _takes_no(self, kind: int, bet: str) -> bool:
        """Whether a bet takes no such transaction any more."""
        return bet in self._shut or (bet in self._returned and kind in (BET, PAYOUT, PAYOUT_RETURN))

    def moved(self, bet: str, book: str = "bets") -> Decimal:
        """By how much the bet has moved the player's balance."""
        return sum((move for where, one, move in self._moves if (where, one) == (book, bet)), Decimal(0))

    def answer(self, booked: Booked) -> dict[str, Any]:
        """The answer that tells what became of a transaction."""
        value = {"Balance": plain(self.balance)}
        if booked.id:
            value["PartnerTransactionId"] = booked.id
        return {**said(booked.code), "Value": value}

    def _new_id(self) -> str:
        return f"{self.prefix}-{next(self._numbers)}"


def said(code: int) -> dict[str, Any]:
    """The envelope of the casino's answers."""
    return {"ErrorCode": code, "Message": MESSAGES.get(code, "Refused by the conformance kit")}


def plain(amount: Decimal) -> str:
    """An amount as the API writes it."""
    return f"{amount.normalize():f}"
