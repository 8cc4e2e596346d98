"""How the built-in game provider plays, and what it does when BETCORE does not answer as it should."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from mockserver.betcore.provider.states import State
from mockserver.kernel.archive import export_archive, load_archive, read_archive
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.outbox import CallState, OutboxFull

from .line import DOWN, Reply, answers, fails
from .provider_side import COUNTERPARTY, DEMO, PLAYER, REAL, GameHouse

START = Decimal("750.5")
LOST = fails(httpx.ReadTimeout("too late"))
UNKNOWN = answers(200, {"_responseCode": 99})
GARBLED = answers(200, b"{")
ODD = answers(200, {"_responseCode": 42})


def without_journals(archive: dict[str, Any]) -> list[dict[str, Any]]:
    """The tenants of an export; what a journal holds is numbered anew by a load."""
    tenants: list[dict[str, Any]] = json.loads(json.dumps(archive))["tenants"]
    return [{name: part for name, part in one.items() if name != "journal"} for one in tenants]


def rounds(house: GameHouse) -> list[State]:
    return [one.state for one in house.provider.studio.rounds.values()]


def money(house: GameHouse, session: str = REAL) -> Decimal:
    return Decimal(house.balance(session)["balance"])


def names_of(house: GameHouse) -> list[str]:
    return house.line.names()


def test_a_round_is_a_pay_in_and_a_pay_out(house: GameHouse) -> None:
    calls = house.drive("play", session=REAL, stake="2.50", win="7")

    pay_in, pay_out = house.line.requests
    bet = house.provider.studio.rounds
    bet_id, one = next(iter(bet.items()))
    assert json.loads(pay_in.content) == {
        "betAmount": "2.5",
        "betId": bet_id,
        "gameRoundId": one.round_id,
        "sessionId": REAL,
    }
    assert (
        pay_out.content
        == (
            f'{{"betId":"{bet_id}","gameRoundId":"{one.round_id}","sessionId":"{REAL}",'
            '"winAmount":"7","winOdd":"2.8"}'
        ).encode()
    )
    assert [call.state for call in calls] == [CallState.SENT] * 2
    assert (rounds(house), money(house)) == ([State.SETTLED], START + Decimal("4.5"))


def test_a_round_may_be_one_call(house: GameHouse) -> None:
    house.drive("play", session=REAL, stake="2.5", way="pay_in_out")

    (request,) = house.line.requests
    assert list(json.loads(request.content)) == [
        "betAmount",
        "betId",
        "gameRoundId",
        "sessionId",
        "winAmount",
    ]
    assert money(house) == START - Decimal("2.5")


def test_the_steps_of_a_round_can_be_taken_one_by_one(house: GameHouse) -> None:
    (first,) = house.drive("pay_in", session=REAL, stake="1")
    (second,) = house.drive("pay_in", session=REAL, stake="1")
    (third,) = house.drive("pay_in_out", session=REAL, stake="1", win="5")

    house.drive("pay_out", bet=first.subject, win="3")
    house.drive("refund", bet=second.subject)
    house.drive("refund", bet=third.subject)

    assert rounds(house) == [State.SETTLED, State.REFUNDED, State.REFUNDED]
    assert money(house) == START + 2


@pytest.mark.parametrize("way", ["pay_in", "pay_in_out"])
def test_a_round_whose_draw_fails_is_refunded(house: GameHouse, way: str) -> None:
    house.drive("play", session=REAL, stake="2.5", win="9", way=way, cancelled=True)

    assert (rounds(house), money(house)) == ([State.REFUNDED], START)


def test_a_refused_bet_is_neither_repeated_nor_refunded(house: GameHouse) -> None:
    (call,) = house.drive("play", session=REAL, stake="800", win="9")

    assert names_of(house) == ["pay-in"]
    assert (call.state, rounds(house), money(house)) == (CallState.REFUSED, [State.REJECTED], START)
    assert call.tries[0].failure == (
        "_responseCode 4; insufficient_funds: balance is 750.5, the stake is 800"
    )


@pytest.mark.parametrize("code", range(2, 9))
def test_a_code_from_2_to_8_is_an_answer_for_good(house: GameHouse, code: int) -> None:
    house.line.next_on_the_way["pay-in"] = [answers(401 if code == 8 else 200, {"_responseCode": code})]

    house.drive("play", session=REAL, stake="1")

    assert (names_of(house), rounds(house)) == (["pay-in"], [State.REJECTED])


@pytest.mark.parametrize(
    "reply", [LOST, DOWN, UNKNOWN, GARBLED, ODD], ids=["lost", "down", "99", "garbled", "odd"]
)
def test_a_bet_without_a_final_answer_is_repeated_once(house: GameHouse, reply: Reply) -> None:
    house.line.next_on_the_way["pay-in"] = [reply]

    house.drive("play", session=REAL, stake="1", win="3")

    first, second = house.line.requests[:2]
    assert names_of(house) == ["pay-in", "pay-in", "pay-out"]
    assert first.content == second.content
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-sign"] != second.headers["x-sign"]
    assert money(house) == START + 2


def test_a_bet_whose_answer_was_lost_is_found_registered(house: GameHouse) -> None:
    house.line.next_on_the_way_back["pay-in"] = [LOST]

    pay_in, pay_out = house.drive("play", session=REAL, stake="1", win="3")

    assert [pay_in.state, pay_out.state] == [CallState.SENT] * 2
    assert (rounds(house), money(house)) == ([State.SETTLED], START + 2)


@pytest.mark.parametrize("reply", [LOST, UNKNOWN])
@pytest.mark.parametrize("booked", [True, False])
def test_a_bet_that_stays_unknown_is_refunded(house: GameHouse, reply: Reply, booked: bool) -> None:
    where = house.line.next_on_the_way_back if booked else house.line.next_on_the_way
    where["pay-in"] = [reply, reply]

    pay_in, refund = house.drive("play", session=REAL, stake="1", win="3")

    assert names_of(house) == ["pay-in", "pay-in", "refund"]
    assert [pay_in.state, refund.state] == [CallState.DROPPED, CallState.SENT]
    assert (rounds(house), money(house)) == ([State.REFUNDED], START)


def test_another_code_twice_is_a_rejection_without_a_refund(house: GameHouse) -> None:
    house.line.next_on_the_way["pay-in"] = [ODD, ODD]

    house.drive("play", session=REAL, stake="1", win="3")

    assert (names_of(house), rounds(house)) == (["pay-in", "pay-in"], [State.REJECTED])


@pytest.mark.parametrize(
    ("reply", "calls", "state"),
    [
        (LOST, ["pay-in", "refund"], State.REFUNDED),
        (ODD, ["pay-in"], State.REJECTED),
        (answers(200, {"_responseCode": 4}), ["pay-in"], State.REJECTED),
    ],
)
def test_a_crash_game_has_no_time_for_a_repeat(
    house: GameHouse, reply: Reply, calls: list[str], state: State
) -> None:
    house.drive("launch", player=PLAYER, session="s-1", game=205)
    house.line.next_on_the_way["pay-in"] = [reply]
    house.line.requests.clear()

    house.drive("play", session="s-1", stake="1", win="3")

    assert (names_of(house), rounds(house)) == (calls, [state])


def test_a_crash_game_has_no_result_at_once(house: GameHouse) -> None:
    house.drive("launch", player=PLAYER, session="s-1", game=205)

    problem, detail = house.refusal("pay_in_out", session="s-1", stake="1", win="3")

    assert (problem, "crash game" in detail) == (Problem.CONFLICT, True)
    assert house.drive("play", session="s-1", stake="1", win="3")[-1].state is CallState.SENT


def test_an_outcome_is_repeated_once_at_once(house: GameHouse) -> None:
    house.line.next_on_the_way_back["pay-out"] = [LOST]

    _, pay_out = house.drive("play", session=REAL, stake="1", win="3")

    assert names_of(house) == ["pay-in", "pay-out", "pay-out"]
    assert (pay_out.state, rounds(house), money(house)) == (CallState.SENT, [State.SETTLED], START + 2)


@pytest.mark.parametrize("way", ["pay-out", "refund"])
def test_an_outcome_waits_for_the_players_next_launch(house: GameHouse, way: str) -> None:
    house.line.next_on_the_way[way] = [DOWN, DOWN, DOWN]
    _, call = house.drive("play", session=REAL, stake="1", win="3", cancelled=way == "refund")
    assert (call.state, len(call.tries), money(house)) == (CallState.PARKED, 2, START - 1)

    house.drive("launch", player="553314AA3")
    assert len(call.tries) == 2
    house.drive("launch", player=PLAYER)
    assert (call.state, len(call.tries)) == (CallState.PARKED, 3)
    house.drive("launch", player=PLAYER)

    assert (call.state, len(call.tries)) == (CallState.SENT, 4)
    assert money(house) == START + (0 if way == "refund" else 2)
    assert rounds(house) == [State.REFUNDED if way == "refund" else State.SETTLED]


def test_an_outcome_is_tried_six_times_and_then_by_hand_alone(house: GameHouse) -> None:
    house.line.next_on_the_way["pay-out"] = [DOWN] * 6
    _, call = house.drive("play", session=REAL, stake="1", win="3")

    for _ in range(6):
        house.drive("launch", player=PLAYER)

    assert (call.state, len(call.tries), rounds(house)) == (CallState.PARKED, 6, [State.SETTLING])
    house.send(call)
    assert (call.state, rounds(house), money(house)) == (CallState.SENT, [State.SETTLED], START + 2)


@pytest.mark.parametrize(
    ("drive", "fields", "problem", "said"),
    [
        ("play", {"session": "nothing"}, Problem.NOT_FOUND, "no session `nothing` was launched here"),
        ("pay_out", {"bet": "nothing"}, Problem.NOT_FOUND, "played no bet `nothing`"),
        ("balance", {"session": "nothing"}, Problem.NOT_FOUND, "no session `nothing` was launched here"),
    ],
)
def test_what_the_provider_does_not_know_is_one_clear_line(
    house: GameHouse, drive: str, fields: dict[str, str], problem: Problem, said: str
) -> None:
    kind, detail = house.refusal(drive, **fields)

    assert kind is problem
    assert said in detail


def test_a_round_that_is_over_can_not_be_settled_again(house: GameHouse) -> None:
    call, _ = house.drive("play", session=REAL, stake="1", win="3")

    problem, detail = house.refusal("pay_out", bet=call.subject, win="3")

    assert (problem, "drawn is not possible in settled" in detail) == (Problem.CONFLICT, True)
    assert money(house) == START + 2


def test_a_provider_with_an_api_of_its_own_plays_by_itself(house: GameHouse) -> None:
    house.set(provider_url="http://127.0.0.1:9/api")

    assert house.refusal("play", session=REAL)[0] is Problem.CONFLICT
    (call,) = house.drive("games")
    assert call.state is CallState.PARKED


def test_the_balance_can_be_read(house: GameHouse) -> None:
    (call,) = house.drive("balance", session=DEMO)

    (request,) = house.line.requests
    assert (request.method, request.url.path) == ("GET", f"/v1/sessions/{DEMO}/balance")
    assert (request.content, call.state) == (b"", CallState.SENT)


def test_everything_is_there_again_after_an_export_and_a_load(house: GameHouse) -> None:
    sandbox = house.service.sandbox
    house.line.next_on_the_way["pay-out"] = [DOWN, DOWN]
    house.drive("launch", player=PLAYER, session="s-1", min_bet="2")
    house.drive("launch", player=PLAYER, session="s-2", min_bet="2", max_bet="1")
    house.drive("play", session="s-1", stake="2", win="7")
    house.pay_in("b-1", "10")
    house.refund("b-2")
    keys = house.service.signing_keys
    document = json.loads(json.dumps(export_archive(sandbox.tenants, keys)))
    house.pay_out("b-1", "100")
    house.service.sandbox.tenants.reset_all()

    load_archive(sandbox.tenants, keys, read_archive(document))

    assert without_journals(export_archive(sandbox.tenants, keys)) == without_journals(document)
    assert money(house) == START - 12
    assert [house.pay_in("b-3", "1", "s-1"), house.pay_in("b-2", "1")] == [(5, None), (6, None)]
    assert house.pay_in("b-1", "10") == (104, None)
    house.drive("launch", player=PLAYER)
    assert money(house) == START - 5


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("registration", "stake"), "1000000", "the ledger has not what bet `b-1` moved"),
        (("account",), "provider", "paid from an account that is not its player's"),
        (("user_id",), "nobody", "bet `b-1` is one of a player whom nobody knows"),
    ],
)
def test_a_bet_that_the_ledger_does_not_know_so_is_not_loaded(
    house: GameHouse, path: tuple[str, ...], value: str, told: str
) -> None:
    tenants, keys = house.service.sandbox.tenants, house.service.signing_keys
    house.pay_in("b-1", "10")
    document = json.loads(json.dumps(export_archive(tenants, keys)))
    provider = next(one for one in document["tenants"] if one["name"] == house.provider.name)
    *steps, last = path
    found = next(one for one in provider["books"]["bets"] if one["id"] == "b-1")
    for step in steps:
        found = found[step]
    found[last] = value

    with pytest.raises(ControlRefusal, match=told):
        load_archive(tenants, keys, read_archive(document))
    assert house.pay_in("b-1", "10") == (104, None)


def test_a_call_carries_the_tenants_time(house: GameHouse) -> None:
    house.advance(days=1)

    house.drive("balance", session=REAL)

    assert house.line.requests[0].headers["x-timestamp"] == str(int(house.now().timestamp() * 1000))


def test_a_player_who_is_reset_in_mid_round_ends_the_round(house: GameHouse) -> None:
    def reset() -> httpx.Response:
        house.service.sandbox.tenants.reset_player(COUNTERPARTY, PLAYER)
        return LOST()

    house.line.next_on_the_way_back["pay-in"] = [reset]

    (call,) = house.drive("play", session=REAL, stake="1", win="3")

    assert (call.state, names_of(house), rounds(house)) == (CallState.DROPPED, ["pay-in"], [])
    assert money(house) == START


def test_a_bet_that_is_dropped_by_hand_is_not_repeated(house: GameHouse) -> None:
    def drop() -> httpx.Response:
        (call,) = house.provider.outbox.calls()
        house.provider.outbox.forget(call.subject or "")
        return LOST()

    house.line.next_on_the_way["pay-in"] = [drop]

    (call,) = house.drive("pay_in", session=REAL, stake="1")

    assert (call.state, names_of(house)) == (CallState.DROPPED, ["pay-in"])


def test_a_round_is_not_begun_where_nobody_could_be_told(house: GameHouse) -> None:
    house.set(outbox_size=1)
    house.provider.outbox.put("payOut", b"{}", subject="b-1")

    with pytest.raises(OutboxFull):
        house.drive("pay_in", session=REAL, stake="1")

    assert rounds(house) == []
