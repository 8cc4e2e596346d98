"""What the commands that ask a running sandbox share: where its control plane is, and how a command ends
when that refuses or does not answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import click

from mockserver.printable import printable_lines

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
        if admin_token is not None and not (admin_token.isascii() and admin_token.isprintable()):
            stop("--admin-token: a header holds one line of ASCII", EXIT_USAGE)
        try:
            with Sandbox(admin_url, token=admin_token) as sandbox:
                try:
                    command(sandbox, *arguments, **named)
                except (KeyError, TypeError, IndexError, AttributeError):
                    sandbox.require_control_plane()  # what anything else answers has no such shape
                    raise
        except ControlPlaneError as error:
            stop(error.detail, EXIT_REFUSED)
        except SandboxUnreachable as error:
            stop(str(error), EXIT_UNREACHABLE)
        except httpx.InvalidURL as error:
            stop(f"--admin-url: {error}; it looks like {DEFAULT_URL}", EXIT_USAGE)
        except UnicodeEncodeError:
            stop("an option or argument holds what is no text", EXIT_USAGE)
        except KeyboardInterrupt:
            sys.exit(130)

    return asking


def narrows_exchanges(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which exchanges of the journal it is about: ``tenant``,
    ``operation``, ``ticket``, ``bet``, ``player`` and ``violations``."""
    for option in (
        click.option("--violations", is_flag=True, help="Only those of which a side breaks the contract."),
        click.option("--player", metavar="PLAYER", help="Only those that name this player, by id or token."),
        click.option("--bet", metavar="BET", help="Only those about this bet."),
        click.option("--ticket", metavar="TICKET", help="Only those about this ticket, by id or code."),
        click.option("--operation", metavar="NAME", help="Only those of this operation or action."),
        click.option("--tenant", metavar="NAME", help="Only this tenant's; `sandbox` for nobody's."),
    ):
        command = option(command)
    return command


def exchange_query(*, violations: bool, **named: str | None) -> dict[str, str]:
    """The query of ``GET /journal`` that the options of :func:`narrows_exchanges` stand for."""
    given = {name: value for name, value in named.items() if value is not None}
    return given | ({"verdict": "violates"} if violations else {})


def stop(message: str, code: int) -> NoReturn:
    """End the command with one line on standard error."""
    click.echo(f"mockserver: {printable_lines(message)}", err=True)
    sys.exit(code)
