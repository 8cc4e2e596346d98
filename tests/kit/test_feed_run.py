"""How a run against a feed is put together: where the hub is, its first look, what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from judging import Judge
from small_feed import HUBS, SECRET, SmallFeed, serving

from conformance.errors import KitError
from conformance.feed_target import hub_urls
from conformance.options import Options
from conformance.run import prepare
from conformance.verdict import ExitCode, Verdict

PROFILE = "betcore-feed"
TARGET = f"""\
profiles = ["betcore-feed"]

[deadlines]
answer_seconds = 1

[betcore-feed]
partner_client_id = 1556
secret = "{SECRET}"
"""


@pytest.fixture
def target(tmp_path: Path) -> Callable[..., Path]:
    """Writes a target file with these lines below the others."""

    def write(*lines: str, secret: str = SECRET) -> Path:
        file = tmp_path / "target.toml"
        file.write_text(TARGET.replace(SECRET, secret) + "\n".join(lines) + "\n")
        return file

    return write


@pytest.mark.parametrize(
    ("base", "hub", "urls"),
    [
        ("http://127.0.0.1:8080", None, ("ws://127.0.0.1:8080/a/hubs", "ws://127.0.0.1:8080/b/hubs")),
        ("https://feed.example/x/", None, ("wss://feed.example/x/a/hubs", "wss://feed.example/x/b/hubs")),
        ("https://feed.example/x", "/hubs", ("wss://feed.example/hubs",)),
        ("https://feed.example", "wss://hub.example/hubs", ("wss://hub.example/hubs",)),
        ("https://feed.example", "http://hub.example:81/hubs", ("ws://hub.example:81/hubs",)),
    ],
)
def test_hub_is_below_the_base_url_or_where_the_file_says(
    base: str, hub: str | None, urls: tuple[str, ...]
) -> None:
    assert hub_urls(base, hub, ("/a/hubs", "/b/hubs")) == urls


@pytest.mark.parametrize("hub", ["ftp://hub.example/hubs", "wss://u:p@hub.example/", "wss://", "/hubs?x=1"])
def test_hub_url_that_is_none_is_one_line(hub: str) -> None:
    with pytest.raises(KitError, match="is no ws\\(s\\) URL or path") as stopped:
        hub_urls("http://127.0.0.1:8080", hub, ())
    assert "\n" not in str(stopped.value)


def test_local_run_does_not_connect_to_a_hub_on_another_machine(target: Callable[..., Path]) -> None:
    file = target('hub_url = "wss://hub.example.test/hubs"')

    with pytest.raises(KitError) as stopped:
        prepare(Options(base_url="http://127.0.0.1:9", profiles=(PROFILE,), target=file), environment={})
    assert str(stopped.value) == (
        "hub_url wss://hub.example.test/hubs is not on this machine, but --base-url is"
    )


@pytest.mark.parametrize("lines", [(), (f'hub_url = "{HUBS[1]}"',)])
def test_hub_is_found_at_the_second_documented_path(
    judge_url: Judge, target: Callable[..., Path], lines: tuple[str, ...]
) -> None:
    with serving(SmallFeed("second_address")) as url:
        session = judge_url(url, PROFILE, target=target(*lines), only=("BC-HUB-001", "BC-HUB-003"))
    assert session.record is not None

    assert {row.verdict for row in session.record.results} == {Verdict.PASS}
    assert session.record.notes == [f"the hub is at {url.replace('http', 'ws', 1)}{HUBS[1]}"]


def test_wrong_secret_is_found_by_the_first_look(judge_url: Judge, target: Callable[..., Path]) -> None:
    with serving(SmallFeed()) as url:
        session = judge_url(url, PROFILE, target=target(secret="another"))
    assert session.record is not None

    assert session.code is ExitCode.NOTHING_RAN
    assert {row.verdict for row in session.record.results} == {Verdict.NOT_RUN}
    assert session.record.smoke_failure is not None
    assert "the target refuses the kit's identity: HTTP 401" in session.record.smoke_failure


def test_what_the_file_does_not_name_does_not_apply(judge_url: Judge, target: Callable[..., Path]) -> None:
    only = ("BC-HUB-020", "BC-HUB-036", "BC-FED-010", "BC-HUB-001")
    with serving(SmallFeed()) as url:
        session = judge_url(url, PROFILE, target=target('lacks = ["hub"]'), only=only)
    assert session.record is not None
    reasons = {row.case_id.rpartition(".")[2]: row.reason for row in session.record.results}

    assert {row.verdict for row in session.record.results} == {Verdict.NOT_APPLICABLE}
    assert reasons["hub_grants_a_connection_at_a_documented_address"] == "the target declares to lack hub"
    assert reasons["expired_token_is_refused"].startswith(
        "needs a hook: the target file names no URL as advance in [hooks]"
    )


def test_no_report_has_a_token_or_the_secret(
    judge_url: Judge, target: Callable[..., Path], tmp_path: Path
) -> None:
    issued: list[str] = []

    class Remembering(SmallFeed):
        def token(self) -> str:
            issued.append(super().token())
            return issued[-1]

    only = ("BC-FTK-005", "BC-HUB-003", "BC-HUB-007", "BC-HUB-025", "BC-FED-009")
    with serving(Remembering()) as url:
        session = judge_url(url, PROFILE, target=target(), only=only, reports=True)
    texts = {file.name: file.read_text("utf-8") for file in session.reports}

    assert len(texts) == 4
    assert len(issued) > 2
    assert [name for name, text in texts.items() for word in (SECRET, *issued) if word in text] == []
    assert "/hubs?access_token=[masked]" in texts["report.json"]


def test_made_up_calls_find_nothing_at_a_good_feed(judge_url: Judge, target: Callable[..., Path]) -> None:
    operations = ("issueFeedToken", "listFeedGames", "getGameInfo", "listTranslations")
    only = tuple(f"betcore.generated.{name}" for name in operations)
    with serving(SmallFeed()) as url:
        session = judge_url(url, PROFILE, target=target(), only=only, generated=3, judge_assumptions=True)
    assert session.record is not None

    assert [(row.case_id, row.verdict) for row in session.record.results] == [
        (case, Verdict.PASS) for case in only
    ]
