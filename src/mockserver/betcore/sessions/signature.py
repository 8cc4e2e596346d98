"""Whether a call between BETCORE and a game provider is signed rightly, and if not, what was signed instead
(BC-ASM-065, BC-ASM-066)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mockserver.betcore.sessions.model import Provider
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.redaction import GAP
from mockserver.kernel.signing import digest, same, x_sign_text

IDENTITY_HEADERS = ("x-counterparty-id", "x-timestamp", "x-request-id", "x-sign")

_SPACES = b" \t\r\n"
_LONGEST_REWRITTEN = 16_384
"""Bytes of a body that is written again to find out what was signed; a hint is not worth more time."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a call says of itself: its body, and its identity headers."""

    body: bytes
    counterparty: str
    timestamp: str
    request_id: str
    signature: str

    def message(self, body: bytes) -> bytes:
        """What the signature would have to cover, were this the body."""
        return x_sign_text(body, self.counterparty, self.timestamp, self.request_id)

    @property
    def headers(self) -> tuple[bytes, ...]:
        """The signed headers in their order."""
        return tuple(one.encode("latin-1") for one in (self.counterparty, self.timestamp, self.request_id))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a signature, and what it covers, where that was found out."""

    sentence: str
    claimed: bytes | None = None


def _compact(body: bytes, *, in_order: bool) -> tuple[bytes, ...]:
    """The body as it would be written again, its keys as they are or sorted; none where it is no object."""
    try:
        document = parse(body) if len(body) <= _LONGEST_REWRITTEN else None
    except JsonInvalid:
        return ()
    if not isinstance(document, dict):
        return ()
    return (dump(document if in_order else dict(sorted(document.items()))),)


# What integrators sign most often instead, each with the sentence that says so. A row gives the
# messages that the signature may cover; none where the mistake can't have been made.
MISTAKES: tuple[tuple[Callable[[Signed], Iterable[bytes]], str], ...] = (
    (
        lambda it: map(it.message, (it.body.strip(), it.body.translate(None, b"\r\n"))),
        "it covers the body without its line breaks or outer spaces; sign the bytes that are sent",
    ),
    (
        lambda it: map(it.message, (*_compact(it.body, in_order=True), it.body.translate(None, _SPACES))),
        "it covers the body without its spaces; sign the bytes that are sent",
    ),
    (
        lambda it: map(it.message, _compact(it.body, in_order=False)),
        "it covers the body with its keys sorted; sign the bytes that are sent, or send what was signed",
    ),
    (
        lambda it: (it.message(b""),) if it.body else (),
        "it covers the headers alone; the body and a full stop belong before them",
    ),
    (
        lambda it: () if it.body else (it.message(b"{}"), it.message(b"null"), it.message(b'""')),
        "it covers a body, but the request has none; the text begins with the counterparty",
    ),
    (
        lambda it: () if it.body else (b"." + it.message(b""),),
        "it begins with a full stop; without a body the text begins with the counterparty",
    ),
    (
        lambda it: (b".".join((*it.headers, it.body)),) if it.body else (),
        "it has the body behind the headers; put it before",
    ),
    (
        lambda it: (b"".join((it.body, *it.headers)),),
        "it lacks the full stops; put one between each two parts",
    ),
    (
        lambda it: (it.body,) if it.body else (),
        "it covers the body alone; X-Counterparty-Id, X-Timestamp and X-Request-Id belong behind it",
    ),
)


def require_headers(headers: Mapping[str, str], provider: Provider | None) -> None:
    """Refuse a call that lacks an identity header.

    :param provider: whose call it seems to be
    :raises Rejection: the first header that is missing or empty
    """
    for name in IDENTITY_HEADERS:
        if not headers.get(name):
            raise Rejection(
                Refusal.ACCESS_DENIED, f"header `{_printed(name)}` is missing or empty", tenant=provider
            )


def require_signature(provider: Provider, signed: Signed) -> None:
    """Refuse what no secret signed that the provider has now.

    :raises Rejection: the signature does not match; the reason says what it covers instead
    """
    message = signed.message(signed.body)
    for secret in provider.secret.accepted(provider.clock.now()):
        if same(digest(secret, message), signed.signature):
            return
    diagnosis = _diagnose(provider, signed, message)
    raise Rejection(
        Refusal.ACCESS_DENIED,
        f"X-Sign: {diagnosis.sentence}",
        tenant=provider,
        claimed=diagnosis.claimed,
    )


def require_current(provider: Provider, timestamp: str) -> None:
    """Refuse a timestamp that is too far from now, where the provider's settings say how far is too far
    (BC-ASM-067).

    :raises Rejection: it is, or is no number
    """
    window = provider.settings["timestamp_window_seconds"]
    if window is None:
        return
    now = int(provider.clock.now().timestamp() * 1000)
    sound = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS
    if not sound or abs(now - int(timestamp)) > window * 1000:
        raise Rejection(
            Refusal.ACCESS_DENIED,
            f"X-Timestamp: is `{timestamp[:_MOST_DIGITS]}`; it has to be Unix milliseconds, at most "
            f"{window} s away from {now}",
            tenant=provider,
        )


_MOST_DIGITS = 20


def _printed(name: str) -> str:
    """A header's name as the pages print it."""
    return "-".join(part.capitalize() for part in name.split("-"))


def _diagnose(provider: Provider, signed: Signed, message: bytes) -> Diagnosis:
    for secret in provider.secret.accepted(provider.clock.now()):
        if found := _mistake(secret, signed, message):
            return found
    for retired in provider.secret.retired:
        if same(digest(retired.value, message), signed.signature):
            return Diagnosis(
                "it is made with a secret that was replaced, and that counts no more "
                f"since {retired.until:%Y-%m-%d %H:%M:%S} UTC",
                message,
            )
    return Diagnosis(
        f"does not match; expected HMAC-SHA256, keyed with the secret of this counterparty, over these "
        f"{len(message)} bytes: {_abridged(message)}"
    )


def _mistake(secret: str, signed: Signed, message: bytes) -> Diagnosis | None:
    """A mistake that explains the signature."""
    expected = digest(secret, message)
    if same(expected, signed.signature.lower()):
        return Diagnosis("it is right but in upper case; send lower-case hex", message)
    if same(base64.b64encode(bytes.fromhex(expected)).decode(), signed.signature):
        return Diagnosis("it is right but in Base64; send lower-case hex", message)
    if same(_with_decoded_key(secret, message), signed.signature):
        return Diagnosis(
            "its key is the secret decoded from Base64; use the secret as the text it is", message
        )
    for messages, sentence in MISTAKES:
        for claimed in messages(signed):
            if claimed != message and same(digest(secret, claimed), signed.signature):
                return Diagnosis(sentence, claimed)
    return None


def _with_decoded_key(secret: str, message: bytes) -> str:
    """The signature that a secret makes which was taken for Base64; empty where it can't be."""
    try:
        key = base64.b64decode(secret + "=" * (-len(secret) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _abridged(message: bytes) -> str:
    """Both ends of a long message, which is where most differences are."""
    text = message.decode("utf-8", "replace")
    return text if len(text) <= 160 else f"{text[:100]}{GAP}{text[-50:]}"
