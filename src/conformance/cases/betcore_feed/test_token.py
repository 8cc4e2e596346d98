"""The token that opens the feed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.feed import Feed, foreign, must_hold
from conformance.hub import Hub
from conformance.hub_connection import SWITCHED
from conformance.oracle import feed as oracle

JWT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")

NOBODY: Final = 999_999_999
"""Id of no partner client."""


@requirement("BC-FTK-001", "BC-FTK-002", safety="read")
def test_credentials_get_a_token(feed: Feed) -> None:
    """PartnerClientId and Secret get an access token at the documented path; a wrong Secret gets none."""
    answer = feed.issue_own().must_be(200)
    must_hold("answer", answer.token is not None, expected="an access token", actual=answer.raw.value)
    _wrong_secret_gets_no_token(feed)


@requirement("BC-FTK-003", safety="read")
def test_token_has_a_scope(feed: Feed) -> None:
    """The answer, or the token in it, has a scope."""
    with control("credentials are looked at"):
        _wrong_secret_gets_no_token(feed)
    answer = feed.issue_own().must_be(200)
    must_hold("scope", answer.scope not in (None, "", []), expected="a scope", actual=answer.raw.value)


@requirement("BC-FTK-004", safety="read", needs=("hub",))
def test_hub_takes_the_token(feed: Feed, hub: Hub) -> None:
    """The live hub lets the token in as access_token, and not one whose signature was changed."""
    token = feed.token()
    hub.connect(token)
    refused = hub.ask(foreign(token)).answer
    must_hold("changed token", refused.raw.status != SWITCHED, expected="a refusal", actual="a connection")


@requirement("BC-FTK-005", safety="read")
def test_answer_has_the_fields_of_oauth(feed: Feed) -> None:
    """The answer has access_token, a JWT, token_type Bearer, expires_in 3600 and a scope of words."""
    with control("credentials are looked at"):
        _wrong_secret_gets_no_token(feed)
    raw = feed.issue_own().must_be(200).raw
    token, scope = raw.member("access_token"), raw.member("scope")
    is_jwt = isinstance(token, str) and JWT.fullmatch(token) is not None
    must_hold("access_token", is_jwt, expected="a JWT", actual=token)
    for name, value in (("token_type", oracle.TOKEN_TYPE), ("expires_in", oracle.TOKEN_SECONDS)):
        told = raw.member(name)
        must_hold(name, told == value and not isinstance(told, bool), expected=str(value), actual=told)
    must_hold("scope", isinstance(scope, str) and bool(scope), expected="a string", actual=scope)


@requirement("BC-FTK-006", safety="read")
def test_wrong_credentials_are_refused(feed: Feed) -> None:
    """A wrong Secret and an unknown PartnerClientId are answered with 401 and 990050."""
    _own_credentials_are_taken(feed)
    for credentials in (feed.wrong_secret(), feed.credentials(PartnerClientId=NOBODY)):
        feed.issue(credentials).must_be(401, code=oracle.ACCESS_DENIED)


@requirement("BC-FTK-007", safety="read")
def test_malformed_credentials_are_refused(feed: Feed) -> None:
    """A body that is no object, lacks a credential, or has a wrong type is answered with 400 and 103752."""
    _own_credentials_are_taken(feed)
    good = feed.credentials()
    for purpose, body in (
        ("no JSON", b'{"PartnerClientId":'),
        ("not UTF-8", b'{"PartnerClientId": 1, "Secret": "\xff\xfe"}'),
        ("no object", [good]),
        ("without Secret", {"PartnerClientId": good["PartnerClientId"]}),
        ("without PartnerClientId", {"Secret": good["Secret"]}),
        ("PartnerClientId as text", {**good, "PartnerClientId": str(good["PartnerClientId"])}),
        ("PartnerClientId as a truth", {**good, "PartnerClientId": True}),
        ("Secret as a number", {**good, "Secret": 1556}),
    ):
        with feed.channel.evidence.during(purpose):
            feed.issue(body).must_be(400, code=oracle.INVALID_REQUEST)


@requirement("BC-FTK-008", safety="read")
def test_credentials_travel_as_json(feed: Feed) -> None:
    """The credentials are read from JSON, a number and a string; as text or as a form they get no token."""
    _own_credentials_are_taken(feed)
    good = feed.credentials()
    text = feed.issue({**good, "PartnerClientId": str(good["PartnerClientId"])})
    must_hold("PartnerClientId as text", text.token is None, expected="no token", actual="a token")
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = feed.issue(urlencode(good).encode(), headers=form)
    must_hold("a form", answer.token is None, expected="no token", actual="a token")


@requirement("BC-FED-013", safety="load")
def test_body_above_a_mebibyte_is_refused(feed: Feed) -> None:
    """A body of more than 1 MiB is answered with 413 and 103799."""
    _own_credentials_are_taken(feed)
    feed.issue(b" " * (1024 * 1024 + 1)).must_be(413, code=oracle.GENERAL_ERROR)


@requirement("BC-FED-014", safety="read")
def test_body_of_another_media_type_is_refused(feed: Feed) -> None:
    """Credentials that are declared as text are answered with 415 and 103799."""
    _own_credentials_are_taken(feed)
    answer = feed.issue(feed.credentials(), headers={"content-type": "text/plain"})
    answer.must_be(415, code=oracle.GENERAL_ERROR)


def _own_credentials_are_taken(feed: Feed) -> None:
    with control("the client's own credentials"):
        answer = feed.issue_own().must_be(200)
        must_hold("answer", answer.token is not None, expected="an access token", actual=answer.raw.value)


def _wrong_secret_gets_no_token(feed: Feed) -> None:
    answer = feed.issue(feed.wrong_secret())
    if answer.token is not None:
        raise Mismatch("a wrong Secret got a token", expected="no token", actual="a token")
