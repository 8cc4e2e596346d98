"""The document of a call, with fields that are set by their dotted paths."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from typing import Any

from mockserver.assignments import value_of


class NoSuchPlace(Exception):
    """A path leads nowhere. The text is one line."""


def with_fields(
    document: Any, fields: Mapping[str, str], added: Callable[[str, Collection[str]], None] | None = None
) -> Any:
    """A copy of the document with fields set or added.

    A path such as ``data.price`` or ``0.Amount`` goes through objects and arrays. What a document does not
    have at its top is looked for in its ``data``. A text stays a text: ``10.5`` is one where one stood;
    ``null`` is none.

    :param fields: texts of values by path
    :param added: told of each path that names a new field, with the names that stand where it goes
    :raises NoSuchPlace: a path leads through what is no object or array, or behind the end of an array
    """
    document = copy.deepcopy(document)
    for path, text in fields.items():
        *steps, last = path.split(".")
        holder = document
        if isinstance(holder, dict) and isinstance(holder.get("data"), dict):
            holder = holder if (steps or [last])[0] in holder else holder["data"]
        for step in steps:
            holder = _at(holder, step, path)
        old = _at(holder, last, path) if not isinstance(holder, dict) or last in holder else None
        value = None if text == "null" else value_of(text, is_text=isinstance(old, str))
        if added is not None and isinstance(holder, dict) and last not in holder:
            added(path, list(holder))
        holder[last if isinstance(holder, dict) else int(last)] = value
    return document


def _at(holder: Any, step: str, path: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list) and step.isascii() and step.isdecimal() and int(step) < len(holder):
        return holder[int(step)]
    known = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
    has = ", ".join(map(str, known)) or "nothing inside"
    raise NoSuchPlace(f"--set {path}: there is no `{step}` there; it has {has}")
