"""The accepts that the small casino sends to BETCORE."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any

PAUSES = (1, 2, 4, 8, 15)
"""Seconds before an accept is sent again."""


class SmallAccepts:
    """Sends each in a thread of its own."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.betcore_url = ""
        self._token = ""
        self._lock = threading.Lock()

    def report(self, kind: str, accept: dict[str, Any]) -> None:
        """Report what became of a transaction; ``kind`` is ``payments`` or ``cashback-payments``."""
        said = self._spoilt(accept)
        if not self.betcore_url or said is None or f"no_accepts_of_{kind}" in self.faults:
            return
        threading.Thread(target=self._deliver, args=(kind, said), daemon=True).start()

    def _spoilt(self, accept: dict[str, Any]) -> dict[str, Any] | None:
        """What a fault makes of an accept; ``None`` for nothing at all."""
        if "no_accepts" in self.faults or (accept["ErrorCode"] != 200 and "successes_only" in self.faults):
            return None
        if accept["TransactionType"] == 4 and "jackpots_unreported" in self.faults:
            return None
        if "accepts_say_failed" in self.faults:
            return {**accept, "ErrorCode": 102823}
        if "accepts_say_success" in self.faults:
            return {**accept, "ErrorCode": 200}
        if "accepts_name_another" in self.faults:
            return {**accept, "PartnerTransactionId": "T0"}
        if "accepts_without_message" in self.faults:
            return {name: value for name, value in accept.items() if name != "Message"}
        return accept

    def _deliver(self, kind: str, accept: dict[str, Any]) -> None:
        for pause in (*PAUSES, None):
            code, expired = self._sent(kind, accept)
            if code == 200 or pause is None:
                return
            if "never_sent_again" in self.faults or (code is None and "lost_for_good" in self.faults):
                return
            if expired and "token_never_renewed" not in self.faults:
                self._token = ""
            time.sleep(0.02 if "sent_again_at_once" in self.faults else pause)

    def _sent(self, kind: str, accept: dict[str, Any]) -> tuple[int | None, bool]:
        """The code of the answer, and whether the access token is over."""
        try:
            headers = {"Authorization": f"Bearer {self._access()}", "Content-Type": "application/json"}
            if "accepts_without_token" in self.faults:
                del headers["Authorization"]
            answer = self._post(f"/mis-api/api/v2/{kind}/accept", accept, headers)
        except urllib.error.HTTPError as error:
            return None if error.code >= 500 else 0, error.code == 401
        except (OSError, ValueError):
            return None, False
        return answer.get("ErrorCode"), False

    def _access(self) -> str:
        with self._lock:
            if not self._token:
                credentials = {"PartnerClientId": 1556, "Secret": "PARTNERSECRET1556"}
                answer = self._post("/mis-api/api/v2/auth/token", credentials, {})
                self._token = answer["access_token"]
            return self._token

    def _post(self, path: str, document: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.betcore_url + path,
            data=json.dumps(document).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
