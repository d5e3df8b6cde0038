"""People of both schools become one card, and no figure of this school's past changes by it.

The hooks of an ordinary merge of two cards decide for rows that would be the same twice; what they may not decide
between two schools is settled before: this school's rows stay as they are.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.audit.services import record
from schools.consents.models import Consent
from schools.mergers.matching import Card, Matches, match
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.merging import join_cards
from schools.people.models import Enrolment, Person
from schools.people.second_logins import settle_logins
from tenants.mergers.accounts import free_name
from tenants.mergers.contents import Taking

_LONGEST_NUMBER = 60


def _cards(came: frozenset[UUID]) -> list[Card]:
    """Return the cards of everybody in the school; ``came`` are the ids of those that came with the other one."""
    rows = Person.objects.filter(destroyed_at__isnull=True).values_list("pk", "folded_name", "birth_date", "snils")
    return [Card(key, name, born, snils, key in came) for key, name, born, snils in rows]


def join_people(came: frozenset[UUID], taking: Taking) -> Matches:
    """Make one card of two wherever that is sure; count what is left to a person. In the transaction of the taking."""
    found = match(_cards(came))
    for kept_id, gone_id in found.sure:
        people = Person.objects.select_for_update(of=("self",)).in_bulk([kept_id, gone_id])
        try:
            with transaction.atomic():
                _set_apart(kept_id, gone_id, taking)
                settle_logins(actor="merger", cards=(people[kept_id], people[gone_id]), stays=None)
                join_cards(people[kept_id], people[gone_id])
        except FaultyActError:
            taking.counts["doubtful"] += 1
            continue
        taking.counts["joined"] += 1
        record(
            actor="merger",
            action="people.merged",
            object_type="people.person",
            object_id=kept_id,
            details={"gone": str(gone_id), "merger": str(taking.merger_id)},
        )
    taking.counts["doubtful"] += len(found.doubtful)
    return found


def _set_apart(kept: UUID, gone: UUID, taking: Taking) -> None:
    """Give the rows of the card that came such days and numbers that this school's own rows stay as they are."""
    _enrolments(kept, gone, taking.day)
    for row in Consent.objects.filter(person=gone):
        same = Consent.objects.filter(person=kept, kind=row.kind, given_on=row.given_on)
        numbers = set(same.values_list("number", flat=True))
        if row.number in numbers:
            row.number = free_name(row.number, f" ({taking.code})".lstrip(), numbers, _LONGEST_NUMBER)
            row.save(update_fields=["number"])
    _pairs(kept, gone, taking.day)


def _enrolments(kept: UUID, gone: UUID, day: date) -> None:
    """End on the day what goes on here anyway: nobody is enrolled twice because two schools became one."""
    here = list(Enrolment.objects.filter(person=kept))
    for row in Enrolment.objects.filter(person=gone).order_by("admitted_on"):
        runs = row.left_on is None or row.left_on > day
        goes_on = [own for own in here if own.kind == row.kind and own.admitted_on <= day and own.left_on is None]
        if runs and goes_on and row.admitted_on <= day:
            row.left_on, runs = day, False
        twin = next((own for own in here if (own.kind, own.admitted_on) == (row.kind, row.admitted_on)), None)
        if twin is not None and not runs:
            row.delete()
            continue
        if twin is not None:
            row.admitted_on = _free_day(row, here, day)
        row.save(update_fields=["admitted_on", "left_on"])


def _free_day(row: Enrolment, here: list[Enrolment], day: date) -> date:
    """Return the day from which an enrolment counts here, when the first day of it is another row's already."""
    known = {own.admitted_on for own in here if own.kind == row.kind}
    return max(row.admitted_on, day) if max(row.admitted_on, day) not in known else row.admitted_on


def _pairs(kept: UUID, gone: UUID, day: date) -> None:
    """Keep the hook from changing a pair of this school by one that the other recorded of the same two.

    One that goes on begins anew on the day; of one that is over this school's row says everything.
    """
    for row in Pair.objects.filter(Q(mentor=gone) | Q(mentee=gone)):
        mentor, mentee = (kept if side == gone else side for side in (row.mentor_id, row.mentee_id))
        alike = Pair.objects.filter(mentor=mentor, mentee=mentee, form_code=row.form_code)
        twin = alike.filter(starts_on=row.starts_on).first()
        if twin is None:
            continue
        begins = max(row.starts_on, day)
        if (row.ends_on is None or row.ends_on >= begins) and not alike.filter(starts_on=begins).exists():
            row.starts_on = begins
        else:
            row.order_id, row.ends_on, row.end_reason = twin.order_id, twin.ends_on, twin.end_reason
            row.ended_by_id = twin.ended_by_id
        row.save(update_fields=["starts_on", "order", "ends_on", "end_reason", "ended_by"])
