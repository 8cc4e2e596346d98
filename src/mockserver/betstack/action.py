"""What Betstack tells an operator, by the literals of the wire."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Calls to the operator's platform (source: betstack/pam-headers and the page of each)."""

    PING = "ping"
    IDENTIFY = "identify"
    CREATE = "ticket_create"
    RESERVE = "ticket_reserve"
    UPDATE = "ticket_update"
    WIN = "ticket_win"
    LOST = "ticket_lost"
    VOID = "ticket_void"
    REFUND = "ticket_refund"
    DISCARD = "ticket_discard"
    ROLLBACK = "ticket_rollback"
    CLOSED = "ticket_closed"


class Notification(StrEnum):
    """Texts to players (source: betstack/sms-otp, betstack/sms-ticket-status). ``bet_result`` is not sent."""

    OTP = "otp"
    TICKET_STATUS = "ticket_status"
