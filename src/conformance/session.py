"""The pytest side of a run: which items run, and what becomes of each.

Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from rich.console import Console

from conformance import case_result, outcome
from conformance.aggregator import Aggregator
from conformance.bet_cards import BetCards
from conformance.betstack import Betstack
from conformance.case import CASES_PACKAGE, Case, describe
from conformance.casino import Casino
from conformance.client import Evidence
from conformance.errors import KitError, Missing
from conformance.feed import Feed
from conformance.game_provider import GameProvider
from conformance.generated import GeneratedCase
from conformance.hooks import Hooks
from conformance.hub import Hub
from conformance.judgement import where
from conformance.operator_platform import Platform
from conformance.operator_sms import SmsReceiver
from conformance.played_pam import Watch
from conformance.played_provider import ProviderWatch
from conformance.played_round import Player
from conformance.played_texts import TextWatch
from conformance.report import write
from conformance.report.terminal import show_problems
from conformance.run import Run
from conformance.session_wallet import Wallet
from conformance.verdict import CaseResult, ExitCode, RunReport, Verdict

CASE: Final = pytest.StashKey[Case]()
EVIDENCE: Final = pytest.StashKey[Evidence]()
RESULT: Final = pytest.StashKey[CaseResult]()

PYTEST_OUTCOME: Final[Mapping[Verdict, Literal["passed", "failed", "skipped"]]] = {
    Verdict.PASS: "passed",
    Verdict.OBSERVED: "passed",
    Verdict.DEVIATION: "passed",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.FAIL: "failed",
    Verdict.HAZARD: "failed",
    Verdict.NOT_RUN: "failed",
    Verdict.HARNESS_ERROR: "failed",
}
LETTER: Final = {
    Verdict.PASS: ".",
    Verdict.OBSERVED: "o",
    Verdict.DEVIATION: "d",
    Verdict.NOT_APPLICABLE: "-",
    Verdict.FAIL: "F",
    Verdict.HAZARD: "H",
    Verdict.NOT_RUN: "n",
    Verdict.HARNESS_ERROR: "E",
}


KEEP_ALIVE: Final = ("sendKeepAlive", "receiveKeepAlive")
"""Operations of a hub that are seen only where nothing else is said."""


class GeneratedItem(pytest.Item):
    """One operation under generated requests."""

    generated: GeneratedCase

    def runtest(self) -> None:
        """Run the generated case; its result is fetched by the session."""
        self.stash[RESULT] = self.generated.result()

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where a report says that the item is."""
        return self.path, 0, self.name


class CaseSession:
    """A pytest plugin for one run. ``record`` and ``reports`` are there when the session is over."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.record: RunReport | None = None
        self.reports: list[Path] = []
        self.code: ExitCode | None = None
        self.failure: str | None = None
        """Why the session could not go on; one line."""
        self._items: list[pytest.Item] = []
        self._results: dict[str, CaseResult] = {}

    # -- what runs ----------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the selected cases, in their order, and add the generated ones."""
        try:
            mine = {item: _describe(item).under(self.run.register) for item in items if is_case(item)}
            chosen = {case.id for case in self.run.selected(mine.values())}
        except KitError as error:
            self.stop(error)
        kept = [item for item, case in mine.items() if case.id in chosen]
        for item in kept:
            item.stash[CASE] = mine[item]
        dropped = [item for item in items if item not in set(kept)]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
        for case_id, surface, operation in self.run.selected_generated():
            item = GeneratedItem.from_parent(session, name=case_id)
            item.generated = GeneratedCase(self.run, case_id, surface, operation)
            kept.append(item)
        items[:] = kept
        self._items = kept

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Look at the target first."""
        if session.config.option.collectonly:
            return
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            self.stop(KitError(f"{session.testsfailed} case modules can't be imported", ExitCode.HARNESS))
        self.run.smoke()
        if self.run.unreachable:
            self.stop(KitError(self.run.unreachable, ExitCode.UNREACHABLE))

    def stop(self, error: KitError) -> None:
        """End the session with one line."""
        self.failure, self.code = str(error), error.code
        pytest.exit(self.failure, returncode=int(error.code))

    # -- one case -----------------------------------------------------------------------------------

    @pytest.fixture
    def betstack(self, request: pytest.FixtureRequest) -> Betstack:
        """The bet engine under test."""
        return self.run.betstack(request.node.stash[EVIDENCE])

    @pytest.fixture
    def cards(self, request: pytest.FixtureRequest) -> BetCards:
        """The calculator and the bet cards under test."""
        return self.run.bet_cards(request.node.stash[EVIDENCE])

    @pytest.fixture
    def pam(self) -> Watch | None:
        """The operator's platform as the kit plays it; ``None`` where a case can't run for the lack of it."""
        return self.run.pam.watch() if self.run.pam is not None else None

    @pytest.fixture
    def texts(self) -> TextWatch | None:
        """The operator's receiver of notifications as the kit plays it; ``None`` as for the platform."""
        return self.run.texts.watch() if self.run.texts is not None else None

    @pytest.fixture
    def casino(self, request: pytest.FixtureRequest) -> Iterator[Casino]:
        """The casino's wallet under test; what a case took is given back after it."""
        casino = self.run.casino(request.node.stash[EVIDENCE])
        yield casino
        self._tidy(request, casino.tidy)

    @pytest.fixture
    def aggregator(self, request: pytest.FixtureRequest) -> Iterator[Aggregator]:
        """BETCORE under test, with the casino that the kit plays for it."""
        case = request.node.stash[CASE]
        aggregator = self.run.aggregator(request.node.stash[EVIDENCE], case.safety)
        yield aggregator
        aggregator.hooks.close()
        self._tidy(request, aggregator.tidy)

    @pytest.fixture
    def platform(self, request: pytest.FixtureRequest) -> Iterator[Platform]:
        """The operator's platform under test; what a case took is given back after it."""
        platform = self.run.platform(request.node.stash[EVIDENCE])
        yield platform
        self._tidy(request, platform.tidy)

    @pytest.fixture
    def sms(self, request: pytest.FixtureRequest) -> SmsReceiver:
        """The operator's receiver of notifications under test."""
        return self.run.sms(request.node.stash[EVIDENCE])

    @pytest.fixture
    def feed(self, request: pytest.FixtureRequest) -> Feed:
        """The feed's REST methods under test."""
        return self.run.feed(request.node.stash[EVIDENCE])

    @pytest.fixture
    def hub(self, request: pytest.FixtureRequest) -> Iterator[Hub]:
        """The live hub under test; what a case opened is closed after it."""
        hub = self.run.hub(request.node.stash[EVIDENCE])
        if self._listens_in_silence():
            hub.be_silent()
        yield hub
        hub.close()

    def _listens_in_silence(self) -> bool:
        """Whether a case that is to run wants to know what a hub says unasked: that takes long to be seen."""
        cases = (item.stash.get(CASE, None) for item in self._items)
        return any(case is not None and case.operation in KEEP_ALIVE for case in cases)

    @pytest.fixture
    def wallet(self, request: pytest.FixtureRequest) -> Iterator[Wallet]:
        """The sessions API under test; what a case took is given back after it."""
        wallet = self.run.wallet(request.node.stash[EVIDENCE])
        yield wallet
        self._tidy(request, wallet.tidy)

    @pytest.fixture
    def launches(self) -> ProviderWatch | None:
        """The game provider as the kit plays it; ``None`` where a case can't run for the lack of it."""
        return self.run.provider.watch() if self.run.provider is not None else None

    @pytest.fixture
    def provider(self, request: pytest.FixtureRequest) -> GameProvider:
        """The game provider under test."""
        return self.run.game_provider(request.node.stash[EVIDENCE])

    @pytest.fixture
    def player(self, provider: GameProvider, hooks: Hooks) -> Player | None:
        """Plays at the provider, whose calls the kit takes; ``None`` where a case can't run for that."""
        sessions = self.run.sessions
        return Player(provider, hooks, sessions.watch()) if sessions is not None else None

    @pytest.fixture
    def hooks(self, request: pytest.FixtureRequest) -> Iterator[Hooks]:
        """What makes the target start something; nothing of it is under way after the case."""
        hooks = self.run.hooks(request.node.stash[EVIDENCE], request.node.stash[CASE].safety)
        yield hooks
        hooks.close()

    def _tidy(self, request: pytest.FixtureRequest, tidy: Callable[[], str | None]) -> None:
        try:
            remains = tidy()
        except Exception as error:  # tidying comes after the verdict and must not change it
            remains = f"tidying up failed: {where(error)}"
        if remains is not None:
            self.run.remains.append(f"{request.node.stash[CASE].id}: {remains}")

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give the case an empty record."""
        item.stash[EVIDENCE] = Evidence()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run the case and judge it; what it raised has become a verdict afterwards."""
        case, start = pyfuncitem.stash[CASE], time.monotonic()
        error = case_result.obstacle(self.run, case)
        if error is not None:
            pyfuncitem.obj = _nothing
        try:
            yield
        except Exception as raised:
            error = raised
        seconds = time.monotonic() - start
        pyfuncitem.stash[RESULT] = case_result.named(
            self.run, case, error, pyfuncitem.stash[EVIDENCE], seconds
        )
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Carry the verdict over into pytest's report, so that a red case is red there too."""
        report = yield
        result = item.stash.get(RESULT, None) if call.when == "call" else None
        if call.excinfo is not None and isinstance(call.excinfo.value, Exception):
            result = self._broken(item, call.excinfo.value)
        if result is not None:
            self._results[item.nodeid] = result
            report.outcome = PYTEST_OUTCOME[result.verdict]
            said = f"{result.verdict}: {result.reason}"
            report.longrepr = None
            if report.failed:
                report.longrepr = said
            elif report.skipped:
                report.longrepr = (str(item.path), 0, said)
            report.user_properties.append(("verdict", str(result.verdict)))
        return report

    def _broken(self, item: pytest.Item, error: Exception) -> CaseResult:
        """The result of an item that failed outside of its case: always the kit's fault."""
        if isinstance(item, GeneratedItem):
            return case_result.broken(self.run, item.generated.not_run(""), error)
        known = item.stash.get(RESULT, None) or self._not_run(item, "")
        return case_result.broken(self.run, known, error)

    def _not_run(self, item: pytest.Item, reason: str) -> CaseResult:
        if isinstance(item, GeneratedItem):
            return item.generated.not_run(reason)
        return case_result.named(self.run, item.stash[CASE], Missing(reason), Evidence(), 0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> tuple[str, str, str] | None:
        """The verdict as pytest's word for what happened."""
        verdict = next(
            (value for name, value in getattr(report, "user_properties", ()) if name == "verdict"), None
        )
        if verdict is None or getattr(report, "when", None) == "setup":
            return None
        return str(verdict), LETTER[Verdict(verdict)], str(verdict)

    # -- the end ------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports and set the exit code."""
        self.run.close()
        if session.config.option.collectonly or self.code in (ExitCode.USAGE, ExitCode.HARNESS):
            return
        reason = self.run.unreachable or "the run ended before this case"
        results = [self._results.get(item.nodeid) or self._not_run(item, reason) for item in self._items]
        self.record = outcome.report(self.run, results)
        self.code = outcome.exit_code(self.record, unreachable=self.run.unreachable is not None)
        session.exitstatus = int(self.code)
        try:
            self.reports = write(self.record, self.run.options.report_dir)
        except OSError as error:
            self.failure, self.code = str(error), ExitCode.USAGE
            session.exitstatus = int(ExitCode.USAGE)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the verdicts below pytest's own summary."""
        if self.failure is not None:
            terminalreporter.write_line(self.failure)
        elif self.record is not None:
            console = Console(width=100, no_color=True)
            with console.capture() as shown:
                show_problems(self.record, console)
            terminalreporter.write(shown.get())
            for path in self.reports:
                terminalreporter.write_line(f"report: {path}")
            terminalreporter.write_line(self.advice())

    def advice(self) -> str:
        """What the exit code means, and where to look next."""
        assert self.record is not None
        assert self.code is not None
        results = self.record.results
        worst = min(results, key=_gravity, default=None)
        calm = self.code is ExitCode.AS_EXPECTED or self.record.smoke_failure is not None
        look = "" if calm or worst is None else f"; look first at {worst.case_id}"
        return f"exit code {int(self.code)}: {outcome.MEANING[self.code]}{look}"


def _gravity(result: CaseResult) -> tuple[int, bool]:
    """The order in which to look at results: by verdict, and first what breaks a MUST."""
    binding = any(requirement.level == "MUST" for requirement in result.requirements)
    return list(Verdict).index(result.verdict), not binding


def is_case(item: pytest.Item) -> bool:
    """Whether the item lives in the packaged cases."""
    return isinstance(item, pytest.Function) and item.module.__name__.startswith(f"{CASES_PACKAGE}.")


def _describe(item: pytest.Item) -> Case:
    assert isinstance(item, pytest.Function)
    return describe(item.module.__name__, item.originalname, item.function)


def _nothing(**_: object) -> None:
    """Stands in for a case that must not run."""
