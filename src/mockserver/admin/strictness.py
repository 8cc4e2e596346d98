"""How the control plane judges bodies and parameters: as strictly as the vendors' APIs do, with one
sentence for each mistake, and no secret in it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any

from connexion.exceptions import BadRequestProblem
from connexion.validators import JSONRequestBodyValidator, ParameterValidator
from jsonschema import Draft4Validator, ValidationError

from mockserver.kernel.json_codec import JsonInvalid, parse

if TYPE_CHECKING:
    from starlette.types import Scope

_LONGEST = 300
_ITS_DESCRIPTION_SAYS_MORE = frozenset({"pattern", "oneOf", "format"})


class StrictBody(JSONRequestBodyValidator):
    """Judges the JSON body of a request; one that is not required may be left out."""

    async def _parse(self, stream: AsyncGenerator[bytes, None], scope: Scope) -> Any:
        body = b"".join([chunk async for chunk in stream])
        if not body:
            return None
        try:
            parse(body)
            return json.loads(body)  # what is shown of it has no decimals
        except JsonInvalid as error:
            raise BadRequestProblem(detail=f"body: {error}") from None

    def _validate(self, body: Any) -> Any:
        if body is None and not self._required:
            return None
        if body is None:
            raise BadRequestProblem(detail="body: is empty; send a JSON document")
        try:
            return self._validator.validate(body)
        except ValidationError as error:
            raise BadRequestProblem(detail=_sentence("body", error)) from None


class StrictParameters(ParameterValidator):
    """Judges path and query parameters."""

    @staticmethod
    def validate_parameter(
        parameter_type: str, value: Any, param: Mapping[str, Any], param_name: str | None = None
    ) -> str | None:
        """What is wrong with a parameter, in one line."""
        if value is None:
            return f"{param['name']}: is missing" if param.get("required") else None
        error = next(Draft4Validator(param["schema"]).iter_errors(value), None)
        return _sentence(param["name"], error) if error else None


def _sentence(whole: str, error: ValidationError) -> str:
    """``players[0].balance: 'x' does not match …``. A value that is secret is not shown."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    name = place.lstrip(".") or whole
    description = error.schema.get("description") if isinstance(error.schema, dict) else None
    if isinstance(error.schema, dict) and error.schema.get("format") == "password":
        return f"{name}: can't be used; it has to be {description}"
    message = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}..."
    if error.validator in _ITS_DESCRIPTION_SAYS_MORE and description:
        return f"{name}: {message}; it has to be {description}"
    return f"{name}: {message}"
