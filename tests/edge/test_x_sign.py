"""Who calls between BETCORE and a game provider, and what is said of a signature that is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from mockserver.kernel.signing import digest, x_sign_text

from .in_process import NOW
from .provider_side import COUNTERPARTY, LAUNCH, REAL, SECRET, GameHouse, identity, written

BODY = b'{"betId":"b-1"}'
REFUND = f"/v1/sessions/{REAL}/bets/refund"
BALANCE = f"/v1/sessions/{REAL}/balance"
STAMP, ID = "1719766120806", "5a0679b6e5fa48f6892c777b0fa92392"
DENIED = (401, {"_responseCode": 8})


def refund(house: GameHouse, body: bytes = BODY, **headers: str) -> httpx.Response:
    return house.service.send("POST", REFUND, identity(body) | headers, body)


def told(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.json()) == DENIED
    return answer.headers["x-sandbox-reason"]


def test_the_recipe_of_public_code_in_full() -> None:
    text = b'{"betId":"b-1"}.933a215f-a9e6-4f88-9d91-52a87cd50499.1719766120806.' + ID.encode()

    assert x_sign_text(BODY, COUNTERPARTY, STAMP, ID) == text
    assert x_sign_text(b"", COUNTERPARTY, STAMP, ID) == text.removeprefix(BODY + b".")
    assert identity(BODY)["x-sign"] == hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()


def test_a_call_with_or_without_a_body_is_admitted(house: GameHouse) -> None:
    assert refund(house).status_code == 200
    assert house.service.send("GET", BALANCE, identity()).status_code == 200


@pytest.mark.parametrize("name", ["X-Counterparty-Id", "X-Timestamp", "X-Request-Id", "X-Sign"])
def test_a_header_that_is_missing_or_empty_is_named(house: GameHouse, name: str) -> None:
    for changed in ({}, {name.lower(): ""}):
        headers = {key: one for key, one in identity(BODY).items() if key != name.lower()} | changed
        reason = told(house.service.send("POST", REFUND, headers, BODY))

        assert reason == f"access_denied: header `{name}` is missing or empty"


def test_an_unknown_counterparty_is_refused(house: GameHouse) -> None:
    answer = house.service.send("GET", BALANCE, identity(counterparty="nobody"))

    assert told(answer).startswith("access_denied: X-Counterparty-Id: no provider is called `nobody`")


def test_operators_and_clients_are_no_counterparties(house: GameHouse) -> None:
    for name, secret in (("site", "12345ABCDE"), ("PartnerClient-1556", "PARTNERSECRET1556")):
        told(house.service.send("GET", BALANCE, identity(counterparty=name, secret=secret)))


@pytest.mark.parametrize("name", ["x-timestamp", "x-request-id", "x-sign"])
def test_every_signed_header_counts(house: GameHouse, name: str) -> None:
    told(refund(house, **{name: identity(BODY)[name][:-1] + "5"}))


def test_the_body_counts_to_the_last_byte(house: GameHouse) -> None:
    answer = house.service.send("POST", REFUND, identity(BODY), b'{"betId":"b-2"}')

    assert "does not match; expected HMAC-SHA256" in told(answer)


def test_no_order_of_the_keys_is_demanded(house: GameHouse) -> None:
    body = f'{{"sessionId": "{REAL}", "gameRoundId": "r", "betId": "b", "betAmount": "1"}}'.encode()

    answer = house.service.send("POST", f"/v1/sessions/{REAL}/bets/pay-in", identity(body), body)

    assert answer.json()["_responseCode"] == 1


SPACED = b'{"b": "2", "a": "1"}'
MISTAKES: list[tuple[bytes, Callable[[bytes], bytes | str], str]] = [
    (SPACED, lambda _: signed(b'{"b":"2","a":"1"}'), "it covers the body without its spaces"),
    (SPACED, lambda _: signed(b'{"a":"1","b":"2"}'), "it covers the body with its keys sorted"),
    (BODY + b"\n", lambda _: signed(BODY), "it covers the body without its line breaks or outer spaces"),
    (BODY, lambda _: signed(b""), "it covers the headers alone"),
    (BODY, lambda _: of(b".".join((*HEADERS, BODY))), "it has the body behind the headers"),
    (BODY, lambda _: of(b"".join((BODY, *HEADERS))), "it lacks the full stops"),
    (BODY, lambda _: of(BODY), "it covers the body alone"),
    (BODY, lambda body: signed(body).upper(), "it is right but in upper case"),
    (BODY, lambda body: base64.b64encode(bytes.fromhex(signed(body))).decode(), "it is right but in Base64"),
]
HEADERS = (COUNTERPARTY.encode(), STAMP.encode(), ID.encode())


def signed(body: bytes) -> str:
    return of(x_sign_text(body, COUNTERPARTY, STAMP, ID))


def of(text: bytes) -> str:
    return digest(SECRET, text)


@pytest.mark.parametrize(("body", "signature", "said"), MISTAKES, ids=[said for _, _, said in MISTAKES])
def test_a_usual_mistake_is_named(
    house: GameHouse, body: bytes, signature: Callable[[bytes], str], said: str
) -> None:
    reason = told(refund(house, body, **{"x-sign": signature(body)}))

    assert said in reason
    assert SECRET not in reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{}." + b".".join(HEADERS), "it covers a body, but the request has none"),
        (b"." + b".".join(HEADERS), "it begins with a full stop"),
    ],
)
def test_a_usual_mistake_of_a_call_without_a_body_is_named(house: GameHouse, text: bytes, said: str) -> None:
    answer = house.service.send("GET", BALANCE, identity() | {"x-sign": of(text)})

    assert said in told(answer)


def test_a_secret_that_was_decoded_is_named(house: GameHouse) -> None:
    secret = base64.b64encode(b"a secret that looks like Base64").decode()
    house.service.sandbox.tenants.rotate(COUNTERPARTY, secret, timedelta(0))
    text = x_sign_text(BODY, COUNTERPARTY, STAMP, ID)
    decoded = hmac.new(base64.b64decode(secret), text, hashlib.sha256).hexdigest()

    assert "its key is the secret decoded from Base64" in told(refund(house, **{"x-sign": decoded}))


def test_a_secret_is_rotated_with_an_overlap(house: GameHouse) -> None:
    house.service.sandbox.tenants.rotate(COUNTERPARTY, "NEWPROVIDERSECRET", timedelta(minutes=1))

    def statuses() -> list[int]:
        return [
            house.service.send("GET", BALANCE, identity(secret=secret)).status_code
            for secret in (SECRET, "NEWPROVIDERSECRET", "ANOTHERSECRET")
        ]

    assert statuses() == [200, 200, 401]
    house.advance(minutes=1)
    assert statuses() == [401, 200, 401]
    assert "a secret that was replaced" in told(house.service.send("GET", BALANCE, identity()))


@pytest.mark.parametrize(("off_by", "status"), [(30_000, 200), (-30_000, 200), (30_001, 401), (-30_001, 401)])
def test_a_timestamp_may_be_as_far_off_as_the_setting_says(
    house: GameHouse, off_by: int, status: int
) -> None:
    stamp = str(int(NOW.timestamp() * 1000) + off_by)
    assert house.service.send("GET", BALANCE, identity(timestamp="1")).status_code == 200
    house.set(timestamp_window_seconds=30)

    assert house.service.send("GET", BALANCE, identity(timestamp=stamp)).status_code == status


@pytest.mark.parametrize("stamp", ["soon", "1.5", "-1", "9" * 30])
def test_a_timestamp_that_is_no_number_is_outside_every_window(house: GameHouse, stamp: str) -> None:
    headers = identity(timestamp=stamp)
    assert house.service.send("GET", BALANCE, headers).status_code == 200
    house.set(timestamp_window_seconds=86_400)

    assert "it has to be Unix milliseconds" in told(house.service.send("GET", BALANCE, headers))


def test_the_providers_own_api_asks_for_the_same_signature(house: GameHouse) -> None:
    body = written(LAUNCH)
    path = "/v1/games/101/launch"

    assert house.service.send("POST", path, identity(body), body).status_code == 200
    told(house.service.send("POST", path, identity(body, secret="ANOTHERSECRET"), body))
    told(house.service.send("GET", "/v1/games"))


def test_a_refused_call_moves_no_money(house: GameHouse) -> None:
    body = written({"betAmount": "5", "betId": "b-1", "gameRoundId": "r-1", "sessionId": REAL})
    path = f"/v1/sessions/{REAL}/bets/pay-in"

    told(house.service.send("POST", path, identity(body, secret="ANOTHERSECRET"), body))

    assert house.balance()["balance"] == 750.5
    assert house.service.send("POST", path, identity(body), body).json()["balance"] == 745.5


def test_the_journal_shows_what_was_signed_and_the_first_byte_that_differs(house: GameHouse) -> None:
    answer = refund(house, SPACED, **{"x-sign": signed(b'{"a":"1","b":"2"}')})
    sandbox = house.service.sandbox

    shown = sandbox.explainer.explain(sandbox.tenants.exchange(answer.headers["x-sandbox-exchange"]))

    assert shown.signed_text == x_sign_text(SPACED, COUNTERPARTY, STAMP, ID).decode()
    assert shown.difference is not None
    assert shown.difference.offset == len(b'{"')
