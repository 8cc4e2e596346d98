"""What a run was asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.callback_sink import parse_listen
from conformance.case import SAFETIES
from conformance.errors import KitError
from conformance.urls import check_url, on_this_machine

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
        return on_this_machine(self.base_url)

    @property
    def allowed(self) -> frozenset[str]:
        """The safety classes that may run: all on this machine; elsewhere reading and ``--allow``."""
        return frozenset(SAFETIES) if self.local else frozenset({"read", *self.allow})
