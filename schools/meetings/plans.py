"""Writes about a pair's plan: its rows, its term, the mentor's closing report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.audit.services import record
from core.authz import Actor, enforce
from schools.meetings import policies
from schools.meetings.domain import MOST_ROWS, MOST_VERSIONS, PlanKind, clean_programme, clean_rows
from schools.meetings.models import Plan
from schools.meetings.selectors import pair_with_meetings
from schools.meetings.words import sections_of
from schools.pairs.models import Pair
from schools.people.errors import Fault, FaultyActError

REPORT_PARTS = ("done", "conclusions", "proposals")
LONGEST_PART = 4000
_CONTENT = ("kind", "goal", "starts_on", "ends_on", "extended_until", "programme", "rows")
_WHOLE = (*_CONTENT, "version", "versions", "report", "reported_by", "reported_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanData:
    """A plan as typed: ``rows`` hold ``section`` (a number from 0) and the texts of ``PLAN_COLUMNS``.

    ``programme``: texts of ``PROGRAMME_PARTS`` by their names, for a персонализированная программа.
    """

    kind: str
    goal: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    extended_until: date | None = None
    programme: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)


def write_plan(*, actor: Actor, pair_id: UUID, data: PlanData, version: int) -> Plan:
    """Write the plan of a pair, or change it; what it said before is kept as a version.

    ``version`` is the one that the editor saw, 0 for none: whoever comes second learns of it and decides again.

    :raises FaultyActError: no such kind, days the wrong way round, too many rows, somebody else's newer version.
    :raises Http404: no such pair among those the actor writes plans of.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_write_plans(actor))
    with transaction.atomic():
        pair = pair_with_meetings(actor=actor, pair_id=pair_id, permission="plans.edit", lock=True)
        plan = Plan.objects.filter(pair=pair).first() or Plan(pair=pair, kind=data.kind)
        faults = _faults(data)
        wanted: dict[str, Any] = {name: getattr(data, name) for name in _CONTENT}
        wanted["goal"] = data.goal.strip()[:1000]
        wanted["programme"] = clean_programme(data.programme)
        wanted["rows"] = clean_rows(data.rows, len(sections_of(pair)))
        if not faults and plan.version and all(getattr(plan, name) == value for name, value in wanted.items()):
            # Also what was sent once more because the answer got lost: nobody has anything to decide.
            return plan
        if version != plan.version:
            faults.append(Fault("stale", _newer(plan), "version"))
        if faults:
            raise FaultyActError(*faults)
        _change(plan, wanted, actor)
        record(
            actor=actor,
            action="meetings.plan_written",
            object_type="pairs.pair",
            object_id=pair.pk,
            details={"version": plan.version, "rows": len(plan.rows)},
        )
    return plan


def report_stamp(plan: Plan | None) -> str:
    """Return which writing of the report this is, for an editor to name; empty while there is none."""
    return plan.reported_at.isoformat() if plan is not None and plan.reported_at is not None else ""


def write_report(*, actor: Actor, pair_id: UUID, report: Mapping[str, str], seen: str | None = None) -> Plan:
    """Write the mentor's closing report: what was done, conclusions, proposals. Writing again replaces it.

    A pair without a plan has a report as well: it is then all that its plan holds. ``seen`` is the stamp that the
    editor saw: of the mentor and whoever writes for him the second learns of the first and decides again.

    :raises FaultyActError: nothing was written, or somebody else's newer report.
    :raises Http404: no such pair among those the actor writes plans of.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_write_plans(actor))
    texts = {part: report.get(part, "").strip()[:LONGEST_PART] for part in REPORT_PARTS}
    if not texts["done"]:
        raise FaultyActError.of("nothing_done", _("Напишите, что сделано."), "done")
    with transaction.atomic():
        pair = pair_with_meetings(actor=actor, pair_id=pair_id, permission="plans.edit", lock=True)
        plan = Plan.objects.filter(pair=pair).first()
        if seen is not None and seen != report_stamp(plan):
            if plan is not None and plan.report == texts:
                # Sent once more, because the answer got lost.
                return plan
            raise FaultyActError.of("stale", _newer_report(plan))
        if plan is None:
            plan = Plan(pair=pair, kind=PlanKind.INDIVIDUAL, changed_at=timezone.now())
        plan.report, plan.reported_by, plan.reported_at = texts, actor.pk, timezone.now()
        plan.save()
        record(actor=actor, action="meetings.report_written", object_type="pairs.pair", object_id=pair.pk)
    return plan


def move_plan(kept: Pair, gone: Pair) -> None:
    """Give the plan of a pair that was recorded twice to the one that stays; of two the later one is current.

    The other's contents become a version, and a report is never lost.
    """
    second = Plan.objects.filter(pair=gone).first()
    if second is None:
        return
    first = Plan.objects.filter(pair=kept).first()
    if first is None:
        second.pair = kept
        second.save(update_fields=["pair"])
        return
    later, earlier = sorted((first, second), key=lambda plan: plan.changed_at, reverse=True)
    first.versions = [*earlier.versions, *later.versions, _as_version(earlier)][-MOST_VERSIONS:]
    report, by, at = (later if later.report else earlier).report, later.reported_by, later.reported_at
    if not later.report:
        by, at = earlier.reported_by, earlier.reported_at
    for name in (*_CONTENT, "changed_by", "changed_at"):
        setattr(first, name, getattr(later, name))
    first.version = first.version + second.version + 1
    first.report, first.reported_by, first.reported_at = report, by, at
    second.delete()
    first.save()


def copy_plan(former: Pair, successor: Pair) -> None:
    """Give a pair that takes another's place a copy of its plan; the former one stays as it is.

    With the same mentor the whole, report and versions too; another one begins with the contents. Who wrote it and when
    stays said.
    """
    found = Plan.objects.filter(pair=former).first()
    is_same_mentor = former.mentor_id == successor.mentor_id
    if found is None or not (found.version or is_same_mentor):
        return
    kept = _WHOLE if is_same_mentor else _CONTENT
    copy = Plan(pair=successor, version=1, changed_by=found.changed_by, changed_at=found.changed_at)
    for name in kept:
        setattr(copy, name, getattr(found, name))
    copy.save()


def is_copy(plan: Plan, pair: Pair) -> bool:
    """Tell whether nobody has written the plan of a pair since it was copied from the one whose place the pair took."""
    written = max(plan.changed_at, plan.reported_at or plan.changed_at)
    return written < pair.created_at and Plan.objects.filter(pair=pair.replaces_id).exists()


def _faults(data: PlanData) -> list[Fault]:
    faults = []
    if data.kind not in list(PlanKind):
        faults.append(Fault("no_kind", _("Выберите вид плана."), "kind"))
    if len(data.rows) > MOST_ROWS + 10:
        faults.append(Fault("too_many", _("В плане не больше 60 строк."), "rows"))
    if data.starts_on and data.ends_on and data.ends_on < data.starts_on:
        faults.append(Fault("ends_before", _("Последний день плана раньше первого."), "ends_on"))
    if data.extended_until and (data.ends_on is None or data.extended_until <= data.ends_on):
        sentence = _("Продлить можно только дальше последнего дня плана: укажите оба дня.")
        faults.append(Fault("not_later", sentence, "extended_until"))
    return faults


def _newer(plan: Plan) -> str:
    who = names_of([plan.changed_by]).get(str(plan.changed_by), "—")
    at = f"{timezone.localtime(plan.changed_at):%d.%m.%Y %H:%M}"
    sentence = _(
        "Пока вы писали, план изменил другой человек: %(who)s, %(at)s. Посмотрите его правку на странице плана. "
        "Если сохранить ещё раз, действовать будет ваш вариант, а тот останется среди прежних версий."
    )
    return sentence % {"who": who, "at": at}


def _newer_report(plan: Plan | None) -> str:
    by = plan.reported_by if plan is not None else None
    sentence = _(
        "Пока вы писали, отчёт изменил другой человек: %(who)s. Его текст – на странице пары. Если сохранить ещё раз, "
        "останется только ваш: перенесите в него нужное."
    )
    return sentence % {"who": names_of([by]).get(str(by), "—")}


def _change(plan: Plan, wanted: Mapping[str, Any], actor: Actor) -> None:
    if plan.version:
        plan.versions = [*plan.versions, _as_version(plan)][-MOST_VERSIONS:]
    for name, value in wanted.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.changed_by, plan.changed_at = actor.pk, timezone.now()
    plan.save()


def _as_version(plan: Plan) -> dict[str, Any]:
    kept = {name: getattr(plan, name) for name in _CONTENT}
    days = {name: value.isoformat() for name, value in kept.items() if isinstance(value, date)}
    by = str(plan.changed_by) if plan.changed_by else ""
    return {**kept, **days, "version": plan.version, "at": plan.changed_at.isoformat(), "by": by}
