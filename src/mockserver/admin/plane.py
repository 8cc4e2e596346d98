"""What the handlers of the control plane work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.admin.bridge import Bridge
from mockserver.kernel.journal import Exchange
from mockserver.kernel.ports import SigningKey
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.tenants import Tenants

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The sandbox's state, and the way to it.

    :param explain: says everything about an exchange; an object with the fields of ``ExchangeInFull``
    :param monotonic: seconds from any beginning, never going back
    """

    tenants: Tenants
    bridge: Bridge
    signing_key: SigningKey
    explain: Callable[[Exchange], Any]
    monotonic: Callable[[], float]
    admin_token: str | None

    def redaction(self) -> Redaction:
        """Knows every secret of the moment; made on the event loop."""
        return Redaction([*self.tenants.secrets(), *([self.admin_token] if self.admin_token else [])])


def page(items: Sequence[Any], limit: int, offset: int, show: Callable[[Any], Json]) -> Json:
    """A part of a list, and how long all of it is."""
    return {"items": [show(item) for item in items[offset : offset + limit]], "total": len(items)}
