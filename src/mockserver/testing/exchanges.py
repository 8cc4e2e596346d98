"""A tenant's latest exchanges in a few lines, for the report of a test that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.testing.documents import ExchangeInFull
from mockserver.testing.tenant import Tenant

_MOST = 10
_LONGEST = 240
_TOKEN = re.compile(r'("\w*token"\s*:\s*)"[^"]*"|(\btoken=)[^&\s]*', re.IGNORECASE)


def latest_exchanges(tenant: Tenant) -> str:
    """What went between both sides, oldest first; nothing where nothing did. Tokens of players are blotted
    out, since reports are passed on; the journal has blotted out secrets already.

    :raises ControlPlaneError: the tenant is gone
    :raises SandboxUnreachable: the sandbox does not answer
    """
    lines = [line for one in tenant.journal_in_full(limit=_MOST) for line in _told(one)]
    return "\n".join([f"{tenant.name}:", *lines]) if lines else ""


def _told(it: ExchangeInFull) -> Iterator[str]:
    what = it["action"] or it["operation"] or "unknown"
    status = it["status"] or "no answer"
    yield f"  {it['direction']} {what}: {it['method']} {_shown(it['target'])} -> {status}  [{it['id']}]"
    for name, text in (
        ("request", it["document"] or it["request"]["body"]),
        ("answer", it["answer"]["body"]),
        ("reason", it["reason"]),
    ):
        if text and text.strip() not in ("", "{}"):
            yield f"    {name}: {_shown(text)}"


def _shown(text: str) -> str:
    line = _TOKEN.sub(lambda found: f'{found[1]}"[redacted]"' if found[1] else f"{found[2]}[redacted]", text)
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
