"""Refusals.

Code refuses by raising :class:`Rejection` with a class of refusal. Status, code and message stand
in the contract's ``x-errors``; none of them stands in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.kernel.tenant import Tenant


class EdgeRefusal(StrEnum):
    """Classes that the edge itself raises, whatever the vendor."""

    TOO_LARGE = "too_large"
    UNKNOWN_PATH = "unknown_path"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    INVALID_REQUEST = "invalid_request"
    INTERNAL = "internal"


class Rejection(Exception):
    """A request is refused.

    :param refusal: class of the refusal; the contract's row of this class says the rest
    :param reason: one line for the integrator, sent as ``X-Sandbox-Reason``; never holds a secret
    :param values: what the row's message template names
    :param details: what else the vendor's body carries, for example the current balance
    :param tenant: whose request it seems to be, where nobody was identified
    :param claimed: the bytes that a wrong signature covers, where that was found out
    """

    def __init__(
        self,
        refusal: StrEnum,
        reason: str,
        *,
        values: Mapping[str, object] | None = None,
        details: Mapping[str, object] | None = None,
        tenant: Tenant | None = None,
        claimed: bytes | None = None,
    ) -> None:
        super().__init__(f"{refusal}: {reason}")
        self.refusal = refusal
        self.reason = reason
        self.values = values or {}
        self.details = details or {}
        self.tenant = tenant
        self.claimed = claimed
