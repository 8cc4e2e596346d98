"""Runs every contender on the same operations, interleaved, and prints medians and ratios."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from bench.contenders import CONTENDERS
from bench.load import exchange, load
from bench.traffic import Operation, creation, operations

ROUNDS = 5
REQUESTS = 4000
WARM_UP = 500
CONNECTIONS = 16
OURS, STOCK, FLOOR = CONTENDERS


class Contender:
    """A served contender, and the CPU time that its process has used."""

    def __init__(self, name: str, process: subprocess.Popen[str], port: int) -> None:
        self.name = name
        self.port = port
        self._process = psutil.Process(process.pid)

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    async def operations(self) -> tuple[Operation, ...]:
        """The operations, with a ticket of this contender that is open."""
        host = f"127.0.0.1:{self.port}"
        ticket = json.loads((await exchange(self.port, creation(host))).body)["id"]
        return operations(host, ticket)


@contextlib.contextmanager
def serving(name: str) -> Iterator[Contender]:
    """Serve a contender in a process of its own until the block ends."""
    command = [sys.executable, "-m", "bench.contenders", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            contender = Contender(name, process, int(process.stdout.readline()))
            asyncio.run(_answers(contender.port))
            yield contender
        finally:
            process.terminate()


async def _answers(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            await exchange(port, creation(f"127.0.0.1:{port}"))
            return
        except (OSError, asyncio.IncompleteReadError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


async def measure(contender: Contender) -> dict[str, tuple[float, float]]:
    """One round: requests per second and CPU microseconds per request, by operation."""
    figures = {}
    for operation in await contender.operations():
        shape = {"status": operation.status, "connections": CONNECTIONS}
        await load(contender.port, operation.request, requests=WARM_UP, **shape)
        before = contender.cpu_seconds()
        sample = await load(contender.port, operation.request, requests=REQUESTS, **shape)
        cpu = (contender.cpu_seconds() - before) / sample.requests * 1e6
        figures[operation.title] = (sample.requests / sample.seconds, cpu)
    return figures


def main() -> None:
    """Measure and print."""
    rounds: dict[str, list[dict[str, tuple[float, float]]]] = {name: [] for name in CONTENDERS}
    with contextlib.ExitStack() as stack:
        served = [stack.enter_context(serving(name)) for name in CONTENDERS]
        for _ in range(ROUNDS):
            for contender in served:
                rounds[contender.name].append(asyncio.run(measure(contender)))
    console = Console()
    for title in rounds[OURS][0]:
        console.print(_table(title, {name: _medians(title, taken) for name, taken in rounds.items()}))
    console.print(
        f"One worker each, {CONNECTIONS} connections over loopback, {REQUESTS} requests a round, "
        f"medians of {ROUNDS} interleaved rounds."
    )


def _medians(title: str, taken: list[dict[str, tuple[float, float]]]) -> tuple[float, float]:
    return median(one[title][0] for one in taken), median(one[title][1] for one in taken)


def _table(title: str, figures: dict[str, tuple[float, float]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("contender", "requests/s", "CPU µs each", "of stock", "of bare"):
        table.add_column(heading, justify="left" if heading == "contender" else "right", no_wrap=True)
    for name, (rate, cpu) in figures.items():
        against = [f"{cpu / figures[peer][1]:.2f}" for peer in (STOCK, FLOOR)]
        table.add_row(name, f"{rate:,.0f}", f"{cpu:.0f}", *against)
    return table


if __name__ == "__main__":
    main()
