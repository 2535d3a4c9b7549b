"""What holds for every address of the reference: errors, the idempotency key, who may ask."""

from typing import Any

ERROR = {
    "type": "object",
    "description": "Every refusal has this form; `errors` and `because` where they apply.",
    "properties": {
        "code": {"type": "string", "description": "for programs, such as `moved`"},
        "detail": {"type": "string", "description": "for people, in the language asked for"},
        "errors": {
            "type": "object",
            "additionalProperties": {},
            "description": "by field: a sentence, or a list of them",
        },
        "because": {
            "type": "object",
            "additionalProperties": {},
            "description": "the reasons, with the clause of the manual behind each",
        },
    },
    "required": ["code", "detail"],
    "example": {
        "code": "invalid",
        "detail": "Please check the fields.",
        "errors": {"name": ["This field is required."]},
    },
}
READING = {
    "400": "A value cannot be read.",
    "401": "No token, or one that opens no longer.",
    "403": "Seen, but not allowed; `because` says why.",
    "404": "Out of sight or not there: the same answer.",
    "429": "Too many requests; Retry-After says in how many seconds.",
}
WRITING = READING | {
    "409": "The state of things speaks against it, or the key was used for something else.",
    "415": "Neither application/json nor, for files, multipart/form-data.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 80},
    "description": "A repeat with the same key gets the first answer again, and no second act.",
}
METHODS = ("get", "post", "put", "patch", "delete")


def common(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Hook of drf-spectacular."""
    result["components"]["schemas"]["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path in result["paths"].values():
        for method in METHODS:
            if (asked := path.get(method)) is None:
                continue
            said = READING if method == "get" else WRITING
            for status, text in said.items():
                asked["responses"].setdefault(status, {"description": text, "content": content})
            given = asked.setdefault("parameters", [])
            if method != "get":
                given.append(KEY)
            for one in given:
                # names of a generated client come from it: not from the language of the moment
                one["schema"].pop("title", None)
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
    return result
