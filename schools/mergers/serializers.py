"""What the API reads and shows of mergers in a school."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from schools.mergers.rules import LONGEST_CLASS
from tenants.mergers.models import Merger
from tenants.mergers.steps import OwnMerger


class OwnMergerAnswer(serializers.Serializer[OwnMerger]):
    """A merger of the school; of the other school's people only counts."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Merger.State.choices)
    is_taking = serializers.BooleanField(help_text=_("Школа принимает другую; иначе присоединяется к ней."))
    from_title = serializers.CharField()
    to_title = serializers.CharField()
    day = serializers.DateField()
    basis = serializers.CharField()
    asked_at = serializers.DateTimeField()
    has_agreed = serializers.BooleanField()
    has_other_agreed = serializers.BooleanField()
    plan_counts = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    plan_classes = serializers.DictField(
        child=serializers.CharField(), help_text=_("Классы, которые есть в обеих школах: как они будут называться.")
    )


class ClassesBody(serializers.Serializer[Any]):
    """What classes are called here that both schools have."""

    titles = serializers.DictField(child=serializers.CharField(max_length=LONGEST_CLASS))
