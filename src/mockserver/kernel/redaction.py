"""Blots out secrets in what is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

BLOT = "[redacted]"

_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


_PERCENT = re.compile("%[0-9A-F]{2}")


class Redaction:
    """Knows the secrets, as they are and as JSON and URLs write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelt = {spelling for one in secrets for spelling in _spellings(one)}
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


def _spellings(secret: str) -> set[str]:
    """As it is, in a JSON string (with a slash escaped or not), in a URL (in either case of the digits)."""
    in_json = json.dumps(secret)[1:-1]
    in_urls = {quote(secret, safe=""), quote(secret)}
    lower = {_PERCENT.sub(lambda match: match[0].lower(), one) for one in in_urls}
    return {secret, in_json, in_json.replace("/", "\\/"), *in_urls, *lower}
