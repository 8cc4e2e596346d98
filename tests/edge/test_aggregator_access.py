"""Access to the aggregator: credentials, access tokens, the key set, and the verification of tokens."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from .casino_site import ACCEPT, CLIENT, PLAYER, SECRET, SUCCESS, CasinoSite, kid_of

DENIED = {"ErrorCode": 990009, "Message": "Access denied"}
EXPIRED = {"ErrorCode": 990011, "Message": "Access token expired"}
INVALID = {"ErrorCode": 103752, "Message": "Invalid request parameters"}
NO_TOKEN = {"ErrorCode": 103811, "Message": "JWT token validation failed"}


def received(site: CasinoSite) -> str:
    """The token of a call that BETCORE just made."""
    site.drive("balance", player=PLAYER)
    return str(json.loads(site.line.sent("/users/data")[-1].content))


def verified(site: CasinoSite, token: Any) -> dict[str, Any]:
    answer = site.call("/auth/verify", token, f"Bearer {site.access_token()}")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_credentials_get_a_bearer_token_that_lives_an_hour(casino_site: CasinoSite) -> None:
    answer = casino_site.call("/auth/token", {"PartnerClientId": 1556, "Secret": SECRET})

    document = answer.json()
    assert answer.status_code == 200
    assert document | {"access_token": ""} == {"access_token": "", "token_type": "Bearer", "expires_in": 3600}
    assert len(document["access_token"]) == 32


@pytest.mark.parametrize(
    ("credentials", "status", "document"),
    [
        ({"PartnerClientId": 1556, "Secret": SECRET + "x"}, 401, DENIED),
        ({"PartnerClientId": 1557, "Secret": SECRET}, 401, DENIED),
        ({"PartnerClientId": 1556, "Secret": ""}, 400, INVALID),
        ({"PartnerClientId": "1556", "Secret": SECRET}, 400, INVALID),
        ({"PartnerClientId": 1556.5, "Secret": SECRET}, 400, INVALID),
        ({"PartnerClientId": True, "Secret": SECRET}, 400, INVALID),
        ({"PartnerClientId": 1556}, 400, INVALID),
        ({"Secret": SECRET}, 400, INVALID),
        ([], 400, INVALID),
    ],
)
def test_wrong_credentials_get_no_token(
    casino_site: CasinoSite, credentials: Any, status: int, document: dict[str, Any]
) -> None:
    answer = casino_site.call("/auth/token", credentials)

    assert (answer.status_code, answer.json()) == (status, document)


def test_a_token_counts_for_an_hour_of_the_clients_time(casino_site: CasinoSite) -> None:
    bearer = f"Bearer {casino_site.access_token()}"
    outcome = {"BetId": 5, "TransactionType": -1, "ErrorCode": 102145, "Message": "User not found"}

    casino_site.advance(seconds=3599)
    assert casino_site.call(ACCEPT, outcome, bearer).json()["ErrorCode"] == 990004
    casino_site.advance(seconds=1)
    answer = casino_site.call(ACCEPT, outcome, bearer)
    assert (answer.status_code, answer.json()) == (401, EXPIRED)


def test_a_new_token_leaves_the_older_one_in_force(casino_site: CasinoSite) -> None:
    old = casino_site.access_token()
    new = casino_site.access_token()

    assert old != new
    token = received(casino_site)
    for one in (old, new):
        assert casino_site.call("/auth/verify", token, f"Bearer {one}").json() == SUCCESS


@pytest.mark.parametrize("path", [ACCEPT, "/cashback-payments/accept", "/auth/verify"])
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer 0123", "Basic {}", "{}"])
def test_calls_without_an_access_token_are_denied(
    casino_site: CasinoSite, path: str, authorization: str | None
) -> None:
    token = casino_site.access_token()
    given = authorization and authorization.format(token)
    document = {"BetId": 5, "TransactionType": 1, "ErrorCode": 102145, "Message": "x"}

    answer = casino_site.call(path, document, given)

    assert (answer.status_code, answer.json()) == (401, DENIED)
    assert casino_site.call(path, document, f"bearer {token}").status_code == 200


def test_a_replaced_secret_counts_until_its_overlap_ends(casino_site: CasinoSite) -> None:
    casino_site.service.sandbox.tenants.rotate(CLIENT, "NEWSECRET", timedelta(seconds=60))
    old, new = ({"PartnerClientId": 1556, "Secret": one} for one in (SECRET, "NEWSECRET"))

    assert [casino_site.call("/auth/token", one).status_code for one in (old, new)] == [200, 200]
    casino_site.advance(seconds=61)
    assert [casino_site.call("/auth/token", one).status_code for one in (old, new)] == [401, 200]


def test_the_key_set_holds_the_key_that_signs_and_nothing_private(casino_site: CasinoSite) -> None:
    (key,) = casino_site.call("/auth/jwks", None, method="GET").json()["keys"]

    assert {name: key[name] for name in ("kty", "use", "alg", "e")} == {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "e": "AQAB",
    }
    assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use", "x5t"]
    padded = key["x5t"] + "=" * (-len(key["x5t"]) % 4)
    assert base64.urlsafe_b64decode(padded).hex().upper() == key["kid"]
    assert kid_of(received(casino_site)) == key["kid"]


def test_a_received_token_is_verified_while_it_is_current(casino_site: CasinoSite) -> None:
    token = received(casino_site)

    assert verified(casino_site, token) == SUCCESS
    casino_site.advance(seconds=60)
    assert verified(casino_site, token) == NO_TOKEN
    assert verified(casino_site, received(casino_site)) == SUCCESS


def test_a_token_for_a_casino_elsewhere_is_current_by_the_time_that_it_was_dated_by(
    casino_site: CasinoSite,
) -> None:
    casino_site.set(casino_url="http://sandbox")
    casino_site.advance(seconds=60)

    token = received(casino_site)
    assert verified(casino_site, token) == SUCCESS
    casino_site.set(casino_url=None)
    assert verified(casino_site, token) == NO_TOKEN


def test_a_token_of_the_replaced_key_is_verified_while_that_is_published(casino_site: CasinoSite) -> None:
    token = received(casino_site)

    casino_site.drive("keys", overlap_seconds=5)
    assert verified(casino_site, token) == SUCCESS
    casino_site.advance(seconds=5)
    assert verified(casino_site, token) == NO_TOKEN
    assert verified(casino_site, received(casino_site)) == SUCCESS


def test_an_altered_token_is_not_verified(casino_site: CasinoSite) -> None:
    token = received(casino_site)
    header, payload, signature = token.split(".")

    for forged in (f"{header}.{payload}.", f"{header}.{payload[:-2]}AA.{signature}", "x", "", payload):
        assert verified(casino_site, forged) == NO_TOKEN
    assert verified(casino_site, token) == SUCCESS


@pytest.mark.parametrize("document", [None, 1, {"token": "x"}, ["x"], True])
def test_only_a_json_string_can_be_verified(casino_site: CasinoSite, document: Any) -> None:
    assert verified(casino_site, document) == INVALID


def test_a_token_for_another_client_is_not_verified(casino_site: CasinoSite) -> None:
    other = casino_site.service.token({"PartnerUserId": PLAYER}, client_id="PartnerClient-1557")

    assert verified(casino_site, other) == NO_TOKEN


def test_a_key_that_is_published_no_more_is_forgotten(casino_site: CasinoSite) -> None:
    keys = casino_site.service.signing_keys
    first = keys.known()[0]
    for _ in range(3):
        casino_site.drive("keys", overlap_seconds=0)

    assert keys.known() == [first, casino_site.published()[-1]]
    assert verified(casino_site, received(casino_site)) == SUCCESS
