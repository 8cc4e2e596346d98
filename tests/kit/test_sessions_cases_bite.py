"""Each case for BETCORE's sessions is failed by the fault that it is there for, and by no legal variation."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from constant_servers import CODE_ANSWERS, constant_server
from judging import Judge, by_fault
from listening import answering
from provider_targets import SESSIONS
from small_sessions import SmallSessions

from conformance.case import catalogue
from conformance.execution import execute
from conformance.options import Options
from conformance.run import prepare
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betcore-sessions"

Record = Callable[..., RunReport]

# Fault of the small sessions, and the case that is there for it.
FAULTS = (
    ("any_counterparty", "signature.unknown_counterparty_gets_401_and_8"),
    ("any_method", "balance.other_method_gets_405"),
    ("any_signature", "signature.secret_is_the_key_as_plain_text"),
    ("any_signature", "signature.other_key_gets_401_and_8"),
    ("balance_as_text", "balance.balance_is_a_json_number"),
    ("balance_before", "bets.success_tells_the_balance_after_it"),
    ("base64_accepted", "signature.signature_is_written_in_lower_case_hex"),
    ("bets_by_player", "repeats.registration_again_for_another_player_gets_2"),
    ("bets_by_player", "repeats.refund_of_another_players_bet_gets_6"),
    ("bets_by_round", "bets.bets_of_one_round_are_told_apart_by_their_ids"),
    ("blocked_may_bet", "refusals.bet_of_a_blocked_player_gets_7"),
    ("changes_ignored", "repeats.other_win_of_a_settled_bet_gets_2"),
    ("changes_ignored", "repeats.registration_again_by_the_other_method_gets_2"),
    ("changes_ignored", "repeats.registration_again_in_another_round_gets_2"),
    ("changes_ignored", "repeats.registration_again_with_another_amount_gets_2"),
    ("charset_refused", "balance.body_declared_as_json_is_taken"),
    ("codes_of_its_own", "balance.call_on_an_unknown_session_gets_3"),
    ("codes_of_its_own", "balance.other_session_in_the_body_gets_2"),
    ("codes_of_its_own", "bets.nothing_follows_the_draw_of_a_bet_with_its_outcome"),
    ("codes_of_its_own", "order.calls_on_a_bet_that_was_settled_at_once"),
    ("codes_of_its_own", "order.calls_on_a_refunded_bet_that_was_settled_at_once"),
    ("codes_of_its_own", "order.calls_on_an_open_bet"),
    ("codes_of_its_own", "order.refund_of_a_bet_that_is_paid_out_gets_6"),
    ("codes_of_its_own", "order.registration_after_its_refund_gets_6"),
    ("codes_of_its_own", "refusals.body_that_is_no_object_gets_2"),
    ("codes_of_its_own", "refusals.body_without_a_member_gets_2"),
    ("codes_of_its_own", "refusals.capitalised_bet_id_gets_2"),
    ("codes_of_its_own", "refusals.member_of_a_wrong_type_gets_2"),
    ("codes_of_its_own", "refusals.outcome_of_an_unknown_bet_gets_6"),
    ("codes_of_its_own", "refusals.stake_beyond_the_balance_gets_4"),
    ("codes_of_its_own", "repeats.ten_simultaneous_stakes_do_not_overdraw"),
    ("demo_by_name", "balance.demo_session_is_read_by_its_id"),
    ("demo_literal", "launches.demo_launch_names_the_session_of_later_calls"),
    ("demo_unknown", "launches.demo_launch_names_the_session_of_later_calls"),
    ("denied_with_200", "signature.missing_header_gets_401_and_8"),
    ("denied_with_200", "signature.other_key_gets_401_and_8"),
    ("empty_object_signed", "signature.call_without_a_body_signs_none"),
    ("ended_bet_accepted", "order.calls_on_a_refunded_bet"),
    ("games_with_a_body", "launches.call_without_a_body_is_signed_without_one"),
    ("headers_optional", "signature.balance_is_told_to_no_call_without_a_header"),
    ("key_decoded", "signature.secret_is_the_key_as_plain_text"),
    ("keys_sorted", "signature.order_of_keys_and_white_space_do_not_matter"),
    ("keys_unordered", "launches.launch_has_its_keys_in_alphabetical_order"),
    ("launch_body_unsigned", "launches.launch_is_rightly_signed"),
    ("launch_shorter", "launches.launch_has_the_members_of_public_code"),
    ("launch_unnamed", "launches.launch_carries_the_four_headers"),
    ("launch_with_spaces", "launches.launch_has_its_keys_in_alphabetical_order"),
    ("launch_withheld", "launches.launch_carries_the_four_headers"),
    ("limits_missing", "launches.launch_has_the_limits_of_a_bet"),
    ("loss_refused", "bets.outcome_of_0_is_a_loss"),
    ("mode_ignored", "launches.launch_has_the_members_of_public_code"),
    ("negative_refund", "order.refund_of_a_spent_win_gets_4"),
    ("no_currency", "balance.balance_has_currency_balance_and_code"),
    ("no_limits", "refusals.stake_above_the_greatest_gets_5"),
    ("no_limits", "refusals.stake_below_the_least_gets_5"),
    ("one_open_bet", "bets.bet_without_an_outcome_stays_open"),
    ("payInOut_fails", "bets.bet_with_its_outcome_takes_and_pays"),
    ("payIn_fails", "bets.registration_takes_the_stake"),
    ("payOut_fails", "bets.outcome_pays_the_win"),
    ("refundBet_fails", "bets.refund_gives_the_stake_back"),
    ("refundBet_fails", "bets.refund_undoes_a_bet_with_its_outcome"),
    ("refund_after_outcome", "order.calls_on_a_bet_that_is_paid_out"),
    ("refund_needs_round", "bets.members_as_in_public_code_are_taken"),
    ("refusals_with_400", "balance.refusals_come_with_http_200"),
    ("repeat_success", "repeats.bet_with_its_outcome_sent_again_gets_104"),
    ("repeat_success", "repeats.registration_sent_again_gets_104"),
    ("repeats_refused", "repeats.outcome_sent_again_pays_nothing"),
    ("repeats_refused", "repeats.refund_sent_again_gives_nothing"),
    ("request_ids_once", "signature.repeated_request_id_is_accepted"),
    ("sessions_expire", "balance.old_session_can_be_read"),
    ("sessions_of_bets", "order.outcome_and_refund_may_come_in_another_session"),
    ("signs_in_capitals", "launches.launch_carries_the_four_headers"),
    ("stamps_in_seconds", "launches.launch_carries_the_four_headers"),
    ("text_amounts_only", "bets.amounts_are_taken_as_text_and_as_numbers"),
    ("timestamp_unsigned", "signature.timestamp_in_milliseconds_is_signed"),
    ("unknown_bet_accepted", "order.calls_on_an_unknown_bet"),
    ("unknown_path_200", "balance.unknown_path_gets_404"),
    ("unknown_refund_refused", "order.calls_on_an_unknown_bet"),
    ("win_covers", "refusals.win_does_not_cover_a_stake_beyond_the_balance"),
    ("win_odd_refused", "bets.bet_with_its_outcome_as_in_public_code_is_taken"),
    ("win_odd_refused", "bets.outcome_may_carry_the_coefficient"),
    ("young_timestamps", "signature.timestamp_of_any_age_is_accepted"),
)
MONEY = (
    ("any_case", "refusals.capitalised_bet_id_gets_2"),
    ("any_media_type", "balance.body_that_is_not_declared_as_json_gets_415"),
    ("any_session", "balance.call_on_an_unknown_session_gets_3"),
    ("any_signature", "signature.body_and_three_headers_are_signed_joined_by_full_stops"),
    ("any_signature", "signature.forged_bet_with_its_outcome_gets_401_and_moves_nothing"),
    ("any_signature", "signature.forged_outcome_gets_401_and_moves_nothing"),
    ("any_signature", "signature.forged_refund_gets_401_and_moves_nothing"),
    ("any_signature", "signature.forged_registration_gets_401_and_moves_nothing"),
    ("any_signature", "signature.signature_is_hmac_sha256"),
    ("any_size", "balance.body_that_is_too_large_gets_413"),
    ("anything_fits", "refusals.body_without_a_member_gets_2"),
    ("balance_in_cents", "balance.balance_is_in_major_units"),
    ("bets_lapse", "order.open_bet_does_not_lapse"),
    ("body_session_ignored", "balance.other_session_in_the_body_gets_2"),
    ("body_unsigned", "signature.body_and_three_headers_are_signed_joined_by_full_stops"),
    ("booked_again", "repeats.bet_with_its_outcome_sent_again_gets_104"),
    ("booked_again", "repeats.registration_sent_again_gets_104"),
    ("changes_booked", "repeats.registration_again_with_another_amount_gets_2"),
    ("demo_takes_money", "balance.bets_of_a_demo_session_leave_the_balance"),
    ("ends_raced", "repeats.outcome_and_refund_at_once_end_the_bet_once"),
    ("floats", "bets.fractions_are_booked_exactly"),
    ("headers_optional", "signature.bet_with_its_outcome_without_a_header_is_refused"),
    ("headers_optional", "signature.outcome_without_a_header_is_refused"),
    ("headers_optional", "signature.refund_without_a_header_is_refused"),
    ("headers_optional", "signature.registration_without_a_header_is_refused"),
    ("loss_gives_back", "bets.outcome_of_0_is_a_loss"),
    ("overdraft", "refusals.stake_beyond_the_balance_gets_4"),
    ("overdraft_raced", "repeats.ten_simultaneous_stakes_do_not_overdraw"),
    ("overtaken", "repeats.registration_and_refund_at_once_leave_no_stake"),
    ("paid_after_at_once", "bets.nothing_follows_the_draw_of_a_bet_with_its_outcome"),
    ("paid_again", "repeats.other_win_of_a_settled_bet_gets_2"),
    ("paid_again", "repeats.outcome_sent_again_pays_nothing"),
    ("payInOut_raced", "repeats.ten_simultaneous_bets_with_their_outcome_are_booked_once"),
    ("payIn_raced", "repeats.ten_simultaneous_registrations_take_the_stake_once"),
    ("payIn_raced", "repeats.two_simultaneous_registrations_take_the_stake_once"),
    ("payOut_raced", "repeats.ten_simultaneous_outcomes_pay_once"),
    ("pays_at_once_only", "bets.bet_with_its_outcome_takes_and_pays"),
    ("refundBet_raced", "repeats.ten_simultaneous_refunds_give_back_once"),
    ("refund_after_outcome_pays", "bets.outcome_pays_the_win"),
    ("refund_keeps", "bets.refund_gives_the_stake_back"),
    ("refund_leaves_the_win", "bets.refund_undoes_a_bet_with_its_outcome"),
    ("refunded_again", "repeats.refund_sent_again_gives_nothing"),
    ("session_bound_purses", "order.outcome_and_refund_may_come_in_another_session"),
    ("sha1_accepted", "signature.signature_is_hmac_sha256"),
    ("takes_nothing", "bets.registration_takes_the_stake"),
    ("tombstone_forgotten", "order.calls_on_a_bet_refunded_before_it_was_seen"),
    ("tombstone_forgotten", "order.registration_after_its_refund_gets_6"),
    ("types_converted", "refusals.member_of_a_wrong_type_gets_2"),
    ("unknown_bet_paid", "refusals.outcome_of_an_unknown_bet_gets_6"),
    ("win_and_stake", "bets.outcome_pays_the_win"),
)
VARIATIONS = (
    ("balance_before", "refusals_with_400", "changes_ignored", "blocked_may_bet"),
    ("codes_of_its_own", "young_timestamps", "keys_sorted", "refund_after_outcome"),
    ("repeat_success", "repeats_refused", "text_amounts_only"),
    ("unknown_refund_refused", "request_ids_once", "win_covers", "no_limits", "launch_shorter"),
)
"""What no page forbids, several at once where they do not touch one another."""


@pytest.fixture
def record(settings: Callable[..., dict[str, Any]], tmp_path: Path) -> Record:
    """Runs the kit against small sessions, whose provider it then is."""

    def judge(vendor: SmallSessions, *, code: ExitCode, **options: Any) -> RunReport:
        with answering(vendor.answer, allow="GET, HEAD") as url:
            file = tmp_path / "target.toml"
            file.write_text(SESSIONS.replace("{url}", url))
            run = prepare(
                Options(base_url=url, target=file, profiles=(PROFILE,), **settings(**options)), environment={}
            )
            assert run.provider is not None
            vendor.provider_url = run.provider.url
            session = execute(run)
        assert session.record is not None
        assert session.code is code
        found: RunReport = session.record
        return found

    return judge


def test_good_sessions_pass_every_case_and_keep_every_balance(record: Record) -> None:
    vendor = SmallSessions(frozenset())
    found = record(vendor, code=ExitCode.AS_EXPECTED, judge_assumptions=True)

    assert {
        row.case_id: (row.verdict, row.reason) for row in found.results if row.verdict is not Verdict.PASS
    } == {}
    assert list(vendor.purses.values()) == [Decimal("750.5"), Decimal("750.5"), Decimal(1000)]
    assert found.created == []


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_the_sessions_fails_the_cases_named_for_it(
    record: Record, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    vendor = SmallSessions(frozenset({fault}))
    found = record(vendor, code=ExitCode.NOT_CONFORMANT, only=ids, judge_assumptions=True)

    assert {row.case_id: row.verdict for row in found.results} == dict.fromkeys(ids, Verdict.FAIL)


@pytest.mark.parametrize(("fault", "cases"), by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    record: Record, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    found = record(SmallSessions(frozenset({fault})), code=ExitCode.NOT_CONFORMANT, only=ids)

    assert {row.case_id: row.verdict for row in found.results} == dict.fromkeys(ids, Verdict.HAZARD)


def test_every_named_case_for_the_sessions_has_a_fault_that_fails_it() -> None:
    proven = {f"{PROFILE}.{case}" for _, case in (*FAULTS, *MONEY)}
    mine = {case.id for case in catalogue().values() if case.profile == PROFILE}

    assert sorted(mine - proven) == []


@pytest.mark.parametrize("variations", VARIATIONS, ids="-".join)
def test_legal_variation_fails_no_case(record: Record, variations: tuple[str, ...]) -> None:
    found = record(SmallSessions(frozenset(variations)), code=ExitCode.AS_EXPECTED)
    fine = (Verdict.PASS, Verdict.OBSERVED, Verdict.NOT_APPLICABLE)
    wrong = [row for row in found.results if row.verdict not in fine]

    assert [(row.case_id, row.verdict, row.reason) for row in wrong] == []


@pytest.mark.parametrize("name", CODE_ANSWERS)
def test_constant_server_satisfies_no_case_for_the_sessions(judge_url: Judge, name: str) -> None:
    with constant_server(*CODE_ANSWERS[name]) as url:
        session = judge_url(url, PROFILE)
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN)
