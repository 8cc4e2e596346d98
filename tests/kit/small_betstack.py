"""Betstack's bet engine in small, for the kit's own tests; ``faults`` names what it does wrong."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from meeting import Meeting

Reply = tuple[int, Any]

OPERATORS = {"site": "12345ABCDE", "acme": "54321KLMNO", "site-limited": "67890FGHIJ"}
TOKENS = {"site": "UnIqUe-ToKeN", "acme": "acme-player-token", "site-limited": "UnIqUe-ToKeN"}
EVENTS = {
    100001: {101: "2", 102: "3", 103: "4", 104: "5", 105: "6", 106: "7"},
    390815: {101: "1.55"},
    391814: {105: "1.5"},
}
SOURCES = ("desktop", "mobile", "android", "iphone", "ussd", "sms", "telegram")


class SmallBetstack:
    """Tickets and their rules."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.meeting = Meeting()
        self.tickets: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self._numbers = itertools.count(1)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        name = headers.get("operator-name", "")
        if not self._signed(headers, body, name):
            body_of_403 = {"code": 903, "message": "Forbidden. You do not have access for such request"}
            return 403, {} if "empty_403" in self.faults else body_of_403
        if path == "/reserve":
            return self._reserve(name, body)
        _, identifier, *rest = path.split("/")
        if rest == ["paid"]:
            return self._pay(name, identifier)
        return self._read(name, identifier)

    def _signed(self, headers: dict[str, str], body: bytes, name: str) -> bool:
        if "signature_ignored" in self.faults:
            return name in OPERATORS
        if "timestamp" not in headers and "timestamp_optional" not in self.faults:
            return False
        signed = body if "spaces_signed" in self.faults else body.translate(None, b" \t\r\n")
        if "body_not_signed" in self.faults:
            signed = b""
        secrets = OPERATORS.values() if "any_key" in self.faults else [OPERATORS.get(name, "")]
        message = headers.get("timestamp", "").encode() + signed
        return name in OPERATORS and any(
            hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() == headers.get("signature")
            for secret in secrets
        )

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
        return 400, {"code": code, "message": message}

    def _reserve(self, name: str, body: bytes) -> Reply:
        try:
            fields = json.loads(body, parse_float=Decimal)
            if "psp_required" in self.faults:
                fields["psp"]
            legs = (
                fields["events"]
                if fields["type"] == "quicktip"
                else [{"id": fields["event"], "bet": bet, "odds": None} for bet in fields["bets"]]
            )
            if type(fields["price"]) is not int or fields["source"] not in SOURCES:
                raise ValueError
        except (ValueError, KeyError, TypeError):
            return self._refusal(900, "Request body is not valid")
        if fields["operator"] != name and "operator_unchecked" not in self.faults:
            return 403, {"code": 903, "message": "Forbidden. You do not have access for such request"}
        if name == "site-limited" and "feature_ignored" not in self.faults:
            return self._refusal(100, "reserve feature not implemented yet")
        if fields["token"] != TOKENS[name] and "any_player" not in self.faults:
            return self._refusal(101, "User not found")
        for leg in legs:
            if leg["id"] not in EVENTS:
                return self._refusal(910, f"Event `{leg['id']}` is not found")
            if leg["bet"] not in EVENTS[leg["id"]]:
                return self._refusal(911, f"Bet `{leg['bet']}` of event `{leg['id']}` is not found")
            current = Decimal(EVENTS[leg["id"]][leg["bet"]])
            limit = Decimal(fields.get("odds_diff", 0))
            gap = abs(Decimal(leg["odds"]) - current) if leg["odds"] is not None else Decimal(0)
            if ("odds_unchecked" not in self.faults and gap > limit) or (
                gap == limit != 0 and "odds_limit_excluded" in self.faults
            ):
                return self._refusal(912, "Ticket odds changed")
        ticket = self._ticket(name, fields, legs)
        with self.lock:
            self.tickets.append(ticket)
        return 200, self._shown(ticket)

    def _ticket(self, name: str, fields: dict[str, Any], legs: list[dict[str, Any]]) -> dict[str, Any]:
        number = next(self._numbers)
        price, ext, wht = Decimal(fields["price"]), Decimal("12.5"), Decimal(20)
        stake = self._cents(price / (1 + ext / 100))
        gross = wht_amount = Decimal(0)
        if fields["type"] == "quicktip":
            total = Decimal(1)
            for leg in legs:
                total *= Decimal(leg["odds"])
            gross = self._cents(stake * total.quantize(Decimal("0.01"), ROUND_HALF_UP))
            taxed = gross if "tax_on_gross" in self.faults else gross - stake
            wht_amount = self._cents(taxed * wht / 100)
        now = "2026-01-28T14:33:01.000000"
        events = [{"id": leg["id"], "starts": now} for leg in legs]
        kind = (
            {"event": events[0], "bets": fields.get("bets")}
            if fields["type"] == "superbet"
            else {"events": events}
        )
        return {
            "owner": name,
            "id": f"{1 if 'id_given_twice' in self.faults else number:024x}",
            "code": f"C{number:05d}",
            "psp": fields.get("psp"),
            "price": int(price),
            "stake": int(stake),
            "gross_payout": int(gross) or 10 * ("payouts_too_early" in self.faults),
            "net_payout": int(gross - wht_amount),
            "wht_amount": int(wht_amount),
            "wht": 20.0,
            "ext_amount": int(price - stake),
            "ext": 12.5,
            "ext_type": "inclusive",
            "currency": fields["currency"],
            "status": "reserved",
            "result": "pending",
            "approved": True,
            "source": fields["source"],
            "type": fields["type"],
            "atag": fields.get("atag"),
            "rtag": fields.get("rtag"),
            "user_id": "1",
            "created": now,
            "operator_time_created": now,
            "updated": now,
            "operator_time_updated": now,
            **kind,
        }

    def _cents(self, amount: Decimal) -> Decimal:
        return (
            Decimal(int(amount)) if "truncated" in self.faults else amount.quantize(Decimal(1), ROUND_HALF_UP)
        )

    def _shown(self, ticket: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in ticket.items() if name != "owner"}
        if "price_as_text" in self.faults:
            shown["price"] = str(shown["price"])
        if "field_missing" in self.faults:
            del shown["updated"], shown["ext_type"]
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

    def _pay(self, name: str, identifier: str) -> Reply:
        if name == "site-limited" and "feature_ignored" not in self.faults:
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
        return 200, {}

    def _read(self, name: str, identifier: str) -> Reply:
        ticket = self._find("" if "reads_nothing" in self.faults else name, identifier)
        if ticket is None:
            return self._refusal(102, f"Ticket with `{identifier}` identifier is not found")
        return 200, self._shown(ticket)
