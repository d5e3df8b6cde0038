"""Writes a plan into the school: COPY for what is new, sets of updates for what changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models.functions import Now

from schools.consents.models import Consent
from schools.imports.bulk import apply_changes, copy_rows
from schools.imports.domain.plan import Change, Plan
from schools.imports.journal import Journal
from schools.pairs.models import Order, Pair
from schools.pairs.substitutes import ending_with
from schools.people.domain import class_parts
from schools.people.keys import name_key, snils_key
from schools.people.models import Enrolment, Person, PersonKind, SchoolClass

_PERSON = (
    "id", "surname", "name", "patronymic", "folded_name", "birth_date", "sex", "snils", "name_key", "snils_key",
    "phone", "email", "created_at", "updated_at",
)  # fmt: skip
_ENROLMENT = ("id", "person_id", "kind", "school_class_id", "post", "experience_years", "admitted_on", "left_on")
_PAIR = ("id", "mentor_id", "mentee_id", "form_code", "role_variant", "starts_on", "ends_on", "order_id", "created_at")
_CONSENT = (
    "id", "person_id", "kind", "signer", "signer_kinship", "number", "given_on", "valid_until", "withdrawn_on",
    "created_at",
)  # fmt: skip


def write_plan(plan: Plan, now: datetime, journal: Journal) -> None:
    """Do what a plan says, in the caller's transaction, and note in the journal all that is written.

    :raises IntegrityError: when the school is no longer as it was when the plan was made.
    """
    classes = _classes(plan, journal)
    _write_people(plan, now, journal)
    _write_enrolments(plan, classes, journal)
    journal.note_new(Order, (order.id for order in plan.orders))
    journal.note_new(Pair, (pair.id for pair in plan.pairs))
    journal.note_new(Consent, (consent.id for consent in plan.consents))
    copy_rows(
        Order,
        ("id", "number", "signed_on", "created_at"),
        ((order.id, order.number, order.signed_on, now) for order in plan.orders),
    )
    copy_rows(
        Pair,
        _PAIR,
        (
            (p.id, p.mentor_id, p.mentee_id, p.form_id, p.variant, p.starts_on, p.ends_on, p.order_id, now)
            for p in plan.pairs
        ),
    )
    apply_changes(Pair, _renamed(plan.pair_changes, {"variant": "role_variant"}), journal)
    apply_changes(Pair, _ends_of_substitutes(plan.pair_changes), journal)
    copy_rows(
        Consent,
        _CONSENT,
        (
            (
                c.id, c.person_id, c.kind_id, c.signer, "" if c.signer == "self" else c.signer_text, c.number,
                c.given_on, c.valid_until, c.withdrawn_on, now,
            )
            for c in plan.consents
        ),
    )  # fmt: skip
    apply_changes(Consent, _renamed(plan.consent_changes, {"signer_text": "signer_kinship"}), journal)


def _write_people(plan: Plan, now: datetime, journal: Journal) -> None:
    journal.note_new(Person, (person.id for person in plan.people))
    copy_rows(
        Person,
        _PERSON,
        (
            (
                person.id, person.name.surname, person.name.first_name, person.name.patronymic, person.name_key,
                person.birth_date, person.sex, person.snils or "", name_key(person.name_key, person.birth_date),
                snils_key(person.snils or ""), "", "", now, now,
            )
            for person in plan.people
        ),
    )  # fmt: skip
    kinds = [(uuid4(), person.id, kind) for person in plan.people for kind in sorted(person.kinds)]
    kinds += [(uuid4(), change.id, kind) for change in plan.person_changes for kind in sorted(change.kinds)]
    journal.note_new(PersonKind, (key for key, _person, _kind in kinds))
    copy_rows(PersonKind, ("id", "person_id", "kind"), kinds)
    changes = [
        Change(change.id, {"snils": change.snils, "snils_key": snils_key(change.snils)} if change.snils else {})
        for change in plan.person_changes
    ]
    for made, change in zip(changes, plan.person_changes, strict=True):
        if change.sex:
            made.values["sex"] = change.sex
    apply_changes(Person, changes, journal)
    Person.objects.filter(pk__in=[change.id for change in plan.person_changes]).update(updated_at=Now())


def _write_enrolments(plan: Plan, classes: dict[str, UUID], journal: Journal) -> None:
    journal.note_new(Enrolment, (enrolment.id for enrolment in plan.enrolments))
    copy_rows(
        Enrolment,
        _ENROLMENT,
        (
            (
                e.id, e.person_id, e.kind, classes.get(e.class_name), e.post, e.experience_years, e.admitted_on,
                e.left_on,
            )
            for e in plan.enrolments
        ),
    )  # fmt: skip
    changes = [
        Change(
            change.id,
            {
                "school_class_id" if name == "class_name" else name: classes[value] if name == "class_name" else value
                for name, value in change.values.items()
            },
        )
        for change in plan.enrolment_changes
    ]
    apply_changes(Enrolment, changes, journal)


def _classes(plan: Plan, journal: Journal) -> dict[str, UUID]:
    """Return the ids of all classes that the plan names, made if there were none."""
    titles = {enrolment.class_name for enrolment in plan.enrolments}
    titles |= {change.values["class_name"] for change in plan.enrolment_changes if "class_name" in change.values}
    titles.discard("")
    ids = dict(SchoolClass.objects.filter(title__in=titles).values_list("title", "id"))
    rows = []
    for title in sorted(titles - ids.keys()):
        grade, letter = class_parts(title)
        ids[title] = uuid4()
        rows.append((ids[title], grade, letter, title))
    journal.note_new(SchoolClass, (row[0] for row in rows))
    copy_rows(SchoolClass, ("id", "grade", "letter", "title"), rows)
    return ids


def _ends_of_substitutes(changes: Iterable[Change]) -> list[Change]:
    """Return how substitutes end with the pairs whose last day a file has brought forward."""
    ends = {change.id: change.values["ends_on"] for change in changes if change.values.get("ends_on")}
    fields = ("ends_on", "end_reason", "end_code")
    rows = ending_with(ends) if ends else []
    return [Change(row.pk, {name: getattr(row, name) for name in fields}) for row, _has_begun in rows]


def _renamed(changes: Iterable[Change], names: dict[str, str]) -> list[Change]:
    """Return changes with the names of columns where a plan has other words."""
    return [
        Change(change.id, {names.get(name, name): value for name, value in change.values.items()}) for change in changes
    ]
