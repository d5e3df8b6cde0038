"""What somebody's leaving ends in rounds of matching: he is on no board, and nobody waits for his answer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.proposals import let_leave
from schools.matching.selectors import rounds_visible_to
from schools.matching.services import let_go
from schools.people.leaving import Left, register_leaving
from schools.people.models import Person


def leave_rounds(actor: Actor, person: Person) -> list[Left]:
    """Take somebody who has left out of every round that goes on; return what that ended."""
    rows = Candidate.objects.filter(person=person, out_at__isnull=True).exclude(round__state=Round.State.CLOSED)
    said = []
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
        said += _told(actor, found, taken_back)
    return said


def _told(actor: Actor, found: Round, taken_back: int) -> list[Left]:
    may_read = rounds_visible_to(actor).filter(pk=found.pk).exists()
    title = found.title if may_read else ""
    words = _("Выбыл из подбора пар «%(title)s».") % {"title": title} if title else _("Выбыл из подбора пар.")
    said = [Left(words)]
    if taken_back:
        said.append(Left(_("Предложения о паре отозваны: %(count)s.") % {"count": taken_back}))
    return said


def register() -> None:
    """See to candidates and proposals of those who leave."""
    register_leaving("matching", (Candidate, Proposal), leave_rounds)
