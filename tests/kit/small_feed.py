"""BETCORE's feed in small, for the kit's own tests: the REST methods, the live hub, and two hooks.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual. Its hours are short: a message of the stream every :data:`STREAM` seconds, a round in
half a second.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from listening import Silent, listening
from small_hub import SmallHub

Reply = tuple[int, Any]

BASE = "/partnersmediator-service/api/v2"
HUBS = ("/signalrhub-livefeed-service/hubs", "/signalrhub-integration-service/hubs")
CLIENT, SECRET = 1556, "PARTNERSECRET1556"
LIFETIME = 3600
METHODS = {
    "/auth/token": "POST",
    "/games/list": "GET",
    "/games/info": "GET",
    "/games/types/translations": "GET",
    "/jackpots/accumulated": "GET",
}
STREAM = 0.05
"""Seconds between two messages of the stream."""
KEEP_ALIVE = 0.5
BETTING, ACTION, RESULT = 0.4, 0.15, 0.15
"""Seconds of the parts of a round; the action is played in two rounds."""


class Refused(Exception):
    """The call is refused."""

    def __init__(self, status: int, code: int, **headers: str) -> None:
        super().__init__(str(code))
        self.status, self.code, self.headers = status, code, headers


@dataclass
class Game:
    """A game of a type."""

    number: int
    type: int
    state: int = 1
    play: int = 1
    round: int = 0
    last: int = 0
    bets_until: float = 0.0
    start: float = field(default_factory=time.time)


class SmallFeed:
    """One partner client, the games of two types, and the rules."""

    def __init__(self, *faults: str) -> None:
        self.faults = frozenset(faults)
        self.ahead = 0.0
        """Seconds by which the clock was moved on."""
        self.issued = 0
        self.games = {3: [Game(700_001, 3)], 1: [Game(700_002, 1)]}
        self.counters: dict[Any, int] = {}
        self.lock = threading.Lock()

    # -- tokens ---------------------------------------------------------------------------------------

    def now(self) -> float:
        """Unix time as the feed has it."""
        return time.time() + self.ahead

    def token(self) -> str:
        """A new token."""
        self.issued += 1
        claims = {"exp": self.now() + LIFETIME, "jti": self.issued, "scope": "feed"}
        if "no_scope" in self.faults:
            del claims["scope"]
        signed = f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{_segment(claims)}"
        return f"{signed}.{_signature(signed)}"

    def admit(self, token: str | None) -> str:
        """The id of a token. Raises :exc:`Refused` for one that gives no access."""
        signed, _, signature = (token or "").rpartition(".")
        if not signed or not hmac.compare_digest(signature, _signature(signed)):
            raise Refused(403 if "denied_403" in self.faults else 401, 990050)
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        if claims["exp"] <= self.now() and "tokens_never_expire" not in self.faults:
            raise Refused(401, 990050 if "expired_is_denied" in self.faults else 990051)
        return str(claims["jti"])

    # -- REST -----------------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, dict]:
        """Status, JSON and further headers for a request."""
        parts = urlsplit(target)
        if parts.path.startswith("/hooks/"):
            return *self._hook(parts.path.removeprefix("/hooks/"), json.loads(body or b"{}")), {}
        try:
            path = parts.path.removeprefix(BASE)
            if path not in METHODS:
                if "any_path" in self.faults:
                    return 200, {}, {}
                raise Refused(404, 103799)
            if method != METHODS[path]:
                allow = {} if "no_allow" in self.faults else {"Allow": METHODS[path]}
                raise Refused(405, 103799, **allow)
            if len(body) > 1024 * 1024 and "any_size" not in self.faults:
                raise Refused(413, 103799)
            if path == "/auth/token":
                return 200, self._token(headers, body), {}
            self._admitted(headers)
            return 200, self._read(path, parse_qs(parts.query)), {}
        except Refused as refused:
            return refused.status, {"ErrorCode": refused.code, "Message": "Refused"}, refused.headers

    def _token(self, headers: dict[str, str], body: bytes) -> Any:
        declared = headers.get("content-type", "").partition(";")[0]
        form = "forms_taken" in self.faults and declared.endswith("form-urlencoded")
        if declared != "application/json" and "any_media_type" not in self.faults and not form:
            raise Refused(415, 103799)
        bad = Refused(401, 990050) if "malformed_401" in self.faults else Refused(400, 103752)
        try:
            asked = (
                {key: value[0] for key, value in parse_qs(body.decode()).items()}
                if form
                else json.loads(body)
            )
        except ValueError:
            raise bad from None
        if not isinstance(asked, dict):
            raise bad
        client, secret = asked.get("PartnerClientId"), asked.get("Secret")
        if isinstance(client, str) and (form or "ids_as_text_taken" in self.faults):
            client = int(client)
        if not isinstance(client, int) or isinstance(client, bool) or not isinstance(secret, str):
            raise bad
        if (client, secret) != (CLIENT, SECRET) and "any_credentials" not in self.faults:
            raise Refused(403 if "wrong_credentials_403" in self.faults else 401, 990050)
        answer = {
            "access_token": self.token(),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": "feed",
        }
        if "two_hours" in self.faults:
            answer["expires_in"] = 7200
        if "no_scope" in self.faults:
            del answer["scope"]
        return {"Value": answer} if "token_in_an_envelope" in self.faults else answer

    def _admitted(self, headers: dict[str, str]) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if "no_token_needed" in self.faults and not token:
            return
        if "any_scheme" not in self.faults and scheme != "Bearer":
            raise Refused(401, 990050)
        self.admit(token)

    def _read(self, path: str, query: dict[str, list[str]]) -> Any:
        if path == "/games/types/translations":
            if "no_translations" in self.faults:
                raise Refused(404, 103799)
            names = {"en": "Poker"}
            flat = "translations_flat" in self.faults
            return [{"t": 3, **(names if flat else {"translations": names})}]
        if path == "/jackpots/accumulated":
            if "no_jackpot" in self.faults:
                return {}
            amount: Any = 12345.67 if "jackpot_is_a_number" in self.faults else "12345.67"
            return {"Amount": amount, "CurrencyCode": "EUR"}
        if path == "/games/list":
            games = [self.shown(game) for games in self.games.values() for game in reversed(games)]
            return {"games": games} if "list_in_an_envelope" in self.faults else games
        return self._info(query)

    def _info(self, query: dict[str, list[str]]) -> Any:
        text = query.get("id", [""])[0]
        if not (text.isdecimal() and int(text) > 0):
            raise Refused(404, 990052) if "odd_ids_404" in self.faults else Refused(400, 103752)
        games = [game for games in self.games.values() for game in games]
        found = next((game for game in games if game.number == int(text)), None)
        if found is None and "any_game" in self.faults:
            found = games[0]
        if found is None:
            raise Refused(400, 103752) if "unknown_game_400" in self.faults else Refused(404, 990052)
        shown = self.shown(found)
        if "info_without_edition" in self.faults:
            del shown["ge"]
        if "info_of_another_edition" in self.faults:
            shown["ge"] += 1
        return shown

    # -- games ----------------------------------------------------------------------------------------

    def shown(self, game: Game) -> dict[str, Any]:
        """The game in the fields of the live feed."""
        edition = str(game.number) if "editions_as_text" in self.faults else game.number - 600_000
        start: Any = _moment(game.start)
        if "unix_times" in self.faults:
            start = int(game.start)
        if "start_unknown" in self.faults:
            start = "soon"
        shown = {
            "i": game.number, "t": game.type, "ge": edition, "s": game.state, "ps": game.play,
            "cr": game.round, "lrId": game.last, "sdt": start,
        }  # fmt: skip
        for name in ("i", "t", "ge", "cr", "lrId"):
            if f"{name}_is_text" in self.faults:
                shown[name] = str(shown[name])
            if "ids_with_fractions" in self.faults:
                shown[name] += 0.5
        if "state_0" in self.faults:
            shown["s"] = 0
        if "play_0" in self.faults:
            shown["ps"] = 0
        if "edition_changes" in self.faults:
            shown["ge"] = time.monotonic_ns()
        if "start_moves" in self.faults:
            shown["sdt"] = _moment(self.now())
        return shown

    def message(self, game_type: int, jti: str, connection: int) -> dict[str, Any]:
        """What the next message of a stream carries."""
        shown_type = 1 if "one_type_for_all" in self.faults else game_type
        game = self.games[shown_type][-1]
        key: Any = (jti, game_type)
        if "counts_for_all" in self.faults:
            key = None
        if "counts_for_each_connection" in self.faults:
            key = (connection, game_type)
        if "counts_all_types" in self.faults:
            key = jti
        with self.lock:
            number = self.counters.get(key, 7 if "counts_from_7" in self.faults else 0)
            self.counters[key] = number + (2 if "counts_by_two" in self.faults else 1)
        left = max(0.0, game.bets_until - self.now())
        info: dict[str, Any] = {
            "sId": 0 if "count_stands" in self.faults else number,
            "tst": _moment(self.now()),
            "im": 0 if "maintenance_as_number" in self.faults else False,
            "bt": math.ceil(left),
            "wgi": [self.shown(game)],
        }
        if "timer_in_milliseconds" in self.faults:
            info["bt"] = round(left * 1000)
        if "timer_as_text" in self.faults:
            info["bt"] = str(info["bt"])
        if "time_stands" in self.faults:
            info["tst"] = "2025-03-13T12:00:10Z"
        if "unix_times" in self.faults:
            info["tst"] = self.now()
        if "two_games" in self.faults:
            info["wgi"] *= 2
        if "games_in_an_object" in self.faults:
            info["wgi"] = info["wgi"][0]
        if "all_on_one_level" in self.faults:
            info |= self.shown(game)
        if "last_round_missing" in self.faults:
            del info["wgi"][0]["lrId"]
        return info

    # -- hooks ----------------------------------------------------------------------------------------

    def _hook(self, name: str, asked: dict[str, Any]) -> Reply:
        if name == "advance":
            self.ahead += asked["seconds"]
            return 200, {}
        if name == "round" and "rounds_refused" not in self.faults:
            threading.Thread(target=self._play, args=(asked["game_type"],), daemon=True).start()
            return 202, {}
        return 404, {"detail": "no such hook"}

    def _play(self, game_type: int) -> None:
        game = self.games[game_type][-1]
        game.bets_until = self.now() + BETTING
        for state, play, seconds in self._course():
            game.state, game.play = state, play
            game.round += state == 2 and "rounds_not_counted" not in self.faults
            time.sleep(seconds)
        if "another_last_round" in self.faults:
            game.number += 1
        last = game.number if game.state == 3 and "last_round_stands" not in self.faults else game.last
        self.games[game_type].append(Game(game.number + 10, game_type, last=last))

    def _course(self) -> list[tuple[int, int, float]]:
        """States, play statuses and seconds of a round."""
        betting, action = (2, 1, BETTING), (2, 2, ACTION)
        if "round_never_ends" in self.faults:
            return [betting, (2, 2, 30)]
        if "finished_twice" in self.faults:
            return [betting, action, (3, 2, RESULT), (2, 2, ACTION), (3, 2, RESULT)]
        if "play_turns_back" in self.faults:
            return [betting, action, betting, (3, 2, RESULT)]
        if "action_while_waiting" in self.faults:
            return [(1, 2, RESULT), betting, action, (3, 2, RESULT)]
        if "cancelled" in self.faults:
            return [betting, action, (5, 2, RESULT)]
        if "reviewed" in self.faults:
            return [betting, action, action, (3, 2, RESULT), (4, 2, RESULT), (3, 2, RESULT)]
        if "bets_taken_late" in self.faults:
            return [(2, 1, BETTING / 4), action, (3, 2, RESULT)]
        return [betting, action, action, (3, 2, RESULT)]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signature(signed: str) -> str:
    digest = hmac.new(b"a key of the small feed", signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@contextmanager
def serving(feed: SmallFeed) -> Iterator[str]:
    """Serve it; yields the base URL."""

    class Handler(Silent):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            if urlsplit(self.path).path.startswith(HUBS) and "upgrade" not in headers:
                _send(self, *_without_upgrade(feed, self.command, self.path))
                return
            if headers.get("upgrade", "").lower() == "websocket":
                _hub(feed, self)
                return
            _send(self, *feed.answer(self.command, self.path, headers, body))

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

    with listening(Handler) as url:
        yield url


def _without_upgrade(feed: SmallFeed, method: str, target: str) -> tuple[int, Any, dict[str, str]]:
    """What who asks the hub for no WebSocket gets: a negotiation, or a refusal."""
    parts = urlsplit(target)
    if (method, parts.path.endswith("/negotiate")) != ("POST", True) or "no_negotiation" in feed.faults:
        status = 400 if "upgrade_not_asked_for" in feed.faults else 426
        return status, {"ErrorCode": 990053, "Message": "Refused"}, {}
    try:
        if "negotiates_with_everybody" not in feed.faults:
            feed.admit(parse_qs(parts.query).get("access_token", [None])[0])
    except Refused as refused:
        return refused.status, {"ErrorCode": refused.code, "Message": "Refused"}, {}
    offered = ["WebSockets", *(["LongPolling"] if "long_polling" in feed.faults else [])]
    transports = [{"transport": name, "transferFormats": ["Text"]} for name in offered]
    return 200, {"connectionId": "c1", "availableTransports": transports}, {}


def _hub(feed: SmallFeed, handler: BaseHTTPRequestHandler) -> None:
    parts = urlsplit(handler.path)
    known = HUBS[1:] if "second_address" in feed.faults else HUBS
    if parts.path not in known or "no_hub" in feed.faults:
        _send(handler, 404, {"ErrorCode": 103799, "Message": "Refused"}, {})
        return
    token = parse_qs(parts.query).get("access_token", [None])[0]
    try:
        if "negotiation_needed" in feed.faults:
            raise Refused(404, 103799)
        jti = "nobody" if "hub_for_everybody" in feed.faults else feed.admit(token)
    except Refused as refused:
        _send(handler, refused.status, {"ErrorCode": refused.code, "Message": "Refused"}, {})
        return
    SmallHub(feed, jti, handler).serve(STREAM, KEEP_ALIVE)


def _send(handler: BaseHTTPRequestHandler, status: int, value: Any, headers: dict[str, str]) -> None:
    content = json.dumps(value).encode()
    handler.send_response(status)
    for name, text in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name, text)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
