"""Verdicts, and the record of a run that every report is rendered from.

The records are plain data: text is already decoded, secrets are already masked (see
:mod:`conformance.redaction`), nothing refers to pytest or to a live connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What a case found. The members stand in the order in which reports show them."""

    HAZARD = "HAZARD"
    """Money was created, lost or moved twice, whatever the documentation says."""
    FAIL = "FAIL"
    """The target breaks a requirement of level MUST."""
    HARNESS_ERROR = "HARNESS-ERROR"
    """The kit failed, or sent what its own contract forbids; says nothing about the target."""
    NOT_RUN = "NOT-RUN"
    """A precondition is missing. Never green."""
    OBSERVED = "OBSERVED"
    """The documentation is silent: recorded as agreeing or differing, not scored."""
    DEVIATION = "DEVIATION"
    """Fails as the deviations file, with a reason, says that it does."""
    NOT_APPLICABLE = "NOT-APPLICABLE"
    """The target declares that it lacks what the case needs, or the run was not allowed to use it."""
    PASS = "PASS"


class ExitCode(IntEnum):
    """Exit codes of ``conformance run`` and of ``pytest --base-url``."""

    AS_EXPECTED = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    UNREACHABLE = 3
    NOTHING_RAN = 4
    HARNESS = 5


class Layer(StrEnum):
    """Named cases give the verdict; generated ones discover and are reported apart."""

    NAMED = "named"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, masked. Bodies are text; bytes that are not UTF-8 are escaped."""

    operation: str
    method: str
    url: str
    request_headers: Sequence[tuple[str, str]]
    request_body: str | None
    status: int | None
    """``None`` when no answer came."""
    response_headers: Sequence[tuple[str, str]]
    response_body: str | None
    elapsed_ms: int
    purpose: str = ""
    """Why the case sent it, for example ``positive control``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRef:
    """The sentence that a case tests, with where it comes from."""

    id: str
    level: str
    """``MUST`` or ``MAY``."""
    standing: str
    """``documented``, ``derived``, ``confirmed``, ``observed`` or ``assumed``."""
    text: str
    sources: Sequence[str]
    """URLs of the vendor's pages, or ids of assumptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """The verdict of one case, with the evidence for it."""

    case_id: str
    """Stable, made from where the case lives: ``betstack.paid.second_payment_is_refused``."""
    title: str
    """One sentence: the first line of the case's docstring."""
    profile: str
    surface: str
    operation: str
    layer: Layer
    safety: str
    """``read``, ``creates``, ``moves-money``, ``destructive`` or ``load``."""
    requirements: Sequence[RequirementRef]
    verdict: Verdict
    reason: str = ""
    """One line that says why, empty for PASS."""
    agrees: bool | None = None
    """For OBSERVED: whether the target does what was assumed."""
    expected: str | None = None
    actual: str | None = None
    exchanges: Sequence[Exchange] = ()
    reproduce: str = ""
    """A command that sends the case again, signed afresh; holds no secret."""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Everything that the reports show about one run."""

    kit_version: str
    run_id: str
    """Prefix of every reference that the run created at the target."""
    profiles: Sequence[str]
    target: str
    """Label of the target; its URL unless the target file names it."""
    started: str
    """RFC 3339, UTC."""
    duration_ms: int
    seed: int
    contracts: dict[str, str]
    """Contract file to SHA-256 of its content."""
    judge_assumptions: bool
    clock_skew_ms: int | None
    results: Sequence[CaseResult]
    deviation_problems: Sequence[str] = ()
    """Entries that expired, that match nothing, or whose case passes."""
    created: Sequence[str] = ()
    """What the run left at the target, for example ``ticket 65… (reserved)``."""
    smoke_failure: str | None = None
    """Set when the smoke check failed and nothing else ran."""
    notes: Sequence[str] = field(default_factory=tuple)

    def counts(self, layer: Layer) -> Counter[Verdict]:
        """How many cases of the layer ended with each verdict."""
        return Counter(result.verdict for result in self.results if result.layer is layer)
