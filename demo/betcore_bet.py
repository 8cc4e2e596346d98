"""A BETCORE bet from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from conformance import signing
from demo.exchanges import exchange, expect

_CLIENT, _PLAYER = "PartnerClient-1556", "SomeUserId100"


def betcore_bet(base_url: str, key: signing.SigningKey, console: Console) -> None:
    """Make a bet, close it, reopen it, pay it out, close it again.

    :raises Surprise: an answer is not as documented
    """
    console.rule("[bold]BETCORE: a bet is made, closed, reopened, paid out and closed again")
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
        expect(_call(base_url + path, data, key, console), ErrorCode=200, Message="Success")
        console.print()


def _call(url: str, data: Mapping[str, Any], key: signing.SigningKey, console: Console) -> dict[str, Any]:
    claims = signing.claims(data, client_id=_CLIENT, now=time.time())
    body = signing.jwt_body(signing.token(key, claims))
    headers = {"content-type": "application/json"}
    return exchange(console, "POST", url, headers, body, shown={"JWT with data": data})
