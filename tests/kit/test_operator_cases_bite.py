"""Each case for an operator is failed by the fault that it is there for, and no legal variation fails one."""

from __future__ import annotations

from pathlib import Path

import pytest
from constant_servers import ANSWERS, constant_server
from judging import Judge, by_fault
from small_operator import SmallOperator, serving

from conformance.case import catalogue
from conformance.target import sandbox_file
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betstack-operator"

# Fault of the small operator, and the case that is there for it.
FAULTS = (
    ("access_401", "signature.each_header_is_needed"),
    ("access_401", "signature.other_key_is_refused"),
    ("access_401", "signature.signature_of_another_body_is_refused"),
    ("access_401", "signature.unknown_operator_is_refused"),
    ("acknowledges_at_length", "create.answer_is_an_empty_object"),
    ("actions_guessed", "refusals.unknown_action_is_refused"),
    ("any_media_type", "refusals.body_that_is_not_declared_as_json_is_refused"),
    ("any_media_type", "sms.body_that_is_not_declared_as_json_is_refused"),
    ("any_method", "refusals.other_method_is_refused"),
    ("any_method", "sms.other_method_is_refused"),
    ("any_path", "refusals.other_path_is_refused"),
    ("any_path", "sms.other_path_is_refused"),
    ("any_player", "refusals.creation_for_an_unknown_player_is_refused"),
    ("any_player", "refusals.reservation_for_an_unknown_player_is_refused"),
    ("any_signature", "sms.body_as_in_the_sample_is_accepted"),
    ("any_signature", "sms.other_key_is_refused"),
    ("any_signature", "sms.signature_of_another_body_is_refused"),
    ("any_size", "refusals.body_that_is_too_large_is_refused"),
    ("any_size", "sms.body_that_is_too_large_is_refused"),
    ("any_token", "identify.unknown_token_is_refused"),
    ("anything_fits", "refusals.action_without_its_ticket_is_refused"),
    ("anything_fits", "refusals.creation_without_a_field_is_refused"),
    ("anything_fits", "sms.body_that_fits_no_table_is_refused"),
    ("balance_in_units", "identify.balance_is_in_whole_cents"),
    ("balance_as_text", "identify.balance_is_in_whole_cents"),
    ("bet_results_refused", "sms.bet_result_that_fits_its_table_is_taken"),
    ("blocked_may_bet", "refusals.creation_for_a_blocked_player_is_refused"),
    ("blocked_may_bet", "refusals.reservation_for_a_blocked_player_is_refused"),
    ("blocked_unknown", "identify.blocked_player_is_identified"),
    ("blocked_wins_lost", "refusals.win_of_a_blocked_player_is_booked"),
    ("changes_ignored", "create.creation_again_at_another_price_is_refused"),
    ("changes_ignored", "create.creation_again_for_another_player_is_refused"),
    ("changes_ignored", "create.reservation_again_at_another_price_is_refused"),
    ("changes_ignored", "create.update_with_other_content_is_refused"),
    ("closed_is_final", "order.actions_on_a_closed_ticket"),
    ("closed_is_final", "undo.rollback_after_the_closing_is_taken"),
    ("closed_is_final", "undo.ticket_may_be_closed_twice"),
    ("code_as_text", "identify.refusal_with_400_has_code_and_message"),
    ("codes_of_its_own", "create.creation_beyond_the_balance_is_refused"),
    ("codes_of_its_own", "refusals.creation_with_a_wrong_type_is_refused"),
    ("codes_of_its_own", "refusals.other_currency_is_refused"),
    ("codes_of_its_own", "undo.creation_after_its_discard_is_refused"),
    ("crashes_on_rubbish", "refusals.body_that_is_no_json_is_refused"),
    ("crashes_on_rubbish", "sms.body_that_is_no_json_is_refused"),
    ("creation_not_repeatable", "repeat.creation_sent_again_takes_the_price_once"),
    ("creation_not_repeatable", "repeat.reservation_sent_again_takes_nothing"),
    ("discard_forgotten", "undo.reservation_after_its_discard_is_refused"),
    ("discard_of_unknown_refused", "undo.discard_of_an_unknown_ticket_is_accepted"),
    ("discard_of_unknown_refused", "undo.refund_of_an_unknown_ticket_is_accepted"),
    ("flags_as_text", "identify.feature_flags_are_booleans"),
    ("float_stakes_refused", "settle.stake_of_a_void_may_be_a_float"),
    ("fractions_cut", "refusals.creation_with_a_wrong_type_is_refused"),
    ("hex_ids", "create.ids_of_either_form_are_taken"),
    ("hex_ids", "sms.ids_of_either_form_are_taken"),
    ("long_language", "identify.language_and_currency_are_codes"),
    ("no_language", "identify.known_token_is_answered_with_the_player"),
    ("numbers_as_floats", "signature.body_as_in_the_sample_of_v2_is_rightly_signed"),
    ("numbers_as_floats", "signature.number_is_signed_as_it_is_written"),
    ("older_status_refused", "sms.status_as_in_the_older_copy_is_taken"),
    ("one_result", "order.actions_on_a_rolled_back_reservation"),
    ("one_result", "order.actions_on_a_rolled_back_ticket"),
    ("one_result", "undo.new_result_after_a_rollback_is_taken"),
    ("operator_name_optional", "sms.each_header_is_needed"),
    ("overdraft", "create.creation_beyond_the_balance_is_refused"),
    ("ping_needs_data", "ping.ping_is_answered"),
    ("ping_signed", "ping.ping_needs_no_identity"),
    ("plus_needed", "sms.number_with_and_without_plus_is_taken"),
    ("psp_forbidden", "create.creation_with_psp_is_booked"),
    ("psp_forbidden", "create.reservation_with_and_without_psp_is_recorded"),
    ("refusals_say_more", "refusals.refusal_has_code_and_message_alone"),
    ("repeats_refused", "repeat.loss_sent_again_moves_nothing"),
    ("repeats_refused", "repeat.win_sent_again_pays_once"),
    ("rollback_changes_nothing", "undo.rolled_back_ticket_is_open_again"),
    ("rollback_needs_funds", "undo.rollback_of_spent_winnings_leaves_a_negative_balance"),
    ("rtag_needed", "create.creation_of_generation_v2_is_booked"),
    ("rtag_needed", "create.reservation_of_generation_v2_is_recorded"),
    ("signs_what_it_read", "signature.reason_with_spaces_and_other_letters_verifies"),
    ("sms_says_nothing", "sms.notification_is_answered_with_a_message"),
    ("spaces_signed", "signature.white_space_between_fields_is_not_signed"),
    ("ticket_closed_any_time", "order.actions_on_a_created_ticket"),
    ("ticket_closed_fails", "settle.closing_is_accepted"),
    ("ticket_create_fails", "create.creation_is_accepted"),
    ("ticket_discard_fails", "undo.discard_is_accepted"),
    ("ticket_lost_any_time", "order.actions_on_a_discarded_ticket"),
    ("ticket_lost_fails", "settle.loss_is_accepted"),
    ("ticket_refund_fails", "undo.refund_is_accepted"),
    ("ticket_reserve_fails", "create.reservation_is_accepted"),
    ("ticket_rollback_any_time", "order.actions_on_a_refunded_ticket"),
    ("ticket_rollback_any_time", "order.actions_on_a_reserved_ticket"),
    ("ticket_rollback_any_time", "undo.rollback_of_a_refund_is_refused"),
    ("ticket_rollback_fails", "undo.rollback_before_the_closing_is_taken"),
    ("ticket_rollback_fails", "undo.rollback_is_accepted"),
    ("ticket_update_fails", "create.update_of_a_jackpot_is_accepted"),
    ("ticket_update_fails", "create.update_of_a_reserved_jackpot_is_accepted"),
    ("ticket_void_fails", "settle.void_is_accepted"),
    ("ticket_win_any_time", "order.actions_on_a_lost_ticket"),
    ("ticket_win_fails", "settle.win_is_accepted"),
    ("timestamp_as_number", "signature.timestamp_is_signed_as_text"),
    ("timestamp_optional", "sms.each_header_is_needed"),
    ("types_converted", "refusals.creation_with_a_wrong_type_is_refused"),
    ("unknown_ticket_accepted", "order.action_before_the_creation_leaves_no_trace"),
    ("unknown_ticket_accepted", "order.actions_on_an_unknown_ticket"),
    ("unknown_ticket_accepted", "refusals.closing_of_an_unknown_ticket_is_refused"),
    ("unknown_ticket_accepted", "refusals.result_of_an_unknown_ticket_is_refused"),
    ("unknown_ticket_accepted", "refusals.rollback_of_an_unknown_ticket_is_refused"),
    ("unknown_ticket_accepted", "refusals.update_of_an_unknown_ticket_is_refused"),
    ("unknown_token_403", "identify.unknown_token_gets_101"),
    ("update_any_time", "order.update_of_a_settled_jackpot_is_refused"),
    ("young_timestamps", "signature.old_timestamp_is_taken"),
    ("young_timestamps", "sms.old_timestamp_is_taken"),
)
MONEY = (
    ("any_currency", "refusals.other_currency_is_refused"),
    ("any_operator", "signature.unknown_operator_is_refused"),
    ("any_signature", "signature.body_as_in_the_sample_of_v3_is_rightly_signed"),
    ("any_signature", "signature.forged_win_pays_nothing"),
    ("any_signature", "signature.other_key_is_refused"),
    ("any_signature", "signature.signature_of_another_body_is_refused"),
    ("changes_booked", "create.creation_again_at_another_price_is_refused"),
    ("changes_booked", "create.creation_again_for_another_player_is_refused"),
    ("closing_pays", "settle.closing_moves_nothing"),
    ("creation_booked_after_the_result", "repeat.creation_sent_again_after_the_win_takes_nothing"),
    ("creation_booked_again", "repeat.creation_sent_again_takes_the_price_once"),
    ("credits_gross", "settle.win_credits_the_net_payout"),
    ("credits_price_too", "settle.win_of_a_reservation_credits_the_net_payout"),
    ("discard_forgotten", "order.actions_on_a_ticket_discarded_before_it_was_seen"),
    ("discard_forgotten", "undo.creation_after_its_discard_is_refused"),
    ("discard_of_unknown_pays", "undo.discard_of_an_unknown_ticket_is_accepted"),
    ("free_beyond_balance", "create.creation_beyond_the_balance_is_no_free_bet"),
    ("gives_back_stake", "undo.refund_gives_back_what_was_taken"),
    ("identify_charges", "identify.identifying_changes_nothing"),
    ("loss_pays", "settle.loss_moves_nothing"),
    ("negative_prices", "refusals.creation_with_a_wrong_type_is_refused"),
    ("overdraft_race", "create.ten_simultaneous_creations_do_not_overdraw"),
    ("overtaken", "undo.creation_overtaken_by_its_discard_leaves_no_debit"),
    ("reservations_refunded", "undo.discard_of_a_reservation_gives_nothing"),
    ("reservations_refunded", "undo.refund_of_a_reservation_gives_nothing"),
    ("reserve_takes", "create.reservation_takes_nothing"),
    ("results_parked", "order.action_before_the_creation_leaves_no_trace"),
    ("rollback_floors", "undo.rollback_of_spent_winnings_leaves_a_negative_balance"),
    ("rollback_keeps", "undo.rollback_takes_back_the_void"),
    ("rollback_keeps", "undo.rollback_takes_back_the_win"),
    ("rollback_refused_and_taken", "undo.rollback_refused_for_lack_of_money_moves_nothing"),
    ("rollback_takes_price", "undo.rollback_takes_back_the_win"),
    ("round_prices", "create.creation_takes_the_price"),
    ("settles_once", "undo.same_result_after_a_rollback_is_booked_again"),
    ("takes_nothing", "create.creation_takes_money"),
    ("takes_stake", "create.creation_takes_the_price"),
    ("ticket_discard_any_time", "order.actions_on_a_won_ticket"),
    ("ticket_discard_keeps", "undo.discard_gives_back_what_was_taken"),
    ("ticket_discard_twice", "repeat.discard_sent_again_gives_back_once"),
    ("ticket_refund_any_time", "undo.refund_after_a_result_is_refused"),
    ("ticket_refund_keeps", "undo.refund_gives_money_back"),
    ("ticket_refund_twice", "repeat.refund_sent_again_gives_back_once"),
    ("ticket_rollback_twice", "repeat.rollback_sent_again_takes_once"),
    ("ticket_void_twice", "repeat.void_sent_again_pays_once"),
    ("ticket_win_any_time", "order.actions_on_a_refunded_ticket"),
    ("ticket_win_any_time", "order.actions_on_a_void_ticket"),
    ("ticket_win_twice", "repeat.win_sent_again_after_the_closing_pays_nothing"),
    ("ticket_win_twice", "repeat.win_sent_again_pays_once"),
    ("ticket_create_raced", "repeat.ten_simultaneous_creations_take_the_price_once"),
    ("ticket_discard_raced", "repeat.ten_simultaneous_discards_give_back_once"),
    ("ticket_refund_raced", "repeat.ten_simultaneous_refunds_give_back_once"),
    ("ticket_rollback_raced", "repeat.ten_simultaneous_rollbacks_take_once"),
    ("ticket_void_raced", "repeat.ten_simultaneous_voids_pay_once"),
    ("ticket_win_raced", "repeat.ten_simultaneous_wins_pay_once"),
    ("ticket_create_raced", "repeat.two_simultaneous_creations_take_the_price_once"),
    ("timestamp_optional", "signature.each_header_is_needed"),
    ("update_books", "create.update_moves_nothing"),
    ("update_forgotten", "create.update_of_a_jackpot_is_accepted"),
    ("void_gives_price", "settle.void_credits_the_net_payout_of_the_call"),
)
VARIATIONS = (
    ("empty_bodies", "unknown_token_403", "no_flags", "funds_402"),
    ("acknowledges_at_length", "extra_field", "access_401", "refusals_say_more"),
    ("codes_of_its_own", "rollback_needs_funds", "strict_ends", "rtag_needed"),
    ("repeats_refused", "any_media_type", "any_size"),
    ("signs_what_it_read", "timestamp_as_number", "discard_of_unknown_refused", "closed_is_final"),
)
"""What no page forbids, several at once where they do not touch one another."""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The sandbox's target file with a ticket of the blocked player."""
    ticket = '[betstack-operator.blocked_player.ticket]\nid = "of-the-blocked"\nnet_payout = 2602\n'
    file = tmp_path / "target.toml"
    file.write_text(f"{sandbox_file().read_text('utf-8')}\n{ticket}")
    return file


def _record(
    judge_url: Judge, operator: SmallOperator, target: Path, *, code: ExitCode, **options: object
) -> RunReport:
    with serving(operator) as url:
        session = judge_url(url, PROFILE, target=target, **options)
    assert session.record is not None
    assert session.code is code
    record: RunReport = session.record
    return record


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_an_operator_fails_the_cases_named_for_it(
    judge_url: Judge, target: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    record = _record(
        judge_url,
        SmallOperator(fault),
        target,
        code=ExitCode.NOT_CONFORMANT,
        only=ids,
        judge_assumptions=True,
    )

    assert {row.case_id: row.verdict for row in record.results} == dict.fromkeys(ids, Verdict.FAIL)


@pytest.mark.parametrize(("fault", "cases"), by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    judge_url: Judge, target: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    record = _record(judge_url, SmallOperator(fault), target, code=ExitCode.NOT_CONFORMANT, only=ids)

    assert {row.case_id: row.verdict for row in record.results} == dict.fromkeys(ids, Verdict.HAZARD)


def test_every_named_case_for_an_operator_has_a_fault_that_fails_it() -> None:
    proven = {f"{PROFILE}.{case}" for _, case in (*FAULTS, *MONEY)}
    mine = {case.id for case in catalogue().values() if case.profile == PROFILE}

    assert sorted(mine - proven) == []


def test_good_operator_passes_every_case_and_keeps_every_balance(judge_url: Judge, target: Path) -> None:
    operator = SmallOperator()
    record = _record(judge_url, operator, target, code=ExitCode.AS_EXPECTED, judge_assumptions=True)

    assert {row.verdict for row in record.results} == {Verdict.PASS}
    assert [player.balance for player in operator.players.values()] == [1_000_000, 10_000, 10_000]
    assert record.created == []


@pytest.mark.parametrize("variations", VARIATIONS, ids="-".join)
def test_legal_variation_fails_no_case(judge_url: Judge, target: Path, variations: tuple[str, ...]) -> None:
    record = _record(judge_url, SmallOperator(*variations), target, code=ExitCode.AS_EXPECTED)

    assert [
        row.case_id for row in record.results if row.verdict not in (Verdict.PASS, Verdict.OBSERVED)
    ] == []


PLAYER = (
    b'{"player_id": "1660986605374148608", "lang": "en", "balance": 1000000, "currency": "KES",'
    b' "feature_flags": {}, "message": "Notification received"}'
)


@pytest.mark.parametrize("name", [*ANSWERS, "200 with a player"])
def test_constant_server_satisfies_no_case_for_an_operator(judge_url: Judge, name: str) -> None:
    answer = ANSWERS.get(name, (200, "application/json", PLAYER))
    with constant_server(*answer) as url:
        session = judge_url(f"{url}/pam", PROFILE)
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN)


@pytest.mark.parametrize(
    ("fault", "case", "reason"),
    [
        (
            "takes_stake",
            "create.creation_takes_money",
            "balance moved by -444, expected -500: "
            "ticket_create took stake 444 instead of price 500 (+56); it was accepted",
        ),
        (
            "credits_gross",
            "settle.win_credits_the_net_payout",
            "balance moved by +2842, expected +2602: "
            "ticket_win credited gross_payout 2842 instead of net_payout 2602 (+240); it was accepted",
        ),
        (
            "ticket_create_raced",
            "repeat.two_simultaneous_creations_take_the_price_once",
            "balance moved by -1000, expected -500: "
            "ticket_create took price 500 2 times instead of price 500 (-500); "
            "it was sent 2 times at once, and accepted 2 times",
        ),
    ],
)
def test_hazard_names_the_field_and_the_cents(
    judge_url: Judge, target: Path, fault: str, case: str, reason: str
) -> None:
    only = (f"{PROFILE}.{case}",)
    record = _record(judge_url, SmallOperator(fault), target, code=ExitCode.NOT_CONFORMANT, only=only)

    assert record.results[0].reason == reason
    assert record.results[0].verdict is Verdict.HAZARD


def test_creation_refused_after_it_took_the_price_is_saved_by_its_discard(
    judge_url: Judge, target: Path
) -> None:
    operator = SmallOperator("ticket_create_done_in_silence")
    only = (f"{PROFILE}.create.creation_is_accepted",)
    record = _record(judge_url, operator, target, code=ExitCode.NOT_CONFORMANT, only=only)

    assert record.results[0].verdict is Verdict.FAIL
    assert record.results[0].reason.endswith("its discard gave the price back")
    assert operator.players["UnIqUe-ToKeN"].balance == 1_000_000


def test_creation_refused_after_it_took_the_price_for_good_is_a_hazard(
    judge_url: Judge, target: Path
) -> None:
    operator = SmallOperator("ticket_create_done_in_silence", "ticket_discard_keeps")
    only = (f"{PROFILE}.create.creation_is_accepted",)
    record = _record(judge_url, operator, target, code=ExitCode.NOT_CONFORMANT, only=only)

    assert record.results[0].verdict is Verdict.HAZARD
    assert record.results[0].reason == (
        "balance moved by -500, expected +0: "
        "ticket_create took price 500 instead of nothing (-500); it was refused with HTTP 500"
    )


def test_player_who_lost_by_another_ones_ticket_is_evened_out(judge_url: Judge, target: Path) -> None:
    operator = SmallOperator("changes_booked")
    only = (f"{PROFILE}.create.creation_again_for_another_player_is_refused",)
    record = _record(judge_url, operator, target, code=ExitCode.NOT_CONFORMANT, only=only)

    assert record.results[0].verdict is Verdict.HAZARD
    assert [player.balance for player in operator.players.values()] == [1_000_000, 10_000, 10_000]


def test_refused_reason_says_which_signature_verifies(judge_url: Judge, target: Path) -> None:
    only = (f"{PROFILE}.signature.reason_with_spaces_and_other_letters_verifies",)
    record = _record(
        judge_url, SmallOperator("signs_what_it_read"), target, code=ExitCode.AS_EXPECTED, only=only
    )

    assert record.results[0].verdict is Verdict.OBSERVED
    assert record.results[0].reason.endswith("; it verifies with the spaces of the reason signed too")


def test_what_can_not_be_given_back_is_evened_out_by_a_ticket(judge_url: Judge, target: Path) -> None:
    operator = SmallOperator("credits_gross")
    only = (f"{PROFILE}.settle.win_is_accepted",)
    _record(judge_url, operator, target, code=ExitCode.NOT_CONFORMANT, only=only)

    assert operator.players["UnIqUe-ToKeN"].balance == 1_000_000
