"""Schemas of OpenAPI 3.0, translated to JSON Schema and compiled once at the start.

OpenAPI 3.0 says ``nullable`` where JSON Schema lists ``null`` among the types, so a validator for
plain JSON Schema refuses what the contract allows unless the schema is translated first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
_NONE_FITS = (ValidationErrorKind.AnyOf, ValidationErrorKind.OneOfNotValid)
_ANOTHER_WORD = (ValidationErrorKind.Enum, ValidationErrorKind.Constant, ValidationErrorKind.Not)


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
            return next(_sentences(error))
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
        return lambda document: list(
            islice((told for error in validator.iter_errors(document) for told in _sentences(error)), most)
        )
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


def _sentences(error: ValidationError) -> Iterator[str]:
    """What is wrong, at least one sentence. Of a choice between schemas it is what is wrong with the one that
    was meant: one whose own words (its ``enum``) are there, and of these the one that is broken least."""
    if not isinstance(error.kind, _NONE_FITS):
        yield _sentence(error)
        return
    branches = error.kind.context
    misfits = [next((one for one in branch if _is_misfit(one, error)), None) for branch in branches]
    meant = [branch for branch, misfit in zip(branches, misfits, strict=True) if misfit is None]
    if not meant and (joint := _joint_sentence([one for one in misfits if one is not None])):
        yield joint
        return
    for one in min(meant or branches, key=len):
        yield from _sentences(one)


def _is_misfit(inner: ValidationError, choice: ValidationError) -> bool:
    """Whether what breaks a branch says that another one was meant."""
    if isinstance(inner.kind, ValidationErrorKind.Type):
        return inner.instance_path == choice.instance_path
    return isinstance(inner.kind, _ANOTHER_WORD)


def _joint_sentence(misfits: Sequence[ValidationError]) -> str | None:
    """One sentence for what every branch has against the same value, where they have one thing against it."""
    first = misfits[0]
    if any(one.instance_path != first.instance_path for one in misfits):
        return None
    kinds = [one.kind for one in misfits]
    words = [str(one) for kind in kinds if isinstance(kind, ValidationErrorKind.Enum) for one in kind.options]
    types = [one for kind in kinds if isinstance(kind, ValidationErrorKind.Type) for one in kind.types]
    if all(isinstance(kind, ValidationErrorKind.Enum) for kind in kinds):
        return _at(first, f"{_shown(first.instance)} is not one of {', '.join(dict.fromkeys(words))}")
    if all(isinstance(kind, ValidationErrorKind.Type) for kind in kinds):
        return _at(first, f"is {_json_type(first.instance)}, not of type {' or '.join(dict.fromkeys(types))}")
    return None


def _sentence(error: ValidationError) -> str:
    """``events[0].odds: "x" is not of type "number"``."""
    message = error.message
    if isinstance(error.kind, ValidationErrorKind.Enum):
        # The library's own sentence leaves most of them out.
        allowed = ", ".join(str(one) for one in error.kind.options)
        message = f"{_shown(error.instance)} is not one of {allowed}"
    return _at(error, message)


def _at(error: ValidationError, message: str) -> str:
    """The message, behind the place that it is about."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    return f"{place.lstrip('.')}: {message}" if place else message


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _json_type(value: Any) -> str:
    names = {str: "a string", bool: "a boolean", list: "an array", dict: "an object", type(None): "null"}
    return names.get(type(value), "a number")
