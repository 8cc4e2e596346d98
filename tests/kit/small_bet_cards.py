"""Betstack's calculator and bet cards in small; ``faults`` names what they do wrong."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs

from small_offer import CARDS, EVENTS, EXT, KINDS, OPERATORS, bet, event_fields

Reply = tuple[int, Any]

PLURALS = {f"{kind}s": kind for kind in KINDS}


def finances(faults: frozenset[str], price: int, odds: list[Decimal], wht: Decimal) -> dict[str, Any]:
    """The amounts of a price in cents at odds; payouts of 0 without odds."""

    def cents(amount: Decimal) -> Decimal:
        return Decimal(int(amount)) if "truncated" in faults else amount.quantize(Decimal(1), ROUND_HALF_UP)

    stake = cents(Decimal(price) / (1 + EXT / 100))
    total = Decimal(1 if odds else 0)
    for one in odds:
        total *= one
    if "odds_unrounded" not in faults:
        total = total.quantize(Decimal("0.01"), ROUND_HALF_UP)
    gross = cents(stake * total)
    tax = cents((gross if "tax_on_gross" in faults else gross - stake) * wht / 100) if odds else Decimal(0)
    fraction = 100 if "rates_as_fractions" in faults else 1
    return {
        "price": price,
        "total_odds": float(total),
        "stake": int(stake),
        "ext": float(EXT) / fraction,
        "ext_amount": price - int(stake),
        "ext_type": "exclusive" if "excise_exclusive" in faults else "inclusive",
        "wht": float(wht) / fraction,
        "wht_amount": int(tax),
        "gross_payout": int(gross),
        "net_payout": int(gross - tax),
    }


class SmallBetCards:
    """The calculator, the cards, and what is made from them."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        path, _, query = path.partition("?")
        if "identity_required" in self.faults and "operator-name" not in headers:
            return 403, {"code": 903, "message": "Forbidden. You do not have access for such request"}
        if len(body) > 2**20 and "body_unlimited" not in self.faults:
            return 413, {"code": 902, "message": "Content Too Large"}
        given = parse_qs(query)
        kind, _, code = path.strip("/").partition("/")
        if path == "/calculator/finance-details":
            return self._calculate(given) if method == "GET" else self._no_method()
        if kind not in PLURALS:
            return self.no_path()
        if not code:
            return self._list(PLURALS[kind], given) if method == "GET" else self._no_method()
        if method == "GET":
            return self._read(PLURALS[kind], code)
        if kind == "jackpots":
            return self._pick(code)
        return self._generate(code, headers, body)

    def no_path(self) -> Reply:
        return (200, {}) if "any_path" in self.faults else (404, {"code": 904, "message": "Not Found"})

    def _no_method(self) -> Reply:
        return (
            (200, {}) if "any_path" in self.faults else (405, {"code": 905, "message": "Method Not Allowed"})
        )

    def _refusal(self, code: int, message: str) -> Reply:
        if "wrong_status" in self.faults:
            return 409, {"code": code, "message": message}
        if "wrong_message" in self.faults:
            message = message.upper()
        more = {"details": []} if "refusal_has_details" in self.faults else {}
        return 400, {"code": code, "message": message, **more}

    def _calculate(self, given: dict[str, list[str]]) -> Reply:
        if "parameters_optional" in self.faults:
            given = {"operator": ["site"], "price": ["1000"], "odds": ["2"], **given}
        try:
            name, price = given["operator"][0], Decimal(given["price"][0])
            odds = [Decimal(one) for one in given["odds"]]
            if price != int(price) or not (
                "ranges_unchecked" in self.faults or (price >= 1 and min(odds) >= 1)
            ):
                raise ValueError
        except (KeyError, ValueError, ArithmeticError):
            return self._refusal(900, "Request parameters are not valid")
        if name not in OPERATORS and "any_operator" not in self.faults:
            return self._refusal(106, f"Operator {name} was not found")
        rate = OPERATORS.get(name, OPERATORS["site"]).wht + ("calculator_rates_differ" in self.faults)
        found = finances(self.faults, int(price), odds, rate)
        if found["gross_payout"] > 10**15 and "payout_unlimited" not in self.faults:
            return self._refusal(915, "Ticket payout is above the limit")
        if "numbers_with_fractions" in self.faults:
            found |= {one: float(found[one]) for one in ("price", "stake", "net_payout")}
            found["wht"] = int(found["wht"])
        if "price_of_the_sample" in self.faults:
            found["price"] = 1000
        if "calculator_field_missing" in self.faults:
            del found["ext_type"]
        return 200, found

    def _list(self, kind: str, given: dict[str, list[str]]) -> Reply:
        if "parameters_optional" in self.faults:
            given = {"operator": ["site"], **given}
        if "operator" not in given:
            return self._refusal(900, "Request parameters are not valid")
        name = given["operator"][0]
        if name not in OPERATORS:
            if "any_operator" in self.faults:
                return 200, []
            return self._refusal(106, f"Operator {name} was not found")
        if kind in OPERATORS[name].types_off and "feature_ignored" not in self.faults:
            return self._refusal(100, f"{kind} feature not implemented yet")
        listed = [self._card(kind, code, name) for code in CARDS[kind]]
        if "listed_card_differs" in self.faults:
            listed = [{**card, "title": "As listed"} for card in listed]
        return 200, {"cards": listed} if "lists_in_envelope" in self.faults else listed

    def _read(self, kind: str, code: str) -> Reply:
        known = {self._code(one, name): (one, name) for one in CARDS[kind] for name in OPERATORS}
        if code not in known:
            if "any_code" not in self.faults:
                return self._refusal(917, f"Bet card `{code}` is not found")
            known[code] = next(iter(CARDS[kind])), "site"
        one, name = known[code]
        if "wrong_card_read" in self.faults:
            name = "acme"
        card = self._card(kind, one, name)
        if "card_field_missing" in self.faults:
            del card["title"]
        return 200, card

    def _code(self, code: str, name: str) -> str:
        code = code if name == "site" else f"{code[:5]}{chr(65 + len(name))}"
        return code.lower() if "card_codes_lower" in self.faults else code

    def _card(self, kind: str, code: str, name: str) -> dict[str, Any]:
        events = [self._card_event(kind, event, name) for event in CARDS[kind][code]]
        plural = kind != "superbet" or "superbet_events_plural" in self.faults
        card = {
            "code": self._code(code, name),
            "title": "World",
            "description": "A card",
            "sitename": None,
            "domain": None,
            "preview_img": None,
            **({} if "card_operator_missing" in self.faults else {"operator": name}),
            **({"events": events} if plural else {"event": events[0]}),
        }
        if kind == "jackpot" and "prizes_missing" not in self.faults:
            card |= {"prize": 5000000, "bonus_prizes": [500000]}
        return card

    def _card_event(self, kind: str, event: int, name: str) -> dict[str, Any]:
        fields = event_fields(event, OPERATORS[name].zone_hours)
        bets = [bet(event, number) for number in EVENTS[event]]
        if "card_bets_missing" in self.faults:
            return fields
        return {**fields, "bet": bets[0]} if kind in ("quicktip", "quickbet") else {**fields, "bets": bets}

    def _pick(self, code: str) -> Reply:
        status, card = self._read("jackpot", code)
        if status == 200 and "picks_missing" not in self.faults:
            for event in card["events"]:
                event["bet"] = event["bets"][-1]
        return status, card

    def _generate(self, code: str, headers: dict[str, str], body: bytes) -> Reply:
        if headers.get("content-type") != "application/json" and "media_type_ignored" not in self.faults:
            return 415, {"code": 901, "message": "Unsupported Media Type"}
        try:
            wish = json.loads(body)
            if "wish_unchecked" in self.faults:
                wish = {"stake": 2000, "win": 1, "risk": "1-1000", **(wish if isinstance(wish, dict) else {})}
                wish = {
                    **wish,
                    "stake": int(wish["stake"]),
                    "win": int(wish["win"]),
                    "risk": str(wish["risk"]),
                }
            stake, win, risk = wish["stake"], wish["win"], wish["risk"]
            if type(stake) is not int or type(win) is not int or type(risk) is not str or stake < 1:
                raise ValueError
            low, high = (Decimal(part) for part in risk.split("-"))
        except (ValueError, KeyError, TypeError, ArithmeticError):
            if "wish_unchecked" not in self.faults:
                return self._refusal(900, "Request body is not valid")
            stake, win, low, high = 2000, 1, Decimal(1), Decimal(1000)
        status, card = self._read("smartbet", code)
        if status != 200:
            return status, card
        if not 1 <= low <= high:
            if "risk_unchecked" not in self.faults:
                return self._refusal(940, f"Risk `{low}-{high}` is not a range of odds")
            low, high = Decimal(1), Decimal(1000)
        return self._select(card, stake, win, low, high)

    def _select(self, card: dict[str, Any], stake: int, win: int, low: Decimal, high: Decimal) -> Reply:
        wht = OPERATORS["site"].wht + ("smartbet_rates_differ" in self.faults)
        events: list[dict[str, Any]] = []
        odds: list[Decimal] = []
        for event in card["events"]:
            within = [
                one
                for one in event["bets"]
                if low <= Decimal(str(one["odds"])) <= high or "risk_ignored" in self.faults
            ]
            if not within:
                continue
            chosen = max(within, key=lambda one: float(one["odds"]))
            odds.append(Decimal(str(chosen["odds"])))
            category = {"league_id": 1, "league_slug": "l", "league_name": "L"}
            category |= {"country_id": 2, "country_slug": "c", "country_name": "C"}
            events.append(
                {name: value for name, value in event.items() if name != "bets"}
                | {"category": category, "bet": dict(chosen)}
            )
            found = finances(self.faults, stake, odds, wht)
            if found["net_payout"] >= win or "win_missed" in self.faults:
                return 200, self._smartbet(found, events, low, high)
        if "unreachable_answered" in self.faults:
            found = finances(self.faults, stake, odds or [Decimal(1)], wht)
            return 200, self._smartbet(found, events, low, high)
        return self._refusal(941, f"Win `{win}` can't be reached within risk `{low}-{high}`")

    def _smartbet(
        self, found: dict[str, Any], events: list[dict[str, Any]], low: Decimal, high: Decimal
    ) -> dict[str, Any]:
        if "stake_as_price" in self.faults:
            found["price"] = found["stake"]
        for event in events:
            if "category_missing" in self.faults:
                del event["category"]
            if "bet_field_missing" in self.faults:
                del event["bet"]["market_name"]
            if "zones_apart" in self.faults:
                event["operator_time_starts"] = event["operator_time_starts"].replace(":00:00.", ":07:00.")
            if "updated_with_fraction" in self.faults:
                event["bet"]["updated"] += ".000000"
            if "odds_unrounded" in self.faults:
                event["bet"]["odds"] += 0.0001
        answer = {**found, "risk": f"{low}-{high}", "events": events}
        del answer["ext_type"]
        if "smartbet_field_missing" in self.faults:
            del answer["risk"]
        return answer
