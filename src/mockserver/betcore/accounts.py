"""Use cases around a player's account: refresh tokens, and whom they sign in (source: betcore/users-auth).
Each is decided without giving up the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockserver.betcore.model import PartnerClient
from mockserver.betcore.refresh_tokens import RefreshToken
from mockserver.betcore.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.players import Player, PlayerState, account_of

_TOKEN_DIGITS = 32
_SIGNED_OUT = frozenset({PlayerState.BLOCKED, PlayerState.SELF_EXCLUDED})
"""States in which nobody is signed in; who has reached a limit is (BC-ASM-060)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A player who was signed in, with the token for the next time."""

    player: Player
    refresh_token: str
    balance: Decimal


class Accounts:
    """Signs players in by their refresh tokens."""

    def enter(self, client: PartnerClient, token: str) -> Entry:
        """Exchange a refresh token. Whom the wallet does not know is registered, with the token's
        currency and no money (BC-ASM-033, BC-ASM-111).

        :raises Rejection: in this order: a token never issued, one that was exchanged or has expired,
            a player who is blocked
        """
        issued = client.refresh_tokens.find(token)
        if issued is None:
            raise Rejection(
                Refusal.UNKNOWN_TOKEN, f"RefreshToken: client `{client.name}` never issued this token"
            )
        _require_usable(client, issued)
        player = client.players.find(issued.user_id)
        if player is not None and player.state in _SIGNED_OUT:
            raise Rejection(Refusal.BLOCKED, f"player `{player.id}` is `{player.state}`")
        if player is None:
            player = Player(id=issued.user_id, currency=issued.currency, tokens=(), state=PlayerState.ACTIVE)
            client.players.put(player)
        issued.exchanged = True
        successor = self.issue_refresh_token(client, player.id, player.currency)
        return Entry(player, successor, client.ledger.balance(account_of(player.id)))

    def issue_refresh_token(self, client: PartnerClient, user_id: str, currency: str) -> str:
        """Issue a token, as the casino does before it opens the WebFrame.

        :param user_id: a player, or somebody whom the wallet does not know yet
        :param currency: of the account that a newcomer gets
        """
        token = client.ids.hex(_TOKEN_DIGITS)
        client.issue(token, user_id, currency)
        return token


def _require_usable(client: PartnerClient, issued: RefreshToken) -> None:
    if issued.exchanged and client.settings["refresh_token_use"] == "once":
        raise Rejection(Refusal.EXPIRED_TOKEN, "RefreshToken: was exchanged before; it can be used once")
    if (now := client.clock.now()) >= issued.expires_at:
        raise Rejection(
            Refusal.EXPIRED_TOKEN,
            f"RefreshToken: expired at {issued.expires_at:%Y-%m-%dT%H:%M:%SZ}; "
            f"the casino's clock says {now:%Y-%m-%dT%H:%M:%SZ}",
        )
