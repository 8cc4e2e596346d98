"""The calls between BETCORE and a provider, in both directions: BETCORE lists the games and launches, the
built-in provider reads balances and books bets (sources: betcore/games, betcore/launch,
betcore/bet-life-cycle)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from mockserver.betcore.provider.actions import FINAL_CODES, Action, code_in
from mockserver.betcore.sessions.model import Provider
from mockserver.kernel.courier import CannotCall
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.faults.forgery import NOT_FORGED, TIMESTAMPED, Forged, seconds_old, spoilt
from mockserver.kernel.json_codec import JsonInvalid, parse
from mockserver.kernel.outbox import Failure, OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest
from mockserver.kernel.signing import digest, x_sign_text

_REQUEST_ID_DIGITS = 32
_REGISTERED_BEFORE = 104
_REGISTRATIONS = frozenset({Action.PAY_IN, Action.PAY_IN_OUT})
_OUTCOMES = frozenset({Action.PAY_OUT, Action.REFUND})

_WHILE_A_PLAYER_WAITS = Schedule(Deadlines(connect=5, read=5, total=5))
_ONE_TRY = Schedule(Deadlines(connect=5, read=10, total=10))


@dataclass(frozen=True, slots=True)
class _Line:
    """How something is called: the surface, the method, the path with the places of a session and its game,
    how long a try may take, and what an answer lacks that acknowledges nothing."""

    surface: str
    method: str
    path: str
    schedule: Schedule
    lacks: Callable[[Any], str | None]


def _lacks_games(document: Any) -> str | None:
    if not isinstance(document, list):
        return "the answer is no JSON array"
    for place, game in enumerate(document):
        name = game.get("gameId") if isinstance(game, dict) else None
        if isinstance(name, bool) or not name:
            return f"[{place}]: has no gameId"
    return None


def _lacks_frame(document: Any) -> str | None:
    uri = document.get("frameUri") if isinstance(document, dict) else None
    return None if isinstance(uri, str) and uri else "the answer has no frameUri"


def _lacks_success(document: Any) -> str | None:
    code = document.get("_responseCode") if isinstance(document, dict) else None
    return None if code == 1 and code is not True else "the answer has no _responseCode 1"


_LINES: Mapping[str, _Line] = MappingProxyType(
    {
        Action.LIST_GAMES: _Line("betcore.provider", "GET", "/games", _ONE_TRY, _lacks_games),
        Action.LAUNCH_GAME: _Line(
            "betcore.provider", "POST", "/games/{game}/launch", _WHILE_A_PLAYER_WAITS, _lacks_frame
        ),
        Action.GET_BALANCE: _Line(
            "betcore.sessions", "GET", "/sessions/{session}/balance", _WHILE_A_PLAYER_WAITS, _lacks_success
        ),
        Action.PAY_IN: _Line(
            "betcore.sessions",
            "POST",
            "/sessions/{session}/bets/pay-in",
            _WHILE_A_PLAYER_WAITS,
            _lacks_success,
        ),
        Action.PAY_OUT: _Line(
            "betcore.sessions", "POST", "/sessions/{session}/bets/pay-out", _ONE_TRY, _lacks_success
        ),
        Action.PAY_IN_OUT: _Line(
            "betcore.sessions",
            "POST",
            "/sessions/{session}/bets/pay-in-out",
            _WHILE_A_PLAYER_WAITS,
            _lacks_success,
        ),
        Action.REFUND: _Line(
            "betcore.sessions", "POST", "/sessions/{session}/bets/refund", _ONE_TRY, _lacks_success
        ),
    }
)
SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {str(action): line.schedule for action, line in _LINES.items()}  # BC-ASM-122, BC-ASM-124
)

_VERSION = "/v1"  # a part of the printed paths


class ProviderCaller:
    """Makes BETCORE's calls to a provider, and those of the built-in provider to BETCORE.

    :param own_url: where the built-in parties are
    :param betcore_url: where the built-in provider finds a BETCORE besides this sandbox's
    :param wall_clock: the time that parties outside are shown
    :param ended: told when a call was acknowledged, refused, parked or dropped
    """

    schedules: Mapping[str, Schedule] = SCHEDULES
    operations: Mapping[str, str] = MappingProxyType({str(action): str(action) for action in _LINES})
    amounts: Collection[str] = frozenset({"betAmount", "winAmount"})
    forgeries: Mapping[str, Collection[str]] = MappingProxyType({str(name): TIMESTAMPED for name in _LINES})

    def __init__(
        self,
        own_url: str,
        betcore_url: str | None,
        wall_clock: Clock,
        ended: Callable[[Provider, OutgoingCall], None],
    ) -> None:
        self._own_url = own_url
        self._betcore_url = betcore_url
        self._wall_clock = wall_clock
        self._ended = ended

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """Actions are named as the contracts name operations."""
        return _LINES[call.action].surface, call.action

    async def prepare(
        self, tenant: Provider, call: OutgoingCall, forged: Forged = NOT_FORGED
    ) -> OutgoingRequest:
        """Sign the call for this moment, with a request id of its own. The built-in parties have the
        tenant's time.

        :raises CannotCall: the session or round that it is about is gone
        """
        line = _LINES[call.action]
        outside = tenant.settings["provider_url"] if _is_betcores(line) else self._betcore(tenant, call)
        clock = self._wall_clock if outside else tenant.clock
        seconds = clock.now().timestamp() - seconds_old(forged)
        timestamp = str(int(seconds * 1000))
        request_id = tenant.ids.hex(_REQUEST_ID_DIGITS)
        text = x_sign_text(call.document, tenant.name, timestamp, request_id)
        identity = (
            ("x-counterparty-id", tenant.name),
            ("x-timestamp", timestamp),
            ("x-request-id", request_id),
            ("x-sign", spoilt(digest(tenant.secret.current, text), forged)),
        )
        return OutgoingRequest(
            (outside or self._own_url) + _VERSION + _path(line, tenant, call),
            ((("content-type", "application/json"),) if call.document else ()) + identity,
            call.document,
            canonical=text,
            internal=outside is None,
            method=line.method,
        )

    def _betcore(self, provider: Provider, call: OutgoingCall) -> str | None:
        """The BETCORE whose session it is; ``None`` for that in this sandbox."""
        return None if provider.books.session(_session_of(provider, call)) else self._betcore_url

    def failure_in(self, tenant: Provider, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Only HTTP 200 with what the call asks for acknowledges. That a bet is registered already says, to
        a repeat, that the try before got through (BC-ASM-078). A code from 2 to 8 is an answer for good,
        unless an outcome is told, which must arrive in the end (BC-ASM-122)."""
        code = code_in(answer)
        if code == _REGISTERED_BEFORE and call.tries and call.action in _REGISTRATIONS:
            return None
        hints = [value for name, value in answer.headers if name.lower() == REASON_HEADER]
        if code not in (None, 1):
            final = code in FINAL_CODES and call.action not in _OUTCOMES
            return Failure("; ".join([f"_responseCode {code}", *hints]), final)
        if answer.status != 200:
            return Failure("; ".join([f"HTTP status {answer.status}; only 200 acknowledges", *hints]))
        try:
            document = parse(answer.body)
        except JsonInvalid as error:
            return Failure(f"the answer can't be read: {error}")
        lacks = _LINES[call.action].lacks(document)
        return None if lacks is None else Failure(lacks)

    def settled(self, tenant: Provider, call: OutgoingCall) -> bool:
        """Only an answer settles a call."""
        return False

    def ended(self, tenant: Provider, call: OutgoingCall) -> None:
        """Pass it on."""
        self._ended(tenant, call)


def _is_betcores(line: _Line) -> bool:
    """Whether it is BETCORE that calls."""
    return line.surface == "betcore.provider"


def _path(line: _Line, provider: Provider, call: OutgoingCall) -> str:
    """A launch and a balance are about a session, other calls about the bet of a round."""
    if "{" not in line.path:
        return line.path
    subject = call.subject or ""
    if call.action == Action.LAUNCH_GAME:
        session = provider.books.session(subject)
        if session is None:
            raise CannotCall(f"session `{subject}` is gone")
        return line.path.format(game=quote(session.game_id, safe=""))
    return line.path.format(session=quote(_session_of(provider, call), safe=""))


def _session_of(provider: Provider, call: OutgoingCall) -> str:
    """The session that a call of the built-in provider is about.

    :raises CannotCall: the round that it is about is gone
    """
    subject = call.subject or ""
    if call.action == Action.GET_BALANCE:
        return subject
    played = provider.studio.rounds.get(subject)
    if played is None:
        raise CannotCall(f"the round of bet `{subject}` is gone")
    return played.session_id
