"""The gate of operations that are open to all."""

from __future__ import annotations

from mockserver.kernel.exchange import Admission, Inbound


class OpenGate:
    """Admits everybody."""

    async def admit(self, inbound: Inbound) -> Admission:
        """Admit without an identity."""
        return Admission(None, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Nothing is signed."""
        return None
