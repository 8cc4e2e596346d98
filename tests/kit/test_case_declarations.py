"""What a case must declare."""

from __future__ import annotations

import pytest

from conformance.case import SAFETIES, catalogue, control, describe, requirement
from conformance.errors import ControlFailed, KitError, Mismatch
from conformance.profiles import BUILT
from conformance.target import CAPABILITIES
from conformance.verdict import ExitCode

MODULE = "conformance.cases.betstack.test_paid"


def test_id_comes_from_where_the_case_lives() -> None:
    @requirement("BS-PAY-005", safety="creates")
    def test_something_holds() -> None:
        """Something holds.

        And this is not published.
        """

    case = describe(MODULE, "test_something_holds", test_something_holds)

    assert (case.id, case.title) == ("betstack.paid.something_holds", "Something holds.")
    assert (case.profile, case.surface, case.operation) == ("betstack", "betstack.bet_engine", "payTicket")
    assert case.binding


def test_case_without_a_requirement_is_refused() -> None:
    def test_nothing() -> None:
        """Nothing."""

    with pytest.raises(KitError, match=r"betstack\.paid\.nothing names no requirement") as stopped:
        describe(MODULE, "test_nothing", test_nothing)
    assert stopped.value.code is ExitCode.HARNESS


def test_case_that_declares_no_requirement_is_refused() -> None:
    @requirement(safety="read")
    def test_nothing() -> None:
        """Nothing."""

    with pytest.raises(KitError, match="names no requirement"):
        describe(MODULE, "test_nothing", test_nothing)


def test_case_with_an_unknown_requirement_is_refused() -> None:
    @requirement("BS-PAY-999", safety="read")
    def test_nothing() -> None:
        """Nothing."""

    with pytest.raises(KitError, match="names BS-PAY-999, which is in no register"):
        describe(MODULE, "test_nothing", test_nothing)


def test_case_without_a_docstring_is_refused() -> None:
    @requirement("BS-PAY-005", safety="read")
    def test_nothing() -> None:
        pass

    with pytest.raises(KitError, match="has no docstring"):
        describe(MODULE, "test_nothing", test_nothing)


def test_case_of_a_surface_without_a_profile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    @requirement("BC-KEY-001", safety="read")
    def test_nothing() -> None:
        """Nothing."""

    monkeypatch.setattr("conformance.case.of_surface", lambda surface: None)
    with pytest.raises(KitError, match=r"no profile covers betcore\.aggregator"):
        describe(MODULE, "test_nothing", test_nothing)


def test_unknown_safety_class_is_refused() -> None:
    with pytest.raises(ValueError, match="harmless is none of read, creates"):
        requirement("BS-PAY-005", safety="harmless")


def test_mismatch_inside_a_control_says_that_it_was_the_control() -> None:
    with (
        pytest.raises(ControlFailed, match=r"positive control \(signed\): nope") as failed,
        control("signed"),
    ):
        raise Mismatch("nope", expected="1", actual="2")
    assert (failed.value.expected, failed.value.actual) == ("1", "2")


def test_every_packaged_case_declares_what_exists() -> None:
    for case in catalogue().values():
        assert case.safety in SAFETIES
        assert set(case.needs) <= set(CAPABILITIES[case.profile])
        assert case.title.endswith(".")


def test_catalogue_has_no_case_twice_and_every_profile() -> None:
    assert {case.split(".")[0] for case in catalogue()} == {
        profile.cases.replace("_", "-") for profile in BUILT.values()
    }
    assert all(name == case.id for name, case in catalogue().items())
