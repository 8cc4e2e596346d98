"""Hooks: what makes the party under test start something by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from conformance.callback_sink import CallbackSink, Received, Reply
from conformance.case import Case, requirement
from conformance.case_result import obstacle
from conformance.client import Evidence, Pace, Transport
from conformance.errors import KitError, Missing, NotApplicable
from conformance.evidence import masked
from conformance.hooks import Hooks
from conformance.options import Options
from conformance.redaction import Redactor
from conformance.run import Run, prepare
from conformance.target import load
from conformance.verdict import ExitCode

CASINO = 'profiles = ["betcore-casino"]\n[betcore-casino]\nclient_id = "PartnerClient-1"\nuser_id = "u"\n'


class Told:
    """A hook that keeps what it was told, and answers as it is set up to."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or Reply(200, b'{"cause": "c1"}')
        self.received: list[Received] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, received: Received) -> Reply:
        self.received.append(received)
        self.may_answer.wait(10)
        return self.reply


def hooks_of(urls: dict[str, str], evidence: Evidence | None = None, seconds: float = 5) -> Hooks:
    """The hooks of a case that may do anything."""
    transport = Transport("http://127.0.0.1:9", seconds, Pace(0))
    return Hooks(urls, lambda url: None, transport, evidence or Evidence())


@contextmanager
def served(told: Told) -> Iterator[str]:
    """The URL of the hook."""
    with CallbackSink("127.0.0.1:0", {}, roles={"/drives/bet": told}) as sink:
        yield f"{sink.url}/drives/bet"


def test_document_is_posted_as_json_without_credentials() -> None:
    told = Told()
    with served(told) as url:
        answer = hooks_of({"bet": url}).call("bet", {"player": "Zoë", "amount": Decimal("10.50")})

    (received,) = told.received
    assert (received.method, received.path) == ("POST", "/drives/bet")
    assert received.document() == {"player": "Zoë", "amount": "10.50"}
    assert received.header("content-type") == "application/json"
    assert received.header("authorization") is None
    assert answer == {"cause": "c1"}


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    with served(Told(Reply(status, b""))) as url:
        hooks_of({"bet": url}).call("bet")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(409, b'{"detail":\n"no such player"}'), 'HTTP 409 {"detail": "no such player"}'),
        (Reply(302, b"", {"Location": "/elsewhere"}), "HTTP 302 (empty body)"),
        (Reply(None), "no answer ("),
    ],
)
def test_other_answer_says_that_the_case_has_not_run(reply: Reply, said: str) -> None:
    with served(Told(reply)) as url, pytest.raises(Missing) as missing:
        hooks_of({"bet": url}).call("bet")

    assert str(missing.value).startswith(f"the hook bet got {said}")
    assert "\n" not in str(missing.value)


def test_hook_that_the_target_file_lacks_is_named_with_its_key() -> None:
    with pytest.raises(NotApplicable) as lacking:
        hooks_of({}).call("bet")

    assert str(lacking.value) == (
        "needs a hook: the target file names no URL as bet in [hooks] (BETCORE takes a player's bet and asks "
        "the casino for it)"
    )


def test_hook_in_the_background_leaves_the_case_free_until_it_answers() -> None:
    told = Told()
    told.may_answer.clear()
    with served(told) as url:
        begun = hooks_of({"bet": url}).begin("bet", {"player": "p"})
        was_over = begun.over
        told.may_answer.set()
        answer = begun.wait(5)

    assert (was_over, begun.over, answer) == (False, True, {"cause": "c1"})


def test_refusal_in_the_background_is_told_to_who_waits() -> None:
    with served(Told(Reply(500, b"oops"))) as url:
        begun = hooks_of({"bet": url}).begin("bet")
        with pytest.raises(Missing, match="the hook bet got HTTP 500 oops"):
            begun.wait(5)


def test_hook_that_does_not_answer_in_time_is_no_fault_of_the_target() -> None:
    told = Told()
    told.may_answer.clear()
    with served(told) as url:
        begun = hooks_of({"bet": url}).begin("bet")
        with pytest.raises(Missing, match=r"the hook bet has not answered after 0\.05 s"):
            begun.wait(0.05)
        told.may_answer.set()


def test_end_of_a_case_waits_for_what_it_began() -> None:
    told = Told()
    told.may_answer.clear()
    with served(told) as url:
        hooks = hooks_of({"bet": url})
        begun = hooks.begin("bet")
        threading.Timer(0.05, told.may_answer.set).start()
        hooks.close()

    assert begun.over


def test_what_a_hook_said_is_masked_evidence_of_the_case() -> None:
    evidence = Evidence()
    with served(Told(Reply(200, b'{"token": "a-player-token"}'))) as url:
        hooks_of({"bet": url}, evidence).call("bet", {"note": "12345ABCDE"})

    (exchange,) = (masked(raw, Redactor(["12345ABCDE"])) for raw in evidence.exchanges)
    assert (exchange.operation, exchange.status) == ("hook bet", 200)
    assert exchange.request_body == '{"note": "[masked]"}'
    assert "a-player-token" not in str(exchange)


def read(tmp_path: Path, table: str) -> dict[str, str]:
    """The hooks of a target file with this table."""
    file = tmp_path / "target.toml"
    file.write_text(CASINO + table)
    return dict(load(file, {}).hooks)


def test_table_of_hooks_is_read(tmp_path: Path) -> None:
    table = '[hooks]\nbet = "http://127.0.0.1:8081/drives/bet"\nadvance = "https://c.example.test/clock"\n'

    assert read(tmp_path, table) == {
        "bet": "http://127.0.0.1:8081/drives/bet",
        "advance": "https://c.example.test/clock",
    }
    assert read(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            '[hooks]\nbett = "http://h"',
            ":6: [hooks] bett is no hook; "
            "there are bet, payout, cashback, round, games, launch, play, keys, advance",
        ),
        ("[hooks]\nbet = 3", ":6: [hooks] bet: must be a string"),
        ('[hooks]\nbet = "/drives/bet"', ": [hooks] bet: /drives/bet is no http(s) URL"),
        (
            '[hooks]\nbet = "http://user:word@h/"',
            ": [hooks] bet: must not hold credentials; they belong into the target file",
        ),
    ],
)
def test_mistake_in_the_table_of_hooks_is_named(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(KitError) as stopped:
        read(tmp_path, table)

    assert str(stopped.value) == f"{tmp_path / 'target.toml'}{said}"
    assert stopped.value.code is ExitCode.USAGE


def prepared(tmp_path: Path, base_url: str, table: str, *allow: str) -> Run:
    """A run against this URL."""
    file = tmp_path / "target.toml"
    file.write_text(CASINO + table)
    return prepare(Options(base_url=base_url, target=file, listen="127.0.0.1:0", allow=allow), environment={})


def needing_bet() -> Case:
    """A case that moves money by the hook ``bet``."""
    return Case("betcore.x.y", "T.", "betcore-casino", (), "moves-money", (), ("bet",))


@pytest.mark.parametrize(
    ("url", "allow", "reason"),
    [
        ("http://127.0.0.1:1/bet", (), None),
        (
            "https://control.example.test/bet",
            (),
            "the hook https://control.example.test/bet is not on this machine; --allow moves-money calls it",
        ),
        ("https://control.example.test/bet", ("moves-money",), None),
    ],
)
def test_hook_elsewhere_is_called_only_where_the_class_of_the_case_is_allowed(
    tmp_path: Path, url: str, allow: tuple[str, ...], reason: str | None
) -> None:
    run = prepared(tmp_path, "http://127.0.0.1:9", f'[hooks]\nbet = "{url}"\n', *allow)
    try:
        found = obstacle(run, needing_bet())
    finally:
        run.close()

    assert (None if found is None else str(found)) == reason


def test_case_that_needs_a_hook_is_not_applicable_without_it(tmp_path: Path) -> None:
    run = prepared(tmp_path, "http://127.0.0.1:9", "")
    try:
        found = obstacle(run, needing_bet())
    finally:
        run.close()

    assert isinstance(found, NotApplicable)
    assert "as bet in [hooks]" in str(found)


def test_case_can_not_declare_an_unknown_hook() -> None:
    with pytest.raises(ValueError, match="bett is none of bet, payout"):
        requirement("BC-CLS-001", safety="read", hooks=("bett",))
