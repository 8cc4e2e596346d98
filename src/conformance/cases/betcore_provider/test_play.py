"""Rounds that a player plays: what is sent in which order, and what follows from an answer that is none."""

from __future__ import annotations

from typing import Final

from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.counterparty import REQUEST_ID
from conformance.errors import Mismatch, Missing
from conformance.oracle import sessions as oracle
from conformance.played_round import Player, Round
from conformance.played_sessions import NO_ANSWER, SessionCall, Told

NEEDS: Final = ("session-calls", "pay-in")
AT_ONCE: Final = ("session-calls", "pay-in-out")
CRASH: Final = ("session-calls", "pay-in", "crash-game")

BOOKED_IN_SILENCE: Final = Told(None, booked=True)
UNKNOWN: Final = Told(oracle.OUTCOME_UNKNOWN)
BAD_JSON: Final = Told(oracle.OUTCOME_UNKNOWN, body=b'{"balance": 7')
OTHER_CODE: Final = Told(57)


@requirement("BC-BLC-001", "BC-BLC-003", safety="creates", needs=NEEDS, hooks=("play",))
def test_round_is_drawn_after_its_bet_is_registered(player: Player) -> None:
    """A round registers its bet, and sends its outcome once the bet is registered."""
    play = player.play(win="0").must_be_sound().must_be_over()
    play.must_tell(oracle.PAY_IN, oracle.PAY_OUT).must_be_about_one_bet()


@requirement("BC-BLC-001", safety="creates", needs=NEEDS, hooks=("play",))
def test_bet_that_is_not_registered_is_not_drawn(player: Player) -> None:
    """A bet that BETCORE refuses gets no outcome: whatever the code, no payOut follows."""
    for code in (*oracle.FINAL_CODES, OTHER_CODE.code):
        refused = player.play(told=_to_registrations(Told(code))).must_be_sound()
        refused.registration()
    with control("a bet that is registered"):
        player.play().must_tell(oracle.PAY_IN, oracle.PAY_OUT)


@requirement("BC-BLC-004", safety="creates", needs=NEEDS, hooks=("play",))
def test_round_whose_draw_failed_is_refunded(player: Player) -> None:
    """A round whose draw failed is refunded, and gets no outcome."""
    play = player.play(cancelled=True).must_be_sound().must_be_over()
    play.must_tell(oracle.PAY_IN, oracle.REFUND).must_be_about_one_bet()


@requirement("BC-BLC-007", "BC-BET-008", safety="creates", needs=AT_ONCE, hooks=("play",))
def test_nothing_follows_a_bet_with_its_outcome(player: Player) -> None:
    """A bet with its outcome is told in one call, and nothing follows it."""
    for win in ("0", "2"):
        player.play(way="pay_in_out", win=win).must_tell(oracle.PAY_IN_OUT).must_be_sound()


@requirement("BC-BLC-008", safety="creates", needs=AT_ONCE, hooks=("play",))
def test_bet_with_its_outcome_whose_draw_failed_is_refunded(player: Player) -> None:
    """A bet of payInOut whose draw failed is refunded."""
    play = player.play(way="pay_in_out", cancelled=True).must_be_sound()
    play.must_tell(oracle.PAY_IN_OUT, oracle.REFUND).must_be_about_one_bet()


@requirement("BC-LCH-004", safety="creates", needs=("demo", "session-calls", "pay-in"), hooks=("play",))
def test_calls_of_a_demo_session_carry_the_id_of_its_launch(player: Player) -> None:
    """In demo mode, too, the session of the calls is the launch's sessionId, not the literal demo."""
    session = player.provider.launched(gameMode="demo")
    for call in player.play(session).must_tell(oracle.PAY_IN, oracle.PAY_OUT).calls():
        expect_equal("session in the path", expected=session, actual=call.session)


@requirement("BC-RTY-001", safety="creates", needs=NEEDS, hooks=("play",))
def test_final_refusal_is_neither_repeated_nor_refunded(player: Player) -> None:
    """A bet that is refused with a code from 2 to 8 is neither repeated nor refunded."""
    for code in oracle.FINAL_CODES:
        with player.provider.channel.evidence.during(f"refused with {code}"):
            player.play(told=_to_registrations(Told(code))).must_be_sound().must_tell(oracle.PAY_IN)
    _takes_bets(player)


@requirement("BC-RTY-001", safety="creates", needs=AT_ONCE, hooks=("play",))
def test_final_refusal_of_a_bet_with_its_outcome_is_not_repeated(player: Player) -> None:
    """A bet of payInOut that is refused with a code from 2 to 8 is neither repeated nor refunded."""
    for code in oracle.FINAL_CODES:
        with player.provider.channel.evidence.during(f"refused with {code}"):
            play = player.play(way="pay_in_out", told=_to_registrations(Told(code)))
            play.must_be_sound().must_tell(oracle.PAY_IN_OUT)
    with control("a bet that is taken"):
        player.play(way="pay_in_out").must_tell(oracle.PAY_IN_OUT)


@requirement("BC-RTY-002", safety="creates", needs=NEEDS, hooks=("play",))
def test_registration_without_an_answer_is_repeated_once(player: Player) -> None:
    """After no answer, bad JSON or another code the same bet is registered again, under a new request id."""
    for answer in (NO_ANSWER, BAD_JSON, UNKNOWN, OTHER_CODE):
        play = player.play(told=_to_registrations(answer)).must_be_sound()
        play.must_tell(oracle.PAY_IN, oracle.PAY_IN, oracle.PAY_OUT)
        _must_be_a_repeat(*play.calls(oracle.PAY_IN))


@requirement("BC-RTY-002", safety="creates", needs=AT_ONCE, hooks=("play",))
def test_bet_with_its_outcome_without_an_answer_is_repeated_once(player: Player) -> None:
    """After no answer a bet of payInOut is sent again, with the same body, under a new request id."""
    for answer in (NO_ANSWER, UNKNOWN):
        play = player.play(way="pay_in_out", told=_to_registrations(answer)).must_be_sound()
        _must_be_a_repeat(*play.must_tell(oracle.PAY_IN_OUT, oracle.PAY_IN_OUT).calls())


@requirement("BC-RTY-003", safety="creates", needs=NEEDS, hooks=("play",))
def test_104_in_answer_to_the_repeat_is_success(player: Player) -> None:
    """104 in answer to the repeat counts as success: the round is drawn and gets its outcome."""
    play = player.play(told=_to_registrations(BOOKED_IN_SILENCE)).must_be_sound().must_be_over()
    expect_equal("code of the repeat", expected=oracle.REGISTERED, actual=play.calls(oracle.PAY_IN)[-1].code)
    play.must_tell(oracle.PAY_IN, oracle.PAY_IN, oracle.PAY_OUT)


@requirement("BC-RTY-004", safety="creates", needs=NEEDS, hooks=("play",))
def test_registration_that_stays_unknown_is_refunded(player: Player) -> None:
    """A repeat that ends without a code, or with 99, is followed by a refund, and by no outcome."""
    for answer in (BOOKED_IN_SILENCE, NO_ANSWER, UNKNOWN):
        play = player.play(told=_to_registrations(answer, answer)).must_be_sound().must_be_over()
        play.must_tell(oracle.PAY_IN, oracle.PAY_IN, oracle.REFUND).must_be_about_one_bet()


@requirement("BC-RTY-004", safety="creates", needs=NEEDS, hooks=("play",))
def test_repeat_with_another_code_is_not_refunded(player: Player) -> None:
    """A repeat that is refused with another code than 99 rejects the bet, without a refund."""
    for code in (oracle.INSUFFICIENT_FUNDS, OTHER_CODE.code):
        play = player.play(told=_to_registrations(UNKNOWN, Told(code))).must_be_sound()
        play.must_tell(oracle.PAY_IN, oracle.PAY_IN)
    _takes_bets(player)


@requirement("BC-RTY-005", safety="creates", needs=CRASH, hooks=("play",))
def test_crash_game_refunds_without_a_repeat(player: Player) -> None:
    """A crash game does not repeat a registration that got no code: it is refunded."""
    session = _crash(player)
    play = player.play(session, told=_to_registrations(BOOKED_IN_SILENCE)).must_be_sound().must_be_over()
    play.must_tell(oracle.PAY_IN, oracle.REFUND).must_be_about_one_bet()


@requirement("BC-RTY-008", safety="creates", needs=CRASH, hooks=("play",))
def test_cancelled_crash_round_is_refunded(player: Player) -> None:
    """A crash round that was cancelled is refunded instead of paid out with 0."""
    play = player.play(_crash(player), cancelled=True).must_be_sound()
    play.must_tell(oracle.PAY_IN, oracle.REFUND).must_be_about_one_bet()


@requirement("BC-RTY-006", safety="creates", needs=NEEDS, hooks=("play",))
def test_failed_outcome_is_repeated_once_and_sent_at_the_next_launch(player: Player) -> None:
    """An outcome that fails is sent once more, and again at the player's next launch, with the same win."""
    play = player.play(win="2", told={oracle.PAY_OUT: (NO_ANSWER, UNKNOWN)}).must_be_sound()
    play.must_tell(oracle.PAY_IN, oracle.PAY_OUT, oracle.PAY_OUT)
    _must_be_told_late(player, play, oracle.PAY_OUT)


@requirement("BC-RTY-007", safety="creates", needs=NEEDS, hooks=("play",))
def test_failed_refund_is_sent_at_the_next_launch(player: Player) -> None:
    """A bet whose registration and refund got no answer is refunded at the player's next launch."""
    silent = (BOOKED_IN_SILENCE, BOOKED_IN_SILENCE)
    told = {**_to_registrations(*silent), oracle.REFUND: (NO_ANSWER, UNKNOWN)}
    play = player.play(told=told).must_be_sound()
    if not play.calls(oracle.REFUND):
        raise Mismatch("no refund was sent", expected=oracle.REFUND, actual=play.watch.describe())
    _must_be_told_late(player, play, oracle.REFUND)


def _to_registrations(*answers: Told) -> dict[str, tuple[Told, ...]]:
    return dict.fromkeys(oracle.REGISTERING, answers)


def _takes_bets(player: Player) -> None:
    with control("a bet that is taken"):
        player.play().must_tell(oracle.PAY_IN, oracle.PAY_OUT)


def _crash(player: Player) -> str:
    game = player.provider.target.crash_game
    if game is None:
        raise Missing("needs crash_game in the target file")
    return player.provider.launched(game=game)


def _must_be_a_repeat(first: SessionCall, second: SessionCall) -> None:
    """The same bet again, told apart by its request id alone."""
    expect_equal("betId of the repeat", expected=first.bet, actual=second.bet)
    expect_equal("body of the repeat", expected=first.received.body, actual=second.received.body)
    ids = [call.received.header(REQUEST_ID) for call in (first, second)]
    if ids[0] == ids[1]:
        raise Mismatch(
            f"the repeat has the {REQUEST_ID} of the first call", expected="a new one", actual="same"
        )


def _must_be_told_late(player: Player, play: Round, operation: str) -> None:
    """At the player's next launch the call must come again, and its bet be over."""
    watch = play.watch
    before = len(watch.calls(operation))
    player.provider.launched()
    if not watch.wait(operation, count=before + 1, seconds=player.provider.seconds):
        raise Mismatch(
            f"{operation} failed twice, and did not come again at the player's next launch",
            expected=f"{operation} once more",
            actual=watch.describe(),
        )
    late = watch.calls(operation)[-1]
    expect_equal("betId", expected=play.registration().bet, actual=late.bet)
    expect_equal("code of the late call", expected=oracle.SUCCESS, actual=late.code)
    play.must_be_sound().must_be_over()
