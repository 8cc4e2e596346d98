"""What a run was asked to do."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from conformance.callback_sink import parse_listen
from conformance.case import SAFETIES
from conformance.errors import KitError

DEFAULT_LISTEN: Final = "127.0.0.1:8090"
DEFAULT_REPORT_DIR: Final = "reports"
DEFAULT_EXAMPLES: Final = 15
DEFAULT_SEED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of ``conformance run`` and of the pytest plugin, already parsed."""

    base_url: str
    profiles: tuple[str, ...] = ()
    """Empty: those of the target file."""
    target: Path | None = None
    listen: str | None = None
    """Where the kit listens; ``None``: at :data:`DEFAULT_LISTEN`, if a profile can't do without."""
    public_url: str | None = None
    judge_assumptions: bool = False
    deviations: Path | None = None
    overrides: Path | None = None
    report_dir: Path = Path(DEFAULT_REPORT_DIR)
    only: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    generated: int = DEFAULT_EXAMPLES
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        check_url("--base-url", self.base_url)
        if self.public_url is not None:
            check_url("--public-url", self.public_url)
        parse_listen(self.listen_address)
        for name in self.allow:
            if name not in SAFETIES:
                raise KitError(f"--allow {name}: there are {', '.join(SAFETIES)}")
        if self.generated < 0:
            raise KitError("--generated must not be negative")

    @property
    def listen_address(self) -> str:
        """``host:port`` of the kit's listener, if there is one."""
        return self.listen or DEFAULT_LISTEN

    @property
    def local(self) -> bool:
        """Whether the target is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def allowed(self) -> frozenset[str]:
        """The safety classes that may run: all on this machine; elsewhere reading and ``--allow``."""
        return frozenset(SAFETIES) if self.local else frozenset({"read", *self.allow})


def check_url(option: str, url: str) -> None:
    """Raise :exc:`KitError` unless it is an absolute HTTP URL without credentials, query and fragment."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, valid = None, False
    if parts is not None and "@" in parts.netloc:
        raise KitError(f"{option} must not hold credentials; they belong into the target file")
    if not valid or parts is None or parts.query or parts.fragment:
        raise KitError(f"{option} {url} is no http(s) URL")
