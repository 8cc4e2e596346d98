"""Whatever a game provider does with its sessions, in whatever order: BETCORE answers, and every balance is
to the last digit, as the model says."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

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

from .machine import Steps
from .session_model import BAD, Bet, Reply, Session, SessionModel

BALANCES = {"ann": Decimal("750.5"), "bob": Decimal("20.00000001")}
LIFE = 600
SEEDS, MOST_STEPS = 7, 50

LEAST_STEPS = 2000

AMOUNTS = st.one_of(
    st.integers(0, 300).map(Decimal),
    st.integers(0, 30_000).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.integers(0, 10**11).map(lambda least: Decimal(least).scaleb(-8)),
)
STAKES = st.one_of(AMOUNTS, st.integers(1, 1000).map(lambda cents: Decimal(cents).scaleb(-2)))
ROUNDS = st.sampled_from(["r-1", "r-2"])
LIMITS = st.sampled_from([("0.01", "50000"), ("1", "50"), ("0", "0.5"), ("5", "5")])


@dataclass(frozen=True)
class World:
    """What one process of the sandbox gives to every run."""

    plane: Sandbox
    vendor: httpx.Client


STEPS = Steps()
step = STEPS.step
ANSWERS: Counter[int] = Counter()
"""How often each ``_responseCode`` came."""
_NUMBERS = itertools.count(1719766120806)


class SessionMachine(RuleBasedStateMachine):
    """A provider of its own for each run, beside the model of its wallet."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.as_text = True
        """Whether the next amount is text or a number."""
        self.bets_made = 0

    @initialize(lapse=st.booleans())
    def open(self, lapse: bool) -> None:
        players = [{"id": id, "currency": "EUR", "balance": str(balance)} for id, balance in BALANCES.items()]
        more = {"session_seconds": LIFE} if lapse else {}
        self.provider = self.world.plane.create_provider(players=players, **more)
        self.provider.clock.freeze("2026-03-01T12:00:00Z")
        self.model = SessionModel(dict(BALANCES), LIFE if lapse else None)
        for player, mode in (("ann", "real"), ("ann", "demo"), ("bob", "real")):
            self._launch(player, mode, ("0.01", "50000"))
        self._register("s-0", self._new_bet(), "r-1", Decimal(1))  # so that there is always one to pick

    def teardown(self) -> None:
        """In the end the control plane shows every bet as it should be, and every balance."""
        if not hasattr(self, "provider"):
            return
        bets = {one["betId"]: (one["userId"], one["state"]) for one in self.provider.bets()}
        balances = {one["sessionId"]: Decimal(one["balance"]) for one in self.provider.sessions()}
        sums = sum(map(Decimal, self.provider.ledger()["balances"].values()))
        self.provider.drop()
        assert bets == {name: (one.player, _state(one)) for name, one in self.model.bets.items()}
        assert balances == {name: self.model.balance(name) for name in self.model.sessions}
        assert sums == 0

    @step(data=st.data(), round=ROUNDS, stake=STAKES)
    def pay_in(self, data: st.DataObject, round: str, stake: Decimal) -> None:
        self._register(self._playable(data), self._new_bet(), round, stake)

    @step(data=st.data(), round=ROUNDS, stake=STAKES, win=AMOUNTS)
    def pay_in_out(self, data: st.DataObject, round: str, stake: Decimal, win: Decimal) -> None:
        self._register(self._playable(data), self._new_bet(), round, stake, win)

    @step(data=st.data(), more=AMOUNTS)
    def pay_in_around_the_balance(self, data: st.DataObject, more: Decimal) -> None:
        session = self._playable(data)
        above = data.draw(st.sampled_from([Decimal(0), Decimal("0.00000001"), more]), label="above")
        self._register(session, self._new_bet(), "r-1", self.model.balance(session) + above)

    @step(data=st.data(), win=AMOUNTS)
    def pay_out(self, data: st.DataObject, win: Decimal) -> None:
        bet = self._bet(data, lambda one: one.is_open)
        self._pay_out(self._of_player(data, bet), bet, win)

    @step(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        bet = self._bet(data, lambda one: one.is_open or (one.at_once and not one.given_back))
        self._refund(self._of_player(data, bet), bet)

    @step(data=st.data())
    def refund_twice(self, data: st.DataObject) -> None:
        bet = self._bet(data, lambda one: one.given_back)
        self._refund(self._of_player(data, bet), bet)

    @step(data=st.data(), both=st.booleans(), stake=STAKES)
    def refund_before_the_bet(self, data: st.DataObject, both: bool, stake: Decimal) -> None:
        session, bet = self._playable(data), self._new_bet()
        self._refund(session, bet)
        self._register(session, bet, "r-1", stake, Decimal(1) if both else None)

    @step(data=st.data())
    def register_again(self, data: st.DataObject) -> None:
        name = self._bet(data, lambda one: one.round is not None)
        bet = self.model.bets[name]
        session = self._of_player(data, name)
        self._register(session, name, bet.round or "r-1", bet.stake, bet.win if bet.at_once else None)

    @step(data=st.data(), win=AMOUNTS)
    def register_again_changed(self, data: st.DataObject, win: Decimal) -> None:
        name = self._bet(data, lambda one: one.round is not None)
        bet = self.model.bets[name]
        session, round, stake = self._of_player(data, name), bet.round or "r-1", bet.stake
        at_once = bet.win if bet.at_once else None
        match data.draw(st.sampled_from(["stake", "round", "way", "win", "player"]), label="what"):
            case "stake":
                stake += Decimal("0.00000001")
            case "round":
                round = "another"
            case "way":
                at_once = None if bet.at_once else win
            case "win":
                at_once = win if bet.at_once else None
            case "player":
                session = self._session(data, lambda one: one.player != bet.player)
        self._register(session, name, round, stake, at_once)

    @step(data=st.data(), other=AMOUNTS, same=st.booleans())
    def pay_out_again(self, data: st.DataObject, other: Decimal, same: bool) -> None:
        name = self._bet(data, lambda one: one.win is not None and not one.at_once)
        win = self.model.bets[name].win
        self._pay_out(self._of_player(data, name), name, win if same and win is not None else other)

    @step(data=st.data(), win=AMOUNTS, refund=st.booleans())
    def settle_in_any_session(self, data: st.DataObject, win: Decimal, refund: bool) -> None:
        session = data.draw(st.sampled_from([*self.model.sessions, "nobody"]), label="session")
        bet = self._bet(data, lambda one: one.is_open)
        if refund:
            self._refund(session, bet)
        else:
            self._pay_out(session, bet, win)

    @step(data=st.data(), win=AMOUNTS)
    def pay_out_what_nobody_knows(self, data: st.DataObject, win: Decimal) -> None:
        self._pay_out(self._playable(data), self._new_bet(), win)

    @step(stake=STAKES)
    def pay_in_to_an_unknown_session(self, stake: Decimal) -> None:
        self._register("nobody", self._new_bet(), "r-1", stake)

    @step(data=st.data(), stake=STAKES)
    def name_two_sessions(self, data: st.DataObject, stake: Decimal) -> None:
        session = self._playable(data)
        fields = {"betAmount": stake, "betId": self._new_bet(), "gameRoundId": "r-1", "sessionId": "other"}
        assert self._call(session, "pay-in", fields) == (BAD, None)

    @step(data=st.data(), stake=STAKES)
    def sign_with_another_secret(self, data: st.DataObject, stake: Decimal) -> None:
        session = self._playable(data)
        fields = {"betAmount": stake, "betId": self._new_bet(), "gameRoundId": "r-1", "sessionId": session}
        answer = self._post(session, "pay-in", fields, secret="another secret of this length")
        assert (answer.status_code, answer.json()) == (401, {"_responseCode": 8})

    @precondition(lambda self: not self.model.blocked)
    @step(player=st.sampled_from(sorted(BALANCES)))
    def block(self, player: str) -> None:
        self.provider.seed_player(player, state="blocked")
        self.model.blocked.add(player)

    @precondition(lambda self: self.model.blocked)
    @step()
    def unblock(self) -> None:
        self.provider.seed_player(self.model.blocked.pop(), state="active")

    @step(player=st.sampled_from(sorted(BALANCES)), balance=AMOUNTS)
    def put_a_balance(self, player: str, balance: Decimal) -> None:
        self.provider.seed_player(player, balance=f"{balance:f}")
        self.model.purses[player] = balance

    @precondition(lambda self: len(self.model.sessions) < 7)
    @step(
        player=st.sampled_from(sorted(BALANCES)),
        mode=st.sampled_from(["real", "demo"]),
        limits=LIMITS,
        refused=st.booleans(),
    )
    def launch(self, player: str, mode: str, limits: tuple[str, str], refused: bool) -> None:
        self._launch(player, mode, limits, game="no-such-game" if refused else "101")

    @step(data=st.data())
    def launch_again(self, data: st.DataObject) -> None:
        session = self.model.sessions[
            self._session(data, lambda one: self.model.is_over(one) and not one.dead)
        ]
        if session.dead:  # its game is one that is refused again
            return
        mode = "demo" if session.demo else "real"
        self.provider.drive("launch", player=session.player, session=session.id, mode=mode)
        self.model.launch(session)

    @precondition(lambda self: self.model.life is not None)
    @step(seconds=st.sampled_from([1, LIFE // 3, LIFE - 1, LIFE]))
    def time_passes(self, seconds: int) -> None:
        self.provider.clock.advance(seconds=seconds)
        self.model.second += seconds

    @step(data=st.data(), stake=STAKES, win=AMOUNTS)
    def play(self, data: st.DataObject, stake: Decimal, win: Decimal) -> None:
        session = self._session(data, lambda one: not one.dead)
        if self.model.sessions[session].dead:
            return
        driven = self.provider.drive("play", session=session, stake=f"{stake:f}", win=f"{win:f}")
        pay_in, *rest = driven["calls"]
        bet = pay_in["subject"]
        assert bet is not None
        taken = self.model.play(session, bet, f"round of {bet}", stake, win)
        assert [pay_in["state"], *(call["state"] for call in rest)] == (
            ["sent", "sent"] if taken else ["refused"]
        )
        if taken:
            shown = next(one for one in self.provider.bets() if one["betId"] == bet)
            self.model.bets[bet].round = shown["gameRoundId"]

    @invariant()
    def balances_are_as_they_should_be(self) -> None:
        """Read in one session of each purse; the control plane shows all of them in the end."""
        sessions = {one.purse: name for name, one in self.model.sessions.items()}
        assert {purse: self._balance(name) for purse, name in sessions.items()} == self.model.purses

    def _balance(self, session: str) -> Decimal:
        headers = _identity(self.provider.name, self.provider.secret or "", b"")
        answer = self.world.vendor.get(f"/v1/sessions/{session}/balance", headers=headers)
        document = json.loads(answer.content, parse_float=Decimal)
        assert (document["currency"], document["_responseCode"]) == ("EUR", 1)
        return Decimal(document["balance"])

    def _launch(self, player: str, mode: str, limits: tuple[str, str], game: str = "101") -> None:
        name = f"s-{len(self.model.sessions)}"
        least, most = limits
        driven = self.provider.drive(
            "launch", player=player, session=name, mode=mode, game=game, min_bet=least, max_bet=most
        )
        refused = game != "101"
        assert driven["calls"][0]["state"] == ("refused" if refused else "sent")
        self.model.launch(
            Session(name, player, mode == "demo", Decimal(least), Decimal(most), self.model.second, refused)
        )

    def _register(
        self, session: str, bet: str, round: str, stake: Decimal, win: Decimal | None = None
    ) -> None:
        fields: dict[str, Any] = {"betAmount": stake, "betId": bet, "gameRoundId": round}
        fields["sessionId"] = session
        way = "pay-in"
        if win is not None:
            fields["winAmount"] = win
            way = "pay-in-out"
        assert self._call(session, way, fields) == self.model.register(session, bet, round, stake, win)

    def _pay_out(self, session: str, bet: str, win: Decimal) -> None:
        fields = {"betId": bet, "gameRoundId": "r-1", "sessionId": session, "winAmount": win}
        assert self._call(session, "pay-out", fields) == self.model.pay_out(session, bet, win)

    def _refund(self, session: str, bet: str) -> None:
        assert self._call(session, "refund", {"betId": bet}) == self.model.refund(session, bet)

    def _call(self, session: str, way: str, fields: dict[str, Any]) -> Reply:
        answer = self._post(session, way, fields)
        assert answer.status_code == 200, answer.text
        document = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
        code = int(document["_responseCode"])
        ANSWERS[code] += 1
        return code, document.get("balance")

    def _post(
        self, session: str, way: str, fields: dict[str, Any], secret: str | None = None
    ) -> httpx.Response:
        self.as_text = not self.as_text
        body = _written(fields, as_text=self.as_text)
        headers = _identity(self.provider.name, secret or self.provider.secret or "", body)
        headers["content-type"] = "application/json"
        return self.world.vendor.post(f"/v1/sessions/{session}/bets/{way}", content=body, headers=headers)

    def _new_bet(self) -> str:
        self.bets_made += 1
        return f"b-{self.bets_made}"

    def _bet(self, data: st.DataObject, fits: Callable[[Bet], bool]) -> str:
        """Mostly one that fits, sometimes any."""
        every = list(self.model.bets)
        fitting = [name for name, bet in self.model.bets.items() if fits(bet)]
        return data.draw(_mostly(fitting, every), label="bet")

    def _session(self, data: st.DataObject, fits: Callable[[Session], bool]) -> str:
        fitting = [name for name, session in self.model.sessions.items() if fits(session)]
        return data.draw(_mostly(fitting, list(self.model.sessions)), label="session")

    def _playable(self, data: st.DataObject) -> str:
        return self._session(
            data, lambda one: not self.model.is_over(one) and one.player not in self.model.blocked
        )

    def _of_player(self, data: st.DataObject, bet: str) -> str:
        """A session, mostly of the player who has the bet."""
        known = self.model.bets.get(bet)
        return self._session(data, lambda one: known is not None and one.player == known.player)


def _state(bet: Bet) -> str:
    if bet.given_back:
        return "refunded"
    if bet.at_once:
        return "settled_at_once"
    return "acceptance" if bet.win is None else "settled"


def _written(fields: dict[str, Any], *, as_text: bool) -> bytes:
    """JSON in which amounts are text or exact numbers."""
    parts = []
    for name, value in sorted(fields.items()):
        shown = f"{value:f}" if isinstance(value, Decimal) else value
        number = isinstance(value, Decimal) and not as_text
        parts.append(f'"{name}":{shown if number else json.dumps(shown)}')
    return f"{{{','.join(parts)}}}".encode()


def _identity(counterparty: str, secret: str, body: bytes) -> dict[str, str]:
    timestamp, request_id = str(next(_NUMBERS)), f"{next(_NUMBERS):032x}"
    parts = [one.encode() for one in (counterparty, timestamp, request_id)]
    text = b".".join([body, *parts] if body else parts)
    return {
        "x-counterparty-id": counterparty,
        "x-timestamp": timestamp,
        "x-request-id": request_id,
        "x-sign": hmac.new(secret.encode(), text, hashlib.sha256).hexdigest(),
    }


def _mostly(fitting: Sequence[str], every: Sequence[str]) -> st.SearchStrategy[str]:
    """One of those for which a step is made, seven times in eight."""
    if not fitting:
        return st.sampled_from(every)
    return st.integers(0, 7).flatmap(lambda number: st.sampled_from(fitting if number else every))


@pytest.fixture
def world() -> Iterator[World]:
    with (
        sandbox() as addresses,
        Sandbox(addresses.admin_url) as plane,
        httpx.Client(base_url=addresses.base_url, trust_env=False, timeout=30) as vendor,
    ):
        yield World(plane, vendor)


def test_answers_and_balances_are_as_the_model_says_whatever_a_provider_does(world: World) -> None:
    STEPS.walk(partial(SessionMachine, world), seeds=SEEDS, most_steps=MOST_STEPS)

    assert STEPS.total() >= LEAST_STEPS
    assert STEPS.never() == []
    assert set(ANSWERS) == {1, 2, 3, 4, 5, 6, 7, 104}
