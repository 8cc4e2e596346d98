"""``mockserver contracts`` as a user meets it, and overrides from the file to the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_spec_validator import validate

from bet_contracts.contracts import load
from bet_contracts.documents import operations, resolved
from bet_contracts.surfaces import SURFACES
from demo.sandbox import free_port

from .conftest import Running
from .test_conformance import conformance, results_in
from .test_serve import run, served

ANSWERED = """
[overrides.BS-ASM-014]
code = 104
status = 404
message = "No ticket {identifier}"
"""


def test_the_figures_of_every_surface_are_printed() -> None:
    shown = run("contracts")

    lines = shown.stdout.splitlines()
    assert shown.returncode == 0
    assert lines[0].split() == [
        *("surface", "operations", "error", "rows", "requirements"),
        *("documented", "derived", "confirmed", "observed", "assumed"),
    ]
    assert [line.split()[0] for line in lines[1:]] == [*SURFACES, "together"]
    assert all(int(figure) > 0 for figure in lines[1].split()[1:4])


def test_every_contract_can_be_exported_and_is_complete_in_itself(tmp_path: Path) -> None:
    written = run("contracts", "export", "--out", str(tmp_path / "contracts"))

    files = sorted((tmp_path / "contracts").iterdir())
    assert written.returncode == 0
    assert len(files) == len(written.stdout.splitlines()) == len(SURFACES) + 6
    assert {file.name for file in files} >= {
        f"{vendor}.{register}.yaml"
        for vendor in ("betstack", "betcore")
        for register in ("assumptions", "sources", "requirements")
    }
    for file in (file for file in files if "api" in file.suffixes[-2]):
        text = file.read_text("utf-8")
        assert "components.yaml" not in text
        if file.name.endswith(".openapi.yaml"):
            validate(yaml.safe_load(text))


def test_one_contract_is_printed_as_json_or_yaml() -> None:
    as_yaml = yaml.safe_load(run("contracts", "export", "betcore.casino").stdout)
    as_json = json.loads(run("contracts", "export", "betcore.casino", "--json").stdout)

    assert as_yaml == as_json
    assert as_json["x-surface"] == "betcore.casino"


def test_an_exported_contract_has_the_overrides_in_it(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(ANSWERED)

    plain = json.loads(run("contracts", "export", "betstack.bet_engine", "--json").stdout)
    changed = json.loads(
        run("contracts", "export", "betstack.bet_engine", "--json", "--config", str(file)).stdout
    )

    assert "404" not in plain["paths"]["/tickets/{identifier}"]["get"]["responses"]
    assert "404" in changed["paths"]["/tickets/{identifier}"]["get"]["responses"]
    assert run("contracts").stdout != run("contracts", "--config", str(file)).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "betstack.cards"), "unknown surface betstack.cards; there are betstack.bet_card"),
        (("export", "--json"), "several contracts are no one JSON document"),
        (("export", "--config", "{file}"), "overrides: BS-ASM-999 is no assumption"),
        (("export", "--out", "/proc/nowhere"), "--out /proc/nowhere: No such file or directory"),
        (("questions", "betstack.cards"), "unknown surface betstack.cards; there are betstack.bet_card"),
        (("--config", "{file}"), "overrides: BS-ASM-999 is no assumption"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text('[overrides]\nBS-ASM-999 = "confirmed"\n')

    shown = run("contracts", *(argument.format(file=file) for argument in arguments))

    assert shown.returncode == 2
    assert shown.stderr.startswith(f"mockserver: {told}")
    assert shown.stderr.count("\n") == 1


def test_the_server_answers_as_the_overrides_say(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(ANSWERED)
    signed = run("sign", "--operator", "site").stdout
    headers = dict(line.split(": ") for line in signed.splitlines())

    with served("--config", str(file)) as (_, banner):
        assert "Answers of the vendors in force: BS-ASM-014" in banner
        base_url = next(word for word in banner.split() if word.endswith("/be"))
        answer = httpx.get(f"{base_url}/tickets/E36E20", headers=headers)

    assert (answer.status_code, answer.json()) == (404, {"code": 104, "message": "No ticket E36E20"})


def test_the_server_does_not_start_with_an_override_that_can_not_be(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text("[overrides.BS-ASM-014]\ncode = 'x'\n")

    shown = run("serve", "--port", "0", "--admin-port", "0", "--config", str(file))

    assert shown.returncode == 2
    assert shown.stderr == (
        "mockserver: overrides: BS-ASM-014 unknown_ticket: code is 'x'; it has to be a whole number\n"
    )


@pytest.mark.parametrize(
    ("override", "told"),
    [
        (
            "[overrides.BS-ASM-030.id]\npattern = '^[0-9]+$'",
            "createTicket would answer what the contract no longer allows: id: ",
        ),
        (
            "[overrides.BS-ASM-036.QuicktipRequest]\nrequired = ['operator', 'token', 'price', 'currency', "
            "'source', 'type', 'events']",
            "createTicket fails on a request that the contract now allows: KeyError('odds_diff')",
        ),
    ],
)
def test_the_server_does_not_start_with_overrides_that_it_can_not_live(
    tmp_path: Path, override: str, told: str
) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(f"{override}\n")

    shown = run("serve", "--port", "0", "--admin-port", "0", "--config", str(file))

    assert shown.returncode == 2
    assert shown.stderr.startswith(f"mockserver: the sandbox can't live these overrides: {told}")


def test_questions_that_were_answered_are_open_no_more(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text('[overrides]\nBS-ASM-105 = "confirmed"\n')

    every = run("contracts", "questions").stdout
    of_sms = run("contracts", "questions", "betstack.sms").stdout
    still = run("contracts", "questions", "betstack.sms", "--config", str(file)).stdout

    asked = re.findall(r"^B[SC]-ASM-\d{3}  (low|medium|high)", every, re.MULTILINE)
    assert asked == sorted(asked, key=("low", "medium", "high").index)
    assert every.splitlines()[-1] == f"{len(asked)} of {len(asked)} questions are open"
    assert "BS-ASM-105" in of_sms
    assert "BC-ASM" not in of_sms
    assert "BS-ASM-105" not in still


def judged(base_url: str, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and result of the case that reads an unknown ticket."""
    ended = conformance(
        "run", "betstack", "--base-url", base_url, "--only", "betstack.read.unknown_ticket_is_not_read",
        "--report-dir", str(folder), *arguments,
    )  # fmt: skip
    (result,) = results_in(folder)
    return ended.returncode, result


def test_the_kit_judges_by_the_overrides(tmp_path: Path, running: Running) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(ANSWERED)

    with served("--config", str(file)) as (_, banner):
        base_url = next(word for word in banner.split() if word.endswith("/be")).removesuffix("/be")
        as_answered = judged(base_url, tmp_path, "--overrides", str(file))
        without = judged(base_url, tmp_path)
    otherwise = judged(running.base_url, tmp_path, "--overrides", str(file))

    assert (as_answered[0], as_answered[1]["verdict"]) == (0, "PASS")
    assert (without[1]["verdict"], without[1]["agrees"]) == ("OBSERVED", False)
    assert (otherwise[0], otherwise[1]["verdict"]) == (1, "FAIL")
    assert json.loads((tmp_path / "report.json").read_text())["notes"] == [
        f"judged by the answers of {file}: BS-ASM-014 code 104, status 404, message No ticket {{identifier}}"
    ]
    assert otherwise[1]["expected"] == "HTTP 404 with code 104"
    assert {row["standing"] for row in as_answered[1]["requirements"]} == {"confirmed"}


def test_the_kit_refuses_an_override_that_can_not_be(tmp_path: Path, running: Running) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text('[overrides]\nBS-ASM-999 = "confirmed"\n')

    ended = conformance("run", "betstack", "--base-url", running.base_url, "--overrides", str(file))

    assert ended.returncode == 2
    assert ended.stderr.startswith("conformance: overrides: BS-ASM-999 is no assumption")


SERVED = {
    "betstack.bet_engine": {"createTicket", "listTickets", "reserveTicket", "payTicket", "getTicket"},
    "betstack.bet_card": {"getFinanceDetails", "generateSmartbet", "listJackpotCards", "getJackpotCard"},
    "betcore.casino": {"getUserData", "makePayment", "closeBet"},
}


def every_answer() -> dict[str, dict[str, dict[str, Any]]]:
    """An answer of the vendor to every refusal that is assumed and can be met, and to one wording."""
    found: dict[str, dict[str, dict[str, Any]]] = {
        "BS-ASM-002": {"wrong_state": {"message": "Not reserved"}},
    }
    for number, row in enumerate(rows_of_what_is_served(), 5000):
        if row["x-provenance"]["standing"] == "assumed":
            answer = {"code": number, "message": f"Answered: {row['message']}"}
            found.setdefault(row["x-provenance"]["assumption"], {}).setdefault(row["class"], answer)
    del found["BS-ASM-068"]["unknown_operator"]  # a sample prints 106 for it
    found["BS-ASM-014"]["unknown_ticket"]["status"] = 404
    found["BS-ASM-008"]["access_denied"]["status"] = 401
    found["BC-ASM-014"]["insufficient_funds"]["status"] = 402
    return found


def rows_of_what_is_served() -> Iterator[dict[str, Any]]:
    for surface, names in SERVED.items():
        document = load([surface])[surface]
        for _, _, operation in operations(resolved(document, document)):
            if operation["operationId"] in names:
                for response in operation["responses"].values():
                    yield from response.get("x-errors", ())


@pytest.mark.parametrize("judging", [(), ("--judge-assumptions",)], ids=["stranger", "assumptions"])
def test_server_and_kit_agree_on_every_answer_of_the_vendor(tmp_path: Path, judging: tuple[str, ...]) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(
        "".join(
            f"[overrides.{assumption}.{name}]\n"
            + "".join(f"{field} = {json.dumps(value)}\n" for field, value in fields.items())
            for assumption, rows in every_answer().items()
            for name, fields in rows.items()
        )
    )
    listen = f"127.0.0.1:{free_port()}"

    with served("--config", str(file), "--betcore-url", f"http://{listen}") as (_, banner):
        assert "Ready." in banner
        base_url = next(word for word in banner.split() if word.endswith("/be")).removesuffix("/be")
        ended = conformance(
            "run", "betstack", "betcore-casino", "--base-url", base_url, "--listen", listen,
            "--generated", "3", "--overrides", str(file), "--report-dir", str(tmp_path), *judging,
        )  # fmt: skip

    held = {"PASS", "NOT-APPLICABLE"}
    wrong = [one for one in results_in(tmp_path) if one["verdict"] not in held and one["agrees"] is not True]
    assert wrong == []
    assert ended.returncode == 0, ended.stdout
