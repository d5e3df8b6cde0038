"""Resolves the rows of an import against what the school has into a plan; nothing is written here."""

from collections.abc import Callable
from uuid import UUID, uuid4

from schools.imports.domain.consents import remark_upon_missing, resolve_consents
from schools.imports.domain.pairs import resolve_pairs
from schools.imports.domain.people import People, resolve_people
from schools.imports.domain.plan import Plan
from schools.imports.domain.reference import Reference
from schools.imports.domain.rows import ReadImport
from schools.imports.domain.stored import StoredSchool


def resolve(read: ReadImport, stored: StoredSchool, reference: Reference, new_id: Callable[[], UUID] = uuid4) -> Plan:
    """Return the plan of an import.

    Refused rows, those refused while reading included, are sorted by file, sheet and row; a refused row leaves no
    remark. The same rows against the same school give the same plan but for the new ids.
    """
    plan = Plan(refusals=list(read.refusals), remarks=list(read.remarks))
    people = People(stored.people, plan, new_id)
    resolve_people(read.people, people, plan, reference, new_id)
    pairs = resolve_pairs(read.pairs, stored, people, plan, reference, new_id)
    resolve_consents(read.consents, stored, people, plan, reference, new_id)
    remark_upon_missing(pairs, stored.consents, plan, reference.deciding_consent_kinds)
    plan.refusals.sort(key=lambda refusal: refusal.place)
    refused = {refusal.place for refusal in plan.refusals}
    plan.remarks = sorted(
        (remark for remark in plan.remarks if remark.place not in refused),
        key=lambda remark: (remark.place, remark.code),
    )
    return plan
