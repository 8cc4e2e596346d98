"""Settings as rows: a name, how its value is read, a default, a sentence of help."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

HIGHEST_PORT = 65535
_LONGEST_SHOWN = 60
_MOST_COMPARED = 100
_USERINFO = re.compile("://[^/]*@")
_PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,8})?")
_DIGITS = re.compile("[0-9]+")
_MSISDN = re.compile(r"\+?[0-9]{5,15}")
_UTC_OFFSET = re.compile(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]")


class SettingsError(Exception):
    """A setting is unknown or wrong. The text is one line and says where and what is right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. ``read`` takes a flag's or the environment's text, or a document's value, and raises
    ``ValueError`` with what is right."""

    name: str
    read: Callable[[Any], Any]
    default: Any
    help: str
    of: str = "server"
    """Whose it is: the server's, or that of every tenant of one kind, or of every ``tenant``."""
    flag: bool = True
    """Whether ``serve`` has a flag for it."""
    hidden: bool = False
    """Whether no value of it is ever shown."""

    @property
    def takes(self) -> str:
        """What it has to be."""
        try:
            self.read(object())
        except ValueError as error:
            return str(error)
        return "anything"


def read_setting(
    rows: Mapping[str, Setting],
    source: str,
    name: str,
    value: Any,
    *,
    others: Iterable[str] = (),
) -> Any:
    """Read one value.

    :param rows: the settings that may be given, by name
    :param source: where the value comes from, for the error
    :param others: what else may stand there, for the error
    :raises SettingsError: there is no such setting, or it can't have this value
    """
    setting = rows.get(name)
    if setting is None:
        raise SettingsError(f"{source}: unknown setting `{name}`; {nearest(name, rows, others)}")
    try:
        return setting.read(value)
    except ValueError as error:
        shown = "not shown" if setting.hidden or _USERINFO.search(str(value)) else _shown(value)
        raise SettingsError(f"{source}: `{name}` is {shown}; it has to be {error}") from None


def nearest(name: str, known: Iterable[str], others: Iterable[str] = ()) -> str:
    """What was probably meant, or all that there is."""
    names = list(islice(known, _MOST_COMPARED + 1))
    if not names and not others:
        return "there is none"
    if len(names) > _MOST_COMPARED:
        return "there are too many to name"
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join([*names, *others])}"


def port(value: Any) -> int:
    """A TCP port; 0 stands for any that is free."""
    text = str(value)
    if (
        isinstance(value, bool)
        or not (text.isascii() and text.isdecimal())
        or len(text) > 5
        or int(text) > HIGHEST_PORT
    ):
        raise ValueError(f"a port from 0 to {HIGHEST_PORT}, 0 for any that is free")
    return int(text)


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty")
    return value


def secret(value: Any) -> str:
    """A text that an HTTP header can carry. The value is never shown."""
    if not isinstance(value, str) or not value or not _is_one_word(value):
        raise ValueError("a text of printable ASCII without spaces")
    return value


def url(value: Any) -> str:
    """An absolute HTTP URL, without the slash at its end."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    # Credentials would be printed, and a path is put behind it.
    if not sound or any(char in value for char in "@?#") or not _is_one_word(value):
        raise ValueError("a URL such as http://127.0.0.1:8090, without credentials, query and fragment")
    return str(value).rstrip("/")


def exact_url(value: Any) -> str:
    """An absolute HTTP URL that is used as it is, path, query and all."""
    try:
        url(value.partition("?")[0] if isinstance(value, str) else value)
    except ValueError:
        sound = False
    else:
        sound = "#" not in value and _is_one_word(value)
    if not sound:
        raise ValueError("a URL such as http://127.0.0.1:9000/pam, without credentials and fragment")
    return str(value)


def _is_one_word(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


_SWITCH_WORDS = {
    **dict.fromkeys(("true", "1", "on", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "no"), False),
}


def switch(value: Any) -> bool:
    """On or off."""
    try:
        return _SWITCH_WORDS[str(value).lower()]
    except KeyError:
        raise ValueError("true or false") from None


def whole_number(least: int, most: int, unit: str) -> Callable[[Any], int]:
    """A whole number of something, both bounds included."""

    def read(value: Any) -> int:
        digits = str(value)
        sound = (
            not isinstance(value, bool)
            and digits.isascii()
            and digits.isdecimal()
            and len(digits) <= len(str(most))
        )
        if not sound or not least <= int(digits) <= most:
            raise ValueError(f"a whole number of {unit} from {least} to {most}")
        return int(digits)

    return read


def choice(*built: str, unbuilt: tuple[str, ...] = ()) -> Callable[[Any], str]:
    """One of several words; those of ``unbuilt`` are known, and refused by name."""
    known = ", ".join(built)
    if unbuilt:
        known += f" (not lived by the sandbox yet: {', '.join(unbuilt)})"

    def read(value: Any) -> str:
        if value not in built:
            raise ValueError(f"one of {known}" if len(built) > 1 else known)
        return str(value)

    return read


def words(*known: str) -> Callable[[Any], tuple[str, ...]]:
    """Some of several words, as a list or with commas between."""

    def read(value: Any) -> tuple[str, ...]:
        given = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(one in known for one in given if one != ""):
            raise ValueError(f"a list of words among {', '.join(known)}")
        return tuple(sorted({one for one in given if one != ""}))

    return read


def percentage(value: Any) -> Decimal:
    """A number from 0 to 100 with at most four digits after the point."""
    shown = str(value)
    if isinstance(value, bool) or not _PERCENTAGE.fullmatch(shown) or Decimal(shown) > 100:
        raise ValueError("a percentage from 0 to 100, with at most four digits after the point")
    return Decimal(shown)


def amount(value: Any) -> Decimal:
    """An amount of money in units of a currency, not negative."""
    shown = str(value)
    if isinstance(value, bool) or not _AMOUNT.fullmatch(shown):
        raise ValueError("an amount such as 0.01, with at most 15 digits before the point and 8 after it")
    return Decimal(shown)


def msisdn(value: Any) -> str:
    """A phone number with its country code: 5 to 15 digits, with or without ``+`` in front."""
    if not isinstance(value, str) or not _MSISDN.fullmatch(value):
        raise ValueError("a phone number with its country code, such as 254700000000")
    return value


def utc_offset(value: Any) -> str:
    """A distance from UTC: ``+03:00``."""
    if not isinstance(value, str) or not _UTC_OFFSET.fullmatch(value):
        raise ValueError("a distance from UTC such as +03:00")
    return value


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
