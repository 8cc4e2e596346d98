"""A game provider in small, for the kit's own tests, which can be made wrong on purpose.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPException
from typing import Any

COUNTERPARTY = "933a215f-a9e6-4f88-9d91-52a87cd50499"
SECRET = "c2VjcmV0LW9mLXRoZS10ZXN0"
HEADERS = ("x-counterparty-id", "x-timestamp", "x-request-id", "x-sign")
NEEDED = ("currency", "gameMode", "language", "maxBet", "minBet", "sessionId", "userId")
PATHS = {"payIn": "pay-in", "payOut": "pay-out", "payInOut": "pay-in-out", "refundBet": "refund"}
SHUFFLED = {2: 5, 3: 2, 5: 3}
LARGEST = 1024 * 1024

Reply = tuple[int, Any]
Fields = dict[str, Any]


class Refused(Exception):
    """A call that is answered with a code."""

    def __init__(self, code: int, status: int = 200) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass
class SmallProvider:
    """Its games, the sessions that were launched, and what of its rounds BETCORE has not acknowledged."""

    faults: frozenset[str]
    betcore_url: str = ""
    launched: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    late: list[tuple[str, str, Fields]] = field(default_factory=list)
    late_tries: list[threading.Thread] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- what BETCORE calls -------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The status and JSON body for a request."""
        if path == "/hooks/play":
            self._play(json.loads(body))
            return 200, {}
        try:
            return self._call(method, path, headers, body)
        except Refused as refused:
            code = refused.code
            if "codes_of_its_own" in self.faults:
                code = SHUFFLED.get(code, code)
            status = 200 if "denied_with_200" in self.faults and code == 8 else refused.status
            return status, {"_responseCode": code}

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        parts = path.split("/")[1:]
        listing = parts == ["v1", "games"]
        launching = len(parts) == 4 and parts[:2] == ["v1", "games"] and parts[3] == "launch"
        if not listing and not launching:
            if "list_anywhere" in self.faults:
                return 200, self._games()
            raise Refused(2, 200 if "unknown_path_200" in self.faults else 404)
        if method != ("GET" if listing else "POST") and "any_method" not in self.faults:
            raise Refused(2, 405)
        if len(body) > LARGEST and "any_size" not in self.faults:
            raise Refused(2, 413)
        self._identify(headers, body)
        if listing:
            games = self._games()
            return 200, {"games": games} if "list_wrapped" in self.faults else games
        declared = headers.get("content-type", "").partition(";")[0]
        if declared != "application/json" and "any_media_type" not in self.faults:
            raise Refused(2, 415)
        return self._launch(parts[2], body)

    def _identify(self, headers: dict[str, str], body: bytes) -> None:
        if "any_signature" in self.faults:
            return
        given = [headers.get(name, "") for name in HEADERS]
        if not all(given):
            if "headers_optional" in self.faults:
                return
            raise Refused(8, 401)
        stamp = int(given[1]) / 1000
        if "young_timestamps" in self.faults and abs(stamp - time.time()) > 30:
            raise Refused(8, 401)
        text = b".".join([*([body] if body else []), *(one.encode() for one in given[:3])])
        sign = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        if given[0] != COUNTERPARTY or (sign != given[3] and "body_unsigned" not in self.faults):
            raise Refused(8, 401)

    def _games(self) -> list[Fields]:
        games: list[Fields] = [
            {"gameId": 101, "name": "Seven Fruits", "gameCategory": "slots", "maxOdd": 500},
            {"gameId": "dice", "name": "Dice", "gameCategory": "casual", "maxOdd": 6},
            {"gameId": 205, "name": "Rocket", "gameCategory": "crash"},
        ]
        for game in games:
            game["lobbyImgUrl"] = f"https://games.example/{game['gameId']}.png"
            if "games_renamed" in self.faults:
                game["GameType"] = game.pop("gameId")
            if "images_renamed" in self.faults:
                game["imageUrl"] = game.pop("lobbyImgUrl")
            if "odds_as_text" in self.faults:
                game["maxOdd"] = "500"
            if "crash_with_odds" in self.faults:
                game["maxOdd"] = 100
        return games

    def _launch(self, game: str, body: bytes) -> Reply:
        if "launch_fails" in self.faults:
            raise Refused(2)
        fields = self._fields(body)
        if game not in ("101", "dice", "205") and "any_game" not in self.faults:
            raise Refused(2)
        if game == "dice" and "text_ids_refused" in self.faults:
            raise Refused(2)
        if fields["minBet"] > fields["maxBet"] and "limits_crossed" not in self.faults:
            raise Refused(5)
        if fields["gameMode"] == "demo" and "demo_fails" in self.faults:
            raise Refused(2)
        known = (*(fields[name] for name in ("userId", "currency", "gameMode")), game)
        before = self.launched.get(fields["sessionId"])
        if before is not None and "launched_once" in self.faults:
            raise Refused(3)
        if before not in (None, known) and "sessions_reused" not in self.faults:
            raise Refused(3)
        self.launched[fields["sessionId"]] = known
        self._tell_late(fields["userId"])
        frame = f"https://games.example/{game}"
        return 200, {"frameUri": "games.example" if "frame_without_scheme" in self.faults else frame}

    def _fields(self, body: bytes) -> Fields:
        try:
            fields = json.loads(body, parse_float=Decimal)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise Refused(2)
        if "lean_launch_refused" in self.faults and "viewType" not in fields:
            raise Refused(2)
        if "nothing_checked" in self.faults:
            return {name: 1 if name.endswith("Bet") else "x" for name in NEEDED} | fields | {"minBet": 0}
        texts = ("userId", "sessionId", "language")
        good = all(name in fields for name in NEEDED)
        good = good and all(isinstance(fields[name], str) and fields[name] for name in texts)
        good = good and fields["gameMode"] in ("real", "demo") and len(fields["currency"]) == 3
        for name in ("minBet", "maxBet"):
            value = fields.get(name)
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            good = good and ((number and value >= 0) or "limits_unchecked" in self.faults)
        if "limits_unchecked" in self.faults and good:
            fields |= {"minBet": 0, "maxBet": 1}
        if not good:
            raise Refused(2)
        return fields

    # -- what it calls ------------------------------------------------------------------------------

    def _play(self, wish: Fields) -> None:
        session = wish["session"]
        user, _, mode, game = self.launched[session]
        path = "demo" if "demo_literal" in self.faults and mode == "demo" else session
        if "silent" in self.faults:
            return
        stake, win = wish["stake"], wish.get("win", "0")
        bet = {"betId": self._new_id("same_bet_id"), "gameRoundId": str(uuid.uuid4()), "sessionId": session}
        outcome = {**bet, "winAmount": win, **({"winOdd": "2"} if win != "0" else {})}
        at_once = wish.get("way") == "pay_in_out"
        if at_once:
            registered = self._register(path, "payInOut", {"betAmount": stake, **outcome}, game)
        else:
            registered = self._register(path, "payIn", {"betAmount": stake, **bet}, game)
        if not registered and "draws_anyway" not in self.faults:
            return
        if at_once and not wish.get("cancelled") and "settles_twice" not in self.faults:
            return
        if wish.get("cancelled") and "cancelled_is_lost" not in self.faults:
            if "cancelled_is_left" not in self.faults:
                self._end(path, "refundBet", {"betId": bet["betId"]}, user)
            return
        self._end(path, "payOut", {**outcome, "betId": self._renamed(bet["betId"])}, user)
        if "refunds_too" in self.faults:
            self._end(path, "refundBet", {"betId": bet["betId"]}, user)

    def _new_id(self, fault: str) -> str:
        return "always-the-same" if fault in self.faults else str(uuid.uuid4())

    def _renamed(self, bet: str) -> str:
        return f"{bet}-outcome" if "outcome_renamed" in self.faults else bet

    def _register(self, path: str, operation: str, fields: Fields, game: str) -> bool:
        """Whether the bet is registered; it is refunded where that stays unknown."""
        crash = game == "205" and "crash_repeats" not in self.faults
        code = self._send(path, operation, fields)
        if code in (1, 104):
            return True
        final = range(2, 9) if "final_repeated" not in self.faults else range(8, 9)
        if code in final:
            if "final_refunded" in self.faults:
                self._end(path, "refundBet", {"betId": fields["betId"]}, "")
            return False
        if not crash and "never_repeats" not in self.faults:
            if "repeat_renamed" in self.faults:
                fields = {**fields, "betId": str(uuid.uuid4())}
            code = self._send(path, operation, fields, repeat=True)
            taken = (1,) if "104_is_failure" in self.faults else (1, 104)
            if code in taken:
                return True
        unknown = (None, 99, 57) if "refunds_all" in self.faults else (None, 99)
        if code in unknown and "never_refunds" not in self.faults:
            self._end(path, "refundBet", {"betId": fields["betId"]}, self.launched[fields["sessionId"]][0])
        return False

    def _end(self, path: str, operation: str, fields: Fields, user: str) -> None:
        tries = 1 if "ends_once" in self.faults else 2
        for _ in range(tries):
            if self._send(path, operation, fields) in (1, *range(2, 9)):
                return
        self.late.append((user, operation, {**fields, "path": path}))

    def _tell_late(self, user: str) -> None:
        """Sent when the launch is answered: BETCORE must know the session first."""
        mine = [one for one in self.late if one[0] == user]
        if "forgets" in self.faults or not mine:
            return
        self.late = [one for one in self.late if one not in mine]

        def send() -> None:
            for _, operation, fields in mine:
                told = {name: value for name, value in fields.items() if name != "path"}
                if "late_win_changed" in self.faults and "winAmount" in told:
                    told["winAmount"] = "3"
                self._send(fields["path"], operation, told)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        self.late_tries.append(thread)

    def _send(self, path: str, operation: str, fields: Fields, *, repeat: bool = False) -> int | None:
        if "refund_with_session" in self.faults and operation == "refundBet":
            fields = {**fields, "sessionId": path}
        if "capital_bet_id" in self.faults and "betId" in fields and not repeat:
            fields = {**fields, "BetId": fields["betId"]}
        if "round_missing" in self.faults:
            fields = {name: value for name, value in fields.items() if name != "gameRoundId"}
        if "odds_missing_body" in self.faults and repeat:
            fields = {**fields, "winOdd": "1"}
        body = json.dumps(dict(sorted(fields.items())), separators=(",", ":")).encode()
        stamp = time.time() if "stamps_in_seconds" in self.faults else time.time() * 1000
        number = 1 if "request_id_again" in self.faults else next(self._numbers)
        given = [COUNTERPARTY, f"{stamp:.0f}", f"r{number}"]
        signed = b"" if "calls_body_unsigned" in self.faults else body
        text = b".".join([*([signed] if signed else []), *(one.encode() for one in given)])
        sign = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        if "signs_in_capitals" in self.faults:
            sign = sign.upper()
        headers = dict(zip(HEADERS, [*given, sign], strict=True))
        if "calls_unnamed" in self.faults:
            headers["x-counterparty-id"] = "someone-else"
        declared = "text/plain" if "calls_as_text" in self.faults else "application/json"
        request = urllib.request.Request(
            f"{self.betcore_url}/v1/sessions/{path}/bets/{PATHS[operation]}",
            data=body,
            headers={**headers, "Content-Type": declared},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                answer = json.loads(response.read())
        except urllib.error.HTTPError as refused:
            answer = json.loads(refused.read())
        except (OSError, HTTPException, ValueError):
            return None
        code = answer.get("_responseCode")
        return code if isinstance(code, int) else None
