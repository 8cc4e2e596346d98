"""Files become documents that are complete in themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bet_contracts.contracts import load
from bet_contracts.documents import bundled, read_yaml
from bet_contracts.errors import ContractError

SHARED = """
x-errors: [{class: lost, code: 1}]
components:
  responses:
    Lost: {content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  schemas:
    Error:
      type: object
      properties: {inner: {$ref: '#/components/schemas/Error'}, at: {$ref: '#/components/schemas/Time'}}
    Time: {type: string}
    Unused: {type: string}
"""


def folder(tmp_path: Path, contract: str, shared: str = SHARED) -> Path:
    (tmp_path / "components.yaml").write_text(shared)
    file = tmp_path / "contract.yaml"
    file.write_text(contract)
    return file


def test_what_is_referred_to_comes_inside_with_what_it_refers_to(tmp_path: Path) -> None:
    file = folder(
        tmp_path,
        """
x-errors: {$ref: 'components.yaml#/x-errors'}
paths: {/a: {get: {responses: {404: {$ref: 'components.yaml#/components/responses/Lost'}}}}}
components: {schemas: {Own: {$ref: 'components.yaml#/components/schemas/Time'}}}
""",
    )

    assert bundled(file) == {
        "x-errors": [{"class": "lost", "code": 1}],
        "paths": {"/a": {"get": {"responses": {"404": {"$ref": "#/components/responses/Lost"}}}}},
        "components": {
            "schemas": {
                "Own": {"$ref": "#/components/schemas/Time"},
                "Time": {"type": "string"},
                "Error": {
                    "type": "object",
                    "properties": {
                        "inner": {"$ref": "#/components/schemas/Error"},
                        "at": {"$ref": "#/components/schemas/Time"},
                    },
                },
            },
            "responses": {
                "Lost": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
            },
        },
    }


def test_a_reader_may_change_its_document(tmp_path: Path) -> None:
    file = folder(tmp_path, "a: {b: 1}")
    bundled(file)["a"]["b"] = 2

    assert bundled(file) == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        (
            "x: {$ref: 'components.yaml#/components/schemas/Nope'}",
            "components.yaml has no components/schemas/Nope",
        ),
        ("x: {$ref: '../betcore/casino.yaml#/paths'}", "leaves the vendor's folder"),
        (
            "x: {$ref: 'components.yaml#/components/schemas/Time'}\ncomponents: {schemas: {Time: {}}}",
            "schemas/Time is defined here and in components.yaml",
        ),
        ("[]", "is no contract"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error(tmp_path: Path, contract: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        bundled(folder(tmp_path, contract))


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

    with pytest.raises(ContractError, match=message) as stopped:
        read_yaml(file)
    assert "\n" not in str(stopped.value)


def test_dates_stay_text(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("at: 2024-01-28\n")

    assert read_yaml(file) == {"at": "2024-01-28"}


def test_an_unknown_surface_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        ContractError, match=r"unknown surface betstack\.cards; there are betstack\.bet_card, "
    ):
        load(["betstack.cards"])
