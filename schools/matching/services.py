"""Writes about a round and who takes part in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching import policies
from schools.matching.answers import given_up_among, wishes_of
from schools.matching.editions import candidate_values, round_values
from schools.matching.models import Candidate, Round
from schools.matching.selectors import candidate_for, eligible_people, led_by, round_for
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError
from tenants.reference.selectors import forms_now

# Beyond that a meeting is no meeting; the solver could take many more.
MOST_CANDIDATES = 2_000
MOST_PLACES = 40
_OLDEST = 100


def start_round(*, actor: Actor, form_code: str, title: str = "", meeting_on: date | None = None) -> Round:
    """Start a round of a form; without a title it is called after the form.

    :raises FaultyActError: the region offers no such form.
    :raises RefusedError: when the actor may not lead rounds of this form.
    """
    enforce(policies.may_lead_rounds(actor))
    form = next((row for row in forms_now() if row.code == form_code), None)
    if form is None:
        raise FaultyActError.of("no_form", _("Выберите форму наставничества."), "form_code")
    enforce(policies.may_lead_rounds_of_form(actor, form.code))
    with transaction.atomic():
        found = Round.objects.create(
            form_code=form.code,
            title=_clean_title(title) or _("Подбор пар «%(form)s»") % {"form": form.title},
            meeting_on=meeting_on,
            created_by=actor.pk,
            created_at=timezone.now(),
        )
        _record(actor, "matching.round_started", found, form=form.code)
    return found


def change_round(
    *, actor: Actor, round_id: UUID, title: str, meeting_on: date | None, seen: str | None = None
) -> Round:
    """Change the title and the day of the group meeting.

    ``seen`` is the edition of :func:`round_values` that was read: what somebody else has written since stays.

    :raises FaultyActError: no title, the round is closed, or somebody else has changed since what was seen.
    :raises Http404: no such round among those the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id, also_published=True)
        if not _clean_title(title):
            raise FaultyActError.of("no_title", _("Напишите название подбора."), "title")
        typed: dict[str, Any] = {"title": _clean_title(title), "meeting_on": meeting_on}
        values = round_values(found)
        words = {name: in_words(value) for name, value in values.items()}
        acts = Acts("matching.round", found.pk, ["matching.round_changed"])
        refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)
        found.title, found.meeting_on = typed["title"], meeting_on
        found.save(update_fields=["title", "meeting_on"])
        _record(actor, "matching.round_changed", found)
    return found


def discard_round(*, actor: Actor, round_id: UUID) -> None:
    """Delete a round that was never published, with everything typed for it.

    :raises FaultyActError: it was published; people were asked.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id)
        _record(actor, "matching.round_discarded", found)
        found.delete()


def open_round(*, actor: Actor, round_id: UUID, also_published: bool = False) -> Round:
    """Return a round that may still be changed, its row held.

    :raises FaultyActError: it is past that.
    :raises Http404: no such round among those the actor may lead.
    """
    found = round_for(actor=actor, round_id=round_id, permission="matching.edit", lock=True)
    if found.state == Round.State.CLOSED:
        raise FaultyActError.of("round_closed", _("Подбор закрыт: в нём уже ничего не меняют."))
    if found.state == Round.State.PUBLISHED and not also_published:
        raise FaultyActError.of("round_published", _("Подбор уже опубликован. Для новых участников начните другой."))
    return found


def add_candidates(*, actor: Actor, round_id: UUID, side: str, person_ids: Collection[UUID]) -> list[Candidate]:
    """Add people to a side of a round, in the order of their names; whoever left it takes part again.

    Who already takes part is passed over. What the entry questionnaire says (places, wished ages) is taken over. A
    missing consent keeps nobody out of the meeting: automatic matching leaves such people out, by hand they are paired
    with a warning.

    :raises FaultyActError: nobody chosen, somebody who cannot stand on this side, or too many.
    :raises Http404: no such round among those the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id)
        wanted = set(person_ids)
        people = list(eligible_people(actor=actor, found=found, side=side).filter(pk__in=wanted))
        known = set(
            Candidate.objects.filter(round=found, side=side, person__in=wanted).values_list("person", flat=True)
        )
        _refuse_strangers(wanted - {person.pk for person in people} - known, wanted)
        if Candidate.objects.filter(round=found).count() + len(people) > MOST_CANDIDATES:
            raise FaultyActError.of("too_many", _("В одном подборе не больше 2000 участников."), "people")
        back = Candidate.objects.filter(round=found, side=side, person__in=people, out_at__isnull=False)
        again = set(back.values_list("person", flat=True))
        back.update(out_at=None)
        day = timezone.localdate()
        wishes = wishes_of(wanted, side, form_code=found.form_code, day=day)
        led = led_by(wanted, day) if side == Candidate.Side.MENTOR else Counter()
        new = [person.pk for person in people if person.pk not in again]
        numbers = range(_last_number(found, side) + 1, MOST_CANDIDATES * 2)
        rows = [
            _new_candidate(found, side, pk, number, wishes.get(pk), led[pk])
            for pk, number in zip(new, numbers, strict=False)
        ]
        Candidate.objects.bulk_create(rows)
        _record(actor, "matching.candidates_added", found, people=[str(person.pk) for person in people])
    return rows


def add_willing(*, actor: Actor, round_id: UUID, side: str) -> list[Candidate]:
    """Add everybody who may stand on a side and has written in the entry questionnaire that he wants to take part.

    Not who has said since that he takes part no more, or waits no more.

    :raises FaultyActError: nobody has, or the round is past that.
    :raises Http404: no such round among those the actor may lead.
    """
    found = round_for(actor=actor, round_id=round_id, permission="matching.edit")
    people = eligible_people(actor=actor, found=found, side=side).values_list("pk", flat=True)
    day = timezone.localdate()
    said_here = wishes_of(list(people), side, form_code=found.form_code, day=day)
    willing = {pk for pk, said in said_here.items() if said["takes_part"]}
    willing -= given_up_among(willing, side, form_code=found.form_code, day=day)
    if not willing:
        raise FaultyActError.of(
            "nobody", _("Никто из оставшихся не написал в анкете, что хочет участвовать."), "people"
        )
    return add_candidates(actor=actor, round_id=round_id, side=side, person_ids=willing)


def _new_candidate(
    found: Round, side: str, person_id: UUID, number: int, said: Mapping[str, Any] | None, led: int
) -> Candidate:
    said = said or {}
    is_willing = bool(said.get("takes_part"))
    is_mentor = side == Candidate.Side.MENTOR
    # Whoever has not said how many he takes is added for one more.
    places = int(said.get("capacity") or led + 1) if is_mentor else 1
    return Candidate(
        round=found,
        person_id=person_id,
        side=side,
        number=number,
        source=Candidate.Source.QUESTIONNAIRE if is_willing else Candidate.Source.CURATOR,
        capacity=min(MOST_PLACES, max(1, places)),
        wishes=_wishes(said.get("age_from"), said.get("age_to")),
    )


def _refuse_strangers(strangers: set[UUID], wanted: set[UUID]) -> None:
    if not wanted:
        raise FaultyActError.of("nobody", _("Отметьте хотя бы одного человека."), "people")
    if strangers:
        sentence = _(
            "Среди отмеченных есть люди, которые не подходят этой стороне формы, уже не в школе, "
            "или согласие на их участие отозвано."
        )
        raise FaultyActError.of("wrong_side", sentence, "people")


def change_candidate(
    *,
    actor: Actor,
    candidate_id: UUID,
    capacity: int,
    age_from: int | None = None,
    age_to: int | None = None,
    seen: str | None = None,
) -> Candidate:
    """Change how many mentees a mentor takes, those he has already included, and the ages somebody wishes for.

    Ages are full years, both included. ``seen`` is the edition of :func:`candidate_values` that was read: what somebody
    else has written since stays.

    :raises FaultyActError: numbers that cannot be; somebody else has changed since what was seen.
    :raises Http404: no such candidate in a round the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        row = _open_candidate(actor, candidate_id)
        _refuse_overtaken(row, seen, {"capacity": capacity, "age_from": age_from, "age_to": age_to})
        faults = []
        if not 1 <= capacity <= MOST_PLACES:
            faults.append(Fault("bad_capacity", _("Укажите число от 1 до 40."), "capacity"))
        if row.side == Candidate.Side.MENTEE and capacity != 1:
            faults.append(Fault("mentee_capacity", _("У наставляемого в одном подборе один наставник."), "capacity"))
        ages = [age for age in (age_from, age_to) if age is not None]
        if any(not 0 <= age <= _OLDEST for age in ages) or (len(ages) > 1 and ages[0] > ages[1]):
            faults.append(Fault("bad_ages", _("Проверьте возраст: «от» не больше «до», полных лет."), "age_to"))
        if faults:
            raise FaultyActError(*faults)
        row.capacity, row.wishes = capacity, _wishes(age_from, age_to)
        row.save(update_fields=["capacity", "wishes"])
        _record(actor, "matching.candidate_changed", row.round, candidate=str(row.pk))
    return row


def _refuse_overtaken(row: Candidate, seen: str | None, typed: Mapping[str, Any]) -> None:
    """Refuse to write over what somebody else has written of a candidate who is held.

    :raises FaultyActError: somebody has.
    """
    values = candidate_values(row)
    words = {name: in_words(value) for name, value in values.items()}
    details = {"candidate": str(row.pk)}
    acts = Acts("matching.round", row.round_id, ["matching.candidate_changed"], details)
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def remove_candidate(*, actor: Actor, candidate_id: UUID) -> None:
    """Take somebody out of a round; the board forgets his pairs, and his number stays his.

    :raises FaultyActError: the round was published.
    :raises Http404: no such candidate in a round the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        row = _open_candidate(actor, candidate_id)
        found = row.round
        let_go(found, [row], by=actor.pk)
        _record(actor, "matching.candidate_removed", found, candidate=str(row.pk))


def let_go(found: Round, rows: Sequence[Candidate], *, by: UUID | None) -> None:
    """Take candidates out of a round whose row is held, and free their partners on the board."""
    ids = [row.pk for row in rows]
    found.version += 1
    found.save(update_fields=["version"])
    changed = {"changed_version": found.version, "changed_by": by, "is_locked": False, "partner": None}
    Candidate.objects.filter(partner__in=ids).update(**changed)
    Candidate.objects.filter(pk__in=ids).update(out_at=timezone.now(), waiting_since=None, **changed)
    leave_groups(found, ids)


def leave_groups(found: Round, rows: Collection[UUID]) -> None:
    """Let candidates go their own way; what is left of a group with a single mentee is no group any more.

    The round's row is held by the caller.
    """
    members = Candidate.objects.filter(round=found, group__isnull=False)
    members.filter(pk__in=rows).update(group=None)
    sizes = Counter(members.filter(out_at__isnull=True).values_list("group", flat=True))
    gone = [key for key in found.groups if sizes[int(key)] < 2]
    if gone:
        members.filter(group__in=map(int, gone)).update(group=None)
        found.groups = {key: title for key, title in found.groups.items() if key not in gone}
        found.save(update_fields=["groups"])


def _open_candidate(actor: Actor, candidate_id: UUID) -> Candidate:
    row = candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    found = open_round(actor=actor, round_id=row.round_id)
    row = candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit", lock=True)
    row.round = found
    return row


def _wishes(age_from: int | None, age_to: int | None) -> dict[str, int]:
    return {name: age for name, age in (("age_from", age_from), ("age_to", age_to)) if age is not None}


def _last_number(found: Round, side: str) -> int:
    return Candidate.objects.filter(round=found, side=side).aggregate(last=Max("number"))["last"] or 0


def _clean_title(title: str) -> str:
    return " ".join(title.split())[:160]


def _record(actor: Actor, action: str, found: Round, **details: Any) -> None:
    record(actor=actor, action=action, object_type="matching.round", object_id=found.pk, details=details)
