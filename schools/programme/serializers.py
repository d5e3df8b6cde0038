"""What the API reads and shows of people with their pairs and consents, and of the school's own coverage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.accounts.serializers import AuditQuery
from core.api.fields import Day
from schools.coverage.selectors import OwnFigure, Reason
from schools.people.models import PersonKindChoice
from schools.people.serializers import PersonInList

REASONS = [(reason.value, reason.value) for reason in Reason]
VIEWS = [("", _("изменения и выгрузки")), ("views", _("просмотры")), ("all", _("всё"))]


class PeopleQuery(serializers.Serializer[Any]):
    """Whom to list."""

    kind = serializers.ChoiceField(choices=PersonKindChoice.choices, required=False)
    room = serializers.UUIDField(required=False, help_text=_("Класс."))
    role = serializers.ChoiceField(
        choices=[("mentee", _("наставляемый")), ("mentor", _("наставник"))],
        required=False,
        help_text=_("База: кто состоит в паре или подборе или спрошен входной анкетой."),
    )
    presence = serializers.ChoiceField(
        choices=[("here", _("числится сейчас")), ("left", _("выбыл")), ("outside", _("не из школы"))], required=False
    )
    consent = serializers.ChoiceField(choices=[("yes", _("действует")), ("no", _("нет"))], required=False)
    pair = serializers.ChoiceField(
        choices=[("acting", _("действует")), ("draft", _("ждёт приказа")), ("none", _("нет"))], required=False
    )


class PeopleSearch(PeopleQuery):
    """Whom to list, by name too."""

    q = serializers.CharField(max_length=200, help_text=_("Фамилия или имя."))


class PeopleExport(PeopleQuery):
    """Whom to export; everybody when nothing is named."""

    q = serializers.CharField(max_length=200, required=False, allow_blank=True, default="", help_text=_("Имя."))


class PersonWithState(PersonInList):
    """A person with what is known of his part in the programme today."""

    is_enrolled = serializers.BooleanField()
    has_consent = serializers.BooleanField()
    is_paired = serializers.BooleanField(help_text=_("В действующей паре."))
    is_drafted = serializers.BooleanField(help_text=_("В паре, которая ждёт приказа."))


class DayQuery(serializers.Serializer[Any]):
    """Of which day; today when none is named."""

    day = Day(required=False)


class OwnFigureAnswer(serializers.Serializer[OwnFigure]):
    """The school's figure by one definition."""

    definition = serializers.CharField(source="definition.code")
    title = serializers.CharField(source="definition.title")
    num = serializers.IntegerField(help_text=_("Вовлечено."))
    den = serializers.IntegerField(help_text=_("Всего."))
    lacks_consent = serializers.IntegerField(help_text=_("Считались бы, будь у них согласие."))
    target = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text=_("Цель, процент."))


class CoverageMissingQuery(serializers.Serializer[Any]):
    """Who is missing from which figure, and why."""

    definition = serializers.SlugField(required=False, help_text=_("Обозначение показателя; иначе первый."))
    day = Day(required=False)
    reason = serializers.ChoiceField(choices=REASONS, required=False)


class CoverageMissingAnswer(PersonInList):
    """Somebody of the base who does not count, with the reason."""

    reason = serializers.ChoiceField(choices=REASONS)


class SchoolAuditQuery(AuditQuery):
    """Which acts of the school."""

    who = serializers.UUIDField(required=False, help_text=_("Учётная запись."))
    views = serializers.ChoiceField(choices=VIEWS, required=False, default="", help_text=_("Показать просмотры."))


class FormOffered(serializers.Serializer[Any]):
    """A form of mentoring."""

    code = serializers.CharField()
    title = serializers.CharField()
    mentor_kinds = serializers.ListField(child=serializers.CharField())
    mentee_kinds = serializers.ListField(child=serializers.CharField())
    is_mentor_outside = serializers.BooleanField()


class VariantOffered(serializers.Serializer[Any]):
    """A role model of a form."""

    form_code = serializers.CharField()
    title = serializers.CharField()


class ConsentKindOffered(serializers.Serializer[Any]):
    """A purpose of consent."""

    code = serializers.CharField()
    title = serializers.CharField()
    decides_counting = serializers.BooleanField()
    is_of_minors = serializers.BooleanField(help_text=_("Нужно только до 18 лет."))


class DefinitionOffered(serializers.Serializer[Any]):
    """A definition of coverage."""

    code = serializers.CharField()
    title = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    roles = serializers.CharField()
    age_from = serializers.IntegerField(allow_null=True)
    age_to = serializers.IntegerField(allow_null=True)
    needs_consent = serializers.BooleanField()


class ProfileOffered(serializers.Serializer[Any]):
    """A methodology profile that a year can be started from."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    base_word = serializers.ChoiceField(choices=[("base", _("база")), ("bank", _("банк"))])
    programme_word = serializers.CharField()


class OfferedAnswer(serializers.Serializer[Any]):
    """What the region offers its schools to choose from."""

    forms = FormOffered(many=True)
    role_variants = VariantOffered(many=True)
    consent_kinds = ConsentKindOffered(many=True)
    definitions = DefinitionOffered(many=True)
    profiles = ProfileOffered(many=True)


class RemainingAnswer(serializers.Serializer[Any]):
    """What is left to do before the school closes; ``closing_on`` is null while no closing is announced."""

    closing_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    pairs_acting = serializers.IntegerField()
    pairs_waiting = serializers.IntegerField()
    imports = serializers.IntegerField()
    is_archive_taken = serializers.BooleanField()
