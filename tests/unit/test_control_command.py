"""What the commands that ask a running sandbox share: its address, its token, and how they end."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import click
import pytest
from click.testing import CliRunner

from mockserver.control_command import asks_the_sandbox
from mockserver.settings import SettingsError, resolve
from mockserver.testing import ControlPlaneError, Sandbox


@click.command()
@click.option("--name", default="nobody")
@asks_the_sandbox
def greet(sandbox: Sandbox, name: str) -> None:
    """Greet a sandbox."""
    if name == "refused":
        raise ControlPlaneError(404, "not_found", "no tenant is called `refused`")
    if name == "interrupted":
        raise KeyboardInterrupt
    click.echo(f"{sandbox.health()['status']}, {name}")


class _Health(BaseHTTPRequestHandler):
    tokens: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.tokens.append(self.headers["authorization"])
        body = b'{"status": "ok"}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_url_and_the_token_come_from_options_or_the_environment() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Health)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"

    by_options = CliRunner().invoke(greet, ["--admin-url", url, "--admin-token", "abc", "--name", "you"])
    by_environment = CliRunner().invoke(
        greet, env={"MOCKSERVER_ADMIN_URL": url, "MOCKSERVER_ADMIN_TOKEN": "def"}
    )
    server.shutdown()
    server.server_close()

    assert (by_options.output, by_options.exit_code) == ("ok, you\n", 0)
    assert (by_environment.output, by_environment.exit_code) == ("ok, nobody\n", 0)
    assert _Health.tokens == ["Bearer abc", "Bearer def"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--admin-url", "http://127.0.0.1:9"], 3, "no control plane answers at http://127.0.0.1:9: "),
        (["--admin-url", "127.0.0.1:8081"], 2, "--admin-url is '127.0.0.1:8081'; it looks like http://127."),
        (["--admin-url", "http://a:b:c/"], 2, "--admin-url: Invalid port: 'b:c'; it looks like http://127."),
        (["--admin-token", "\u00fc\u20ac"], 2, "--admin-token: a header holds one line of ASCII"),
        (["--name", "refused"], 1, "no tenant is called `refused`"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(arguments: list[str], code: int, told: str) -> None:
    ended = CliRunner().invoke(greet, arguments)

    assert ended.exit_code == code
    assert ended.output.startswith(f"mockserver: {told}")
    assert ended.output.count("\n") == 1


def test_ctrl_c_ends_a_command_without_a_word() -> None:
    ended = CliRunner().invoke(greet, ["--name", "interrupted"])

    assert (ended.exit_code, ended.output) == (130, "")


def test_the_variable_that_names_the_control_plane_is_no_setting_of_the_server() -> None:
    assert resolve({}, {"MOCKSERVER_ADMIN_URL": "http://127.0.0.1:8081"}, None).admin_port == 8081
    with pytest.raises(SettingsError):
        resolve({}, {"MOCKSERVER_ADMIN_URI": "http://127.0.0.1:8081"}, None)
