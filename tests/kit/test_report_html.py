"""report.html: complete, escaped, self-contained, and readable by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from conformance.report import html
from conformance.verdict import Layer, RunReport, Verdict

from .test_report_records import HOSTILE, PAID_PAGE, PAY, case, every_verdict, hostile, ref, run

VOID = {"meta", "rect", "br"}
SAFE_LINK = re.compile(r"#[a-z]+(-\d+)?|https?://\S+")


class Page(HTMLParser):
    """The elements of a page with their attributes and text; fails on what does not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, *tags: str) -> str:
        return " ".join(" ".join(data.split()) for tag, data in self.texts if not tags or tag in tags)


@pytest.fixture(scope="module")
def everything() -> str:
    return html.render(every_verdict())


def test_the_page_begins_with_how_the_run_ended() -> None:
    page = Page(html.render(run(case(Verdict.FAIL))))

    assert "Not conformant" in page.text("h1")
    assert "0 of 1 requirement tested holds." in page.text("p")
    assert page.text("title") == "Not conformant – conformance of staging"


def test_hazards_come_before_failures_and_both_before_everything_else() -> None:
    source = html.render(
        run(
            case(Verdict.PASS, title="it passes"),
            case(Verdict.OBSERVED, title="it is observed"),
            case(Verdict.FAIL, title="it fails"),
            case(Verdict.HAZARD, title="it is a hazard"),
        )
    )

    places = [source.index(f"{title}</h3>") for title in ("it is a hazard", "it fails")]
    places += [source.index(title) for title in ("Requirements by operation", "it is observed", "it passes")]
    assert places == sorted(places)


def test_a_failure_shows_its_sentence_source_evidence_and_command() -> None:
    result = case(Verdict.FAIL, expected="400, code 117", actual="200, status open")

    page = Page(html.render(run(result)))

    assert {"href": PAID_PAGE, "rel": "noreferrer"} in page.all("a")
    text = page.text()
    for part in (
        "why it is FAIL",
        "A ticket that is already open is refused with 400 and code 117.",
        "BS-PAY-005",
        "MUST",
        "400, code 117",
        "200, status open",
        "POST /be/tickets/65a1/paid",
        "12 ms · the repeat",
        "signature: [masked]",
        '"odds": 10.0',
        f"conformance run betstack --base-url http://127.0.0.1:8080 --only {result.case_id}",
    ):
        assert part in text


def test_observations_have_their_own_section_that_differing_ones_lead() -> None:
    source = html.render(
        run(
            case(Verdict.OBSERVED, title="it agrees"),
            case(Verdict.OBSERVED, title="it differs", agrees=False),
        )
    )

    observed = source[source.index('<section id="observed">') :]
    assert observed.index("it differs") < observed.index("it agrees")
    assert "BS-ASM-011" in observed
    assert "not scored" in observed


def test_generated_cases_stand_apart_and_their_failures_are_told_at_the_top() -> None:
    generated = case(
        Verdict.FAIL, "a.generated.x", title="generated x", layer=Layer.GENERATED, requirements=[]
    )

    source = html.render(run(case(Verdict.PASS), generated))

    assert source.index('<section id="wrong">') < source.index("generated x</h3>")
    assert source.index('<section id="generated">') < source.index('<a href="#case-2">generated x</a>')
    assert source.count('id="case-2"') == 1


def test_every_requirement_is_a_chip_that_leads_to_its_case() -> None:
    page = Page(html.render(run(case(Verdict.PASS), case(Verdict.FAIL, requirements=[ref("BS-PAY-009")]))))

    chips = [link for link in page.all("a") if "chip" in link.get("class", "")]
    assert [(chip["class"], chip["href"]) for chip in chips] == [
        ("chip pass", "#case-1"),
        ("chip fail", "#case-2"),
    ]


def test_the_page_tells_what_the_run_was_and_left_behind() -> None:
    report = run(
        case(Verdict.PASS),
        created=["ticket 65a1 (reserved)"],
        deviation_problems=["betstack.x: expired"],
        notes=["slow target"],
    )

    text = Page(html.render(report)).text()

    for part in (
        "ticket 65a1 (reserved)",
        "betstack.x: expired",
        "slow target",
        "bet-sandbox 0.1.0",
        "ck-7f3a",
    ):
        assert part in text
    for part in ("ab" * 32, "2026-11-21 09:04 UTC", "4.321 s", "-120 ms", "recorded, not scored"):
        assert part in text


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (run(), "no named case was selected"),
        (run(smoke_failure="refused: 403\nno operator named site"), "no operator named site"),
        (run(case(Verdict.PASS), clock_skew_ms=None, started="now"), "not measured"),
    ],
)
def test_a_run_without_results_has_a_page(report: RunReport, expected: str) -> None:
    page = Page(html.render(report))

    assert expected in page.text().lower()
    assert page.open == []


@pytest.mark.parametrize("report", [every_verdict(), hostile()], ids=["plain", "hostile"])
def test_every_element_is_closed_and_every_link_inside_leads_somewhere(report: RunReport) -> None:
    page = Page(html.render(report))

    assert page.open == []
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    inside = {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")}
    assert inside <= set(names)
    assert {f"case-{number}" for number in range(1, 17)} <= set(names)


def test_nothing_of_a_target_becomes_an_element_or_a_link() -> None:
    page = Page(html.render(hostile()))

    assert not page.all("img")
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert all(SAFE_LINK.fullmatch(link["href"]) for link in page.all("a"))
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "<img src=x onerror=alert(1)>" in page.text("h3")


def test_unseen_characters_are_spelled_out() -> None:
    source = html.render(hostile())

    assert "\\x00\\x1b[2J\\ud800\\u202e\\uffff" in source
    assert not set(source) & set("\x00\x1b\ud800\u202e\uffff")


def test_the_page_loads_nothing_and_runs_nothing_but_its_own_script(everything: str) -> None:
    page = Page(everything)

    [policy] = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        content = re.search(f"<{tag}>(.*?)</{tag}>", everything, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert not [tag for tag, attributes in page.elements if {"src", "style", "srcset"} & attributes.keys()]
    assert not page.all("link")
    assert "url(" not in everything
    assert "@import" not in everything


def test_commands_are_there_without_the_script(everything: str) -> None:
    page = Page(everything)

    assert not page.all("button")
    assert len([pre for pre in page.all("pre") if "data-copy" in pre]) == len(every_verdict().results)


def test_a_long_body_is_cut_off_and_says_so() -> None:
    exchange = replace(PAY, response_body="x" * 100_000)

    source = html.render(run(case(Verdict.PASS, exchanges=(exchange,))))

    assert len(source) < 80_000
    assert "70000 more characters" in source


def test_a_verdict_is_never_told_by_colour_alone(everything: str) -> None:
    for verdict in Verdict:
        assert re.search(rf'<span class="chip {verdict.lower()}">.*? {verdict}</span>', everything)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def pairs() -> Iterator[tuple[str, str, str, str]]:
    css = files("conformance.report").joinpath("report.css").read_text("utf-8")
    themes = re.findall(r":root \{([^}]*)\}", css)
    assert len(themes) == 2
    tones = [verdict.lower() for verdict in Verdict] + ["differs"]
    for name, theme in zip(("light", "dark"), themes, strict=True):
        colours = dict(re.findall(r"--([\w-]+): (#\w+);", theme))
        for ink in ("ink", "quiet", "link", *tones):
            for paper in ("page", "card", "code"):
                yield f"{name}: {ink} on {paper}", colours[ink], colours[paper], name
        for tone in ("fail", "hazard"):
            yield f"{name}: on-strong on {tone}", colours["on-strong"], colours[tone], name


@pytest.mark.parametrize(("ink", "paper"), [pytest.param(a, b, id=name) for name, a, b, _ in pairs()])
def test_text_has_the_contrast_that_wcag_asks_for(ink: str, paper: str) -> None:
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)
    assert contrast(ink, paper) >= 4.5


def test_the_hostile_text_is_shown_in_full() -> None:
    shown = Page(html.render(run(case(Verdict.FAIL, reason=HOSTILE)))).text("p")

    assert "</script></style><img src=x onerror=alert(1)>" in shown
