"""What the terminal shows, with and without colour, at 80 columns."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from conformance.report import terminal
from conformance.verdict import Layer, RunReport, Verdict

from .test_report_records import MUST, PAID_PAGE, case, every_verdict, hostile, run


def shown(report: RunReport, *, width: int = 80, colour: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    system = "truecolor" if colour else "auto"
    terminal.show(report, Console(file=stream, width=width, force_terminal=colour, color_system=system))
    return raw.getvalue().decode(encoding)


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_case_but_the_observed_has_a_row_with_verdict_requirement_and_reason() -> None:
    text = shown(
        run(case(Verdict.PASS, "betstack.read.a_ticket"), case(Verdict.NOT_RUN, "betstack.paid.twice"))
    )

    rows = [line.split() for line in text.splitlines()]
    assert ["betstack.read"] in rows
    assert ["✓", "PASS", "BS-PAY-005", "a_ticket"] in rows
    assert ["○", "NOT-RUN", "BS-PAY-005", "twice"] in rows
    assert ["why", "it", "is", "NOT-RUN"] in rows


def test_a_reason_is_told_once_for_neighbours_that_share_it() -> None:
    text = shown(
        run(
            case(Verdict.NOT_RUN, "a.b.one", reason="no token"),
            case(Verdict.NOT_RUN, "a.b.two", reason="no token"),
            case(Verdict.NOT_APPLICABLE, "a.b.three", reason="no token"),
            case(Verdict.NOT_APPLICABLE, "a.b.four", reason="no cards"),
        )
    )

    assert text.count("no token") == 2
    assert text.count("no cards") == 1


def test_a_failure_says_what_is_wrong_which_sentence_and_what_to_do() -> None:
    text = shown(run(case(Verdict.FAIL, expected="400, code 117", actual="200")))

    details = words(text[text.index("What is wrong: 1 case") :])
    assert "✗ FAIL A ticket that is already open can't be paid." in details
    assert "why why it is FAIL" in details
    assert f"rule BS-PAY-005 MUST, documented: {MUST.text}" in details
    assert f"source {PAID_PAGE}" in details
    assert "expected 400, code 117" in details
    assert "actual 200" in details
    assert "last call POST http://127.0.0.1:8080/be/tickets/65a1/paid -> 200 (12 ms, the repeat)" in details


def test_the_command_to_repeat_is_one_line_that_can_be_copied() -> None:
    command = f"conformance run betstack --base-url http://127.0.0.1:8080 --only {'x' * 90}"

    text = shown(run(case(Verdict.FAIL, reproduce=command)))

    assert f"again     {command}\n" in text


def test_no_other_line_is_wider_than_the_terminal() -> None:
    lines = shown(every_verdict()).splitlines()

    wide = [line for line in lines if len(line) > 80]
    assert wide
    assert all(line.startswith("  again ") for line in wide)


def test_the_headline_comes_last_after_the_counts() -> None:
    text = shown(run(case(Verdict.HAZARD), case(Verdict.PASS), case(Verdict.PASS, layer=Layer.GENERATED)))

    end = words(text[text.rindex("Cases ─") :])
    assert "betstack 1 HAZARD 1 PASS betstack (generated) 1 PASS" in end
    assert end.endswith(
        "Money at risk: money was created, lost or moved twice in 1 case; 0 of 1 requirement tested holds."
    )


def test_hazards_are_detailed_before_failures() -> None:
    text = shown(run(case(Verdict.FAIL), case(Verdict.HAZARD)))

    details = text[text.index("What is wrong: 2 cases") :]
    assert details.index("HAZARD") < details.index("FAIL")


def test_observations_that_agree_are_only_counted() -> None:
    text = shown(
        run(
            case(Verdict.OBSERVED, title="it agrees"),
            case(Verdict.OBSERVED, title="it differs", agrees=False, reason="422"),
            case(
                Verdict.OBSERVED,
                title="a generated one",
                agrees=False,
                layer=Layer.GENERATED,
                requirements=[],
            ),
        )
    )

    assert "Observed: 3 cases, 2 unlike what is assumed" in text
    assert "BS-RSV-008 it differs 422" in words(text)
    assert "generated a generated one" in words(text)
    assert "it agrees" not in text


def test_many_failures_are_detailed_up_to_a_dozen() -> None:
    text = shown(run(*(case(Verdict.FAIL, f"a.b.case_{number}") for number in range(14))))

    assert text.count("  again ") == 12
    assert "2 more are in the reports." in text


def test_a_smoke_failure_is_told_first_and_a_run_without_cases_has_no_table() -> None:
    text = shown(run(smoke_failure="403 on a signed call"))

    assert words(text).startswith("Smoke check failed")
    assert "403 on a signed call" in text
    assert "verdict" not in text
    assert text.endswith("Nothing was tested: 403 on a signed call.\n")


def test_deviation_problems_and_what_is_left_behind_are_told() -> None:
    text = shown(
        run(case(Verdict.PASS), deviation_problems=["x: expired"], created=["ticket 65a1"], notes=["slow"])
    )

    for part in (
        "Problems of the deviations file",
        "x: expired",
        "Left at the target",
        "ticket 65a1",
        "slow",
    ):
        assert part in text


def test_long_lists_are_shortened() -> None:
    created = [f"ticket {number}" for number in range(30)]

    text = shown(run(case(Verdict.PASS), created=created))

    assert "ticket 7\n22 more are in the reports.\n" in text
    assert "ticket 8" not in text
    assert "more are in" not in shown(run(case(Verdict.PASS), created=created[:8]))


def test_what_is_wrong_comes_after_what_can_wait() -> None:
    text = shown(run(case(Verdict.FAIL), case(Verdict.OBSERVED), created=["ticket 65a1"], notes=["slow"]))

    titles = ["Observed: ", "Left at the target", "Notes", "What is wrong", "Not conformant"]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_colour_is_for_terminals_only() -> None:
    assert "\x1b[" not in shown(every_verdict())
    assert "\x1b[" in shown(every_verdict(), colour=True)


def test_colour_changes_no_word() -> None:
    coloured = shown(every_verdict(), colour=True)

    assert words(re.sub(r"\x1b\[[\d;]*m", "", coloured)) == words(shown(every_verdict()))


def test_an_output_that_knows_ascii_alone_gets_ascii() -> None:
    text = shown(run(case(Verdict.FAIL, reason="naïve ✓")), encoding="ascii")

    assert "FAIL" in text
    assert "na\\xefve \\u2713" in text


@pytest.mark.parametrize("colour", [False, True])
def test_text_of_a_target_neither_steers_the_terminal_nor_is_markup(colour: bool) -> None:
    text = shown(hostile(), colour=colour)

    without_colours = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not set(without_colours) & set("\x00\x1b\ud800\u202e\uffff")
    assert "\\x1b[2J" in without_colours
    markup = shown(run(case(Verdict.FAIL, reason="[bold]x[/bold] :smile: [/]")))
    assert "[bold]x[/bold] :smile: [/]" in markup
