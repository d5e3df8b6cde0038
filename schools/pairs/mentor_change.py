"""Another mentor for a mentee in the middle of the year, for good or for a while; the history is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.pairs import policies
from schools.pairs.beside import hand_over
from schools.pairs.cancelling import faults_of_cancelled_order
from schools.pairs.domain import Act, EndCode, may_do, step_of
from schools.pairs.models import END_TITLES, Pair
from schools.pairs.selectors import pair_for
from schools.pairs.services import (
    PairData,
    faults_of_clearance,
    faults_of_people,
    faults_of_repetition,
    faults_of_rules,
    lock_people,
)
from schools.pairs.substitutes import end_substitutes, ids_of_substitutes
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Person
from schools.people.own_roles import give_own_roles
from tenants.reference.selectors import forms_now


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMentor:
    """Who takes over from which day; with ``until`` he stands in up to that day, and the pair goes on."""

    mentor_id: UUID | None
    starts_on: date
    until: date | None = None


def change_mentor(*, actor: Actor, pair_id: UUID, data: NewMentor) -> Pair:
    """Make a draft pair of the mentee with another mentor; return it. It awaits an order like any other.

    For good, the former pair ends the day before with the code «смена наставника»; for a while, it goes on, and the
    new one ends on ``until``. The new pair ``replaces`` the former, whose order, days, plan and meetings stay; it
    begins with a copy of that plan. Who
    follows a substitute for good stands in as he did. Substitutes of a pair that ends so end with it, as ever.

    :raises FaultyActError: the pair has no order or has ended, the days do not fit into it, or the new mentor may not
        stand there or not with this mentee (:func:`schools.pairs.services.create_pairs`): what keeps two apart does so
        here too.
    :raises Http404: no such pair among those the actor may change.
    :raises RefusedError: when the actor may not make pairs of this form.
    """
    enforce(policies.may_edit_pairs(actor))
    with transaction.atomic():
        seen = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
        enforce(policies.may_edit_pairs_of_form(actor, seen.form_code))
        wanted = _as_pair(seen, data)
        # People before pairs, as wherever a pair is made.
        people = lock_people(actor, wanted)
        former = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit", lock=True)
        faults = _faults_of_step(former, data) or _faults_of_days(former, data)
        mentor, mentee = people.get(data.mentor_id) if data.mentor_id else None, people.get(former.mentee_id)
        if mentor is None:
            faults.append(Fault("no_mentor", _("Выберите наставника."), "mentor"))
        elif mentor.pk == former.mentor_id:
            faults.append(Fault("same_mentor", _("Этот человек уже наставник пары. Выберите другого."), "mentor"))
        form = next((row for row in forms_now(with_withdrawn=True) if row.code == former.form_code), None)
        if not faults and mentor is not None and mentee is not None and form is not None:
            faults += faults_of_people(form, mentor, [mentee]) + faults_of_repetition(wanted, mentor, [mentee])
            faults += faults_of_clearance(mentor) + faults_of_rules(form, mentor, [mentee])
        if faults or mentor is None:
            raise FaultyActError(*[_at_mentor(fault) for fault in faults])
        made = _make(former, mentor, wanted, is_for_a_while=data.until is not None)
        hand_over(former, made)
        give_own_roles(actor=actor, people=[mentor.pk])
        made.ended_with = _end(former, data.starts_on - timedelta(days=1)) if data.until is None else ()
        record(
            actor=actor,
            action="pairs.mentor_substituted" if made.is_substitute else "pairs.mentor_changed",
            object_type="pairs.pair",
            object_id=made.pk,
            details={"replaces": str(former.pk), **ids_of_substitutes(made.ended_with)},
        )
        announce("pair.created", {"pairs": [made.pk]})
    return made


def _as_pair(former: Pair, data: NewMentor) -> PairData:
    return PairData(
        form_code=former.form_code,
        mentor_id=data.mentor_id,
        mentee_ids=[former.mentee_id],
        starts_on=data.starts_on,
        ends_on=data.until or former.ends_on,
        role_variant=former.role_variant,
    )


def _faults_of_step(former: Pair, data: NewMentor) -> list[Fault]:
    is_ordered = former.order is not None and former.order.is_complete
    step = step_of(is_ordered=is_ordered, ends_on=former.ends_on, day=timezone.localdate())
    if may_do(step, Act.CHANGE_MENTOR if data.until is None else Act.SUBSTITUTE):
        return []
    if is_ordered:
        return [Fault("has_ended", _("Пара завершена: составьте новую."))]
    return [Fault("no_order", _("Пара ещё не утверждена приказом: удалите или завершите её и составьте другую."))]


def _faults_of_days(former: Pair, data: NewMentor) -> list[Fault]:
    faults = []
    if data.starts_on <= former.starts_on:
        sentence = _("Другой наставник начинает позже первого дня пары: %(day)s.")
        faults.append(Fault("too_early", sentence % {"day": f"{former.starts_on:%d.%m.%Y}"}, "starts_on"))
    elif former.ends_on is not None and data.starts_on > former.ends_on:
        sentence = _("К этому дню пара уже завершена: её последний день %(day)s.")
        faults.append(Fault("too_late", sentence % {"day": f"{former.ends_on:%d.%m.%Y}"}, "starts_on"))
    if data.until is not None and data.until < data.starts_on:
        faults.append(Fault("ends_before", _("Последний день замещения раньше первого."), "until"))
    elif data.until is not None and former.ends_on is not None and data.until > former.ends_on:
        faults.append(Fault("beyond", _("Замещать можно не дольше, чем действует пара."), "until"))
    if data.until is None and not faults:
        faults += faults_of_cancelled_order(former, data.starts_on - timedelta(days=1))
    return faults


def _at_mentor(fault: Fault) -> Fault:
    """Put what is said of the mentee's side at the mentor: here he is what can be chosen."""
    return Fault(fault.code, fault.sentence, "mentor") if fault.field == "mentees" else fault


def _make(former: Pair, mentor: Person, wanted: PairData, *, is_for_a_while: bool) -> Pair:
    stood_in_for = former.replaces if former.is_substitute and not is_for_a_while else None
    # A group is its mentor's: who leaves it for another mentor is in a pair of his own.
    return Pair.objects.create(
        mentor=mentor,
        mentee_id=former.mentee_id,
        form_code=former.form_code,
        role_variant=former.role_variant,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        replaces=stood_in_for or former,
        is_substitute=is_for_a_while or stood_in_for is not None,
        created_at=timezone.now(),
    )


def _end(former: Pair, last_day: date) -> list[Pair]:
    former.ends_on, former.end_code = last_day, EndCode.MENTOR_CHANGED
    former.end_reason = str(END_TITLES[EndCode.MENTOR_CHANGED])
    # What an order says of its end is another day.
    former.ended_by = None
    former.save(update_fields=["ends_on", "end_code", "end_reason", "ended_by"])
    announce("pair.ended", {"pair": former.pk, "ends_on": last_day})
    return end_substitutes({former.pk: last_day})
