"""Endpoints of the reference data: one list and one entry for each kind, read and checked by the kind's own form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.operations import ApiView, Fields, operation
from core.authz import Actor
from tenants.reference import services
from tenants.reference.forms import LinesField
from tenants.reference.item_fields import ItemsField
from tenants.reference.items import ITEM_TYPES, LONGEST_OPTION, LONGEST_TEXT, MOST_OPTIONS, MOST_PEOPLE
from tenants.reference.kinds import KINDS, Kind
from tenants.reference.models import Versioned
from tenants.reference.selectors import entry_in_force
from tenants.reference.stages import TASK_FIELDS, StagesField


class StageTaskShape(serializers.Serializer[Any]):
    """A task of a stage."""

    title = serializers.CharField(max_length=TASK_FIELDS["title"])
    term = serializers.CharField(max_length=TASK_FIELDS["term"], allow_blank=True)
    responsible = serializers.CharField(max_length=TASK_FIELDS["responsible"], allow_blank=True)
    result = serializers.CharField(max_length=TASK_FIELDS["result"], allow_blank=True)
    product = serializers.CharField(
        max_length=TASK_FIELDS["product"],
        allow_blank=True,
        help_text=_("Обозначение страницы, где это делают; пусто, если нигде."),
    )


class StageShape(serializers.Serializer[Any]):
    """A stage of a methodology profile."""

    title = serializers.CharField(max_length=200)
    tasks = StageTaskShape(many=True)


class _Option(serializers.Serializer[Any]):
    """An answer of a choice; without a code it gets one."""

    code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    title = serializers.CharField(max_length=LONGEST_OPTION)


class _Item(serializers.Serializer[Any]):
    """A question of a questionnaire; without a code it gets one."""

    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    type = serializers.ChoiceField(choices=ITEM_TYPES)
    required = serializers.BooleanField(required=False, default=False)  # type: ignore[assignment]
    options = _Option(many=True, required=False, max_length=MOST_OPTIONS)  # type: ignore[call-arg]
    most = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PEOPLE)


def _field(known: forms.Field, *, is_input: bool) -> serializers.Field[Any, Any, Any, Any]:
    """Return what the API says of a field of a form; its rules are asked again by the form itself."""
    limits: dict[str, Any] = {}
    if is_input:
        limits = {"required": known.required, "help_text": known.label}
        if not known.required:
            limits["allow_null"] = True
    match known:
        case StagesField():
            return StageShape(many=True, **limits)
        case ItemsField():
            return _Item(many=True, **limits)
        case LinesField():
            line = serializers.CharField(max_length=known.longest)
            return serializers.ListField(child=line, **({"max_length": known.most, **limits} if is_input else {}))
        case forms.MultipleChoiceField():
            child = serializers.CharField(max_length=60)
            return serializers.ListField(child=child, **limits)
        case forms.BooleanField():
            return serializers.BooleanField(**{**limits, "required": False, "allow_null": False} if is_input else {})
        case forms.DecimalField():
            return serializers.DecimalField(max_digits=5, decimal_places=2, **limits)
        case forms.IntegerField():
            return serializers.IntegerField(**limits) if is_input else serializers.IntegerField(allow_null=True)
        case forms.DateField():
            return serializers.DateField(**limits) if is_input else serializers.DateField(allow_null=True)
        case _:
            words: dict[str, Any] = {
                "max_length": getattr(known, "max_length", None),
                "allow_blank": not known.required,
            }
            return serializers.CharField(**{**words, **limits} if is_input else {})


def _content(kind: Kind, *, is_input: bool) -> dict[str, Any]:
    known = {name: field for name, field in kind.form.base_fields.items() if name != "code" or is_input}
    return {name: _field(field, is_input=is_input) for name, field in known.items()}


def _shape(name: str, kind: Kind, fields: dict[str, Any], words: str) -> Fields:
    return type(f"{kind.model.__name__}{name}", (serializers.Serializer,), {"__doc__": words, **fields})


def _checked(kind: Kind, body: dict[str, Any], entry: Versioned | None = None) -> forms.Form:
    """Return the kind's form with what was sent, valid.

    :raises ValidationError: with the form's own words.
    """
    form = kind.form({name: "" if value is None else value for name, value in body.items()}, entry=entry)
    if not form.is_valid():
        raise serializers.ValidationError({name: [str(each) for each in said] for name, said in form.errors.items()})
    return form


def _endpoints(kind: Kind) -> tuple[type[ApiView], type[ApiView]]:
    """Return the endpoint of a kind's list and that of one of its entries."""
    marks = {
        "id": serializers.UUIDField(help_text=_("Редакция.")),
        "code": serializers.CharField(),
        "version": serializers.IntegerField(),
        "is_offered": serializers.BooleanField(),
    }
    answer = _shape("Answer", kind, {**marks, **_content(kind, is_input=False)}, "An entry in force.")
    new = _shape("New", kind, _content(kind, is_input=True), "A new entry.")
    changed = {name: each for name, each in _content(kind, is_input=True).items() if name not in _fixed(kind)}
    based_on = {
        "based_on": serializers.UUIDField(help_text=_("Редакция, с которой внесена правка.")),
        "is_offered": serializers.BooleanField(required=False, help_text=_("Предлагается ли школам.")),
    }
    edited = _shape("Edition", kind, {**changed, **based_on}, "A new version of an entry.")

    class Entries(ApiView):
        """Entries of a kind."""

        tag = "reference"
        label = f"{kind.model.__name__}Entries"

        @operation(kind.title, needs=("reference.view",), answer=answer, many=True)
        def get(self, actor: Actor) -> list[Versioned]:
            """Return what is in force."""
            return sorted(kind.model.objects.now(), key=kind.order)

        @operation(kind.add, needs=("reference.edit",), body=new, answer=answer, status=201)
        def post(self, actor: Actor, body: dict[str, Any]) -> Versioned:
            """Add an entry."""
            form: Any = _checked(kind, body)
            return services.add_entry(actor=actor, model=kind.model, code=form.entry_code(), content=form.content())

    class Entry(ApiView):
        """One entry of a kind."""

        tag = "reference"
        label = f"{kind.model.__name__}Entry"

        @operation(kind.title, needs=("reference.view",), answer=answer)
        def get(self, actor: Actor, code: str) -> Versioned:
            """Return the version in force."""
            return entry_in_force(kind.model, code)

        @operation(_("Новая редакция записи"), needs=("reference.edit",), body=edited, answer=answer)
        def put(self, actor: Actor, code: str, body: dict[str, Any]) -> Versioned:
            """Make a new version; the past keeps its own."""
            entry = entry_in_force(kind.model, code)
            based_on, is_offered = body.pop("based_on"), body.pop("is_offered", entry.is_offered)
            form: Any = _checked(kind, body, entry)
            content = {**form.content(), "is_offered": is_offered}
            return services.publish_version(
                actor=actor, model=kind.model, code=code, based_on=based_on, content=content
            )

    return Entries, Entry


def _fixed(kind: Kind) -> set[str]:
    return {"code", *kind.form.identity}


def _routes() -> list[Any]:
    routes = []
    for slug, kind in KINDS.items():
        entries, entry = _endpoints(kind)
        routes.append(path(f"reference/{slug}/", entries.as_view(), name=f"reference-{slug}"))
        routes.append(path(f"reference/{slug}/<slug:code>/", entry.as_view(), name=f"reference-{slug}-entry"))
    return routes


urlpatterns = _routes()
