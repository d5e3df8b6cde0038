"""The document itself, and a page that shows it to people: rendered here, in the look of every other page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework import serializers

from core.api.operations import ApiView, operation
from core.api.schema import document
from core.authz import Actor, signed_in


class AnyDocument(serializers.Serializer[Any]):
    """The document as it is."""

    def to_representation(self, instance: Any) -> Any:
        """Return it."""
        return instance


class SchemaEndpoint(ApiView):
    """The document of this host."""

    tag = "schema"

    @operation(_("Описание API этого сайта"), answer=AnyDocument, hidden=True)
    def get(self, actor: Actor) -> Any:
        """Return the document of the host's URLconf."""
        return document(self.request._request.urlconf)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class _Described:
    method: str
    path: str
    summary: str
    description: str
    parameters: list[_Field]
    body: list[_Field]
    answer: list[_Field]
    status: str


@signed_in
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show what the API of this host can do, by subject."""
    found = document(str(request.urlconf))
    groups: dict[str, list[_Described]] = {}
    for path, methods in found["paths"].items():
        for method, described in methods.items():
            groups.setdefault(described["tags"][0], []).append(_described(found, path, method, described))
    titles = {tag["name"]: tag["description"] for tag in found.get("tags", [])}
    rows = [(titles.get(name, name), described) for name, described in groups.items()]
    return render(request, "api/docs.html", {"groups": rows})


def _described(found: dict[str, Any], path: str, method: str, described: dict[str, Any]) -> _Described:
    status, answer = next((code, each) for code, each in described["responses"].items() if code.startswith("2"))
    return _Described(
        method=method.upper(),
        path=path,
        summary=described["summary"],
        description=described["description"] if described["description"] != described["summary"] else "",
        parameters=[
            _Field(each["name"], _kind(found, each["schema"]), bool(each.get("required")), each.get("description", ""))
            for each in described.get("parameters", [])
        ],
        body=list(_fields(found, described.get("requestBody", {}))),
        answer=list(_fields(found, answer)),
        status=status,
    )


def _fields(found: dict[str, Any], holder: dict[str, Any]) -> Iterator[_Field]:
    """Yield the members of a body or an answer; those of a list's rows instead of the list's own."""
    schema: dict[str, Any] = next((each["schema"] for each in holder.get("content", {}).values()), {})
    shape = _resolved(found, schema)
    rows = shape.get("properties", {}).get("items", {}).get("items")
    shape = _resolved(found, rows) if rows else shape
    needed = set(shape.get("required", ()))
    for name, each in shape.get("properties", {}).items():
        yield _Field(name, _kind(found, each), name in needed, each.get("description", ""))


def _resolved(found: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    return found["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema


def _kind(found: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return a type in a few words of the document's own."""
    for combined in ("allOf", "oneOf"):
        if combined in schema:
            schema = schema[combined][0]
    shape = _resolved(found, schema)
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"] if value not in ("", None))
    if shape.get("type") == "array":
        return f"[{_kind(found, shape.get('items', {}))}]"
    return str(shape.get("format") or shape.get("type") or "object")
