"""Whom a round asks: by class, in pairs, without a pair yet, or by name; each of one thing once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.pairs.models import Pair
from schools.pairs.selectors import HAS_FULL_ORDER, acting_q
from schools.people.domain import ENROLLED_KINDS
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Person, PersonKind, PersonKindChoice
from schools.people.school_year import start_of_school_year
from schools.people.selectors import enrolled_q, own_classes, people_visible_to
from schools.questionnaires.copies import Offered
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import withdrawn_among
from tenants.reference.selectors import Form

# What somebody wants and can do is one answer, with however many partners; of the others each pair has its own.
ABOUT_ONESELF: Final = frozenset({"entry", "preference"})
_Key = tuple[UUID, UUID | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Who is asked; what is chosen adds up.

    ``classes``: pupils enrolled in them today. ``with_pairs``: the questionnaire's side of the acting pairs;
    ``with_ended``: of those too that ended in this school year. ``kinds``: people of these kinds who are here today
    and stand in no acting pair on that side, new mentors before all. ``people``: by name.
    """

    classes: frozenset[UUID] = frozenset()
    with_pairs: bool = False
    with_ended: bool = False
    kinds: frozenset[str] = frozenset()
    people: frozenset[UUID] = frozenset()

    @classmethod
    def of(
        cls,
        classes: Collection[UUID],
        with_pairs: bool,
        with_ended: bool,
        kinds: Collection[str],
        people: Collection[UUID],
    ) -> Whom:
        """Return a choice made of any collections."""
        return cls(
            classes=frozenset(classes),
            with_pairs=with_pairs,
            with_ended=with_ended,
            kinds=frozenset(kinds),
            people=frozenset(people),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One way of choosing and how many people it found, whoever else found them too."""

    title: str
    people: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom a round would ask: (person, pair) of each questionnaire, the pair None for one about oneself.

    ``already`` questionnaires are left out: a round that is still open asks the same. ``withdrawn`` people are: they
    took their consent back.
    """

    asked: list[_Key]
    sources: list[Source]
    already: int
    withdrawn: int

    @property
    def people(self) -> int:
        """Return how many people are asked: a mentor of three pairs may have three questionnaires."""
        return len({person for person, _pair in self.asked})

    @property
    def sheets(self) -> int:
        """Return how many questionnaires there are to answer."""
        return len(self.asked)


def people_to_ask(*, actor: Actor, known: Offered, form_code: str, whom: Whom) -> Asking:
    """Return whom a round of a questionnaire would ask; the caller has asked whether the actor may.

    :raises FaultyActError: somebody named is not among those whom the actor may name.
    """
    found: dict[_Key, None] = {}
    sources = []
    for title, keys in _by_source(actor, known, form_code, whom, timezone.localdate()):
        found.update(dict.fromkeys(keys))
        sources.append(Source(title, len({person for person, _pair in keys})))
    in_pairs = {person for person, pair in found if pair is not None}
    wanted = [(person, pair) for person, pair in found if pair is not None or person not in in_pairs]
    silent = withdrawn_among({person for person, _pair in wanted})
    wanted = [key for key in wanted if key[0] not in silent]
    new = _not_asked_yet(known.code, wanted)
    return Asking(new, sources, len(wanted) - len(new), len(silent))


def _by_source(actor: Actor, known: Offered, form_code: str, whom: Whom, day: date) -> Iterable[tuple[str, list[_Key]]]:
    if whom.with_pairs or whom.with_ended:
        keys = _in_pairs(known, form_code, whom, day)
        yield _("Участники пар"), [(person, None) for person, _pair in keys] if known.kind in ABOUT_ONESELF else keys
    if whom.classes:
        enrolled = Enrolment.objects.filter(enrolled_q(day), school_class__in=whom.classes).values("person")
        yield _("Ученики выбранных классов"), _alone(Person.objects.filter(pk__in=enrolled))
    for kind, title in PersonKindChoice.choices:
        if kind in whom.kinds:
            people = people_of_kind(kind, day).exclude(_stand_in_pairs(known.role, form_code, day))
            yield _("Без пары: %(kind)s") % {"kind": title}, _alone(people)
    if whom.people:
        named = _alone(people_to_name(actor).filter(pk__in=whom.people))
        if len(named) < len(whom.people):
            raise FaultyActError.of(
                "stranger", _("Среди названных есть люди, которых вы не можете спросить."), "people"
            )
        yield _("Названные по имени"), named


def _alone(people: QuerySet[Person]) -> list[_Key]:
    rows = people.filter(destroyed_at__isnull=True).order_by("folded_name", "pk")
    return [(key, None) for key in rows.values_list("pk", flat=True)]


def _in_pairs(known: Offered, form_code: str, whom: Whom, day: date) -> list[_Key]:
    condition = acting_q(day) if whom.with_pairs else Q(pk__in=())
    if whom.with_ended:
        condition |= HAS_FULL_ORDER & Q(ends_on__gte=start_of_school_year(day), ends_on__lt=day)
    pairs = Pair.objects.filter(condition, **{f"{known.role}__destroyed_at__isnull": True})
    pairs = pairs.filter(form_code=form_code) if form_code else pairs
    # One of the two may have left, whatever became of the pair: he is not asked.
    ever = Enrolment.objects.filter(person=OuterRef(f"{known.role}_id"))
    pairs = pairs.exclude(Exists(ever) & ~Exists(ever.filter(enrolled_q(day))))
    return list(pairs.order_by("pk").values_list(f"{known.role}_id", "pk"))


def _stand_in_pairs(role: str, form_code: str, day: date) -> Q:
    pairs = Pair.objects.filter(acting_q(day))
    return Q(pk__in=(pairs.filter(form_code=form_code) if form_code else pairs).values(role))


def people_of_kind(kind: str, day: date) -> QuerySet[Person]:
    """Return people of a kind who are here on the day; those outside the school come and go without a date."""
    if kind in ENROLLED_KINDS:
        return Person.objects.filter(pk__in=Enrolment.objects.filter(enrolled_q(day), kind=kind).values("person"))
    return Person.objects.filter(pk__in=PersonKind.objects.filter(kind=kind).values("person"))


def people_to_name(actor: Actor) -> QuerySet[Person]:
    """Return whom the actor may ask by name: people here today or outside the school.

    Whoever may look for people names anybody; a class teacher, those of his own classes.
    """
    permission = "people.find" if actor.has("people.find") else "questionnaires.edit"
    here = Q(pk__in=Enrolment.objects.filter(enrolled_q(timezone.localdate())).values("person"))
    outside = set(PersonKindChoice.values) - set(ENROLLED_KINDS)
    here |= Q(pk__in=PersonKind.objects.filter(kind__in=outside).values("person"))
    return people_visible_to(actor, permission).filter(here)


def _not_asked_yet(code: str, wanted: list[_Key]) -> list[_Key]:
    rows = Response.objects.filter(
        round__closed_at__isnull=True, round__template__code=code, person__in={person for person, _pair in wanted}
    )
    asked = set(rows.values_list("person", "pair"))
    people = {person for person, _pair in asked}
    return [key for key in wanted if key not in asked and (key[1] is not None or key[0] not in people)]


def is_own_classes_only(actor: Actor, whom: Whom) -> bool:
    """Tell whether nobody is asked but pupils of the classes that the actor teaches: by class, or by name."""
    mine = set(own_classes(actor.reach("questionnaires.edit")))
    if whom.with_pairs or whom.with_ended or whom.kinds or not mine:
        return False
    taught = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class__in=mine, person__in=whom.people)
    is_taught = set(taught.values_list("person", flat=True)) == set(whom.people)
    return whom.classes <= mine and is_taught and bool(whom.classes or whom.people)


def check_kinds(kinds: Collection[str], form: Form | None, role: str) -> None:
    """Refuse kinds that nobody is, and those that never stand on the side of the form that is asked.

    :raises FaultyActError: naming the first of them.
    """
    titles = dict(PersonKindChoice.choices)
    fitting = set(titles) if form is None else set(form.mentor_kinds if role == "mentor" else form.mentee_kinds)
    wrong = next((kind for kind in sorted(kinds) if kind not in fitting), None)
    if wrong is None:
        return
    if wrong not in titles or form is None:
        raise FaultyActError.of("no_such_kind", _("Такой категории людей нет."), "kinds")
    words = _("На этой стороне формы «%(form)s» не бывает категории «%(kind)s».")
    raise FaultyActError.of("kind_not_on_side", words % {"form": form.title, "kind": titles[wrong]}, "kinds")
