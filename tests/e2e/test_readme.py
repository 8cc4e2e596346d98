"""What the README says is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bet_contracts.contracts import load as load_contracts
from bet_contracts.documents import contracts_directory, read_yaml
from bet_contracts.lock import every_requirement
from bet_contracts.override_file import read_overrides
from bet_contracts.surfaces import SURFACES
from conformance.cli import main as conformance
from demo.sandbox import free_port, sandbox
from mockserver import fault_pages
from mockserver.betcore import seeds as betcore_seeds
from mockserver.betcore.accepts import BetcoreCaller
from mockserver.betcore.callbacks import CasinoCaller
from mockserver.betcore.sessions import seeds as session_seeds
from mockserver.betstack import seeds as betstack_seeds
from mockserver.betstack.callbacks import SCHEDULES
from mockserver.cli import cli as mockserver
from mockserver.kernel.faults.spec import spec_in
from mockserver.kernel.money import decimal_text
from mockserver.testing import Sandbox

from .betstack_client import pay, reserve
from .conftest import Running
from .curl import Curl
from .pam import Pam
from .pytest_run import run_pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)


def test_the_first_ticket_works_as_printed(running: Running, tmp_path: Path) -> None:
    write, *calls = [block for block in blocks(README, "bash") if "curl -si -H @-" in block]
    document, reserve = re.fullmatch(
        r"cat > reserve.json <<'JSON'\n(.*?)JSON\n(.*)", write, re.DOTALL
    ).groups()  # type: ignore[union-attr]  # the block has this shape
    (tmp_path / "reserve.json").write_text(document)
    commands = [reserve.replace("|\n", "| ").strip(), *calls[0].strip().splitlines()]

    def run(command: str, code: str) -> httpx.Response:
        there = command.replace("http://127.0.0.1:8080", running.base_url).replace("/CODE", f"/{code}")
        sign, curl = (shlex.split(part) for part in there.split("|"))
        headers = subprocess.run(
            [sys.executable, "-m", *sign], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        return Curl.parse(curl, headers, tmp_path).run()

    reserved = run(commands[0], "")
    code = reserved.json()["code"]
    paid, read = (run(command, code) for command in commands[1:])

    assert (reserved.json()["status"], paid.status_code, read.json()["status"]) == ("reserved", 200, "open")
    again = run(commands[1], code)
    assert (again.status_code, again.json()["code"]) == (400, 117)


def test_the_control_planes_page_works_as_printed(tmp_path: Path, pam: Pam) -> None:
    page = (ROOT / "docs" / "control-plane.md").read_text(encoding="utf-8")
    lines = [line for block in blocks(page, "bash") for line in block.splitlines()]
    commands = [line for line in lines if not line.startswith("mockserver ")]
    example, in_a_thread = blocks(page, "python")

    with sandbox() as it:

        def here(text: str) -> str:
            return text.replace("http://127.0.0.1:8081", it.admin_url).replace(
                "http://127.0.0.1:9000/pam", pam.url
            )

        for command in commands:
            answer = Curl.parse(shlex.split(here(command)), "", tmp_path).run()
            assert answer.is_success, f"{command}: {answer.text}"
        printed: list[str] = []
        exec(here(example), {"print": lambda *words: printed.append(" ".join(map(str, words)))})

    assert len(commands) == 26
    assert printed[0].endswith(" sent")
    assert printed[-1].endswith(" 200 None")
    assert len(pam.received) == 2
    exec(in_a_thread, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ open 15(\.0)?", printed[-1])


def test_the_table_of_fixtures_has_them_all() -> None:
    page = (ROOT / "docs" / "control-plane.md").read_text(encoding="utf-8")
    table = page.partition("| fixture | is |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    from mockserver.testing import fixtures

    assert named == {
        name for name, one in vars(fixtures).items() if type(one).__name__ == "FixtureFunctionDefinition"
    }


@pytest.mark.parametrize("page", ["README.md", "docs/control-plane.md"])
def test_the_commands_that_make_calls_work_as_printed(
    page: str, tmp_path: Path, pam: Pam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [
        line for block in blocks((ROOT / page).read_text("utf-8"), "bash") for line in block.splitlines()
    ]
    printed = [line for line in lines if re.match("mockserver (trigger|resend|send) ", line)]
    place = f"127.0.0.1:{free_port()}"
    pam.body = b"{}"
    ran = set()

    with sandbox("--betcore-url", f"http://{place}") as it, Sandbox(it.admin_url) as plane:
        monkeypatch.setenv("MOCKSERVER_ADMIN_URL", it.admin_url)
        for line in printed:
            here = line.replace("http://127.0.0.1:9000/pam", pam.url)
            here = here.replace("http://127.0.0.1:9000", it.base_url)
            if " CODE" in here:
                ticket = reserve(it.base_url, plane.tenant("site", "12345ABCDE")).json()
                here = here.replace(" CODE", f" {ticket['code']}")
            _, command, *arguments = shlex.split(here, comments=True)
            more = {"trigger": ["--base-url", it.base_url]}.get(command, [])
            if "/" in arguments[0] and command == "send":
                # One key for all of them: a casino reads keys at most once a second.
                more = ["--serve-jwks", place, *([] if "--key" in arguments else ["--key", "key.pem"])]
            result = CliRunner().invoke(mockserver, [command, *arguments, *more])
            assert result.exit_code == 0, f"{line}: {result.output}"
            ran.add(command)

    assert ran == {"trigger", "resend", "send"}
    assert len(printed) == {"README.md": 3, "docs/control-plane.md": 11}[page]


def test_the_python_of_the_readme_works_as_printed(pam: Pam) -> None:
    (example,) = [block for block in blocks(README, "python") if "Sandbox(" in block]
    printed: list[tuple[object, ...]] = []

    with sandbox() as it:
        here = example.replace("http://127.0.0.1:8081", it.admin_url)
        there = here.replace("http://127.0.0.1:9000/pam", pam.url)
        exec(there, {"print": lambda *words: printed.append(words)})

    ((outbox, journal), _) = printed
    assert [call["state"] for call in outbox] == ["sent"]  # type: ignore[attr-defined]  # a list of calls
    assert [exchange["action"] for exchange in journal] == ["ping"]  # type: ignore[attr-defined]  # as above


def test_the_test_of_a_platform_passes_as_printed_and_fails_without_its_credit(tmp_path: Path) -> None:
    (example,) = [block for block in blocks(README, "python") if "pytest_plugins" in block]
    credit = '+= won["net_payout"]'

    passed, failed = (
        run_pytest(tmp_path / name, {"test_platform.py": text})
        for name, text in (("passes", example), ("fails", example.replace(credit, "+= 0")))
    )

    assert credit in example
    assert len([line for line in example.splitlines() if line.strip()]) < 25
    assert (passed.returncode, passed.stdout.splitlines()[-1].split(" in ")[0]) == (0, "1 passed")
    assert (failed.returncode, failed.stdout.count("sent ticket_win: POST")) == (1, 2)


def test_the_same_steps_go_without_python_as_printed(tmp_path: Path, pam: Pam) -> None:
    (script,) = blocks(README, "sh")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, command in (
        ("curl", str(Path(__file__).with_name("curl.py"))),
        ("mockserver", "-m mockserver"),
    ):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n')
        (programs / name).chmod(0o755)
    pam.body = b'{"player_id": "p1", "lang": "en", "balance": 10000, "currency": "KES", "feature_flags": {}}'

    with sandbox() as it:
        here = script.replace("http://127.0.0.1:8081", it.admin_url)
        there = here.replace("http://127.0.0.1:8080", it.base_url).replace(
            "http://127.0.0.1:9000/pam", pam.url
        )
        ended = subprocess.run(
            ["sh", "-c", there],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert pam.actions() == ["identify", "ticket_create", "ticket_win", "ticket_closed"]
    assert "ticket_closed" in ended.stdout


def test_the_table_of_drives_is_what_the_vendors_live() -> None:
    page = (ROOT / "docs" / "control-plane.md").read_text(encoding="utf-8")
    table = page.partition("| drive | of |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    listed = {name for cell in cells for name in re.findall(r"`(\w+)`", cell.partition(" with ")[0])}

    with sandbox() as it, Sandbox(it.admin_url) as plane:
        tenants = ("site", "PartnerClient-1556", "933a215f-a9e6-4f88-9d91-52a87cd50499")
        drives = [one for name in tenants for one in plane.tenant(name).drives()]

    assert listed == {one["drive"] for one in drives}


def test_the_life_of_a_ticket_goes_as_printed(tmp_path: Path) -> None:
    (block,) = [block for block in blocks(README, "bash") if "drives/settle " in block]

    with sandbox() as it, Sandbox(it.admin_url) as plane:
        site = plane.tenant("site", "12345ABCDE")
        superbet = {"type": "superbet", "event": 100001, "bets": [101, 102, 103]}
        ticket = reserve(it.base_url, site, **superbet).json()
        pay(it.base_url, site, ticket["code"])
        seen: list[tuple[str, str]] = []
        told: list[str] = []
        for command in block.splitlines():
            here = command.replace("http://127.0.0.1:8081", it.admin_url).replace("CODE", ticket["code"])
            answer = Curl.parse(shlex.split(here), "", tmp_path).run()
            assert answer.is_success, answer.text
            seen += [(now["status"], now["result"]) for now in site.tickets()]
            told = [one["action"] for one in site.outbox()] or told

    assert seen == [("resulted", "won"), ("open", "pending"), ("resulted", "won"), ("closed", "won")]
    assert [action for action in told if action != "ticket_status"] == [
        "ticket_reserve",
        "ticket_win",
        "ticket_rollback",
        "ticket_win",
        "ticket_closed",
    ]


def test_the_life_of_a_bet_goes_as_printed(tmp_path: Path) -> None:
    (block,) = [block for block in blocks(README, "bash") if "drives/bet " in block]

    with sandbox() as it:
        for command in block.splitlines():
            here = command.replace("http://127.0.0.1:8081", it.admin_url)
            answer = Curl.parse(shlex.split(here), "", tmp_path).run()
            assert answer.is_success, answer.text

    booked = [(row["BetId"], row["TransactionType"], row["state"]) for row in answer.json()["items"]]
    assert booked == [("900001", -1, "booked"), ("900001", 1, "booked")]


def test_the_table_of_deadlines_and_repeats_is_what_the_schedules_hold() -> None:
    page = (ROOT / "docs" / "control-plane.md").read_text(encoding="utf-8")
    table = page.partition("| call | awaited for |")[2].partition("\n\n")[0]
    told = {}
    for row in table.splitlines()[2:]:
        names, awaited, _, repeated = (cell.strip() for cell in row.strip("|").split("|"))
        for name in re.findall(r"`([\w/]+)`", names) or ["every other action"]:
            told[name] = (float(awaited.removesuffix(" s")), "30 minutes, 48 times" in repeated)

    for name, schedule in SCHEDULES.items():
        half_hours = schedule.repeats == (timedelta(minutes=30),) * 48
        assert schedule.repeats == () or half_hours
        expected = told.get(name, told["every other action"])
        assert (schedule.deadlines.total, half_hours) == expected, name
    for name, schedule in {**CasinoCaller.schedules, **BetcoreCaller.schedules}.items():
        assert (schedule.deadlines.total, False) == told[name], name


def test_every_path_of_the_control_plane_that_is_named_is_in_its_contract() -> None:
    contract = read_yaml(contracts_directory() / "admin.yaml")
    paths = {re.sub(r"{\w+}", "{}", path) for path in contract["paths"]}
    page = (ROOT / "docs" / "control-plane.md").read_text(encoding="utf-8")

    for named in re.findall(r"`(?:GET|POST|PUT|DELETE) (/[^`?]*)`", page):
        assert re.sub(r"[A-Z]{2,}", "{}", named) in paths, named


def test_the_printed_reason_is_one_that_the_server_gives() -> None:
    (printed,) = re.findall(r"^x-sandbox-reason: access_denied: signature: (.*)$", README, re.MULTILINE)

    from mockserver.betstack.signature import MISTAKES

    assert printed in {sentence for _, sentence in MISTAKES}


def test_the_table_of_tenants_is_what_the_seeds_hold() -> None:
    for operator in betstack_seeds.operators():
        (row,) = [line for line in README.splitlines() if line.startswith(f"| operator `{operator.name}`")]
        assert f"`{operator.secret}`" in row
        for player in operator.players or betstack_seeds.STANDARD_PLAYERS:
            assert all(f"`{token}`" in row for token in player.tokens)
            assert player.currency in row
        for feature in operator.settings.get("features_off", ()):
            assert "without the feature" in row
            assert f"`{feature}`" in row
    for client in betcore_seeds.clients():
        (row,) = [
            line for line in README.splitlines() if line.startswith(f"| partner client `{client.name}`")
        ]
        for user in client.players or betcore_seeds.STANDARD_PLAYERS:
            assert f"`{user.id}` ({user.currency} {decimal_text(user.balance)})" in row
    for provider in session_seeds.providers():
        (row,) = [line for line in README.splitlines() if line.startswith(f"| provider `{provider.name}`")]
        assert f"`{provider.secret}`" in row
        assert all(f"`{session.id}`" in row for session in session_seeds.STANDARD_SESSIONS)
        for user in session_seeds.STANDARD_PLAYERS:
            assert f"`{user.id}` ({user.currency} {decimal_text(user.balance)})" in row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_that_are_named_exist(page: Path) -> None:
    help_of = {
        "mockserver": mockserver,
        "conformance": conformance,
    }
    named = re.findall(r"\b(mockserver|conformance) ([a-z]+)\b([^`\n|]*)", "\n".join(_code(page)))
    for program, command, rest in named:
        words = [command, *re.findall(r"^ (export)\b", rest)]
        shown = CliRunner().invoke(help_of[program], [*words, "--help"])
        assert shown.exit_code == 0, f"{program} {' '.join(words)}"
        for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
            assert option in shown.output, f"{program} {command} {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_that_are_named_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", page.read_text(), re.MULTILINE):
        assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE), target


def _code(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [
        *blocks(text, "bash"),
        *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)),
    ]


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    assert "make test    #" in README
    assert (ROOT / ".ci" / "run").read_text().strip().endswith("exec make test")


def test_the_overrides_that_are_printed_can_be_put_in(tmp_path: Path) -> None:
    (printed,) = blocks(README, "toml")
    file = tmp_path / "sandbox.toml"
    file.write_text(printed)

    overrides = read_overrides(file)
    load_contracts(SURFACES, overrides)

    assert len(overrides) == 4


def test_the_table_of_contracts_is_that_of_the_surfaces() -> None:
    for surface in SURFACES.values():
        (row,) = [line for line in README.splitlines() if line.startswith(f"| `{surface.name}` | [")]
        assert f"(openapi/{surface.file})" in row
        assert row.endswith(f"| {surface.served_by} | {surface.called_by} |")


def test_the_figures_of_requirements_are_true() -> None:
    every = every_requirement().values()

    tested = sum(bool(row.cases) for row in every)
    assert f"- {tested} of the {len(every)} requirements have a case so far" in README


def test_the_target_file_that_is_printed_can_be_read(tmp_path: Path) -> None:
    from conformance.target import load

    printed, hooks = blocks((ROOT / "docs" / "conformance.md").read_text(encoding="utf-8"), "toml")
    file = tmp_path / "staging.toml"
    file.write_text(printed + hooks)

    names = re.findall(r'_env = "(\w+)"', printed)
    target = load(file, dict.fromkeys(names, "x"))

    assert (target.label, target.profiles) == ("staging", ("betstack", "betcore-casino"))


def test_the_table_of_what_a_target_can_lack_is_what_the_kit_knows() -> None:
    from conformance.target import CAPABILITIES

    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    table = page.partition("| profile | `lacks` |")[2].partition("\n\n")[0]
    rows = [re.findall(r"`([\w-]+)`", line) for line in table.splitlines()[2:]]

    assert {name: set(listed) for name, *listed in rows} == {
        name: set(known) for name, known in CAPABILITIES.items()
    }


def test_the_deviations_file_that_is_printed_can_be_read(tmp_path: Path) -> None:
    from conformance.case import catalogue
    from conformance.deviations import load

    (printed,) = blocks((ROOT / "docs" / "conformance.md").read_text(encoding="utf-8"), "yaml")
    file = tmp_path / "known.yaml"
    file.write_text(printed)

    (entry,) = load(file)

    assert entry.case in catalogue()


def test_the_case_that_is_printed_is_one_of_the_cases() -> None:
    (printed,) = blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), "python")

    module = ROOT / "src" / "conformance" / "cases" / "betstack" / "test_paid.py"
    assert printed in module.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_faults_and_magic_values_are_those_of_the_catalogue(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert text == fault_pages.with_tables(text)


def test_there_is_a_page_for_each_of_these_tables() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]

    assert sum(fault_pages.markdown() in text for text in texts) == 1
    assert sum(fault_pages.magic_markdown() in text for text in texts) == 1


def test_the_faults_of_the_readme_are_armed_listed_and_cleared(running: Running, plane: Sandbox) -> None:
    (block,) = [block for block in blocks(README, "bash") if "/faults" in block]
    *calls, serve = block.strip().splitlines()
    site = plane.tenant("site")

    commands = [Curl.parse(shlex.split(line), "", ROOT) for line in calls]
    statuses = []
    for one in commands:
        one.url = one.url.replace("http://127.0.0.1:8081", running.admin_url)
        statuses.append(one.run().status_code)
        if one.method is None:
            assert [(one["fault"], one["operation"]) for one in site.faults()] == [
                ("drop", "payTicket"),
                ("duplicate", "ticket_win"),
            ]

    assert statuses == [201, 201, 200, 204]
    assert site.faults() == []
    *_, flag = shlex.split(serve)
    assert spec_in(flag).spec.operation == "createTicket"
