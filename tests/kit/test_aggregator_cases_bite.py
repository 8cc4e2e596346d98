"""Each case for BETCORE is failed by the fault that it is there for, and no legal variation fails one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from constant_servers import ANSWERS, constant_server
from judging import Judge, by_fault
from small_aggregator import SECRETS, SmallAggregator, key, serving

from conformance import aggregator as kit_aggregator
from conformance.case import catalogue
from conformance.execution import execute
from conformance.options import Options
from conformance.run import prepare
from conformance.session import CaseSession
from conformance.target import sandbox_file
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betcore-aggregator"

# Fault of the small aggregator, and the case that is there for it.
FAULTS = (
    ("accepts_forgotten", "silence.bet_refused_by_accept_is_not_returned"),
    ("accepts_unread", "accept.body_that_cannot_be_read_is_refused"),
    ("accepts_unread", "accept.body_that_is_no_object_is_refused"),
    ("accepts_unread", "cashback.accept_that_cannot_be_read_is_refused"),
    ("any_media_type", "keys.body_that_is_not_declared_as_json_is_refused"),
    ("any_method", "keys.other_method_is_refused"),
    ("any_path", "keys.unknown_path_is_refused"),
    ("any_scheme", "token.token_is_read_after_the_word_bearer"),
    ("any_secret", "token.credentials_are_answered_with_a_token"),
    ("any_size", "keys.body_that_is_too_large_is_refused"),
    ("bet_id_as_text", "calls.transaction_has_documented_types"),
    ("books_mixed", "cashback.accept_names_the_cashback"),
    ("cashback_halved", "cashback.request_has_its_fields"),
    ("client_id_is_the_number", "calls.client_id_names_the_client"),
    ("clients_mixed", "accept.accept_by_another_client_is_refused"),
    ("denied_by_403", "token.call_without_a_valid_token_is_refused"),
    ("denied_by_403", "token.wrong_credentials_are_refused"),
    ("expired_is_unknown", "token.expired_token_is_refused"),
    ("kid_of_its_own", "keys.key_has_its_members"),
    ("last_outcome_stands", "accept.other_outcome_than_failure_is_refused"),
    ("last_outcome_stands", "accept.other_outcome_than_success_is_refused"),
    ("last_outcome_stands", "cashback.other_outcome_is_refused"),
    ("late_refused", "cashback.late_accept_is_taken"),
    ("late_refused", "silence.late_accept_of_a_payout_is_taken"),
    ("late_taken", "silence.late_accept_of_a_bet_is_refused"),
    ("milliseconds", "calls.times_are_unix_seconds"),
    ("mistakes_refused", "cashback.each_documented_code_is_taken"),
    ("new_key_unpublished", "keys.new_key_is_in_the_set_with_the_first_call"),
    ("no_issuer", "calls.call_is_a_token_in_quotes"),
    ("not_closed", "silence.bet_without_an_outcome_is_returned_and_closed"),
    ("one_token", "token.new_token_does_not_end_an_older_one"),
    ("open_doors", "token.accept_needs_the_token"),
    ("open_doors", "token.token_goes_with_a_call"),
    ("other_codes_succeed", "accept.unknown_code_is_a_failure"),
    ("pays_after_closing", "silence.closed_bet_gets_no_transaction"),
    ("private_keys", "keys.keys_are_a_key_set"),
    ("refused_repeated", "silence.refused_bet_is_asked_for_once"),
    ("repeats_refused", "accept.payout_accepted_again_is_a_success"),
    ("repeats_refused", "accept.same_outcome_again_is_a_success"),
    ("scoped", "token.no_call_is_refused_for_its_scope"),
    ("secrets_shared", "token.secret_of_another_client_is_refused"),
    ("signs_with_another", "keys.keys_verify_what_betcore_sends"),
    ("token_request_denied", "token.token_request_that_cannot_be_read_is_refused"),
    ("token_type_differs", "token.answer_tells_type_and_lifetime"),
    ("tokens_for_ever", "token.lifetime_is_limited"),
    ("type_ignored", "accept.accept_of_another_transaction_is_refused"),
    ("type_ignored", "cashback.accept_of_a_cancellation_is_taken"),
    ("unknown_taken", "accept.accept_of_an_unknown_bet_is_refused"),
    ("unknown_taken", "cashback.accept_of_an_unknown_cashback_is_refused"),
    ("unquoted", "calls.call_is_a_token_in_quotes"),
    ("verify_ignores_client", "verify.token_for_another_client_is_refused"),
    ("verify_ignores_exp", "verify.token_past_its_exp_is_refused"),
    ("verify_reads_anything", "verify.body_that_is_no_string_is_refused"),
    ("verify_says_yes", "verify.altered_token_is_refused"),
    ("verify_says_yes", "verify.received_token_is_genuine"),
    ("verify_says_yes", "verify.token_of_somebody_else_is_refused"),
)
MONEY = (
    ("accepts_forgotten", "silence.bet_accepted_in_time_is_kept"),
    ("bets_renamed", "silence.bet_without_an_outcome_is_returned_and_closed"),
    ("bets_renamed", "silence.refused_bet_is_asked_for_once"),
    ("closed_first", "silence.bet_without_an_outcome_is_returned_and_closed"),
    ("no_repeats", "cashback.cashback_that_got_lost_is_paid"),
    ("no_repeats", "silence.payout_that_got_lost_is_sent_again"),
    ("no_repeats", "silence.return_that_got_lost_is_sent_again"),
    ("no_returns", "silence.bet_that_got_lost_is_returned"),
    ("no_returns", "silence.bet_without_an_outcome_is_returned_and_closed"),
    ("no_returns", "silence.late_accept_of_a_bet_is_refused"),
    ("repeats_renamed", "cashback.cashback_without_an_answer_is_paid_once"),
    ("repeats_renamed", "silence.payout_without_an_answer_is_paid_once"),
    ("returns_always", "silence.answered_bet_is_kept"),
    ("returns_halved", "silence.bet_without_an_outcome_is_returned_and_closed"),
)
VARIATIONS = (("extra_member", "tells_scope"), ("hooks_answer_at_once",))
"""What no page forbids, several at once where they do not touch one another."""

SECOND = '[betcore-aggregator.second_client]\npartner_client_id = 1557\nsecret = "SECOND1557"\n'

HOOKS = ("bet", "payout", "cashback", "keys", "advance")

JudgeBetcore = Callable[..., CaseSession]


@pytest.fixture
def hooked(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the sandbox's target file with two clients, short deadlines, and the hooks at a URL."""

    def write(url: str) -> Path:
        hooks = "".join(f'{name} = "{url}/hooks/{name}"\n' for name in HOOKS)
        quick = "settle_seconds = 0\ncallback_seconds = 3"
        seeds = sandbox_file().read_text("utf-8").replace("settle_seconds = 0", quick)
        file = tmp_path / "target.toml"
        file.write_text(f"{seeds}\n{SECOND}[hooks]\n{hooks}")
        return file

    return write


@pytest.fixture
def judge_betcore(
    settings: Callable[..., dict[str, Any]],
    hooked: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> JudgeBetcore:
    """Runs the kit against a small aggregator, which finds the casino where the kit listens."""

    def judge(betcore: SmallAggregator, **options: Any) -> CaseSession:
        def pass_by(seconds: float) -> None:
            betcore.ahead += seconds

        clock = SimpleNamespace(time=time.time, sleep=pass_by)
        monkeypatch.setattr(kit_aggregator, "time", clock)
        with serving(betcore) as url:
            chosen = settings(target=hooked(url), **options)
            run = prepare(Options(base_url=url, profiles=(PROFILE,), **chosen), environment={})
            assert run.sink is not None
            betcore.casino_url = run.sink.url
            return execute(run)

    return judge


def _record(judge: JudgeBetcore, *faults: str, code: ExitCode, **options: Any) -> RunReport:
    session = judge(SmallAggregator(frozenset(faults)), **options)
    assert session.record is not None
    wrong = [(row.case_id, row.reason) for row in session.record.results if row.verdict is not Verdict.PASS]
    assert session.code is code, wrong
    record: RunReport = session.record
    return record


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_betcore_fails_the_cases_named_for_it(
    judge_betcore: JudgeBetcore, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    record = _record(judge_betcore, fault, code=ExitCode.NOT_CONFORMANT, only=ids, judge_assumptions=True)

    assert {row.case_id: row.verdict for row in record.results} == dict.fromkeys(ids, Verdict.FAIL)


@pytest.mark.parametrize(("fault", "cases"), by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    judge_betcore: JudgeBetcore, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"{PROFILE}.{case}" for case in cases)
    record = _record(judge_betcore, fault, code=ExitCode.NOT_CONFORMANT, only=ids)

    assert {row.case_id: row.verdict for row in record.results} == dict.fromkeys(ids, Verdict.HAZARD)


def test_every_named_case_for_betcore_has_a_fault_that_fails_it() -> None:
    proven = {f"{PROFILE}.{case}" for _, case in (*FAULTS, *MONEY)}
    mine = {case.id for case in catalogue().values() if case.profile == PROFILE}

    assert sorted(mine - proven) == []


def test_good_betcore_passes_every_case(judge_betcore: JudgeBetcore) -> None:
    record = _record(judge_betcore, code=ExitCode.AS_EXPECTED, judge_assumptions=True)

    assert {row.verdict for row in record.results} == {Verdict.PASS}


@pytest.mark.parametrize("variations", VARIATIONS, ids="-".join)
def test_legal_variation_fails_no_case(judge_betcore: JudgeBetcore, variations: tuple[str, ...]) -> None:
    record = _record(judge_betcore, *variations, code=ExitCode.AS_EXPECTED)

    assert [
        row.case_id for row in record.results if row.verdict not in (Verdict.PASS, Verdict.OBSERVED)
    ] == []


@pytest.fixture(scope="module")
def everything() -> bytes:
    """What says yes to each question at once: a token, keys, and a success."""
    document = {
        "access_token": "always-the-same",
        "token_type": "Bearer",
        "expires_in": 3600,
        "keys": [key("first").jwk()],
        "ErrorCode": 200,
        "Message": "Success",
    }
    return json.dumps(document).encode()


AGREEABLE = (
    "200 with an empty object",
    "200 with an empty body",
    "200 Success",
    "200 with 103811",
    "200 with 103752",
    "200 with an empty list",
    "401",
    "404",
    "an HTML page",
    "500",
)
"""Of the constant servers those that differ for this profile."""


@pytest.mark.parametrize("name", [*AGREEABLE, "200 with everything"])
def test_constant_server_satisfies_no_case_for_betcore(
    judge_url: Judge, hooked: Callable[[str], Path], everything: bytes, name: str
) -> None:
    with constant_server(*ANSWERS.get(name, (200, "application/json", everything))) as url:
        session = judge_url(url, PROFILE, target=hooked(url))
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN)


def test_without_hooks_the_cases_that_need_them_name_what_is_missing(judge_url: Judge) -> None:
    with serving(SmallAggregator(frozenset())) as url:
        session = judge_url(url, PROFILE, judge_assumptions=True)
    assert session.record is not None
    verdicts = {row.case_id: row for row in session.record.results}
    apart = verdicts[f"{PROFILE}.silence.answered_bet_is_kept"]

    assert session.code is ExitCode.AS_EXPECTED
    assert {row.verdict for row in verdicts.values()} == {Verdict.PASS, Verdict.NOT_APPLICABLE}
    assert (apart.verdict, apart.reason) == (
        Verdict.NOT_APPLICABLE,
        "needs a hook: the target file names no URL as bet in [hooks] (BETCORE takes a player's bet and "
        "asks the casino for it)",
    )


def test_without_a_place_to_listen_the_casino_is_not_played(
    judge_url: Judge, hooked: Callable[[str], Path]
) -> None:
    with serving(SmallAggregator(frozenset())) as url:
        session = judge_url(url, PROFILE, target=hooked(url), only=("BC-VER-001",), listen=None)
    assert session.record is not None
    (row,) = session.record.results

    assert (row.verdict, row.reason) == (
        Verdict.NOT_APPLICABLE,
        "the kit plays BETCORE's casino at the address that --listen says",
    )


@pytest.mark.parametrize(
    ("fault", "case", "reason"),
    [
        (
            "returns_halved",
            "silence.bet_without_an_outcome_is_returned_and_closed",
            "500000 moved the player's balance by -5, expected +0: it had no outcome and was returned",
        ),
        (
            "repeats_renamed",
            "silence.payout_without_an_answer_is_paid_once",
            "what was asked for as 500000 is asked for again as 500001",
        ),
        (
            "no_returns",
            "silence.late_accept_of_a_bet_is_refused",
            "no /payments/make of type 2 followed for 500000: the player's stake is lost",
        ),
    ],
)
def test_hazard_says_what_is_lost(judge_betcore: JudgeBetcore, fault: str, case: str, reason: str) -> None:
    record = _record(judge_betcore, fault, code=ExitCode.NOT_CONFORMANT, only=(f"{PROFILE}.{case}",))

    assert [row.reason for row in record.results] == [reason]


def test_no_report_shows_a_secret_or_a_token(judge_betcore: JudgeBetcore, tmp_path: Path) -> None:
    betcore = SmallAggregator(frozenset({"last_outcome_stands", "verify_says_yes", "no_returns"}))
    judge_betcore(betcore, reports=True)
    shown = "".join(file.read_text("utf-8") for file in (tmp_path / "reports").iterdir())

    assert "PartnerClient-1556" in shown
    assert [secret for secret in (*SECRETS.values(), *betcore.tokens) if secret in shown] == []
