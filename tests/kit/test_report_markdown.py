"""report.md: a page for a CI summary in which a target's text stays text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conformance.report import markdown
from conformance.verdict import Layer, Verdict

from .test_report_records import MUST, PAID_PAGE, PAY, case, every_verdict, hostile, ref, run


def test_the_page_begins_with_the_headline() -> None:
    text = markdown.render(run(case(Verdict.PASS)))

    assert text.startswith("## Conformant: 1 of 1 requirement tested holds.\n")


def test_the_counts_are_a_table_by_profile_and_layer() -> None:
    report = run(
        case(Verdict.PASS),
        case(Verdict.FAIL),
        case(Verdict.PASS, profile="betcore-casino"),
        case(Verdict.PASS, layer=Layer.GENERATED),
    )

    table = [line for line in markdown.render(report).splitlines() if line.startswith("|")]
    assert table == [
        "| profile | layer | ✗ FAIL | ✓ PASS |",
        "| --- | --- | ---: | ---: |",
        "| betstack | named | 1 | 1 |",
        "| betcore-casino | named |  | 1 |",
        "| betstack | generated |  | 1 |",
    ]


def test_a_failure_has_its_sentence_source_exchange_and_command() -> None:
    text = markdown.render(run(case(Verdict.FAIL, expected="400, code 117", actual="200")))

    assert "<summary><b>✗ FAIL</b> A ticket that is already open can't be paid. <code>" in text
    assert f"> {MUST.id} (MUST, documented): {MUST.text} [source]({PAID_PAGE})" in text
    assert "Expected:\n\n```\n400, code 117\n```" in text
    assert "Actual:\n\n```\n200\n```" in text
    assert "-&gt; 200 (12 ms, the repeat)</code></summary>" in text
    assert '  "odds": 10.0' in text
    assert "Reproduce:\n\n```\nconformance run betstack --base-url" in text
    assert text.count("<details") == text.count("</details>") == 2


def test_a_run_in_which_all_passes_lists_no_case() -> None:
    text = markdown.render(run(case(Verdict.PASS)))

    assert "What is wrong" not in text
    assert "second_is_refused" not in text


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        (Verdict.NOT_RUN, "Not judged"),
        (Verdict.HARNESS_ERROR, "Not judged"),
        (Verdict.DEVIATION, "Known deviations"),
    ],
)
def test_what_needs_attention_is_listed_with_its_reason(verdict: Verdict, title: str) -> None:
    text = markdown.render(run(case(verdict)))

    assert f"### {title}\n\n- **{verdict}** <code>betstack.paid.second\\_is\\_refused</code>" in text
    assert f"(BS-PAY-005): why it is {verdict}" in text


def test_only_observations_that_differ_are_listed() -> None:
    text = markdown.render(
        run(case(Verdict.OBSERVED, "a.b.agrees"), case(Verdict.OBSERVED, "a.b.differs", agrees=False))
    )

    assert "a.b.differs" in text
    assert "a.b.agrees" not in text


def test_deviation_problems_and_what_is_left_behind_are_listed() -> None:
    text = markdown.render(
        run(case(Verdict.PASS), deviation_problems=["x: expired"], created=["ticket 65a1"])
    )

    assert "### Problems of the deviations file\n\n- x: expired" in text
    assert "<summary>Left at the target: 1 thing</summary>\n\n- ticket 65a1\n\n</details>" in text


def test_text_of_a_target_is_neither_markup_nor_a_mention() -> None:
    text = markdown.render(hostile())

    outside_code = re.sub(r"^(`{3,})\n.*?\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "onerror" in outside_code
    assert set(re.findall(r"</?([a-z]+)", outside_code)) <= {"details", "summary", "b", "code"}
    # No Markdown is read in the line of a summary, which is an HTML block.
    running = [line for line in outside_code.splitlines() if not line.startswith("<summary>")]
    marks = re.compile(r"(?<!\\)(?:\]\(|[|*_`])")
    unescaped = [line for line in running if marks.search(line.replace("**", "").replace(" | ", ""))]
    assert [line for line in unescaped if "onerror" in line] == []
    assert "@all" not in outside_code
    assert not set(text) & set("\x00\x1b\ud800\u202e\uffff")


def test_a_code_block_can_not_be_closed_from_inside() -> None:
    text = markdown.render(run(case(Verdict.FAIL, actual="a\n````\n<b>b</b>")))

    assert "`````\na\n````\n<b>b</b>\n`````" in text


@pytest.mark.parametrize("start", ["# a", "- a", "> a", "1. a", "+ a"])
def test_a_reason_can_not_open_a_block(start: str) -> None:
    text = markdown.render(run(case(Verdict.FAIL, reason=start)))

    assert f"\n{start}" not in text
    assert f"\n{start.replace('>', '&gt;')}" not in text


def test_a_very_bad_run_still_fits_a_job_summary() -> None:
    exchange = replace(PAY, response_body="日" * 50_000, request_headers=[("x", "日" * 50_000)])
    refs = [replace(ref(f"BS-X-{number}"), text="日" * 5_000) for number in range(5)]
    report = run(
        *(
            case(
                Verdict.FAIL,
                f"a.b.{number}",
                exchanges=[exchange] * 20,
                requirements=refs,
                expected="日" * 9_000,
                actual="日" * 9_000,
                reason="日" * 9_000,
            )
            for number in range(200)
        )
    )

    text = markdown.render(report)

    assert len(text.encode()) < 1024 * 1024
    assert "a.b.4</code></summary>" in text
    assert "More, with their evidence in report.html" in text
    assert "<code>a.b.199</code>" in text


def test_of_many_failures_the_first_twenty_are_detailed() -> None:
    text = markdown.render(run(*(case(Verdict.FAIL, f"a.b.{number}") for number in range(22))))

    assert text.count("<details open>") == 20
    assert "### More, with their evidence in report.html\n\n- **FAIL** <code>a.b.20</code>" in text


def test_every_verdict_of_both_layers_can_be_rendered() -> None:
    assert "(generated cases)" in markdown.render(every_verdict())
