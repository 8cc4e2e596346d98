"""Whatever a casino answers, accepts, forgets or says too late: BETCORE asks again, returns and closes as the
model says, and no stake is lost."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import httpx
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

from .aggregator_model import ANOTHER_OUTCOME, DUPLICATE_ACCEPT, TAKEN, TOO_LATE, AggregatorModel, Asked
from .bet_model import BET, JACKPOT, PAYOUT, PAYOUT_RETURN, REPEATED, RETURN, UNKNOWN_BET, Order
from .faulty_casino import Arrival, Fault, FaultyCasino, faulty_casino
from .machine import Steps

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BALANCES = {"ann": Decimal("1000000"), "bob": Decimal(15)}
DEADLINE_SECONDS = 20
SEEDS, MOST_STEPS = 7, 50

LEAST_STEPS = 2000

BASE = "/mis-api/api/v2"
BEFORE = st.sampled_from(
    [Fault(False, None), Fault(False, 500), Fault(False, 200), Fault(False, 200, 103799)]
)
AFTER = st.sampled_from([Fault(True, None), Fault(True, 502), Fault(True, 200)])
players = st.sampled_from(["ann", "ann", "ann", "bob", "ghost"])
amounts = st.sampled_from(["1", "2.5", "10", "0.00000001", "70"]).map(Decimal)

STEPS = Steps(
    # nothing that follows falls due together
    after=lambda machine: machine._pass(timedelta(milliseconds=7))
)
step = STEPS.step

SAID: Counter[int] = Counter()
"""How often each code answered an accept."""


@dataclass(frozen=True)
class World:
    """What one process of the sandbox gives to every run."""

    plane: Sandbox
    vendor: httpx.Client
    casino: FaultyCasino


class AcceptMachine(RuleBasedStateMachine):
    """A partner client of its own for each run, whose casino is the tests' own."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.casino = world, world.casino
        self.bets = 0

    @initialize()
    def open(self) -> None:
        self.casino.begin_anew(dict(BALANCES))
        self.client = self.world.plane.create_partner_client(casino_url=self.casino.url)
        self.client.clock.freeze(NOON)
        self.model = AggregatorModel(NOON)
        self.token = ""

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.casino.heal()
            self._pass(timedelta(hours=26))
            self._no_stake_is_lost()
            self.client.drop()

    @step(player=players, stake=amounts)
    def bet(self, player: str, stake: Decimal) -> None:
        self._ask([Order(player, self._new_bet(), BET, stake)])

    @step(player=players, stake=amounts, fault=st.one_of(BEFORE, AFTER))
    def bet_without_an_answer(self, player: str, stake: Decimal, fault: Fault) -> None:
        self.casino.faults.appendleft(fault)
        self._ask([Order(player, self._new_bet(), BET, stake)])

    @precondition(lambda self: self.bets)
    @step(data=st.data(), kind=st.sampled_from([PAYOUT, JACKPOT, RETURN, PAYOUT_RETURN]), amount=amounts)
    def payment(self, data: st.DataObject, kind: int, amount: Decimal) -> None:
        asked = self._any(data, lambda one: one.order.type == BET)
        same = kind in (RETURN, PAYOUT_RETURN)
        self._ask([Order(asked.order.player, asked.order.bet, kind, asked.order.amount if same else amount)])

    @precondition(lambda self: self._known())
    @step(data=st.data(), closed=st.booleans())
    def close(self, data: st.DataObject, closed: bool) -> None:
        """A bet that is closed before its outcome is known can't be returned any more."""
        bet = data.draw(st.sampled_from(self._known()), label="bet")
        self.client.drive("close", bet_id=bet, closed=closed)
        self._heard(lambda arrivals: self.model.close(bet, closed, arrivals))

    @step(player=players, stake=amounts, won=amounts)
    def a_list(self, player: str, stake: Decimal, won: Decimal) -> None:
        first, second = self._new_bet(), self._new_bet()
        self._ask(
            [
                Order(player, first, BET, stake),
                Order("ann", second, JACKPOT, won),
                Order("ann", second, BET, stake),
            ]
        )

    @precondition(lambda self: self.model.asked)
    @step(
        data=st.data(), code=st.sampled_from([200, 200, 200, DUPLICATE_ACCEPT, REPEATED, 102145, 103799, 777])
    )
    def accept(self, data: st.DataObject, code: int) -> None:
        self._accept(self._any(data, lambda one: one.outcome is None and not one.overdue), code)

    @precondition(lambda self: self.model.asked)
    @step(data=st.data())
    def accept_twice(self, data: st.DataObject) -> None:
        asked = self._any(data, lambda one: one.outcome is None)
        self._accept(asked, 200)
        self._accept(asked, 200)

    @step(
        player=players, stake=amounts, fault=st.one_of(BEFORE, AFTER), seconds=st.sampled_from([29, 30, 31])
    )
    def accept_about_the_end_of_its_time(
        self, player: str, stake: Decimal, fault: Fault, seconds: int
    ) -> None:
        self.casino.faults.appendleft(fault)
        self._ask([Order(player, self._new_bet(), BET, stake)])
        self._pass(timedelta(seconds=seconds))
        asked = next(one for one in reversed(self.model.asked) if one.order.type == BET)
        self._accept(asked, 200)

    @step(bet=st.integers(900, 901))
    def accept_of_what_was_not_asked_for(self, bet: int) -> None:
        self._accept(Asked(Order("ann", bet, BET, Decimal(1)), self.model.now, listed=False), 200)

    @step(faults=st.lists(st.one_of(BEFORE, AFTER), min_size=1, max_size=3))
    def next_calls_fail(self, faults: list[Fault]) -> None:
        self.casino.faults.extend(faults)

    @precondition(lambda self: self.casino.down is None)
    @step(fault=st.one_of(BEFORE, AFTER))
    def casino_goes_down(self, fault: Fault) -> None:
        self.casino.down = fault

    @precondition(lambda self: self.casino.down or self.casino.faults)
    @step()
    def casino_comes_back(self) -> None:
        self.casino.heal()

    @step(overlap=st.sampled_from([0, 60]))
    def rotate_the_key(self, overlap: int) -> None:
        self.client.drive("keys", overlap_seconds=overlap)

    @step(seconds=st.sampled_from([1, 15, 31, 70, 400, 4000]))
    def time_passes(self, seconds: int) -> None:
        self._pass(timedelta(seconds=seconds))

    @invariant()
    def what_was_asked_for_stands_as_it_should(self) -> None:
        rows = self.client.transactions()
        got = [(int(row["BetId"]), row["TransactionType"], row["state"], row["ErrorCode"]) for row in rows]
        assert got == [one.shown for one in self.model.asked]

    @invariant()
    def calls_stand_as_they_should(self) -> None:
        got = [(call["state"], len(call["tries"]), call["next"]) for call in self.client.outbox()]
        assert got == [
            (call.state, call.tries, call.next and f"{call.next:%Y-%m-%dT%H:%M:%S.%fZ}")
            for call in self.model.calls
        ]

    def _new_bet(self) -> int:
        self.bets += 1
        return self.bets

    def _ask(self, orders: list[Order]) -> None:
        payments = [
            {"bet_id": one.bet, "player": one.player, "type": one.type, "amount": f"{one.amount:f}"}
            for one in orders
        ]
        if len(orders) > 1:
            self.client.drive("payments", payments=payments)
        else:
            self.client.drive("payment", **payments[0])
        self._heard(lambda arrivals: self.model.ask(orders, arrivals))

    def _accept(self, asked: Asked, code: int) -> None:
        order = asked.order
        booked = code in (200, REPEATED, DUPLICATE_ACCEPT)
        id = self.casino.ids.get((order.bet, order.type), "tx-unknown") if booked else None
        document = {"BetId": order.bet, "TransactionType": order.type, "ErrorCode": code, "Message": "told"}
        if id is not None:
            document["PartnerTransactionId"] = id
        said = self.world.vendor.post("/payments/accept", json=document, headers=self._access()).json()
        expected: list[int] = []
        self._heard(
            lambda arrivals: expected.append(self.model.accept(order.bet, order.type, code, id, arrivals))
        )
        assert [said["ErrorCode"]] == expected
        SAID[said["ErrorCode"]] += 1

    def _access(self) -> dict[str, str]:
        number = int(self.client.name.removeprefix("PartnerClient-"))
        credentials = {"PartnerClientId": number, "Secret": self.client.secret}
        token = self.world.vendor.post("/auth/token", json=credentials).json()["access_token"]
        return {"authorization": f"Bearer {token}"}

    def _pass(self, by: timedelta) -> None:
        """From one moment at which something happens to the next, so that it has happened in between."""
        until = self.model.now + by
        while (moment := self.model.next_moment()) is not None and moment <= until:
            self._pass_to(moment)
        self._pass_to(until)

    def _pass_to(self, moment: datetime) -> None:
        """What happens together may come in any order; it must not matter which of it fails."""
        if self.model.due_at(moment) > 1:
            self.casino.faults.clear()
        assert self.client.clock.set(moment)["complete"]
        self._heard(lambda arrivals: self.model.pass_to(moment, arrivals))

    def _heard(self, follows: Callable[[deque[Arrival]], object]) -> None:
        """What came to the casino is what follows, and nothing else."""
        self.client.wait_for_outbox(DEADLINE_SECONDS)
        arrivals = deque(self.casino.take())
        follows(arrivals)
        assert not arrivals

    def _known(self) -> list[int]:
        """Bets whose outcome is known."""
        return [one.order.bet for one in self.model.asked if one.order.type == BET and one.outcome]

    def _any(self, data: st.DataObject, fits: Callable[[Asked], bool]) -> Asked:
        """Mostly one that fits."""
        every = self.model.asked
        fitting = [number for number, one in enumerate(every) if fits(one)]
        numbers = fitting if fitting and data.draw(st.integers(0, 3), label="fits") else range(len(every))
        return every[data.draw(st.sampled_from(numbers), label="number of what was asked for")]

    def _no_stake_is_lost(self) -> None:
        """Of a bet that was given up the casino has nothing, once all calls have come to their end, unless
        an accept lied about its return."""
        if any(call.state in ("held", "repeated") for call in self.model.calls):
            return
        lied = {one.order.bet for one in self.model.asked if one.by_accept and one.order.type == RETURN}
        for one in self.model.asked:
            page = self.casino.books.pages.get((one.order.player, one.order.bet))
            if one.overdue and page is not None and one.order.bet not in lied:
                assert not any(standing.type == BET for standing in page.standing)


@pytest.fixture
def world() -> Iterator[World]:
    with (
        sandbox() as addresses,
        Sandbox(addresses.admin_url) as plane,
        httpx.Client(base_url=addresses.base_url + BASE, trust_env=False, timeout=30) as vendor,
        faulty_casino(f"{addresses.base_url}{BASE}/auth/jwks") as casino,
    ):
        yield World(plane, vendor, casino)


def test_every_transaction_gets_its_outcome_whatever_the_casino_does(world: World) -> None:
    STEPS.walk(partial(AcceptMachine, world), seeds=SEEDS, most_steps=MOST_STEPS)

    assert STEPS.total() >= LEAST_STEPS
    assert STEPS.never() == []
    assert SAID.keys() == {TAKEN, ANOTHER_OUTCOME, TOO_LATE, UNKNOWN_BET}
