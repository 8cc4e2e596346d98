"""Who calls the casino: the body is a token that BETCORE signed, or a header carries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.betcore.model import PartnerClient
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.signing import (
    TokenInvalid,
    read_token,
    shown,
    token_in,
    token_in_header,
    unverified_client_id,
    verified_claims,
)
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.ports import KeyFinder, KeysUnavailable
from mockserver.kernel.settings import nearest

BODY, AUTHORIZATION = "body", "authorization"
"""Where a client's tokens travel (BC-ASM-001)."""


class TokenGate:
    """Admits calls with a JWT that is signed by a key of BETCORE's JWKS.

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

        :raises Rejection: no verified JWT can be taken from where the client's tokens travel
        """
        try:
            place, text = self._carried(inbound)
            token = read_token(text)
            key = await self._keys.find(token.kid)
            if key is None:
                raise TokenInvalid(f"kid `{shown(token.kid)}` is not in the JWKS")
            claims = verified_claims(token, key)
            if violation := self._claims_violation(claims):
                raise TokenInvalid(f"claims: {violation}")
            client = self._clients.get(claims["client_id"])
            if client is None:
                named = shown(claims["client_id"])
                raise TokenInvalid(f"client_id `{named}` is unknown; {nearest(named, self._clients)}")
            _require_place(client, place)
            require_current(claims["nbf"], claims["exp"], client.clock.now().timestamp())
        except (TokenInvalid, KeysUnavailable) as error:
            raise Rejection(Refusal.JWT_INVALID, f"jwt: {error}", tenant=self._named_in(inbound)) from None
        return Admission(client, claims["data"].encode())

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Header and payload of the token, which its signature covers."""
        try:
            return self._carried(inbound)[1].rpartition(".")[0].encode()
        except (TokenInvalid, UnicodeEncodeError):
            return None

    def _carried(self, inbound: Inbound) -> tuple[str, str]:
        """The token and its place. Whose it is is known only when it is verified; until then it is looked
        for in the header if the token there names a client whose tokens travel so.

        :raises TokenInvalid: there is none
        """
        if header := inbound.headers.get("authorization"):
            text = token_in_header(header)
            client = self._clients.get(unverified_client_id(text))
            if client is not None and client.settings["token_place"] == AUTHORIZATION:
                return AUTHORIZATION, text
        return BODY, token_in(inbound.body)

    def _named_in(self, inbound: Inbound) -> PartnerClient | None:
        """The client that a token names which was not verified: whose journal it belongs to."""
        try:
            return self._clients.get(unverified_client_id(self._carried(inbound)[1]))
        except TokenInvalid:
            return None


def _require_place(client: PartnerClient, place: str) -> None:
    if client.settings["token_place"] != place:
        raise TokenInvalid(
            f"the token is the {place}; tokens of `{client.name}` travel in `Authorization`, "
            "as its setting token_place says"
        )


def require_current(nbf: float, exp: float, now: float) -> None:
    """Refuse a token before its ``nbf`` and from its ``exp`` on, without tolerance (BC-ASM-007)."""
    if now < nbf:
        raise TokenInvalid(f"not valid yet: nbf is {shown(nbf)}, the casino's clock says {now:.3f}")
    if now >= exp:
        raise TokenInvalid(f"expired: exp is {shown(exp)}, the casino's clock says {now:.3f}")
