"""Whether a call to or from Betstack is signed rightly, and if not, what was signed instead
(source: betstack/signature, betstack/pam-signature)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.redaction import GAP
from mockserver.kernel.signing import digest, same, sign, without_spaces


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A signature that does not match, with what it should have been made of."""

    secret: str
    timestamp: bytes
    body: bytes
    signature: str

    def is_over(self, message: bytes) -> bool:
        """Whether the signature covers this message."""
        return same(digest(self.secret, message), self.signature)

    @property
    def bare(self) -> bytes:
        """The body as it has to be signed."""
        return without_spaces(self.body)

    @property
    def message(self) -> bytes:
        """What the signature has to cover."""
        return self.timestamp + self.bare


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a signature, and what it covers, where that was found out."""

    sentence: str
    claimed: bytes | None = None


# What integrators sign most often instead, each with the sentence that says so. A row gives the
# messages that the signature may cover; none where the mistake can't have been made.
MISTAKES: tuple[tuple[Callable[[_Attempt], Iterable[bytes]], str], ...] = (
    (
        # Shells and `curl -d @file` drop line breaks, so those may be missing from what was signed.
        lambda it: (
            it.timestamp + spaced for spaced in (it.body, it.body.rstrip(), it.body.translate(None, b"\r\n"))
        ),
        "it covers the body with its spaces and line breaks; remove them before signing",
    ),
    (
        lambda it: (it.bare,) if it.body else (),
        "it covers the body alone; put the timestamp before it",
    ),
    (
        lambda it: (it.bare + it.timestamp,),
        "it has the timestamp behind the body; put it before",
    ),
    (
        lambda it: (it.timestamp,) if it.body else (),
        "it covers the timestamp alone; the body without its spaces belongs behind it",
    ),
    (
        lambda it: () if it.body else (it.timestamp + b"{}",),
        "it covers `{}`, but the request has no body; sign the timestamp alone",
    ),
    (
        lambda it: () if it.body else (it.timestamp + b"null",),
        "it covers `null`, but the request has no body; sign the timestamp alone",
    ),
)


def require_headers(headers: Mapping[str, str], names: Iterable[str], operator: Operator | None) -> None:
    """Refuse a call that lacks an identity header.

    :param operator: whose call it seems to be
    :raises Rejection: the first header that is missing or empty
    """
    for name in names:
        if not headers.get(name):
            raise Rejection(Refusal.ACCESS_DENIED, f"header `{name}` is missing or empty", tenant=operator)


def require_signature(operator: Operator, timestamp: str, body: bytes, signature: str) -> None:
    """Refuse what no secret signed that the operator has now.

    :param timestamp: value of the header, as received
    :param body: as received, with its spaces (BS-ASM-004)
    :raises Rejection: the signature does not match; the reason says what it covers instead
    """
    for secret in operator.secret.accepted(operator.clock.now()):
        if same(sign(secret, timestamp, body), signature):
            return
    diagnosis = _diagnose(operator, timestamp.encode(), body, signature)
    raise Rejection(
        Refusal.ACCESS_DENIED,
        f"signature: {diagnosis.sentence}",
        tenant=operator,
        claimed=diagnosis.claimed,
    )


def signed_text(timestamp: str | None, body: bytes) -> bytes | None:
    """What a signature has to cover: timestamp and body without spaces; ``None`` without a timestamp."""
    return timestamp.encode() + without_spaces(body) if timestamp else None


def _diagnose(operator: Operator, timestamp: bytes, body: bytes, signature: str) -> Diagnosis:
    accepted = operator.secret.accepted(operator.clock.now())
    for secret in accepted:
        if found := _mistake(_Attempt(secret, timestamp, body, signature)):
            return found
    current = _Attempt(accepted[0], timestamp, body, signature)
    for retired in operator.secret.retired:
        if same(digest(retired.value, current.message), signature):
            return Diagnosis(
                "it is made with a secret that was replaced, and that counts no more "
                f"since {retired.until:%Y-%m-%d %H:%M:%S} UTC",
                current.message,
            )
    return Diagnosis(
        f"does not match; expected HMAC-SHA256, keyed with the operator's secret, over these "
        f"{len(current.message)} bytes: {_abridged(current.message)}"
    )


def _mistake(attempt: _Attempt) -> Diagnosis | None:
    """A mistake that explains the signature."""
    expected = digest(attempt.secret, attempt.message)
    if same(expected, attempt.signature.lower()):
        return Diagnosis("it is right but in upper case; send lower-case hex", attempt.message)
    if same(base64.b64encode(bytes.fromhex(expected)).decode(), attempt.signature):
        return Diagnosis("it is right but in Base64; send lower-case hex", attempt.message)
    for messages, sentence in MISTAKES:
        for message in messages(attempt):
            if attempt.is_over(message):
                return Diagnosis(sentence, message)
    return None


def _abridged(message: bytes) -> str:
    """Both ends of a long message, which is where most differences are."""
    text = message.decode("utf-8", "replace")
    return text if len(text) <= 160 else f"{text[:100]}{GAP}{text[-50:]}"
