"""What the API reads and shows of the figures: counts, never a name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from reports.dashboards.assemble import Picture, Place
from reports.dashboards.selectors import Share

KINDS = [("live", _("сегодня")), ("frozen", _("закреплено")), ("restored", _("восстановлено"))]


class BoardQuery(serializers.Serializer[Any]):
    """Which figures."""

    definition = serializers.SlugField(required=False, help_text=_("Обозначение показателя; иначе первый."))
    day = Day(required=False, help_text=_("Конец месяца, за который итоги закреплены; иначе сегодня."))


class ShareAnswer(serializers.Serializer[Share]):
    """``num`` of ``den`` people, against a target in percent."""

    num = serializers.IntegerField()
    den = serializers.IntegerField()
    lacks_consent = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=6, decimal_places=1, allow_null=True)
    target = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_reached = serializers.BooleanField()
    people_to_target = serializers.IntegerField()


class StampAnswer(serializers.Serializer[Any]):
    """Of which day figures are and how they came."""

    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=KINDS)
    made_at = serializers.DateTimeField(allow_null=True)
    schools_waiting = serializers.IntegerField()


class PointAnswer(serializers.Serializer[Any]):
    """One point of a trend."""

    stamp = StampAnswer()
    share = ShareAnswer()


class PlaceAnswer(serializers.Serializer[Place]):
    """A district or a school in a ranking; without a share until it is counted for the first time."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    code = serializers.CharField(help_text=_("Код школы; у района пусто."))
    district = serializers.UUIDField(source="district_id", allow_null=True)
    share = ShareAnswer(allow_null=True)
    stage = serializers.CharField()


class HeadlineAnswer(serializers.Serializer[Any]):
    """Distinct people, and what adding up the schools would give."""

    sum_num = serializers.IntegerField()
    sum_den = serializers.IntegerField()
    people_repeated = serializers.IntegerField()


class BoardAnswer(serializers.Serializer[Picture]):
    """The figure of a place, its trend, and the ranking of what it consists of."""

    definition = serializers.CharField(source="definition.code")
    title = serializers.CharField(source="definition.title")
    share = ShareAnswer()
    stamp = StampAnswer()
    headline = HeadlineAnswer(allow_null=True)
    trend = PointAnswer(many=True)
    districts = PlaceAnswer(many=True)
    schools = PlaceAnswer(many=True)


class SchoolFigureAnswer(serializers.Serializer[Any]):
    """A school's counts by one definition."""

    definition = serializers.CharField()
    title = serializers.CharField()
    share = ShareAnswer(allow_null=True)


class SchoolBoardAnswer(serializers.Serializer[Any]):
    """One school's counts by every definition."""

    stamp = StampAnswer()
    trend = PointAnswer(many=True)
    figures = SchoolFigureAnswer(many=True)


class BoardDefinitionAnswer(serializers.Serializer[Any]):
    """A definition that can be shown."""

    code = serializers.CharField()
    title = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    roles = serializers.CharField()
    age_from = serializers.IntegerField(allow_null=True)
    age_to = serializers.IntegerField(allow_null=True)
    needs_consent = serializers.BooleanField()
