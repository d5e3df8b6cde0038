"""Every endpoint of both URLconfs, with arguments of our own school and of the other one.

Complete by construction: what a URLconf lists is walked, and an argument that has no seeded value fails the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from core.authz.registry import World
from core.authz.views import Policy, asks_itself, policy_of
from tests.support import world

URLCONFS = {World.SCHOOL: "config.urls.school", World.REGION: "config.urls.region"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Endpoint:
    """A URL pattern: its route in the form ``people/<uuid:person_id>/``, its full name and what it calls."""

    world: World
    route: str
    name: str
    view: Any

    @property
    def policy(self) -> Policy | None:
        """Return the declared policy; of an endpoint of the API that of whoever may do anything there."""
        return policy_of(self.view)

    @property
    def is_api(self) -> bool:
        """Tell whether this is an endpoint of the API: it answers problems and JSON, never a page."""
        return asks_itself(self.view)

    def policy_for(self, method: str) -> Policy | None:
        """Return the policy of one method."""
        return policy_of(self.view, method)

    @property
    def operations(self) -> dict[str, Any]:
        """Return what an endpoint of the API serves, by method."""
        return dict(self.view.view_class.operations) if self.is_api else {}

    @property
    def arguments(self) -> list[str]:
        """Return the names of the arguments in the path."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    def path(self, values: dict[str, Any]) -> str:
        """Return the path with the arguments filled in."""
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), self.route)
        return "/" + filled


def _walk(world_: World, resolver: URLResolver, route: str, names: tuple[str, ...]) -> Iterator[Endpoint]:
    for pattern in resolver.url_patterns:
        assert isinstance(pattern.pattern, RoutePattern), f"a regex route cannot be walked: {pattern.pattern}"
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(world_, pattern, here, (*names, *space))
        else:
            assert isinstance(pattern, URLPattern)
            yield Endpoint(world_, here, ":".join((*names, pattern.name or "")), pattern.callback)


def endpoints(world_: World) -> list[Endpoint]:
    """Return every endpoint of a world, in the order of its URLconf."""
    return list(_walk(world_, get_resolver(URLCONFS[world_]), "", ()))


def own_values(endpoint: Endpoint, role: str = "") -> dict[str, Any]:
    """Return seeded arguments of our own; with a role those that are open to it, see ``twins.py``.

    :raises KeyError: for an argument that the seeds do not know: add it to ``tests/support/seeds.py``.
    """
    from tests.permissions.twins import OWN_OF
    from tests.support.seeds import OWN

    narrower = OWN_OF.get(role, {})
    return {
        name: narrower.get(f"{endpoint.name}/{name}", narrower.get(name)) or _value(OWN, endpoint, name)
        for name in endpoint.arguments
    }


def foreign_values(endpoint: Endpoint) -> dict[str, Any]:
    """Return arguments that exist in the other school (or district) only."""
    from tests.support.seeds import FOREIGN

    return {name: _value(FOREIGN, endpoint, name) for name in endpoint.arguments}


def _value(table: dict[str, Any], endpoint: Endpoint, name: str) -> Any:
    """Look a value up by ``endpoint name/argument`` first, then by the argument alone."""
    specific = f"{endpoint.name}/{name}"
    if specific in table:
        return table[specific]
    return table[name]


@dataclass
class Form:
    """A form of a page: its method, where it goes and its fields with the values they start with."""

    method: str
    action: str
    fields: dict[str, list[str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("method", "get").lower(), given.get("action", ""), {}))
            return
        if not self.found:
            return
        fields = self.found[-1].fields
        name = given.get("name", "")
        if tag in ("input", "textarea", "button") and name:
            fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select" and name:
            self._select = name
            fields.setdefault(name, [])
        elif tag == "option" and self._select:
            fields[self._select].append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


def forms_in(html: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.found


def json_with(shape: Any, foreign: str) -> dict[str, Any]:
    """Return a body for a serializer of the API in which every id is a foreign one and nothing is empty."""
    return {name: _filled(each, foreign) for name, each in shape().fields.items() if not each.read_only}


def _filled(known: Any, foreign: str) -> Any:
    from rest_framework import serializers as kinds

    if isinstance(known, kinds.UUIDField):
        return foreign
    if isinstance(known, kinds.FileField):
        return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", "application/pdf")
    if isinstance(known, kinds.ListSerializer):
        return [json_with(type(known.child), foreign)]
    if isinstance(known, kinds.ListField):
        return [_filled(known.child, foreign)]
    if isinstance(known, kinds.Serializer):
        return json_with(type(known), foreign)
    if isinstance(known, kinds.BooleanField):
        return True
    if isinstance(known, kinds.IntegerField | kinds.DecimalField):
        return int(known.min_value or 1)
    if isinstance(known, kinds.DateField):
        return "2026-10-01"
    if isinstance(known, kinds.ChoiceField):
        return next(value for value in known.choices if value != "")
    return "текст 7"


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def filled_with(form: Form, foreign: str) -> dict[str, list[str]]:
    """Return a body for a form in which every id is a foreign one and every empty field has something in it."""
    body: dict[str, list[str]] = {}
    for name, values in form.fields.items():
        if name == "csrfmiddlewaretoken":
            continue
        if any(_UUID.match(value) for value in values):
            body[name] = [foreign]
        elif values and any(values):
            body[name] = [next(value for value in values if value)]
        else:
            body[name] = ["2026-10-01" if "date" in name or name.endswith("_on") else "текст 7"]
    return body


def as_it_stands(form: Form) -> dict[str, list[str]]:
    """Return a body for a form as its reader finds it: the first choice of each field, and something in empty ones."""
    return {
        name: [next((value for value in values if value), "2026-10-01" if name.endswith(("_on", "date")) else "")]
        for name, values in form.fields.items()
        if name != "csrfmiddlewaretoken"
    }


def canaries(world_: World) -> tuple[str, ...]:
    """Return the texts that must never show on a host: the other school's, and on the region's host both schools'."""
    foreign = (world.SCHOOL_B.canary, world.SCHOOL_B.surname)
    return foreign if world_ is World.SCHOOL else (*foreign, world.SCHOOL_A.canary, world.SCHOOL_A.surname)
