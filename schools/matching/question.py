"""What a run and a board look at: facts of everybody in a round, made of cards, consents, answers and preferences."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from schools.clearances.selectors import Checklist, checklists
from schools.matching.answers import facts_from_answers
from schools.matching.domain.facts import FormSides, MenteeFacts, MentorFacts
from schools.matching.domain.problem import Group, Mentee, Mentor, Problem, Scores
from schools.matching.domain.rules import broken_rules
from schools.matching.models import Candidate, Round
from schools.matching.selectors import candidates_of, form_of, has_another_pair, has_left_side, led_by, with_people
from schools.people.domain import age_on
from schools.people.models import Guardianship
from schools.training.selectors import trained


@dataclass(frozen=True)
class Question:
    """A round as the engine sees it; facts are by the id of the candidate, keys inside them are ids of people."""

    form: FormSides
    candidates: Mapping[UUID, Candidate]
    mentees: Mapping[UUID, MenteeFacts]
    mentors: Mapping[UUID, MentorFacts]
    # Mentees with a pair of the form that this round did not make: warned about, but nobody is kept from a second one.
    paired: frozenset[UUID] = frozenset()
    # What is asked of mentors from outside, by the id of the candidate.
    cleared: Mapping[UUID, Checklist] = field(default_factory=dict)
    # Mentors of whose training nothing is noted: warned about alone.
    untrained: frozenset[UUID] = frozenset()

    @cached_property
    def bans(self) -> frozenset[tuple[str, str]]:
        """Return the pairs that the curator has ruled out, by keys."""
        return frozenset(
            (facts.key, self.mentors[UUID(pk)].key)
            for candidate_id, facts in self.mentees.items()
            for pk in self.candidates[candidate_id].bans
            if UUID(pk) in self.mentors
        )

    @cached_property
    def placed(self) -> dict[UUID, UUID]:
        """Return the mentor of every mentee who has one on the board, by ids of candidates."""
        return {
            pk: partner
            for pk in self.mentees
            if (partner := self.candidates[pk].partner_id) is not None and partner in self.mentors
        }

    @cached_property
    def locked(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of the board that are to stay, by keys."""
        return tuple(
            (self.mentees[pk].key, self.mentors[partner].key)
            for pk, partner in self.placed.items()
            if self.candidates[pk].is_locked
        )

    @cached_property
    def groups(self) -> dict[int, list[UUID]]:
        """Return the mentees who go together, by number of the group: those of two or more who are here."""
        found: defaultdict[int, list[UUID]] = defaultdict(list)
        for pk in self.mentees:
            if (number := self.candidates[pk].group) is not None:
                found[number].append(pk)
        return {number: members for number, members in sorted(found.items()) if len(members) > 1}

    def _kept_together(self) -> tuple[Group, ...]:
        """Return the groups that a run keeps together: none that is locked in part or apart, which no act leaves so."""
        locked, kept = dict(self.locked), []
        for number, members in self.groups.items():
            keys = tuple(self.mentees[pk].key for pk in members)
            if len({locked.get(key) for key in keys}) == 1:
                kept.append(Group(str(number), keys))
        return tuple(kept)

    def may_propose(self, mentee_id: UUID, mentor_id: UUID) -> bool:
        """Tell whether two candidates are here and no hard rule forbids a run to propose them."""
        mentee, mentor = self.mentees.get(mentee_id), self.mentors.get(mentor_id)
        return mentee is not None and mentor is not None and not broken_rules(mentee, mentor, self.form, self.bans)

    def digest(self) -> str:
        """Return a hash of everything a run depends on: 64 hex digits."""
        said = {
            "form": _plain(asdict(self.form)),
            "mentees": [_plain(asdict(row)) for row in sorted(self.mentees.values(), key=lambda row: row.key)],
            "mentors": [_plain(asdict(row)) for row in sorted(self.mentors.values(), key=lambda row: row.key)],
            "bans": sorted(self.bans),
            "locked": sorted(self.locked),
            "groups": sorted(sorted(group.mentees) for group in self._kept_together()),
        }
        return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def problem(self, scores: Scores) -> Problem:
        """Return what the solver is asked; ``scores`` has the rows and columns in the order of the facts.

        Whom somebody has locked beyond a mentor's places has a place all the same: people decide, and the run gives
        him nobody more.
        """
        held = Counter(mentor for _mentee, mentor in self.locked)
        return Problem(
            mentees=tuple(Mentee(row.key) for row in self.mentees.values()),
            mentors=tuple(Mentor(row.key, max(row.places, held[row.key])) for row in self.mentors.values()),
            scores=scores,
            locked=self.locked,
            groups=self._kept_together(),
        )


def question_of(found: Round, day: date) -> Question:
    """Return the facts of everybody who takes part in a round, as of a day; a constant number of queries."""
    everybody = with_people(candidates_of(found), day)
    everybody = everybody.annotate(paired=has_another_pair(found, day))
    form = form_of(found)
    rows = [row for row in everybody if not has_left_side(row, form, day)]
    persons = {str(row.pk): str(row.person_id) for row in rows}
    answers = facts_from_answers(rows, form_code=found.form_code, day=day)
    on_mentors_side = [row.person for row in rows if row.side == Candidate.Side.MENTOR]
    asked, taught = checklists(on_mentors_side, day), trained([person.pk for person in on_mentors_side], day)
    parents = _parents_of([row.person_id for row in rows if row.side == Candidate.Side.MENTEE])
    led = _led_already(rows, day)
    mentees, mentors = {}, {}
    for row in rows:
        known = answers.get(row.pk, {})
        known |= _said_at_the_meeting(row, persons, known.get("vetoes", frozenset()))
        known |= {
            "key": str(row.person_id),
            "kinds": frozenset(kind.kind for kind in row.person.kinds.all()),
            "has_consent": bool(getattr(row, "consented", False)),
            "has_withdrawn": bool(getattr(row, "withdrew", False)),
        }
        if row.side == Candidate.Side.MENTEE:
            age = age_on(row.person.birth_date, day)
            mentees[row.pk] = MenteeFacts(age=age, parents=parents[row.person_id], **known)
        else:
            wishes = {name: age for name, age in row.wishes.items() if name in ("age_from", "age_to")}
            known["is_cleared"] = not asked[row.person_id].blocking
            mentors[row.pk] = MentorFacts(places=max(0, row.capacity - led[row.person_id]), **{**known, **wishes})
    sides = FormSides(frozenset(form.mentor_kinds), frozenset(form.mentee_kinds)) if form else FormSides()
    paired = frozenset(row.pk for row in rows if row.pk in mentees and getattr(row, "paired", False))
    cleared = {row.pk: asked[row.person_id] for row in rows if row.pk in mentors}
    untrained = frozenset(row.pk for row in rows if row.pk in mentors and row.person_id not in taught)
    return Question(sides, {row.pk: row for row in rows}, mentees, mentors, paired, cleared, untrained)


def _led_already(rows: Sequence[Candidate], day: date) -> Counter[UUID]:
    """Return how many mentees each mentor of a round has beside those that the board gives him."""
    person_of = {row.pk: row.person_id for row in rows}
    given = {(person_of[row.partner_id], row.person_id) for row in rows if row.partner_id in person_of}
    return led_by([row.person_id for row in rows if row.side == Candidate.Side.MENTOR], day, but=given)


def _said_at_the_meeting(row: Candidate, persons: Mapping[str, str], refused_before: frozenset[str]) -> dict[str, Any]:
    """Return what was typed after the meeting; where nothing was, the questionnaire's word counts.

    A refusal holds wherever it was said: a paper that names others takes no «не с ним» of the questionnaire back.
    """
    said: dict[str, Any] = {}
    if chosen := _persons(row.preferences, persons):
        said["choices"] = tuple(chosen)
    if refused := _persons(row.vetoes, persons):
        said["vetoes"] = refused_before | frozenset(refused)
    return said


def _persons(ids: Iterable[str], persons: Mapping[str, str]) -> list[str]:
    return [persons[pk] for pk in ids if pk in persons]


def _parents_of(person_ids: Sequence[UUID]) -> defaultdict[UUID, frozenset[str]]:
    found: defaultdict[UUID, frozenset[str]] = defaultdict(frozenset)
    for guardian, ward in Guardianship.objects.filter(ward__in=person_ids).values_list("guardian", "ward"):
        found[ward] |= {str(guardian)}
    return found


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}
