"""Writing the reports: all or nothing, atomically, with one clear line when it can't be done."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conformance import report as reports
from conformance.verdict import Verdict

from .test_report_records import case, every_verdict, hostile, run

NAMES = ["report.json", "junit.xml", "report.html", "report.md"]


def test_the_four_reports_are_written_into_a_new_directory(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b"

    written = reports.write(every_verdict(), directory)

    assert written == [directory / name for name in NAMES]
    assert sorted(os.listdir(directory)) == sorted(NAMES)
    assert json.loads((directory / "report.json").read_text("utf-8"))["run_id"] == "ck-7f3a"
    assert ET.parse(directory / "junit.xml").getroot().tag == "testsuites"
    assert (directory / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert (directory / "report.md").read_text("utf-8").startswith("## ")


def test_hostile_text_can_be_written_as_utf_8(tmp_path: Path) -> None:
    for path in reports.write(hostile(), tmp_path):
        assert "onerror" in path.read_text("utf-8")


def test_the_reports_of_an_earlier_run_are_replaced(tmp_path: Path) -> None:
    reports.write(run(case(Verdict.FAIL)), tmp_path)

    reports.write(run(case(Verdict.PASS)), tmp_path)

    assert sorted(os.listdir(tmp_path)) == sorted(NAMES)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["outcome"] == "as_expected"


def test_others_may_read_the_reports(tmp_path: Path) -> None:
    for path in reports.write(run(), tmp_path):
        assert path.stat().st_mode & 0o777 == 0o644


def test_a_directory_that_is_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    blocked = tmp_path / "reports"
    blocked.write_text("mine")

    with pytest.raises(OSError, match=r"^cannot write the reports to \S+/reports: File exists$"):
        reports.write(run(), blocked)

    assert blocked.read_text() == "mine"


def test_a_directory_below_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match=r"^cannot write the reports to \S+/file/x: Not a directory$"):
        reports.write(run(), tmp_path / "file" / "x")


def test_a_report_that_can_not_be_replaced_leaves_no_half_file_behind(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()

    with pytest.raises(OSError, match="cannot write the reports to"):
        reports.write(run(), tmp_path)

    assert os.listdir(tmp_path) == ["report.json"]


def test_nothing_is_written_when_one_format_can_not_be_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(report: object) -> str:
        raise ValueError("broken")

    monkeypatch.setattr(reports, "FORMATS", (*reports.FORMATS, ("last.txt", broken)))

    with pytest.raises(ValueError, match="broken"):
        reports.write(run(), tmp_path)

    assert os.listdir(tmp_path) == []
