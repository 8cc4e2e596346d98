"""The kit against the sandbox over HTTP, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.target import sandbox_file
from demo.sandbox import free_port, sandbox

from .conftest import Running

ROOT = Path(__file__).resolve().parents[2]
# Lets every ticket be paid, whatever its status.
WITHOUT_STATUS_CHECK = """
from types import MappingProxyType
from mockserver.betstack import lifecycle, states
lifecycle.TRANSITIONS = MappingProxyType(
    dict(states.TRANSITIONS) | {(status, states.Step.PAY): states.Status.OPEN for status in states.Status}
)
from mockserver.cli import main
main()
"""


OF_OTHER_PLAYERS = {
    "betcore.players.one_bet_id_of_two_players_is_two_bets",
    "betcore.sign_in.token_past_its_lifetime_is_refused",
}
"""Cases of a casino that need what the sandbox's target file does not name."""

OF_OTHER_ACCOUNTS = {
    "betstack.refusals.number_of_picks_has_its_limits",
    "betstack.refusals.price_has_its_limits",
}
"""Cases that need other limits than the seeded operators have."""


def conformance(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "conformance", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def results_in(folder: Path) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())["results"]
    return results


@pytest.fixture
def broken() -> Iterator[str]:
    with sandbox(command=(sys.executable, "-c", WITHOUT_STATUS_CHECK)) as it:
        yield it.base_url


def test_every_requirement_and_assumption_holds_for_betstack(running: Running, tmp_path: Path) -> None:
    kit = f"http://{running.listen}"
    with sandbox("--pam-url", f"{kit}/pam", "--sms-url", f"{kit}/sms") as it:
        ended = conformance(
            "run", "betstack", "--base-url", it.base_url, "--listen", running.listen,
            "--judge-assumptions", "--report-dir", str(tmp_path),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    results = results_in(tmp_path)
    assert {row["verdict"] for row in results if row["case_id"] not in OF_OTHER_ACCOUNTS} == {"PASS"}


def test_limits_that_the_seeds_do_not_have_hold_where_an_operator_has_them(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    limits = "least_price = 50\ngreatest_price = 5000000\nleast_events = 2\ngreatest_events = 6\n"
    text = sandbox_file().read_text().replace('lacks = ["limits"]', "lacks = []")
    file.write_text(f"{text}[betstack.limits]\n{limits}")
    settings = ("price_min=50", "price_max=5000000", "picks_min=2", "picks_max=6")

    with sandbox(*(word for setting in settings for word in ("--set", setting))) as it:
        ended = conformance(
            "run", "betstack", "--base-url", it.base_url, "--target", str(file), "--judge-assumptions",
            "--report-dir", str(tmp_path), *(word for case in OF_OTHER_ACCOUNTS for word in ("--only", case)),
        )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {row["case_id"]: row["verdict"] for row in results_in(tmp_path)} == dict.fromkeys(
        OF_OTHER_ACCOUNTS, "PASS"
    )


def test_every_requirement_and_assumption_holds_for_the_casino(running: Running, tmp_path: Path) -> None:
    ended = conformance(
        "run", "betcore-casino", "--base-url", running.base_url, "--listen", running.listen,
        "--judge-assumptions", "--report-dir", str(tmp_path),
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    others = {row["case_id"]: row["verdict"] for row in results_in(tmp_path) if row["verdict"] != "PASS"}
    assert others == dict.fromkeys(OF_OTHER_PLAYERS, "NOT-APPLICABLE")
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.json",
        "report.html",
        "report.md",
        "junit.xml",
    }


def test_a_sandbox_that_calls_no_platform_is_judged_on_the_rest(running: Running, tmp_path: Path) -> None:
    ended = conformance(
        "run", "betstack", "--base-url", running.base_url, "--generated", "0", "--judge-assumptions",
        "--report-dir", str(tmp_path),
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    not_applicable = {row["case_id"] for row in results_in(tmp_path) if row["verdict"] == "NOT-APPLICABLE"}
    of_an_operator = ("betstack.platform.", "betstack.texts.")
    assert {case for case in not_applicable if not case.startswith(of_an_operator)} == OF_OTHER_ACCOUNTS
    assert {row["verdict"] for row in results_in(tmp_path)} == {"PASS", "NOT-APPLICABLE"}


def test_pytest_at_the_root_runs_the_cases_and_nothing_else(running: Running, tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--base-url", running.base_url,
            "--conformance-profile", "betstack", "--generated", "0", "--report-dir", str(tmp_path), "-q",
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr
    results = results_in(tmp_path)
    assert {result["profile"] for result in results} == {"betstack"}
    assert len(results) > 30
    assert "test_settings" not in ended.stdout


def test_a_server_without_the_status_check_of_paid_fails_the_cases_of_117(
    broken: str, tmp_path: Path
) -> None:
    ended = conformance(
        "run", "betstack", "--base-url", broken, "--report-dir", str(tmp_path), "--generated", "0"
    )

    assert ended.returncode == 1
    failed = {
        requirement["id"]
        for result in results_in(tmp_path)
        if result["verdict"] in {"FAIL", "HAZARD"}
        for requirement in result["requirements"]
    }
    assert {"BS-PAY-005", "BS-PAY-007"} <= failed
    assert "BS-PAY-001" not in failed
    assert "BS-PAY-005" in ended.stdout


def test_pytest_says_what_is_wrong_and_with_which_sentence(broken: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--base-url", broken, "--conformance-profile", "betstack",
            "--only", "BS-PAY-005", "--generated", "0", "--report-dir", str(tmp_path), "-q",
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert "What is wrong" in ended.stdout
    assert "expected HTTP 400 with code 117, got HTTP 200" in ended.stdout
    assert "https://developer.betstack.io/bet-engine-api/paid-ticket-endpoint" in ended.stdout


def test_a_sandbox_gives_the_generated_layer_nothing_to_find(running: Running, tmp_path: Path) -> None:
    ended = conformance(
        "run",
        "betstack",
        "--base-url",
        running.base_url,
        "--only",
        "getTicket",
        "--report-dir",
        str(tmp_path),
    )

    generated = [result for result in results_in(tmp_path) if result["layer"] == "generated"]
    assert [(result["operation"], result["verdict"]) for result in generated] == [("getTicket", "PASS")]
    assert "0 unlike what is assumed" in ended.stdout


def test_a_base_url_of_something_else_is_one_clear_line(tmp_path: Path) -> None:
    with socket_of_a_web_page() as url:
        ended = conformance("run", "betstack", "--base-url", url, "--report-dir", str(tmp_path))

    assert ended.returncode == 4
    assert "is the path in --base-url right?" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


# Reading an unknown ticket is answered with an empty 404, which no page forbids.
HIDES_UNKNOWN_TICKETS = """
from mockserver.edge import operation
answer = operation.CompiledOperation._refused
def hide(self, rejection, recording):
    refused = answer(self, rejection, recording)
    if self._id == "getTicket" and rejection.refusal == "unknown_ticket":
        return operation.Answer(404, b"", [])
    return refused
operation.CompiledOperation._refused = hide
from mockserver.cli import main
main()
"""


def test_an_undocumented_answer_to_an_unknown_ticket_stops_nothing(tmp_path: Path) -> None:
    with sandbox(command=(sys.executable, "-c", HIDES_UNKNOWN_TICKETS)) as it:
        ended = conformance(
            "run", "betstack", "--base-url", it.base_url, "--generated", "0", "--report-dir", str(tmp_path)
        )

    assert ended.returncode == 0, ended.stdout
    verdicts = {result["verdict"] for result in results_in(tmp_path)}
    assert verdicts == {"PASS", "OBSERVED", "NOT-APPLICABLE"}


def test_a_selector_that_matches_nothing_is_told_the_nearest(running: Running) -> None:
    ended = conformance("run", "betstack", "--base-url", running.base_url, "--only", "second_payment_is")

    assert ended.returncode == 2
    assert "did you mean betstack.paid.second_payment_is_refused?" in ended.stderr


@contextmanager
def socket_of_a_web_page() -> Iterator[str]:
    """A web server that has nothing to do with either vendor."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>It works!</html>")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_port_where_nothing_listens_is_one_clear_line() -> None:
    port = free_port()

    ended = conformance("run", "betstack", "--base-url", f"http://127.0.0.1:{port}")

    assert ended.returncode == 3
    assert f"http://127.0.0.1:{port}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "Traceback" not in ended.stdout
