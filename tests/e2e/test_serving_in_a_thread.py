"""``serving()``: the whole sandbox in a thread of the process."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from demo.sandbox import free_port
from mockserver.testing import (
    CallRefused,
    ControlPlaneError,
    Operator,
    Sandbox,
    SandboxNotStarted,
    SandboxUnreachable,
    serving,
)

from .pam import Pam
from .until import until

SECONDS = 20


def listening() -> set[int]:
    """The ports that this process listens on."""
    return {one.laddr.port for one in psutil.Process().net_connections("tcp") if one.status == "LISTEN"}


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Holds that as many threads and listening sockets are there after the block as before it."""
    threads, ports = set(threading.enumerate()), listening()
    yield
    for one in threading.enumerate():
        if one.name.startswith("signing-key"):  # it ends by itself
            one.join(SECONDS)
    assert set(threading.enumerate()) == threads
    assert listening() == ports


def test_everything_is_served_and_nothing_is_left_behind() -> None:
    with nothing_left_behind():
        with serving() as sandbox:
            operator = sandbox.create_operator()
            ticket = operator.create()
            operator.settle(ticket["id"], "won")
            operator.clock.advance(hours=24)

            assert operator.ticket(ticket["code"])["status"] == "closed"
            assert {"sandbox", "control-plane_0"} <= {one.name for one in threading.enumerate()}
            assert len(listening()) >= 2
            base_url = sandbox.base_url
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{base_url}/bc/docs/")


def test_a_sandbox_can_be_started_again_after_it_was_stopped() -> None:
    names = []
    for _ in range(2):
        with serving(seed="again") as sandbox:
            names.append(sandbox.create_operator().name)

    assert names[0] == names[1]


def test_two_at_once_know_nothing_of_each_other() -> None:
    with nothing_left_behind(), serving() as one, serving(wht="15") as other:
        operator = one.create_operator("job")

        assert "job" not in {tenant["name"] for tenant in other.tenants()}
        assert operator.read()["settings"]["wht"] == "20.0"
        assert other.create_operator("job").read()["settings"]["wht"] == "15"
        assert one.base_url != other.base_url
        assert operator.create()["status"] == "open"


def test_ports_and_a_token_may_be_given() -> None:
    port, admin_port = free_port(), free_port()

    with serving(port=port, admin_port=admin_port, admin_token="let-me-in") as sandbox:
        assert sandbox.base_url == f"http://127.0.0.1:{port}"
        assert len(sandbox.tenants()) == 6
        refused = httpx.get(f"http://127.0.0.1:{admin_port}/tenants")

    assert refused.status_code == 401


def test_settings_win_over_the_file_and_the_environment_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text('wht = "15"\next = "10"\n[overrides.BS-ASM-014]\nstatus = 404\ncode = 104\n')
    monkeypatch.setenv("MOCKSERVER_WHT", "5")
    monkeypatch.setenv("MOCKSERVER_PORT", "no port")

    with serving(config=file, ext="2.5") as sandbox:
        operator = sandbox.create_operator()
        settings = operator.read()["settings"]
        with pytest.raises(CallRefused) as refused:
            operator.ticket("unknown")

    assert (settings["wht"], settings["ext"]) == ("15", "2.5")
    assert (refused.value.status, refused.value.code) == (404, 104)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"prot": 8080}, "serving(): unknown setting `prot`; did you mean `port`?"),
        ({"port": "x"}, "serving(): `port` is 'x'; it has to be a port from 0 to 65535"),
        ({"pam_url": "nowhere"}, "serving(): `pam_url` is 'nowhere'; it has to be a URL"),
        ({"config": "missing.toml"}, "missing.toml"),
        ({"catalogue": Path("missing.yaml")}, "missing.yaml"),
        ({"admin_host": "0.0.0.0"}, "give an --admin-token"),
    ],
)
def test_what_cant_be_started_is_one_clear_line(settings: dict[str, object], told: str) -> None:
    with nothing_left_behind(), pytest.raises(SandboxNotStarted) as failed, serving(**settings):  # type: ignore[arg-type]  # wrong on purpose
        pass

    assert told in str(failed.value)
    assert len(str(failed.value).splitlines()) == 1


@pytest.mark.parametrize("setting", ["port", "admin_port"])
def test_a_port_that_is_taken_is_one_clear_line_and_the_other_one_is_free_again(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            nothing_left_behind(),
            pytest.raises(SandboxNotStarted, match=rf"^127\.0\.0\.1:{port} can't be listened on: Address al"),
            serving(**{setting: port}),  # type: ignore[arg-type]  # a name that is chosen here
        ):
            pass


def test_a_failure_while_it_starts_is_told_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from mockserver.serving import Service

    def broken(*_: object) -> object:
        raise RuntimeError("the control plane can't be built")

    with serving():
        pass
    monkeypatch.setattr(Service, "_admin_app", broken)

    with nothing_left_behind(), pytest.raises(RuntimeError, match="can't be built"), serving():
        pass


@pytest.mark.parametrize("answers", [False, True], ids=["before it answers", "once it answers"])
def test_ctrl_c_while_it_starts_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, answers: bool) -> None:
    from mockserver import embedded

    class Interrupted(Future[Any]):
        """Ctrl-C comes while it is waited for."""

        pressed = False

        def result(self, timeout: float | None = None) -> Any:
            found = super().result(timeout) if answers or self.pressed else None
            if not self.pressed:
                self.pressed = True
                raise KeyboardInterrupt
            return found

    monkeypatch.setattr(embedded, "Future", Interrupted)

    with nothing_left_behind(), pytest.raises(KeyboardInterrupt), serving():
        raise AssertionError("it went on")


def test_what_the_block_raises_comes_out_and_the_sandbox_ends() -> None:
    with nothing_left_behind(), pytest.raises(ZeroDivisionError), serving():
        _ = 1 / 0


@pytest.mark.parametrize("asked", ["drive", "clock"])
def test_it_ends_while_somebody_waits_for_the_partner_and_calls_nobody_else(pam: Pam, asked: str) -> None:
    told: list[str] = []

    def wait(plane: Sandbox) -> None:
        try:
            if asked == "drive":
                plane.tenant("site").drive("ping")
            else:
                plane.tenant("site").clock.advance(minutes=30)
        except (SandboxUnreachable, ControlPlaneError) as error:
            told.append(str(error))

    with serving() as sandbox, Sandbox(sandbox.url) as other:
        site = sandbox.tenant("site", "12345ABCDE")
        assert isinstance(site, Operator)
        site.clock.freeze()
        tickets = [site.reserve()["id"] for _ in range(2)]
        pam.status = 500
        site.change(pam_url=pam.url)
        for ticket in tickets:
            site.discard(ticket)  # both are due again in half an hour, one after the other
        pam.status, pam.hold = 200, threading.Event()
        before = len(pam.received)
        waiting = threading.Thread(target=wait, args=[other])
        waiting.start()
        until(lambda: len(pam.received) > before)
    waiting.join(SECONDS)
    pam.hold.set()

    assert not waiting.is_alive()
    assert len(told) == 1
    assert (before, len(pam.received)) == (2, 3)


def test_what_callers_send_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    with serving(admin_token="TOKEN-OF-THE-SERVER") as sandbox:
        operator = sandbox.create_operator(secret="SECRET-OF-THE-OPERATOR")
        operator.create()
        with pytest.raises(ControlPlaneError) as refused:
            operator.call("PATCH", "/players/p1", {"currency": "CURRENCY-THAT-IS-NONE"})

    assert "CURRENCY-THAT-IS-NONE" in refused.value.detail
    assert "httpcore" in caplog.text
    for text in ("TOKEN-OF-THE-SERVER", "SECRET-OF-THE-OPERATOR", "CURRENCY-THAT-IS-NONE"):
        assert text not in caplog.text


def test_the_apis_are_found_where_the_control_plane_says() -> None:
    with serving(host="0.0.0.0") as sandbox:
        assert sandbox.health()["base_url"].startswith("http://127.0.0.1:")
        assert httpx.get(f"{sandbox.base_url}/be/docs/").status_code == 200
