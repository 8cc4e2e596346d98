"""Schemas of OpenAPI 3.0, translated to JSON Schema and compiled once at the start.

OpenAPI 3.0 says ``nullable`` where JSON Schema lists ``null`` among the types, so a validator for
plain JSON Schema refuses what the contract allows unless the schema is translated first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from jsonschema_rs import Draft4Validator, Draft7Validator, ValidationError, ValidationErrorKind

Violation = Callable[[Any], str | None]
"""Says in one line how a document breaks a schema, or ``None`` if it does not."""

# Keywords of OpenAPI that are no constraints, or none that plain JSON Schema knows.
_ANNOTATIONS = frozenset(
    {"discriminator", "example", "externalDocs", "nullable", "readOnly", "writeOnly", "xml", "deprecated"}
)
_SCHEMA_MAPS = ("properties",)
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMAS = ("items", "not", "additionalProperties")
_LONGEST_MESSAGE = 200


def translate(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a resolved OpenAPI 3.0 schema to JSON Schema (draft 4)."""
    plain: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _ANNOTATIONS or keyword.startswith("x-"):
            continue
        if keyword in _SCHEMA_MAPS:
            plain[keyword] = {name: translate(sub) for name, sub in value.items()}
        elif keyword in _SCHEMA_LISTS:
            plain[keyword] = [translate(sub) for sub in value]
        elif keyword in _SCHEMAS and isinstance(value, Mapping):
            plain[keyword] = translate(value)
        else:
            plain[keyword] = value
    if schema.get("nullable") and "type" in plain:
        plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


def compile_schema(schema: Mapping[str, Any]) -> Violation:
    """Compile a resolved schema. One with a discriminator is judged by the branch that is named,
    so that the violation speaks of that branch and not of all of them."""
    discriminator = schema.get("discriminator")
    if discriminator is None:
        return _compile_plain(schema)
    return _compile_discriminated(schema["oneOf"], discriminator["propertyName"])


def compile_json_schema(schema: Mapping[str, Any]) -> Violation:
    """Compile a resolved schema of AsyncAPI, which is JSON Schema (draft 7) as it stands."""
    return _first_of(Draft7Validator(dict(schema)))


def _compile_plain(schema: Mapping[str, Any]) -> Violation:
    return _first_of(Draft4Validator(translate(schema)))


def _first_of(validator: Draft4Validator | Draft7Validator) -> Violation:
    def violation(document: Any) -> str | None:
        # Only the first one: a document of a megabyte can break its schema a million times.
        try:
            validator.validate(document)
        except ValidationError as error:
            return _sentence(error)
        return None

    return violation


def _compile_discriminated(branches: list[Mapping[str, Any]], name: str) -> Violation:
    by_value = {
        value: _compile_plain(branch) for branch in branches for value in branch["properties"][name]["enum"]
    }
    known = ", ".join(map(str, by_value))

    def violation(document: Any) -> str | None:
        if not isinstance(document, dict):
            return f"the document is {_json_type(document)}, not an object"
        if name not in document:
            return f"{name}: is missing; one of {known}"
        value = document[name]
        branch = by_value.get(value) if isinstance(value, str) else None
        if branch is None:
            return f"{name}: {_shown(value)} is not one of {known}"
        return branch(document)

    return violation


def compile_violations(schema: Mapping[str, Any], most: int) -> Callable[[Any], list[str]]:
    """Compile a resolved schema to a function that says everything that breaks it, up to ``most`` lines.
    It takes longer than :func:`compile_schema`'s for a document with many violations."""
    discriminator = schema.get("discriminator")
    if discriminator is None:
        validator = Draft4Validator(translate(schema))
        return lambda document: [_sentence(error) for error in islice(validator.iter_errors(document), most)]
    name = discriminator["propertyName"]
    first_of = compile_schema(schema)
    by_value = {
        value: compile_violations(branch, most)
        for branch in schema["oneOf"]
        for value in branch["properties"][name]["enum"]
    }

    def violations(document: Any) -> list[str]:
        value = document.get(name) if isinstance(document, dict) else None
        branch = by_value.get(value) if isinstance(value, str) else None
        if branch is None:
            first = first_of(document)
            return [first] if first else []
        return branch(document)

    return violations


def _sentence(error: ValidationError) -> str:
    """``events[0].odds: "x" is not of type "number"``."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    message = error.message
    if isinstance(error.kind, ValidationErrorKind.Enum):
        # The library's own sentence leaves most of them out.
        allowed = ", ".join(str(one) for one in error.kind.options)
        message = f"{_shown(error.instance)} is not one of {allowed}"
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    return f"{place.lstrip('.')}: {message}" if place else message


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _json_type(value: Any) -> str:
    names = {str: "a string", bool: "a boolean", list: "an array", type(None): "null"}
    return names.get(type(value), "a number")
