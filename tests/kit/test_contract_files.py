"""Finding and reading contracts and registers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from conformance import contract, requirements
from conformance.case import catalogue
from conformance.contract import Operation, contracts_directory, load, read_yaml
from conformance.errors import KitError
from conformance.verdict import ExitCode


def test_contract_is_found_and_fingerprinted() -> None:
    loaded = load("betstack.bet_engine")
    file = contracts_directory() / loaded.file

    assert loaded.file == "betstack/bet-engine.yaml"
    assert loaded.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert loaded.prefix == "/be"


def test_prefix_of_a_casino_is_empty() -> None:
    assert load("betcore.casino").prefix == ""


def test_operations_are_listed_in_the_order_of_the_document() -> None:
    assert list(load("betstack.bet_engine").operations()) == [
        Operation("reserveTicket", "POST", "/tickets/reserve"),
        Operation("payTicket", "POST", "/tickets/{identifier}/paid"),
        Operation("getTicket", "GET", "/tickets/{identifier}"),
    ]


def test_unknown_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load("betcore.casino").operation("payTicket")


def test_installed_data_package_is_used_where_there_is_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bet_contracts").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert contracts_directory() == Path(__file__).parents[2] / "openapi"
    monkeypatch.setattr(contract, "__file__", str(tmp_path / "conformance" / "contract.py"))

    assert contracts_directory() == tmp_path / "bet_contracts"


def test_contract_of_another_surface_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "betcore").mkdir()
    (tmp_path / "betcore" / "casino.yaml").write_text("x-surface: betcore.provider\n")
    monkeypatch.setattr(contract, "contracts_directory", lambda: tmp_path)

    with pytest.raises(KitError, match=r"casino\.yaml is not the contract of betcore\.casino"):
        load.__wrapped__("betcore.casino")


def test_missing_contracts_are_the_kits_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "__file__", str(tmp_path / "contract.py"))
    monkeypatch.setattr(contract, "find_spec", lambda name: None)

    with pytest.raises(KitError, match="the contracts are missing") as stopped:
        contracts_directory()
    assert stopped.value.code is ExitCode.HARNESS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [1\nb: 2\n", r"x\.yaml:2: "),
        (b"\xff\xfe\x00", r"x\.yaml is no YAML"),
        (b"a: !!python/object:os.x", ":1: "),
    ],
)
def test_broken_yaml_is_one_line_with_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)

    with pytest.raises(KitError, match=message) as stopped:
        read_yaml(file)
    assert "\n" not in str(stopped.value)


def test_registers_name_their_pages_by_url() -> None:
    register = requirements.load()

    assert register["BS-PAY-005"].sources == (
        "https://developer.betstack.io/bet-engine-api/paid-ticket-endpoint",
    )
    assert register["BC-PAY-007"].sources == ("BC-ASM-015",)
    assert (register["BS-PAY-005"].binding, register["BC-PAY-007"].binding) == (True, False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levle": "MUST"}, "X-1: unknown key levle"),
        ({"text": None}, "X-1: lacks text"),
        ({"level": "MAY"}, "X-1: level MAY does not go with standing documented"),
        ({"source": ["nowhere"]}, "X-1: source nowhere is not in sources.yaml"),
        ({"not_tested": "because"}, "X-1: has both cases and not_tested"),
    ],
)
def test_mistake_in_a_register_is_named(change: dict[str, object], message: str) -> None:
    row: dict[str, object] = {
        "id": "X-1",
        "level": "MUST",
        "surface": "s",
        "operation": "o",
        "standing": "documented",
        "source": ["page"],
        "text": "t",
        "cases": [],
    }
    row.update(change)
    row = {name: value for name, value in row.items() if value is not None}

    with pytest.raises(KitError, match=message):
        requirements._requirement(row, {"page": "https://example.org"}, {}, Path("register.yaml"))


def test_every_requirement_lists_exactly_the_cases_that_name_it() -> None:
    naming: dict[str, set[str]] = {}
    for case in catalogue().values():
        for requirement in case.requirements:
            naming.setdefault(requirement.id, set()).add(case.id)

    assert {row.id: set(row.cases) for row in requirements.load().values() if row.cases} == naming


def test_every_requirement_without_a_case_says_why() -> None:
    silent = [row.id for row in requirements.load().values() if not row.cases and not row.not_tested]

    assert silent == []
