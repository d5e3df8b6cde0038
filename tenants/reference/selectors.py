"""Reads of the reference data, as plain values that may be carried from one context to another.

Each selector works in the region, in the roll-up (definitions and targets only, by its grants), inside a school (it
reads through ``shared()``, as the school's role) and outside every context. A school's process remembers what its
pages ask for most (``remembered.py``): there a change shows within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from tenants.reference import models
from tenants.reference.own_forms import OWN_PREFIX, own_forms, own_variants
from tenants.reference.reach import reach as _reach
from tenants.reference.reach import rows_now as _rows
from tenants.reference.remembered import remembered


def entry_in_force(model: type[models.Versioned], code: str) -> models.Versioned:
    """Return the version in force of an entry, for the region's own pages and API. In ``region()``.

    :raises Http404: no such entry.
    """
    entry: models.Versioned | None = model.objects.now().filter(code=code).first()
    if entry is None:
        raise Http404(_("Такой записи нет"))
    return entry


@dataclass(frozen=True, slots=True)
class Form:
    """A form of mentoring: ``mentor_kinds`` and ``mentee_kinds`` are the kinds of people on its two sides."""

    id: UUID
    code: str
    version: int
    title: str
    mentor_kinds: tuple[str, ...]
    mentee_kinds: tuple[str, ...]
    is_mentor_outside: bool
    is_offered: bool


@dataclass(frozen=True, slots=True)
class RoleVariant:
    """A role model of the form ``form_code``."""

    id: UUID
    code: str
    version: int
    form_code: str
    title: str
    is_offered: bool


@dataclass(frozen=True, slots=True)
class ConsentKind:
    """A purpose with its own consent; without one that ``decides_counting`` nobody counts as engaged.

    One that ``is_of_minors`` is asked of nobody who is 18: what a representative signed ends there and nothing follows.
    """

    id: UUID
    code: str
    version: int
    title: str
    decides_counting: bool
    is_of_minors: bool
    is_offered: bool
    heading: str
    purpose: str
    data_list: str
    processor: str
    actions: str
    term: str
    withdrawal: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition of coverage. ``kinds`` of enrolment in the base; ``roles`` is ``any``, ``mentee`` or ``mentor``.

    Ages are full years on the day, both ends inclusive, None for no limit.
    """

    id: UUID
    code: str
    version: int
    title: str
    kinds: tuple[str, ...]
    roles: str
    age_from: int | None
    age_to: int | None
    needs_consent: bool
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Target:
    """What a definition is to reach in a calendar year; ``percent`` is 0–100."""

    id: UUID
    code: str
    version: int
    definition_code: str
    year: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class LegalAct:
    """An act that papers cite; ``papers``, ``form_codes`` and ``mentee_kinds`` as in ``models.LegalAct``."""

    id: UUID
    code: str
    version: int
    title: str
    number: str
    issued_on: date | None
    level: str
    url: str
    is_offered: bool
    papers: tuple[str, ...]
    form_codes: tuple[str, ...]
    mentee_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileTask:
    """A task of a stage; ``product`` is the code of the page where it is done, empty for none."""

    title: str
    term: str
    responsible: str
    result: str
    product: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a profile with its tasks."""

    title: str
    tasks: tuple[ProfileTask, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A methodology profile; ``base_word`` is ``base`` (база) or ``bank`` (банк).

    ``mentee_kinds`` are those whose pairs it governs alone, empty for a general one. ``manners``: виды наставничества.
    """

    id: UUID
    code: str
    version: int
    title: str
    base_word: str
    programme_word: str
    mentee_kinds: tuple[str, ...]
    manners: tuple[str, ...]
    stages: tuple[Stage, ...]
    is_offered: bool


def forms_now(*, with_withdrawn: bool = False) -> tuple[Form, ...]:
    """Return the forms in force, in the region's order; withdrawn ones only on request (old pairs still name them).

    In a school its own forms follow: pairs, imports and rounds take them as the region's.
    """
    own = (row for row in own_forms() if with_withdrawn or row.is_offered)
    return (*regional_forms_now(with_withdrawn=with_withdrawn), *own)


@remembered
def regional_forms_now(*, with_withdrawn: bool = False) -> tuple[Form, ...]:
    """Return the region's own forms in force, in its order."""
    with _reach():
        return tuple(
            Form(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                mentor_kinds=tuple(row.mentor_kinds),
                mentee_kinds=tuple(row.mentee_kinds),
                is_mentor_outside=row.is_mentor_outside,
                is_offered=row.is_offered,
            )
            for row in _rows(models.Form, with_withdrawn=with_withdrawn)
        )


def role_variants_now(*, form_code: str = "", with_withdrawn: bool = False) -> tuple[RoleVariant, ...]:
    """Return the role variants in force, of one form or of all, ordered by form and code.

    In a school those of its own forms follow.
    """
    if form_code.startswith(OWN_PREFIX):
        regional: tuple[RoleVariant, ...] = ()
    else:
        regional = regional_variants_now(form_code=form_code, with_withdrawn=with_withdrawn)
    own = () if form_code and not form_code.startswith(OWN_PREFIX) else own_variants()
    wanted = (row for row in own if form_code in ("", row.form_code) and (with_withdrawn or row.is_offered))
    return (*regional, *wanted)


@remembered
def regional_variants_now(*, form_code: str = "", with_withdrawn: bool = False) -> tuple[RoleVariant, ...]:
    """Return the region's own role variants in force, of one form or of all, ordered by form and code."""
    narrowed = {"form_code": form_code} if form_code else {}
    with _reach():
        rows = _rows(models.RoleVariant, with_withdrawn=with_withdrawn, **narrowed)
        return tuple(
            RoleVariant(
                id=row.id,
                code=row.code,
                version=row.version,
                form_code=row.form_code,
                title=row.title,
                is_offered=row.is_offered,
            )
            for row in sorted(rows, key=lambda row: (row.form_code, row.code))
        )


@remembered
def consent_kinds_now(*, with_withdrawn: bool = False) -> tuple[ConsentKind, ...]:
    """Return the kinds of consent in force; those that decide counting come first."""
    with _reach():
        rows = _rows(models.ConsentKind, with_withdrawn=with_withdrawn)
        return tuple(
            ConsentKind(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                decides_counting=row.decides_counting,
                is_of_minors=row.is_of_minors,
                is_offered=row.is_offered,
                heading=row.heading,
                purpose=row.purpose,
                data_list=row.data_list,
                processor=row.processor,
                actions=row.actions,
                term=row.term,
                withdrawal=row.withdrawal,
            )
            for row in sorted(rows, key=lambda row: (not row.decides_counting, row.title))
        )


@remembered
def definitions_now(*, with_withdrawn: bool = False) -> tuple[Definition, ...]:
    """Return the definitions of coverage in force, in the region's order."""
    with _reach():
        return tuple(_definition(row) for row in _rows(models.Definition, with_withdrawn=with_withdrawn))


def definition_version(version_id: UUID) -> Definition | None:
    """Return one version of a definition, superseded or not: what an old figure was computed by."""
    with _reach():
        row = models.Definition.objects.filter(pk=version_id).first()
        return None if row is None else _definition(row)


def _definition(row: Any) -> Definition:
    return Definition(
        id=row.id,
        code=row.code,
        version=row.version,
        title=row.title,
        kinds=tuple(row.kinds),
        roles=row.roles,
        age_from=row.age_from,
        age_to=row.age_to,
        needs_consent=row.needs_consent,
        is_offered=row.is_offered,
    )


def targets_now(definition_code: str) -> dict[int, Target]:
    """Return the targets of a definition by calendar year."""
    with _reach():
        rows = _rows(models.Target, with_withdrawn=False, definition_code=definition_code)
        return {
            row.year: Target(
                id=row.id,
                code=row.code,
                version=row.version,
                definition_code=row.definition_code,
                year=row.year,
                percent=row.percent,
            )
            for row in sorted(rows, key=lambda row: row.year)
        }


def target_for(definition_code: str, year: int) -> Target | None:
    """Return the target of a definition for a calendar year, or None when the region has set none."""
    return targets_now(definition_code).get(year)


def legal_acts_now(*, with_withdrawn: bool = False) -> tuple[LegalAct, ...]:
    """Return the legal acts in force, oldest first."""
    with _reach():
        rows = _rows(models.LegalAct, with_withdrawn=with_withdrawn)
        return tuple(
            LegalAct(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                number=row.number,
                issued_on=row.issued_on,
                level=row.level,
                url=row.url,
                is_offered=row.is_offered,
                papers=tuple(row.papers),
                form_codes=tuple(row.form_codes),
                mentee_kinds=tuple(row.mentee_kinds),
            )
            for row in sorted(rows, key=lambda row: (row.issued_on or date.min, row.code))
        )


@remembered
def profiles_now(*, with_withdrawn: bool = False) -> tuple[Profile, ...]:
    """Return the methodology profiles in force, in the region's order."""
    with _reach():
        return tuple(
            Profile(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                base_word=row.base_word,
                programme_word=row.programme_word,
                mentee_kinds=tuple(row.mentee_kinds),
                manners=tuple(row.manners),
                stages=tuple(
                    Stage(stage["title"], tuple(ProfileTask(**task) for task in stage["tasks"])) for stage in row.stages
                ),
                is_offered=row.is_offered,
            )
            for row in _rows(models.Profile, with_withdrawn=with_withdrawn)
        )


def targets_by_year(year: int) -> dict[str, Decimal]:
    """Return the targets of a calendar year in percent, by the code of the definition."""
    with _reach():
        return {row.definition_code: row.percent for row in _rows(models.Target, with_withdrawn=False, year=year)}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire in force; ``form_code`` is empty for one that serves every form, ``items`` are as stored."""

    id: UUID
    code: str
    version: int
    title: str
    kind: str
    role: str
    form_code: str
    intro: str
    items: tuple[dict[str, Any], ...]


@remembered
def questionnaires_now() -> tuple[Questionnaire, ...]:
    """Return the questionnaires that the region offers, in its order."""
    with _reach():
        return tuple(
            Questionnaire(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                kind=row.kind,
                role=row.role,
                form_code=row.form_code,
                intro=row.intro,
                items=tuple(row.items),
            )
            for row in _rows(models.Questionnaire, with_withdrawn=False)
        )
