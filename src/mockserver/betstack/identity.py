"""Who calls the bet engine: three headers and a signature (source: betstack/headers, betstack/signature)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import signature
from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.settings import nearest

IDENTITY_HEADERS = ("timestamp", "operator-name", "signature")


class OperatorGate:
    """Admits operators that sign with their secret."""

    def __init__(self, operators: Mapping[str, Operator]) -> None:
        self._operators = operators

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the operator.

        :raises Rejection: a header is missing, the operator is unknown, the signature does not match
        """
        headers = inbound.headers
        operator = self._operators.get(headers.get("operator-name", ""))
        signature.require_headers(headers, IDENTITY_HEADERS, operator)
        timestamp, name, signed = (headers[header] for header in IDENTITY_HEADERS)
        if operator is None:
            raise Rejection(
                Refusal.ACCESS_DENIED,
                f"operator-name: no operator is called `{name}`; {nearest(name, self._operators)}",
            )
        signature.require_signature(operator, timestamp, inbound.body, signed)
        return Admission(operator, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Timestamp and body without spaces (source: betstack/signature)."""
        return signature.signed_text(inbound.headers.get("timestamp"), inbound.body)


def require_same_operator(operator: Operator, named: str) -> None:
    """Refuse a body that names another operator than the header (BS-ASM-007)."""
    if named != operator.name:
        raise Rejection(
            Refusal.ACCESS_DENIED,
            f"operator: the body says `{named}`, the header operator-name says `{operator.name}`",
        )
