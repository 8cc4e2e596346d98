"""The built-in receiver of text notifications (source: betstack/sms-otp). It sends no text; what came stands
in the journal."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.kernel.exchange import Call, Document, Handler

_RECEIVED = "Notification received"  # as the page prints it
_ANSWERS = {"bet_result": "bet_result is not supported"}  # BS-ASM-106


def handlers() -> Mapping[str, Handler]:
    """Handlers of the receiver by operationId."""

    async def send_sms_notification(call: Call) -> Document:
        return {"message": _ANSWERS.get(call.document["type"], _RECEIVED)}

    return {"sendSmsNotification": send_sms_notification}
