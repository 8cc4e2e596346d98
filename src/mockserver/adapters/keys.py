"""Keys: the sandbox's own signing key, and other parties' public keys, read from their JWKS."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from mockserver.kernel.ports import Clock, KeyFinder, KeysUnavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_KEY_BITS = 2048
_SHORTEST_INTERVAL = timedelta(seconds=1)  # BC-ASM-009
_DEADLINE_SECONDS = 5
_LARGEST_KEY_SET = 256 * 1024


class SigningKeys:
    """BETCORE's signing keys. The first one is made anew at each start; making one takes up to 0.2 s, on a
    thread.

    :param key: a first key that is known already
    """

    def __init__(self, key: RSAPrivateKey | None = None) -> None:
        self._beginning: Future[RSAPrivateKey] = Future()
        self._keys: dict[str, _Key] = {}
        if key is not None:
            self._beginning.set_result(key)
            return
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="signing-key")
        self._beginning = pool.submit(_generate)
        pool.shutdown(wait=False)

    @property
    def first(self) -> str:
        """The key that the sandbox began with; waits for it where it is still being made."""
        return next(iter(self._all()))

    def known(self) -> list[str]:
        """Every key, in the order in which they were made."""
        return list(self._all())

    async def make(self) -> str:
        """Make a key."""
        key = _Key(await asyncio.get_running_loop().run_in_executor(None, _generate))
        self._all()[key.kid] = key
        return key.kid

    def keep(self, kids: Collection[str]) -> None:
        """Forget every key but these and the first."""
        first = self.first
        self._keys = {kid: key for kid, key in self._all().items() if kid == first or kid in kids}

    def jwk(self, kid: str) -> dict[str, Any]:
        """The public half as a JSON Web Key (BC-ASM-023)."""
        return self._all()[kid].jwk

    def sign(self, kid: str, claims: bytes, *, named: str | None = None) -> str:
        """A compact JWS of this payload, its header as the samples have it (source: betcore/users-data).

        :param named: the ``kid`` that it says, where that is not the key's
        """
        key = self._all()[kid]
        headers = {"kid": named or kid, "x5t": key.jwk["x5t"]}
        return _jws().encode(claims, key.private, algorithm="RS256", headers=headers, sort_headers=True)

    def public_key(self, kid: str) -> RSAPublicKey | None:
        """The public half, if this is a key of BETCORE's."""
        key = self._all().get(kid)
        return None if key is None else key.public

    def public_pem(self, kid: str) -> bytes:
        """The public half, PEM."""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415  see _generate

        return self._all()[kid].public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)

    def export(self) -> list[str]:
        """The private keys, PEM."""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415  see _generate

        return [
            key.private.private_bytes(
                form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
            ).decode()
            for key in self._all().values()
        ]

    def load(self, pems: list[str]) -> None:
        """Put private keys in the place of all.

        :raises ValueError: one is no RSA key in PEM, or there is none
        """
        keys = [_Key(_read_private_key(pem)) for pem in pems]
        if not keys:
            raise ValueError("signing_keys is empty")
        self._keys = {key.kid: key for key in keys}

    def _all(self) -> dict[str, _Key]:
        if not self._keys:
            key = _Key(self._beginning.result())
            self._keys = {key.kid: key}
        return self._keys


class _Key:
    """A private key with what follows from it."""

    def __init__(self, private: RSAPrivateKey) -> None:
        self.private = private
        self.public = private.public_key()
        self.jwk = _public_jwk(self.public)
        self.kid: str = self.jwk["kid"]


def _read_private_key(pem: str) -> RSAPrivateKey:
    """Read a private key.

    :raises ValueError: it is no RSA key in PEM
    """
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  see _generate
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415  see _generate

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("a key in signing_keys is no private key in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _KEY_BITS:
        raise ValueError(f"a key in signing_keys is no RSA key of at least {_KEY_BITS} bits")
    return key


@cache
def _jws() -> PyJWS:
    return PyJWS(algorithms=["RS256"])


def _generate() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  the import too costs start-up time

    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _public_jwk(key: RSAPublicKey) -> dict[str, Any]:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  as above
    from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415  as above

    thumbprint = hashlib.sha1(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    members = RSAAlgorithm.to_jwk(key, as_dict=True)
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": thumbprint.hex().upper(),
        "x5t": base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode(),
        "alg": "RS256",
        "n": members["n"],
        "e": members["e"],
    }


class JwksClient:
    """Reads a key set over HTTP and keeps it; an unknown ``kid`` makes it read again (BC-ASM-009).

    :param url: of the JWKS
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._keys: dict[str, RSAPublicKey] = {}
        self._failure: str | None = None
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def find(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, or ``None`` when the key set has none.

        :raises KeysUnavailable: the key set can't be read
        """
        if kid not in self._keys:
            async with self._reading:  # those who wait here find what the first one read
                if kid not in self._keys and self._may_read_again():
                    await self._read()
        if kid not in self._keys and self._failure is not None:
            raise KeysUnavailable(f"the JWKS at {self._url} can't be read: {self._failure}")
        return self._keys.get(kid)

    def _may_read_again(self) -> bool:
        return self._read_at is None or self._clock.now() - self._read_at >= _SHORTEST_INTERVAL

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                self._keys = _public_keys(await self._fetch())
            self._failure = None
        except TimeoutError:
            self._failure = f"no complete answer within {_DEADLINE_SECONDS} s"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._failure = str(error) or type(error).__name__
        except (ValueError, RecursionError) as error:
            self._failure = f"not a key set: {error}"
        self._read_at = self._clock.now()

    async def _fetch(self) -> bytes:
        async with (
            httpx.AsyncClient(follow_redirects=False, trust_env=False) as client,
            client.stream("GET", self._url) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise httpx.HTTPError(f"HTTP status {answer.status_code}")
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_KEY_SET:
                    raise httpx.HTTPError(f"more than {_LARGEST_KEY_SET} bytes")
            return body


class OwnKeysFirst:
    """Knows the keys that this very server publishes, and asks elsewhere for all others, so that the built-in
    parties understand one another wherever the casino is told to find BETCORE.

    :param own: the published key of this id, if there is one
    """

    def __init__(self, own: Callable[[str], RSAPublicKey | None], others: KeyFinder) -> None:
        self._own = own
        self._others = others

    async def find(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, or ``None`` when nobody has it.

        :raises KeysUnavailable: it is not the own one, and the others can't be read
        """
        return self._own(kid) or await self._others.find(kid)


class FixedKeys:
    """Keys that are known from the start."""

    def __init__(self, keys: dict[str, RSAPublicKey]) -> None:
        self._keys = keys

    async def find(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, or ``None``."""
        return self._keys.get(kid)


def _public_keys(key_set: bytes) -> dict[str, RSAPublicKey]:
    """The keys of a key set that sign with RS256, by ``kid``. Others, and broken ones, are left out,
    as RFC 7517 section 5 has it.

    :raises ValueError: there is no array ``keys``
    """
    document = json.loads(key_set)
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list):
        raise ValueError("it has no array `keys`")
    found = {}
    for jwk in members:
        if isinstance(jwk, dict) and isinstance(jwk.get("kid"), str) and _signs_with_rs256(jwk):
            try:
                # Of a key that comes with its private half, only the public one is of interest.
                public = {"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}
                found[jwk["kid"]] = PyJWK(public, algorithm="RS256").key
            except (KeyError, TypeError, ValueError, AttributeError, PyJWTError):
                continue
    return found


def _signs_with_rs256(jwk: dict[str, Any]) -> bool:
    return jwk.get("kty") == "RSA" and jwk.get("use", "sig") == "sig" and jwk.get("alg", "RS256") == "RS256"
