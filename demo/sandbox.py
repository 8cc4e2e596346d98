"""A sandbox in a process of its own, for as long as a block runs."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence


class DidNotStart(Exception):
    """The server ended before it was ready. The text is what it said."""


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


MOCKSERVER = (sys.executable, "-m", "mockserver")


@contextlib.contextmanager
def sandbox(betcore_url: str, command: Sequence[str] = MOCKSERVER) -> Iterator[str]:
    """Serve on free ports until the block ends.

    :param betcore_url: where the built-in casino finds BETCORE's keys
    :param command: what runs ``mockserver``
    :returns: the base URL of the vendors' APIs
    :raises DidNotStart: the server ended before it was ready
    """
    ports = ("--port", "0", "--admin-port", "0")
    with subprocess.Popen(
        [*command, "serve", *ports, "--betcore-url", betcore_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield _base_url(process)
        finally:
            process.terminate()


def _base_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # it is a pipe
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready."):
            return re.findall(r"betcore\.casino\s+(\S+)", "".join(said))[0]
    raise DidNotStart("".join(said).strip())
