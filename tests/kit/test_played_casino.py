"""The kit as BETCORE's casino: its wallet, and the tokens that it receives."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from conformance.callback_sink import Received, Reply
from conformance.oracle.betcore import BET, BET_RETURN, JACKPOT, PAYOUT, PAYOUT_RETURN
from conformance.played_casino import CASHBACK, CLOSE, DATA, LOST, MAKE, MAKE_LIST, SILENT, PlayedCasino, Told
from conformance.played_wallet import Transaction, Wallet
from conformance.received_token import hex_of, read_token
from conformance.signing import SigningKey, claims, jwt_body, token

PLAYER = "SomeUserId100"


@pytest.fixture(scope="module")
def own_key() -> SigningKey:
    """The key that BETCORE signs with."""
    return SigningKey.generate()


@pytest.fixture
def casino() -> PlayedCasino:
    """A casino that nobody has called yet."""
    return PlayedCasino(Wallet(PLAYER, "run"))


def fields(kind: int, amount: str = "10", bet: int = 7, **more: Any) -> dict[str, Any]:
    """The data of one transaction."""
    document = {"Amount": amount, "BetId": bet, "PartnerUserId": PLAYER, "TransactionType": kind}
    return {**document, **more}


def told(casino: PlayedCasino, key: SigningKey, path: str, data: Any) -> dict[str, Any]:
    """Call the casino, and read its answer."""
    reply = call(casino, key, path, data)
    assert reply.status == 200
    answer: dict[str, Any] = json.loads(reply.content)
    return answer


def call(casino: PlayedCasino, key: SigningKey, path: str, data: Any) -> Reply:
    """One call of BETCORE."""
    body = jwt_body(token(key, claims(data, client_id="PartnerClient-1556", now=1_790_000_000)))
    return casino(Received("POST", path, (), body, 1_790_000_000.0))


def booked(wallet: Wallet, *kinds: int, amount: int = 10) -> list[int]:
    """The codes of transactions of one bet, one after the other."""
    return [wallet.book(Transaction("bets", "7", kind, PLAYER, Decimal(amount))).code for kind in kinds]


def test_each_type_moves_the_balance_its_way() -> None:
    wallet = Wallet(PLAYER, "run")

    assert booked(wallet, BET, PAYOUT, JACKPOT, PAYOUT_RETURN, BET_RETURN) == [200] * 5
    assert wallet.moved("7") == Decimal(10)
    assert wallet.balance == Decimal(1_000_010)


def test_repeat_moves_nothing_until_its_opposite_was_booked() -> None:
    wallet = Wallet(PLAYER, "run")

    assert booked(wallet, BET, BET, PAYOUT, PAYOUT, PAYOUT_RETURN, PAYOUT) == [
        200, 990002, 200, 990002, 200, 200,
    ]  # fmt: skip
    assert booked(wallet, PAYOUT, amount=11) == [990003]
    assert wallet.moved("7") == Decimal(0)


def test_return_of_an_unknown_bet_moves_nothing_and_bars_the_bet() -> None:
    wallet = Wallet(PLAYER, "run")

    assert booked(wallet, PAYOUT, BET_RETURN, BET) == [990004, 200, 990005]
    assert wallet.moved("7") == Decimal(0)


def test_closed_bet_refuses_until_it_is_reopened(casino: PlayedCasino, own_key: SigningKey) -> None:
    def code(path: str, data: Any) -> int:
        return int(told(casino, own_key, path, data)["ErrorCode"])

    assert code(MAKE, fields(BET)) == 200
    assert code(CLOSE, {"BetId": "7", "Closed": True}) == 200
    assert code(MAKE, fields(PAYOUT)) == 990005
    assert code(CLOSE, {"BetId": "7", "Closed": False}) == 200
    assert code(MAKE, fields(PAYOUT)) == 200


def test_ids_of_bets_and_cashback_are_apart(casino: PlayedCasino, own_key: SigningKey) -> None:
    told(casino, own_key, MAKE, fields(BET))
    told(casino, own_key, CASHBACK, fields(PAYOUT, "4"))

    assert (casino.wallet.moved("7"), casino.wallet.moved("7", "cashback")) == (Decimal(-10), Decimal(4))


def test_answer_tells_the_balance_and_an_id(casino: PlayedCasino, own_key: SigningKey) -> None:
    answer = told(casino, own_key, MAKE, fields(BET, "10.50"))

    assert answer == {
        "ErrorCode": 200,
        "Message": "Success",
        "Value": {"Balance": "999989.5", "PartnerTransactionId": "run-1"},
    }
    assert told(casino, own_key, DATA, {"PartnerUserId": PLAYER})["Value"] == {"Balance": "999989.5"}
    assert told(casino, own_key, DATA, {"PartnerUserId": "nobody"})["ErrorCode"] == 102145


def test_list_has_a_verdict_for_each_item(casino: PlayedCasino, own_key: SigningKey) -> None:
    answer = told(casino, own_key, MAKE_LIST, [fields(BET), fields(PAYOUT, bet=8)])

    assert answer["ErrorCode"] == 200
    assert [(one["BetId"], one["TransactionType"], one["ErrorCode"]) for one in answer["Value"]] == [
        (7, -1, 200),
        (8, 1, 990004),
    ]


@pytest.mark.parametrize(
    ("treatment", "status", "moved"),
    [
        (Told(refusal=102145), 200, 0),
        (SILENT, None, -10),
        (LOST, None, 0),
    ],
)
def test_casino_treats_a_transaction_as_it_is_told(
    casino: PlayedCasino, own_key: SigningKey, treatment: Told, status: int | None, moved: int
) -> None:
    with casino.treating("bets", BET, treatment):
        reply = call(casino, own_key, MAKE, fields(BET))
    (recorded,) = casino.watch().casino.since(0)

    assert reply.status == status
    assert casino.moved(recorded) == moved
    assert call(casino, own_key, MAKE, fields(BET, bet=8)).status == 200


@pytest.mark.parametrize(
    "data",
    [fields(3), fields(BET, "ten"), {"BetId": 7}, [], None, fields(BET, BetId=None), fields(BET, BetId=True)],
)
def test_what_cannot_be_read_is_refused_and_recorded(
    casino: PlayedCasino, own_key: SigningKey, data: Any
) -> None:
    assert told(casino, own_key, MAKE, data)["ErrorCode"] == 103752
    assert [one.transaction for one in casino.since(0)] == [None]


def test_watch_sees_only_what_came_after_it(casino: PlayedCasino, own_key: SigningKey) -> None:
    call(casino, own_key, MAKE, fields(BET))
    watch = casino.watch()
    call(casino, own_key, MAKE, fields(PAYOUT))

    assert [one.kind for one in watch.calls()] == [PAYOUT]
    assert watch.calls(MAKE, bet="8") == []
    found = watch.await_call(MAKE, bet="7", kind=PAYOUT, seconds=0)
    assert found is not None
    assert watch.await_call(MAKE, kind=BET, seconds=0) is None


def test_received_token_is_taken_apart_and_verified(own_key: SigningKey) -> None:
    payload = claims({"BetId": 7}, client_id="PartnerClient-1556", now=1_790_000_000)
    genuine = read_token(jwt_body(token(own_key, payload)))
    keys = [SigningKey.generate().jwk(), own_key.jwk()]

    assert genuine.problems() == []
    assert (genuine.data, genuine.life()) == ({"BetId": 7}, 10)
    assert genuine.verified_by(keys)
    assert not genuine.verified_by(keys[:1])
    assert not genuine.changed().verified_by(keys)
    assert hex_of(own_key.x5t) == own_key.kid


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"eyJhbGciOiJSUzI1NiJ9.e30.x", "the body is no JSON string literal"),
        (b'"no token"', "the body holds no compact JWS of three parts"),
        (b"\xff", "the body is no JSON string literal"),
        (b'"eyJhbGciOiJIUzI1NiJ9.e30.x"', "alg of the header is HS256, not RS256"),
        (b'"eyJhbGciOiJSUzI1NiJ9.e30.x"', "the claim nbf is missing"),
    ],
)
def test_what_is_wrong_with_a_token_is_told(body: bytes, problem: str) -> None:
    assert problem in read_token(body).problems()


def test_claim_of_a_wrong_type_is_told(own_key: SigningKey) -> None:
    payload = {**claims({}, client_id="PartnerClient-1", now=1), "exp": "11", "data": "{"}

    assert read_token(jwt_body(token(own_key, {**payload, "exp": 11, "nbf": 1}))).problems() == [
        "the claim data is a string, but no JSON"
    ]
