"""Running the kit inside the process of its own tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The servers beside this file are no tests, and the suite is collected by path, not from packages.
sys.path.insert(0, str(Path(__file__).parent))

from judging import Judge, one_key
from small_vendor import SmallVendor, serving

from conformance import session as kit_session
from conformance.execution import execute
from conformance.options import Options
from conformance.run import prepare
from conformance.session import CaseSession


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Options for a quick run: a free port, nothing generated, and no reports unless they are asked for."""

    def settings(*, reports: bool = False, **options: Any) -> dict[str, Any]:
        if not reports:
            monkeypatch.setattr(kit_session, "write", lambda record, directory: [])
        return {"listen": "127.0.0.1:0", "report_dir": tmp_path / "reports", "generated": 0, **options}

    return settings


@pytest.fixture
def judge_url(settings: Callable[..., dict[str, Any]]) -> Judge:
    """Runs the kit against a URL."""

    def judge(url: str, *profiles: str, **options: Any) -> CaseSession:
        return execute(
            prepare(Options(base_url=url, profiles=profiles, **settings(**options)), environment={})
        )

    return judge


@pytest.fixture
def judge(settings: Callable[..., dict[str, Any]]) -> Judge:
    """Runs the kit against a small vendor, which finds the kit's keys where the kit listens."""

    def judge(vendor: SmallVendor, *profiles: str, **options: Any) -> CaseSession:
        with serving(vendor) as url:
            chosen = Options(base_url=url, profiles=profiles, **settings(**options))
            run = prepare(chosen, environment={}, new_key=one_key)
            if run.sink is not None:
                vendor.casino.betcore_url = run.sink.url
            if run.pam is not None:
                vendor.betstack.pam.url = run.pam.url
            if run.texts is not None:
                vendor.betstack.pam.texts_url = run.texts.url
            return execute(run)

    return judge
