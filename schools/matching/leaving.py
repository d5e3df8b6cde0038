"""Who takes part no more, having left the school or by his parents' word: he is on no board, nobody waits for him."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, system_actor
from core.events.catalogue import Event
from schools.consents.consequences import register_consequence
from schools.consents.domain import PARTICIPATION
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds, has_withdrawn_taking_part
from schools.matching.domain.proposals import LIVE
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.proposals import let_leave
from schools.matching.selectors import form_of, has_left_side, rounds_visible_to, with_people
from schools.matching.services import let_go
from schools.people.leaving import Left, register_leaving
from schools.people.models import Person


@dataclass(frozen=True, slots=True)
class LeftRound:
    """A round that somebody is out of, and how many open proposals that took back."""

    round: Round
    taken_back: int


def going_on(person_id: UUID) -> QuerySet[Candidate]:
    """Return as whom somebody takes part in the rounds that go on."""
    return Candidate.objects.filter(person=person_id, out_at__isnull=True).exclude(round__state=Round.State.CLOSED)


def take_out(actor: Actor, rows: QuerySet[Candidate]) -> list[LeftRound]:
    """Take candidates out of their rounds; their partners are free, and their next mentors are asked."""
    left = []
    for round_id in sorted(set(rows.values_list("round", flat=True))):
        found = Round.objects.select_for_update().get(pk=round_id)
        mine = list(rows.filter(round=found))
        taken_back = 0
        if found.state == Round.State.OPEN:
            let_go(found, mine, by=actor.pk)
        else:
            taken_back = let_leave(found, {row.pk for row in mine})
        for row in mine:
            record(
                actor=actor,
                action="matching.candidate_removed",
                object_type="matching.round",
                object_id=found.pk,
                details={"candidate": str(row.pk)},
            )
        left.append(LeftRound(found, taken_back))
    return left


def leave_rounds(actor: Actor, person: Person) -> list[Left]:
    """Take somebody out of every round in which he stands as what he is no more; return what that ended."""
    day = timezone.localdate()
    rows = with_people(going_on(person.pk).select_related("round"), day)
    gone = [row.pk for row in rows if has_left_side(row, form_of(row.round), day)]
    return [said for left in take_out(actor, going_on(person.pk).filter(pk__in=gone)) for said in _told(actor, left)]


def _told(actor: Actor, left: LeftRound) -> list[Left]:
    may_read = rounds_visible_to(actor).filter(pk=left.round.pk).exists()
    words = _("Выбыл из подбора пар «%(title)s».") % {"title": left.round.title}
    said = [Left(words if may_read else _("Выбыл из подбора пар."))]
    if left.taken_back:
        said.append(Left(_("Предложения о паре отозваны: %(count)s.") % {"count": left.taken_back}))
    return said


def end_taking_part(event: Event) -> None:
    """Take a minor out of the rounds when his parents withdraw that he takes part, in the same transaction."""
    if event.kind.name != "consent.withdrawn":
        return
    person = Person.objects.filter(has_withdrawn_taking_part(timezone.localdate()), pk=UUID(str(event.data["person"])))
    for person_id in person.values_list("pk", flat=True):
        take_out(system_actor("matching"), going_on(person_id))


def end_taking_part_from_today() -> int:
    """Take out of the rounds those of whom it was withdrawn for a day to come, once that day is there.

    A daily chore, safe to repeat; returns how many people it took out.
    """
    rows = Candidate.objects.filter(out_at__isnull=True).exclude(round__state=Round.State.CLOSED)
    gone = rows.filter(has_withdrawn_taking_part(timezone.localdate(), "person_id"))
    people = sorted(set(gone.values_list("person", flat=True)))
    for person_id in people:
        with transaction.atomic():
            take_out(system_actor("matching"), going_on(person_id))
    return len(people)


def tell_of_proposals(actor: Actor, consent: Consent) -> list[str]:
    """Say before a consent is withdrawn what is taken back with it, to whoever sees rounds."""
    if consent.kind not in {*deciding_kinds(), PARTICIPATION}:
        return []
    his = Q(mentor__person=consent.person_id) | Q(mentee__person=consent.person_id)
    rows = Proposal.objects.filter(his, state__in=LIVE, mentee__round__in=rounds_visible_to(actor))
    count = rows.count()
    return [_("Открытые предложения о паре отзовутся: %(count)s.") % {"count": count}] if count else []


def register() -> None:
    """See to candidates and proposals of those who leave; speak up before a consent is withdrawn."""
    register_leaving("matching", (Candidate, Proposal), leave_rounds)
    register_consequence(tell_of_proposals)
