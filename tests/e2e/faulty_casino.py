"""A casino of the tests' own, that keeps its books in a :class:`BetModel` and fails when told to."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from .bet_model import BOOKED, REPEATED, BetModel, Order

LIFE_SECONDS = 10
ISSUER = "https://test.tvbetapi.net/identity-api"


@dataclass(frozen=True)
class Fault:
    """How a call fails: before the casino books it, or after."""

    committed: bool
    status: int | None
    """``None``: the connection closes."""
    code: int | None = None
    """``ErrorCode`` of the answer; without one it is no JSON."""


@dataclass(frozen=True)
class Verdict:
    """What the caller can read of one transaction, or of a closing."""

    code: int | None = None
    id: str | None = None


@dataclass(frozen=True)
class Arrival:
    """One call as it came."""

    path: str
    data: Any
    verdicts: tuple[Verdict, ...]
    """One for each transaction of the call."""


@dataclass
class FaultyCasino:
    """What came, and how the next calls fail."""

    jwks_url: str
    url: str = ""
    books: BetModel = field(default_factory=lambda: BetModel({}))
    faults: deque[Fault] = field(default_factory=deque)
    down: Fault | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    ids: dict[tuple[int, int], str] = field(default_factory=dict)
    """Own id of the latest booked transaction, by bet and type."""
    _keys: dict[str, Any] = field(default_factory=dict)

    def begin_anew(self, balances: dict[str, Decimal]) -> None:
        """Forget everything but the keys."""
        self.books = BetModel(balances)
        self.heal()
        self.take()
        self.ids.clear()

    def heal(self) -> None:
        """Fail no more."""
        self.faults.clear()
        self.down = None

    def take(self) -> list[Arrival]:
        """What came since the last time."""
        came, self.arrivals = self.arrivals, []
        return came

    def answered(self, path: str, body: bytes) -> tuple[int, bytes] | None:
        """Status and body; ``None`` where the connection closes."""
        data = json.loads(self._claims(json.loads(body))["data"], parse_float=Decimal)
        fault = self.faults.popleft() if self.faults else self.down
        document: dict[str, Any] = {"ErrorCode": 200, "Message": "Success"}
        verdicts: list[Verdict] = []
        if fault is None or fault.committed:
            document, verdicts = self._booked(path, data)
        count = len(data) if isinstance(data, list) else 1
        if fault is not None:
            verdicts = [Verdict(fault.code)] * count
            document = {"ErrorCode": fault.code, "Message": "as told"}
        self.arrivals.append(Arrival(path, data, tuple(verdicts)))
        if fault is None:
            return 200, json.dumps(document).encode()
        if fault.status is None:
            return None
        return fault.status, b"no json" if fault.code is None else json.dumps(document).encode()

    def _booked(self, path: str, data: Any) -> tuple[dict[str, Any], list[Verdict]]:
        if path == "/payments/close":
            self.books.close(int(data["BetId"]), closed=data["Closed"])
            return {"ErrorCode": 200, "Message": "Success"}, [Verdict(200)]
        verdicts = [self._paid(one) for one in (data if isinstance(data, list) else [data])]
        shown = [{"ErrorCode": one.code, "PartnerTransactionId": one.id} for one in verdicts]
        if isinstance(data, list):
            return {"ErrorCode": 200, "Message": "Success", "Value": shown}, verdicts
        return {"ErrorCode": verdicts[0].code, "Message": "", "Value": shown[0]}, verdicts

    def _paid(self, data: dict[str, Any]) -> Verdict:
        order = Order(data["PartnerUserId"], data["BetId"], data["TransactionType"], Decimal(data["Amount"]))
        code = self.books.pay(order)
        key = order.bet, order.type
        if code == BOOKED:
            self.ids[key] = f"tx-{len(self.books.moved)}"
        return Verdict(code, self.ids[key] if code in (BOOKED, REPEATED) else None)

    def _claims(self, token: str) -> dict[str, Any]:
        """What a genuine token says."""
        kid = jwt.get_unverified_header(token)["kid"]
        if kid not in self._keys:
            with urllib.request.urlopen(self.jwks_url) as answer:
                self._keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_json(answer.read()).keys}
        claims: dict[str, Any] = jwt.decode(token, self._keys[kid], algorithms=["RS256"], issuer=ISSUER)
        assert claims["exp"] - claims["nbf"] == LIFE_SECONDS
        return claims


@contextmanager
def faulty_casino(jwks_url: str) -> Iterator[FaultyCasino]:
    """A casino on a free port, for as long as the block runs."""
    casino = FaultyCasino(jwks_url)
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with turn:
                answer = casino.answered(self.path, body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        casino.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield casino
        finally:
            server.shutdown()
            thread.join()
