"""Serves several ASGI applications on one event loop, each on its own socket."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from mockserver.edge.http_protocol import with_web_sockets
from mockserver.edge.web_socket_protocol import LARGEST_FRAMES, WebSocketProtocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_BACKLOG = 2048
_GRACE_SECONDS = 3


class PortInUse(Exception):
    """An address can't be listened on. The text says which and why, in one line."""


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; port 0 takes any that is free.

    :raises PortInUse: the address is taken, not this machine's, or not allowed
    """
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=_BACKLOG,
            reuse_port=False,
        )
    except (OSError, OverflowError, ValueError, TypeError) as error:
        # Python adds the address once more in parentheses.
        why = (getattr(error, "strerror", None) or str(error)).partition(" (")[0]
        raise PortInUse(f"{host}:{port} can't be listened on: {why}") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def url_of(listener: socket.socket) -> str:
    """``http://host:port`` of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(frozen=True, slots=True)
class Application:
    """What is served on a socket."""

    build: Callable[[], Any]
    """Makes the ASGI application."""
    listener: socket.socket
    web_sockets: Collection[str] = ()
    """Paths at which a WebSocket may be asked for."""


class _Server(uvicorn.Server):
    """Leaves signals to :func:`serve`, since each server would take them from the other."""

    def __init__(self, app: ASGIApp, web_sockets: Collection[str]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                http=with_web_sockets(web_sockets),
                ws=WebSocketProtocol,
                ws_max_size=LARGEST_FRAMES,
                ws_per_message_deflate=False,  # what is small anyway would cost time and memory
                ws_ping_interval=None,  # a silent consumer is not dropped; whoever is gone shows when sent to
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()


async def serve(
    applications: Sequence[Application], on_ready: Callable[[], None], on_stop: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM.

    :param applications: built in order, each while those before it already answer
    :param on_ready: called once all of them answer
    :param on_stop: called when they are told to stop, before they wait for what is under way
    """
    servers: list[_Server] = []
    tasks: list[asyncio.Task[None]] = []
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    for one in applications:
        server = _Server(one.build(), one.web_sockets)
        servers.append(server)
        tasks.append(asyncio.create_task(server.serve(sockets=[one.listener])))
        await server.ready.wait()
    on_ready()
    await stopping.wait()
    on_stop()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


def run(main: Callable[[], Any]) -> None:
    """Run a coroutine function on the fastest event loop that is installed."""
    try:
        import uvloop  # noqa: PLC0415  absent on Windows
    except ImportError:
        asyncio.run(main())
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
