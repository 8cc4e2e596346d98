"""What BETCORE does after it asked a casino for a transaction: answers, accepts, silence."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from mockserver.kernel.outbox import CallState

from .casino_site import (
    ACCEPT,
    CLOSE,
    MAKE,
    MAKE_LIST,
    PLAYER,
    CasinoSite,
    claims_in,
    says,
)
from .in_process import NOW
from .line import DOWN, Reply, answers, fails

CASHBACK = "/cashback-payments/make"
BET = {"Amount": "10.5", "BetId": 7, "PartnerUserId": PLAYER, "TransactionType": -1}
DUPLICATE, UNKNOWN, CHANGED, LATE = 103779, 990004, 990012, 990008


@pytest.fixture
def silent(casino_site: CasinoSite) -> CasinoSite:
    """A site whose casino sends no accept by itself."""
    casino_site.set(accept_mode="only_answer")
    return casino_site


def test_a_bet_that_is_answered_is_booked_and_nothing_more_is_said(silent: CasinoSite) -> None:
    call = silent.bet(7)

    assert call.state is CallState.SENT
    assert silent.outcomes() == [(7, -1, "booked")]
    silent.advance(minutes=5)
    assert silent.told() == [(MAKE, BET)]
    assert silent.balance() == "7090"


@pytest.mark.parametrize(
    "reply",
    [
        DOWN,
        answers(200, b"no json"),
        answers(200, b"{}"),
        answers(200, b"[]"),
        answers(200, b'{"ErrorCode": "200", "Message": "Success"}'),
        answers(200, b'{"ErrorCode": 1e30, "Message": "?"}'),
        answers(200, b'{"ErrorCode": 9007199254740992, "Message": "?"}'),
        answers(500, {"ErrorCode": 200, "Message": "Success"}),
        fails(httpx.ConnectError("refused")),
        fails(httpx.ReadTimeout("too slow")),
        says(103799),
    ],
)
def test_a_bet_without_an_outcome_is_returned_and_closed_after_30_seconds(
    silent: CasinoSite, reply: Reply
) -> None:
    silent.line.on_the_way[MAKE] = reply
    silent.bet(7)
    silent.line.on_the_way.clear()

    assert silent.outcomes() == [(7, -1, "open")]
    silent.advance(seconds=30)
    assert len(silent.told()) == 1
    silent.advance(seconds=1)
    assert silent.told()[1:] == [
        (MAKE, BET | {"TransactionType": 2}),
        (CLOSE, {"BetId": "7", "Closed": True}),
    ]
    assert silent.outcomes() == [(7, -1, "overdue"), (7, 2, "booked")]
    assert silent.balance() == "7100.5"


def test_what_follows_from_silence_happens_at_its_own_moment_however_far_time_is_moved(
    silent: CasinoSite,
) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.bet(7)

    silent.advance(hours=30)

    given_back = next(call for call in silent.client.outbox.calls() if call.action == "makePayment")
    waited = [one.at - NOW for one in given_back.tries]
    assert [round(one.total_seconds()) for one in waited[:4]] == [30, 90, 390, 1290]
    assert (len(waited), given_back.state) == (28, CallState.PARKED)


def test_a_refused_bet_is_neither_returned_nor_closed(silent: CasinoSite) -> None:
    call = silent.bet(7, amount="7100.51")

    assert call.state is CallState.REFUSED
    assert silent.outcomes() == [(7, -1, "refused")]
    silent.advance(hours=25)
    assert len(silent.told()) == 1


def test_a_bet_whose_answer_is_lost_is_returned_where_no_accept_tells_of_it(silent: CasinoSite) -> None:
    silent.line.on_the_way_back[MAKE] = DOWN
    silent.bet(7)
    silent.line.on_the_way_back.clear()
    assert silent.balance() == "7090"

    silent.advance(seconds=31)

    assert silent.outcomes() == [(7, -1, "overdue"), (7, 2, "booked")]
    assert silent.balance() == "7100.5"


def test_an_accept_in_time_takes_the_place_of_a_lost_answer(silent: CasinoSite) -> None:
    silent.line.on_the_way_back[MAKE] = DOWN
    call = silent.bet(7)
    silent.advance(seconds=30)

    assert silent.accept(BetId=7, PartnerTransactionId="tx-1", Amount="10.5") == 200

    assert silent.outcomes() == [(7, -1, "booked")]
    assert call.state is CallState.SENT
    silent.advance(hours=25)
    assert len(silent.told()) == 1


def test_a_refusal_in_an_accept_ends_the_bet(silent: CasinoSite) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.bet(7)

    assert silent.accept(BetId=7, ErrorCode=102145, Message="User not found") == 200

    assert silent.outcomes() == [(7, -1, "refused")]
    silent.advance(hours=25)
    assert len(silent.told()) == 1


def test_an_accept_after_30_seconds_is_refused_and_the_return_stands(silent: CasinoSite) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.bet(7)
    silent.advance(seconds=31)

    assert silent.accept(BetId=7, PartnerTransactionId="tx-1") == LATE
    assert silent.outcomes()[0] == (7, -1, "overdue")


def test_a_repeated_accept_is_taken_and_a_contradicting_one_refused(silent: CasinoSite) -> None:
    silent.bet(7)
    booked = next(iter(silent.client.asked)).outcome
    assert booked is not None

    assert silent.accept(BetId=7, PartnerTransactionId=booked.transaction_id) == 200
    assert silent.accept(BetId=7, PartnerTransactionId=booked.transaction_id, ErrorCode=DUPLICATE) == 200
    assert silent.accept(BetId=7, PartnerTransactionId=booked.transaction_id, ErrorCode=990002) == 200
    assert silent.accept(BetId=7, PartnerTransactionId="another") == CHANGED
    assert silent.accept(BetId=7, ErrorCode=102145) == CHANGED
    assert next(iter(silent.client.asked)).outcome == booked


@pytest.mark.parametrize("kind", [-1, 1])
def test_an_accept_that_calls_it_a_repeat_says_that_it_is_booked(silent: CasinoSite, kind: int) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.pay(7, kind, "10.5")

    told = {"BetId": 7, "TransactionType": kind, "ErrorCode": 990002, "PartnerTransactionId": "tx-1"}
    assert silent.accept(**told) == 200
    assert silent.outcomes() == [(7, kind, "booked")]


def test_an_accept_with_a_code_to_be_repeated_leaves_a_bet_open(silent: CasinoSite) -> None:
    silent.line.on_the_way_back[MAKE] = DOWN
    silent.bet(7)
    silent.line.on_the_way_back.clear()

    assert silent.accept(BetId=7, ErrorCode=103799, Message="General API Error") == 200
    assert silent.outcomes() == [(7, -1, "open")]
    silent.advance(seconds=31)
    assert silent.outcomes() == [(7, -1, "overdue"), (7, 2, "booked")]
    assert silent.balance() == "7100.5"


def test_accepts_of_two_players_on_one_bet_are_both_taken(casino_site: CasinoSite) -> None:
    casino_site.drive(
        "payments",
        payments=[
            {"bet_id": 7, "player": player, "type": 4, "amount": "1"} for player in (PLAYER, "SomeUserId200")
        ],
    )
    casino_site.drive("payment", bet_id=7, player="nobody", type=4, amount="1")

    states = [(call.action, call.state) for call in casino_site.client.outbox.calls()]
    assert [state for action, state in states if action == "acceptPayment"] == [CallState.SENT] * 3
    assert casino_site.outcomes() == [(7, 4, "booked"), (7, 4, "booked"), (7, 4, "refused")]


def test_an_accept_means_what_was_asked_for_with_its_amount_and_of_several_the_oldest(
    silent: CasinoSite,
) -> None:
    silent.line.on_the_way[MAKE_LIST] = DOWN
    amounts = [(PLAYER, "10"), ("SomeUserId200", "3"), ("nobody", "3")]
    silent.drive(
        "payments",
        payments=[{"bet_id": 7, "player": name, "type": 1, "amount": text} for name, text in amounts],
    )
    told = {"BetId": 7, "TransactionType": 1}
    assert silent.accept(**told, Amount="3.0", PartnerTransactionId="tx-1") == 200
    assert silent.accept(**told, ErrorCode=102145) == 200
    assert silent.accept(**told, Amount="3", PartnerTransactionId="tx-2") == 200

    assert silent.outcomes() == [(7, 1, "refused"), (7, 1, "booked"), (7, 1, "booked")]


def test_a_payout_that_can_not_be_told_holds_up_no_other_player(silent: CasinoSite) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.drive("payment", bet_id=7, player="SomeUserId200", type=4, amount="1")
    silent.advance(hours=48)
    silent.bet(7)
    silent.line.on_the_way.clear()

    silent.advance(seconds=31)

    assert silent.outcomes() == [(7, 4, "open"), (7, -1, "overdue"), (7, 2, "booked")]
    assert silent.told()[-1] == (CLOSE, {"BetId": "7", "Closed": True})


def test_to_forget_a_player_leaves_what_is_owed_to_another_on_the_same_bet(silent: CasinoSite) -> None:
    silent.line.on_the_way[MAKE] = DOWN
    silent.drive("payment", bet_id=7, player="SomeUserId200", type=4, amount="1")
    silent.pay(8, 4, "1")
    silent.service.sandbox.tenants.reset_player(silent.name, PLAYER)
    silent.line.on_the_way.clear()
    silent.advance(minutes=1)

    assert silent.outcomes() == [(7, 4, "booked")]
    assert [call.state for call in silent.client.outbox.calls()] == [CallState.SENT, CallState.DROPPED]


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        (ACCEPT, {"BetId": 8}, UNKNOWN),
        (ACCEPT, {"BetId": 7, "TransactionType": 1}, UNKNOWN),
        (ACCEPT, {"BetId": 7, "PartnerTransactionId": ""}, 103752),
        (ACCEPT, {"BetId": 7, "PartnerTransactionId": None}, 103752),
        (ACCEPT, {"BetId": 7, "TransactionType": 3}, 103752),
        (ACCEPT, {"BetId": 7.5}, 103752),
        (ACCEPT, {"BetId": 7, "ErrorCode": "200"}, 103752),
        (ACCEPT, {"BetId": 7, "ErrorCode": 200.5}, 103752),
        (ACCEPT, {"BetId": 7, "ErrorCode": 10**30}, 103752),
        ("/cashback-payments/accept", {"BetId": 7, "TransactionType": 1}, 990013),
    ],
)
def test_an_accept_of_what_was_not_asked_for_or_that_can_not_be_read_is_refused(
    silent: CasinoSite, path: str, fields: dict[str, Any], code: int
) -> None:
    silent.bet(7)
    known = next(iter(silent.client.asked)).outcome

    assert silent.accept(path, **{"PartnerTransactionId": "tx-1", **fields}) == code
    assert next(iter(silent.client.asked)).outcome == known


@pytest.mark.parametrize(("kind", "amount"), [(1, "22"), (2, "10.5"), (-2, "21"), (4, "1000")])
def test_a_transaction_other_than_a_bet_is_asked_for_again_until_it_is_booked(
    silent: CasinoSite, kind: int, amount: str
) -> None:
    silent.bet(7)
    silent.pay(7, 4 if kind == 1 else 1, "21")
    silent.line.on_the_way[MAKE] = DOWN
    begun = len(silent.told())
    call = silent.pay(7, kind, amount)

    for minutes in (1, 5, 15, 60, 60):
        silent.advance(minutes=minutes)
    assert [one.at - call.tries[0].at for one in call.tries] == [
        timedelta(minutes=minutes) for minutes in (0, 1, 6, 21, 81, 141)
    ]
    silent.line.on_the_way.clear()
    silent.advance(minutes=60)

    assert call.state is CallState.SENT
    assert len({str(said) for said in silent.told()[begun:]}) == 1
    silent.advance(hours=48)
    assert len(call.tries) == 7


def test_each_try_has_a_token_of_its_own_with_the_same_data(silent: CasinoSite) -> None:
    silent.bet(7)
    silent.line.on_the_way[MAKE] = DOWN
    silent.pay(7, 1, "21")
    silent.advance(minutes=1)

    first, second = (claims_in(request) for request in silent.line.sent(MAKE)[1:])
    assert first["data"] == second["data"]
    assert [one["exp"] - one["nbf"] for one in (first, second)] == [10, 10]
    assert second["nbf"] - first["nbf"] == 60
    assert silent.line.sent(MAKE)[1].content != silent.line.sent(MAKE)[2].content


@pytest.mark.parametrize("kind", [1, 2, -2, 4])
@pytest.mark.parametrize("code", [990005, 102145, 990003])
def test_a_refusal_that_is_final_by_the_contract_ends_any_transaction(
    silent: CasinoSite, kind: int, code: int
) -> None:
    silent.line.on_the_way[MAKE] = says(code)
    call = silent.pay(7, kind, "21")

    assert call.state is CallState.REFUSED
    assert silent.outcomes() == [(7, kind, "refused")]
    silent.advance(hours=25)
    assert len(silent.told()) == 1
    assert silent.accept(BetId=7, TransactionType=kind, PartnerTransactionId="tx-1") == CHANGED


@pytest.mark.parametrize("code", [103799, 103811, 555])
def test_what_is_owed_to_a_player_is_asked_for_again_after_any_other_refusal(
    silent: CasinoSite, code: int
) -> None:
    silent.line.on_the_way[MAKE] = says(code)
    call = silent.pay(7, 4, "21")
    assert silent.accept(BetId=7, TransactionType=4, ErrorCode=code) == 200

    assert silent.outcomes() == [(7, 4, "open")]
    silent.line.on_the_way.clear()
    silent.advance(minutes=1)
    assert (call.state, silent.outcomes()) == (CallState.SENT, [(7, 4, "booked")])


@pytest.mark.parametrize(("code", "state"), [(990004, CallState.REFUSED), (103799, CallState.REPEATED)])
def test_a_closing_is_sent_again_unless_its_refusal_is_final(
    silent: CasinoSite, code: int, state: CallState
) -> None:
    silent.line.on_the_way[CLOSE] = says(code)

    assert silent.drive("close", bet_id=7)[0].state is state


def test_a_list_that_is_refused_for_good_is_refused_with_all_that_it_holds(silent: CasinoSite) -> None:
    silent.line.on_the_way[MAKE_LIST] = says(103752)
    payments = [{"bet_id": bet, "player": PLAYER, "type": 4, "amount": "1"} for bet in (7, 8)]
    call = silent.drive("payments", payments=payments)[0]

    assert call.state is CallState.REFUSED
    assert silent.outcomes() == [(7, 4, "refused"), (8, 4, "refused")]
    silent.advance(minutes=5)
    assert len(silent.told()) == 1


def test_a_payout_that_was_booked_before_counts_as_booked(silent: CasinoSite) -> None:
    silent.bet(7)
    silent.line.on_the_way_back[MAKE] = DOWN
    call = silent.pay(7, 1, "21")
    silent.line.on_the_way_back.clear()

    silent.advance(minutes=1)

    assert call.state is CallState.SENT
    assert silent.outcomes()[1] == (7, 1, "booked")
    assert silent.balance() == "7111"


def test_an_accept_ends_the_repeats_of_a_payout_whenever_it_comes(silent: CasinoSite) -> None:
    silent.bet(7)
    silent.line.on_the_way[MAKE] = says(103799)
    call = silent.pay(7, 1, "21")
    silent.advance(minutes=6)
    assert len(call.tries) == 3

    assert silent.accept(BetId=7, TransactionType=1, PartnerTransactionId="tx-2") == 200

    silent.advance(hours=48)
    assert (call.state, len(call.tries)) == (CallState.SENT, 3)


def test_where_only_accepts_count_an_answer_is_no_outcome(casino_site: CasinoSite) -> None:
    casino_site.set(accept_mode="only_accept")
    casino_site.line.on_the_way[ACCEPT] = DOWN
    casino_site.bet(7)
    assert casino_site.outcomes() == [(7, -1, "open")]

    casino_site.line.on_the_way.clear()
    casino_site.advance(seconds=31)
    assert casino_site.outcomes()[0] in {(7, -1, "overdue"), (7, -1, "booked")}


def test_a_list_gives_each_transaction_an_outcome_of_its_own(silent: CasinoSite) -> None:
    payments = [
        {"bet_id": 7, "player": PLAYER, "type": -1, "amount": "1"},
        {"bet_id": 8, "player": PLAYER, "type": -1, "amount": "99999"},
        {"bet_id": 9, "player": PLAYER, "type": -1, "amount": "2"},
    ]
    silent.line.on_the_way[MAKE_LIST] = says(
        200,
        [
            {"ErrorCode": 200, "Message": "Success", "PartnerTransactionId": "a"},
            {"ErrorCode": 990001, "Message": "Insufficient funds"},
            {"ErrorCode": 200, "Message": "Success", "PartnerTransactionId": "b"},
        ],
    )
    silent.drive("payments", payments=payments)

    assert silent.outcomes() == [(7, -1, "booked"), (8, -1, "refused"), (9, -1, "booked")]
    silent.advance(minutes=5)
    assert len(silent.told()) == 1


@pytest.mark.parametrize(
    "reply", [DOWN, says(200), says(200, []), says(200, [{"ErrorCode": 200}]), says(103799)]
)
def test_what_a_list_leaves_open_is_asked_for_alone(silent: CasinoSite, reply: Reply) -> None:
    silent.bet(7)
    silent.line.on_the_way[MAKE_LIST] = reply
    payments = [
        {"bet_id": 7, "player": PLAYER, "type": 1, "amount": "21"},
        {"bet_id": 8, "player": PLAYER, "type": -1, "amount": "2"},
    ]
    silent.drive("payments", payments=payments)

    silent.advance(seconds=31)

    assert [(path, data["BetId"], data.get("TransactionType")) for path, data in silent.told()[2:]] == [
        (MAKE, 7, 1),
        (MAKE, 8, 2),
        (CLOSE, "8", None),
    ]
    assert silent.outcomes()[:3] == [(7, -1, "booked"), (7, 1, "booked"), (8, -1, "overdue")]


def test_a_cashback_is_asked_for_again_and_known_apart_from_a_bet(silent: CasinoSite) -> None:
    silent.line.on_the_way[CASHBACK] = DOWN
    call = silent.drive("cashback", player=PLAYER, amount="5", bet_id=7)[0]
    silent.advance(minutes=1)

    assert len(call.tries) == 2
    assert silent.accept(BetId=7, TransactionType=1, PartnerTransactionId="c") == UNKNOWN
    accept = "/cashback-payments/accept"
    assert silent.accept(accept, BetId=7, TransactionType=1, PartnerTransactionId="c") == 200
    assert silent.outcomes() == [(7, 1, "booked")]
    silent.advance(hours=2)
    assert len(call.tries) == 2


def test_a_new_key_signs_at_once_and_the_old_one_is_published_for_its_overlap(silent: CasinoSite) -> None:
    (old,) = silent.published()
    silent.bet(7)
    silent.drive("keys", overlap_seconds=3600)
    silent.pay(7, 1, "21")

    new = silent.signed_by()[-1]
    assert silent.signed_by() == [old, new]
    assert new != old
    assert silent.published() == [old, new]
    assert silent.balance() == "7111"
    silent.advance(seconds=3600)
    assert silent.published() == [new]
    assert silent.bet(8).state is CallState.SENT


def test_calls_go_on_where_they_were_after_a_load(silent: CasinoSite) -> None:
    silent.bet(7)
    silent.drive("keys", overlap_seconds=60)
    silent.line.on_the_way[MAKE] = DOWN
    silent.pay(7, 1, "21")
    silent.bet(8)
    kid, token = silent.signed_by()[-1], silent.access_token()

    silent.reload()
    silent.line.on_the_way.clear()
    silent.advance(seconds=31)
    silent.advance(seconds=29)

    assert silent.outcomes() == [(7, -1, "booked"), (7, 1, "booked"), (8, -1, "overdue"), (8, 2, "booked")]
    assert set(silent.signed_by()[1:]) == {kid}
    document = {"BetId": 8, "TransactionType": 2, "ErrorCode": 102145, "Message": "x"}
    assert silent.call(ACCEPT, document, f"Bearer {token}").json()["ErrorCode"] == CHANGED
    assert silent.balance() == "7111"


def test_the_token_stands_in_the_header_too_where_the_casino_looks_for_it_there(silent: CasinoSite) -> None:
    silent.set(token_place="authorization")
    silent.drive("balance", player=PLAYER)

    request = silent.line.sent("/users/data")[0]
    assert request.headers["authorization"] == f"Bearer {request.content.decode()[1:-1]}"


def test_a_script_plays_a_bet_and_ends_where_a_step_is_not_acknowledged(silent: CasinoSite) -> None:
    steps = [{"step": "bet", "amount": "1"}, {"step": "payout", "amount": "3"}, {"step": "close"}]
    steps += [{"step": "reopen"}, {"step": "jackpot", "amount": "7"}, {"step": "close"}]
    calls = silent.drive("script", player=PLAYER, bet_id=7, steps=steps)
    assert [call.state for call in calls] == [CallState.SENT] * 6
    assert silent.balance() == "7109.5"

    calls = silent.drive("script", player=PLAYER, bet_id=7, steps=[{"step": "payout", "amount": "1"}, *steps])
    assert len(calls) == 1


def test_an_adjustment_reopens_pays_and_closes(silent: CasinoSite) -> None:
    silent.bet(7)
    silent.drive("close", bet_id=7)
    silent.drive("adjust", bet_id=7, payments=[{"player": PLAYER, "type": 1, "amount": "21"}])

    assert [(path, data.get("Closed")) for path, data in silent.told()[2:]] == [
        (CLOSE, False),
        (MAKE, None),
        (CLOSE, True),
    ]
    assert silent.balance() == "7111"
