"""Whether a request of the kit is legal by the full contract, assumptions included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import jsonschema_rs

from bet_contracts.schemas import translate
from conformance.contract import Contract


class RequestCheck:
    """Validates what the kit sends as the body and the query of an operation."""

    def __init__(self, contract: Contract) -> None:
        self._document = contract.document
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        for path_item in contract.document["paths"].values():
            for definition in path_item.values():
                media = definition.get("requestBody", {}).get("content", {}).get("application/json")
                if media is None:
                    continue
                # A JWT surface signs an object: that object is what the contract says something about.
                schema = media["x-jwt"]["data"] if "x-jwt" in media else media["schema"]
                self._validators[definition["operationId"]] = self._compile(schema)

    def problems(self, operation_id: str, body: Any) -> list[str]:
        """What is illegal about the body, one line each. ``None`` is the absence of a body."""
        validator = self._validators.get(operation_id)
        if validator is None:
            return [] if body is None else [f"{operation_id} takes no body"]
        return [_line(error) for error in validator.iter_errors(body)]

    def query_problems(self, operation_id: str, query: Sequence[tuple[str, str]]) -> list[str]:
        """What is illegal about the query, one line each."""
        parameters = self._query_parameters(operation_id)
        values: dict[str, Any] = {}
        for name, text in query:
            schema = parameters[name]["schema"] if name in parameters else None
            if schema is None:
                return [f"{operation_id} has no query parameter {name}"]
            if schema.get("type") == "array":
                values.setdefault(name, []).append(self._value(text, schema["items"]))
            else:
                values[name] = self._value(text, schema)
        validator = self._compile(
            {
                "type": "object",
                "required": [name for name, row in parameters.items() if row.get("required")],
                "properties": {name: row["schema"] for name, row in parameters.items()},
            }
        )
        return [_line(error) for error in validator.iter_errors(values)]

    def _query_parameters(self, operation_id: str) -> dict[str, Any]:
        for item in self._document["paths"].values():
            for definition in item.values():
                if isinstance(definition, dict) and definition.get("operationId") == operation_id:
                    rows = [self._resolved(row) for row in definition.get("parameters", ())]
                    return {row["name"]: row for row in rows if row["in"] == "query"}
        return {}

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            path = node["$ref"].removeprefix("#/").split("/")
            node = self._document
            for step in path:
                node = node[step]
        return node

    def _value(self, text: str, schema: dict[str, Any]) -> Any:
        """The text as the type of the schema; as it is where it is none of that type."""
        if self._resolved(schema).get("type") not in ("integer", "number"):
            return text
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _compile(self, schema: Any) -> jsonschema_rs.Draft202012Validator:
        named = self._document["components"]["schemas"]
        root = {
            **translate(schema),
            "components": {"schemas": {name: translate(one) for name, one in named.items()}},
        }
        return jsonschema_rs.Draft202012Validator(root)


def _line(error: jsonschema_rs.ValidationError) -> str:
    where = "/".join(str(step) for step in error.instance_path) or "body"
    return f"{where}: {error.message}"
