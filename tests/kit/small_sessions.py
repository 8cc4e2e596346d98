"""BETCORE's sessions in small, for the kit's own tests, which can be made wrong on purpose.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from meeting import Meeting

COUNTERPARTY = "933a215f-a9e6-4f88-9d91-52a87cd50499"
SECRET = "c2VjcmV0LW9mLXRoZS10ZXN0"
REAL = "6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11"
OTHER = "7a2d2f73-5a0b-4f0e-9f6d-0b6f6f6a7c22"
DEMO = "0b8d5f0e-3c5e-4e0e-8a53-2a9d2f6f9b52"
BLOCKED = "c2a4de1b-6a2e-4a0c-8d3e-5a6f7b8c9d01"

HEADERS = ("x-counterparty-id", "x-timestamp", "x-request-id", "x-sign")
EVENTS = {"pay-in": "payIn", "pay-out": "payOut", "pay-in-out": "payInOut", "refund": "refundBet"}
NEEDED = {
    "payIn": ("betAmount", "betId", "gameRoundId", "sessionId"),
    "payOut": ("betId", "gameRoundId", "sessionId", "winAmount"),
    "payInOut": ("betAmount", "betId", "gameRoundId", "sessionId", "winAmount"),
    "refundBet": ("betId",),
}
SHUFFLED = {2: 3, 3: 2, 4: 5, 5: 4, 6: 7, 7: 6}
LARGEST = 1024 * 1024
AMOUNT = re.compile(r"[0-9]{1,20}(\.[0-9]{1,8})?")

Reply = tuple[int, Any]


class Refused(Exception):
    """A call that is answered with a code other than 1."""

    def __init__(self, code: int, status: int = 200) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass
class Bet:
    """What is known of a bet."""

    state: str
    player: str
    method: str
    round: str
    stake: Decimal = Decimal(0)
    win: Decimal = Decimal(0)


@dataclass
class Session:
    """A session and whose purse its bets move."""

    player: str
    purse: str
    opened: float = 0


@dataclass
class SmallSessions:
    """Two players, their sessions and bets."""

    faults: frozenset[str]
    provider_url: str = ""
    now: float = 0
    """Seconds that the clock was moved on by."""
    purses: dict[str, Decimal] = field(
        default_factory=lambda: {
            "553314AA2": Decimal("750.5"),
            "553314AA3": Decimal("750.5"),
            "play": Decimal(1000),
        }
    )
    sessions: dict[str, Session] = field(
        default_factory=lambda: {
            REAL: Session("553314AA2", "553314AA2"),
            OTHER: Session("553314AA2", "553314AA2"),
            DEMO: Session("553314AA2", "play"),
            BLOCKED: Session("553314AA3", "553314AA3"),
        }
    )
    bets: dict[str, Bet] = field(default_factory=dict)
    request_ids: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    meeting: Meeting = field(default_factory=Meeting)
    refunded: dict[str, threading.Event] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        if "session_bound_purses" in self.faults:
            self.sessions[OTHER].purse = "other"
            self.purses["other"] = self.purses["553314AA2"]

    # -- the front ----------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The status and JSON body for a request."""
        if path.startswith("/hooks/"):
            return self._hook(path.removeprefix("/hooks/"), body)
        try:
            return self._call(method, path, headers, body)
        except Refused as refused:
            code = refused.code
            if "codes_of_its_own" in self.faults:
                code = SHUFFLED.get(code, code)
            status = 400 if "refusals_with_400" in self.faults and refused.status == 200 else refused.status
            return status, {"_responseCode": code}

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        parts = path.split("/")[1:]
        known = parts[:2] == ["v1", "sessions"] and (
            parts[3:] == ["balance"] or (len(parts) == 5 and parts[3] == "bets" and parts[4] in EVENTS)
        )
        if not known:
            raise Refused(2, 200 if "unknown_path_200" in self.faults else 404)
        right = "GET" if parts[3] == "balance" else "POST"
        if method != right and "any_method" not in self.faults:
            raise Refused(2, 405)
        if len(body) > LARGEST and "any_size" not in self.faults:
            raise Refused(2, 413)
        self._identify(headers, body)
        session = self._session(parts[2])
        if right == "GET":
            return 200, self._balance(session, currency=True)
        self._media_type(headers)
        event = EVENTS[parts[4]]
        if f"{event}_fails" in self.faults:
            raise Refused(99)
        before = self._shown(session)
        self._book(event, self._fields(event, body, parts[2]), session)
        answer = self._balance(session)
        if "balance_before" in self.faults:
            answer["balance"] = before
        return 200, answer

    def _identify(self, headers: dict[str, str], body: bytes) -> None:
        given = [headers.get(name, "") for name in HEADERS]
        denied = Refused(8, 200 if "denied_with_200" in self.faults else 401)
        if not all(given):
            if "headers_optional" in self.faults:
                return
            raise denied
        counterparty, timestamp, request_id, sign = given
        if "young_timestamps" in self.faults and abs(int(timestamp) / 1000 - time.time()) > 30:
            raise denied
        if request_id in self.request_ids and "request_ids_once" in self.faults:
            raise denied
        self.request_ids.add(request_id)
        if "any_signature" in self.faults:
            return
        if counterparty != COUNTERPARTY and "any_counterparty" not in self.faults:
            raise denied
        if "timestamp_unsigned" in self.faults and not body:
            return
        if sign not in self._right_signs(body, given[:3]):
            raise denied

    def _right_signs(self, body: bytes, identity: list[str]) -> set[str]:
        if "keys_sorted" in self.faults and body:
            body = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
        tails = [part.encode() for part in identity]
        texts = {
            "": b".".join([body, *tails] if body else tails),
            "body_unsigned": b".".join(tails),
            "empty_object_signed": b".".join([b"{}", *tails]),
        }
        keys = {"": SECRET.encode(), "key_decoded": base64.b64decode(SECRET)}
        forms = {
            "": lambda key, text: hmac.new(key, text, hashlib.sha256).hexdigest(),
            "base64_accepted": lambda key, text: base64.b64encode(
                hmac.new(key, text, hashlib.sha256).digest()
            ).decode(),
            "sha1_accepted": lambda key, text: hmac.new(key, text, hashlib.sha1).hexdigest(),
        }
        allowed = {"", *self.faults}
        return {
            form(key, text)
            for (one, text), (two, key), (three, form) in itertools.product(
                texts.items(), keys.items(), forms.items()
            )
            if {one, two, three} <= allowed
        }

    def _session(self, name: str) -> Session:
        if name == "demo" and "demo_by_name" in self.faults:
            name = DEMO
        if name not in self.sessions and "any_session" in self.faults:
            name = REAL
        if name not in self.sessions:
            raise Refused(3)
        session = self.sessions[name]
        if "sessions_expire" in self.faults and self.now - session.opened > 86_400:
            raise Refused(3)
        return session

    def _media_type(self, headers: dict[str, str]) -> None:
        declared = headers.get("content-type", "")
        if "charset_refused" in self.faults and ";" in declared:
            raise Refused(2, 415)
        if declared.partition(";")[0] != "application/json" and "any_media_type" not in self.faults:
            raise Refused(2, 415)

    def _balance(self, session: Session, *, currency: bool = False) -> dict[str, Any]:
        answer: dict[str, Any] = {"balance": self._shown(session), "_responseCode": 1}
        if currency and "no_currency" not in self.faults:
            answer["currency"] = "EUR"
        return answer

    def _shown(self, session: Session) -> Any:
        purse = self.purses[session.purse]
        if "balance_as_text" in self.faults:
            return str(purse)
        return float(100 * purse if "balance_in_cents" in self.faults else purse)

    # -- what a call says ---------------------------------------------------------------------------

    def _fields(self, event: str, body: bytes, path_session: str) -> dict[str, Any]:
        try:
            value = json.loads(body, parse_float=Decimal)
        except ValueError:
            raise Refused(2) from None
        if not isinstance(value, dict):
            raise Refused(2)
        if "any_case" in self.faults and "BetId" in value:
            value["betId"] = value.pop("BetId")
        if "win_odd_refused" in self.faults and "winOdd" in value:
            raise Refused(2)
        fields: dict[str, Any] = {}
        for name in NEEDED[event]:
            if name not in value and "anything_fits" in self.faults:
                value[name] = (
                    "1" if name.endswith("Amount") else value.get("betId", f"b{next(self._numbers)}")
                )
            fields[name] = self._member(name, value.get(name))
        named = fields.get("sessionId", path_session)
        if named != path_session and not self.faults & {"body_session_ignored", "anything_fits"}:
            raise Refused(2)
        if event == "refundBet" and "refund_needs_round" in self.faults and "gameRoundId" not in value:
            raise Refused(2)
        return fields

    def _member(self, name: str, value: Any) -> Any:
        if not name.endswith("Amount"):
            if isinstance(value, int) and "types_converted" in self.faults:
                return str(value)
            if not isinstance(value, str) or not value:
                raise Refused(2)
            return value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            if "text_amounts_only" in self.faults:
                raise Refused(2)
            value = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if value == "1e2" and "types_converted" in self.faults:
            return Decimal(value)
        if not isinstance(value, str) or not AMOUNT.fullmatch(value):
            raise Refused(2)
        return Decimal(value)

    # -- what a call does ---------------------------------------------------------------------------

    def _book(self, event: str, fields: dict[str, Any], session: Session) -> None:
        name = fields["betId"]
        if "bets_by_round" in self.faults:
            name = fields.get("gameRoundId", name)
        if "bets_by_player" in self.faults:
            name = f"{session.player}/{name}"
        if f"{event}_raced" in self.faults:
            state = self.bets[name].state if name in self.bets else "none"
            self.meeting.wait((event, name, state))
            with self.lock:
                self._done(event, name, fields, session, Bet(state, session.player, "", ""), raced=True)
            return
        if "ends_raced" in self.faults and event in ("payOut", "refundBet") and name in self.bets:
            seen = self.bets[name]
            if seen.state == "open":
                self.meeting.wait(name)
                with self.lock:
                    self._move(session, fields["winAmount"] if event == "payOut" else seen.stake)
                    seen.state = "paid"
                return
        if "overtaken" in self.faults and event == "payIn":
            self.refunded.setdefault(name, threading.Event()).wait(0.3)
            self.bets.pop(name, None)  # whichever came first, nobody remembers the refund
        with self.lock:
            known = self.bets.get(name) or Bet("none", session.player, "", "")
            self._done(event, name, fields, session, known)
        if event == "refundBet":
            self.refunded.setdefault(name, threading.Event()).set()

    def _done(
        self,
        event: str,
        name: str,
        fields: dict[str, Any],
        session: Session,
        known: Bet,
        *,
        raced: bool = False,
    ) -> None:
        if event in ("payIn", "payInOut"):
            self._register(event, name, fields, session, known, raced=raced)
        elif event == "payOut":
            self._pay_out(name, fields, session, known, raced=raced)
        else:
            self._refund(name, session, known, raced=raced)

    def _register(
        self, event: str, name: str, fields: dict[str, Any], session: Session, known: Bet, *, raced: bool
    ) -> None:
        stake, win = fields["betAmount"], fields.get("winAmount", Decimal(0))
        if known.state in ("refunded", "tombstone"):
            if known.state == "refunded" or "tombstone_forgotten" not in self.faults:
                if "ended_bet_accepted" in self.faults:
                    return
                raise Refused(6)
        elif known.state != "none" and not raced:
            self._registered_before(event, fields, session, known)
            return
        if session.player == "553314AA3" and "blocked_may_bet" not in self.faults:
            raise Refused(7)
        if not Decimal("0.01") <= stake <= 50_000 and "no_limits" not in self.faults:
            raise Refused(5)
        cover = self.purses[session.purse] + (win if "win_covers" in self.faults else 0)
        if "overdraft_raced" in self.faults:
            self.lock.release()
            self.meeting.wait(name)  # nobody else comes: all look at the purse before one takes
            self.lock.acquire()
        if stake > cover and "overdraft" not in self.faults:
            raise Refused(4)
        self.bets[name] = Bet(
            "open" if event == "payIn" else "at_once",
            session.player,
            event,
            fields["gameRoundId"],
            stake,
            win,
        )
        moved = -stake + win
        if event == "payIn" and "takes_nothing" in self.faults:
            moved = Decimal(0)
        if event == "payInOut" and "pays_at_once_only" in self.faults:
            moved = win
        self._move(session, moved)

    def _registered_before(self, event: str, fields: dict[str, Any], session: Session, known: Bet) -> None:
        stake, win = fields["betAmount"], fields.get("winAmount", Decimal(0))
        same = (known.method, known.round, known.player) == (event, fields["gameRoundId"], session.player)
        same = same and known.stake == stake and (event == "payIn" or known.win == win)
        if not same and "changes_booked" in self.faults:
            self._move(session, known.stake - stake + (win - known.win if event == "payInOut" else 0))
            raise Refused(104)
        if same and "booked_again" in self.faults:
            self._move(session, win - stake)
        elif not (same and "repeat_success" in self.faults):
            raise Refused(104 if same or "changes_ignored" in self.faults else 2)

    def _not_open(self, win: Decimal, session: Session, known: Bet) -> None:
        """An outcome of a bet that has none to come."""
        pays = {"none": "unknown_bet_paid", "at_once": "paid_after_at_once"}
        accepts = {"none": "unknown_bet_accepted"}
        if pays.get(known.state) in self.faults:
            self._move(session, win)
        elif accepts.get(known.state, "ended_bet_accepted") not in self.faults:
            raise Refused(6)

    def _pay_out(
        self, name: str, fields: dict[str, Any], session: Session, known: Bet, *, raced: bool
    ) -> None:
        win = fields["winAmount"]
        if known.state == "paid" and not raced:
            if "paid_again" in self.faults:
                self._move(session, win)
            elif known.win != win and "changes_ignored" not in self.faults:
                raise Refused(2)
            elif "repeats_refused" in self.faults:
                raise Refused(6)
            return
        if known.state != "open" and not raced:
            self._not_open(win, session, known)
            return
        if "sessions_of_bets" in self.faults and session is self.sessions[OTHER]:
            raise Refused(6)
        if "loss_refused" in self.faults and not win:
            raise Refused(2)
        bet = self.bets[name]
        bet.state, bet.win = "paid", win
        if "loss_gives_back" in self.faults and not win:
            win = bet.stake
        if "win_and_stake" in self.faults:
            win += bet.stake
        self._move(session, win)
        if "one_open_bet" in self.faults:
            for other in self.bets.values():
                other.state = "paid" if other.state == "open" else other.state

    def _refund(self, name: str, session: Session, known: Bet, *, raced: bool) -> None:
        if known.state == "none":
            self.bets[name] = Bet("tombstone", session.player, "", "")
            if "unknown_refund_refused" in self.faults:
                raise Refused(6)
            return
        if known.player != session.player and "refunds_for_anybody" not in self.faults:
            raise Refused(6)
        if known.state == "paid":
            if "refund_after_outcome" in self.faults:
                bet = self.bets[name]
                self._move(session, bet.stake - bet.win)
                bet.state = "refunded"
                return
            if "refund_after_outcome_pays" in self.faults:
                self._move(session, known.stake)
                return
            raise Refused(6)
        if known.state in ("refunded", "tombstone"):
            if "refunded_again" in self.faults:
                self._move(session, self.bets[name].stake)
            if "repeats_refused" in self.faults:
                raise Refused(6)
            return
        bet = self.bets[name]
        back = bet.stake - bet.win if bet.method == "payInOut" else bet.stake
        if bet.method == "payInOut" and "refund_leaves_the_win" in self.faults:
            back = bet.stake
        if self.purses[session.purse] + back < 0 and "negative_refund" not in self.faults:
            raise Refused(4)
        bet.state = "refunded"
        if "refund_keeps" not in self.faults:
            self._move(session, back)

    def _move(self, session: Session, amount: Decimal) -> None:
        purse = session.purse
        if purse == "play" and "demo_takes_money" in self.faults:
            self.purses[session.player] += amount
        if "floats" in self.faults:
            self.purses[purse] = Decimal(repr(float(self.purses[purse]) + float(amount)))
        else:
            self.purses[purse] += amount

    # -- BETCORE's own calls ------------------------------------------------------------------------

    def _hook(self, name: str, body: bytes) -> Reply:
        asked = json.loads(body)
        if name == "advance":
            self.now += asked["seconds"]
            if "bets_lapse" in self.faults:
                for bet in self.bets.values():
                    if bet.state == "open":
                        bet.state = "refunded"
                        self.purses[bet.player] += bet.stake
            return 200, {}
        if name == "games":
            body = b"{}" if "games_with_a_body" in self.faults else b""
            self._ask_provider("GET", "/v1/games", body)
            return 200, {}
        mode = asked.get("mode", "real")
        purse = "play" if mode == "demo" else asked["player"]
        session = "demo" if "demo_literal" in self.faults and mode == "demo" else asked["session"]
        if "demo_unknown" not in self.faults or mode == "real":
            self.sessions[session] = Session(asked["player"], purse, self.now)
        fields = {
            "buttonAmounts": [0.5, 1, 2],
            "currency": "EUR",
            "gameMargin": 5,
            "gameMode": "real" if "mode_ignored" in self.faults else mode,
            "language": "en",
            "maxBet": 50000,
            "maxOdd": 100,
            "maxWin": 50000,
            "minBet": 0.01,
            "sessionId": session,
            "userId": asked["player"],
            "viewType": "desktop",
        }
        if "limits_missing" in self.faults:
            del fields["minBet"]
        if "launch_shorter" in self.faults:
            del fields["viewType"]
        if "keys_unordered" in self.faults:
            fields = dict(reversed(fields.items()))
        separators = (", ", ": ") if "launch_with_spaces" in self.faults else (",", ":")
        if "launch_withheld" not in self.faults and self.provider_url:
            launch = json.dumps(fields, separators=separators).encode()
            self._ask_provider("POST", "/v1/games/101/launch", launch)
        return 200, {}

    def _ask_provider(self, method: str, path: str, body: bytes) -> None:
        stamp = f"{time.time():.0f}" if "stamps_in_seconds" in self.faults else f"{time.time() * 1000:.0f}"
        given = [COUNTERPARTY, stamp, f"r{next(self._numbers)}"]
        signed = b"" if "launch_body_unsigned" in self.faults else body
        text = b".".join([*([signed] if signed else []), *(one.encode() for one in given)])
        sign = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        if "signs_in_capitals" in self.faults:
            sign = sign.upper()
        names = list(HEADERS)
        headers = dict(zip(names, [*given, sign], strict=True))
        if "launch_unnamed" in self.faults:
            del headers["x-request-id"]
        if body:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            self.provider_url + path, data=body or None, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            response.read()
