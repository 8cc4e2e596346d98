"""`mockserver states`: the lifecycles as they are printed and drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.betstack.states import TRANSITIONS
from mockserver.cli import cli
from mockserver.state_diagrams import LIFECYCLES

PAGE = Path(__file__).parents[2] / "docs" / "lifecycles.md"


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["states", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_drawing_of_betstack_has_every_transition_once() -> None:
    first, *lines = printed("betstack", "--format", "mermaid").splitlines()

    arrows = [line.strip().split(" --> ") for line in lines]
    drawn = {
        (state, event): target.partition(": ")[0]
        for state, target in arrows
        if ": " in target
        for event in target.partition(": ")[2].split(", ")
    }
    assert first == "stateDiagram-v2"
    assert drawn == TRANSITIONS
    assert ["[*]", "new"] in arrows


@pytest.mark.parametrize("party", LIFECYCLES)
def test_the_table_has_a_line_for_each_transition(party: str) -> None:
    rows = [tuple(line.split()) for line in printed(party).splitlines()]

    assert rows == [(*pair, target) for pair, target in LIFECYCLES[party].table.items()]


@pytest.mark.parametrize("form", ["table", "mermaid", "markdown"])
def test_a_vendor_is_all_its_parties(form: str) -> None:
    parties = [party for party in LIFECYCLES if party.startswith("betcore-")]

    assert len(parties) == 5
    assert printed("betcore", "--format", form) == "\n".join(
        printed(party, "--format", form) for party in parties
    )


def test_the_drawing_of_a_session_bet_has_every_transition() -> None:
    assert printed("betcore-sessions", "--format", "mermaid").splitlines() == [
        "stateDiagram-v2",
        "    [*] --> none",
        "    none --> acceptance: payIn",
        "    none --> settled_at_once: payInOut",
        "    none --> refunded: refundBet",
        "    acceptance --> settled: payOut",
        "    acceptance --> refunded: refundBet",
        "    settled --> settled: payOut",
        "    settled_at_once --> refunded: refundBet",
        "    refunded --> refunded: refundBet",
    ]


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text("utf-8") == printed("--format", "markdown")


def test_an_unknown_party_is_one_clear_line() -> None:
    result = CliRunner().invoke(cli, ["states", "betsatck"])

    assert result.exit_code == 2
    assert result.output == (
        "mockserver: PARTY: there is no `betsatck`; there are betstack, betstack-operator, "
        "betcore-cashback, betcore-casino, betcore-sessions, betcore-provider, betcore-feed\n"
    )
