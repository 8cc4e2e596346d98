"""Servers that answer every request alike. No case may be satisfied by one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from listening import Silent, listening

JSON = "application/json"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


SUPERBET = {
    "id": "6314704d686a9e8e5d68dca6",
    "code": "E36E20",
    "psp": None,
    "price": 2000,
    "stake": 1778,
    "gross_payout": 0,
    "net_payout": 0,
    "wht_amount": 0,
    "wht": 20.0,
    "ext_amount": 222,
    "ext": 12.5,
    "ext_type": "inclusive",
    "currency": "KES",
    "status": "reserved",
    "result": "pending",
    "approved": True,
    "source": "mobile",
    "type": "superbet",
    "atag": None,
    "rtag": None,
    "user_id": "1660986605374148608",
    "created": "2024-01-28T14:33:01.000000",
    "operator_time_created": "2024-01-28T16:33:01.000000",
    "updated": "2024-01-28T14:33:01.000000",
    "operator_time_updated": "2024-01-28T16:33:01.000000",
    "event": {"id": 100001, "starts": "2024-01-28T14:33:01.000000"},
    "bets": [101, 102, 103, 104, 105, 106],
}

AMOUNTS = {
    "price": 1000,
    "total_odds": 3.42,
    "stake": 889,
    "ext": 12.5,
    "ext_amount": 111,
    "wht": 20,
    "wht_amount": 430,
    "gross_payout": 3040,
    "net_payout": 2610,
}
TEAMS = {
    "home_team": {"slug": "ppj", "name": "PPJ", "id": 1141060000},
    "away_team": {"slug": "japs-47", "name": "JaPS/47", "id": 1222480000},
}
SELECTED = {
    "starts": "2024-07-17T17:00:00.000000",
    "operator_time_starts": "2024-07-17T19:00:00.000000",
    "category": {
        "league_id": 18450000,
        "league_slug": "football/finland/kakkonen-group-a",
        "league_name": "Kakkonen Group A",
        "country_id": 1880000,
        "country_slug": "finland",
        "country_name": "Finland",
    },
    **TEAMS,
    "bet": {
        "id": 1,
        "bet_code": "1",
        "bet_name": "Home",
        "market_code": "MRFT",
        "market_name": "Match Result Full Time",
        "line_code": None,
        "line_name": None,
        "odds": 3.42,
        "updated": "2024-07-16T06:45:11",
    },
    "id": 292275,
}
CARD = {
    "code": "F2964C",
    "title": "World",
    "description": "Smartbet description",
    "sitename": None,
    "domain": None,
    "preview_img": None,
    "operator": "site",
}

GAME = {
    "gameId": 101,
    "name": "Seven Fruits",
    "gameCategory": "slots",
    "maxOdd": 500,
    "lobbyImgUrl": "https://games.example/101.png",
}

ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "200 with an empty object": (200, JSON, b"{}"),
    "200 with an empty body": (200, JSON, b""),
    "200 Success": (200, JSON, _json({"ErrorCode": 200, "Message": "Success"})),
    "200 Success with a balance": (
        200,
        JSON,
        _json(
            {
                "ErrorCode": 200,
                "Message": "Success",
                "Value": {"Balance": "7100.5", "PartnerTransactionId": "1"},
            }
        ),
    ),
    "200 with a reserved ticket": (200, JSON, _json(SUPERBET)),
    "200 with an open ticket": (200, JSON, _json({**SUPERBET, "status": "open"})),
    "200 with 103811": (200, JSON, _json({"ErrorCode": 103811, "Message": "JWT token validation failed"})),
    "200 with 103752": (200, JSON, _json({"ErrorCode": 103752, "Message": "Invalid request parameters"})),
    "200 with an empty list": (200, JSON, b"[]"),
    "200 with a list of a ticket": (200, JSON, _json([SUPERBET])),
    "200 with the calculator's sample": (200, JSON, _json({**AMOUNTS, "ext_type": "inclusive"})),
    "200 with a card": (200, JSON, _json({**CARD, "events": [SELECTED], "prize": 1, "bonus_prizes": []})),
    "200 with a superbet card": (200, JSON, _json({**CARD, "event": SELECTED})),
    "200 with a list of cards": (200, JSON, _json([{**CARD, "event": SELECTED}])),
    "200 with a smartbet": (200, JSON, _json({**AMOUNTS, "risk": "1.25-4.99", "events": [SELECTED]})),
    "200 with an open quicktip": (
        200,
        JSON,
        _json({**SUPERBET, "status": "open", "type": "quicktip", "events": [SELECTED], "odds": 3.42}),
    ),
    "400 with 106": (400, JSON, _json({"code": 106, "message": "Operator wrong-name was not found"})),
    "400 with 900": (400, JSON, _json({"code": 900, "message": "Request body is not valid"})),
    "400 with 917": (400, JSON, _json({"code": 917, "message": "Bet card `ZZ99ZZ` is not found"})),
    "400 with 926": (400, JSON, _json({"code": 926, "message": "Ticket is refused by the operator"})),
    "422 with 900": (422, JSON, _json({"code": 900, "message": "Request parameters are not valid"})),
    "400 with 100": (400, JSON, _json({"code": 100, "message": "reserve feature not implemented yet"})),
    "400 with 102": (
        400,
        JSON,
        _json({"code": 102, "message": "Ticket with `E36E20` identifier is not found"}),
    ),
    "400 with 117": (
        400,
        JSON,
        _json({"code": 117, "message": "Ticket has to have `reserved` status in order to do this action"}),
    ),
    "401": (401, JSON, _json({"code": 903, "message": "Unauthorized"})),
    "403": (403, JSON, _json({"code": 903, "message": "Forbidden. You do not have access for such request"})),
    "404": (404, JSON, _json({"code": 904, "message": "Not Found"})),
    "an HTML page": (
        200,
        "text/html; charset=utf-8",
        b"<!doctype html><title>Welcome</title><h1>Log in</h1>",
    ),
    "500": (500, JSON, _json({"code": 906, "message": "Internal Server Error"})),
}

CODE_ANSWERS: dict[str, tuple[int, str, bytes]] = {
    name: ANSWERS[name]
    for name in (
        *("200 with an empty object", "200 with an empty body", "200 with an empty list"),
        *("401", "404", "an HTML page", "500"),
    )
} | {
    "200 with 1": (200, JSON, _json({"_responseCode": 1})),
    "200 with 1 and no balance": (200, JSON, _json({"balance": 0, "_responseCode": 1})),
    "200 with 1 and a balance": (
        200,
        JSON,
        _json({"currency": "EUR", "balance": 750.5, "_responseCode": 1}),
    ),
    "200 with 2": (200, JSON, _json({"_responseCode": 2})),
    "200 with 6": (200, JSON, _json({"_responseCode": 6})),
    "200 with 104": (200, JSON, _json({"_responseCode": 104})),
    "401 with 8": (401, JSON, _json({"_responseCode": 8})),
    "404 with 2": (404, JSON, _json({"_responseCode": 2})),
    "200 with an address": (200, JSON, _json({"frameUri": "https://games.example/101"})),
    "200 with a list of a game": (200, JSON, _json([GAME])),
    "200 with a game and an address": (
        200,
        JSON,
        _json({"games": [GAME], "frameUri": "https://games.example/101", "_responseCode": 1}),
    ),
}
"""Answers with a ``_responseCode``, and what may be taken for one."""


@contextmanager
def constant_server(status: int, content_type: str, body: bytes) -> Iterator[str]:
    """Serve one answer to every request; yields the URL."""

    class Handler(Silent):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

    with listening(Handler) as url:
        yield url


def _head(status: str = "200 OK", *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")


RAW_ANSWERS: dict[str, bytes] = {
    "closes at once": b"",
    "no HTTP": b"220 mail.example.org ESMTP\r\n",
    "closes in mid-answer": _head("200 OK", "Content-Type: application/json", "Content-Length: 500")
    + b'{"id": "',
    "status 999": _head("999 Odd", "Content-Length: 0"),
    "redirects to itself": _head("302 Found", "Location: /be/tickets/reserve", "Content-Length: 0"),
    "claims gzip": _head(
        "200 OK", "Content-Type: application/json", "Content-Encoding: gzip", "Content-Length: 2"
    )
    + b"{}",
    "breaks its chunks": _head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked")
    + b"zz\r\n{}\r\n",
    "malformed content type": _head("200 OK", "Content-Type: json", "Content-Length: 2") + b"{}",
    "malformed header": _head("200 OK", "Content-Type application/json", "Content-Length: 2") + b"{}",
    "no content": _head("204 No Content"),
    "a list": _head("200 OK", "Content-Type: application/json", "Content-Length: 2") + b"[]",
    "a number too long to read": _head("200 OK", "Content-Type: application/json", "Connection: close")
    + b"9" * 5000,
    "not UTF-8": _head("200 OK", "Content-Type: application/json", "Connection: close")
    + b'{"id": "\xff\xfe"}',
    "too deep": _head("200 OK", "Content-Type: application/json", "Connection: close") + b"[" * 5_000,
    "odd date": _head("200 OK", "Date: yesterday", "Content-Type: application/json", "Content-Length: 2")
    + b"{}",
    "half a surrogate pair": _head("200 OK", "Content-Type: application/json", "Content-Length: 79")
    + b'{"id": "\\ud800", "code": "\\udfff", "Message": "\\ud800", "ErrorCode": 200, "x": 1}',
    "numbers out of range": _head("200 OK", "Content-Type: application/json", "Connection: close")
    + b'{"id": "1", "code": 1e999999, "ErrorCode": 1e999999, "ext": 1e999999, "wht": -1e999999, "x": 1}',
    "an endless identifier": _head("200 OK", "Content-Type: application/json", "Connection: close")
    + b'{"id": "'
    + b"a" * 10_000
    + b'", "code": "A", "status": "reserved"}',
}
"""Bytes sent to every connection before it is closed."""


class RawServer(ThreadingTCPServer):
    """As :class:`Server`, one level below HTTP."""

    daemon_threads = True
    request_queue_size = 64


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """Send the bytes to whoever connects, once the request has arrived; yields the URL."""

    class Handler(StreamRequestHandler):
        timeout = 2

        def handle(self) -> None:
            length = 0
            while line := self.rfile.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)
            self.wfile.write(answer)

    with RawServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
