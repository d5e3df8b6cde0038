"""People with what the other apps know of them: the list's filters, and how a person's state is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.authz import Actor
from core.ui.components import Status
from schools.consents.selectors import deciding_kinds, has_consent
from schools.matching.models import Candidate, Round
from schools.pairs.models import Pair
from schools.pairs.selectors import is_in_pair
from schools.people.models import Enrolment, Person
from schools.people.selectors import enrolled_q, named, people_visible_to, with_enrolments
from schools.questionnaires.models import Response
from tenants.reference.words import words_of_year


def people_list(actor: Actor, chosen: Mapping[str, Any], day: date) -> QuerySet[Person]:
    """Return the people the actor sees, narrowed by a filter bar, by name.

    Each is annotated with ``is_enrolled``, ``has_consent`` (in force, of a kind that decides counting),
    ``is_paired`` (in an acting pair) and ``is_drafted`` (in a pair that waits for an order).
    """
    rows = named(people_visible_to(actor), chosen.get("q", "")).annotate(
        is_enrolled=Exists(Enrolment.objects.filter(enrolled_q(day), person=OuterRef("pk"))),
        has_consent=has_consent(day, deciding_kinds()),
        is_paired=is_in_pair(day),
        is_drafted=is_in_pair(day, is_acting=False),
    )
    if kind := chosen.get("kind"):
        rows = rows.filter(kinds__kind=kind)
    if room := chosen.get("room"):
        there = Enrolment.objects.filter(enrolled_q(day), school_class=room)
        rows = rows.filter(pk__in=there.values("person"))
    if side := chosen.get("role"):
        rows = rows.filter(pk__in=base_of(side, day).values("pk"))
    for name, conditions in _CONDITIONS.items():
        if condition := conditions.get(chosen.get(name, "")):
            rows = rows.filter(condition).distinct()
    return with_enrolments(rows.order_by("folded_name", "birth_date", "pk"))


def base_of(side: str, day: date) -> QuerySet[Person]:
    """Return the base of mentors or of mentees (``mentor``, ``mentee``) on a day: whoever is known to take part.

    That is who stands on the side in a pair that has not ended, in a matching that is not closed, or was asked the
    entry questionnaire of the role.
    """
    pairs = Pair.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    candidates = Candidate.objects.filter(side=side, out_at__isnull=True).exclude(round__state=Round.State.CLOSED)
    asked = Response.objects.filter(round__template__kind="entry", round__template__role=side)
    known = (pairs.values(side), candidates.values("person"), asked.values("person"))
    return Person.objects.filter(Q(*(("pk__in", rows) for rows in known), _connector=Q.OR), destroyed_at__isnull=True)


def base_title(side: str) -> str:
    """Return what the base of a side is called in this year's profiles: «База наставников», «Банк наставляемых»."""
    words = _("%(base)s наставников") if side == "mentor" else _("%(base)s наставляемых")
    return words % {"base": words_of_year().base_title}


_CONDITIONS: dict[str, dict[str, Q]] = {
    "presence": {
        "here": Q(is_enrolled=True),
        "left": Q(is_enrolled=False, enrolments__isnull=False),
        "outside": Q(enrolments__isnull=True),
    },
    "consent": {"yes": Q(has_consent=True), "no": Q(has_consent=False)},
    "pair": {
        "acting": Q(is_paired=True),
        "draft": Q(is_drafted=True),
        "none": Q(is_paired=False, is_drafted=False),
    },
}


def state_of(person: Person) -> Status:
    """Return what a person annotated by :func:`people_list` needs next, or that nothing is needed."""
    if not getattr(person, "is_enrolled", True) and any(row.left_on for row in person.enrolments.all()):
        has_work = getattr(person, "is_paired", False) or getattr(person, "is_drafted", False)
        return Status("wait", _("Выбыл, пара не завершена")) if has_work else Status("none", _("Выбыл"))
    if getattr(person, "is_paired", False):
        if getattr(person, "has_consent", False):
            return Status("ok", _("В паре"))
        return Status("wait", _("В паре, нет согласия"))
    if getattr(person, "is_drafted", False):
        return Status("wait", _("Пара ждёт приказа"))
    if getattr(person, "has_consent", False):
        return Status("info", _("Согласие есть, пары нет"))
    return Status("none", _("Нет согласия и пары"))
