"""Starts a sandbox, walks both lifecycles, runs the conformance kit, and says where to look next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rich.console import Console

from conformance import signing
from conformance.callback_sink import JWKS_PATH, CallbackSink
from demo.betcore_bet import betcore_bet
from demo.betcore_evening import CasinoEvening, ProviderEvening
from demo.betstack_ticket import TicketLife
from demo.exchanges import Surprise
from demo.sandbox import Addresses, DidNotStart, free_port, sandbox
from mockserver.testing import Sandbox

REPORTS = Path("reports")
NEXT = """\
[bold]Where to look next[/]
  reports/report.html    every verdict with its requirement, page and exchange; open it in a browser
                         (reports/operator/report.html for the platform)
  make serve             a sandbox on http://127.0.0.1:8080 to build against
  README.md              your first ticket with curl, and the kit against your own implementation"""


def main() -> int:
    """Run the demonstration; returns the exit code."""
    console = Console(highlight=False)
    listen = f"127.0.0.1:{free_port()}"
    try:
        with sandbox("--betcore-url", f"http://{listen}") as running:
            base_url = running.base_url
            console.print(f"A sandbox runs at {base_url}.\n")
            walk(running, listen, console)
            console.rule("[bold]The conformance kit against the same server, assumptions judged too")
            exit_code = conformance("betstack", "betcore-casino", "--listen", listen, at=base_url)
            console.rule("[bold]The same against the operator's platform")
            exit_code = exit_code or conformance("betstack-operator", at=f"{base_url}/pam", below="operator")
    except (DidNotStart, Surprise) as error:
        console.print(f"[red]The demonstration stopped:[/] {error}")
        return 1
    console.print(f"\n{NEXT}")
    return exit_code


def walk(running: Addresses, listen: str, console: Console) -> None:
    """Both lifecycles; the demonstration plays BETCORE and serves its keys meanwhile."""
    with Sandbox(running.admin_url) as plane:
        TicketLife(running.base_url, plane, console).walk()
        CasinoEvening(plane, console).walk()
        ProviderEvening(plane, console).walk()
    key = signing.SigningKey.generate()
    with CallbackSink(listen, {JWKS_PATH: {"keys": [key.jwk()]}}):
        betcore_bet(running.base_url, key, console)


def conformance(*arguments: str, at: str, below: str = "") -> int:
    """The kit, as a user runs it; a difference from an assumption counts too, since they are ours."""
    options = ["--base-url", at, "--report-dir", str(REPORTS / below), "--judge-assumptions"]
    command = [sys.executable, "-m", "conformance", "run", *arguments, *options]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
