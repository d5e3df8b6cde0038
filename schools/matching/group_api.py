"""Endpoints of a board's groups."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Ids
from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.matching import selectors
from schools.matching.board import board_for
from schools.matching.group_board import GroupView, groups_of
from schools.matching.groups import GroupData, SavedGroup, dissolve_group, save_group
from schools.pairs.domain import MOST_IN_GROUP


class GroupAnswer(serializers.Serializer[GroupView]):
    """A group of a board; people are candidates."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    mentor = serializers.UUIDField(
        source="mentor.id", allow_null=True, default=None, help_text=_("null – наставника найдёт следующий подбор.")
    )
    mentees = serializers.SerializerMethodField()
    is_locked = serializers.BooleanField()

    def get_mentees(self, row: GroupView) -> list[UUID]:
        """Return the ids of the mentees."""
        return [each.pk for each in row.mentees]


class GroupBody(serializers.Serializer[Any]):
    """A group as it shall be."""

    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text=_("Версия доски, которую вы видели."))
    title = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    mentor = serializers.UUIDField(required=False, allow_null=True, default=None)
    mentees = Ids(max_length=MOST_IN_GROUP)


class SavedGroupAnswer(serializers.Serializer[SavedGroup]):
    """The number of a group, the version of the board now, what is warned about."""

    number = serializers.IntegerField()
    version = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


def _save(actor: Actor, round_id: UUID, body: dict[str, Any], number: int | None) -> SavedGroup:
    data = GroupData(body["mentees"], body["mentor"], body["title"])
    return save_group(actor=actor, round_id=round_id, data=data, version=body["version"], number=number)


class GroupsEndpoint(ApiView):
    """The groups of a board."""

    tag = "matching"

    @operation(
        _("Группы доски"),
        needs=("matching.view",),
        answer=GroupAnswer,
        many=True,
        viewed="matching.groups_viewed",
    )
    def get(self, actor: Actor, round_id: UUID) -> list[GroupView]:
        """Return them by number."""
        found = selectors.round_for(actor=actor, round_id=round_id)
        return groups_of(board_for(actor, found))

    @operation(
        _("Составить группу"),
        needs=("matching.edit",),
        description=_("Один наставник и несколько наставляемых; без наставника его найдёт следующий подбор."),
        body=GroupBody,
        answer=SavedGroupAnswer,
        status=201,
    )
    def post(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> SavedGroup:
        """Make a group."""
        return _save(actor, round_id, body, None)


class GroupEndpoint(ApiView):
    """One group."""

    tag = "matching"

    @operation(
        _("Изменить группу"),
        needs=("matching.edit",),
        description=_("Если доску изменили после названной версии, отказ board_changed."),
        body=GroupBody,
        answer=SavedGroupAnswer,
    )
    def put(self, actor: Actor, round_id: UUID, group_number: int, body: dict[str, Any]) -> SavedGroup:
        """Change who is in it, the mentor, the title."""
        return _save(actor, round_id, body, group_number)

    @operation(
        _("Расформировать группу"),
        needs=("matching.edit",),
        description=_("Наставляемые остаются при своём наставнике, каждый в паре."),
    )
    def delete(self, actor: Actor, round_id: UUID, group_number: int) -> None:
        """Let its mentees stand alone again."""
        dissolve_group(actor=actor, round_id=round_id, number=group_number)


urlpatterns = [
    path("matching/rounds/<uuid:round_id>/groups/", GroupsEndpoint.as_view(), name="matching-groups"),
    path("matching/rounds/<uuid:round_id>/groups/<int:group_number>/", GroupEndpoint.as_view(), name="matching-group"),
]
