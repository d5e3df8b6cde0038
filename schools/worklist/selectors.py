"""Reads of the work list: a constant number of queries, each row among what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import (
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from core.accounts.holders import staff_with
from core.accounts.models import User
from core.authz import Actor
from schools.clearances.selectors import Checklist, Line, checklists_of_school
from schools.consents.domain import PARTICIPATION
from schools.consents.models import Consent
from schools.consents.selectors import (
    consents_taken_back,
    consents_to_check,
    consents_visible_to,
    deciding_kinds,
    has_consent,
    has_withdrawn,
    in_force_q,
    minors_kinds,
)
from schools.matching.late import rounds_about_to_lapse
from schools.matching.models import Round as Matching
from schools.meetings.selectors import last_meetings, pairs_without_meeting, stuck_pairs
from schools.pairs.confidence import CONCERNS, REQUESTS, unheard
from schools.pairs.continuing import earlier_of, first_day, first_order_day, of_outer_pair
from schools.pairs.leavers import every_pair_of_leavers, left_by, proposed
from schools.pairs.models import Pair
from schools.pairs.own_child import own_child_pairs
from schools.pairs.policies import may_edit_pairs
from schools.pairs.selectors import acting_q, drafts, is_in_pair, pair_for, pairs_visible_to
from schools.pairs.substitutes import stood_in_since
from schools.people.domain import ADULT_AGE_YEARS, latest_birth_date
from schools.people.models import Person
from schools.people.selectors import people_visible_to
from schools.people.staff_logins import logins_against_the_rule
from schools.questionnaires.models import Round
from schools.questionnaires.selectors import late_rounds
from schools.worklist.domain import SOON_ADULT_DAYS, WITHDRAWN_DAYS, Matter, contact_due_on
from schools.worklist.models import Contact, Reminder
from schools.worklist.year_start import year_start

# A list longer than this is worked through on the page of its subject, where it can be filtered.
MOST_ROWS = 15
EVERY_ROW = 10**6


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: about a person, a pair, an account, or a round of asking with the ``number`` of the silent.

    Or about a round of matching with that of its proposals without an answer. With a number alone it is about so many
    pairs at once.

    ``since`` is the day that the words name, if any; ``papers`` are those of a mentor from outside of which it speaks,
    ``consents`` those that the person took back.
    """

    person: Person | None = None
    pair: Pair | None = None
    survey: Round | None = None
    matching: Matching | None = None
    account: User | None = None
    number: int | None = None
    since: date | None = None
    papers: Sequence[Line] = ()
    consents: Sequence[Consent] = ()
    may_remind: bool = False
    reminded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sort of thing that waits: how many in all, and the first of them."""

    matter: Matter
    total: int
    rows: Sequence[Row] = field(default=())


def what_waits(
    actor: Actor, day: date, *, rows: int = MOST_ROWS, matters: Collection[Matter] = tuple(Matter)
) -> list[Waiting]:
    """Return everything that waits for the actor, in the order of the list; only sorts of which there is something.

    ``rows`` is how many of each are read; with 0 only counts are.
    """
    of_papers = _clearances(actor, day, rows) if any(matter in _PAPERS for matter in matters) else {}
    found = [of_papers[matter] if matter in of_papers else _SOURCES[matter](actor, day, rows) for matter in matters]
    return [each for each in found if each.total]


@dataclass(frozen=True, slots=True)
class Waited:
    """A row of the work list with the matter that it is of."""

    matter: Matter
    row: Row

    @property
    def key(self) -> str:
        """Return what the row is known by among all that waits: no name."""
        about = self.row.pair or self.row.survey or self.row.matching or self.row.person or self.row.account
        return f"{list(Matter).index(self.matter):02}:{'' if about is None else about.pk}"


def every_row(actor: Actor, day: date, matter: Matter | None = None) -> list[Waited]:
    """Return everything that waits for the actor row by row, of one matter if named."""
    matters = tuple(Matter) if matter is None else (matter,)
    found = what_waits(actor, day, rows=EVERY_ROW, matters=matters)
    return [Waited(each.matter, row) for each in found for row in each.rows]


def contacts_of(*, actor: Actor, pair_id: UUID) -> tuple[Pair, QuerySet[Contact]]:
    """Return a pair that the actor may support and the talks with it, and with one that it continues, the latest first.

    Of a pair in which he stands himself only those that he wrote down: what its other one told somebody is not for him.

    :raises Http404: no such pair among them.
    """
    pair = pair_for(actor=actor, pair_id=pair_id, permission="support.log")
    rows = [pair.pk, *(row.pk for row in earlier_of(pair))]
    talks = Contact.objects.filter(pair__in=rows).order_by("-held_on", "-created_at", "pk")
    is_own = actor.person_id is not None and actor.person_id in (pair.mentor_id, pair.mentee_id)
    return pair, talks.filter(by=actor.pk) if is_own else talks


def _pairs(matter: Matter, pairs: QuerySet[Pair], rows: int, *, order: str = "starts_on") -> Waiting:
    total = pairs.count()
    if not total or not rows:
        return Waiting(matter, total)
    first = list(pairs.select_related("mentor", "mentee").order_by(order, "pk")[:rows])
    return Waiting(matter, total, [Row(pair=pair, since=pair.starts_on) for pair in first])


def _people(matter: Matter, people: QuerySet[Person], rows: int) -> Waiting:
    total = people.count()
    first = list(people.order_by("folded_name", "pk")[:rows]) if total and rows else []
    return Waiting(matter, total, [Row(person=person) for person in first])


def _staff_login(actor: Actor, day: date, rows: int) -> Waiting:
    """Logins that were given a role of staff before the rule, or whose card a list made a pupil's."""
    if not actor.has("staff.manage"):
        return Waiting(Matter.STAFF_LOGIN, 0)
    found = logins_against_the_rule(day)
    total = found.count()
    return Waiting(Matter.STAFF_LOGIN, total, [Row(account=user) for user in (found[:rows] if total and rows else ())])


def _own_child(actor: Actor, day: date, rows: int) -> Waiting:
    return _pairs(Matter.OWN_CHILD, own_child_pairs(pairs_visible_to(actor, "pairs.edit"), day), rows)


def _unheard(actor: Actor, day: date, rows: int) -> Waiting:
    """Pairs whose two nobody of the staff would hear: of who stands where alone, never of what somebody told."""
    if not actor.has("staff.manage"):
        return Waiting(Matter.UNHEARD, 0)
    staff = staff_with(CONCERNS, REQUESTS)
    number = Pair.objects.filter(acting_q(day), unheard(CONCERNS, staff) | unheard(REQUESTS, staff)).count()
    return Waiting(Matter.UNHEARD, min(number, 1), [Row(number=number)] if number and rows else ())


def _unordered(actor: Actor, day: date, rows: int) -> Waiting:
    return _pairs(Matter.UNORDERED, drafts(actor), rows, order="created_at")


def _stands_in_pair(day: date, person: str = "pk") -> Q:
    return Q(is_in_pair(day, person=person)) | Q(is_in_pair(day, is_acting=False, person=person))


def _consent_withdrawn(actor: Actor, day: date, rows: int) -> Waiting:
    """Somebody took a consent back: told of for as long as the law gives, and while a pair stands without it."""
    ends_pairs = Q(kind__in={*deciding_kinds(), PARTICIPATION}) & _stands_in_pair(day, "person")
    is_fresh = Q(withdrawn_on__gt=day - timedelta(days=WITHDRAWN_DAYS))
    gone = consents_taken_back(actor, day).filter(is_fresh | ends_pairs)
    found = _people(Matter.CONSENT_WITHDRAWN, Person.objects.filter(pk__in=gone.values("person")), rows)
    mine = defaultdict(list)
    if found.rows:
        for consent in gone.filter(person__in=[row.person for row in found.rows]).order_by("-withdrawn_on", "kind"):
            mine[consent.person_id].append(consent)
    with_them = [
        Row(person=row.person, consents=mine[row.person.pk], since=mine[row.person.pk][0].withdrawn_on)
        for row in found.rows
        if row.person
    ]
    return Waiting(found.matter, found.total, with_them)


def _no_consent(actor: Actor, day: date, rows: int) -> Waiting:
    """Somebody works in a pair, or waits for its order, and nothing allows the school to keep his data."""
    people = people_visible_to(actor, "consents.view").filter(_stands_in_pair(day), ~has_consent(day, deciding_kinds()))
    # Those who had one and whose one ended, or who took it back, are told of apart.
    people = people.exclude(has_withdrawn(day))
    had = consents_to_check(actor, day).filter(kind__in=deciding_kinds()).values("person")
    return _people(Matter.NO_CONSENT, people.exclude(pk__in=had), rows)


def _consent_ended(actor: Actor, day: date, rows: int) -> Waiting:
    people = Person.objects.filter(pk__in=consents_to_check(actor, day).values("person"))
    return _people(Matter.CONSENT_ENDED, people, rows)


def _soon_adult(actor: Actor, day: date, rows: int) -> Waiting:
    """Whoever turns 18 within a month and has a consent, not one of minors alone, that somebody else signed."""
    born_after = latest_birth_date(day, ADULT_AGE_YEARS)
    born_by = latest_birth_date(day + timedelta(days=SOON_ADULT_DAYS), ADULT_AGE_YEARS)
    signed = consents_visible_to(actor).filter(in_force_q(day), signer=Consent.Signer.REPRESENTATIVE)
    signed = signed.exclude(kind__in=minors_kinds())
    soon = Person.objects.filter(birth_date__gt=born_after, birth_date__lte=born_by, pk__in=signed.values("person"))
    return _people(Matter.SOON_ADULT, soon, rows)


def _clearances(actor: Actor, day: date, rows: int) -> dict[Matter, Waiting]:
    """Mentors from outside whose papers are not there, have ended, or soon end; the same five queries for all three."""
    found = checklists_of_school(actor, day)
    return {matter: _about(matter, [(row, lines(row)) for row in found], rows) for matter, lines in _PAPERS.items()}


def _about(matter: Matter, found: Sequence[tuple[Checklist, Sequence[Line]]], rows: int) -> Waiting:
    waiting = [Row(person=row.person, papers=lines) for row, lines in found if lines]
    return Waiting(matter, len(waiting), waiting[:rows])


_PAPERS: dict[Matter, Callable[[Checklist], Sequence[Line]]] = {
    Matter.CLEARANCE_MISSING: lambda found: [line for line in found.lacking if not line.has_ended],
    Matter.CLEARANCE_ENDED: lambda found: [line for line in found.lines if line.has_ended],
    Matter.CLEARANCE_ENDING: lambda found: found.ending,
}


def _leavers(actor: Actor, day: date, rows: int) -> Waiting:
    """Pairs that run on though one of the two has left, on a day that was written down ahead too, once it is there."""
    if not may_edit_pairs(actor):
        return Waiting(Matter.LEAVERS, 0)
    pairs = left_by(every_pair_of_leavers(actor), day)
    total = pairs.count()
    first = proposed(pairs[:rows]) if total and rows else []
    return Waiting(Matter.LEAVERS, total, [Row(pair=row.pair, since=row.ends_on) for row in first])


def _never_met(actor: Actor, day: date, rows: int) -> Waiting:
    found = _pairs(Matter.NEVER_MET, _own_to_follow(actor, pairs_without_meeting(actor, day)), rows)
    return _with_reminders(found)


def _stuck(actor: Actor, day: date, rows: int) -> Waiting:
    found = _pairs(Matter.STUCK, _own_to_follow(actor, stuck_pairs(actor, day)), rows)
    days = last_meetings([row.pair.pk for row in found.rows if row.pair], day) if found.rows else {}
    met = [Row(pair=row.pair, since=days.get(row.pair.pk)) for row in found.rows if row.pair]
    return _with_reminders(Waiting(found.matter, found.total, met))


def _contact(actor: Actor, day: date, rows: int) -> Waiting:
    """Pairs that are due for a word of support: the rule counts talks, which a query of one line cannot say.

    Of a pair that goes on from last year it counts from the first day of this one; of one that goes on after a
    cancelled order, from that of the pair before, whose talks count. While somebody stands in for the mentor the word
    is due in his pair; his last day then counts as the day of a talk.
    """
    begun = Value(year_start(day), output_field=DateField())
    since = Greatest(first_day(OuterRef), begun)
    talks = Contact.objects.filter(of_outer_pair(), held_on__gte=since, held_on__lte=day).order_by()
    # As a plain function: an aggregate of Django's would group by the talk.
    number = talks.annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    pairs = pairs_visible_to(actor, "support.log").filter(acting_q(day), ~Exists(stood_in_since(day, day)))
    stood_in = stood_in_since(date.min, day).order_by("-ends_on").values("ends_on")[:1]
    counted = pairs.annotate(
        effective=Greatest(first_day(), first_order_day(), begun),
        talks=Coalesce(Subquery(number), 0),
        last_talk=Subquery(talks.order_by("-held_on").values("held_on")[:1], output_field=DateField()),
        stood_in_until=Subquery(stood_in, output_field=DateField()),
    ).values_list("pk", "effective", "talks", "last_talk", "stood_in_until")
    due = sorted(
        (contact_due_on(effective, talks, _later(last, until if until and until >= effective else None)), pk)
        for pk, effective, talks, last, until in counted
    )
    due = [(when, pk) for when, pk in due if when <= day]
    first = {pk: when for when, pk in due[:rows]}
    named = Pair.objects.filter(pk__in=first).select_related("mentor", "mentee") if first else ()
    shown = sorted(named, key=lambda pair: (first[pair.pk], pair.pk))
    return Waiting(Matter.CONTACT, len(due), [Row(pair=pair, since=first[pair.pk]) for pair in shown])


def _later(one: date | None, other: date | None) -> date | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _unanswered(actor: Actor, day: date, rows: int) -> Waiting:
    """Rounds of asking whose last day is near or past: a row is a round, whoever is silent stands on its page."""
    rounds = late_rounds(actor, day)
    total = rounds.count()
    first = list(rounds[:rows]) if total and rows else []
    found = [Row(survey=row, number=row.unanswered, since=row.due_on) for row in first]  # type: ignore[attr-defined]
    return Waiting(Matter.UNANSWERED, total, found)


def _proposals(actor: Actor, day: date, rows: int) -> Waiting:
    """Rounds of matching with proposals whose last day is near: a row is a round, who is silent stands on its page."""
    rounds = rounds_about_to_lapse(actor, day)
    total = rounds.count()
    first = list(rounds[:rows]) if total and rows else []
    found = [Row(matching=row, number=row.number, since=row.soonest) for row in first]  # type: ignore[attr-defined]
    return Waiting(Matter.PROPOSALS, total, found)


def _own_to_follow(actor: Actor, pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Leave out the pairs that the actor sees only as one of the two: those stand on his own page."""
    return pairs.filter(pk__in=pairs_visible_to(actor, "worklist.view").values("pk"))


def _with_reminders(found: Waiting) -> Waiting:
    """Say of each row whether its mentor can be reminded (has an account in force) and when he last was."""
    pairs = [row.pair for row in found.rows if row.pair]
    if not pairs:
        return found
    with_account = set(
        User.objects.filter(person_id__in={pair.mentor_id for pair in pairs}, is_active=True).values_list(
            "person_id", flat=True
        )
    )
    told = Reminder.objects.filter(pair__in=pairs, matter=found.matter).values("pair").annotate(last=Max("day"))
    last = dict(told.values_list("pair", "last"))
    rows = [
        Row(
            pair=row.pair,
            since=row.since,
            may_remind=row.pair.mentor_id in with_account,
            reminded_on=last.get(row.pair.pk),
        )
        for row in found.rows
        if row.pair
    ]
    return Waiting(found.matter, found.total, rows)


_SOURCES: dict[Matter, Callable[[Actor, date, int], Waiting]] = {
    Matter.STAFF_LOGIN: _staff_login,
    Matter.OWN_CHILD: _own_child,
    Matter.UNHEARD: _unheard,
    Matter.UNORDERED: _unordered,
    Matter.CONSENT_WITHDRAWN: _consent_withdrawn,
    Matter.NO_CONSENT: _no_consent,
    Matter.CONSENT_ENDED: _consent_ended,
    Matter.SOON_ADULT: _soon_adult,
    Matter.LEAVERS: _leavers,
    Matter.NEVER_MET: _never_met,
    Matter.STUCK: _stuck,
    Matter.CONTACT: _contact,
    Matter.PROPOSALS: _proposals,
    Matter.UNANSWERED: _unanswered,
}
