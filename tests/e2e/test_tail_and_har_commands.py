"""`mockserver tail` and `mockserver har`: the journal in a terminal and in a browser."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from demo.sandbox import sandbox
from mockserver.cli import cli
from mockserver.testing import Sandbox, Tenant
from tests.unit.har_schema import HAR

from .betstack_client import pay, read, reserve
from .conftest import Running
from .pam import Pam

LINE = re.compile(
    r"(\d\d:\d\d:\d\d\.\d{3})  (-->|<--)  (\S+) +(\S+(?: \S+)?) +(\d{3}|---) +(\d+\.\d) ms  (\S+)  (\S+)"
)


def printed(running: Running, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--admin-url", running.admin_url], env=environment)


def lines(output: str) -> list[tuple[str, ...]]:
    """Arrow, operation, status and marks of each line that begins an exchange."""
    found = [LINE.fullmatch(line) for line in output.splitlines() if not line.startswith(" ")]
    assert None not in found, output
    return [tuple(one.group(2, 4, 5, 7)) for one in found if one]


@contextmanager
def tailing(admin_url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A tail in a process of its own, which is killed if it has not ended by itself."""
    command = [sys.executable, "-m", "mockserver", "tail", "--admin-url", admin_url, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TZ": "UTC"}
    ) as process:
        watchdog = Timer(60, process.kill)  # so that a line that never comes ends the test
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def next_lines(process: subprocess.Popen[str], count: int) -> list[tuple[str, ...]]:
    assert process.stdout is not None
    return lines("".join(process.stdout.readline() for _ in range(count)))


def test_the_last_exchanges_are_one_line_each(running: Running, operator: Tenant) -> None:
    reserve(running.base_url, operator)
    read(running.base_url, operator, "x")

    shown = printed(running, "tail", "--once", "--tenant", operator.name)

    assert shown.exit_code == 0
    assert lines(shown.output) == [
        ("-->", "reserveTicket", "200", "ok/ok"),
        ("<--", "identify", "200", "ok/ok"),
        ("-->", "sendPamAction", "200", "ok/ok"),
        ("<--", "ticket_reserve", "200", "ok/ok"),
        ("-->", "sendPamAction", "200", "ok/ok"),
        ("-->", "getTicket", "400", "ok/ok"),
    ]
    assert shown.output.endswith(f"\n    operator `{operator.name}` has no ticket with the id or code `x`\n")


@pytest.mark.parametrize(
    ("narrowed", "operations"),
    [
        (["--operation", "payTicket"], ["payTicket"]),
        (["--last", "1"], ["reserveTicket"]),
        (["--violations"], ["reserveTicket"]),
        (["--last", "0"], []),
    ],
)
def test_what_is_shown_can_be_narrowed(
    running: Running, operator: Tenant, narrowed: list[str], operations: list[str]
) -> None:
    pay(running.base_url, operator, "nope")
    reserve(running.base_url, operator, price="dear")

    shown = printed(running, "tail", "--once", "--tenant", operator.name, *narrowed)

    assert [one[1] for one in lines(shown.output)] == operations


def test_violations_stand_below_their_exchange_and_take_the_place_of_the_reason(
    running: Running, operator: Tenant
) -> None:
    reserve(running.base_url, operator, price="dear", bets=["x", 102, 103])

    first, *more = printed(running, "tail", "--once", "--tenant", operator.name).output.splitlines()

    assert lines(first) == [("-->", "reserveTicket", "400", "BAD/ok")]
    assert more == [
        '    request: price: "dear" is not of type "integer"',
        '    request: bets[0]: "x" is not of type "integer"',
    ]


def test_in_full_the_bodies_stand_below_too_without_what_a_terminal_would_obey(
    running: Running, operator: Tenant, pam: Pam
) -> None:
    operator.change(pam_url=pam.url)
    pam.body = b'{"a":"\x1b[31mred"}\nnext'
    operator.drive("ping")

    _, *more = printed(running, "tail", "--once", "--full", "--tenant", operator.name).output.splitlines()

    assert more[-4:] == [
        f"    POST {pam.url}",
        '    > {"action":"ping","data":{}}',
        '    < {"a":"\\x1b[31mred"}',
        "    < next",
    ]


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False)],
)
def test_colours_are_for_terminals_that_want_them(
    running: Running, operator: Tenant, arguments: Sequence[str], environment: dict[str, str], coloured: bool
) -> None:
    read(running.base_url, operator, "x")
    command = ["tail", "--once", "--admin-url", running.admin_url, "--tenant", operator.name, *arguments]

    on_a_terminal = CliRunner().invoke(cli, command, env=environment, color=True)
    in_a_file = CliRunner().invoke(cli, command, env=environment)

    assert ("\x1b[" in on_a_terminal.output) is coloured
    assert "\x1b[" not in in_a_file.output


def test_exchanges_are_followed_through_a_reset_until_ctrl_c(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    read(running.base_url, operator, "x")
    with tailing(running.admin_url, "--tenant", operator.name) as tail:
        assert next_lines(tail, 1) == [("-->", "getTicket", "400", "ok/ok")]
        tail.stdout.readline()  # type: ignore[union-attr]  # the reason
        for _ in range(2):
            operator.reset()
            operator.clock.freeze()
            operator.drive("ping")
            assert next_lines(tail, 1) == [("<--", "ping", "200", "ok/ok")]
        tail.send_signal(signal.SIGINT)
        out, error = tail.communicate(timeout=10)

    assert (tail.returncode, out, error) == (0, "", "")


def test_a_tenant_that_is_dropped_ends_its_tail_with_one_line(running: Running, operator: Tenant) -> None:
    read(running.base_url, operator, "x")
    with tailing(running.admin_url, "--tenant", operator.name) as tail:
        next_lines(tail, 1)
        operator.drop()
        _, error = tail.communicate(timeout=30)

    assert tail.returncode == 1
    assert error.startswith(f"mockserver: no tenant is called `{operator.name}`; ")
    assert error.count("\n") == 1


def test_a_sandbox_that_goes_away_ends_the_tail_with_one_line() -> None:
    with sandbox() as it:
        with Sandbox(it.admin_url) as plane:
            plane.tenant("site").drive("ping")
        tail = tailing(it.admin_url)
        process = tail.__enter__()
        assert {one[1] for one in next_lines(process, 2)} == {"ping", "sendPamAction"}
    _, error = process.communicate(timeout=30)
    tail.__exit__(None, None, None)

    assert process.returncode == 3
    assert error.startswith(f"mockserver: no control plane answers at {it.admin_url}: ")
    assert error.count("\n") == 1


def test_har_is_printed_or_written(running: Running, operator: Tenant, tmp_path: Path) -> None:
    reserve(running.base_url, operator)
    pay(running.base_url, operator, "nope")
    file = tmp_path / "out.har"

    shown = printed(running, "har", "--tenant", operator.name, "--operation", "payTicket")
    written = printed(running, "har", "--tenant", operator.name, "--out", str(file))
    nowhere = printed(running, "har", "--out", str(tmp_path / "none" / "x.har"))

    def entries(text: str) -> list[Any]:
        document = json.loads(text)
        Draft7Validator(HAR).validate(document)
        found: list[Any] = document["log"]["entries"]
        return found

    assert [one["_operation"] for one in entries(shown.output)] == ["payTicket"]
    assert (written.exit_code, written.output) == (0, f"{file}\n")
    assert len(entries(file.read_text("utf-8"))) == 6
    assert (nowhere.exit_code, nowhere.output) == (
        2,
        f"mockserver: --out {tmp_path / 'none' / 'x.har'}: No such file or directory\n",
    )


def test_a_sandbox_with_a_token_wants_it_of_the_commands_too() -> None:
    with sandbox("--admin-token", "correct-horse") as it:
        running = Running(it.base_url, it.admin_url, "")
        without = printed(running, "tail", "--once")
        with_token = printed(running, "tail", "--once", MOCKSERVER_ADMIN_TOKEN="correct-horse")

    assert (without.exit_code, with_token.exit_code) == (1, 0)
    assert without.output == (
        "mockserver: send the server's --admin-token as `Authorization: Bearer TOKEN`\n"
    )


def test_what_a_partner_says_moves_no_cursor_and_turns_no_line(
    running: Running, operator: Tenant, pam: Pam
) -> None:
    operator.change(pam_url=pam.url)
    pam.status = 400
    pam.body = json.dumps({"code": 1, "message": "\x1b[2J \u202e"}).encode()

    refused = printed(running, "trigger", "ping", "--tenant", operator.name)
    pam.body = "\x1b[2J \u202e".encode()
    again = printed(running, "resend", operator.journal(direction="sent")[-1]["id"])
    shown = printed(running, "tail", "--once", "--full", "--tenant", operator.name)

    assert "it says: 1 \\x1b[2J \\u202e  (" in refused.output
    assert "  400  \\x1b[2J \\u202e  (" in again.output
    assert "it says: 1 \\x1b[2J \\u202e\n" in shown.output
    assert "< \\x1b[2J \\u202e\n" in shown.output
    assert not {"\x1b", "\u202e"} & set(refused.output + again.output + shown.output)


@pytest.mark.parametrize("command", [["tail", "--once"], ["har"], ["trigger", "ping"], ["resend", "x-1"]])
@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"items": [{}]}'])
def test_what_is_no_control_plane_is_said_to_be_none(pam: Pam, command: list[str], body: bytes) -> None:
    pam.body = body

    ended = CliRunner().invoke(cli, [*command, "--admin-url", pam.url.removesuffix("/pam")])

    assert (ended.exit_code, ended.stdout, ended.stderr.count("\n")) == (3, "", 1)
    assert "no control plane" in ended.stderr
