"""Twenty workers of pytest on one sandbox, each with tenants of its own under faults of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .conftest import Running
from .pytest_run import run_pytest

WORKERS = 20

CONFTEST = 'pytest_plugins = ["mockserver.testing.fixtures"]\n'

JOB = """
import json
import threading

import httpx
import pytest
from flask import Flask, request

from mockserver.testing import CallRefused


@pytest.mark.parametrize("number", range(20))
def test_a_job_meets_its_own_faults_and_no_others(number, make_betstack_operator, betcore_client, serve_wsgi):
    platform, seen, lock = Flask(__name__), [], threading.Lock()

    @platform.post("/pam")
    def pam():
        with lock:
            seen.append(request.json["action"])
        return {"player_id": "p1", "lang": "en", "currency": "KES", "feature_flags": {}, "balance": 10_000}

    url = serve_wsgi(platform) + "/pam"
    struck, spared = make_betstack_operator(pam_url=url), make_betstack_operator()
    status, times, amount = 480 + number, 1 + number % 3, 1000 + number
    refused = struck.arm("http_status", {"status": status}, operation="createTicket", nth=2)
    repeated = struck.arm("duplicate", {"times": times}, operation="ticket_win")
    late = struck.arm("latency", {"milliseconds": number}, operation="getTicket", direction="received")
    betcore_client.arm("drop", operation="makePayment", direction="sent", point="after_commit", count=1)

    ticket = struck.create(price=amount)
    with pytest.raises(CallRefused) as error:
        struck.create(price=amount)
    assert error.value.status == status
    assert spared.create(price=amount)["price"] == amount
    struck.settle(ticket["id"], "won")
    assert struck.ticket(ticket["id"])["result"] == "won"

    assert seen.count("ticket_win") == 1 + times
    wins = struck.journal(operation="ticket_win")
    assert [one["faults"] for one in wins] == [[repeated["id"]]] * (1 + times)
    assert {one["id"]: (one["matched"], one["struck"]) for one in struck.faults()} == {
        refused["id"]: (2, 1),
        repeated["id"]: (1, 1),
        late["id"]: (1, 1),
    }
    assert spared.faults() == []
    assert [one for one in spared.journal() if one["faults"]] == []

    betcore_client.bet("SomeUserId100", "10.5", bet_id=number + 1)
    (lost,) = [one for one in betcore_client.journal(direction="sent") if one["faults"]]
    assert (lost["operation"], lost["refusal"]) == ("makePayment", "not_acknowledged")
    assert betcore_client.player("SomeUserId100")["balance"] == "7090"
"""


def test_twenty_workers_under_different_faults_do_not_disturb_one_another(
    running: Running, tmp_path: Path
) -> None:
    files = {"conftest.py": CONFTEST, "test_job.py": JOB}
    # More runs on demand, one after another on the same sandbox.
    for _ in range(int(os.environ.get("PARALLEL_RUNS", "1"))):
        ended = run_pytest(tmp_path, files, "-n", str(WORKERS), "--mockserver-url", running.admin_url)

        assert ended.returncode == 0, ended.stdout[-4000:]
        assert re.search(rf"\b{WORKERS} passed\b", ended.stdout)
