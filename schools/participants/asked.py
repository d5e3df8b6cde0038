"""What waits for a participant's own answer, on his home page: proposals of a pair and questionnaires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.matching.domain.proposals import LIVE, Answer
from schools.matching.selectors import proposals_for, proposals_to_children
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import responses_asked_of_children, unanswered_by

MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to answer: its words, the page with its id, the last day if there is one.

    Nobody is named but the other one of a pair that acts already.
    """

    title: str
    url_name: str
    key: UUID
    until: date | None
    is_reminded: bool = False


@dataclass(frozen=True, slots=True)
class AskedOfChild:
    """One thing that a child is to answer, for a parent's eyes."""

    title: str
    until: date | None


def waiting_for(actor: Actor) -> list[Asked]:
    """Return what the actor has not answered yet, proposals first; two queries, at most five of each."""
    return [*_proposals(actor), *_questionnaires(actor)]


def asked_of_children(actor: Actor) -> dict[UUID, list[AskedOfChild]]:
    """Return what the actor's children have not answered yet, by child; two queries.

    A child answers himself: the parent sees that something waits and until when, neither the mentor who is proposed
    nor a word of an answer.
    """
    found: dict[UUID, list[AskedOfChild]] = {}
    for proposal in proposals_to_children(actor):
        found.setdefault(proposal.mentee.person_id, []).append(
            AskedOfChild(_("Ребёнка спрашивают, хочет ли он в предложенную пару"), proposal.expires_on)
        )
    for row in responses_asked_of_children(actor):
        words = _("Анкета «%(title)s» ждёт ответа ребёнка") % {"title": row.round.title}
        found.setdefault(row.person_id, []).append(AskedOfChild(words, row.round.due_on))
    return found


def _proposals(actor: Actor) -> Sequence[Asked]:
    silent = Answer.NONE.value
    mine = Q(mentor__person=actor.person_id, mentor_answer=silent)
    mine |= Q(mentee__person=actor.person_id, mentee_answer=silent)
    rows = proposals_for(actor).filter(mine, state__in=LIVE)[:MOST_ROWS]
    titles = {False: _("Вам предлагают пару"), True: _("Выберите наставника из предложенных")}
    return [Asked(titles[bool(row.options)], "proposals:card", row.pk, row.expires_on) for row in rows]


def _questionnaires(actor: Actor) -> Sequence[Asked]:
    rows = unanswered_by(actor)[:MOST_ROWS]
    return [
        Asked(title_of(row), "questionnaires:fill", row.pk, row.round.due_on, row.reminded_at is not None)
        for row in rows
    ]


def title_of(row: Response) -> str:
    """Return a questionnaire's title; a mentor of three has three of one title, so the pair is told."""
    if not row.about:
        return row.round.title
    return _("%(title)s (в паре с: %(name)s)") % {"title": row.round.title, "name": row.about}
