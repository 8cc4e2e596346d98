"""The generated layer: Schemathesis makes up requests, the kit signs them, the contract judges the answers.

It discovers and never gives the verdict: on a stranger its findings are OBSERVED. Deterministic by its
seed; nothing is read from or written to the working directory.
Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.core.failures import Failure
from schemathesis.engine import events
from schemathesis.engine.core import Engine
from schemathesis.engine.recorder import Interaction, ScenarioRecorder
from schemathesis.engine.run import Phase, PhaseName, PhaseSkipReason

from conformance import evidence
from conformance.case_result import REFUSED
from conformance.client import Evidence, RawAnswer, RawExchange
from conformance.errors import Missing
from conformance.generation import config, for_requests, hints, signer
from conformance.integral import integral_json
from conformance.judged import judge, separate, with_statuses_of, without_identity
from conformance.judgement import where
from conformance.profiles import Profile
from conformance.verdict import CaseResult, Exchange, Layer, Verdict

if TYPE_CHECKING:
    from conformance.run import Run

SHOWN: Final = 5
"""How many findings of an operation are shown with their exchange."""


class Quiet(Engine):
    """The engine without its probes: they send odd requests that belong to no operation."""

    def get_phase_config(
        self, phase_name: PhaseName, *, is_supported: bool, requires_transitions: bool
    ) -> Phase:
        """The phase as configured, probing switched off."""
        if phase_name is PhaseName.PROBING:
            return Phase(name=phase_name, is_enabled=False, skip_reason=PhaseSkipReason.DISABLED)
        return super().get_phase_config(
            phase_name, is_supported=is_supported, requires_transitions=requires_transitions
        )


class Signer(AuthBase):
    """Signs each request when it is sent, so that its body is final and its token young."""

    def __init__(self, sign: Callable[[requests.PreparedRequest], None]) -> None:
        self._sign = sign

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        as_integers(request)
        self._sign(request)
        return request


@dataclass(slots=True)
class Findings:
    """What the engine reported about one operation."""

    requests: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """One line per kind of failure, with how often it was seen."""
    examples: list[Exchange] = field(default_factory=list)
    """The first exchange of each kind, up to :data:`SHOWN`."""
    faults: list[str] = field(default_factory=list)
    """What went wrong inside Schemathesis or the kit."""


@dataclass(frozen=True, slots=True)
class GeneratedCase:
    """One operation under made-up requests."""

    run: Run
    id: str
    surface: str
    operation: str

    def result(self) -> CaseResult:
        """Send the requests and judge the answers."""
        profile = self._profile()
        if profile in self.run.refused:
            return self.not_run(REFUSED)
        if (reason := self.run.not_allowed(self._safety())) is not None:
            return self._case(Verdict.NOT_APPLICABLE, reason)
        if self.surface == "betstack.sms" and "sms" in self.run.lacks(profile):
            return self._case(Verdict.NOT_APPLICABLE, "the target declares to lack sms")
        start = time.monotonic()
        before = self._balance()
        found = self._explore()
        self._note_movement(before)
        seconds = time.monotonic() - start
        if found.faults:
            return self._case(Verdict.HARNESS_ERROR, found.faults[0], seconds=seconds)
        if not found.requests:
            return self.not_run("no request could be made up")
        if not found.failures:
            return self._case(Verdict.PASS, "", seconds=seconds)
        lines = "; ".join(
            f"{line} ({count} of {found.requests} requests)"
            for line, count in found.failures.most_common(SHOWN)
        )
        if self.run.options.judge_assumptions:
            return self._case(Verdict.FAIL, lines, found.examples, seconds)
        return self._case(Verdict.OBSERVED, lines, found.examples, seconds, agrees=False)

    def not_run(self, reason: str) -> CaseResult:
        """The result of a case that did not run."""
        return self._case(Verdict.NOT_RUN, reason)

    def _case(
        self,
        verdict: Verdict,
        reason: str,
        exchanges: list[Exchange] | None = None,
        seconds: float = 0.0,
        *,
        agrees: bool | None = None,
    ) -> CaseResult:
        contract = self.run.contracts[self.surface]
        operation = contract.operation(self.operation)
        path, profile = contract.prefix + operation.path, self._profile()
        return CaseResult(
            case_id=self.id,
            profile=profile,
            surface=self.surface,
            operation=self.operation,
            title=f"Made-up requests to {operation.method} {path} get documented answers.",
            layer=Layer.GENERATED,
            safety=self._safety(),
            requirements=(),
            verdict=verdict,
            reason=self.run.redactor.text(reason),
            agrees=agrees,
            exchanges=exchanges or [],
            reproduce=self.run.command(profile, self.id),
            duration_ms=round(seconds * 1000),
        )

    def _party(self) -> Profile:
        return next(profile for profile in self.run.profiles if self.surface in profile.surfaces)

    def _profile(self) -> str:
        return self._party().name

    def _safety(self) -> str:
        return self._party().made_up[self.operation]

    def _balance(self) -> Decimal | None:
        try:
            if self.operation == "makePayment":
                return self.run.casino(Evidence(), judged=False).read_balance()
            if self.surface == "betcore.sessions":
                return self.run.wallet(Evidence(), judged=False).read_balance()
            if self.operation == "sendPamAction":
                return Decimal(self.run.platform(Evidence(), judged=False).read_balance())
            return None
        except Missing:
            return None

    def _note_movement(self, before: Decimal | None) -> None:
        after = self._balance()
        if before is not None and after is not None and after != before:
            self.run.remains.append(f"{self.id}: made-up payments moved the balance by {after - before:+f}")

    def _explore(self) -> Findings:
        options = self.run.options
        contract = self.run.contracts[self.surface]
        derive = separate if options.judge_assumptions else judge
        derived = with_statuses_of(contract.document, derive(contract.document))
        document = without_identity(for_requests(derived, hints(self.run, self.surface)))
        base_url = options.base_url.rstrip("/") + contract.prefix
        if (url := self.run.own_url(self.surface)) is not None:
            base_url, path = at_its_end(url)
            (item,) = document["paths"].values()
            document["paths"] = {path: item}
        schema = schemathesis.openapi.from_dict(
            document,
            config=config(
                seed=options.seed,
                examples=options.generated,
                timeout=self.run.target.answer_seconds,
                base_url=base_url,
                rate=None if options.local else "2/s",
            ),
        )
        schema.auth.set_from_requests(Signer(signer(self.run, self.surface)))
        found = Findings()
        for event in Quiet(schema=schema.include(operation_id=self.operation)).execute():
            if isinstance(event, events.ScenarioFinished):
                self._collect(event.recorder, found)
            elif isinstance(event, events.NonFatalError):
                self._collect_error(event.value, found)
            elif isinstance(event, events.FatalError):
                self._collect_error(event.exception, found)
        return found

    def _collect(self, recorder: ScenarioRecorder, found: Findings) -> None:
        found.requests += len(recorder.interactions)
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is None:
                    continue
                line = describe(check.failure_info.failure)
                interaction = recorder.interactions.get(case_id)
                if line not in found.failures and interaction is not None and len(found.examples) < SHOWN:
                    found.examples.append(self._exchange(interaction, line))
                found.failures[line] += 1

    def _collect_error(self, error: BaseException, found: Findings) -> None:
        """A broken connection is the target's; anything else is a fault on our side."""
        if isinstance(error, requests.RequestException):
            found.requests += 1
            found.failures[f"no answer: {type(error).__name__}"] += 1
        else:
            found.faults.append(f"the generated layer failed: {where(error)}")

    def _exchange(self, interaction: Interaction, purpose: str) -> Exchange:
        sent = requests.Request(
            interaction.request.method,
            interaction.request.uri,
            headers={name: value[0] for name, value in interaction.request.headers.items()},
            data=interaction.request.body,
        ).prepare()
        response = interaction.response
        answer = (
            RawAnswer(None, (), b"", 0.0, "no answer")
            if response is None
            else RawAnswer(
                response.status_code,
                [(name, value) for name, values in response.headers.items() for value in values],
                response.content or b"",
                response.elapsed,
            )
        )
        return evidence.masked(RawExchange(self.operation, sent, answer, purpose), self.run.redactor)


def describe(failure: Failure) -> str:
    """A failure on one line, without the values that differ from request to request."""
    return f"{failure.title}: {' '.join(failure.message.split(chr(10) * 2, 1)[0].split())[:160]}"


def at_its_end(url: str) -> tuple[str, str]:
    """The URL cut before its last segment, for a document that has to have one path."""
    parts = urlsplit(url)
    head, _, tail = parts.path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{head}", f"/{tail}"


def as_integers(request: requests.PreparedRequest) -> None:
    """Write integral floats as integers: ``104.0`` is an integer to JSON Schema, but to few servers."""
    body = request.body
    if body:
        request.prepare_body(integral_json(body.encode() if isinstance(body, str) else body), None)
