"""What the region does about mergers: asks for one, begins it when both schools have agreed, calls it off."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from tenants.mergers.errors import MergerError
from tenants.mergers.models import Merger, MergerStep
from tenants.mergers.selectors import merger_visible_to
from tenants.provisioning.services import change_state
from tenants.registry.models import School
from tenants.transfers.models import Transfer

Kind = MergerStep.Kind
_FARTHEST_DAYS = 366


def ask_for_merger(*, actor: Actor, from_id: UUID, to_id: UUID, day: date, basis: str) -> Merger:
    """Propose to both schools that the first becomes a part of the second as of a day. Runs in ``region()``.

    Nothing changes before both directors have agreed and the region begins.

    :raises RefusedError: when the actor may not.
    :raises MergerError: the same school twice, one that does not work, a merger under way, a day too far, no basis.
    """
    enforce(actor.has("schools.manage"))
    basis = " ".join(basis.split())[:300]
    if not basis:
        raise MergerError("no_basis", _("Напишите основание: номер и дату решения учредителя."))
    if abs((day - timezone.localdate()).days) > _FARTHEST_DAYS:
        raise MergerError("wrong_day", _("День объединения: не дальше года от сегодняшнего."))
    with transaction.atomic():
        found = {row.pk: row for row in School.objects.select_for_update(of=("self",)).filter(pk__in=(from_id, to_id))}
        if len(found) != 2:
            raise MergerError("same_school", _("Выберите две разные школы."))
        going, taking = found[from_id], found[to_id]
        if {going.state, taking.state} != {School.State.READY}:
            raise MergerError("school_state", _("Объединять можно только работающие школы."))
        _refuse_second(going, taking)
        merger = _stored(going, taking, day, basis, actor)
        details = {"from": str(from_id), "to": str(to_id), "day": day.isoformat()}
        record(actor=actor, action="merger.asked", object_type="merger", object_id=merger.pk, details=details)
    return merger


def _refuse_second(going: School, taking: School) -> None:
    """Refuse a merger with a school that is just becoming a part of another, or taking one in and going itself."""
    is_open = Merger.objects.filter(state__in=(Merger.State.ASKED, Merger.State.RUNNING))
    both = (going.schema_name, taking.schema_name)
    if is_open.filter(Q(from_schema__in=both) | Q(to_schema=going.schema_name)).exists():
        raise MergerError("under_way", _("Одна из школ уже участвует в объединении: завершите или отмените его."))


def _stored(going: School, taking: School, day: date, basis: str, actor: Actor) -> Merger:
    try:
        with transaction.atomic():
            return Merger.objects.create(
                from_schema=going.schema_name,
                to_schema=taking.schema_name,
                from_code=going.code,
                from_title=going.title,
                to_title=taking.title,
                day=day,
                basis=basis,
                asked_by=actor.pk,
                asked_at=timezone.now(),
            )
    except IntegrityError as error:
        raise MergerError("under_way", _("Эта школа уже участвует в объединении.")) from error


def begin_merger(*, actor: Actor, merger_id: UUID) -> Merger:
    """Begin: the school that goes stops working, and its data go over by themselves. Runs in ``region()``.

    Beginning twice changes nothing.

    :raises RefusedError: when the actor may not.
    :raises MergerError: a school has not agreed or has declined, the day has not come, transfers are on their way.
    """
    enforce(actor.has("schools.manage"))
    with transaction.atomic():
        merger = _held(actor, merger_id)
        if merger.state == Merger.State.RUNNING:
            return merger
        _refuse_unready(merger)
        merger.state, merger.began_at, merger.called_at = Merger.State.RUNNING, timezone.now(), None
        merger.save(update_fields=["state", "began_at", "called_at"])
        going = School.objects.get(schema_name=merger.from_schema)
        words = _("Объединяется со школой «%(title)s»") % {"title": merger.to_title}
        change_state(actor=actor, school_id=going.pk, state=School.State.SUSPENDED, reason=words)
        record(actor=actor, action="merger.began", object_type="merger", object_id=merger.pk)
    return merger


def why_not_yet(merger: Merger) -> str:
    """Return what a merger that was asked for waits for, in a sentence; empty when it can begin. In ``region()``."""
    try:
        _refuse_unready(merger)
    except MergerError as error:
        return str(error)
    return ""


def _refuse_unready(merger: Merger) -> None:
    if merger.state != Merger.State.ASKED:
        raise MergerError("merger_decided", _("Это объединение уже закончено."))
    steps = set(merger.steps.values_list("school_schema", "kind"))
    agreed = {(merger.from_schema, Kind.AGREED), (merger.to_schema, Kind.AGREED)}
    if not agreed <= steps or Kind.DECLINED in {kind for _schema, kind in steps}:
        raise MergerError("not_agreed", _("Нужно согласие директоров обеих школ."))
    if merger.day > timezone.localdate():
        raise MergerError("too_early", _("День объединения ещё не наступил."))
    schemas = (merger.from_schema, merger.to_schema)
    if School.objects.filter(schema_name__in=schemas, state=School.State.READY).count() != len(schemas):
        raise MergerError("school_state", _("Одна из школ сейчас не работает."))
    sides = Q(from_schema=merger.from_schema) | Q(to_schema=merger.from_schema)
    unsettled = Q(state=Transfer.State.OFFERED) | Q(from_schema=merger.from_schema, settled_at__isnull=True)
    if Transfer.objects.filter(sides & unsettled).exclude(state=Transfer.State.WITHDRAWN).exists():
        sentence = _(
            "В школе, которая присоединяется, есть незавершённые переводы учеников: пусть их примут или отзовут."
        )
        raise MergerError("transfers", sentence)


def call_off_merger(*, actor: Actor, merger_id: UUID) -> Merger:
    """Call a merger off before it has begun. Runs in ``region()``; calling off twice changes nothing.

    :raises RefusedError: when the actor may not.
    :raises MergerError: when it has begun or is over.
    """
    enforce(actor.has("schools.manage"))
    with transaction.atomic():
        merger = _held(actor, merger_id)
        if merger.state == Merger.State.CALLED_OFF:
            return merger
        if merger.state != Merger.State.ASKED:
            sentence = _("Отменить можно, пока объединение не началось. Начатое остановит возобновление школы.")
            raise MergerError("merger_decided", sentence)
        merger.state, merger.finished_at = Merger.State.CALLED_OFF, timezone.now()
        merger.save(update_fields=["state", "finished_at"])
        record(actor=actor, action="merger.called_off", object_type="merger", object_id=merger.pk)
    return merger


def _held(actor: Actor, merger_id: UUID) -> Merger:
    merger_visible_to(actor, merger_id)
    return Merger.objects.select_for_update().get(pk=merger_id)
