"""The document of the API (OpenAPI 3): one for each world, with that world's endpoints alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Отказ по RFC 9457.",
    "required": ["type", "title", "status", "code", "detail", "fields"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "example": "Данные не приняты"},
        "status": {"type": "integer", "example": 422},
        "code": {"type": "string", "description": "Неизменное обозначение причины.", "example": "invalid"},
        "detail": {"type": "string", "description": "Что случилось и что делать."},
        "fields": {
            "type": "object",
            "description": "Что исправить, по именам полей; пустое имя – про запрос в целом.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
_REFUSALS = {
    "400": "Запрос не разобран",
    "401": "Нет токена, или он здесь не действует",
    "403": "Нет права",
    "404": "Такого здесь нет",
    "409": "Сейчас этого сделать нельзя",
    "413": "Запрос слишком велик",
    "415": "Другой вид данных",
    "422": "Данные не приняты",
    "429": "Слишком часто",
}
# What a request without a body and without parameters cannot be refused for.
_OF_BODIES = ("400", "409", "413", "415")


def with_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to every operation the refusals it can answer, and keep the tags of this world; a hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        f"Refused{status}": {"description": words, "content": content} for status, words in _REFUSALS.items()
    }
    used = {tag for methods in result["paths"].values() for described in methods.values() for tag in described["tags"]}
    result["tags"] = [
        {"name": tag["name"], "description": str(tag["description"])}
        for tag in result.get("tags", [])
        if tag["name"] in used
    ]
    for methods in result["paths"].values():
        for method, described in methods.items():
            for status in _REFUSALS:
                if method == "get" and status in _OF_BODIES:
                    continue
                described["responses"].setdefault(status, {"$ref": f"#/components/responses/Refused{status}"})
    return result


@lru_cache(maxsize=4)
def document(urlconf: str) -> dict[str, Any]:
    """Return the document of a URLconf; made once by each process: the code does not change under it."""
    generator = SchemaGenerator(urlconf=urlconf)  # type: ignore[no-untyped-call]
    made: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made
