"""Expected fields of Betstack's text notifications.

Source: the page ticket_status of https://developer.betstack.io/sms-notifications/notification-types.
"""

from __future__ import annotations

from typing import Final

TICKET_STATUS: Final = "ticket_status"
BET_RESULT: Final = "bet_result"

BODY: Final = ("type", "data")

FIELDS: Final = ("ticket_code", "ticket_id", "msisdn", "status", "result")
"""Fields of a ``ticket_status`` in the order of its page."""

NEWER: Final = frozenset({"ticket_code", "msisdn"})
"""Fields that an older copy of the page lacks (BS-ASM-103)."""

HEADERS: Final = ("timestamp", "operator-name", "signature")
