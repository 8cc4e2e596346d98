"""Blots out secrets in what is shown."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

BLOT = "[redacted]"
GAP = " ... "
"""Stands for what was left out of a text."""

_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})

# By the names that RFC 6750 gives it. Tokens are too many and too short-lived to be looked for one by one.
_ACCESS_TOKEN = re.compile(
    r"""("access_?token"\s*:\s*")[^"]+|([?&]access(?:_|%5f)?token=)[^&#\s"]+""", re.IGNORECASE
)

_Bytes = bytes
"""In a class that has a method of this name."""

_SHORTEST_REST = 4

_PERCENT = re.compile("%[0-9A-F]{2}")


class Redaction:
    """Knows the secrets, as they are and as JSON and URLs write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelt = {spelling for one in secrets for spelling in _spellings(one)}
        # As each byte a character, for bytes that are no text.
        spelt |= {one.encode().decode("latin-1") for one in spelt if not one.isascii()}
        self._secrets = sorted(spelt, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets, access tokens among them."""
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        return _ACCESS_TOKEN.sub(lambda found: (found[1] or found[2]) + BLOT, text)

    def part(self, text: str) -> str:
        """A part of a text without secrets. Where it was cut in the middle of one, the rest goes too."""
        text = self.text(text)
        for secret in self._secrets:
            for length in range(min(len(secret), len(text)) - 1, _SHORTEST_REST - 1, -1):
                if text.endswith(secret[:length]):
                    text = text[:-length] + BLOT
                if text.startswith(secret[-length:]):
                    text = BLOT + text[length:]
        return text

    def abridged(self, text: str) -> str:
        """A text in which something may have been left out, with :data:`GAP` in its place."""
        parts = text.split(GAP)
        return self.text(text) if len(parts) == 1 else GAP.join(map(self.part, parts))

    def bytes(self, body: bytes, *, cut: bool = False) -> str:
        """Bytes as text, those that are not UTF-8 escaped, without secrets."""
        text = body.decode("utf-8", "backslashreplace")
        return self.part(text) if cut else self.text(text)

    def raw(self, body: _Bytes, *, cut: bool = False) -> _Bytes:
        """Bytes that are no text, without secrets."""
        text = body.decode("latin-1")
        return (self.part(text) if cut else self.text(text)).encode("latin-1", "replace")

    def header(self, name: str, value: str) -> str:
        """The value of a header; credentials are blotted out whatever they are."""
        return BLOT if name.lower() in _CREDENTIAL_HEADERS else self.text(value)


def _spellings(secret: str) -> set[str]:
    """As it is, in a JSON string (escaped as little and as much as can be), in a URL, in Base64, in hex."""
    in_json = json.dumps(secret)[1:-1]
    escaped = {"".join(f"\\u{ord(char):04{digit}}" for char in secret) for digit in "xX"}
    in_urls = {quote(secret, safe=""), quote(secret)}
    lower = {_PERCENT.sub(lambda match: match[0].lower(), one) for one in in_urls}
    encoded = secret.encode()
    return {
        secret,
        in_json,
        in_json.replace("/", "\\/"),
        *escaped,
        *in_urls,
        *lower,
        base64.b64encode(encoded).decode().rstrip("="),
        encoded.hex(),
        encoded.hex().upper(),
    }
