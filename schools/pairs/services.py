"""Writes about pairs: making them by hand, changing their days, ending them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.clearances.selectors import checklist_of
from schools.clearances.words import sentences
from schools.pairs import policies
from schools.pairs.beside import forbidden_mentees, has_records, tell_of_discard
from schools.pairs.cancelling import faults_of_cancelled_order
from schools.pairs.domain import MOST_IN_GROUP, EndCode, fits_side, periods_overlap
from schools.pairs.groups import faults_of_group
from schools.pairs.models import END_TITLES, Group, Pair
from schools.pairs.own_child import children_among
from schools.pairs.selectors import pair_for
from schools.pairs.substitutes import end_substitutes, faults_beyond, faults_of_successor, ids_of_substitutes
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Person
from schools.people.own_roles import give_own_roles
from schools.people.selectors import people_visible_to
from tenants.reference.selectors import Form, forms_now


@dataclass(frozen=True, slots=True, kw_only=True)
class PairData:
    """A pair, or with several mentees a group, as chosen on the screen. Dates are days, both included."""

    form_code: str
    mentor_id: UUID | None
    mentee_ids: Sequence[UUID]
    starts_on: date
    ends_on: date | None = None
    role_variant: str = ""
    group_title: str = ""
    group_id: UUID | None = None
    """A group that they join, instead of one of their own."""


def create_pairs(*, actor: Actor, data: PairData, is_of_board: bool = False) -> list[Pair]:
    """Make draft pairs of one mentor with one or several mentees; several make a group. They await an order.

    Refused in words: a person with himself, a parent with the own child (положение of S0), kinds that do not stand on
    the form's sides, the same pair again on the same days, a mentor from outside who lacks a paper without which the
    school admits nobody, two whom a matching or their answers keep apart, a group to join that is not the mentor's or
    has ended (a board has seen to these two: ``is_of_board``).
    A missing consent, an age outside a definition and everything else is a remark of :mod:`schools.pairs.remarks`,
    never a refusal.

    :raises FaultyActError: with every reason.
    :raises RefusedError: when the actor may not make pairs of this form.
    """
    enforce(policies.may_edit_pairs(actor))
    form = next((row for row in forms_now() if row.code == data.form_code), None)
    if form is None:
        raise FaultyActError.of("no_form", _("Выберите форму наставничества."), "form_code")
    enforce(policies.may_edit_pairs_of_form(actor, form.code))
    with transaction.atomic():
        people = lock_people(actor, data)
        mentor, mentees, faults = _chosen(data, people)
        if mentor is not None and mentees:
            faults += faults_of_people(form, mentor, mentees) + faults_of_repetition(data, mentor, mentees)
            faults += faults_of_clearance(mentor)
            if not is_of_board:
                faults += faults_of_rules(form, mentor, mentees)
                faults += faults_of_group(
                    actor,
                    group_id=data.group_id,
                    form_code=form.code,
                    mentor_id=mentor.pk,
                    newcomers=len(mentees),
                )
        faults += faults_of_period(data.starts_on, data.ends_on)
        if faults or mentor is None:
            raise FaultyActError(*faults)
        pairs = _store(data, mentor, mentees)
        give_own_roles(actor=actor, people=[mentor.pk, *(mentee.pk for mentee in mentees)])
        record(
            actor=actor,
            action="pairs.created",
            object_type="pairs.pair",
            object_id=pairs[0].pk,
            details={"pairs": [str(pair.pk) for pair in pairs], "form": form.code},
        )
        announce("pair.created", {"pairs": [pair.pk for pair in pairs]})
    return pairs


def pair_values(pair: Pair) -> dict[str, Any]:
    """Return what is typed of a pair that is there."""
    return {"role_variant": pair.role_variant, "starts_on": pair.starts_on, "ends_on": pair.ends_on}


def edit_pair(
    *,
    actor: Actor,
    pair_id: UUID,
    starts_on: date,
    ends_on: date | None,
    role_variant: str = "",
    seen: str | None = None,
) -> Pair:
    """Change the days and the role variant of a pair; substitutes who would reach beyond its last day end with it.

    Of a pair that is not over, a last day that comes earlier is announced as an ending: what was to be after it is not.
    With a later last day, still to come, the pair goes on: the reason of its end goes, and no order puts it on paper.

    ``seen`` is the edition of :func:`pair_values` that was read: what somebody else has changed since stays.

    :raises FaultyActError: the days are the wrong way round, another pair of the two stands on the same day, somebody
        else has changed it since, or ended it, or the pair would be in force again though its order was cancelled, its
        mentor was changed, or nobody is stood in for.
    :raises Http404: no such pair among those the actor may change.
    """
    enforce(policies.may_edit_pairs(actor))
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit", lock=True)
        faults = faults_of_period(starts_on, ends_on)
        same = Pair.objects.filter(mentor=pair.mentor_id, mentee=pair.mentee_id, form_code=pair.form_code)
        for other in same.exclude(pk=pair.pk):
            if periods_overlap(starts_on, ends_on, other.starts_on, other.ends_on):
                faults.append(Fault("repeated", _("На эти дни у них уже есть пара этой формы."), "starts_on"))
                break
        faults += _faults_of_last_day(pair, ends_on)
        if faults:
            raise FaultyActError(*faults)
        role_variant = " ".join(role_variant.split())[:160]
        typed = {"role_variant": role_variant, "starts_on": starts_on, "ends_on": ends_on}
        _refuse_overtaken(pair, seen, typed)
        was, last = _days(pair), pair.ends_on
        pair.starts_on, pair.ends_on, pair.role_variant = starts_on, ends_on, role_variant
        if _goes_on(last, ends_on):
            # What was said of the end does not hold any more, on the card or in an order.
            pair.end_reason = pair.end_code = ""
        if str(ends_on or "") != was["ends_on"]:
            pair.ended_by = None
        pair.save(update_fields=["starts_on", "ends_on", "role_variant", "end_reason", "end_code", "ended_by"])
        pair.ended_with = end_substitutes({pair.pk: ends_on}) if ends_on is not None else ()
        record(
            actor=actor,
            action="pairs.changed",
            object_type="pairs.pair",
            object_id=pair.pk,
            details={"was": was, "now": _days(pair), **ids_of_substitutes(pair.ended_with)},
        )
        if _comes_earlier(last, ends_on):
            announce("pair.ended", {"pair": pair.pk, "ends_on": ends_on})
    return pair


def _goes_on(last: date | None, ends_on: date | None) -> bool:
    """Tell whether a new last day takes an end on ``last`` back: it is later and still to come, or there is none."""
    return ends_on is None or (last is not None and ends_on > max(last, timezone.localdate()))


def _comes_earlier(last: date | None, ends_on: date | None) -> bool:
    """Tell whether a pair that is not over gets an earlier last day than ``last``; None is no last day."""
    if ends_on is None:
        return False
    return last is None or timezone.localdate() <= last > ends_on


def _refuse_overtaken(pair: Pair, seen: str | None, typed: Mapping[str, Any]) -> None:
    """Refuse to overwrite a pair that is held.

    :raises FaultyActError: somebody else has changed or ended it since what was seen.
    """
    values = pair_values(pair)
    words = {name: in_words(value) for name, value in values.items()}
    acts = Acts("pairs.pair", pair.pk, ["pairs.changed", "pairs.ended"])
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def end_pair(*, actor: Actor, pair_id: UUID, ends_on: date, reason: str = "", code: str = "") -> Pair:
    """End a pair; ``ends_on`` is its last day. History stays: the pair and its order are kept.

    Whoever stands in for its mentor ends with it: ``ended_with`` of the pair returned says whose pairs did.

    The reason is a ``code`` of :class:`schools.pairs.domain.EndCode`, words, or both; words alone that are those of a
    code become it.

    :raises FaultyActError: no reason, the last day is before the first, or what :func:`edit_pair` says of that day.
    :raises Http404: no such pair among those the actor may change.
    """
    enforce(policies.may_edit_pairs(actor))
    reason, code = reason_and_code(reason, code)
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit", lock=True)
        faults = []
        if not reason:
            faults.append(Fault("no_reason", _("Напишите, почему пара завершается."), "reason"))
        if ends_on < pair.starts_on:
            faults.append(Fault("ends_before", _("Последний день раньше первого дня пары. Проверьте дату."), "ends_on"))
        faults += _faults_of_last_day(pair, ends_on)
        if faults:
            raise FaultyActError(*faults)
        was, is_news = _days(pair), pair.ends_on != ends_on or not pair.end_code
        if pair.ends_on != ends_on:
            # The paper says another day: the corrected one goes on the next.
            pair.ended_by = None
        pair.ends_on, pair.end_reason, pair.end_code = ends_on, reason, code
        pair.save(update_fields=["ends_on", "end_reason", "end_code", "ended_by"])
        pair.ended_with = end_substitutes({pair.pk: ends_on})
        record(
            actor=actor,
            action="pairs.ended",
            object_type="pairs.pair",
            object_id=pair.pk,
            details={"was": was, "now": _days(pair), **ids_of_substitutes(pair.ended_with)},
        )
        if is_news:
            # Not when words about an end that everybody was told of are corrected.
            announce("pair.ended", {"pair": pair.pk, "ends_on": ends_on})
    return pair


def reason_and_code(reason: str, code: str) -> tuple[str, str]:
    """Return the words and the code of an ending; words are empty when nothing was said that says anything."""
    reason = " ".join(reason.split())[:200]
    titles = {str(title): each.value for each, title in END_TITLES.items()}
    if code not in titles.values():
        code = titles.get(reason, EndCode.OTHER.value)
    if not reason and code != EndCode.OTHER:
        reason = str(END_TITLES[EndCode(code)])
    return reason, code


def discard_draft(*, actor: Actor, pair_id: UUID) -> None:
    """Delete a pair that was never ordered: a slip of the hand has no history to keep. Its group goes with the last.

    :raises FaultyActError: the pair has an order, or something was written about it: such a pair is ended instead. The
        sentence is the same for all that there may be: a concern and a request are not for whoever deletes.
    :raises Http404: no such pair among those the actor may change.
    """
    enforce(policies.may_edit_pairs(actor))
    with transaction.atomic():
        pair = pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit", lock=True)
        if pair.order is not None and pair.order.is_complete:
            raise FaultyActError.of("has_order", _("Пара утверждена приказом: её можно только завершить."))
        # Held, so that of the last two of a group one is the last.
        group = Group.objects.select_for_update().filter(pk=pair.group_id).first() if pair.group_id else None
        if has_records(pair):
            raise FaultyActError.of("stands", _("О паре уже есть записи: её можно только завершить."))
        tell_of_discard(pair)
        pair.delete()
        if group is not None and not Pair.objects.filter(group=group).exists():
            group.delete()
        record(actor=actor, action="pairs.draft_discarded", object_type="pairs.pair", object_id=pair_id)


def faults_of_period(starts_on: date, ends_on: date | None) -> list[Fault]:
    """Return what cannot be with the two days of a pair."""
    if starts_on.year < FIRST_BIRTH_YEAR:
        return [Fault("too_early", _("Проверьте год в дате начала."), "starts_on")]
    if ends_on is not None and ends_on < starts_on:
        return [Fault("ends_before", _("Дата завершения раньше даты начала."), "ends_on")]
    return []


def _faults_of_last_day(pair: Pair, ends_on: date | None) -> list[Fault]:
    """Return why a pair cannot go on for so long; a cancelled order says more than the draft that came after it."""
    again = faults_of_cancelled_order(pair, ends_on) or faults_of_successor(pair, ends_on)
    return again + faults_beyond(pair, ends_on)


def _days(pair: Pair) -> dict[str, str]:
    """Return the days of a pair as the audit keeps them."""
    return {"starts_on": str(pair.starts_on), "ends_on": str(pair.ends_on or "")}


def lock_people(actor: Actor, data: PairData) -> dict[UUID, Person]:
    """Hold the chosen people, in one order for everybody, so that two clicks cannot make the same pair twice."""
    wanted = {*data.mentee_ids, *([data.mentor_id] if data.mentor_id else [])}
    findable = people_visible_to(actor, "people.find").filter(pk__in=wanted)
    rows = findable.order_by("pk").select_for_update(of=("self",)).prefetch_related("kinds")
    return {person.pk: person for person in rows}


def _chosen(data: PairData, people: dict[UUID, Person]) -> tuple[Person | None, list[Person], list[Fault]]:
    faults = []
    mentor = people.get(data.mentor_id) if data.mentor_id else None
    mentees = [people[pk] for pk in dict.fromkeys(data.mentee_ids) if pk in people]
    if mentor is None:
        faults.append(Fault("no_mentor", _("Выберите наставника."), "mentor"))
    if not mentees:
        faults.append(Fault("no_mentee", _("Выберите хотя бы одного наставляемого."), "mentees"))
    elif len(mentees) > MOST_IN_GROUP:
        faults.append(Fault("too_many", _("В группе не больше 40 наставляемых."), "mentees"))
    return mentor, mentees, faults


def faults_of_people(form: Form, mentor: Person, mentees: list[Person]) -> list[Fault]:
    faults = []
    if not _fits(mentor, form.mentor_kinds):
        sentence = _("%(name)s не может быть наставником в форме «%(form)s»: другая роль в школе.")
        faults.append(Fault("mentor_side", sentence % {"name": mentor.full_name, "form": form.title}, "mentor"))
    own_children = children_among(mentor.pk, [mentee.pk for mentee in mentees])
    for mentee in mentees:
        names = {"name": mentee.full_name, "form": form.title}
        if mentee.pk == mentor.pk:
            sentence = _("%(name)s: человек не может быть наставником самому себе.")
            faults.append(Fault("own_mentor", sentence % names, "mentees"))
        elif mentee.pk in own_children:
            sentence = _("%(name)s: родитель не может быть наставником своего ребёнка.")
            faults.append(Fault("own_child", sentence % names, "mentees"))
        elif not _fits(mentee, form.mentee_kinds):
            sentence = _("%(name)s не может быть наставляемым в форме «%(form)s»: другая роль в школе.")
            faults.append(Fault("mentee_side", sentence % names, "mentees"))
    return faults


def faults_of_clearance(mentor: Person) -> list[Fault]:
    """Return the papers whose lack keeps somebody from being a mentor in this school; his kinds are loaded."""
    found = checklist_of(mentor, timezone.localdate())
    where = _("Запишите документ на странице «Допуски».")
    return [Fault("not_cleared", f"{sentence} {where}", "mentor") for sentence in sentences(found, blocking=True)]


def faults_of_rules(form: Form, mentor: Person, mentees: Sequence[Person]) -> list[Fault]:
    """Return whom the mentor may not have. One sentence for all reasons: who does not want whom is told to nobody."""
    forbidden = forbidden_mentees(form.code, mentor.pk, [mentee.pk for mentee in mentees])
    sentence = _(
        "%(name)s: эту пару составить нельзя – её исключили при подборе, или в анкете ответили «нет». "
        "Если решение изменилось, снимите запрет в подборе или откройте анкету заново."
    )
    return [
        Fault("kept_apart", sentence % {"name": mentee.full_name}, "mentees")
        for mentee in mentees
        if mentee.pk in forbidden
    ]


def _fits(person: Person, wanted: tuple[str, ...]) -> bool:
    return fits_side({row.kind for row in person.kinds.all()}, wanted)


def faults_of_repetition(data: PairData, mentor: Person, mentees: list[Person]) -> list[Fault]:
    rows = Pair.objects.filter(mentor=mentor, mentee__in=mentees, form_code=data.form_code)
    repeated = {
        row.mentee_id for row in rows if periods_overlap(data.starts_on, data.ends_on, row.starts_on, row.ends_on)
    }
    sentence = _("%(name)s: такая пара на эти дни уже есть.")
    return [
        Fault("repeated", sentence % {"name": person.full_name}, "mentees")
        for person in mentees
        if person.pk in repeated
    ]


def _store(data: PairData, mentor: Person, mentees: list[Person]) -> list[Pair]:
    title = " ".join(data.group_title.split())[:160]
    group = Group.objects.filter(pk=data.group_id).first() if data.group_id else None
    if group is None and (len(mentees) > 1 or title):
        group = Group.objects.create(title=title or _("Группа: %(name)s") % {"name": mentor.full_name[:140]})
    return Pair.objects.bulk_create(
        Pair(
            mentor=mentor,
            mentee=mentee,
            group=group,
            form_code=data.form_code,
            role_variant=" ".join(data.role_variant.split())[:160],
            starts_on=data.starts_on,
            ends_on=data.ends_on,
            created_at=timezone.now(),
        )
        for mentee in mentees
    )
