"""Who may use the control plane of a server that was started so."""

from __future__ import annotations

import socket

import httpx
import pytest

from demo.sandbox import sandbox
from mockserver.testing import ControlPlaneError, Sandbox

from .conftest import Running
from .test_serve import run

CANARY = "canary-3f9a1c"


def test_another_address_than_loopback_needs_a_token() -> None:
    ended = run("serve", "--port", "0", "--admin-port", "0", "--admin-host", "0.0.0.0")

    assert ended.returncode == 2
    assert ended.stderr == (
        "mockserver: --admin-host 0.0.0.0 can be reached from other machines; "
        "give an --admin-token too (or MOCKSERVER_ADMIN_TOKEN)\n"
    )


def test_with_a_token_only_who_shows_it_gets_in() -> None:
    with sandbox("--admin-host", "0.0.0.0", "--admin-token", CANARY) as it:
        url = it.admin_url.replace("0.0.0.0", "127.0.0.1")
        with Sandbox(url) as without, Sandbox(url, token=CANARY) as plane:
            assert without.health()["status"] == "ok"
            with pytest.raises(ControlPlaneError) as error:
                without.tenants()
            assert error.value.status == 401
            assert "--admin-token" in error.value.detail
            assert len(plane.tenants()) == 6
        answer = httpx.get(f"{url}/tenants", headers={"authorization": f"Bearer {CANARY}x"})
        assert answer.status_code == 401
        assert CANARY not in answer.text


def test_a_token_that_cant_be_one_is_not_shown() -> None:
    ended = run("serve", "--admin-token", f"{CANARY}\u00fc")

    assert ended.returncode == 2
    assert ended.stderr == (
        "mockserver: command line: `admin_token` is not shown; it has to be a text of printable ASCII "
        "without spaces\n"
    )


def test_a_page_on_a_name_that_leads_here_is_turned_away(running: Running) -> None:
    port = httpx.URL(running.admin_url).port
    led_here = httpx.post(f"{running.admin_url}/reset", headers={"host": f"evil.example:{port}"})
    form = httpx.post(f"{running.admin_url}/tenants", data={"kind": "operator"})
    foreign = httpx.post(f"{running.admin_url}/reset", headers={"origin": "http://evil.example"})
    own = httpx.get(f"{running.admin_url}/tenants", headers={"origin": running.admin_url})

    assert [answer.status_code for answer in (led_here, form, foreign, own)] == [421, 415, 403, 200]
    assert "evil.example" in led_here.json()["detail"]


def test_the_admin_port_in_use_names_its_flag() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("serve", "--port", "0", "--admin-port", str(taken.getsockname()[1]))

    assert ended.returncode == 2
    assert ended.stderr.endswith("Address already in use; choose another with --admin-host or --admin-port\n")
