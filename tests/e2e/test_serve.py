"""``mockserver serve`` as a user meets it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from .conftest import Running

MOCKSERVER = [sys.executable, "-m", "mockserver"]
ANY_PORTS = ["--port", "0", "--admin-port", "0"]


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOCKSERVER, *arguments], capture_output=True, text=True, timeout=30, check=False, **options
    )  # type: ignore[call-overload,no-any-return]  # options are those of subprocess.run


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server and what it printed until it was ready."""
    command = [*MOCKSERVER, "serve", *ANY_PORTS, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        banner = ""
        for line in process.stdout:
            banner += line
            if line.startswith("Ready."):
                break
        try:
            yield process, banner
        finally:
            process.kill()


def test_the_banner_names_urls_and_credentials() -> None:
    with served() as (_, banner):
        urls = re.findall(r"http://127\.0\.0\.1:\d+", banner)

        assert len(set(urls)) == 2
        for told in ("betstack.bet_engine", "betcore.casino", "betcore.aggregator", "control plane"):
            assert told in banner
        for told in ("site", "12345ABCDE", "UnIqUe-ToKeN", "PartnerClient-1556", "SomeUserId100"):
            assert told in banner
        assert "Warning" not in banner


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_told_to(number: signal.Signals) -> None:
    with served() as (process, _):
        process.send_signal(number)

        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_the_control_plane_has_a_port_of_its_own() -> None:
    with served() as (_, banner):
        admin = re.findall(r"control plane\s+(\S+)", banner)[0]
        public = re.findall(r"betcore\.casino\s+(\S+)", banner)[0]

        health = httpx.get(f"{admin}/health").json()
        reset = httpx.post(f"{admin}/reset").json()

        assert health["status"] == "ok"
        assert health["surfaces"] == [
            "betstack.bet_engine",
            "betstack.bet_card",
            "betstack.pam",
            "betstack.sms",
            "betcore.casino",
            "betcore.aggregator",
            "betcore.sessions",
            "betcore.provider",
            "betcore.feed",
            "betcore.livefeed",
        ]
        assert reset == {
            "tenants": [
                "site",
                "site-limited",
                "acme",
                "site-ug",
                "PartnerClient-1556",
                "933a215f-a9e6-4f88-9d91-52a87cd50499",
            ]
        }
        assert httpx.get(f"{public}/health").status_code == 404


def test_each_contract_has_a_page(running: Running) -> None:
    for path, title in (
        ("/be/docs/", "Bet Engine"),
        ("/bc/docs/", "Bet Card"),
        ("/pam/docs/", "PAM"),
        ("/sms/docs/", "SMS"),
        ("/casino/docs/", "casino"),
        ("/mis-api/api/v2/docs/", "aggregator"),
        ("/v1/sessions/docs/", "sessions"),
        ("/v1/games/docs/", "game provider"),
    ):
        page = httpx.get(f"{running.base_url}{path}")
        contract = httpx.get(f"{running.base_url}{path}openapi.json").json()

        assert page.status_code == 200
        assert "swagger" in page.text
        assert title in contract["info"]["title"]


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ended = run("serve", "--port", str(port), "--admin-port", "0")

    assert ended.returncode == 2
    assert ended.stderr == (
        f"mockserver: 127.0.0.1:{port} can't be listened on: Address already in use; "
        "choose another with --host or --port\n"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 8080", "did you mean `port`?"),
        ("port = 'x'", "a port from 0 to 65535"),
        ("port", "sandbox.toml"),
    ],
)
def test_a_mistake_in_the_config_file_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    config = tmp_path / "sandbox.toml"
    config.write_text(text)

    ended = run("serve", "--config", str(config))

    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_body_that_ends_too_soon_leaves_the_server_well(running: Running) -> None:
    host, port = running.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b'POST /users/data HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"eyJ')

    assert httpx.get(f"{running.base_url}/mis-api/api/v2/auth/jwks").status_code == 200


def test_the_casino_reads_keys_from_this_server_unless_told_otherwise() -> None:
    with served() as (_, banner):
        base = re.findall(r"betcore\.casino\s+(\S+)", banner)[0]
        header = "eyJhbGciOiJSUzI1NiIsImtpZCI6IkFCIn0"  # {"alg":"RS256","kid":"AB"}

        answer = httpx.post(f"{base}/users/data", json=f"{header}.e30.e30")

        assert answer.json()["ErrorCode"] == 103811
        assert answer.headers["x-sandbox-reason"] == "jwt_invalid: jwt: kid `AB` is not in the JWKS"


def test_a_betcore_that_is_down_is_named(running: Running) -> None:
    header = "eyJhbGciOiJSUzI1NiIsImtpZCI6IkFCIn0"

    answer = httpx.post(f"{running.base_url}/users/data", json=f"{header}.e30.e30")

    assert answer.json()["ErrorCode"] == 103811
    assert (
        f"the JWKS at http://{running.listen}/mis-api/api/v2/auth/jwks can't be read"
        in (answer.headers["x-sandbox-reason"])
    )


def test_sign_prints_the_headers_of_the_pages_example(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    reservation = {
        "operator": "site",
        "token": "UnIqUe-ToKeN",
        "price": 5000,
        "currency": "KES",
        "atag": "affiliate-1",
        "source": "mobile",
        "type": "superbet",
        "event": 100001,
        "bets": [101, 102, 103, 104, 105, 106],
    }
    body.write_text(json.dumps(reservation, indent=2))

    ended = run("sign", "--operator", "site", "--timestamp", "1706090303", "--body", str(body))

    assert ended.stdout.splitlines() == [
        "timestamp: 1706090303",
        "operator-name: site",
        "signature: f99aee9f77eef1ee8b64c78e7f8612e3234f03cce5fecdebd7ea27f2b9081423",
    ]


def test_sign_knows_only_the_sandboxs_secrets() -> None:
    ended = run("sign", "--operator", "nobody")
    with_secret = run("sign", "--operator", "nobody", "--secret", "x", "--timestamp", "1")

    assert (ended.returncode, with_secret.returncode) == (2, 0)
    assert ended.stderr == "mockserver: the sandbox's seeds have no operator `nobody`; give its --secret\n"


def test_an_offer_of_http_2_in_clear_text_is_ignored_and_the_body_is_read(running: Running) -> None:
    body = b'"not a token"'
    offer = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMAAABkAAQ"}

    plain, offered = (
        httpx.post(f"{running.base_url}/users/data", content=body, headers=headers) for headers in ({}, offer)
    )

    assert offered.headers["x-sandbox-reason"] == plain.headers["x-sandbox-reason"]
    assert "not a compact JWS" in offered.headers["x-sandbox-reason"]


@pytest.mark.parametrize("cut", range(1, 12))
def test_the_offer_is_ignored_wherever_the_network_cuts_it(running: Running, cut: int) -> None:
    host, port = running.base_url.removeprefix("http://").split(":")
    before = b"POST /users/data HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\n"
    offer = b"Upgrade: h2c\r\n"
    body = b'content-length: 13\r\n\r\n"not a token"'
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(before + offer[:cut])
        # Another connection's answer comes only after what was sent above has been taken.
        assert httpx.get(f"{running.base_url}/be/nope").status_code == 404
        connection.sendall(offer[cut:] + body)

        assert b"not a compact JWS" in connection.recv(4000)


def test_a_body_may_end_like_the_beginning_of_that_name(running: Running) -> None:
    answer = httpx.post(f"{running.base_url}/users/data", content=b'"x"\nup')

    assert answer.json()["ErrorCode"] == 103811


def test_what_is_no_http_is_refused_at_once(running: Running) -> None:
    host, port = running.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01 up")

        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_a_head_that_does_not_end_is_cut_off(running: Running) -> None:
    host, port = running.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nx: " + b"a" * 70_000)

        assert connection.recv(1000).startswith(b"HTTP/1.1 431 ")
        assert connection.recv(1000) == b""


def test_a_large_head_that_ends_is_read(running: Running) -> None:
    answer = httpx.get(f"{running.base_url}/be/tickets/x", headers={"x": "a" * 30_000})

    assert answer.status_code == 403


def test_a_call_that_is_not_answered_when_the_server_stops_gets_the_vendors_shape() -> None:
    with served() as (process, banner):
        host, port = re.findall(r"betcore\.casino\s+http://(\S+):(\d+)", banner)[0]
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(b"POST /users/data HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n")
            process.send_signal(signal.SIGINT)
            with connection.makefile("rb") as stream:
                answer = stream.read()  # until it is closed: head and body may come apart

        assert process.wait(timeout=20) == 0
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()
        assert b'{"ErrorCode":103799' in answer


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--host", "a\udcff", *ANY_PORTS],
        ["sign", "--operator", "site", "--timestamp", "soon"],
        ["sign", "--operator", "si\nx-evil: 1", "--secret", "x"],
        ["sign", "--operator", "site", "--secret", "\udcff"],
        ["sign", "--operator", "site", "--body", "/proc/self/mem"],
    ],
)
def test_what_no_command_can_use_is_one_clear_line(arguments: list[str]) -> None:
    ended = run(*arguments)

    assert ended.returncode in {1, 2}
    assert ended.stderr.startswith("mockserver: ")
    assert len(ended.stderr.splitlines()) == 1
    assert "signature" not in ended.stdout


def test_the_control_plane_answers_head() -> None:
    with served() as (_, banner):
        admin = re.findall(r"control plane\s+(\S+)", banner)[0]

        assert httpx.head(f"{admin}/health").status_code == 200
