"""Magic values: tokens, players and sessions that bring a fault with them, for those who have no control
plane at hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockserver.kernel.faults.armed import Strike, once
from mockserver.kernel.faults.catalogue import Name, Point
from mockserver.kernel.faults.spec import FaultSpec, read_spec

PREFIX = "magic-"

_IN_DOCUMENT = re.compile(rb'"(?:token|PartnerUserId|RefreshToken|sessionId)"\s*:\s*"(magic-[a-z-]{1,40})"')
_IN_TARGET = re.compile(rb"/sessions/(magic-[a-z-]{1,40})(?=[/?]|$)")
_WHILE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Magic:
    """A value, and what it brings about."""

    value: str
    help: str
    fault: Name
    point: Point | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    """Of an error: the first of these classes that the operation can refuse with."""

    def strike(self, classes: Collection[str]) -> Strike | None:
        """What it does to an operation.

        :param classes: those that the operation can refuse with
        :returns: ``None`` for an error that the operation does not have
        """
        given = dict(self.parameters)
        if self.fault is Name.ERROR:
            fitting = next((one for one in self.classes if one in classes), None)
            if fitting is None:
                return None
            given["class"] = fitting
        conditions = {} if self.point is None else {"point": self.point.value}
        spec: FaultSpec = read_spec(self.fault.value, conditions, given)
        return once(self.value, spec)


def _error(name: str, help: str, *classes: str) -> Magic:
    return Magic(PREFIX + name, help, Name.ERROR, classes=classes)


def _other(
    name: str,
    help: str,
    fault: Name,
    point: Point | None = None,
    parameters: Mapping[str, Any] = MappingProxyType({}),
) -> Magic:
    return Magic(PREFIX + name, help, fault, point, parameters)


_ROWS = (
    _error("insufficient-funds", "Refused: the player has too little money.", "insufficient_funds"),
    _error("blocked", "Refused: the player may not bet.", "player_blocked", "blocked"),
    _error("limit", "Refused: a limit is reached.", "payout_limit", "limit"),
    _error("odds-changed", "Refused: the odds have changed.", "odds_changed"),
    _error("event-started", "Refused: the event has started.", "event_started"),
    _error("currency-mismatch", "Refused: not the player's currency.", "currency_mismatch"),
    _error("closed", "Refused: the bet is closed.", "closed"),
    _error("duplicate", "Refused: it was booked before.", "duplicate"),
    _error(
        "expired-token",
        "Refused: the refresh token or the session has ended.",
        "expired_token",
        "session_ended",
    ),
    _error("outcome-unknown", "Nobody knows what has become of it.", "outcome_unknown"),
    _error("internal", "Fails inside, in the vendor's own words.", "internal"),
    _other("server-error", "HTTP 500 with a page of HTML; nothing has happened.", Name.HTTP_STATUS),
    _other("rate-limit", "HTTP 429 with Retry-After; nothing has happened.", Name.RATE_LIMIT),
    _other(
        "timeout",
        f"It happens, and the answer takes {_WHILE_MS // 1000} seconds.",
        Name.LATENCY,
        Point.AFTER_COMMIT,
        {"milliseconds": _WHILE_MS},
    ),
    Magic(f"{PREFIX}lost-request", "The connection ends; nothing happened.", Name.DROP, Point.BEFORE_COMMIT),
    _other("lost-answer", "It happens, and the connection ends.", Name.DROP, Point.AFTER_COMMIT),
    _other("half-answer", "It happens; half of the answer arrives.", Name.DROP, Point.MID_ANSWER),
    _other("broken-json", "It happens; the answer's JSON breaks off.", Name.TRUNCATE),
    Magic(
        f"{PREFIX}unknown-fields",
        "It happens; the answer has unknown fields.",
        Name.UNKNOWN_FIELDS,
    ),
    _other("slow", "It happens, and the answer is slow, but in time.", Name.SLOW, Point.AFTER_COMMIT),
)

MAGIC: Mapping[str, Magic] = {row.value: row for row in _ROWS}
"""By value."""


def magic_in(target: bytes, document: bytes) -> Iterable[Magic]:
    """The magic values that a request names, each once: as the token of a player, a player of a casino, a
    refresh token or a session.

    :param target: its path and query
    :param document: its document as it came
    """
    found = (*_IN_TARGET.findall(target), *_IN_DOCUMENT.findall(document))
    return [MAGIC[value] for value in dict.fromkeys(one.decode() for one in found) if value in MAGIC]
