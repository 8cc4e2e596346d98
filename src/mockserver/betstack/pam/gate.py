"""Who calls the platform: the body names the operator, two headers prove it (source: betstack/pam-headers,
betstack/pam-signature)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betstack import signature
from mockserver.betstack.action import Action
from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.json_codec import JsonInvalid, parse
from mockserver.kernel.settings import nearest

IDENTITY_HEADERS = ("timestamp", "signature")


class PlatformGate:
    """Admits what is signed with the secret of the operator that the body names, and every ping."""

    def __init__(self, operators: Mapping[str, Operator]) -> None:
        self._operators = operators

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the operator whose platform is called.

        A ping has no headers, and is admitted for nobody; headers that it has all the same are not looked
        at (BS-ASM-076). Whatever else lacks one is refused. A body that names no operator can't be verified
        with anybody's secret: what is wrong with it is not its signature but that it is no JSON or lacks a
        field, which the contract calls an invalid request. So it is admitted for nobody too, and judged by
        the schema, behind the media type.

        :raises Rejection: a header is missing, the operator is unknown, the signature does not match
        """
        action, name = _named_in(inbound.body)
        if action == Action.PING:
            return Admission(None, inbound.body)
        operator = self._operators.get(name) if name else None
        signature.require_headers(inbound.headers, IDENTITY_HEADERS, operator)
        if not name:
            return Admission(None, inbound.body)
        if operator is None:
            raise Rejection(
                Refusal.ACCESS_DENIED,
                f"data.operator: no operator is called `{name}`; {nearest(name, self._operators)}",
            )
        timestamp, signed = (inbound.headers[header] for header in IDENTITY_HEADERS)
        signature.require_signature(operator, timestamp, inbound.body, signed)
        return Admission(operator, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Timestamp and body without spaces (source: betstack/pam-signature); nothing of a ping."""
        action, _ = _named_in(inbound.body)
        if action == Action.PING:
            return None
        return signature.signed_text(inbound.headers.get("timestamp"), inbound.body)


def require_identified(operator: Operator | None) -> Operator:
    """The operator that was identified.

    :raises Rejection: nobody was, though the contract as the user overrode it lets the body pass
    """
    if operator is None:
        raise Rejection(Refusal.ACCESS_DENIED, "data.operator: names nobody, so no signature can be verified")
    return operator


def _named_in(body: bytes) -> tuple[str | None, str | None]:
    """The action and the operator that a body names, which nobody has verified."""
    try:
        document = parse(body)
    except JsonInvalid:
        return None, None
    data = _member(document, "data")
    return _text(_member(document, "action")), _text(_member(data, "operator"))


def _member(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
