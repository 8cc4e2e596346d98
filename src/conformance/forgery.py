"""Tokens that a casino must not believe, each with the claims that a genuine one would have.

The forger has the public keys, a key pair of his own, and every genuine token that he has seen. What he can't
do is to sign with a key of BETCORE's set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.signing import (
    SigningKey,
    base64url,
    confused_token,
    signed_parts,
    tampered_token,
    token,
    token_of,
    unsigned_token,
)

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Digits of Base64url, by their value."""

LONG_AGO: Final = 3600
"""Seconds; far beyond any difference of clocks."""


@dataclass(frozen=True, slots=True)
class Forger:
    """Who makes them: what he knows of BETCORE, and what he has himself."""

    genuine: SigningKey
    """Stands for BETCORE's key; only its public half and tokens of it get used, but for old tokens."""
    own: SigningKey
    trap: str
    """A URL of his own, at which he serves keys."""


Claims = Mapping[str, Any]
Forge = Callable[[Forger, Claims], str]


def _spliced(forger: Forger, claims: Claims) -> str:
    return tampered_token(token(forger.genuine, {**claims, "data": "{}"}), claims)


def _expired(forger: Forger, claims: Claims) -> str:
    return token(forger.genuine, {**claims, "nbf": claims["nbf"] - LONG_AGO, "exp": claims["exp"] - LONG_AGO})


def _with_header(**members: Any) -> Forge:
    """Signed with the forger's key, which the header offers by these members."""

    def forge(forger: Forger, claims: Claims) -> str:
        header = {name: value(forger) if callable(value) else value for name, value in members.items()}
        return token_of(forger.own, json.dumps(dict(claims)).encode(), **header)

    return forge


FORGERIES: Final[Mapping[str, Forge]] = {
    "another payload under a genuine signature": _spliced,
    "alg none": lambda forger, claims: unsigned_token(forger.genuine, claims),
    "alg None": lambda forger, claims: unsigned_token(forger.genuine, claims, algorithm="None"),
    "HS256 keyed with the public key": lambda forger, claims: confused_token(forger.genuine, claims),
    "a key that is in no set": lambda forger, claims: token(forger.own, claims),
    "another key under a known kid": lambda forger, claims: token(forger.own, claims, kid=forger.genuine.kid),
    "the key inside the token (jwk)": _with_header(jwk=lambda forger: forger.own.jwk()),
    "the key inside the token under a known kid": _with_header(
        jwk=lambda forger: forger.own.jwk(), kid=lambda forger: forger.genuine.kid
    ),
    "the address of a key set (jku)": _with_header(jku=lambda forger: forger.trap),
    "the address of a certificate (x5u)": _with_header(x5u=lambda forger: forger.trap),
    "no kid": _with_header(kid=None, x5t=None),
    "no signature part": lambda forger, claims: token(forger.own, claims).rpartition(".")[0],
}
"""What is wrong with a token, and how it is made."""


def _twice_in_payload(forger: Forger, claims: Claims) -> str:
    text = json.dumps(dict(claims))
    return token_of(forger.genuine, f'{{"data": "{{}}", {text[1:]}'.encode())


def _twice_in_header(forger: Forger, claims: Claims) -> str:
    _, payload, _ = token(forger.genuine, claims).split(".")
    known = forger.genuine
    header = f'{{"alg": "none", "alg": "RS256", "typ": "JWT", "kid": "{known.kid}", "x5t": "{known.x5t}"}}'
    return signed_parts(known, f"{base64url(header.encode())}.{payload}")


def _genuine_with_header(**members: Any) -> Forge:
    def forge(forger: Forger, claims: Claims) -> str:
        header = {name: value(forger) if callable(value) else value for name, value in members.items()}
        return token_of(forger.genuine, json.dumps(dict(claims)).encode(), **header)

    return forge


def _stray_bits(forger: Forger, claims: Claims) -> str:
    """The last character of the signature with one of those bits turned over that belong to no byte."""
    compact = token(forger.genuine, claims)
    last = ALPHABET.index(compact[-1])
    return f"{compact[:-1]}{ALPHABET[last ^ 1]}"


STRICT: Final[Mapping[str, Forge]] = {
    "a claim twice": _twice_in_payload,
    "a member of the header twice": _twice_in_header,
    "Base64url with padding": lambda forger, claims: f"{token(forger.genuine, claims)}==",
    "Base64url with stray bits": _stray_bits,
    "crit in the header": _genuine_with_header(crit=["exp"]),
    "its own key in the header": _genuine_with_header(jwk=lambda forger: forger.genuine.jwk()),
}
"""Tokens under a genuine signature in a form that parsers may read differently (BC-ASM-113)."""

OVER: Final[Mapping[str, Forge]] = {"a token past its exp": _expired}
"""Tokens that were genuine once."""
