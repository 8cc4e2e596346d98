"""A mistake in a register is one line that names file, entry and fault."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bet_contracts import registers as module
from bet_contracts.errors import ContractError

ASSUMPTION = {
    "id": "X-ASM-001",
    "kind": "gap",
    "question": "q",
    "decision": "d",
    "alternatives": ["a"],
    "reason": "r",
    "confidence": "low",
    "touches": ["s"],
}
REQUIREMENT = {
    "id": "X-REQ-001",
    "level": "MUST",
    "surface": "s",
    "operation": "o",
    "standing": "documented",
    "source": ["page"],
    "text": "t",
    "not_tested": "why",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    monkeypatch.setattr(module, "contracts_directory", lambda: tmp_path)
    write(vendor, [ASSUMPTION], [REQUIREMENT])
    return vendor


def write(vendor: Path, assumptions: list[object], requirements: list[object]) -> None:
    sources = {"base": "https://x", "pages": {"page": {"path": "/p", "coverage": "full"}}}
    (vendor / "sources.yaml").write_text(yaml.safe_dump(sources))
    (vendor / "assumptions.yaml").write_text(yaml.safe_dump({"assumptions": assumptions}))
    (vendor / "requirements.yaml").write_text(yaml.safe_dump({"requirements": requirements}))


def read() -> module.Registers:
    return module.registers.__wrapped__("vendor")


def test_sound_registers_are_read(folder: Path) -> None:
    assert list(read().requirements) == ["X-REQ-001"]
    assert read().sources["page"].url == "https://x/p"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levle": "MUST"}, "X-REQ-001: unknown key levle"),
        ({"text": None}, "X-REQ-001: lacks text"),
        ({"level": "MAY"}, "X-REQ-001: level MAY does not go with standing documented"),
        ({"source": ["nowhere"]}, "X-REQ-001: source nowhere is not in sources.yaml"),
        ({"assumption": "X-ASM-009"}, "X-REQ-001: assumption X-ASM-009 is not in assumptions.yaml"),
        ({"cases": ["a.b.c"]}, "X-REQ-001: needs either cases or not_tested"),
        ({"not_tested": None}, "X-REQ-001: needs either cases or not_tested"),
    ],
)
def test_a_mistake_in_a_requirement_is_named(folder: Path, change: dict[str, object], message: str) -> None:
    row = {name: value for name, value in (REQUIREMENT | change).items() if value is not None}
    write(folder, [ASSUMPTION], [row])

    with pytest.raises(ContractError, match=rf"requirements\.yaml: {message}"):
        read()


def test_an_assumption_without_a_field_or_with_a_used_id_is_named(folder: Path) -> None:
    write(folder, [{name: value for name, value in ASSUMPTION.items() if name != "reason"}], [])
    with pytest.raises(ContractError, match=r"assumptions\.yaml: X-ASM-001: lacks reason"):
        read()
    write(folder, [ASSUMPTION, ASSUMPTION], [])
    with pytest.raises(ContractError, match=r"assumptions\.yaml: X-ASM-001: stands there twice"):
        read()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("requirements.yaml", "", "needs a list of entries named requirements"),
        ("requirements.yaml", "requirement: []", "needs a list of entries named requirements"),
        ("assumptions.yaml", "[]", "needs a list of entries named assumptions"),
        ("assumptions.yaml", "assumptions: [text]", "needs a list of entries named assumptions"),
        ("sources.yaml", "pages: []", "needs base and pages"),
    ],
)
def test_a_register_of_another_shape_is_named(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text)

    with pytest.raises(ContractError, match=message):
        read()
