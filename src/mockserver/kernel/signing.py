"""HMAC-SHA256 over text, as Betstack signs (sources: betstack/signature, betstack/pam-signature), and as
BETCORE and its game providers do."""

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


def x_sign_text(body: bytes, counterparty: str, timestamp: str, request_id: str) -> bytes:
    """What the header X-Sign of BETCORE and its game providers covers (sources: ``x-recipe`` of
    betcore.sessions; BC-ASM-066).

    :param body: as it is sent, empty for a call without one
    :param counterparty: value of ``X-Counterparty-Id``; the others are of ``X-Timestamp`` (Unix
        milliseconds) and ``X-Request-Id``
    """
    headers = (one.encode("latin-1") for one in (counterparty, timestamp, request_id))
    return b".".join((body, *headers) if body else headers)
