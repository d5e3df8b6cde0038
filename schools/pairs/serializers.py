"""What the API reads and shows of pairs and orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, Ids, NameToFind, Version
from schools.pairs.domain import EndCode, PairState
from schools.pairs.models import Order, Pair
from schools.pairs.orders import order_values
from schools.pairs.selectors import successors_of
from schools.pairs.services import pair_values
from schools.pairs.words import cancelling_of
from schools.people.editions import edition_of
from schools.people.serializers import PersonInList

END_CODES = [(code.value, code.value) for code in EndCode]
SUBSTITUTES = _("Пары с замещающими наставниками, завершённые вместе.")
STATES = [(state.value, state.value) for state in PairState]


class PairQuery(serializers.Serializer[Any]):
    """Which pairs."""

    form = serializers.SlugField(required=False, help_text=_("Обозначение формы наставничества."))
    room = serializers.UUIDField(required=False, help_text=_("Класс."))
    state = serializers.ChoiceField(choices=STATES, required=False)
    person = serializers.UUIDField(required=False, help_text=_("Один из двоих."))


class PairSearch(PairQuery):
    """Which pairs, by the name of one of the two too."""

    q = NameToFind(help_text=_("Фамилия или имя участника."))


class PairExport(PairQuery):
    """Which pairs to export; all when nothing is named."""

    q = NameToFind(required=False, allow_blank=True, default="")


class UnpairedQuery(serializers.Serializer[Any]):
    """Which of those without a mentor."""

    room = serializers.UUIDField(required=False, help_text=_("Класс."))


class UnpairedSearch(UnpairedQuery):
    """Which of them, by name too."""

    q = NameToFind()


class OrderAnswer(serializers.Serializer[Order]):
    """An order; pairs count only under one with number and date."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    signed_on = serializers.DateField(allow_null=True)
    is_complete = serializers.BooleanField()
    approved_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Когда утверждён директором здесь; иначе внесён с бумаги.")
    )
    cancels = serializers.UUIDField(source="cancels_id", allow_null=True, help_text=_("Приказ, который он отменяет."))
    cancelled_by = serializers.SerializerMethodField(help_text=_("Приказ, которым он отменён."))

    def get_cancelled_by(self, row: Order) -> UUID | None:
        """Return the id of the order that cancelled this one."""
        other = cancelling_of(row)
        return None if other is None else other.pk


class OrderCard(OrderAnswer):
    """An order by itself."""

    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда исправляете приказ."))

    def get_version(self, row: Order) -> str:
        """Return the edition of its number and date."""
        return edition_of(order_values(row))


class PairAnswer(serializers.Serializer[Pair]):
    """A pair with its state of today; people, order and group are loaded."""

    id = serializers.UUIDField()
    mentor = PersonInList()
    mentee = PersonInList()
    form_code = serializers.CharField()
    role_variant = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    end_reason = serializers.CharField()
    end_code = serializers.CharField()
    is_substitute = serializers.BooleanField()
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
    group = serializers.UUIDField(source="group_id", allow_null=True)
    group_title = serializers.CharField(source="group.title", default="")
    order = OrderAnswer(allow_null=True)
    counts_from = serializers.DateField(
        allow_null=True, help_text=_("Из присоединённой школы, здесь учитывается с этого дня.")
    )
    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, row: Pair) -> str:
        """Return the state that the selector annotated."""
        return str(getattr(row, "state", ""))


class OwnPairAnswer(serializers.Serializer[Pair]):
    """A pair as those who are in it see it: names and days."""

    id = serializers.UUIDField()
    mentor = serializers.CharField(source="mentor.full_name")
    mentee = serializers.CharField(source="mentee.full_name")
    form_code = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, row: Pair) -> str:
        """Return the state that the selector annotated."""
        return str(getattr(row, "state", ""))


class LeaversPairAnswer(serializers.Serializer[Any]):
    """A pair that runs on though one of the two has left."""

    id = serializers.UUIDField(source="pair.id")
    mentor = serializers.CharField(source="pair.mentor.full_name")
    mentee = serializers.CharField(source="pair.mentee.full_name")
    form_code = serializers.CharField(source="pair.form_code")
    starts_on = serializers.DateField(source="pair.starts_on")
    ends_on = serializers.DateField(help_text=_("Предложенный последний день."))
    has_mentor_left = serializers.BooleanField()
    has_mentee_left = serializers.BooleanField()


class LeaversBody(serializers.Serializer[Any]):
    """Pairs of those who left, each to end on its proposed day."""

    pairs = Ids()
    reason = serializers.CharField(max_length=200)


class EndedPairs(serializers.Serializer[Any]):
    """How many pairs were ended, and whose ended with them."""

    ended = serializers.IntegerField()
    substitutes = serializers.ListField(child=serializers.UUIDField(), help_text=SUBSTITUTES)


class PairCard(PairAnswer):
    """A pair with what to look at."""

    successors = serializers.SerializerMethodField(help_text=_("Пары, сменившие её, и пары замещающих наставников."))

    remarks = serializers.ListField(child=serializers.CharField(), help_text=_("Что проверить."))
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете сроки или ролевую модель."))

    def get_successors(self, row: Pair) -> list[UUID]:
        """Return their ids, the earliest first."""
        return [other.pk for other in successors_of(row)]

    def get_version(self, row: Pair) -> str:
        """Return the edition of the days and the role variant."""
        return edition_of(pair_values(row))


class EndedPair(PairCard):
    """A pair whose days were changed, and whose pairs ended by it."""

    substitutes = serializers.SerializerMethodField(help_text=SUBSTITUTES)
    with_group = serializers.SerializerMethodField(help_text=_("Другие пары группы, с которыми сделано то же."))

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_with_group(self, row: Pair) -> list[str]:
        """Return their ids."""
        return [str(pair.pk) for pair in row.with_group]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_substitutes(self, row: Pair) -> list[str]:
        """Return their ids."""
        return [str(pair.pk) for pair in row.ended_with]


class PairBody(serializers.Serializer[Any]):
    """A new pair, or with several mentees a group."""

    form_code = serializers.SlugField(max_length=60)
    mentor = serializers.UUIDField()
    mentees = Ids(min_length=1, max_length=100)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, default=None)
    role_variant = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    group_title = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    group = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Группа этого наставника в этой форме, к которой присоединить; название тогда не нужно."),
    )


class CreatedPairs(serializers.Serializer[Any]):
    """The pairs that were made."""

    pairs = serializers.ListField(child=serializers.UUIDField())
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text=_("Чего у наставника нет: документов, обучения; пары составлены.")
    )


class WholeGroup(serializers.Serializer[Any]):
    """Whether an act upon a pair is done to the whole group."""

    whole_group = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("То же с остальными парами группы, которые продолжаются: все или ни одна."),
    )


class PairPeriodBody(WholeGroup):
    """Other days or another role variant."""

    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, default=None)
    role_variant = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    version = Version()


class PairEndBody(WholeGroup):
    """The end of a pair."""

    ends_on = Day(help_text=_("Последний день: в этот день пара ещё действует."))
    code = serializers.ChoiceField(choices=END_CODES, required=False, allow_blank=True, default="")
    reason = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Нужна, если нет кода или он «other»."),
    )


class OrderBody(serializers.Serializer[Any]):
    """Number and date of an order, as people write them."""

    number = serializers.CharField(max_length=60)
    signed_on = Day()


class OrderChange(OrderBody):
    """Number and date as they are to be from now on."""

    version = Version()


class PairsOrderBody(OrderBody):
    """An order over drafts, and over ended pairs whose end it puts on paper; at least one of them."""

    pairs = Ids(required=False, default=list)
    endings = Ids(
        required=False,
        default=list,
        help_text=_("Завершённые пары из «Изменения, которых ещё нет в приказе»."),
    )
