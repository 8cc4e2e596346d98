"""The key set of another party is read once, and again when a token names an unknown key."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mockserver.adapters.clock import ManualClock
from mockserver.adapters.keys import JwksClient, SigningKeys
from mockserver.kernel.ports import KeysUnavailable


class Publisher:
    """Serves whatever it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.asked = 0
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked += 1
                self.send_response(publisher.status)
                self.send_header("content-length", str(len(publisher.body)))
                self.end_headers()
                self.wfile.write(publisher.body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/jwks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


def key_set(*keys: SigningKeys) -> tuple[bytes, list[str]]:
    members = [key.jwk(key.first) for key in keys]
    return json.dumps({"keys": members}).encode(), [member["kid"] for member in members]


def test_a_key_is_read_once_and_kept(publisher: Publisher, clock: ManualClock) -> None:
    publisher.body, (kid,) = key_set(SigningKeys())
    client = JwksClient(publisher.url, clock)

    async def find_twice() -> None:
        assert await client.find(kid) is not None
        assert await client.find(kid) is not None

    asyncio.run(find_twice())
    assert publisher.asked == 1


def test_an_unknown_key_is_looked_for_again_at_most_once_a_second(
    publisher: Publisher, clock: ManualClock
) -> None:
    old, new = SigningKeys(), SigningKeys()
    publisher.body, (old_kid,) = key_set(old)
    client = JwksClient(publisher.url, clock)

    async def rotate() -> list[bool]:
        found = [await client.find(old_kid) is not None]
        publisher.body, (_, new_kid) = key_set(old, new)
        found.append(await client.find(new_kid) is not None)
        clock.advance(timedelta(seconds=1))
        found.append(await client.find(new_kid) is not None)
        found.append(await client.find(old_kid) is not None)
        return found

    assert asyncio.run(rotate()) == [True, False, True, True]
    assert publisher.asked == 2


def test_those_who_ask_at_once_share_one_reading(publisher: Publisher, clock: ManualClock) -> None:
    publisher.body, (kid,) = key_set(SigningKeys())
    client = JwksClient(publisher.url, clock)

    async def all_at_once() -> list[bool]:
        return [key is not None for key in await asyncio.gather(*(client.find(kid) for _ in range(10)))]

    assert asyncio.run(all_at_once()) == [True] * 10
    assert publisher.asked == 1


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (500, b"", "HTTP status 500"),
        (302, b"", "HTTP status 302"),
        (200, b"<html>", "not a key set"),
        (200, b"[]", "not a key set"),
        (200, b'{"keys": 7}', "not a key set"),
        (200, b"[" * 100_000, "not a key set"),
        (200, b" " * 300_000, "more than 262144 bytes"),
    ],
)
def test_a_key_set_that_cannot_be_read_says_why(
    publisher: Publisher, clock: ManualClock, status: int, body: bytes, told: str
) -> None:
    publisher.status, publisher.body = status, body

    with pytest.raises(KeysUnavailable, match=told):
        asyncio.run(JwksClient(publisher.url, clock).find("a"))


def test_a_publisher_that_is_down_is_named(clock: ManualClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(KeysUnavailable, match=f"127.0.0.1:{port}/jwks can't be read"):
        asyncio.run(JwksClient(f"http://127.0.0.1:{port}/jwks", clock).find("a"))


def test_the_sandboxs_own_key_set_fits_its_contract() -> None:
    keys = SigningKeys()
    jwk = keys.jwk(keys.first)

    assert set(jwk) == {"kty", "use", "kid", "x5t", "alg", "n", "e"}
    assert len(bytes.fromhex(jwk["kid"])) == 20
    assert jwk["kid"] == jwk["kid"].upper()


def test_keys_that_are_broken_or_for_something_else_do_not_hide_the_good_one(
    publisher: Publisher, clock: ManualClock
) -> None:
    keys = SigningKeys()
    good = keys.jwk(keys.first)
    others = [
        "x",
        {"kty": "EC", "kid": "ec"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "!"},
        {"kty": "RSA", "kid": "bare"},
        good | {"kid": "encrypts", "use": "enc"},
        good | {"kid": "other", "alg": "RS512"},
        good | {"kid": 7},
    ]
    publisher.body = json.dumps({"keys": [*others, good | {"d": "secret", "p": "q"}]}).encode()
    client = JwksClient(publisher.url, clock)

    async def found() -> list[bool]:
        kids = [good["kid"], "ec", "broken", "bare", "encrypts", "other"]
        return [await client.find(kid) is not None for kid in kids]

    assert asyncio.run(found()) == [True, False, False, False, False, False]
