"""Betstack's bet engine in small, for the kit's own tests; ``faults`` names what it does wrong."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from meeting import Meeting
from small_bet_cards import finances
from small_offer import (
    BLOCKED,
    CARDS,
    EVENTS,
    KINDS,
    OPERATORS,
    OVER,
    POOR,
    SOURCES,
    SUSPENDED,
    bet,
    event_fields,
    shifted,
)
from small_pam_caller import SmallPamCaller

Reply = tuple[int, Any]

NOW = "2026-01-28T14:33:01.000000"
FORBIDDEN = {"code": 903, "message": "Forbidden. You do not have access for such request"}


class Refused(Exception):
    """A refusal, by code and message."""


class SmallBetstack:
    """Tickets and their rules."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.meeting = Meeting()
        self.tickets: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.pam = SmallPamCaller(faults)
        self._numbers = itertools.count(1)
        self._made: dict[bytes, dict[str, Any]] = {}

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        path, _, query = path.partition("?")
        if len(body) > 2**20 and "body_unlimited" not in self.faults:
            return 413, {"code": 902, "message": "Content Too Large"}
        if not path.startswith("/tickets"):
            return (200, {}) if "any_path" in self.faults else (404, {"code": 904, "message": "Not Found"})
        path = path.removeprefix("/tickets")
        name = headers.get("operator-name", "")
        if method not in ("GET", "POST"):
            return (200, {}) if "any_path" in self.faults else (405, {"code": 905, "message": "Not Allowed"})
        if not self._signed(headers, body, name):
            return 403, {} if "empty_403" in self.faults else self._body(FORBIDDEN)
        if method == "GET" and not path:
            return self._list(name, parse_qs(query))
        if path in ("", "/reserve"):
            return self._sell(name, path == "", headers, body)
        _, identifier, *rest = path.split("/")
        if rest == ["paid"]:
            return self._pay(name, identifier, headers)
        return self._read(name, identifier)

    def _signed(self, headers: dict[str, str], body: bytes, name: str) -> bool:
        if "signature_ignored" in self.faults:
            return name in OPERATORS
        timestamp = headers.get("timestamp", "")
        if "timestamps_are_recent_numbers" in self.faults and not timestamp.startswith("179"):
            return False
        if "timestamp" not in headers and "timestamp_optional" not in self.faults:
            return False
        signed = body if "spaces_signed" in self.faults else body.translate(None, b" \t\r\n")
        if "body_not_signed" in self.faults:
            signed = b""
        operators = (
            OPERATORS.values() if "any_key" in self.faults else [OPERATORS[name]] if name in OPERATORS else []
        )
        message = headers.get("timestamp", "").encode() + signed
        return name in OPERATORS and any(
            hmac.new(one.secret.encode(), message, hashlib.sha256).hexdigest() == headers.get("signature")
            for one in operators
        )

    def _body(self, refusal: dict[str, Any]) -> dict[str, Any]:
        return {**refusal, "details": []} if "refusal_has_details" in self.faults else refusal

    def _refusal(self, code: int, message: str) -> Reply:
        if "wrong_status" in self.faults:
            return 409, {"code": code, "message": message}
        if "code_as_text" in self.faults:
            return 400, {"code": str(code), "message": message}
        if "wrong_message" in self.faults:
            return 400, {"code": code, "message": message.upper()}
        if "full_stop" in self.faults:
            return 400, {"code": code, "message": f"{message}."}
        if "codes_swapped" in self.faults:
            return 400, {"code": {102: 117, 117: 102}.get(code, code), "message": message}
        return 400, self._body({"code": code, "message": message})

    def _sell(self, name: str, creating: bool, headers: dict[str, str], body: bytes) -> Reply:
        if headers.get("content-type") != "application/json" and "media_type_ignored" not in self.faults:
            return 415, {"code": 901, "message": "Unsupported Media Type"}
        try:
            fields = self._valid(json.loads(body, parse_float=Decimal))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return self._refusal(900, "Request body is not valid")
        if fields["operator"] != name and "operator_unchecked" not in self.faults:
            return 403, self._body(FORBIDDEN)
        if "duplicates_recognised" in self.faults and body in self._made:
            return 200, self._shown(self._made[body])
        try:
            player = self._player(name, creating, fields)
            checks = list(self._checks(fields, player))
            if "precedence_turned" in self.faults:
                checks.reverse()
            for check in checks:
                check()
            ticket = self._ticket(name, fields, player)
            with self.lock:
                self.tickets.append(ticket)
            self._made[body] = ticket
            self._announce(ticket, creating, player)
        except Refused as refused:
            return self._refusal(*refused.args)
        return 200, self._shown(ticket)

    def _valid(self, fields: dict[str, Any]) -> dict[str, Any]:
        if "fields_optional" in self.faults:
            fields = {
                **{"price": 100, "currency": "KES", "source": "mobile", "type": "superbet", "event": 100001},
                **{"token": "UnIqUe-ToKeN", "operator": "site", "bets": [101], "odds_diff": 1},
                **{"prize": 0, "betcard_code": "JACKP1"},
                **fields,
            }
        if "coupon_taken" in self.faults and "coupon_id" in fields:
            fields["betcard_code"] = "JACKP1"
        if "psp_required" in self.faults:
            fields["psp"]
        sources = (*SOURCES, "SMS", "fax") if "any_source" in self.faults else SOURCES
        if type(fields["price"]) is not int or fields["source"] not in sources or fields["type"] not in KINDS:
            raise ValueError
        if fields["type"] != "superbet":
            fields["odds_diff"] = Decimal(fields["odds_diff"])
            legs = fields["events"]
        else:
            legs = [{"id": fields["event"], "bet": number} for number in fields["bets"]]
        if fields["type"] == "jackpot":
            fields["betcard_code"], fields["prize"], fields["bonus_prizes"]
        in_range = 1 <= fields["price"] <= 10**12 and fields["token"] and legs
        in_range = in_range and all(Decimal(leg.get("odds", 1)) >= 1 for leg in legs)
        if not (in_range and fields.get("odds_diff", 0) >= 0) and "ranges_unchecked" not in self.faults:
            raise ValueError
        return {**fields, "operator": fields["operator"], "currency": fields["currency"], "legs": legs}

    def _player(self, name: str, creating: bool, fields: dict[str, Any]) -> dict[str, Any]:
        operator = OPERATORS[name]
        if "feature_ignored" not in self.faults:
            if fields["type"] in operator.types_off:
                raise Refused(100, f"{fields['type']} feature not implemented yet")
            if not creating and not operator.reserves:
                raise Refused(100, "reserve feature not implemented yet")
        if "quickbets_refused" in self.faults and fields["type"] == "quickbet":
            raise Refused(100, "quickbet feature not implemented yet")
        if "jackpots_not_reserved" in self.faults and not creating and fields["type"] == "jackpot":
            raise Refused(100, "jackpot feature not implemented yet")
        here = {operator.token: "1", **({POOR: "2", BLOCKED: "3"} if name == "site" else {})}
        if self.pam.url is None or "no_identify" in self.faults:
            if fields["token"] not in here and "any_player" not in self.faults:
                raise Refused(101, "User not found")
            return {"id": here.get(fields["token"], "1"), "currency": operator.currency}
        status, player = self.pam.identify(name, fields["token"])
        if status != 200 or ("flags_needed" in self.faults and "feature_flags" not in player):
            raise Refused(926 if "pam_codes_swallowed" in self.faults else 101, "User not found")
        return {"id": player["player_id"], "currency": player["currency"]}

    def _checks(self, fields: dict[str, Any], player: dict[str, Any]) -> Iterator[Callable[[], None]]:
        """The rules in their order."""

        def refuse_if(fault: str, wrong: bool, code: int, message: str) -> None:
            if wrong and fault not in self.faults:
                raise Refused(code, message)

        legs, kind = fields["legs"], fields["type"]
        ids = [leg["id"] for leg in legs]
        limits = "limited" in self.faults

        def blocked() -> None:
            refuse_if("blocked_player_bets", fields["token"] == BLOCKED, 916, "Player is blocked")

        def currency() -> None:
            wrong = fields["currency"] != player["currency"]
            refuse_if("any_currency", wrong, 913, "Currency is not the currency of the player")

        def card() -> None:
            if kind == "jackpot":
                known = CARDS["jackpot"].get(fields["betcard_code"])
                refuse_if("any_card", known is None, 917, "Bet card is not found")
                wrong = known is not None and sorted(known) != sorted(ids)
                refuse_if("picks_unchecked", wrong, 918, "Number of picks does not fit the bet card")

        def events() -> None:
            for event in ids:
                refuse_if("any_event", event not in EVENTS, 910, f"Event `{event}` is not found")
                refuse_if("started_taken", event == OVER, 919, f"Event `{event}` has started")
                refuse_if("suspended_taken", event == SUSPENDED, 920, f"Event `{event}` is suspended")

        def bets() -> None:
            for leg in legs:
                unknown = leg["bet"] not in EVENTS.get(leg["id"], {})
                refuse_if("any_bet", unknown, 911, f"Bet `{leg['bet']}` is not found")

        def once() -> None:
            wrong = kind != "superbet" and len(set(ids)) < len(ids)
            refuse_if("duplicate_events_taken", wrong, 914, "Event is in the ticket already")

        def number() -> None:
            if kind != "superbet" and limits:
                refuse_if("picks_unlimited", len(ids) < 2, 921, "Ticket has too few events")
                refuse_if("picks_unlimited", len(ids) > 5, 922, "Ticket has too many events")

        def odds() -> None:
            for leg in legs if kind != "superbet" else ():
                gap = abs(Decimal(leg["odds"]) - Decimal(EVENTS[leg["id"]][leg["bet"]]))
                limit = fields["odds_diff"]
                refuse_if("odds_unchecked", gap > limit, 912, "Ticket odds changed")
                at_limit = gap == limit != 0 and "odds_limit_excluded" in self.faults
                refuse_if("", at_limit, 912, "Ticket odds changed")

        def price() -> None:
            if limits:
                refuse_if("price_unlimited", fields["price"] < 50, 923, "Ticket price is below the limit")
                refuse_if("price_unlimited", fields["price"] > 10**6, 924, "Ticket price is above the limit")

        def payout() -> None:
            total = finances(frozenset(), fields["price"], self._odds(fields), Decimal(0))["gross_payout"]
            wrong = kind in ("quicktip", "quickbet", "smartbet") and total > 10**15
            refuse_if("payout_unlimited", wrong, 915, "Ticket payout is above the limit")

        yield from (blocked, currency, card, events, bets, once, number, odds, price, payout)

    def _odds(self, fields: dict[str, Any]) -> list[Decimal]:
        """The odds at which a ticket is taken."""
        if fields["type"] in ("superbet", "jackpot"):
            return []
        if "odds_as_sent" in self.faults or "any_bet" in self.faults or "any_event" in self.faults:
            return [Decimal(leg["odds"]) for leg in fields["legs"]]
        return [Decimal(EVENTS[leg["id"]][leg["bet"]]) for leg in fields["legs"]]

    def _ticket(self, name: str, fields: dict[str, Any], player: dict[str, Any]) -> dict[str, Any]:
        number, zone, kind = next(self._numbers), OPERATORS[name].zone_hours, fields["type"]
        amounts = finances(self.faults, fields["price"], self._odds(fields), OPERATORS[name].wht)
        total = amounts.pop("total_odds")
        if "payouts_too_early" in self.faults:
            amounts["gross_payout"] += 10
        if "cents_as_fractions" in self.faults:
            amounts["stake"] += 0.5
        shown = [self._event(leg, zone, bets=kind != "superbet") for leg in fields["legs"]]
        content = {"event": shown[0], "bets": fields.get("bets")} if kind == "superbet" else {"events": shown}
        if kind in ("quicktip", "quickbet", "smartbet"):
            content["odds"] = total
        if kind == "jackpot" and "jackpot_forgets" not in self.faults:
            content |= {one: fields[one] for one in ("betcard_code", "prize", "bonus_prizes")}
        local = shifted(NOW, zone)
        if "zones_apart" in self.faults:
            local = local.replace(":33:", ":40:")
        misnamed = kind == "quicktip" and "creation_misnamed" in self.faults
        return {
            "owner": name,
            "token": fields["token"],
            "id": str(number).zfill(20)
            if "ids_decimal" in self.faults
            else f"{1 if 'id_given_twice' in self.faults else number:024x}",
            "code": f"C{number:05d}",
            "psp": None if "psp_lost" in self.faults else fields.get("psp"),
            **amounts,
            "currency": fields["currency"],
            "status": "new",
            "result": "pending",
            "approved": "unapproved" not in self.faults,
            "source": fields["source"],
            "type": "superbet" if "types_mixed_up" in self.faults else kind,
            "atag": fields.get("atag"),
            "rtag": fields.get("rtag"),
            "user_id": f"{player['id']}-{number}" if "user_id_at_random" in self.faults else player["id"],
            "created": NOW,
            "operator_time_starts" if misnamed else "operator_time_created": local,
            "updated": NOW,
            "operator_time_updated": local,
            **content,
        }

    def _event(self, leg: dict[str, Any], zone: int, *, bets: bool) -> dict[str, Any]:
        if leg["id"] not in EVENTS or leg["bet"] not in EVENTS[leg["id"]]:
            return {"id": leg["id"], "starts": NOW}
        event = event_fields(leg["id"], zone)
        if bets:
            event["bet"] = bet(leg["id"], leg["bet"])
            if "odds_as_sent" in self.faults:
                event["bet"]["odds"] = float(leg["odds"])
            if "odds_unrounded" in self.faults:
                event["bet"]["odds"] += 0.0001
        if "starts_missing" in self.faults:
            del event["starts"]
        if "start_misspelt" in self.faults:
            event["opetator_time_starts"] = event.pop("operator_time_starts")
        if "teams_missing" in self.faults:
            del event["home_team"], event["away_team"]
        return event

    def _announce(self, ticket: dict[str, Any], creating: bool, player: dict[str, Any]) -> None:
        """Tell the platform, and give the ticket the status that comes of its answer."""
        after = "open" if creating and "created_reserved" not in self.faults else "reserved"
        if "open_at_once" in self.faults:
            ticket["status"] = after
        status, answer = self._take(ticket, creating)
        if status == 200 or "free_bet" in self.faults:
            ticket["status"] = after
            if status != 200:
                self.pam.discard(ticket)
            if creating and "texts_for_created" in self.faults:
                self.pam.text(ticket)
            return
        ticket |= {"status": "cancelled", "result": "void"}
        if "cancelled_forgotten" in self.faults:
            self.tickets.remove(ticket)
        if self.pam.url is not None:
            self.pam.discard(ticket)
        code = answer.get("code") if isinstance(answer, dict) and status == 400 else None
        passed = (101, 916, 925) if creating else (101, 916)
        if status is None and "lost_as_refused" not in self.faults:
            raise Refused(927, "Operator does not respond")
        if code in passed and "pam_codes_swallowed" not in self.faults:
            raise Refused(code, "Refused by the operator")
        raise Refused(926, "Ticket is refused by the operator")

    def _take(self, ticket: dict[str, Any], creating: bool) -> tuple[int | None, Any]:
        if self.pam.url is None:
            poor = creating and ticket["user_id"] == "2" and ticket["price"] > 100
            if poor and "poor_player_bets" not in self.faults:
                return 400, {"code": 925, "message": "Insufficient funds"}
            return 200, {}
        if "reserve_charged" in self.faults:
            self.pam.announce("ticket_create", ticket)
        return self.pam.announce("ticket_create" if creating else "ticket_reserve", ticket)

    def _shown(self, ticket: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in ticket.items() if name not in ("owner", "token")}
        if "price_as_text" in self.faults:
            shown["price"] = str(shown["price"])
        if "field_missing" in self.faults:
            del shown["updated"], shown["ext_type"]
        if "created_field_missing" in self.faults:
            del shown["user_id"]
        if "stake_missing" in self.faults:
            del shown["stake"]
        if "numbers_with_fractions" in self.faults:
            shown |= {one: float(shown[one]) for one in ("price", "stake", "ext_amount", "net_payout")}
            shown["wht"] = int(shown["wht"])
        if "psp_as_number" in self.faults:
            shown["psp"] = 7
        if "unknown_status" in self.faults:
            shown["status"] = shown["status"].upper()
        if "extra_field" in self.faults:
            shown["x_new"] = {"added": "later"}
        return shown

    def _find(self, name: str, identifier: str) -> dict[str, Any] | None:
        keys = ("id",) if "no_codes" in self.faults else ("id", "code")
        return next(
            (
                ticket
                for ticket in self.tickets
                if identifier in [ticket[key] for key in keys]
                and (ticket["owner"] == name or "tickets_shared" in self.faults)
            ),
            None,
        )

    def _pay(self, name: str, identifier: str, headers: dict[str, str]) -> Reply:
        if "content_type_required" in self.faults and "content-type" not in headers:
            return 415, {"code": 901, "message": "Unsupported Media Type"}
        if not OPERATORS[name].reserves and "feature_ignored" not in self.faults:
            return self._refusal(100, "reserve feature not implemented yet")
        ticket = self._find(name, identifier)
        if ticket is None:
            return self._refusal(102, f"Ticket with `{identifier}` identifier is not found")
        if "paid_twice" not in self.faults and ticket["status"] != "reserved":
            if "refused_payment_touches" in self.faults:
                ticket["updated"] = "2026-01-29T00:00:00.000000"
            return self._refusal(117, "Ticket has to have `reserved` status in order to do this action")
        if "payment_race" in self.faults:
            self.meeting.wait(identifier)  # two have seen it reserved
        if "payment_ignored" not in self.faults:
            ticket["status"] = "open"
        if "paying_calls" in self.faults and self.pam.url is not None:
            self.pam.announce("ticket_create", ticket)
        if "bet_results_sent" in self.faults:
            self.pam.text(ticket, "bet_result")
        if not self.pam.text(ticket) and "lost_text_refuses" in self.faults:
            return 500, {"code": 906, "message": "Internal Server Error"}
        return 200, self._shown(ticket) if "payment_shows_the_ticket" in self.faults else {}

    def _read(self, name: str, identifier: str) -> Reply:
        ticket = self._find("" if "reads_nothing" in self.faults else name, identifier)
        if ticket is None and "foreign_forbidden" in self.faults:
            return 403, self._body(FORBIDDEN)
        if ticket is None:
            return self._refusal(102, f"Ticket with `{identifier}` identifier is not found")
        return 200, self._shown(ticket)

    def _list(self, name: str, given: dict[str, list[str]]) -> Reply:
        try:
            limit = int(given.get("limit", ["50" if "list_unlimited" in self.faults else "10"])[0])
            skipped = set(given.get("skip_types", ()))
            if (limit < 1 or not skipped <= set(KINDS)) and "ranges_unchecked" not in self.faults:
                raise ValueError
        except ValueError:
            status = 400 if "invalid_as_400" in self.faults else 422
            return status, {"code": 900, "message": "Request parameters are not valid"}
        if "skip_type" in given and "singular_skips" in self.faults:
            skipped |= set(given["skip_type"])
        if "skip_ignored" in self.faults:
            skipped = set()
        found = [
            ticket
            for ticket in self.tickets
            if (ticket["owner"] == name or "tickets_shared" in self.faults)
            and ticket["type"] not in skipped
            and (
                ticket["user_id"] == given.get("user_id", [ticket["user_id"]])[0]
                or "user_ignored" in self.faults
            )
        ]
        if "oldest_first" not in self.faults:
            found = found[::-1]
        if "limit_ignored" not in self.faults:
            found = found[:limit]
        shown = [self._shown(ticket) for ticket in found]
        if "listed_differs" in self.faults:
            shown = [{**ticket, "status": "reserved"} for ticket in shown]
        return 200, {"tickets": shown} if "lists_in_envelope" in self.faults else shown
