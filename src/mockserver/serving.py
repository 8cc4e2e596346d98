"""What ``mockserver serve`` does: two applications in one process, on one event loop."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from bet_contracts.documents import contracts_directory, read_yaml
from mockserver import __version__
from mockserver.adapters.alarm import LoopAlarm
from mockserver.adapters.clock import SystemClock
from mockserver.adapters.ids import SeededIds
from mockserver.adapters.keys import JwksClient, SigningKeys
from mockserver.adapters.sender import HttpSender, OwnTransport
from mockserver.betstack.catalogue import CatalogueError
from mockserver.bootstrap import Outside, Sandbox, build
from mockserver.catalogue_file import catalogue_in
from mockserver.edge.app import surfaces_app
from mockserver.edge.contract import ContractError, load
from mockserver.edge.hub.application import HubDispatch
from mockserver.edge.server import Application, PortInUse, is_loopback, listen, run, serve, url_of
from mockserver.edge.surface import Surface
from mockserver.kernel.control import ControlRefusal
from mockserver.kernel.faults.armed import MOST_ARMED
from mockserver.kernel.faults.spec import FaultFor
from mockserver.kernel.settings import SettingsError
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import PARTNER_URLS
from mockserver.rehearsal import broken_answers
from mockserver.settings import Settings


class StartFailed(Exception):
    """The server can't start. The text says why, in one line."""


def serve_sandbox(settings: Settings, faults: Sequence[FaultFor] = ()) -> None:
    """Serve until SIGINT or SIGTERM.

    :param faults: those that are armed from the start

    :raises StartFailed: a port is taken, or a contract or the catalogue can't be read
    """
    signing_keys = SigningKeys()  # first, so that the key is made while the rest is
    try:
        _require_guarded(settings)
        if len(faults) > MOST_ARMED:
            raise StartFailed(f"--fault: is given {len(faults)} times, and at most {MOST_ARMED} can be armed")
        catalogue = catalogue_in(Path(settings.catalogue)) if settings.catalogue else None
        public = _listener(settings.host, settings.port, "--host or --port")
        admin = _listener(settings.admin_host, settings.admin_port, "--admin-host or --admin-port")
        clock = SystemClock()
        jwks_path = _jwks_path(settings)
        own_url, own = _loopback(public), OwnTransport()
        sender = HttpSender({own_url: own})
        outside = Outside(
            clock=clock,
            alarm=LoopAlarm,
            ids=SeededIds,
            new_seed=lambda: settings.seed or secrets.token_hex(16),
            keys=JwksClient(f"{settings.betcore_url or own_url}{jwks_path}", clock),
            signing_keys=signing_keys,
            sender=sender,
            stopwatch=_stopwatch,
            own_url=own_url,
            betcore_url=settings.betcore_url,
        )
        made = partial(
            build,
            hints=settings.hints,
            overrides=settings.overrides,
            catalogue=catalogue,
            hidden=(settings.admin_token,) if settings.admin_token else (),
        )
        sandbox = made(outside, tenant_defaults=settings.tenant_defaults, faults=faults)
        _require_struck(sandbox, faults)
        if settings.overrides:
            _rehearse(made, outside, settings.tenant_defaults)
    except (ContractError, CatalogueError) as error:
        raise StartFailed(str(error)) from None

    def surfaces() -> object:
        own.app = HubDispatch(surfaces_app(sandbox.surfaces), sandbox.hub)
        return own.app

    async def main() -> None:
        try:
            await serve(
                [
                    Application(surfaces, public, web_sockets=sandbox.hub.contract.paths),
                    Application(lambda: _admin_app(sandbox, settings, signing_keys), admin),
                ],
                on_ready=lambda: click.echo(_banner(sandbox, settings, jwks_path, public, admin)),
                on_stop=sandbox.tenants.let_go,
            )
        finally:
            await sender.aclose()

    run(main)


def _require_struck(sandbox: Sandbox, faults: Sequence[FaultFor]) -> None:
    """See to it that each fault is armed for somebody.

    :raises StartFailed: one can strike nothing
    """
    tenants = sandbox.tenants
    for one in faults:
        try:
            if one.tenant is not None:
                tenants.faults_of(one.tenant).require_reach(one.spec)
            else:
                tenants.require_reach(one.spec)
        except (SettingsError, ControlRefusal) as error:
            raise StartFailed(f"--fault {one.spec.fault}: {error}") from None


def _rehearse(made: Callable[..., Sandbox], outside: Outside, tenant_defaults: Mapping[str, Any]) -> None:
    """See to it that the sandbox can live the user's overrides. Nobody is called but the sandbox itself.

    :raises StartFailed: it can't
    """
    own = OwnTransport()
    inside = replace(outside, sender=HttpSender({"all://": own}), betcore_url=None)
    kept = {name: value for name, value in tenant_defaults.items() if name not in PARTNER_URLS}
    sandbox = made(inside, tenant_defaults=kept)
    own.app = surfaces_app(sandbox.surfaces)
    if broken := next(broken_answers(sandbox), None):
        raise StartFailed(f"the sandbox can't live these overrides: {broken}")


def _stopwatch() -> float:
    return time.perf_counter() * 1000


def _admin_app(sandbox: Sandbox, settings: Settings, signing_keys: SigningKeys) -> object:
    # Flask and its templates take longer to import than the surfaces take to start, and these
    # already answer while they are imported.
    from mockserver.admin.app import admin_app  # noqa: PLC0415  see above
    from mockserver.admin.bridge import Bridge  # noqa: PLC0415  see above
    from mockserver.admin.plane import Plane  # noqa: PLC0415  see above

    return admin_app(
        read_yaml(contracts_directory() / "admin.yaml"),
        Plane(
            tenants=sandbox.tenants,
            bridge=Bridge(asyncio.get_running_loop()),
            signing_keys=signing_keys,
            explain=sandbox.explainer.explain,
            stopwatch=_stopwatch,
        ),
        host=settings.admin_host,
        token=settings.admin_token,
        version=__version__,
        surfaces=[*(one.contract.surface for one in sandbox.surfaces), sandbox.hub.contract.surface],
    )


def _require_guarded(settings: Settings) -> None:
    """Whoever reaches the control plane can read every secret."""
    if settings.admin_token is None and not is_loopback(settings.admin_host):
        raise StartFailed(
            f"--admin-host {settings.admin_host} can be reached from other machines; "
            "give an --admin-token too (or MOCKSERVER_ADMIN_TOKEN)"
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
    taken = Counter(surface.contract.base_path for surface in sandbox.surfaces)
    for surface in sandbox.surfaces:
        url = f"{base}{surface.contract.base_path}"
        entry = _entry(url, surface, shared=taken[surface.contract.base_path] > 1)
        lines.append(f"{surface.contract.surface:<20} {entry:<42} {url}{surface.docs_path}")
    hub = sandbox.hub.contract
    live = base.replace("http", "ws", 1) + hub.paths[0]
    lines.append(f"{hub.surface:<20} {live:<42} (SignalR; also at {hub.paths[1]})")
    lines += [f"{'control plane':<20} {url_of(admin):<42} {url_of(admin)}/docs", ""]
    lines.append("Credentials of the sandbox:")
    for tenant in sandbox.tenants:
        lines.append(_credentials(tenant))
    keys = [f"{url}{jwks_path}" for url in (base, settings.betcore_url) if url]
    lines.append(f"  BETCORE's keys are read from {' and '.join(keys)}")
    if settings.overrides:
        lines.append(f"  Answers of the vendors in force: {', '.join(settings.overrides)}")
    lines += ["", "Ready. Stop with Ctrl-C."]
    return "\n".join(lines)


def _entry(url: str, surface: Surface, *, shared: bool) -> str:
    """Where an API is called; one that has no prefix and a single path, at that path.

    :param shared: whether another API has the same prefix, or none either
    """
    paths = {operation.path for operation in surface.contract.operations.values()}
    if not surface.contract.base_path:
        return url + min(paths) if len(paths) == 1 else url
    segments = surface.contract.first_segments
    return url + segments[0] if shared and len(segments) == 1 else url


def _credentials(tenant: Tenant) -> str:
    off = ", ".join(tenant.settings.get("features_off", ()))
    players = "; ".join(
        f"player {player.id} ({player.currency})"
        + (f", token{'s' * (len(player.tokens) > 1)} {', '.join(player.tokens)}" if player.tokens else "")
        for player in tenant.players
    )
    return f"  {tenant.kind.replace('_', ' ')} {tenant.name}: secret {tenant.secret.current}; {players}" + (
        f"; without {off}" if off else ""
    )
