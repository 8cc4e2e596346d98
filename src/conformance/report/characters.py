"""Text from outside made fit to show: what can't be seen, or would steer a program, is spelled out."""

from __future__ import annotations

import re

# Controls but tab and line feed (XML 1.0 forbids most, terminals obey them), lone surrogates and
# noncharacters (no UTF-8 or no XML), and the marks that reorder a line (Unicode TR 36, section 2.4).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return the text with carriage returns before line feeds dropped and unseen characters as ``\x1b``."""
    return _UNSEEN.sub(lambda match: _escape(match[0]), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return the text with each run of white space as one space, and unseen characters spelled out."""
    return visible(" ".join(text.split()))


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
