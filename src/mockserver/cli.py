"""The command ``mockserver``. What a command does not use is not imported."""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver import __version__
from mockserver.settings import SETTINGS, SettingsError, resolve

EXIT_USAGE = 2
EXIT_FAILED = 1


def main() -> None:
    """Entry point of the console script."""
    try:
        cli(prog_name="mockserver")
    except (OSError, UnicodeError) as error:
        # A full disk, a closed pipe, a file that can't be read, bytes that are no text.
        sys.stdout = None  # what can't be written now can't be at exit either
        _stop(str(error), EXIT_FAILED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mockserver")
def cli() -> None:
    """A sandbox of the Betstack and BETCORE APIs. Not affiliated with either vendor."""


@cli.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"TOML file with settings: {', '.join(setting.name for setting in SETTINGS)}.",
)
@click.option("--verbose", is_flag=True, help="Log traces of failures of the server itself.")
def serve(config: Path | None, verbose: bool, **flags: Any) -> None:
    """Serve every API, until Ctrl-C.

    A flag wins over an environment variable (MOCKSERVER_PORT, ...), that over the file.
    """
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s: %(message)s"
    )
    for noisy in ("connexion", "asyncio", "httpx", "httpcore", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    flags["hints"] = False if flags.pop("no_hints") else None
    try:
        settings = resolve(flags, os.environ, config)
    except SettingsError as error:
        _stop(str(error), EXIT_USAGE)
    # Connexion imports Starlette's test client, which warns of its own HTTP library.
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    from mockserver.serving import StartFailed, serve_sandbox  # noqa: PLC0415  --help needs none of it

    try:
        serve_sandbox(settings)
    except StartFailed as error:
        _stop(str(error), EXIT_USAGE)


for _setting in SETTINGS:
    if _setting.name == "hints":
        _option = click.option("--no-hints", is_flag=True, help="Don't say why a request is refused.")
    else:
        _default = f" [default: {_setting.default}]" if _setting.default is not None else ""
        _option = click.option(
            f"--{_setting.name.replace('_', '-')}", _setting.name, default=None, help=_setting.help + _default
        )
    _option(serve)


@cli.command()
@click.option("--operator", required=True, help="Name of the operator, for the header operator-name.")
@click.option(
    "--secret",
    envvar="BETSTACK_SECRET",
    help="The operator's Secret Key; default: that of the sandbox's operator of this name.",
)
@click.option(
    "--body",
    type=click.File("rb"),
    help="File with the request's body, `-` for standard input; left out for a call without one.",
)
@click.option("--timestamp", help="Unix seconds; default: now.")
def sign(operator: str, secret: str | None, body: Any, timestamp: str | None) -> None:
    """Print the three identity headers of a Betstack call.

    The output is what `curl -H @-` reads:

    \b
      mockserver sign --operator site --body body.json |
        curl -H @- -H 'content-type: application/json' --data-binary @body.json URL
    """
    from mockserver.betstack import seeds  # noqa: PLC0415  only this command needs it
    from mockserver.kernel.signing import sign as signature_of  # noqa: PLC0415  as above

    if secret is None:
        seeded = seeds.operators().get(operator)
        if seeded is None:
            _stop(f"the sandbox has no operator `{operator}`; give its --secret", EXIT_USAGE)
        secret = seeded.secret
    timestamp = timestamp or str(int(time.time()))
    if not (timestamp.isascii() and timestamp.isdecimal()):
        _stop(f"--timestamp is {timestamp!r}; it has to be Unix seconds", EXIT_USAGE)
    if not operator.isprintable():
        _stop(f"--operator is {operator!r}; a header holds one line of text", EXIT_USAGE)
    click.echo(f"timestamp: {timestamp}")
    click.echo(f"operator-name: {operator}")
    click.echo(f"signature: {signature_of(secret, timestamp, body.read() if body else b'')}")


def _stop(message: str, code: int) -> NoReturn:
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)
