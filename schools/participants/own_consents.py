"""What is said of one's own consents and one's children's: who, on what, how it stands, what waits for a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.authz import Actor
from core.ui.components import Status
from schools.consents import own
from schools.consents.domain import ConsentState
from schools.consents.models import Consent
from schools.consents.selectors import minors_kinds, state_of
from schools.consents.words import status_of
from schools.people.domain import is_adult_on
from schools.people.models import Person
from tenants.reference.selectors import ConsentKind, consent_kinds_now


@dataclass(frozen=True, slots=True)
class Line:
    """One paper: ``to_sign`` is the code of the document to print when none of its purpose is in force."""

    title: str
    status: Status
    consent: Consent
    to_sign: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A purpose on which nothing was ever signed; ``is_awaited``: without it the school does not go on."""

    code: str
    title: str
    is_awaited: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's consents. ``missing`` counts what waits for a signature: the rest is as one likes."""

    person: Person
    is_own: bool
    lines: Sequence[Line]
    unsigned: Sequence[Unsigned]
    missing: int


def sheets(actor: Actor, day: date) -> list[Sheet]:
    """Return the consents of the actor and of his children; a constant number of queries."""
    people = own.people_answered_for(actor)
    by_person: dict[object, list[Consent]] = {person.pk: [] for person in people}
    for consent in own.own_consents(actor):
        by_person[consent.person_id].append(consent)
    kinds = consent_kinds_now(with_withdrawn=True)
    return [_sheet(actor, person, by_person[person.pk], kinds, day) for person in people]


def _sheet(
    actor: Actor,
    person: Person,
    recorded: Sequence[Consent],
    kinds: Sequence[ConsentKind],
    day: date,
) -> Sheet:
    titles, minors = {kind.code: kind.title for kind in kinds}, minors_kinds(kinds)
    # To whom a paper of minors' is of no use any more, it is not handed either.
    is_adult = is_adult_on(person.birth_date, day)
    offered = {kind.code for kind in kinds if kind.is_offered} - (minors if is_adult else set())
    in_force = {row.kind for row in recorded if state_of(row, day, minors) == ConsentState.IN_FORCE}
    told: set[str] = set()
    lines = []
    for row in recorded:
        to_sign = row.kind if row.kind in offered - in_force - told else ""
        told.add(row.kind)
        title, may = titles.get(row.kind, row.kind), bool(own.may_withdraw_it(actor, row))
        lines.append(Line(title, status_of(row, day, minors), row, to_sign, may_withdraw=may))
    unsigned = [
        Unsigned(kind.code, kind.title, is_awaited=kind.decides_counting or kind.is_of_minors)
        for kind in kinds
        # What says for nothing («другая цель») the school fills in with somebody; nobody picks it from a list.
        if kind.code in offered - told and (kind.purpose or kind.decides_counting or kind.is_of_minors)
    ]
    # What was taken back is not asked for again; what ran out, or wants another's signature now, is.
    ended = {row.kind for row in recorded if row.withdrawn_on is None} & offered - in_force
    missing = len(ended) + sum(row.is_awaited for row in unsigned)
    return Sheet(person, person.pk == actor.person_id, lines, unsigned, missing)
