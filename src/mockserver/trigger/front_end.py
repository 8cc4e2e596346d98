"""An operator's front end: it reserves, creates and pays tickets with signed calls, made of the cards that
the sandbox has on offer."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.signing import sign
from mockserver.trigger.usage import BaseUrlUnreachable, Stopped, UsageError

EXCHANGE_HEADER = "x-sandbox-exchange"

_WAIT_SECONDS = 30
_PRICE = 2000
_CARDS: Mapping[str, str] = {
    "quicktip": "quicktips",
    "quickbet": "quickbets",
    "smartbet": "smartbets",
    "superbet": "superbets",
    "jackpot": "jackpots",
}
"""Types of tickets, with the lists of their cards."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bet engine answered."""

    accepted: bool
    told: str
    """In one line."""
    exchange: str | None
    """Id in the journal; ``None`` where the server tells none."""
    ticket: str | None
    """Its id, or the name that it was called by; ``None`` where it was refused."""


class FrontEnd:
    """Calls the bet engine as an operator's front end.

    :param base_url: of the vendors' APIs
    :param operator: its name
    """

    def __init__(self, base_url: str, operator: str, secret: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._operator = operator
        self._secret = secret

    def ticket(self, player: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The document of a ticket for a player, on the first card of its type that takes bets.

        :param fields: what is to be in it, ``type`` (default: quicktip) among them
        :raises UsageError: there is no such type
        :raises Stopped: no card of it takes bets
        """
        type_ = fields.get("type", "quicktip")
        if not isinstance(type_, str) or type_ not in _CARDS:
            raise UsageError(f"--type is {type_!r}; there are {', '.join(_CARDS)}")
        common = {
            "operator": self._operator,
            "token": player["tokens"][0],
            "psp": "mobile",
            "price": _PRICE,
            "currency": player["currency"],
            "atag": None,
            "rtag": None,
            "source": "mobile",
            "type": type_,
        }
        named = fields.keys() & {"events", "event"}
        return {**common, **({} if named else self._picked(type_)), **fields}

    def place(self, operation: str, document: Mapping[str, Any]) -> Answer:
        """Reserve or create a ticket.

        :param operation: ``reserveTicket`` or ``createTicket``
        :raises BaseUrlUnreachable: nobody answers
        """
        path = "/be/tickets/reserve" if operation == "reserveTicket" else "/be/tickets"
        answer, exchange = self._posted(path, json.dumps(document).encode())
        if answer.status_code != httpx.codes.OK:
            return Answer(False, _refused(answer), exchange, None)
        try:
            ticket = answer.json()
        except ValueError:
            ticket = None
        if not isinstance(ticket, dict) or not isinstance(ticket.get("id"), str):
            raise Stopped(f"{answer.url} answers no ticket; is it a sandbox of Betstack?")
        told = f"ticket {ticket['id']}, code {ticket.get('code')}, {ticket.get('status')}"
        return Answer(True, f"{_came(answer)}  {told}", exchange, ticket["id"])

    def pay(self, identifier: str) -> Answer:
        """Say that a reserved ticket was paid.

        :raises BaseUrlUnreachable: nobody answers
        """
        answer, exchange = self._posted(f"/be/tickets/{quote(identifier, safe='')}/paid", b"")
        if answer.status_code != httpx.codes.OK:
            return Answer(False, _refused(answer), exchange, None)
        return Answer(True, f"{_came(answer)}  paid", exchange, identifier)

    def _picked(self, type_: str) -> dict[str, Any]:
        answer = self._called("GET", f"/bc/{_CARDS[type_]}", params={"operator": self._operator})
        try:
            cards = answer.json()
        except ValueError:
            cards = None
        if answer.status_code != httpx.codes.OK or not isinstance(cards, list):
            raise Stopped(f"{answer.url} answers {answer.status_code}; is it a sandbox of Betstack?")
        if not cards:
            raise Stopped(
                f"no card for a {type_} takes bets; try another --type, or reset tenant `{self._operator}`"
            )
        return _picks(type_, cards[0])

    def _posted(self, path: str, body: bytes) -> tuple[httpx.Response, str | None]:
        """The answer, and the id of the exchange in the journal."""
        timestamp = str(int(time.time()))
        headers = {
            "timestamp": timestamp,
            "operator-name": self._operator,
            "signature": sign(self._secret, timestamp, body),
        } | ({"content-type": "application/json"} if body else {})
        answer = self._called("POST", path, headers=headers, content=body)
        return answer, answer.headers.get(EXCHANGE_HEADER)

    def _called(self, method: str, path: str, **what: Any) -> httpx.Response:
        try:
            return httpx.request(
                method, f"{self._base_url}{path}", timeout=_WAIT_SECONDS, trust_env=False, **what
            )
        except httpx.HTTPError as error:
            raise BaseUrlUnreachable(
                f"nothing answers at {self._base_url}: {error or type(error).__name__}; "
                "is it the base URL of the vendors' APIs (--base-url)?"
            ) from None
        except httpx.InvalidURL as error:
            raise UsageError(f"--base-url: {error}; it looks like http://127.0.0.1:8080") from None


def _came(answer: httpx.Response) -> str:
    return f"POST {answer.url}  {answer.status_code}"


def _refused(answer: httpx.Response) -> str:
    return f"{_came(answer)}  {answer.headers.get(REASON_HEADER) or ' '.join(answer.text.split())}"


def _picks(type_: str, card: Mapping[str, Any]) -> dict[str, Any]:
    """The bets that are taken from a card: all of a superbet, else the tip or the first bet of each event."""
    if type_ == "superbet":
        event = card["event"]
        return {"event": event["id"], "bets": [bet["id"] for bet in event["bets"]]}
    bets = [(event["id"], event.get("bet") or event["bets"][0]) for event in card["events"]]
    picks: dict[str, Any] = {
        "odds_diff": 0.5,
        "events": [{"id": event, "bet": bet["id"], "odds": bet["odds"]} for event, bet in bets],
    }
    if type_ == "jackpot":
        names = {"code": "betcard_code", "prize": "prize", "bonus_prizes": "bonus_prizes"}
        picks |= {field: card[name] for name, field in names.items()}
    return picks
