"""Verify: whether a token that a casino received is BETCORE's own, current, and meant for that casino
(source: betcore/verify; BC-ASM-054)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.betcore.identity import require_current
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.signing import TokenInvalid, read_token, shown, verified_claims
from mockserver.kernel.errors import Rejection

if TYPE_CHECKING:
    from mockserver.betcore.aggregator.keys import KeyRing
    from mockserver.betcore.model import PartnerClient
    from mockserver.kernel.ports import Clock


class Verifier:
    """Verifies tokens by the keys that BETCORE publishes.

    :param claims_violation: says in one line what a claim set lacks by the contract, or ``None``
    :param wall_clock: the time by which tokens for a client's own casino are dated
    """

    def __init__(
        self, keys: KeyRing, claims_violation: Callable[[object], str | None], wall_clock: Clock
    ) -> None:
        self._keys = keys
        self._claims_violation = claims_violation
        self._wall_clock = wall_clock

    async def __call__(self, client: PartnerClient, token: str) -> None:
        """Verify a compact JWS.

        :raises Rejection: it is not genuine, not current, or another client's
        """
        try:
            read = read_token(token)
            key = self._keys.published_key(read.kid)
            if key is None:
                raise TokenInvalid(f"kid `{shown(read.kid)}` is not in the JWKS")
            claims = verified_claims(read, key)
            if violation := self._claims_violation(claims):
                raise TokenInvalid(f"claims: {violation}")
            if claims["client_id"] != client.name:
                raise TokenInvalid(
                    f"client_id is `{shown(claims['client_id'])}`, the access token is `{client.name}`'s"
                )
            clock = self._wall_clock if client.settings["casino_url"] else client.clock
            require_current(claims["nbf"], claims["exp"], clock.now().timestamp())
        except TokenInvalid as error:
            raise Rejection(Refusal.JWT_INVALID, f"jwt: {error}") from None
