"""Who calls the bet engine: three headers and a signature (source: betstack/headers, betstack/signature)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockserver.betstack.model import Operator
from mockserver.betstack.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.signing import digest, same, sign, without_spaces

IDENTITY_HEADERS = ("timestamp", "operator-name", "signature")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A signature that does not match, with what it should have been made of."""

    secret: str
    timestamp: str
    body: bytes
    signature: str

    def is_over(self, message: bytes) -> bool:
        return same(digest(self.secret, message), self.signature)

    @property
    def message(self) -> bytes:
        return self.timestamp.encode() + without_spaces(self.body)


def _base64_of(hex_digits: str) -> str:
    return base64.b64encode(bytes.fromhex(hex_digits)).decode()


# What integrators get wrong most often, each with the sentence that says so.
MISTAKES: tuple[tuple[Callable[[_Attempt], bool], str], ...] = (
    (
        lambda it: same(digest(it.secret, it.message), it.signature.lower()),
        "it is right but in upper case; send lower-case hex",
    ),
    (
        lambda it: same(
            base64.b64encode(bytes.fromhex(digest(it.secret, it.message))).decode(), it.signature
        ),
        "it is right but in Base64; send lower-case hex",
    ),
    (
        # Shells and `curl -d @file` drop line breaks, so those may be missing from what was signed.
        lambda it: any(
            it.is_over(it.timestamp.encode() + spaced)
            for spaced in (it.body, it.body.rstrip(), it.body.translate(None, b"\r\n"))
        ),
        "it covers the body with its spaces and line breaks; remove them before signing",
    ),
    (
        lambda it: bool(it.body) and it.is_over(without_spaces(it.body)),
        "it covers the body alone; put the timestamp before it",
    ),
    (
        lambda it: it.is_over(without_spaces(it.body) + it.timestamp.encode()),
        "it has the timestamp behind the body; put it before",
    ),
    (
        lambda it: bool(it.body) and it.is_over(it.timestamp.encode()),
        "it covers the timestamp alone; the body without its spaces belongs behind it",
    ),
    (
        lambda it: not it.body and it.is_over(it.timestamp.encode() + b"{}"),
        "it covers `{}`, but the request has no body; sign the timestamp alone",
    ),
    (
        lambda it: not it.body and it.is_over(it.timestamp.encode() + b"null"),
        "it covers `null`, but the request has no body; sign the timestamp alone",
    ),
)


class OperatorGate:
    """Admits operators that sign with their secret."""

    def __init__(self, operators: Mapping[str, Operator]) -> None:
        self._operators = operators

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the operator.

        :raises Rejection: a header is missing, the operator is unknown, the signature does not match
        """
        for name in IDENTITY_HEADERS:
            if not inbound.headers.get(name):
                raise Rejection(Refusal.ACCESS_DENIED, f"header `{name}` is missing or empty")
        timestamp, name, signature = (inbound.headers[header] for header in IDENTITY_HEADERS)
        operator = self._operators.get(name)
        if operator is None:
            known = ", ".join(f"`{known}`" for known in self._operators)
            raise Rejection(
                Refusal.ACCESS_DENIED, f"operator-name: no operator is called `{name}`; known are {known}"
            )
        if not same(sign(operator.secret, timestamp, inbound.body), signature):
            attempt = _Attempt(operator.secret, timestamp, inbound.body, signature)
            raise Rejection(Refusal.ACCESS_DENIED, f"signature: {_explain(attempt)}")
        return Admission(operator, inbound.body)


def require_same_operator(operator: Operator, named: str) -> None:
    """Refuse a body that names another operator than the header (BS-ASM-007)."""
    if named != operator.name:
        raise Rejection(
            Refusal.ACCESS_DENIED,
            f"operator: the body says `{named}`, the header operator-name says `{operator.name}`",
        )


def _explain(attempt: _Attempt) -> str:
    for made_it, sentence in MISTAKES:
        if made_it(attempt):
            return sentence
    return (
        f"does not match; expected HMAC-SHA256, keyed with the operator's secret, over these "
        f"{len(attempt.message)} bytes: {_abridged(attempt.message)}"
    )


def _abridged(message: bytes) -> str:
    """Both ends of a long message, which is where most differences are."""
    text = message.decode("utf-8", "replace")
    return text if len(text) <= 160 else f"{text[:100]} ... {text[-50:]}"
