"""«Больше не ждёт»: somebody is taken off the waiting list, in whichever of its two parts he stands."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching import policies
from schools.matching.models import Candidate, Support
from schools.matching.selectors import rounds_visible_to, waiting_mentee_for
from schools.matching.waiting_people import person_waiting_for
from schools.people.errors import FaultyActError
from schools.people.models import Person


def end_wait_of_candidate(*, actor: Actor, candidate_id: UUID, reason: str) -> None:
    """Let somebody who waits after a round wait no more; ``reason`` is a code of :class:`Support.End`.

    He is out of all rounds that the actor leads and in which he waits, and stands in neither list until he answers the
    entry questionnaire anew, or is added to another round.

    :raises FaultyActError: no reason.
    :raises Http404: nobody who waits.
    :raises RefusedError: when the actor may not lead rounds of the form.
    """
    enforce(policies.may_lead_rounds(actor))
    row = waiting_mentee_for(actor=actor, candidate_id=candidate_id)
    enforce(policies.may_lead_rounds_of_form(actor, row.round.form_code))
    _check(reason)
    with transaction.atomic():
        _hold(row.person_id)
        row = waiting_mentee_for(actor=actor, candidate_id=candidate_id)
        _end(actor, row.person_id, reason)


def end_wait_of_person(*, actor: Actor, person_id: UUID, reason: str) -> None:
    """Let somebody who waits beside the rounds wait no more, as :func:`end_wait_of_candidate`.

    :raises FaultyActError: no reason.
    :raises Http404: nobody who waits so.
    :raises RefusedError: when the actor may not lead rounds, or none of the form that was asked about.
    """
    enforce(policies.may_lead_rounds(actor))
    person = person_waiting_for(actor=actor, person_id=person_id)
    if form_code := getattr(person, "form_code", ""):
        enforce(policies.may_lead_rounds_of_form(actor, form_code))
    _check(reason)
    with transaction.atomic():
        _hold(person_id)
        _end(actor, person_waiting_for(actor=actor, person_id=person_id).pk, reason)


def _check(reason: str) -> None:
    if reason not in Support.End.values:
        raise FaultyActError.of("no_reason", _("Выберите, почему человек больше не ждёт."), "reason")


def _hold(person_id: UUID) -> None:
    list(Person.objects.filter(pk=person_id).select_for_update(of=("self",)).values_list("pk"))


def _end(actor: Actor, person_id: UUID, reason: str) -> None:
    rounds = rounds_visible_to(actor, "matching.edit")
    rows = Candidate.objects.filter(person=person_id, side=Candidate.Side.MENTEE, round__in=rounds)
    rows = rows.filter(waiting_since__isnull=False, out_at__isnull=True)
    rows.update(out_at=timezone.now(), waiting_since=None, partner=None)
    mark = {"marked_by": actor.pk, "marked_at": timezone.now(), "end_code": reason}
    Support.objects.update_or_create(person_id=person_id, defaults=mark)
    record(
        actor=actor,
        action="matching.wait_ended",
        object_type="people.person",
        object_id=person_id,
        details={"reason": reason},
    )
