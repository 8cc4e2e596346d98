"""Each case for a game provider is failed by the fault that it is there for, and by no legal variation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from constant_servers import CODE_ANSWERS, constant_server
from judging import Judge, by_fault
from listening import answering
from provider_targets import PROVIDER
from small_provider import SmallProvider

from conformance.case import catalogue
from conformance.execution import execute
from conformance.options import Options
from conformance.run import prepare
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betcore-provider"

Record = Callable[..., RunReport]

# Fault of the small provider, and the case that is there for it.
FAULTS = (
    ("any_game", "launch.launch_of_an_unknown_game_gets_2"),
    ("any_media_type", "launch.launch_that_is_not_declared_as_json_gets_415"),
    ("any_method", "games.other_method_gets_405"),
    ("any_signature", "signature.altered_launch_gets_401_and_8"),
    ("any_signature", "signature.list_under_another_identity_gets_401_and_8"),
    ("any_size", "launch.launch_that_is_too_large_gets_413"),
    ("body_unsigned", "signature.altered_launch_gets_401_and_8"),
    ("calls_as_text", "calls.bodies_are_declared_as_json"),
    ("calls_body_unsigned", "calls.calls_are_rightly_signed"),
    ("calls_unnamed", "calls.calls_carry_the_four_headers"),
    ("cancelled_is_lost", "play.bet_with_its_outcome_whose_draw_failed_is_refunded"),
    ("cancelled_is_lost", "play.cancelled_crash_round_is_refunded"),
    ("cancelled_is_lost", "play.round_whose_draw_failed_is_refunded"),
    ("codes_of_its_own", "launch.known_session_for_another_game_gets_3"),
    ("codes_of_its_own", "launch.known_session_for_something_else_gets_3"),
    ("codes_of_its_own", "launch.launch_that_lacks_a_member_gets_2"),
    ("codes_of_its_own", "launch.launch_with_an_unusable_member_gets_2"),
    ("codes_of_its_own", "launch.launch_with_crossed_limits_gets_5"),
    ("crash_repeats", "play.crash_game_refunds_without_a_repeat"),
    ("crash_with_odds", "games.crash_game_has_no_greatest_odds"),
    ("demo_fails", "launch.launch_for_play_is_answered_with_the_address_to_embed"),
    ("demo_literal", "play.calls_of_a_demo_session_carry_the_id_of_its_launch"),
    ("denied_with_200", "signature.list_without_a_header_gets_401_and_8"),
    ("ends_once", "play.failed_outcome_is_repeated_once_and_sent_at_the_next_launch"),
    ("final_refunded", "play.final_refusal_is_neither_repeated_nor_refunded"),
    ("final_refunded", "play.final_refusal_of_a_bet_with_its_outcome_is_not_repeated"),
    ("final_repeated", "play.final_refusal_is_neither_repeated_nor_refunded"),
    ("final_repeated", "play.final_refusal_of_a_bet_with_its_outcome_is_not_repeated"),
    ("forgets", "play.failed_outcome_is_repeated_once_and_sent_at_the_next_launch"),
    ("forgets", "play.failed_refund_is_sent_at_the_next_launch"),
    ("frame_without_scheme", "launch.launch_for_play_is_answered_with_the_address_to_embed"),
    ("frame_without_scheme", "launch.launch_is_answered_with_the_address_to_embed"),
    ("games_renamed", "games.every_game_has_id_name_and_category"),
    ("headers_optional", "signature.list_without_a_header_gets_401_and_8"),
    ("images_renamed", "games.image_of_a_game_is_called_lobby_img_url"),
    ("launched_once", "launch.same_launch_again_succeeds"),
    ("lean_launch_refused", "launch.launch_without_what_only_public_code_shows_succeeds"),
    ("limits_crossed", "launch.launch_with_crossed_limits_gets_5"),
    ("limits_unchecked", "launch.launch_with_unusable_limits_is_refused"),
    ("list_anywhere", "games.every_game_has_id_name_and_category"),
    ("list_wrapped", "games.list_is_a_bare_array"),
    ("never_repeats", "play.bet_with_its_outcome_without_an_answer_is_repeated_once"),
    ("never_repeats", "play.registration_without_an_answer_is_repeated_once"),
    ("nothing_checked", "launch.launch_without_what_is_checked_is_refused"),
    ("odds_as_text", "games.greatest_odds_are_a_number_or_absent"),
    ("odds_missing_body", "play.registration_without_an_answer_is_repeated_once"),
    ("outcome_renamed", "calls.all_calls_on_a_bet_carry_its_id"),
    ("refund_with_session", "calls.refund_has_the_bet_id_alone"),
    ("refunds_all", "play.repeat_with_another_code_is_not_refunded"),
    ("request_id_again", "play.registration_without_an_answer_is_repeated_once"),
    ("round_missing", "calls.bet_with_its_outcome_has_the_members_of_public_code"),
    ("round_missing", "calls.registration_and_outcome_have_the_members_of_public_code"),
    ("same_bet_id", "calls.all_calls_on_a_bet_carry_its_id"),
    ("sessions_reused", "launch.known_session_for_something_else_gets_3"),
    ("settles_twice", "play.nothing_follows_a_bet_with_its_outcome"),
    ("signs_in_capitals", "calls.signature_is_written_in_lower_case_hex"),
    ("silent", "play.round_is_drawn_after_its_bet_is_registered"),
    ("stamps_in_seconds", "calls.timestamp_is_in_milliseconds"),
    ("text_ids_refused", "games.listed_games_can_be_launched"),
    ("unknown_path_200", "games.unknown_path_gets_404"),
    ("young_timestamps", "signature.timestamp_of_any_age_is_accepted"),
)
MONEY = (
    ("104_is_failure", "play.104_in_answer_to_the_repeat_is_success"),
    ("cancelled_is_left", "play.round_whose_draw_failed_is_refunded"),
    ("draws_anyway", "play.bet_that_is_not_registered_is_not_drawn"),
    ("draws_anyway", "play.final_refusal_is_neither_repeated_nor_refunded"),
    ("late_win_changed", "play.failed_outcome_is_repeated_once_and_sent_at_the_next_launch"),
    ("never_refunds", "play.crash_game_refunds_without_a_repeat"),
    ("never_refunds", "play.registration_that_stays_unknown_is_refunded"),
    ("refunds_too", "play.round_is_drawn_after_its_bet_is_registered"),
    ("repeat_renamed", "play.104_in_answer_to_the_repeat_is_success"),
)
VARIATIONS = (
    ("denied_with_200", "codes_of_its_own", "any_media_type", "any_method", "final_refunded"),
    ("never_repeats", "refund_with_session", "launched_once", "list_wrapped"),
    ("any_signature", "sessions_reused", "limits_crossed", "forgets", "refunds_all"),
)
"""What no page forbids, several at once where they do not touch one another."""


@pytest.fixture
def record(settings: Callable[..., dict[str, Any]], tmp_path: Path) -> Record:
    """Runs the kit against a small provider, which finds BETCORE's sessions where the kit listens."""

    def judge(vendor: SmallProvider, *, code: ExitCode, **options: Any) -> RunReport:
        with answering(vendor.answer, allow="GET") as url:
            file = tmp_path / "target.toml"
            file.write_text(PROVIDER.replace("{url}", url))
            chosen = Options(base_url=url, target=file, profiles=(PROFILE,), **settings(**options))
            run = prepare(chosen, environment={})
            assert run.sessions is not None
            vendor.betcore_url = run.sessions.url
            session = execute(run)
        assert session.record is not None
        assert session.code is code
        found: RunReport = session.record
        return found

    return judge


def test_good_provider_passes_every_case(record: Record) -> None:
    found = record(SmallProvider(frozenset()), code=ExitCode.AS_EXPECTED, judge_assumptions=True)
    wrong = [row for row in found.results if row.verdict is not Verdict.PASS]

    assert [(row.case_id, row.verdict, row.reason) for row in wrong] == []


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_a_provider_fails_the_cases_named_for_it(
    record: Record, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    vendor = SmallProvider(frozenset({fault}))
    found = record(vendor, code=ExitCode.NOT_CONFORMANT, only=ids, judge_assumptions=True)

    assert {row.case_id: row.verdict for row in found.results} == dict.fromkeys(ids, Verdict.FAIL)


@pytest.mark.parametrize(("fault", "cases"), by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    record: Record, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    found = record(SmallProvider(frozenset({fault})), code=ExitCode.NOT_CONFORMANT, only=ids)

    assert {row.case_id: row.verdict for row in found.results} == dict.fromkeys(ids, Verdict.HAZARD)


def test_every_named_case_for_a_provider_has_a_fault_that_fails_it() -> None:
    proven = {f"{PROFILE}.{case}" for _, case in (*FAULTS, *MONEY)}
    mine = {case.id for case in catalogue().values() if case.profile == PROFILE}

    assert sorted(mine - proven) == []


@pytest.mark.parametrize("variations", VARIATIONS, ids="-".join)
def test_legal_variation_fails_no_case(record: Record, variations: tuple[str, ...]) -> None:
    found = record(SmallProvider(frozenset(variations)), code=ExitCode.AS_EXPECTED)
    fine = (Verdict.PASS, Verdict.OBSERVED, Verdict.NOT_APPLICABLE)
    wrong = [row for row in found.results if row.verdict not in fine]

    assert [(row.case_id, row.verdict, row.reason) for row in wrong] == []


@pytest.mark.parametrize("name", CODE_ANSWERS)
def test_constant_server_satisfies_no_case_for_a_provider(judge_url: Judge, name: str) -> None:
    with constant_server(*CODE_ANSWERS[name]) as url:
        session = judge_url(url, PROFILE)
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN)
