"""Who calls the casino: the body is a token that BETCORE signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.betcore.model import PartnerClient
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.signing import TokenInvalid, key_id, token_in, unverified_client_id, verified_claims
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.ports import KeyFinder, KeysUnavailable
from mockserver.kernel.settings import nearest


class TokenGate:
    """Admits bodies that are a JWT signed by a key of BETCORE's JWKS.

    :param clients: partner clients by ``client_id``
    :param claims_violation: says in one line what a claim set lacks by the contract, or ``None``
    """

    def __init__(
        self,
        clients: Mapping[str, PartnerClient],
        keys: KeyFinder,
        claims_violation: Callable[[object], str | None],
    ) -> None:
        self._clients = clients
        self._keys = keys
        self._claims_violation = claims_violation

    async def admit(self, inbound: Inbound) -> Admission:
        """Verify the token; the document of the request is what its claim ``data`` holds.

        :raises Rejection: no verified JWT can be taken from the body
        """
        try:
            token = token_in(inbound.body)
            kid = key_id(token)
            key = await self._keys.find(kid)
            if key is None:
                raise TokenInvalid(f"kid `{kid}` is not in the JWKS")
            claims = verified_claims(token, key)
            if violation := self._claims_violation(claims):
                raise TokenInvalid(f"claims: {violation}")
            client = self._clients.get(claims["client_id"])
            if client is None:
                named = claims["client_id"]
                raise TokenInvalid(f"client_id `{named}` is unknown; {nearest(named, self._clients)}")
            require_current(claims["nbf"], claims["exp"], client.clock.now().timestamp())
        except (TokenInvalid, KeysUnavailable) as error:
            raise Rejection(
                Refusal.JWT_INVALID, f"jwt: {error}", tenant=self._named_in(inbound.body)
            ) from None
        return Admission(client, claims["data"].encode("utf-8", "surrogatepass"))

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Header and payload of the token, which its signature covers."""
        try:
            return token_in(inbound.body).rpartition(".")[0].encode()
        except (TokenInvalid, UnicodeEncodeError):
            return None

    def _named_in(self, body: bytes) -> PartnerClient | None:
        """The client that a token names which was not verified: whose journal it belongs to."""
        try:
            return self._clients.get(unverified_client_id(token_in(body)))
        except TokenInvalid:
            return None


def require_current(nbf: float, exp: float, now: float) -> None:
    """Refuse a token before its ``nbf`` and from its ``exp`` on, without tolerance (BC-ASM-007)."""
    if now < nbf:
        raise TokenInvalid(f"not valid yet: nbf is {nbf}, the casino's clock says {now:.3f}")
    if now >= exp:
        raise TokenInvalid(f"expired: exp is {exp}, the casino's clock says {now:.3f}")
