"""The register of incidents is whole, and its page is what the generator makes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bet_contracts.errors import ContractError
from bet_contracts.incident_register import LOST, PARTIES, Incident, incidents, read_incidents
from bet_contracts.incidents import BEGIN, END, page, replaced
from bet_contracts.rehearsal import commands
from conformance.case import catalogue

from .conftest import OPENAPI

PAGE = OPENAPI.parent / "docs" / "incidents.md"

PROFILES = {
    "pam": {"betstack-operator"},
    "casino": {"betcore-casino"},
    "provider": {"betcore-provider"},
    "vendor": {"betstack", "betcore-aggregator", "betcore-sessions", "betcore-feed"},
    "front": set(),  # they call, and answer nobody
    "consumer": set(),
}
"""Where the kit judges a party."""

EVERY = [pytest.param(one, id=one.id) for one in incidents()]


def test_the_page_holds_what_the_register_holds() -> None:
    text = PAGE.read_text("utf-8")

    assert replaced(text) == text, "make docs brings it up to date"


def test_every_incident_has_its_place_on_the_page() -> None:
    written = page()

    assert [one.number for one in incidents()] == list(range(1, 39))
    for one in incidents():
        assert f"| {one.number} | [{one.title}](#{one.id}) |" in written
        assert f'<a id="{one.id}"></a>\n\n### {one.number}. {one.title}\n\n{one.breaks} ' in written


def test_a_page_without_its_markers_is_not_touched() -> None:
    with pytest.raises(ValueError, match="lacks its markers"):
        replaced(f"{BEGIN} and no end")
    assert replaced(f"a {BEGIN} x {END} b").startswith(f"a {BEGIN}\n")


@pytest.mark.parametrize("one", EVERY)
def test_each_party_is_judged_by_its_profile_or_the_register_says_why_not(one: Incident) -> None:
    profiles = {catalogue()[case].profile for case in one.judged_by}

    assert profiles <= set().union(*(PROFILES[party] for party in one.parties))
    unjudged = [party for party in one.parties if not profiles & PROFILES[party]]
    assert not unjudged or "judge" in one.why_not, unjudged
    assert len(set(one.judged_by)) == len(one.judged_by)


@pytest.mark.parametrize("one", EVERY)
def test_each_party_rehearses_it_or_the_register_says_why_not(one: Incident) -> None:
    rehearsed = {scene.against for scene in one.scenes}

    assert rehearsed <= set(one.parties)
    assert set(one.parties) - {"vendor"} == rehearsed  # a vendor's own calls are the kit's affair
    assert set(one.parties) <= set(PARTIES)


@pytest.mark.parametrize("one", EVERY)
def test_a_word_in_capitals_is_taken_from_an_answer_before(one: Incident) -> None:
    for scene in one.scenes:
        taken: set[str] = set()
        for command in commands(scene):
            used = set(re.findall(r"\b(CODE|CALL|EXCHANGE|BET|TOKEN)\b", command.text))
            assert used <= taken, command.text
            if command.step:
                taken |= command.step.take.keys()


def _row(**changes: object) -> dict[str, object]:
    """A whole entry; a change to ``None`` leaves the key out."""
    steps: list[object] = [{"call": "create", "answer": LOST}]
    scene = {"against": "pam", "what": "It comes.", "steps": steps, "right": "It is right."}
    row: dict[str, object] = {
        "id": "one",
        "number": 1,
        "group": "money",
        "title": "One",
        "breaks": "It breaks.",
        "for": ["pam"],
        "rehearse": [scene],
        "judged_by": ["a.case"],
    }
    return {key: value for key, value in (row | changes).items() if value is not None}


def _read(tmp_path: Path, *rows: dict[str, object]) -> tuple[Incident, ...]:
    file = tmp_path / "incidents.yaml"
    file.write_text(yaml.safe_dump({"incidents": list(rows)}))
    return read_incidents(file)


def test_an_entry_that_is_whole_is_read(tmp_path: Path) -> None:
    (one,) = _read(tmp_path, _row())

    (step,) = one.scenes[0].steps
    assert (one.id, one.parties, one.judged_by) == ("one", ("pam",), ("a.case",))
    assert (step.kind, step.what, step.answer) == ("call", "create", "lost")


SCENE = {"against": "pam", "what": "x", "right": "x"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"titel": "x"}, "one: unknown key titel"),
        ({"breaks": None}, "one: lacks breaks"),
        ({"group": "cents"}, "one: group cents is none of retries, order, money, signatures"),
        ({"for": ["bank"]}, "one: party bank is none of pam, front, casino"),
        ({"number": 2}, "one: has the number 2, and stands at place 1"),
        ({"rehearse": None}, "one: is not rehearsed, and does not say why not"),
        ({"judged_by": None}, "one: is judged by no case, and does not say why not"),
        ({"why_not": {"build": "x"}}, "one: why_not is of judge or rehearse"),
        ({"rehearse": [SCENE]}, "one: lacks steps"),
        ({"rehearse": [SCENE | {"steps": [{"wait": 3}]}]}, "one: a step has to be one of call, clear"),
        ({"rehearse": [SCENE | {"steps": [{"drive": "ping", "set": {}}]}]}, "one: a step has to be one of"),
        ({"rehearse": [SCENE | {"steps": [{"call": "buy"}]}]}, "one: call buy is none of create, reserve"),
        ({"rehearse": [SCENE | {"steps": [{"drive": "ping", "nth": 2}]}]}, "one: unknown key nth"),
    ],
)
def test_an_entry_that_lacks_something_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ContractError, match=re.escape(said)):
        _read(tmp_path, _row(**changes))


def test_no_entry_stands_there_twice(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="one: stands there twice"):
        _read(tmp_path, _row(), _row(number=2))


def test_what_can_not_be_rehearsed_or_judged_says_so(tmp_path: Path) -> None:
    reasons = {"rehearse": "Nothing can.", "judge": "No case yet."}

    (one,) = _read(tmp_path, _row(rehearse=None, judged_by=None, why_not=reasons))

    assert (one.scenes, one.judged_by, dict(one.why_not)) == ((), (), reasons)
