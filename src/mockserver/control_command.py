"""What the commands that ask a running sandbox share: where its control plane is, and how a command ends
when that refuses or does not answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import click

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3

DEFAULT_URL = "http://127.0.0.1:8081"


def asks_the_sandbox(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``--admin-url`` and ``--admin-token``, and as its first argument the
    :class:`~mockserver.testing.Sandbox` that they lead to.

    What the control plane refuses ends the command with one line and 1, a URL that is none with 2, and where
    nobody answers with 3. Ctrl-C ends it with 130. Below the command's own options it stands last, so that
    its two come last in the help.
    """

    @click.option(
        "--admin-url",
        envvar="MOCKSERVER_ADMIN_URL",
        default=DEFAULT_URL,
        show_default=True,
        show_envvar=True,
        metavar="URL",
        help="The control plane, as `mockserver serve` prints it.",
    )
    @click.option(
        "--admin-token",
        envvar="MOCKSERVER_ADMIN_TOKEN",
        show_envvar=True,
        metavar="TOKEN",
        help="The server's --admin-token, if it has one.",
    )
    @wraps(command)
    def asking(*arguments: Any, admin_url: str, admin_token: str | None, **named: Any) -> None:
        try:
            import httpx  # noqa: PLC0415  --help needs none of it

            from mockserver.testing import ControlPlaneError, Sandbox, SandboxUnreachable  # noqa: PLC0415  as above
        except ImportError as error:
            stop(f"the client is not installed: {error}; install bet-sandbox[server]", EXIT_USAGE)
        if not admin_url.startswith(("http://", "https://")):
            stop(f"--admin-url is {admin_url!r}; it looks like {DEFAULT_URL}", EXIT_USAGE)
        try:
            with Sandbox(admin_url, token=admin_token) as sandbox:
                command(sandbox, *arguments, **named)
        except ControlPlaneError as error:
            stop(error.detail, EXIT_REFUSED)
        except SandboxUnreachable as error:
            stop(str(error), EXIT_UNREACHABLE)
        except httpx.InvalidURL as error:
            stop(f"--admin-url: {error}; it looks like {DEFAULT_URL}", EXIT_USAGE)
        except UnicodeEncodeError:
            stop("--admin-token: a header holds ASCII only", EXIT_USAGE)
        except KeyboardInterrupt:
            sys.exit(130)

    return asking


def stop(message: str, code: int) -> NoReturn:
    """End the command with one line on standard error."""
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)
