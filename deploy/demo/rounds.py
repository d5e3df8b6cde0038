"""Matching in the demonstration: a board that was published and is being answered, and one that is still open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.authz import Actor
from deploy.demo.asking import TEACHER_PUPIL, answer_some, ask_by_name, classes_of
from schools.consents.services import record_paper_consents
from schools.matching.domain.proposals import Reason
from schools.matching.domain.result import Mode
from schools.matching.meeting import Line, enter_preferences
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.proposals import answer
from schools.matching.publishing import Terms, publish
from schools.matching.runs import ask_for_run, compute
from schools.matching.selectors import eligible_people, led_by
from schools.matching.services import add_candidates, add_willing, change_candidate, start_round
from schools.matching.waiting import mark_support
from schools.pairs.models import Pair
from schools.people.school_year import start_of_school_year
from schools.questionnaires.services import open_round

_PUPIL_PUPIL: Final = "pupil-pupil"
_MENTEES, _PEERS = 14, 10
_DAYS_SINCE_MEETING: Final = 6
_MENTEE, _MENTOR = Candidate.Side.MENTEE, Candidate.Side.MENTOR


def match(actor: Actor, day: date, random: Random) -> None:
    """Ask, hold both group meetings, compute; publish the first round and let some answer."""
    survey = open_round(actor=actor, code="entry-mentee", classes=classes_of(5, 9))
    answered = set(answer_some(actor, random, survey, share=0.8))
    survey = open_round(actor=actor, code="entry-mentor", form_code=TEACHER_PUPIL, with_pairs=True)
    answer_some(actor, random, survey, share=0.9)
    found = start_round(actor=actor, form_code=TEACHER_PUPIL, meeting_on=day - timedelta(days=_DAYS_SINCE_MEETING))
    add_willing(actor=actor, round_id=found.pk, side=_MENTOR)
    mentees = _free(actor, found, _MENTEE, answered)[:_MENTEES]
    # The last of them has brought no paper yet: the run leaves him out and says why.
    _consent(actor, mentees[:-1], day)
    add_candidates(actor=actor, round_id=found.pk, side=_MENTEE, person_ids=mentees)
    _make_room(actor, found, day, random)
    _ask_whom_they_wish(actor, found, random)
    _meet_and_run(actor, found, random)
    _go_out(actor, found, day)
    _open_board(actor, day, random, answered - set(mentees))


def _open_board(actor: Actor, day: date, random: Random, answered: set[UUID]) -> None:
    """Bring a round of pupils with pupils as far as its board: what the curator looks through now."""
    found = start_round(actor=actor, form_code=_PUPIL_PUPIL, meeting_on=day - timedelta(days=2))
    mentees = _free(actor, found, _MENTEE, answered)[:_PEERS]
    able = [
        person
        for room in classes_of(10, 11)
        for person in eligible_people(actor=actor, found=found, side=_MENTOR, class_id=room)
    ]
    # Who guides somebody already may take another; one mentor too few leaves somebody to be explained.
    able.sort(key=lambda person: person.paired)  # type: ignore[attr-defined]
    older = [person.pk for person in able[: _PEERS - 1]]
    _consent(actor, [*mentees, *older], day)
    add_candidates(actor=actor, round_id=found.pk, side=_MENTEE, person_ids=mentees)
    add_candidates(actor=actor, round_id=found.pk, side=_MENTOR, person_ids=older)
    _meet_and_run(actor, found, random)


def _free(actor: Actor, found: Round, side: str, wanted: Iterable[UUID]) -> list[UUID]:
    """Return those of the wanted who are in no pair of the form yet, by name."""
    people = eligible_people(actor=actor, found=found, side=side).filter(pk__in=list(wanted))
    return [person.pk for person in people if not person.paired]  # type: ignore[attr-defined]


def _consent(actor: Actor, people: list[UUID], day: date) -> None:
    """Record the papers of whoever is in no pair yet: the school's figures stay those of its files."""
    paired = Pair.objects.filter(Q(mentor__in=people) | Q(mentee__in=people)).values_list("mentor", "mentee")
    fresh = set(people) - {person for pair in paired for person in pair}
    if fresh:
        given_on = day - timedelta(days=12)
        record_paper_consents(actor=actor, people_ids=fresh, kind="processing", given_on=given_on)


def _make_room(actor: Actor, found: Round, day: date, random: Random) -> None:
    """Agree with each mentor on one or two more than he leads already: what he wrote says how many there are in all."""
    mentors = list(Candidate.objects.filter(round=found, side=_MENTOR).order_by("number"))
    led = led_by([row.person_id for row in mentors], day)
    for row in mentors:
        ages = {name: row.wishes.get(name) for name in ("age_from", "age_to")}
        change_candidate(actor=actor, candidate_id=row.pk, capacity=led[row.person_id] + random.randint(1, 2), **ages)


def _ask_whom_they_wish(actor: Actor, found: Round, random: Random) -> None:
    """Let both sides answer after their meeting with whom they would work; some answer on paper by numbers alone."""
    rows = Candidate.objects.filter(round=found).order_by("number")
    people = {side: list(rows.filter(side=side).values_list("person", flat=True)) for side in (_MENTEE, _MENTOR)}
    for side, other in ((_MENTEE, _MENTOR), (_MENTOR, _MENTEE)):
        if (survey := ask_by_name(actor, f"preference-{side}", people[side])) is not None:
            answer_some(actor, random, survey, share=0.7, named=people[other])


def _meet_and_run(actor: Actor, found: Round, random: Random) -> None:
    """Type both sides' wishes after the group meeting and compute the pairs."""
    rows = list(Candidate.objects.filter(round=found).order_by("side", "number"))
    numbers = {side: [row.number for row in rows if row.side != side] for side in (_MENTEE, _MENTOR)}
    lines = {}
    for row in rows:
        others = numbers[Candidate.Side(row.side)]
        chosen = random.sample(others, min(3, len(others)))
        veto = [str(chosen.pop())] if random.random() < 0.15 else []
        lines[row.pk] = Line(", ".join(str(number) for number in chosen[:2]), ", ".join(veto))
    enter_preferences(actor=actor, round_id=found.pk, lines=lines)
    # Computed here and not by the worker: what follows needs the board.
    compute(ask_for_run(actor=actor, round_id=found.pk, mode=Mode.OPTIMAL).pk)
    found.refresh_from_db()


def _go_out(actor: Actor, found: Round, day: date) -> None:
    """Publish as proposals: some agreed, one declined and passed on, the others wait for one or both."""
    ends_on = date(start_of_school_year(day).year + 1, 5, 25)
    terms = Terms(starts_on=day, ends_on=ends_on, role_variant="учитель – неуспевающий ученик")
    publish(actor=actor, round_id=found.pk, version=found.version, terms=terms, answer_days=7)
    asked = list(Proposal.objects.filter(mentee__round=found).order_by("mentee__number").values_list("pk", flat=True))
    for place, proposal_id in enumerate(asked):
        if place < len(asked) // 3:
            for party in ("mentor", "mentee"):
                answer(actor=actor, proposal_id=proposal_id, is_accepted=True, party=party)
        elif place == len(asked) // 3:
            reason = Reason.NO_TIME.value
            answer(actor=actor, proposal_id=proposal_id, is_accepted=False, party="mentor", reason=reason)
        elif place % 3 == 0:
            answer(actor=actor, proposal_id=proposal_id, is_accepted=True, party="mentor")
    waiting = Candidate.objects.filter(round=found, waiting_since__isnull=False).order_by("number").first()
    if waiting is not None:
        mark_support(actor=actor, candidate_id=waiting.pk, has_support=True)
