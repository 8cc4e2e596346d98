"""The calls that can be sent, as rows: whose they are, and the contract's sample of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bet_contracts.examples import decimal
from mockserver.betcore.callbacks import Action as CasinoAction
from mockserver.betcore.provider.actions import Action as ProviderAction
from mockserver.betstack.action import Action, Notification
from mockserver.edge.contract import load
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER


@dataclass(frozen=True, slots=True)
class Receiver:
    """What is called: the kind of the tenant, the setting that its URL is, and the surface."""

    kind: str
    setting: str
    surface: str
    title: str


PLATFORM = Receiver(
    OPERATOR, "pam_url", "betstack.pam", "An operator's PAM platform; --to is its URL as it is"
)
TEXTS = Receiver(
    OPERATOR, "sms_url", "betstack.sms", "An operator's receiver of texts; --to is its URL as it is"
)
CASINO = Receiver(
    PARTNER_CLIENT, "casino_url", "betcore.casino", "A casino; --to is what stands before /users, /payments"
)
GAMES = Receiver(
    PROVIDER, "provider_url", "betcore.provider", "A game provider; --to is what stands before /v1"
)


@dataclass(frozen=True, slots=True)
class Sendable:
    """A call: who gets it, its action, and its operation."""

    receiver: Receiver
    action: str
    operation: str

    def sample(self) -> Any:
        """The document that the contract has as its example, fractions as ``Decimal``; ``None`` for a call
        without one."""
        media_type = load(self.receiver.surface).operations[self.operation].request_media_type
        if media_type is None:
            return None
        if "x-jwt" in media_type:
            return decimal(media_type["x-jwt"]["examples"][0]["value"])
        examples = media_type["examples"]
        return decimal(examples.get(self.action, next(iter(examples.values())))["value"])


CALLS: Mapping[str, Sendable] = MappingProxyType(
    {
        **{str(one): Sendable(PLATFORM, one, "sendPamAction") for one in Action},
        **{str(one): Sendable(TEXTS, one, "sendSmsNotification") for one in Notification},
        "users/auth": Sendable(CASINO, CasinoAction.AUTH, "authUser"),
        "users/data": Sendable(CASINO, CasinoAction.DATA, "getUserData"),
        "payments/make": Sendable(CASINO, CasinoAction.MAKE, "makePayment"),
        "payments/make-list": Sendable(CASINO, CasinoAction.MAKE_LIST, "makePayments"),
        "payments/info": Sendable(CASINO, CasinoAction.INFO, "getPaymentInfo"),
        "payments/close": Sendable(CASINO, CasinoAction.CLOSE, "closeBet"),
        "cashback-payments/make": Sendable(CASINO, CasinoAction.CASHBACK, "makeCashback"),
        "games": Sendable(GAMES, ProviderAction.LIST_GAMES, "listGames"),
        "launch": Sendable(GAMES, ProviderAction.LAUNCH_GAME, "launchGame"),
    }
)
