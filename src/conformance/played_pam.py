"""The kit as an operator's platform (PAM): it answers Betstack's calls as it is told, and records them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.callback_sink import Received, Reply, Role
from conformance.oracle.betstack import INSUFFICIENT_FUNDS, PLAYER_BLOCKED, UNKNOWN_PLAYER
from conformance.target import BetstackTarget

PAM_PATH: Final = "/pam"

ELSEWHERE: Final = f"{PAM_PATH}/elsewhere"
"""Where a redirect leads that must not be followed."""

BALANCE: Final = 1_000_000_000
"""Cents that every player is said to have, but the poor one."""

LONGEST_HOLD: Final = 60.0
"""Seconds after which a held call is let go in any case."""

DROPPED: Final = Reply(None)
"""The connection is closed without an answer."""


def answered(status: int, body: object = None, **headers: str) -> Reply:
    """A reply with a JSON body, an empty object unless one is given."""
    return Reply(status, json.dumps({} if body is None else body).encode(), headers)


def refused(code: int, message: str = "refused by the conformance kit", *, status: int = 400) -> Reply:
    """A refusal as the platform's pages print it."""
    return answered(status, {"code": code, "message": message})


@dataclass(frozen=True, slots=True)
class Player:
    """Whom a token stands for."""

    id: str
    operator: str
    currency: str
    refusal: Reply | None = None
    """What answers a ticket of this player; ``None``: it is booked."""
    refused_actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PamCall:
    """One call of the target."""

    received: Received
    action: str
    data: Mapping[str, Any]
    """Empty where the body has none."""
    members: tuple[str, ...]
    """Names of the body's members, in their order."""

    @property
    def ticket(self) -> str | None:
        """Id of the ticket that the call is about."""
        value = self.data.get("ticket_id")
        return value if isinstance(value, str) else None

    def describe(self) -> str:
        """The call on one line."""
        return f"{self.action} {json.dumps(dict(self.data), ensure_ascii=False)}"[:300]


def read_call(received: Received) -> PamCall:
    """The call that was received; without action and data where its body has none."""
    body = received.document()
    action, data = body.get("action"), body.get("data")
    return PamCall(
        received,
        action if isinstance(action, str) else "",
        data if isinstance(data, dict) else {},
        tuple(body),
    )


def players(target: BetstackTarget, run_id: str) -> dict[str, Player]:
    """The players of the target file's operators by token, with ids that no other run gives."""
    found: dict[str, Player] = {}

    def add(token: str | None, operator: str, currency: str, **more: Any) -> None:
        if token is not None and token not in found:
            found[token] = Player(f"{run_id}-{len(found) + 1}", operator, currency, **more)

    for operator in target.operators():
        add(operator.token, operator.name, operator.currency)
    first = target.operator
    blocked = {"refusal": refused(PLAYER_BLOCKED), "refused_actions": ("ticket_create", "ticket_reserve")}
    add(target.blocked_token, first.name, first.currency, **blocked)
    add(
        target.poor_token,
        first.name,
        first.currency,
        refusal=refused(INSUFFICIENT_FUNDS),
        refused_actions=("ticket_create",),
    )
    return found


@dataclass(slots=True)
class PlayedPam:
    """The platform. Called by the listener, in a thread of each connection."""

    players: Mapping[str, Player]
    url: str = ""
    """Where the target has to call it; set once the kit listens."""
    _calls: list[PamCall] = field(default_factory=list)
    _told: dict[str, Reply] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _released: dict[str, Reply] = field(default_factory=dict)
    _strays: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, received: Received) -> Reply:
        """Record the call and answer it."""
        call = read_call(received)
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()
            if call.action in self._held:
                self._changed.wait_for(lambda: call.action not in self._held, LONGEST_HOLD)
                return self._released.get(call.action, DROPPED)
            if call.action in self._told:
                return self._told[call.action]
        return self._as_usual(call)

    def watch(self) -> Watch:
        """What arrives from now on."""
        with self._changed:
            return Watch(self, len(self._calls))

    def since(self, start: int) -> list[PamCall]:
        """The calls after the first ``start`` ones, in the order of their arrival."""
        with self._changed:
            return self._calls[start:]

    def await_call(self, start: int, action: str, ticket: str | None, seconds: float) -> PamCall | None:
        """The first call with this action, and about this ticket if one is given; ``None`` if none came."""

        def find() -> PamCall | None:
            return next(
                (
                    call
                    for call in self._calls[start:]
                    if call.action == action and (ticket is None or call.ticket == ticket)
                ),
                None,
            )

        with self._changed:
            return self._changed.wait_for(find, seconds) or None

    @contextmanager
    def answering(self, action: str, reply: Reply) -> Iterator[None]:
        """Inside the block the action gets this reply."""
        self._told[action] = reply
        try:
            yield
        finally:
            del self._told[action]

    @contextmanager
    def holding(self, *actions: str) -> Iterator[None]:
        """Inside the block the actions get no answer; at its end their connections are closed."""
        with self._changed:
            self._held.update(actions)
            self._released.clear()
        try:
            yield
        finally:
            with self._changed:
                self._held.difference_update(actions)
                self._changed.notify_all()

    def release(self, action: str, reply: Reply) -> None:
        """Let the held action go with this reply."""
        with self._changed:
            self._released[action] = reply
            self._held.discard(action)
            self._changed.notify_all()

    def roles(self) -> dict[str, Role]:
        """What answers below the platform's path: the platform, and a place where nobody is to come."""
        return {PAM_PATH: self, ELSEWHERE: self._stray}

    def strays(self) -> list[str]:
        """The requests that came to where a redirect led."""
        return list(self._strays)

    def _stray(self, received: Received) -> Reply:
        self._strays.append(f"{received.method} {received.path}")
        return Reply()

    def player(self, token: str) -> Player | None:
        """Whom the token stands for."""
        return self.players.get(token)

    def _as_usual(self, call: PamCall) -> Reply:
        if call.action == "identify":
            player = self.players.get(str(call.data.get("token")))
            if player is None or player.operator != call.data.get("operator"):
                return refused(UNKNOWN_PLAYER, "User not found")
            return answered(
                200,
                {
                    "player_id": player.id,
                    "lang": "en",
                    "balance": BALANCE,
                    "currency": player.currency,
                    "feature_flags": {},
                },
            )
        about = next((one for one in self.players.values() if one.id == call.data.get("player_id")), None)
        if about is not None and about.refusal is not None and call.action in about.refused_actions:
            return about.refusal
        return answered(200)


@dataclass(frozen=True, slots=True)
class Watch:
    """What arrived at the platform since a case began."""

    pam: PlayedPam
    start: int

    def calls(self, *actions: str, ticket: str | None = None) -> Sequence[PamCall]:
        """The calls so far with one of these actions, about this ticket; any where none is given."""
        return [
            call
            for call in self.pam.since(self.start)
            if (not actions or call.action in actions) and (ticket is None or call.ticket == ticket)
        ]

    def await_call(self, action: str, *, ticket: str | None = None, seconds: float) -> PamCall | None:
        """The first such call; ``None`` if none has come after ``seconds``."""
        return self.pam.await_call(self.start, action, ticket, seconds)

    def afresh(self) -> Watch:
        """What arrives from now on."""
        return self.pam.watch()
