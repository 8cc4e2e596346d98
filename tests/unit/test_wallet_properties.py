"""Whatever order transactions come in, the wallet's books are those that the documentation and the
assumptions imply, worked out here a second time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.betcore import archive
from mockserver.betcore.cashback import CashbackDesk
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Payment
from mockserver.betcore.service import Wallet
from mockserver.betcore.states import TransactionType
from mockserver.kernel.errors import Rejection
from mockserver.kernel.json_codec import dump, parse
from mockserver.kernel.players import account_of

from .small_casino import small_client

AMOUNTS = ("0", "1", "1.00", "2.5", "0.00000001", "3", "50", "99999999999999999999.99999999")
TAXES = ("0", "0.5", "2.5")
OPPOSITE = {-1: 2, 2: -1, 1: -2, -2: 1}


@dataclass(frozen=True)
class Told:
    """One request: a transaction, or the state that a bet is put into."""

    kind: int
    player: str
    bet: str
    amount: Decimal
    tax: Decimal
    closed: bool | None


TRANSACTIONS = st.builds(
    Told,
    kind=st.sampled_from([-1, -1, 1, 1, 2, -2, 4]),
    player=st.sampled_from(["ann", "bob"]),
    bet=st.sampled_from(["1", "1", "2"]),
    amount=st.sampled_from(AMOUNTS).map(Decimal),
    tax=st.sampled_from(TAXES).map(Decimal),
    closed=st.sampled_from([None, None, None, None, None, True, False]),
)


@dataclass
class Page:
    """What a careful clerk would write down of one player's bet."""

    accepted: bool = False
    returned_before: bool = False
    jackpot: bool = False
    closed: bool = False
    may_repeat: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    standing: list[tuple[int, Decimal, Decimal, Decimal]] = field(default_factory=list)
    """Type, amount, tax, and what moved."""


@dataclass
class Clerk:
    """Decides from the sentences of BC-ASM-013 to BC-ASM-024 and BC-ASM-110, one after the other."""

    balances: dict[str, Fraction] = field(
        default_factory=lambda: {"ann": Fraction("100.5"), "bob": Fraction(3)}
    )
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)

    def close(self, bet: str, closed: bool) -> None:
        for (_, other), page in self.pages.items():
            if other == bet and (page.accepted or page.jackpot) and not page.returned_before:
                if page.closed and not closed:
                    page.may_repeat.clear()
                page.closed = closed

    def make(self, told: Told) -> str:
        page = self.pages.get((told.player, told.bet), Page())
        verdict, moved = self._judged(page, told)
        if verdict != "booked":
            return verdict
        self.pages[told.player, told.bet] = page
        self.balances[told.player] += Fraction(-moved if told.kind in (-1, -2) else moved)
        page.may_repeat[told.kind] = (told.amount, told.tax)
        if told.kind in OPPOSITE:
            page.may_repeat.pop(OPPOSITE[told.kind], None)
        if told.kind == 2 and not page.accepted:
            page.returned_before = True
        elif told.kind in (2, -2):
            page.standing.remove(self._taken_back(page, told)[0])
        elif told.kind != 4:
            page.standing.append((told.kind, told.amount, told.tax, moved))
        page.accepted |= told.kind == -1
        page.jackpot |= told.kind == 4
        return "booked"

    def _judged(self, page: Page, told: Told) -> tuple[str, Decimal]:
        if page.closed or (page.returned_before and told.kind not in (2, 4)):
            return "closed", Decimal(0)
        if not page.accepted and told.kind in (1, -2):
            return "unknown_bet", Decimal(0)
        if told.kind in page.may_repeat:
            same = page.may_repeat[told.kind] == (told.amount, told.tax)
            return ("duplicate" if same else "duplicate_changed"), Decimal(0)
        if told.tax > told.amount:
            return "incorrect_amount", Decimal(0)
        moved = told.amount - told.tax if told.kind in (1, -2, 4) else told.amount
        if told.kind in (2, -2):
            if told.kind == 2 and not page.accepted:
                return "booked", Decimal(0)
            found = self._taken_back(page, told)
            if not found:
                return "incorrect_amount", Decimal(0)
            moved = found[0][3]
        if told.kind in (-1, -2) and moved > self.balances[told.player]:
            return "insufficient_funds", Decimal(0)
        return "booked", moved

    @staticmethod
    def _taken_back(page: Page, told: Told) -> list[tuple[int, Decimal, Decimal, Decimal]]:
        return [
            one
            for one in reversed(page.standing)
            if one[0] == OPPOSITE[told.kind]
            and one[1] == told.amount
            and (told.kind == 2 or one[2] == told.tax)
        ]


def made(client: PartnerClient, told: Told) -> str:
    try:
        Wallet().make(client, payment_of(told))
    except Rejection as rejection:
        return str(rejection.refusal)
    return "booked"


def payment_of(told: Told) -> Payment:
    return Payment(
        user_id=told.player,
        bet_id=told.bet,
        type=TransactionType(told.kind),
        amount=told.amount,
        tax=told.tax,
    )


def played(client: PartnerClient, clerk: Clerk, all_told: list[Told]) -> None:
    for told in all_told:
        if told.closed is not None:
            Wallet().close(client, told.bet, closed=told.closed)
            clerk.close(told.bet, told.closed)
        else:
            assert made(client, told) == clerk.make(told)
        balances = {name: client.ledger.balance(account_of(name)) for name in clerk.balances}
        assert balances == clerk.balances
        assert min(balances.values()) >= 0


@settings(deadline=None, max_examples=300)
@given(st.lists(TRANSACTIONS, max_size=25))
def test_the_wallet_books_what_a_careful_clerk_would(all_told: list[Told]) -> None:
    played(small_client(), Clerk(), all_told)


@settings(deadline=None, max_examples=150)
@given(st.lists(TRANSACTIONS, max_size=25))
def test_books_that_were_loaded_are_those_that_were_exported_and_go_on_alike(all_told: list[Told]) -> None:
    client, clerk = small_client(), Clerk()
    played(client, clerk, all_told)
    for number, told in enumerate(all_told):
        kind = TransactionType.PAYOUT if number % 3 else TransactionType.PAYOUT_RETURN
        try:
            CashbackDesk().make(client, Payment(user_id="bob", bet_id=told.bet, type=kind, amount=Decimal(1)))
        except Rejection:
            continue

    loaded = small_client()
    loaded.ledger = client.ledger
    archive.load(loaded, parse(dump(archive.exported(client))))

    assert loaded.books == client.books
    assert list(loaded.refresh_tokens) == list(client.refresh_tokens)
    assert loaded.books is not client.books


@settings(deadline=None, max_examples=100)
@given(st.lists(TRANSACTIONS, max_size=25))
def test_a_balance_is_the_sum_of_what_the_history_moved(all_told: list[Told]) -> None:
    client = small_client()
    played(client, Clerk(), all_told)

    for player, at_first in (("ann", Fraction("100.5")), ("bob", Fraction(3))):
        moved = sum(
            Fraction(-one.moved if one.payment.type in (-1, -2) else one.moved)
            for _, user, bet in client.books.bets
            for one in bet.history
            if user == player
        )
        assert client.ledger.balance(account_of(player)) == at_first + moved


def lived_in() -> PartnerClient:
    """A client with a bet of four transactions that was reopened after them, and a cancelled cashback."""
    client, wallet = small_client(), Wallet()
    for kind, amount in ((-1, "10"), (1, "30"), (-2, "30"), (1, "20")):
        assert made(client, Told(kind, "ann", "1", Decimal(amount), Decimal(0), None)) == "booked"
    wallet.close(client, "1", closed=True)
    wallet.close(client, "1", closed=False)
    assert made(client, Told(1, "ann", "1", Decimal(20), Decimal(0), None)) == "booked"
    for kind in (1, -2):
        CashbackDesk().make(
            client,
            Payment(user_id="ann", bet_id="9", type=TransactionType(kind), amount=Decimal(5)),
        )
    return client


SPOILT: list[tuple[Callable[[Any], Any], str]] = [
    (
        lambda it: it["bets"][0].update(state="returned"),
        "is `returned`, which its transactions do not lead to",
    ),
    (
        lambda it: it["bets"][0].update(anew_from=0),
        "repeats another transaction",
    ),
    (
        lambda it: it["bets"][0].update(anew_from=6),
        "can't have been reopened after 6 transactions",
    ),
    (
        lambda it: it["bets"][0].update(user_id="bob"),
        "has a transaction of another bet or player",
    ),
    (
        lambda it: it["bets"][0].update(bet_id="2"),
        "has a transaction of another bet or player",
    ),
    (
        lambda it: it["bets"][0].update(bet_id="x"),
        "has an id, or a player, that no request can name",
    ),
    (
        lambda it: it["bets"][0]["history"].reverse(),
        "has no transaction, or not in the order of booking",
    ),
    (
        lambda it: it["bets"][0].update(history=[]),
        "has no transaction, or not in the order of booking",
    ),
    (
        lambda it: it["bets"].append(it["bets"][0]),
        "two transactions have the same id or number",
    ),
    (
        lambda it: it["bets"][0]["history"][1].update(moved="31"),
        "the ledger has not what transaction",
    ),
    (
        lambda it: it["bets"][0]["history"][1]["payment"].update(amount="31"),
        "moved another amount than it can have",
    ),
    (
        lambda it: it["bets"][0]["history"][1]["payment"].update(amount="-30"),
        "has an amount that no request can have",
    ),
    (
        lambda it: it["bets"][0]["history"][0].update(number=2),
        "two transactions have the same id or number",
    ),
    (
        lambda it: it.update(booked=6),
        "has a number that a count to 6 does not reach",
    ),
    (
        lambda it: it["bets"][0]["history"].pop(0),
        "is out of turn",
    ),
    (
        lambda it: it["cashbacks"][0]["history"].pop(0),
        "has payments and cancellations out of turn",
    ),
    (
        lambda it: it["cashbacks"][0]["history"][0]["payment"].update(tax="1"),
        "moved another amount than its own",
    ),
    (
        lambda it: it["refresh_tokens"].append(it["refresh_tokens"][0]),
        "a refresh token was issued twice",
    ),
    (
        lambda it: it["refresh_tokens"][0].update(expires_at="2025-01-01T00:00:00Z"),
        "or ends before it begins",
    ),
    (
        lambda it: it["refresh_tokens"][0].update(currency="euro"),
        "has no currency",
    ),
    (
        lambda it: it["refresh_tokens"][0].update(user_id=""),
        "or its user, is a text that no request can hold",
    ),
    (
        lambda it: it.pop("refresh_tokens"),
        "missing required field `refresh_tokens`",
    ),
]


@pytest.mark.parametrize(("spoil", "told"), SPOILT)
def test_books_that_cant_be_are_refused_and_change_nothing(spoil: Callable[[Any], Any], told: str) -> None:
    client = lived_in()
    document = parse(dump(archive.exported(client)))
    loaded = small_client()
    loaded.ledger = client.ledger
    archive.load(loaded, document)
    before = loaded.books

    spoil(document)
    with pytest.raises(ValueError, match=re.escape(told)):
        archive.load(loaded, document)

    assert loaded.books is before
