"""HMAC-SHA256 over text, as Betstack signs (sources: betstack/signature, betstack/pam-signature)."""

from __future__ import annotations

import hashlib
import hmac

_SPACES = b" \t\r\n"


def without_spaces(body: bytes) -> bytes:
    """The body less space, tab, CR and LF, wherever they stand (BS-ASM-004)."""
    return body.translate(None, _SPACES)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a call.

    :param secret: the operator's Secret Key
    :param timestamp: value of the ``timestamp`` header, as sent
    :param body: the body's bytes, empty for a call without one
    :returns: 64 lower-case hex digits
    """
    return digest(secret, timestamp.encode() + without_spaces(body))


def digest(secret: str, message: bytes) -> str:
    """Lower-case hex of HMAC-SHA256."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def same(expected: str, received: str) -> bool:
    """Compare two signatures in constant time; ``received`` may be any text."""
    return hmac.compare_digest(expected.encode(), received.encode("utf-8", "surrogateescape"))
