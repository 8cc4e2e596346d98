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
from mockserver.kernel.settings import nearest

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
        error = next(self._validator.iter_errors(body), None)
        if error is not None:
            raise BadRequestProblem(detail=_sentence("body", error))
        return None


class StrictParameters(ParameterValidator):
    """Judges path and query parameters."""

    def validate_query_parameter_list(self, request: Any, security_params: Any = None) -> set[str]:
        """Refuse parameters that the operation does not have."""
        known = [one["name"] for one in self.parameters.get("query", ())]
        for name in request.query_params:
            if name not in known:
                raise BadRequestProblem(detail=f"the query has an unknown `{name}`; {_meant(name, known)}")
        return set()

    @staticmethod
    def validate_parameter(
        parameter_type: str, value: Any, param: Mapping[str, Any], param_name: str | None = None
    ) -> str | None:
        """What is wrong with a parameter, in one line."""
        if value is None:
            return f"{param['name']}: is missing" if param.get("required") else None
        return first_violation(param["schema"], value, param["name"])


def first_violation(schema: Mapping[str, Any], document: Any, whole: str) -> str | None:
    """How a document breaks a resolved schema, in one line.

    :param whole: what the document itself is called
    """
    error = next(Draft4Validator(schema).iter_errors(document), None)
    return _sentence(whole, error) if error else None


def _sentence(whole: str, error: ValidationError) -> str:
    """``players[0].balance: 'x' does not match …``. A value that is secret is not shown."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    name = place.lstrip(".") or whole
    schema = error.schema if isinstance(error.schema, dict) else {}
    known = list(schema.get("properties", ()))
    description = schema.get("description")
    if schema.get("format") == "password":
        return f"{name}: can't be used; it has to be {description}"
    if error.validator == "additionalProperties":
        unknown = next(one for one in error.instance if one not in known)
        return f"{name}: has an unknown field `{unknown}`; {_meant(unknown, known)}"
    if error.validator == "required":
        missing = next(one for one in error.validator_value if one not in error.instance)
        return f"{name}: lacks the field `{missing}`"
    if error.validator == "minProperties":
        return f"{name}: is empty; {_meant('', known)}"
    message = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}..."
    if error.validator in _ITS_DESCRIPTION_SAYS_MORE and description:
        return f"{name}: {message}; it has to be {description}"
    return f"{name}: {message}"


def _meant(name: str, known: list[str]) -> str:
    return nearest(name, known) if known else "none is known"
