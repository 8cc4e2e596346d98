"""Each case is failed by the fault that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from betstack_faults import FAULTS, LIMITS, VARIATIONS, WITHOUT_PLATFORM
from betstack_faults import MONEY as BETSTACK_MONEY
from judging import Judge
from small_vendor import SmallVendor

from conformance.case import catalogue
from conformance.target import sandbox_file
from conformance.verdict import ExitCode, Verdict

CASINO = (
    ("any_client", "token.unknown_client_is_refused"),
    ("any_closed", "close.closed_of_a_wrong_type_is_refused"),
    ("balance_as_number", "user_data.balance_is_a_decimal_string"),
    ("changed_amount_refused_wrongly", "make.repeat_with_another_amount_is_refused"),
    ("codes_swapped", "close.closing_without_bet_id_is_refused"),
    ("codes_swapped", "close.closing_without_closed_is_refused"),
    ("codes_swapped", "make.transaction_without_a_required_field_is_refused"),
    ("codes_swapped", "user_data.query_without_player_is_refused"),
    ("closed_bet_pays", "close.payment_on_a_closed_bet_is_refused"),
    ("cut_token_accepted", "token.documented_token_is_accepted"),
    ("drops_connections", "make.accepted_transaction_says_success"),
    ("expiry_ignored", "token.expired_token_is_refused"),
    ("jwt_unverified", "token.tampered_payload_is_refused"),
    ("jwt_unverified", "token.unknown_key_under_a_known_name_is_refused"),
    ("jwt_unverified", "token.token_signed_with_the_public_key_is_refused"),
    ("jwt_unverified", "token.forged_token_reads_no_balance"),
    ("jwt_unverified", "token.forged_token_is_told_no_balance"),
    ("jwt_unverified", "token.forged_token_gets_103811_from_make"),
    ("unknown_key_trusted", "token.unknown_key_is_refused"),
    ("nbf_ignored", "token.token_of_the_future_is_refused"),
    ("never_reopened", "close.reopened_bet_takes_transactions"),
    ("never_reopened", "close.repeated_closing_and_reopening_succeed"),
    ("none_accepted", "token.unsigned_token_is_refused"),
    ("payout_without_bet", "make.payout_without_a_bet_is_refused"),
    ("quotes_optional", "token.unquoted_token_is_refused"),
    ("repeat_answered_with_success", "make.repeat_is_answered_as_a_duplicate"),
    ("tag_required", "user_data.tag_may_be_absent"),
    ("transactions_unnamed", "make.answer_carries_transaction_id_and_balance"),
    ("unknown_user_codes", "make.transaction_of_an_unknown_player_is_refused"),
    ("unknown_user_codes", "user_data.unknown_player_is_refused"),
    ("verdicts_by_http_status", "token.every_verdict_comes_with_http_200"),
    ("wrong_message", "close.closing_succeeds"),
    ("wrong_message", "close.message_of_200_has_the_documented_wording"),
    ("wrong_message", "close.message_of_103752_has_the_documented_wording"),
    ("wrong_message", "close.message_of_103811_has_the_documented_wording"),
    ("wrong_message", "close.reopening_succeeds"),
    ("wrong_message", "make.accepted_transaction_says_success"),
    ("message_missing", "close.answer_has_code_and_message"),
)
MONEY = (
    ("bet_is_free", "make.bet_takes_its_amount"),
    ("bet_return_takes", "make.bet_return_adds_its_amount"),
    ("booked_again", "make.repeated_bet_is_booked_once"),
    ("booked_again", "make.repeated_payout_is_booked_once"),
    ("booking_race", "make.two_simultaneous_equal_bets_are_booked_once"),
    ("booking_race", "make.ten_simultaneous_equal_bets_are_booked_once"),
    ("changed_amount_booked", "make.repeat_with_another_amount_is_refused"),
    ("closed_bet_pays_silently", "close.payment_on_a_closed_bet_is_refused"),
    ("fractions_lost", "make.payout_adds_its_amount"),
    ("jackpot_lost", "make.jackpot_adds_its_amount"),
    ("jwt_unverified", "token.forged_payment_moves_no_money"),
    ("loss_gives_back", "make.payout_of_nothing_is_a_loss"),
    ("overdraft", "make.bet_beyond_the_balance_is_refused"),
    ("payout_return_gives", "make.payout_return_takes_its_amount"),
    ("second_payout_swallowed", "make.payout_after_its_return_is_a_new_one"),
)


def _by_fault(*rows: tuple[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each fault once, with all cases that are there for it, so that one run judges them together."""
    return [(fault, tuple(case for name, case in rows if name == fault)) for fault in dict(rows)]


def _verdicts(judge: Judge, fault: str, cases: tuple[str, ...], **options: object) -> dict[str, Verdict]:
    profile = "betstack" if cases[0].startswith("betstack.") else "betcore-casino"
    session = judge(SmallVendor(fault), profile, only=cases, **options)
    assert session.code is ExitCode.NOT_CONFORMANT
    assert session.record is not None
    return {row.case_id: row.verdict for row in session.record.results}


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """The sandbox's target file, with no time for calls that don't come, and with limits."""
    text = sandbox_file().read_text()
    text = text.replace("[deadlines]", "[deadlines]\ncallback_seconds = 0.2")
    text = text.replace('lacks = ["limits"]', "")
    limits = "least_price = 50\ngreatest_price = 1000000\nleast_events = 2\ngreatest_events = 5"
    file = tmp_path / "target.toml"
    file.write_text(f"{text}\n[betstack.limits]\n{limits}\n")
    return file


@pytest.mark.parametrize(("fault", "cases"), _by_fault(*FAULTS))
def test_fault_of_a_bet_engine_fails_the_cases_named_for_it(
    judge: Judge, impatient: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betstack.{case}" for case in cases)
    alone = {"listen": None} if fault in WITHOUT_PLATFORM else {}

    assert _verdicts(judge, fault, ids, judge_assumptions=True, target=impatient, **alone) == dict.fromkeys(
        ids, Verdict.FAIL
    )


@pytest.mark.parametrize(("fault", "cases"), _by_fault(*BETSTACK_MONEY))
def test_money_that_a_bet_engine_puts_at_risk_is_a_hazard(
    judge: Judge, impatient: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betstack.{case}" for case in cases)

    assert _verdicts(judge, fault, ids, target=impatient) == dict.fromkeys(ids, Verdict.HAZARD)


@pytest.mark.parametrize(("fault", "case"), LIMITS)
def test_limits_are_judged_where_the_target_file_names_them(
    judge: Judge, impatient: Path, fault: str, case: str
) -> None:
    only = (f"betstack.{case}",)
    kept = judge(SmallVendor("limited"), "betstack", only=only, target=impatient, judge_assumptions=True)
    broken = judge(
        SmallVendor("limited", fault), "betstack", only=only, target=impatient, judge_assumptions=True
    )
    assert kept.record is not None
    assert broken.record is not None

    assert [row.verdict for row in kept.record.results] == [Verdict.PASS]
    assert [row.verdict for row in broken.record.results] == [Verdict.FAIL]


@pytest.mark.parametrize(("fault", "cases"), _by_fault(*CASINO))
def test_fault_of_a_casino_fails_the_cases_named_for_it(
    judge: Judge, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betcore.{case}" for case in cases)

    assert _verdicts(judge, fault, ids, judge_assumptions=True) == dict.fromkeys(ids, Verdict.FAIL)


@pytest.mark.parametrize(("fault", "cases"), _by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    judge: Judge, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betcore.{case}" for case in cases)

    assert _verdicts(judge, fault, ids) == dict.fromkeys(ids, Verdict.HAZARD)


def test_booking_whose_answer_is_lost_is_no_hazard_since_nobody_knows_of_it(judge: Judge) -> None:
    session = judge(SmallVendor("drops_after_booking"), "betcore-casino", only=("BC-PAY-002",))
    assert session.record is not None
    (result,) = session.record.results

    assert (result.verdict, result.agrees) == (Verdict.OBSERVED, False)
    assert result.reason.startswith("transaction -1 over 10 got no answer (")
    assert session.record.created == [f"{result.case_id}: player SomeUserId100: -10.00 EUR"]


@pytest.mark.parametrize("variation", VARIATIONS)
def test_legal_variation_fails_no_case(judge: Judge, variation: str) -> None:
    session = judge(SmallVendor(variation), "betstack")
    assert session.record is not None

    verdicts = {row.verdict for row in session.record.results}
    assert verdicts == {Verdict.PASS, Verdict.OBSERVED, Verdict.NOT_APPLICABLE}
    assert session.code is ExitCode.AS_EXPECTED


def test_hazard_says_by_how_much_the_balance_is_wrong(judge: Judge) -> None:
    case = "betcore.make.repeated_bet_is_booked_once"
    session = judge(SmallVendor("booked_again"), "betcore-casino", only=(case,))
    assert session.record is not None
    (result,) = session.record.results

    assert result.reason == "balance moved by -10.00, expected +0.00: the repeat of a bet was sent"
    assert (result.expected, result.actual) == ("balance 7090.5", "balance 7080.5")


def test_every_named_case_has_a_fault_that_fails_it() -> None:
    proven = {f"betstack.{case}" for _, case in (*FAULTS, *BETSTACK_MONEY, *LIMITS)} | {
        f"betcore.{case}" for _, case in (*CASINO, *MONEY)
    }

    named = {case.id for case in catalogue().values() if case.profile in ("betstack", "betcore-casino")}
    assert sorted(named - proven) == []
