"""Endpoints of the school's own forms of mentoring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Version
from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.people.editions import edition_of
from schools.people.models import PersonKindChoice
from schools.programme import own_forms
from schools.programme.models import SchoolForm


class OwnFormBody(serializers.Serializer[Any]):
    """A form with its two sides."""

    title = serializers.CharField(max_length=120)
    mentor_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonKindChoice.choices), min_length=1, max_length=8
    )
    mentee_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=PersonKindChoice.choices), min_length=1, max_length=8
    )
    is_mentor_outside = serializers.BooleanField(required=False, default=False)
    is_offered = serializers.BooleanField(required=False, default=True)
    role_variants = serializers.ListField(
        child=serializers.CharField(max_length=own_forms.LONGEST_VARIANT),
        max_length=own_forms.MOST_VARIANTS,
        required=False,
        default=list,
        help_text=_("Ролевые модели формы."),
    )


class OwnFormChange(OwnFormBody):
    """A form as it is to be from now on."""

    version = Version()


class OwnFormAnswer(serializers.Serializer[Any]):
    """A form of the school's own."""

    id = serializers.UUIDField()
    code = serializers.CharField(help_text=_("Обозначение, которое стоит в парах."))
    title = serializers.CharField()
    mentor_kinds = serializers.ListField(child=serializers.CharField())
    mentee_kinds = serializers.ListField(child=serializers.CharField())
    is_mentor_outside = serializers.BooleanField()
    is_offered = serializers.BooleanField()
    role_variants = serializers.ListField(child=serializers.CharField())
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете форму."))

    def get_version(self, row: SchoolForm) -> str:
        """Return the edition of the form."""
        return edition_of(own_forms.form_values(row))


class OwnFormsEndpoint(ApiView):
    """Own forms."""

    tag = "programme"

    @operation(
        _("Свои формы наставничества"),
        needs=("programme.edit",),
        answer=OwnFormAnswer,
        pages=("title", "pk"),
    )
    def get(self, actor: Actor) -> QuerySet[SchoolForm]:
        """Return the school's own forms, withdrawn ones too."""
        return own_forms.own_forms_visible_to(actor)

    @operation(
        _("Добавить свою форму"),
        needs=("programme.edit",),
        body=OwnFormBody,
        answer=OwnFormAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> SchoolForm:
        """Add a form."""
        return own_forms.add_form(actor=actor, data=own_forms.FormData(**body))


class OwnFormEndpoint(ApiView):
    """One own form."""

    tag = "programme"

    @operation(
        _("Изменить свою форму или снять её с предложения"),
        needs=("programme.edit",),
        body=OwnFormChange,
        answer=OwnFormAnswer,
    )
    def put(self, actor: Actor, own_form_id: UUID, body: dict[str, Any]) -> SchoolForm:
        """Change a form; pairs that have it keep it."""
        seen = body.pop("version")
        return own_forms.edit_form(actor=actor, own_form_id=own_form_id, data=own_forms.FormData(**body), seen=seen)


urlpatterns = [
    path("programme/forms/", OwnFormsEndpoint.as_view(), name="programme-forms"),
    path("programme/forms/<uuid:own_form_id>/", OwnFormEndpoint.as_view(), name="programme-form"),
]
