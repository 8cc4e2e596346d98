"""The fixtures of pytest, in runs of pytest as their users have them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from demo.sandbox import sandbox
from mockserver.testing import Sandbox

from .conftest import Running
from .pytest_run import run_pytest

CONFTEST = 'pytest_plugins = ["mockserver.testing.fixtures"]\n'
TENANTS = """
import pytest

NAMES = []

@pytest.mark.parametrize("number", range(4))
def test_each_test_has_tenants_of_its_own(betstack_operator, betcore_client, game_provider, sandbox, number):
    names = [betstack_operator.name, betcore_client.name, game_provider.name]
    print("worker", sandbox.url)
    assert not set(names) & set(NAMES)
    assert set(names) <= {tenant["name"] for tenant in sandbox.tenants()}
    assert not set(NAMES) & {tenant["name"] for tenant in sandbox.tenants()}
    NAMES.extend(names)

def test_they_live(betstack_operator, betcore_client, game_provider):
    ticket = betstack_operator.create()
    assert betstack_operator.settle(ticket["id"], "won")["calls"][0]["state"] == "sent"
    assert betcore_client.bet("SomeUserId100", "10.5")["calls"][0]["state"] == "sent"
    assert game_provider.launch("553314AA2")["calls"][0]["state"] == "sent"
"""
FAILING = """
def test_of_a_platform_that_is_not_there(make_betstack_operator):
    operator = make_betstack_operator("shop", secret="SECRET-OF-THE-SHOP", pam_url="http://127.0.0.1:9/pam")
    operator.drive("ping")
    operator.secret and operator.call("POST", "/secret", {"secret": "ANOTHER-SECRET"})
    assert operator.outbox()[0]["state"] == "sent"

def test_that_passes(betstack_operator):
    betstack_operator.create()

def test_of_one_that_exchanged_nothing(betstack_operator):
    assert betstack_operator.name == "another"

def test_of_two(make_betstack_operator):
    make_betstack_operator("first").create()
    make_betstack_operator("second").create()
    assert False
"""

WRONG_SETTING = """
import pytest

@pytest.fixture(scope="session")
def sandbox_settings():
    return {"prot": 1}
"""


def summary(ended: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    """Exit code, and the counts of the last line."""
    return ended.returncode, ended.stdout.strip().splitlines()[-1].split(" in ")[0]


def test_tenants_are_fresh_and_go_when_the_test_ends(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_tenants.py": TENANTS})

    assert summary(ended) == (0, "5 passed")
    assert ended.stderr == ""


def test_each_worker_has_a_sandbox_of_its_own(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_tenants.py": TENANTS}, "-n", "2", "-rP")

    assert summary(ended) == (0, "5 passed")
    assert len(set(re.findall(r"^worker (\S+)", ended.stdout, re.MULTILINE))) == 2


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_sandbox_that_runs_is_used_and_left_as_it_was(
    tmp_path: Path, by: str, workers: tuple[str, ...]
) -> None:
    with sandbox("--admin-token", "let-me-in") as it:
        option = ("--mockserver-url", it.admin_url) if by == "option" else ()
        variables = {"MOCKSERVER_ADMIN_TOKEN": "let-me-in"}
        variables |= {"MOCKSERVER_ADMIN_URL": f"{it.admin_url}/"} if by == "environment" else {}
        ended = run_pytest(
            tmp_path,
            {"conftest.py": CONFTEST, "test_tenants.py": TENANTS},
            *option,
            *workers,
            "-rP",
            environment=variables,
        )
        with Sandbox(it.admin_url, token="let-me-in") as plane:
            left = plane.tenants()

    assert summary(ended) == (0, "5 passed")
    assert set(re.findall(r"^worker (\S+)", ended.stdout, re.MULTILINE)) == {it.admin_url}
    assert len(left) == 6


@pytest.mark.parametrize(
    ("conftest", "arguments", "told"),
    [
        ("", ["--mockserver-url", "http://127.0.0.1:9"], "no control plane answers at http://127.0.0.1:9"),
        (WRONG_SETTING, [], "unknown setting `prot`; did you mean `port`?"),
    ],
)
def test_where_there_is_no_sandbox_one_line_says_why(
    tmp_path: Path, conftest: str, arguments: list[str], told: str
) -> None:
    ended = run_pytest(
        tmp_path, {"conftest.py": CONFTEST + conftest, "test_tenants.py": TENANTS}, *arguments, "-x"
    )

    (line,) = [line for line in ended.stdout.splitlines() if line.startswith("no sandbox: ")]
    assert told in line
    assert "Traceback" not in ended.stdout
    assert summary(ended) == (1, "1 error")


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_a_failed_test_shows_what_its_tenants_exchanged(tmp_path: Path, workers: tuple[str, ...]) -> None:
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_failing.py": FAILING}, *workers)
    out = ended.stdout

    assert summary(ended) == (1, "3 failed, 1 passed")
    assert out.count("- Exchanges with the sandbox -") == 2
    assert "  sent ping: POST http://127.0.0.1:9/pam -> no answer  [shop-1]" in out
    assert "    reason: no connection: All connection attempts failed" in out
    assert out.count("received createTicket: POST /be/tickets -> 200") == 2
    shown = [line for line in out.splitlines() if line in ("shop:", "first:", "second:")]
    assert sorted(shown) == ["first:", "second:", "shop:"]
    assert shown.index("second:") == shown.index("first:") + 1


def test_no_secret_and_no_token_is_in_the_report_of_a_failed_test(tmp_path: Path) -> None:
    test = """
import json

def test_that_tells_a_secret(make_betstack_operator, make_betcore_client, sandbox):
    operator = make_betstack_operator("shop", secret="SECRET-OF-THE-SHOP")
    body = json.dumps({"note": "SECRET-OF-THE-SHOP", "token": "TOKEN-OF-A-PLAYER"}).encode()
    sandbox.call_api("POST", "/be/tickets", body, operator.sign(body))
"""
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_failing.py": test})
    report = ended.stdout.partition("Exchanges with the sandbox")[2]

    assert summary(ended) == (1, "1 failed")
    assert '"note": "[redacted]", "token": "[redacted]"' in report
    assert "SECRET-OF-THE-SHOP" not in report
    assert "TOKEN-OF-A-PLAYER" not in report


def test_settings_of_sandbox_and_tenants_can_be_overridden(tmp_path: Path) -> None:
    conftest = """
import pytest

@pytest.fixture(scope="session")
def sandbox_settings():
    return {"seed": "fixed", "wht": "15"}

@pytest.fixture
def betstack_operator_settings():
    return {"ext": "10", "players": [{"id": "p1", "currency": "KES", "tokens": ["t1"], "balance": 500}]}
"""
    test = """
def test_settings(betstack_operator, make_betstack_operator):
    settings = betstack_operator.read()["settings"]
    assert (float(settings["wht"]), float(settings["ext"])) == (15, 10)
    assert [player["id"] for player in betstack_operator.players()] == ["p1"]
    assert float(make_betstack_operator(ext="5").read()["settings"]["ext"]) == 5
    assert betstack_operator.create(token="t1", price=500)["user_id"] == "p1"

def test_a_test_may_drop_its_tenant(betstack_operator):
    betstack_operator.drop()
"""
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST + conftest, "test_settings.py": test})

    assert summary(ended) == (0, "2 passed")


def test_without_the_plugin_nobodys_fixtures_are_taken(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, {"test_tenants.py": "def test_it(sandbox): pass\n"})

    assert summary(ended) == (1, "1 error")
    assert "fixture 'sandbox' not found" in ended.stdout


def test_an_application_is_served_until_the_test_ends(tmp_path: Path) -> None:
    test = """
import threading
import httpx
import pytest

URLS = []

def app(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [environ["PATH_INFO"].encode()]

def test_it_answers(serve_wsgi):
    URLS.extend([serve_wsgi(app), serve_wsgi(app)])
    assert [httpx.get(url + "/here").text for url in URLS] == ["/here", "/here"]

def test_it_is_gone():
    assert [one.name for one in threading.enumerate() if one.name == "wsgi"] == []
    for url in URLS:
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    assert len(set(URLS)) == 2
"""
    ended = run_pytest(tmp_path, {"conftest.py": CONFTEST, "test_app.py": test})

    assert summary(ended) == (0, "2 passed")
    assert ended.stderr == ""


def test_the_other_tenants_go_too_where_one_cannot_be_dropped(
    tmp_path: Path, running: Running, plane: Sandbox
) -> None:
    test = """
def test_of_three(make_betstack_operator):
    first, second, third = (make_betstack_operator(name) for name in ("one-of-3", "two-of-3", "three-of-3"))
    second.drop = lambda: second.change(wht="none")
"""
    ended = run_pytest(
        tmp_path, {"conftest.py": CONFTEST, "test_three.py": test}, "--mockserver-url", running.admin_url
    )

    assert summary(ended) == (1, "1 passed, 1 error")
    assert [one["name"] for one in plane.tenants() if one["name"].endswith("of-3")] == ["two-of-3"]
    assert "ControlPlaneError: 400: " in ended.stdout
    plane.tenant("two-of-3").drop()


def test_a_refusal_shows_the_line_of_the_test_and_one_sentence(tmp_path: Path, running: Running) -> None:
    refused = {
        'sandbox.tenant("nobody-there")': "ControlPlaneError: 404: no tenant is called `nobody-there`",
        'make_betstack_operator(wht="none")': "ControlPlaneError: 400: ",
        "betstack_operator.clock.advance(-1)": "ControlPlaneError: 400: ",
        'betstack_operator.create(token="none")': "CallRefused: 400, code ",
        "betstack_operator.wait_for(within_seconds=0)": "NotSeen: 0 of 1 exchanges came",
        'betcore_client.bet("none", 0.5)': "TypeError: an amount is text",
        "betcore_client.drives()[-1:][1]": "IndexError: ",
    }
    fixtures = "sandbox, make_betstack_operator, betstack_operator, betcore_client"
    tests = "\n".join(f"def test_{at}({fixtures}):\n    {line}\n" for at, line in enumerate(refused))
    ended = run_pytest(
        tmp_path, {"conftest.py": CONFTEST, "test_it.py": tests}, "--mockserver-url", running.admin_url
    )

    assert summary(ended) == (1, f"{len(refused)} failed")
    shown = re.findall(r"^>   .*|^\S+\.py:\d+:", ended.stdout, re.MULTILINE)
    assert shown == [
        one for at, line in enumerate(refused) for one in (f">       {line}", f"test_it.py:{3 * at + 2}:")
    ]
    for sentence in refused.values():
        assert re.search(rf"^E +\S*{re.escape(sentence)}", ended.stdout, re.MULTILINE), sentence
