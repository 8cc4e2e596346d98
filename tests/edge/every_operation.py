"""A request for every operation of every contract, in order and identified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from mockserver.edge.contract import Operation
from mockserver.kernel.journal import NOBODY
from mockserver.kernel.signing import sign

from .casino_site import CLIENT
from .casino_site import PLAYER as USER
from .feed_reader import BASE as FEED
from .feed_reader import CREDENTIALS
from .in_process import SECRETS, SUPERBET, Service
from .provider_side import COUNTERPARTY, LAUNCH, REAL, identity, written

AGGREGATOR = "/mis-api/api/v2"
_ROUND = {"betId": "b-1", "gameRoundId": "r-1", "sessionId": REAL}
_ACCEPTED = {"TransactionType": -1, "Amount": "10.5", "ErrorCode": 200, "Message": "Success"}
_PAID = {"Amount": "10.5", "BetId": 7, "PartnerUserId": USER, "TransactionType": -1}
_TICKET = "/be/tickets/6314704d686a9e8e5d68dca6"

_OF_OPERATORS: Mapping[str, tuple[str, Any]] = {
    "listTickets": ("/be/tickets", None),
    "createTicket": ("/be/tickets", SUPERBET),
    "reserveTicket": ("/be/tickets/reserve", SUPERBET),
    "payTicket": (f"{_TICKET}/paid", None),
    "getTicket": (_TICKET, None),
    "sendPamAction": (
        "/pam",
        {"action": "identify", "data": {"operator": "site", "token": "UnIqUe-ToKeN"}},
    ),
    "sendSmsNotification": ("/sms", {"type": "otp", "data": {"code": "1234", "msisdn": "+260977223120"}}),
}
_OPEN: Mapping[str, tuple[str, Any]] = {
    "getFinanceDetails": (
        "/bc/calculator/finance-details?operator=site&price=3500&odds=1.24&odds=2.76",
        None,
    ),
    "listJackpotCards": ("/bc/jackpots?operator=site", None),
    "listQuicktipCards": ("/bc/quicktips?operator=site", None),
    "listSmartbetCards": ("/bc/smartbets?operator=site", None),
    "listQuickbetCards": ("/bc/quickbets?operator=site", None),
    "listSuperbetCards": ("/bc/superbets?operator=site", None),
    "getJackpotCard": ("/bc/jackpots/F2964C", None),
    "pickJackpotBets": ("/bc/jackpots/F2964C", None),
    "getQuicktipCard": ("/bc/quicktips/F2964C", None),
    "getSmartbetCard": ("/bc/smartbets/F2964C", None),
    "generateSmartbet": ("/bc/smartbets/F2964C", {"stake": 2000, "win": 25000, "risk": "1.25-4.99"}),
    "getQuickbetCard": ("/bc/quickbets/F2964C", None),
    "getSuperbetCard": ("/bc/superbets/F2964C", None),
    "getJwks": (f"{AGGREGATOR}/auth/jwks", None),
}
_OF_CASINOS: Mapping[str, tuple[str, Any]] = {
    "authUser": ("/users/auth", {"RefreshToken": "8f14e45fceea167a5a36dedd4bea2543", "TagId": 1313}),
    "getUserData": ("/users/data", {"PartnerUserId": USER}),
    "makePayment": ("/payments/make", _PAID),
    "makePayments": ("/payments/make-list", [_PAID]),
    "getPaymentInfo": ("/payments/info", {"BetId": 7}),
    "closeBet": ("/payments/close", {"BetId": "7", "Closed": True}),
    "makeCashback": ("/cashback-payments/make", _PAID | {"TransactionType": 1}),
}
_OF_CLIENTS: Mapping[str, tuple[str, Any]] = {
    "issueToken": (f"{AGGREGATOR}/auth/token", CREDENTIALS),
    "verifyToken": (f"{AGGREGATOR}/auth/verify", "a.b.c"),
    "acceptPayment": (f"{AGGREGATOR}/payments/accept", _ACCEPTED | {"BetId": 7, "PartnerTransactionId": "t"}),
    "acceptCashback": (
        f"{AGGREGATOR}/cashback-payments/accept",
        _ACCEPTED | {"BetId": 7, "TransactionType": 1, "PartnerTransactionId": "t"},
    ),
}
_OF_CONSUMERS: Mapping[str, tuple[str, Any]] = {
    "issueFeedToken": (f"{FEED}/auth/token", CREDENTIALS),
    "listFeedGames": (f"{FEED}/games/list", None),
    "getGameInfo": (f"{FEED}/games/info?id=700001", None),
    "listTranslations": (f"{FEED}/games/types/translations", None),
    "getAccumulatedJackpot": (f"{FEED}/jackpots/accumulated", None),
}
_OF_PROVIDERS: Mapping[str, tuple[str, Any]] = {
    "getBalance": (f"/v1/sessions/{REAL}/balance", None),
    "payIn": (f"/v1/sessions/{REAL}/bets/pay-in", _ROUND | {"betAmount": "10.50"}),
    "payOut": (f"/v1/sessions/{REAL}/bets/pay-out", _ROUND | {"winAmount": "21.00"}),
    "payInOut": (
        f"/v1/sessions/{REAL}/bets/pay-in-out",
        _ROUND | {"betAmount": "10.50", "winAmount": "21.00"},
    ),
    "refundBet": (f"/v1/sessions/{REAL}/bets/refund", {"betId": "b-1"}),
    "listGames": ("/v1/games", None),
    "launchGame": ("/v1/games/101/launch", LAUNCH),
}
REQUESTS: Mapping[str, tuple[str, Any]] = {
    **_OF_OPERATORS,
    **_OPEN,
    **_OF_CASINOS,
    **_OF_CLIENTS,
    **_OF_CONSUMERS,
    **_OF_PROVIDERS,
}
"""Path and document by operationId."""


def tenant_of(operation_id: str) -> str:
    """Whose faults strike an operation when it is called by :class:`Everybody`."""
    if operation_id in _OPEN:
        return NOBODY
    if operation_id in _OF_OPERATORS:
        return "site"
    return COUNTERPARTY if operation_id in _OF_PROVIDERS else CLIENT


@dataclass
class Everybody:
    """Every party that calls the sandbox."""

    service: Service

    def __post_init__(self) -> None:
        self._access = self._token(f"{AGGREGATOR}/auth/token")
        self._feed_access = self._token(f"{FEED}/auth/token")

    def call(self, operation: Operation) -> httpx.Response:
        """Call an operation as its caller would."""
        path, document = REQUESTS[operation.id]
        headers, body = self.signed(operation.id, document)
        return self.service.send(operation.method, path, headers, body)

    def signed(self, operation_id: str, document: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a call."""
        body = b"" if document is None else json.dumps(document).encode()
        headers = {"content-type": "application/json"} if body else {}
        if operation_id == "sendPamAction":
            headers |= {"timestamp": "1706090303", "signature": sign(SECRETS["site"], "1706090303", body)}
        elif operation_id in _OF_OPERATORS:
            headers |= self.service.betstack_headers("site", body)
        elif operation_id in _OF_CASINOS:
            body = json.dumps(self.service.token(document)).encode()
        elif operation_id in _OF_PROVIDERS:
            body = b"" if document is None else written(document)
            headers = identity(body)
        elif operation_id in _OF_CLIENTS:
            headers |= {"authorization": f"Bearer {self._access}"}
        elif operation_id in _OF_CONSUMERS:
            headers |= {"authorization": f"Bearer {self._feed_access}"}
        return headers, body

    def _token(self, path: str) -> str:
        body = json.dumps(CREDENTIALS).encode()
        answer = self.service.send("POST", path, {"content-type": "application/json"}, body)
        return str(answer.json()["access_token"])
