"""Two BETCOREs for one casino and one provider: each is told what it asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from conformance import signing
from demo.sandbox import sandbox
from mockserver.testing import Sandbox

CLIENT, PROVIDER = "PartnerClient-1556", "933a215f-a9e6-4f88-9d91-52a87cd50499"
SESSION = "6f1c1f62-5a0b-4f0e-9f6d-0b6f6f6a7c11"
PLAYER = "SomeUserId100"
DEADLINE_SECONDS = 20
KEY = signing.SigningKey.generate()


@contextmanager
def another_betcore() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A BETCORE that takes every accept; its URL, and what came: path and body."""
    came: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({"keys": [KEY.jwk()]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            came.append((self.path.removeprefix("/mis-api/api/v2"), body))
            if self.path.endswith("/auth/token"):
                self._say({"access_token": "outside", "token_type": "Bearer", "expires_in": 3600})
            else:
                self._say({"ErrorCode": 200, "Message": "Success"})

        def _say(self, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", came
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def betcore() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    with another_betcore() as it:
        yield it


def test_each_betcore_gets_the_accepts_of_what_it_asked_for(
    betcore: tuple[str, list[tuple[str, str]]],
) -> None:
    url, came = betcore
    with sandbox("--betcore-url", url) as it, Sandbox(it.admin_url) as plane:
        client = plane.tenant(CLIENT)
        client.drive("bet", player=PLAYER, amount="1", bet_id=1)
        data = {"Amount": "1", "BetId": 2, "PartnerUserId": PLAYER, "TransactionType": -1}
        claims = signing.claims(data, client_id=CLIENT, now=time.time())
        body = signing.jwt_body(signing.token(KEY, claims))
        asked = httpx.post(
            f"{it.base_url}/payments/make", content=body, headers={"content-type": "application/json"}
        )
        assert asked.json()["ErrorCode"] == 200, asked.text

        client.wait_for_outbox(DEADLINE_SECONDS)

        accepts = [call for call in client.outbox("sent") if call["action"] == "acceptBet"]
        assert [call["subject"] for call in accepts] == ["1", "2"]
        assert [row["BetId"] for row in client.transactions()] == ["1"]
        assert [path for path, _ in came] == ["/auth/token", "/payments/accept"]
        assert json.loads(came[1][1])["BetId"] == 2


def test_a_round_in_a_session_of_this_betcore_is_played_here() -> None:
    with sandbox("--betcore-url", "http://127.0.0.1:1") as it, Sandbox(it.admin_url) as plane:
        provider = plane.tenant(PROVIDER)
        calls = provider.drive("play", session=SESSION, stake="1", win="2")["calls"]

        assert [(call["action"], call["state"]) for call in calls] == [("payIn", "sent"), ("payOut", "sent")]
