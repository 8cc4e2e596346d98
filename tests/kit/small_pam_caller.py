"""The small Betstack's calls to an operator; ``faults`` names what they do wrong."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from small_offer import OPERATORS

PATIENCE = 1.5
"""Seconds that an answer may take."""

AMOUNTS = (
    *("price", "stake", "wht_amount", "wht", "ext_amount", "ext", "ext_type", "gross_payout"),
    *("net_payout", "currency", "atag", "rtag"),
)


class SmallPamCaller:
    """Tells the platform of players and tickets, and the receiver of texts of payments, if there are such."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.url: str | None = None
        self.texts_url: str | None = None

    def identify(self, operator: str, token: str) -> tuple[int | None, Any]:
        """Status and body of the answer; ``None`` when none came."""
        return self._call("identify", {"operator": operator, "token": token})

    def announce(self, action: str, ticket: dict[str, Any]) -> tuple[int | None, Any]:
        """Tell of a creation or reservation."""
        if "pam_silent" in self.faults:
            return 200, {}
        psp_always = "unrequested_psp" in self.faults
        data = {
            "operator": ticket["owner"],
            "ticket_id": ticket["id"],
            "ticket_code": ticket["code"],
            "player_id": ticket["token"] if "token_as_player_id" in self.faults else ticket["user_id"],
            **({"psp": ticket["psp"]} if action == "ticket_reserve" or psp_always else {}),
            **{name: ticket[name] for name in AMOUNTS},
            "ticket_type": ticket["type"],
        }
        data["wht"] = ticket["wht"] if "percent_with_fraction" in self.faults else _short(ticket["wht"])
        if "tags_lost" in self.faults:
            data |= {"atag": None, "rtag": None}
        if "pam_price_is_stake" in self.faults:
            data["price"] = data["stake"]
        if "pam_order_turned" in self.faults:
            data = dict(reversed(data.items()))
        if "type_lost" in self.faults:
            data["ticket_type"] = "superbet"
        return self._call(action, data)

    def discard(self, ticket: dict[str, Any]) -> None:
        """Give a ticket up that the platform did not take."""
        if "no_discard" not in self.faults:
            data = {"operator": ticket["owner"], "ticket_id": ticket["id"], "reason": "not taken"}
            self._call("ticket_discard", data)

    def text(self, ticket: dict[str, Any], kind: str = "ticket_status") -> bool:
        """Tell of the ticket's status by a text; whether its receiver took it, or there is none."""
        if self.texts_url is None or "texts_silent" in self.faults:
            return True
        number = "" if "text_without_number" in self.faults else "254700000001"
        data = {
            "ticket_code": ticket["code"],
            "ticket_id": ticket["code" if "text_has_code_for_id" in self.faults else "id"],
            "msisdn": f"+{number}" if "texts_with_plus" in self.faults else number,
            "status": "paid" if "text_says_paid" in self.faults else ticket["status"],
            "result": ticket["result"],
        }
        if "texts_as_in_the_older_copy" in self.faults:
            del data["ticket_code"], data["msisdn"]
        if "text_without_code" in self.faults:
            del data["ticket_code"]
        if "text_order_turned" in self.faults:
            data = dict(reversed(data.items()))
        body = json.dumps({"type": kind, "data": data}).encode()
        headers = self._headers(ticket["owner"], body, spaces="text_spaces_signed" in self.faults)
        if "text_as_plain_text" in self.faults:
            headers["content-type"] = "text/plain"
        if "texts_name_no_operator" not in self.faults:
            headers["operator-name"] = ticket["owner"]
        taken = self._post(self.texts_url, headers, body)[0] == 200
        if "texts_sent_twice" in self.faults or (not taken and "lost_texts_repeated" in self.faults):
            self._post(self.texts_url, headers, body)
        return taken

    def _call(self, action: str, data: dict[str, Any]) -> tuple[int | None, Any]:
        body = json.dumps({"action": action, "data": data}).encode()
        headers = self._headers(data["operator"], body, spaces="pam_spaces_signed" in self.faults)
        if "pam_text_plain" in self.faults:
            headers["content-type"] = "text/plain"
        assert self.url is not None
        status, answer, location = self._post(self.url, headers, body)
        if status == 302 and location and "redirects_followed" in self.faults:
            self._post(location, headers, body)
        return status, answer

    def _headers(self, operator: str, body: bytes, *, spaces: bool) -> dict[str, str]:
        message = b"1790000000" + (body if spaces else body.replace(b" ", b""))
        return {
            "content-type": "application/json",
            "timestamp": "1790000000",
            "signature": hmac.new(OPERATORS[operator].secret.encode(), message, hashlib.sha256).hexdigest(),
        }

    def _json(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except ValueError:
            if "body_needed" in self.faults:
                raise OSError("no JSON") from None
            return None

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int | None, Any, str | None]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request("POST", parts.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, self._json(content), answer.headers["Location"]
        except (OSError, http.client.HTTPException):
            return None, None, None
        finally:
            connection.close()


def _short(rate: float) -> float | int:
    return int(rate) if rate == int(rate) else rate
