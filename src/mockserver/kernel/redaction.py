"""Blots out secrets in what is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

BLOT = "[redacted]"

_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class Redaction:
    """Knows the secrets, as they are and as JSON and URLs write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelt = {
            spelling for one in secrets for spelling in (one, json.dumps(one)[1:-1], quote(one, safe=""))
        }
        self._secrets = sorted(spelt, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        return text

    def bytes(self, body: bytes) -> str:
        """Bytes as text, those that are not UTF-8 escaped, without secrets."""
        return self.text(body.decode("utf-8", "backslashreplace"))

    def header(self, name: str, value: str) -> str:
        """The value of a header; credentials are blotted out whatever they are."""
        return BLOT if name.lower() in _CREDENTIAL_HEADERS else self.text(value)
