"""Each case is failed by the fault that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from betstack_faults import FAULTS, LIMITS, VARIATIONS, WITHOUT_PLATFORM
from betstack_faults import MONEY as BETSTACK_MONEY
from casino_faults import CASINO, MONEY
from judging import Judge, by_fault
from small_vendor import SmallVendor

from conformance.case import catalogue
from conformance.target import sandbox_file
from conformance.verdict import ExitCode, Verdict


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


@pytest.mark.parametrize(("fault", "cases"), by_fault(*FAULTS))
def test_fault_of_a_bet_engine_fails_the_cases_named_for_it(
    judge: Judge, impatient: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betstack.{case}" for case in cases)
    alone = {"listen": None} if fault in WITHOUT_PLATFORM else {}

    assert _verdicts(judge, fault, ids, judge_assumptions=True, target=impatient, **alone) == dict.fromkeys(
        ids, Verdict.FAIL
    )


@pytest.mark.parametrize(("fault", "cases"), by_fault(*BETSTACK_MONEY))
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


@pytest.fixture
def demanding(tmp_path: Path) -> Path:
    """The sandbox's target file, with all that a case may need, and little time for accepts."""
    text = sandbox_file().read_text()
    text = text.replace("[deadlines]", "[deadlines]\naccept_seconds = 1.6")
    more = 'second_user_id = "SomeUserId400"\nexpired_refresh_token = "a87ff679a2f3e71d9181a67b7542122c"'
    file = tmp_path / "target.toml"
    file.write_text(text.replace("[betcore-casino]", f"[betcore-casino]\n{more}"))
    return file


def test_casino_that_does_nothing_wrong_passes_every_case(judge: Judge, demanding: Path) -> None:
    demanding.write_text(demanding.read_text().replace("accept_seconds = 1.6", ""))
    session = judge(SmallVendor(), "betcore-casino", judge_assumptions=True, target=demanding)
    assert session.record is not None

    assert {
        row.case_id: row.reason for row in session.record.results if row.verdict is not Verdict.PASS
    } == {}
    assert session.code is ExitCode.AS_EXPECTED


@pytest.mark.parametrize(("fault", "cases"), by_fault(*CASINO))
def test_fault_of_a_casino_fails_the_cases_named_for_it(
    judge: Judge, demanding: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betcore.{case}" for case in cases)

    assert _verdicts(judge, fault, ids, judge_assumptions=True, target=demanding) == dict.fromkeys(
        ids, Verdict.FAIL
    )


@pytest.mark.parametrize(("fault", "cases"), by_fault(*MONEY))
def test_money_at_risk_is_a_hazard_even_where_the_documentation_is_silent(
    judge: Judge, demanding: Path, fault: str, cases: tuple[str, ...]
) -> None:
    ids = tuple(f"betcore.{case}" for case in cases)

    assert _verdicts(judge, fault, ids, target=demanding) == dict.fromkeys(ids, Verdict.HAZARD)


def test_booking_whose_answer_is_lost_is_no_hazard_since_nobody_knows_of_it(judge: Judge) -> None:
    session = judge(
        SmallVendor("drops_after_booking"), "betcore-casino", only=("betcore.make.bet_takes_its_amount",)
    )
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
