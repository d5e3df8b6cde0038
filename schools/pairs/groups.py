"""Groups that somebody can still join: one mentor's, in one form, with a pair that goes on, be it a draft."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.pairs.domain import MOST_IN_GROUP
from schools.pairs.models import Group, Pair
from schools.pairs.selectors import pairs_visible_to
from schools.people.errors import Fault
from schools.people.models import Person


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group with its mentor, and how many mentees it has now."""

    group: Group
    mentor: Person
    mentees: int


def groups_to_join(actor: Actor, *, form_code: str, mentor_ids: Collection[UUID], day: date) -> list[OpenGroup]:
    """Return the groups of these mentors that somebody can join, by mentor and title; one query."""
    rows = _going_on(actor, form_code, day).filter(group__isnull=False, mentor__in=mentor_ids)
    found: dict[tuple[UUID, UUID], list[Pair]] = {}
    for pair in rows.select_related("group", "mentor").order_by("mentor__folded_name", "group__title", "pk"):
        if pair.group is not None:
            found.setdefault((pair.mentor_id, pair.group.pk), []).append(pair)
    return [OpenGroup(pairs[0].group, pairs[0].mentor, len(pairs)) for pairs in found.values() if pairs[0].group]


def faults_of_group(
    actor: Actor, *, group_id: UUID | None, form_code: str, mentor_id: UUID, newcomers: int
) -> list[Fault]:
    """Return why people cannot join a group, which is held until the transaction ends; nothing without a group."""
    if group_id is None:
        return []
    # Held: whoever deletes its last draft meanwhile would take the group away.
    Group.objects.select_for_update().filter(pk=group_id).first()
    rows = _going_on(actor, form_code, timezone.localdate())
    members = rows.filter(group=group_id, mentor=mentor_id).count()
    if not members:
        sentence = _("У этого наставника нет такой группы в этой форме, или она уже завершена. Выберите другую.")
        return [Fault("no_group", sentence, "group")]
    if members + newcomers > MOST_IN_GROUP:
        return [Fault("too_many", _("В группе не больше 40 наставляемых."), "mentees")]
    return []


def _going_on(actor: Actor, form_code: str, day: date) -> QuerySet[Pair]:
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return pairs_visible_to(actor, "pairs.edit").filter(still, form_code=form_code)
