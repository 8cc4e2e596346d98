"""The wallet that BETCORE keeps for the sessions of a game provider, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from mockserver.kernel.players import PlayerSpec, PlayerState

from .provider_side import BLOCKED, COUNTERPARTY, DEMO, REAL, GameHouse, identity

START = Decimal("750.5")


def test_the_balance_is_a_number_beside_its_currency(house: GameHouse) -> None:
    answer = house.service.send("GET", f"/v1/sessions/{REAL}/balance", identity())

    assert (answer.status_code, answer.text) == (
        200,
        '{"currency":"EUR","balance":750.5,"_responseCode":1}',
    )


def test_a_stake_is_taken_and_a_win_is_paid(house: GameHouse) -> None:
    assert house.pay_in("b-1", "10.5") == (1, Decimal(740))
    assert house.pay_out("b-1", "21") == (1, Decimal(761))
    assert house.balance()["balance"] == 761


def test_a_loss_is_a_win_of_nothing(house: GameHouse) -> None:
    house.pay_in("b-1", "10.5")

    assert house.pay_out("b-1", "0") == (1, Decimal(740))
    assert house.pay_out("b-1", "5") == (2, None)


def test_stake_and_win_may_come_in_one_call(house: GameHouse) -> None:
    assert house.pay_in_out("b-1", "10.5", "21", winOdd="2") == (1, Decimal(761))


def test_amounts_are_exact_to_the_eighth_digit(house: GameHouse) -> None:
    house.pay_in("b-1", "0.1")

    assert house.pay_out("b-1", "99999999999999999999.00000001") == (
        1,
        Decimal("100000000000000000749.40000001"),
    )
    assert house.balance()["balance"] == Decimal("100000000000000000749.40000001")


@pytest.mark.parametrize("stake", ["10.50", "10.5", 10.5, "010.500"])
def test_an_amount_is_text_or_a_number_and_the_same_however_it_is_written(
    house: GameHouse, stake: object
) -> None:
    assert house.pay_in("b-1", stake) == (1, Decimal(740))
    assert house.pay_in("b-1", "10.5") == (104, None)


@pytest.mark.parametrize(
    "stake", ["-1", "1e1", "", "1,5", " 1", "0.000000001", "1" * 21, -1, 0.000000001, 1e21, None, True, []]
)
def test_what_is_no_amount_is_refused_and_moves_nothing(house: GameHouse, stake: object) -> None:
    assert house.pay_in("b-1", stake) == (2, None)
    assert house.pay_in("b-1", "1") == (1, START - 1)


@pytest.mark.parametrize("missing", ["betAmount", "betId", "gameRoundId", "sessionId"])
def test_a_field_that_is_missing_is_refused_by_its_name(house: GameHouse, missing: str) -> None:
    document = {"betAmount": "1", "betId": "b-1", "gameRoundId": "r-1", "sessionId": REAL}
    path = f"/v1/sessions/{REAL}/bets/pay-in"
    del document[missing]

    refused = house.post(path, document)

    assert (refused.status_code, refused.json()) == (200, {"_responseCode": 2})
    assert missing in refused.headers["x-sandbox-reason"]
    assert house.pay_in("b-1", "1")[0] == 1


def test_path_and_body_must_name_the_same_session(house: GameHouse) -> None:
    assert house.pay_in("b-1", "1", sessionId=DEMO) == (2, None)
    assert house.pay_in("b-1", "1", sessionId=REAL) == (1, START - 1)


def test_an_unknown_session_is_refused_by_every_call(house: GameHouse) -> None:
    assert house.balance("nobody") == {"_responseCode": 3}
    assert [
        house.pay_in("b", "1", "nobody"),
        house.pay_in_out("b", "1", "1", "nobody"),
        house.pay_out("b", "1", "nobody"),
        house.refund("b", "nobody"),
    ] == [(3, None)] * 4


@pytest.mark.parametrize("way", ["pay_in", "pay_in_out"])
def test_a_bet_that_comes_again_is_registered_once(house: GameHouse, way: str) -> None:
    register = getattr(house, way)
    amounts = ["10", "4"] if way == "pay_in_out" else ["10"]
    _, after = register("b-1", *amounts)

    assert register("b-1", *amounts) == (104, None)
    assert house.balance()["balance"] == after


@pytest.mark.parametrize(
    "changed", [{"betAmount": "11"}, {"gameRoundId": "r-2"}, {"winAmount": "5"}, {"method": "pay_in"}]
)
def test_a_bet_that_comes_again_with_another_content_is_refused_and_the_first_stands(
    house: GameHouse, changed: dict[str, str]
) -> None:
    house.pay_in_out("b-1", "10", "4")

    if "method" in changed:
        assert house.pay_in("b-1", "10") == (2, None)
    else:
        assert house.pay_in_out("b-1", "10", "4", **changed) == (2, None)
    assert house.balance()["balance"] == START - 6


def test_a_settled_bet_is_still_registered(house: GameHouse) -> None:
    house.pay_in("b-1", "10")
    house.pay_out("b-1", "0")

    assert [house.pay_in("b-1", "10"), house.pay_in("b-1", "11")] == [(104, None), (2, None)]


def test_an_outcome_that_comes_again_pays_once(house: GameHouse) -> None:
    house.pay_in("b-1", "10")

    assert [house.pay_out("b-1", win) for win in ("30", "30.00", "31")] == [
        (1, START + 20),
        (1, START + 20),
        (2, None),
    ]
    assert house.balance()["balance"] == START + 20


def test_an_outcome_of_an_unknown_bet_pays_nothing(house: GameHouse) -> None:
    assert house.pay_out("b-1", "10") == (6, None)
    assert house.balance()["balance"] == START


def test_an_outcome_of_a_bet_that_was_settled_at_once_pays_nothing(house: GameHouse) -> None:
    house.pay_in_out("b-1", "10", "0")

    assert house.pay_out("b-1", "10") == (6, None)
    assert house.balance()["balance"] == START - 10


def test_a_refund_gives_the_stake_back_once(house: GameHouse) -> None:
    house.pay_in("b-1", "10")

    assert [house.refund("b-1"), house.refund("b-1")] == [(1, START)] * 2
    assert [house.pay_out("b-1", "10"), house.pay_in("b-1", "10")] == [(6, None)] * 2


def test_a_refund_takes_the_win_of_a_bet_that_was_settled_at_once(house: GameHouse) -> None:
    house.pay_in_out("b-1", "10", "25")

    assert house.refund("b-1") == (1, START)


def test_a_refund_is_refused_while_the_win_is_spent(house: GameHouse) -> None:
    house.pay_in_out("b-1", "10", "100")
    house.pay_in("b-2", "750.51")

    assert house.refund("b-1") == (4, None)
    assert house.balance()["balance"] == Decimal("89.99")
    house.pay_out("b-2", "0.01")
    assert house.refund("b-1") == (1, Decimal(0))


def test_a_refund_after_an_outcome_is_refused(house: GameHouse) -> None:
    house.pay_in("b-1", "10")
    house.pay_out("b-1", "30")

    assert house.refund("b-1") == (6, None)
    assert house.balance()["balance"] == START + 20


@pytest.mark.parametrize("way", ["pay_in", "pay_in_out"])
def test_a_refund_that_overtakes_its_bet_keeps_it_out(house: GameHouse, way: str) -> None:
    amounts = ["10", "30"] if way == "pay_in_out" else ["10"]

    assert house.refund("b-1") == (1, START)
    assert getattr(house, way)("b-1", *amounts) == (6, None)
    assert getattr(house, way)("b-2", *amounts)[0] == 1


def test_a_stake_may_be_as_high_as_the_balance(house: GameHouse) -> None:
    assert house.pay_in("b-1", "750.50000001") == (4, None)
    assert house.pay_in("b-1", "750.5") == (1, Decimal(0))


def test_a_win_does_not_pay_for_its_own_stake(house: GameHouse) -> None:
    assert house.pay_in_out("b-1", "751", "1000") == (4, None)
    assert house.pay_in_out("b-1", "750", "1000")[0] == 1


def test_a_stake_keeps_to_the_limits_of_its_session(house: GameHouse) -> None:
    house.drive("launch", player="553314AA2", session="s-1", min_bet="2", max_bet="5")

    stakes = ["1.99", "2", "5", "5.00000001"]
    assert [house.pay_in(f"b-{one}", one, "s-1")[0] for one in stakes] == [5, 1, 1, 5]
    assert house.pay_in_out("b-9", "1", "1", "s-1") == (5, None)


def test_a_blocked_player_places_nothing_and_gets_what_is_due(house: GameHouse) -> None:
    assert house.pay_in("b-1", "1", BLOCKED) == (7, None)
    house.pay_in("b-2", "10")
    house.pay_in("b-3", "10")
    house.service.sandbox.tenants.seed_player(
        COUNTERPARTY, PlayerSpec(id="553314AA2", currency="EUR", state=PlayerState.BLOCKED)
    )

    assert house.pay_in_out("b-4", "1", "5") == (7, None)
    assert [house.pay_out("b-2", "30")[0], house.refund("b-3")[0]] == [1, 1]
    assert house.pay_in("b-2", "10") == (104, None)


def test_a_demo_session_plays_with_money_of_its_own(house: GameHouse) -> None:
    assert house.pay_in("b-1", "100", DEMO) == (1, Decimal(900))
    assert house.pay_out("b-1", "350", DEMO) == (1, Decimal(1250))
    assert (house.balance(DEMO)["balance"], house.balance()["balance"]) == (1250, START)


def test_a_bet_may_be_settled_in_another_session_of_its_player(house: GameHouse) -> None:
    house.drive("launch", player="553314AA2", session="s-1")
    house.pay_in("b-1", "10")
    house.pay_in("b-2", "10", DEMO)

    assert house.pay_out("b-1", "30", "s-1") == (1, START + 20)
    assert house.refund("b-2") == (1, START + 20)
    assert house.balance(DEMO)["balance"] == 1000


def test_another_player_can_neither_settle_nor_refund_a_bet(house: GameHouse) -> None:
    house.pay_in("b-1", "10")

    assert house.pay_out("b-1", "30", BLOCKED) == (6, None)
    assert house.refund("b-1", BLOCKED) == (6, None)
    assert house.pay_in("b-1", "10", BLOCKED) == (2, None)
    assert (house.balance()["balance"], house.balance(BLOCKED)["balance"]) == (START - 10, START)
    assert house.pay_out("b-1", "30") == (1, START + 20)


def test_a_session_that_has_ended_takes_no_bets_and_settles_those_it_has(house: GameHouse) -> None:
    house.set(session_seconds=60)
    house.pay_in("b-1", "10")
    moment = house.now() + timedelta(seconds=60)

    house.advance_to(moment - timedelta(microseconds=1))
    assert house.pay_in("b-2", "10")[0] == 1
    house.advance_to(moment)
    assert [house.pay_in("b-3", "10"), house.pay_in_out("b-3", "10", "0")] == [(3, None)] * 2
    assert house.pay_in("b-2", "10") == (104, None)
    assert [house.pay_out("b-1", "10")[0], house.refund("b-2")[0]] == [1, 1]
    assert house.balance()["balance"] == START


def test_of_two_reasons_the_first_of_the_contract_is_told(house: GameHouse) -> None:
    house.pay_in("b-1", "1")
    house.drive("launch", player="553314AA2", session="s-1", max_bet="1000")

    assert house.pay_in("b-1", "2000", "s-1") == (2, None)
    assert house.pay_in("b-2", "2000", "s-1") == (5, None)
    assert house.pay_in("b-2", "900", "s-1") == (4, None)
    assert house.pay_in("b-2", "2000", BLOCKED) == (7, None)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/sessions", 404, 2),
        ("GET", f"/v1/sessions/{REAL}/nothing", 404, 2),
        ("POST", f"/v1/sessions/{REAL}/balance", 405, 2),
        ("GET", f"/v1/sessions/{REAL}/bets/pay-in", 405, 2),
        ("GET", "/v1/games/101/launch", 405, 2),
        ("GET", "/v1/games/101", 404, 2),
        ("GET", "/v1/nothing", 404, 2),
    ],
)
def test_what_is_no_operation_is_answered_in_the_same_shape(
    house: GameHouse, method: str, path: str, status: int, code: int
) -> None:
    answer = house.service.send(method, path, identity())

    assert (answer.status_code, answer.json()) == (status, {"_responseCode": code})


def test_a_body_that_is_not_declared_as_json_is_refused(house: GameHouse) -> None:
    body = b'{"betId":"b-1"}'
    path = f"/v1/sessions/{REAL}/bets/refund"

    refused = house.service.send("POST", path, identity(body) | {"content-type": "text/plain"}, body)

    assert (refused.status_code, refused.json()) == (415, {"_responseCode": 2})
    assert house.service.send("POST", path, identity(body), body).json()["_responseCode"] == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"betId":"b","betId":"c"}'])
def test_a_body_that_is_no_object_is_refused(house: GameHouse, body: bytes) -> None:
    headers = identity(body) | {"content-type": "application/json"}
    answer = house.service.send("POST", f"/v1/sessions/{REAL}/bets/refund", headers, body)

    assert (answer.status_code, answer.json()) == (200, {"_responseCode": 2})
