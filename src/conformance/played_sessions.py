"""The kit as BETCORE's sessions: an honest wallet that answers a game provider, or as it is told to."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from conformance.callback_sink import Received, Reply, Role
from conformance.code_answer import number
from conformance.counterparty import COUNTERPARTY, REQUEST_ID, SIGN, TIMESTAMP
from conformance.oracle import sessions as oracle
from conformance.oracle.sessions import Life, State
from conformance.signing import x_sign, x_sign_text

SESSIONS_PATH: Final = "/v1/sessions/"

OPENING: Final = Decimal("750.5")
"""What the player of every session has at first."""

PATHS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", "balance"): oracle.GET_BALANCE,
    ("POST", "bets/pay-in"): oracle.PAY_IN,
    ("POST", "bets/pay-out"): oracle.PAY_OUT,
    ("POST", "bets/pay-in-out"): oracle.PAY_IN_OUT,
    ("POST", "bets/refund"): oracle.REFUND,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a call gets instead of the honest answer."""

    code: int | None
    """``None``: the connection is closed without an answer."""
    booked: bool = False
    """Whether the wallet does what it was asked for all the same."""
    body: bytes | None = None
    """Sent instead of the body that goes with the code."""


NO_ANSWER: Final = Told(None)


@dataclass(frozen=True, slots=True)
class SessionCall:
    """One call of the provider, with what it got."""

    received: Received
    operation: str
    """Empty where it is none."""
    session: str
    """Of the path."""
    data: Mapping[str, Any]
    """Fractions are decimals; empty where the body is no object."""
    code: int | None
    """``_responseCode`` that it got; ``None`` for no answer."""

    @property
    def bet(self) -> str:
        """Id of the bet that the call is about; empty where the body has none."""
        value = self.data.get("betId")
        return value if isinstance(value, str) else ""

    def describe(self) -> str:
        """The call on one line, without the session."""
        told = {name: self.data[name] for name in ("betId", "betAmount", "winAmount") if name in self.data}
        got = "no answer" if self.code is None else f"_responseCode {self.code}"
        return f"{self.operation or self.received.method} {json.dumps(told, default=str)} -> {got}"[:300]


@dataclass(slots=True)
class PlayedSessions:
    """The wallet. Called by the listener, in a thread of each connection."""

    counterparty_id: str
    secret: str
    url: str = ""
    """Where the provider has to call it; set once the kit listens."""
    _known: set[str] = field(default_factory=set)
    _bets: dict[str, Life] = field(default_factory=dict)
    _calls: list[SessionCall] = field(default_factory=list)
    _told: dict[str, deque[Told]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, received: Received) -> Reply:
        """Answer the call, and record it with its answer."""
        session, _, tail = received.path.removeprefix(SESSIONS_PATH).partition("/")
        operation = PATHS.get((received.method, tail), "")
        data = _object(received.body)
        with self._changed:
            told = self._told[operation].popleft() if self._told.get(operation) else None
            code = self._answer(received, operation, session, data, told)
            self._calls.append(SessionCall(received, operation, session, data, code))
            self._changed.notify_all()
            if code is None:
                return Reply(None)
            status = {oracle.ACCESS_DENIED: oracle.DENIED_STATUS}.get(code, 200)
            body = told.body if told is not None else None
            return Reply(status if operation else 404, self._body(operation, code) if body is None else body)

    def roles(self) -> dict[str, Role]:
        """What answers at the paths of sessions."""
        return {SESSIONS_PATH: self}

    def know(self, session: str) -> None:
        """From now on the session is one that BETCORE has launched."""
        with self._changed:
            self._known.add(session)

    def watch(self) -> SessionWatch:
        """What arrives from now on."""
        with self._changed:
            return SessionWatch(self, len(self._calls))

    def since(self, start: int) -> Sequence[SessionCall]:
        """The calls after the first ``start`` ones, in the order of their arrival."""
        with self._changed:
            return self._calls[start:]

    def life(self, bet: str) -> Life | None:
        """What the wallet holds of a bet."""
        with self._changed:
            return self._bets.get(bet)

    def wait(self, start: int, count: int, seconds: float, *operations: str) -> bool:
        """Whether so many calls of these operations have come since ``start`` when ``seconds`` are over."""

        def enough() -> bool:
            return sum(call.operation in operations for call in self._calls[start:]) >= count

        with self._changed:
            return self._changed.wait_for(enough, seconds)

    @contextmanager
    def answering(self, told: Mapping[str, Sequence[Told]]) -> Iterator[None]:
        """Inside the block the next calls of each operation get these answers, then honest ones again."""
        with self._changed:
            self._told = {operation: deque(answers) for operation, answers in told.items()}
        try:
            yield
        finally:
            with self._changed:
                self._told = {}

    # -- the wallet ---------------------------------------------------------------------------------

    def _answer(
        self, received: Received, operation: str, session: str, data: Mapping[str, Any], told: Told | None
    ) -> int | None:
        if not operation:
            return oracle.INVALID_REQUEST
        if told is not None:
            if told.booked:
                self._book(operation, data)
            return told.code
        if not self._signed(received):
            return oracle.ACCESS_DENIED
        if session not in self._known:
            return oracle.UNKNOWN_SESSION
        if operation == oracle.GET_BALANCE:
            return oracle.SUCCESS
        return self._book(operation, data)

    def _signed(self, received: Received) -> bool:
        counterparty, timestamp, request_id = (
            received.header(name) or "" for name in (COUNTERPARTY, TIMESTAMP, REQUEST_ID)
        )
        text = x_sign_text(counterparty, timestamp, request_id, received.body)
        return counterparty == self.counterparty_id and received.header(SIGN) == x_sign(self.secret, text)

    def _book(self, operation: str, data: Mapping[str, Any]) -> int:
        bet = data.get("betId")
        amounts = {name: amount(data.get(name)) for name in ("betAmount", "winAmount")}
        needed = set(oracle.FIELDS[operation]) & set(amounts)
        if not isinstance(bet, str) or not bet or any(amounts[name] is None for name in needed):
            return oracle.INVALID_REQUEST
        life = self._bets.get(bet, Life(Decimal(0), Decimal(0)))
        stake, win = amounts["betAmount"], amounts["winAmount"]
        if operation in oracle.REGISTERING and life.state is State.UNKNOWN:
            life = replace(life, stake=stake or Decimal(0))
            if life.stake > self._balance():
                return oracle.INSUFFICIENT_FUNDS
        if win is not None and life.state in (State.UNKNOWN, State.OPEN):
            life = replace(life, win=win)
        changed = (operation in oracle.REGISTERING and stake != life.stake) or (
            win is not None and life.state in (State.PAID_OUT, State.AT_ONCE) and win != life.win
        )
        wanted = oracle.expected(life, operation)
        if changed and wanted.code in (oracle.SUCCESS, oracle.REGISTERED):
            return oracle.INVALID_REQUEST
        if wanted.code == oracle.SUCCESS:
            self._bets[bet] = wanted.life
        return wanted.code

    def _balance(self) -> Decimal:
        return OPENING + sum((life.moved for life in self._bets.values()), Decimal(0))

    def _body(self, operation: str, code: int) -> bytes:
        if code != oracle.SUCCESS:
            return json.dumps({"_responseCode": code}).encode()
        currency = '"currency":"EUR",' if operation == oracle.GET_BALANCE else ""
        return f'{{{currency}"balance":{self._balance():f},"_responseCode":{code}}}'.encode()


@dataclass(frozen=True, slots=True)
class SessionWatch:
    """What arrived at the wallet since a case began."""

    sessions: PlayedSessions
    start: int

    def afresh(self) -> SessionWatch:
        """What arrives from now on."""
        return self.sessions.watch()

    def describe(self) -> str:
        """What arrived, on one line."""
        return "; ".join(call.describe() for call in self.calls()) or "nothing arrived"

    def calls(self, *operations: str, bet: str | None = None) -> Sequence[SessionCall]:
        """The calls so far of these operations, about this bet; any where none is given."""
        return [
            call
            for call in self.sessions.since(self.start)
            if (not operations or call.operation in operations) and (bet is None or call.bet == bet)
        ]

    def wait(self, *operations: str, count: int = 1, seconds: float) -> bool:
        """Whether so many calls of these operations have come when ``seconds`` are over."""
        return self.sessions.wait(self.start, count, seconds, *operations)


AMOUNT: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,8})?")


def amount(value: object) -> Decimal | None:
    """The amount that a member is, as decimal text or as a number; ``None`` for anything else."""
    exact = number(value)
    text = value if exact is None else f"{exact:f}"
    return Decimal(text) if isinstance(text, str) and AMOUNT.fullmatch(text) else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
