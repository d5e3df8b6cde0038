"""Rounds of matching: who took part, what he wished, whom he was offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.matching.models import Candidate, Proposal, Round, Run, Support
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings

_LISTS = ("preferences", "vetoes", "bans")


def _candidates_of(subject: Subject) -> QuerySet[Candidate]:
    return Candidate.objects.filter(person=subject.person).select_related("round", "partner").order_by("pk")


def _destroy_candidates(subject: Subject, day: date) -> None:
    """Take his rows away, and his ids out of what others wished for: a number on a list is not his any more."""
    rows = _candidates_of(subject)
    ids = {str(pk) for pk in rows.values_list("pk", flat=True)}
    others = list(Candidate.objects.filter(round__in=rows.values("round")).exclude(person=subject.person))
    for other in others:
        for name in _LISTS:
            setattr(other, name, [pk for pk in getattr(other, name) if pk not in ids])
    Candidate.objects.bulk_update(others, _LISTS)
    for proposal in Proposal.objects.filter(mentee__in=others).exclude(options=[]):
        proposal.options = [pk for pk in proposal.options if pk not in ids]
        proposal.save(update_fields=["options"])
    rows.delete()


def _proposals_of(subject: Subject) -> QuerySet[Proposal]:
    # With options no mentor was asked: that a child chose among several is not the mentor's to read.
    mine = Q(mentor__person=subject.person, options=[]) | Q(mentee__person=subject.person)
    return Proposal.objects.filter(mine).select_related("mentor", "mentee", "pair").order_by("pk")


def _destroy_proposals(subject: Subject, day: date) -> None:
    Proposal.objects.filter(Q(mentor__person=subject.person) | Q(mentee__person=subject.person)).delete()


def _own_reason(row: Proposal, subject: Subject) -> str:
    """Show the reason to whoever gave it; the other one is never told."""
    said_no = row.mentor if row.mentor_answer == "no" else row.mentee
    return row.reason if said_no.person_id in subject.ids else ""


def _support_of(subject: Subject) -> QuerySet[Support]:
    return Support.objects.filter(person=subject.person)


def _destroy_support(subject: Subject, day: date) -> None:
    _support_of(subject).delete()


def _how_many(column: str) -> Callable[[Any, Subject], int]:
    """Show how many, not whom: the others on a list are not his data."""
    return lambda row, subject: len(getattr(row, column))


def register() -> None:
    """Tell of this room's tables."""
    register_holdings(
        Holding(
            model=Candidate,
            title=gettext_lazy("Участие в подборе пар"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=_candidates_of,
            destroy=_destroy_candidates,
            show={column: _how_many(column) for column in _LISTS},
            is_confidence=True,
        ),
        Holding(
            model=Proposal,
            title=gettext_lazy("Предложения о паре"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=_proposals_of,
            destroy=_destroy_proposals,
            show={"reason": _own_reason, "options": _how_many("options")},
            is_confidence=True,
        ),
    )
    register_holdings(
        Holding(
            model=Support,
            title=gettext_lazy("Отметка об ожидании наставника"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=_support_of,
            destroy=_destroy_support,
        )
    )
    register_exempt(
        {
            Round: "title, form and day of a group meeting; people stand in it as candidates",
            Run: "numbers between ids; they point to nobody when the card is destroyed",
        }
    )
