"""Masking of secrets in everything that a report, a log line or an error may show.

Two kinds of rule work together. Known values (secrets of the target file, player tokens) are masked
wherever they stand and however they are written. Shapes (tokens, private keys, members and headers
with a telling name) are masked without being known. What is doubtful is masked.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

MASK = "[masked]"
MASKED_TOKEN = f"eyJ…{MASK}"

# Below this length a value is masked only where it stands as a word of its own: a secret `abc` must
# not punch holes into every word that contains it.
_SHORTEST_FREE_FORM = 6
# A base64 text holds its content at one of three offsets; shorter cores would match by chance.
_SHORTEST_BASE64_CORE = 8

_SECRET_HEADER = re.compile(
    r"sign|authorization|^x-auth|cookie|token|secret|key|passw|credential|session", re.IGNORECASE
)
_HEX_64 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)

_SECRET_WORDS = (
    r"(?:token|secret|passw(?:or)?d|passphrase|passcode|credential|signature|authorization|cookie"
    r"|(?:api|private|secret|access|signing)[_-]?key|x-?sign|session[_-]?id)"
)
_NAME = rf"[\w.-]{{0,64}}{_SECRET_WORDS}(?![_-]?(?:type|expir|lifetime|ttl|count))[\w.-]{{0,64}}"
_STRING = r'"(?:[^"\\]|\\.)*+"'


def _mask_hex(match: re.Match[str]) -> str:
    return _HEX_64.sub(MASK, match[0])


# Order matters: a token must be masked whole before anything inside it is. Each rule takes away more
# letters, then more characters, than it adds (masks not counted), so that masking comes to an end.
_SHAPES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # A private key that is cut off is masked to the end of the text.
    (
        re.compile(
            r"-----BEGIN(?:[ +A-Z0-9]|%20)*PRIVATE(?:[ +]|%20)KEY-----"
            r".*?(?:-----END(?:[ +A-Z0-9]|%20)*PRIVATE(?:[ +]|%20)KEY-----|\Z)",
            re.DOTALL,
        ),
        MASK,
    ),
    # Compact JWS and JWE (RFC 7515 section 7.1): base64url of `{"`, `{ ` or `{` and a line break.
    (
        re.compile(
            r"(?<![\w-])(?=[\w-]++(?:\.|%2[Ee]))([\w-]*?)(?:eyJ|eyA|ewo|ew0|ewk)[\w-]{12,}"
            r"(?:(?:\.|%2[Ee])[\w-]*){0,3}(?:\.|%2[Ee])[\w-]+",
            re.ASCII,
        ),
        rf"\1{MASKED_TOKEN}",
    ),
    # JSON members: strings (also cut off), arrays and numbers; `null`, `true` and `false` tell nothing.
    (
        re.compile(rf'("{_NAME}"\s*:\s*")(?:[^"\\]|\\.)++\\?("|\Z)', re.IGNORECASE | re.DOTALL),
        rf"\1{MASK}\2",
    ),
    (
        re.compile(
            rf'("{_NAME}"\s*:\s*)(?!{re.escape(MASK)}|\[\s*\])'
            rf'(?:\[(?:{_STRING}|[^\[\]{{}}"])*+\]|-?\d[\d.eE+-]*)',
            re.IGNORECASE | re.DOTALL,
        ),
        rf'\1"{MASK}"',
    ),
    # The same inside a JSON string, where every quote has one or more backslashes before it.
    (
        re.compile(
            rf'((?<!\\)(?P<quote>\\{{1,16}}"){_NAME}(?P=quote)\s*:\s*(?P=quote))(?!(?P=quote)).+?(?:(?<!\\)(?=(?P=quote))|\Z)',
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1{MASK}",
    ),
    # Private members of a JSON Web Key (RFC 7518 section 6).
    (re.compile(r'("(?:d|p|q|dp|dq|qi|k)"\s*:\s*")[\w-]{40,}(?=")', re.ASCII), rf"\1{MASK}"),
    # Query strings, forms and `name=value`; the name of an environment variable is no secret.
    (
        re.compile(
            rf"(?<![\w.-])({_NAME}=[\"']?)(?!(?-i:\$\{{?[A-Z_][A-Z0-9_]*\}}?)(?!\w))[^&\s\"'<>#]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(:\\?/\\?/)[^/?#\s\"'<>]+@"), rf"\1{MASK}@"),
    (
        re.compile(r"\b((?:proxy-)?authorization|(?:set-)?cookie)(\s*[:=]\s*+)[^\r\n\"'\\]+", re.IGNORECASE),
        rf"\1\2{MASK}",
    ),
    (
        re.compile(r"\b(bearer|basic|digest)(\s+|%20|\+)[\w.~+/=-]{16,}", re.IGNORECASE | re.ASCII),
        rf"\1\2{MASK}",
    ),
    # Signatures of HMAC-SHA256, where the text says that it speaks of one.
    (re.compile(r"sign[^\r\n]*", re.IGNORECASE), _mask_hex),
)

# Four levels of JSON inside JSON. Without a bound, a body of backslashes would take quadratic time.
_BACKSLASHES = r"\\{1,16}"
_SPECIAL_SPELLINGS = {
    " ": [r"\+"],
    "\n": [r"\r\n", rf"(?:{_BACKSLASHES}r)?{_BACKSLASHES}n"],
    "\r": [rf"{_BACKSLASHES}r"],
    "\t": [rf"{_BACKSLASHES}t"],
}

_COMPACT_JWS = re.compile(r"(?<![\w-])([\w-]+)\.([\w-]+)\.[\w-]*", re.ASCII)


class Redactor:
    """Masks secrets in text and headers; never raises, and masking twice changes nothing more.

    ``secrets`` are the values to mask wherever they stand: as they are, escaped for JSON, HTML or a
    URL, in base64 (also as a part of a longer text) and in hexadecimal. Blank ones are ignored.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        values = (secrets,) if isinstance(secrets, str) else tuple(secrets)
        known = {value.strip() for value in map(_as_text, values)} - {""}
        forms = {form for value in known for form in _forms(value)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(longest_first) or r"(?!)")
        self._masked: dict[str, str] = {}  # a run shows the same names and bodies again and again

    def text(self, text: str) -> str:
        """Return the text with every secret masked."""
        text = _as_text(text)
        if text not in self._masked:
            self._masked[text] = self._settled(text, self._once)
        return self._masked[text]

    def headers(self, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return the headers in their order; those with a telling name are masked whole."""
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        return tuple((self.text(name), self._header(_as_text(name), value)) for name, value in items)

    def token_summary(self, text: str) -> str:
        """Return what the first compact JWS in the text says, as JSON, or ``""`` if there is none.

        The members are ``jws`` (masked), ``header``, ``claims`` and, where the claim ``data`` holds
        JSON as BETCORE's tokens do, ``data``. Nothing is verified; secrets inside are masked.
        """
        for match in _COMPACT_JWS.finditer(_as_text(text)):
            header, claims = (_json_segment(segment) for segment in match.groups())
            if header and claims:
                members = [("jws", json.dumps(MASKED_TOKEN, ensure_ascii=False))]
                members += [("header", header), ("claims", claims)]
                data = json.loads(claims).get("data")
                if isinstance(data, str) and _is_json_object(data):
                    members.append(("data", data))
                return self.text("{" + ", ".join(f'"{name}": {value}' for name, value in members) + "}")
        return ""

    def _header(self, name: str, value: str) -> str:
        if _SECRET_HEADER.search(name):
            return MASK
        return self._settled(_as_text(value), lambda text: _HEX_64.sub(MASK, self._once(text)))

    def _once(self, text: str) -> str:
        for pattern, replacement in _SHAPES:
            text = pattern.sub(replacement, text)
        return MASK.join(self._known.sub(MASK, part) for part in text.split(MASK))

    def _settled(self, text: str, mask: Callable[[str], str]) -> str:
        # One mask can set free what another rule then sees, such as a short word beside it.
        while (masked := mask(text)) != text:
            text = masked
        return text


def _as_text(value: object) -> str:
    """Headers and bodies of an odd answer can reach us as bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if isinstance(value, str) else str(value)


def _forms(value: str) -> Iterator[str]:
    """Yield a pattern for each way in which the value can be written."""
    data = value.encode("utf-8", "surrogatepass")
    short = len(value) < _SHORTEST_FREE_FORM
    before, after = ("(?<![A-Za-z0-9])", "(?![A-Za-z0-9])") if short else ("", "")
    encoded = base64.b64encode(data).decode().rstrip("=")
    for plain in {value, encoded, _url_safe(encoded)}:
        yield f"{before}{_spelled(plain)}{after}"
    yield f"{before}(?i:{data.hex()}){after}"
    for core in _base64_cores(data):
        yield _spelled(core)
        yield _spelled(_url_safe(core))


def _url_safe(encoded: str) -> str:
    return encoded.replace("+", "-").replace("/", "_")


def _base64_cores(data: bytes) -> Iterator[str]:
    """Yield, for each offset, the base64 digits that depend on nothing but the data."""
    for offset in range(3):
        digits = base64.b64encode(bytes(offset) + data).decode()
        first = -(-offset * 8 // 6)
        core = digits[first : (offset + len(data)) * 8 // 6]
        if len(core) >= _SHORTEST_BASE64_CORE:
            yield core


def _spelled(text: str) -> str:
    """Return a pattern for the text in which every character may be escaped or not."""
    return "".join(map(_spelling, text))


def _spelling(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    octets = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    literal = re.escape(character)
    ways = [
        literal,
        re.escape(html.escape(character)),
        # JSON, where a string inside another string doubles the backslashes.
        rf"{_BACKSLASHES}{literal}",
        "(?i:"
        + "".join(rf"{_BACKSLASHES}u{units[start : start + 4]}" for start in range(0, len(units), 4))
        + ")",
        # URLs, where a URL inside another one escapes the per cent sign as well.
        "(?i:" + "".join(f"%(?:25)*{octet:02x}" for octet in octets) + ")",
    ]
    ways += _SPECIAL_SPELLINGS.get(character, ())
    return "(?:" + "|".join(dict.fromkeys(ways)) + ")"


def _json_segment(segment: str) -> str:
    """Return the JSON object that the base64url segment holds, or ``""``."""
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode()
    except ValueError:
        return ""
    return text if _is_json_object(text) else ""


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
