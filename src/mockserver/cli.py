"""The command ``mockserver``. What a command does not use is not imported."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mockserver import __version__
from mockserver.call_commands import resend, send, trigger
from mockserver.control_command import (
    EXIT_REFUSED,
    EXIT_USAGE,
    asks_the_sandbox,
    exchange_query,
    narrows_exchanges,
    stop,
)
from mockserver.kernel.faults.spec import spec_in
from mockserver.kernel.settings import Setting, nearest
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER, TENANT_SETTINGS
from mockserver.settings import SERVER_SETTINGS, SETTINGS, SettingsError, resolve


def main() -> None:
    """Entry point of the console script."""
    try:
        cli(prog_name="mockserver")
    except (OSError, UnicodeError) as error:
        # A full disk, a closed pipe, a file that can't be read, bytes that are no text.
        sys.stdout = None  # what can't be written now can't be at exit either
        stop(str(error), EXIT_REFUSED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mockserver")
def cli() -> None:
    """A sandbox of the Betstack and BETCORE APIs. Not affiliated with either vendor."""


@cli.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with settings (`mockserver settings` lists them) and [overrides].",
)
@click.option(
    "--set",
    "for_tenants",
    metavar="NAME=VALUE",
    multiple=True,
    help="A setting of tenants, as the default of each of them; may be given more than once.",
)
@click.option(
    "--fault",
    "faults",
    metavar="NAME[,KEY=VALUE]...",
    multiple=True,
    help="A fault that is armed from the start (`mockserver faults` lists them), for every tenant or with "
    "`tenant=NAME` for one; may be given more than once.",
)
@click.option("--verbose", is_flag=True, help="Log traces of failures of the server itself.")
def serve(
    config: Path | None, for_tenants: tuple[str, ...], faults: tuple[str, ...], verbose: bool, **flags: Any
) -> None:
    """Serve every API, until Ctrl-C.

    A flag wins over an environment variable (MOCKSERVER_PORT, ...), that over the file.
    """
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s: %(message)s"
    )
    for noisy in ("connexion", "asyncio", "httpx", "httpcore", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.ERROR)  # they would log what callers send
    flags["hints"] = False if flags.pop("no_hints") else None
    flags |= dict(_assignment(one) for one in for_tenants)
    try:
        settings = resolve(flags, os.environ, config)
        armed = [spec_in(line, "--fault") for line in faults]
    except SettingsError as error:
        stop(str(error), EXIT_USAGE)
    # Connexion imports Starlette's test client, which warns of its own HTTP library.
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    try:
        from mockserver.serving import StartFailed, serve_sandbox  # noqa: PLC0415  --help needs none of it
    except ImportError as error:
        stop(f"the server is not installed: {error}; install bet-sandbox[server]", EXIT_USAGE)
    try:
        serve_sandbox(settings, armed)
    except StartFailed as error:
        stop(str(error), EXIT_USAGE)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        stop(f"--set {text}: write it as NAME=VALUE", EXIT_USAGE)
    if name in {row.name for row in SERVER_SETTINGS}:
        stop(f"--set {name}: is a setting of the server; use its own flag", EXIT_USAGE)
    return name, value


for _setting in (row for row in SETTINGS if row.flag):
    if _setting.name == "hints":
        _option = click.option("--no-hints", is_flag=True, help="Send none of the sandbox's own headers.")
    else:
        _default = f" [default: {_setting.default}]" if _setting.default is not None else ""
        _option = click.option(
            f"--{_setting.name.replace('_', '-')}", _setting.name, default=None, help=_setting.help + _default
        )
    _option(serve)


@cli.command()
def settings() -> None:
    """List every setting: what it takes, its default, what it is for.

    All of them are environment variables (MOCKSERVER_PORT) and keys of the TOML file. Those of the server,
    and a partner's URL, are flags of `serve`; `--set` takes the others. What is set for tenants so is the
    default of every tenant; the control plane sets it for one.
    """
    for title, rows in (("the server", SERVER_SETTINGS), ("tenants", TENANT_SETTINGS)):
        click.echo(f"Settings of {title}\n")
        for row in rows:
            click.echo(f"  {row.name} = {_default_of(row)}")
            click.echo(f"      {row.help}")
            click.echo(f"      Takes {row.takes}.{_ONLY_OF.get(row.of, '')}\n")


_ONLY_OF = {
    OPERATOR: " Operators only.",
    PARTNER_CLIENT: " Partner clients only.",
    PROVIDER: " Game providers only.",
}


def _default_of(row: Setting) -> str:
    if row.default is None or row.default == ():
        return "nothing"
    return str(row.default).lower() if isinstance(row.default, bool) else str(row.default)


@cli.command()
@click.argument("name", required=False)
@click.option("--magic", is_flag=True, help="The magic values instead, which need no control plane.")
@click.option("--markdown", is_flag=True, help="The same as a table of Markdown.")
def faults(name: str | None, magic: bool, markdown: bool) -> None:
    """List every fault and variation, or show what NAME takes.

    \b
    They are armed for a tenant over the control plane, or from the start:
      curl -X POST http://127.0.0.1:8081/tenants/site/faults -H 'content-type: application/json' \\
        -d '{"fault": "drop", "operation": "payTicket", "point": "after_commit"}'
      mockserver serve --fault drop,operation=payTicket,point=after_commit
    """
    from mockserver import fault_pages  # noqa: PLC0415  only this command needs it

    if magic:
        click.echo(fault_pages.magic_markdown() if markdown else fault_pages.magic_table(), nl=False)
        return
    if name is not None and name not in fault_pages.NAMES:
        hint = "see --magic" if name.startswith("magic") else nearest(name, fault_pages.NAMES)
        stop(f"NAME: there is no `{name}`; {hint}", EXIT_USAGE)
    click.echo(fault_pages.markdown(name) if markdown else fault_pages.table(name), nl=False)


@cli.command()
def catalogue() -> None:
    """Print the built-in events and cards, for a file of your own: `serve --catalogue FILE`."""
    from mockserver.catalogue_file import built_in_text  # noqa: PLC0415  only this command needs it

    click.echo(built_in_text(), nl=False)


@cli.command()
@click.argument("party", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "mermaid", "markdown"]),
    default="table",
    help="A line per transition, a Mermaid state diagram, or that with a heading (default: table).",
)
def states(party: str | None, form: str) -> None:
    """Print the lifecycle of PARTY's tickets or bets (default: of all); `betcore` is all of BETCORE."""
    from mockserver import state_diagrams as diagrams  # noqa: PLC0415  only this command needs it

    names = diagrams.LIFECYCLES if party is None else diagrams.of_party(party)
    if not names:
        stop(f"PARTY: there is no `{party}`; there are {', '.join(diagrams.LIFECYCLES)}", EXIT_USAGE)
    chosen = diagrams.Format(form)
    click.echo(diagrams.page(chosen) if party is None else diagrams.text_of(names, chosen), nl=False)


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
        secret = {one.name: one.secret for one in seeds.operators()}.get(operator)
        if secret is None:
            stop(f"the sandbox's seeds have no operator `{operator}`; give its --secret", EXIT_USAGE)
    timestamp = timestamp or str(int(time.time()))
    if not (timestamp.isascii() and timestamp.isdecimal()):
        stop(f"--timestamp is {timestamp!r}; it has to be Unix seconds", EXIT_USAGE)
    if not operator.isprintable():
        stop(f"--operator is {operator!r}; a header holds one line of text", EXIT_USAGE)
    click.echo(f"timestamp: {timestamp}")
    click.echo(f"operator-name: {operator}")
    click.echo(f"signature: {signature_of(secret, timestamp, body.read() if body else b'')}")


@cli.command()
@narrows_exchanges
@click.option("--full", is_flag=True, help="Print what was sent and answered, too.")
@click.option(
    "--last",
    type=click.IntRange(0, 1000),
    default=10,
    show_default=True,
    metavar="N",
    help="How many to begin with.",
)
@click.option("--once", is_flag=True, help="Print those and end, without waiting for more.")
@click.option("--no-color", is_flag=True, help="No colours; NO_COLOR in the environment does the same.")
@asks_the_sandbox
def tail(sandbox: Any, full: bool, last: int, once: bool, no_color: bool, **narrowed: Any) -> None:
    """Show the exchanges of a running sandbox, one line for each as it ends, until Ctrl-C.

    \b
    12:00:01.123  -->  site  reserveTicket  200   3.1 ms  ok/ok
    12:00:01.124  <--  site  ticket_win     500  12.0 ms  ok/BAD

    --> came to the sandbox, <-- the sandbox sent. The two marks are how request and answer stand to the
    contract; -- is what could not be judged.
    """
    from mockserver.tail_command import Look, follow  # noqa: PLC0415  only this command needs it

    colours = False if no_color or os.environ.get("NO_COLOR") else None
    follow(sandbox, exchange_query(**narrowed), Look(full=full, colours=colours), last=last, once=once)


@cli.command()
@narrows_exchanges
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write to; default: standard output.",
)
@asks_the_sandbox
def har(sandbox: Any, out: Path | None, **narrowed: Any) -> None:
    """Export the journal of a running sandbox as HAR 1.2, for the developer tools of a browser."""
    document = {"log": sandbox.har(**exchange_query(**narrowed))["log"]}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        stop(f"--out {out}: {error.strerror}", EXIT_USAGE)
    click.echo(out)


_CONFIG = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file whose [overrides] are put in.",
)


@cli.group(invoke_without_command=True)
@_CONFIG
@click.pass_context
def contracts(context: click.Context, config: Path | None) -> None:
    """Show what the contracts hold: operations, error rows, requirements, and how each fact is known.

    \b
    documented  the vendor's pages say it       observed  public third-party code shows it
    derived     it follows from the pages       assumed   ours: a question to the vendor
    confirmed   the vendor's answer, from [overrides] of --config

    A mark of provenance is one fact, and so is each keyword that is marked by itself: the figures show
    where to look, not how much of an API is known.
    """
    context.obj = config
    if context.invoked_subcommand is None:
        from mockserver.contracts_command import print_figures  # noqa: PLC0415  only this command needs it

        _reading_contracts(lambda: print_figures(_overrides(config)))


@contracts.command()
@click.argument("surfaces", nargs=-1, metavar="[SURFACE]...")
@_CONFIG
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write into, the registers beside them.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON instead of YAML; of several contracts with --out only."
)
@click.pass_obj
def export(
    outer: Path | None, surfaces: tuple[str, ...], config: Path | None, out: Path | None, as_json: bool
) -> None:
    """Print contracts, each complete in itself and with the overrides in it; all of them by default."""
    from mockserver.contracts_command import exported, registers_of, write  # noqa: PLC0415  as above

    files = _reading_contracts(lambda: exported(surfaces, _overrides(config or outer), as_json=as_json))
    if out is not None:
        try:
            written = write({**files, **registers_of(surfaces)}, out)
        except OSError as error:
            stop(f"--out {out}: {error.strerror}", EXIT_USAGE)
        for path in written:
            click.echo(path)
    elif as_json and len(files) > 1:
        stop("several contracts are no one JSON document; name one, or give --out", EXIT_USAGE)
    else:
        click.echo("---\n".join(files.values()), nl=False)


@contracts.command()
@click.argument("surfaces", nargs=-1, metavar="[SURFACE]...")
@_CONFIG
@click.pass_obj
def questions(outer: Path | None, surfaces: tuple[str, ...], config: Path | None) -> None:
    """List what has to be asked of the vendors: every assumption that no override answers."""
    from mockserver.contracts_command import print_questions  # noqa: PLC0415  only this command needs it

    _reading_contracts(lambda: print_questions(surfaces, _overrides(config or outer)))


def _overrides(config: Path | None) -> dict[str, Any]:
    from bet_contracts.override_file import read_overrides  # noqa: PLC0415  only two commands need it

    return read_overrides(config) if config else {}


def _reading_contracts(read: Callable[[], Any]) -> Any:
    from bet_contracts.errors import ContractError  # noqa: PLC0415  only two commands need it

    try:
        return read()
    except ContractError as error:
        stop(str(error), EXIT_USAGE)


for _command in (trigger, send, resend):
    cli.add_command(_command)
