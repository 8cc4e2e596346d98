"""The contenders: ``python -m bench.contenders NAME`` serves one with uvicorn on a free port."""

from __future__ import annotations

import socket
import sys
import time
import warnings
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.edge.http_protocol import HttpProtocol

warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")


def bet_sandbox() -> Any:
    """This server: signature, request and response validation, state."""
    from mockserver.edge.app import surfaces_app

    return surfaces_app(_sandbox().surfaces)


def stock_connexion() -> Any:
    """The same handlers and contracts on Connexion's own stack, request and response validation on."""
    from mockserver.edge.stock import stock_app

    return stock_app(_sandbox().surfaces)


def bare_starlette() -> Any:
    """The floor: parses the body and answers constants, without signature, validation or state."""
    ticket = orjson.dumps({"id": "0" * 24, "code": "AAAAAA", "padding": "x" * 800})
    refusal = orjson.dumps({"code": 117, "message": "Ticket has to have `reserved` status"})

    async def reserve(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(ticket, media_type="application/json")

    async def pay(_request: Request) -> Response:
        return Response(refusal, status_code=400, media_type="application/json")

    return Starlette(
        routes=[
            Route("/be/tickets/reserve", reserve, methods=["POST"]),
            Route("/be/tickets/{identifier}/paid", pay, methods=["POST"]),
        ]
    )


def _sandbox() -> Any:
    from mockserver.adapters.alarm import LoopAlarm
    from mockserver.adapters.clock import SystemClock
    from mockserver.adapters.ids import SeededIds
    from mockserver.adapters.keys import FixedKeys, SigningKey
    from mockserver.adapters.sender import HttpSender
    from mockserver.bootstrap import Outside, build

    outside = Outside(
        clock=SystemClock(),
        alarm=LoopAlarm,
        ids=SeededIds,
        new_seed=lambda: "bench",
        keys=FixedKeys({}),
        signing_key=SigningKey(),
        sender=HttpSender(),
        stopwatch=lambda: time.perf_counter() * 1000,
        own_url="http://127.0.0.1",
    )
    return build(outside, hints=True)


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
