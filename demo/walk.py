"""One Betstack ticket and one BETCORE bet, from beginning to end, each exchange shown."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import requests
from rich.console import Console
from rich.markup import escape

from conformance import signing

_DEADLINE_SECONDS = 10
_OPERATOR = {"name": "site", "secret": "12345ABCDE", "token": "UnIqUe-ToKeN"}
_CLIENT, _PLAYER = "PartnerClient-1556", "SomeUserId100"


class Surprise(Exception):
    """An answer is not what the documentation says. The text names both."""


class Walk:
    """Sends signed requests to a sandbox and shows what went out and what came back."""

    def __init__(self, base_url: str, key: signing.SigningKey, console: Console) -> None:
        self._base_url = base_url
        self._key = key
        self._console = console

    def betstack_ticket(self) -> None:
        """Reserve a ticket, pay it, read it.

        :raises Surprise: an answer is not as documented
        """
        self._console.rule("[bold]Betstack: a ticket is reserved, paid and read")
        reservation = {
            "operator": _OPERATOR["name"],
            "token": _OPERATOR["token"],
            "psp": "mobile",
            "price": 2000,
            "currency": "KES",
            "atag": "affiliate-1",
            "rtag": None,
            "source": "mobile",
            "type": "superbet",
            "event": 100001,
            "bets": [101, 102, 103],
        }
        ticket = self._betstack("POST", "/be/tickets/reserve", reservation)
        self._expect(ticket, status="reserved")
        self._betstack("POST", f"/be/tickets/{ticket['code']}/paid")
        self._expect(self._betstack("GET", f"/be/tickets/{ticket['id']}"), status="open", result="pending")

    def betcore_bet(self) -> None:
        """Make a bet, close it, reopen it, pay it out, close it again.

        :raises Surprise: an answer is not as documented
        """
        self._console.rule("[bold]BETCORE: a bet is made, closed, reopened, paid out and closed again")
        bet = int(time.time() * 1000)
        payment = {"Amount": "10.5", "BetId": bet, "PartnerUserId": _PLAYER, "TransactionType": -1}
        for path, data in (
            ("/users/data", {"PartnerUserId": _PLAYER}),
            ("/payments/make", payment),
            ("/payments/close", {"BetId": str(bet), "Closed": True}),
            ("/payments/close", {"BetId": str(bet), "Closed": False}),
            ("/payments/make", payment | {"Amount": "21", "TransactionType": 1}),
            ("/payments/close", {"BetId": str(bet), "Closed": True}),
        ):
            self._expect(self._betcore(path, data), ErrorCode=200, Message="Success")

    def _betstack(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = signing.betstack_body(document) if document else b""
        timestamp = str(int(time.time()))
        headers = {
            "timestamp": timestamp,
            "operator-name": _OPERATOR["name"],
            "signature": signing.betstack_signature(_OPERATOR["secret"], timestamp, body),
        }
        if body:
            headers["content-type"] = "application/json"
        return self._exchange(method, path, headers, body, shown=document)

    def _betcore(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        claims = signing.claims(data, client_id=_CLIENT, now=time.time())
        body = signing.jwt_body(signing.token(self._key, claims))
        return self._exchange(
            "POST", path, {"content-type": "application/json"}, body, shown={"JWT with data": data}
        )

    def _exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, shown: object
    ) -> dict[str, Any]:
        self._console.print(f"[cyan]→ {method} {escape(path)}[/]  {escape(_brief(shown))}")
        self._console.print(f"  [dim]{escape(_identity(headers, body))}[/]")
        answer = requests.request(
            method, f"{self._base_url}{path}", headers=headers, data=body, timeout=_DEADLINE_SECONDS
        )
        colour = "green" if answer.ok else "red"
        self._console.print(f"[{colour}]← {answer.status_code}[/]  {escape(_brief(answer.json()))}\n")
        if not answer.ok:
            raise Surprise(answer.headers.get("x-sandbox-reason", answer.text))
        document: dict[str, Any] = answer.json()
        return document

    @staticmethod
    def _expect(document: Mapping[str, Any], **expected: object) -> None:
        for name, value in expected.items():
            if document.get(name) != value:
                raise Surprise(f"{name} is {document.get(name)!r}, expected {value!r}")


def _identity(headers: Mapping[str, str], body: bytes) -> str:
    """How the request was signed, on one line."""
    if "signature" not in headers:
        return f"body: {body[:24].decode()}…, a JWT of {len(body)} bytes in quotes, signed with RS256"
    shown = {name: value for name, value in headers.items() if name != "content-type"}
    return ", ".join(f"{name}: {value}" for name, value in shown.items())


def _brief(document: object) -> str:
    """One line, with long lists of fields cut where the story no longer needs them."""
    if document is None:
        return "(no body)"
    text = json.dumps(document, ensure_ascii=False)
    return text if len(text) <= 420 else f"{text[:420]} …"
