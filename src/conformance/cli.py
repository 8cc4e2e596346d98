"""The command ``conformance``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance import __version__
from conformance.errors import KitError
from conformance.verdict import ExitCode

if TYPE_CHECKING:
    from conformance.case import Case
    from conformance.requirements import Requirement
    from conformance.session import CaseSession


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="conformance")
def main() -> None:
    """Check an implementation of the Betstack or BETCORE APIs against the vendors' documentation."""


def run_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that ``conformance run`` shares with the pytest plugin."""
    for option in reversed(
        (
            click.option("--base-url", required=True, help="Where the party under test is."),
            click.option(
                "--target",
                type=click.Path(path_type=Path),
                help="Target file (TOML); needed for a target that is not on this machine.",
            ),
            click.option(
                "--listen",
                metavar="HOST:PORT",
                help="Where the kit listens when it plays BETCORE for a casino [default: "
                "127.0.0.1:8090]. For betstack it plays the operator's platform there, at /pam, and its "
                "receiver of texts at /sms; for betcore-aggregator the casino, for betcore-sessions the game "
                "provider, for betcore-provider BETCORE. That it does only if this is given.",
            ),
            click.option("--public-url", help="Where the target reaches that listener."),
            click.option(
                "--judge-assumptions",
                is_flag=True,
                help="Judge what is only assumed like what is documented.",
            ),
            click.option(
                "--deviations", type=click.Path(path_type=Path), help="Known failures (YAML or TOML)."
            ),
            click.option(
                "--overrides",
                type=click.Path(path_type=Path),
                help="What the vendor answered (TOML, table [overrides]); it binds like the documentation.",
            ),
            click.option(
                "--report-dir",
                type=click.Path(path_type=Path),
                help="Where the reports go [default: reports].",
            ),
            click.option(
                "--only",
                multiple=True,
                metavar="SELECTOR",
                help="Case id, requirement id or operation; repeatable.",
            ),
            click.option(
                "--allow",
                multiple=True,
                metavar="CLASS",
                help="Safety class that may run on another machine: creates, moves-money, destructive, load; "
                "repeatable.",
            ),
            click.option(
                "--generated",
                type=int,
                metavar="N",
                help="Made-up requests per operation and phase; 0 for none [default: 15].",
            ),
            click.option("--seed", type=int, help="Seed of the made-up requests [default: 1]."),
        )
    ):
        function = option(function)
    return function


@main.command()
@click.argument("profiles", nargs=-1, metavar="[PROFILE]...")
@run_options
@click.option("--verbose", is_flag=True, help="Show pytest's own output too.")
def run(profiles: tuple[str, ...], verbose: bool, **given: Any) -> None:
    """Run the cases of the profiles against a target and write the reports.

    Profiles: betstack (bet engine and cards), betstack-operator (an operator's platform, whose own URL
    --base-url then is), betcore-casino (a casino's wallet), betcore-aggregator (BETCORE for casinos),
    betcore-sessions (BETCORE for game providers), betcore-provider (a game provider), betcore-feed (feed and
    live hub). Without one, those of the target file run.

    Exit codes: 0 as expected; 1 a requirement is broken or money is at risk; 2 usage; 3 target not reachable;
    4 cases have not run; 5 the kit failed.
    """
    try:
        code = _run(profiles, given, verbose=verbose)
    except KitError as error:
        click.echo(f"conformance: {error}", err=True)
        code = int(error.code)
    except ImportError as error:
        code = _not_installed(error)
    sys.exit(code)


def _run(profiles: tuple[str, ...], given: Mapping[str, Any], *, verbose: bool) -> int:
    from conformance.execution import execute  # noqa: PLC0415 - loads Schemathesis
    from conformance.options import Options  # noqa: PLC0415 - only this command needs it
    from conformance.run import prepare  # noqa: PLC0415 - loads Schemathesis

    options = Options(
        profiles=profiles, **{name: value for name, value in given.items() if value is not None}
    )
    session = execute(prepare(options, environment=os.environ), verbose=verbose)
    if session.failure is not None:
        raise KitError(session.failure, session.code or ExitCode.HARNESS)
    _show(session)
    return int(session.code or 0)


def _show(session: CaseSession) -> None:
    from rich.console import Console  # noqa: PLC0415 - only this command needs it

    from conformance.report.terminal import show  # noqa: PLC0415 - only this command needs it

    assert session.record is not None
    if session.record.smoke_failure is None:
        show(session.record, Console())
    else:  # every case says the same: one line is enough
        click.echo(f"conformance: {session.record.smoke_failure}", err=True)
    for path in session.reports:
        click.echo(f"report: {path}")
    click.echo(session.advice())


@main.command(name="list")
@click.argument("profile", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_cases(profile: str | None, as_json: bool) -> None:
    """List the named cases with their requirements, levels and safety classes."""

    def wanted() -> list[dict[str, Any]]:
        from conformance.case import catalogue  # noqa: PLC0415 - --help must be instant

        if profile is not None:
            from conformance.profiles import profile as known  # noqa: PLC0415 - --help must be instant

            known(profile)
        return [
            {
                "case": case.id,
                "title": case.title,
                "profile": case.profile,
                "operation": case.operation,
                "requirements": [row.id for row in case.requirements],
                "level": "MUST" if case.binding else "MAY",
                "safety": case.safety,
                "needs": list(case.needs),
                "hooks": list(case.hooks),
            }
            for case in catalogue().values()
            if profile in (None, case.profile)
        ]

    rows = _or_exit(wanted)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        requirements = ", ".join(row["requirements"])
        click.echo(f"{row['case']}  {row['level']}  {row['safety']}  {row['operation']}  {requirements}")
        click.echo(f"    {row['title']}")
    click.echo(f"{len(rows)} cases")


@main.command()
def coverage() -> None:
    """Show every requirement by operation, with the cases that test it or the reason why none does."""

    def known() -> tuple[Mapping[str, Requirement], Mapping[str, Case]]:
        from conformance.case import catalogue  # noqa: PLC0415 - --help must be instant
        from conformance.requirements import load  # noqa: PLC0415 - --help must be instant

        return load(), catalogue()

    register, cases = _or_exit(known)
    testing: dict[str, list[str]] = {}
    for case in cases.values():
        for row in case.requirements:
            testing.setdefault(row.id, []).append(case.id)
    heading = None
    by_operation = sorted(register.values(), key=lambda row: (row.surface, row.operation))
    for requirement in by_operation:
        if (place := f"{requirement.surface} {requirement.operation}") != heading:
            click.echo(("" if heading is None else "\n") + place)
            heading = place
        click.echo(f"  {requirement.id}  {requirement.level}  {requirement.text}")
        for name in testing.get(requirement.id, ()):
            click.echo(f"      {name}")
        if requirement.id not in testing:
            click.echo(f"      not tested: {requirement.not_tested or 'no case and no reason'}")
    tested = sum(requirement in testing for requirement in register)
    click.echo(f"\n{tested} of {len(register)} requirements have a case; {len(cases)} cases")


def _or_exit(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except KitError as error:
        click.echo(f"conformance: {error}", err=True)
        sys.exit(int(error.code))
    except ImportError as error:
        sys.exit(_not_installed(error))


def _not_installed(error: ImportError) -> int:
    click.echo(f"conformance: the kit is not installed: {error}; install bet-sandbox[kit]", err=True)
    return int(ExitCode.USAGE)
