"""What faults and variations make of the calls to a partner, as a partner of the tests' own gets them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization as form

from mockserver.kernel.signing import digest, sign, x_sign_text
from mockserver.testing import Sandbox, Tenant
from mockserver.testing.documents import Exchange

from .betstack_client import reserve
from .conftest import Running
from .recording_partner import Arrival, RecordingPartner, acknowledged, recording_partner
from .until import until

NOON = "2026-03-01T12:00:00Z"
ISSUER = "https://test.tvbetapi.net/identity-api"


@pytest.fixture
def partner() -> Iterator[RecordingPartner]:
    with recording_partner() as partner:
        yield partner


@pytest.fixture
def told(operator: Tenant, partner: RecordingPartner) -> Tenant:
    """An operator whose platform and receiver of texts is the partner, on a clock that stands."""
    operator.clock.freeze(NOON)
    operator.change(pam_url=f"{partner.url}/pam", sms_url=f"{partner.url}/sms")
    return operator


@pytest.fixture
def client(plane: Sandbox, partner: RecordingPartner) -> Iterator[Tenant]:
    client = plane.create_partner_client(casino_url=partner.url)
    yield client
    client.drop()


@pytest.fixture
def provider(plane: Sandbox, partner: RecordingPartner) -> Iterator[Tenant]:
    provider = plane.create_provider(provider_url=partner.url)
    yield provider
    provider.drop()


@pytest.fixture
def ticket(running: Running, told: Tenant, partner: RecordingPartner) -> str:
    """Id of a reserved ticket; the partner has forgotten how it came about."""
    return reserved(running, told, partner)


def reserved(running: Running, operator: Tenant, partner: RecordingPartner) -> str:
    answer = reserve(running.base_url, operator)
    assert answer.status_code == 200, answer.text
    partner.arrivals.clear()
    return str(answer.json()["id"])


def is_signed(operator: Tenant, arrival: Arrival) -> bool:
    """Whether a platform would take the signature for Betstack's."""
    assert operator.secret is not None
    return arrival.header("signature") == sign(operator.secret, arrival.header("timestamp"), arrival.body)


def is_x_signed(provider: Tenant, arrival: Arrival) -> bool:
    """Whether a provider would take the signature for BETCORE's."""
    identity = (arrival.header(f"x-{name}") for name in ("counterparty-id", "timestamp", "request-id"))
    assert provider.secret is not None
    return arrival.header("x-sign") == digest(provider.secret, x_sign_text(arrival.body, *identity))


def struck_calls(operator: Tenant, action: str) -> list[Exchange]:
    """The finished calls of an action that a fault struck."""
    return [one for one in operator.journal(operation=action, direction="sent") if one["faults"]]


# Lost, late and in another order


def test_a_request_that_is_lost_never_arrives_and_is_repeated(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("drop", operation="ticket_discard", count=1)

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert partner.arrivals == []
    assert (call["state"], call["tries"][0]["failure"]) == ("repeated", "the fault drop-1 lost the request")
    told.clock.advance(minutes=30)
    assert partner.actions() == ["ticket_discard"]
    assert [one["state"] for one in told.outbox() if one["id"] == call["id"]] == ["sent"]


@pytest.mark.parametrize("point", ["after_commit", "mid_answer"])
def test_a_request_whose_answer_is_lost_arrives_and_is_repeated(
    told: Tenant, partner: RecordingPartner, ticket: str, point: Any
) -> None:
    told.arm("drop", operation="ticket_discard", point=point, count=1)

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert partner.actions() == ["ticket_discard"]
    assert (call["state"], call["tries"][0]["failure"]) == ("repeated", "the fault drop-1 lost the answer")
    told.clock.advance(minutes=30)
    first, second = partner.arrivals
    assert first.body == second.body
    assert told.outbox()[-1]["state"] == "sent"


@pytest.mark.parametrize(
    ("point", "actions"),
    [
        ("before_commit", ["identify", "ticket_discard"]),
        ("after_commit", ["identify", "ticket_reserve", "ticket_discard"]),
    ],
)
def test_a_reservation_that_is_lost_is_refused_and_discarded(
    running: Running, told: Tenant, partner: RecordingPartner, point: Any, actions: list[str]
) -> None:
    told.arm("drop", operation="ticket_reserve", point=point)

    answer = reserve(running.base_url, told)

    assert answer.status_code == 400
    assert "the fault drop-1 lost" in answer.headers["x-sandbox-reason"]
    assert [one.action for one in partner.wait_for(len(actions))] == actions


def test_an_answer_behind_its_deadline_is_not_waited_for(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm(
        "latency", {"milliseconds": 1}, operation="ticket_discard", direction="sent", point="after_commit"
    )

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert call["state"] == "sent"
    assert partner.actions() == ["ticket_discard"]


def test_a_call_that_waits_for_another_one_arrives_behind_it(
    running: Running, told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    other = reserved(running, told, partner)
    told.arm("reorder", {"milliseconds": 60_000}, operation="ticket_discard", count=1)
    with httpx.Client(timeout=30) as http:

        def discard() -> None:
            http.post(
                f"{running.admin_url}/tenants/{told.name}/drives/discard", json={"ticket": ticket}
            ).raise_for_status()

        first = threading.Thread(target=discard)
        first.start()
        until(lambda: told.faults()[0]["struck"])
        told.drive("discard", ticket=other)
        first.join(30)

    assert [one.document["data"]["ticket_id"] for one in partner.arrivals] == [other, ticket]
    assert all(is_signed(told, one) for one in partner.arrivals)


def test_a_call_that_waits_alone_goes_out_after_its_limit(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("reorder", {"milliseconds": 1}, operation="ticket_discard")

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert (call["state"], partner.actions()) == ("sent", ["ticket_discard"])


def test_a_reservation_that_is_overtaken_arrives_behind_its_discard_as_it_was_signed(
    running: Running, plane: Sandbox, told: Tenant, partner: RecordingPartner
) -> None:
    told.arm("overtake", operation="ticket_reserve", count=1)

    answer = reserve(running.base_url, told)

    assert answer.status_code == 400
    arrived = partner.wait_for(3)
    assert [one.action for one in arrived] == ["identify", "ticket_discard", "ticket_reserve"]
    assert arrived[1].document["data"]["ticket_id"] == arrived[2].document["data"]["ticket_id"]
    assert is_signed(told, arrived[2])
    kept, late = (
        plane.exchange(one["id"])
        for one in until(lambda: struck_calls(told, "ticket_reserve"), lambda found: len(found) == 2)
    )
    assert late["request"]["body"] == kept["request"]["body"] == arrived[2].body.decode()
    assert late["request"]["headers"] == kept["request"]["headers"]
    assert (kept["status"], late["status"]) == (None, 200)


def test_a_call_that_is_overtaken_by_its_own_repeat_arrives_behind_it(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("overtake", operation="ticket_discard", count=1)
    told.drive("discard", ticket=ticket)
    assert partner.arrivals == []

    told.clock.advance(minutes=30)

    assert partner.actions() == ["ticket_discard", "ticket_discard"]
    assert told.outbox()[-1]["state"] == "sent"


# Once more


def test_a_duplicate_is_signed_anew_with_another_timestamp(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("duplicate", {"times": 2}, operation="ticket_discard")

    told.drive("discard", ticket=ticket)

    assert partner.actions() == ["ticket_discard"] * 3
    assert len({one.body for one in partner.arrivals}) == 1
    assert len({one.header("timestamp") for one in partner.arrivals}) > 1
    assert partner.arrivals[0].header("signature") != partner.arrivals[1].header("signature")
    assert all(is_signed(told, one) for one in partner.arrivals)


def test_an_identical_duplicate_has_the_same_bytes(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("duplicate", {"identical": True}, operation="ticket_discard")

    told.drive("discard", ticket=ticket)

    first, second = partner.arrivals
    assert first == second


@pytest.mark.parametrize("identical", [True, False])
def test_duplicates_at_once_are_under_way_together(
    told: Tenant, partner: RecordingPartner, ticket: str, identical: bool
) -> None:
    told.arm("duplicate", {"times": 3, "at_once": True, "identical": identical}, operation="ticket_discard")
    partner.together = threading.Barrier(4)

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert (call["state"], len(partner.arrivals)) == ("sent", 4)
    assert all(is_signed(told, one) for one in partner.arrivals)


def test_a_hundred_duplicates_at_once_all_arrive(
    told: Tenant, partner: RecordingPartner, ticket: str
) -> None:
    told.arm("duplicate", {"times": 100, "at_once": True}, operation="ticket_discard")

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert (call["state"], len(partner.arrivals)) == ("sent", 101)


def test_a_changed_call_has_the_same_identity_and_another_amount(
    running: Running, told: Tenant, partner: RecordingPartner
) -> None:
    told.arm("change", operation="ticket_reserve")

    reserve(running.base_url, told)

    _, first, second = partner.arrivals
    one, other = first.document["data"], second.document["data"]
    assert one["ticket_id"] == other["ticket_id"]
    assert (one["price"], other["price"]) == (2000, 2001)
    assert {name for name in one if one[name] != other[name]} <= {
        "price",
        "stake",
        "gross_payout",
        "net_payout",
    }
    assert is_signed(told, second)


# Not signed as it should be


def calls_of(running: Running, party: Tenant, partner: RecordingPartner, kind: str) -> tuple[str, Arrival]:
    """One call of a kind, with the state that it came to."""
    partner.arrivals.clear()
    if kind == "pam":
        ticket = reserved(running, party, partner)
        (call,) = party.drive("discard", ticket=ticket)["calls"]
    elif kind == "sms":
        (call,) = party.drive("otp", msisdn="+260977223120", code="1234")["calls"]
    else:
        (call,) = party.drive("games")["calls"]
    return call["state"], partner.arrivals[-1]


ACTION = {"pam": "ticket_discard", "sms": "otp", "provider": "listGames"}


@pytest.fixture(params=ACTION)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def party(request: pytest.FixtureRequest, kind: str) -> Tenant:
    found: Tenant = request.getfixturevalue("provider" if kind == "provider" else "told")
    return found


def verifies(kind: str, party: Tenant, arrival: Arrival) -> bool:
    return is_x_signed(party, arrival) if kind == "provider" else is_signed(party, arrival)


def test_a_bad_signature_has_the_right_form_and_does_not_verify(
    running: Running, party: Tenant, partner: RecordingPartner, kind: str
) -> None:
    header = "x-sign" if kind == "provider" else "signature"
    party.arm("bad_signature", operation=ACTION[kind], count=1)

    _, bad = calls_of(running, party, partner, kind)
    _, good = calls_of(running, party, partner, kind)

    assert (verifies(kind, party, bad), verifies(kind, party, good)) == (False, True)
    assert len(bad.header(header)) == len(good.header(header))
    assert int(bad.header(header), 16)


def test_a_stale_timestamp_is_signed_and_old(
    running: Running, party: Tenant, partner: RecordingPartner, kind: str
) -> None:
    header, second = ("x-timestamp", 1000) if kind == "provider" else ("timestamp", 1)
    party.arm("stale_timestamp", {"seconds": 7200}, operation=ACTION[kind], count=1)

    _, stale = calls_of(running, party, partner, kind)
    _, fresh = calls_of(running, party, partner, kind)

    assert verifies(kind, party, stale)
    assert verifies(kind, party, fresh)
    age = (int(fresh.header(header)) - int(stale.header(header))) / second
    assert 7200 <= age < 7200 + 60


@pytest.mark.parametrize("variation", ["unknown_fields", "number_form", "header_case", "white_space"])
def test_what_varies_is_still_signed_and_says_the_same(
    running: Running, party: Tenant, partner: RecordingPartner, kind: str, variation: str
) -> None:
    party.arm(variation, operation=ACTION[kind], direction="sent", count=1)

    state, varied = calls_of(running, party, partner, kind)
    _, plain = calls_of(running, party, partner, kind)

    assert state == "sent"
    assert verifies(kind, party, varied)
    written = [name for name, _ in varied.headers]
    assert {name.lower() for name in written} == {name.lower() for name, _ in plain.headers}
    assert ({"Signature", "X-Sign"}.isdisjoint(written)) is (variation != "header_case")
    if kind != "provider":  # which is asked without a body
        assert (b"sandboxExtra" in varied.body) is (variation == "unknown_fields")
        assert varied.body.startswith(b"\n") is (variation == "white_space")
        assert varied.document.keys() - {"sandboxExtra"} == plain.document.keys()


# Tokens of BETCORE's


def keys_of(running: Running) -> dict[str, Any]:
    """BETCORE's keys, as a casino reads them."""
    published = httpx.get(f"{running.base_url}/mis-api/api/v2/auth/jwks").content
    return {one.key_id: one.key for one in jwt.PyJWKSet.from_json(published).keys if one.key_id}


def balance_asked(client: Tenant, partner: RecordingPartner) -> str:
    """The token of one call."""
    client.drive("balance", player="SomeUserId100")
    return str(partner.arrivals[-1].document)


def verified(running: Running, token: str) -> dict[str, Any]:
    """The claims of a token that a casino takes.

    :raises jwt.InvalidTokenError: it would not
    """
    key = keys_of(running)[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER)
    return claims


def read(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        ("expired_token", jwt.ExpiredSignatureError),
        ("future_token", jwt.ImmatureSignatureError),
        ("bad_signature", jwt.InvalidSignatureError),
        ("unknown_kid", KeyError),
        ("alg_confusion", jwt.InvalidAlgorithmError),
    ],
)
def test_a_token_is_wrong_for_the_reason_that_was_asked_for_and_for_no_other(
    running: Running, client: Tenant, partner: RecordingPartner, fault: str, refusal: type[Exception]
) -> None:
    client.arm(fault, operation="getUserData", count=1)

    wrong = balance_asked(client, partner)
    right = balance_asked(client, partner)

    with pytest.raises(refusal):
        verified(running, wrong)
    assert json.loads(verified(running, right)["data"]) == {"PartnerUserId": "SomeUserId100"}
    genuine, claims = read(right), read(wrong)
    assert {name: claims[name] for name in ("iss", "data", "client_id")} == {
        name: genuine[name] for name in ("iss", "data", "client_id")
    }
    assert claims["exp"] - claims["nbf"] == 10
    header, other = jwt.get_unverified_header(wrong), jwt.get_unverified_header(right)
    differing = {name for name in other if header[name] != other[name]}
    assert differing == {"unknown_kid": {"kid"}, "alg_confusion": {"alg"}}.get(fault, set())
    assert header.keys() == other.keys()


def test_an_expired_and_a_future_token_would_be_good_at_their_time(
    running: Running, client: Tenant, partner: RecordingPartner
) -> None:
    client.arm("expired_token", {"seconds": 60}, operation="getUserData", count=1)
    client.arm("future_token", {"seconds": 60}, operation="getUserData", after=1, count=1)
    expired, future, good = (balance_asked(client, partner) for _ in range(3))
    key = keys_of(running)[jwt.get_unverified_header(good)["kid"]]

    for token in (expired, future):
        at_any_time = {"verify_exp": False, "verify_nbf": False}
        assert jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER, options=at_any_time)
    now = read(good)["nbf"]
    assert 60 <= now - read(expired)["exp"] < 60 + 30
    assert 60 - 30 < read(future)["nbf"] - now <= 60


def test_an_unknown_kid_hides_a_genuine_signature(
    running: Running, client: Tenant, partner: RecordingPartner
) -> None:
    client.arm("unknown_kid", operation="getUserData")

    token = balance_asked(client, partner)

    kid = jwt.get_unverified_header(token)["kid"]
    assert kid not in keys_of(running)
    assert len(kid) == 40
    assert any(signs(token, key) for key in keys_of(running).values())


def signs(token: str, key: Any) -> bool:
    try:
        jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER)
    except jwt.InvalidSignatureError:
        return False
    return True


def test_alg_none_is_not_signed_and_hs256_is_keyed_with_the_public_key(
    running: Running, client: Tenant, partner: RecordingPartner
) -> None:
    """A casino that lets the token choose its algorithm takes both."""
    client.arm("alg_confusion", {"alg": "none"}, operation="getUserData", count=1)
    client.arm("alg_confusion", {"alg": "HS256"}, operation="getUserData", after=1)
    unsigned, confused = balance_asked(client, partner), balance_asked(client, partner)

    assert unsigned.endswith(".")
    assert jwt.get_unverified_header(unsigned)["alg"] == "none"
    key = keys_of(running)[jwt.get_unverified_header(confused)["kid"]]
    pem = key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    signed, _, signature = confused.rpartition(".")
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    assert algorithm.verify(signed.encode(), pem, jwt.utils.base64url_decode(signature))


@pytest.mark.parametrize(
    "fault", ["expired_token", "future_token", "bad_signature", "unknown_kid", "alg_confusion"]
)
def test_the_built_in_casino_refuses_a_wrong_token_and_takes_the_next(plane: Sandbox, fault: str) -> None:
    client = plane.create_partner_client()
    client.arm(fault, operation="getUserData", direction="sent", count=1)

    client.drive("balance", player="SomeUserId100")
    client.drive("balance", player="SomeUserId100")

    codes = [
        json.loads(plane.exchange(one["id"])["answer"]["body"])["ErrorCode"]
        for one in client.journal(operation="getUserData", direction="sent")
    ]
    assert codes == [103811, 200]
    client.drop()


def test_a_duplicate_of_a_token_is_a_new_token_with_the_same_data(
    running: Running, client: Tenant, partner: RecordingPartner
) -> None:
    client.arm("duplicate", operation="getUserData", count=1)
    client.drive("balance", player="SomeUserId100")

    tokens = [str(one.document) for one in partner.arrivals]

    assert len(set(tokens)) == 2
    first, second = (verified(running, token) for token in tokens)
    assert first["data"] == second["data"]


@pytest.mark.parametrize("variation", ["unknown_fields", "number_form", "header_case", "white_space"])
def test_a_token_of_varied_data_is_genuine(
    running: Running, client: Tenant, partner: RecordingPartner, variation: str
) -> None:
    client.arm(variation, operation="makePayment", direction="sent")
    client.drive("bet", player="SomeUserId100", amount="10.5", bet_id=7)

    data = verified(running, str(partner.arrivals[0].document))["data"]

    expected = {"BetId": 7, "PartnerUserId": "SomeUserId100", "TransactionType": -1, "Amount": "10.5"}
    if variation == "number_form":
        expected["Amount"] = "10.50"
    if variation == "unknown_fields":
        expected["sandboxExtra"] = "legal"
    assert json.loads(data) == expected
    assert data.startswith("\n") is (variation == "white_space")


def test_a_partner_that_answers_still_decides(told: Tenant, partner: RecordingPartner, ticket: str) -> None:
    """A duplicate's answer is nobody's: the first one counts."""
    answers = iter([(200, b""), (500, b"")])
    partner.answer = lambda arrival: next(answers, acknowledged(arrival))
    told.arm("duplicate", operation="ticket_discard", count=1)

    (call,) = told.drive("discard", ticket=ticket)["calls"]

    assert (call["state"], len(call["tries"])) == ("sent", 1)
    assert [one["status"] for one in told.journal(operation="ticket_discard")] == [200, 500]
