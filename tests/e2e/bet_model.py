"""What a casino's wallet books, worked out a second time from BC-ASM-011 to BC-ASM-022, BC-ASM-055 and
BC-ASM-056. Money in decimals, major units."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

BET, PAYOUT, RETURN, PAYOUT_RETURN, JACKPOT = -1, 1, 2, -2, 4
TYPES = (BET, PAYOUT, RETURN, PAYOUT_RETURN, JACKPOT)
BOOKED = 200
REPEATED, CHANGED = 990002, 990003
UNKNOWN_USER, WRONG_AMOUNT = 102145, 103801
NO_FUNDS, UNKNOWN_BET, CLOSED, BLOCKED, UNKNOWN_CASHBACK = 990001, 990004, 990005, 990007, 990013
CODES = {BOOKED, REPEATED, CHANGED, UNKNOWN_USER, WRONG_AMOUNT}
CODES |= {NO_FUNDS, UNKNOWN_BET, CLOSED, BLOCKED, UNKNOWN_CASHBACK}
OPPOSITE = {RETURN: BET, PAYOUT_RETURN: PAYOUT, BET: RETURN, PAYOUT: PAYOUT_RETURN}


@dataclass(frozen=True)
class Order:
    """A transaction as BETCORE asks for it."""

    player: str
    bet: int
    type: int
    amount: Decimal
    tax: Decimal | None = None

    @property
    def sign(self) -> int:
        """Whether the player gains."""
        return -1 if self.type in (BET, PAYOUT_RETURN) else 1

    @property
    def moves(self) -> Decimal:
        """How much, where nothing speaks against it."""
        taxed = self.type in (PAYOUT, PAYOUT_RETURN, JACKPOT)
        return self.amount - (self.tax or 0) if taxed else self.amount


@dataclass
class Page:
    """One player's bet."""

    accepted: bool = False
    """Whether a stake was ever taken."""
    refunded_first: bool = False
    """Whether a return came before any stake."""
    closed: bool = False
    last: dict[int, Order] = field(default_factory=dict)
    """What a repeat of each type would repeat."""
    standing: list[Order] = field(default_factory=list)
    """Stakes and payouts that nothing took back."""


@dataclass
class BetModel:
    """Players' balances, bets and cashbacks.

    :ivar booked: every transaction of payments by bet, with its id once the casino has named it
    :ivar moved: player and amount of every movement, in order; below zero the player paid
    """

    balances: dict[str, Decimal]
    blocked: set[str] = field(default_factory=set)
    pages: dict[tuple[str, int], Page] = field(default_factory=dict)
    cashbacks: dict[tuple[str, int], tuple[int, Decimal]] = field(default_factory=dict)
    booked: dict[int, list[Order]] = field(default_factory=dict)
    moved: list[tuple[str, Decimal]] = field(default_factory=list)

    def pay(self, order: Order) -> int:
        """Make a payment.

        :returns: ``ErrorCode``
        """
        if order.player not in self.balances:
            return UNKNOWN_USER
        page = self.pages.get((order.player, order.bet), Page())
        code = self._verdict(page, order)
        if code == BOOKED:
            self.pages[order.player, order.bet] = page
            self._enter(page, order)
        return code

    def pay_cashback(self, order: Order) -> int:
        """Pay a cashback or cancel one.

        :returns: ``ErrorCode``
        """
        if order.player not in self.balances:
            return UNKNOWN_USER
        kind, amount = self.cashbacks.get((order.player, order.bet), (0, Decimal(0)))
        if kind == order.type:
            return REPEATED if amount == order.amount else CHANGED
        if order.type == PAYOUT_RETURN:
            if not kind:
                return UNKNOWN_CASHBACK
            if amount != order.amount:
                return WRONG_AMOUNT
            if self.balances[order.player] < order.amount:
                return NO_FUNDS
        self.cashbacks[order.player, order.bet] = order.type, order.amount
        self._move(order, order.amount)
        return BOOKED

    def close(self, bet: int, *, closed: bool) -> None:
        """Close or reopen every player's bet of this id."""
        for (_, id), page in self.pages.items():
            if id == bet and page.closed is not closed and not page.refunded_first:
                page.closed = closed
                if not closed:
                    page.last.clear()

    def info(self, bet: int) -> list[tuple[int, Decimal, Decimal]]:
        """Type, amount and tax of every booked transaction of a bet, in order."""
        return [(one.type, one.amount, one.tax or Decimal(0)) for one in self.booked.get(bet, [])]

    def _verdict(self, page: Page, order: Order) -> int:
        if refused := self._wrong_state(page, order.type):
            return refused
        if first := page.last.get(order.type):
            same = (first.amount, first.tax or 0) == (order.amount, order.tax or 0)
            return REPEATED if same else CHANGED
        if (order.tax or 0) > order.amount:
            return WRONG_AMOUNT
        if order.type in (RETURN, PAYOUT_RETURN) and page.accepted and _taken_back(page, order) is None:
            return WRONG_AMOUNT
        if order.type == BET and order.player in self.blocked:
            return BLOCKED
        if order.sign < 0 and self.balances[order.player] < order.moves:
            return NO_FUNDS
        return BOOKED

    def _wrong_state(self, page: Page, type_: int) -> int | None:
        if page.refunded_first:
            return {BET: CLOSED, PAYOUT: CLOSED, PAYOUT_RETURN: CLOSED}.get(type_)
        if page.closed:
            return CLOSED
        if not page.accepted and type_ in (PAYOUT, PAYOUT_RETURN):
            return UNKNOWN_BET
        return None

    def _enter(self, page: Page, order: Order) -> None:
        moves = order.moves
        if order.type == BET:
            page.accepted = True
        elif order.type == RETURN and not page.accepted:
            page.refunded_first, moves = True, Decimal(0)
        if order.type in (RETURN, PAYOUT_RETURN) and (gone := _taken_back(page, order)) is not None:
            del page.standing[gone]
        if order.type in (BET, PAYOUT):
            page.standing.append(order)
        page.last[order.type] = order
        page.last.pop(OPPOSITE.get(order.type, 0), None)
        self.booked.setdefault(order.bet, []).append(order)
        self._move(order, moves)

    def _move(self, order: Order, amount: Decimal) -> None:
        self.balances[order.player] += order.sign * amount
        self.moved.append((order.player, order.sign * amount))


def _taken_back(page: Page, order: Order) -> int | None:
    """Number of what a return takes back: the latest of the same amount that stands, and of the same tax."""
    for number in reversed(range(len(page.standing))):
        one = page.standing[number]
        taxed_alike = order.type == RETURN or (one.tax or 0) == (order.tax or 0)
        if (one.type, one.amount) == (OPPOSITE[order.type], order.amount) and taxed_alike:
            return number
    return None
