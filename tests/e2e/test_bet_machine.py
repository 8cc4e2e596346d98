"""Whatever BETCORE asks the built-in casino for, in whatever order: answers, accepts, balances and the
history of each bet are as the model says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
)

from demo.sandbox import sandbox
from mockserver.testing import Sandbox
from mockserver.testing.documents import Driven

from .bet_model import (
    BET,
    BOOKED,
    CODES,
    JACKPOT,
    PAYOUT,
    PAYOUT_RETURN,
    REPEATED,
    RETURN,
    TYPES,
    BetModel,
    Order,
)
from .machine import Steps

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BALANCES = {"ann": "1000.5", "bob": "20.00000001"}
DEADLINE_SECONDS = 20
SEEDS, MOST_STEPS = 6, 60

LEAST_STEPS = 2000

AMOUNTS = ("0", "0.00000001", "1", "1.0", "2.50", "10.5", "19.99", "333.33333333", "5000", "12345678901.5")
TAXES = ("0", "0.5", "1.00", "20")
STATES = {True: "booked", False: "refused"}

amounts = st.sampled_from(AMOUNTS).map(Decimal)
stakes = st.sampled_from(AMOUNTS[:7]).map(Decimal)
players = st.sampled_from([*BALANCES, *BALANCES, "ghost"])
bets = st.integers(1, 4)

STEPS = Steps()
step = STEPS.step

CODES_MET: Counter[int] = Counter()
"""How often the model expected each code."""


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any transaction."""
    kind = draw(st.sampled_from(TYPES))
    tax = (
        draw(st.sampled_from(TAXES).map(Decimal))
        if kind in (PAYOUT, JACKPOT) and draw(st.booleans())
        else None
    )
    return Order(draw(players), draw(bets), kind, draw(amounts), tax)


class BetMachine(RuleBasedStateMachine):
    """A partner client of its own for each run, beside the model of its casino."""

    def __init__(self, plane: Sandbox) -> None:
        super().__init__()
        self.plane = plane
        self.asked: list[tuple[str, Order, int]] = []
        """Kind, order and expected code of everything that was asked for."""

    @initialize(mode=st.sampled_from(["both", "both", "only_answer", "only_accept"]))
    def open(self, mode: str) -> None:
        start = [{"id": id, "currency": "EUR", "balance": balance} for id, balance in BALANCES.items()]
        self.client = self.plane.create_partner_client(players=start, accept_mode=mode)
        self.client.clock.freeze(NOON)
        self.model = BetModel({id: Decimal(balance) for id, balance in BALANCES.items()})
        self.paid: list[Order] = []

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.client.drop()

    @step(order=orders())
    def make(self, order: Order) -> None:
        self._pay(order)

    @step(player=players, bet=bets, stake=stakes)
    def bet(self, player: str, bet: int, stake: Decimal) -> None:
        self._pay(Order(player, bet, BET, stake))

    @precondition(lambda self: self.paid)
    @step(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self._pay(data.draw(st.sampled_from(self.paid), label="what is repeated"))

    @precondition(lambda self: self.paid)
    @step(data=st.data(), amount=amounts)
    def repeat_with_another_amount(self, data: st.DataObject, amount: Decimal) -> None:
        self._pay(replace(data.draw(st.sampled_from(self.paid), label="what is repeated"), amount=amount))

    @precondition(lambda self: any(one.type in (BET, PAYOUT) for one in self.paid))
    @step(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        given = [one for one in self.paid if one.type in (BET, PAYOUT)]
        one = data.draw(st.sampled_from(given), label="what is taken back")
        self._pay(replace(one, type=RETURN if one.type == BET else PAYOUT_RETURN))

    @precondition(lambda self: any(one.type == BET for one in self.paid))
    @step(data=st.data(), kind=st.sampled_from([PAYOUT, JACKPOT]), amount=amounts)
    def win(self, data: st.DataObject, kind: int, amount: Decimal) -> None:
        won = data.draw(st.sampled_from([one for one in self.paid if one.type == BET]), label="the bet")
        self._pay(replace(won, type=kind, amount=amount))

    @step(wanted=st.lists(orders(), min_size=1, max_size=4, unique_by=lambda one: (one.bet, one.type)))
    def make_a_list(self, wanted: list[Order]) -> None:
        self._pay_all(wanted)

    @step(wanted=st.lists(orders(), min_size=1, max_size=3, unique_by=lambda one: (one.bet, one.type)))
    def make_a_list_with_a_bad_item(self, wanted: list[Order]) -> None:
        bad = Order("ghost", 5, BET, Decimal(1))
        self._pay_all([*wanted[:1], bad, *wanted[1:]])

    @step(bet=bets, closed=st.booleans())
    def close_or_reopen(self, bet: int, closed: bool) -> None:
        self.model.close(bet, closed=closed)
        assert self._drive("close", bet_id=bet, closed=closed)["calls"][0]["state"] == "sent"

    @precondition(lambda self: any(page.closed for page in self.model.pages.values()))
    @step(data=st.data(), order=orders())
    def reopen_pay_and_close(self, data: st.DataObject, order: Order) -> None:
        closed = sorted({bet for (_, bet), page in self.model.pages.items() if page.closed})
        bet = data.draw(st.sampled_from(closed), label="bet")
        order = replace(order, bet=bet)
        self.model.close(bet, closed=False)
        self._expect("payment", order, self.model.pay(order))
        self.model.close(bet, closed=True)
        payment = {name: value for name, value in _fields(order).items() if name != "bet_id"}
        self._drive("adjust", bet_id=bet, payments=[payment])

    @step(bet=st.integers(1, 5))
    def info(self, bet: int) -> None:
        answer = self._answer(self._drive("info", bet_id=bet))
        expected = self.model.info(bet)
        if not expected:
            assert answer["ErrorCode"] == 990004
            return
        assert [
            (row["TransactionType"], Decimal(row["Amount"]), Decimal(row.get("TaxAmount", 0)))
            for row in answer["Value"]
        ] == expected
        ids = {one["PartnerTransactionId"] for one in answer["Value"]}
        assert len(ids) == len(expected)

    @step(player=players)
    def read_a_balance(self, player: str) -> None:
        answer = self._answer(self._drive("balance", player=player))
        if player in self.model.balances:
            assert Decimal(answer["Value"]["Balance"]) == self.model.balances[player]
        else:
            assert answer["ErrorCode"] == 102145

    @step(player=players, number=st.integers(1, 2), amount=stakes, cancel=st.booleans())
    def cashback(self, player: str, number: int, amount: Decimal, cancel: bool) -> None:
        order = Order(player, number, PAYOUT_RETURN if cancel else PAYOUT, amount)
        self._expect("cashback", order, self.model.pay_cashback(order))
        self._drive("cashback", player=player, amount=f"{amount:f}", bet_id=number, cancel=cancel)

    @precondition(lambda self: self.paid)
    @step(player=st.sampled_from(sorted(BALANCES)))
    def block_or_unblock(self, player: str) -> None:
        self.model.blocked ^= {player}
        self.client.seed_player(player, state="blocked" if player in self.model.blocked else "active")

    @step(overlap=st.sampled_from([0, 5, 3600]))
    def rotate_the_key(self, overlap: int) -> None:
        self._drive("keys", overlap_seconds=overlap)

    @step(seconds=st.sampled_from([1, 30, 31, 3600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        assert self.client.clock.advance(seconds=seconds)["complete"]

    @invariant()
    def everything_asked_for_has_its_outcome(self) -> None:
        rows = self.client.transactions()
        got = [
            (one["kind"], one["PartnerUserId"], int(one["BetId"]), one["state"], one["ErrorCode"])
            for one in rows
        ]
        assert len(got) == len(self.asked)
        for row, (kind, order, code) in zip(got, self.asked, strict=True):
            fits = {BOOKED, REPEATED} if code == REPEATED else {code}
            assert row[:4] == (kind, order.player, order.bet, STATES[code in (BOOKED, REPEATED)])
            assert row[4] in fits

    @invariant()
    def nothing_waits_and_every_accept_was_taken(self) -> None:
        for call in self.client.outbox():
            wanted = {"sent"} if call["action"].startswith("accept") else {"sent", "refused", "parked"}
            assert call["state"] in wanted, call

    @invariant()
    def balances_are_the_sum_of_what_moved(self) -> None:
        ledger = self.client.ledger()
        balances = {name: Decimal(amount) for name, amount in ledger["balances"].items()}
        assert sum(balances.values()) == 0
        assert {id: balances[f"player:{id}"] for id in BALANCES} == self.model.balances
        booked = [
            (account.removeprefix("player:"), sign * Decimal(posting["amount"]))
            for posting in ledger["items"]
            for account, sign in ((posting["source"], -1), (posting["destination"], 1))
            if account.startswith("player:") and posting["source"] != "funding"
        ]
        assert [one for one in booked if one[1]] == [one for one in self.model.moved if one[1]]
        for id, start in BALANCES.items():
            assert (
                Decimal(start) + sum(amount for player, amount in booked if player == id)
                == balances[f"player:{id}"]
            )

    def _pay(self, order: Order) -> None:
        self._expect("payment", order, self.model.pay(order))
        self._drive("payment", **_fields(order))

    def _pay_all(self, wanted: list[Order]) -> None:
        for order in wanted:
            self._expect("payment", order, self.model.pay(order))
        self._drive("payments", payments=[_fields(order) for order in wanted])

    def _expect(self, kind: str, order: Order, code: int) -> None:
        self.asked.append((kind, order, code))
        CODES_MET[code] += 1
        if kind == "payment" and code == BOOKED:
            self.paid.append(order)

    def _drive(self, drive: str, **fields: Any) -> Driven:
        """Make something happen, and wait until the accepts are through."""
        driven = self.client.drive(drive, **fields)
        self.client.wait_for_outbox(DEADLINE_SECONDS)
        return driven

    def _answer(self, driven: Driven) -> dict[str, Any]:
        """What the casino answered."""
        exchange = self.plane.exchange(driven["calls"][0]["tries"][0]["exchange"])
        answer: dict[str, Any] = json.loads(exchange["answer"]["body"])
        return answer


def _fields(order: Order) -> dict[str, Any]:
    fields = {"bet_id": order.bet, "player": order.player, "type": order.type, "amount": f"{order.amount:f}"}
    return fields | ({} if order.tax is None else {"tax_amount": f"{order.tax:f}"})


@pytest.fixture
def plane() -> Iterator[Sandbox]:
    with sandbox() as addresses, Sandbox(addresses.admin_url) as plane:
        yield plane


def test_bets_and_money_go_as_the_model_says_whatever_is_asked_for(plane: Sandbox) -> None:
    STEPS.walk(partial(BetMachine, plane), seeds=SEEDS, most_steps=MOST_STEPS)

    assert STEPS.total() >= LEAST_STEPS
    assert STEPS.never() == []
    assert CODES_MET.keys() == CODES
