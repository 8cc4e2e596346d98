"""What the handlers of the control plane work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.admin.bridge import Bridge
from mockserver.kernel.control import Json
from mockserver.kernel.explanation import Explanation, Verdicts
from mockserver.kernel.journal import Exchange
from mockserver.kernel.ports import SigningKeys
from mockserver.kernel.tenants import Tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The sandbox's state, and the way to it.

    :param explain: says everything about an exchange, in any thread
    :param judge: how both sides of one stand to the contract; cheap the second time
    :param stopwatch: milliseconds from any beginning, never going back
    :param surfaces: names of the APIs that stand in the journal
    :param operations: operations and actions that stand there
    """

    tenants: Tenants
    bridge: Bridge
    signing_keys: SigningKeys
    explain: Callable[[Exchange], Explanation]
    judge: Callable[[Exchange], Verdicts]
    stopwatch: Callable[[], float]
    surfaces: frozenset[str]
    operations: frozenset[str]


def page(items: Sequence[Any], limit: int, offset: int, show: Callable[[Any], Json]) -> Json:
    """A part of a list, and how long all of it is."""
    return {"items": [show(item) for item in items[offset : offset + limit]], "total": len(items)}
