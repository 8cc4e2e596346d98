"""``--set NAME=VALUE`` of the commands."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any


class NoAssignment(Exception):
    """A text is no NAME=VALUE. The message is one line."""


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Names with the texts of their values; of two with one name the later counts.

    :raises NoAssignment: a text is none
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise NoAssignment(f"--set {text}: write it as NAME=VALUE")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NoAssignment(f"--set {text!a}: is not UTF-8") from None
        found[name] = value
    return found


def value_of(text: str, *, is_text: bool = False) -> Any:
    """A value as JSON where it is some, else the text itself.

    :param is_text: whether a text is wanted, so that `10.5` and `null` stay as they are; one in quotes is
        read as JSON all the same
    """
    if is_text and not text.startswith('"'):
        return text
    try:
        value = json.loads(text, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return text
    return value if not is_text or isinstance(value, str) else text


def _refused(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refused(text)
