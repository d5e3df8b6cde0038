"""One act for a whole group: its pairs end, change their days or get another mentor together, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Group, Pair
from schools.pairs.selectors import pair_for, pairs_visible_to
from schools.pairs.services import PairData, edit_pair, end_pair, lock_people, pair_values
from schools.people.errors import Fault, FaultyActError


def running_in_group(actor: Actor, pair: Pair, day: date) -> list[Pair]:
    """Return the other pairs of a granted pair's group that go on and that the actor may change, with their mentees.

    Of the same mentor: who was given another one is in a group no more. By the mentee's name; none without a group.
    """
    if pair.group_id is None:
        return []
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rows = pairs_visible_to(actor, "pairs.edit").filter(going_on, group=pair.group_id, mentor=pair.mentor_id)
    return list(rows.exclude(pk=pair.pk).select_related("mentee").order_by("mentee__folded_name", "pk"))


def end_group(*, actor: Actor, pair_id: UUID, ends_on: date, reason: str = "", code: str = "") -> Pair:
    """End a pair and with it the others of its group that would go on after that day; return the pair.

    ``with_group`` says which others ended, ``ended_with`` which pairs of substitutes did with any of them.

    :raises FaultyActError: as :func:`schools.pairs.services.end_pair`, of any of them; then none has ended.
    :raises Http404: no such pair among those the actor may change.
    """
    with transaction.atomic():
        others = [row for row in _held(actor, pair_id) if row.ends_on is None or row.ends_on > ends_on]
        ended = end_pair(actor=actor, pair_id=pair_id, ends_on=ends_on, reason=reason, code=code)
        act = lambda row: end_pair(actor=actor, pair_id=row.pk, ends_on=ends_on, reason=reason, code=code)  # noqa: E731
        with_it = _each(others, act)
        ended.with_group = with_it
        ended.ended_with = [*ended.ended_with, *(gone for row in with_it for gone in row.ended_with)]
    return ended


def edit_group(*, actor: Actor, pair_id: UUID, seen: str | None = None, **values: Any) -> Pair:
    """Change the days and the role variant of a pair, and of the others of its group that go on what was changed of it.

    :param values: as of :func:`schools.pairs.services.edit_pair`.
    :raises FaultyActError: as there, of any of them; then none has changed.
    :raises Http404: no such pair among those the actor may change.
    """
    with transaction.atomic():
        others = _held(actor, pair_id)
        was = pair_values(pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit"))
        edited = edit_pair(actor=actor, pair_id=pair_id, seen=seen, **values)
        now = pair_values(edited)
        changed = {name: value for name, value in now.items() if was[name] != value}
        act = lambda row: edit_pair(actor=actor, pair_id=row.pk, **{**pair_values(row), **changed})  # noqa: E731
        with_it = _each(others, act) if changed else []
        edited.with_group = with_it
        edited.ended_with = [*edited.ended_with, *(gone for row in with_it for gone in row.ended_with)]
    return edited


def change_mentor_of_group(*, actor: Actor, pair_id: UUID, data: NewMentor) -> Pair:
    """Give a mentee and the others of his group, whose pairs go on, another mentor; they stay a group under him.

    Return the mentee's new pair, ``with_group`` of which are the others'.

    :raises FaultyActError: as :func:`schools.pairs.mentor_change.change_mentor`, of any of them; then none has changed.
    :raises Http404: no such pair among those the actor may change.
    """
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
        mentees = [pair.mentee_id, *(row.mentee_id for row in running_in_group(actor, pair, timezone.localdate()))]
        # Everybody at once and before the pairs: each change for itself would hold people in another order.
        people = PairData(
            form_code=pair.form_code, mentor_id=data.mentor_id, mentee_ids=mentees, starts_on=data.starts_on
        )
        lock_people(actor, people)
        others = _held(actor, pair_id)
        made = change_mentor(actor=actor, pair_id=pair_id, data=data)
        with_it = _each(others, lambda row: change_mentor(actor=actor, pair_id=row.pk, data=data))
        if with_it:
            group = Group.objects.create(title=_title_under(pair, made))
            Pair.objects.filter(pk__in=[made.pk, *(row.pk for row in with_it)]).update(group=group)
            made.group = group
        made.with_group = with_it
        made.ended_with = [*made.ended_with, *(gone for row in with_it for gone in row.ended_with)]
    return made


def _held(actor: Actor, pair_id: UUID) -> list[Pair]:
    """Return the others of a pair's group that go on; all of them are held, in one order for everybody."""
    pair = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
    others = running_in_group(actor, pair, timezone.localdate())
    keys = [pair.pk, *(row.pk for row in others)]
    list(Pair.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    # As they stand now that nobody else changes them.
    return running_in_group(actor, pair, timezone.localdate())


def _each(rows: Sequence[Pair], act: Callable[[Pair], Pair]) -> list[Pair]:
    """Do an act to each pair; return what came of it.

    :raises FaultyActError: with every reason, said of the mentee whose pair stands in the way.
    """
    done, faults = [], list[Fault]()
    for row in rows:
        try:
            done.append(act(row))
        except FaultyActError as refusal:
            words = f"{row.mentee.full_name}: "
            faults += [replace(fault, sentence=words + fault.sentence) for fault in refusal.faults]
    if faults:
        raise FaultyActError(*faults)
    return done


def _title_under(pair: Pair, made: Pair) -> str:
    """Return what a group is called under its new mentor: as before, unless it was called after the former one."""
    title = pair.group.title if pair.group is not None else ""
    former = pair.mentor.full_name
    return title.replace(former, made.mentor.full_name)[:160] or _("Группа: %(name)s") % {"name": made.mentor.full_name}
