"""The kit as the vendor."""

from __future__ import annotations

import socket

import pytest
import requests

from conformance.callback_sink import CallbackSink, Received, parse_listen
from conformance.errors import KitError
from conformance.verdict import ExitCode


def test_documents_are_served_and_calls_recorded() -> None:
    with CallbackSink("127.0.0.1:0", {"/keys": {"keys": []}}) as sink:
        found = requests.get(f"{sink.url}/keys?x=1", timeout=5)
        missing = requests.post(f"{sink.url}/other", data=b"abc", timeout=5)
        received = sink.received()

    assert (found.status_code, found.json(), found.headers["Content-Type"]) == (
        200,
        {"keys": []},
        "application/json",
    )
    assert missing.status_code == 404
    assert [(call.method, call.path, call.body) for call in received] == [
        ("GET", "/keys", b""),
        ("POST", "/other", b"abc"),
    ]
    assert isinstance(received[0], Received)


def test_calls_can_be_asked_for_by_path() -> None:
    with CallbackSink("127.0.0.1:0", {"/a": 1}) as sink:
        requests.get(f"{sink.url}/a", timeout=5)

        assert len(sink.received("/a")) == 1
        assert sink.received("/b") == []


def test_port_in_use_is_one_line_of_wrong_usage() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(
            KitError, match=f"can't listen on {address}: Address already in use; .* --listen"
        ) as stopped:
            CallbackSink(address, {})
    assert stopped.value.code is ExitCode.USAGE


def test_port_is_free_again_after_use() -> None:
    with CallbackSink("127.0.0.1:0", {}) as sink:
        address = sink.url.removeprefix("http://")
    with CallbackSink(address, {}) as again:
        assert again.url == sink.url


def test_public_url_is_what_the_target_is_told() -> None:
    with CallbackSink("127.0.0.1:0", {}, public_url="https://kit.example.org/") as sink:
        assert sink.url == "https://kit.example.org"


@pytest.mark.parametrize(("text", "address"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:0", ("::1", 0))])
def test_address_is_split_into_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["8090", "localhost", "localhost:", ":80", "localhost:x", "localhost:65536"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(KitError, match="is no host:port"):
        parse_listen(text)
