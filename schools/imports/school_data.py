"""Hands the import's domain what it compares with: the school's people, pairs, orders and consents, and the forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds
from schools.imports.domain import reference, stored
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, FormerName, Guardianship, Person, PersonKind
from tenants.reference.selectors import consent_kinds_now, forms_now

# Under this kind a consent is kept whose purpose the reference data does not have.
OTHER_CONSENT_KIND = "other"


def reference_now() -> reference.Reference:
    """Return the region's reference data as the import needs it; withdrawn forms still explain old pairs."""
    kinds = consent_kinds_now(with_withdrawn=True)
    known = {kind.code for kind in kinds}
    return reference.Reference(
        forms=tuple(
            reference.Form(
                id=form.code,
                title=form.title,
                mentor_kinds=frozenset(form.mentor_kinds),
                mentee_kinds=frozenset(form.mentee_kinds),
                outside_kind=(form.mentor_kinds[0] if form.mentor_kinds else "other")
                if form.is_mentor_outside
                else None,
            )
            for form in forms_now(with_withdrawn=True)
        ),
        consent_kinds=tuple(
            reference.ConsentKind(kind.code, kind.title) for kind in kinds if kind.code != OTHER_CONSENT_KIND
        ),
        main_consent_kind=next((kind.code for kind in kinds if kind.decides_counting), OTHER_CONSENT_KIND),
        deciding_consent_kinds=deciding_kinds(kinds),
        other_consent_kind=OTHER_CONSENT_KIND if OTHER_CONSENT_KIND in known else None,
    )


def stored_school() -> stored.StoredSchool:
    """Return everything of the current school that new rows are compared with; eight queries."""
    return stored.StoredSchool(
        people=_people(),
        orders=tuple(
            stored.StoredOrder(key, number, signed_on, cancels is not None or cancelled_by is not None)
            for key, number, signed_on, cancels, cancelled_by in Order.objects.values_list(
                "id", "number", "signed_on", "cancels", "cancelled_by"
            )
        ),
        pairs=tuple(_pairs()),
        consents=tuple(
            stored.StoredConsent(*row)
            for row in Consent.objects.values_list(
                "id",
                "person_id",
                "kind",
                "number",
                "given_on",
                "signer",
                "signer_kinship",
                "valid_until",
                "withdrawn_on",
            )
        ),
        own_children=frozenset(Guardianship.objects.values_list("guardian", "ward")),
    )


def _pairs() -> Iterator[stored.StoredPair]:
    own = ("id", "mentor_id", "mentee_id", "form_code", "starts_on", "ends_on", "role_variant", "order_id")
    rows = Pair.objects.values_list(*own, "end_code", "ended_by")
    for key, mentor, mentee, form, start, end, variant, order, end_code, ended_by in rows:
        is_end_decided = bool(end_code or ended_by)
        yield stored.StoredPair(key, mentor, mentee, form, start, end, variant, order, is_end_decided)


def _people() -> tuple[stored.StoredPerson, ...]:
    kinds: dict[UUID, set[str]] = defaultdict(set)
    for person_id, kind in PersonKind.objects.values_list("person_id", "kind"):
        kinds[person_id].add(kind)
    enrolments: dict[UUID, list[stored.StoredEnrolment]] = defaultdict(list)
    rows = Enrolment.objects.values_list(
        "person_id", "id", "kind", "admitted_on", "left_on", "school_class__title", "post", "experience_years",
        "is_continuation",
    )  # fmt: skip
    for person_id, key, kind, admitted_on, left_on, class_name, post, years, is_continuation in rows:
        enrolments[person_id].append(
            stored.StoredEnrolment(key, kind, admitted_on, left_on, class_name or "", post, years, is_continuation)
        )
    former: dict[UUID, list[str]] = defaultdict(list)
    for person_id, folded_name in FormerName.objects.values_list("person_id", "folded_name"):
        former[person_id].append(folded_name)
    return tuple(
        stored.StoredPerson(
            id=person_id,
            name_key=folded_name,
            birth_date=birth_date,
            snils=snils or None,
            sex=sex,
            kinds=frozenset(kinds[person_id]),
            enrolments=tuple(enrolments[person_id]),
            former_keys=tuple(former[person_id]),
        )
        for person_id, folded_name, birth_date, snils, sex in Person.objects.values_list(
            "id", "folded_name", "birth_date", "snils", "sex"
        )
    )
