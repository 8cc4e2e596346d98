"""HAR 1.2 as a JSON schema, written from its specification. Fields of one's own begin with an underscore."""

from __future__ import annotations

from typing import Any

OWN: dict[str, Any] = {"^_": {}}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
SIZE = {"type": "integer", "minimum": -1}
SPAN = {"type": "number", "minimum": 0}
OPTIONAL_SPAN = {"type": "number", "minimum": -1}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object that has these fields, a comment, and what is one's own."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {}), "comment": {"type": "string"}},
        "patternProperties": OWN,
        "additionalProperties": False,
    }


def array(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


TEXT = {"type": "string"}
PAIR = record({"name": TEXT, "value": TEXT})
COOKIE = record(
    {"name": TEXT, "value": TEXT},
    {
        "path": TEXT,
        "domain": TEXT,
        "expires": MOMENT,
        "httpOnly": {"type": "boolean"},
        "secure": {"type": "boolean"},
    },
)
POST_DATA = record(
    {
        "mimeType": TEXT,
        "params": array(record({"name": TEXT}, {"value": TEXT, "fileName": TEXT, "contentType": TEXT})),
        "text": TEXT,
    }
)
REQUEST = record(
    {
        "method": {"type": "string", "minLength": 1},
        "url": {"type": "string", "pattern": r"^([a-z]+://[^/]+/|about:blank$)"},
        "httpVersion": TEXT,
        "cookies": array(COOKIE),
        "headers": array(PAIR),
        "queryString": array(PAIR),
        "headersSize": SIZE,
        "bodySize": SIZE,
    },
    {"postData": POST_DATA},
)
CONTENT = record(
    {"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT},
    {"compression": {"type": "integer"}, "text": TEXT, "encoding": {"enum": ["base64"]}},
)
RESPONSE = record(
    {
        "status": {"type": "integer", "minimum": 0},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": array(COOKIE),
        "headers": array(PAIR),
        "content": CONTENT,
        "redirectURL": TEXT,
        "headersSize": SIZE,
        "bodySize": SIZE,
    }
)
TIMINGS = record(
    {"send": SPAN, "wait": SPAN, "receive": SPAN},
    {"blocked": OPTIONAL_SPAN, "dns": OPTIONAL_SPAN, "connect": OPTIONAL_SPAN, "ssl": OPTIONAL_SPAN},
)
ENTRY = record(
    {
        "startedDateTime": MOMENT,
        "time": SPAN,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": record({}, {"beforeRequest": {}, "afterRequest": {}}),
        "timings": TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)
PAGE = record(
    {"startedDateTime": MOMENT, "id": TEXT, "title": TEXT, "pageTimings": {"type": "object"}},
)
HAR = {
    "type": "object",
    "required": ["log"],
    "additionalProperties": False,
    "properties": {
        "log": record(
            {
                "version": {"enum": ["1.2"]},
                "creator": record({"name": TEXT, "version": TEXT}),
                "entries": array(ENTRY),
            },
            {"browser": record({"name": TEXT, "version": TEXT}), "pages": array(PAGE)},
        )
    },
}
