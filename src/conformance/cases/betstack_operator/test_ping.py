"""The one action that carries no identity."""

from __future__ import annotations

from typing import Any

from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import accepted
from conformance.signing import betstack_body


@requirement("BS-PAM-006", safety="read")
def test_ping_needs_no_identity(platform: Platform) -> None:
    """A ping without timestamp and signature is not refused for the lack of them."""
    body = platform.body(oracle.PING, {})
    unsigned = platform.post(body, {})
    signed = platform.post(body, platform.headers(body))
    if accepted(unsigned) is not accepted(signed) or unsigned.raw.status in (None, 401, 403):
        raise Mismatch(
            f"expected no refusal for the lack of headers, got {unsigned.raw.describe()}",
            expected=f"as with the headers: {signed.raw.describe()}",
            actual=unsigned.raw.describe(),
        )
    _one_token_is_known_and_another_is_not(platform)


@requirement("BS-PAM-007", safety="read")
def test_ping_is_answered(platform: Platform) -> None:
    """A ping is answered 200, with data empty and with data missing."""
    calls: tuple[dict[str, Any], ...] = (
        {"action": oracle.PING, "data": {}},
        {"action": oracle.PING},
    )
    for call in calls:
        platform.post(betstack_body(call), {}).must_be(200)
    _one_token_is_known_and_another_is_not(platform)


def _one_token_is_known_and_another_is_not(platform: Platform) -> None:
    with control("a known token is answered, an unknown one is refused"):
        platform.identify().must_be(200)
        platform.unknown_token_must_be_refused()
