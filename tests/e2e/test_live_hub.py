"""The live hub over real WebSockets."""

from __future__ import annotations

import contextlib
import logging
import queue
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest
from signalrcore.hub_connection_builder import HubConnectionBuilder
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from demo.sandbox import MOCKSERVER
from mockserver.testing import Sandbox

from .conftest import Running
from .feed_client import HUB, OTHER_HUB, PATIENCE, FeedClient, hear

QUICK = {"betting_seconds": 1, "action_seconds": 1, "result_seconds": 1}


@pytest.fixture
def feed(running: Running, plane: Sandbox) -> Iterator[FeedClient]:
    client = plane.create_partner_client()
    with httpx.Client() as http:
        yield FeedClient(running.base_url, client, http)
    if client.name in {tenant["name"] for tenant in plane.tenants()}:
        client.drop()


def states_of(games: Iterator[dict[str, Any]]) -> list[tuple[int, int]]:
    """State and play status of a game, each once, until the next one waits."""
    seen: list[tuple[int, int]] = []
    for game in games:
        if (state := (game["s"], game["ps"])) not in seen:
            seen.append(state)
        elif state == (1, 1) and len(seen) > 1:
            break
    return seen


WHOLE_GAME = [(1, 1), (2, 1), (2, 2), (3, 2)]


@pytest.mark.parametrize("path", [HUB, OTHER_HUB])
def test_a_game_is_followed_from_waiting_to_its_result(feed: FeedClient, path: str) -> None:
    with feed.open(path) as connection:
        feed.shake_hands(connection)
        feed.subscribe(connection)
        hear(connection)
        feed.client.clock.freeze()
        feed.client.drive("round", game_type=3, **QUICK)

        def games() -> Iterator[dict[str, Any]]:
            yield {"s": 1, "ps": 1}
            while True:
                yield hear(connection)["arguments"][0]["wgi"][0]
                feed.client.clock.advance(seconds=1)

        assert states_of(games()) == WHOLE_GAME


@pytest.mark.parametrize("negotiated", [False, True])
def test_the_public_signalr_client_follows_a_game(feed: FeedClient, negotiated: bool) -> None:
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    opened, completed = threading.Event(), threading.Event()
    token = feed.token()
    options: dict[str, Any] = {"skip_negotiation": True, "ssl_context": ssl.create_default_context()}
    url = feed.url(token=token)
    if negotiated:
        options = options | {"skip_negotiation": False, "access_token_factory": lambda: token}
        url = feed.base_url + HUB
    hub = HubConnectionBuilder().with_url(url, options).configure_logging(logging.ERROR).build()
    hub.on_open(opened.set)
    hub.on("SubOnWholeGamesInfo", lambda arguments: heard.put(arguments[0]["wgi"][0]))
    hub.start()
    try:
        assert opened.wait(PATIENCE)
        hub.send("Subscribe", feed.wanted(), lambda _completion: completed.set())
        assert completed.wait(PATIENCE)
        feed.client.clock.freeze()
        waiting = heard.get(timeout=PATIENCE)
        feed.client.drive("round", game_type=3, **QUICK)

        def games() -> Iterator[dict[str, Any]]:
            yield waiting
            while True:
                yield heard.get(timeout=PATIENCE)
                feed.client.clock.advance(seconds=1)

        assert states_of(games()) == WHOLE_GAME
    finally:
        hub.stop()


def test_a_connection_is_refused_with_the_body_of_the_rest_methods(feed: FeedClient) -> None:
    token = feed.token()
    feed.client.clock.freeze()
    with feed.open(token=token) as connection:
        feed.shake_hands(connection)
    feed.client.clock.advance(hours=2)

    for refused, code in ((token, 990051), ("nobody", 990050)):
        with pytest.raises(InvalidStatus) as caught:
            feed.open(token=refused)
        answer = caught.value.response
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/json"
        assert str(code).encode() in bytes(answer.body)


def test_a_token_of_before_a_reset_is_denied(feed: FeedClient) -> None:
    token = feed.token()
    with feed.open(token=token) as connection:
        feed.shake_hands(connection)
        feed.client.reset()
        assert hear(connection) == {"type": 7, "allowReconnect": True}
        with pytest.raises(ConnectionClosed) as closed:
            hear(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001

    with pytest.raises(InvalidStatus):
        feed.open(token=token)


@pytest.mark.parametrize(
    ("frame", "error", "code"),
    [
        ("garbage\x1e", "Invalid request parameters", 1007),
        (b"\x00\x01\x02", "Invalid request parameters", 1007),
        ("x" * 1_000_000, "Message too large", 1009),
    ],
)
def test_what_cannot_be_read_ends_the_connection_and_says_why(
    feed: FeedClient, frame: str | bytes, error: str, code: int
) -> None:
    with feed.open() as connection:
        feed.shake_hands(connection)
        connection.send(frame)

        assert hear(connection) == {"type": 7, "error": error}
        with pytest.raises(ConnectionClosed) as closed:
            hear(connection)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


def test_a_message_that_is_not_read_to_its_end_ends_the_connection(feed: FeedClient) -> None:
    with feed.open() as connection:
        feed.shake_hands(connection)
        with contextlib.suppress(ConnectionClosed):
            connection.send("x" * 3_000_000)
        with pytest.raises(ConnectionClosed) as closed:
            hear(connection)

    # What was not read may reset the connection before the reason has arrived.
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1009


def test_text_that_is_not_utf_8_ends_the_connection_and_says_why(feed: FeedClient) -> None:
    with feed.open() as connection:
        feed.shake_hands(connection)
        connection.send(b"\xff\xfe\x1e", text=True)

        assert hear(connection) == {"type": 7, "error": "Invalid request parameters"}


def test_a_hundred_consumers_each_follow_their_own_count(feed: FeedClient) -> None:
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(100):
            connections.append(stack.enter_context(feed.open()))
            feed.shake_hands(connections[-1])
            feed.subscribe(connections[-1])
        for connection in connections:
            assert [hear(connection)["arguments"][0]["sId"] for _ in range(3)] == [0, 1, 2]


def test_an_upgrade_elsewhere_is_ignored_as_an_offer(running: Running) -> None:
    offer = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for method, path, body in (
        ("POST", "/users/data", b'"x"'),
        ("GET", "/be/tickets/1", b""),
        ("POST", HUB, b"x"),
    ):
        plain, offered = (
            httpx.request(method, running.base_url + path, headers=headers, content=body)
            for headers in ({}, offer)
        )
        assert (offered.status_code, offered.content) == (plain.status_code, plain.content)


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 12, 19])
def test_an_upgrade_is_understood_wherever_the_network_cuts_it(feed: FeedClient, cut: int) -> None:
    host, port = feed.base_url.removeprefix("http://").split(":")
    path = feed.url().removeprefix(f"ws{feed.base_url.removeprefix('http')}")
    before = f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
    offer = "Upgrade: WebSocket\r\n"
    rest = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall((before + offer[:cut]).encode())
        # Another connection's answer comes only after what was sent above has been taken.
        assert httpx.get(f"{feed.base_url}/be/nope").status_code == 404
        connection.sendall((offer[cut:] + rest).encode())

        assert connection.recv(4000).startswith(b"HTTP/1.1 101 ")


def test_a_server_with_open_connections_stops_at_once_and_says_nothing_of_it() -> None:
    with subprocess.Popen(
        [*MOCKSERVER, "serve", "--port", "0", "--admin-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Ready"):
                break
        hub = next(word for word in said.split() if word.startswith("ws://"))
        base = f"http{hub.removeprefix('ws').removesuffix(HUB)}"
        answer = httpx.post(
            f"{base}/partnersmediator-service/api/v2/auth/token",
            json={"PartnerClientId": 1556, "Secret": "PARTNERSECRET1556"},
        )
        url = f"{hub}?access_token={answer.json()['access_token']}"
        with connect(url) as open_one, connect(url):
            with pytest.raises(InvalidStatus):
                connect(f"{hub}?access_token=x")
            process.send_signal(signal.SIGINT)
            with pytest.raises(ConnectionClosed) as closed:
                open_one.recv(timeout=PATIENCE)
            assert process.wait(PATIENCE) == 0
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert process.stderr.read() == ""


def test_a_consumer_that_reads_nothing_does_not_make_the_server_grow(
    running: Running, feed: FeedClient
) -> None:
    port = int(running.base_url.rpartition(":")[2])
    listening = (
        one.pid
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port
    )
    server = psutil.Process(next(listening))
    call = '{"type": 1, "target": "Nope", "arguments": [], "invocationId": "%s"}\x1e' % ("x" * 2_000)
    with feed.open(close_timeout=0.5) as connection:
        feed.shake_hands(connection)
        before = server.memory_info().rss

        taken = _sent_until_nobody_reads(connection.socket, _masked(call * 16))

        assert taken < _ENOUGH
        assert server.memory_info().rss - before < 60_000_000
        assert httpx.get(f"{running.base_url}/be/nope").status_code == 404


_ENOUGH = 100_000_000


def _sent_until_nobody_reads(connection: socket.socket, frame: bytes) -> int:
    """How many bytes the other side took before it stopped reading."""
    connection.settimeout(2)
    taken = 0
    with contextlib.suppress(OSError):
        while taken < _ENOUGH:
            connection.sendall(frame)
            taken += len(frame)
    return taken


def _masked(text: str) -> bytes:
    """A text frame with a mask of zeros."""
    data = text.encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data
