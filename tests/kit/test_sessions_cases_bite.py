"""Each case for BETCORE's sessions is failed by the fault that it is there for; no legal variation fails one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from provider_targets import SESSIONS
from small_sessions import SmallSessions, serving

from conformance.execution import execute
from conformance.options import Options
from conformance.run import prepare
from conformance.verdict import ExitCode, RunReport, Verdict

PROFILE = "betcore-sessions"

Record = Callable[..., RunReport]


@pytest.fixture
def record(settings: Callable[..., dict[str, Any]], tmp_path: Path) -> Record:
    """Runs the kit against small sessions, whose provider it then is."""

    def judge(vendor: SmallSessions, *, code: ExitCode, **options: Any) -> RunReport:
        with serving(vendor) as url:
            file = tmp_path / "target.toml"
            file.write_text(SESSIONS.replace("{url}", url))
            run = prepare(Options(base_url=url, target=file, profiles=(PROFILE,), **settings(**options)), environment={})
            assert run.provider is not None
            vendor.provider_url = run.provider.url
            session = execute(run)
        assert session.record is not None
        assert session.code is code
        found: RunReport = session.record
        return found

    return judge


def test_good_sessions_pass_every_case_and_keep_every_balance(record: Record) -> None:
    vendor = SmallSessions(frozenset())
    found = record(vendor, code=ExitCode.AS_EXPECTED, judge_assumptions=True)

    assert {row.case_id: (row.verdict, row.reason) for row in found.results if row.verdict is not Verdict.PASS} == {}
    assert list(vendor.purses.values()) == [Decimal("750.5"), Decimal("750.5"), Decimal(1000)]
    assert found.created == []
