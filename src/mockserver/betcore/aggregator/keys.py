"""Which keys BETCORE signs a client's calls with. The key set that it publishes is the union of those of
all clients (source: betcore/jwks; BC-ASM-009, BC-ASM-105)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mockserver.betcore.forging import with_bad_signature, with_other_algorithm
from mockserver.kernel.faults.catalogue import Name
from mockserver.kernel.faults.forgery import NOT_FORGED, Forged
from mockserver.kernel.ports import SigningKeys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from mockserver.betcore.model import PartnerClient


_KID_DIGITS = 40


@dataclass(slots=True)
class ClientKeys:
    """Keys of one client by ``kid``. ``current`` is ``None`` for the one that the sandbox began with."""

    current: str | None = None
    retired: dict[str, datetime] = field(default_factory=dict)
    """Keys that were replaced, and the moment from which each is published no more."""


class KeyRing:
    """BETCORE's keys in use.

    :param clients: gives all clients of the moment
    """

    def __init__(self, keys: SigningKeys, clients: Callable[[], Iterable[PartnerClient]]) -> None:
        self._keys = keys
        self._clients = clients

    def sign(self, client: PartnerClient, claims: bytes, forged: Forged = NOT_FORGED) -> str:
        """A compact JWS of this payload with the client's current key, forged where that is asked for."""
        kid = self._current(client)
        named = client.ids.hex(_KID_DIGITS).upper() if Name.UNKNOWN_KID in forged else None
        token = self._keys.sign(kid, claims, named=named)
        if Name.ALG_CONFUSION in forged:
            algorithm = forged[Name.ALG_CONFUSION]["alg"]
            token = with_other_algorithm(token, algorithm, self._keys.public_pem(kid))
        return with_bad_signature(token) if Name.BAD_SIGNATURE in forged else token

    def jwks(self) -> dict[str, object]:
        """The public keys as a JSON Web Key Set, the current ones of all clients and those that still
        count."""
        return {"keys": [self._keys.jwk(kid) for kid in self.published()]}

    def published(self) -> list[str]:
        """The ``kid`` of every key in the set, the sandbox's first key first if it is among them."""
        in_use = {kid for client in self._clients() for kid in self._of(client)} or {self._keys.first}
        return [kid for kid in self._keys.known() if kid in in_use]

    def published_key(self, kid: str) -> RSAPublicKey | None:
        """The key of this id, if it is in the set."""
        key = self._keys.public_key(kid)
        return key if key is not None and kid in self.published() else None

    async def rotate(self, client: PartnerClient, overlap: timedelta) -> str:
        """Give a client a new key. The old one is published for ``overlap`` longer, in the client's time.

        :returns: the ``kid`` of the new key
        """
        new = await self._keys.make()
        keys, now = client.keys, client.clock.now()
        keys.retired[self._current(client)] = now + overlap
        keys.current = new
        keys.retired = {kid: until for kid, until in keys.retired.items() if now < until}
        self._keys.keep({*self.published(), new})
        return new

    def _of(self, client: PartnerClient) -> list[str]:
        now = client.clock.now()
        retired = [kid for kid, until in client.keys.retired.items() if now < until]
        return [self._current(client), *retired]

    def _current(self, client: PartnerClient) -> str:
        """The first key where the client has none, or one that was loaded without its private half."""
        kid = client.keys.current
        return kid if kid is not None and kid in self._keys.known() else self._keys.first
