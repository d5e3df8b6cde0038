"""What the API reads and shows of districts, schools and the region."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenants.registry.models import CODE_PATTERN, District, School


class TextQuery(serializers.Serializer[Any]):
    """A search by words of a name."""

    q = serializers.CharField(required=False, max_length=100)


class DistrictAnswer(serializers.Serializer[District]):
    """A district with how many schools it has, closed ones left out."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    schools_count = serializers.IntegerField()
    working_count = serializers.IntegerField()


class TitleBody(serializers.Serializer[Any]):
    """The name of a district or of the region."""

    title = serializers.CharField(max_length=200)


class RegionAnswer(serializers.Serializer[Any]):
    """The region."""

    title = serializers.CharField()


class SchoolQuery(TextQuery):
    """Which schools."""

    state = serializers.ChoiceField(choices=School.State.choices, required=False)
    district = serializers.UUIDField(required=False)


class SchoolAnswer(serializers.Serializer[School]):
    """A school; nothing here tells of its people."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    district = serializers.UUIDField(source="district_id", allow_null=True)
    state = serializers.ChoiceField(choices=School.State.choices)
    created_at = serializers.DateTimeField()
    state_changed_at = serializers.DateTimeField()
    closing_on = serializers.DateField(allow_null=True)


class NewSchoolBody(serializers.Serializer[Any]):
    """A school to be created."""

    title = serializers.CharField(max_length=200)
    code = serializers.RegexField(CODE_PATTERN, max_length=30, help_text=_("Из кода получается адрес школы."))
    district = serializers.UUIDField(allow_null=True, help_text=_("null: регионального подчинения."))


class SchoolBody(serializers.Serializer[Any]):
    """A school's name and district."""

    title = serializers.CharField(max_length=200)
    district = serializers.UUIDField(allow_null=True, help_text=_("null: регионального подчинения."))


class CodeBody(serializers.Serializer[Any]):
    """A school's new code; the former one goes on leading to it."""

    code = serializers.RegexField(CODE_PATTERN, max_length=30)


class StateBody(serializers.Serializer[Any]):
    """The next step of a school's life; stopping its work needs a reason, without names."""

    state = serializers.ChoiceField(choices=School.State.choices)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    without_archive = serializers.BooleanField(
        required=False, default=False, help_text=_("Закрыть школу, хотя директор не забрал архив.")
    )


class ClosingBody(serializers.Serializer[Any]):
    """The day on which a school closes, and why, without names."""

    day = serializers.DateField()
    reason = serializers.CharField(max_length=300)
