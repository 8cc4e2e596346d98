"""Whether a request of the kit is legal by the full contract, assumptions included."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from bet_contracts.schemas import translate
from conformance.contract import Contract


class RequestCheck:
    """Validates what the kit sends as the body of an operation."""

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
