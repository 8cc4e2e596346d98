"""What ``mockserver serve`` does: two applications in one process, on one event loop."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

import click

from bet_contracts.documents import contracts_directory, read_yaml
from mockserver import __version__
from mockserver.adapters.clock import SystemClock
from mockserver.adapters.ids import RandomIds
from mockserver.adapters.keys import JwksClient, SigningKey
from mockserver.bootstrap import Sandbox, build
from mockserver.edge.app import surfaces_app
from mockserver.edge.contract import ContractError, load
from mockserver.edge.server import PortInUse, listen, run, serve, url_of
from mockserver.rehearsal import broken_answers
from mockserver.settings import Settings

_ADMIN_HOST = "127.0.0.1"


class StartFailed(Exception):
    """The server can't start. The text says why, in one line."""


def serve_sandbox(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    :raises StartFailed: a port is taken, or a contract can't be read
    """
    signing_key = SigningKey()  # first, so that the key is made while the rest is
    try:
        public = _listener(settings.host, settings.port, "--host or --port")
        admin = _listener(_ADMIN_HOST, settings.admin_port, "--admin-port")
        clock = SystemClock()
        jwks_path = _jwks_path(settings)
        made = partial(
            build,
            clock=clock,
            ids=RandomIds(),
            keys=JwksClient(f"{settings.betcore_url or _loopback(public)}{jwks_path}", clock),
            jwks=signing_key.jwks,
            hints=settings.hints,
            overrides=settings.overrides,
        )
        sandbox = made()
        if settings.overrides and (broken := next(broken_answers(made()), None)):
            raise StartFailed(f"the sandbox can't live these overrides: {broken}")
    except ContractError as error:
        raise StartFailed(str(error)) from None

    async def main() -> None:
        await serve(
            [
                (lambda: surfaces_app(sandbox.surfaces), public),
                (lambda: _admin_app(sandbox), admin),
            ],
            on_ready=lambda: click.echo(_banner(sandbox, settings, jwks_path, public, admin)),
        )

    run(main)


def _admin_app(sandbox: Sandbox) -> object:
    # Flask and its templates take longer to import than the surfaces take to start, and these
    # already answer while they are imported.
    from mockserver.admin.app import admin_app  # noqa: PLC0415  see above
    from mockserver.admin.bridge import Bridge  # noqa: PLC0415  see above

    return admin_app(
        read_yaml(contracts_directory() / "admin.yaml"),
        bridge=Bridge(asyncio.get_running_loop()),
        reset=sandbox.reset,
        version=__version__,
        surfaces=[surface.contract.surface for surface in sandbox.surfaces],
    )


def _jwks_path(settings: Settings) -> str:
    """Where BETCORE publishes its keys, below its host."""
    contract = load("betcore.aggregator", settings.overrides)
    return contract.base_path + contract.operations["getJwks"].path


def _listener(host: str, port: int, flag: str) -> socket.socket:
    try:
        return listen(host, port)
    except PortInUse as error:
        raise StartFailed(f"{error}; choose another with {flag}") from None


def _loopback(listener: socket.socket) -> str:
    """How the server reaches itself; a server that listens everywhere is reached over loopback."""
    url = url_of(listener)
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _banner(
    sandbox: Sandbox, settings: Settings, jwks_path: str, public: socket.socket, admin: socket.socket
) -> str:
    base = url_of(public)
    lines = [
        f"Betstack and BETCORE sandbox {__version__} (not affiliated with either vendor)",
        "",
        f"{'API':<20} {'URL':<42} page with the contract",
    ]
    for surface in sandbox.surfaces:
        url = f"{base}{surface.contract.base_path}"
        lines.append(f"{surface.contract.surface:<20} {url:<42} {url}{surface.docs_path}")
    lines += [f"{'control plane':<20} {url_of(admin):<42} {url_of(admin)}/docs", ""]
    lines.append("Credentials of the sandbox:")
    for operator in sandbox.operators.values():
        off = f"; without {', '.join(sorted(operator.features_off))}" if operator.features_off else ""
        tokens = ", ".join(operator.players)
        lines.append(f"  operator {operator.name}: secret {operator.secret}; player tokens {tokens}{off}")
    for client in sandbox.clients.values():
        users = ", ".join(f"{user.id} ({user.currency})" for user in client.users.values())
        lines.append(f"  partner client {client.client_id}: players {users}")
    lines.append(f"  BETCORE's keys are read from {settings.betcore_url or base}{jwks_path}")
    if settings.overrides:
        lines.append(f"  Answers of the vendors in force: {', '.join(settings.overrides)}")
    lines += ["", "Ready. Stop with Ctrl-C."]
    return "\n".join(lines)
