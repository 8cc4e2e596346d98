"""Overrides: what a vendor answered, put in the place of what was assumed.

``[overrides]`` of a TOML file, by the id of an assumption::

    [overrides]
    BS-ASM-002 = "confirmed"                    # the vendor does as assumed

    [overrides.BC-ASM-015.duplicate]            # a row of refusals, by its class
    code = 103779

    [overrides.BS-ASM-033."SuperbetRequest.price"]    # keywords of a schema, by its place
    maximum = 5000000

    [overrides.BS-ASM-030.code]                 # the end of the place does, where it names enough
    pattern = "^[0-9A-Z]{6,8}$"

    [overrides.BS-ASM-060.listJackpotCards]     # where an operation is
    path = "/jackpot-cards"

What was answered is ``confirmed``: it binds like a documented fact. A row of refusals is answered when its
code is; a keyword, a path, a prefix when it is there. Documents are changed before anything is compiled
from them, so whoever reads them can't tell an override from a transcription.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from bet_contracts.documents import Node, operations, resolved, walk
from bet_contracts.errors import OverrideError
from bet_contracts.examples import drop_outdated, misfits
from bet_contracts.facts import KEYWORD_MARKS
from bet_contracts.override_places import Place, places, rests_on
from bet_contracts.refusals import code_schema, only_refusal, set_codes, success_codes
from bet_contracts.schemas import compile_schema

CONFIRMED: Final = "confirmed"
"""The value that says: the vendor does as assumed."""

UNPROVEN: Final = frozenset({"assumed", "observed"})

SHOWN: Final = 12
"""How many names a message lists."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A refusal as the vendor answered that it is."""

    status: int
    code: int
    message: str | None
    """Template; ``None`` where it is as it was."""


def overridden(
    documents: Mapping[str, Node], overrides: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Node]:
    """The contracts with the overrides put in.

    :param documents: every contract, bundled, by surface
    :param known: every assumption's id, with its decision
    :raises OverrideError: an id, a place or a field that isn't there, or a value that can't be
    """
    changed = {surface: deepcopy(document) for surface, document in documents.items()}
    for name, value in overrides.items():
        if name not in known:
            raise OverrideError(f"overrides: {shown(name)} is no assumption{_nearest(name, known)}")
        _Override(name, value, known[name], changed).apply()
    for surface, document in changed.items():
        if document == documents[surface]:
            continue
        drop_outdated(document)
        if wrong := next(misfits(document), None):
            raise OverrideError(
                f"overrides: {surface} would contradict what its documentation prints: {wrong}"
            )
    _must_not_collide(documents, changed)
    return changed


def answers(before: Node, after: Node) -> dict[tuple[str, int, int], Answered]:
    """What became of refusals: operationId, status and code before, to the refusal after."""
    found: dict[tuple[str, int, int], Answered] = {}
    now = {(operation, row["class"]): (status, row) for operation, status, row in _rows(after)}
    for operation, status, row in _rows(before):
        new_status, new = now[operation, row["class"]]
        message = new["message"] if new["message"] != row["message"] else None
        answered = Answered(new_status, new["code"], message)
        if answered != Answered(status, row["code"], None):
            found[operation, status, row["code"]] = answered
    return found


def touched(overrides: Mapping[str, Any], assumption: str | None, rows: tuple[str, ...]) -> bool:
    """Whether a sentence that rests on an assumption, and stands for these classes, is confirmed now.

    One about refusals is when the code of each of them was answered; any other when the assumption was
    confirmed as it is.
    """
    value = overrides.get(assumption or "")
    if not isinstance(value, dict):
        return value == CONFIRMED
    every = "code" in value
    named = {name for name, fields in value.items() if isinstance(fields, dict) and "code" in fields}
    return bool(rows) and (every or set(rows) <= named)


def in_words(value: Any) -> str:
    """An override as a report shows it: ``odds_changed code 103``."""
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(
        f"{name} {in_words(field)}" if isinstance(field, dict) else f"{name} {field}"
        for name, field in value.items()
    )


def shown(value: Any) -> str:
    """A user's name or value for a message: on one line, and not endless."""
    text = value if isinstance(value, str) and value.isprintable() and value else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


class _Override:
    """One entry of the table, put into every contract that it touches."""

    def __init__(self, name: str, value: Any, decision: str, documents: Mapping[str, Node]) -> None:
        self._name = name
        self._value = value
        self._decision = decision
        self._documents = documents

    def apply(self) -> None:
        if self._value == CONFIRMED:
            for document in self._documents.values():
                _confirm(document, self._name)
            return
        if not isinstance(self._value, dict) or not self._value:
            raise self._fault(f'has to be "{CONFIRMED}" or a table of what is different')
        if not self._places():
            raise self._fault(
                f"decides nothing that an override can replace ({self._decision}); it can only be "
                f'"{CONFIRMED}"'
            )
        # A row that has moved to another status is a copy: what else is new about it has to be in it by then.
        for moves in (False, True):
            for place, field, value in self._fields():
                if (field == "status") is moves:
                    self._set(place, field, value)

    def _fields(self) -> Iterator[tuple[str | None, str, Any]]:
        """Name of the place, if one is given, field and value."""
        for key, value in self._value.items():
            if not isinstance(value, dict):
                yield None, key, value
            elif not value:
                raise self._fault(f"{shown(key)} has no field")
            else:
                for field, inner in value.items():
                    yield key, field, inner

    def _places(self) -> list[tuple[Node, Place]]:
        return [
            (document, place)
            for document in self._documents.values()
            for place in places(document, self._name)
        ]

    def _set(self, name: str | None, field: str, value: Any) -> None:
        every = self._places()
        meant = [found for found in every if name is None or found[1].is_meant_by(name)]
        if not meant and name is not None:
            names = [place.name for _, place in every]
            what = f"decides nothing about {shown(name)}{_nearest(name, names)}"
            raise self._fault(f"{what}; {_list('it decides', names)}")
        having = [found for found in meant if field in found[1].fields]
        if not having:
            fields = [field for _, place in meant for field in place.fields]
            what = f"has no {shown(field)} to override{_nearest(field, fields)}"
            raise self._fault(f"{f'{shown(name)} ' if name else ''}{what}; {_list('there is', fields)}")
        if name is None:
            self._must_be_clear(field, [place for _, place in having])
        for document, place in having:
            self._put(document, place, field, value)

    def _must_be_clear(self, field: str, meant: list[Place]) -> None:
        """A field without a place: it must be clear which one is meant."""
        names = list(dict.fromkeys(place.name for place in meant))
        if len(names) > 1 and (
            meant[0].kind == "row" or len({repr(place.node.get(field)) for place in meant}) > 1
        ):
            raise self._fault(
                f"decides {field} at several places; name the one that is meant, as in "
                f'[overrides.{self._name}."{names[0]}"]; {_list("there is", names)}'
            )

    def _put(self, document: Node, place: Place, field: str, value: Any) -> None:
        if wanted := place.fields[field](value):
            raise self._fault(f"{place.name}: {field} is {shown(repr(value))}; it has to be {wanted}")
        match place.kind:
            case "row":
                self._put_row(document, place, field, value)
            case "operation":
                self._put_operation(document, place, field, value)
            case "servers":
                place.node[field] = value
                place.node["x-provenance"] = self._proof()
            case _:
                self._put_keyword(document, place, field, value)

    def _proof(self) -> Node:
        return {"standing": CONFIRMED, "assumption": self._name}

    def _put_row(self, document: Node, place: Place, field: str, value: Any) -> None:
        row = place.node
        if field == "message":
            self._must_be_filled(place, value)
        if field == "code":
            if value in success_codes(document):
                raise self._fault(f"{place.name}: code {value} is success")
            row["x-provenance"] = self._proof()
        if field == "status" and "status" not in row:
            for response in _move(document, row["class"], self._name, str(value), self._proof()):
                self._must_be_possible(document, response, row)
            return
        row[field] = value
        for response in _responses_with(document, row):
            for frame in (response, *response.get("content", {}).values()):
                if field == "code" and rests_on(frame, self._name):
                    frame["x-provenance"] = self._proof()
            set_codes(response)
            self._must_be_possible(document, response, row)

    def _must_be_filled(self, place: Place, template: str) -> None:
        """Every placeholder of a new message has to be one of the old."""
        given, wanted = _placeholders(place.node["message"] or ""), _placeholders(template)
        if extra := wanted - given:
            known = ", ".join(f"{{{name}}}" for name in sorted(given)) or "none"
            raise self._fault(
                f"{place.name}: nothing fills {{{min(extra)}}} of the message; it can have {known}"
            )

    def _must_be_possible(self, document: Node, response: Node, row: Node) -> None:
        """The body that the row makes has to fit the response's schema."""
        schema = resolved(response, document).get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return
        field = code_schema(response)
        body: Node = {field[0] if field else "code": row["code"]}
        if row["message"] is not None:
            body["Message" if "ErrorCode" in body else "message"] = row["message"]
        if compile_schema(schema)(body):
            raise self._fault(f"{row['class']}: the body {shown(repr(body))} is no refusal that fits there")

    def _put_operation(self, document: Node, place: Place, field: str, value: Any) -> None:
        path, method = next(
            (path, method) for path, method, operation in operations(document) if operation is place.node
        )
        new_path, new_method = (value, method) if field == "path" else (path, value)
        if _placeholders(new_path) != _placeholders(path):
            raise self._fault(f"{place.name}: {new_path} has other parameters than {path}")
        if place.node is not document["paths"].get(new_path, {}).get(new_method, place.node):
            raise self._fault(f"{place.name}: {new_method.upper()} {new_path} is another operation already")
        place.node["x-provenance"] = self._proof()
        item = document["paths"][path]
        del item[method]
        if not item:
            del document["paths"][path]
        document["paths"].setdefault(new_path, {})[new_method] = place.node

    def _put_keyword(self, document: Node, place: Place, field: str, value: Any) -> None:
        node = place.node
        if field == "required" and (strange := set(value) - set(node.get("properties", {}))):
            raise self._fault(f"{place.name}: required: there is no property {min(strange)}")
        if field == "nullable" and "type" not in node:
            raise self._fault(f"{place.name}: nullable says nothing where no type stands beside it")
        node[field] = value
        for mark in KEYWORD_MARKS:
            if field in node.get(mark, {}):
                del node[mark][field]
                if not node[mark]:
                    del node[mark]
        if rests_on(node, self._name) and node["x-provenance"]["standing"] in UNPROVEN:
            node["x-provenance"] = self._proof()
        else:
            node.setdefault("x-confirmed-keywords", {})[field] = self._name
        try:
            violation_of = compile_schema(resolved(node, document))
        except (ValueError, TypeError, KeyError) as error:
            why = shown(" ".join(str(error).split()))
            raise self._fault(f"{place.name}: {field} can't be {shown(repr(value))}: {why}") from None
        if field == "default" and (violation := violation_of(value)):
            raise self._fault(
                f"{place.name}: default {shown(repr(value))} breaks its own schema: {violation}"
            )

    def _fault(self, what: str) -> OverrideError:
        return OverrideError(f"overrides: {self._name} {what}")


def _move(document: Node, refusal: str, assumption: str, status: str, proof: Node) -> list[Node]:
    """Put a row of refusals under another status, in every operation that has it; where it is now."""
    arrived: list[Node] = []
    for _, _, operation in operations(document):
        responses = operation["responses"]
        for old, response in list(responses.items()):
            own = _inlined(document, response)
            rows = own.get("x-errors", [])
            moved = [row for row in rows if row["class"] == refusal and rests_on(row, assumption)]
            if not moved or old == status:
                continue
            body = only_refusal(own)
            own["x-errors"] = [row for row in rows if row not in moved]
            if own["x-errors"] or old.startswith("2"):
                set_codes(own)
                responses[old] = own
            elif own["x-provenance"]["standing"] in UNPROVEN | {CONFIRMED}:
                del responses[old]
            else:  # the status is documented, and what its body is was ours
                responses[old] = {key: own[key] for key in own if key not in ("content", "x-errors")}
            new = _inlined(document, responses.get(status)) or {
                "description": moved[0]["when"],
                "x-provenance": dict(proof),
                "content": {"application/json": {"schema": body}} if body else {},
            }
            new["x-errors"] = [*new.get("x-errors", ()), *moved]
            set_codes(new)
            responses[status] = new
            arrived.append(new)
    return arrived


def _inlined(document: Node, response: Node | None) -> Node:
    """A copy of the response that can be changed for one operation."""
    if response is None:
        return {}
    if "$ref" in response:
        *_, section, name = response["$ref"].split("/")
        response = document["components"][section][name]
    return deepcopy(response)


def _responses_with(document: Node, row: Node) -> Iterator[Node]:
    for path, node in walk(document):
        if path and any(mine is row for mine in node.get("x-errors", ())):
            yield node


def _confirm(node: Node, assumption: str) -> None:
    """Make everything in a node that rests on the assumption alone confirmed."""
    for _, part in walk(node):
        if rests_on(part, assumption) and part["x-provenance"]["standing"] in UNPROVEN:
            part["x-provenance"] = {"standing": CONFIRMED, "assumption": assumption}
        for mark in KEYWORD_MARKS:
            marked = part.get(mark, {})
            for keyword in [keyword for keyword, name in marked.items() if name == assumption]:
                del marked[keyword]
                part.setdefault("x-confirmed-keywords", {})[keyword] = assumption
            if mark in part and not marked:
                del part[mark]


def _must_not_collide(before: Mapping[str, Node], after: Mapping[str, Node]) -> None:
    """No operation may move into the territory of another surface."""
    mine = {surface: _territory(document) for surface, document in before.items()}
    for surface, document in after.items():
        moved = _territory(document) - mine[surface]
        for other, territory in mine.items():
            if other != surface and (taken := moved & territory):
                raise OverrideError(f"overrides: {surface} would answer under {min(taken)}, where {other} is")


def _territory(document: Node) -> set[str]:
    """First segments below which an HTTP surface answers."""
    if "paths" not in document:
        return set()
    prefix = document["servers"][0]["url"].rstrip("/")
    return {"/" + f"{prefix}{path}".split("/")[1] for path in document["paths"]}


def _rows(document: Node) -> Iterator[tuple[str, int, Node]]:
    whole = resolved(document, document)
    for _, _, operation in operations(whole):
        for status, response in operation["responses"].items():
            for row in response.get("x-errors", ()):
                yield operation["operationId"], int(status), row


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _nearest(name: str, known: Iterable[str]) -> str:
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def _list(lead: str, names: Iterable[str]) -> str:
    different = list(dict.fromkeys(names))
    more = len(different) - SHOWN
    return f"{lead} {', '.join(different[:SHOWN])}" + (f" and {more} more" if more > 0 else "")
