"""Each case is failed by the fault that it is there for."""

from __future__ import annotations

import pytest
from judging import Judge
from small_vendor import SmallVendor

from conformance.case import catalogue
from conformance.verdict import ExitCode, Verdict

# Fault of the small vendor, and the case that is there for it.
BETSTACK = (
    ("any_key", "signature.other_operators_key_is_refused"),
    ("any_player", "reserve.unknown_token_is_refused"),
    ("body_not_signed", "signature.signed_body_is_accepted"),
    ("code_as_text", "paid.error_body_has_code_and_message"),
    ("codes_swapped", "paid.unknown_ticket_is_refused"),
    ("codes_swapped", "paid.second_payment_is_refused"),
    ("drops_connections", "paid.payment_opens_a_reserved_ticket"),
    ("empty_403", "signature.refused_access_has_an_error_body"),
    ("feature_ignored", "paid.feature_that_is_off_is_refused"),
    ("feature_ignored", "reserve.reservation_without_the_feature_is_refused"),
    ("field_missing", "read.superbet_has_the_fields_of_the_table"),
    ("field_missing", "read.quicktip_has_the_fields_of_the_table"),
    ("field_missing", "reserve.answer_has_the_fields_of_the_table"),
    ("id_given_twice", "reserve.superbet_is_reserved"),
    ("no_codes", "paid.ticket_is_paid_by_its_code"),
    ("no_codes", "read.ticket_is_read_by_id_and_by_code"),
    ("odds_limit_excluded", "reserve.odds_within_the_deviation_are_accepted"),
    ("odds_unchecked", "reserve.deviation_of_zero_accepts_the_current_odds_only"),
    ("operator_unchecked", "signature.body_of_another_operator_is_refused"),
    ("paid_twice", "paid.second_payment_is_refused"),
    ("paid_twice", "paid.second_payment_by_the_other_identifier_is_refused"),
    ("payment_ignored", "paid.payment_opens_a_reserved_ticket"),
    ("payment_ignored", "paid.ticket_is_paid_by_its_id"),
    ("payment_race", "paid.two_simultaneous_payments_pay_once"),
    ("payment_race", "paid.ten_simultaneous_payments_pay_once"),
    ("payouts_too_early", "reserve.superbet_has_no_payouts_yet"),
    ("price_as_text", "reserve.superbet_is_reserved"),
    ("psp_required", "reserve.reservation_without_psp_and_rtag_is_accepted"),
    ("reads_nothing", "read.ticket_repeats_its_reservation"),
    ("refused_payment_touches", "paid.refused_payment_changes_nothing"),
    ("signature_ignored", "read.wrongly_signed_read_is_refused"),
    ("signature_ignored", "signature.call_without_access_is_refused"),
    ("signature_ignored", "signature.bodyless_call_signs_the_timestamp_alone"),
    ("signature_ignored", "signature.signature_of_another_body_is_refused"),
    ("signature_ignored", "signature.optional_fields_are_signed_as_null"),
    ("spaces_signed", "signature.white_space_is_not_signed"),
    ("tax_on_gross", "reserve.quicktip_amounts_follow_from_the_price"),
    ("text_plain", "paid.payment_opens_a_reserved_ticket"),
    ("tickets_shared", "paid.foreign_ticket_is_not_paid"),
    ("tickets_shared", "read.foreign_ticket_is_not_read"),
    ("timestamp_optional", "signature.each_identity_header_is_needed"),
    ("truncated", "reserve.superbet_amounts_follow_from_the_price"),
    ("unknown_status", "reserve.quicktip_is_reserved"),
    ("wrong_message", "paid.message_of_100_has_the_documented_wording"),
    ("wrong_message", "paid.message_of_102_carries_the_identifier"),
    ("wrong_message", "paid.message_of_117_has_the_documented_wording"),
    ("wrong_status", "paid.unknown_ticket_is_refused"),
    ("wrong_status", "read.unknown_ticket_is_not_read"),
    ("wrong_status", "reserve.malformed_reservation_is_refused"),
    ("wrong_status", "reserve.unknown_event_is_refused"),
    ("wrong_status", "reserve.unknown_bet_is_refused"),
)
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


@pytest.mark.parametrize(("fault", "cases"), _by_fault(*BETSTACK))
def test_fault_of_a_bet_engine_fails_the_cases_named_for_it(
    judge: Judge, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betstack.{case}" for case in cases)

    assert _verdicts(judge, fault, ids, judge_assumptions=True) == dict.fromkeys(ids, Verdict.FAIL)


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


@pytest.mark.parametrize("variation", ["extra_field", "header_case", "in_pieces"])
def test_legal_variation_fails_no_case(judge: Judge, variation: str) -> None:
    session = judge(SmallVendor(variation), "betstack", only=("BS-RSV-001", "BS-TKT-003", "BS-PAY-001"))
    assert session.record is not None

    assert {row.verdict for row in session.record.results} == {Verdict.PASS}


def test_hazard_says_by_how_much_the_balance_is_wrong(judge: Judge) -> None:
    case = "betcore.make.repeated_bet_is_booked_once"
    session = judge(SmallVendor("booked_again"), "betcore-casino", only=(case,))
    assert session.record is not None
    (result,) = session.record.results

    assert result.reason == "balance moved by -10.00, expected +0.00: the repeat of a bet was sent"
    assert (result.expected, result.actual) == ("balance 7090.5", "balance 7080.5")


def test_every_named_case_has_a_fault_that_fails_it() -> None:
    proven = {f"betstack.{case}" for _, case in BETSTACK} | {
        f"betcore.{case}" for _, case in (*CASINO, *MONEY)
    }

    assert sorted(set(catalogue()) - proven) == []
