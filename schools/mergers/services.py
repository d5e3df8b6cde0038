"""What the two directors decide of a merger."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.mergers.rules import LONGEST_CLASS
from schools.people.domain import class_title
from schools.people.errors import FaultyActError
from schools.people.models import SchoolClass
from tenants.mergers.errors import MergerError
from tenants.mergers.models import Merger
from tenants.mergers.steps import (
    Kind,
    OwnMerger,
    forget_steps,
    note_step,
    own_mergers,
    require_state,
    store_plan,
    undecided,
)


def mergers_of(actor: Actor) -> list[OwnMerger]:
    """Return the mergers that the school takes or took part in, the latest first.

    :raises RefusedError: when the actor may not decide of them.
    """
    enforce(actor.has("mergers.decide"))
    return own_mergers()


def merger_to_decide(actor: Actor) -> UUID | None:
    """Return the merger that waits for this school's director, for those who may decide; one query, or none."""
    return undecided() if actor.has("mergers.decide") else None


def merger_for(*, actor: Actor, merger_id: UUID) -> OwnMerger:
    """Return one merger of the school.

    :raises Http404: when there is none.
    :raises RefusedError: when the actor may not decide of it.
    """
    enforce(actor.has("mergers.decide"))
    found = next(iter(own_mergers(merger_id)), None)
    if found is None:
        raise Http404
    return found


def agree(*, actor: Actor, merger_id: UUID) -> None:
    """Agree to a merger; the school that takes the other in agrees to a plan. Agreeing twice changes nothing.

    :raises MergerError: there is nothing to decide any more, or no plan yet.
    :raises Http404: no such merger of this school.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        merger = _open(actor, merger_id)
        if merger.has_agreed:
            return
        if merger.is_taking and merger.plan_counts is None:
            raise MergerError("no_plan", _("План ещё не составлен: его составят, когда согласится другая школа."))
        note_step(merger, Kind.AGREED, by=actor.pk)
        require_state(merger.id, Merger.State.ASKED)
        record(actor=actor, action="merger.agreed", object_type="merger", object_id=merger.id)


def decline(*, actor: Actor, merger_id: UUID) -> None:
    """Say no, also after a yes, as long as the region has not begun. The merger is over by it.

    :raises MergerError: there is nothing to decide any more.
    :raises Http404: no such merger of this school.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        merger = _open(actor, merger_id)
        note_step(merger, Kind.DECLINED, by=actor.pk)
        require_state(merger.id, Merger.State.ASKED)
        record(actor=actor, action="merger.declined", object_type="merger", object_id=merger.id)


def plan_again(*, actor: Actor, merger_id: UUID) -> None:
    """Have the plan made anew of the data of both schools as they are now; titles that were chosen stay.

    :raises MergerError: there is nothing to decide any more, or the other school has not agreed.
    :raises Http404: no such merger that this school takes another in by.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        merger = _open(actor, merger_id)
        if not merger.is_taking:
            raise Http404
        if not merger.has_other_agreed:
            raise MergerError("no_plan", _("План составят, когда согласится другая школа."))
        forget_steps(merger, Kind.SAMPLED, Kind.PLANNED)
        record(actor=actor, action="merger.replanned", object_type="merger", object_id=merger.id)


def name_classes(*, actor: Actor, merger_id: UUID, titles: Mapping[str, str]) -> None:
    """Choose what classes are called that both schools have.

    :param titles: from the other school's title to the one here; those that are not named stay as proposed.
    :raises FaultyActError: a title is empty, too long, taken here or given twice, or no such class is in the plan.
    :raises MergerError: there is nothing to decide any more.
    :raises Http404: no such merger that this school takes another in by.
    :raises RefusedError: when the actor may not.
    """
    with transaction.atomic():
        merger = _open(actor, merger_id)
        if not merger.is_taking or merger.plan_counts is None:
            raise Http404
        chosen = dict(merger.plan_classes)
        known = set(SchoolClass.objects.values_list("title", flat=True))
        for title, name in titles.items():
            if title not in chosen:
                raise FaultyActError.of("no_class", _("Такого класса в плане нет."), "titles")
            made = class_title(name)
            if not made or len(made) > LONGEST_CLASS or made in known:
                sentence = _("«%(name)s»: напишите название до 30 знаков, какого в школе ещё нет.")
                raise FaultyActError.of("bad_title", sentence % {"name": name}, "titles")
            chosen[title] = made
        if len(set(chosen.values())) < len(chosen):
            raise FaultyActError.of("title_twice", _("Два класса названы одинаково."), "titles")
        store_plan(merger, counts=merger.plan_counts, classes=chosen)
        record(actor=actor, action="merger.classes_named", object_type="merger", object_id=merger.id)


def _open(actor: Actor, merger_id: UUID) -> OwnMerger:
    merger = merger_for(actor=actor, merger_id=merger_id)
    if not merger.is_open:
        raise MergerError("merger_decided", _("Решать уже нечего: объединение отменено, отклонено или началось."))
    return merger
