"""How a run against an operator is put together: its addresses, its first look, what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from judging import Judge
from small_operator import Reply, SmallOperator, serving

from conformance.errors import KitError
from conformance.generated import at_its_end
from conformance.options import Options
from conformance.run import prepare
from conformance.target import sandbox_file
from conformance.verdict import ExitCode, Verdict

PROFILE = "betstack-operator"


class Listening(SmallOperator):
    """A small operator that remembers the paths under which it was called, whichever they were."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: set[str] = set()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """As before, at any path."""
        self.paths.add(path)
        return super().answer(method, "/sms" if path.startswith("/sms") else "/pam", headers, body)


@pytest.fixture
def target(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes the sandbox's target file with one text replaced."""

    def write(before: str, after: str) -> Path:
        text = sandbox_file().read_text("utf-8")
        assert before in text
        file = tmp_path / "target.toml"
        file.write_text(text.replace(before, after))
        return file

    return write


@pytest.mark.parametrize("path", ["", "/", "/hooks/betstack/", "/hooks/v3"])
def test_base_url_is_called_as_it_is(judge_url: Judge, path: str) -> None:
    operator = Listening()
    with serving(operator) as url:
        session = judge_url(url.removesuffix("/pam") + path, PROFILE, only=("BS-ACT-001",))
    assert session.record is not None

    assert {row.verdict for row in session.record.results} == {Verdict.PASS}
    assert operator.paths == {path or "/"}


@pytest.mark.parametrize("sms_url", ["/sms", "/sms/v1", "sms"])
def test_relative_sms_url_starts_from_the_platform(
    judge_url: Judge, target: Callable[[str, str], Path], sms_url: str
) -> None:
    operator = Listening()
    file = target('sms_url = "/sms"', f'sms_url = "{sms_url}"')
    with serving(operator) as url:
        judge_url(url, PROFILE, only=("BS-SMS-005",), target=file)

    assert operator.paths == {"/pam", f"/{sms_url.lstrip('/')}"}


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://127.0.0.1:8080/pam", ("http://127.0.0.1:8080", "/pam")),
        ("http://127.0.0.1:8080/a/b/", ("http://127.0.0.1:8080/a/b", "/")),
        ("http://127.0.0.1:8080", ("http://127.0.0.1:8080", "/")),
    ],
)
def test_url_is_cut_before_its_last_segment(url: str, parts: tuple[str, str]) -> None:
    assert at_its_end(url) == parts


def test_made_up_calls_find_nothing_at_a_good_operator(judge_url: Judge) -> None:
    only = ("betstack.generated.sendPamAction", "betstack.generated.sendSmsNotification")
    with serving(SmallOperator()) as url:
        session = judge_url(url, PROFILE, only=only, generated=3, judge_assumptions=True)
    assert session.record is not None

    assert [(row.case_id, row.verdict) for row in session.record.results] == [
        (case, Verdict.PASS) for case in only
    ]


def test_without_sms_url_its_cases_do_not_apply(judge_url: Judge, target: Callable[[str, str], Path]) -> None:
    file = target('sms_url = "/sms"\n', "")
    with serving(SmallOperator()) as url:
        session = judge_url(url, PROFILE, only=("sendSmsNotification",), target=file, generated=3)
    assert session.record is not None

    assert {(row.verdict, row.reason) for row in session.record.results} == {
        (Verdict.NOT_APPLICABLE, "the target declares to lack sms")
    }


def test_wrong_secret_is_found_by_the_first_look(
    judge_url: Judge, target: Callable[[str, str], Path]
) -> None:
    file = target("[betstack-operator]\n", "[betstack-operator]\n")
    text = file.read_text()
    head, _, tail = text.partition("[betstack-operator]")
    file.write_text(head + "[betstack-operator]" + tail.replace("12345ABCDE", "54321KLMNO", 1))
    with serving(SmallOperator()) as url:
        session = judge_url(url, PROFILE, target=file)
    assert session.record is not None

    assert session.code is ExitCode.NOTHING_RAN
    assert {row.verdict for row in session.record.results} == {Verdict.NOT_RUN}
    assert session.record.smoke_failure is not None
    assert "the target refuses the kit's identity: HTTP 403" in session.record.smoke_failure


def refused(**options: Any) -> str:
    """Why a run is not even begun."""
    with pytest.raises(KitError) as stopped:
        prepare(Options(**options), environment={})
    assert stopped.value.code is ExitCode.USAGE
    return str(stopped.value)


def test_platform_is_not_run_together_with_another_profile() -> None:
    assert refused(base_url="http://127.0.0.1:9/pam", profiles=("betstack", PROFILE)) == (
        "betstack-operator takes --base-url as the one URL of its platform: run it alone"
    )


def test_messages_of_a_local_run_do_not_go_to_another_machine(target: Callable[[str, str], Path]) -> None:
    file = target('sms_url = "/sms"', 'sms_url = "https://sms.example.test/in"')

    assert refused(base_url="http://127.0.0.1:9/pam", profiles=(PROFILE,), target=file) == (
        "sms_url https://sms.example.test/in is not on this machine, but --base-url is"
    )


def test_sms_url_that_is_none_is_one_line(target: Callable[[str, str], Path]) -> None:
    file = target('sms_url = "/sms"', 'sms_url = "ftp://127.0.0.1/in"')

    assert refused(base_url="http://127.0.0.1:9/pam", profiles=(PROFILE,), target=file) == (
        "sms_url ftp://127.0.0.1/in is no http(s) URL"
    )
