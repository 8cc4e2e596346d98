"""The deviations file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conformance.deviations import Deviation, apply, load
from conformance.errors import KitError
from conformance.verdict import CaseResult, Layer, Verdict

ENTRY = Deviation("a.b.c", "known since May", "https://example.org/1", "team", date(2026, 12, 31))
RESULT = CaseResult(
    case_id="a.b.c",
    title="t",
    profile="betstack",
    surface="s",
    operation="o",
    layer=Layer.NAMED,
    safety="read",
    requirements=(),
    verdict=Verdict.FAIL,
    reason="expected 400",
)
ROWS = {
    "case": "a.b.c",
    "reason": "known since May",
    "link": "https://example.org/1",
    "owner": "team",
    "expires": "2026-12-31",
}


def yaml_file(tmp_path: Path, **changes: object) -> Path:
    """A file with one entry; a key changed to ``None`` is left out."""
    rows = {name: value for name, value in {**ROWS, **changes}.items() if value is not None}
    file = tmp_path / "deviations.yaml"
    file.write_text(
        "deviations:\n"
        + "".join(
            f"  {'- ' if index == 0 else '  '}{name}: {value}\n"
            for index, (name, value) in enumerate(rows.items())
        )
    )
    return file


def test_entries_are_read_from_yaml_and_from_toml(tmp_path: Path) -> None:
    toml = tmp_path / "deviations.toml"
    toml.write_text("[[deviations]]\n" + "".join(f'{name} = "{value}"\n' for name, value in ROWS.items()))

    assert load(yaml_file(tmp_path)) == [ENTRY]
    assert load(toml) == [ENTRY]


@pytest.mark.parametrize("key", ["case", "reason", "link", "owner", "expires"])
def test_every_key_is_required(tmp_path: Path, key: str) -> None:
    with pytest.raises(KitError, match=f"entry 1 lacks {key}$"):
        load(yaml_file(tmp_path, **{key: None}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expires": "soon"}, "entry 1: expires must be a day, as 2026-12-31"),
        ({"owner": 5}, "entry 1: owner must be a string"),
        ({"expire": "2026-12-31"}, "entry 1: unknown key expire"),
    ],
)
def test_mistake_in_an_entry_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(KitError, match=message):
        load(yaml_file(tmp_path, **change))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.yaml", "- a", "must hold one list named deviations"),
        ("d.yaml", "deviations: []\nmore: 1", "must hold one list named deviations"),
        ("d.yaml", "deviations: [3]", "entry 1 is no table"),
        ("d.yaml", "deviations: [", r"d\.yaml:"),
        ("d.toml", "deviations = [", "is no TOML"),
    ],
)
def test_file_of_another_form_is_refused(tmp_path: Path, name: str, content: str, message: str) -> None:
    file = tmp_path / name
    file.write_text(content)

    with pytest.raises(KitError, match=message) as stopped:
        load(file)
    assert "\n" not in str(stopped.value)


def test_missing_file_and_double_entry_are_refused(tmp_path: Path) -> None:
    file = yaml_file(tmp_path)
    file.write_text(file.read_text() + file.read_text().partition("\n")[2])

    with pytest.raises(KitError, match=r"a\.b\.c has two entries"):
        load(file)
    with pytest.raises(KitError, match=r"gone\.toml can't be read"):
        load(tmp_path / "gone.toml")


def judged(
    verdict: Verdict, *, today: date = date(2026, 12, 31), known: tuple[str, ...] = ("a.b.c",)
) -> tuple[list[Verdict], list[str]]:
    """The verdict of the case with its entry applied, and the problems."""
    results, problems = apply([ENTRY], [replace(RESULT, verdict=verdict)], known=known, today=today)
    return [row.verdict for row in results], problems


def test_listed_failure_becomes_a_deviation_with_its_reason() -> None:
    (result,), problems = apply([ENTRY], [RESULT], known=("a.b.c",), today=date(2026, 12, 31))

    assert (result.verdict, problems) == (Verdict.DEVIATION, [])
    assert result.reason == "known since May (https://example.org/1, team, until 2026-12-31): expected 400"


def test_failure_without_an_entry_stays_a_failure() -> None:
    other = replace(RESULT, case_id="x.y.z")

    assert apply([ENTRY], [other], known=("a.b.c", "x.y.z"), today=date(2026, 1, 1)) == ([other], [])


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.OBSERVED])
def test_listed_case_that_does_not_fail_is_a_problem(verdict: Verdict) -> None:
    assert judged(verdict) == ([verdict], [f"a.b.c: is listed, but its verdict is {verdict}"])


def test_money_at_risk_is_no_deviation_and_says_so() -> None:
    problem = "a.b.c: its verdict is HAZARD, which no deviation excuses"

    assert judged(Verdict.HAZARD) == ([Verdict.HAZARD], [problem])


@pytest.mark.parametrize("verdict", [Verdict.NOT_RUN, Verdict.HARNESS_ERROR, Verdict.NOT_APPLICABLE])
def test_entry_excuses_nothing_but_a_failure(verdict: Verdict) -> None:
    assert judged(verdict) == ([verdict], [])


def test_expired_entry_is_a_problem_and_excuses_nothing() -> None:
    expected = ([Verdict.FAIL], ["a.b.c: expired on 2026-12-31 (team)"])

    assert judged(Verdict.FAIL, today=date(2027, 1, 1)) == expected


def test_entry_that_names_no_case_is_a_problem_and_one_left_out_of_the_run_is_none() -> None:
    assert apply([ENTRY], [], known=("x.y.z",), today=date(2026, 1, 1)) == ([], ["a.b.c: names no case"])
    assert apply([ENTRY], [], known=("a.b.c",), today=date(2026, 1, 1)) == ([], [])
