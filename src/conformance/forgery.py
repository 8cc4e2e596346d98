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
    confused_token,
    tampered_token,
    token,
    token_of,
    unsigned_token,
)

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

OVER: Final[Mapping[str, Forge]] = {"a token past its exp": _expired}
"""Tokens that were genuine once."""
