"""Whole runs of the kit."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from judging import Judge
from small_vendor import SmallVendor, serving

from conformance import smoke
from conformance.betstack import Betstack
from conformance.case import catalogue
from conformance.cases.betstack import test_paid
from conformance.casino import Casino
from conformance.errors import KitError
from conformance.verdict import ExitCode, Layer, Verdict

SOURCE = Path(__file__).parents[2] / "src"
SANDBOX = SOURCE / "conformance" / "targets" / "sandbox.toml"


@pytest.mark.parametrize("profile", ["betstack", "betcore-casino"])
def test_vendor_that_follows_the_documentation_passes_every_binding_case(judge: Judge, profile: str) -> None:
    session = judge(SmallVendor(), profile)
    assert session.record is not None
    verdicts = {result.case_id: (result.verdict, result.agrees) for result in session.record.results}

    expected = {
        case.id: (Verdict.PASS, None) if case.binding else (Verdict.OBSERVED, True)
        for case in catalogue().values()
        if case.profile == profile
    }
    expected |= {case: (Verdict.NOT_APPLICABLE, None) for case in NOT_IN_THE_SANDBOX if case in expected}
    assert verdicts == expected
    assert session.code is ExitCode.AS_EXPECTED


def test_assumptions_count_when_they_are_judged(judge: Judge) -> None:
    session = judge(SmallVendor(), "betstack", judge_assumptions=True)
    assert session.record is not None
    results = [row for row in session.record.results if row.case_id not in WITHOUT_LIMITS]

    assert {result.verdict for result in results} == {Verdict.PASS}
    assert {result.agrees for result in results} == {None}


@pytest.mark.parametrize(
    ("case", "played"),
    [
        ("betstack.platform.creation_calls_ticket_create", "the operator's platform"),
        ("betstack.texts.text_is_signed", "the operator's receiver of texts"),
    ],
)
def test_calls_to_an_operator_are_judged_only_where_the_kit_was_told_to_listen(
    judge: Judge, case: str, played: str
) -> None:
    silent = judge(SmallVendor(), "betstack", only=(case,), listen=None)
    beside_the_casino = judge(SmallVendor(), "betstack", "betcore-casino", only=(case,))
    listening = judge(SmallVendor(), "betstack", only=(case,))
    assert listening.record is not None

    why = f"the kit plays {played} at the address that --listen says, in a run of this profile alone"
    for session in (silent, beside_the_casino):
        assert session.record is not None
        assert [(row.verdict, row.reason) for row in session.record.results] == [
            (Verdict.NOT_APPLICABLE, why)
        ]
    assert [row.verdict for row in listening.record.results] == [Verdict.PASS]
    assert " --listen 127.0.0.1:0" in listening.record.results[0].reproduce


def test_target_that_calls_no_platform_is_told_where_it_was_awaited(judge: Judge) -> None:
    session = judge(
        SmallVendor("pam_silent"), "betstack", only=("betstack.platform.creation_calls_ticket_create",)
    )
    assert session.record is not None
    (result,) = session.record.results

    assert result.verdict is Verdict.FAIL
    assert re.fullmatch(
        r"a ticket was created, and no ticket_create arrived at http://127\.0\.0\.1:\d+/pam", result.reason
    )
    assert result.actual is not None
    assert "UnIqUe-ToKeN" not in result.actual


def test_target_that_sends_no_texts_is_told_where_to_send_them_or_to_declare_it(
    judge: Judge, tmp_path: Path
) -> None:
    case = "betstack.texts.payment_is_told_with_the_fields_of_the_page"
    text = SANDBOX.read_text().replace("[deadlines]", "[deadlines]\ncallback_seconds = 0.2")
    awaited, declared = tmp_path / "awaited.toml", tmp_path / "declared.toml"
    awaited.write_text(text)
    declared.write_text(text.replace('lacks = ["limits"]', 'lacks = ["limits", "texts"]'))
    silent = judge(SmallVendor("texts_silent"), "betstack", only=(case,), target=awaited)
    lacking = judge(SmallVendor("texts_silent"), "betstack", only=(case,), target=declared)
    assert silent.record is not None
    assert lacking.record is not None
    (result,) = silent.record.results

    assert (result.verdict, silent.code) == (Verdict.NOT_RUN, ExitCode.NOTHING_RAN)
    assert re.fullmatch(
        r"needs ticket_status of the paid ticket [0-9a-f]{24} at http://127\.0\.0\.1:\d+/sms within 0\.2 s: "
        r"nothing arrived; point the target's SMS URL there, or declare lacks = \[\"texts\"\]",
        result.reason,
    )
    assert [(row.verdict, row.reason) for row in lacking.record.results] == [
        (Verdict.NOT_APPLICABLE, "the target declares to lack texts")
    ]


def test_texts_of_the_older_copy_are_good_enough_for_a_stranger(judge: Judge) -> None:
    case = "betstack.texts.payment_is_told_with_the_fields_of_the_page"
    vendor = "texts_as_in_the_older_copy"
    stranger = judge(SmallVendor(vendor), "betstack", only=(case,))
    own = judge(SmallVendor(vendor), "betstack", only=(case,), judge_assumptions=True)
    half = judge(SmallVendor("text_without_number"), "betstack", only=(case,))

    assert [
        row.verdict
        for session in (stranger, own, half)
        if session.record is not None
        for row in session.record.results
    ] == [Verdict.PASS, Verdict.FAIL, Verdict.FAIL]


def test_assumption_that_does_not_hold_is_observed_or_a_failure_when_judged(judge: Judge) -> None:
    case = "betstack.reserve.unknown_token_is_refused"
    stranger = judge(SmallVendor("any_player"), "betstack", only=(case,), listen=None)
    own = judge(SmallVendor("any_player"), "betstack", only=(case,), listen=None, judge_assumptions=True)
    assert stranger.record is not None
    assert own.record is not None

    assert [(row.verdict, row.agrees) for row in stranger.record.results] == [(Verdict.OBSERVED, False)]
    assert stranger.code is ExitCode.AS_EXPECTED
    assert [row.verdict for row in own.record.results] == [Verdict.FAIL]
    assert own.code is ExitCode.NOT_CONFORMANT


def test_wording_of_an_older_copy_of_the_page_is_good_enough_for_a_stranger(judge: Judge) -> None:
    case = "betstack.paid.message_of_117_has_the_documented_wording"
    stranger = judge(SmallVendor("full_stop"), "betstack", only=(case,))
    own = judge(SmallVendor("full_stop"), "betstack", only=(case,), judge_assumptions=True)
    assert stranger.record is not None
    assert own.record is not None

    assert [row.verdict for row in stranger.record.results] == [Verdict.PASS]
    assert [row.verdict for row in own.record.results] == [Verdict.FAIL]


def test_undocumented_status_is_a_note_on_a_stranger_and_a_failure_when_judged(judge: Judge) -> None:
    case = "betstack.read.foreign_ticket_is_not_read"
    stranger = judge(SmallVendor("wrong_status"), "betstack", only=(case,))
    own = judge(SmallVendor("wrong_status"), "betstack", only=(case,), judge_assumptions=True)
    assert stranger.record is not None
    assert own.record is not None

    assert [row.verdict for row in stranger.record.results] == [Verdict.PASS]
    assert list(stranger.record.notes) == ["HTTP 409 is not documented for getTicket"]
    assert [(row.verdict, row.reason) for row in own.record.results] == [
        (Verdict.FAIL, "HTTP 409 is not documented for getTicket")
    ]


def test_what_a_run_takes_it_gives_back(judge: Judge) -> None:
    vendor = SmallVendor()
    before = vendor.casino.balance
    session = judge(vendor, "betcore-casino")
    assert session.record is not None

    assert vendor.casino.balance == before
    assert session.record.created == [
        "betcore.list.list_may_hold_several_players: player SomeUserId200: +0.01 EUR",
        "betcore.players.credits_of_a_blocked_player_are_booked: player SomeUserId200: +0.01 EUR",
    ]
    assert vendor.casino.bets.movements > 50


def test_target_that_takes_what_it_should_give_does_not_empty_the_player(judge: Judge) -> None:
    vendor = SmallVendor("bet_return_takes")
    before = vendor.casino.balance
    session = judge(vendor, "betcore-casino")
    assert session.record is not None

    verdicts = {result.verdict for result in session.record.results}
    assert Verdict.HAZARD in verdicts
    assert vendor.casino.balance == before


WITHOUT_LIMITS = (
    "betstack.refusals.number_of_picks_has_its_limits",
    "betstack.refusals.price_has_its_limits",
)
NOT_IN_THE_SANDBOX = (
    *WITHOUT_LIMITS,
    "betcore.players.one_bet_id_of_two_players_is_two_bets",
    "betcore.sign_in.token_past_its_lifetime_is_refused",
)
"""Cases that need what the sandbox's target file does not name."""
"""What needs limits, which the sandbox's operators don't have."""

TABLE_OF = {
    "superbet": "superbet",
    "quicktip": "quicktip",
    "second-operator": "second_operator",
    "limited-operator": "limited_operator",
}


@pytest.mark.parametrize("lacking", [*TABLE_OF, "create", "list", "bet-card"])
def test_target_that_lacks_something_is_judged_on_the_rest(
    judge: Judge, tmp_path: Path, lacking: str
) -> None:
    tables = re.split(r"\n(?=\[)", SANDBOX.read_text())
    kept = [table for table in tables if not table.startswith(f"[betstack.{TABLE_OF.get(lacking)}]")]
    declared = "\n".join(kept).replace('lacks = ["limits"', f'lacks = ["limits", "{lacking}"', 1)
    target = tmp_path / "target.toml"
    target.write_text(declared)

    session = judge(SmallVendor(), "betstack", target=target)

    assert session.record is not None
    verdicts = {result.verdict for result in session.record.results}
    assert verdicts == {Verdict.PASS, Verdict.OBSERVED, Verdict.NOT_APPLICABLE}


def test_tickets_left_behind_are_listed_with_their_status(judge: Judge) -> None:
    vendor = SmallVendor()
    session = judge(vendor, "betstack", only=("BS-PAY-002",))
    assert session.record is not None

    assert session.record.created == [
        f"ticket {ticket['id']} ({ticket['status']})" for ticket in vendor.betstack.tickets
    ]
    assert [ticket["status"] for ticket in vendor.betstack.tickets] == ["open", "reserved"]


@pytest.mark.parametrize(
    ("selector", "cases"),
    [
        ("betstack.paid.second_payment_is_refused", ["betstack.paid.second_payment_is_refused"]),
        ("BS-RSV-001", ["betstack.reserve.superbet_is_reserved"]),
        ("BS-TKT-006", ["betstack.read.foreign_ticket_is_not_read"]),
    ],
)
def test_only_selects_by_case_and_by_requirement(judge: Judge, selector: str, cases: list[str]) -> None:
    session = judge(SmallVendor(), "betstack", only=(selector,), generated=5)
    assert session.record is not None

    assert [row.case_id for row in session.record.results] == cases


def test_only_selects_an_operation_with_its_generated_case(judge: Judge) -> None:
    session = judge(SmallVendor(), "betstack", only=("getTicket",), generated=1)
    assert session.record is not None

    register = session.run.register
    for row in session.record.results:
        assert "getTicket" in {row.operation, *(register[one.id].operation for one in row.requirements)}
    assert Counter(row.layer for row in session.record.results)[Layer.GENERATED] == 1
    assert {"betstack.read.ticket_is_read_by_id_and_by_code", "betstack.generated.getTicket"} <= {
        row.case_id for row in session.record.results
    }


def test_selector_that_matches_nothing_is_wrong_usage(judge: Judge) -> None:
    with pytest.raises(KitError, match="--only BS-NIX matches no case") as stopped:
        judge(SmallVendor(), only=("BS-NIX",))
    assert stopped.value.code is ExitCode.USAGE


def test_nothing_listening_is_unreachable_and_runs_nothing(judge_url: Judge, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    session = judge_url(url, reports=True)

    assert session.failure == f"nothing answers at {url}: connection refused"
    assert session.code is ExitCode.UNREACHABLE
    report = json.loads((tmp_path / "reports" / "report.json").read_text())
    assert {row["verdict"] for row in report["results"]} == {"NOT-RUN"}
    assert all(row["exchanges"] == [] for row in report["results"])


def test_refused_identity_leaves_every_case_not_run(
    judge_url: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "KEY_DEADLINE", 0.3)
    with serving(SmallVendor()) as url:  # a vendor that can't read the kit's keys
        session = judge_url(url, "betcore-casino")
    assert session.record is not None

    assert {row.verdict for row in session.record.results} == {Verdict.NOT_RUN}
    assert session.code is ExitCode.NOTHING_RAN
    assert session.record.smoke_failure is not None
    assert "JWT token validation failed" in session.record.smoke_failure
    assert "it has not fetched the keys at http://127.0.0.1:" in session.record.smoke_failure


def test_refused_identity_of_one_profile_does_not_stop_the_other(
    judge_url: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "KEY_DEADLINE", 0.3)
    with serving(SmallVendor()) as url:
        session = judge_url(url, only=("BS-PAY-001", "BC-CLS-001"))
    assert session.record is not None

    assert {row.case_id: row.verdict for row in session.record.results} == {
        "betstack.paid.payment_opens_a_reserved_ticket": Verdict.PASS,
        "betcore.close.closing_succeeds": Verdict.NOT_RUN,
    }
    assert session.code is ExitCode.NOTHING_RAN
    assert session.record.smoke_failure is None


def test_case_that_the_target_declares_to_lack_is_not_applicable(judge: Judge, tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(SANDBOX.read_text().replace('lacks = ["limits"', 'lacks = ["limits", "quicktip"', 1))
    session = judge(SmallVendor(), "betstack", target=target, only=("BS-RSV-001", "BS-RSV-002"))
    assert session.record is not None

    assert {row.case_id: row.verdict for row in session.record.results} == {
        "betstack.reserve.superbet_is_reserved": Verdict.PASS,
        "betstack.reserve.quicktip_is_reserved": Verdict.NOT_APPLICABLE,
    }


def test_player_with_too_little_money_leaves_the_case_not_run(judge: Judge) -> None:
    vendor = SmallVendor()
    vendor.casino.balance = Decimal("9.99")
    session = judge(vendor, "betcore-casino", only=("BC-PAY-001",))
    assert session.record is not None

    assert [(row.verdict, row.reason) for row in session.record.results] == [
        (Verdict.NOT_RUN, "needs a balance of 10, SomeUserId100 has 9.99")
    ]
    assert vendor.casino.bets.movements == 0


def test_run_of_which_nothing_is_applicable_is_not_green(judge: Judge, tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(SANDBOX.read_text().replace('lacks = ["limits"', 'lacks = ["limits", "quicktip"', 1))

    assert judge(SmallVendor(), "betstack", target=target, only=("BS-RSV-002",)).code is ExitCode.NOTHING_RAN


def test_missing_table_of_the_target_file_leaves_the_case_not_run(judge: Judge, tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text(
        'profiles = ["betstack"]\n[betstack.operator]\nname = "site"\nsecret = "12345ABCDE"\n'
        'token = "UnIqUe-ToKeN"\ncurrency = "KES"\n[betstack.superbet]\nevent = 100001\nbets = [101]\n'
    )
    session = judge(SmallVendor(), "betstack", target=target, only=("BS-PAY-011",))
    assert session.record is not None

    assert [(row.verdict, row.reason) for row in session.record.results] == [
        (Verdict.NOT_RUN, "needs [betstack.second_operator] in the target file")
    ]
    assert session.code is ExitCode.NOTHING_RAN


def test_deviation_turns_a_failure_green_and_an_unexpected_pass_red(judge: Judge, tmp_path: Path) -> None:
    listed = tmp_path / "deviations.yaml"
    listed.write_text(
        "deviations:\n  - case: betstack.paid.second_payment_is_refused\n    reason: known\n"
        "    link: https://example.org/1\n    owner: somebody\n    expires: 2999-12-31\n"
    )
    only = ("betstack.paid.second_payment_is_refused",)
    failing = judge(SmallVendor("paid_twice"), "betstack", deviations=listed, only=only)
    passing = judge(SmallVendor(), "betstack", deviations=listed, only=only)
    assert failing.record is not None
    assert passing.record is not None

    assert [row.verdict for row in failing.record.results] == [Verdict.DEVIATION]
    assert failing.code is ExitCode.AS_EXPECTED
    assert passing.record.deviation_problems == [
        "betstack.paid.second_payment_is_refused: is listed, but its verdict is PASS"
    ]
    assert passing.code is ExitCode.NOT_CONFORMANT


def test_case_that_names_no_requirement_stops_the_run(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(test_paid.test_second_payment_is_refused, "__conformance__")
    vendor = SmallVendor()
    session = judge(vendor, "betstack", only=("BS-PAY-001",))

    assert session.failure == "betstack.paid.second_payment_is_refused names no requirement"
    assert session.code is ExitCode.HARNESS
    assert vendor.betstack.tickets == []


def test_request_that_breaks_the_contract_is_the_kits_fault(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Betstack, "quicktip", lambda self: {"operator": "site", "type": "quicktip"})
    session = judge(SmallVendor(), "betstack", only=("BS-RSV-002",))
    assert session.record is not None
    (result,) = session.record.results

    assert result.verdict is Verdict.HARNESS_ERROR
    assert result.reason.startswith("the kit's own reserveTicket request breaks the contract: ")
    assert session.code is ExitCode.HARNESS


def test_exception_inside_a_case_is_the_kits_fault(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Betstack, "pay", lambda self, identifier: 1 / 0)
    session = judge(SmallVendor(), "betstack", only=("BS-PAY-001",))
    assert session.record is not None
    (result,) = session.record.results

    assert result.verdict is Verdict.HARNESS_ERROR
    assert result.reason.startswith("the kit failed: ZeroDivisionError: division by zero (")
    assert session.code is ExitCode.HARNESS


def test_what_goes_wrong_after_the_verdict_does_not_change_it(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Casino, "tidy", lambda self: 1 / 0)
    session = judge(SmallVendor(), "betcore-casino", only=("BC-CLS-001",))
    assert session.record is not None

    assert [row.verdict for row in session.record.results] == [Verdict.PASS]
    assert session.record.created[0].startswith(
        "betcore.close.closing_succeeds: tidying up failed: ZeroDivisionError"
    )


def test_no_secret_reaches_an_artefact(
    judge: Judge, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret, token = "canary-5ecret-7Q", "canary-t0ken-8R"
    target = tmp_path / "target.toml"
    target.write_text(
        'profiles = ["betstack"]\n[betstack.operator]\nname = "site"\n'
        f'secret = "{secret}"\ntoken = "{token}"\n'
        'currency = "KES"\n[betstack.superbet]\nevent = 100001\nbets = [101]\n'
    )
    vendor = SmallVendor("signature_ignored", "any_player", "echoes_requests")
    session = judge(vendor, "betstack", target=target, generated=3, reports=True)
    assert session.record is not None
    files = list((tmp_path / "reports").iterdir())
    captured = capfd.readouterr()
    shown = "".join(file.read_text() for file in files) + captured.out + captured.err

    assert len(files) == 4
    assert {row.verdict for row in session.record.results} >= {Verdict.FAIL}
    assert "UnIqUe" not in shown
    assert secret not in shown
    assert token not in shown
    assert "operator-name" in shown  # the exchanges themselves are there


def test_run_leaves_nothing_behind_and_minds_no_configuration_of_the_place(tmp_path: Path) -> None:
    place, plugins = tmp_path / "place", tmp_path / "plugins"
    (plugins / "rude-1.0.dist-info").mkdir(parents=True)
    (plugins / "rude-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: rude\nVersion: 1.0\n"
    )
    (plugins / "rude-1.0.dist-info" / "entry_points.txt").write_text("[pytest11]\nrude = rude\n")
    (plugins / "rude.py").write_text("raise SystemExit('a plugin of the environment took part')")
    place.mkdir()
    (place / "schemathesis.toml").write_text("this is no TOML [")
    (place / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (place / "conftest.py").write_text("raise SystemExit('a conftest of the user took part')")
    arguments = [
        "run",
        "betstack",
        "--only",
        "payTicket",
        "--generated",
        "3",
        "--report-dir",
        str(tmp_path / "out"),
    ]
    environment = {
        **os.environ,
        "PYTEST_ADDOPTS": "--no-such-option",
        "PYTEST_PLUGINS": "no_such_plugin",
        "PYTHONPATH": os.pathsep.join([str(SOURCE), str(plugins)]),
    }
    with serving(SmallVendor()) as url:
        ended = subprocess.run(
            [sys.executable, "-m", "conformance", *arguments, "--base-url", url],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert sorted(path.name for path in place.iterdir()) == ["conftest.py", "pytest.ini", "schemathesis.toml"]
