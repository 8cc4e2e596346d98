"""Each case for a feed is failed by the fault that it is there for, and no legal variation fails one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from constant_servers import ANSWERS, RAW_ANSWERS, constant_server, raw_server
from judging import Judge, by_fault
from small_feed import KEEP_ALIVE, STREAM, SmallFeed, serving

from conformance import hub_round
from conformance.case import catalogue
from conformance.oracle import feed as oracle
from conformance.session import CaseSession
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betcore-feed"

# Fault of the small feed, and the case that is there for it.
FAULTS = (
    ("action_while_waiting", "round.states_of_a_round_follow_each_other"),
    ("alive_at_once", "connection.first_message_is_confirmed"),
    ("all_on_one_level", "stream.fields_of_the_game_stand_in_wgi"),
    ("another_target", "stream.hub_calls_the_name_of_the_subscription"),
    ("any_credentials", "token.answer_has_the_fields_of_oauth"),
    ("any_credentials", "token.credentials_get_a_token"),
    ("any_credentials", "token.token_has_a_scope"),
    ("any_credentials", "token.wrong_credentials_are_refused"),
    ("any_game", "games.game_is_read_by_its_id"),
    ("any_game", "games.info_is_a_game_in_the_words_of_the_hub"),
    ("any_game", "games.unknown_game_is_refused"),
    ("any_handshake", "connection.wrong_handshake_is_answered_with_an_error"),
    ("any_media_type", "token.body_of_another_media_type_is_refused"),
    ("any_path", "games.methods_have_the_base_path_of_the_token"),
    ("any_path", "games.unknown_paths_and_methods_are_refused"),
    ("any_scheme", "games.call_without_a_good_token_is_refused"),
    ("any_size", "token.body_above_a_mebibyte_is_refused"),
    ("any_subscription", "subscription.bad_subscription_is_refused_in_its_completion"),
    ("any_subscription", "subscription.bad_subscription_without_an_invocation_id_starts_nothing"),
    ("binary_frames", "connection.messages_of_the_hub_end_with_the_separator"),
    ("timer_in_milliseconds", "round.bt_counts_the_seconds_down"),
    ("completions_unasked", "subscription.bad_subscription_without_an_invocation_id_starts_nothing"),
    ("completions_unasked", "subscription.subscription_without_an_invocation_id_gets_no_completion"),
    ("count_stands", "counting.sid_counts_from_0"),
    ("counts_all_types", "counting.sid_counts_for_each_game_type"),
    ("counts_by_two", "counting.sid_grows_by_one"),
    ("counts_for_all", "counting.sid_grows_by_one"),
    ("counts_for_each_connection", "counting.sid_goes_on_after_a_reconnection"),
    ("counts_from_7", "counting.sid_counts_from_0"),
    ("cr_is_text", "stream.cr_is_a_number"),
    ("denied_403", "connection.connection_without_a_good_token_is_refused"),
    ("drops_the_silent", "unasked.silent_consumer_is_kept"),
    ("edition_changes", "stream.game_has_its_two_numbers"),
    ("ends_with_its_token", "validity.connection_outlives_its_token"),
    ("errors_hidden", "subscription.bad_subscription_is_refused_in_its_completion"),
    ("expired_is_denied", "validity.expired_token_is_refused"),
    ("expired_is_denied", "validity.hub_refuses_an_expired_token"),
    ("fast_stream", "stream.message_comes_every_500_milliseconds"),
    ("fields_in_a_string", "stream.hub_calls_the_name_of_the_subscription"),
    ("finished_twice", "round.states_of_a_round_follow_each_other"),
    ("forms_taken", "token.credentials_travel_as_json"),
    ("frames_are_messages", "connection.message_to_the_hub_ends_with_the_separator"),
    ("games_in_an_object", "stream.wgi_is_an_array_of_objects"),
    ("hub_for_everybody", "connection.connection_without_a_good_token_is_refused"),
    ("hub_for_everybody", "token.hub_takes_the_token"),
    ("i_is_text", "stream.game_has_its_two_numbers"),
    ("ids_as_text_taken", "token.credentials_travel_as_json"),
    ("ids_as_text_taken", "token.malformed_credentials_are_refused"),
    ("ids_with_fractions", "stream.times_are_strings_and_numbers_are_whole"),
    ("info_of_another_edition", "games.game_of_the_hub_is_the_game_of_the_method"),
    ("info_without_edition", "games.info_is_a_game_in_the_words_of_the_hub"),
    ("jackpot_is_a_number", "games.jackpot_is_a_decimal_string"),
    ("keep_alive_ends_it", "unasked.keep_alive_of_the_consumer_is_taken"),
    ("keep_alive_often", "unasked.keep_alive_comes_every_15_seconds"),
    ("keep_alive_rare", "unasked.keep_alive_comes_every_15_seconds"),
    ("last_round_missing", "stream.every_documented_field_is_there"),
    ("last_round_stands", "round.lrid_changes_when_a_round_is_completed"),
    ("list_in_an_envelope", "games.list_is_an_array_of_games"),
    ("maintenance_as_number", "stream.im_is_a_boolean"),
    ("malformed_401", "token.malformed_credentials_are_refused"),
    ("negotiation_needed", "connection.websocket_is_opened_without_a_negotiation"),
    ("never_confirmed", "connection.first_message_is_confirmed"),
    ("no_allow", "games.unknown_paths_and_methods_are_refused"),
    ("no_completions", "subscription.subscription_with_an_invocation_id_gets_a_completion"),
    ("no_handshake_answer", "connection.handshake_is_answered_with_an_empty_object"),
    ("no_hub", "connection.hub_grants_a_connection_at_a_documented_address"),
    ("no_jackpot", "games.jackpot_is_to_be_had"),
    ("no_keep_alive", "unasked.hub_sends_keep_alive_messages"),
    ("no_scope", "token.answer_has_the_fields_of_oauth"),
    ("no_scope", "token.token_has_a_scope"),
    ("no_separator", "connection.messages_of_the_hub_end_with_the_separator"),
    ("no_stream", "subscription.printed_subscription_starts_the_stream"),
    ("no_token_needed", "games.call_without_a_good_token_is_refused"),
    ("no_translations", "games.methods_have_the_base_path_of_the_token"),
    ("no_translations", "games.translations_are_to_be_had"),
    ("odd_ids_404", "games.id_that_is_no_whole_number_is_refused"),
    ("one_message", "stream.one_subscription_starts_a_stream_that_goes_on"),
    ("one_type_for_all", "subscription.subscription_covers_the_type_that_it_names"),
    ("play_0", "stream.ps_is_a_documented_play_status"),
    ("play_turns_back", "round.states_of_a_round_follow_each_other"),
    ("refuses_in_silence", "connection.wrong_handshake_is_answered_with_an_error"),
    ("slow_stream", "stream.message_comes_every_500_milliseconds"),
    ("start_moves", "stream.sdt_is_a_time"),
    ("start_unknown", "stream.sdt_is_a_time"),
    ("state_0", "stream.s_is_a_documented_state"),
    ("stays_after_a_refusal", "connection.wrong_handshake_is_answered_with_an_error"),
    ("streams_completions", "stream.message_of_the_stream_is_a_call"),
    ("streams_unasked", "subscription.printed_subscription_starts_the_stream"),
    ("t_is_text", "stream.t_is_a_number"),
    ("time_stands", "stream.tst_is_the_time_of_sending"),
    ("timer_as_text", "stream.bt_is_a_number"),
    ("token_in_an_envelope", "token.answer_has_the_fields_of_oauth"),
    ("translations_flat", "games.translations_are_names_by_language"),
    ("two_games", "stream.wgi_has_the_current_game_alone"),
    ("two_hours", "token.answer_has_the_fields_of_oauth"),
    ("types_as_text", "subscription.type_as_a_string_is_no_subscription"),
    ("unix_times", "stream.times_are_strings_and_numbers_are_whole"),
    ("unknown_game_400", "games.unknown_game_is_refused"),
    ("another_last_round", "round.cr_counts_the_rounds_and_lrid_is_the_last_game"),
    ("ends_in_silence", "connection.what_can_not_be_read_ends_the_connection"),
    ("illegible_ignored", "connection.what_can_not_be_read_ends_the_connection"),
    ("long_polling", "connection.negotiation_is_offered"),
    ("negotiates_with_everybody", "connection.negotiation_is_offered"),
    ("no_negotiation", "connection.negotiation_is_offered"),
    ("other_types_end_it", "subscription.messages_of_other_types_are_ignored"),
    ("rounds_not_counted", "round.cr_counts_the_rounds_and_lrid_is_the_last_game"),
    ("unknown_targets_ignored", "subscription.call_of_an_unknown_target_is_refused"),
    ("upgrade_not_asked_for", "connection.call_without_an_upgrade_is_refused"),
    ("wrong_credentials_403", "token.wrong_credentials_are_refused"),
)
VARIATIONS = (
    ("all_on_one_level", "another_target", "fields_in_a_string"),
    ("no_completions", "no_handshake_answer", "no_keep_alive"),
    ("second_address", "counts_for_all", "denied_403"),
    ("unix_times", "keep_alive_often", "unknown_game_400", "odd_ids_404"),
    ("streams_completions", "two_games", "wrong_credentials_403"),
    ("token_in_an_envelope", "expired_is_denied"),
    ("no_separator", "completions_unasked", "errors_hidden"),
    ("reviewed", "timer_in_milliseconds"),
    ("any_size", "any_media_type", "no_negotiation", "upgrade_not_asked_for"),
    ("illegible_ignored", "other_types_end_it", "unknown_targets_ignored", "rounds_not_counted"),
)
"""What no page forbids, several at once where they do not touch one another."""

TARGET = """\
profiles = ["betcore-feed"]

[deadlines]
answer_seconds = 1

[hooks]
round = "{url}/hooks/round"
advance = "{url}/hooks/advance"

[betcore-feed]
partner_client_id = 1556
secret = "PARTNERSECRET1556"
second_game_type = 1
round_seconds = 4
"""


@pytest.fixture(autouse=True)
def short_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit expects the hours of the small feed, with room for a busy machine."""
    monkeypatch.setattr(oracle, "STREAM_SECONDS", STREAM)
    monkeypatch.setattr(oracle, "STREAM_ROOM", (0.2, 6.0))
    monkeypatch.setattr(oracle, "KEEP_ALIVE_SECONDS", KEEP_ALIVE)
    monkeypatch.setattr(oracle, "KEEP_ALIVE_ROOM", (0.4, 4.0))
    monkeypatch.setattr(hub_round, "AFTERWARDS", 0.5)


def target_of(url: str, directory: Path) -> Path:
    """A target file for the small feed at this URL: no long waits, and its two hooks."""
    file = directory / "target.toml"
    file.write_text(TARGET.format(url=url))
    return file


Record = Callable[..., RunReport]
"""Judges a small feed: takes it, the exit code that is expected, and options."""


@pytest.fixture
def record(judge_url: Judge, tmp_path: Path) -> Record:
    """Runs the kit against a small feed."""

    def judge(feed: SmallFeed, *, code: ExitCode, **options: object) -> RunReport:
        with serving(feed) as url:
            session = judge_url(url, PROFILE, target=target_of(url, tmp_path), **options)
        found = session.record
        assert found is not None
        assert session.code is code, [(row.case_id, row.verdict, row.reason) for row in found.results]
        return found

    return judge


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_a_feed_fails_the_cases_named_for_it(
    record: Record, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    found = record(SmallFeed(fault), code=ExitCode.NOT_CONFORMANT, only=ids, judge_assumptions=True)

    assert {row.case_id: row.verdict for row in found.results} == dict.fromkeys(ids, Verdict.FAIL)


def test_every_named_case_for_a_feed_has_a_fault_that_fails_it() -> None:
    proven = {f"{PROFILE}.{case}" for _, case in FAULTS}
    mine = {case.id for case in catalogue().values() if case.profile == PROFILE}

    assert sorted(mine - proven) == []


def test_good_feed_passes_every_case(record: Record) -> None:
    found = record(SmallFeed(), code=ExitCode.AS_EXPECTED, judge_assumptions=True)

    assert {row.verdict for row in found.results} == {Verdict.PASS}


@pytest.mark.parametrize("variations", VARIATIONS, ids="-".join)
def test_legal_variation_fails_no_case(record: Record, variations: tuple[str, ...]) -> None:
    found = record(SmallFeed(*variations), code=ExitCode.AS_EXPECTED)

    accepted = (Verdict.PASS, Verdict.OBSERVED)
    assert [(row.case_id, row.reason) for row in found.results if row.verdict not in accepted] == []


def test_cancelled_round_completes_nothing(record: Record) -> None:
    states, lrid = (
        f"{PROFILE}.round.{name}"
        for name in ("states_of_a_round_follow_each_other", "lrid_changes_when_a_round_is_completed")
    )
    found = record(SmallFeed("cancelled"), code=ExitCode.NOTHING_RAN, only=(states, lrid))

    assert {row.case_id: row.verdict for row in found.results} == {
        states: Verdict.OBSERVED,
        lrid: Verdict.NOT_RUN,
    }


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("rounds_refused", 'the hook round got HTTP 404 {"detail": "no such hook"}'),
        ("round_never_ends", "needs a round, but none came to its end within 4 s"),
    ],
)
def test_round_that_is_not_played_is_no_verdict(record: Record, fault: str, reason: str) -> None:
    only = ("BC-HUB-036",)
    (row,) = record(SmallFeed(fault), code=ExitCode.NOTHING_RAN, only=only).results

    assert (row.verdict, row.reason) == (Verdict.NOT_RUN, reason)


TOKEN = b'{"access_token": "eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImZlZWQifQ.c2FtcGxl", "scope": "feed"}'
GAMES = b'[{"i": 700002, "t": 3, "ge": 41002, "s": 2, "translations": {"en": "Poker"}}]'
SWITCHES = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


@pytest.mark.parametrize("name", [*ANSWERS, "200 with a token", "200 with games"])
def test_constant_server_satisfies_no_case_for_a_feed(judge_url: Judge, tmp_path: Path, name: str) -> None:
    answers = {
        **ANSWERS,
        "200 with a token": (200, "application/json", TOKEN),
        "200 with games": (200, "application/json", GAMES),
    }
    with constant_server(*answers[name]) as url:
        session = judge_url(url, PROFILE, target=target_of(url, tmp_path))

    _satisfies_nothing(session)


@pytest.mark.parametrize("name", [*RAW_ANSWERS, "switches to nothing"])
def test_broken_server_is_no_fault_of_the_kit(judge_url: Judge, tmp_path: Path, name: str) -> None:
    with raw_server(RAW_ANSWERS.get(name, SWITCHES)) as url:
        session = judge_url(url, PROFILE, target=target_of(url, tmp_path), only=SAMPLE, reports=True)

    _satisfies_nothing(session)


SAMPLE = ("BC-FTK-001", "BC-FED-009", "BC-HUB-001", "BC-HUB-007", "BC-HUB-025")
"""Requirements whose cases read answers in every way that there is."""


def _satisfies_nothing(session: CaseSession) -> None:
    assert session.record is not None
    results = session.record.results
    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN, ExitCode.UNREACHABLE)
