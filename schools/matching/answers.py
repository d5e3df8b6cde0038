"""What entry and preference questionnaires say, as facts for matching and as wishes of those who are added."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from schools.matching.domain.answers import facts_of_mentee, facts_of_mentor, places_wanted
from schools.matching.domain.proposals import Answer, ProposalState, Reason
from schools.matching.models import Candidate, Proposal, Support
from schools.people.models import MergedPerson, Person
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import latest_answers, option_titles

_ENTRY, _PREFERENCE = "entry", "preference"
# A «нет» or a wish of an earlier year binds nobody in this one; those who were asked in spring are not asked again.
ANSWERS_HOLD = timedelta(days=365)
_FACTS = {Candidate.Side.MENTEE: facts_of_mentee, Candidate.Side.MENTOR: facts_of_mentor}


def facts_from_answers(rows: Iterable[Candidate], *, form_code: str, day: date) -> dict[UUID, dict[str, Any]]:
    """Return what candidates answered, by id of the candidate, under the names that facts have; six queries.

    What they were asked for another form, or answered more than a year before the day, does not count.
    """
    titles, kept = option_titles(_ENTRY), None
    since = day - ANSWERS_HOLD
    found: dict[UUID, dict[str, Any]] = {}
    candidates = list(rows)
    for side, facts in _FACTS.items():
        here = [row for row in candidates if row.side == side]
        people = [row.person_id for row in here]
        entry = latest_answers(people, kind=_ENTRY, role=side, form_code=form_code, since=since)
        preference = latest_answers(people, kind=_PREFERENCE, role=side, form_code=form_code, since=since)
        for row in here:
            said = facts(entry.get(row.person_id, {}), preference.get(row.person_id, {}), titles)
            if said.keys() & {"choices", "vetoes"}:
                kept = _merged_cards() if kept is None else kept
                said |= _by_cards_that_stay(said, kept)
            found[row.pk] = said
    return found


def _merged_cards() -> dict[str, str]:
    """Return the ids of cards that are no more, with the cards that stay: an answer names the one that was there."""
    return {str(gone): str(stays) for gone, stays in MergedPerson.objects.values_list("pk", "person")}


def _by_cards_that_stay(said: dict[str, Any], kept: dict[str, str]) -> dict[str, Any]:
    choices = dict.fromkeys(kept.get(key, key) for key in said.get("choices", ()))
    vetoes = frozenset(kept.get(key, key) for key in said.get("vetoes", ()))
    return {"choices": tuple(choices), "vetoes": vetoes}


def wishes_of(person_ids: Collection[UUID], side: str, *, form_code: str, day: date) -> dict[UUID, dict[str, Any]]:
    """Return what the entry questionnaire says of people who are added to a side; one query. Who has not answered, not.

    ``{"takes_part", "capacity", "age_from", "age_to"}``; each may be None.
    """
    found: dict[UUID, dict[str, Any]] = {}
    entries = latest_answers(person_ids, kind=_ENTRY, role=side, form_code=form_code, since=day - ANSWERS_HOLD)
    for person_id, entry in entries.items():
        said = _FACTS[Candidate.Side(side)](entry, {}, {})
        ages = {name: said.get(name) for name in ("age_from", "age_to")}
        found[person_id] = {"takes_part": entry.get("takes_part"), "capacity": places_wanted(entry), **ages}
    return found


def entry_answers(side: str, day: date, *, person: str = "pk", form: Any = None) -> QuerySet[Response]:
    """Return what somebody answered in entry questionnaires of a side within a year, the latest first, for a subquery.

    ``person`` is the outer row's way to a person; with a form, a code or an expression: of that form or of none.
    """
    rows = Response.objects.filter(
        person=OuterRef(person),
        round__template__kind=_ENTRY,
        round__template__role=side,
        submitted_at__date__gte=day - ANSWERS_HOLD,
    )
    if form is not None:
        of_template = Q(round__template__form_code="") | Q(round__template__form_code=form)
        rows = rows.filter(Q(round__form_code=form) | Q(round__form_code="") & of_template)
    return rows.order_by("-submitted_at", "pk")


def has_given_up(side: str, *, person: str = "pk", since: str, by_day: bool = False) -> Q:
    """Return the condition «said since that he takes part no more, or waits no more by somebody's decision».

    ``since`` is the outer row's moment, or with ``by_day`` its day, from which on such a word counts.
    """
    after = "__date__gte" if by_day else "__gte"
    said = {f"{side}__person": OuterRef(person), f"{side}_answer": Answer.NO, f"closed_at{after}": OuterRef(since)}
    given_up = Q(Exists(Proposal.objects.filter(state=ProposalState.DECLINED, reason=Reason.NO_MORE, **said)))
    if side == Candidate.Side.MENTEE:
        ended = Support.objects.filter(person=OuterRef(person), **{f"marked_at{after}": OuterRef(since)})
        given_up |= Q(Exists(ended.exclude(end_code="")))
    return given_up


def given_up_among(person_ids: Collection[UUID], side: str, *, form_code: str, day: date) -> set[UUID]:
    """Return those of the people who have given up since they answered the entry questionnaire; one query."""
    answered = entry_answers(side, day, form=form_code).values("submitted_at")[:1]
    people = Person.objects.filter(pk__in=list(person_ids)).annotate(answered_at=Subquery(answered))
    return set(people.filter(has_given_up(side, since="answered_at")).values_list("pk", flat=True))
