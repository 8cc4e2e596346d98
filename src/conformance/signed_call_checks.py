"""What calls that arrive under X-Sign must be, whichever of the two parties made them."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Final

from conformance.callback_sink import Received
from conformance.client import shown
from conformance.counterparty import COUNTERPARTY, IDENTITY, REQUEST_ID, SIGN, TIMESTAMP
from conformance.errors import Mismatch
from conformance.signing import x_sign, x_sign_text

CLOCK_TOLERANCE: Final = 366 * 86_400
"""Seconds. A clock may be off, or virtual; a timestamp in seconds is 50 years off."""

LOWER_HEX_64: Final = re.compile(r"[0-9a-f]{64}")


def must_carry_identity(calls: Sequence[Received]) -> None:
    """Raise :exc:`Mismatch` unless every call has the four headers."""
    for call in calls:
        lacking = [name for name in IDENTITY if not call.header(name)]
        if lacking:
            raise Mismatch(
                f"{call.method} {_tail(call)} lacks {', '.join(lacking)}",
                expected=", ".join(IDENTITY),
                actual=", ".join(name for name in IDENTITY if call.header(name)) or "none of them",
            )


def must_name(calls: Sequence[Received], counterparty: str) -> None:
    """Raise :exc:`Mismatch` unless every call names the counterparty."""
    for call in calls:
        if call.header(COUNTERPARTY) != counterparty:
            raise Mismatch(
                f"{COUNTERPARTY} of {call.method} {_tail(call)}: expected {shown(counterparty)}, "
                f"got {shown(call.header(COUNTERPARTY))}",
                expected=shown(counterparty),
                actual=shown(call.header(COUNTERPARTY)),
            )


def must_verify(calls: Sequence[Received], secret: str) -> None:
    """Raise :exc:`Mismatch` unless every X-Sign is that of the raw body and the three headers."""
    for call in calls:
        if not verifies(call, secret):
            raise Mismatch(
                f"{SIGN} of {call.method} {_tail(call)} does not match its body and headers"
                + _why(call, secret),
                expected="HMAC-SHA256 over body, counterparty id, timestamp and request id",
                actual="another signature",
            )


def verifies(call: Received, secret: str, body: bytes | None = None) -> bool:
    """Whether X-Sign is that of the call, or of another body under its headers."""
    counterparty, timestamp, request_id = (
        call.header(name) or "" for name in (COUNTERPARTY, TIMESTAMP, REQUEST_ID)
    )
    text = x_sign_text(counterparty, timestamp, request_id, call.body if body is None else body)
    # Whatever came, a text with letters outside of ASCII included, is compared as bytes.
    return hmac.compare_digest((call.header(SIGN) or "").encode(), x_sign(secret, text).encode())


def must_be_lower_hex(calls: Sequence[Received]) -> None:
    """Raise :exc:`Mismatch` unless every X-Sign is 64 lower-case hex digits."""
    for call in calls:
        sign = call.header(SIGN) or ""
        if not LOWER_HEX_64.fullmatch(sign):
            raise Mismatch(
                f"{SIGN} of {call.method} {_tail(call)} is not written in lower-case hex",
                expected="64 lower-case hex digits",
                actual=f"{len(sign)} characters",
            )


def must_be_milliseconds(calls: Sequence[Received]) -> None:
    """Raise :exc:`Mismatch` unless every X-Timestamp is Unix time in milliseconds."""
    for call in calls:
        text = call.header(TIMESTAMP) or ""
        if not text.isdecimal() or abs(int(text[:18]) / 1000 - call.at) > CLOCK_TOLERANCE:
            raise Mismatch(
                f"{TIMESTAMP} of {call.method} {_tail(call)}: {shown(text)} is no Unix time in milliseconds",
                expected=f"about {round(call.at * 1000)}",
                actual=shown(text),
            )


def must_be_json(calls: Sequence[Received]) -> None:
    """Raise :exc:`Mismatch` unless every call with a body declares it as JSON."""
    for call in calls:
        declared = (call.header("Content-Type") or "").partition(";")[0].strip().lower()
        if call.body and declared != "application/json":
            raise Mismatch(
                f"Content-Type of {call.method} {_tail(call)}: got {shown(call.header('Content-Type'))}",
                expected="application/json",
                actual=shown(call.header("Content-Type")),
            )


def _why(call: Received, secret: str) -> str:
    """What was signed instead, where that can be found out."""
    if call.body and verifies(call, secret, b""):
        return "; it leaves the body out"
    return ""


def _tail(call: Received) -> str:
    """The last segment of the path: what stands before it names the session."""
    return call.path.rpartition("/")[2]
