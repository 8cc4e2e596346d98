"""A sandbox in a process of its own, for as long as a block runs."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """Where a sandbox is."""

    base_url: str
    """Of the vendors' APIs."""
    admin_url: str
    """Of the control plane."""


class DidNotStart(Exception):
    """The server ended before it was ready. The text is what it said."""


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


MOCKSERVER = (sys.executable, "-m", "mockserver")


@contextlib.contextmanager
def sandbox(*flags: str, command: Sequence[str] = MOCKSERVER) -> Iterator[Addresses]:
    """Serve on free ports until the block ends.

    :param flags: of ``mockserver serve``
    :param command: what runs ``mockserver``
    :raises DidNotStart: the server ended before it was ready
    """
    with subprocess.Popen(
        [*command, "serve", "--port", "0", "--admin-port", "0", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield _addresses(process)
        finally:
            process.terminate()


def _addresses(process: subprocess.Popen[str]) -> Addresses:
    assert process.stdout is not None  # it is a pipe
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready."):
            vendors, admin = re.findall(r"^(?:betcore\.casino|control plane)\s+(\S+)", "".join(said), re.M)
            return Addresses(vendors, admin)
    raise DidNotStart("".join(said).strip())
