"""An operator's platform and SMS receiver in small, for the kit's own tests.

It shares no code with the sandbox and none with the kit. ``faults`` names what it does wrong, or only
otherwise than usual.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from listening import Silent, listening
from meeting import Meeting

Reply = tuple[int, Any]

SECRET = "12345ABCDE"
TICKET = ("ticket_code", "player_id", "price", "stake", "wht_amount", "ext_amount", "gross_payout",
          "net_payout", "wht", "ext", "ext_type", "currency", "atag", "ticket_type")  # fmt: skip
VOID = ("price", "stake", "wht_amount", "ext_amount", "gross_payout", "net_payout", "wht", "ext", "ext_type")
FIELDS: dict[str, tuple[str, ...]] = {
    "ticket_create": TICKET,
    "ticket_reserve": TICKET,
    "ticket_update": TICKET,
    "ticket_win": (),
    "ticket_lost": (),
    "ticket_void": VOID,
    "ticket_closed": (),
    "ticket_refund": ("reason",),
    "ticket_discard": ("reason",),
    "ticket_rollback": ("reason",),
}
CENTS = ("price", "stake", "wht_amount", "ext_amount", "gross_payout", "net_payout")
RESULTS = ("ticket_win", "ticket_lost", "ticket_void")
UNDOING = ("ticket_refund", "ticket_discard")
CONTENT = ("player_id", "price", "stake", "currency")


@dataclass
class Player:
    """A player with a balance in cents."""

    id: str
    balance: int
    blocked: bool = False


@dataclass
class Booked:
    """What the operator holds of a ticket."""

    made_by: str
    content: dict[str, Any]
    taken: int = 0
    credited: int = 0
    last: str = ""
    """The result or the end that it has now."""
    rolled_back: bool = False
    undone: int = 0
    """What the last rollback took back."""
    history: list[str] = field(default_factory=list)


class Refused(Exception):
    """The action is refused."""

    def __init__(self, code: int, message: str = "Refused", status: int = 400) -> None:
        super().__init__(message)
        self.reply: Reply = (status, {"code": code, "message": message})


class SmallOperator:
    """Three players, their tickets, and the rules."""

    def __init__(self, *faults: str) -> None:
        self.faults = frozenset(faults)
        self.meeting = Meeting()
        self.players = {
            "UnIqUe-ToKeN": Player("1660986605374148608", 1_000_000),
            "second-player-token": Player("1660986605374148609", 10_000),
            "blocked-player-token": Player("1660986605374148610", 10_000, blocked=True),
        }
        before = {"player_id": "1660986605374148610", "price": 500, "gross_payout": 2842, "net_payout": 2602}
        self.tickets = {"of-the-blocked": Booked("ticket_create", before, 500, history=["ticket_create"])}
        self.tombstones: set[str] = set()
        self.looked: dict[int, int] = {}
        self.lock = threading.Lock()

    # -- wire ---------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The status and JSON body for a request."""
        try:
            if path not in ("/pam", "/sms") and "any_path" not in self.faults:
                raise Refused(904, status=404)
            if method != "POST":
                raise Refused(905, status=200 if "any_method" in self.faults else 405)
            if len(body) > 1024 * 1024 and "any_size" not in self.faults:
                raise Refused(902, status=413)
            return self._pam(headers, body) if path == "/pam" else self._sms(headers, body)
        except Refused as refused:
            return self._varied(refused.reply)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
            return 400, {"code": 900, "message": "Request body is not valid"}

    def _varied(self, reply: Reply) -> Reply:
        status, body = reply
        if "codes_of_its_own" in self.faults:
            body = {**body, "code": 7}
        if "code_as_text" in self.faults:
            body = {**body, "code": str(body["code"])}
        if "refusals_say_more" in self.faults:
            body = {**body, "detail": "see the log"}
        if "funds_402" in self.faults and body["code"] == 925:
            status = 402
        return status, body

    def _admitted(self, headers: dict[str, str], body: bytes, operator: object) -> None:
        sent = body
        for space in (b" ", b"\t", b"\r", b"\n"):
            if "spaces_signed" not in self.faults:
                sent = sent.replace(space, b"")
        if "signs_what_it_read" in self.faults:
            sent = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
        if "numbers_as_floats" in self.faults:
            sent = sent.replace(b'"wht":10.0,', b'"wht":10,')
        timestamp = headers.get("timestamp", "")
        known = headers.get("signature", "") if "any_signature" in self.faults else None
        if "timestamp_as_number" in self.faults and timestamp:
            timestamp = str(int(timestamp))
        if "timestamp_optional" in self.faults:
            known = known or (_hmac(b"" + sent) if not timestamp else None)
        wanted = {known, _hmac(timestamp.encode() + sent)}
        if "timestamp_optional" not in self.faults and not timestamp and "any_signature" not in self.faults:
            wanted = set()
        if "young_timestamps" in self.faults and abs(time.time() - float(timestamp or 0)) > 300:
            wanted = set()
        named = operator == "site" or "any_operator" in self.faults
        if not named or headers.get("signature", "") not in wanted:
            raise Refused(903, "Forbidden", status=401 if "access_401" in self.faults else 403)

    # -- platform -----------------------------------------------------------------------------------

    def _pam(self, headers: dict[str, str], body: bytes) -> Reply:
        call = self._json(body)
        data = call.get("data", {})
        if call.get("action") == "ping" and "ping_signed" not in self.faults:
            if "ping_needs_data" in self.faults and "data" not in call:
                raise Refused(900)
            return 200, {}
        self._admitted(headers, body, data.get("operator") if isinstance(data, dict) else None)
        if headers.get("content-type") != "application/json" and "any_media_type" not in self.faults:
            raise Refused(901, status=415)
        if call.get("action") == "identify":
            return self._identify(data)
        action = self._action(call)
        if f"{action}_fails" in self.faults:
            raise Refused(906, status=500)
        self._fits(action, data)
        self._race(action, data)
        with self.lock:
            self._take(action, data)
        if f"{action}_done_in_silence" in self.faults:
            raise Refused(906, status=500)
        if data.get("overtakes"):
            self.meeting.wait(("discarded", data["ticket_id"]))
        if "acknowledges_at_length" in self.faults:
            return 200, {"status": "OK"}
        return 200, {}

    def _json(self, body: bytes) -> dict[str, Any]:
        try:
            call = json.loads(body)
        except ValueError:
            call = None
        if not isinstance(call, dict):
            if "crashes_on_rubbish" in self.faults:
                raise Refused(906, status=500)
            raise Refused(900)
        return call

    def _action(self, call: dict[str, Any]) -> str:
        action = str(call.get("action"))
        if "actions_guessed" in self.faults and action in ("ticket_lose", "ticket_close", "win"):
            return "ticket_lost"
        if action not in FIELDS:
            raise Refused(900)
        return action

    def _fits(self, action: str, data: dict[str, Any]) -> None:
        needed = (*FIELDS[action], "ticket_id")
        if "anything_fits" in self.faults:
            for name in needed:
                data.setdefault(name, 0 if name in CENTS else "?")
        made = "ticket_code" in needed
        if (
            ("psp_forbidden" in self.faults and "psp" in data)
            or ("rtag_needed" in self.faults and made and "rtag" not in data)
            or ("hex_ids" in self.faults and len(str(data.get("ticket_id"))) != 24)
            or any(name not in data for name in needed)
            or not data["ticket_id"]
        ):
            raise Refused(900)
        for name in CENTS:
            if name in needed:
                data[name] = self._cents(data[name])

    def _cents(self, value: object) -> int:
        if isinstance(value, float) and "float_stakes_refused" in self.faults:
            raise Refused(900)
        if isinstance(value, float) and (value == int(value) or "fractions_cut" in self.faults):
            value = int(value)
        if "types_converted" in self.faults and isinstance(value, str | float):
            value = int(float(value))
        if type(value) is not int or (value < 0 and "negative_prices" not in self.faults):
            raise Refused(900)
        return value

    def _identify(self, data: dict[str, Any]) -> Reply:
        player = self.players.get(str(data.get("token")))
        if player is None and "any_token" in self.faults:
            player = self.players["UnIqUe-ToKeN"]
        if player is None or (player.blocked and "blocked_unknown" in self.faults):
            raise Refused(101, "User not found", status=403 if "unknown_token_403" in self.faults else 400)
        if "identify_charges" in self.faults:
            player.balance -= 1
        balance: Any = player.balance
        if "balance_in_units" in self.faults:
            balance = player.balance / 100 + 0.005
        answer = {
            "player_id": player.id,
            "lang": "eng" if "long_language" in self.faults else "en",
            "balance": str(balance) if "balance_as_text" in self.faults else balance,
            "currency": "KES",
            "feature_flags": {"streams": "yes" if "flags_as_text" in self.faults else True},
        }
        if "no_language" in self.faults:
            del answer["lang"]
        if "no_flags" in self.faults:
            del answer["feature_flags"]
        return 200, answer

    def _race(self, action: str, data: dict[str, Any]) -> None:
        """Let calls that come at once meet, so that each has seen what was there before the others."""
        ticket = data["ticket_id"]
        booked = self.tickets.get(ticket)
        unseen = booked is None and ticket not in self.tombstones
        if "overtaken" in self.faults and unseen and action in ("ticket_create", "ticket_discard"):
            self.meeting.wait(("overtaken", ticket))
            data["overtaken"], data["overtakes"] = action == "ticket_create", action == "ticket_discard"
            if data["overtaken"]:
                self.meeting.wait(("discarded", ticket))
        if f"{action}_raced" in self.faults and action not in (booked.history if booked else ()):
            self.meeting.wait((action, ticket))
            data["raced"] = True
        if "overdraft_race" in self.faults and action == "ticket_create":
            # As if all that cost the same had looked at the balance before the first of them took its price.
            seen = self.looked.setdefault(data["price"], self._player(data).balance)
            data["solvent"] = seen >= data["price"]

    def _player(self, data: dict[str, Any]) -> Player:
        found = next((one for one in self.players.values() if one.id == data["player_id"]), None)
        if found is None and "any_player" in self.faults:
            found = Player("nobody", 10_000)
        if found is None:
            raise Refused(101, "User not found")
        return found

    # -- rules --------------------------------------------------------------------------------------

    def _take(self, action: str, data: dict[str, Any]) -> int:
        ticket = data["ticket_id"]
        if action in ("ticket_create", "ticket_reserve"):
            return self._make(action, data)
        booked = self.tickets.get(ticket)
        if booked is None:
            return self._unseen(action, data)
        if action == "ticket_update":
            return self._update(booked, data)
        again = booked.last == action or (action == "ticket_rollback" and booked.rolled_back)
        again = again or (action == "ticket_closed" and "ticket_closed" in booked.history)
        if again and not data.get("raced") and self._repeated(action):
            return 0
        if not (again and action == "ticket_rollback"):
            self._in_state(action, booked)
        return self._move(action, booked, data)

    def _make(self, action: str, data: dict[str, Any]) -> int:
        ticket, player = data["ticket_id"], self._player(data)
        ended = ticket in self.tombstones and not data.get("overtaken")
        if ended and "discard_forgotten" not in self.faults:
            raise Refused(950)
        booked = None if ended else self.tickets.get(ticket)
        if booked is not None and not data.get("raced") and self._known(action, booked, data):
            return 0
        if player.blocked and "blocked_may_bet" not in self.faults:
            raise Refused(916)
        if data["currency"] != "KES" and "any_currency" not in self.faults:
            raise Refused(913)
        amount = self._charged(action, data, player)
        if amount > player.balance and "overdraft" not in self.faults and not data.get("solvent"):
            raise Refused(925, "Insufficient funds")
        player.balance -= amount
        self.tickets[ticket] = Booked(action, dict(data), taken=amount, history=[action])
        return amount

    def _known(self, action: str, booked: Booked, data: dict[str, Any]) -> bool:
        """Whether nothing is left to book; raises where a known ticket must not come again so."""
        same = all(booked.content[name] == data[name] for name in CONTENT)
        if not same and "changes_booked" in self.faults:
            return False
        if not same and "changes_ignored" not in self.faults:
            raise Refused(951)
        if booked.made_by != action:
            raise Refused(952)
        if "creation_not_repeatable" in self.faults:
            raise Refused(951)
        twice = "creation_booked_again" in self.faults and not booked.last
        late = "creation_booked_after_the_result" in self.faults and booked.last
        return not (action == "ticket_create" and (twice or late))

    def _charged(self, action: str, data: dict[str, Any], player: Player) -> int:
        price: int = data["price"]
        if action == "ticket_reserve":
            return price if "reserve_takes" in self.faults and price <= player.balance else 0
        free = "free_beyond_balance" in self.faults and price > player.balance
        if free or "takes_nothing" in self.faults:
            return 0
        if "takes_stake" in self.faults:
            return int(data["stake"])
        return price - price % 5 if "round_prices" in self.faults else price

    def _unseen(self, action: str, data: dict[str, Any]) -> int:
        ticket = data["ticket_id"]
        if action in UNDOING:
            if ticket not in self.tombstones and "discard_of_unknown_refused" in self.faults:
                raise Refused(102)
            if "discard_of_unknown_pays" in self.faults and ticket not in self.tombstones:
                self.players["UnIqUe-ToKeN"].balance += 500
            self.tombstones.add(ticket)
            return 0
        if "results_parked" in self.faults and action == "ticket_win":
            self.players["UnIqUe-ToKeN"].balance += 2602
        if "unknown_ticket_accepted" in self.faults:
            return 0
        raise Refused(102)

    def _update(self, booked: Booked, data: dict[str, Any]) -> int:
        if (
            any(booked.content[name] != data[name] for name in CONTENT)
            and "changes_ignored" not in self.faults
        ):
            raise Refused(951)
        if booked.last and "update_any_time" not in self.faults:
            raise Refused(952)
        if "update_books" in self.faults:
            self._player(booked.content).balance -= data["net_payout"] - booked.content["net_payout"]
        if "update_forgotten" not in self.faults:
            booked.content = {**booked.content, **{name: data[name] for name in CENTS}}
        return 0

    def _repeated(self, action: str) -> bool:
        """Whether a repetition is told apart; raises where it is refused."""
        if f"{action}_twice" in self.faults:
            return False
        if "repeats_refused" in self.faults:
            raise Refused(952)
        return True

    def _in_state(self, action: str, booked: Booked) -> None:
        resulted = booked.last in RESULTS
        ended = booked.last in UNDOING
        allowed = {
            "ticket_rollback": resulted,
            "ticket_closed": (resulted or booked.last == "ticket_refund"),
            "ticket_refund": not booked.last,
            "ticket_discard": not booked.last or (ended and "strict_ends" not in self.faults),
        }.get(action, not booked.last)
        if (
            "closed_is_final" in self.faults
            and "ticket_closed" in booked.history
            and action == "ticket_rollback"
        ):
            allowed = False
        if "one_result" in self.faults and action in RESULTS and "ticket_rollback" in booked.history:
            allowed = False
        if f"{action}_any_time" in self.faults or booked.last == action:
            allowed = True
        if not allowed:
            raise Refused(952)

    def _move(self, action: str, booked: Booked, data: dict[str, Any]) -> int:
        player = self._player(booked.content)
        if player.blocked and "blocked_wins_lost" in self.faults:
            raise Refused(916)
        if action == "ticket_rollback":
            moved = self._taken_back(booked, player)
        elif action in UNDOING:
            moved = self._given_back(action, booked, raced=bool(data.get("raced")))
        else:
            moved = self._credited(action, booked, data)
        if "settles_once" in self.faults and action in booked.history and action in RESULTS:
            moved = 0
        player.balance += moved
        self._keep(action, booked, data["ticket_id"], moved)
        return moved

    def _credited(self, action: str, booked: Booked, data: dict[str, Any]) -> int:
        content: dict[str, int] = booked.content
        if action == "ticket_win":
            moved = content["gross_payout" if "credits_gross" in self.faults else "net_payout"]
            return moved + (content["price"] if "credits_price_too" in self.faults else 0)
        if action == "ticket_lost":
            return 1 if "loss_pays" in self.faults else 0
        if action == "ticket_void":
            return content["price"] if "void_gives_price" in self.faults else int(data["net_payout"])
        return content["net_payout"] if "closing_pays" in self.faults else 0

    def _taken_back(self, booked: Booked, player: Player) -> int:
        moved = 0 if "rollback_keeps" in self.faults else -(booked.credited or booked.undone)
        if "rollback_takes_price" in self.faults and booked.credited:
            moved -= booked.content["price"]
        if player.balance + moved < 0:
            if "rollback_floors" in self.faults:
                moved = -player.balance
            if "rollback_needs_funds" in self.faults:
                raise Refused(925, "Insufficient funds")
            if "rollback_refused_and_taken" in self.faults:
                player.balance += moved
                raise Refused(925, "Insufficient funds")
        return moved

    def _keep(self, action: str, booked: Booked, ticket: str, moved: int) -> None:
        booked.history.append(action)
        if action in RESULTS:
            booked.last, booked.credited, booked.rolled_back, booked.undone = action, moved, False, 0
        elif action == "ticket_rollback" and "rollback_changes_nothing" not in self.faults:
            booked.last, booked.credited, booked.rolled_back, booked.undone = "", 0, True, -moved
            booked.history = [entry for entry in booked.history if entry != "ticket_closed"]
        elif action in UNDOING:
            booked.last = booked.last or action
            self.tombstones.add(ticket)

    def _given_back(self, action: str, booked: Booked, *, raced: bool) -> int:
        back = booked.taken
        if booked.made_by == "ticket_reserve" and "reservations_refunded" in self.faults:
            back = booked.content["price"]
        if "gives_back_stake" in self.faults:
            back = booked.content["stake"]
        if f"{action}_keeps" in self.faults:
            back = 0
        if booked.last in UNDOING and f"{action}_twice" not in self.faults and not raced:
            return 0
        return back

    # -- notifications ------------------------------------------------------------------------------

    def _sms(self, headers: dict[str, str], body: bytes) -> Reply:
        call = self._json(body)
        named = headers.get("operator-name", "site" if "operator_name_optional" in self.faults else "")
        self._admitted(headers, body, named)
        if headers.get("content-type") != "application/json" and "any_media_type" not in self.faults:
            raise Refused(901, status=415)
        if not self._is_notification(call) and "anything_fits" not in self.faults:
            raise Refused(900)
        if "sms_says_nothing" in self.faults:
            return 200, {}
        return 200, {"message": "Queued"}

    def _is_notification(self, call: dict[str, Any]) -> bool:
        data = call.get("data")
        if not isinstance(data, dict):
            return False
        named: tuple[str, ...]
        if call.get("type") == "otp":
            named = ("code", "msisdn")
        elif call.get("type") == "ticket_status":
            named = ("ticket_id", "status", "result")
            if "older_status_refused" in self.faults:
                named = (*named, "msisdn")
            if data.get("status") not in ("open", "resulted"):
                return False
        elif call.get("type") == "bet_result" and "bet_results_refused" not in self.faults:
            named = ("ticket_id", "result")
            if data.get("result") not in ("won", "lost", "void"):
                return False
        else:
            return False
        if "plus_needed" in self.faults and not str(data.get("msisdn", "+")).startswith("+"):
            return False
        if "hex_ids" in self.faults and len(str(data.get("ticket_id", "0" * 24))) != 24:
            return False
        texts = [data[name] for name in (*named, "msisdn") if name in data]
        return all(name in data for name in named) and all(isinstance(text, str) and text for text in texts)


def _hmac(message: bytes) -> str:
    return hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


@contextmanager
def serving(operator: SmallOperator) -> Iterator[str]:
    """Serve the operator on a free port of this machine; yields the URL of its platform."""

    class Handler(Silent):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, value = operator.answer(self.command, self.path, headers, body)
            if "extra_field" in operator.faults and isinstance(value, dict) and status == 200:
                value = {**value, "more": [1, {"a": None}]}
            empty = status == 200 and value == {} and "empty_bodies" in operator.faults
            payload = b"" if empty else json.dumps(value).encode()
            self.send_response(status)
            if not empty:
                self.send_header("Content-Type", "application/json")
            if status == 405:
                self.send_header("Allow", "POST")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = _answer

    with listening(Handler) as url:
        yield f"{url}/pam"
