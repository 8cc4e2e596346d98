"""The sandbox in a thread of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any

from mockserver.edge.server import run
from mockserver.serving import Service, StartFailed
from mockserver.settings import SettingsError, resolve

__all__ = ["Address", "StartFailed", "in_thread"]

_ANY_PORTS = MappingProxyType({"port": 0, "admin_port": 0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the control plane is, and what it wants to see."""

    admin_url: str
    admin_token: str | None


@contextmanager
def in_thread(given: Mapping[str, Any], file: Path | None, given_by: str) -> Iterator[Address]:
    """Serve until the block ends, on free ports where none are given. The environment does not count.

    :param given: settings by name
    :param file: a TOML file with others, which those given win over
    :param given_by: where the settings come from, for the error
    :raises StartFailed: a setting or the file is wrong, a port is taken, ...
    """
    try:
        settings = resolve(given, {}, file, given_by=given_by, defaults=_ANY_PORTS)
    except SettingsError as error:
        raise StartFailed(str(error)) from None
    with Service(settings) as service, _served(service):
        yield Address(admin_url=service.admin_url, admin_token=settings.admin_token)


@contextmanager
def _served(service: Service) -> Iterator[None]:
    ready: Future[Callable[[], object]] = Future()
    """Has the function that stops it, or why it can't be."""

    async def main() -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        stop = partial(loop.call_soon_threadsafe, stopping.set)
        await service.serve(stopping, on_ready=lambda: ready.set_result(stop))

    def live() -> None:
        try:
            run(main)
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    # A daemon, so that a block that is never left keeps no process from ending.
    thread = Thread(target=live, name="sandbox", daemon=True)
    thread.start()
    try:
        stop = ready.result()
    except BaseException:  # it did not start, and ends; or Ctrl-C came meanwhile
        ready.add_done_callback(_stop_what_started)
        thread.join()
        raise
    try:
        yield
    finally:
        _stop(stop)
        thread.join()


def _stop_what_started(ready: Future[Callable[[], object]]) -> None:
    if ready.exception() is None:
        _stop(ready.result())


def _stop(stop: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed: it ended by itself, and said why
        stop()
