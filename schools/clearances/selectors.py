"""Reads about papers of mentors from outside; each takes the actor, or people whom he was granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.authz import Actor
from schools.clearances.domain import CLOCK_DAYS, ENDING, Rule, Standing, State, Terms, standing_on, strictest
from schools.clearances.expected import is_expected_mentor
from schools.clearances.models import Clearance, ClearanceRules
from schools.people.domain import ENROLLED_KINDS
from schools.people.models import Enrolment, Person, PersonKind, PersonKindChoice
from schools.people.selectors import current_enrolment, enrolled_q, with_enrolments
from tenants.reference.clearances import ClearanceKind, clearance_kinds_now
from tenants.reference.selectors import forms_now

_OUTSIDE = frozenset(PersonKindChoice.values) - frozenset(ENROLLED_KINDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of somebody's checklist; ``paper`` is what there is, None when nothing is."""

    kind: ClearanceKind
    rule: Rule
    standing: Standing
    paper: Clearance | None

    @property
    def lacks(self) -> bool:
        """Tell whether no paper of the kind is in force."""
        return not self.standing.is_in_force

    @property
    def blocks(self) -> bool:
        """Tell whether the lack keeps the person from being a mentor."""
        return self.rule is Rule.BLOCK and self.lacks

    @property
    def is_ending(self) -> bool:
        """Tell whether the clock runs: in force, and not for much longer."""
        return self.standing.state in ENDING

    @property
    def has_ended(self) -> bool:
        """Tell whether there was a paper, and there is none any more."""
        return self.standing.state in (State.EXPIRED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A person from outside with what is asked of him; kinds and enrolments of the person are loaded."""

    person: Person
    lines: list[Line]

    @property
    def blocking(self) -> list[Line]:
        """Return the lines that keep him from being a mentor."""
        return [line for line in self.lines if line.blocks]

    @property
    def lacking(self) -> list[Line]:
        """Return the lines of which no paper is in force."""
        return [line for line in self.lines if line.lacks]

    @property
    def ending(self) -> list[Line]:
        """Return the lines whose papers soon end."""
        return [line for line in self.lines if line.is_ending]


def cell_of(code: str, person_kind: str) -> str:
    """Return the name of what is decided of a kind of paper for a kind of person."""
    return f"{code}.{person_kind}"


def rules_now() -> dict[str, Rule]:
    """Return what holds in this school for each kind of paper that the region offers and each kind of person of whom it
    is asked, by cell (:func:`cell_of`), in the region's order; one query.
    """
    return _rules_of(clearance_kinds_now())


def _rules_of(kinds: Iterable[ClearanceKind]) -> dict[str, Rule]:
    decided = ClearanceRules.objects.values_list("rules", flat=True).first() or {}
    known, found = set(Rule), {}
    for kind in kinds:
        for person_kind in kind.asked_of:
            cell = cell_of(kind.code, person_kind)
            said = (decided.get(cell), decided.get(kind.code), kind.by_default)
            found[cell] = Rule(next(rule for rule in said if rule in known))
    return found


def _rule_for(person: Person, kind: ClearanceKind, rules: Mapping[str, Rule]) -> Rule:
    """Return what the school does about a paper of somebody whose kinds are loaded: of several the strictest."""
    kinds = {row.kind for row in person.kinds.all()} & set(kind.asked_of)
    return strictest(rules[cell_of(kind.code, each)] for each in kinds)


def is_outside(person: Person, day: date) -> bool:
    """Tell whether somebody neither studies nor works here on the day; his enrolments are loaded."""
    return current_enrolment(person, day) is None


def kinds_asked_of(person: Person) -> list[ClearanceKind]:
    """Return the papers that can be asked of somebody of his kinds, whatever the school decided; kinds are loaded."""
    return _asked_of(person, clearance_kinds_now())


def _asked_of(person: Person, known: Iterable[ClearanceKind]) -> list[ClearanceKind]:
    kinds = {row.kind for row in person.kinds.all()}
    return [kind for kind in known if kinds & set(kind.asked_of)]


def checklists(people: Iterable[Person], day: date) -> dict[UUID, Checklist]:
    """Return the checklist of each person, whose kinds and enrolments are loaded, by id; two queries.

    Of whoever studies or works here nothing is asked, nor of whoever is of no kind of which something is.
    """
    found = list(people)
    if not any(is_outside(person, day) for person in found):
        return {person.pk: Checklist(person, []) for person in found}
    kinds = clearance_kinds_now()
    rules = _rules_of(kinds)
    asked = {person.pk: _asked_now(person, kinds, rules) if is_outside(person, day) else [] for person in found}
    papers = _papers_of([pk for pk, some in asked.items() if some])
    return {
        person.pk: Checklist(
            person, [_line(kind, rule, papers[person.pk, kind.code], day) for kind, rule in asked[person.pk]]
        )
        for person in found
    }


def _asked_now(
    person: Person, kinds: Iterable[ClearanceKind], rules: Mapping[str, Rule]
) -> list[tuple[ClearanceKind, Rule]]:
    """Return the papers that the school asks of somebody, with what it does about their lack."""
    found = [(kind, _rule_for(person, kind, rules)) for kind in kinds]
    return [(kind, rule) for kind, rule in found if rule is not Rule.OFF]


def checklist_of(person: Person, day: date) -> Checklist:
    """Return the checklist of one person, whose kinds and enrolments are loaded; two queries."""
    return checklists([person], day)[person.pk]


def _papers_of(person_ids: Collection[UUID]) -> defaultdict[tuple[UUID, str], list[Clearance]]:
    found: defaultdict[tuple[UUID, str], list[Clearance]] = defaultdict(list)
    if person_ids:
        for row in Clearance.objects.filter(person__in=person_ids).order_by("issued_on", "pk"):
            found[row.person_id, row.kind].append(row)
    return found


def _line(kind: ClearanceKind, rule: Rule, papers: list[Clearance], day: date) -> Line:
    standing = standing_on([terms_of(row) for row in papers], day)
    return Line(kind, rule, standing, None if standing.at is None else papers[standing.at])


def terms_of(row: Clearance) -> Terms:
    """Return the days of a paper."""
    return Terms(row.issued_on, row.valid_until, row.withdrawn_on)


@dataclass(frozen=True, slots=True)
class Ending:
    """A paper that soon ends: whose, which, and the day on which the clock last struck for it."""

    person_id: UUID
    clearance_id: UUID
    struck_on: date


def papers_on_the_clock(day: date) -> list[Ending]:
    """Return the papers that are to be renewed, of everybody who is, or is about to be, a mentor from outside.

    For the daily round, which acts for nobody: ids alone, to tell each of his own. Five queries.
    """
    ending = Q(valid_until__range=(day, day + timedelta(days=max(CLOCK_DAYS.values()))))
    rows = Person.objects.filter(
        is_expected_mentor(day), pk__in=Clearance.objects.filter(ending).values("person"), destroyed_at__isnull=True
    )
    return [
        Ending(pk, line.paper.pk, line.standing.until - timedelta(days=CLOCK_DAYS[line.standing.state]))
        for pk, found in checklists(with_enrolments(rows), day).items()
        for line in found.ending
        if line.paper is not None and line.standing.until is not None
    ]


def people_with_clearances(actor: Actor, permission: str = "clearances.view") -> QuerySet[Person]:
    """Return the people on whose papers the actor carries a permission.

    A curator: people from outside of the kinds that stand on the mentor's side of his forms, in a pair or not: a paper
    has to be there before the pair is.
    """
    reach = actor.reach(permission)
    people = Person.objects.filter(destroyed_at__isnull=True)
    if reach.everything:
        return people
    codes = reach.values("form")
    sides = [set(form.mentor_kinds) or _OUTSIDE for form in forms_now(with_withdrawn=True) if form.code in codes]
    kinds = set().union(*sides) & _OUTSIDE
    if not kinds:
        return people.none()
    enrolled = Enrolment.objects.filter(enrolled_q(timezone.localdate())).values("person")
    return people.filter(pk__in=PersonKind.objects.filter(kind__in=kinds).values("person")).exclude(pk__in=enrolled)


def outside_mentors(actor: Actor, day: date, *, is_anybody: bool = False) -> QuerySet[Person]:
    """Return the people from outside whom a checklist concerns, with kinds and enrolments, by name.

    They are, or are about to be, mentors, or some paper of theirs is kept; or ``is_anybody`` who could be a mentor.
    """
    enrolled = Enrolment.objects.filter(enrolled_q(day)).values("person")
    concerned = is_expected_mentor(day) | Q(pk__in=Clearance.objects.values("person"))
    people = people_with_clearances(actor).exclude(pk__in=enrolled)
    people = people if is_anybody else people.filter(concerned)
    people = people.filter(pk__in=PersonKind.objects.filter(kind__in=_OUTSIDE).values("person"))
    return with_enrolments(people).order_by("folded_name", "pk")


def checklists_of_school(actor: Actor, day: date, people: QuerySet[Person] | None = None) -> list[Checklist]:
    """Return the checklists that the actor sees, of those of whom something is asked, by name; five queries.

    ``people`` narrows what :func:`outside_mentors` returned.
    """
    if not actor.reach("clearances.view"):
        return []
    found = checklists(outside_mentors(actor, day) if people is None else people, day)
    return [row for row in found.values() if row.lines]


def person_with_clearances(
    *, actor: Actor, person_id: UUID, permission: str = "clearances.view", lock: bool = False
) -> Person:
    """Return one person with kinds and enrolments; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such person among those on whose papers the actor carries the permission.
    """
    rows = people_with_clearances(actor, permission).filter(pk=person_id)
    person = with_enrolments(rows.select_for_update(of=("self",)) if lock else rows).first()
    if person is None:
        raise Http404
    return person


def papers_of(person: Person) -> list[Clearance]:
    """Return every paper kept of a person who was granted, the latest first."""
    return list(Clearance.objects.filter(person=person).order_by("-issued_on", "kind", "pk"))


def clearance_for(
    *, actor: Actor, clearance_id: UUID, permission: str = "clearances.view", lock: bool = False
) -> Clearance:
    """Return one paper with its person.

    :raises Http404: no such paper among those on which the actor carries the permission.
    """
    rows = Clearance.objects.select_for_update(of=("self",)) if lock else Clearance.objects.all()
    row = rows.filter(pk=clearance_id).first()
    if row is None:
        raise Http404
    row.person = person_with_clearances(actor=actor, person_id=row.person_id, permission=permission)
    return row


def own_checklist(actor: Actor, day: date) -> Checklist | None:
    """Return the actor's own checklist; None for who is no mentor from outside, or of whom nothing is asked."""
    if actor.person_id is None or not actor.reach("participation.view").own:
        return None
    concerned = is_expected_mentor(day) | Q(pk__in=Clearance.objects.values("person"))
    rows = Person.objects.filter(concerned, pk=actor.person_id, destroyed_at__isnull=True)
    person = with_enrolments(rows).first()
    found = None if person is None else checklist_of(person, day)
    return found if found is not None and found.lines else None
