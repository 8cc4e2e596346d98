"""A sandbox that listens: two applications in one process, on one event loop."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
from mockserver.admin.bridge import Bridge
from mockserver.banner import banner
from mockserver.betstack.catalogue import CatalogueError
from mockserver.bootstrap import Outside, Sandbox, build
from mockserver.catalogue_file import catalogue_in
from mockserver.edge.app import surfaces_app
from mockserver.edge.contract import ContractError, load
from mockserver.edge.hub.application import HubDispatch
from mockserver.edge.server import (
    Application,
    PortInUse,
    is_loopback,
    listen,
    run,
    serve,
    stopped_by_signals,
    url_of,
)
from mockserver.kernel.control import ControlRefusal
from mockserver.kernel.faults.armed import MOST_ARMED
from mockserver.kernel.faults.spec import FaultFor
from mockserver.kernel.settings import SettingsError
from mockserver.kernel.tenant_settings import PARTNER_URLS
from mockserver.rehearsal import broken_answers
from mockserver.settings import Settings

# Drives and clocks may wait for a partner, and many jobs use one sandbox. A thread that waits costs little.
_ADMIN_WORKERS = 256


class StartFailed(Exception):
    """The server can't start. The text says why, in one line."""


def serve_sandbox(settings: Settings, faults: Sequence[FaultFor] = ()) -> None:
    """Serve until SIGINT or SIGTERM.

    :param faults: those that are armed from the start
    :raises StartFailed: a port is taken, or a contract or the catalogue can't be read
    """
    with Service(settings, faults) as service:

        async def main() -> None:
            await service.serve(stopped_by_signals(), on_ready=lambda: click.echo(service.banner()))

        run(main)


class Service:
    """A sandbox with its two ports open. To be closed, as ``with`` does.

    :param faults: those that are armed from the start
    :raises StartFailed: a port is taken, or a contract or the catalogue can't be read
    """

    def __init__(self, settings: Settings, faults: Sequence[FaultFor] = ()) -> None:
        self._settings = settings
        self._signing_keys = SigningKeys()  # first, so that the key is made while the rest is
        with ExitStack() as opened:
            try:
                _require_guarded(settings)
                if len(faults) > MOST_ARMED:
                    raise StartFailed(
                        f"--fault: is given {len(faults)} times, and at most {MOST_ARMED} can be armed"
                    )
                catalogue = catalogue_in(Path(settings.catalogue)) if settings.catalogue else None
                self._public = opened.enter_context(
                    _listener(settings.host, settings.port, "--host or --port")
                )
                self._admin = opened.enter_context(
                    _listener(settings.admin_host, settings.admin_port, "--admin-host or --admin-port")
                )
                clock = SystemClock()
                self._jwks_path = _jwks_path(settings)
                self._own = OwnTransport()
                self._sender = HttpSender({self.base_url: self._own})
                outside = Outside(
                    clock=clock,
                    alarm=LoopAlarm,
                    ids=SeededIds,
                    new_seed=lambda: settings.seed or secrets.token_hex(16),
                    keys=JwksClient(f"{settings.betcore_url or self.base_url}{self._jwks_path}", clock),
                    signing_keys=self._signing_keys,
                    sender=self._sender,
                    stopwatch=_stopwatch,
                    own_url=self.base_url,
                    betcore_url=settings.betcore_url,
                )
                made = partial(
                    build,
                    hints=settings.hints,
                    overrides=settings.overrides,
                    catalogue=catalogue,
                    hidden=(settings.admin_token,) if settings.admin_token else (),
                )
                self._sandbox = made(outside, tenant_defaults=settings.tenant_defaults, faults=faults)
                _require_struck(self._sandbox, faults)
                if settings.overrides:
                    _rehearse(made, outside, settings.tenant_defaults)
            except (ContractError, CatalogueError) as error:
                raise StartFailed(str(error)) from None
            self._opened = opened.pop_all()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def base_url(self) -> str:
        """Of the vendors' APIs, as this machine reaches them."""
        return _loopback(self._public)

    @property
    def admin_url(self) -> str:
        """Of the control plane, as this machine reaches it."""
        return _loopback(self._admin)

    async def serve(self, stopping: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Serve until told to stop, once.

        :param stopping: set by whoever ends it
        :param on_ready: called once everything answers
        """
        bridge = Bridge(asyncio.get_running_loop())
        workers = ThreadPoolExecutor(_ADMIN_WORKERS, thread_name_prefix="control-plane")
        try:
            await serve(
                [
                    Application(self._surfaces, self._public, web_sockets=self._sandbox.hub.contract.paths),
                    Application(lambda: self._admin_app(bridge, workers), self._admin),
                ],
                stopping,
                on_ready,
                self._end_waiting,
            )
        finally:
            bridge.close()
            await self._sender.aclose()
            await asyncio.to_thread(workers.shutdown)

    def banner(self) -> str:
        """What there is to know of it, in some lines."""
        return banner(
            self._sandbox,
            self._settings,
            jwks_path=self._jwks_path,
            base=url_of(self._public),
            admin=url_of(self._admin),
        )

    def _end_waiting(self) -> None:
        """Nobody waits for an exchange any more, and no fault holds anything back."""
        self._sandbox.tenants.hush("the sandbox stops")
        self._sandbox.tenants.let_go()

    def _surfaces(self) -> object:
        self._own.app = HubDispatch(surfaces_app(self._sandbox.surfaces), self._sandbox.hub)
        return self._own.app

    def _admin_app(self, bridge: Bridge, workers: ThreadPoolExecutor) -> object:
        # Flask and its templates take longer to import than the surfaces take to start, and these
        # already answer while they are imported.
        from mockserver.admin.app import admin_app  # noqa: PLC0415  see above
        from mockserver.admin.plane import Plane  # noqa: PLC0415  see above

        sandbox = self._sandbox
        return admin_app(
            read_yaml(contracts_directory() / "admin.yaml"),
            Plane(
                tenants=sandbox.tenants,
                bridge=bridge,
                signing_keys=self._signing_keys,
                explain=sandbox.explainer.explain,
                judge=sandbox.explainer.judge,
                surfaces=frozenset(sandbox.surface_names),
                operations=frozenset(sandbox.operation_names),
                stopwatch=_stopwatch,
            ),
            host=self._settings.admin_host,
            token=self._settings.admin_token,
            version=__version__,
            base_url=url_of(self._public),
            surfaces=sandbox.surface_names,
            workers=workers,
        )


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
    sender = HttpSender({"all://": own})
    inside = replace(outside, sender=sender, betcore_url=None)
    kept = {name: value for name, value in tenant_defaults.items() if name not in PARTNER_URLS}
    sandbox = made(inside, tenant_defaults=kept)
    own.app = surfaces_app(sandbox.surfaces)
    try:
        if broken := next(broken_answers(sandbox), None):
            raise StartFailed(f"the sandbox can't live these overrides: {broken}")
    finally:
        asyncio.run(sender.aclose())


def _stopwatch() -> float:
    return time.perf_counter() * 1000


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
