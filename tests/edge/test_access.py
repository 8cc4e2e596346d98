"""Who may use the control plane. Every refusal stands beside a request that differs in one thing and
passes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest

from mockserver.admin.access import Access

HOST = ("host", "localhost:8081")
TOKEN = "let-me-in"
JSON_BODY = (("content-type", "application/json"), ("content-length", "2"))
PASSED = 204


@dataclass(frozen=True)
class Answer:
    """What a caller gets."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def detail(self) -> str:
        told: str = json.loads(self.body)["detail"]
        return told


def ask(
    *headers: tuple[str, str],
    path: str = "/tenants",
    host: str = "127.0.0.1",
    token: str | None = None,
    method: str = "POST",
) -> Answer:
    sent: list[dict[str, Any]] = []

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": PASSED, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body is read before the request has passed")

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(Access(inner, host=host, token=token)(scope, receive, send))
    start, body = sent
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], named, body["body"])


def status(*headers: tuple[str, str], **more: Any) -> int:
    return ask(*headers, **more).status


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8081",
        "LocalHost:1",
        "127.0.0.1",
        "127.0.0.1:8081",
        "[::1]",
        "[::1]:8081",
    ],
)
def test_a_request_to_this_machine_by_name_or_number_passes(host: str) -> None:
    assert status(("host", host)) == PASSED


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8081",
        "localhost.evil.example",
        "evil-localhost",
        "evil.example.localhost",
        "127.0.0.1.evil.example:8081",
        "127.0.0.2",
        "0.0.0.0:8081",
        "[::2]:8081",
        "[::ffff:127.0.0.1]:8081",
        "::1",
        ":8081",
        "localhost.",
        "evil.example:localhost",
        "localhost@evil.example",
        " localhost",
    ],
)
def test_a_request_to_another_name_is_misdirected(host: str) -> None:
    answer = ask(("host", host))

    assert answer.status == 421
    assert answer.detail == f"Host is `{host}`; the control plane answers to 127.0.0.1, ::1, localhost"


def test_a_request_without_a_host_is_misdirected() -> None:
    assert status() == 421
    assert status(HOST) == PASSED


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("192.168.7.1", "192.168.7.1:8081"),
        ("Sandbox.Example", "sandbox.example:8081"),
        ("fd00::7", "[FD00::7]:8081"),
    ],
)
def test_the_address_that_it_listens_on_is_its_name_too(host: str, named: str) -> None:
    assert status(("host", named), host=host) == PASSED
    assert status(("host", "localhost"), host=host) == PASSED
    assert status(("host", named)) == 421
    assert status(("host", "evil.example"), host=host) == 421


def test_who_shows_the_token_may_use_any_name() -> None:
    host = ("host", "sandbox.example")

    assert status(host, ("authorization", f"Bearer {TOKEN}"), token=TOKEN) == PASSED
    assert status(host, token=TOKEN) == 401
    assert status(host) == 421


@pytest.mark.parametrize("host", ["localhost:8081", "127.0.0.1:8081", "[::1]:8081", "localhost"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_its_own_pages_pass(host: str, scheme: str) -> None:
    assert status(("host", host), ("origin", f"{scheme}://{host}")) == PASSED


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://localhost",
        "http://localhost:8080",
        "http://127.0.0.1:8081",
        "http://localhost:8081.evil.example",
        "http://localhost:8081@evil.example",
        "http://evil.example#localhost:8081",
        "http://evil.example/localhost:8081",
        "localhost:8081",
        "file://",
    ],
)
def test_a_page_of_another_origin_does_not_pass(origin: str) -> None:
    answer = ask(HOST, ("origin", origin))

    assert answer.status == 403
    assert answer.detail == f"Origin is `{origin}`: a web page may not use this"
    assert status(HOST, ("origin", "http://localhost:8081")) == PASSED


def test_a_token_lets_no_page_of_another_origin_in() -> None:
    shown = ("authorization", f"Bearer {TOKEN}")

    assert status(HOST, shown, ("origin", "https://evil.example"), token=TOKEN) == 403
    assert status(HOST, shown, ("sec-fetch-site", "cross-site"), token=TOKEN) == 403
    assert status(HOST, shown, token=TOKEN) == PASSED


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_a_browser_sends_of_its_own_accord_passes(site: str) -> None:
    assert status(HOST, ("sec-fetch-site", site)) == PASSED


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "anything"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_browser_sends_for_another_site_does_not_pass(site: str, method: str) -> None:
    answer = ask(HOST, ("sec-fetch-site", site), method=method)

    assert answer.status == 403
    assert answer.detail == "Sec-Fetch-Site: another site's page may not use this"


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x"],
)
def test_a_body_of_json_passes(media_type: str) -> None:
    assert status(HOST, ("content-type", media_type), ("content-length", "2")) == PASSED


FORMS = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=application/json",
    "text/plain",
    "text/plain;charset=application/json",
    "application/jsonp",
    "application/problem+json",
    "",
]


@pytest.mark.parametrize("media_type", FORMS)
@pytest.mark.parametrize("length", [("content-length", "2"), ("transfer-encoding", "chunked")])
def test_a_body_of_another_media_type_does_not_pass(media_type: str, length: tuple[str, str]) -> None:
    answer = ask(HOST, ("content-type", media_type), length)

    assert answer.status == 415
    assert answer.detail.startswith(f"content-type is `{media_type.partition(';')[0]}`; send the body with")


@pytest.mark.parametrize(
    "length", [("content-length", "2"), ("content-length", ""), ("transfer-encoding", "chunked")]
)
def test_a_body_of_no_media_type_does_not_pass(length: tuple[str, str]) -> None:
    assert status(HOST, length) == 415
    assert status(HOST, length, ("content-type", "application/json")) == PASSED


def test_a_chunked_body_is_a_body_whatever_length_is_declared() -> None:
    declared = (HOST, ("content-length", "0"), ("content-type", "text/plain"))

    assert status(*declared, ("transfer-encoding", "chunked")) == 415
    assert status(*declared) == PASSED


def test_a_request_without_a_body_needs_no_media_type() -> None:
    assert status(HOST) == PASSED
    assert status(HOST, ("content-length", "0")) == PASSED


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_who_shows_the_token_passes(scheme: str) -> None:
    assert status(HOST, ("authorization", f"{scheme} {TOKEN}"), token=TOKEN) == PASSED


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer{TOKEN}",
        "Bearer let-me-i",
        "Bearer let-me-in2",
        "Bearer LET-ME-IN",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN}, Bearer x",
        "Bearer lét-me-in",
        "Bearer \udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
        "Bearer None",
    ],
)
def test_a_wrong_token_does_not_pass(authorization: str) -> None:
    answer = ask(HOST, ("authorization", authorization), token=TOKEN)

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.body.decode()


def test_a_missing_token_does_not_pass_whatever_else_is_in_order() -> None:
    assert status(HOST, *JSON_BODY, ("sec-fetch-site", "same-origin"), token=TOKEN) == 401
    assert status(HOST, *JSON_BODY, ("sec-fetch-site", "same-origin")) == PASSED


def test_a_token_counts_in_the_header_authorization_alone() -> None:
    assert status(HOST, ("x-authorization", f"Bearer {TOKEN}"), token=TOKEN) == 401
    assert status(HOST, ("cookie", f"token={TOKEN}"), token=TOKEN) == 401
    assert status(HOST, path=f"/tenants?token={TOKEN}", token=TOKEN) == 401


@pytest.mark.parametrize(
    "path", ["/health", "/docs", "/docs/", "/docs/swagger-ui.css", "/openapi.json", "/openapi.yaml"]
)
def test_health_and_docs_are_open_without_the_token(path: str) -> None:
    assert status(HOST, path=path, token=TOKEN, method="GET") == PASSED


@pytest.mark.parametrize(
    "path", ["", "/", "/reset", "/state", "/tenants/health", "/tenants/docs", "//docs", "/Docs", "/journal/x"]
)
def test_every_other_path_is_not_open_without_the_token(path: str) -> None:
    assert status(HOST, path=path, token=TOKEN, method="GET") == 401
    assert status(HOST, path=path, method="GET") == PASSED


@pytest.mark.parametrize("path", ["/health", "/docs/", "/openapi.json"])
def test_open_paths_are_closed_to_other_names_and_pages(path: str) -> None:
    assert status(("host", "evil.example"), path=path) == 421
    assert status(HOST, ("origin", "https://evil.example"), path=path) == 403
    assert status(HOST, path=path) == PASSED


def test_a_refusal_is_a_problem_document_that_ends_the_connection() -> None:
    answer = ask(("host", "evil.example"))

    assert answer.headers == {
        "content-type": "application/problem+json",
        "content-length": str(len(answer.body)),
        "connection": "close",
    }
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Misdirected Request",
        "status": 421,
        "detail": "Host is `evil.example`; the control plane answers to 127.0.0.1, ::1, localhost",
    }


def test_what_is_not_http_is_passed_on() -> None:
    met: list[str] = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        met.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nothing is answered here")

    asyncio.run(Access(inner, host="127.0.0.1", token=TOKEN)({"type": "lifespan"}, nothing, nothing))

    assert met == ["lifespan"]
