"""The contenders: ``python -m bench.contenders NAME`` serves one with uvicorn on a free port."""

from __future__ import annotations

import socket
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.edge.http_protocol import HttpProtocol

OWN_URL = "http://sandbox"

warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")


def bet_sandbox() -> Any:
    """This server: signature, request and response validation, state."""
    from mockserver.edge.app import surfaces_app

    return _closed_loop(surfaces_app)


def stock_connexion() -> Any:
    """The same handlers and contracts on Connexion's own stack, request and response validation on."""
    from mockserver.edge.stock import stock_app

    return _closed_loop(stock_app)


def bare_starlette() -> Any:
    """The floor: parses the body and answers constants, without signature, validation or state."""
    ticket = orjson.dumps({"id": "0" * 24, "code": "AAAAAA", "padding": "x" * 800})
    refusal = orjson.dumps({"code": 117, "message": "Ticket has to have `reserved` status"})

    async def create(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(ticket, media_type="application/json")

    async def take(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(b"{}", media_type="application/json")

    async def pay(_request: Request) -> Response:
        return Response(refusal, status_code=400, media_type="application/json")

    return Starlette(
        routes=[
            Route("/be/tickets", create, methods=["POST"]),
            Route("/pam", take, methods=["POST"]),
            Route("/be/tickets/{identifier}/paid", pay, methods=["POST"]),
        ]
    )


def _closed_loop(app: Callable[[Any], Any]) -> Any:
    """The application, which also takes what the sandbox sends to itself."""
    from mockserver.adapters.alarm import LoopAlarm
    from mockserver.adapters.clock import SystemClock
    from mockserver.adapters.ids import SeededIds
    from mockserver.adapters.keys import FixedKeys, SigningKeys
    from mockserver.adapters.sender import HttpSender, OwnTransport
    from mockserver.bootstrap import Outside, build

    own = OwnTransport()
    outside = Outside(
        clock=SystemClock(),
        alarm=LoopAlarm,
        ids=SeededIds,
        new_seed=lambda: "bench",
        keys=FixedKeys({}),
        signing_keys=SigningKeys(),
        sender=HttpSender({OWN_URL: own}),
        stopwatch=lambda: time.perf_counter() * 1000,
        own_url=OWN_URL,
    )
    own.app = app(build(outside, hints=True).surfaces)
    return own.app


CONTENDERS = {
    "bet-sandbox": bet_sandbox,
    "stock Connexion": stock_connexion,
    "bare Starlette": bare_starlette,
}


def main() -> None:
    """Serve the named contender on a free port, and print the port first."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    # The peers get uvicorn's own, which does a little less for each request.
    protocol = HttpProtocol if sys.argv[1] == "bet-sandbox" else "httptools"
    config = uvicorn.Config(
        CONTENDERS[sys.argv[1]](), log_config=None, access_log=False, lifespan="off", ws="none", http=protocol
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
