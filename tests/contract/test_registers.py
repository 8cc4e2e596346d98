"""The registers of assumptions, requirements and sources are complete and agree with the contracts."""

from __future__ import annotations

import re

import pytest

from .conftest import CONTRACTS, OPENAPI, VENDORS, operations, read

ASSUMPTION_KEYS = {"id", "question", "decision", "alternatives", "reason", "confidence", "touches"}
vendors = pytest.mark.parametrize("vendor", VENDORS)


def names_of(vendor: str) -> set[str]:
    """Surfaces and operations of a vendor."""
    documents = [read(path) for path in CONTRACTS if path.parent.name == vendor]
    return {it["x-surface"] for it in documents} | {
        operation["operationId"] for it in documents for operation in operations(it)
    }


@vendors
def test_every_assumption_is_complete_and_touches_what_exists(vendor: str) -> None:
    entries = read(OPENAPI / vendor / "assumptions.yaml")["assumptions"]

    assert len({entry["id"] for entry in entries}) == len(entries) > 20
    for entry in entries:
        assert entry.keys() == ASSUMPTION_KEYS, entry["id"]
        assert re.fullmatch(rf"{VENDORS[vendor]}-ASM-\d{{3}}", entry["id"])
        assert entry["confidence"] in {"high", "medium", "low"}
        assert entry["alternatives"], entry["id"]
        assert set(entry["touches"]) <= names_of(vendor), entry["id"]


@vendors
def test_every_requirement_says_where_it_comes_from_and_how_it_is_tested(vendor: str) -> None:
    entries = read(OPENAPI / vendor / "requirements.yaml")["requirements"]
    pages = read(OPENAPI / vendor / "sources.yaml")["pages"]
    assumptions = {entry["id"] for entry in read(OPENAPI / vendor / "assumptions.yaml")["assumptions"]}

    assert len({entry["id"] for entry in entries}) == len(entries) > 30
    for entry in entries:
        assert {entry["surface"], entry["operation"]} <= names_of(vendor), entry["id"]
        assert (entry["level"] == "MUST") == (entry["standing"] in {"documented", "derived", "confirmed"})
        if entry["standing"] == "assumed":
            assert entry["assumption"] in assumptions, entry["id"]
        else:
            assert set(entry["source"]) <= pages.keys(), entry["id"]
        assert bool(entry.get("cases")) != bool(entry.get("not_tested")), entry["id"]


@vendors
def test_every_source_is_a_page_with_a_coverage(vendor: str) -> None:
    register = read(OPENAPI / vendor / "sources.yaml")

    assert register["base"].startswith("https://")
    for page in register["pages"].values():
        assert page["path"].startswith("/")
        assert page["coverage"] in {"full", "partial", "unseen"}
        assert ("cut" in page) == (page["coverage"] == "partial")
