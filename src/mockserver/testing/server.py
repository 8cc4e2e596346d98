"""A sandbox of one's own, in a thread of the process."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from mockserver.testing.client import Sandbox


class SandboxNotStarted(Exception):
    """The sandbox can't start. The text says why, in one line."""


@contextmanager
def serving(*, config: str | os.PathLike[str] | None = None, **settings: Any) -> Iterator[Sandbox]:
    """Serve the whole sandbox in a thread until the block ends, on free ports::

        with serving(pam_url="http://127.0.0.1:9000/pam", seed="1") as sandbox:
            operator = sandbox.create_operator()

    Several may be served at once. The environment (``MOCKSERVER_...``) does not count.

    :param config: a TOML file, as ``mockserver serve --config`` takes it
    :param settings: by name, see ``mockserver settings``; they win over the file
    :raises SandboxNotStarted: a setting or the file is wrong, a port is taken, or the server is not installed
    """
    with warnings.catch_warnings():
        # Connexion imports what is deprecated; a test run that has warnings as errors must not fail by it.
        warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
        warnings.filterwarnings("ignore", message="jsonschema", category=DeprecationWarning)
        try:
            from mockserver.embedded import StartFailed, in_thread  # noqa: PLC0415  a client needs none of it
        except ImportError as error:
            raise SandboxNotStarted(
                f"the server is not installed: {error}; install bet-sandbox[server]"
            ) from None
    given = {name: os.fspath(one) if isinstance(one, os.PathLike) else one for name, one in settings.items()}
    with ExitStack() as stack:
        try:
            served = in_thread(given, None if config is None else Path(config), "serving()")
            address = stack.enter_context(served)
        except StartFailed as error:
            raise SandboxNotStarted(str(error)) from None
        yield stack.enter_context(Sandbox(address.admin_url, token=address.admin_token))
