"""Starts a sandbox, walks both lifecycles, runs the conformance kit, and says where to look next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rich.console import Console

from conformance import signing
from conformance.callback_sink import JWKS_PATH, CallbackSink
from conformance.played_pam import PAM_PATH
from demo.betcore_bet import betcore_bet
from demo.betstack_ticket import TicketLife
from demo.exchanges import Surprise
from demo.sandbox import Addresses, DidNotStart, free_port, sandbox
from mockserver.testing import Sandbox

REPORTS = Path("reports")
NEXT = """\
[bold]Where to look next[/]
  reports/report.html    every verdict with its requirement, page and exchange; open it in a browser
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
            lead_to_the_kit(running, listen)
            console.rule("[bold]The conformance kit against the same server, assumptions judged too")
            exit_code = conformance(base_url, listen)
    except (DidNotStart, Surprise) as error:
        console.print(f"[red]The demonstration stopped:[/] {error}")
        return 1
    console.print(f"\n{NEXT}")
    return exit_code


def walk(running: Addresses, listen: str, console: Console) -> None:
    """Both lifecycles; the demonstration plays BETCORE and serves its keys meanwhile."""
    with Sandbox(running.admin_url) as plane:
        TicketLife(running.base_url, plane, console).walk()
    key = signing.SigningKey.generate()
    with CallbackSink(listen, {JWKS_PATH: {"keys": [key.jwk()]}}):
        betcore_bet(running.base_url, key, console)


def lead_to_the_kit(running: Addresses, listen: str) -> None:
    """Have the operators' platform called where the kit plays it."""
    with Sandbox(running.admin_url) as plane:
        for tenant in plane.tenants():
            if tenant["kind"] == "operator":
                plane.tenant(tenant["name"]).change(pam_url=f"http://{listen}{PAM_PATH}")


def conformance(base_url: str, listen: str) -> int:
    """The kit, as a user runs it; a difference from an assumption counts too, since they are ours."""
    command = [sys.executable, "-m", "conformance", "run", "betstack", "betcore-casino"]
    options = [
        "--base-url",
        base_url,
        "--listen",
        listen,
        "--report-dir",
        str(REPORTS),
        "--judge-assumptions",
    ]
    return subprocess.run([*command, *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
