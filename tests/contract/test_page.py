"""The page with the figures and the assumptions is up to date."""

from __future__ import annotations

import pytest

from bet_contracts.page import BEGIN, END, every_fact, page, replaced, rows
from bet_contracts.registers import registers
from bet_contracts.surfaces import SURFACES, VENDORS

from .conftest import OPENAPI

PAGE = OPENAPI.parent / "docs" / "contracts.md"


def test_the_page_holds_what_the_contracts_hold() -> None:
    text = PAGE.read_text("utf-8")

    assert replaced(text) == text, "make docs brings it up to date"


def test_every_assumption_is_on_the_page() -> None:
    written = page()

    for vendor in VENDORS:
        for assumption in registers(vendor).assumptions.values():
            assert f"**{assumption.id}** {assumption.question}" in written
            assert assumption.decision in written
    assert (
        "- Override: `[overrides.BS-ASM-014]` at `unknown_ticket` (code, message, status, caller)" in written
    )
    assert '- Override: `BS-ASM-005 = "confirmed"` only' in written


def test_the_table_has_a_line_for_every_surface_and_their_sum() -> None:
    head, *body, together = rows(every_fact())

    assert head == (
        *("surface", "operations", "error rows", "requirements"),
        *("documented", "derived", "confirmed", "observed", "assumed"),
    )
    assert [row[0] for row in body] == list(SURFACES)
    assert [int(figure) for figure in together[1:]] == [
        sum(map(int, column)) for column in list(zip(*body, strict=True))[1:]
    ]


def test_an_answer_of_the_vendor_counts_as_confirmed() -> None:
    def confirmed(overrides: dict[str, str]) -> int:
        return sum(one.by_standing.get("confirmed", 0) for one in every_fact(overrides))

    assert confirmed({}) == 0
    assert confirmed({"BS-ASM-014": "confirmed"}) > 0


def test_a_page_without_its_markers_is_not_touched() -> None:
    with pytest.raises(ValueError, match="lacks its markers"):
        replaced(f"{BEGIN} and no end")
    assert replaced(f"a {BEGIN} x {END} b").startswith(f"a {BEGIN}\n")
