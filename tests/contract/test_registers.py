"""Contracts and registers agree, both ways."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from bet_contracts.documents import operations, resolved, walk
from bet_contracts.errors import ContractError
from bet_contracts.facts import ROWS
from bet_contracts.lock import (
    RETIRED,
    breaches,
    brought_up_to_date,
    every_requirement,
    fingerprint,
    lock_file,
    read_lock,
)
from bet_contracts.lock import main as lock
from bet_contracts.registers import EVERY_OPERATION, MUST_STANDINGS, registers
from bet_contracts.surfaces import SURFACES, VENDORS, Surface

from .conftest import OPENAPI, Node, bundle, read

PREFIX = {"betstack": "BS", "betcore": "BC"}
vendors = pytest.mark.parametrize("vendor", VENDORS)


def surfaces_of(vendor: str) -> list[Surface]:
    return [surface for surface in SURFACES.values() if surface.vendor == vendor]


def operations_of(surface: Surface) -> set[str]:
    document = bundle(surface)
    if not surface.is_http:
        return set(document["operations"])
    return {operation["operationId"] for _, _, operation in operations(document)}


def names_of(vendor: str) -> set[str]:
    """Surfaces and operations of a vendor."""
    mine = surfaces_of(vendor)
    return {surface.name for surface in mine}.union(*map(operations_of, mine))


def rows_of(document: Node) -> set[tuple[str | None, str]]:
    """Operation and class of every row; those of the root have no operation."""
    whole = resolved(document, document)
    found: set[tuple[str | None, str]] = {(None, row["class"]) for row in whole.get("x-errors", ())}
    for _, _, operation in operations(whole):
        for response in operation["responses"].values():
            for rows in ROWS:
                found |= {(operation["operationId"], row["class"]) for row in response.get(rows, ())}
    return found


@vendors
def test_every_assumption_is_numbered_decided_and_touches_what_exists(vendor: str) -> None:
    for assumption in registers(vendor).assumptions.values():
        assert re.fullmatch(rf"{PREFIX[vendor]}-ASM-\d{{3}}", assumption.id)
        assert assumption.confidence in {"high", "medium", "low"}
        assert assumption.kind in {"contradiction", "gap"}
        assert assumption.alternatives, assumption.id
        assert assumption.touches, assumption.id
        assert set(assumption.touches) <= names_of(vendor), assumption.id


@vendors
def test_every_assumption_is_referred_to(vendor: str) -> None:
    register = registers(vendor)
    named = {row.assumption for row in register.requirements.values()}
    for file in (OPENAPI / vendor).glob("*.yaml"):
        for _, node in walk(read(file)):
            for mark in (node.get("x-provenance", {}), node.get("x-assumed-keywords", {})):
                named |= {value for value in mark.values() if isinstance(value, str)}

    assert register.assumptions.keys() - named == set()


@vendors
def test_every_requirement_is_about_an_operation_of_its_surface(vendor: str) -> None:
    known = {surface.name: operations_of(surface) for surface in surfaces_of(vendor)}
    for row in registers(vendor).requirements.values():
        assert re.fullmatch(rf"{PREFIX[vendor]}-[A-Z]{{3}}-\d{{3}}", row.id)
        assert row.operation in known[row.surface], row.id
        assert set(row.also) <= known[row.surface] | {EVERY_OPERATION}, row.id
        assert (row.level == "MUST") == (row.standing in MUST_STANDINGS), row.id
        assert row.assumption if row.standing == "assumed" else row.sources, row.id
        assert bool(row.cases) != bool(row.not_tested), row.id


def test_every_operation_has_a_requirement(surface: Surface) -> None:
    mine = [row for row in registers(surface.vendor).requirements.values() if row.surface == surface.name]

    assert {name for name in operations_of(surface) if not any(row.holds_for(name) for row in mine)} == set()


def test_every_row_of_refusals_has_a_requirement(http_surface: Surface) -> None:
    mine = [
        row
        for row in registers(http_surface.vendor).requirements.values()
        if row.surface == http_surface.name
    ]

    def covered(operation: str | None, refusal: str) -> bool:
        return any(refusal in row.rows and (operation is None or row.holds_for(operation)) for row in mine)

    assert {row for row in rows_of(bundle(http_surface)) if not covered(*row)} == set()


def test_every_class_that_a_requirement_stands_for_is_a_row_of_its_operation(http_surface: Surface) -> None:
    rows = rows_of(bundle(http_surface))
    for requirement in registers(http_surface.vendor).requirements.values():
        if requirement.surface == http_surface.name:
            for refusal in requirement.rows:
                assert any(
                    named == refusal and (operation is None or requirement.holds_for(operation))
                    for operation, named in rows
                ), requirement.id


def test_every_id_is_locked_and_means_what_it_meant() -> None:
    assert list(breaches(read_lock(lock_file().read_text("utf-8")), every_requirement())) == []


def test_an_id_that_disappears_or_is_used_again_is_seen() -> None:
    register = every_requirement()
    locked = {name: fingerprint(row) for name, row in register.items()}
    del register["BS-PAY-004"]
    register["BS-PAY-001"] = register["BS-PAY-002"]
    locked |= {"BS-PAY-003": "retired"}
    del locked["BS-PAY-005"]

    assert sorted(breaches(locked, register)) == [
        "BS-PAY-001 says something else; give it a new id, or accept the wording (--reworded BS-PAY-001)",
        "BS-PAY-003 is retired; give the sentence a new id",
        "BS-PAY-004 is gone; put it back, or retire it (--retired BS-PAY-004)",
        "BS-PAY-005 is not locked yet",
    ]


@vendors
def test_every_source_has_a_coverage_and_says_where_it_was_cut(vendor: str) -> None:
    for source in registers(vendor).sources.values():
        assert source.coverage in {"full", "partial", "unseen"}, source.name
        assert (source.cut is not None) == (source.coverage == "partial" and source.code is None), source.name
        assert (source.url or source.coverage == "unseen") if source.code is None else source.url is None


def test_new_ids_are_locked_and_old_ones_keep_their_meaning() -> None:
    register = every_requirement()
    first, second, *_ = register
    locked = {first: "reserveTicket 000000000000", "BS-OLD-001": "payTicket 111111111111"}

    now = brought_up_to_date(locked, register)

    assert now[second] == fingerprint(register[second])
    assert now[first] == "reserveTicket 000000000000"
    assert brought_up_to_date(locked, register, reworded=[first])[first] == fingerprint(register[first])
    assert brought_up_to_date(locked, register, retired=["BS-OLD-001"])["BS-OLD-001"] == RETIRED


@pytest.mark.parametrize(
    ("reworded", "retired", "message"),
    [
        (["BS-OLD-001"], [], "BS-OLD-001 can't be reworded"),
        (["BS-SIG-001"], [], "BS-SIG-001 can't be reworded"),
        ([], ["BS-SIG-002"], "BS-SIG-002 can't be retired"),
        ([], ["BS-NEW-001"], "BS-NEW-001 can't be retired"),
    ],
)
def test_a_retired_id_does_not_come_back_and_a_used_one_is_not_retired(
    reworded: list[str], retired: list[str], message: str
) -> None:
    register = every_requirement()
    locked = {"BS-SIG-001": RETIRED, "BS-SIG-002": "x y", "BS-OLD-001": "x y"}

    with pytest.raises(ContractError, match=message):
        brought_up_to_date(locked, register, reworded, retired)


def test_a_lock_with_an_id_twice_or_without_meaning_is_refused() -> None:
    assert read_lock("# head\nBS-SIG-001 o 1\n") == {"BS-SIG-001": "o 1"}
    for text in ("BS-SIG-001 o 1\nBS-SIG-001 retired\n", "BS-SIG-001\n"):
        with pytest.raises(ContractError, match=r"\d: BS-SIG-001 has no meaning, or two"):
            read_lock(text)


def test_the_lock_says_what_it_can_not_do() -> None:
    refused = CliRunner().invoke(lock, ["--reworded", "BS-NEW-001"])

    assert (refused.exit_code, refused.output) == (
        1,
        "Error: BS-NEW-001 can't be reworded: it is no locked id of a register\n",
    )
