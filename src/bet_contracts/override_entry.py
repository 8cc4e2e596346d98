"""One override: from an entry of the user's table to the places of the contracts that it changes."""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from bet_contracts.documents import Node, operations, resolved, walk
from bet_contracts.errors import OverrideError
from bet_contracts.facts import KEYWORD_MARKS, UNPROVEN
from bet_contracts.override_messages import listed, nearest, shown
from bet_contracts.override_places import Place, places, rests_on
from bet_contracts.refusals import code_schema, move_row, responses_with, set_codes, success_codes
from bet_contracts.schemas import compile_schema

CONFIRMED: Final = "confirmed"
"""The value that says: the vendor does as assumed."""


class Entry:
    """One entry of the table, put into every contract that it touches."""

    def __init__(self, name: str, value: Any, decision: str, documents: Collection[Node]) -> None:
        self._name = name
        self._value = value
        self._decision = decision
        self._documents = documents
        self._places = self._found()

    def apply(self) -> None:
        """Put it in. Raises :exc:`OverrideError` for what can't be."""
        if self._value == CONFIRMED:
            for document in self._documents:
                _confirm(document, self._name)
            return
        if not isinstance(self._value, dict) or not self._value:
            raise self._fault(f'has to be "{CONFIRMED}" or a table of what is different')
        if not self._places:
            raise self._fault(
                f"decides nothing that an override can replace ({self._decision}); it can only be "
                f'"{CONFIRMED}"'
            )
        # A row that has moved to another status is a copy: what else is new about it has to be in it by then.
        for moves in (False, True):
            for place, field, value in self._fields():
                if (field == "status") is moves:
                    self._set(place, field, value)
                    if moves:
                        self._places = self._found()

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

    def _found(self) -> list[tuple[Node, Place]]:
        return [(document, place) for document in self._documents for place in places(document, self._name)]

    def _set(self, name: str | None, field: str, value: Any) -> None:
        meant = [found for found in self._places if name is None or found[1].is_meant_by(name)]
        if not meant and name is not None:
            names = [place.name for _, place in self._places]
            what = f"decides nothing about {shown(name)}{nearest(name, names)}"
            raise self._fault(f"{what}; {listed('it decides', names)}")
        having = [found for found in meant if field in found[1].fields]
        if not having:
            by_kind = sorted((place for _, place in meant), key=lambda place: place.kind == "schema")
            fields = [field for place in by_kind for field in place.fields]
            what = f"has no {shown(field)} to override{nearest(field, fields)}"
            raise self._fault(f"{f'{shown(name)} ' if name else ''}{what}; {listed('there is', fields)}")
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
                f'[overrides.{self._name}."{names[0]}"]; {listed("there is", names)}'
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
            for response in move_row(document, self._is_moved(row), str(value), self._proof()):
                if not self._is_possible(document, response, row):
                    raise self._fault(f"{place.name}: no refusal fits into the answers of status {value}")
            return
        row[field] = value
        for response in responses_with(document, row):
            for frame in (response, *response.get("content", {}).values()):
                if field == "code" and rests_on(frame, self._name):
                    frame["x-provenance"] = self._proof()
            set_codes(response)
            if not self._is_possible(document, response, row):
                raise self._fault(
                    f"{place.name}: {field} {shown(repr(value))} makes no refusal that fits there"
                )

    def _is_moved(self, row: Node) -> Callable[[Node], bool]:
        return lambda other: other["class"] == row["class"] and rests_on(other, self._name)

    def _must_be_filled(self, place: Place, template: str) -> None:
        """Every placeholder of a new message has to be one of the old."""
        given, wanted = _placeholders(place.node["message"] or ""), _placeholders(template)
        if extra := wanted - given:
            known = ", ".join(f"{{{name}}}" for name in sorted(given)) or "none"
            raise self._fault(
                f"{place.name}: nothing fills {{{min(extra)}}} of the message; it can have {known}"
            )

    def _is_possible(self, document: Node, response: Node, row: Node) -> bool:
        """Whether the body that the row makes fits the response's schema."""
        schema = resolved(response, document).get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return True
        field = code_schema(response)
        body: Node = {field[0] if field else "code": row["code"]}
        if row["message"] is not None:
            body["Message" if "ErrorCode" in body else "message"] = row["message"]
        return compile_schema(schema)(body) is None

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


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
